#!/usr/bin/env python3
"""Labelled login traffic of a video-streaming and gaming service ("StreamNest"), Thursday and Friday 12-13 March 2026.

Honest: households with TVs, consoles, phones, browsers; password sharing; CGNAT and mobile IPv6; VPN users; hotels, cafes, gaming
cafes; a scare-mail reset wave (day 1, 15 h); a premiere with an outage in the middle (day 2, 20 h); trials; monitors.
Attacks from the sixth hour on.  In the labels an attack row is `success` only if it entered a person's account.
"""

import argparse, bisect, csv, datetime, hashlib, hmac, json, random

T0 = datetime.datetime(2026, 3, 12, tzinfo=datetime.timezone.utc)
H, END = 3600.0, 48 * 3600.0
PREMIERE, OUT_A, OUT_B = 44 * H, 44.42 * H, 44.71 * H
SCARE = 15 * H
# country: weight, UTC offset, fixed ASNs, mobile ASNs, share of homes behind CGNAT, share of IPv6, weight among residential proxies
LANDS = {
    "US": (22, -6, (7922, 701, 7018), (21928, 6167), 0.03, 0.5, 12),
    "GB": (9, 0, (2856, 5607), (12576, 206067), 0.05, 0.4, 4),
    "DE": (8, 1, (3320, 3209), (6805,), 0.1, 0.6, 3),
    "FR": (6, 1, (3215, 12322), (15557,), 0.1, 0.6, 3),
    "BR": (10, -3, (28573, 27699), (26599, 26615), 0.45, 0.5, 14),
    "IN": (9, 5.5, (9829, 24560), (55836, 45609), 0.6, 0.65, 10),
    "JP": (5, 9, (17676, 4713), (9605, 2516), 0.3, 0.5, 1),
    "KR": (3, 9, (4766, 9318), (9644,), 0.05, 0.1, 1),
    "MX": (5, -6, (8151, 28548), (28403,), 0.3, 0.3, 5),
    "ES": (4, 1, (3352, 12479), (12430,), 0.2, 0.1, 3),
    "IT": (4, 1, (3269, 12874), (16232,), 0.1, 0.1, 3),
    "PL": (3, 1, (5617, 12741), (8374,), 0.2, 0.2, 2),
    "TR": (3, 3, (47331, 34984), (16135,), 0.5, 0.1, 6),
    "ID": (3, 7, (7713, 17451), (23693,), 0.6, 0.1, 9),
    "CA": (4, -5, (812, 577), (20453,), 0.02, 0.4, 2),
    "AU": (3, 10, (1221, 4804), (133612,), 0.05, 0.4, 1),
    "NL": (2, 1, (1136, 33915), (31615,), 0.02, 0.4, 1),
    "AR": (2, -3, (7303, 22927), (11664,), 0.3, 0.1, 4),
    "PH": (2, 8, (9299, 4775), (132199,), 0.6, 0.1, 7),
    "EG": (1, 2, (8452, 24863), (36992,), 0.5, 0.02, 4),
    "VN": (1, 7, (45899, 7552), (131429,), 0.4, 0.4, 9),
    "NG": (1, 1, (37148,), (29465,), 0.7, 0.02, 3),
}
HOSTS = (
    ("NL", 9009),
    ("GB", 9009),
    ("US", 212238),
    ("JP", 212238),
    ("DE", 24940),
    ("FR", 16276),
    ("US", 14061),
    ("SG", 14061),
    ("US", 16509),
    ("DE", 51167),
    ("US", 6939),
    ("NL", 60068),
    ("RU", 49505),
    ("US", 62904),
)
HOURS = (6, 4, 3, 2, 2, 2, 3, 4, 5, 5, 6, 6, 7, 7, 7, 8, 9, 11, 14, 17, 18, 17, 14, 9)
FIRST = (
    "anna maria john lucas emma leo sofia david mehmet ayse raj priya juan carlos pedro julia kenji yuki minho jisoo oliver "
    "jack lena paul tom laura marta nina igor ana luis diego amir sara omar fatma budi dewi linh nam chloe hugo noah mia ben"
).split()
LAST = (
    "smith jones silva santos mueller schmidt garcia lopez rossi bianchi kowalski nowak yilmaz kaya sharma patel tanaka sato kim "
    "lee martin dubois jansen visser brown taylor nguyen tran reyes cruz hassan okafor putri wijaya moore clark hill wood"
).split()
MAIL = ("gmail.com",) * 9 + (
    "hotmail.com",
    "outlook.com",
    "yahoo.com",
    "yahoo.com",
    "icloud.com",
    "gmx.de",
    "web.de",
    "orange.fr",
    "uol.com.br",
    "naver.com",
    "mail.com",
    "proton.me",
    "libero.it",
    "wp.pl",
)
COMMON = (
    "123456 password 12345678 qwerty123 123456789 iloveyou netflix1 stream123 dragon football princess minecraft fortnite1 "
    "pokemon1 sunshine abc123 letmein monkey1 superman batman1 naruto123 galatasaray flamengo1 liverpool1 charlie1 hello123"
).split()
WORDS = (
    "tiger summer winter coffee pizza guitar soccer river mountain flower cookie banana shadow silver golden rocket pepper "
    "ginger luna bella rocky max coco simba lucky buddy daisy happy magic star moon"
).split()
JA = {
    "chrome": (
        "t13d1516h2_8daaf6152771_02713d6af862",
        "t13d1516h2_8daaf6152771_d8a2da3f94cd",
        "t13d1517h2_8daaf6152771_b0da82dd1658",
    ),
    "firefox": ("t13d1715h2_5b57614c22b0_3d5424432f57", "t13d1717h2_5b57614c22b0_3cbfd9057e0d"),
    "safari": ("t13d2014h2_a09f3c656075_14788d8d241b", "t13d2013h2_a09f3c656075_7f0f34a4126d"),
    "okhttp": ("t13d1314h2_f57a46bbacb6_14788d8d241b", "t13d1212h2_f57a46bbacb6_e7c285222651"),
    "ios": ("t13d2014h2_a09f3c656075_e42f34c56612",),
    "tizen": ("t12d1910h1_b1aa5d3d1a27_8e6e362c5eac", "t13d1411h1_9d3f2c9f1a0b_8e6e362c5eac"),
    "webos": ("t12d1811h1_c7b5a9e0d214_3304d8368043",),
    "roku": ("t12d1209h1_d34a8e72043a_b39be8c56a14",),
    "ps": ("t13d1011h1_61a7ad8aa9b6_3a8073edd8ef",),
    "xbox": ("t13d1713h2_ab0a1bf427ad_8e6e362c5eac",),
    "dotnet": ("t13d1310h2_a4d9cf5b72e1_78e6aca7449b", "t12d1909h1_d83cc789557e_7af1ed941c26"),
    "python": ("t13d1812h1_85036bcba153_375ca2c5e164",),
    "go": ("t13d1312h2_f57a46bbacb6_ab7e3b40a677",),
    "inspect": ("t12d2110h1_76e208dd3e22_1a6c1e0d9b11", "t13d1311h1_e8f1e7e78f70_9f1a2c5b0dd4"),
}
GECKO, LIKE = "Mozilla/5.0 (@", "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/#.0.0.0"
BROWSERS = (
    ("chrome", GECKO + ") " + LIKE + " Safari/537.36"),
    ("chrome", GECKO + ") " + LIKE + " Safari/537.36 Edg/#.0.0.0"),
    ("firefox", GECKO + "; rv:#.0) Gecko/20100101 Firefox/#.0"),
    (
        "safari",
        "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) "
        "AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.3 Safari/605.1.15",
    ),
    ("chrome", "Mozilla/5.0 (Linux; Android 10; K) " + LIKE + " Mobile Safari/537.36"),
)
MODELS = (
    ("SM-S918B", "SM-A546E", "Pixel 8", "M2102J20SG", "CPH2387", "moto g54"),
    ("iPhone13,2", "iPhone15,3", "iPhone16,1", "iPad13,4"),
)
APPS = {
    "android": [("okhttp", "StreamNest/9.# (Android %d; @) okhttp/4.12.0" % v) for v in (11, 13, 14, 15, 15)],
    "ios": [("ios", "StreamNest/9.# (@; iOS %s) CFNetwork/1568" % v) for v in ("17.6", "18.3", "26.2")],
    "tv": [
        (f, "StreamNestTV/5.# (%s)" % m)
        for f, m in (
            ("tizen", "Tizen 6.5"),
            ("tizen", "Tizen 7.0"),
            ("webos", "webOS 23"),
            ("roku", "Roku 14.0"),
            ("okhttp", "FireOS 8; AFTKA"),
        )
    ],
    "console": [
        (f, "StreamNestConsole/3.# (%s)" % m)
        for f, m in (
            ("ps", "PlayStation 5"),
            ("ps", "PlayStation 5"),
            ("xbox", "Xbox Series"),
            ("roku", "Nintendo Switch"),
        )
    ],
    "launcher": [("dotnet", "NestGames-Launcher/3.# (.NET 8.0; Windows 11)")],
    "kodi": [
        ("python", u)
        for u in ("python-requests/2.31.0", "python-requests/2.32.3", "Kodi/21.1 plugin.video.streamnest")
    ],
}
EP = {
    "web": "/web/login",
    "android": "/api/v2/login",
    "ios": "/api/v2/login",
    "tv": "/tv/v1/login",
    "console": "/console/v1/login",
    "launcher": "/api/v2/login",
    "kodi": "/api/v2/login",
}


