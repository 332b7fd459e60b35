#!/usr/bin/env python3
"""Labelled login traffic of a mid-sized European web shop: three days in May 2026 with a flash sale
on the second evening. A tiny server (accounts, lock-out, MFA, resets) answers everyone alike, so what a
victim, a thief or a forgetful customer sees in the log follows from what the others did before."""

import argparse, csv, hashlib, heapq, hmac, json, random
from datetime import datetime, timedelta, timezone

H, MIN, S = 3600_000, 60_000, 1000
END = 72 * H
START = datetime(2026, 5, 18, 22, 0, 0, tzinfo=timezone.utc)  # Tue 19 May 2026, 00:00 in Berlin
SALE = 43 * H  # Wed 19:00
HOURS = [9, 5, 3, 2, 2, 4, 11, 22, 33, 40, 44, 46, 50, 47, 42, 42, 46, 52, 60, 68, 75, 70, 48, 24]

# (country, asn, weight, v4 prefixes, v6 prefix)
HOME = [
    ("DE", 3320, 30, ("79.193", "87.150", "91.11", "217.86", "84.141"), "2003:e1"),
    ("DE", 3209, 18, ("88.65", "178.202", "188.98", "95.222"), "2a02:8109"),
    ("DE", 6805, 8, ("77.181", "93.130", "92.225"), "2a02:3100"),
    ("DE", 8881, 7, ("94.134", "89.245", "62.226"), "2001:16b8"),
    ("DE", 8422, 3, ("78.34", "89.0"), "2a0a:a540"),
    ("AT", 8447, 8, ("80.108", "91.113", "178.191"), "2001:871"),
    ("AT", 8412, 5, ("84.114", "213.47"), None),
    ("NL", 1136, 4, ("77.162", "86.86"), "2a02:a44b"),
    ("NL", 33915, 3, ("84.104", "94.208"), None),
    ("CH", 3303, 5, ("85.1", "178.196", "188.60"), "2a02:1210"),
    ("BE", 5432, 2, ("81.245", "109.133"), "2a02:a03f"),
    ("FR", 3215, 3, ("90.27", "86.242", "83.199"), "2a01:cb08"),
    ("PL", 5617, 2, ("83.24", "79.184"), None),
]
MOBILE = [
    ("DE", 3320, 26, "80.187", 56),
    ("DE", 3209, 20, "109.42", 44),
    ("DE", 6805, 22, "176.1", 30),
    ("AT", 8447, 8, "178.165", 14),
    ("AT", 8412, 6, "46.125", 12),
    ("NL", 1136, 6, "188.207", 10),
    ("CH", 3303, 5, "213.55", 9),
    ("BE", 5432, 3, "37.184", 6),
    ("FR", 3215, 3, "92.184", 8),
    ("PL", 5617, 2, "95.40", 6),
]
ABROAD = [
    ("ES", 3352, 22, ("83.44", "79.152"), None),
    ("IT", 3269, 20, ("79.21", "87.7"), None),
    ("TR", 9121, 14, ("78.172", "88.234"), None),
    ("GR", 6799, 9, ("85.73", "79.129"), None),
    ("HR", 5391, 8, ("93.136",), None),
    ("GB", 2856, 9, ("86.140", "81.154"), "2a00:23c5"),
    ("US", 7922, 7, ("73.162", "98.207"), "2601:640"),
    ("RO", 8708, 5, ("86.120", "82.77"), None),
    ("PT", 3243, 4, ("85.240",), None),
    ("BR", 28573, 3, ("179.218", "189.60"), "2804:14d"),
    ("IN", 24560, 3, ("122.161", "106.201"), None),
    ("VN", 45899, 2, ("113.160", "14.177"), None),
    ("ID", 7713, 2, ("36.72", "180.245"), None),
    ("MX", 8151, 2, ("187.190", "201.141"), None),
    ("MA", 36903, 2, ("105.154",), None),
    ("TH", 23969, 5, ("1.46",), None),
]
DC = [
    ("FR", 16276, "51.77"),
    ("DE", 24940, "116.203"),
    ("NL", 14061, "164.92"),
    ("DE", 51167, "173.249"),
    ("NL", 60781, "95.211"),
]
VPN = [
    ("DE", 9009, "37.120"),
    ("NL", 212238, "185.107"),
    ("CH", 9009, "146.70"),
    ("DE", 13335, "104.28"),
    ("US", 36183, "172.225"),
]

