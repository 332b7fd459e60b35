"""Networks: home lines, mobile carriers, rented hosts and VPN exits, with address blocks drawn by seed."""
import ipaddress

from draw import Choice

UTC_OFFSET = dict(DE=1, FR=1, GB=0, NL=1, PL=1, IT=1, ES=1, US=-6, AT=1, CH=1, BE=1, BR=-3, IN=5.5, VN=7, ID=7, TR=3, UA=2,
            RU=3, EG=2, MX=-6, RO=2, PT=0, SE=1, TH=7, CO=-5, ZA=2, MA=1, PH=8, AR=-3, PK=5, CZ=1, GR=2)
FIRST_BYTES = [2, 5, 24, 31, 37, 46, 47, 50, 62, 64, 66, 68, 71, 73, 77, 78, 79, 80, 81, 82, 83, 84, 85, 86, 87, 88, 89, 90,
               91, 92, 93, 94, 95, 98, 99, 103, 105, 109, 110, 113, 115, 117, 122, 125, 141, 144, 145, 146, 147, 149, 151,
               157, 158, 165, 167, 173, 174, 176, 177, 178, 179, 181, 184, 185, 186, 187, 188, 189, 190, 193, 194, 195, 196,
               197, 200, 201, 203, 212, 213, 217]
# Where customers are, per cent; (AS number, weight, renumbers, DS-Lite); (country, AS number, weight); (AS number, weight, exits)
MARKET = [('DE', 36), ('FR', 17), ('GB', 13), ('NL', 8), ('PL', 6), ('IT', 5), ('ES', 4), ('AT', 3), ('US', 2.5), ('CH', 1.5)]
ISPS = {
    'DE': [(3320, 40, 1, 0), (3209, 25, 0, 1), (8881, 15, 1, 0), (6805, 12, 1, 1), (8422, 4, 0, 0)],
    'FR': [(3215, 40, 0, 0), (12322, 28, 0, 0), (15557, 18, 0, 0), (5410, 14, 0, 0)],
    'GB': [(2856, 35, 0, 0), (5607, 22, 0, 0), (5089, 25, 0, 0), (13285, 12, 1, 0)],
    'NL': [(1136, 40, 0, 0), (33915, 40, 0, 0), (50266, 14, 0, 0)],
    'PL': [(5617, 45, 1, 0), (6830, 25, 0, 0), (12741, 20, 0, 0)],
    'IT': [(3269, 45, 1, 0), (12874, 25, 0, 1), (1267, 25, 1, 0)],
    'ES': [(3352, 45, 0, 0), (12430, 20, 1, 0), (12479, 25, 1, 1)],
    'AT': [(8447, 50, 1, 0), (8412, 30, 0, 0)], 'US': [(7922, 40, 0, 0), (7018, 25, 0, 0), (20115, 20, 0, 0)],
    'CH': [(3303, 55, 0, 0), (6730, 25, 0, 0)]}
TAIL = [('BR', 28573, 13), ('IN', 24560, 9), ('VN', 7552, 9), ('ID', 7713, 8), ('TR', 9121, 9), ('UA', 15895, 5),
        ('RU', 12389, 7), ('EG', 8452, 5), ('MX', 8151, 6), ('RO', 8708, 6), ('PT', 3243, 6), ('SE', 3301, 5),
        ('TH', 23969, 4), ('CO', 10620, 4), ('ZA', 37457, 3), ('MA', 36903, 4), ('PH', 9299, 4), ('AR', 7303, 4),
        ('PK', 45595, 3), ('CZ', 5610, 3), ('GR', 6799, 3), ('BE', 5432, 6)]
CARRIERS = {'DE': [(3320, 25, 2), (3209, 45, 1), (6805, 30, 1)],
            'FR': [(3215, 36, 4), (51207, 24, 1), (15557, 20, 6), (5410, 20, 6)],
            'GB': [(12576, 32, 1), (35228, 28, 1), (206067, 20, 5), (25135, 20, 8)],
            'NL': [(1136, 40, 3), (31615, 35, 2), (15480, 25, 4)], 'PL': [(5617, 30, 4), (8374, 35, 2), (39603, 35, 3)],
            'IT': [(16232, 35, 3), (30722, 35, 4), (24608, 30, 2)], 'ES': [(3352, 40, 3), (12430, 30, 4), (12479, 30, 3)],
            'AT': [(8447, 60, 2), (8412, 40, 2)], 'US': [(21928, 50, 12), (6167, 50, 10)], 'CH': [(3303, 65, 2), (6730, 35, 2)]}
MOBILE_V6 = {3320, 3215, 12576, 21928, 6167, 1136, 8374}
HOSTERS = [(16509, 'US', 4), (396982, 'US', 2), (8075, 'US', 2), (16276, 'FR', 3), (24940, 'DE', 3), (14061, 'NL', 2),
           (9009, 'GB', 4), (60068, 'GB', 3), (13335, 'US', 2), (36183, 'US', 2), (54113, 'US', 1), (63949, 'US', 2),
           (20473, 'NL', 2), (51167, 'DE', 2), (6939, 'US', 1), (62044, 'DE', 1), (212238, 'NL', 2), (136787, 'DE', 1)]
RENTED = Choice([(16276, 18), (24940, 14), (14061, 15), (9009, 14), (60068, 9), (16509, 9), (20473, 9), (51167, 9),
                 (63949, 6), (212238, 8), (396982, 3), (8075, 3)])
