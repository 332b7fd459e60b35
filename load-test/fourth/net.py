"""Networks: providers by country, address pools, homes, carriers, hosting exits.

Address ranges come from the data folder's asn/ CSVs.  People and attackers draw
from the same pools, so that no network belongs to one side alone.
"""
import csv
import gzip
import hashlib
import ipaddress
import os

# country: (hours from UTC, fixed-line ASNs, carrier ASNs)
COUNTRIES = {
    "US": (-6, [7922, 7018, 20115, 22773, 209, 5650], [21928, 6167, 7018]),
    "GB": (0, [5089, 2856, 5607], [2856, 5607]), "DE": (1, [3320, 3209, 8881, 6805], [3320, 6805]),
    "FR": (1, [3215, 12322, 5410], [5410, 15557, 3215]), "IT": (1, [3269, 1267], [30722, 1267]),
    "ES": (1, [3352, 12479], [12430, 12479]), "NL": (1, [1136, 33915], [1136]),
    "PL": (1, [5617, 12741], [5617]), "TR": (3, [9121, 34984], [34984]),
    "BR": (-3, [28573, 18881, 27699], [26599, 28573]), "MX": (-6, [8151, 13999], [8151]),
    "IN": (5, [9829, 24560, 17488], [55836, 45609]), "JP": (9, [4713, 2516], [17676, 9605]),
    "KR": (9, [4766, 3786], [4766]), "VN": (7, [45899, 7552], [131429, 7552]),
    "PH": (8, [9299, 17639], [132199]), "AU": (10, [1221, 4804], [1221, 4804]),
    "EG": (2, [8452], [36992]), "AR": (-3, [7303], [7303]), "TH": (7, [23969], [23969]),
}
HOSTING = [16509, 14061, 16276, 24940, 8075, 9009, 212238, 60068, 20473, 63949, 51167, 12876, 396982]
RELAY = [13335, 36183, 54113]
HOST_COUNTRIES = ["US", "DE", "NL", "GB", "FR"]


def digest(*parts):
    """A 64-bit number that depends on the parts alone."""
    text = "|".join(map(str, parts)).encode()
    return int.from_bytes(hashlib.blake2b(text, digest_size=8).digest(), "big")


def read_ranges(folder, wanted):
    """ASN -> ranges (first, last) of IPv4, ASN -> first addresses of IPv6."""
    four, six = {}, {}
    with gzip.open(os.path.join(folder, "asn", "asn-ipv4.csv.gz"), "rt") as lines:
        for row in csv.reader(lines):
            if row[2] in wanted:
                first, last = (int(ipaddress.IPv4Address(x)) for x in row[:2])
                if last - first >= 1023:
                    four.setdefault(int(row[2]), []).append((first, last))
    with gzip.open(os.path.join(folder, "asn", "asn-ipv6.csv.gz"), "rt") as lines:
        for row in csv.reader(lines):
            if row[2] in wanted:
                first = int(ipaddress.IPv6Address(row[0]))
                if int(ipaddress.IPv6Address(row[1])) - first >= (1 << 84) - 1:
                    six.setdefault(int(row[2]), []).append(first)
    return four, six


def v4(number):
    return "%d.%d.%d.%d" % (number >> 24, number >> 16 & 255, number >> 8 & 255, number & 255)


def v6(number):
    return str(ipaddress.IPv6Address(number))


class Pool:
    """A provider's customers in one town: a /20 or so, and a /40 of IPv6."""

    def __init__(self, asn, country, first, size, six):
        self.asn, self.country, self.first, self.size, self.six = asn, country, first, size, six

    def v4(self, number):
        return v4(self.first + 1 + number % (self.size - 2))

    def v6_net(self, number):
        """The /64 behind a number, as the upper 64 bits; a /56 a customer."""
        return (self.six >> 64) + ((number & 0xFFFF) << 8)


class Line:
    """A home's or office's line: fixed, renumbered daily, or with IPv6."""

    def __init__(self, rng, pool, six_share, renumber_share):
        self.pool, self.key = pool, rng.getrandbits(48)
        self.six = pool.six and rng.random() < six_share
        self.renumber = rng.random() < renumber_share

    def source(self, day, device):
        key = digest(self.key, day) if self.renumber else self.key
        if self.six:
            net = self.pool.v6_net(key) + (digest(key, "lan") & 3)
            return v6(net << 64 | digest(self.key, device, day)), self.pool.asn, self.pool.country
        return self.pool.v4(key), self.pool.asn, self.pool.country


class Networks:
    """All pools of one world."""

    def __init__(self, rng, folder):
        wanted = {asn for _, home, mobile in COUNTRIES.values() for asn in home + mobile}
        wanted |= set(HOSTING) | set(RELAY)
        four, six = read_ranges(folder, {str(a) for a in wanted})
        self.rng, self.home, self.carrier, self.cgnat = rng, {}, {}, {}
        for country, (_, home, mobile) in COUNTRIES.items():
            self.home[country] = [p for asn in home if asn in four
                                  for p in self.pools(four, six, asn, country, rng.randint(6, 12))]
            for asn in mobile:
                if asn in four:
                    pool = self.pools(four, six, asn, country, 1)[0]
                    self.carrier.setdefault(country, []).append(pool)
                    self.cgnat[pool] = [pool.v4(rng.getrandbits(30)) for _ in range(rng.randint(3, 7))]
        self.hosting = [p for asn in HOSTING if asn in four for _ in range(3)
                        for p in self.pools(four, six, asn, rng.choice(HOST_COUNTRIES), 1)]
        relays = [p for asn in RELAY if asn in four
                  for p in self.pools(four, six, asn, rng.choice(HOST_COUNTRIES), 4)]
        self.relay = [(p.v4(rng.getrandbits(30)), p.asn, p.country) for p in relays for _ in range(25)]
        self.vpn = [(p.v4(rng.getrandbits(30)), p.asn, p.country) for p in self.hosting for _ in range(4)]

    def pools(self, four, six, asn, country, count):
        """Some towns of a provider, wherever its ranges allow."""
        out = []
        for _ in range(count):
            first, last = self.rng.choice(four[asn])
            size = min(last - first + 1, 4096)
            first += self.rng.randrange((last - first + 1) // size) * size
            base = self.rng.choice(six[asn]) + (self.rng.getrandbits(4) << 80) if asn in six else 0
            out.append(Pool(asn, country, first, size, base))
        return out

    def mobile(self, rng, country, pool=None):
        """A phone on its carrier: CGNAT address, or a /64 of its own for a while."""
        pool = pool or rng.choice(self.carrier[country])
        if pool.six and rng.random() < 0.35:
            return v6((pool.six >> 64) + rng.getrandbits(22) << 64 | rng.getrandbits(64)), pool.asn, pool.country
        return rng.choice(self.cgnat[pool]), pool.asn, pool.country

    def server(self, rng):
        pool = rng.choice(self.hosting)
        return pool.v4(rng.getrandbits(30)), pool.asn, pool.country
