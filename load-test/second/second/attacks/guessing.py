"""Guessing: popular passwords on many names, many passwords on one, and failing on purpose."""

from second.attacks.disguises import Disguise
from second.attacks.targets import Target
from second.chance import HOUR
from second.names import popular_password


def spray_single(gang, count):
    """A few passwords over many names from one address."""
    rng = gang.rng
    sources = gang.sources(rng.choice(["hosting", "homes", "mobile"]), 1)
    spray(gang, "spray_single", count, sources, rng.choice([0.5, 3, 10, 40]) * HOUR)


def spray_distributed(gang, count):
    """A few passwords over many names from many addresses."""
    rng = gang.rng
    kind = rng.choice(["homes", "mixed", "hosting"])
    sources = gang.sources(kind, max(2, int(count / rng.choice([1, 2, 4, 12]))))
    spray(gang, "spray_distributed", count, sources, rng.choice([1, 8, 24, 60]) * HOUR)


def spray(gang, crowd, count, sources, span):
    """One password over all names, then the next one."""
    rng = gang.rng
    form = rng.choice([None, None, "employee", "email"])
    names = gang.targets(max(1, count // rng.choice([1, 1, 3])), rng.uniform(0.15, 0.6), form)
    passwords = [
        popular_password(rng) if rng.random() < 0.6 else "season%d" % rng.randrange(9)
        for _ in range(rng.choice([1, 1, 2, 5]))
    ]
    disguise = Disguise(gang)
    times = gang.times(count, gang.start(span), span)
    rng.choice([1, 2, 4])  # drawn and not used
    for at in range(count):
        target = names[at % len(names)]
        address = 0 if crowd == "spray_single" else rng.randrange(len(sources))
        right = target.person is not None and rng.random() < 0.002
        usual = rng.random() < 0.97
        password = passwords[at // len(names) % len(passwords)] if usual else popular_password(rng)
        place, client = gang.place(sources[address], times[at]), disguise.at(address)
        gang.attempt(times[at], crowd, target, place, client, password, right, rng.random() < 0.5)


def brute_single(gang, count):
    """Many passwords on a user from one address."""
    rng = gang.rng
    victims = max(1, count // rng.choice([120, 300, 700]))
    people = rng.sample(gang.accounts if rng.random() < 0.4 else gang.active, victims)
    sources = gang.sources(rng.choice(["homes", "hosting", "mobile"]), victims)
    brute(gang, "brute_single", people, count, sources, rng.choice([0.1, 0.5, 3, 20]) * HOUR)


def brute_distributed(gang, count):
    """Many passwords on a user from many addresses."""
    rng = gang.rng
    people = rng.sample(gang.active, max(1, count // rng.choice([60, 150, 400])))
    kind = rng.choice(["homes", "mixed"])
    sources = gang.sources(kind, max(3, count // rng.choice([1, 2, 6])))
    brute(gang, "brute_distributed", people, count, sources, rng.choice([1, 6, 24, 48]) * HOUR)


def brute(gang, crowd, victims, count, sources, span):
    """All victims, each with as many attempts; one in seven falls, if the list is long enough."""
    rng, each = gang.rng, count // len(victims)
    disguise = Disguise(gang)
    for number, person in enumerate(victims):
        start = gang.start(span)
        times = gang.times(each, start, span, rng.choice(["poisson", "regular", "bursts"]))
        hit = rng.randrange(int(each * 1.2) + 1) if rng.random() < 0.15 else -1
        for at in range(each):
            alone = crowd == "brute_single"
            address = number % len(sources) if alone else rng.randrange(len(sources))
            place, client = gang.place(sources[address], times[at]), disguise.at(address)
            popular = rng.random() < 0.3
            password = popular_password(rng) if popular else "b%d" % rng.getrandbits(40)
            target = Target(person.name, person)
            gang.attempt(times[at], crowd, target, place, client, password, at == hit)


def lockout(gang, count):
    """Fails on people's names so that the service locks them out, in waves."""
    rng = gang.rng
    each = rng.choice([6, 12, 30, 60])
    people = gang.active if rng.random() < 0.7 else gang.accounts
    victims = rng.sample(people, max(1, min(count // each, 400)))
    kind = rng.choice(["homes", "hosting", "mixed"])
    sources = gang.sources(kind, max(1, count // rng.choice([2, 10, 80])))
    disguise = Disguise(gang)
    span = rng.choice([2, 10, 40]) * HOUR
    start, waves = gang.start(span), rng.choice([1, 2, 4])
    for person in victims:
        for wave in range(waves):
            time = start + span * (wave + rng.random()) / waves
            for _ in range(max(1, each // waves)):
                address = rng.randrange(len(sources))
                time = min(gang.world.span - 1, time + rng.expovariate(1 / 20))
                place, client = gang.place(sources[address], time), disguise.at(address)
                password = "lock%d" % rng.getrandbits(30)
                gang.attempt(time, "lockout", Target(person.name, person), place, client, password)
