#!/usr/bin/env python3
"""plain: one mixed day of sixteen attacks among honest crowds, after five quieter warm-up days.

A small research benchmark. Everybody, honest or not, only produces *intents* (who tries what, from where, with which client);
a toy login server then walks the intents in order of time and decides every outcome from its own state (passwords, MFA, locks,
forced changes, an outage). So attackers and people get their outcomes and field patterns from the same code.
"""

import argparse, bisect, csv, hashlib, hmac, itertools, json, math, random
from datetime import datetime, timedelta, timezone

START = datetime(2026, 3, 12, tzinfo=timezone.utc)
DAY, WARM = 86400, 5
MIX = WARM * DAY  # the mixed day begins here
OUTAGE = (MIX + 12.2 * 3600, MIX + 12.45 * 3600)  # a database fail-over
RELEASE = MIX + 9 * 3600  # app 8.4 is rolled out
LOCK_FAILS, LOCK_SPAN = 10, 600  # the published account lock; addresses: 10 in 5 minutes
CURRENT = "@current"  # "whatever my password is by then"

# country: (weight, UTC offset, [(ISP asn, /16s, v6 /32)], (carrier asn, /24s of its CGNAT))
GEO = {
    "DE": (
        34,
        1,
        [
            (3320, ["84.150", "91.12", "93.220"], "2003:e1"),
            (3209, ["88.68", "178.10"], "2a02:908"),
            (8881, ["92.116", "94.134"], "2001:16b8"),
        ],
        (6805, ["176.4.130", "176.6.51"]),
    ),
    "FR": (
        15,
        1,
        [(3215, ["90.3", "86.211"], "2a01:cb00"), (12322, ["78.192", "82.64"], "2a01:e0a")],
        (51207, ["37.168.10"]),
    ),
    "GB": (
        16,
        0,
        [(2856, ["86.130", "81.147"], "2a00:23c5"), (5607, ["90.194", "2.121"], "2a02:c7f")],
        (12576, ["31.94.20"]),
    ),
    "NL": (10, 1, [(1136, ["77.160", "86.80"], "2a02:a44")], (31615, ["188.207.80"])),
    "PL": (11, 1, [(5617, ["83.20", "79.184"], "2a00:f41")], (8374, ["37.47.71"])),
    "ES": (6, 1, [(3352, ["80.31", "88.6"], "2a0c:5a80")], (12430, ["77.211.4"])),
    "US": (5, -5, [(7922, ["73.40", "98.210"], "2601:647")], (21928, ["172.58.30"])),
    "TR": (2, 3, [(9121, ["78.180"], "2a02:e0")], (16135, ["188.57.20"])),
    "TH": (1, 7, [(7470, ["171.96"], "2001:fb1")], (131445, ["49.230.11"])),
}
HOSTS = [
    (24940, "DE", ["116.203.44", "95.217.130"], "2a01:4f8"),
    (16276, "FR", ["51.38.12", "51.178.81"], "2001:41d0"),
    (14061, "NL", ["188.166.70", "178.62.201"], "2a03:b0c0"),
    (9009, "GB", ["89.238.150", "217.138.196"], "2a0d:5600"),
    (60068, "US", ["156.146.50", "143.244.44"], "2a02:6ea0"),
]
# family: (weight, app, ja4, [agents])
WIN, MAC = "Mozilla/5.0 (Windows NT 10.0; Win64; x64)", "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)"
CHR = " AppleWebKit/537.36 (KHTML, like Gecko) Chrome/%d.0.0.0 "
IOS = "Mozilla/5.0 (iPhone; CPU iPhone OS %s like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/%s Mobile/15E148 Safari/604.1"
CLIENTS = {
    "chrome": (
        34,
        "web",
        "t13d1516h2_8daaf6152771_d8a2da3f94cd",
        [p + CHR % v + "Safari/537.36" for v in (145, 144, 143, 139) for p in (WIN, MAC)],
    ),
    "chrome_android": (
        14,
        "web",
        "t13d1516h2_8daaf6152771_d8a2da3f94cd",
        ["Mozilla/5.0 (Linux; Android 10; K)" + CHR % v + "Mobile Safari/537.36" for v in (145, 144, 142)],
    ),
    "edge": (
        8,
        "web",
        "t13d1516h2_8daaf6152771_02713d6af862",
        [WIN + CHR % v + "Safari/537.36 Edg/%d.0.0.0" % v for v in (145, 144)],
    ),
    "firefox": (
        9,
        "web",
        "t13d1717h2_5b57614c22b0_3cbfd9057e0d",
        [
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:%d.0) Gecko/20100101 Firefox/%d.0" % (v, v)
            for v in (148, 147, 140)
        ],
    ),
    "safari_ios": (
        12,
        "web",
        "t13d2014h2_a09f3c656075_14788d8d241b",
        [IOS % x for x in (("18_7", "26.3"), ("18_6", "18.6"), ("17_6", "17.6"))],
    ),
    "safari_mac": (
        5,
        "web",
        "t13d2014h2_a09f3c656075_e42f34c56612",
        [
            MAC + " AppleWebKit/605.1.15 (KHTML, like Gecko) Version/%s Safari/605.1.15" % v
            for v in ("26.3", "18.6")
        ],
    ),
    "app_ios": (
        9,
        "ios",
        "t13d2614h2_2802a3db6c62_845d286b0d67",
        ["Plain/8.3 (iOS 26.3)", "Plain/8.3 (iOS 18.6)", "Plain/8.2 (iOS 18.6)"],
    ),
    "app_android": (
        9,
        "android",
        "t13d1513h2_8daaf6152771_eca864cca44a",
        [
            "Plain/8.3 (Android 16) okhttp/4.12.0",
            "Plain/8.3 (Android 14) okhttp/4.12.0",
            "Plain/8.1 (Android 12) okhttp/4.12.0",
        ],
    ),
}
MOBILE = ("chrome_android", "safari_ios", "app_ios", "app_android")
TOOLS = [
    ("python-requests/2.32.3", "t13d1812h1_85036bcba153_b26ce05bbdd6"),
    ("Go-http-client/2.0", "t13d1312h2_f57a46bbacb6_ab7e3b40a677"),
    ("okhttp/4.12.0", "t13d1513h2_8daaf6152771_eca864cca44a"),
    ("curl/8.5.0", "t13d3112h2_e8f1e7e78f70_b26ce05bbdd6"),
]
PROXY_JA4 = "t13d1517h2_8daaf6152771_b0da82dd1658"  # a TLS-inspecting box: same hello whatever the browser
ENDPOINT = {
    "signup": "/v1/signup",
    "password_reset": "/v1/password/reset",
    "lookup": "/v1/identify",
    "mfa": "/v1/mfa",
    "token": "/oauth/token",
}
FIRST = (
    "anna ben carla david emma felix greta hans ida jan karin lukas maria nils olga paul rosa simon tina uwe vera wim zoe adam agnes "
    "bruno chloe denis elena femke gavin hugo irene jack kasia leo marta noah oliver piotr quinn rachel sofia tom ursula victor yusuf".split()
)
LAST = (
    "muller schmidt becker wagner koch jansen devries bakker visser smith jones taylor brown davies dupont martin bernard petit moreau "
    "nowak kowalski wozniak lewandowski garcia lopez sanchez miller wilson yilmaz kaya demir weber fischer hoffmann klein wolf krause".split()
)
MAIL = ["gmail.com"] * 9 + [
    "gmx.de",
    "gmx.de",
    "web.de",
    "outlook.com",
    "outlook.com",
    "hotmail.com",
    "yahoo.com",
    "icloud.com",
    "orange.fr",
    "wp.pl",
    "ziggo.nl",
]
COMMON = (
    "123456 password Qwerty123 Sommer2025! Winter2026! Passwort1 Welcome1 iloveyou abc123 Fruehling26 azerty 111111 Liverpool1 dragon letmein "
    "Hallo123 sunshine football polska1 Schatz1 monkey1 Master1 Charlie1 Password1!".split()
)
COMMON_W = list(itertools.accumulate(1 / (i + 2) for i in range(len(COMMON))))
RHYTHM = list(
    itertools.accumulate([2, 1, 1, 1, 1, 2, 4, 7, 9, 8, 7, 7, 8, 7, 6, 6, 7, 8, 10, 12, 12, 10, 7, 4])
)
PERSONAS = [
    ("daily", 30),
    ("multi_device", 9),
    ("phone_moving", 10),
    ("ipv6_home", 8),
    ("cgnat", 9),
    ("office", 8),
    ("household", 7),
    ("kiosk", 2),
    ("vpn", 8),
    ("cleared_cookies", 4),
    ("no_device_id", 5),
]
ATTACKS = [
    ("loud_stuffing", 13),
    ("proxy_stuffing", 14),
    ("rotating_stuffing", 11),
    ("slow_stuffing", 7),
    ("spray_single", 5),
    ("spray_many", 9),
    ("brute_single", 4),
    ("brute_distributed", 6),
    ("enum_login", 5.5),
    ("enum_lookup", 5),
    ("fake_signups", 4),
    ("ipv6_hopping", 6.5),
    ("phished_takeover", 0.7),
    ("token_replay", 0.8),
    ("laundering", 4),
    ("paced_stuffing", 6),
]


