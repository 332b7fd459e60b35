"""A visit: from opening the page to being in, or giving up.

All that people do wrong by hand is here: a slip in the name, one in the password, an old password, a
forgotten one, a code not at hand, and trying again while the service has trouble.
"""

from second.chance import DAY, HOUR, poisson, session_id, weighted
from second.clients import PHONE_APPS, new_device
from second.names import as_typed, mistyped, popular_password
from second.tables import VISITS_BY_HOUR


class Visit:
    """One person at the service, on one device, from one place, once."""

    def __init__(self, town, person, time, device=None, place=None, crowd=None, told=False, old_first=False):
        """`town` knows world, people and whereabouts; `device` is (client, mobile).

        `told`: comes because a new password was asked for, and so has not forgotten it. `old_first`: types
        the old one first.
        """
        self.town, self.person, self.time = town, person, time
        self.told, self.old_first = told, old_first
        self.world, self.rng, self.log = town.world, town.rng, town.log
        rng = self.rng
        if device is None:
            device = weighted(rng, person.devices)[:2]
        self.client, mobile = device
        self.place = town.whereabouts.of(person, time, mobile) if place is None else place
        self.pass_office_proxy()
        self.crowd = crowd or person.kind()
        self.sid = session_id(rng)
        self.device_is_known = self.client.device in person.known_devices
        client = self.client
        if client.app == "web" and client.token_mode == "stable" and rng.random() < 0.012:
            client.device = new_device(rng)
            self.crowd = "cleared_cookies"
        by_hand = client.app == "web" and not person.has_manager
        self.name = as_typed(rng, person.name) if by_hand else person.name

    def pass_office_proxy(self):
        """Some offices open TLS on its way out."""
        client, office = self.client, self.person.office
        if client.opened_tls or client.app != "web":
            return
        if office and office.opens_tls and self.place in office.places:
            self.client = client.copy()
            self.client.opened_tls = True

    def event(self):
        """What all events of the visit have in common, as the log takes it."""
        return self.time, self.crowd, self.name, self.place, self.client

    def run(self):
        """All steps; says when it was over."""
        self.look_up()
        self.password = self.person.password_at(self.time)
        slips, forgot = self.slips()
        for slip in slips:
            self.fail(slip)
        if forgot and not self.recover():
            return self.time
        if not self.sit_out_outage():
            return self.time
        mfa = self.second_factor()
        login = self.log.entered(
            *self.event(),
            self.password,
            mfa,
            self.person.breached,
            self.sid,
            by_hand=True,
            owner=self.person,
        )
        self.person.known_devices.add(self.client.device)
        self.go_on(login)
        return self.time

    def look_up(self):
        """A page, or an app, that asks for the name first."""
        rng, style, app = self.rng, self.world.style, self.client.app
        on_page = app == "web" and rng.random() < (0.85 if style.name_first else 0.22)
        if not on_page:
            if app not in PHONE_APPS or rng.random() >= (0.35 if style.app_looks_up else 0.1):
                return
        if rng.random() < 0.02 * self.person.clumsiness:
            name = mistyped(rng, self.person.name)
            self.log.lookup(self.time, self.crowd, name, self.place, self.client, False, self.sid)
            self.time += rng.uniform(3, 20)
        self.log.lookup(*self.event(), True, self.sid)
        self.time += rng.lognormvariate(1.6, 0.6) + 1

    def slips(self):
        """What goes wrong before it goes right, and whether the password is forgotten."""
        rng, person = self.rng, self.person
        likely = 0.012 if person.has_manager else min(0.35, 0.075 * person.clumsiness)
        if self.client.app in PHONE_APPS:
            likely *= 0.6
        slips = []
        if not person.has_manager and rng.random() < 0.012 * person.clumsiness:
            slips.append("name")
        while rng.random() < likely and len(slips) < 5:
            slips.append("typo")
            likely = 0.2  # of the next one
        forgot = not person.has_manager and rng.random() < 0.009 * person.clumsiness and not self.told
        if self.old_first:
            slips = ["old"] * rng.choice([1, 1, 2]) + slips
        if forgot:
            guesses = range(rng.choice([2, 3, 3, 4, 6]))
            slips = [rng.choice(["old", "other", "typo", "old"]) for _ in guesses]
            self.crowd = "forgotten_password"
        return slips, forgot

    def fail(self, slip):
        """One attempt that fails."""
        rng, person = self.rng, self.person
        if slip == "name":
            self.log.unknown(
                self.time,
                self.crowd,
                mistyped(rng, person.name),
                self.place,
                self.client,
                self.password,
                sid=self.sid,
                by_hand=True,
                owner=person,
            )
        else:
            password, breached = self.wrong_password(slip)
            self.log.wrong(
                *self.event(), password, breached=breached, sid=self.sid, by_hand=True, owner=person
            )
        self.time += rng.lognormvariate(2.0, 0.7) + 2

    def wrong_password(self, slip):
        """The password of a slip, and whether it is on public lists."""
        rng, person = self.rng, self.person
        if slip == "typo":
            if rng.random() < 0.25:
                return self.password + "CAPS", False
            return self.password + "t%d" % rng.randrange(1000), False
        if slip == "old":
            old = person.old_passwords
            return rng.choice(old) if old else popular_password(rng), person.old_leaked
        if rng.random() < 0.15:
            return popular_password(rng), rng.random() < 0.8
        return "x%d" % rng.randrange(10**9), rng.random() < 0.25

    def recover(self):
        """Asks for a new password, thinks for a while, or gives up (false)."""
        rng, person = self.rng, self.person
        if rng.random() < 0.7:
            self.log.reset(self.time + 5, *self.event()[1:], True, self.sid)
            self.time += rng.lognormvariate(4.8, 0.7)
            new = self.town.people.new_password()
            person.change_password(self.time, new, old=self.password)
            self.password, person.breached = new, False
            return True
        if rng.random() < 0.5:
            return False
        self.time += rng.uniform(30, 900)
        return True

    def sit_out_outage(self):
        """Tries again while the service has trouble; gives up (false) now and then."""
        rng, world = self.rng, self.world
        if not world.in_outage(self.time):
            return True
        tries = 0
        while self.time <= world.outage_to and rng.random() < world.outage_share and tries < 9:
            self.log.out_of_order(
                self.time,
                "outage_retry",
                self.name,
                self.place,
                self.client,
                self.password,
                sid=self.sid,
                owner=self.person,
            )
            tries += 1
            by_app = self.client.app in PHONE_APPS
            self.time += rng.uniform(2, 25) if by_app else rng.lognormvariate(3.3, 0.9)
            if rng.random() < 0.06:
                return False
        if tries:
            self.crowd = "outage_retry"
        return True

    def second_factor(self):
        """What `mfa` says of the login: asked for on devices that the service does not know, and at times."""
        rng, person = self.rng, self.person
        if not person.has_mfa:
            return "none"
        known = self.device_is_known and self.client.token_mode == "stable"
        if known and rng.random() >= 0.05:
            return "none"
        if rng.random() < 0.06:
            self.log.no_code(
                *self.event(),
                self.password,
                breached=person.breached,
                sid=self.sid,
                by_hand=True,
                owner=person,
            )
            self.time += rng.uniform(8, 40)
        self.time += rng.uniform(5, 25)
        return "passed"

    def go_on(self, login):
        """What comes after the login: an app shows its token for hours, a page asks for the second factor."""
        rng, name, app = self.rng, self.person.name, self.client.app
        if app in PHONE_APPS:
            time = self.time
            for _ in range(rng.choice([0, 0, 0, 1, 1, 2, 3])):
                time += rng.uniform(0.8, 1.05) * HOUR * rng.choice([1, 1, 4])
                place = self.town.whereabouts.of(self.person, time, True)
                good = rng.random() > 0.03
                self.log.token(
                    time, self.crowd, name, place, self.client, good, sid=self.sid, after=login
                )
        elif app == "web" and rng.random() < 0.03:
            time = self.time + rng.uniform(40, 900)
            self.log.step_up(time, self.crowd, name, self.place, self.client, True, self.sid, login)


def times_of_visits(world, rng, person):
    """When a person comes, by the clock where the person lives; fewer times at weekends."""
    times = []
    for day in range(-1, world.days + 1):
        midnight = day * DAY
        busy = 0.72 if world.is_weekend(midnight) else 1.1
        for _ in range(poisson(rng, person.visits_a_day * busy)):
            hour = rng.choices(range(24), VISITS_BY_HOUR)[0] + rng.random() + person.hours_later
            time = midnight + hour * HOUR - person.utc_hours * HOUR - (world.began % DAY)
            if max(0, person.born) <= time < world.span:
                times.append(time)
    return sorted(times)
