"""Networks: real address ranges by ASN, and the places people connect from.

A *place* is anything with ``asn``, ``country`` and ``address(rng, t, key)``,
where ``key`` names the device that asks, so that an address may stick to it.
"""
import csv
import gzip
import ipaddress
import os
import zlib
from collections import namedtuple

Country = namedtuple("Country", "code tz lang homes carriers")

_TABLE = """
US -6 en 7922,701,7018,20115,22773,209,5650 21928,6167,20057
GB 0 en 2856,5089,5607 206067,25135
DE 1 de 3320,3209,6805,8881,60294 3320,6805
FR 1 fr 3215,12322,5410,15557 3215,5410
ES 1 es 3352,12430,12479 12430,3352
IT 1 it 3269,1267,30722,12874,210278 24608,30722
PL 1 pl 5617,12741 12912,8374,39603
NL 1 de 1136,33915 50266,1136
SE 1 de 3301,2119 3301,1257
RO 2 it 8708,9050 8953,12302
TR 3 tr 9121,34984 20978,15897
UA 2 pl 15895,13188 15895,21497
BR -3 pt 28573,26599,27699,18881 26599,28573
MX -6 es 8151,13999 28403
AR -3 es 7303,22927 22927
CO -5 es 10620,3816 10620
IN 5.5 in 24560,9498,55836 55836,45609,38266
JP 9 jp 4713,17676,2516 2516,17676
ID 7 in 7713 23693
VN 7 in 7552,45899,18403 7552
PH 8 es 9299,4775 132199,10139
AU 10 en 1221,4804,7545 1221,4804
CA -5 en 577,812,6327,852 812,852
ZA 2 en 5713,37457 29975,16637
NG 1 en 29465 29465
EG 2 in 8452,24863 8452
"""
COUNTRIES = {}
for _line in _TABLE.split("\n"):
    if _line:
        _c = _line.split()
        COUNTRIES[_c[0]] = Country(_c[0], float(_c[1]), _c[2],
                                   [int(a) for a in _c[3].split(",")],
                                   [int(a) for a in _c[4].split(",")])

HOSTING = [16276, 14061, 24940, 9009, 212238, 20473, 63949, 16509, 8075,
           14618, 15169, 60068, 62240, 51167, 8560, 36352, 31898, 136787]
RELAYS = [36183, 13335, 54113]
ACADEMIC = [680, 786, 2200, 137, 766, 553]


class Network:
    """The address ranges of one ASN (a handful of them, for locality)."""

    def __init__(self, asn):
        self.asn, self.v4, self.v6 = asn, [], []

    def random_v4(self, rng):
        lo, hi = self.v4[rng.randrange(len(self.v4))]
        value = rng.randint(lo, hi)
        return (value & ~0xFF) | rng.randint(1, 254)

    def random_v6(self, rng, bits):
        """A random prefix of ``bits`` length inside the network, as int."""
        lo, hi = self.v6[rng.randrange(len(self.v6))]
        shift = 128 - bits
        return (rng.randint(lo, max(lo, hi)) >> shift) << shift


def v4_text(value):
    return "%d.%d.%d.%d" % (value >> 24, value >> 16 & 255, value >> 8 & 255, value & 255)


def v6_text(value):
    return str(ipaddress.IPv6Address(value))


def _rows(folder, name):
    path = os.path.join(folder, "asn", name)
    if os.path.exists(path + ".gz"):
        with gzip.open(path + ".gz", "rt", encoding="utf-8") as handle:
            yield from csv.reader(handle)
    else:
        with open(path, encoding="utf-8") as handle:
            yield from csv.reader(handle)


