#!/usr/bin/env python3
"""campus.py: five days (Fri 10 - Tue 14 Oct 2025, start of the winter semester on Monday) of login traffic of a
German university: single sign-on, IMAP/SMTP, VPN gateway, account activation, helpdesk; with labelled attacks.
"""

import argparse, bisect, csv, heapq, json, random, sys
from collections import Counter, deque
from datetime import datetime, timedelta, timezone

LOCAL = timezone(timedelta(hours=2))
T0 = datetime(2025, 10, 10, tzinfo=LOCAL)
H, D = 3600.0, 86400.0
END = 5 * D
DAYW = (0.62, 0.27, 0.34, 1.0, 0.86)  # Fri Sat Sun Mon Tue
WORK = [1, 0.6, 0.4, 0.3, 0.3, 0.6, 2, 5, 9, 11, 11, 10, 8, 10, 11, 10, 8, 6, 5, 5, 5, 4.5, 3.5, 2]
FREE = [3, 2, 1.2, 0.8, 0.5, 0.4, 0.6, 1, 2, 4, 6, 7, 7, 7, 7, 7, 7, 7, 7, 7.5, 8, 8, 7, 5]
DOMAIN = "uni-lindenau.example"
FIRST = (
    "Anna Lena Laura Marie Sophie Julia Lisa Sarah Katharina Hannah Jonas Lukas Leon Paul Felix Maximilian Tim Jan Niklas Philipp Moritz Simon David "
    "Florian Sebastian Markus Andreas Thomas Stefan Christian Michael Petra Sabine Claudia Monika Ursula Wolfgang Juergen Mehmet Elif Zeynep Emre Aylin "
    "Wei Xin Yuki Priya Arjun Rahul Fatima Omar Ali Reza Maryam Olga Dmitri Natalia Ivan Giulia Marco Carlos Lucia Pedro Linh Minh Chloe Emma Noah Oskar "
    "Frieda Greta"
).split()
LAST = (
    "Mueller Schmidt Schneider Fischer Weber Meyer Wagner Becker Schulz Hoffmann Koch Richter Klein Wolf Schroeder Neumann Schwarz Zimmermann Braun "
    "Krueger Hofmann Hartmann Lange Werner Krause Lehmann Koehler Maier Herrmann Koenig Walter Mayer Huber Kaiser Fuchs Peters Lang Scholz Moeller Weiss "
    "Jung Hahn Vogel Friedrich Keller Guenther Frank Berger Winkler Roth Beck Lorenz Baumann Franke Albrecht Schuster Simon Ludwig Boehm Winter Kraus "
    "Martin Schumacher Yilmaz Kaya Demir Oeztuerk Wang Li Zhang Chen Nguyen Tran Pham Singh Kumar Sharma Patel Hosseini Ahmadi Khan Rahman Ivanova "
    "Petrov Kovalenko Rossi Bianchi Garcia Lopez Silva Santos Novak Kowalski Horvath Tanaka Kim Park Haddad Osei"
).split()
# country -> [(IPv4 /16, asn)]
ISP = {
    "DE": [
        ("79.200", 3320),
        ("87.140", 3320),
        ("91.10", 3320),
        ("84.160", 3320),
        ("88.70", 3209),
        ("178.4", 3209),
        ("109.192", 3209),
        ("77.0", 6805),
        ("93.130", 6805),
        ("94.134", 8881),
        ("78.34", 8422),
        ("2003:c7", 3320),
        ("2003:e2", 3320),
        ("2a02:8109", 3209),
    ],
    "CN": [("114.84", 4812), ("123.112", 4808), ("240e:3b0", 4134)],
    "IN": [("49.36", 55836), ("122.160", 24560), ("2409:4070", 55836)],
    "TR": [("78.180", 9121), ("176.240", 34984)],
    "IR": [("5.112", 44244), ("2.180", 58224)],
    "RU": [("95.24", 8402), ("178.66", 12389)],
    "UA": [("93.72", 25229), ("176.36", 39608)],
    "BR": [("177.32", 28573), ("189.4", 28573), ("2804:14c", 28573)],
    "VN": [("14.160", 45899), ("113.160", 45899)],
    "ID": [("36.72", 7713), ("180.244", 7713)],
    "EG": [("41.32", 8452), ("156.192", 8452)],
    "NG": [("102.88", 29465), ("105.112", 36873)],
    "PK": [("39.32", 45595), ("182.176", 45595)],
    "BD": [("103.112", 45245)],
    "MX": [("187.188", 22884), ("189.128", 8151)],
    "CO": [("181.48", 10620)],
    "IT": [("79.16", 3269), ("151.20", 1267)],
    "ES": [("83.32", 3352), ("88.0", 3352)],
    "FR": [("90.0", 3215), ("82.64", 12322), ("2a01:e0a", 12322)],
    "PL": [("83.0", 5617), ("89.64", 6830)],
    "AT": [("80.108", 8412), ("91.112", 8447)],
    "NL": [("84.80", 1136), ("62.194", 33915)],
    "US": [("73.32", 7922), ("98.110", 701), ("2601:1c0", 7922)],
    "GB": [("86.128", 2856), ("90.192", 5607)],
    "TH": [("171.96", 17552)],
    "KR": [("121.128", 4766)],
    "JP": [("126.0", 17676)],
}
CLOUD = [
    ("5.75", 24940, "DE"),
    ("49.12", 24940, "DE"),
    ("51.75", 16276, "FR"),
    ("54.36", 16276, "FR"),
    ("139.59", 14061, "DE"),
    ("167.99", 14061, "NL"),
    ("3.120", 16509, "DE"),
    ("18.184", 16509, "DE"),
    ("20.79", 8075, "DE"),
    ("20.50", 8075, "NL"),
    ("172.104", 63949, "DE"),
    ("2a01:4f8", 24940, "DE"),
    ("45.76", 20473, "US"),
]
VPNS = [
    ("185.220", 9009, "DE"),
    ("193.32", 39351, "DE"),
    ("146.70", 9009, "DE"),
    ("89.187", 60068, "DE"),
    ("37.120", 9009, "NL"),
    ("194.127", 39351, "SE"),
    ("138.199", 212238, "FR"),
]
ABROAD = (
    "CN CN CN IN IN IN TR TR IR IR RU UA BR VN ID EG NG PK BD MX CO IT IT ES ES FR FR PL AT NL US US GB TH KR JP"
).split()
BOTCC = ("BR BR VN VN IN IN ID ID RU TR UA MX CO TH PK EG BD NG IR CN DE DE PL IT ES US US FR KR GB").split()
CH, FF, SA, PY, GO, OC = (
    "t13d1516h2_8daaf6152771_d8a2da3f94cd",
    "t13d1717h2_5b57614c22b0_3cbfd9057e0d",
    "t13d2014h2_a09f3c656075_14788d8d241b",
    "t13d1812h1_85036bcba153_b26ce05bbdd6",
    "t13d1312h2_f57a46bbacb6_ab7e3b40a677",
    "t13d2913h1_bd868743f55c_fa269c3d986d",
)
CH2 = "t13d1517h2_8daaf6152771_b6f405a00624"
WIN, MAC, LIN = "Windows NT 10.0; Win64; x64", "Macintosh; Intel Mac OS X 10_15_7", "X11; Linux x86_64"


