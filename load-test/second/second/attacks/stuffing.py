"""Stuffing: lists of stolen pairs, tried in eleven ways.

They differ in what gives way under a limit: the number of addresses, the pace, the client, the hour.
"""

from second.attacks.disguises import Disguise
from second.attacks.timing import busiest
from second.chance import DAY, HOUR, weighted
from second.networks import Place, ipv6
from second.tables import COUNTRIES


def stuffing_loud(gang, count):
    """A few addresses, for minutes or hours."""
    rng = gang.rng
    span, addresses = rng.uniform(0.15, 3) * HOUR, rng.randrange(2, 14)
    gang.stuff(
        "stuffing_loud",
        count,
        start=gang.start(span),
        span=span,
        sources=gang.sources(rng.choice(["hosting", "homes", "hosting"]), addresses),
        tries=lambda: count // addresses + 1,
        disguise=Disguise(gang, rng.choice(["one", "one", "few", "by_address"])),
        known=gang.known_share(),
        rate=gang.right_rate(),
        reuse=rng.choice(["near", "scattered", "robin"]),
    )


def stuffing_residential(gang, count):
    """Through homes all over, or those of some countries; one to three tries each."""
    rng, world = gang.rng, gang.world
    span, tries = rng.choice([1.5, 4, 9, 20, 30]) * HOUR, rng.choice([1, 1.5, 2, 3])
    countries = rng.choice([None, [world.home_country], rng.sample(world.common_countries(), 6)])
    gang.stuff(
        "stuffing_residential",
        count,
        start=gang.start(span),
        span=span,
        sources=gang.sources("homes", max(1, int(count / tries)), countries),
        tries=lambda: 1 + (rng.random() < tries - 1) + (rng.random() < tries - 2),
        disguise=Disguise(gang, rng.choice(["one", "few", "by_address"])),
        known=gang.known_share(),
        rate=gang.right_rate(),
        reuse=rng.choice(["in_turn", "scattered", "near"]),
        per_name=rng.choice([1, 1, 1, 2]),
    )


