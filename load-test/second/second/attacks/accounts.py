"""Accounts of the attacker's own: made by the hundred, or used to look like people.

A login to such an account is part of an attack, but no theft: the labels' `.own` file lists them. Those of
laundering through the attacker's own homes are undecidable, since they are what anybody does.
"""

from second.attacks.disguises import Disguise, model
from second.attacks.targets import Target
from second.chance import HOUR, session_id, weighted
from second.tables import MAIL_DOMAINS


def fake_signup(gang, count):
    """Accounts made by a machine; most are logged in to later, from other addresses too."""
    rng, world = gang.rng, gang.world
    accounts, span = max(1, int(count / 2.4)), rng.choice([1, 4, 15]) * HOUR
    start = gang.start(span + 12 * HOUR if world.days > 1 else span)
    kind = rng.choice(["homes", "mixed", "mobile"])
    sources = gang.sources(kind, max(1, accounts // rng.choice([1, 2, 5, 25])))
    disguise = Disguise(
        gang,
        rng.choice(["by_address", "few", "each", "one"]),
        rng.choice(["web", "web", "android", "ios"]),
        rng.choice(["keep", "as_is", "as_is", "fresh"]),
    )
    domain = rng.choice([None, None, weighted(rng, MAIL_DOMAINS)[0]])
    form = rng.choice([None, "email"])
    made = []
    for time in gang.times(accounts, start, span):
        name = farm_name(gang, form, domain)
        address = rng.randrange(len(sources))
        client = disguise.at(address)
        time, is_made = farm(gang, time, name, gang.place(sources[address], time), client)
        if is_made:
            made.append((time, name, address, client))
    use_farm(gang, made, sources, disguise)


def farm_name(gang, form, domain):
    """A name that nobody has; more than half of mail addresses at one provider, if there is a `domain`."""
    rng, world = gang.rng, gang.world
    name = world.names.new(rng, world.country(rng), form)
    if domain and "@" in name and rng.random() < 0.6:
        name = name.split("@")[0] + str(rng.randrange(99)) + "@" + domain
    return name


def farm(gang, time, name, place, client):
    """One account: when it was made, and whether it was."""
    rng, sid = gang.rng, session_id(gang.rng)
    if rng.random() < 0.4:
        gang.log.lookup(time, "fake_signup", name, place, client, False, sid)
        time += rng.uniform(1, 30)
    is_made = rng.random() < 0.93
    gang.log.signup(time, "fake_signup", name, place, client, is_made, sid)
    return time, is_made


def use_farm(gang, made, sources, disguise):
    """Logins to the accounts that were made; some farms have one password for all."""
    rng = gang.rng
    password, same = "farm%d" % rng.randrange(1000), rng.random() < 0.4
    for time, name, address, client in made:
        for _ in range(rng.choice([0, 1, 1, 2])):
            time = time + rng.expovariate(1 / (7 * HOUR)) + 30
            if time > gang.world.span:
                break
            here = address if rng.random() < 0.4 else rng.randrange(len(sources))
            place = gang.place(sources[here], time)
            shown = client if rng.random() < 0.7 else disguise.at(here)
            chosen = password if same else password + name
            log_in(gang, time, "fake_signup", name, place, shown, chosen)


def log_in(gang, time, crowd, name, place, client, password, undecidable=0):
    """A login to an account of the attacker's own."""
    gang.log.entered(
        time, crowd, name, place, client, password, sid=session_id(gang.rng), undecidable=undecidable
    )


class Launderer:
    """Gives addresses and devices a good name with accounts of his own, then stuffs through them."""

    def __init__(self, gang, count):
        rng = gang.rng
        self.gang, self.rng, self.count = gang, rng, count
        addresses = max(2, count // rng.choice([15, 40, 120]))
        self.sources = gang.sources(rng.choice(["homes", "hosting", "mixed"]), addresses)
        self.disguise = Disguise(gang, rng.choice(["by_address", "few", "one"]))
        self.before = min(gang.world.span * 0.45, rng.choice([6, 18, 30]) * HOUR)
        self.start = rng.uniform(0, max(1, gang.world.span * 0.95 - self.before - 6 * HOUR))
        self.make_accounts(max(3, count // 60))

    def make_accounts(self, count):
        """His own accounts, (name, number of his home), eight to a home."""
        gang, rng = self.gang, self.rng
        names, world = gang.world.names, gang.world
        self.homes = gang.sources("homes", max(1, count // 8))
        self.own = [
            (names.new(rng, world.country(rng)), rng.randrange(len(self.homes))) for _ in range(count)
        ]
        self.home_clients = [model(gang, "web") for _ in self.homes]

    def run(self):
        """First only his own logins, then the list, with some of his own among it."""
        own = int(self.count * self.rng.uniform(0.15, 0.3))
        self.password = "own%d" % self.rng.getrandbits(30)
        for _ in range(own):
            self.prepare()
        self.stuff(self.count - own)

    def own_login(self, time, name, place, client, undecidable=0):
        """A login to one of his accounts."""
        log_in(self.gang, time, "laundering", name, place, client, self.password + name, undecidable)

    def prepare(self):
        """An own login before the attack: at home, which no log can tell, or through a source."""
        gang, rng = self.gang, self.rng
        name, home = rng.choice(self.own)
        time = self.start + rng.random() * self.before
        if rng.random() < 0.3:
            place = gang.place(self.homes[home], time)
            self.own_login(time, name, place, self.home_clients[home], undecidable=1)
        else:
            address = rng.randrange(len(self.sources))
            place = gang.place(self.sources[address], time)
            self.own_login(time, name, place, self.disguise.at(address))

    def stuff(self, count):
        """The attack."""
        gang, rng = self.gang, self.rng
        own_share = rng.uniform(0.05, 0.25)
        names, span = gang.targets(count, gang.known_share()), rng.choice([2, 6, 12]) * HOUR
        times, rate = gang.times(count, self.start + self.before, span), gang.right_rate()
        right = rate * count / max(1, sum(1 for target in names if target.person))
        for time, target in zip(times, names):
            address = rng.randrange(len(self.sources))
            place = gang.place(self.sources[address], time)
            if rng.random() < own_share:
                name = rng.choice(self.own)[0]
                self.own_login(time, name, place, self.disguise.at(address))
                continue
            password, breached = gang.listed_password(target)
            client = self.disguise.at(address)
            is_right = target.person is not None and rng.random() < right
            gang.attempt(time, "laundering", target, place, client, password, is_right, breached)


def laundering(gang, count):
    """See `Launderer`."""
    Launderer(gang, count).run()


class Poisoner:
    """Fails on people from one device each for days, so that it seems familiar, then comes with passwords."""

    def __init__(self, gang, count):
        rng, world = gang.rng, gang.world
        self.gang, self.rng, self.count = gang, rng, count
        victims = max(8, count // rng.choice([8, 14, 22]))
        often = [person for person in gang.active if person.visits_a_day > 0.1]
        self.victims = rng.sample(often, min(victims, len(gang.active) // 3))
        self.disguise = Disguise(gang, "by_address", rng.choice(["web", "web", "ios", "android"]), "keep")
        self.before = world.span * rng.uniform(0.5, 0.85)
        self.start = rng.uniform(0, world.span * 0.1)
        own = range(max(2, count // 80))
        self.own = [world.names.new(rng, world.country(rng)) for _ in own]
        self.knows = rng.uniform(0.1, 0.3)
        self.places = [
            world.networks.home4(rng, person.asn, person.country, person.city) for person in self.victims
        ]

    def run(self):
        """Four fifths to be seen, one fifth to get in."""
        seen = int(self.count * 0.8)
        for _ in range(seen):
            self.be_seen()
        for at in range(self.count - seen):
            victim = at % len(self.victims)
            later = self.start + self.before + self.rng.random() * self.gang.world.span * 0.1
            time = min(self.gang.world.span - 60, later)
            client, password = self.disguise.at(victim), "pz%d" % self.rng.getrandbits(30)
            self.attempt(time, victim, client, password, self.rng.random() < self.knows)

    def attempt(self, time, victim, client, password, right=False):
        """A try at the person, from the place that stands for that person."""
        person = self.victims[victim]
        target = Target(person.name, person)
        self.gang.attempt(time, "poisoning", target, self.places[victim], client, password, right)

    def be_seen(self):
        """A login of his own from there, a look-up or reset of the person's name, or a failure."""
        gang, rng = self.gang, self.rng
        victim = rng.randrange(len(self.victims))
        name, place = self.victims[victim].name, self.places[victim]
        time = self.start + rng.random() * self.before
        if rng.random() < 0.12:
            own = rng.choice(self.own)
            client, password = self.disguise.at(victim), "ownp%d" % victim
            log_in(gang, time, "poisoning", own, place, client, password)
        elif rng.random() < 0.12 and self.disguise.app == "web":
            client = self.disguise.at(victim)
            ask = gang.log.lookup if rng.random() < 0.6 else gang.log.reset
            ask(time, "poisoning", name, place, client, True, session_id(rng))
        else:
            client = self.disguise.at(victim)
            self.attempt(time, victim, client, "p%d" % rng.getrandbits(30))


def poisoning(gang, count):
    """See `Poisoner`."""
    Poisoner(gang, count).run()
