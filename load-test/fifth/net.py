"""Networks: real address ranges, lines of homes, gateways of carriers, offices, hosting, exits of proxies."""
import gzip
import ipaddress
import os
from collections import namedtuple

Addr = namedtuple("Addr", "ip asn country")

# country: (hours from UTC, fixed-line networks, mobile carriers); many providers use one network for both
COUNTRIES = {
    "US": (-6, (7922, 20115, 22773, 7018, 701), (21928, 6167, 20057)), "DE": (1, (3320, 3209, 8881, 6805), (3320, 3209, 6805)),
    "GB": (0, (2856, 5607, 5089, 13285), (12576, 60339, 25135)), "FR": (1, (3215, 12322, 15557, 5410), (3215, 51207, 5410)),
    "ES": (1, (3352, 12479, 12430), (3352, 12479, 12430)), "IT": (1, (3269, 1267, 30722, 12874), (16232, 30722, 1267)),
    "PL": (1, (5617, 12741), (8374, 12912, 5617)), "NL": (1, (1136, 33915, 50266), (1136, 50266)),
    "SE": (1, (3301, 39651, 1257), (3301, 1257)), "BR": (-3, (28573, 27699, 7738), (26599, 22085, 26615)),
    "MX": (-6, (8151, 13999), (8151, 28403)), "CA": (-5, (577, 812, 6327, 852), (812, 577, 852)),
    "IN": (5, (24560, 9829, 55836), (55836, 45609, 55410)), "JP": (9, (4713, 17676, 2516), (9605, 17676, 2516)),
    "AU": (10, (1221, 4804, 7545), (1221, 133612)), "ID": (7, (7713,), (23693, 7713)),
    "VN": (7, (45899, 18403, 7552), (7552, 45899)), "TR": (3, (9121, 34984), (16135, 9121)),
    "ZA": (2, (37457, 3741), (29975, 16637)), "NG": (1, (29465, 36873), (29465, 36873)),
}
HOSTING = (16509, 14618, 24940, 16276, 14061, 20473, 63949, 8075, 396982, 51167, 9009, 212238, 60068)
VPN = (9009, 212238, 60068, 136787, 20473, 16276, 14061, 51167)
RELAY = (13335, 36183, 54113)


class Line:
    """A home's (or hotel's, school's, flat server's) own line: one address at a time, and perhaps an IPv6 prefix."""

    def __init__(self, net, asn, country, city):
        self.net, self.asn, self.country, self.city = net, asn, country, city
        self.v4 = net.host(city)
        self.v6 = net.prefix64(asn) if net.rng.random() < net.v6_share else None
        self.moves = net.rng.random() < 0.3
        self.day, self.people, self.now = None, 0, None
        if city in net.shared and net.rng.random() < net.fixed_cgnat:
            self.v4, self.moves = net.rng.choice(net.shared[city]), False

    def addr(self, day):
        if day != self.day:
            if self.day is not None and self.moves:
                self.v4 = self.net.host(self.city)
            self.day = day
            self.now = None
        if self.now is None or self.net.rng.random() < 0.12:   # another device of the house, or another mood of the browser
            self.now = self.net.in64(self.v6) if self.v6 is not None and self.net.rng.random() < 0.6 else self.v4
        return Addr(self.now, self.asn, self.country)


