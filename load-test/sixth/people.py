"""People: accounts, households, offices, hotels; where somebody is at a time."""
from devices import Dev, Home, Office
from draw import Choice, DAY, HOUR
from names import COMMON_PASSWORD, COMMON_PASSWORDS
from net import COUNTRY, COUNTRY_INDEX, MARKET, UTC_OFFSET, addr4, s4, s6


class User:
    """A customer; pm: password manager, br: breached password, pws: (since, password), pref: hours, tok: last client."""
    __slots__ = ('i', 'name', 'cc', 'home', 'office', 'car', 'devs', 'rate', 'pws', 'mfa', 'br', 'pm', 'sso', 'vpn',
                 'relay', 'travel', 'pref', 'born', 'tasks', 'nover', 'newdev', 'active', 'tok')

    def pw(self, t=1e18):
        p = self.pws[0][1]
        for a, b in self.pws:
            if a <= t:
                p = b
        return p


def populate(w):
    """Offices, people who come, people who do not, hotels and trips."""
    r = w.stream('users')
    for i in range(70):
        w.offices.append(Office(w, r, Choice(MARKET)(r), int(420 / (i + 1) ** .75) + 3))
    w.forced_office = w.offices[r.choice([3, 4, 5])]
    by_country = {}
    for o in w.offices:
        by_country.setdefault(o.cc, []).append(o)
    w.office_of = {cc: Choice([(o, o.size) for o in offices]) for cc, offices in by_country.items()}
    make_households(w, r, w.size)
    w.active = w.users[:]
    # A few come often, most rarely.
    ranks = list(range(1, w.size + 1))
    r.shuffle(ranks)
    raw = [min((k + 6) ** -.72, 26 ** -.72) for k in ranks]
    scale = 1.63 * w.size / sum(raw)
    for u, x in zip(w.active, raw):
        u.rate = x * scale
    for _ in range(int(w.size * 1.4)):
        make_user(w, r, Home(w, r, COUNTRY(r)) if r.random() < .7 else r.choice(w.active).home, False)
    w.dormant = w.users[w.size:]
    for _ in range(40):
        n = w.net.isps[Choice(HOLIDAYS)(r)](r)
        w.hotels.append(addr4(n, r.getrandbits(16), r.randrange(3)))
    for u in w.active:
        if r.random() < .03:
            a = r.uniform(-2, w.days) * DAY
            u.travel = (a, a + r.uniform(1, 6) * DAY, r.choice(w.hotels), r.random())


def make_user(w, r, home, active, born=-1.0):
    """An account; who is not active has no devices. born: time of the sign-up, if within the log."""
    u = User()
    u.i = len(w.users)
    u.cc, u.home, u.active, u.born = home.cc, home, active, born
    u.name = w.names.fresh(r, u.cc)
    w.names.taken[u.name] = 1
    u.pws = [(-1e9, COMMON_PASSWORD(r) if r.random() < .045 else 'u%dp0' % u.i)]
    u.mfa = r.random() < .08
    u.br = r.random() < .035 or u.pws[0][1] in COMMON_PASSWORDS[:14]
    u.pm = r.random() < .35
    u.sso = r.random() < .07
    u.tasks, u.nover, u.travel, u.newdev, u.tok = [], 0, None, None, None
    u.office = u.car = u.vpn = u.relay = None
    u.devs, u.rate, u.pref = [], 0, []
    w.users.append(u)
    w.accounts[u.name] = u
    if not active:
        return u
    u.car = w.net.carriers[u.cc](r)
    if u.cc in w.office_of and r.random() < .3:
        u.office = w.office_of[u.cc](r)
    d = []
    x = r.random()
    if x < .78:
        d.append((Dev(w, r, 'phone', 'ios' if r.random() < .45 else 'android'), r.uniform(.8, 2.5)))
    if x > .66:
        d.append((Dev(w, r, 'phone', 'web'), r.uniform(.4, 1.5)))
    if r.random() < .68:
        d.append((Dev(w, r, 'desk', 'web'), r.uniform(.6, 2)))
    if r.random() < .2:
        d.append((Dev(w, r, 'tablet', r.choice(['ios', 'web', 'android'])), r.uniform(.3, 1)))
    if u.office:
        d.append((Dev(w, r, 'desk', 'web', u.office), r.uniform(.8, 2)))
    u.devs = d
    if r.random() < .04:
        provider, own = r.randrange(5), (0, u.cc) in w.net.vpn and r.random() < .6
        u.vpn = provider, u.cc if own else r.choice(['DE', 'NL', 'GB', 'US', 'CH', 'FR'])
    u.relay = r.random() < .1
    u.pref = [r.gauss(19.5, 3.2) % 24, r.choice([7.5, 12.3, 16, 21, 9]) + r.gauss(0, .7)]
    return u


