"""Programs that mean well, and people at machines that are not theirs.

They do what attacks do: the same tool for many accounts, one address for hundreds, failures for days,
look-ups of names that are not there. A detector with nothing but volume to go by challenges them all.
"""

from second.chance import DAY, HOUR, MINUTE, session_id, weighted
from second.clients import (
    PHONE_APPS,
    SIGN_IN,
    new_browser,
    new_client,
    new_phone_app,
    new_tool,
    new_vpn_client,
)
from second.names import popular_password
from second.networks import Place, ipv4
from second.tables import COUNTRIES


class Programs:
    """All of them, in the town where they run."""

    def __init__(self, town):
        self.town, self.world, self.people = town, town.world, town.people
        self.whereabouts, self.log, self.rng = town.whereabouts, town.log, town.rng
        self.networks, self.names = town.world.networks, town.world.names
        self.active = [person for person in town.people.active if person.visits_a_day > 0]

    def run(self):
        """Each kind after the other, in an order that never changes."""
        count, days = self.people.count, self.world.days
        for person in self.rng.sample(self.active, max(3, int(count * 0.004))):
            self.stale_client(person)
        for _ in range(max(8, int(count * 0.034))):
            self.script()
        for office in self.people.offices:
            if office.has_vpn:
                self.office_vpn(office)
        for _ in range(max(2, int(3 * (count / 12000) ** 0.5))):
            self.monitor()
        for _ in range(3):
            self.aggregator()
        locals_ = [person for person in self.active if person.country == self.world.home_country]
        for _ in range(max(2, count // 2500)):
            self.lab(locals_)
        for person in self.rng.sample(self.active, max(3, int(count * 0.003))):
            self.contact_sync(person)
        for _ in range(2):
            self.help_desk()
        for _ in range(int(count * 0.012 * days)):
            self.no_account()

    def new_tool_or_browser(self, tool_share):
        """A program of its own make, or a browser that a program steers."""
        if self.rng.random() < tool_share:
            return new_tool(self.rng)
        return new_browser(self.world, self.rng, mobile=False)

    def stale_client(self, person):
        """A program with a password that is no longer good, which tries it again and again."""
        world, rng = self.world, self.rng
        client, mobile, _ = weighted(rng, person.devices)
        client = client.copy()
        start = rng.uniform(0, 0.8) * world.span
        gap = rng.choice([5, 15, 15, 30, 60, 120]) * MINUTE
        password, breached = "stale%d" % rng.getrandbits(40), rng.random() < 0.2
        end = min(world.span, start + rng.choice([0.3, 1, 3]) * DAY)
        if rng.random() < 0.3:
            client = new_client(world, rng, rng.choice(["api", "vpn"]))
        time = start
        while time < end and rng.random() > 0.004:
            self.log.wrong(
                time,
                "stale_client",
                person.name,
                self.whereabouts.of(person, time, mobile),
                client,
                password,
                breached=breached,
                owner=person,
                sid=session_id(rng),
            )
            time += gap * rng.uniform(0.85, 1.15) if rng.random() < 0.9 else gap * rng.uniform(1, 6)

    def script(self):
        """Somebody's own program, with the tools that attackers use, at home or on a rented server."""
        rng, networks = self.rng, self.networks
        person = rng.choice(self.active) if rng.random() < 0.6 else self.people.new_person()
        client = new_tool(rng)
        if rng.random() < 0.5:
            place = networks.host(rng)
        elif rng.random() < 0.75:
            place = self.whereabouts.home(person, 0)
        else:
            place = self.whereabouts.phone(person)
        asks, dead, old = rng.random() < 0.35, rng.random() < 0.035, "d%d" % rng.getrandbits(40)
        gap = rng.choice([20, 60, 180, 240, 480, 480, 720, 1440, 1440, 1440]) * MINUTE
        time = rng.uniform(0, gap)
        breached, moves = rng.random() < 0.04, rng.random() < 0.15
        if rng.random() < 0.2:
            client.endpoint = SIGN_IN
        while time < self.world.span:
            if asks and rng.random() < 0.5:
                self.script_asks(time - 1, person, place, client)
            if moves:
                place = networks.host(rng)
            if dead:
                name = "svc-" + person.name if person.form != "phone" else person.name[:-1]
                self.log.unknown(time, "script", name, place, client, old, breached=breached)
                time += min(gap, 2 * HOUR) * rng.gauss(1, 0.02)
                continue
            time = self.script_logs_in(time, gap, person, place, client, breached)
            time += gap * (rng.gauss(1, 0.02) if rng.random() < 0.8 else rng.uniform(0.2, 3))

    def script_asks(self, time, person, place, client):
        """A look-up, of its own name or of somebody's: a partner's program with customers of its own."""
        rng, found = self.rng, self.rng.random() < 0.8
        if found:
            name = person.name if rng.random() < 0.5 else rng.choice(self.active).name
        else:
            name = self.names.free(rng, person.country)
        self.log.lookup(time, "script", name, place, client, found)

    def script_logs_in(self, time, gap, person, place, client, breached):
        """A login, with a wrong password before it now and then; says when it was."""
        rng, password = self.rng, person.password_at(time)
        if rng.random() < 0.03:
            wrong, listed = "x%d" % rng.getrandbits(40), rng.random() < 0.1
            self.log.wrong(time, "script", person.name, place, client, wrong, breached=listed, owner=person)
            time += 60
        self.log.entered(
            time, "script", person.name, place, client, password, breached=breached, owner=person
        )
        if rng.random() < 0.3:
            self.log.token(time + gap * 0.4, "script", person.name, place, client)
        return time

    def office_vpn(self, office):
        """People who dial into their office in the morning."""
        world, rng, log = self.world, self.rng, self.log
        for person in [person for person in self.active if person.office is office]:
            client = new_vpn_client(rng)
            for day in range(world.days):
                if rng.random() >= 0.6:
                    continue
                time = world.local(day, rng.gauss(9, 1.5), person.utc_hours)
                if not world.holds(time):
                    continue
                by_phone = rng.random() < 0.2
                place = self.whereabouts.phone(person) if by_phone else self.whereabouts.home(person, time)
                event = "vpn_client", person.name, place, client
                while rng.random() < 0.1:
                    typo = person.password_at(time) + "t%d" % rng.randrange(999)
                    log.wrong(time, *event, typo, owner=person)
                    time += rng.uniform(5, 30)
                mfa = "passed" if person.has_mfa else None
                log.entered(time, *event, person.password_at(time), mfa, person.breached, owner=person)

    def monitor(self):
        """Logs in every few minutes to see whether the service is there."""
        world, rng = self.world, self.rng
        person = self.people.new_person()
        client = self.new_tool_or_browser(0.6)
        client.token_mode = "none"
        gap = rng.choice([2, 5, 5, 10]) * MINUTE
        places = [self.networks.host(rng) for _ in range(rng.choice([1, 3, 6]))]
        time, tries_wrong = rng.uniform(0, gap), rng.random() < 0.3
        while time < world.span:
            event = time, "monitor", person.name, rng.choice(places), client
            if tries_wrong and rng.random() < 0.1:
                self.log.wrong(*event, "probe", owner=person)
            else:
                self.log.entered(*event, person.password_at(time), owner=person)
            time += gap + rng.uniform(-3, 3)

    def aggregator(self):
        """A company that looks after people's accounts for them, with the passwords that they gave it."""
        world, rng = self.world, self.rng
        first, asn, country, _ = weighted(rng, self.networks.host_pools)
        servers = range(rng.choice([1, 3, 8]))
        places = [Place(ipv4(first + rng.randrange(2, 250)), asn, country) for _ in servers]
        client = self.new_tool_or_browser(0.5)
        client.token_mode, client.opened_tls = "none", False
        if client.app == "web" and rng.random() < 0.7:
            client.stack = rng.choice(["go", "preq", "node"])
        for person in rng.sample(self.active, int(self.people.count * 0.012)):
            stale, times_a_day = rng.random() < 0.12, rng.choice([1, 1, 2, 4])
            hour = rng.uniform(0, 24) if rng.random() < 0.5 else rng.gauss(3, 0.5)
            for fetch in range(world.days * times_a_day):
                time = (hour + fetch * 24 / times_a_day) * HOUR + rng.gauss(0, 300)
                if world.holds(time):
                    self.fetch(time, person, places, client, stale)

    def fetch(self, time, person, places, client, stale):
        """One login of the company for one of its customers."""
        rng, log = self.rng, self.log
        no_code = not stale and person.has_mfa and rng.random() < 0.1
        event = time, "aggregator", person.name, rng.choice(places), client
        if stale:
            log.wrong(*event, "ag%s" % person.name, owner=person)
        elif no_code:
            log.no_code(*event, person.password_at(time), breached=person.breached, owner=person)
        else:
            log.entered(*event, person.password_at(time), breached=person.breached, owner=person)

    def lab(self, locals_):
        """A school's lab, or a kiosk: many people on a few machines, which are wiped in half of them."""
        world, rng, networks = self.world, self.rng, self.networks
        country = world.home_country
        city = networks.city(rng, country)
        place = networks.home4(rng, networks.provider(rng, country), country, city)
        base = new_browser(world, rng, mobile=False)
        base.token_mode, wiped = "stable", rng.random() < 0.5
        machines = [base.with_new_device(rng) for _ in range(rng.choice([2, 16, 24]))]
        pupils = rng.sample(locals_, min(len(locals_), rng.choice([40, 80, 120])))
        for day in range(world.days):
            for hour in rng.sample([8, 9, 10, 11, 13, 14, 15], 3):
                begins = world.local(day, hour, COUNTRIES[country].utc_hours)
                for person in rng.sample(pupils, min(len(pupils), max(5, len(machines)))):
                    time = begins + rng.expovariate(1 / 150)
                    if not world.holds(time):
                        continue
                    machine = rng.choice(machines)
                    if wiped:
                        machine = machine.with_new_device(rng)
                    self.town.visit(person, time, (machine, False), place, "lab_kiosk")

    def contact_sync(self, person):
        """An app that looks up its owner's address book."""
        world, rng = self.world, self.rng
        apps = [client for client, _, _ in person.devices if client.app in PHONE_APPS]
        client = apps[0] if apps else new_phone_app(world, rng, "ios")
        time = rng.uniform(0, world.span - 600)
        place = self.whereabouts.of(person, time, True)
        sid = session_id(rng)
        for _ in range(rng.randrange(8, 60)):
            found = rng.random() < 0.3
            name = rng.choice(self.active).name if found else self.names.free(rng, person.country)
            self.log.lookup(time, "contact_sync", name, place, client, found, sid)
            time += rng.uniform(0.05, 0.6)

    def help_desk(self):
        """People, or a partner's program, that ask all day whether a customer exists."""
        world, rng = self.world, self.rng
        office = rng.choice(self.people.offices)
        client = new_browser(world, rng, mobile=False) if rng.random() < 0.5 else new_tool(rng)
        utc_hours = COUNTRIES[office.country].utc_hours
        for day in range(world.days):
            time = world.local(day, 9, utc_hours)
            while time < world.local(day, 17, utc_hours):
                if world.holds(time):
                    found = rng.random() < 0.85
                    name = rng.choice(self.active).name if found else self.names.free(rng, office.country)
                    place = rng.choice(office.places)
                    self.log.lookup(time, "help_desk", name, place, client, found, session_id(rng))
                time += rng.expovariate(1 / 240)

    def no_account(self):
        """Somebody without an account, who tries the addresses that it might be under."""
        world, rng, log = self.world, self.rng, self.log
        world.country(rng)  # drawn and not used
        time = rng.uniform(0, world.span - 900)
        person = rng.choice(self.active)  # whose devices and places are borrowed
        client, mobile, _ = weighted(rng, person.devices)
        client = client.with_new_device(rng)
        sid = session_id(rng)
        place = self.whereabouts.of(person, time, mobile)
        for _ in range(rng.choice([1, 1, 2, 3, 4])):
            name = self.names.free(rng, person.country)
            popular = rng.random() < 0.04
            password = popular_password(rng) if popular else "x%d" % rng.getrandbits(40)
            listed = rng.random() < 0.22
            log.unknown(time, "no_account", name, place, client, password, sid=sid, breached=listed)
            time += rng.uniform(8, 50)
        if rng.random() < 0.3:
            name = self.names.free(rng, person.country)
            log.reset(time, "no_account", name, place, client, False, sid)
