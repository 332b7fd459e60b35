"""Networks: carriers with their address ranges, and the places from which somebody may come.

Attackers' exits are drawn from these same carriers and often from these same places. A network is
therefore never a proof of anything: every range that attacks use is one in which people live, work,
lodge, or hide.
"""
import ipaddress

from chance import Table

# country: hours east of Greenwich, weight as a market, fixed carriers, mobile carriers
COUNTRIES = {
    "GB": (0, 20, (2856, 5089, 5607), (12576, 206067)), "DE": (1, 18, (3320, 3209), (6805,)),
    "FR": (1, 15, (3215, 12322), (15557,)), "ES": (1, 14, (3352, 12479), (12430,)),
    "IT": (1, 12, (3269, 1267), (30722,)), "NL": (1, 9, (1136, 33915), (50266,)),
    "PT": (0, 9, (3243, 2860), (12353,)), "IE": (0, 7, (5466, 6830), (15502,)),
    "SE": (1, 7, (3301, 39651), (44034,)), "NO": (1, 6, (29695,), (2119,)),
    "PL": (1, 8, (5617, 12741), (8374,)), "TR": (3, 8, (9121, 34984), (16135,)),
    "US": (-5, 16, (7922, 701, 7018), (21928,)), "CA": (-5, 8, (812, 577), (852,)),
    "BR": (-3, 8, (28573, 27699), (26599,)), "MX": (-6, 6, (8151,), (28403,)),
    "AE": (4, 6, (5384,), (15802,)), "IN": (5, 9, (24560,), (55836,)),
    "JP": (9, 7, (4713, 17676), (2516,)), "AU": (10, 7, (1221, 7545), (4804,)),
}
HOSTING = ((16276, "FR"), (24940, "DE"), (14061, "NL"), (14061, "US"), (16509, "IE"), (16509, "US"),
           (20473, "US"), (9009, "GB"), (60068, "GB"), (63949, "US"))
RELAYS = (13335, 36183)
RESERVED = {10, 100, 127, 169, 172, 192, 198, 203}


class Carrier:
    """One provider in one country, with ranges of addresses."""

    def __init__(self, asn, country, kind, chance, first_bytes):
        self.asn, self.country, self.kind = asn, country, kind
        self.ranges = [(chance.pick(first_bytes), chance.randrange(256)) for _ in range(1)]
        self.six = (0x2a00 + chance.randrange(4)) << 112 | chance.getrandbits(16) << 96
        self.pool = []  # addresses behind which many mobile users share

    def four(self, chance):
        high, low = chance.pick(self.ranges)
        return "%d.%d.%d.%d" % (high, low, chance.randrange(256), chance.randrange(1, 255))

    def block(self, chance, bits):
        """A random IPv6 block of that many bits, as a number."""
        return self.six | (chance.getrandbits(bits - 32) << (128 - bits))


def within(chance, block, bits):
    """A random address in an IPv6 block, in the usual notation."""
    return str(ipaddress.IPv6Address(block | chance.getrandbits(128 - bits)))


class Place:
    """Where somebody is: a carrier and a rule by which it gives addresses there."""

    def __init__(self, carrier, kind, addresses=None, block=None, country=None):
        self.carrier, self.kind, self.country = carrier, kind, country or carrier.country
        self.addresses, self.block = addresses, block

    def address(self, chance):
        if self.block is not None:
            subnet = self.block | (chance.pick((0, 0, 0, 1)) << 64)
            return within(chance, subnet, 64)
        return self.addresses[0] if len(self.addresses) == 1 else chance.pick(self.addresses)


class Networks:
    """All carriers and shared places of one draw of the service."""

    def __init__(self, chance, size):
        self.chance = chance
        names = list(COUNTRIES)
        self.home = chance.pick(["GB", "DE", "FR", "ES", "IT", "NL", "PT", "PL", "TR", "US"])
        others = [name for name in names if name != self.home]
        chance.shuffle(others)
        self.countries = [self.home] + others[:chance.randrange(8, 11)]
        self.market = Table([(name, COUNTRIES[name][1] * (4 if name == self.home else 1) * chance.between(0.6, 1.4))
                             for name in self.countries])
        first_bytes = [byte for byte in range(2, 223) if byte not in RESERVED]
        chance.shuffle(first_bytes)
        first_bytes = first_bytes[:26]
        self.fixed, self.mobile = {}, {}
        for name in self.countries:
            _, _, fixed, mobile = COUNTRIES[name]
            self.fixed[name] = Table([(Carrier(asn, name, "fixed", chance, first_bytes), chance.between(0.5, 1.5))
                                      for asn in fixed])
            self.mobile[name] = Table([(Carrier(asn, name, "mobile", chance, first_bytes), chance.between(0.5, 1.5))
                                       for asn in mobile])
            for carrier in self.mobile[name].things:
                carrier.pool = [carrier.four(chance) for _ in range(max(6, size // 350))]
        self.hosting = [Carrier(asn, land, "hosting", chance, first_bytes)
                        for asn, land in chance.sample(HOSTING, 5)]
        self.relays = [Carrier(asn, self.home, "relay", chance, first_bytes) for asn in RELAYS]
        self.shared()

    def shared(self):
        """Places that many use: gateways of private networks, desktops in the cloud, relays, hotels, airports."""
        chance = self.chance
        self.vpns = [Place(carrier, "vpn", self.mixed(carrier, 9, 5)) for carrier in self.hosting]
        self.seats = [Place(carrier, "cloud", self.mixed(carrier, 4, 3)) for carrier in self.hosting]
        self.relay_places = {name: [Place(carrier, "relay", [carrier.four(chance) for _ in range(12)], country=name)
                                    for carrier in self.relays] for name in self.countries}
        self.hotels = {name: [self.building(name, "hotel", 2) for _ in range(8)] for name in self.countries}
        self.airports = {name: [self.building(name, "airport", 4) for _ in range(3)] for name in self.countries}

    def mixed(self, carrier, fours, sixes):
        chance, block = self.chance, carrier.block(self.chance, 56)
        return [carrier.four(chance) for _ in range(fours)] + [within(chance, block, 64) for _ in range(sixes)]

    def building(self, country, kind, count):
        carrier = self.fixed[country].draw(self.chance)
        return Place(carrier, kind, [carrier.four(self.chance) for _ in range(count)])

    def dwelling(self, chance, country, six):
        carrier = self.fixed[country].draw(chance)
        if six:
            return Place(carrier, "ipv6_home", block=carrier.block(chance, 56))
        return Place(carrier, "home", [carrier.four(chance)])

    def pocket(self, chance, country):
        """A mobile line: it wanders over some of its carrier's shared addresses."""
        carrier = self.mobile[country].draw(chance)
        return Place(carrier, "mobile", chance.sample(carrier.pool, min(5, len(carrier.pool))))

    def offset(self, country):
        return COUNTRIES[country][0]