CHR, CHRQ, FFX, SAF, IOSAPP, OKH = (
    "t13d1516h2_8daaf6152771_02713d6af862",
    "q13d0312h3_55b375c5d22e_06cda9e17597",
    "t13d1717h2_5b57614c22b0_3cbfd9057e0d",
    "t13d2014h2_a09f3c656075_14788d8d241b",
    "t13d2014h2_a09f3c656075_e42f34c56612",
    "t13d1411h2_4f5a1d2d3c9a_7a1f8b2c5d0e",
)
PY, GO, NODE, AV, ZS = (
    "t13d1812h1_85036bcba153_b26ce05bbdd6",
    "t13d1312h2_f57a46bbacb6_ab7e3b40a677",
    "t13d5911h1_a33745022dd6_1f22a2ca17c4",
    "t13d1714h1_5b57614c22b0_8e6e362c5eac",
    "t12d1209h2_d34a8e72043a_eb7c9aabf852",
)
WIN, MAC = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) ",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) ",
)
DESK = (
    [
        (WIN + f"Chrome/{v}.0.0.0 Safari/537.36", (CHR, CHRQ), w)
        for v, w in ((148, 22), (147, 9), (146, 3), (141, 2), (131, 1), (124, 1), (109, 1))
    ]
    + [
        (WIN + f"Chrome/{v}.0.0.0 Safari/537.36 Edg/{v}.0.0.0", (CHR, CHRQ), w)
        for v, w in ((148, 10), (147, 3), (143, 1))
    ]
    + [
        (f"Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:{v}.0) Gecko/20100101 Firefox/{v}.0", (FFX,), w)
        for v, w in ((150, 10), (149, 4), (140, 2), (115, 1))
    ]
    + [
        (MAC + f"AppleWebKit/605.1.15 (KHTML, like Gecko) Version/{v} Safari/605.1.15", (SAF,), w)
        for v, w in (("26.4", 8), ("26.2", 3), ("18.6", 4), ("17.6", 1))
    ]
    + [
        (MAC + f"AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{v}.0.0.0 Safari/537.36", (CHR, CHRQ), w)
        for v, w in ((148, 5), (147, 2))
    ]
)
PHONE = (
    [
        (
            f"Mozilla/5.0 (iPhone; CPU iPhone OS {o} like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/{v} Mobile/15E148 Safari/604.1",
            (SAF,),
            w,
        )
        for o, v, w in (
            ("18_7", "26.4", 14),
            ("18_6", "26.3", 8),
            ("18_6", "18.6", 8),
            ("17_6_1", "17.6", 3),
            ("16_7", "16.6", 1),
        )
    ]
    + [
        (
            f"Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{v}.0.0.0 Mobile Safari/537.36",
            (CHR, CHRQ),
            w,
        )
        for v, w in ((148, 24), (147, 9), (144, 3), (138, 2), (126, 1))
    ]
    + [
        (
            "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/29.0 Chrome/136.0.0.0 Mobile Safari/537.36",
            (CHR,),
            7,
        )
    ]
)
APPS = [
    (f"LindenShop/{v} (iOS {o}; iPhone)", (IOSAPP,), w, "ios")
    for v, o, w in (("6.14.1", "26.4", 9), ("6.14.1", "18.6", 4), ("6.13.0", "26.3", 3), ("5.9.2", "16.7", 1))
] + [
    (f"LindenShop/{v} (Android {o}) okhttp/4.12.0", (OKH,), w, "android")
    for v, o, w in (("6.14.0", 16, 8), ("6.14.0", 15, 6), ("6.12.3", 14, 3), ("5.8.0", 11, 1))
]
SCRIPTS = [
    ("python-requests/2.32.3", (PY,)),
    ("Go-http-client/2.0", (GO,)),
    ("axios/1.7.9", (NODE,)),
    (DESK[2][0], (PY,)),
]
FIRST = (
    "anna lena julia sarah laura lisa katrin sabine petra monika ursula claudia stefanie nicole marie sophie emma hannah mia jan tim lukas felix jonas "
    "max paul thomas michael andreas stefan peter martin markus christian daniel sebastian tobias florian frank uwe jens ralf bernd dirk wim sanne eva luca nora ali mehmet piotr marek jean"
).split()
LAST = (
    "mueller schmidt schneider fischer weber meyer wagner becker schulz hoffmann koch bauer richter klein wolf schroeder neumann schwarz braun hofmann "
    "zimmermann krueger hartmann lange werner krause lehmann maier huber gruber steiner moser berger pichler jansen devries bakker visser keller frei dubois martin peeters nowak kowalski yilmaz rossi"
).split()
DOM = [
    ("gmail.com", 34),
    ("gmx.de", 15),
    ("web.de", 14),
    ("t-online.de", 8),
    ("outlook.de", 4),
    ("hotmail.com", 6),
    ("yahoo.de", 4),
    ("icloud.com", 6),
    ("gmx.at", 5),
    ("aon.at", 2),
    ("bluewin.ch", 3),
    ("ziggo.nl", 2),
    ("posteo.de", 2),
    ("freenet.de", 2),
    ("orange.fr", 1),
    ("wp.pl", 1),
    ("duck.com", 1),
    ("byom.de", 1),
]
COMMON = [
    "123456",
    "Passwort1",
    "Hallo123",
    "Sommer2026!",
    "qwertz123",
    "password",
    "Schatz1",
    "Fussball1",
    "12345678",
    "Passwort123!",
    "hallo",
    "Willkommen1",
    "Berlin2025",
    "Fruehling26",
    "Schalke04",
    "ficken",
    "lol123",
    "Mama1234",
    "Sonne123",
    "Start123",
]


class User:
    __slots__ = "name pw old mfa kind cc home day6 mob office devs locked fails expired".split()


