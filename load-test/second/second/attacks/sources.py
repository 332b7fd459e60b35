"""Sources: the addresses of an attack. Homes (people's own, too), carriers, rented servers.

A source is a `Place`, or the `Person` through whose home the attack goes: that one moves as the home does.
"""

from second.people import Person


def sources(gang, kind, count, countries=None):
    """So many sources: `homes`, `hosting`, `mobile` or `mixed`; mostly of `countries` if there are any."""
    rng, networks = gang.rng, gang.world.networks
    few = count < 25
    if kind == "homes":
        return [home(gang, countries, few) for _ in range(count)]
    if kind == "hosting":
        return [networks.host(rng) for _ in range(count)]
    if kind == "mobile":
        return [phone(gang, countries, count) for _ in range(count)]
    return [
        home(gang, countries, few) if rng.random() < 0.6 else networks.host(rng) for _ in range(count)
    ]


def phone(gang, countries, count):
    """A carrier's address; few of them are at home with the service."""
    rng, world = gang.rng, gang.world
    if countries:
        country = rng.choice(countries)
    elif count > 20 or rng.random() < 0.4:
        country = world.country(rng)
    else:
        country = world.home_country
    return world.networks.phone(rng, country)


def home(gang, countries, few):
    """A residential proxy: a person of this service whose home has malware, a phone, or any other home."""
    rng, world, networks = gang.rng, gang.world, gang.world.networks
    kind = rng.random()
    if kind < 0.42:
        return infected(gang, countries)
    if countries and rng.random() < 0.75:
        country = rng.choice(countries)
    elif few or rng.random() < 0.7:
        country = world.country(rng)
    else:
        country = rng.choice(world.common_countries())
    if few and rng.random() < 0.6:
        country = world.home_country
    if kind < 0.54:
        return networks.phone(rng, country)
    asn, city = networks.provider(rng, country), networks.city(rng, country)
    if rng.random() < networks.ipv6_share[asn]:
        return networks.home6(rng, asn, country, city)
    return networks.home4(rng, asn, country, city)


def infected(gang, countries):
    """A person of this service, mostly of `countries`."""
    rng = gang.rng
    person = rng.choice(gang.active)
    if countries and person.country not in countries and rng.random() < 0.7:
        for _ in range(60):
            other = rng.choice(gang.active)
            if other.country in countries:
                return other
    return person


def place_of(gang, source, time):
    """Where an attempt through the source comes from."""
    return gang.town.whereabouts.home(source, time) if isinstance(source, Person) else source