HOST_COUNTRIES = ['DE', 'FR', 'GB', 'NL', 'US', 'PL']
# These hosters rent out machines in many countries.
EVERYWHERE = (9009, 60068, 212238, 16509, 20473, 14061)
VPN_HOSTERS = [(9009, 60068), (212238, 9009), (60068, 136787), (16276, 24940), (20473, 14061)]
VPN_COUNTRIES = ['DE', 'FR', 'GB', 'NL', 'US', 'PL', 'CH', 'IT', 'ES']
COUNTRY = Choice(MARKET + [(c, weight * .042) for c, _, weight in TAIL])
COUNTRY_INDEX = {c: i for i, c in enumerate(sorted(UTC_OFFSET))}


class Net:
    """One network: its IPv4 blocks (a city each), its IPv6 /32, its carrier-grade NAT addresses."""

    def __init__(self, r, used, asn, cc, kind, blocks, v6=True, renumber=False, dslite=False):
        self.asn, self.cc, self.kind, self.v6, self.renumber, self.dslite = asn, cc, kind, v6, renumber, dslite
        self.blocks = []
        while len(self.blocks) < blocks:
            b = (r.choice(FIRST_BYTES), r.randrange(256))
            if b not in used:
                used.add(b)
                self.blocks.append((b[0] << 24) | (b[1] << 16))
        while True:
            if cc not in ('US', 'BR', 'MX'):
                p = (0x2a00 + r.randrange(16), r.randrange(65536))
            else:
                p = (0x2600 + r.randrange(8), r.randrange(65536))
            if p not in used:
                used.add(p)
                break
        self.p6 = (p[0] << 112) | (p[1] << 96)
        self.cgn = []

    def v4(self, x, city):
        low = x & 0xFFFF
        if low & 255 in (0, 255):
            low ^= 7
        return self.blocks[city % len(self.blocks)] | low

    def pre56(self, x, city):
        """A /56: the city in bits up to /40, the home below."""
        return self.p6 | ((city % 256) << 88) | ((x & 0xFFFF) << 72)


def s4(n):
    return '%d.%d.%d.%d' % (n >> 24, n >> 16 & 255, n >> 8 & 255, n & 255)


def s6(n):
    return str(ipaddress.IPv6Address(n))


def addr4(net, x, city=0, cc=None):
    """An address as events carry it: (text, AS number, country)."""
    return (s4(net.v4(x, city)), net.asn, cc or net.cc)


class Networks:
    def __init__(self, r):
        self.rng, self.used = r, set()
        self.nets, self.isps, self.carriers = [], {}, {}
        self.home_lines()
        for cc in list(self.isps):
            self.carriers[cc] = self.carriers_of(cc)
        self.hosts = {asn: self.net(asn, cc, 'hosting', n) for asn, cc, n in HOSTERS}
        self.vpn = {}                           # (provider, country): exits
        for p, asns in enumerate(VPN_HOSTERS):
            for cc in VPN_COUNTRIES:
                self.vpn[p, cc] = [addr4(self.hosts[r.choice(asns)], r.getrandbits(16), r.randrange(4), cc)
                                   for _ in range(r.randrange(3, 9))]
        self.vpn_exits = [a for k in sorted(self.vpn) for a in self.vpn[k]]

    def net(self, *args, **options):
        return Net(self.rng, self.used, *args, **options)

    def home_lines(self):
        r = self.rng
        for cc, rows in ISPS.items():
            pairs = []
            for asn, weight, renumber, dslite in rows:
                n = self.net(asn, cc, 'isp', 3 + weight // 8, v6=r.random() < .75, renumber=bool(renumber), dslite=bool(dslite))
                n.cgn = [n.v4(r.getrandbits(16), 0) for _ in range(24)]
                self.nets.append(n)
                pairs.append((n, weight))
            self.isps[cc] = Choice(pairs)
        for cc, asn, _ in TAIL:
            n = self.net(asn, cc, 'isp', 3, v6=r.random() < .4, renumber=r.random() < .6, dslite=r.random() < .4)
            n.cgn = [n.v4(r.getrandbits(16), 0) for _ in range(8)]
            self.nets.append(n)
            self.isps[cc] = Choice([(n, 1)])

    def carriers_of(self, cc):
        """Phones leave through a few shared addresses."""
        r, pairs = self.rng, []
        for asn, weight, exits in CARRIERS.get(cc, []):
            n = self.net(asn, cc, 'carrier', 1, v6=asn in MOBILE_V6)
            base = r.getrandbits(16) & 0xFF00
            n.cgn = [n.v4(base + r.randrange(4, 250), 0) for _ in range(exits)]
            pairs.append((n, weight))
        if not pairs:
            n = self.net(self.isps[cc].values[0].asn, cc, 'carrier', 1, v6=False)
            n.cgn = [n.v4(r.getrandbits(16), 0) for _ in range(4)]
            pairs = [(n, 1)]
        return Choice(pairs)

    def host_addr(self, r, asn=None):
        """An address of a rented machine."""
        n = self.hosts[asn or RENTED(r)]
        cc = n.cc if n.asn not in EVERYWHERE else r.choice(HOST_COUNTRIES)
        return addr4(n, r.getrandbits(16), r.randrange(8), cc)