def stuffing_rotating(gang, count):
    """Another client with every attempt."""
    rng = gang.rng
    span, tries = rng.choice([1, 5, 12, 36]) * HOUR, rng.choice([1, 2, 3, 5])
    gang.stuff(
        "stuffing_rotating",
        count,
        start=gang.start(span),
        span=span,
        sources=gang.sources(rng.choice(["homes", "homes", "mixed"]), max(1, count // tries)),
        tries=lambda: tries,
        disguise=Disguise(
            gang,
            "each",
            rng.choice(["web", "web", "web", "ios", "android"]),
            rng.choice(["fresh", "as_is", "as_is"]),
        ),
        known=gang.known_share(),
        rate=gang.right_rate(),
        reuse=rng.choice(["near", "scattered"]),
    )


def stuffing_slow(gang, count):
    """For most of the run, from addresses that rest for long between tries."""
    rng = gang.rng
    span = gang.world.span * rng.uniform(0.6, 0.98)
    addresses = max(3, int(count / rng.choice([6, 15, 40])))
    gang.stuff(
        "stuffing_slow",
        count,
        start=gang.start(span),
        span=span,
        sources=gang.sources(rng.choice(["mixed", "homes", "hosting"]), addresses),
        tries=lambda: count // addresses + 1,
        disguise=Disguise(gang, rng.choice(["one", "by_address", "few"])),
        known=gang.known_share(),
        rate=gang.right_rate(),
        rhythm=rng.choice(["poisson", "people", "regular", "tide"]),
        reuse="scattered",
    )


def stuffing_api(gang, count):
    """With a script's library, at the endpoint of programs."""
    rng = gang.rng
    span, tries = rng.choice([1, 6, 24]) * HOUR, rng.choice([2, 8, 30])
    gang.stuff(
        "stuffing_api",
        count,
        start=gang.start(span),
        span=span,
        sources=gang.sources(rng.choice(["hosting", "mixed", "homes"]), max(1, count // tries)),
        tries=lambda: tries,
        disguise=Disguise(gang, rng.choice(["one", "few", "by_address", "each"]), "api"),
        known=gang.known_share(),
        rate=gang.right_rate(),
        reuse=rng.choice(["near", "robin", "scattered"]),
    )


def mobile_dongles(gang, count):
    """From carriers' addresses, which many people have at the same time."""
    rng, world = gang.rng, gang.world
    span = rng.choice([3, 10, 30]) * HOUR
    at_home = rng.random() < 0.5
    countries = [world.home_country] if at_home else [world.country(rng) for _ in range(4)]
    sources = gang.sources("mobile", max(3, count // rng.choice([3, 10, 40])), countries)
    gang.stuff(
        "mobile_dongles",
        count,
        start=gang.start(span),
        span=span,
        sources=sources,
        tries=lambda: 1 + count // len(sources),
        disguise=Disguise(gang, rng.choice(["by_address", "each", "few"])),
        known=gang.known_share(),
        rate=gang.right_rate(),
        reuse=rng.choice(["near", "scattered"]),
    )


def v6_hopper(gang, count):
    """One IPv6 network, or a dozen, with another address every one to four attempts."""
    rng, world, networks = gang.rng, gang.world, gang.world.networks
    providers = [
        (asn, country, world.country_shares[country])
        for country in world.common_countries()
        for asn in COUNTRIES[country].homes
        if networks.ipv6_share[asn] > 0
    ]
    asn, country, _ = weighted(rng, providers)
    prefix = rng.choice([64, 56, 48, 32])
    base = networks.home_prefix6(rng, asn, networks.city(rng, country))
    span, hold = rng.choice([0.5, 3, 12, 40]) * HOUR, rng.choice([1, 1, 2, 4])
    dozen = [rng.choice(providers) for _ in range(12)] if prefix == 32 else None
    sources = [hop(gang, prefix, base, asn, country, dozen) for _ in range(count // hold + 1)]
    gang.stuff(
        "v6_hopper",
        count,
        start=gang.start(span),
        span=span,
        sources=sources,
        tries=lambda: hold,
        disguise=Disguise(gang),
        known=gang.known_share(),
        rate=gang.right_rate(),
    )


def hop(gang, prefix, base, asn, country, dozen):
    """The next address: inside a prefix of that length, or of any home of a dozen providers."""
    rng, networks = gang.rng, gang.world.networks
    if prefix == 32:
        asn, country, _ = rng.choice(dozen)
        return networks.home6(rng, asn, country, networks.city(rng, country), host_bits=63)
    if prefix == 64:
        address = base + rng.getrandbits(64)
    elif prefix == 56:
        address = base + (rng.randrange(256) << 64) + rng.getrandbits(64)
    else:
        address = (base & ~((1 << 80) - 1)) + (rng.randrange(1 << 16) << 64) + rng.getrandbits(63)
    return Place(ipv6(address), asn, country)


def browser_flow(gang, count):
    """Does every step that a browser does."""
    rng = gang.rng
    span, tries = rng.choice([2, 8, 24, 48]) * HOUR, rng.choice([1, 2, 5])
    gang.stuff(
        "browser_flow",
        count,
        start=gang.start(span),
        span=span,
        sources=gang.sources(rng.choice(["homes", "mixed", "mobile"]), max(2, count // tries)),
        tries=lambda: tries,
        disguise=Disguise(gang, rng.choice(["by_address", "each"]), "web", rng.choice(["as_is", "keep"])),
        known=rng.uniform(0.1, 0.35),
        rate=gang.right_rate(),
        rhythm=rng.choice(["people", "poisson"]),
        every_step=True,
        reuse=rng.choice(["near", "scattered"]),
    )


def peak_hider(gang, count):
    """In the busiest hours, in step with people."""
    rng, world = gang.rng, gang.world
    start, tries = busiest(gang, 3 * HOUR), rng.choice([1, 2, 4, 8])
    gang.stuff(
        "peak_hider",
        count,
        start=start,
        span=rng.uniform(1.5, 3.5) * HOUR,
        sources=gang.sources(
            rng.choice(["homes", "mobile", "mixed"]),
            max(2, count // tries),
            [world.home_country] if rng.random() < 0.6 else None,
        ),
        tries=lambda: tries,
        disguise=Disguise(gang, rng.choice(["by_address", "each", "few"])),
        known=gang.known_share(),
        rate=gang.right_rate(),
        rhythm="people",
        reuse="near",
    )


def surge_hider(gang, count):
    """While something else is up: the outage, the rush, the mail that asks for resets, the app's release."""
    rng, world, town = gang.rng, gang.world, gang.town
    covers = [
        (world.outage_from, world.outage_to - world.outage_from + 3600),
        (town.rush_at, town.rush_length),
        (town.reset_at, 4 * HOUR),
        (world.released_at, 5 * HOUR),
    ]
    (start, span), tries = rng.choice(covers), rng.choice([1, 3, 6])
    gang.stuff(
        "surge_hider",
        count,
        start=start + rng.uniform(0, 0.2) * span,
        span=span,
        sources=gang.sources(rng.choice(["homes", "mixed", "mobile"]), max(2, count // tries)),
        tries=lambda: tries,
        disguise=Disguise(gang),
        known=gang.known_share(),
        rate=gang.right_rate(),
        rhythm=rng.choice(["people", "poisson"]),
        reuse=rng.choice(["near", "scattered"]),
    )


# Attempts of an address in so many seconds, a little less than limits that services like.
PACES = [
    (9, 600),
    (4, 600),
    (14, 900),
    (24, 900),
    (6, DAY),
    (95, DAY),
    (19, HOUR),
    (4, 120),
]


def under_limits(gang, count):
    """Each address stays just under a limit, in every window of it."""
    rng, world = gang.rng, gang.world
    each, window = rng.choice(PACES)
    span = min(world.span * 0.9, max(window * 1.2, rng.choice([6, 20, 50]) * HOUR))
    windows = max(1, int(span / window))
    addresses = max(1, int(count / (each * windows)) + 1)
    start = gang.start(span)
    sources = gang.sources(rng.choice(["hosting", "homes", "mixed"]), addresses)
    disguise = Disguise(gang, rng.choice(["one", "by_address", "few"]))
    names, rate = gang.targets(count, gang.known_share()), gang.right_rate()
    accounts = max(1, sum(1 for target in names if target.person))
    right = rate * count / accounts
    tried = 0
    for at, address in turns(int(span / window) or 1, addresses, each):
        if tried == count:
            return
        time = start + at * window + rng.random() * window
        if time >= world.span:
            continue
        target = names[tried]
        password, breached = gang.listed_password(target)
        place, client = gang.place(sources[address], time), disguise.at(address)
        is_right = target.person is not None and rng.random() < right
        gang.attempt(time, "under_limits", target, place, client, password, is_right, breached)
        tried += 1


def turns(windows, addresses, each):
    """(window, address) of each attempt: in every window each address as often as it may."""
    for window in range(windows):
        for address in range(addresses):
            for _ in range(each):
                yield window, address