class Carrier:
    """A mobile carrier: a few gateway addresses with thousands of phones behind each."""

    def __init__(self, net, asn, country, gateways):
        city = net.city(asn)
        self.net, self.asn, self.country, self.key = net, asn, country, net.rng.getrandbits(30)
        self.gates = [net.host(city) for _ in range(gateways)]
        self.six = net.prefix64(asn) if net.v6_share > 0 and net.rng.random() < 0.5 else None

    def addr(self, phone, hour):
        mix = (phone * 31 + int(hour) // 2 * self.key) * 0x9E3779B97F4A7C15 >> 7
        if self.six is not None and phone % 3:        # a prefix for each phone, for as long as it stays connected
            return Addr(str(ipaddress.IPv6Address(self.six + mix % 65521 << 64 | mix % (1 << 64))), self.asn, self.country)
        return Addr(self.gates[mix % len(self.gates)], self.asn, self.country)


class Net:
    def __init__(self, rng, data, home):
        self.rng, self.home = rng, home
        self.v6_share = rng.choice((0, 0.2, 0.4, 0.55))
        self.fixed_cgnat = rng.choice((0, 0.1, 0.35))
        self.four, self.six = load(data)
        self.cities, self.shared = {}, {}
        for asn in sorted(self.four):
            # Large ranges first: they are where an operator keeps its customers.
            ranges = sorted(self.four[asn], key=lambda r: (r[0] - r[1], r[0]))[:40]
            picks = rng.sample(ranges, min(10, len(ranges)))
            self.cities[asn] = [narrow(rng, *r) for r in picks]
            for city in self.cities[asn]:
                self.shared[city] = [self.host(city) for _ in range(3)]
        have = {c: (tz, [a for a in f if a in self.four], [a for a in m if a in self.four])
                for c, (tz, f, m) in COUNTRIES.items()}
        self.countries = {c: v for c, v in have.items() if v[1] and v[2]}
        self.carriers = {c: [Carrier(self, a, c, rng.randint(1, 3) if c == home else 2) for a in v[2]]
                         for c, v in self.countries.items()}
        self.rented = [16509]                            # hosting networks, as often as customers' machines send from them
        self.vpn_exits = [self.hosted(rng.choice(VPN)) for _ in range(40)]
        self.relay_exits = [self.hosted(rng.choice(RELAY), home) for _ in range(60)]

    def city(self, asn):
        return self.rng.choice(self.cities[asn])

    def host(self, city):
        return str(ipaddress.IPv4Address(self.rng.randint(*city)))

    def prefix64(self, asn):
        if asn not in self.six:
            return None
        first, last = self.rng.choice(self.six[asn])
        return self.rng.randint(first >> 64, last >> 64)

    def in64(self, prefix):
        return str(ipaddress.IPv6Address(prefix << 64 | self.rng.getrandbits(64)))

    def line(self, country=None, asn=None, city=None):
        """A line in a consumer network; city and provider may be given."""
        country = country or self.home
        asn = asn or self.rng.choice(self.countries[country][1])
        return Line(self, asn, country, city or self.city(asn))

    def hosted(self, asn=None, country=None):
        """A fixed address in a hosting network."""
        if asn not in self.four:
            asn = self.rng.choice([a for a in HOSTING if a in self.four])
        place = country or self.rng.choice((self.home, "US", "DE", "NL", self.home))
        return Addr(self.host(self.city(asn)), asn, place)

    def tz(self, country):
        return self.countries[country][0]


def narrow(rng, first, last):
    """At most 4096 neighbouring addresses of a range: what one city of one provider looks like."""
    if last - first <= 4096:
        return first, last
    start = rng.randint(first, last - 4096) & ~255
    return max(start, first), max(start, first) + 4095


def load(data):
    wanted = set(HOSTING) | set(VPN) | set(RELAY)
    for _, fixed, mobile in COUNTRIES.values():
        wanted.update(fixed, mobile)
    names = {str(a) for a in wanted}
    four, six = {}, {}
    with gzip.open(os.path.join(data, "asn", "asn-ipv4.csv.gz"), "rt") as f:
        for row in f:
            first, last, asn = row.split(",", 3)[:3]
            if asn in names:
                a, b = (int(ipaddress.IPv4Address(x)) for x in (first, last))
                if b - a >= 255:
                    four.setdefault(int(asn), []).append((a, b))
    with gzip.open(os.path.join(data, "asn", "asn-ipv6.csv.gz"), "rt") as f:
        for row in f:
            first, last, asn = row.split(",", 3)[:3]
            if asn in names and len(six.get(int(asn), ())) < 20:
                a, b = (int(ipaddress.IPv6Address(x)) for x in (first, last))
                if b - a >= 1 << 72:
                    six.setdefault(int(asn), []).append((a, b))
    return four, six