R = random.Random()  # the only source of chance; World seeds it


class Rec:
    def __init__(self, **kw):
        self.__dict__.update(kw)


class World:
    def __init__(self, seed, users, share):
        R.seed(seed)
        self.share, self.k = share, users / 12000
        self.intents, self.taken, self.fp_cache = [], {}, {}
        self.key = b"plain-%d" % seed
        self.breach = {}  # (name, password) the producer's breach list knows
        self.people(users)

    # ---------- small draws
    def hexs(self, n):
        return "%0*x" % (n, R.getrandbits(4 * n))

    def wpick(self, pairs):
        return R.choices([p[0] for p in pairs], [p[1] for p in pairs])[0]

    def country(self):
        return self.wpick([(c, g[0]) for c, g in GEO.items()])

    def common(self):
        return R.choices(COMMON, cum_weights=COMMON_W)[0]

    def password(self):
        return self.common() if R.random() < 0.06 else R.choice(LAST) + self.hexs(6)

    def name(self):
        while True:
            f, l, sep = R.choice(FIRST), R.choice(LAST), R.choice([".", "", "_", "."])
            n = (
                R.choice([f + sep + l, f[0] + sep + l, f + sep + l])
                + R.choice(["", "", str(R.randint(1, 99)), str(R.randint(1950, 2009))])
                + "@"
                + R.choice(MAIL)
            )
            if n not in self.taken:
                return n

    def device(self, family=None, ident=True, mobile=None):
        while family is None:
            family = self.wpick([(f, c[0]) for f, c in CLIENTS.items()])
            if mobile is not None and (family in MOBILE) != mobile:
                family = None
        _, app, ja4, agents = CLIENTS[family]
        ua = agents[min(int(R.expovariate(0.9)), len(agents) - 1)]
        return Rec(
            id=self.hexs(24) if ident else None, ua=ua, ja4=ja4, app=app, family=family, session=self.hexs(20)
        )

    def update(self, d, ident):
        ua = d.ua.replace("8.3", "8.4").replace("8.2", "8.4").replace("8.1", "8.4")
        return Rec(
            **dict(
                d.__dict__,
                id=ident,
                ua=ua,
                ja4="t13d2613h2_2802a3db6c62_845d286b0d67" if d.app == "ios" else d.ja4,
            )
        )

    def tool(self, i):
        return Rec(id=None, ua=TOOLS[i][0], ja4=TOOLS[i][1], app="api", family="tool", session=self.hexs(20))

    # ---------- places: (ip, asn, country)
    def home(self, c=None):
        """A home line: v4 address, v6 /48 group and the 'city', which is a /20 of the ISP."""
        c = c or self.country()
        asn, v4, v6 = R.choice(GEO[c][2])
        return Rec(
            c=c,
            asn=asn,
            net=R.choice(v4),
            city=R.randrange(16),
            third=R.randrange(16),
            last=R.randint(1, 254),
            v6=v6,
            v6net="%x:%x" % (R.randrange(65536), R.randrange(256) << 8),
            dynamic=R.random() < 0.25,
            salt=R.getrandbits(30),
        )

    def at_home(self, h, t):
        last, third = h.last, h.third
        if h.dynamic:  # a new address of the same city every night
            r = random.Random(h.salt + int(t // DAY))
            third, last = r.randrange(16), r.randint(1, 254)
        return ("%s.%d.%d" % (h.net, h.city * 16 + third, last), h.asn, h.c)

    def at_home6(self, h, t, dev):
        r = random.Random(
            h.salt + int(t // DAY)
        )  # the /64 within the /56 and the privacy address change daily
        sub, salt = r.randrange(256), int(dev.session[:8], 16)
        host = random.Random(h.salt + salt + int(t // DAY)).getrandbits(64)
        a, b = h.v6net.split(":")
        return ("%s:%s:%x:%s" % (h.v6, a, int(b, 16) | sub, self.quads(host)), h.asn, h.c)

    @staticmethod
    def quads(x):
        return ":".join("%x" % (x >> s & 65535) for s in (48, 32, 16, 0))

    def on_carrier(self, c):
        asn, nets = GEO[c][3]
        return ("%s.%d" % (R.choice(nets), R.randint(10, 30)), asn, c)

    def hosted(self, lo=1, hi=254):
        asn, c, nets, _ = R.choice(HOSTS)
        return ("%s.%d" % (R.choice(nets), R.randint(lo, hi)), asn, c)

    def proxies(self, n):
        """Residential proxies: mostly ordinary lines, some the very homes of users, some carrier addresses people share."""
        out = []
        for _ in range(n):
            x = R.random()
            out.append(
                self.at_home(R.choice(self.users).home, MIX)
                if x < 0.12
                else (
                    self.on_carrier(self.country())
                    if x < 0.24
                    else (
                        self.at_home6(self.home(), MIX, self.device())
                        if x < 0.31
                        else self.at_home(self.home(), MIX)
                    )
                )
            )
        return out

    # ---------- people
    def people(self, n):
        self.users, self.exits = [], [self.hosted(2, 60) for _ in range(45)]
        self.offices = [
            Rec(
                place=(
                    self.hosted(61, 90)
                    if i % 4 == 0
                    else self.at_home(self.home(R.choice(["DE", "DE", "GB", "FR", "NL"])), 0)
                ),
                inspect=i % 3 == 0,
            )
            for i in range(16)
        ]
        self.kiosks = [
            Rec(place=self.at_home(self.home("DE"), 0), dev=self.device("chrome", ident=i % 2 == 0))
            for i in range(6)
        ]
        flat = None
        for i in range(n):
            cls, home = self.wpick(PERSONAS), self.home()
            if cls == "household":
                if flat is None or flat.left == 0:
                    flat = Rec(home=home, left=R.randint(2, 4), dev=self.device())
                flat.left -= 1
                home = flat.home
            name = self.name()
            u = Rec(
                name=name,
                cls=cls,
                home=home,
                pw=self.password(),
                mfa=R.random() < 0.14,
                office=R.choice(self.offices),
                kiosk=R.choice(self.kiosks),
                exits=R.sample(self.exits, 3),
                devs=[self.device(ident=cls != "no_device_id")],
                tenant="pro" if R.random() < 0.15 else "main",
            )
            if cls == "multi_device":
                u.devs += [self.device() for _ in range(R.randint(1, 3))]
            elif cls in ("phone_moving", "cgnat"):
                u.devs = [self.device(mobile=True)]
            elif cls == "office":
                u.devs = [self.device(mobile=False)]
            elif cls == "kiosk":
                u.devs = [u.kiosk.dev]
            elif cls == "household" and R.random() < 0.4:
                u.devs.append(flat.dev)
            elif cls == "daily" and R.random() < 0.35:
                u.devs.append(self.device(mobile=True))
            if cls == "office" and u.office.inspect:
                u.devs[0].ja4 = PROXY_JA4
            # leaked elsewhere: usually another password, sometimes this one
            u.leak = (u.pw if R.random() < 0.035 else self.password()) if R.random() < 0.35 else None
            if R.random() < 0.06:
                self.breach[(name, u.pw)] = 1
            if u.leak and R.random() < 0.18:
                self.breach[(name, u.leak)] = 1
            self.taken[name] = 1
            self.users.append(u)
        w = [(i + 60) ** -0.8 for i in range(n)]
        R.shuffle(w)
        self.activity = list(itertools.accumulate(w))

    def active(self):
        return self.users[bisect.bisect(self.activity, R.random() * self.activity[-1])]

    def when(self, day, c="DE", lo=0, hi=24):
        while True:
            h = R.choices(range(24), cum_weights=RHYTHM)[0] + R.random()
            u = (h - GEO[c][1]) % 24
            if lo <= u < hi:
                return day * DAY + u * 3600

    # ---------- intents
    def add(
        self,
        t,
        kind,
        name,
        pw,
        place,
        dev,
        cls,
        attack=0,
        session=None,
        mfa_ok=None,
        tenant=None,
        new=None,
        listed=None,
    ):
        x = int(dev.session[:3], 16)  # whose app updates itself after the release, and when
        if x % 16 < 6 and dev.app in ("ios", "android") and t > RELEASE + x * 8:
            dev = self.update(dev, dev.id)
        if 0 <= t < MIX + DAY:
            self.intents.append(
                Rec(
                    t=round(t, 3),
                    kind=kind,
                    name=name,
                    pw=pw,
                    place=place,
                    id=dev.id,
                    ua=dev.ua,
                    ja4=dev.ja4,
                    app=dev.app,
                    cls=cls,
                    attack=attack,
                    session=session or self.hexs(20),
                    tenant=tenant,
                    new=new,
                    listed=listed,
                    mfa_ok=(R.random() < 0.96) if mfa_ok is None else mfa_ok,
                )
            )

    def typo(self, pw):
        return R.choice([pw[:-1], pw + "1", pw.swapcase(), pw[1:], pw[:-2] + pw[-1:] + pw[-2:-1]]) or "x"

    def where(self, u, t, dev):
        c = u.home.c
        if u.cls == "office" and R.random() < 0.85:
            return u.office.place
        if u.cls == "kiosk":
            return u.kiosk.place
        if u.cls == "vpn" and R.random() < 0.85:
            return R.choice(u.exits)
        if u.cls == "ipv6_home" and R.random() < 0.9:
            return self.at_home6(u.home, t, dev)
        mobile = dev.family in MOBILE
        away = {"cgnat": 0.9, "phone_moving": 0.5}.get(u.cls, 0.18 if mobile else 0)
        return self.on_carrier(c) if R.random() < away else self.at_home(u.home, t)

    def sitting(self, u, t, cls=None, dev=None, place=None, wrong=None):
        """One visit: perhaps a look-up, perhaps a slip, then the right password; apps mostly just refresh their token."""
        own = u.cls
        dev = dev or R.choice(u.devs)
        if own == "cleared_cookies" and cls is None:
            dev = Rec(**dict(dev.__dict__, id=self.hexs(24)))
        place, cls = place or self.where(u, t, dev), cls or own
        if dev.app in ("ios", "android") and wrong is None and cls == own and R.random() < 0.65:
            return self.add(t, "token", u.name, None, place, dev, cls, session=dev.session, tenant=u.tenant)
        s = self.hexs(20)
        if R.random() < (
            0.3 if own in ("kiosk", "cleared_cookies", "no_device_id", "vpn") or cls == "new_device" else 0.1
        ):
            self.add(t, "lookup", u.name, None, place, dev, cls, session=s, tenant=u.tenant)
            t += R.uniform(2, 9)
        name, slips = u.name, int(R.random() < 0.05) if wrong is None else wrong
        if R.random() < 0.02:
            name = name[0].upper() + name[1:]
        for _ in range(slips):
            bad = R.random() < 0.12
            self.add(
                t,
                "login",
                self.typo(name.split("@")[0]) + "@" + name.split("@")[1] if bad else name,
                u.pw if bad else self.typo(u.pw),
                place,
                dev,
                cls,
                session=s,
                tenant=u.tenant,
            )
            t += R.uniform(4, 40)
        ok = R.random() < 0.96
        self.add(t, "login", name, CURRENT, place, dev, cls, session=s, mfa_ok=ok, tenant=u.tenant)
        if u.mfa and not ok:
            self.add(
                t + R.uniform(8, 40),
                "mfa",
                name,
                None,
                place,
                dev,
                cls,
                session=s,
                mfa_ok=True,
                tenant=u.tenant,
            )
        return t

    def reset(self, u, t, cls, dev, place):
        new = self.password()
        self.add(t, "password_reset", u.name, None, place, dev, cls, tenant=u.tenant, new=new)
        return t + R.uniform(15, 90)

    def newcomer(self, t, cls, place=None, dev=None, attack=0):
        dev, place = dev or self.device(ident=R.random() > 0.1), place or self.at_home(self.home(), t)
        name, pw, s, ten = self.name(), self.password(), self.hexs(20), "pro" if R.random() < 0.15 else "main"
        self.taken[name] = 1
        if R.random() < 0.5:
            self.add(
                t - R.uniform(5, 40), "lookup", name, None, place, dev, cls, attack, session=s, tenant=ten
            )
        self.add(t, "signup", name, pw, place, dev, cls, attack, session=s, tenant=ten)
        return Rec(name=name, pw=pw, dev=dev, place=place, tenant=ten)

    # ---------- the honest crowds
    def honest(self):
        U = self.users
        n = lambda x: max(1, round(x * self.k))
        some = lambda x: [self.active() for _ in range(n(x))]
        aggregated = R.sample(U, n(700))
        ag_places, ag_dev = [self.hosted(100, 140) for _ in range(6)], self.tool(2)
        mon_places, mon_dev = [self.hosted(141, 160) for _ in range(3)], self.tool(1)
        probe = self.newcomer(40, "monitor", mon_places[0], mon_dev)
        scripts = [
            (
                u,
                self.tool(R.randrange(4)),
                self.hosted() if R.random() < 0.5 else None,
                R.uniform(1500, 9000),
                R.random() < 0.15,
            )
            for u in R.sample(U, n(45))
        ]
        for day in range(WARM + 1):
            m = day == WARM
            for _ in range(n(9800 if m else 5200)):
                u = self.active()
                self.sitting(u, self.when(day, u.home.c))
            for u in some(500 if m else 110):
                self.sitting(u, self.when(day, u.home.c), "typo", wrong=R.randint(1, 4))
            for u in some(260 if m else 60):
                d = self.device()
                self.sitting(u, self.when(day, u.home.c), "new_device", d, wrong=int(R.random() < 0.3))
                u.devs.append(d) if len(u.devs) < 5 and u.cls != "kiosk" else None
            for u in some(130 if m else 40):  # travellers: own device, hotel or foreign carrier, a few visits
                c = R.choice([x for x in GEO if x != u.home.c])
                hotel, dev, t = self.at_home(self.home(c), 0), R.choice(u.devs), self.when(day, c)
                for _ in range(R.randint(1, 4)):
                    self.sitting(
                        u,
                        t,
                        "traveller",
                        dev,
                        hotel if R.random() < 0.6 else self.on_carrier(c),
                        wrong=int(R.random() < 0.15),
                    )
                    t += R.uniform(900, 20000)
            for u in some(170 if m else 50):  # forgotten: guesses, reset, in
                t, dev = self.when(day, u.home.c), R.choice(u.devs)
                place = self.where(u, t, dev)
                for i in range(R.randint(2, 6) if R.random() < 0.85 else R.randint(9, 16)):
                    self.add(
                        t,
                        "login",
                        u.name,
                        (
                            u.leak
                            if i == 1 and u.leak
                            else self.password() if R.random() < 0.5 else self.typo(u.pw)
                        ),
                        place,
                        dev,
                        "forgotten",
                        tenant=u.tenant,
                    )
                    t += R.uniform(5, 50)
                t = self.reset(u, t, "forgotten", dev, place)
                self.add(t, "login", u.name, CURRENT, place, dev, "forgotten", tenant=u.tenant)
            for _ in range(n(45)):  # everyday sign-ups
                t = self.when(day)
                self.later(self.newcomer(t, "signup"), t, "signup")
            for u in aggregated[: n(700 if m else 320)]:
                self.add(
                    self.when(day, lo=1, hi=7) if R.random() < 0.5 else self.when(day),
                    "login",
                    u.name,
                    CURRENT if R.random() < 0.94 else self.typo(u.pw),
                    R.choice(ag_places),
                    ag_dev,
                    "aggregator",
                    mfa_ok=True,
                    tenant=u.tenant,
                )
            for i in range(288 if m else 144):
                self.add(
                    day * DAY + (i + 0.2) * (300 if m else 600) + R.uniform(0, 4),
                    "login",
                    probe.name,
                    probe.pw,
                    R.choice(mon_places),
                    mon_dev,
                    "monitor",
                    tenant=probe.tenant,
                )
            for u, dev, place, gap, broken in scripts:
                t = day * DAY + R.uniform(0, gap)
                while t < (day + 1) * DAY:
                    self.add(
                        t,
                        "login",
                        u.name,
                        u.pw + "old" if broken else CURRENT,
                        place or self.at_home(u.home, t),
                        dev,
                        "scripts",
                        mfa_ok=True,
                        tenant=u.tenant,
                    )
                    t += gap * R.uniform(0.97, 1.03)
        for u in R.sample(U, n(60)):  # changed the password, forgot the tablet
            t, dev, old = self.when(R.choice([0, 1, 2, 3])), self.device(mobile=True), u.pw
            t = self.reset(u, t, "stale_client", u.devs[0], self.where(u, t, u.devs[0]))
            end, gap = MIX + R.uniform(0.2, 1.4) * DAY, R.uniform(2400, 11000)
            while t < end:
                self.add(
                    t,
                    "login",
                    u.name,
                    old,
                    self.where(u, t, dev),
                    dev,
                    "stale_client",
                    session=dev.session,
                    tenant=u.tenant,
                )
                t += gap * R.uniform(0.8, 1.2)
        self.forced = {}
        for u in R.sample(U, n(420)):  # the service asks a cohort to choose a new password
            self.forced[u.name] = MIX + 5 * 3600
            t, dev = self.when(WARM, u.home.c, 5), R.choice(u.devs)
            place = self.where(u, t, dev)
            for _ in range(R.randint(1, 3)):
                self.add(
                    t, "login", u.name, CURRENT, place, dev, "forced_change", mfa_ok=True, tenant=u.tenant
                )
                t += R.uniform(5, 40)
            t = self.reset(u, t, "forced_change", dev, place)
            if R.random() < 0.25:
                self.add(t, "login", u.name, u.pw, place, dev, "forced_change", tenant=u.tenant)
            self.add(
                t + 12, "login", u.name, CURRENT, place, dev, "forced_change", mfa_ok=True, tenant=u.tenant
            )
        for u in some(330):  # outage: press the button until it works again
            t, dev = R.uniform(*OUTAGE), R.choice(u.devs)
            place, wait = self.where(u, t, dev), R.uniform(8, 50)
            while t < OUTAGE[1] + 60 and R.random() < 0.9:
                self.add(t, "login", u.name, CURRENT, place, dev, "outage", tenant=u.tenant)
                t, wait = t + wait * R.uniform(0.7, 1.4), min(wait * 1.5, 240)
            self.add(
                max(t, OUTAGE[1] + R.uniform(5, 1500)),
                "login",
                u.name,
                CURRENT,
                place,
                dev,
                "outage",
                tenant=u.tenant,
            )
        apps = [(u, d) for u in U for d in u.devs if d.app in ("ios", "android") and R.random() < 0.42]
        for u, d in apps:  # app 8.4 signs everyone out: new agent, new TLS stack, new device token
            if R.random() < 0.6:
                t = RELEASE + min(R.expovariate(1 / 9000), 50000)
                self.sitting(
                    u, t, "app_release", self.update(d, self.hexs(24)), wrong=R.choice([0, 0, 0, 1, 2])
                )
        spots = [self.on_carrier(c) for c in ("DE", "GB", "PL")] + [o.place for o in self.offices[:3]]
        for _ in range(n(850)):  # a television spot: sign-ups by the hundred
            t = MIX + 18.3 * 3600 + R.expovariate(1 / 1800)
            self.later(
                self.newcomer(t, "signup_rush", R.choice(spots) if R.random() < 0.25 else None),
                t,
                "signup_rush",
            )

    def later(self, a, t, cls, attack=0):
        if R.random() < 0.55:
            self.add(
                t + R.expovariate(1 / 5000) + 60,
                "login",
                a.name,
                a.pw if R.random() < 0.93 else self.typo(a.pw),
                a.place,
                a.dev,
                cls,
                attack,
                tenant=a.tenant,
            )

    # ---------- the attacks: each gets about n intents on the mixed day
    def combo(self, known=0.42):
        """A line of a leaked list: a user here or somebody unknown to us."""
        if R.random() < known:
            u = R.choice(self.leaked)
            return u.name, u.leak, u.tenant, None
        return self.name(), self.password(), "pro" if R.random() < 0.15 else "main", R.random() < 0.13

    def stuff(self, t, place, dev, cls, known=0.42, session=None):
        n, pw, ten, listed = self.combo(known)
        if R.random() < 0.02:
            n = n[0].upper() + n[1:]
        self.add(t, "login", n, pw, place, dev, cls, 1, session, mfa_ok=False, tenant=ten, listed=listed)

    def attacks(self):
        self.leaked = [u for u in self.users if u.leak]
        h = sum(1 for i in self.intents if i.t >= MIX)
        total, w = h * self.share / (1 - self.share), sum(x[1] for x in ATTACKS)
        for name, weight in ATTACKS:
            getattr(self, "a_" + name)(name, max(8, round(total * weight / w)))

    def span(self, hours, lo=5, hi=23):
        a = MIX + R.uniform(lo, max(lo, hi - hours)) * 3600
        return a, min(a + hours * 3600, MIX + DAY)

    def some_dev(self, absent=0.12):  # the crude ones now and then use a bare library, as scripts do
        if absent > 0.2 and R.random() < 0.2:
            return self.tool(R.randrange(4))
        return self.device(ident=R.random() > absent)

    def a_loud_stuffing(self, cls, n):
        bots = [(R.choice(self.exits) if i == 0 else self.hosted(), self.some_dev(0.3)) for i in range(5)]
        for part in range(3):
            a, b = self.span(0.6)
            for _ in range(n // 3):
                self.stuff(R.uniform(a, b), *R.choice(bots), cls)

    def a_proxy_stuffing(self, cls, n):
        (a, b), pool = self.span(7), self.proxies(max(20, n // 5))
        kits = [self.some_dev() for _ in range(6)]  # few browsers, cookies thrown away
        for _ in range(n):
            k = R.choice(kits)
            self.stuff(
                R.uniform(a, b), R.choice(pool), Rec(**dict(k.__dict__, id=k.id and self.hexs(24))), cls
            )

    def a_rotating_stuffing(self, cls, n):
        (a, b), pool = self.span(9), self.proxies(max(20, n // 2))
        for _ in range(n):
            d = self.some_dev()
            if R.random() < 0.1:
                d.ja4 = PROXY_JA4
            self.stuff(R.uniform(a, b), R.choice(pool), d, cls)

    def a_slow_stuffing(self, cls, n):
        bots = [(p, self.some_dev()) for p in self.proxies(max(20, n // 5))]
        for day in range(WARM + 1):
            for _ in range(n if day == WARM else n // 6):
                self.stuff(self.when(day), *R.choice(bots), cls, known=0.6)

    def spray(self, cls, n, a, b, pool, words):
        for i in range(n):
            place, dev = R.choice(pool)
            u = R.choice(self.users) if R.random() < 0.65 else None
            pw = words[min(i * len(words) // n, len(words) - 1)]
            self.add(
                a + (b - a) * (i + R.random()) / n,
                "login",
                u.name if u else self.name(),
                pw,
                place,
                dev,
                cls,
                1,
                mfa_ok=False,
                tenant=u.tenant if u else "main",
                listed=None if u else False,
            )

    def a_spray_single(self, cls, n):
        a, b = self.span(3)
        self.spray(cls, n, a, b, [(self.hosted(), self.some_dev(0.3))], COMMON[2:5])

    def a_spray_many(self, cls, n):
        a, b = self.span(10)
        self.spray(cls, n, a, b, [(p, self.some_dev()) for p in self.proxies(max(20, n // 4))], COMMON[:8:2])

    def guesses(self, m):
        return [
            self.common() if R.random() < 0.5 else R.choice(LAST).title() + str(R.randint(1, 2026))
            for _ in range(m)
        ]

    def a_brute_single(self, cls, n):
        for u in R.sample(self.users, 8):
            place, dev, gap, t = (
                R.choice([self.hosted(), self.proxies(1)[0]]),
                self.some_dev(0.3),
                R.choice([4, 15, 70, 75]),
                self.span(4)[0],
            )
            for g in self.guesses(n // 8) + ([CURRENT] if R.random() < 0.3 else []):
                self.add(t, "login", u.name, g, place, dev, cls, 1, mfa_ok=False, tenant=u.tenant)
                t += gap * R.uniform(0.5, 1.5) if t < MIX + DAY - 600 else 1

    def a_brute_distributed(self, cls, n):
        for u in R.sample(self.users, 14):
            (a, b), pool = self.span(R.uniform(2, 12)), self.proxies(60)
            for g in self.guesses(n // 14):
                self.add(
                    R.uniform(a, b),
                    "login",
                    u.name,
                    g,
                    R.choice(pool),
                    self.some_dev(),
                    cls,
                    1,
                    mfa_ok=False,
                    tenant=u.tenant,
                )
            if R.random() < 0.3:
                self.add(
                    b + 30,
                    "login",
                    u.name,
                    CURRENT,
                    R.choice(pool),
                    self.some_dev(),
                    cls,
                    1,
                    mfa_ok=False,
                    tenant=u.tenant,
                )

    def enum(self, cls, n, kind, pool, hours, exists):
        a, b = self.span(hours)
        for _ in range(n):
            u = R.choice(self.users) if R.random() < exists else None
            place, dev = R.choice(pool)
            self.add(
                R.uniform(a, b),
                kind,
                u.name if u else self.name(),
                self.password() if kind == "login" else None,
                place,
                dev,
                cls,
                1,
                mfa_ok=False,
                tenant=u.tenant if u else "main",
                listed=False,
            )

    def a_enum_login(self, cls, n):
        self.enum(cls, n, "login", [(p, self.some_dev()) for p in self.proxies(60)], 5, 0.2)

    def a_enum_lookup(self, cls, n):
        self.enum(
            cls,
            n,
            "lookup",
            [(p, self.some_dev()) for p in self.proxies(70) + [self.hosted() for _ in range(6)]],
            8,
            0.3,
        )

    def a_fake_signups(self, cls, n):
        made, kits = [], [(p, self.some_dev()) for p in self.proxies(max(10, n // 6))]
        for i in range(n // 3):
            day = R.choice([2, 3, 4, WARM, WARM])
            t = self.when(day)
            place, dev = R.choice(kits)
            made.append((self.newcomer(t, cls, place, dev if R.random() < 0.5 else self.some_dev(), 1), t))
        for i in range(n * 2 // 3):  # weeks are hours here: the accounts come alive
            a, t = R.choice(made)
            place = R.choice(kits)[0] if R.random() < 0.6 else a.place
            self.add(
                max(t + 1800, self.when(WARM)), "login", a.name, a.pw, place, a.dev, cls, 1, tenant=a.tenant
            )

    def a_ipv6_hopping(self, cls, n):
        h, host = self.home(), R.choice(HOSTS)
        nets = [(h.v6, h.asn, h.c), (host[3], host[0], host[1])]
        tops, (a, b) = [R.randrange(65536) for _ in nets], self.span(6)
        kits = [self.some_dev() for _ in range(5)]
        for _ in range(n):
            i, k = R.randrange(2), R.choice(kits)
            ip = "%s:%x:%x:%s" % (nets[i][0], tops[i], R.randrange(65536), self.quads(R.getrandbits(64)))
            self.stuff(
                R.uniform(a, b),
                (ip, nets[i][1], nets[i][2]),
                Rec(**dict(k.__dict__, id=k.id and self.hexs(24))),
                cls,
            )

    def a_phished_takeover(self, cls, n):
        for u in R.sample(self.users, min(len(self.users), max(3, round(n / 1.9)))):
            t = self.when(WARM, u.home.c)
            near = Rec(**dict(u.home.__dict__, third=R.randrange(16), last=R.randint(1, 254), dynamic=False))
            dev, s, place = (
                self.device(u.devs[0].family if R.random() < 0.5 and u.devs[0].family in CLIENTS else None),
                self.hexs(20),
                self.at_home(near, t),
            )
            if R.random() < 0.2:
                self.add(t - 6, "lookup", u.name, None, place, dev, cls, 1, s, tenant=u.tenant)
            if R.random() < 0.1:
                self.add(t - 20, "login", u.name, self.typo(u.pw), place, dev, cls, 1, s, tenant=u.tenant)
            relay = R.random() < 0.3  # the phishing page also asked for the code
            self.add(t, "login", u.name, CURRENT, place, dev, cls, 1, s, mfa_ok=relay, tenant=u.tenant)
            if u.mfa and not relay:
                self.add(t + 30, "mfa", u.name, None, place, dev, cls, 1, s, mfa_ok=False, tenant=u.tenant)
            if R.random() < 0.5:
                self.add(
                    t + R.uniform(600, 9000),
                    "login",
                    u.name,
                    CURRENT,
                    place,
                    dev,
                    cls,
                    1,
                    mfa_ok=relay,
                    tenant=u.tenant,
                )

    def a_token_replay(self, cls, n):
        pairs = [(u, d) for u in self.users for d in u.devs if d.app in ("ios", "android")]
        for u, d in R.sample(pairs, min(len(pairs), max(3, n // 3))):
            t, mine = self.when(WARM, u.home.c), self.device(d.family)
            dev = Rec(
                **dict(
                    mine.__dict__,
                    id=d.id if R.random() < 0.7 else mine.id,
                    ua=d.ua if R.random() < 0.6 else mine.ua,
                )
            )
            place = (
                self.at_home(self.home(u.home.c if R.random() < 0.7 else None), t)
                if R.random() < 0.8
                else self.on_carrier(u.home.c)
            )
            for _ in range(R.randint(2, 4)):
                self.add(t, "token", u.name, None, place, dev, cls, 1, session=d.session, tenant=u.tenant)
                t += R.uniform(300, 7000)

    def a_laundering(self, cls, n):
        own = []
        for p in self.proxies(24):  # accounts of their own give the addresses and devices a good name
            for _ in range(2):
                t = self.when(R.choice([0, 1, 2]))
                own.append(self.newcomer(t, cls, p, self.device(), 1))
                for day in (3, 4, WARM):
                    for _ in range(R.randint(0, 2)):
                        self.add(
                            self.when(day),
                            "login",
                            own[-1].name,
                            own[-1].pw,
                            p,
                            own[-1].dev,
                            cls,
                            1,
                            tenant=own[-1].tenant,
                        )
        a, b = self.span(8, lo=9)
        for _ in range(n):
            o, t = R.choice(own), R.uniform(a, b)
            if R.random() < 0.3:
                self.add(t, "login", o.name, o.pw, o.place, o.dev, cls, 1, tenant=o.tenant)
            else:
                self.stuff(t, o.place, o.dev, cls)

    def a_paced_stuffing(self, cls, n):
        bots = [(p, self.some_dev()) for p in self.proxies(10) + [self.hosted() for _ in range(8)]]
        a, _ = self.span(n / (len(bots) * 9 * 12) + 0.2, lo=6)
        for i in range(n):  # nine in five minutes from each, never ten
            self.stuff(a + (i // len(bots)) * 300 / 8.9 + R.uniform(0, 30), *bots[i % len(bots)], cls)

    # ---------- the login server: decides outcomes in order of time
    def fp(self, pw):
        if pw not in self.fp_cache:
            self.fp_cache[pw] = hmac.new(self.key, pw.encode(), hashlib.sha256).hexdigest()[:32]
        return self.fp_cache[pw]

    def serve(self, log, labels):
        acc = {u.name: Rec(pw=u.pw, mfa=u.mfa) for u in self.users}
        fails, until, forced = {}, {}, dict(self.forced)
        out, lab = open(log, "w", newline="\n"), open(labels, "w", newline="")
        rows = csv.writer(lab, lineterminator="\n")
        rows.writerow("event_id attack class outcome time username".split())
        self.intents.sort(key=lambda i: i.t)  # stable: ties keep the order of making
        t0, counts = self.intents[0].t, {}
        for i in self.intents:
            key = i.name.lower()
            a, why, cred, mfa = acc.get(key), None, "unknown", "none"
            pw = (a.pw if a else "nopassword") if i.pw == CURRENT else i.pw
            if OUTAGE[0] <= i.t < OUTAGE[1] and R.random() < 0.8:
                why = "other"
            elif i.kind == "signup":
                if a:
                    why = "other"
                else:
                    acc[key] = Rec(pw=pw, mfa=False)
            elif a is None:
                why, cred = "unknown_user", "invalid" if i.kind == "login" else "unknown"
            elif i.kind == "password_reset":
                a.pw = i.new
                forced.pop(key, None), fails.pop(key, None), until.pop(key, None)
            elif i.kind == "token":
                why, cred = ("expired", "invalid") if R.random() < 0.03 else (None, "valid")
            elif i.kind in ("login", "mfa"):
                if i.kind == "login" and until.get(key, 0) > i.t:
                    why = "locked"
                elif i.kind == "login" and pw != a.pw:
                    why, cred = "bad_password", "invalid"
                    f = fails[key] = [x for x in fails.get(key, []) if x > i.t - LOCK_SPAN] + [i.t]
                    if len(f) >= LOCK_FAILS:
                        until[key] = i.t + LOCK_SPAN
                else:
                    cred = "valid"
                    if i.kind == "login" and forced.get(key, math.inf) <= i.t:
                        why = "expired"
                    elif a.mfa or i.kind == "mfa":
                        mfa = "passed" if i.mfa_ok else "failed"
                        why = None if i.mfa_ok else "bad_mfa"
            eid = self.hexs(26)  # 104 random bits: no two alike
            e = {
                "event_id": eid,
                "time": (START + timedelta(milliseconds=round(i.t * 1000)))
                .isoformat(timespec="milliseconds")
                .replace("+00:00", "Z"),
                "kind": i.kind,
                "outcome": "failure" if why else "success",
                "credential": cred,
            }
            if why:
                e["failure_reason"] = why
            e.update(username=i.name, ip=i.place[0], asn=i.place[1], country=i.place[2])
            if i.id:
                e["device_id"] = i.id
            if R.random() > 0.006:
                e["user_agent"] = i.ua
            if R.random() > 0.04:
                e["ja4"] = i.ja4  # some edge nodes do not report it
            if pw is not None:
                e["password_fingerprint"] = self.fp(pw)
                e["breached_password"] = bool(i.listed) if i.listed is not None else (key, pw) in self.breach
            if i.kind in ("login", "mfa"):
                e["mfa"] = mfa
            e.update(
                tenant=i.tenant or "main",
                app=i.app,
                endpoint=ENDPOINT.get(i.kind) or ("/v1/login" if i.app == "web" else "/api/mobile/login"),
                session_id=i.session,
            )
            out.write(json.dumps(e, separators=(",", ":")) + "\n")
            inside = not why and i.kind in ("login", "signup", "mfa", "token")
            rows.writerow(
                [eid, i.attack, i.cls, "success" if inside else "failure", "%.3f" % (i.t - t0), i.name]
            )
            c = counts.setdefault((i.attack, i.cls), [0, 0, 0])
            c[0] += 1
            c[1] += i.t >= MIX
            c[2] += inside
        out.close()
        lab.close()
        return counts


def main():
    p = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    p.add_argument("--seed", type=int, default=1)
    p.add_argument("--out", default="plain.ndjson")
    p.add_argument("--labels", default="plain.csv")
    p.add_argument("--users", type=int, default=12000)
    p.add_argument(
        "--attack-share", type=float, default=0.6, help="share of attacks on the mixed day (0 to .95)"
    )
    a = p.parse_args()
    if not 0 <= a.attack_share <= 0.95:
        p.error("--attack-share must be from 0 to .95")
    if a.users < 200:
        p.error("--users must be at least 200")
    w = World(a.seed, a.users, a.attack_share)
    w.honest()
    if a.attack_share:
        w.attacks()
    counts = w.serve(a.out, a.labels)
    mixed = [sum(c[1] for k, c in counts.items() if k[0] == x) for x in (0, 1)]
    for k in sorted(counts):
        print(
            "%-7s %-18s all %6d  mixed day %6d  let in %6d"
            % ("attack" if k[0] else "honest", k[1], *counts[k])
        )
    print(
        "events %d, mixed day %d, attack share of it %.3f"
        % (sum(c[0] for c in counts.values()), sum(mixed), mixed[1] / max(1, sum(mixed)))
    )


if __name__ == "__main__":
    main()