def build(seed, n_users, out, labels):
    R = random.Random(seed * 7919 + 17)
    key, f = b"shop-pepper-%d" % seed, n_users / 8000
    acc, heap, seq, rows, ids, warned = {}, [], [0], [], {}, {}

    def wpick(rows_):
        return R.choices(rows_, [r[2] for r in rows_])[0]

    def chance(p):
        return R.random() < p

    def human(a, b):
        return int(S * R.triangular(a, b, a + (b - a) * 0.25))

    def push(t, fn, *a):
        if 0 <= t < END:
            seq[0] += 1
            heapq.heappush(heap, (int(t), seq[0], fn, a))

    def v4(pre):
        return f"{pre}.{R.randrange(256)}.{R.randrange(1, 255)}"

    def rhex(n):
        return f"{R.getrandbits(4 * n):0{n}x}"

    def word():
        return "".join(R.choice("abcdefghkmnprstuwxyz23456789") for _ in range(R.randrange(8, 13)))

    def clock(day=None):
        d = R.choices((0, 1, 2), (31, 37, 32))[0] if day is None else day
        return d * 24 * H + R.choices(range(24), HOURS)[0] * H + R.randrange(H)

    def mail():
        a, b, k = R.choice(FIRST), R.choice(LAST), R.random()
        d = R.choices([x for x, _ in DOM], [w for _, w in DOM])[0]
        num = (
            ""
            if chance(0.3)
            else str(R.choice((R.randrange(1950, 2010), R.randrange(100), R.randrange(1000))))
        )
        loc = (
            f"{a}.{b}{num}"
            if k < 0.5
            else (
                f"{a[0]}.{b}{num}"
                if k < 0.65
                else f"{a}{num or R.randrange(99)}{b[0]}" if k < 0.85 else f"{b}{a[0]}{num}"
            )
        )
        return f"{loc}@{d}"

    def stranger():  # an address no customer has
        while True:
            m = mail()
            if m not in acc:
                return m

    def new_pw():
        return R.choices(COMMON, [1 / (i + 1) for i in range(len(COMMON))])[0] if chance(0.045) else word()

    # ---- networks
    pools = [[v4(m[3]) for _ in range(m[4])] for m in MOBILE]
    dslite = {}  # cable and fibre homes behind a shared v4
    vpn = [(v4(p), a, c) for c, a, p in VPN for _ in range(9)] + [
        (v4(p), a, c) for c, a, p in DC for _ in range(2)
    ]  # the latter: people's own tunnels

    def carrier(cc):
        ix = [i for i, m in enumerate(MOBILE) if m[0] == cc] or [0]
        return R.choices(ix, [MOBILE[i][2] for i in ix])[0]

    def mobile_ip(i):
        if MOBILE[i][1] == 3320 and chance(0.35):  # v6 on the phone
            return (
                f"2a01:599:{R.randrange(64):x}:{rhex(4)}:{rhex(4)}:{rhex(4)}:{rhex(4)}:{rhex(4)}",
                3320,
                "DE",
            )
        return R.choice(pools[i]), MOBILE[i][1], MOBILE[i][0]

    def line(isp):  # a home line: (address or /64, asn, country)
        cc, asn, _, pre, six = isp
        if six and chance(0.34):
            return f"{six}:{R.randrange(256):x}{R.randrange(16):x}:{rhex(4)}", asn, cc
        if asn in (3209, 8422) and chance(0.3):
            p = dslite.setdefault(asn, [v4(R.choice(pre)) for _ in range(25)])
            return R.choice(p), asn, cc
        return v4(R.choice(pre)), asn, cc

    def at_home(u, t):
        ip, asn, cc = u.home
        if "." in ip:
            return u.home
        k = t // (24 * H)
        if u.day6.get(k) is None:
            u.day6[k] = ":".join(rhex(4) for _ in range(4))
        return ip + ":" + u.day6[k], asn, cc

    # ---- devices
    def device(kind):
        d = {"kind": kind, "app": "web", "keep": R.choices(("keep", "private", "none"), (80, 12, 8))[0]}
        if kind == "app":
            d["ua"], d["ja4"], _, d["app"] = wpick(APPS)
            d["keep"] = "keep"
        elif kind == "script":
            d["ua"], d["ja4"] = R.choice(SCRIPTS)
            d["keep"] = "none"
        else:
            d["ua"], d["ja4"], _ = wpick(DESK if kind == "desk" else PHONE)
            if kind == "desk" and chance(0.035):
                d["ja4"] = (AV,)  # virus scanner in the middle
        d["id"] = mint(d["app"])
        return d

    def mint(app):
        return rhex(24) if app == "web" else f"{rhex(8)}-{rhex(4)}-4{rhex(3)}-a{rhex(3)}-{rhex(12)}"

    def wear(d, net, cls, atk=0, ja4=None):
        dev = d["id"] if d["keep"] == "keep" else mint("web") if d["keep"] == "private" else None
        return {
            "ip": net[0],
            "asn": net[1],
            "cc": net[2],
            "ua": d["ua"],
            "ja4": ja4 or R.choice(d["ja4"]),
            "dev": dev,
            "app": d["app"],
            "cls": cls,
            "atk": atk,
        }

    # ---- customers
    offices = []
    for i in range(max(6, int(70 * f))):
        isp = wpick(HOME)
        zs = i % 9 == 4
        offices.append(
            (
                (v4("165.225") if zs else v4(R.choice(isp[3])), 62044 if zs else isp[1], isp[0]),
                ZS if zs else None,
            )
        )
    oweight = [R.paretovariate(1.6) for _ in offices]
    users = []
    for i in range(n_users):
        u = User()
        u.name = stranger()
        acc[u.name] = u
        u.pw, u.old, u.mfa = new_pw(), [new_pw() for _ in range(R.choice((1, 1, 2, 3)))], chance(0.06)
        u.kind = R.choices(("rare", "returning", "weekly", "daily", "office"), (50, 17, 18, 9, 6))[0]
        u.home = users[-1].home if users and chance(0.13) else line(wpick(HOME))
        u.cc, u.day6, u.locked, u.fails = u.home[2], {}, 0, []
        u.mob, u.expired = carrier(u.cc), u.kind == "returning" and chance(0.06)
        u.office = R.choices(range(len(offices)), oweight)[0] if u.kind == "office" or chance(0.05) else None
        main = R.choices(("desk", "phone", "app"), (38, 40, 22) if u.kind != "office" else (75, 15, 10))[0]
        u.devs = [device(main)] + ([device(R.choice(("desk", "phone")))] if chance(0.35) else [])
        if users and u.home is users[-1].home and chance(0.35):
            u.devs[0] = users[-1].devs[0]
        if i % 1300 == 7:
            u.devs = [device("script")]
            u.kind = "daily"
        users.append(u)
    by = {k: [u for u in users if u.kind == k] for k in ("rare", "returning", "weekly", "daily", "office")}

    # ---- the shop's server
    def emit(t, kind, ok, c, name=None, pw=None, why=None, cred=None, mfa=None, ep=None, entered=None):
        while True:
            e = f"{R.getrandbits(64):016x}"
            if e not in ids:
                ids[e] = 1
                break
        ts = (START + timedelta(milliseconds=t)).strftime("%Y-%m-%dT%H:%M:%S.") + f"{t % 1000:03d}Z"
        r = {
            "event_id": e,
            "time": ts,
            "kind": kind,
            "outcome": "success" if ok else "failure",
            "ip": c["ip"],
        }
        if why:
            r["failure_reason"] = why
        if cred:
            r["credential"] = cred
        if name is not None:
            r["username"] = name
        if not (c["asn"] in (3215, 24940) and chance(0.04)):
            r["asn"], r["country"] = c["asn"], c["cc"]
        if c["dev"]:
            r["device_id"] = c["dev"]
        if c["ua"]:
            r["user_agent"] = c["ua"]
        if not chance(0.012):
            r["ja4"] = c["ja4"]
        if pw is not None and not c["ua"].startswith(
            "LindenShop/5."
        ):  # the old app's gateway has no fingerprint
            r["password_fingerprint"] = hmac.new(key, pw.encode(), hashlib.sha256).hexdigest()[:32]
        if mfa:
            r["mfa"] = mfa
        r["app"] = c["app"]
        r["endpoint"] = (
            ep
            or {
                "login": "/login",
                "signup": "/register",
                "lookup": "/checkout/email",
                "token": "/oauth/token",
            }[kind]
        )
        if c["app"] != "web":
            r["endpoint"] = "/api/v2" + r["endpoint"]
        rows.append((r, c["atk"], c["cls"], ok if entered is None else entered, t))
        return ok

    def login(t, c, name, pw, factor=True):
        u = acc.get(name.strip().casefold())
        if chance(0.05 if SALE <= t < SALE + 9 * MIN else 0.002):
            why, cred = "other", "unknown"  # overload, timeout
        elif u is None:
            why, cred = "unknown_user", "invalid"
        elif t < u.locked:
            why, cred = "locked", "unknown"
        elif pw != u.pw:
            why, cred = "bad_password", "invalid"
            u.fails = [x for x in u.fails if x > t - 15 * MIN] + [t]
            if len(u.fails) >= 10:
                u.locked, u.fails = t + 15 * MIN, []
                if (
                    u.kind not in ("fake", "probe") and u not in warned and chance(0.3)
                ):  # reads the mail "account locked"
                    warned[u] = 1
                    push(t + human(120, 3600), session, u, "lock_mail")
        elif u.expired:
            why, cred = "expired", "valid"
        elif u.mfa and not factor:
            why, cred = "bad_mfa", "valid"
        else:
            u.fails = []
            why, cred = None, "valid"
        m = (
            None
            if cred != "valid" or why == "expired"
            else "none" if not u.mfa else "failed" if why else "passed"
        )
        emit(t, "login", why is None, c, name, pw, why, cred, m)
        return why

    def lookup(t, c, name):
        emit(
            t,
            "lookup",
            name.casefold() in acc,
            c,
            name,
            why=None if name.casefold() in acc else "unknown_user",
            entered=False,
        )

    # ---- what honest people do
    def forgot(t, u, c, name):
        known = name.strip().casefold() in acc
        emit(
            t,
            "password_reset",
            known,
            c,
            name,
            why=None if known else "unknown_user",
            ep="/password/forgot",
            entered=False,
        )
        if not known:
            push(t + human(8, 60), forgot, u, c, u.name) if chance(0.6) else None
        elif chance(0.82):
            push(t + human(40, 600), complete, u, c)
        elif chance(0.4):
            push(t + human(60, 300), forgot, u, c, name)  # the mail did not come

    def complete(t, u, c):
        u.old.append(u.pw)
        u.pw, u.expired, u.locked, u.fails = new_pw(), False, 0, []
        emit(t, "password_reset", True, c, u.name, u.pw, ep="/password/reset", entered=not u.mfa)
        if chance(0.7):
            push(t + human(6, 60), attempt, u, c, [(u.name, None)])

    def attempt(t, u, c, plan):
        name, pw = plan[0]
        why = login(t, c, name, u.pw if pw is None else pw, not chance(0.05))
        if why is None:
            if chance(0.006):
                push(t + human(40, 400), change, u, c)
            return
        if why in ("other", "bad_mfa"):
            (
                push(t + human(4, 40), attempt, u, c, plan if chance(0.5) else [(name, None)])
                if chance(0.9)
                else None
            )
        elif why == "expired":
            push(t + human(10, 80), forgot, u, c, u.name)
        elif why == "locked":
            x = R.random()
            if x < 0.45:
                push(t + human(10, 90), forgot, u, c, u.name)
            elif x < 0.7:
                push(t + 15 * MIN + human(20, 900), attempt, u, c, [(u.name, None)])
        elif len(plan) > 1:
            push(t + human(4, 35), attempt, u, c, plan[1:])
        elif chance(0.62):
            push(t + human(8, 90), forgot, u, c, name)
        elif chance(0.3):
            push(t + R.randrange(H, 9 * H), attempt, u, c, [(u.name, None)])

    def change(t, u, c):
        u.old.append(u.pw)
        u.pw = new_pw()
        emit(t, "password_reset", True, c, u.name, u.pw, ep="/account/password", entered=False)

    def slip(s):
        i = R.randrange(len(s))
        return R.choice((s.swapcase(), s[:i] + s[i + 1 :], s[:i] + R.choice("aeinrst1") + s[i:], s + "#"))

    def session(t, u, cls=None, c=None):
        hr, weekday_work = t // H % 24, 8 <= t // H % 24 < 18
        if c is None:
            d, net, ja4 = u.devs[0] if chance(0.75) else R.choice(u.devs), None, None
            if chance(0.02):
                d = device(R.choice(("desk", "phone", "app")))
                u.devs.append(d)
                cls = cls or "new_device"
            x = R.random()
            if x < 0.02:
                net = line(wpick(ABROAD))
                cls = cls or "traveller"
            elif x < 0.043:
                net = R.choice(vpn)
                cls = cls or "vpn"
            elif u.office is not None and weekday_work and chance(0.85):
                net, ja4 = offices[u.office]
            elif d["kind"] in ("phone", "app") and chance(0.5 if 7 <= hr < 20 else 0.25):
                net = mobile_ip(u.mob)
            else:
                net = at_home(u, t)
            if ":" in net[0] and net[0].count(":") < 7:
                net = (net[0] + ":" + ":".join(rhex(4) for _ in range(4)), net[1], net[2])
            c = wear(d, net, cls or u.kind, ja4=ja4)
        name = (
            u.name.capitalize()
            if c["app"] == "web" and chance(0.06)
            else u.name + " " if chance(0.01) else u.name
        )
        plan, x, rare = [], R.random(), u.kind in ("rare", "returning")
        bad = 0.36 if u.kind == "returning" else 0.16 if u.kind == "rare" else 0.05
        if x < bad * 0.6:  # what was it again?
            plan = [
                (name, R.choice(u.old + [slip(u.pw)]))
                for _ in range(R.choice((1, 1, 1, 2, 2, 2, 3, 3, 4, 6, 11)))
            ]
            plan += [(name, None)] if chance(0.45) else []
            c["cls"] = (
                "forgotten" if c["cls"] in ("rare", "returning", "weekly", "daily", "office") else c["cls"]
            )
        elif x < bad * 0.7:
            return push(t, forgot, u, c, name)
        elif x < bad * 0.7 + 0.055:  # fat fingers, in the address or the password
            local, dom = u.name.split("@")
            plan = (
                [
                    (
                        (
                            slip(local).lower() + "@" + dom
                            if chance(0.5)
                            else local + "@" + dom.replace(".com", ".con").replace(".de", ".d")
                        ),
                        u.pw,
                    )
                ]
                if chance(0.25)
                else [(name, slip(u.pw)) for _ in range(R.choice((1, 1, 1, 2, 3)))]
            )
            plan.append((name, None))
            c["cls"] = "typo" if c["cls"] in ("rare", "returning", "weekly", "daily", "office") else c["cls"]
        plan = plan or [(name, None)]
        if chance(0.3 if c["app"] != "web" else 0.12):
            lookup(t, c, plan[0][0])
            t += human(5, 30)
        push(t, attempt, u, c, plan)

    def tokens(t, u, d, every):
        c = wear(d, mobile_ip(u.mob) if chance(0.4) else at_home(u, t), u.kind)
        if chance(0.015):
            emit(t, "token", False, c, u.name, why="expired")
            push(t + human(5, 60), session, u)
        elif not 1 <= t // H % 24 < 6 or chance(0.3):
            emit(t, "token", True, c, u.name, entered=True)
        push(t + int(every * R.uniform(0.6, 1.5)), tokens, u, d, every)

    def stale(t, u, c, old, gap):
        login(t, c, u.name, old)
        push(t + int(gap * R.uniform(0.97, 1.06)), stale, u, c, old, gap * 1.04 if gap < 15 * MIN else gap)

    def signup(t, cls="new_customer"):
        u = User()
        u.name, u.pw, u.old, u.mfa, u.kind, u.home = (
            stranger(),
            new_pw(),
            [word()],
            chance(0.03),
            "rare",
            line(wpick(HOME)),
        )
        u.cc, u.day6, u.locked, u.fails, u.expired, u.office = u.home[2], {}, 0, [], False, None
        u.mob, u.devs = carrier(u.cc), [device(R.choice(("desk", "phone", "phone", "app")))]
        c = wear(
            u.devs[0], mobile_ip(u.mob) if u.devs[0]["kind"] != "desk" and chance(0.4) else at_home(u, t), cls
        )
        if chance(0.35):
            lookup(t, c, u.name)
            t += human(20, 120)
        push(t, register, u, c)

    def register(t, u, c):
        if chance(0.07):
            emit(t, "signup", False, c, R.choice(users).name if chance(0.6) else u.name, u.pw, why="other")
            t2 = t + human(15, 90)
        elif u.name in acc:
            return
        else:
            acc[u.name] = u
            emit(t, "signup", True, c, u.name, u.pw)
            if chance(0.4):
                push(t + R.randrange(10 * MIN, 30 * H), session, u, None if chance(0.8) else c["cls"])
            return
        push(t2, register, u, c)

    for u in users:
        n = {
            "rare": chance(0.8),
            "returning": chance(0.55),
            "weekly": R.choice((1, 1, 2, 3)),
            "daily": R.randrange(3, 11),
            "office": R.randrange(2, 6),
        }[u.kind]
        for _ in range(int(n)):
            push(
                (
                    R.randrange(3) * 24 * H + R.randrange(8 * H, 18 * H)
                    if u.kind == "office" and chance(0.8)
                    else clock()
                ),
                session,
                u,
            )
        for d in u.devs:
            if d["kind"] == "app" and u.kind not in ("rare", "returning"):
                push(R.randrange(8 * H), tokens, u, d, R.choice((4, 6, 8, 12)) * H)
    for u in R.sample(users, int(n_users * 0.2)):
        push(SALE - 4 * MIN + int(R.expovariate(1 / (11 * MIN))), session, u, "flash_sale")
    for _ in range(int(330 * f)):
        push(clock(), signup)
    for _ in range(int(130 * f)):
        push(SALE - 3 * MIN + int(R.expovariate(1 / (12 * MIN))), signup, "flash_sale")
    for i in range(int(1900 * f)):  # guests at the checkout
        d, u = device(R.choice(("desk", "phone", "phone"))), R.choice(users)
        net = mobile_ip(carrier(u.cc)) if d["kind"] == "phone" and chance(0.5) else line(wpick(HOME))
        if net[0].count(":") in (2, 3):
            net = (net[0] + ":" + ":".join(rhex(4) for _ in range(4)), net[1], net[2])
        push(
            clock() if i % 3 else SALE + int(R.expovariate(1 / (14 * MIN))),
            lookup,
            wear(d, net, "guest"),
            stranger(),
        )
    for u in R.sample(
        by["weekly"] + by["daily"], max(4, int(24 * f))
    ):  # a forgotten tablet with the old password
        push(
            R.randrange(2 * H) if chance(0.7) else clock(),
            stale,
            u,
            wear(device("app"), u.home if "." in u.home[0] else at_home(u, 0), "stale_client"),
            u.old[0],
            R.choice((0.7, 20, 30, 45, 60, 90)) * MIN,
        )
    for i in range(max(2, int(8 * f))):  # terminals in the shops
        d, net = device("desk"), line(("DE", 3320, 1, HOME[0][3], None))
        d["keep"] = "keep"
        for day in range(3):
            for u in R.sample(by["rare"], R.randrange(28, 55)):
                push(day * 24 * H + R.randrange(10 * H, 20 * H), session, u, "kiosk", wear(d, net, "kiosk"))
    cash = [
        {
            "ip": v4("52.210"),
            "asn": 16509,
            "cc": "IE",
            "ua": "okhttp/4.12.0",
            "ja4": OKH if i % 2 else NODE,
            "dev": None,
            "app": "web",
            "cls": "aggregator",
            "atk": 0,
        }
        for i in range(5)
    ]
    for u in R.sample(users, int(280 * f)):  # a cash-back service that logs in for its members
        old = u.old[0] if chance(0.08) else None
        for k in range(6):
            push(
                k * 12 * H + 5 * H + R.randrange(50 * MIN),
                lambda t, u=u, old=old: login(t, R.choice(cash), u.name, old or u.pw, chance(0.3)),
            )
    mon = {
        "ip": v4("116.203"),
        "asn": 24940,
        "cc": "DE",
        "ua": "python-requests/2.31.0",
        "ja4": PY,
        "dev": None,
        "app": "web",
        "cls": "monitor",
        "atk": 0,
    }
    for k in range(0, END, 5 * MIN):
        push(
            k + R.randrange(900),
            lambda t, i=k // (5 * MIN) % 4: login(t, mon, f"probe{i}@lindenshop.example", "probe-" + str(i)),
        )
    for i in range(4):
        p = User()
        p.name, p.pw, p.old, p.mfa, p.kind, p.locked, p.fails, p.expired = (
            f"probe{i}@lindenshop.example",
            f"probe-{i}",
            [word()],
            False,
            "probe",
            0,
            [],
            False,
        )
        acc[p.name] = p

    # ---- attackers
    def exit_node(german=0.68):
        x = R.random()
        if x < 0.05:
            n = R.choice(users).home  # malware in a customer's own home
        elif x < 0.2:
            n = mobile_ip(carrier("DE") if chance(0.7) else R.randrange(len(MOBILE)))
        else:
            n = line(wpick(HOME if chance(german) else ABROAD))
        return (
            n
            if "." in n[0] or n[0].count(":") >= 7
            else (n[0] + ":" + ":".join(rhex(4) for _ in range(4)), n[1], n[2])
        )

    resi = [exit_node() for _ in range(int(6500 * f) + 50)]
    dc = [(v4(p), a, c) for c, a, p in (R.choice(DC) for _ in range(48))]
    fixed = [R.choice(DESK[:12]) for _ in range(4)]

    def bot(kit, net, cls):
        if kit == "good":
            d = device(R.choice(("desk", "desk", "phone")))
            d["keep"] = R.choice(("keep", "keep", "keep", "none"))
        elif kit == "api":
            d = device("app")
            if chance(0.25):
                d["ja4"] = (GO,)
        else:
            d = {"app": "web", "id": mint("web"), "keep": "none", "ua": R.choice(fixed)[0], "ja4": (CHR,)}
            if kit == "mid":
                d["keep"] = R.choice(("none", "keep"))
            else:
                d["ua"], d["ja4"] = R.choice(
                    ((d["ua"], (PY,)), (d["ua"], (GO,)), (d["ua"], (GO,)), ("python-requests/2.32.3", (PY,)))
                )
        return wear(d, net, cls, 1)

    def combo(right=0.011, known=0.32):
        if chance(known):
            u = R.choice(users)
            if chance(right / known):
                return u.name, None
            return u.name, R.choice(u.old) if chance(0.4) else R.choice(COMMON) if chance(0.1) else word()
        return stranger(), new_pw()

    def stuff(t, c, name, pw, again=True):
        u = acc.get(name)
        why = login(t, c, name, u.pw if pw is None else pw, False)
        if pw is None and why in (None, "bad_mfa") and chance(0.3):
            push(t + R.randrange(H, 26 * H), takeover, u)
        if why == "other" and again:
            push(
                t + R.randrange(20 * S, 5 * MIN),
                stuff,
                bot("good", R.choice(resi), c["cls"]),
                name,
                pw,
                False,
            )

    def campaign(n, when, kits, cls, nodes, per=(1, 1, 2, 3), **kw):
        n = int(n * f)
        while n > 0:
            c, t = bot(R.choice(kits), R.choice(nodes), cls), when()
            for _ in range(min(n, R.choice(per))):
                name, pw = combo(**kw)
                push(t, stuff, c, name, pw)
                t += int(R.expovariate(1 / 14) * S) + 1500
                n -= 1

    def waves(a, b, k):  # bursts with pauses in between
        cs = [(a + R.random() * (b - a), R.uniform(0.1, 0.7)) for _ in range(k)]

        def at():
            m, w = R.choice(cs)
            return min(b * H - 1, max(a * H, (m + R.gauss(0, w)) * H))

        return at

    campaign(5200, waves(13.4, 25, 14), ["good", "good", "mid"], "stuffing_proxy", resi)
    campaign(3000, waves(42.6, 45.5, 7), ["good", "api"], "stuffing_proxy", resi)  # under cover of the sale
    campaign(
        4300,
        lambda: clock(2),
        ["good", "api", "good", "mid", "lazy"],
        "stuffing_proxy",
        resi,
        per=(1, 1, 1, 2),
    )
    for i, net in enumerate(dc[:40]):  # workers in datacentres, some behind VPN exits
        c0, t = (
            bot(("lazy", "lazy", "mid", "good")[i % 4], net if i % 5 else R.choice(vpn), "stuffing_dc"),
            (27 + R.random()) * H,
        )
        for _ in range(int(110 * f)):
            name, pw = combo(0.008, 0.22)
            push(t, stuff, c0, name, pw)
            t += int(R.gauss(95, 9) * S) if i % 3 else int(R.expovariate(1 / 80) * S)
    snode = R.sample(resi, min(len(resi), int(420 * f) + 5)) + vpn[:6]
    skit = [bot("good" if i % 3 else "mid", n, "spraying") for i, n in enumerate(snode)]
    targets = [u.name for u in R.sample(users, int(1500 * f))] + [stranger() for _ in range(int(600 * f))]
    for i, pw in enumerate(("Sommer2026!", "Passwort1", "Hallo123")):
        for nm in targets:
            push(
                (20 + i * 14) * H + R.random() * 11 * H,
                lambda t, nm=nm, pw=pw: login(t, R.choice(skit), nm, pw, False),
            )

    def brute(t, u, pick, n, gap, win, k=0):
        why = login(
            t, pick(), u.name, u.pw if k == win else (COMMON + u.old)[k] if k < len(COMMON) else word(), False
        )
        if why is not None and k < n or chance(0.1):
            push(
                t + int(R.expovariate(1 / gap) if gap > 30 * S else gap * R.uniform(0.7, 1.4)),
                brute,
                u,
                pick,
                n,
                gap,
                win,
                k + (why != "locked" or chance(0.6)),
            )

    for i, u in enumerate(R.sample(by["weekly"] + by["daily"] + by["rare"], max(5, int(18 * f)))):
        one = bot("lazy" if i % 2 else "mid", R.choice(dc) if i % 3 else R.choice(resi), "brute_force")
        if i % 3 == 0:
            pick, n, gap = (lambda c=one: c), R.randrange(150, 420), 3 * S
        elif i % 3 == 1:
            pick, n, gap = (
                (lambda: bot("good", R.choice(resi), "brute_force")),
                R.randrange(120, 380),
                3 * MIN,
            )
        else:
            pick, n, gap = (lambda c=one: c), R.randrange(25, 80), 105 * S
        push(
            (9.2 + 3.1 * i % 60) * H + R.randrange(H),
            brute,
            u,
            pick,
            n,
            gap,
            R.randrange(n // 2, n) if i % 4 == 1 else -1,
        )
    ekit = [
        bot(("mid", "lazy", "good")[i % 3], n, "enum_login")
        for i, n in enumerate(R.sample(resi, min(len(resi), 90)) + R.sample(vpn, 8) + dc[40:44])
    ]
    junk = ["Test1234!", word(), word()]
    ew = waves(16, 23, 5)
    for _ in range(int(2600 * f)):
        nm = R.choice(users).name if chance(0.24) else stranger()
        push(
            ew(),
            lambda t, nm=nm: login(t, R.choice(ekit), nm, R.choice(junk) if chance(0.6) else word(), False),
        )
    fast = [bot("lazy" if i < 5 else "mid", n, "enum_lookup") for i, n in enumerate(dc[38:48])]
    lw = waves(9, 14, 4)
    for i in range(int(4400 * f)):
        nm = R.choice(users).name if chance(0.25) else stranger()
        if i % 5 < 2:
            push(lw(), lambda t, nm=nm: lookup(t, R.choice(fast), nm))
        else:
            c, t = bot(R.choice(("good", "good", "api")), R.choice(resi), "enum_lookup"), clock(
                R.choice((1, 2))
            )
            push(t, lookup, c, nm)
            if chance(0.3):
                push(t + human(5, 60), lookup, c, stranger())
    farm = [word() for _ in range(5)]

    def fake(t, c):
        nm = stranger()
        if chance(0.35):
            nm = nm.split("@")[0] + "@" + R.choice(("gmail.com", "gmail.com", "byom.de", "outlook.de"))
        if chance(0.06):
            return emit(t, "signup", False, c, R.choice(users).name, R.choice(farm), why="other")
        if nm in acc:
            return
        u = User()
        u.name, u.pw, u.old, u.mfa, u.kind, u.locked, u.fails, u.expired = (
            nm,
            R.choice(farm) if chance(0.4) else word(),
            [],
            False,
            "fake",
            0,
            [],
            False,
        )
        acc[nm] = u
        emit(t, "signup", True, c, nm, u.pw)
        if chance(0.3):
            push(
                t + R.randrange(H, 20 * H),
                lambda t: login(
                    t, c if chance(0.5) else bot("good", R.choice(resi), "fake_signup"), nm, u.pw
                ),
            )

    fw = waves(34, 44, 6)
    for _ in range(int(560 * f)):
        c, t = bot(R.choice(("good", "good", "mid")), R.choice(resi), "fake_signup"), (
            fw() if chance(0.7) else max(7 * H + R.randrange(2 * H), clock())
        )
        for _ in range(R.choice((1, 1, 2, 3))):
            push(t, fake, c)
            t += human(25, 200)

    def takeover(t, u, left=2):  # a person with the right password
        x = R.random()
        net = mobile_ip(u.mob) if x < 0.2 else R.choice(vpn) if x < 0.4 else exit_node(0.85)
        if u.kind in ("fake", "probe"):
            return
        d = device(R.choice(("desk", "desk", "phone")))
        d["keep"] = R.choice(("keep", "private", "none"))
        if chance(0.15):
            d = dict(R.choice(u.devs))  # info-stealer: cookie and all
        c = wear(d, net, "takeover", 1)
        if chance(0.1):
            return push(t, steal_mail, u, c)
        if chance(0.15):
            lookup(t, c, u.name)
            t += human(5, 40)
        push(t, walk_in, u, c, slip(u.pw) if chance(0.1) else None, left)

    def walk_in(t, u, c, pw, left):
        why = login(t, c, u.name, pw or u.pw, chance(0.25))
        if why is None:
            if chance(0.25):
                push(t + human(30, 400), change, u, c)
            if left and chance(0.4):
                push(t + R.randrange(20 * MIN, 20 * H), walk_in, u, c, None, left - 1)
        elif why in ("bad_password", "bad_mfa", "other") and left:
            push(t + human(5, 60), walk_in, u, c, None, left - 1)

    def steal_mail(t, u, c):  # owns the mailbox: asks for a reset, reads the link
        emit(t, "password_reset", True, c, u.name, ep="/password/forgot", entered=False)
        push(t + human(20, 120), seize, u, c)

    def seize(t, u, c):
        u.pw, u.expired, u.locked = word(), False, 0
        emit(t, "password_reset", True, c, u.name, u.pw, ep="/password/reset", entered=not u.mfa)
        push(t + human(5, 40), walk_in, u, c, None, 1)

    for u in R.sample(users, int(75 * f)):
        push(max(8 * H, clock()), takeover, u)
    # ---- run
    while heap:
        t, _, fn, a = heapq.heappop(heap)
        fn(t, *a)
    rows.sort(key=lambda x: x[4])  # a look-up pushes the login that follows it; stable
    t0 = rows[0][4]
    with open(out, "w", encoding="utf-8", newline="\n") as fo, open(
        labels, "w", encoding="utf-8", newline=""
    ) as fl:
        w = csv.writer(fl, lineterminator="\n")
        w.writerow("event_id attack class outcome time username".split())
        for r, atk, cls, ok, t in rows:
            fo.write(json.dumps(r, ensure_ascii=False, separators=(",", ":")) + "\n")
            w.writerow(
                [
                    r["event_id"],
                    atk,
                    cls,
                    "success" if ok else "failure",
                    f"{(t - t0) / 1000:.3f}",
                    r.get("username", ""),
                ]
            )


if __name__ == "__main__":
    ap = argparse.ArgumentParser(description=__doc__)
    ap.add_argument("--seed", type=int, default=1)
    ap.add_argument("--users", type=int, default=8000)
    ap.add_argument("--out", default="shop.ndjson")
    ap.add_argument("--labels", default="shop.csv")
    a = ap.parse_args()
    build(a.seed, a.users, a.out, a.labels)
