"""Networks: which addresses there are, and whose they are.

Homes of one provider and city share a few blocks, phones of one carrier a few addresses, servers and VPN
exits the same /24s. Attackers ask the same functions as people do, so that no address tells them apart.

Blocks are made when somebody first needs one, with the world's own chance (`rng` here); who sits where in
them is drawn with the chance of whoever asks.
"""

import ipaddress
from typing import NamedTuple

from second.chance import weighted
from second.tables import COUNTRIES, HOSTING, RELAYS


class Place(NamedTuple):
    """Where an attempt comes from, as an event says it."""

    ip: str
    asn: int
    country: str


class HostPool(NamedTuple):
    """A hosting company's /24 with its weight, which `weighted` looks for at the end."""

    first: int
    asn: int
    country: str
    weight: float


def ipv4(number):
    """The address as text."""
    return "%d.%d.%d.%d" % (number >> 24, number >> 16 & 255, number >> 8 & 255, number & 255)


def ipv6(number):
    """The address as text."""
    return str(ipaddress.IPv6Address(number))


class Networks:
    """All networks of one seed's world."""

    def __init__(self, rng, reference, home_country):
        self.rng = rng
        self.home_country = home_country
        self.ranges4, self.ranges6 = reference.ipv4, reference.ipv6
        self.city_blocks, self.hotspots, self.relay_blocks, self.carrier_ips = {}, {}, {}, {}
        self.ipv6_share = {}
        for country in COUNTRIES.values():
            for asn in set(country.homes + country.mobiles):
                self.ipv6_share[asn] = rng.choice([0, 0.2, 0.45, 0.7]) if asn in self.ranges6 else 0
        self.host_pools = []
        for asn, countries in HOSTING.items():
            if asn not in self.ranges4:
                continue
            weight = rng.lognormvariate(0, 0.6)
            for country in countries:
                for _ in range(rng.choice([1, 2, 2, 3])):
                    self.host_pools.append(HostPool(self.block(asn, 24), asn, country, weight))
        self.cities = {
            country: rng.randrange(8, 15) if country == home_country else rng.randrange(2, 5)
            for country in COUNTRIES
        }

    def block(self, asn, prefix):
        """The first address of a block of the network; a range weighs what it holds, up to a /15."""
        ranges, size = self.ranges4[asn], 1 << (32 - prefix)
        weights = [min(last - first + 1, 1 << 17) for first, last in ranges]
        first, last = self.rng.choices(ranges, weights)[0]
        return first + self.rng.randrange(max(1, (last - first + 1) // size)) * size

    def provider(self, rng, country, mobile=False):
        """Who connects a home, or a phone, in the country."""
        return rng.choice(COUNTRIES[country].mobiles if mobile else COUNTRIES[country].homes)

    def city(self, rng, country):
        """One of the country's cities."""
        return rng.randrange(self.cities[country])

    # Homes.

    def blocks_of_city(self, asn, country, city):
        """The two blocks, (first address, size), from which a provider serves a city."""
        key = (asn, country, city)
        if key not in self.city_blocks:
            blocks = []
            for _ in range(2):
                prefix = self.rng.choice([20, 21, 22])
                blocks.append((self.block(asn, prefix), 1 << (32 - prefix)))
            self.city_blocks[key] = blocks
        return self.city_blocks[key]

    def home_ipv4(self, rng, asn, country, city):
        """A home's address, as a number."""
        first, size = rng.choice(self.blocks_of_city(asn, country, city))
        return first + rng.randrange(1, min(size, 4096) - 1)

    def home_prefix6(self, rng, asn, city):
        """A home's /56, as a number. Providers with room enough cut a /40 for each city."""
        first, size = self.ranges6[asn]
        if size >= 1 << 95:
            return (first & ~((1 << 96) - 1)) | (city * 7 % 251) << 88 | rng.randrange(1 << 12) << 72
        return first + (rng.randrange(1 << 12) << 72)

    def home4(self, rng, asn, country, city):
        """A home on IPv4."""
        return Place(ipv4(self.home_ipv4(rng, asn, country, city)), asn, country)

    def home6(self, rng, asn, country, city, host_bits=64):
        """A home on IPv6, with another host part each time."""
        prefix = self.home_prefix6(rng, asn, city)
        return Place(ipv6(prefix + rng.getrandbits(host_bits)), asn, country)

    def hotspot(self, rng, country, city):
        """One of a city's four cafés with free Wi-Fi."""
        key = (country, city)
        if key not in self.hotspots:
            self.hotspots[key] = [
                self.home4(self.rng, self.provider(self.rng, country), country, city) for _ in range(4)
            ]
        return rng.choice(self.hotspots[key])

    # Phones.

    def carrier(self, rng, asn, country):
        """A phone: behind one of the few addresses its carrier shares out, or on a /64 of its own."""
        if asn in self.ranges6 and rng.random() < self.ipv6_share[asn] * 0.8:
            first, _ = self.ranges6[asn]
            return Place(
                ipv6((first | (1 << 90)) + (rng.randrange(1 << 22) << 64) + rng.getrandbits(63)), asn, country
            )
        key = (asn, country)
        if key not in self.carrier_ips:
            first, count = self.block(asn, 24), 9 if country == self.home_country else 3
            self.carrier_ips[key] = [first + at for at in self.rng.sample(range(2, 250), count)]
        return Place(ipv4(rng.choice(self.carrier_ips[key])), asn, country)

    def phone(self, rng, country):
        """A phone of one of the country's carriers."""
        return self.carrier(rng, self.provider(rng, country, mobile=True), country)

    # Servers, VPN exits and relays.

    def host(self, rng, country=None):
        """A rented server or a VPN's exit, in the country if one stands there."""
        pools = [pool for pool in self.host_pools if country is None or pool.country == country]
        first, asn, country, _ = weighted(rng, pools or self.host_pools)
        if asn in self.ranges6 and rng.random() < 0.1:
            start, _ = self.ranges6[asn]
            server = start + ((first & 0xFFFF) << 72) + (rng.randrange(40) << 64) + rng.randrange(1, 60)
            return Place(ipv6(server), asn, country)
        return Place(ipv4(first + rng.randrange(2, 254)), asn, country)

    def relay(self, rng, country):
        """The exit of a browser's relay."""
        asn = rng.choice(RELAYS)
        key = (asn, country)
        if key not in self.relay_blocks:
            self.relay_blocks[key] = self.block(asn, 24)
        first = self.relay_blocks[key]
        if asn in self.ranges6 and rng.random() < 0.35:
            start, _ = self.ranges6[asn]
            subnet = ((first & 0xFFF) << 80) + (rng.randrange(1 << 12) << 64)
            return Place(ipv6(start + subnet + rng.randrange(1 << 16)), asn, country)
        return Place(ipv4(first + rng.randrange(256)), asn, country)