class Acc:
    __slots__ = (
        "user",
        "pws",
        "cc",
        "places",
        "devs",
        "mfa",
        "leaked",
        "listed",
        "vpn",
        "seat",
        "act",
        "voucher",
    )

    def pw(self, t, owner=False):
        cur = self.pws[0][1]
        for when, word, own in self.pws:
            cur = word if when <= t and (own or not owner) else cur
        return cur

    def change(self, t, word, own=True):
        self.pws = sorted(self.pws + [(t, word, own)], key=lambda x: x[0])


class World:
    def __init__(self, seed, users):
        self.r = random.Random(seed)
        self.k = users / 20000.0
        self.key = b"streamnest-%d" % seed
        self.ev, self.names, self.taken = [], {}, set()
        self.hits, self.sessions, self.home_v4 = [], [], []
        self.isp = {}
        r = self.r
        for cc, (w, off, fix, mob, cg, v6, pw) in LANDS.items():
            for asn in fix + mob:
                self.isp[asn] = self.net(asn, cc, 6, 14 if asn in mob else 24)
        self.host = [self.net(asn, cc, 3, 12) for cc, asn in HOSTS]
        self.lands, self.landw = list(LANDS), [LANDS[c][0] for c in LANDS]
        self.proxw = [LANDS[c][6] for c in LANDS]
        self.vpn = [self.v4(self.host[i]) for i in (0, 1, 2, 3, 11) for _ in range(14)]
        self.vpn += [
            ("%s:%x:%x:%s" % (n["v6"], 77 + i, i % 5, self.iid()), n["asn"], n["cc"])
            for n in (self.host[0], self.host[4], self.host[10])
            for i in range(9)
        ]
        self.vps = [self.v4(n) for n in self.host for _ in range(9)]
        self.accs = [self.account() for _ in range(users)]
        self.leaks = [a for a in self.accs if a.leaked]

    # ---- addresses: (text, asn, country)
    def net(self, asn, cc, blocks, pool):
        r, pre = self.r, []
        while len(pre) < blocks:
            p = (
                r.choice(
                    (
                        2,
                        5,
                        24,
                        31,
                        37,
                        46,
                        58,
                        62,
                        71,
                        77,
                        81,
                        86,
                        91,
                        94,
                        103,
                        109,
                        114,
                        125,
                        151,
                        177,
                        181,
                        188,
                        189,
                        201,
                        212,
                    )
                ),
                r.randrange(1, 255),
            )
            if p not in self.taken:
                self.taken.add(p)
                pre.append(p)
        net = {
            "asn": asn,
            "cc": cc,
            "pre": pre,
            "v6": "2%03x:%x" % (r.randrange(0x400, 0xA10), r.randrange(0x100, 0xFFFF)),
        }
        net["nat"] = [self.v4(net)[0] for _ in range(pool)]
        return net

    def v4(self, net):
        r, (a, b) = self.r, self.r.choice(net["pre"])
        return ("%d.%d.%d.%d" % (a, b, r.randrange(256), r.randrange(1, 255)), net["asn"], net["cc"])

    def iid(self):
        return "%x:%x:%x:%x" % tuple(self.r.randrange(1, 65536) for _ in range(4))

    def mobile(self, cc):
        r, land = self.r, LANDS[cc]
        net = self.isp[r.choice(land[3])]
        if r.random() < land[5]:
            return (
                "%s:%x:%x:%s" % (net["v6"], r.randrange(16, 64), r.randrange(65536), self.iid()),
                net["asn"],
                cc,
            )
        return (r.choice(net["nat"]), net["asn"], cc)

    def place(self, cc):
        r, land = self.r, LANDS[cc]
        net = self.isp[r.choice(land[2])]
        nat = r.random() < land[4]
        v4 = (r.choice(net["nat"]), net["asn"], cc) if nat else self.v4(net)
        if not nat:
            self.home_v4.append(v4)
        v6 = (
            "%s:%x:%x" % (net["v6"], r.randrange(256, 4096), r.randrange(65536))
            if r.random() < land[5]
            else None
        )
        return {"cc": cc, "v4": v4, "v6": v6}

    def at(self, place):
        if place["v6"] and self.r.random() < 0.5:
            return (place["v6"] + ":" + self.iid(), place["v4"][1], place["cc"])
        return place["v4"]

    def residential(self, lands=None):
        r = self.r
        cc = r.choice(lands) if lands else r.choices(self.lands, self.proxw)[0]
        x = r.random()
        if x < 0.12 and not lands:
            return r.choice(self.home_v4)
        return self.mobile(cc) if x < 0.32 else self.v4(self.isp[r.choice(LANDS[cc][2])])

    # ---- people
    def mail(self):
        r = self.r
        while True:
            f, l, x = r.choice(FIRST), r.choice(LAST), r.random()
            n = (
                ""
                if x < 0.12
                else (
                    str(r.randrange(100))
                    if x < 0.5
                    else str(r.randrange(1950, 2013)) if x < 0.8 else str(r.randrange(10000))
                )
            )
            u = (
                r.choice((f + "." + l, f + l, f[0] + l, f + "_" + l, l + "." + f, r.choice(WORDS) + f))
                + n
                + "@"
                + r.choice(MAIL)
            )
            if u not in self.names:
                return u

    def word(self):
        r, x = self.r, self.r.random()
        if x < 0.1:
            return COMMON[min(int(r.expovariate(0.14)), len(COMMON) - 1)]
        w = r.choice(WORDS + FIRST)
        return (
            (w.capitalize() if r.random() < 0.4 else w)
            + str(r.randrange(10000))
            + r.choice(("", "", "!", ".", "x"))
        )

    def slip(self, p):
        r = self.r
        i = r.randrange(len(p))
        return r.choice(
            (
                p[:i] + p[i + 1 :],
                p[:i] + p[i].swapcase() + p[i + 1 :],
                p[:i] + r.choice("aeinrst1290") + p[i + 1 :],
                p + p[-1],
                p.capitalize() + "1",
            )
        )

    def uuid(self):
        h = "%032x" % self.r.getrandbits(128)
        return "-".join((h[:8], h[8:12], h[12:16], h[16:20], h[20:]))

    def device(self, kind):
        r, x = self.r, self.r.random()
        if kind == "web":
            fam, ua = BROWSERS[0 if x < 0.52 else 1 if x < 0.62 else 2 if x < 0.75 else 3 if x < 0.87 else 4]
            ua = ua.replace(
                "#",
                str(
                    r.choice(
                        (
                            "120",
                            "128",
                            "131",
                            "134",
                            "138",
                            "140",
                            "142",
                            "143",
                            "144",
                            "144",
                            "145",
                            "145",
                            "145",
                        )
                    )
                ),
            )
            ua = ua.replace(
                "@",
                r.choice(
                    ("Windows NT 10.0; Win64; x64",) * 5
                    + ("Macintosh; Intel Mac OS X 10_15_7", "X11; Linux x86_64")
                ),
            )
            if r.random() < 0.035:
                fam = r.choice(
                    ("inspect", "inspect", "go", "dotnet")
                )  # an antivirus or an office proxy in between
        else:
            fam, ua = r.choice(APPS[kind])
            ua = ua.replace("#", r.choice(("12.0", "14.1", "14.2", "14.2", "15.0", "15.0"))).replace(
                "@", r.choice(MODELS[kind == "ios"])
            )
        did = (
            self.uuid() if r.random() < (0.12 if kind == "web" else 0.2 if kind == "kodi" else 0.97) else None
        )
        return {
            "ua": ua,
            "ja4": r.choice(JA[fam]),
            "id": did,
            "app": kind,
            "log": [(-1.0, "%020x" % r.getrandbits(80))],
        }

    def account(self, cc=None, user=None):
        r, a = self.r, Acc()
        a.cc = cc or r.choices(self.lands, self.landw)[0]
        a.voucher = user is None and r.random() < 0.015
        a.user = user or ("gift%08d" % r.randrange(10**8) if a.voucher else self.mail())
        while a.voucher and a.user in self.names:
            a.user = "gift%08d" % r.randrange(10**8)
        self.names[a.user] = a
        a.pws = [(-1.0, "%05d" % r.randrange(100000) if a.voucher else self.word(), True)]
        a.places = [self.place(a.cc)]
        if r.random() < 0.27:  # the password is shared
            for _ in range(r.choice((1, 1, 1, 2, 3))):
                a.places.append(
                    self.place(a.cc if r.random() < 0.6 else r.choices(self.lands, self.landw)[0])
                )
        a.devs = []
        for i in range(len(a.places)):
            for _ in range(r.choice((1, 1, 2, 2, 3))):
                a.devs.append(
                    (
                        i,
                        self.device(
                            r.choices(
                                ("web", "android", "ios", "tv", "console", "launcher", "kodi"),
                                (30, 20, 12, 24, 10, 6, 0.6),
                            )[0]
                        ),
                    )
                )
        a.mfa, a.leaked, a.vpn, a.seat = r.random() < 0.04, r.random() < 0.065, r.random() < 0.07, r.random()
        a.listed = a.leaked and r.random() < 0.5 or a.pws[0][1] in COMMON[:8]
        a.act = min(0.95, r.lognormvariate(-1.05, 0.6))
        return a

    # ---- one row
    def put(
        self,
        t,
        user,
        kind,
        ok,
        ip,
        c,
        cls,
        attack=0,
        pw=None,
        cred=None,
        why=None,
        sess=None,
        mfa=None,
        ep=None,
        br=None,
        person=True,
        retry=0.85,
        n=0,
    ):
        if t < 0 or t >= END:
            return False
        r, asked = self.r, (ok, cred, why, sess, mfa)
        if OUT_A <= t < OUT_B and r.random() < 0.82:
            ok, cred, why, sess, mfa = False, "unknown", "other", None, None
            if n < 7 and r.random() < retry:
                self.put(
                    t + r.uniform(3, 40) * (1.7**n),
                    user,
                    kind,
                    asked[0],
                    ip,
                    c,
                    cls,
                    attack,
                    pw,
                    asked[1],
                    asked[2],
                    asked[3],
                    asked[4],
                    ep,
                    br,
                    person,
                    retry,
                    n + 1,
                )
        if cred is None:
            cred = "valid" if ok else "invalid" if why == "bad_password" else "unknown"
        d = {"outcome": "success" if ok else "failure", "ip": ip[0], "kind": kind, "credential": cred}
        opt = (
            ("failure_reason", None if ok else why),
            ("username", user),
            ("asn", ip[1]),
            ("country", ip[2]),
            ("device_id", c["id"]),
            ("user_agent", c["ua"]),
            ("ja4", c["ja4"]),
            ("password_fingerprint", pw and hmac.new(self.key, pw.encode(), hashlib.sha256).hexdigest()[:32]),
            ("breached_password", br if pw and c["app"] in ("web", "android", "ios") else None),
            ("mfa", mfa),
            ("app", c["app"]),
            ("endpoint", ep or ("/oauth/token" if kind == "token" else EP[c["app"]])),
            ("session_id", sess if ok else None),
        )
        d.update((k, v) for k, v in opt if v is not None)
        enters = ok and kind in ("login", "token", "mfa", "signup") or ok and ep == "/account/reset/confirm"
        self.ev.append([t, len(self.ev), d, attack, cls, bool(enters and (person or not attack))])
        return ok

    def check(
        self, t, user, a, pw, ip, c, cls, attack, kind="login", ep=None, br=None, person=True, retry=0.85
    ):
        """A password try judged by what the password is at that moment."""
        right = a is not None and pw == a.pw(t)
        br = bool(a.listed and pw == a.pws[0][1]) if br is None and a else bool(br)
        if right and a.mfa and attack:
            return self.put(
                t,
                user,
                kind,
                False,
                ip,
                c,
                cls,
                attack,
                pw,
                "valid",
                "bad_mfa",
                mfa="failed",
                ep=ep,
                br=br,
                person=person,
                retry=retry,
            )
        if right and a.mfa and self.r.random() < 0.06:
            self.put(
                t - 20,
                user,
                kind,
                False,
                ip,
                c,
                cls,
                attack,
                pw,
                "valid",
                "bad_mfa",
                mfa="failed",
                ep=ep,
                br=br,
            )
        s = "%020x" % self.r.getrandbits(80)
        ok = self.put(
            t,
            user,
            kind,
            right,
            ip,
            c,
            cls,
            attack,
            pw,
            None,
            "bad_password",
            s,
            "passed" if right and a.mfa else "none" if right else None,
            ep,
            br,
            person,
            retry,
        )
        if ok:
            c["log"].append((t, s))
        if ok and not attack:
            self.sessions.append((t, a, c, s))
        return ok

    def sess(self, c, t):
        return max(x for x in c["log"] if x[0] <= t)[1]

    def clock(self, day, cc):
        h = self.r.choices(range(24), HOURS)[0] + self.r.random() - LANDS[cc][1]
        return (day * 24 + h % 24) * H

    # ---- honest
    def sign_in(self, t, a, c, ip, cls="daily"):
        """A person signs in by hand: identifier step, slips, success; owner shut out by a thief resets."""
        r, know = self.r, a.pw(t, True)
        user = a.user.capitalize() if c["app"] in ("tv", "android") and r.random() < 0.05 else a.user
        if c["app"] == "web" and r.random() < 0.25:
            self.put(
                t - r.uniform(3, 15), user, "lookup", True, ip, c, cls, cred="unknown", ep="/web/identify"
            )
        x = r.random()
        slips = {"tv": 0.2, "console": 0.16}.get(c["app"], 0.07)
        if x < slips:
            for _ in range(r.choice((1, 1, 1, 2, 2, 3))):
                self.check(t, user, a, self.slip(know), ip, c, "typo" if cls == "daily" else cls, 0, br=False)
                t += r.uniform(8, 60)
        elif x < slips + 0.012:  # another mailbox of the same person
            other = self.mail()
            if c["app"] == "web":
                self.put(
                    t - 9,
                    other,
                    "lookup",
                    False,
                    ip,
                    c,
                    "wrong_email",
                    cred="unknown",
                    why="other",
                    ep="/web/identify",
                )
            for _ in range(r.choice((1, 2, 3))):
                self.check(t, other, None, know, ip, c, "wrong_email", 0)
                t += r.uniform(10, 70)
        elif x < slips + 0.024 or know != a.pw(t):  # forgot it, or a thief changed it
            for _ in range(r.choice((2, 3, 4, 5, 7))):
                self.check(
                    t,
                    user,
                    a,
                    r.choice((know + "1", self.slip(know), self.word(), know)) if know == a.pw(t) else know,
                    ip,
                    c,
                    "forgot",
                    0,
                )
                t += r.uniform(8, 80)
            return self.reset(t + 30, a, c, ip, "forgot")
        kind = (
            "token" if c["app"] in ("console", "kodi") and r.random() < 0.5 else "login"
        )  # old clients use the password grant
        return self.check(t, user, a, know, ip, c, cls, 0, kind)

    def reset(self, t, a, c, ip, cls):
        r = self.r
        if r.random() < 0.5:
            self.put(t - 12, a.user, "lookup", True, ip, c, cls, cred="unknown", ep="/web/identify")
        self.put(t, a.user, "password_reset", True, ip, c, cls, cred="unknown", ep="/account/reset")
        if r.random() < 0.12:
            return False
        t += r.uniform(40, 700)
        self.put(t, a.user, "password_reset", True, ip, c, cls, cred="unknown", ep="/account/reset/confirm")
        old, new = a.pw(t, True), self.word()
        a.change(t, new)
        self.check(t + r.uniform(5, 60), a.user, a, new, ip, c, cls, 0)
        for i, d in a.devs[1:]:
            at, x = self.at(a.places[i]), r.random()
            if x < 0.13 and d["app"] in (
                "tv",
                "console",
                "kodi",
                "launcher",
            ):  # a box that keeps the old password
                s, gap = t + r.uniform(60, 7000), r.choice((20, 45, 120, 300, 900, 1800))
                for _ in range(min(40, int(r.expovariate(1 / 12.0)) + 2)):
                    self.check(s, a.user, a, old, at, d, "stale_client", 0)
                    s += gap * r.uniform(0.97, 1.05)
            elif x < 0.5:
                self.put(t + r.uniform(30, 20000), a.user, "token", False, at, d, cls, why="expired")
            elif i and x < 0.7:  # a friend who was shut out
                s = t + r.uniform(600, 9 * H)
                for _ in range(r.choice((1, 2, 3, 4))):
                    self.check(
                        s, a.user, a, old if r.random() < 0.7 else self.slip(old), at, d, "shut_out_friend", 0
                    )
                    s += r.uniform(15, 120)
        return True

    def where(self, a, i, c):
        r, cc = self.r, a.places[i]["cc"]
        if c["app"] in ("android", "ios") and r.random() < 0.45:
            return self.mobile(cc), "daily"
        if a.vpn and i == 0 and c["app"] not in ("tv", "console") and r.random() < 0.75:
            return (
                r.choice(self.vpn) if r.random() < 0.6 else self.vps[int(a.seat * len(self.vps))]
            ), "vpn"  # or a server of his own
        return self.at(a.places[i]), "daily" if i == 0 else "shared"

    def daily(self):
        r = self.r
        for a in self.accs:
            times = []
            for day in (0, 1):
                if r.random() < a.act:
                    times += [self.clock(day, a.cc) for _ in range(r.choice((1, 1, 1, 2, 2, 3)))]
            for t in sorted(times):
                i, c = r.choice(a.devs)
                if r.random() < 0.02:
                    c = self.device(r.choice(("web", "android", "tv")))  # a new device
                    a.devs.append((i, c))
                ip, cls = self.where(a, i, c)
                if r.random() < (0.5 if c["app"] == "web" else 0.28):
                    self.sign_in(t, a, c, ip, cls)
                elif r.random() < 0.04:
                    self.put(t, a.user, "token", False, ip, c, cls, why="expired")
                    self.sign_in(t + r.uniform(5, 60), a, c, ip, cls)
                else:
                    self.put(t, a.user, "token", True, ip, c, cls, sess=self.sess(c, t))
                    self.sessions.append((t, a, c, self.sess(c, t)))
                if c["app"] != "web":
                    for _ in range(r.choice((0, 0, 1, 2))):  # the app renews while it plays
                        t += H * r.uniform(0.98, 1.1)
                        self.put(
                            t,
                            a.user,
                            "token",
                            True,
                            (
                                self.mobile(ip[2])
                                if c["app"] in ("android", "ios") and ip[2] in LANDS and r.random() < 0.3
                                else ip
                            ),
                            c,
                            cls,
                            sess=self.sess(c, t),
                        )

    def crowds(self):
        r, k = self.r, self.k
        for a in r.sample(self.accs, int(1100 * k)):  # the scare mail
            i, c = a.devs[0]
            c = c if c["app"] in ("web", "android", "ios") else self.device("web")
            self.reset(SCARE + r.expovariate(1 / 5400.0) + 60, a, c, self.where(a, 0, c)[0], "reset_wave")
        for a in r.sample(self.accs, int(3600 * k)):  # the premiere
            i, c = r.choice(a.devs)
            ip, _ = self.where(a, i, c)
            t = PREMIERE + r.gauss(300, 900)
            if r.random() < 0.5:
                self.sign_in(t, a, c, ip, "premiere")
            else:
                self.put(t, a.user, "token", True, ip, c, "premiere", sess=self.sess(c, t))
        for kind, count, lo, hi, apps in (
            ("hotel", 34, 12, 48, ("tv",)),
            ("cafe", 30, 8, 30, ("android", "ios", "web")),
            ("gaming_cafe", 9, 40, 110, ("launcher", "console")),
        ):
            for _ in range(max(1, int(count * k))):
                cc = (
                    r.choice(("KR", "VN", "PH", "TR", "BR"))
                    if kind == "gaming_cafe"
                    else r.choices(self.lands, self.landw)[0]
                )
                p = self.place(cc)
                p["v6"] = None
                seats = [self.device(r.choice(apps)) for _ in range(r.randrange(8, 30))]
                for _ in range(r.randrange(lo, hi)):
                    a = r.choice(self.accs)
                    c = r.choice(seats) if kind != "cafe" else r.choice(a.devs)[1]
                    self.sign_in(
                        self.clock(r.randrange(2), cc), a, dict(c, log=c["log"][:1]), self.at(p), kind
                    )
        for _ in range(int(800 * k)):  # trials
            a = self.account()
            c, t = a.devs[0][1], (
                self.clock(r.randrange(2), a.cc) if r.random() < 0.7 else PREMIERE + r.gauss(0, 3000)
            )
            ip = self.where(a, 0, c)[0]
            if r.random() < 0.16:  # has one already
                b = r.choice(self.accs)
                self.put(
                    t - 90, b.user, "signup", False, ip, c, "trial", pw=b.pw(t), why="other", ep="/signup"
                )
            if self.put(t, a.user, "signup", True, ip, c, "trial", pw=a.pw(t), ep="/signup", br=a.listed):
                for i, d in a.devs[:3]:
                    self.sign_in(t + r.uniform(60, 12000), a, d, self.where(a, i, d)[0], "trial")
        for n, (net, gap, good) in enumerate(((8, 240, True), (6, 300, True), (5, 600, False))):
            a = self.account("US", "probe%d@monitor.streamnest.example" % n)
            c = {
                "ua": r.choice(("Go-http-client/2.0", "UptimeBot/3.1")),
                "ja4": JA["go"][0],
                "id": None,
                "app": "web",
                "log": [],
            }
            ips, t = [self.v4(self.host[net]) for _ in range(4)], r.uniform(0, 200)
            a.mfa = False
            while t < END:
                self.check(
                    t,
                    a.user,
                    a,
                    a.pw(t) if good else "wrong-on-purpose",
                    r.choice(ips),
                    c,
                    "monitor",
                    0,
                    retry=0,
                )
                t += gap + r.uniform(-2, 2)

    # ---- attacks
    def spread(self, n, *spans):
        """n times in spans (hours), with a pace that changes every ten minutes."""
        r = self.r
        cells = [
            (s * H + i * 600, r.choice((0.15, 0.6, 1, 1, 1.4, 2.2)))
            for s, e in spans
            for i in range(max(1, int((e - s) * 6)))
        ]
        return sorted(
            min(END - 1, b + r.random() * 600)
            for b in r.choices([c[0] for c in cells], [c[1] for c in cells], k=int(n * self.k))
        )

    def combo(self, n, exist, right):
        """A combo list: (name, account or None, password, in the breach list)."""
        r, out = self.r, []
        while len(out) < n:
            if r.random() < exist:
                if r.random() < right:
                    a = r.choice(self.leaks)
                    out.append((a.user, a, a.pws[0][1], None))
                    continue
                a = r.choice(self.accs)
                u = a.user
            else:
                a, u = None, self.mail()
            p = self.word()
            out.append((u, a, p, r.random() < 0.35))
            if r.random() < 0.08:
                out.append((u, a, r.choice((self.slip(p), p + "1", self.word())), r.random() < 0.3))
        return out[:n]

    def bot(self, fam, ids=None, app="web"):
        """A client of a checker: rotated agent; fam is the TLS stack, or None for one that goes with the agent."""
        r = self.r
        d = self.device(app)
        if fam:
            d["ja4"] = r.choice(JA[fam])
        d["id"] = r.choice(ids) if ids else None
        return d

    def campaign(self, cls, n, spans, lst, ips, client, kind="login", ep=None, again=0.0):
        r = self.r
        times = self.spread(n, *spans)
        for t, (u, a, p, br) in zip(times, self.combo(len(times), *lst)):
            ip = ips()
            c = client(ip)
            ok = self.check(t, u, a, p, ip, c, cls, 1, kind, ep, br, retry=0.5)
            if ok:
                self.hits.append((t, a, p))
                if r.random() < 0.4:  # the checker reads the plan
                    self.put(t + r.uniform(0.5, 4), u, "token", True, ip, c, cls, 1, sess=self.sess(c, t))
            elif r.random() < again:  # proxy error: the pair again
                self.check(t + r.uniform(2, 40), u, a, p, ips(), client(ip), cls, 1, kind, ep, br, retry=0.5)

    def attacks(self):
        r, k = self.r, self.k
        camp, res = self.campaign, self.residential
        camp(
            "combo_residential", 5200, ((6.2, 13), (33, 39)), (0.33, 0.03), res, lambda ip: self.bot("chrome")
        )
        camp(
            "combo_residential",
            3600,
            ((41, 47.9),),
            (0.26, 0.022),
            res,
            lambda ip: self.bot(None),
            again=0.05,
        )
        camp(
            "combo_residential",
            1500,
            ((6, 48),),
            (0.5, 0.03),
            lambda: res(("US", "GB", "DE", "FR", "CA")),
            lambda ip: self.device("web"),
        )
        free = (
            [self.v4(r.choice(self.host)) for _ in range(int(420 * k) + 9)]
            + self.vpn[::3]
            + [res() for _ in range(int(90 * k) + 3)]
        )
        wts = [r.lognormvariate(0, 1) for _ in free]
        pick = lambda: r.choices(free, wts)[0]
        camp(
            "combo_free_proxy",
            4600,
            ((8, 11.5), (20, 22)),
            (0.3, 0.02),
            pick,
            lambda ip: self.bot("dotnet"),
            again=0.1,
        )
        camp(
            "combo_free_proxy",
            3000,
            ((31, 34), (45, 47)),
            (0.28, 0.025),
            pick,
            lambda ip: self.bot("python" if r.random() < 0.4 else "chrome"),
            again=0.1,
        )
        slow = [res() for _ in range(int(260 * k) + 3)]
        camp(
            "token_checker",
            3000,
            ((12, 17), (35, 38)),
            (0.35, 0.03),
            lambda: r.choice(slow),
            lambda ip: self.bot("python", None, "console" if r.random() < 0.7 else "kodi"),
            "token",
        )
        box = [self.device("console") for _ in range(60)]
        camp(
            "token_checker",
            1900,
            ((22, 30),),
            (0.4, 0.025),
            res,
            lambda ip: dict(r.choice(box), log=[], id=self.uuid() if r.random() < 0.8 else None),
            "token",
        )
        fams = [("%s:%x" % (self.host[i]["v6"], r.randrange(4096, 65535)), self.host[i]) for i in (4, 10, 0)]
        land = self.isp[9299]
        fams.append(("%s:%x" % (land["v6"], r.randrange(4096, 65535)), land))  # one /48 in an access network
        hop = lambda: (
            lambda f: ("%s:%x:%s" % (f[0], r.randrange(65536), self.iid()), f[1]["asn"], f[1]["cc"])
        )(r.choice(fams))
        camp(
            "ipv6_hopping",
            4300,
            ((9, 12), (24, 29), (40, 43)),
            (0.35, 0.027),
            hop,
            lambda ip: self.bot("chrome" if r.random() < 0.8 else "go"),
        )
        per, few = {}, [self.uuid() for _ in range(25)]
        pool = [res() for _ in range(int(900 * k) + 3)]
        dev = lambda ip: per[ip] if ip in per else per.setdefault(ip, self.device("android"))
        camp("mobile_api", 4200, ((7, 15), (37, 43.5)), (0.36, 0.03), lambda: r.choice(pool), dev)
        camp(
            "mobile_api",
            2600,
            ((17, 24), (43, 46)),
            (0.3, 0.03),
            res,
            lambda ip: self.bot(r.choice(("okhttp", "go")), few, "android"),
        )
        # short passwords of gift accounts, one account after the other; some through a few proxies, some through many
        gifts = [a for a in self.accs if a.voucher]
        for j, a in enumerate(r.sample(gifts, min(len(gifts), max(2, int(26 * k))))):
            t, few6, many = (
                r.uniform(6, 45) * H,
                [res() for _ in range(r.choice((1, 1, 4)))],
                r.random() < 0.5,
            )
            gap, c, n, good = (
                r.choice((4, 25, 70, 150, 240)),
                self.bot(None, None, "web"),
                r.randrange(50, 150),
                r.random() < 0.4,
            )
            for i in range(n):
                p = a.pws[0][1] if good and i == n - 1 else "%05d" % r.randrange(100000)
                c = self.bot("chrome") if many else c
                if self.check(
                    t, a.user, a, p, res() if many else r.choice(few6), c, "brute_force", 1, br=False
                ):
                    self.hits.append((t, a, p))
                t += gap * r.uniform(0.7, 1.5)
        # does the address have an account?  (the form is left before anything is created)
        wtimes = self.spread(3900, (6.5, 9), (14, 18), (32, 36))
        scouts = [res() for _ in range(int(350 * k) + 3)] + self.vpn[1::5]
        for t in wtimes:
            a = r.choice(self.accs) if r.random() < 0.33 else None
            c = self.bot("chrome" if r.random() < 0.75 else None)
            u, ip = a.user if a else self.mail(), r.choice(scouts) if r.random() < 0.8 else res()
            if r.random() < 0.45:
                self.put(
                    t,
                    u,
                    "signup",
                    False,
                    ip,
                    c,
                    "enumeration",
                    1,
                    cred="unknown",
                    why="other",
                    pw=self.word() if r.random() < 0.7 else None,
                    br=False,
                    ep="/signup",
                    person=False,
                )
            else:
                self.put(
                    t,
                    u,
                    "lookup",
                    a is not None,
                    ip,
                    c,
                    "enumeration",
                    1,
                    cred="unknown",
                    why="other",
                    ep="/web/identify",
                    person=False,
                )
        # fake trials, farmed on a few emulators or in browsers, used later
        emu, farm = [self.device("android") for _ in range(14)], [res() for _ in range(40)]
        for t in self.spread(950, (7, 12), (18, 23), (30, 44)):
            a = self.account()
            a.mfa = False
            c = r.choice(emu) if r.random() < 0.45 else self.bot("chrome")
            ip, p = res() if r.random() < 0.6 else r.choice(farm), (
                a.pws[0][1] if r.random() < 0.6 else "Stream%d!" % r.randrange(2024, 2027)
            )
            a.pws = [(-1.0, p, True)]
            if r.random() < 0.2:
                ip = r.choice(self.vpn)
            if self.put(
                t,
                a.user,
                "signup",
                True,
                ip,
                c,
                "fake_trial",
                1,
                pw=p,
                br=False,
                ep="/signup",
                person=False,
                retry=0.5,
            ):
                for _ in range(r.choice((0, 0, 1, 1, 2))):
                    c2 = c if r.random() < 0.5 else self.device(r.choice(("web", "tv", "android")))
                    self.check(
                        t + r.uniform(0.5, 22) * H,
                        a.user,
                        a,
                        p,
                        res() if r.random() < 0.7 else r.choice(self.vpn),
                        c2,
                        "fake_trial",
                        1,
                        br=False,
                        person=False,
                    )
        self.resold()

    def resold(self):
        r, k = self.r, self.k
        goods = r.sample(self.hits, int(len(self.hits) * 0.3)) + [
            (r.uniform(6, 40) * H, a, a.pws[0][1])
            for a in r.sample(self.leaks, min(len(self.leaks), int(70 * k)))
        ]
        shops = [
            self.place(r.choice(("BR", "TR", "VN", "EG", "IN", "MX", "PL")))
            for _ in range(max(2, int(len(goods) * 0.7)))
        ]
        for t, a, p in goods:
            at = r.choice(shops)
            kind = r.choice(("web", "web", "tv", "android", "ios", "console"))
            c, t = self.device(kind), t + r.uniform(0.6, 14) * H
            ip = (
                r.choice(self.vpn)
                if r.random() < 0.15
                else self.mobile(at["cc"]) if kind in ("android", "ios") and r.random() < 0.4 else self.at(at)
            )
            if r.random() < 0.14:
                self.check(t - 35, a.user, a, self.slip(p), ip, c, "resold_account", 1, br=False)
            if self.check(t, a.user, a, p, ip, c, "resold_account", 1) and t < END - 3 * H:
                for _ in range(r.choice((0, 1, 2, 3))):
                    t += r.uniform(0.95, 5) * H
                    if p == a.pw(t):
                        self.put(t, a.user, "token", True, ip, c, "resold_account", 1, sess=self.sess(c, t))
                if r.random() < 0.2 and p == a.pw(t):  # the buyer keeps it
                    self.put(
                        t + 200,
                        a.user,
                        "password_reset",
                        True,
                        ip,
                        c,
                        "resold_account",
                        1,
                        cred="unknown",
                        ep="/account/reset/confirm",
                    )
                    a.change(t + 200, self.word(), False)

    def replay(self):
        """Sessions taken by an infostealer, played back elsewhere."""
        r, k = self.r, self.k
        old = [s for s in self.sessions if s[0] < 40 * H]
        base = [r.choice(self.vpn) for _ in range(6)] + [self.residential() for _ in range(25)]
        for t, a, c, s in r.sample(old, min(len(old), int(230 * k) + 2)):
            ip = (
                r.choice(base)
                if r.random() < 0.6
                else self.residential((a.cc,)) if r.random() < 0.4 else self.residential()
            )
            d = dict(
                c,
                ja4=(
                    r.choice(JA[r.choice(("chrome", "chrome", "python", "go"))])
                    if r.random() < 0.6
                    else c["ja4"]
                ),
            )
            if r.random() < 0.35:
                d["id"] = None if c["app"] == "web" else self.uuid()
            t = max(6.1 * H, t + r.uniform(0.3, 9) * H)
            for _ in range(r.choice((1, 1, 2, 3))):
                self.put(
                    t, a.user, "token", r.random() < 0.72, ip, d, "session_replay", 1, why="expired", sess=s
                )
                t += r.uniform(0.2, 5) * H

    # ---- the whole log
    def finish(self):
        """Order, lock-outs (ten bad passwords in ten minutes), ids."""
        self.ev.sort(key=lambda e: (round(e[0], 3), e[1]))
        bad, shut, seen, base = {}, {}, set(), self.ev[0][0]
        for e in self.ev:
            t, _, d = e[:3]
            u = d.get("username", "").casefold()
            if "password_fingerprint" in d and d["kind"] != "signup":
                if shut.get(u, -1) > t and d.get("failure_reason") != "other":
                    for f in ("session_id", "mfa"):
                        d.pop(f, None)
                    d["outcome"], d["credential"], d["failure_reason"], e[5] = (
                        "failure",
                        "unknown",
                        "locked",
                        False,
                    )
                elif d.get("failure_reason") == "bad_password" and not u.startswith("probe"):
                    q = bad.setdefault(u, [])
                    q.append(t)
                    del q[: bisect.bisect_left(q, t - 600)]
                    if len(q) >= 10:
                        shut[u] = t + 600
            eid = next(x for x in iter(lambda: "sn-%016x" % self.r.getrandbits(64), None) if x not in seen)
            seen.add(eid)
            stamp = (
                (T0 + datetime.timedelta(milliseconds=round(t * 1000)))
                .isoformat(timespec="milliseconds")
                .replace("+00:00", "Z")
            )
            row = {"event_id": eid, "time": stamp}
            for f in ("outcome", "ip", "kind", "credential", "failure_reason"):
                if f in d:
                    row[f] = d.pop(f)
            row.update(d)
            yield row, (
                eid,
                e[3],
                e[4],
                "success" if e[5] else "failure",
                "%.3f" % (round(t, 3) - round(base, 3)),
                row.get("username", ""),
            )


def main():
    ap = argparse.ArgumentParser()
    for name, more in (
        ("--seed", {"type": int, "default": 1}),
        ("--users", {"type": int, "default": 20000}),
        ("--out", {"required": True}),
        ("--labels", {"required": True}),
    ):
        ap.add_argument(name, **more)
    o = ap.parse_args()
    w = World(o.seed, o.users)
    for part in (w.crowds, w.attacks, w.daily, w.replay):
        part()
    with open(o.out, "w", encoding="utf-8", newline="\n") as f, open(
        o.labels, "w", encoding="utf-8", newline=""
    ) as g:
        lab = csv.writer(g, lineterminator="\n")
        lab.writerow(("event_id", "attack", "class", "outcome", "time", "username"))
        for row, label in w.finish():
            f.write(json.dumps(row, separators=(",", ":"), ensure_ascii=False) + "\n")
            lab.writerow(label)


if __name__ == "__main__":
    main()