def make_households(w, r, n):
    k = 0
    while k < n:
        h = Home(w, r, COUNTRY(r))
        if r.random() < .004:
            h.he = True
        for _ in range(min(n - k, Choice([(1, 60), (2, 26), (3, 9), (4, 5)])(r))):
            make_user(w, r, h, True)
            k += 1


HOLIDAYS = [('ES', 8), ('IT', 8), ('FR', 5), ('GB', 4), ('US', 4), ('TR', 4), ('TH', 2), ('EG', 2), ('PT', 3), ('GR', 3),
            ('AT', 3), ('MA', 1), ('BR', 1), ('MX', 1), ('ID', 1), ('VN', 1), ('ZA', 1), ('IN', 1), ('CO', 1), ('PH', 1),
            ('AR', 1), ('RO', 1)]


def local_hour(u, t):
    return (t / HOUR + UTC_OFFSET.get(u.cc, 1)) % 24


def weekday(w, u, t):
    return int((w.first_weekday + (t + UTC_OFFSET.get(u.cc, 1) * HOUR) // DAY) % 7)


def place(w, r, u, d, t):
    """Returns (address, class) of a person at a time on a device."""
    h = local_hour(u, t)
    wd = weekday(w, u, t)
    if u.travel and u.travel[0] <= t < u.travel[1]:
        if d.typ == 'phone' and r.random() < .4:
            if u.travel[3] < .6:
                return carrier(w, r, u, u.car, t), 'traveller'
            return carrier(w, r, u, w.net.carriers[u.travel[2][2]].values[0], t), 'traveller'
        return u.travel[2], 'traveller'
    if u.vpn and (d.typ != 'phone' or r.random() < .3) and not d.work and r.random() < .85:
        if w.mix(u.i, 31) % 10 < 3:  # own tunnel or a provider with IPv6 exits
            n = w.net.hosts[(24940, 16276, 20473, 63949, 51167, 6939)[w.mix(u.i, 32) % 6]]
            return (s6(n.p6 | (w.mix(u.i, 33) & 0xFFFFFF) << 64 | (1 if u.i % 2 else w.mix(u.i, int(t // DAY)))), n.asn,
                    u.cc), 'vpn'
        return r.choice(w.net.vpn[u.vpn]), 'vpn'
    if d.work:
        return r.choice(d.work.a), 'office'
    if u.relay and d.cli == 'web' and ('iPhone' in d.ua or 'Macintosh' in d.ua and 'Safari/605' in d.ua):
        n = w.net.hosts[r.choice([36183, 36183, 13335, 54113])]
        if r.random() < .7:
            return (s6(n.p6 | w.mix(COUNTRY_INDEX[u.cc], 2) % 4096 << 80 | r.randrange(40) << 64 | r.getrandbits(64)),
                    n.asn, u.cc), 'relay'
        return addr4(n, w.mix(COUNTRY_INDEX[u.cc]) % 200 * 250 + r.randrange(60), 0, u.cc), 'relay'
    if d.typ == 'phone' and (7 <= h < 18.5 and r.random() < (.62 if wd < 5 else .4) or r.random() < .2):
        if u.office and wd < 5 and 9 <= h < 17 and r.random() < .3:
            return r.choice(u.office.a), 'office'
        return carrier(w, r, u, u.car, t), 'mobile_cgnat'
    return u.home.addr(t, d.key, r, d.w6), 'regular'


def carrier(w, r, u, n, t):
    """A phone's address in a mobile network: it changes every few hours, IPv4 is shared."""
    if n.v6 and w.mix(u.i, 77) % 10 < 5:
        return (s6(n.p6 | 3 << 88 | (w.mix(u.i, int(t // (5 * HOUR)), r.randrange(2)) & 0xFFFFFF) << 64
                   | w.mix(u.i, int(t // DAY), 4) % (1 << 62) | 1), n.asn, n.cc)
    return (s4(n.cgn[w.mix(u.i, int(t // (8 * HOUR))) % len(n.cgn)]), n.asn, n.cc)
