"""Takeover: somebody's account in particular, and what owners do about it."""

from second.attacks.disguises import Disguise
from second.attacks.targets import Target
from second.chance import HOUR, session_id, weighted
from second.clients import PHONE_APPS


def token_replay(gang, count):
    """Stolen tokens of the app. Used on a copy of the owner's client no log can tell it from the phone."""
    rng, world = gang.rng, gang.world
    owners = [
        (person, client)
        for person in gang.active
        for client, _, _ in person.devices
        if client.app in PHONE_APPS
    ]
    span = world.span * rng.uniform(0.2, 0.9)
    start = gang.start(span)
    sources = gang.sources("mixed", max(3, count // 4))
    tool = Disguise(gang, "few", rng.choice(["api", "android"]))
    copied_share, done = rng.uniform(0.3, 0.6), 0
    while done < count:
        person, client = rng.choice(owners)
        uses = min(count - done, rng.choice([1, 1, 2, 4]))
        time = start + rng.random() * span
        copied = rng.random() < copied_share
        address = rng.randrange(len(sources))
        expired = rng.random() < 0.35 and not copied
        for _ in range(uses):
            time = min(time + rng.uniform(0.3, 2) * HOUR, world.span - 5)
            shown = client if copied else tool.at(address)
            place = gang.place(sources[address], time)
            gang.log.token(
                time,
                "token_replay",
                person.name,
                place,
                shown,
                good=not expired,
                reason="expired" if rng.random() < 0.8 else "other",
                sid=session_id(rng),
                undecidable=int(copied),
                endpoint="/oauth2/token",
            )
            done += 1


def targeted_takeover(gang, count):
    """A phished password, from the victim's own city and provider with a client like the victim's."""
    rng, world = gang.rng, gang.world
    often = [person for person in gang.active if person.visits_a_day > 0.2]
    for person in rng.sample(often, min(count, len(gang.active) // 4)):
        time = rng.uniform(0, world.span - 900)
        client = weighted(rng, person.devices)[0].with_new_device(rng)
        client.opened_tls = False
        if client.token_mode == "stable" and rng.random() < 0.3 and client.app == "web":
            client.token_mode = "none"
        event = "targeted_takeover", Target(person.name, person), near(gang, person), client
        kind = rng.random()
        if kind < 0.2:
            old = person.old_passwords
            gang.attempt(time, *event, old[0] if old else person.password_at(time) + "old")
            time += rng.uniform(10, 60)
        if kind < 0.85:
            gang.attempt(time, *event, None, right=True, beats_mfa=0.5)
        else:
            gang.attempt(time, *event, "phish%d" % rng.getrandbits(30))


def near(gang, person):
    """A place like the person's: the same carrier, or the same provider in the same city."""
    rng, networks = gang.rng, gang.world.networks
    if rng.random() < 0.25:
        return networks.carrier(rng, person.carrier, person.country)
    if person.ipv6:
        return networks.home6(rng, person.asn, person.country, person.city, host_bits=63)
    return networks.home4(rng, person.asn, person.country, person.city)


def recovery(gang):
    """Owners who notice, up to twenty hours later: a reset and a login, which are no attack."""
    rng, town, log = gang.rng, gang.town, gang.owners_log
    for stolen_at, person, theft in gang.thefts:
        if not person.visits_a_day or rng.random() >= 0.3:
            continue
        time = stolen_at + rng.uniform(0.5, 20) * HOUR
        if time > gang.world.span - 1200:
            continue
        client, mobile, _ = weighted(rng, person.devices)
        event = "victim_recovery", person.name, town.whereabouts.of(person, time, mobile), client
        log.reset(time, *event, True, session_id(rng), after=theft)
        time += rng.uniform(60, 500)
        password, mfa = "rec%d" % rng.getrandbits(40), "passed" if person.has_mfa else None
        log.entered(
            time, *event, password, mfa, False, session_id(rng), owner=person, after=theft
        )
