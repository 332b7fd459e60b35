#!/usr/bin/env python3
"""Labelled login traffic of a B2B software service with 25 customers: three working days from Tuesday 2026-03-10 06:00 CET.
Honest: offices behind one NAT, home offices, VPN exits, warehouse terminals, service accounts, field staff, contractors, an SSO outage,
a forced password change, a 600-user onboarding. Attacks (from 08:30 of day one): sprays, stuffing, brute force on
admins, lookup enumeration, infostealer takeovers, token replay, fake trials, slow guessing on service accounts.
"""

import argparse, csv, datetime, json, random

START = datetime.datetime(2026, 3, 10, 6, 0, tzinfo=datetime.timezone(datetime.timedelta(hours=1)))
H, MIN, S = 3600_000, 60_000, 1000
SPAN, FIRST_ATTACK = 72 * H, int(2.5 * H)
SIZES = [
    3000,
    1450,
    900,
    700,
    520,
    420,
    340,
    280,
    230,
    190,
    160,
    140,
    120,
    105,
    95,
    85,
    75,
    65,
    55,
    48,
    40,
    34,
    28,
    24,
    20,
]
NAMES = (
    "nordwerk helvia brightline kontora parcelo medara ferrostahl lumenis aquatec stadtgas optivo velomar granitix papermill "
    "cargonaut silvaform tessella rheinlog bluequay hartwig novacore pinefield ostara mikrolab tandem"
).split()
CTRY = "DE DE FR GB DE NL DE US PL ES DE SE US GB IN DE FR BR GB NL DE CH US DE IT".split()
REL = {"GB": -1, "US": -5, "IN": 4.5, "BR": -4}  # hours against CET in that week
SSO = (4, 5, 7, 12, 14)  # tenants with single sign-on; 4, 5, 14 share one identity provider
MFA = [
    0.25,
    0.35,
    0.2,
    0.5,
    0.9,
    0.8,
    0.3,
    0.9,
    0.2,
    0.4,
    0,
    0.6,
    0.9,
    0.3,
    0.9,
    0,
    0.2,
    0.1,
    0,
    0.5,
    0.3,
    1,
    0.2,
    0,
    0.1,
]
FIRST = (
    "anna ben carla david elena felix greta hugo ines jan katja lukas maria nils olga paul rosa stefan tina uwe vera tom laura "
    "peter sarah michael julia thomas claire louis emma james oliver sophie pierre marek agata pablo lucia sanjay priya rahul "
    "deepa joao bruna linh minh olena dmytro mehmet ayse sipho nadia omar ivan lea noah mia jonas lena finn clara max nora"
).split()
LAST = (
    "mueller schmidt weber wagner becker hoffmann koch richter klein wolf neumann schwarz braun krueger hartmann lange werner lehmann "
    "martin bernard dubois moreau laurent simon smith jones taylor brown wilson davies evans walker green hall de-vries jansen bakker "
    "kowalski nowak wisniewski garcia lopez sanchez perez romero lindberg nilsson karlsson kumar sharma patel reddy silva santos "
    "oliveira nguyen tran pham shevchenko bondar yilmaz demir nkosi dlamini rossi bianchi ferrari keller meier frei johnson miller "
    "davis clark lewis young king scott adams baker nelson carter turner parker collins morris rogers reed cook bell ward"
).split()
RES = {
    "DE": (3320, 3209, 6830),
    "FR": (3215, 12322),
    "GB": (2856, 5089),
    "NL": (1136, 33915),
    "US": (7922, 701, 20115),
    "PL": (5617,),
    "ES": (3352,),
    "SE": (3301,),
    "IN": (24560, 9829),
    "BR": (28573, 18881),
    "CH": (3303,),
    "IT": (3269,),
    "VN": (45899,),
    "ID": (7713,),
    "TR": (9121,),
    "UA": (15895,),
    "PH": (9299,),
    "ZA": (37457,),
    "MX": (8151,),
}
MOB = {
    "DE": 29562,
    "FR": 51207,
    "GB": 25135,
    "NL": 50266,
    "US": 21928,
    "PL": 12912,
    "ES": 12430,
    "SE": 44034,
    "IN": 55836,
    "BR": 26599,
    "CH": 15796,
    "IT": 30722,
}
CLOUD = [
    (16509, "DE"),
    (16509, "US"),
    (8075, "NL"),
    (8075, "US"),
    (396982, "DE"),
    (24940, "DE"),
    (16276, "FR"),
    (14061, "US"),
    (14061, "NL"),
    (9009, "CH"),
    (9009, "NL"),
    (62044, "DE"),
    (63949, "US"),
]
CH, CH2 = "t13d1516h2_8daaf6152771_02713d6af862", "t13d1516h2_8daaf6152771_d8a2da3f94cd"
FF, SAF = "t13d1717h2_5b57614c22b0_3cbfd9057e0d", "t13d2014h2_a09f3c656075_14788d8d241b"
PY, CURL, JAVA = (
    "t13d1812h1_85036bcba153_375ca2c5e164",
    "t13d3112h2_e8f1e7e78f70_b26ce05bbdd6",
    "t13d1713h1_5b57614c22b0_eca864cca44a",
)
GO, OKH, NODE = (
    "t13d1312h2_f57a46bbacb6_14788d8d241b",
    "t13d1613h2_46e7e9700bed_eca864cca44a",
    "t13d5911h1_a33745022dd6_1f22a2ca17c4",
)
BOX = "t12d1909h2_d83cc789557e_7af1ed941c26"  # a company's TLS inspecting proxy
M = "Mozilla/5.0 "
SCRIPTS = [
    ("python-requests/2.31.0", PY),
    ("python-requests/2.32.3", PY),
    ("curl/8.5.0", CURL),
    ("curl/7.88.1", CURL),
    ("Java/17.0.9", JAVA),
    ("Apache-HttpClient/4.5.14 (Java/11.0.21)", JAVA),
    ("Go-http-client/2.0", GO),
    ("axios/1.7.9", NODE),
    ("okhttp/4.12.0", OKH),
]
APPS = [
    "FieldApp/5.2.1 (Android 15) okhttp/4.12.0",
    "FieldApp/5.2.0 (Android 14) okhttp/4.12.0",
    "FieldApp/5.1.8 (Android 14) okhttp/4.12.0",
]
MAILS = ("gmail.com", "gmail.com", "outlook.com", "proton.me", "gmx.net", "yahoo.com", "mailbox.example")
OUTAGE, FORCED = (int(26.6 * H), int(27.7 * H)), 2  # day two 08:36 to 09:42


