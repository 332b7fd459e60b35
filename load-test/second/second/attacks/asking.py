"""Asking: which names have an account, learned from answers to logins, look-ups and resets."""

from second.attacks.disguises import Disguise
from second.attacks.targets import walk
from second.chance import HOUR, session_id


def enum_login(gang, count):
    """Names with a password that nobody has: the error tells, or the time it takes."""
    rng = gang.rng
    span = rng.choice([0.3, 2, 8, 30]) * HOUR
    addresses = rng.choice([1, 5, 60, max(1, count // 3), count])
    sources = gang.sources(rng.choice(["hosting", "homes", "mixed"]), addresses)
    disguise = Disguise(gang)
    times = gang.times(count, gang.start(span), span)
    junk = "junk%d" % rng.randrange(99) if rng.random() < 0.5 else None
    for at, target in enumerate(walk(gang, count)):
        address = rng.randrange(addresses)
        place, client = gang.place(sources[address], times[at]), disguise.at(address)
        password = junk or "j%d" % rng.getrandbits(30)
        gang.attempt(times[at], "enum_login", target, place, client, password)


def enum_lookup(gang, count):
    """Look-ups of names in a row, a quarter of such attacks within one session."""
    rng = gang.rng
    span = rng.choice([0.2, 2, 8, 30]) * HOUR
    addresses = rng.choice([1, 5, 60, max(1, count // 4)])
    sources = gang.sources(rng.choice(["hosting", "homes", "mixed"]), addresses)
    disguise = Disguise(gang)
    times = gang.times(count, gang.start(span), span)
    one_session = session_id(rng) if rng.random() < 0.25 else None
    for at, (name, person) in enumerate(walk(gang, count)):
        address = rng.randrange(addresses)
        place, client = gang.place(sources[address], times[at]), disguise.at(address)
        sid = one_session or session_id(rng)
        gang.log.lookup(times[at], "enum_lookup", name, place, client, person is not None, sid)


def reset_probe(gang, count):
    """Asks for new passwords: the answer tells, and owners get a mail."""
    rng = gang.rng
    span = rng.choice([0.5, 5, 24]) * HOUR
    kind = rng.choice(["homes", "hosting", "mixed"])
    sources = gang.sources(kind, max(1, count // rng.choice([1, 3, 20])))
    disguise = Disguise(gang, app=rng.choice(["web", "web", "ios", "android"]))
    times = gang.times(count, gang.start(span), span)
    for at, (name, person) in enumerate(gang.targets(count, rng.uniform(0.2, 0.6))):
        address = rng.randrange(len(sources))
        place, client = gang.place(sources[address], times[at]), disguise.at(address)
        gang.log.reset(
            times[at], "reset_probe", name, place, client, person is not None, session_id(rng)
        )