def browser(r):
    k, v = r.random(), r.choice((138, 139, 140, 140, 141, 141))
    os_ = r.choice((WIN, WIN, WIN, MAC, LIN))
    if k < 0.38:
        return (
            f"Mozilla/5.0 ({os_}) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{v}.0.0.0 Safari/537.36",
            r.choice((CH, CH, CH2)),
        )
    if k < 0.48:
        return (
            f"Mozilla/5.0 ({WIN}) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{v}.0.0.0 Safari/537.36 Edg/{v}.0.0.0",
            r.choice((CH, CH2)),
        )
    if k < 0.66:
        w = r.choice((128, 140, 142, 143))
        return f"Mozilla/5.0 ({os_}; rv:{w}.0) Gecko/20100101 Firefox/{w}.0", FF
    if k < 0.86:
        w = r.choice(("17_6", "18_5", "18_6", "18_6", "26_0"))
        return (
            f"Mozilla/5.0 (iPhone; CPU iPhone OS {w} like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/{w.replace('_', '.')} Mobile/15E148 Safari/604.1",
            SA,
        )
    return (
        f"Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{v}.0.0.0 Mobile Safari/537.36",
        r.choice((CH, CH2)),
    )


SCRIPTS = (
    ("python-requests/2.32.3", PY),
    ("python-requests/2.31.0", PY),
    ("Go-http-client/2.0", GO),
    ("curl/8.5.0", OC),
)


class User:
    __slots__ = "i uid mail staff home cc daily devs form mob place act new dorm vpnfan".split()