class World:
    def __init__(self, seed, users):
        self.r, self.ev, self.scale = random.Random(seed), [], users / sum(SIZES)
        self.pre, self.names, self.homes = {}, {}, []
        self.build()

    # ---- addresses, machines, names
    def prefix(self, asn, c):
        k = (asn, c)
        if k not in self.pre:
            n = len(self.pre)
            self.pre[k] = "%d.%d" % (
                (31, 46, 62, 78, 81, 84, 88, 91, 93, 109, 176, 185, 188, 213)[n % 14],
                (n // 14 * 41 + n % 14 * 29 + 17) % 250 + 2,
            )
        return self.pre[k]

    def res(self, c, city=None, asn=None):
        """A home line: (address, asn, country, city)."""
        r = self.r
        city = r.randrange(6) if city is None else city
        asn = asn or r.choice(RES[c])
        return (
            "%s.%d.%d" % (self.prefix(asn, c), city * 40 + r.randrange(30), r.randint(2, 253)),
            asn,
            c,
            city,
        )

    def mob(self, c):
        r, asn = self.r, MOB.get(c, MOB["DE"])
        c = c if c in MOB else "DE"
        if r.random() < 0.3:
            return (
                "2a02:%x:%x:%x::%x"
                % (asn % 65536, r.randrange(40), r.randrange(65536), r.randrange(1, 65536)),
                asn,
                c,
                0,
            )
        return ("%s.%d.%d" % (self.prefix(asn, c), r.randrange(3), r.randint(1, 90)), asn, c, 0)

    def cloud(self, k=None):
        r = self.r
        asn, c = k or r.choice(CLOUD)
        return ("%s.%d.%d" % (self.prefix(asn, c), r.randrange(240), r.randint(1, 254)), asn, c, 0)

    def proxy(self, c=None, known=0.08):
        """A residential proxy: mostly an ordinary home line, sometimes one where a customer's employee lives, sometimes a mobile exit."""
        r = self.r
        if r.random() < known:
            return r.choice(self.homes)
        if c is None and r.random() < 0.12:
            return self.mob(r.choice(list(MOB)))
        return self.res(c or r.choice(list(RES)))

    def dev(self):
        return "d%015x" % self.r.getrandbits(60)

    def browser(self):
        """(user agent, ja4) of a real browser."""
        r, x, v = self.r, self.r.random(), self.r.choice((143, 144, 145, 145, 145, 146))
        os = r.choice(
            ("(Windows NT 10.0; Win64; x64)",) * 4
            + ("(Macintosh; Intel Mac OS X 10_15_7)",)
            + ("(X11; Linux x86_64)",) * (r.random() < 0.3)
        )
        wk, ja = "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/%d.0.0.0 Safari/537.36" % v, (
            CH2 if v > 143 else CH
        )
        if x < 0.5:
            return M + os + " " + wk, ja
        if x < 0.78:
            return M + "(Windows NT 10.0; Win64; x64) " + wk + " Edg/%d.0.0.0" % v, ja
        if x < 0.9:
            return (
                M + "(Windows NT 10.0; Win64; x64; rv:%d.0) Gecko/20100101 Firefox/%d.0" % ((v + 2,) * 2),
                FF,
            )
        return (
            M
            + "(Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.%d Safari/605.1.15"
            % (v % 4),
            SAF,
        )

    def tool(self, kind):
        """What an attacker's client shows: (user agent, ja4, device)."""
        ua, ja = self.browser()
        if kind == "spoof":
            return ua, self.r.choice((GO, PY)), None
        if kind == "headless":
            return ua, ja, self.dev()
        if kind == "script":
            return self.r.choice(SCRIPTS) + (None,)
        if kind == "app":
            return self.r.choice(APPS), OKH, None
        return ua, ja, None  # impersonated TLS, no script run

    def person(self, ti, fresh=False):
        r, t = self.r, self.ten[ti]
        f, l = r.choice(FIRST), r.choice(LAST)
        base = {0: f + "." + l, 1: f[0] + l, 2: f + "_" + l}[t["fmt"]]
        name, n = base + "@" + t["dom"], 1
        while name in self.names:
            n += 1
            name = "%s%d@%s" % (base, n, t["dom"])
        home = self.res(
            t["c"] if r.random() < 0.93 else r.choice(list(RES)), None if r.random() < 0.3 else t["city"]
        )
        ua, ja = self.browser() if r.random() < 0.45 else t["image"]
        if t["box"]:
            ja = BOX
        u = dict(
            name=name,
            first=f,
            last=l,
            ti=ti,
            home=home,
            office=r.randrange(len(t["nat"])),
            m=(ua, ja, self.dev()),
            p2=None,
            mfa=r.random() < MFA[ti],
            sso=ti in SSO,
            admin=False,
            mode="office",
            private=r.random() < 0.03,
            fast=r.random(),
            clumsy=r.random() < 0.1,
            app=r.choice(APPS),
        )
        x = r.random()
        u["mode"] = (
            "office"
            if x < t["mix"][0]
            else "home" if x < t["mix"][1] else "vpn" if x < t["mix"][2] and t["vpn"] else "mobile"
        )
        self.names[name] = u
        self.homes.append(home)
        (t["new"] if fresh else t["users"]).append(u)
        return u

    def build(self):
        r, self.ten = self.r, []
        exits = [self.cloud(k) for k in CLOUD[9:12] for _ in range(3)]
        self.exits = exits
        for i, n in enumerate(SIZES):
            c = CTRY[i]
            t = dict(
                id=NAMES[i],
                dom=NAMES[i] + r.choice((".com", ".example", ".%s" % c.lower())),
                c=c,
                rel=REL.get(c, 0),
                fmt=r.choice((0, 0, 0, 1, 2)),
                users=[],
                new=[],
                svc=[],
                city=r.randrange(6),
                image=self.browser(),
                box=i in (2, 9, 16),
                wh=[],
                mix=r.choice(((0.55, 0.85, 0.95), (0.4, 0.75, 0.9), (0.75, 0.92, 0.95), (0.2, 0.8, 0.95))),
                vpn=[r.choice(exits) for _ in range(2)] if i % 2 == 0 else [],
            )
            t["nat"] = [
                self.res(c, t["city"] if k == 0 else None) for k in range(1 + (n > 150) + 2 * (n > 1000))
            ]
            self.ten.append(t)
            for _ in range(max(8, int(n * self.scale))):
                self.person(i)
            for u in t["users"][: 2 + n // 300]:
                u["admin"], u["mfa"] = True, r.random() < 0.6
            for k in range(2 + (n > 60) + (n > 200) * 2 + (n > 800) * 4):
                nm = "svc-%s%s@%s" % (
                    r.choice(("erp", "bi", "export", "sync", "hr", "backup", "crm", "edi")),
                    k or "",
                    t["dom"],
                )
                place = r.choice(CLOUD[:9] + CLOUD[12:])
                t["svc"].append(
                    dict(
                        name=nm,
                        ti=i,
                        tool=r.choice(SCRIPTS),
                        place=place,
                        ip=t["nat"][0] if r.random() < 0.25 else self.cloud(place),
                        rotate=r.random() < 0.15,
                        every=r.choice((5, 10, 15, 15, 20, 20, 30, 60)),
                        kind=r.choice(("token", "token", "login")),
                    )
                )
                self.names[nm] = t["svc"][-1]
        self.svc = [s for t in self.ten for s in t["svc"]]
        self.people = [u for t in self.ten for u in t["users"]]
        for ti in (1, 7, 11):  # warehouses: shared terminals
            t = self.ten[ti]
            t["terms"] = [
                (t["image"][0], t["image"][1], self.dev()) for _ in range(max(3, len(t["users"]) // 40))
            ]
            for u in t["users"][-len(t["users"]) // 5 :]:
                u["mode"], u["mfa"], u["sso"] = "warehouse", False, False

    def put(
        self,
        t,
        cls,
        who,
        ip,
        mach,
        ok=True,
        why=None,
        kind="login",
        ti=None,
        attack=0,
        mfa=None,
        app="web",
        ep=None,
        cred=None,
    ):
        t = int(t)
        if not 0 <= t < SPAN or attack and t < FIRST_ATTACK:
            return
        e = {"event_id": "", "time": "", "outcome": "success" if ok else "failure", "ip": ip[0], "kind": kind}
        cred = cred or (
            "valid"
            if why in ("bad_mfa", "expired")
            else "unknown" if why == "other" and kind == "login" else None
        )
        if not ok:
            if cred:
                e["credential"] = cred
            e["failure_reason"] = why or "bad_password"
        e["username"] = who
        if self.r.random() > 0.01:
            e["asn"], e["country"] = ip[1], ip[2]
        if mach[2]:
            e["device_id"] = mach[2]
        e["user_agent"], e["ja4"] = mach[0], mach[1]
        if mfa:
            e["mfa"] = mfa
        e["tenant"] = self.ten[ti]["id"] if ti is not None else "trial"
        e["app"] = app
        e["endpoint"] = (
            ep
            or {
                "login": (
                    "/api/v2/auth" if app == "api" else "/mobile/v3/login" if app == "mobile" else "/login"
                ),
                "lookup": "/login/identify",
                "token": "/oauth/token",
                "signup": "/signup",
                "password_reset": "/password/reset",
                "mfa": "/login/mfa",
            }[kind]
        )
        self.ev.append((t, len(self.ev), e, attack, cls))

    # ---- honest people
    def sign_in(self, u, t, cls, ip, mach, app="web", slip=None):
        """A person's whole way in, slips and all; gives the time of the success."""
        r, ti = self.r, u["ti"]
        if u["private"] and cls in ("home", "office"):
            mach = mach[:2] + (None if r.random() < 0.5 else self.dev(),)
        if u["sso"] and OUTAGE[0] < t < OUTAGE[1] and ti in (4, 5, 14):
            while t < OUTAGE[1] and r.random() < 0.85:
                self.put(
                    t, "sso_outage", u["name"], ip, mach, False, "other", ti=ti, app=app, ep="/sso/callback"
                )
                t += r.expovariate(1 / (4 * MIN)) + 9 * S
            t, cls = OUTAGE[1] + r.expovariate(1 / (6 * MIN)), "sso_outage"
        if app == "web" and not u["sso"] and r.random() < 0.22:
            if r.random() < 0.04:
                self.put(
                    t - 9 * S, "typo", self.mistype(u["name"]), ip, mach, False, "unknown_user", "lookup", ti
                )
            self.put(t - 4 * S, cls, u["name"], ip, mach, kind="lookup", ti=ti)
        if not u["sso"]:
            n, x = 0, r.random()
            if x < (slip if slip is not None else 0.18 if u["clumsy"] else 0.05):
                n = (
                    1
                    + (r.random() < 0.3)
                    + (r.random() < 0.15) * r.randint(1, 5)
                    + (r.random() < 0.04) * r.randint(4, 9)
                )
            for _ in range(n):
                nm = self.mistype(u["name"]) if r.random() < 0.08 else u["name"]
                self.put(
                    t,
                    "typo",
                    nm,
                    ip,
                    mach,
                    False,
                    "bad_password" if nm in self.names else "unknown_user",
                    ti=ti,
                    app=app,
                )
                t += r.uniform(4, 40) * S
            if n > 3 or r.random() < 0.006:
                for k in range(1 + (r.random() < 0.3)):
                    self.put(t, "forgot", u["name"], ip, mach, kind="password_reset", ti=ti, app=app)
                    t += r.uniform(60, 300) * S
        elif r.random() < 0.01:
            self.put(
                t, "typo", u["name"], ip, mach, False, "other", ti=ti, app=app
            )  # the password form does not serve SSO users
            t += 20 * S
        ep = "/sso/callback" if u["sso"] else None
        while u["mfa"] and r.random() < 0.025:
            self.put(
                t,
                "typo",
                u["name"],
                ip,
                mach,
                False,
                "bad_mfa",
                ti=ti,
                app=app,
                mfa=r.choice(("failed", "failed", "none")),
                ep=ep,
            )
            t += r.uniform(15, 60) * S
        self.put(t, cls, u["name"], ip, mach, ti=ti, app=app, mfa="passed" if u["mfa"] else None, ep=ep)
        if u["admin"] and r.random() < 0.5:  # step-up for the admin console
            bad = r.random() < 0.05
            self.put(
                t + r.uniform(60, 3000) * S,
                cls,
                u["name"],
                ip,
                mach,
                not bad,
                "bad_mfa" if bad else None,
                "mfa",
                ti,
                mfa="failed" if bad else "passed",
            )
        return t

    def mistype(self, name):
        r, (a, d) = self.r, name.split("@")
        k = r.randrange(len(a) - 1)
        return (
            r.choice((a[:k] + a[k + 1 :], a[:k] + a[k + 1] + a[k] + a[k + 2 :], a[:k] + a[k] + a[k:]))
            + "@"
            + d
        )

    def day(self, t, d, h):
        return (d * 24 + h - 6 - t["rel"]) * H

    def humans(self):
        r = self.r
        for d in range(-1, 4):
            for t in self.ten:
                for u in t["users"] + (t["new"] if d == 2 else []):
                    if r.random() > 0.86:
                        continue
                    mode = u["mode"]
                    if mode == "warehouse":
                        shift = (6, 14, 22)[int(u["fast"] * 2.4)]
                        for k in range(r.randint(2, 5)):
                            at = self.day(t, d, shift + k * 1.7) + r.gauss(0, 14) * MIN
                            self.sign_in(
                                u, at, "warehouse", t["nat"][-1], r.choice(t["terms"]), "terminal", slip=0.12
                            )
                        continue
                    if mode == "mobile":
                        mach, ip = (u["app"], OKH, None), self.mob(t["c"])
                        at = self.day(t, d, 6.5 + 3 * u["fast"]) + r.gauss(0, 20) * MIN
                        if r.random() < 0.5:
                            self.sign_in(u, at, "mobile", ip, mach, "mobile")
                        while r.random() < 0.7:
                            at += r.uniform(1.2, 4) * H
                            bad = r.random() < 0.03
                            self.put(
                                at,
                                "mobile",
                                u["name"],
                                self.mob(t["c"]),
                                mach,
                                not bad,
                                "expired" if bad else None,
                                "token",
                                u["ti"],
                                app="mobile",
                            )
                            if bad:
                                self.sign_in(u, at + 30 * S, "mobile", ip, mach, "mobile")
                        continue
                    if mode == "office" and r.random() < 0.15:
                        mode = "home"
                    at = self.day(t, d, 9) + (r.gauss(0, 14) if mode == "office" else r.gauss(-10, 55)) * MIN
                    ip = (
                        t["nat"][u["office"]]
                        if mode == "office"
                        else r.choice(t["vpn"]) if mode == "vpn" else u["home"]
                    )
                    if mode == "home" and r.random() < 0.1:
                        u["home"] = ip = self.res(ip[2], ip[3], ip[1])  # a new lease
                    if r.random() < 0.012:  # on the road, on the hotel's net
                        ip, mode = self.res(r.choice(list(RES))), "traveller"
                    mach = u["m"]
                    if r.random() < 0.02:
                        mach = u["m"] = self.browser() + (self.dev(),)  # new laptop or cleared cookies
                    if u["ti"] == FORCED and d == 1:
                        self.forced(u, at, ip, mach)
                        continue
                    self.sign_in(u, at, mode, ip, mach, slip=0.3 if u["ti"] == FORCED and d > 1 else None)
                    for p, h in (
                        (0.3, 13.2),
                        (0.1, 16),
                        (0.05, 20.5),
                    ):  # again after lunch, late, in the evening
                        if r.random() < p:
                            self.sign_in(
                                u,
                                self.day(t, d, h) + r.gauss(0, 35) * MIN,
                                mode if h < 20 else "home",
                                ip if h < 20 else u["home"],
                                mach,
                            )

    def forced(self, u, at, ip, mach):
        """The whole company must change its passwords this morning; telephones keep the old one for hours."""
        r, ti = self.r, u["ti"]
        for _ in range(r.choice((1, 1, 2))):
            self.put(at, "forced_change", u["name"], ip, mach, False, "expired", ti=ti)
            at += r.uniform(8, 50) * S
        self.put(at, "forced_change", u["name"], ip, mach, r.random() < 0.9, "other", "password_reset", ti)
        at = self.sign_in(u, at + r.uniform(30, 200) * S, "forced_change", ip, mach, slip=0.25)
        if r.random() < 0.16:
            end, at = at + r.uniform(1, 9) * H, at + 5 * MIN
            while at < end:
                self.put(
                    at,
                    "stale_client",
                    u["name"],
                    u["home"] if r.random() < 0.3 else self.mob(self.ten[ti]["c"]),
                    (u["app"], OKH, None),
                    False,
                    ti=ti,
                    app="mobile",
                )
                at += (
                    r.uniform(12, 40) * MIN
                    if r.random() < 0.8 or u["clumsy"] is False
                    else r.uniform(20, 70) * S
                )

    def onboarding(self):
        r, t, n = self.r, self.ten[3], int(600 * self.scale)
        for k in range(n):
            u = self.person(3, True)
            at = self.day(t, 1, r.triangular(7.9, 11.8, 9.1))
            ip = t["nat"][0] if r.random() < 0.6 else u["home"]
            if r.random() < 0.07:
                self.put(
                    at - 70 * S,
                    "onboarding",
                    u["name"],
                    ip,
                    u["m"],
                    False,
                    "expired",
                    "signup",
                    3,
                    ep="/invite/accept",
                    cred="unknown",
                )
            self.put(at, "onboarding", u["name"], ip, u["m"], kind="signup", ti=3, ep="/invite/accept")
            self.sign_in(u, at + r.uniform(20, 120) * S, "onboarding", ip, u["m"], slip=0.2)

    def machines(self):
        r = self.r
        stale = dict((s["name"], r.uniform(-5, 50) * H) for s in r.sample(self.svc, 10))
        for s in self.svc:
            at, wait = r.uniform(0, s["every"]) * MIN, s["every"] * MIN * 1.35
            until = stale.get(s["name"])
            s["stop"] = until + r.uniform(4, 20) * H if until is not None else None
            while at < SPAN:
                bad, odd = until is not None and until < at < s["stop"], r.random() < 0.006
                ip = self.cloud(s["place"]) if s["rotate"] else s["ip"]
                self.put(
                    at,
                    "stale_client" if bad else "service",
                    s["name"],
                    ip,
                    s["tool"] + (None,),
                    not (bad or odd),
                    (
                        "bad_password"
                        if bad
                        else r.choice(("other", "expired" if s["kind"] == "token" else "other"))
                    ),
                    s["kind"],
                    s["ti"],
                    app="api",
                )
                at += wait * r.uniform(0.97, 1.06) if not bad else wait * r.uniform(0.5, 1.1)
        for k in range(14):  # accounts that were deleted: their scripts and telephones go on
            ti = r.randrange(25)
            gone, at, api = self.leaver(ti), r.uniform(0, 5) * H, k < 6
            if api:
                gone = "svc-%s-old@%s" % (r.choice(("erp", "bi", "crm", "hr")), self.ten[ti]["dom"])
            place, mach = r.choice(CLOUD[:9]), (r.choice(SCRIPTS) if api else (r.choice(APPS), OKH)) + (None,)
            ip = self.cloud(place)
            while at < SPAN:
                self.put(
                    at,
                    "stale_client",
                    gone,
                    (self.cloud(place) if k < 2 else ip) if api else self.mob(self.ten[ti]["c"]),
                    mach,
                    False,
                    "unknown_user",
                    ti=ti,
                    app="api" if api else "mobile",
                )
                at += r.uniform(20, 60) * MIN
        spots = [
            self.cloud(CLOUD[k]) for k in (0, 3, 8)
        ]  # synthetic checks and robots that drive the web form
        for k, ip in enumerate(spots):
            at = k * 40 * S
            while at < SPAN:
                self.put(
                    at,
                    "monitor",
                    "synthetic-%d@%s" % (k, self.ten[4]["dom"]),
                    ip,
                    SCRIPTS[2 + 4 * (k == 1)] + (None,),
                    r.random() > 0.004,
                    "other",
                    ti=4,
                    app="web",
                )
                at += 5 * MIN
        for k in range(14):
            ti, (ua, _) = r.randrange(25), self.browser()
            ua = (
                M
                + "(X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/%d.0.0.0 Safari/537.36"
                % (143 + k // 2 % 4)
                if k < 8
                else ua
            )
            ip, at = self.cloud() if k % 2 else self.ten[ti]["nat"][0], r.uniform(0, 60) * MIN
            nm = "rpa%02d@%s" % (k, self.ten[ti]["dom"])
            while at < SPAN:
                self.put(
                    at, "rpa", nm, ip, (ua, (PY, GO)[k % 2], None), r.random() > 0.02, "bad_password", ti=ti
                )
                at += r.uniform(30, 60) * MIN
        for ti, rate, at in (
            (0, 0.95, 3.2),
            (1, 0.9, 28),
            (6, 0.8, 51),
            (8, 0.55, 30.5),
        ):  # directory sync and an invitation tool
            ip, t = self.cloud(), self.ten[ti]
            for k in range(min(320, len(t["users"]))):
                nm = (
                    t["users"][k]["name"]
                    if r.random() < rate
                    else r.choice(FIRST) + "." + r.choice(LAST) + "@" + t["dom"]
                )
                self.put(
                    at * H + k * 1900,
                    "dirsync",
                    nm,
                    ip,
                    SCRIPTS[ti % 9] + (None,),
                    nm in self.names,
                    "unknown_user",
                    "lookup",
                    ti,
                    app="api",
                    ep="/api/v2/users/exists",
                )

    def outsiders(self):
        r = self.r
        for k in range(45):  # contractors: one machine, several tenants
            c = r.choice(("IN", "UA", "PH", "VN", "DE", "TR", "ZA", "MX", "ID", "GB"))
            ip, m, f, l = self.res(c), self.browser() + (self.dev(),), r.choice(FIRST), r.choice(LAST)
            for ti in r.sample(range(25), r.randint(2, 6)):
                nm = (
                    "%s.%s@%s" % (f, l, "freelance-%d.example" % k)
                    if k % 2
                    else "ext.%s.%s@%s" % (f, l, self.ten[ti]["dom"])
                )
                u = dict(
                    name=nm,
                    ti=ti,
                    sso=False,
                    mfa=r.random() < 0.3,
                    admin=False,
                    private=False,
                    clumsy=k % 3 == 0,
                )
                self.names.setdefault(nm, u)
                for d in range(3):
                    for _ in range(r.choice((0, 1, 1, 2, 4))):
                        self.sign_in(
                            u,
                            (d * 24 + r.uniform(1, 14)) * H,
                            "contractor",
                            ip if r.random() < 0.9 else r.choice(self.exits),
                            m,
                        )
        hall = self.res("DE")
        for k in range(int(560 * self.scale)):  # honest trials; a trade fair's visitors on one net
            fair = k % 4 == 0
            at = r.uniform(30, 33.5) * H if fair else (r.randrange(3) * 24 + r.triangular(0, 20, 6)) * H
            f, l, x = r.choice(FIRST), r.choice(LAST), r.random()
            dom = (
                r.choice(MAILS)
                if x < 0.4
                else l + "-" + r.choice(("gmbh", "group", "ltd", "consult")) + r.choice((".com", ".example"))
            )
            nm, ip, m = (
                f
                + r.choice((".", "", "_"))
                + l
                + (str(r.randint(1, 99)) if r.random() < 0.3 else "")
                + "@"
                + dom,
                hall if fair else self.proxy(),
                self.browser() + (self.dev(),),
            )
            if r.random() < 0.08:
                self.put(at - 30 * S, "trial", nm, ip, m, False, "other", "signup")
            self.put(at, "trial", nm, ip, m, kind="signup")
            if r.random() < 0.8:
                self.put(at + r.uniform(30, 900) * S, "trial", nm, ip, m)

    def guess(self, t, cls, u, ip, mach, right, app="web"):
        """An attack's try on a real user: what the service answers, and the thief's return when it let him in."""
        r, ti = self.r, u["ti"]
        if u.get("sso") and app != "api":
            return self.put(t, cls, u["name"], ip, mach, False, "other", ti=ti, attack=1, app=app)
        if not right:
            return self.put(t, cls, u["name"], ip, mach, False, ti=ti, attack=1, app=app)
        if u.get("mfa"):
            self.put(
                t,
                cls,
                u["name"],
                ip,
                mach,
                False,
                "bad_mfa",
                ti=ti,
                attack=1,
                app=app,
                mfa=r.choice(("none", "failed")),
            )
            if r.random() < 0.4:  # push after push until the victim gives in, or not
                for k in range(r.randint(2, 6)):
                    t += r.uniform(20, 200) * S
                    self.put(t, cls, u["name"], ip, mach, False, "bad_mfa", "mfa", ti, 1, "failed", app)
                if r.random() < 0.25:
                    self.put(t + 40 * S, cls, u["name"], ip, mach, True, None, "mfa", ti, 1, "passed", app)
            return
        self.put(t, cls, u["name"], ip, mach, ti=ti, attack=1, app=app)
        for _ in range(r.choice((0, 0, 1, 2))):
            t += r.uniform(0.3, 9) * H
            self.put(
                t,
                "takeover_return",
                u["name"],
                self.proxy(u["home"][2] if "home" in u else None),
                self.browser() + (self.dev(),),
                ti=ti,
                attack=1,
            )

    def leaver(self, ti):
        """A name of a staff list that no longer works there."""
        while True:
            nm = self.r.choice(FIRST) + "." + self.r.choice(LAST) + "@" + self.ten[ti]["dom"]
            if nm not in self.names:
                return nm

    def spray(self, ti, a, b, pool, mk, cls, kinds, churn, weak, gone):
        r, us = self.r, list(self.ten[ti]["users"])
        us += [None] * int(len(us) * gone)
        r.shuffle(us)
        pool = [(mk(), self.tool(r.choice(kinds))) for _ in range(pool)]
        step, used = (b - a) * H / len(us), {}
        for k, u in enumerate(us):
            j = k % len(pool)
            if r.random() < churn:
                pool[j] = (mk(), self.tool(r.choice(kinds)))
            t = a * H + (k + r.uniform(0, 0.9) * (k > 0)) * step
            while cls == "spray_resi" and len([x for x in used.get(pool[j][0][0], []) if t - x < H]) >= 9:
                pool[j] = (mk(), self.tool(r.choice(kinds)))  # an address is never used ten times an hour
            ip, mach = pool[j]
            used.setdefault(ip[0], []).append(t)
            if u is None:
                self.put(t, cls, self.leaver(ti), ip, mach, False, "unknown_user", ti=ti, attack=1)
            else:
                self.guess(t, cls, u, ip, mach, r.random() < weak)

    def attacks(self):
        r, sc = self.r, self.scale
        here = lambda: self.proxy(r.choice(("DE", "DE", "DE", "NL", "FR")))
        self.spray(
            1, 2.5, 4.2, 24, lambda: self.cloud(CLOUD[8]), "spray_cloud", ("spoof", "plain"), 0, 0.003, 0.1
        )
        self.spray(
            1, 6.5, 9, 24, lambda: self.cloud(CLOUD[8]), "spray_cloud", ("spoof", "plain"), 0, 0.003, 0.1
        )
        self.spray(
            0, 8, 14.5, 70, self.proxy, "spray_resi", ("plain", "spoof"), 0.05, 0.003, 0.06
        )  # about 7 an hour an address
        self.spray(
            0, 17, 29, 130, self.proxy, "spray_resi", ("plain", "headless"), 0.05, 0.003, 0.06
        )  # 2 an hour
        self.spray(
            0, 49.5, 61, 420, here, "spray_resi", ("headless", "plain"), 0.03, 0.003, 0.06
        )  # under one an hour, the customer's own country
        pool = [
            (
                self.cloud()
                if r.random() < 0.25
                else r.choice(self.exits) if r.random() < 0.03 else self.proxy()
            )
            for _ in range(900)
        ]
        pool = [(ip, r.choice(("plain", "headless", "spoof", "app"))) for ip in pool]
        machs = [self.tool(k) for _, k in pool]
        weights = [len(t["users"]) ** 0.7 for t in self.ten]
        for a, b, n in (
            (4, 12, 1500),
            (18, 26, 2700),
            (26, 42, 5400),
            (46, 60, 4900),
            (62, 71, 1400),
        ):  # breached pairs, all tenants
            for k in range(int(n * sc)):
                t, j, ti = (
                    r.uniform(a, b) * H,
                    min(r.randrange(900), r.randrange(900)),
                    r.choices(range(25), weights)[0],
                )
                app = "mobile" if pool[j][1] == "app" else "web"
                if r.random() < 0.5:
                    self.put(
                        t,
                        "stuffing",
                        self.leaver(ti),
                        pool[j][0],
                        machs[j],
                        False,
                        "unknown_user",
                        ti=ti,
                        attack=1,
                        app=app,
                    )
                else:
                    self.guess(
                        t,
                        "stuffing",
                        r.choice(self.ten[ti]["users"]),
                        pool[j][0],
                        machs[j],
                        r.random() < 0.012,
                        app,
                    )
        admins = [u for u in self.people if u["admin"] and not u["sso"]]
        for k, u in enumerate(r.sample(admins, min(12, len(admins)))):  # brute force: fast, middling, slow
            gap, ips, n = ((4, 1, 160), (55, 5, 240), (380, 22, 230))[k % 3]
            t, src = r.uniform(3.5, 40) * H, [
                (self.cloud() if k % 3 < 2 and r.random() < 0.6 else self.proxy()) for _ in range(ips)
            ]
            mach, hit = [self.tool(("script", "spoof", "headless")[k % 3]) for _ in src], (
                r.randrange(n) if k in (2, 5, 7) else -1
            )
            for i in range(n):
                j = r.randrange(ips)
                self.guess(t, "brute_admin", u, src[j], mach[j], i == hit)
                t += gap * r.uniform(0.6, 1.5) * S
                if i == hit:
                    break
        for a, b, n, size, mk, kind in (
            (4, 9.5, 2400, 10, lambda: self.cloud(CLOUD[5]), "script"),
            (28, 44, 2600, 260, self.proxy, "plain"),
            (52, 66, 1200, 500, self.proxy, "headless"),
        ):
            src = [(mk(), self.tool(kind)) for _ in range(size)]
            tis = r.sample(range(25), 7)
            for k in range(int(n * sc)):
                ti = tis[k * 7 // max(1, int(n * sc))]
                x, (ip, mach) = r.random(), r.choice(src)
                nm = (
                    r.choice(self.ten[ti]["users"])["name"]
                    if x < 0.14
                    else r.choice(FIRST) + "." + r.choice(LAST) + "@" + self.ten[ti]["dom"]
                )
                self.put(
                    (a + (b - a) * (k + r.random()) / (n * sc)) * H,
                    "enumeration",
                    nm,
                    ip,
                    mach,
                    nm in self.names,
                    "unknown_user",
                    "lookup",
                    ti,
                    1,
                )
        for u in r.sample(
            [u for u in self.people if not u["sso"] and u["mode"] != "warehouse"], int(150 * sc) + 10
        ):  # infostealer logs
            h, t = u["home"], r.uniform(3.2, 71) * H
            ip = self.res(h[2], h[3], h[1]) if r.random() < 0.75 else self.proxy(h[2])
            mach = (u["m"][:2] if r.random() < 0.6 and u["m"][1] != BOX else self.browser()) + (
                self.dev() if r.random() < 0.85 else None,
            )
            if r.random() < 0.25:
                self.put(
                    t - 25 * S, "infostealer", u["name"], ip, mach, False, ti=u["ti"], attack=1
                )  # the older of two stored passwords
            self.guess(t, "infostealer", u, ip, mach, True)
        field = [u for u in self.people if u["mode"] == "mobile"]
        for k in range(26):  # stolen API keys and refresh tokens
            s = r.choice(self.svc) if k < 16 else r.choice(field)
            t, end = r.uniform(4, 55) * H, r.uniform(2, 14)
            end, revoked = t + end * H, t + end * H * r.uniform(0.5, 1.6)
            ip = (
                self.cloud(s["place"])
                if k < 7
                else self.cloud() if k < 12 else self.proxy(self.ten[s["ti"]]["c"])
            )
            mach = (
                (s["tool"] if r.random() < 0.75 else r.choice(SCRIPTS)) + (None,)
                if k < 16
                else (s["app"], OKH, None)
            )
            while t < end:
                bad = t > revoked
                self.put(
                    t,
                    "token_replay",
                    s["name"],
                    ip,
                    mach,
                    not bad,
                    r.choice(("expired", "other")) if bad else None,
                    "token",
                    s["ti"],
                    1,
                    app="api" if k < 16 else "mobile",
                )
                t += r.uniform(4, 24) * MIN * (1 if k < 16 else 3)
                if k % 4 == 3 and r.random() < 0.1:
                    ip = self.proxy(self.ten[s["ti"]]["c"])
        for a, b, n in ((5, 13, 700), (25.5, 36, 900), (48, 70, 700)):  # fake trials
            src = [
                (
                    self.cloud() if r.random() < 0.2 else self.proxy(),
                    self.tool(r.choice(("headless", "headless", "plain"))),
                )
                for _ in range(170)
            ]
            for k in range(int(n * sc)):
                f, l, (ip, mach) = r.choice(FIRST), r.choice(LAST), r.choice(src)
                dom = (
                    r.choice(MAILS)
                    if r.random() < 0.7
                    else r.choice(LAST[:20]) + "-" + r.choice(("group", "ltd", "consult")) + ".com"
                )
                nm, t = (
                    f
                    + r.choice((".", "", "_"))
                    + l
                    + (str(r.randint(1, 999)) if r.random() < 0.6 else "")
                    + "@"
                    + dom,
                    r.uniform(a, b) * H,
                )
                ok = r.random() > 0.14
                self.put(t, "fake_signup", nm, ip, mach, ok, None if ok else "other", "signup", attack=1)
                if ok and r.random() < 0.35:
                    self.put(t + r.uniform(5, 400) * S, "fake_signup", nm, ip, mach, attack=1)
        src = [(self.cloud(r.choice(CLOUD[:9])), r.choice(SCRIPTS[:6]) + (None,)) for _ in range(420)]
        n = int(5200 * sc)
        for k in range(n):  # slow guessing on service accounts with the scripts' own tools
            ip, mach = r.choice(src)
            s, t = r.choice(self.svc), r.uniform(5, 71.5) * H
            if r.random() < 0.2:
                nm = "svc-%s%s@%s" % (
                    r.choice(("erp", "bi", "export", "sync", "hr", "api", "report")),
                    r.choice(("", 1, 2, 3)),
                    self.ten[s["ti"]]["dom"],
                )
                if nm not in self.names:
                    self.put(
                        t,
                        "slow_service",
                        nm,
                        ip,
                        mach,
                        False,
                        "unknown_user",
                        ti=s["ti"],
                        attack=1,
                        app="api",
                    )
                    continue
            if r.random() < 0.6:
                mach = s["tool"] + (None,)
            good = k in (n // 3, n // 2, n * 4 // 5)
            self.put(
                t,
                "slow_service",
                s["name"],
                ip,
                mach,
                good,
                None if good else "bad_password",
                s["kind"] if r.random() < 0.8 else "login",
                s["ti"],
                1,
                app="api",
            )

    def lockouts(self):
        """Eight wrong passwords within 15 minutes lock a person for 15 minutes: the thief, and the owner too."""
        bad, until = {}, {}
        for t, _, e, _, cls in self.ev:
            n = e["username"]
            if (
                e["kind"] != "login"
                or n not in self.names
                or "tool" in self.names[n]
                or e["endpoint"] == "/sso/callback"
            ):
                continue
            if until.get(n, -1) > t:
                right = e["outcome"] == "success" or e.get("credential") == "valid"
                e["outcome"], e["failure_reason"], e["credential"] = (
                    "failure",
                    "locked",
                    "valid" if right else "unknown",
                )
                e.pop("mfa", None)
            elif e["outcome"] == "success":
                bad[n] = []
            elif e["failure_reason"] == "bad_password":
                bad[n] = [x for x in bad.get(n, []) if t - x < 15 * MIN] + [t]
                if len(bad[n]) >= 8:
                    until[n], bad[n] = t + 15 * MIN, []


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("--seed", type=int, default=1)
    for opt, name in (("--out", "saas.ndjson"), ("--labels", "saas.csv")):
        ap.add_argument(opt, default=name)
    ap.add_argument("--users", type=int, default=sum(SIZES))
    o = ap.parse_args()
    w = World(o.seed, o.users)
    for part in (w.onboarding, w.humans, w.machines, w.outsiders, w.attacks):
        part()
    w.ev.sort(key=lambda x: x[:2])
    w.lockouts()
    ids, first = random.Random(o.seed + 1_000_003), w.ev[0][0]
    with open(o.out, "w") as f, open(o.labels, "w", newline="") as g:
        lab = csv.writer(g, lineterminator="\n")
        lab.writerow(["event_id", "attack", "class", "outcome", "time", "username"])
        for t, _, e, attack, cls in w.ev:
            e["event_id"] = "%032x" % ids.getrandbits(128)
            e["time"] = (START + datetime.timedelta(milliseconds=t)).isoformat(timespec="milliseconds")
            f.write(json.dumps(e, separators=(",", ":")) + "\n")
            let_in = e["outcome"] == "success" and e["kind"] not in ("lookup", "password_reset")
            lab.writerow(
                [
                    e["event_id"],
                    attack,
                    cls,
                    "success" if let_in else "failure",
                    "%.3f" % ((t - first) / 1000),
                    e["username"],
                ]
            )


if __name__ == "__main__":
    main()
