"""Crowds: what people do in the days of a run, and what brings many of them at once.

Everybody comes by habit. Besides, an office makes all its people change their passwords, a mail asks many to
reset theirs, a campaign brings a rush of new accounts (some of them from one venue), and the service starts
in a country where hardly anybody was.
"""

from second.chance import HOUR, MINUTE, session_id, weighted
from second.names import mistyped
from second.people import LONG_AGO
from second.tables import COUNTRIES
from second.visits import Visit, times_of_visits


class Town:
    """Everybody who means well, with what they share: world, chance, log."""

    def __init__(self, world, people, whereabouts, log):
        self.world, self.people, self.whereabouts, self.log = world, people, whereabouts, log
        self.rng = people.rng

    def run(self):
        """All days of everybody."""
        self.plan_forced_change()
        self.plan_waves()
        for newcomer in self.newcomers():
            self.sign_up(*newcomer)
        for person in list(self.people.active):
            self.live(person)

    def visit(self, person, time, device=None, place=None, crowd=None, **more):
        """One visit; says when it was over."""
        return Visit(self, person, time, device, place, crowd, **more).run()

    # What is going to happen.

    def plan_forced_change(self):
        """Which office forces everybody to change passwords, and on which morning."""
        world, rng = self.world, self.rng

        def size(office):
            """People in it, if it is at home; a fraction settles ties."""
            staff = sum(1 for person in self.people.active if person.office is office)
            return staff * (office.country == world.home_country) + rng.random()

        self.forced_office = max(self.people.offices, key=size)
        day = rng.randrange(world.days)
        morning = world.local(day, 7.5, COUNTRIES[self.forced_office.country].utc_hours)
        self.forced_at = min(world.span - 6 * HOUR, max(0, morning))

    def plan_waves(self):
        """When the mail goes out and to whom, when the rush begins, when the new country starts."""
        world, rng = self.world, self.rng
        self.reset_at = rng.uniform(0.1, 0.85) * world.span
        self.reset_people = set(rng.sample(self.people.active, int(self.people.count * 0.03)))
        self.rush_at = rng.uniform(0.1, 0.85) * world.span
        self.rush_length = rng.uniform(1, 4) * HOUR
        self.launch_at = rng.uniform(0.1, 0.6) * world.span

    def newcomers(self):
        """(time, crowd, country, place) of everybody who makes an account."""
        world, rng, count = self.world, self.rng, self.people.count
        found = []
        for _ in range(int(count * 0.012 * world.days)):
            found.append((rng.uniform(0, world.span), "new_user", None, None))
        provider = world.networks.provider(rng, world.home_country)
        venue = world.networks.home4(rng, provider, world.home_country, 0)
        for _ in range(int(count * 0.03)):
            time = min(world.span - 60, self.rush_at + self.rush_length * rng.betavariate(1.5, 3))
            found.append((time, "signup_rush", None, venue if rng.random() < 0.2 else None))
        for _ in range(int(count * 0.02)):
            time = self.launch_at + (world.span - self.launch_at) * rng.betavariate(1, 1.8)
            found.append((time, "new_country", world.launch_country, None))
        return found

    def sign_up(self, time, crowd, country, place):
        """Somebody new: a look-up whether the name is free, the account, mostly a first visit."""
        world, rng, log = self.world, self.rng, self.log
        person = self.people.new_person(country=country or world.country(rng), born=time + 1)
        person.crowd = crowd
        person.visits_a_day = min(4, person.visits_a_day + 0.3)
        person.known_devices = set()
        client, mobile, _ = weighted(rng, person.devices)
        place = place or self.whereabouts.of(person, time, mobile)
        sid = session_id(rng)
        if rng.random() < 0.5:
            log.lookup(time - 20 if time > 20 else time, crowd, person.name, place, client, False, sid)
        if rng.random() < 0.08:
            name = mistyped(rng, person.name) if rng.random() < 0.3 else person.name
            log.signup(time, crowd, name, place, client, False, sid)
            time += rng.uniform(5, 60)
        log.signup(time, crowd, person.name, place, client, True, sid)
        if rng.random() < 0.75:
            self.visit(person, time + rng.uniform(3, 400), (client, mobile), place, crowd)
        self.people.active.append(person)

    # What a person does.

    def live(self, person):
        """All visits of one person, with what interrupts the habit."""
        times = times_of_visits(self.world, self.rng, person)
        if person in self.reset_people and person.visits_a_day:
            times = self.follow_reset_mail(person, times)
        if person.office is self.forced_office:
            times = self.change_by_force(person, times)
        last = LONG_AGO
        for time in times:
            if time - last < 120:
                continue
            last = self.visit(person, time, crowd=person.crowd)
            if last > self.world.span:
                break

    def live_until(self, person, times, end):
        """The visits before `end`, which are told first, since they know the old password."""
        for time in times:
            if time < end:
                self.visit(person, time, crowd=person.crowd)

    def follow_reset_mail(self, person, times):
        """Takes a new password because a mail asks for it; says which visits are left."""
        world, rng = self.world, self.rng
        time = min(self.reset_at + rng.expovariate(1 / (4 * HOUR)), world.span - 1800)
        client, mobile, _ = weighted(rng, person.devices)
        place = self.whereabouts.of(person, time, mobile)
        old = person.password_at(time)
        times = [at for at in times if abs(at - time) > 900]
        self.live_until(person, times, time)
        self.log.reset(time, "reset_wave", person.name, place, client, True, session_id(rng))
        person.change_password(time + 60, self.people.new_password(), old=old)
        at, old_first = time + rng.uniform(70, 600), rng.random() < 0.3
        self.visit(person, at, (client, mobile), place, "reset_wave", told=True, old_first=old_first)
        return [at for at in times if at > time]

    def change_by_force(self, person, times):
        """Comes to work to a password that is no longer good; says which visits are left."""
        world, rng = self.world, self.rng
        time = self.forced_at + rng.uniform(0, 3) * HOUR
        if time >= world.span - 1800:
            return times
        old = person.password_at(time)
        self.live_until(person, times, self.forced_at)
        person.change_password(self.forced_at, self.people.new_password(), old=old)
        person.passwords.sort()
        client, mobile, _ = weighted(rng, person.devices)
        place = rng.choice(self.forced_office.places)
        self.visit(person, time, (client, mobile), place, "forced_change", told=True, old_first=True)
        for other, is_mobile, _ in person.devices:
            if other is not client and is_mobile and rng.random() < 0.6:
                self.keep_trying(person, other, place, old)
        return [at for at in times if at > time + 900]

    def keep_trying(self, person, client, place, old):
        """A phone that still has the old password and does not ask."""
        rng, time = self.rng, self.forced_at
        for _ in range(rng.choice([3, 6, 12, 25])):
            time += rng.uniform(3, 30) * MINUTE
            if time > self.world.span:
                break
            here = place if rng.random() < 0.6 else self.whereabouts.of(person, time, True)
            self.log.wrong(
                time, "forced_change", person.name, here, client, old, sid=session_id(rng), owner=person
            )