class Campus:
    def __init__(self, seed, n):
        self.r, self.homes = random.Random(seed), {}
        self.s = n / 15000.0
        self.n, self.q, self.seq = n, [], 0
        r = self.r
        self.cum = {}
        for k, w in (("w", WORK), ("f", FREE)):
            c, tot = [], 0
            for x in w:
                tot += x
                c.append(tot)
            self.cum[k] = c
        self.nat = [(f"141.44.254.{x}", 680, "DE") for x in range(11, 17)]  # eduroam: all of the wireless LAN
        self.lab = [(f"141.44.{x}.{y}", 680, "DE") for x in (60, 61, 62) for y in range(20, 50)]
        self.lib = [(f"141.44.90.{x}", 680, "DE") for x in range(5, 9)]
        self.dormnat = [(f"141.44.230.{x}", 680, "DE") for x in (1, 2, 3, 4)]
        self.vpool = [(f"141.44.{x}.{y}", 680, "DE") for x in (240, 241) for y in range(2, 250)]
        self.mobile = [
            (f"{p}.{r.randrange(256)}.{r.randrange(256)}", a, "DE")
            for p, a in (("80.187", 3320), ("109.40", 3209), ("176.1", 6805))
            for _ in range(60)
        ]
        self.vpnx = [
            self.at(*r.choice(VPNS if r.random() < 0.75 else CLOUD)) for _ in range(90)
        ]  # consumer VPNs and people's own tunnels
        self.agg = [
            self.at(*c) for c in CLOUD[2:] for _ in range(3)
        ]  # mail apps which fetch from a rented cloud
        self.vpnde = [x for x in self.vpnx if x[2] == "DE"]
        self.mscloud = [
            (f"52.97.{r.randrange(256)}.{r.randrange(256)}", 8075, r.choice(("IE", "NL", "DE")))
            for _ in range(70)
        ]
        self.gcloud = [(f"209.85.{r.randrange(128, 256)}.{r.randrange(256)}", 15169, "US") for _ in range(40)]
        self.users, seen = [], Counter()
        for i in range(n):
            u = User()
            f, l = r.choice(FIRST).lower(), r.choice(LAST).lower()
            u.i, u.staff = i, r.random() < 0.2
            b = f"{f}.{l}"
            seen[b] += 1
            u.mail = b + (str(seen[b]) if seen[b] > 1 else "") + "@" + ("" if u.staff else "stud.") + DOMAIN
            x = f[0] + l[:6]
            seen[x] += 1
            u.uid = f"{x}{seen[x] + 9}"
            k = r.random()
            u.cc = "DE" if u.staff and k > 0.02 or k > 0.07 else r.choice(ABROAD)
            u.home, u.daily = self.isp(u.cc), r.random() < 0.35
            u.dorm = r.choice(self.dormnat) if not u.staff and u.cc == "DE" and r.random() < 0.13 else None
            u.mob = [r.choice(self.mobile) for _ in range(3)] if u.cc == "DE" else [self.isp(u.cc)]
            u.vpnfan = r.choice(self.vpnx) if r.random() < 0.03 else None
            u.devs = [self.dev(0.62) for _ in range(r.choice((1, 2, 2, 3)))]
            u.form = r.choice(
                (
                    u.uid,
                    u.uid,
                    u.uid,
                    u.uid,
                    u.mail,
                    u.mail,
                    u.mail.split(".")[0].capitalize() + "." + u.mail.split(".", 1)[1],
                )
            )
            u.place = f"141.44.{r.randrange(2, 50)}.{r.randrange(1, 255)}", 680, "DE"
            u.act, u.new = min(3.0, r.expovariate(1.0) + 0.1), False
            self.users.append(u)
        self.staff = [u for u in self.users if u.staff]
        self.stud = [u for u in self.users if not u.staff]
        self.dir = [u for u in self.users if u.staff or r.random() < 0.4]  # the public directory
        for u in r.sample(self.stud, int(620 * self.s)):
            u.new, u.act = True, 1.4
        self.abroad = [u for u in self.users if u.cc != "DE"]

    # ---- addresses, devices, times
    def at(self, p, asn, cc):
        r = self.r
        if ":" in p:
            return (
                f"{p}:{r.randrange(65536):x}:{r.randrange(65536):x}:{r.randrange(65536):x}:{r.randrange(65536):x}:{r.randrange(1, 65536):x}:{r.randrange(65536):x}",
                asn,
                cc,
            )
        return f"{p}.{r.randrange(256)}.{r.randrange(1, 255)}", asn, cc

    def isp(self, cc):
        p, a = self.r.choice(ISP[cc])
        return self.at(p, a, cc)

    def dev(self, p_id):
        ua, ja = browser(self.r)
        r = self.r
        return (
            (f"{r.getrandbits(64):016x}" if r.random() < p_id else None),
            ua,
            (ja if r.random() < 0.93 else None),
        )

    def clock(self, day, kind=None):
        c = self.cum[kind or ("f" if day in (1, 2) else "w")]
        return day * D + (bisect.bisect(c, self.r.random() * c[-1]) + self.r.random()) * H

    def when(self, weights=DAYW, kind=None):
        return self.clock(self.r.choices(range(5), weights)[0], kind)

    def where(self, u, t):
        r, day, h = self.r, int(t // D), t % D / H
        k = r.random()
        if u.vpnfan and k < 0.6:
            return u.vpnfan
        if u.cc == "DE" and day not in (1, 2) and 7.5 < h < 18.5 and k < (0.75 if u.staff else 0.55):
            if u.staff and k < 0.55:
                return u.place
            return (
                r.choice(self.lab)
                if k > 0.49
                else r.choice(self.lib) if k > 0.45 else self.nat[(u.i + day) % 6]
            )
        if k > 0.8:
            return r.choice(u.mob)
        if u.dorm:
            return u.dorm
        return self.home(u, t)

    def home(self, u, t):
        """The address at home on that day: many providers give a new one every night; IPv6 hosts choose new last halves."""
        r, days = self.r, self.homes.setdefault(u.i, [u.home])
        while len(days) < 5:
            n = self.isp(u.cc) if u.daily and r.random() < 0.5 else days[-1]
            if ":" in n[0]:
                n = (
                    ":".join(n[0].split(":")[:4] + [f"{r.randrange(1, 65536):x}" for _ in range(4)]),
                    n[1],
                    n[2],
                )
            days.append(n)
        return days[int(t // D) if 0 <= t < END else 0]

    # ---- events
    def ev(
        self,
        t,
        u,
        name,
        net,
        app,
        ok,
        cls,
        attack=0,
        kind="login",
        reason=None,
        dev=None,
        mfa=None,
        cred=None,
        endpoint=None,
        flow=None,
        **x,
    ):
        if not 0 <= t < END:
            return
        self.seq += 1
        e = dict(
            u=u,
            name=name,
            net=net,
            app=app,
            ok=ok,
            cls=cls,
            attack=attack,
            kind=kind,
            reason=reason,
            dev=dev,
            mfa=mfa,
            cred=cred,
            endpoint=endpoint,
            flow=flow,
            **x,
        )
        heapq.heappush(self.q, (t, self.seq, e))

    def typo(self, name):
        r = self.r
        i = r.randrange(1, min(len(name), 12))
        k = r.random()
        return (
            name[:i] + name[i + 1 :]
            if k < 0.4
            else (
                name[:i] + name[i] + name[i:] if k < 0.7 else name[:i] + r.choice("aeinrst13") + name[i + 1 :]
            )
        )

    def imapfail(self, unknown=False):
        k = self.r.random()
        return "other" if k < 0.68 else "bad_password" if k < 0.95 else None

    def vpndev(self):
        r = self.r
        return (
            None,
            r.choice(
                (
                    "AnyConnect Windows 5.1.8.105",
                    "AnyConnect Darwin_i386 5.1.6.103",
                    "AnyConnect Android 5.1.4",
                    "Open AnyConnect VPN Agent v9.12",
                    "Open AnyConnect VPN Agent v8.20",
                )
            ),
            (OC if r.random() < 0.6 else None),
        )

    def session(self, u, t, net, cls, app="sso", dev=None, pfail=0.085, name=None):
        """An honest person logs in at the web SSO or the VPN gateway, with the slips of honest persons."""
        r = self.r
        dev = self.vpndev() if app == "vpn" else dev or r.choice(u.devs)
        name = name or (u.form if r.random() < 0.92 else r.choice((u.uid, u.mail)))
        if r.random() < pfail:
            k = r.random()
            for _ in range(r.choice((1, 1, 1, 1, 2, 2, 3, 4))):
                if k < 0.2:
                    self.ev(
                        t,
                        None,
                        self.typo(name),
                        net,
                        app,
                        0,
                        "typo",
                        reason="unknown_user" if app == "sso" else "bad_password",
                        dev=dev,
                    )
                else:
                    self.ev(t, u, name, net, app, 0, "typo", reason="bad_password", dev=dev)
                t += r.uniform(4, 45)
            if k > 0.93:  # gave up: forgot it, resets it
                self.ev(
                    t + 20,
                    u,
                    name,
                    net,
                    "sso",
                    1,
                    "forgot",
                    kind="lookup",
                    dev=dev,
                    endpoint="/password/forgot",
                )
                t += r.uniform(120, 900)
                self.ev(
                    t,
                    u,
                    u.uid,
                    net,
                    "sso",
                    1,
                    "forgot",
                    kind="password_reset",
                    dev=dev,
                    endpoint="/password/reset",
                    unlock=1,
                )
                t += r.uniform(10, 60)
        flow = [0]
        if u.staff and app in ("sso", "vpn") and r.random() < (0.5 if app == "sso" else 1):
            if r.random() < 0.055:
                self.ev(
                    t,
                    u,
                    name,
                    net,
                    app,
                    0,
                    "mfa_slip",
                    reason="bad_mfa",
                    dev=dev,
                    mfa="failed",
                    cred="valid",
                    flow=flow,
                )
                for _ in range(r.choice((0, 0, 0, 1, 1, 2, 4))):
                    t += r.uniform(12, 70)
                    self.ev(
                        t,
                        u,
                        name,
                        net,
                        app,
                        0,
                        "mfa_slip",
                        kind="mfa",
                        reason="bad_mfa",
                        dev=dev,
                        mfa="failed",
                        cred="valid",
                        flow=flow,
                    )
                self.ev(
                    t + r.uniform(8, 60),
                    u,
                    name,
                    net,
                    app,
                    1,
                    "mfa_slip",
                    kind="mfa",
                    dev=dev,
                    mfa="passed",
                    flow=flow,
                )
            else:
                self.ev(t, u, name, net, app, 1, cls, dev=dev, mfa="passed")
        else:
            self.ev(t, u, name, net, app, 1, cls, dev=dev, mfa="none" if r.random() < 0.6 else None)
        return t

    def honest(self):
        r, s = self.r, self.s
        for u in self.users:  # daily life
            for day in range(5):
                if r.random() < 0.58 * DAYW[day] * min(1.45, u.act + 0.2) * (1.15 if u.staff else 1):
                    for _ in range(1 if r.random() < 0.8 else 2):
                        t = self.clock(day)
                        if u.cc in ("CN", "KR", "JP", "VN", "ID", "IN", "TH") and r.random() < 0.7:
                            t -= 5.5 * H if t > 5.5 * H else 0
                        elif u.cc in ("US", "MX", "CO", "BR") and r.random() < 0.7:
                            t += 6 * H if t + 6 * H < END else 0
                        net = self.where(u, t)
                        p3 = net[0][:10]
                        cls = (
                            "campus_nat"
                            if net in self.nat
                            else (
                                "lab"
                                if net in self.lab
                                else (
                                    "library"
                                    if net in self.lib
                                    else (
                                        "dorm"
                                        if net in self.dormnat
                                        else (
                                            "abroad"
                                            if u.cc != "DE"
                                            else (
                                                "vpn_user"
                                                if net is u.vpnfan
                                                else "office" if p3[:7] == "141.44." else "daily"
                                            )
                                        )
                                    )
                                )
                            )
                        )
                        dev = self.dev(0.35) if cls in ("lab", "library") or r.random() < 0.03 else None
                        self.session(u, t, net, cls, dev=dev)
        for u in r.sample(self.users, int(1150 * s)):  # VPN gateway
            for _ in range(r.choice((1, 1, 2, 3, 4))):
                t = self.when(kind="f" if r.random() < 0.5 else None)
                net = self.home(u, t) if r.random() < 0.75 else r.choice(u.mob)
                self.session(u, t, net, "vpn", app="vpn", pfail=0.11)
        for u in r.sample(self.users, int(130 * s)):  # on a weekend trip, or back in a home country
            net, a = self.isp(r.choice(ABROAD)), r.uniform(0.7, 2.2) * D
            d = r.choice(u.devs) if r.random() < 0.7 else self.dev(0.5)
            for _ in range(r.randrange(1, 6)):
                self.session(
                    u,
                    a + r.expovariate(1 / (14 * H)),
                    net,
                    "traveller",
                    dev=d,
                    app="sso" if r.random() < 0.85 else "vpn",
                    pfail=0.2,
                )
        self.mail()
        self.stale()
        self.semester()
        self.services()
        for u in r.sample(self.users, int(480 * s)):  # helpdesk resets, from the helpdesk's own desks
            t = r.choice((0, 3, 3, 3, 4, 4)) * D + r.uniform(8.5, 16.5) * H
            for _ in range(r.randrange(0, 6)):
                self.ev(
                    t - r.uniform(200, 5000),
                    u,
                    u.form,
                    self.where(u, t),
                    "sso",
                    0,
                    "forgot",
                    reason="bad_password",
                    dev=r.choice(u.devs),
                )
            self.ev(
                t,
                u,
                u.uid,
                (f"141.44.8.{r.randrange(10, 18)}", 680, "DE"),
                "helpdesk",
                1,
                "helpdesk",
                kind="password_reset",
                unlock=1,
                dev=(None, "idm-console/4.2", None),
                endpoint="/idm/reset",
            )
            self.session(u, t + r.uniform(60, 1500), self.where(u, t), "helpdesk", pfail=0.3)
        for u in r.sample(self.staff, int(26 * s)):  # a new phone: MFA fails until the helpdesk has helped
            t, net, dev = self.clock(r.choice((0, 3, 4))), self.where(u, 10 * H), r.choice(u.devs)
            for i in range(r.randrange(4, 15)):
                self.ev(
                    t,
                    u,
                    u.form,
                    net,
                    "sso",
                    0,
                    "mfa_trouble",
                    kind="login" if i % 4 == 0 else "mfa",
                    reason="bad_mfa",
                    dev=dev,
                    mfa="failed",
                    cred="valid",
                )
                t += r.uniform(15, 240)
            if r.random() < 0.7:
                self.ev(
                    t + r.uniform(300, 4000), u, u.form, net, "sso", 1, "mfa_trouble", dev=dev, mfa="passed"
                )
        for _ in range(int(900 * s)):  # people who look up what their login name is
            u, t = r.choice(self.users), self.when()
            bad = r.random() < 0.35
            for _ in range(r.choice((1, 1, 2, 3)) if bad else 0):
                self.ev(
                    t - r.uniform(5, 90),
                    None,
                    self.typo(u.mail),
                    self.where(u, t),
                    "sso",
                    0,
                    "lookup",
                    kind="lookup",
                    reason="unknown_user",
                    dev=r.choice(u.devs),
                    endpoint="/password/forgot",
                )
            self.ev(
                t,
                u,
                u.mail,
                self.where(u, t),
                "sso",
                1,
                "lookup",
                kind="lookup",
                dev=r.choice(u.devs),
                endpoint="/password/forgot",
            )
        for u in r.sample(self.stud, int(700 * s)):  # the campus app renews its token
            d = (
                f"{r.getrandbits(64):016x}",
                r.choice(("LindenauApp/6.3 (iOS)", "LindenauApp/6.3 (Android)", "LindenauApp/6.1 (Android)")),
                r.choice((SA, CH, None)),
            )
            for _ in range(r.randrange(1, 6)):
                t, ok = self.when(), r.random() < 0.95
                self.ev(
                    t,
                    u,
                    u.uid,
                    self.where(u, t),
                    "app",
                    ok,
                    "app_token",
                    kind="token",
                    reason=None if ok else "expired",
                    dev=d,
                )

    def mailnet(self, u, how, t):
        return (
            self.r.choice(self.mscloud)
            if how == "ms"
            else (
                self.r.choice(self.gcloud)
                if how == "g"
                else (
                    self.r.choice(self.agg)
                    if how == "agg"
                    else self.home(u, t) if how == "desk" else self.where(u, t)
                )
            )
        )

    def imap(self, t, u, name, net, ok, cls, attack=0, smtp=0.12, **x):
        r = self.r
        ua = (
            r.choice(
                (
                    "Thunderbird/128.14",
                    "Thunderbird/140.3",
                    "iOS Mail/18.6",
                    "K-9 Mail 10.1",
                    "com.samsung.android.email 6.1",
                )
            )
            if r.random() < 0.18
            else None
        )
        self.ev(
            t,
            u,
            name,
            net,
            "smtp" if r.random() < smtp else "imap",
            ok,
            cls,
            attack,
            reason=None if ok else self.imapfail(),
            dev=(None, ua, None),
            **x,
        )

    def mail(self):
        r = self.r
        for u in r.sample(self.users, int(660 * self.s)):
            how = r.choice(
                ("desk", "desk", "phone", "phone", "phone", "phone", "phone", "ms", "ms", "g", "agg")
            )
            name, rate, cls = (
                r.choice((u.uid, u.mail, u.mail)),
                r.choice((3, 5, 8, 8, 14)),
                "mail_cloud" if how in ("ms", "g", "agg") else "mail_client",
            )
            t = r.random() * 4 * H
            while t < END:
                h = t % D / H
                if how != "desk" or 7 < h < 19:
                    self.imap(t, u, name, self.mailnet(u, how, t), r.random() > 0.004, cls)
                t += D / rate * r.uniform(0.3, 1.7) * (1.6 if h < 6 and how == "phone" else 1)

    def stale(self):
        """Friday 12:00 two faculties must change their passwords; phones go on with the old ones."""
        r = self.r
        for u in r.sample(self.users, int(680 * self.s)):
            t = 9 * H + min(r.expovariate(1 / (16 * H)), 3.9 * D)
            if t % D < 7 * H:
                t += 7 * H
            net, dev = self.where(u, t), r.choice(u.devs)
            if t > 12 * H:
                self.ev(
                    t,
                    u,
                    u.form,
                    net,
                    "sso",
                    0,
                    "forced_change",
                    reason="expired",
                    cred="valid",
                    dev=dev,
                    mfa="none",
                )
            self.ev(
                t + r.uniform(40, 200),
                u,
                u.uid,
                net,
                "sso",
                1,
                "forced_change",
                kind="password_reset",
                dev=dev,
                endpoint="/password/change",
            )
            self.session(u, t + r.uniform(210, 400), net, "forced_change", dev=dev, pfail=0.25)
            if r.random() > 0.26:
                continue
            how, name = r.choice(("phone", "phone", "phone", "phone", "desk", "ms", "g", "agg")), r.choice(
                (u.uid, u.mail)
            )
            gap, burst = r.choice((900, 1800, 3600, 7200)), r.choice((1, 1, 2, 3, 3, 7))
            end, a = t + min(r.expovariate(1 / (11 * H)), 3.5 * D), t + r.uniform(300, 3000)
            for _ in range(r.choice((0, 1, 2, 4))):  # the person meets the lock the phone has caused
                b = r.uniform(t + 600, end)
                self.session(u, b, self.where(u, b), "daily")
            for _ in range(42):
                if a > end:
                    break
                w = self.mailnet(u, how, a)
                for b in range(burst):
                    self.imap(a + b * r.uniform(0.4, 6), u, name, w, 0, "stale_client", smtp=0.03)
                a += gap * r.uniform(0.8, 1.3)
            self.imap(end + 30, u, name, self.mailnet(u, how, end), 1, "mail_client")

    def semester(self):
        """Monday: three lecture halls of new students activate accounts; at noon the course registration opens."""
        r = self.r
        halls = [3 * D + 9.25 * H, 3 * D + 11.25 * H, 3 * D + 14.25 * H]
        for u in self.users:
            if not u.new:
                continue
            early = r.random() < 0.2
            t = self.when((0.4, 0.2, 0.4, 0, 0)) if early else r.choice(halls) + abs(r.gauss(0, 900))
            k = r.random()
            net = (
                (self.isp(r.choice(ABROAD)) if k < 0.35 else u.home)
                if early
                else self.nat[u.i % 2] if k < 0.75 else r.choice(u.mob)
            )
            dev = u.devs[0]
            while r.random() < 0.33:  # mistyped activation code
                self.ev(
                    t,
                    u,
                    u.uid,
                    net,
                    "sso",
                    0,
                    "activation",
                    kind="signup",
                    reason=r.choice(("other", "bad_password", "expired")),
                    dev=dev,
                    endpoint="/activate",
                )
                t += r.uniform(8, 60)
            self.ev(t, u, u.uid, net, "sso", 1, "activation", kind="signup", dev=dev, endpoint="/activate")
            t = self.session(u, t + r.uniform(20, 300), net, "activation", dev=dev, pfail=0.34)
            if r.random() < 0.4:
                self.imap(t + r.uniform(60, 900), u, u.uid, net, r.random() < 0.6, "activation", smtp=0)
        for u in r.sample(self.stud, int(1700 * self.s)):
            t = 3 * D + 12 * H + r.gauss(60, 400)
            self.session(u, t, self.where(u, t), "course_rush", pfail=0.14)
        for u in r.sample(self.stud, max(2, int(30 * self.s))):  # scripts which look for a free place
            net, (ua, ja), t = (
                r.choice((u.home, self.at(*r.choice(CLOUD)), self.at(*r.choice(CLOUD)))),
                r.choice(SCRIPTS),
                3 * D + r.uniform(0, 12) * H,
            )
            if r.random() < 0.3:
                ua = browser(r)[0]
            fail = r.random() < 0.15
            for _ in range(r.randrange(6, 50)):
                self.ev(
                    t,
                    u,
                    u.uid,
                    net,
                    "sso",
                    not fail,
                    "script",
                    reason="bad_password" if fail else None,
                    dev=(None, ua, ja),
                )
                t += r.choice((300, 600, 1800)) * r.uniform(0.98, 1.1)

    def services(self):
        r = self.r
        acct = lambda n: (f"141.44.4.{n}", 680, "DE")
        for i, (name, app, gap, ok) in enumerate(
            (
                ("mon-imap", "imap", 600, 1),
                ("mon-sso", "sso", 600, 1),
                ("mon-negative", "sso", 1800, 0),
                ("svc-moodle", "smtp", 1500, 1),
                ("svc-ticket", "imap", 900, 1),
                ("svc-library", "smtp", 2400, 1),
                ("svc-hisinone", "smtp", 1800, 1),
            )
        ):
            t = r.random() * gap
            while t < END:
                self.ev(
                    t,
                    None,
                    name,
                    acct(20 + i),
                    app,
                    ok and r.random() > 0.002,
                    "monitor" if name[:3] == "mon" else "service",
                    reason=None if ok else "bad_password",
                    dev=(None, "check_http/v2.4" if app == "sso" else None, OC if app == "sso" else None),
                )
                t += gap * r.uniform(0.98, 1.02)
        for i in range(max(1, int(9 * self.s))):  # copiers with an old password
            t, name = r.random() * 3 * D, f"scan-{r.choice(('phys', 'jura', 'bio', 'verw', 'med'))}{i}"
            for _ in range(r.randrange(30, 120)):
                self.ev(
                    t,
                    None,
                    name,
                    acct(100 + i),
                    "smtp",
                    0,
                    "broken_service",
                    reason=self.imapfail(),
                    dev=None,
                )
                t += r.choice((60, 300, 1200)) * r.uniform(0.9, 1.2)

    # ---- attacks
    def guess(self, t, u, name, net, app, cls, hit=0.0, dev=None, flow=None):
        """One guess of an attacker; u None: nobody has this name. Returns whether the password was right."""
        r = self.r
        right = u is not None and r.random() < hit
        if app in ("imap", "smtp"):
            self.imap(t, u, name, net, right, cls, 1, smtp=1.0 if app == "smtp" else 0.0)
        elif right and u.staff:
            self.ev(t, u, name, net, app, 0, cls, 1, reason="bad_mfa", cred="valid", mfa="failed", dev=dev)
        else:
            self.ev(
                t,
                u,
                name,
                net,
                app,
                right,
                cls,
                1,
                dev=dev,
                mfa="none" if right and r.random() < 0.6 else None,
                reason=None if right else "unknown_user" if u is None and app == "sso" else "bad_password",
            )
        if right and (app in ("imap", "smtp") or not u.staff) and r.random() < 0.7:
            self.takeover(u, t + r.uniform(0.2, 20) * H, r.randrange(1, 6))
        return right

    def takeover(self, u, t, n):
        r = self.r
        net = r.choice(
            (r.choice(self.vpnx), self.isp(r.choice(BOTCC)), self.isp("NG"), self.at(*r.choice(CLOUD)))
        )
        dev = self.dev(0.5)
        for _ in range(n):
            app = r.choice(("imap", "smtp", "sso"))
            if app == "sso" and not u.staff:
                self.ev(
                    t,
                    u,
                    r.choice((u.mail, u.uid)),
                    net,
                    "sso",
                    1,
                    "takeover",
                    1,
                    dev=dev,
                    mfa="none" if r.random() < 0.6 else None,
                )
            else:
                self.imap(t, u, u.mail, net, 1, "takeover", 1, smtp=float(app == "smtp"))
            t += r.expovariate(1 / (5 * H))

    def gone(self):
        r = self.r
        return (
            f"{r.choice(FIRST)}.{r.choice(LAST)}".lower()
            + r.choice(("", "", "2", "7", "12", "x"))
            + "@"
            + r.choice(("", "stud."))
            + DOMAIN
        )

    def target(self, stale=0.05, pool=None):
        u = self.r.choice(pool or self.dir)
        if self.r.random() < stale:
            g = self.gone()
            return (None, g) if g not in self.bymail else (self.bymail[g], g)
        return u, u.mail

    def attacks(self):
        r, s = self.r, self.s
        self.bymail = {u.mail: u for u in self.users}
        infected = (
            [self.dormnat[1]] + [r.choice(self.users).home for _ in range(40)] + r.sample(self.mobile, 25)
        )
        bots = [self.isp(r.choice(BOTCC)) for _ in range(int(1500 * s) + 60)] + infected
        proxies = (
            [self.isp(r.choice(BOTCC + ["DE"] * 10)) for _ in range(int(3000 * s) + 60)]
            + r.sample(self.mobile, 60)
            + [r.choice(self.users).home for _ in range(120)]
        )
        bdev = [self.dev(0) for _ in range(60)]
        # fast spray: one password over half of the directory, four times
        for start, dur, app, nip, share in (
            (1 * D + 2.4 * H, 3.2 * H, "sso", 38, 0.42),
            (3 * D + 9.6 * H, 3.0 * H, "smtp", 60, 0.46),
            (0.4 * D, 2.5 * H, "vpn", 12, 0.3),
            (4 * D + 13 * H, 2.2 * H, "sso", 90, 0.5),
        ):
            ips = [self.at(*r.choice(CLOUD)) for _ in range(max(4, int(nip * s)))]
            devs = [
                (
                    None,
                    r.choice(bdev)[1] if r.random() < 0.7 else r.choice(SCRIPTS)[0],
                    r.choice((PY, GO, CH, OC)),
                )
                for _ in range(6)
            ]
            names = r.sample(self.dir, int(len(self.dir) * share))
            for i, u in enumerate(names):
                t = start + dur * i / len(names) + r.uniform(0, 20)
                v, name = (u, u.mail) if r.random() > 0.05 else self.target(1.0)
                self.guess(
                    t,
                    v,
                    name,
                    r.choice(ips),
                    app,
                    "spray_fast",
                    0.0022,
                    self.vpndev() if app == "vpn" else r.choice(devs),
                )
        # slow spray: a botnet, every address a handful of names, half of it in office hours
        for k in range(int(10500 * s)):
            t = self.when((1.4, 0.8, 0.8, 1.3, 1.6)) if k % 2 else r.random() * END
            u, name = self.target(0.05)
            if u and r.random() < 0.35:
                name = u.uid
            app = r.choice(("imap", "imap", "imap", "smtp", "sso", "sso", "vpn"))
            net = r.choice(bots) if r.random() > 0.03 else r.choice(self.vpool)
            self.guess(
                t, u, name, net, app, "spray_slow", 0.0012, r.choice(bdev) if app == "sso" else self.vpndev()
            )
        # IMAP brute force of single names
        for u in r.sample(self.dir, max(4, int(34 * s))):
            mine, name = r.sample(bots, min(len(bots), r.randrange(6, 130))), r.choice((u.mail, u.uid))
            a, b = sorted((r.random() * 4.2 * D, r.random() * 5 * D))
            n = r.randrange(60, 440)
            b = b if r.random() < 0.6 else a + r.uniform(0, 4) * H
            for _ in range(n):
                self.guess(
                    a + (b - a + 2 * H) * r.random(), u, name, r.choice(mine), "imap", "imap_brute", 0.0007
                )
        # stuffing of breach combos
        for start, dur, n, pool in (
            (2 * D + 6 * H, 15 * H, 3200, proxies),
            (3 * D + 17 * H, 9 * H, 3600, None),
            (0.5 * D, 22 * H, 3000, proxies),
        ):
            ips = pool or [self.at(*r.choice(CLOUD)) for _ in range(max(5, int(160 * s)))]
            devs = (
                bdev
                if pool
                else [(None, r.choice(bdev)[1], r.choice((CH, GO, CH2)))] * 2
                + [r.choice(bdev) for _ in range(8)]
            )
            for _ in range(int(n * s)):
                u, name = self.target(0.42, self.users)
                d = r.choice(devs)
                if r.random() < 0.3:
                    d = f"{r.getrandbits(64):016x}", d[1], d[2]
                self.guess(
                    start + dur * r.random(),
                    u,
                    name,
                    r.choice(ips),
                    "sso" if r.random() < 0.8 else "imap",
                    "stuffing",
                    0.011,
                    d,
                )
        # enumeration of names, by the forgot page and by logins
        for start, dur, n, ips in (
            (0.6 * D, 4 * H, 1500, [self.at(*r.choice(CLOUD)) for _ in range(5)]),
            (3 * D + 8 * H, 9 * H, 2200, r.sample(proxies, min(len(proxies), 300))),
            (1.1 * D, 3.5 * D, 1300, r.sample(self.vpnx, 25)),
        ):
            devs = [self.dev(0.1) for _ in range(7)]
            for _ in range(int(n * s)):
                g = self.gone() if r.random() < 0.8 else r.choice(self.users).mail
                u, t = self.bymail.get(g), start + dur * r.random()
                if r.random() < 0.8:
                    self.ev(
                        t,
                        u,
                        g,
                        r.choice(ips),
                        "sso",
                        u is not None,
                        "enumeration",
                        1,
                        kind="lookup",
                        reason=None if u else "unknown_user",
                        dev=r.choice(devs),
                        endpoint="/password/forgot",
                    )
                else:
                    self.guess(t, u, g, r.choice(ips), "sso", "enumeration", 0, r.choice(devs))
        # MFA fatigue
        for u in r.sample(self.staff, max(3, int(22 * s))):
            net, dev = r.choice(
                (
                    r.choice(self.vpnde),
                    self.isp("DE"),
                    r.choice(self.mobile),
                    self.at(*r.choice(CLOUD)),
                    self.isp(r.choice(BOTCC)),
                )
            ), self.dev(0.6)
            t = r.randrange(5) * D + r.choice((r.uniform(0, 5), r.uniform(8, 17), r.uniform(20, 23.5))) * H
            n, gap, app = r.randrange(5, 34), r.choice((25, 60, 300, 1500)), r.choice(("sso", "sso", "vpn"))
            d = self.vpndev() if app == "vpn" else dev
            for i in range(n):
                self.ev(
                    t,
                    u,
                    u.mail if i % 7 else u.uid,
                    net,
                    app,
                    0,
                    "mfa_fatigue",
                    1,
                    kind="login" if i % 5 == 0 else "mfa",
                    reason="bad_mfa",
                    cred="valid",
                    mfa="failed",
                    dev=d,
                )
                t += gap * r.uniform(0.5, 1.6)
            if r.random() < 0.4:
                self.ev(
                    t,
                    u,
                    u.mail,
                    net,
                    app,
                    1,
                    "mfa_fatigue",
                    1,
                    kind=r.choice(("mfa", "login")),
                    mfa="passed",
                    dev=d,
                )
                for _ in range(r.randrange(0, 4)):
                    self.ev(
                        t + r.uniform(0.1, 20) * H,
                        u,
                        u.mail,
                        net,
                        "sso",
                        1,
                        "takeover",
                        1,
                        mfa="none",
                        dev=dev,
                    )
        # compromised students' accounts sold abroad (library, mail), over all days; some are reset by the helpdesk and fail from then on
        shops = [
            self.isp(r.choice(("CN", "IR", "IN", "RU", "ID", "EG", "TR", "PK", "NG"))) for _ in range(50)
        ]
        for u in r.sample(self.stud, max(6, int(85 * s))):
            net, dev = r.choice(shops), self.dev(0.6)
            for _ in range(r.randrange(2, 13)):
                app, t = r.choice(("sso", "sso", "vpn", "imap")), r.random() * END
                w = net if r.random() < 0.8 else r.choice(shops)
                if app == "imap":
                    self.imap(t, u, u.mail, w, 1, "ato_abroad", 1)
                else:
                    self.ev(
                        t,
                        u,
                        u.uid,
                        w,
                        app,
                        1,
                        "ato_abroad",
                        1,
                        dev=dev if app == "sso" else self.vpndev(),
                        mfa=r.choice(("none", None)),
                    )
            if r.random() < 0.25:
                self.ev(
                    r.choice((3, 4)) * D + r.uniform(8.5, 15) * H,
                    u,
                    u.uid,
                    (f"141.44.8.{r.randrange(10, 18)}", 680, "DE"),
                    "helpdesk",
                    1,
                    "helpdesk",
                    kind="password_reset",
                    unlock=1,
                    dev=(None, "idm-console/4.2", None),
                    endpoint="/idm/reset",
                )
        # phished credentials, used from consumer VPNs in the same country; victims mistype at the phishers too
        for u in r.sample(self.users, max(6, int(95 * s))):
            net, dev, t = (
                r.choice(self.vpnde),
                self.dev(0.6),
                3 * D + 10 * H + r.expovariate(1 / (9 * H)) if r.random() < 0.7 else r.uniform(0.4, 4) * D,
            )
            if r.random() < 0.25:
                self.ev(t, u, u.form, net, "sso", 0, "phished", 1, reason="bad_password", dev=dev)
                t += r.uniform(15, 60)
            for i in range(r.randrange(1, 5)):
                self.ev(
                    t,
                    u,
                    u.form,
                    net,
                    "sso",
                    1,
                    "phished",
                    1,
                    dev=dev,
                    mfa="passed" if u.staff and i == 0 else "none" if r.random() < 0.6 else None,
                )
                t += r.expovariate(1 / (4 * H))
        # low and slow: the same 420 names, one careful guess in many hours, from mobile carriers' shared and home addresses
        mine = r.sample(self.mobile, 40) + [self.isp("DE") for _ in range(70)] + r.sample(self.vpool, 12)
        for u in r.sample(self.dir, int(420 * s)):
            t = r.random() * 9 * H
            while t < END:
                app = r.choice(("sso", "sso", "imap"))
                self.guess(
                    t, u, r.choice((u.mail, u.uid)), r.choice(mine), app, "low_slow", 0.005, self.dev(0.35)
                )
                t += r.uniform(8, 22) * H

    # ---- lockouts and consequences, in order of time
    def run(self):
        self.honest()
        self.attacks()
        r, out = self.r, []
        fails, locked, changed = {}, {}, {}
        while self.q:
            t, _, e = heapq.heappop(self.q)
            u, i = e["u"], e["u"].i if e["u"] else -1
            if e["flow"] and e["flow"][0]:
                continue
            if e.get("unlock") and e["ok"]:
                locked.pop(i, None)
                fails.pop(i, None)
                changed[i] = t
            if u and e["kind"] in ("login", "mfa"):
                if e["attack"] and i in changed and (e["ok"] or e["reason"] == "bad_mfa"):
                    e.update(
                        ok=0,
                        mfa=None,
                        cred=None,
                        kind="login",
                        reason=self.imapfail() if e["app"] in ("imap", "smtp") else "bad_password",
                    )
                if locked.get(i, -1) > t:
                    was = e["ok"]
                    if e["flow"]:
                        e["flow"][0] = 1
                    e.update(
                        ok=0,
                        mfa=None,
                        cred="unknown",
                        kind="login",
                        reason="locked" if e["app"] not in ("imap", "smtp") or r.random() < 0.25 else "other",
                    )
                    if was and not e["attack"]:
                        e["cls"] = "locked_out"
                        n = e.get("tries", 0)
                        if e["app"] in ("sso", "vpn") and n < 3 and r.random() < 0.75:
                            self.ev(
                                t + r.uniform(20, 420) * (1 + n),
                                u,
                                e["name"],
                                e["net"],
                                e["app"],
                                1,
                                "locked_out",
                                dev=e["dev"],
                                tries=n + 1,
                            )
                        elif (
                            e["app"] in ("sso", "vpn")
                            and 8 * H < t % D < 16 * H
                            and int(t // D) not in (1, 2)
                        ):
                            self.ev(
                                t + r.uniform(600, 4000),
                                u,
                                u.uid,
                                (f"141.44.8.{r.randrange(10, 18)}", 680, "DE"),
                                "helpdesk",
                                1,
                                "helpdesk",
                                kind="password_reset",
                                unlock=1,
                                dev=(None, "idm-console/4.2", None),
                                endpoint="/idm/reset",
                            )
                elif not e["ok"] and e["reason"] != "bad_mfa":
                    f = fails.setdefault(i, deque())
                    f.append(t)
                    while f[0] < t - 900:
                        f.popleft()
                    if len(f) >= 6:
                        locked[i] = t + 2400
                        f.clear()
                elif e["ok"] and e["app"] == "sso":
                    fails.pop(i, None)
            out.append((t, e))
        return out


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("--seed", type=int, default=1)
    ap.add_argument("--users", type=int, default=15000)
    ap.add_argument("--out", default="campus.ndjson")
    ap.add_argument("--labels", default="campus.csv")
    a = ap.parse_args()
    out = Campus(a.seed, max(600, a.users)).run()
    r = random.Random(a.seed * 7919 + 13)
    ends = {"sso": "/idp/login", "vpn": "/+webvpn+/index.html", "app": "/idp/token"}
    ids, first, counts, days = set(), None, Counter(), [[0, 0] for _ in range(5)]
    with open(a.out, "w", encoding="utf-8", newline="\n") as fo, open(
        a.labels, "w", encoding="utf-8", newline=""
    ) as fl:
        w = csv.writer(fl, lineterminator="\n")
        w.writerow("event_id attack class outcome time username".split())
        for t, e in out:
            ms = int(t * 1000)
            first = ms if first is None else first
            eid = f"{r.getrandbits(80):020x}"
            while eid in ids:
                eid = f"{r.getrandbits(80):020x}"
            ids.add(eid)
            when = T0 + timedelta(milliseconds=ms)
            mailapp = e["app"] in ("imap", "smtp")
            if mailapp:  # the mail servers log in UTC
                stamp = (
                    when.astimezone(timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")
                )
            else:
                stamp = when.isoformat(timespec="milliseconds")
            o = {
                "event_id": eid,
                "time": stamp,
                "kind": e["kind"],
                "outcome": "success" if e["ok"] else "failure",
                "username": e["name"],
                "ip": e["net"][0],
            }
            if r.random() > 0.02:
                o["asn"], o["country"] = e["net"][1], e["net"][2]
            if e["cred"]:
                o["credential"] = e["cred"]
            if not e["ok"] and e["reason"]:
                o["failure_reason"] = e["reason"]
            if e["dev"]:
                for k, v in zip(("device_id", "user_agent", "ja4"), e["dev"]):
                    if v and not (mailapp and k != "user_agent"):
                        o[k] = v
            if e["mfa"]:
                o["mfa"] = e["mfa"]
            o["app"] = e["app"]
            end = (
                e["endpoint"]
                or (e["kind"] == "mfa" and e["app"] == "sso" and "/idp/mfa")
                or ends.get(e["app"])
            )
            if end:
                o["endpoint"] = end
            fo.write(json.dumps(o, separators=(",", ":"), ensure_ascii=False) + "\n")
            letin = e["ok"] and e["kind"] != "lookup"  # a lookup lets nobody in
            w.writerow(
                (
                    eid,
                    e["attack"],
                    e["cls"],
                    "success" if letin else "failure",
                    f"{(ms - first) / 1000:.3f}",
                    e["name"],
                )
            )
            counts[e["attack"], e["cls"]] += 1
            days[int(t // D)][e["attack"]] += 1
    print(
        f"{len(out)} events, {sum(v for k, v in counts.items() if k[0])} attacks; by day (honest, attack): {days}",
        file=sys.stderr,
    )
    for (at, c), v in sorted(counts.items()):
        print(f"  {'attack' if at else 'honest'} {c:16} {v}", file=sys.stderr)


if __name__ == "__main__":
    main()