def load_networks(folder, rng):
    """Read the ranges of the networks named above; keep a few of each."""
    wanted = set(HOSTING + RELAYS + ACADEMIC)
    for country in COUNTRIES.values():
        wanted.update(country.homes + country.carriers)
    names = {str(a) for a in wanted}
    nets = {a: Network(a) for a in sorted(wanted)}
    for row in _rows(folder, "asn-ipv4.csv"):
        if row[2] in names:
            lo, hi = (int(ipaddress.IPv4Address(x)) for x in row[:2])
            if hi - lo >= 255:
                nets[int(row[2])].v4.append((lo, hi))
    for row in _rows(folder, "asn-ipv6.csv"):
        if row[2] in names:
            lo, hi = (int(ipaddress.IPv6Address(x)) for x in row[:2])
            if hi - lo >= 1 << 88:
                nets[int(row[2])].v6.append((lo, hi))
    for net in nets.values():
        if len(net.v4) > 24:
            net.v4 = sorted(rng.sample(sorted(net.v4, key=lambda r: r[0] - r[1])[:80], 24))
        if len(net.v6) > 6:
            net.v6 = rng.sample(net.v6, 6)
    return {a: n for a, n in nets.items() if n.v4}


def mix(*parts):
    """A small stable hash (the built-in one changes from run to run)."""
    return zlib.crc32("|".join(map(str, parts)).encode())


class Home:
    """A household line: steady or renumbered daily, with or without IPv6."""

    def __init__(self, rng, net, country, v6_share=0.0, renumbered=False, moving64=False):
        self.asn, self.country, self.net = net.asn, country, net
        self.base = net.random_v4(rng)
        self.salt = rng.getrandbits(32)
        self.renumbered, self.moving64 = renumbered, moving64
        self.v6 = net.random_v6(rng, 56) if net.v6 and v6_share else None
        self.v6_share = v6_share if self.v6 is not None else 0.0

    def address(self, rng, t, key=0):
        day = int((t + self.salt % 86400) // 86400)
        if rng.random() < self.v6_share:
            prefix = self.v6
            if self.moving64:
                prefix = prefix >> 84 << 84 | (mix(self.salt, day) & 0xFFF) << 72
            subnet = (mix(self.salt, day if self.moving64 else 0) & 3) << 64
            host = mix(key, day, 1) << 32 | mix(key, day, 2)
            return v6_text(prefix | subnet | host)
        if self.renumbered:
            block = self.base & ~0x3FFF
            return v4_text(block | (mix(self.salt, day) & 0x3FFF or 1))
        return v4_text(self.base)

    def neighbour(self, rng):
        """Another line of the same provider in the same town."""
        return v4_text(self.base & ~0xFFF | rng.randint(1, 0xFFE))


class Carrier:
    """A mobile carrier: a few gateway addresses shared by all, some IPv6."""

    def __init__(self, rng, net, country, gateways, v6_share):
        self.asn, self.country, self.net = net.asn, country, net
        start = net.random_v4(rng)
        self.pool = [v4_text(start & ~0xFF | rng.randint(1, 254)) for _ in range(gateways)]
        self.v6 = net.random_v6(rng, 44) if net.v6 else None
        self.v6_share = v6_share if self.v6 is not None else 0.0

    def address(self, rng, t, key=0):
        if rng.random() < self.v6_share:
            slot = mix(key, int(t // 9000))
            return v6_text(self.v6 | (slot & 0xFFFFF) << 64 | mix(slot, 7) << 32 | mix(slot, 8))
        if rng.random() < 0.7:
            return self.pool[mix(key, int(t // 7200)) % len(self.pool)]
        return rng.choice(self.pool)


class Site:
    """An office, school, hotel or server room behind a few fixed addresses."""

    def __init__(self, rng, net, country, count=1):
        self.asn, self.country, self.net = net.asn, country, net
        start = net.random_v4(rng)
        self.pool = [v4_text(start & ~0x7F | rng.randint(1, 126)) for _ in range(count)]

    def address(self, rng, t, key=0):
        return self.pool[mix(key, int(t // 86400)) % len(self.pool)]


class Exits:
    """A VPN or relay: many exits; each visit takes one, or one for the day."""

    def __init__(self, rng, net, country, count, sticky):
        self.asn, self.country, self.net, self.sticky = net.asn, country, net, sticky
        blocks = [net.random_v4(rng) & ~0xFF for _ in range(max(1, count // 12))]
        self.pool = [v4_text(rng.choice(blocks) | rng.randint(1, 254)) for _ in range(count)]

    def address(self, rng, t, key=0):
        if self.sticky:
            return self.pool[mix(key, int(t // 20000)) % len(self.pool)]
        return rng.choice(self.pool)
