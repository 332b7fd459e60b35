#!/usr/bin/env python3
"""bank.py - labelled login traffic of a national retail bank (four days, Mon 2026-04-27 to Thu 2026-04-30, payday).

A small discrete-event simulation: every customer, aggregator, campaign is a generator that yields the milliseconds until its
next step; PINs, device bindings and the three-strikes lock are shared state, so an attack really locks people out, and those
people really call the call centre. Rows of the log:
  login  right PIN on a bound device: success. Right PIN on a new device: failure/other with credential valid (step-up asked),
         then a `mfa` row decides. FinTS desktop software and aggregators are exempt from step-up (legacy, consent).
  token  biometric re-login of the app (no PIN). lookup: the number-first page, or the open-banking PIN check.
Label outcome: the log's outcome, except that a lookup never lets anybody in.
"""

import argparse, csv, hashlib, hmac, heapq, json, random

S, MIN, H, DAY = 1000, 60_000, 3_600_000, 86_400_000
DAYS, ATTACK_FROM = 4, 2 * DAY
END = DAYS * DAY
DATES = ["2026-04-27", "2026-04-28", "2026-04-29", "2026-04-30"]
HOURS = [2, 1, 1, 1, 2, 6, 16, 30, 36, 34, 32, 33, 38, 34, 30, 30, 33, 40, 44, 44, 42, 34, 20, 8]
HOURS_OLD = [0, 0, 0, 0, 1, 3, 10, 25, 45, 55, 55, 45, 25, 20, 30, 35, 30, 22, 15, 12, 8, 4, 1, 0]
JA = {
    "chrome": "t13d1516h2_8daaf6152771_d8a2da3f94cd",
    "firefox": "t13d1715h2_5b57614c22b0_3d5424432f57",
    "safari": "t13d2014h2_a09f3c656075_14788d8d241b",
    "edge": "t13d1516h2_8daaf6152771_02713d6af862",
    "android1": "t13d1312h2_f57a46bbacb6_a345a694e846",
    "ios1": "t13d2013h2_a09f3c656075_7f0f34a4126d",
    "android2": "t13d1411h2_f57a46bbacb6_ab7e3b40a677",
    "ios2": "t13d2013h2_a09f3c656075_e42f34c56612",
    "go": "t13d190900_9dc949149365_97f8aa674fd9",
    "java": "t13d491100_bd868743f55c_fa269c3d986d",
    "py": "t13d1812h1_85036bcba153_b26ce05bbdd6",
    "proxy": "t12d190800_d83cc789557e_7af1ed941c26",
    "old": "t12d1909h2_76e208dd3e22_d0ec4a1c2d5f",
}
WIN, MAC = "Mozilla/5.0 (Windows NT 10.0; Win64; x64)", "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)"
BROWSERS = [
    (WIN + " AppleWebKit/537.36 (KHTML, like Gecko) Chrome/%d.0.0.0 Safari/537.36" % v, "chrome", w)
    for v, w in ((146, 26), (145, 9), (141, 2), (109, 2))
] + [
    (MAC + " AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.3 Safari/605.1.15", "safari", 12),
    (MAC + " AppleWebKit/537.36 (KHTML, like Gecko) Chrome/146.0.0.0 Safari/537.36", "chrome", 6),
    (WIN[:-1] + "; rv:149.0) Gecko/20100101 Firefox/149.0", "firefox", 13),
    ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "firefox", 2),
    (
        WIN + " AppleWebKit/537.36 (KHTML, like Gecko) Chrome/146.0.0.0 Safari/537.36 Edg/146.0.0.0",
        "edge",
        16,
    ),
    (
        "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/146.0.0.0 Mobile Safari/537.36",
        "chrome",
        9,
    ),
    (
        "Mozilla/5.0 (iPhone; CPU iPhone OS 18_7 like Mac OS X) AppleWebKit/605.1.15 Version/19.3 Mobile/15E148 Safari/604.1",
        "safari",
        9,
    ),
]
BW = [b[2] for b in BROWSERS]
PHONES = [
    "SM-A546B; Android 15",
    "SM-S911B; Android 15",
    "Pixel 8; Android 16",
    "M2101K6G; Android 13",
    "SM-A155F; Android 14",
    "iPhone14,5; iOS 18.7",
    "iPhone15,4; iOS 19.3",
    "iPhone16,1; iOS 19.3",
    "iPhone12,8; iOS 18.7",
]
# (asn, country, prefixes, weight)
ISPS = [
    (8447, "AT", ["62.47", "80.108", "91.112", "188.22"], 42),
    (8412, "AT", ["84.112", "213.47", "62.178"], 30),
    (25255, "AT", ["178.115", "89.144"], 17),
    (6830, "AT", ["85.126"], 7),
    (31543, "AT", ["46.125"], 4),
]
CARRIERS = [(8447, "AT", "194.48.128", 40), (8412, "AT", "213.162.72", 36), (25255, "AT", "77.119.214", 30)]
FOREIGN = [
    (3320, "DE", "87.153", 26),
    (3209, "DE", "188.98", 12),
    (3269, "IT", "79.21", 14),
    (5391, "HR", "93.138", 9),
    (9121, "TR", "88.230", 7),
    (3352, "ES", "83.44", 7),
    (7922, "US", "73.92", 5),
    (2856, "GB", "86.150", 6),
    (8708, "RO", "82.77", 5),
    (31042, "RS", "109.92", 5),
    (45899, "VN", "113.170", 2),
    (28573, "BR", "177.32", 2),
]
HOSTING = [
    (24940, "DE", "88.198"),
    (16276, "FR", "51.75"),
    (14061, "US", "165.22"),
    (9009, "GB", "146.70"),
    (16509, "IE", "52.18"),
    (212238, "AT", "138.199"),
    (60068, "NL", "169.150"),
]
TOP_PINS = [
    "123456",
    "111111",
    "000000",
    "121212",
    "654321",
    "112233",
    "123123",
    "666666",
    "777777",
    "555555",
    "147258",
    "222222",
    "159753",
    "101010",
    "999999",
    "123321",
    "456789",
    "131313",
    "888888",
    "200000",
    "314159",
    "696969",
    "159357",
    "258456",
]
ENDPOINT = {
    "mobile": "/api/m/v3/",
    "web": "/ebanking/",
    "openbanking": "/ob/v2/",
    "kiosk": "/sb/",
    "fints": "/fints/",
    "agent": "/cc/",
}
EXEMPT = ("openbanking", "fints", "kiosk")


class Cust:
    __slots__ = (
        "num",
        "pin",
        "oldpin",
        "kind",
        "bad",
        "locked",
        "expired",
        "devs",
        "home",
        "carrier",
        "phone",
        "dev",
        "wdev",
        "ua",
        "rate",
        "typo",
        "office",
        "upd",
        "updbreak",
        "travel",
        "vpn",
        "agg",
        "breached",
        "branch",
        "v6",
        "wantlock",
        "revoked",
        "mitm",
    )


class Sim:
    def __init__(self, seed, n_users):
        self.r = random.Random(seed * 7919 + 11)  # honest life
        self.a = random.Random(seed * 104729 + 5)  # attackers
        self.key = b"bank-%d" % seed
        self.heap, self.n, self.now, self.rows, self.count, self.fpc = [], 0, 0, [], {}, {}
        self.users = n_users
        self.build()

    # ---------------------------------------------------------------- machinery
    def spawn(self, gen, at):
        self.n += 1
        heapq.heappush(self.heap, (int(at), self.n, gen))

    def run(self):
        while self.heap:
            t, _, g = heapq.heappop(self.heap)
            if t >= END:
                continue
            self.now = t
            d = next(g, None)
            if d is not None:
                self.spawn(g, t + max(1, int(d)))

    def fp(self, pin):
        if pin not in self.fpc:
            self.fpc[pin] = hmac.new(self.key, pin.encode(), hashlib.sha256).hexdigest()[:24]
        return self.fpc[pin]

    def emit(
        self, c, kind, ok, num, cls, atk, cred=None, reason=None, pin=None, mfa=None, sid=None, breached=None
    ):
        self.count[cls] = self.count.get(cls, 0) + 1
        app = c["app"]
        row = {
            "time": self.now,
            "kind": kind,
            "outcome": "success" if ok else "failure",
            "username": num,
            "ip": c["ip"],
            "asn": c["asn"],
            "country": c["cc"],
            "device_id": c["dev"],
            "user_agent": c["ua"],
            "ja4": c["ja4"],
            "credential": cred,
            "failure_reason": reason,
            "password_fingerprint": self.fp(pin) if pin else None,
            "breached_password": breached,
            "mfa": mfa,
            "app": app,
            "endpoint": ENDPOINT[app] + kind,
            "session_id": sid or c.get("sid"),
        }
        self.rows.append((row, atk, cls, "success" if ok and kind != "lookup" else "failure"))

    def sid(self, c, r):
        c["sid"] = "%016x" % r.getrandbits(64)

    # ---------------------------------------------------------------- the bank
    def login(self, c, num, pin, cls, atk=0, kind="login"):
        u, r = self.cust.get(num), self.a if atk else self.r
        self.sid(c, r)
        br = None if c["app"] not in ("web", "openbanking") else self.leaked.get(num) == pin
        if u is None:
            self.emit(c, kind, False, num, cls, atk, "invalid", "unknown_user", pin, "none", breached=br)
            return "unknown"
        if u.locked:
            self.emit(c, kind, False, num, cls, atk, "unknown", "locked", pin, "none", breached=br)
            return "locked"
        if pin != u.pin:
            u.bad += 1
            u.locked = u.bad >= 3
            self.emit(c, kind, False, num, cls, atk, "invalid", "bad_password", pin, "none", breached=br)
            return "bad"
        u.bad = 0
        if u.expired:
            self.emit(c, kind, False, num, cls, atk, "valid", "expired", pin, "none", breached=br)
            return "expired"
        if kind == "lookup" or c["app"] in EXEMPT or (c["dev"] and c["dev"] in u.devs):
            u.revoked = u.revoked and c["app"] != "mobile"
            self.emit(c, kind, True, num, cls, atk, "valid", None, pin, "none", breached=br)
            return "ok"
        self.emit(c, kind, False, num, cls, atk, "valid", "other", pin, None, breached=br)
        return "stepup"

    def mfa(self, c, num, ok, cls, atk=0):
        u = self.cust[num]
        self.emit(
            c,
            "mfa",
            ok,
            num,
            cls,
            atk,
            "valid",
            None if ok else "bad_mfa",
            None,
            "passed" if ok else "failed",
        )
        if ok and c["dev"]:
            u.devs[c["dev"]] = 1
            u.revoked = False

    def token(self, c, num, cls, atk=0):
        u, r = self.cust[num], self.a if atk else self.r
        self.sid(c, r)
        if u.locked:
            self.emit(c, "token", False, num, cls, atk, "unknown", "locked")
            return "locked"
        if c["dev"] not in u.devs or u.revoked:
            self.emit(c, "token", False, num, cls, atk, "unknown", "expired")
            return "expired"
        self.emit(c, "token", True, num, cls, atk, "valid", None, None, "none")
        return "ok"

    # ---------------------------------------------------------------- networks and clients
    def home_ip(self, r):
        asn, cc, pre, _ = r.choices(ISPS, [i[3] for i in ISPS])[0]
        return ("%s.%d.%d" % (r.choice(pre), r.randrange(256), r.randrange(1, 255)), asn, cc)

    def abroad(self, r):
        asn, cc, p, _ = r.choices(FOREIGN, [f[3] for f in FOREIGN])[0]
        return ("%s.%d.%d" % (p, r.randrange(256), r.randrange(1, 255)), asn, cc)

    def cgnat(self, r, k=None):
        asn, cc, p, n = CARRIERS[k if k is not None else r.choices((0, 1, 2), (42, 33, 25))[0]]
        return ("%s.%d" % (p, 10 + r.randrange(n)), asn, cc)

    def host_ip(self, r, k=None):
        asn, cc, p = HOSTING[r.randrange(len(HOSTING)) if k is None else k]
        return ("%s.%d.%d" % (p, r.randrange(256), r.randrange(1, 255)), asn, cc)

    def client(self, net, app, ua, ja4, dev):
        if ja4 and self.r.random() < 0.02:  # one old load balancer passes no fingerprint
            ja4 = None
        return {"ip": net[0], "asn": net[1], "cc": net[2], "app": app, "ua": ua, "ja4": ja4, "dev": dev}

    def appua(self, phone, t, upd):
        new = t >= upd
        return (
            "NatBank/%s (%s)" % ("8.5.0" if new else "8.4.2", PHONES[phone]),
            JA[("android" if phone < 5 else "ios") + ("2" if new else "1")],
        )

    def newdev(self, r, app):
        return "%s%032x" % ("a-" if app == "mobile" else "w-", r.getrandbits(128))

    def pick_pin(self, r):
        x = r.random()
        if x < 0.06:
            return TOP_PINS[min(int(r.expovariate(0.22)), 23)]
        if x < 0.30:
            return "%02d%02d%02d" % (
                r.randint(1, 28),
                r.randint(1, 12),
                r.choice([r.randint(45, 99), r.randint(0, 12)]),
            )
        return "%06d" % r.randrange(1_000_000)

    # ---------------------------------------------------------------- population
    def build(self):
        r, n = self.r, self.users
        nums, nblocks = [], 24
        self.blocks = []
        for b in range(nblocks):
            x = 10_000_000 + b * 3_500_000 + r.randrange(1_000_000)
            lo = x
            for _ in range(n // nblocks + (b < n % nblocks)):
                x += r.choices((1, 2, 3, 9), (60, 22, 14, 4))[0]
                nums.append("%08d" % x)
            self.blocks.append((lo, x))
        self.nextnum = x + 7
        r.shuffle(nums)
        self.vpn = [self.host_ip(r, k % len(HOSTING)) for k in range(36)]
        self.offices = [self.home_ip(r) + (r.random() < 0.4,) for _ in range(max(4, n // 260))]
        self.branches = [self.home_ip(r) + ("k-%012x" % r.getrandbits(48),) for _ in range(max(3, n // 400))]
        self.callc = [("193.83.44.%d" % (20 + i), 8447, "AT") for i in range(4)]
        self.aggs = [
            dict(
                ua="FinSight-Connect/2.3 (+https://finsight.example/bots)",
                ja=JA["java"],
                kind="login",
                ips=[self.host_ip(r, 4) for _ in range(3)],
            ),
            dict(
                ua="okhttp/4.12.0",
                ja=JA["android1"],
                kind="login",
                ips=[self.host_ip(r, 0) for _ in range(2)],
            ),
            dict(
                ua="Go-http-client/2.0", ja=JA["go"], kind="token", ips=[self.host_ip(r, 1) for _ in range(4)]
            ),
        ]
        self.cust, self.order, prev = {}, [], None
        for num in nums:
            u = Cust()
            u.num, u.pin, u.oldpin = num, self.pick_pin(r), self.pick_pin(r)
            u.kind = r.choices(
                ("app", "web", "cookie_clear", "elderly", "kiosk", "fints", "dormant"),
                (62, 14, 4, 6, 3, 2, 9),
            )[0]
            u.bad, u.locked, u.expired, u.wantlock, u.revoked = 0, False, False, False, False
            u.home = prev.home if prev and r.random() < 0.3 else self.home_ip(r)
            u.v6 = "2a02:8388:%x:%x" % (r.getrandbits(16), r.getrandbits(12)) if r.random() < 0.15 else None
            u.carrier, u.phone = r.choices((0, 1, 2), (42, 33, 25))[0], r.randrange(len(PHONES))
            u.dev, u.wdev, u.ua = self.newdev(r, "mobile"), self.newdev(r, "web"), r.choices(BROWSERS, BW)[0]
            if u.kind == "web" and r.random() < 0.05:
                u.wdev = None
            u.devs = {d: 1 for d in (u.dev, u.wdev) if d}
            base = {
                "app": 2.3,
                "web": 0.55,
                "cookie_clear": 0.5,
                "elderly": 0.5,
                "kiosk": 0.3,
                "fints": 0.8,
                "dormant": 0.03,
            }[u.kind]
            u.rate = base * r.gammavariate(2.0, 0.5)
            u.typo = {"elderly": 0.24, "kiosk": 0.18}.get(u.kind, 0.045) * r.uniform(0.3, 1.8)
            u.office = (
                r.randrange(len(self.offices))
                if u.kind in ("app", "web", "cookie_clear") and r.random() < 0.22
                else None
            )
            u.upd = ATTACK_FROM + 6 * H + min(r.expovariate(1 / (7 * H)), 40 * H)
            u.updbreak = r.random() < 0.10
            u.travel, u.vpn = (self.abroad(r) if r.random() < 0.018 else None), r.random() < 0.03
            u.agg = r.choices((None, 0, 1, 2), (94, 3, 1, 2))[0]
            u.mitm = (
                JA[r.choice(("go", "py", "old", "proxy"))] if r.random() < 0.02 else None
            )  # virus scanner, ad blocker
            u.branch, u.breached = r.randrange(len(self.branches)), r.random() < 0.03
            self.cust[num] = u
            self.order.append(u)
            prev = u
        self.leaked = {
            u.num: (u.pin if r.random() < 0.35 else u.oldpin)
            for u in self.order
            if u.breached or r.random() < 0.06
        }
        for u in self.order:
            ts = []
            for d in range(DAYS):
                lam = u.rate * (1.2 if d == 3 else 1.0)
                t = r.expovariate(lam)
                while t < 1:
                    h = r.choices(range(24), HOURS_OLD if u.kind in ("elderly", "kiosk") else HOURS)[0]
                    ts.append(d * DAY + h * H + r.randrange(H))
                    t += r.expovariate(lam)
            self.spawn(self.live(u, sorted(ts)), ts and min(ts) or END)
            if u.agg is not None:
                self.spawn(self.aggregated(u), r.randrange(2 * MIN, 9 * H))
        f = n / 12000
        for k in range(2):
            self.spawn(self.monitor(k), k * 5 * MIN + 1234)
        for _ in range(int(200 * f)):
            self.spawn(
                self.signup(self.home_ip(r) if r.random() < 0.6 else self.cgnat(r), "signup"),
                r.randrange(DAYS) * DAY + r.choices(range(24), HOURS)[0] * H + r.randrange(H),
            )
        campus = ("193.170.94.", 1853, "AT")
        for _ in range(int(110 * f)):  # a student campaign at a university, third day
            self.spawn(
                self.signup((campus[0] + str(r.randrange(2, 6)), campus[1], campus[2]), "signup_campus"),
                2 * DAY + 10 * H + r.randrange(5 * H),
            )
        tablets = ["a-%032x" % r.getrandbits(128) for _ in range(4)]
        for _ in range(int(60 * f)):
            self.spawn(
                self.signup(r.choice(self.branches)[:3], "signup_branch", r.choice(tablets)),
                r.randrange(DAYS) * DAY + 9 * H + r.randrange(7 * H),
            )
        for _ in range(int(45 * f)):  # company scripts that fetch statements, a few with an old PIN
            self.spawn(self.script(r.choice(self.order), r.random() < 0.4), r.randrange(6 * H))

    # ---------------------------------------------------------------- honest life
    def where(self, u):
        r, h = self.r, self.now % DAY // H
        if u.travel and self.now > DAY:
            return u.travel if r.random() < 0.7 else self.vpn[r.randrange(36)], "traveller"
        if u.vpn and r.random() < 0.7:
            return self.vpn[r.randrange(36)], "vpn"
        if u.office is not None and 8 <= h < 17 and r.random() < 0.75:
            return self.offices[u.office], "office"
        if u.kind == "app" and r.random() < 0.42:
            return self.cgnat(r, u.carrier), None
        if u.v6 and r.random() < 0.7:
            return (
                "%s:%x:%x:%x:%x"
                % (u.v6, r.getrandbits(16), r.getrandbits(16), r.getrandbits(16), r.getrandbits(16)),
                u.home[1],
                "AT",
            ), None
        return u.home, None

    def live(self, u, times):
        r = self.r
        for t in times:
            if t < self.now:
                continue
            if t > self.now:
                yield t - self.now
            net, crowd = self.where(u)
            if u.kind == "kiosk" or (u.kind == "elderly" and r.random() < 0.06):
                b = self.branches[u.branch]
                c = self.client(b[:3], "kiosk", "NatBank-SB/4.1 (Kiosk; Chromium 138)", JA["old"], b[3])
                yield from self.pin_login(u, c, "kiosk")
            elif u.kind == "fints":
                c = self.client(
                    net,
                    "fints",
                    r.choice(("Hibiscus/2.12", "StarMoney/15", "Quicken-HBCI/41")),
                    JA["java"],
                    None,
                )
                yield from self.pin_login(u, c, "fints")
            elif u.kind in ("app", "dormant"):
                if r.random() < 0.0025:  # a new phone
                    u.dev, u.phone, crowd = self.newdev(r, "mobile"), r.randrange(len(PHONES)), "new_device"
                ua, ja = self.appua(u.phone, self.now, u.upd)
                c = self.client(net, "mobile", ua, u.mitm or ja, u.dev)
                cls = crowd or "app_daily"
                if self.now >= u.upd and u.updbreak:
                    u.updbreak, u.revoked, cls = False, True, "app_update"
                if r.random() < 0.05:  # wet fingers
                    yield from self.pin_login(u, c, cls)
                    continue
                res = self.token(c, u.num, cls)
                if res == "expired":
                    yield r.randrange(3 * S, 25 * S)
                    yield from self.pin_login(u, c, cls)
                elif res == "locked":
                    yield from self.lock(u, c)
                if r.random() < 0.03 and u.wdev:
                    yield r.randrange(MIN, 40 * MIN)
                    yield from self.web(u, net, "web_daily")
            else:
                yield from self.web(
                    u, net, crowd or {"web": "web_daily", "elderly": "elderly_typo"}.get(u.kind, u.kind)
                )

    def web(self, u, net, cls):
        r = self.r
        if u.wdev is not None and r.random() < {"cookie_clear": 0.85, "elderly": 0.2}.get(u.kind, 0.06):
            u.wdev = self.newdev(r, "web")
        ja = JA["proxy"] if len(net) > 3 and net[3] else u.mitm or JA[u.ua[1]]
        c = self.client(net, "web", u.ua[0], ja, u.wdev)
        if r.random() < 0.3:
            num = self.mistype(u.num) if r.random() < u.typo / 2 else u.num
            ok = num in self.cust
            self.sid(c, r)
            self.emit(c, "lookup", ok, num, cls, 0, "unknown", None if ok else "unknown_user")
            yield r.randrange(4 * S, 20 * S)
        yield from self.pin_login(u, c, cls)

    def mistype(self, s):
        r, i = self.r, self.r.randrange(len(s) - 1)
        if r.random() < 0.5 and s[i] != s[i + 1]:
            return s[:i] + s[i + 1] + s[i] + s[i + 2 :]
        return s[:i] + str((int(s[i]) + r.choice((1, 9, 3, 7))) % 10) + s[i + 1 :]

    def pin_login(self, u, c, cls, depth=0):
        r = self.r
        muddled = r.random() < u.typo * 0.35  # remembers another PIN
        for attempt in range(5):
            pin, num = u.pin, u.num
            if muddled and r.random() < 0.8:
                pin = u.oldpin
            elif r.random() < u.typo:
                pin = self.mistype(u.pin)
            if (c["app"] in ("web", "kiosk") or cls == "new_device") and r.random() < u.typo / (
                1 if cls == "new_device" else 3
            ):
                num = self.mistype(num)
            res = self.login(c, num, pin, cls)
            if res == "ok":
                return
            if res == "stepup":
                for _ in range(3):
                    yield r.randrange(7 * S, 45 * S)
                    ok = r.random() > 0.06 + u.typo / 2
                    self.mfa(c, num, ok, cls)
                    if ok:
                        return
                if r.random() < 0.6:
                    return
            elif res == "locked":
                yield from self.lock(u, c, depth)
                return
            elif res == "expired":
                yield r.randrange(20 * S, 80 * S)
                u.oldpin, u.pin, u.expired = u.pin, self.pick_pin(r), False
                self.emit(c, "password_reset", True, u.num, cls, 0, "valid", None, u.pin, "none")
            elif attempt >= 1 and r.random() < 0.18:
                return
            yield int(r.lognormvariate(2.3, 0.6) * S)

    def lock(self, u, c, depth=0):
        r = self.r
        for _ in range(r.choices((0, 1, 2, 4), (40, 30, 20, 10))[0]):
            yield int(r.lognormvariate(2.6, 0.7) * S)
            self.login(c, u.num, u.pin, "locked_out")
        if u.wantlock or depth > 2:
            return
        u.wantlock = True
        yield int(r.lognormvariate(3.6, 1.2) * MIN)
        h = self.now % DAY
        if h < 7 * H or h > 21 * H:
            yield (7 * H - h) % DAY + int(r.expovariate(1 / (50 * MIN)))
        u.wantlock = False
        if not u.locked:
            return
        x = r.random()
        if x < 0.2 and c["app"] in ("web", "mobile"):  # self-service with MFA
            self.sid(c, r)
            self.emit(c, "password_reset", False, u.num, "self_reset", 0, "unknown", "other")
            yield r.randrange(10 * S, 60 * S)
            self.mfa(c, u.num, True, "self_reset")
            u.expired = False
        else:
            cc = self.client(
                self.branches[u.branch][:3] if c["app"] == "kiosk" else r.choice(self.callc),
                "agent",
                BROWSERS[0][0],
                JA["proxy"],
                "w-%032x" % (0xABC0 + r.randrange(25)),
            )
            self.sid(cc, r)
            self.emit(cc, "password_reset", True, u.num, "callcentre", 0, "unknown")
            u.expired = r.random() < 0.5
        u.oldpin, u.pin, u.locked, u.bad, u.revoked = u.pin, self.pick_pin(r), False, 0, r.random() < 0.5
        yield int(r.lognormvariate(1.6, 1.0) * MIN)
        yield from self.pin_login(u, c, "after_reset", depth + 1)

    def aggregated(self, u):
        r, g = self.r, self.aggs[u.agg]
        stored, fails, gap = (u.oldpin if r.random() < 0.015 else u.pin), 0, r.choice((4, 6, 6, 12)) * H
        first = self.client(g["ips"][0], "openbanking", g["ua"], g["ja"], None)
        if r.random() < 0.12:  # onboarding: the provider checks the PIN first
            self.login(
                first,
                u.num if r.random() < 0.85 else self.mistype(u.num),
                self.mistype(u.pin) if r.random() < 0.15 else u.pin,
                "aggregator",
                0,
                "lookup",
            )
            yield r.randrange(2 * S, 30 * S)
        while fails < 4:
            c = self.client(r.choice(g["ips"]), "openbanking", g["ua"], g["ja"], None)
            if g["kind"] == "token":
                self.sid(c, r)
                self.emit(
                    c,
                    "token",
                    not u.locked,
                    u.num,
                    "aggregator",
                    0,
                    "unknown" if u.locked else "valid",
                    "locked" if u.locked else None,
                    None,
                    "none",
                )
            elif (
                self.login(c, u.num, stored, "aggregator" if stored == u.pin else "aggregator_stale") == "ok"
            ):
                fails = 0
            else:
                fails += 1
                if r.random() < 0.5:
                    stored = u.pin  # the customer mends it at the provider
            # most refreshes are lined up in one nightly batch
            nxt = self.now + gap
            if nxt % DAY < 7 * H and u.agg != 1:
                nxt = nxt // DAY * DAY + 5 * H + r.randrange(25 * MIN)
                if nxt <= self.now:
                    nxt += gap
            yield nxt - self.now + r.randrange(20 * MIN)

    def monitor(self, k):
        u = self.order[k]
        c = self.client(self.host_ip(self.r, 4), "web", BROWSERS[0][0], JA["chrome"], u.wdev)
        c["dev"] = u.wdev = u.wdev or self.newdev(self.r, "web")
        u.devs[c["dev"]] = 1
        while True:
            self.login(c, u.num, u.pin, "monitor")
            yield 15 * MIN + self.r.randrange(2 * S)

    def script(self, u, stale):
        net = u.home if self.r.random() < 0.5 else self.host_ip(self.r)
        c, pin = (
            self.client(
                net,
                "fints",
                self.r.choice(("aqbanking/6.6", "Hibiscus/2.12")),
                JA[self.r.choice(("go", "py", "py"))],
                None,
            ),
            u.oldpin,
        )
        for _ in range(40):
            if (
                self.login(c, u.num, pin if stale else u.pin, "stale_client" if stale else "fints")
                == "locked"
                and self.r.random() < 0.1
            ):
                return
            yield self.r.choice((2, 3, 3, 6)) * H + self.r.randrange(30 * S)

    def open_account(self, net, phone, r):
        num = "%08d" % self.nextnum
        self.nextnum += r.choice((1, 1, 2, 3))
        u = Cust()
        u.num, u.pin, u.oldpin, u.kind, u.bad, u.locked, u.expired = (
            num,
            self.pick_pin(r),
            self.pick_pin(r),
            "app",
            0,
            False,
            False,
        )
        u.home, u.v6, u.carrier, u.phone, u.dev, u.wdev = net[:3], None, r.randrange(3), phone, None, None
        u.devs, u.typo, u.office, u.upd, u.updbreak, u.travel, u.vpn, u.agg = (
            {},
            0.05,
            None,
            ATTACK_FROM + 7 * H,
            False,
            None,
            False,
            None,
        )
        u.branch, u.breached, u.wantlock, u.revoked, u.rate, u.ua, u.mitm = (
            0,
            False,
            False,
            False,
            2,
            BROWSERS[0],
            None,
        )
        self.cust[num] = u
        return u

    def signup(self, net, cls, dev=None, atk=0, phone=None, later=2.2):
        r = self.a if atk else self.r
        u = self.open_account(net, r.randrange(len(PHONES)) if phone is None else phone, r)
        u.dev = dev or self.newdev(r, "mobile")
        c = self.client(net, "mobile", *self.appua(u.phone, self.now, u.upd), u.dev)
        for _ in range(3):
            self.sid(c, r)
            kyc = r.random() < 0.8
            self.emit(c, "signup", kyc, u.num, cls, atk, "unknown", None if kyc else "other", u.pin)
            if kyc:
                break
            yield r.randrange(20 * S, 6 * MIN)
        else:
            return
        yield r.randrange(15 * S, 90 * S)
        self.mfa(c, u.num, True, cls, atk)
        for _ in range(int(r.expovariate(1 / later))):
            yield int(r.expovariate(1 / (7 * H))) + MIN
            if self.now % DAY < 6 * H:
                yield 6 * H
            c = self.client(
                self.cgnat(r, u.carrier) if r.random() < 0.5 else u.home,
                "mobile",
                *self.appua(u.phone, self.now, u.upd),
                u.dev,
            )
            self.token(c, u.num, cls, atk)

    # ---------------------------------------------------------------- attackers
    def resi(self):
        """An exit of a residential proxy: mostly at home, often an address that customers use too."""
        a, x = self.a, self.a.random()
        if x < 0.22:
            return a.choice(self.order).home
        if x < 0.50:
            return self.home_ip(a)
        return self.cgnat(a) if x < 0.68 else self.abroad(a)

    def pool(self, n, dc=0.0):
        a = self.a
        return [
            (a.choice(self.vpn) if a.random() < 0.3 else self.host_ip(a)) if a.random() < dc else self.resi()
            for _ in range(n)
        ]

    def bot(self, net, app="web", dev="fresh", clean=0.75):
        """The client of a bot: copies a browser or the app, its TLS does not always fit."""
        a = self.a
        if app == "mobile":
            ua, ja = self.appua(
                a.randrange(len(PHONES)), self.now, ATTACK_FROM + 6 * H + a.expovariate(1 / (9 * H))
            )
        elif app == "fints":
            ua, ja = a.choice(("Hibiscus/2.12", "aqbanking/6.6", "StarMoney/15")), JA["java"]
        else:
            b = a.choices(BROWSERS, BW)[0]
            ua, ja = b[0], JA[b[1]]
        if a.random() > (clean if app == "web" else 0.6 + 0.4 * clean):
            ja = JA[a.choice(("go", "py", "old", "proxy"))]
        if dev == "fresh":
            dev = self.newdev(a, app) if app != "fints" else None
        return self.client(net, app, ua, ja, dev)

    def pace(self, cls, q, dur):
        return max(1, int(self.a.expovariate(q / dur)))

    def left(self, cls, q):
        return self.count.get(cls, 0) < q

    def walk_targets(self, known=0.0):
        """Numbers of a block in order, jumping to another block now and then."""
        a = self.a
        while True:
            lo, hi = a.choice(self.blocks)
            x = a.randrange(lo, hi)
            for _ in range(a.randrange(60, 700)):
                x += 1 if a.random() < 0.9 else a.randrange(2, 12)
                n = "%08d" % x
                if n in self.cust or a.random() >= known:
                    yield n

    def spray(self, cls, q, dur, nets, known, dev, app, per_net=1, npins=2, clean=0.75):
        a, targets, i, sticky, again = self.a, self.walk_targets(known), 0, {}, []
        pins, net = a.sample(TOP_PINS[:9], npins), a.choice(nets)
        while self.left(cls, q):
            i += 1
            if i % per_net == 0:
                net = a.choice(nets)
            if dev == "sticky":
                c = sticky.setdefault(net[0], self.bot(net, app, "fresh", clean))
            else:
                c = self.bot(net, app, dev, clean)
            if again and a.random() < 0.5 and len(again) > 40:
                num, pin = again.pop(0), pins[1]
            else:
                num, pin = next(targets), pins[0]
                if npins > 1:
                    again.append(num)
            if self.login(c, num, pin, cls, 1) == "stepup" and a.random() < 0.6:
                yield a.randrange(5 * S, 40 * S)
                self.mfa(c, num, False, cls, 1)
            yield self.pace(cls, q, dur)

    def enum(self, cls, q, dur, nets, kind):
        a, targets, net = self.a, self.walk_targets(), nets[0]
        while self.left(cls, q):
            if a.random() < 0.08:
                net = a.choice(nets)
            c, num = self.bot(net, "web", "fresh" if a.random() < 0.7 else None), next(targets)
            if kind == "lookup":
                self.sid(c, a)
                ok = num in self.cust
                self.emit(c, "lookup", ok, num, cls, 1, "unknown", None if ok else "unknown_user")
            else:
                self.login(c, num, "%06d" % a.randrange(1_000_000), cls, 1)
            yield self.pace(cls, q, dur)

    def stuffing(self, cls, q, dur, nets, agg=None):
        a = self.a
        nums = list(self.leaked)
        a.shuffle(nums)
        i = 0
        while self.left(cls, q):
            x = a.random()
            if x < 0.35:
                num, i = nums[i % len(nums)], i + 1
                pin = self.leaked[num]
            elif (
                x < 0.75
            ):  # mapped from an e-mail list: a customer, a PIN guessed from the leaked password or birth date
                u = a.choice(self.order)
                num, pin = u.num, (
                    u.pin if a.random() < 0.03 else u.oldpin if a.random() < 0.2 else self.pick_pin(a)
                )
            else:  # mapped wrongly
                num, pin = "%08d" % (int(a.choice(self.order).num) + a.randrange(1, 40)), self.pick_pin(a)
            if agg is not None:
                g = self.aggs[agg]
                c = self.client(a.choice(g["ips"]), "openbanking", g["ua"], g["ja"], None)
            else:
                c = self.bot(a.choice(nets), a.choices(("web", "mobile", "fints"), (55, 36, 9))[0], clean=0.8)
            if self.login(c, num, pin, cls, 1) == "stepup" and a.random() < 0.7:
                yield a.randrange(4 * S, 60 * S)
                self.mfa(c, num, False, cls, 1)
            yield self.pace(cls, q, dur)

    def brute(self, cls, q, dur, nets, victims, patient):
        a = self.a
        vs = a.sample([u for u in self.order if u.kind != "dormant"], victims)
        while self.left(cls, q):
            u = a.choice(vs)
            c = self.bot(a.choice(nets), a.choice(("web", "mobile")), clean=0.7)
            for _ in range(2 if patient else a.randrange(3, 40)):
                if not self.left(cls, q):
                    return
                if patient and (u.bad or u.locked):  # waits until the owner's own login sets the counter back
                    break
                if (
                    self.login(
                        c,
                        u.num,
                        "%02d%02d%02d" % (a.randint(1, 31), a.randint(1, 12), a.randint(40, 99)),
                        cls,
                        1,
                    )
                    == "locked"
                    and a.random() < 0.15
                ):
                    break
                yield a.randrange(2 * S, 14 * S)
            yield self.pace(cls, q, dur) * (0.3 if patient else 8)

    def cred_check(self, cls, q, dur, nets):
        a, g = self.a, self.aggs[0]
        while self.left(cls, q):
            u = a.choice(self.order)
            num = u.num if a.random() < 0.85 else "%08d" % (int(u.num) + 5)
            if a.random() < 0.5:  # PIN check of the open-banking interface with a copied client
                b = a.choice(self.aggs[:2] if a.random() < 0.7 else self.aggs)
                c = self.client(
                    a.choice(nets), "openbanking", b["ua"], a.choice((b["ja"], JA["java"], JA["go"])), None
                )
                self.login(
                    c,
                    num,
                    self.leaked.get(num, u.pin if a.random() < 0.05 else self.pick_pin(a)),
                    cls,
                    1,
                    "lookup",
                )
            else:
                c = self.bot(a.choice(nets))
                self.sid(c, a)
                ok = num in self.cust
                self.emit(c, "lookup", ok, num, cls, 1, "unknown", None if ok else "unknown_user")
            yield self.pace(cls, q, dur)

    def lockout(self, cls, q, dur, nets):
        a = self.a
        vs = a.sample([u for u in self.order if u.kind in ("app", "web", "elderly")], max(10, q // 5))
        while self.left(cls, q):
            u = a.choice(vs)
            c = self.bot(a.choice(nets), a.choice(("web", "web", "mobile")))
            for _ in range(3):
                if self.login(c, u.num, "%06d" % a.randrange(1_000_000), cls, 1) == "locked":
                    break
                yield int(a.lognormvariate(1.6, 0.7) * S)
            yield self.pace(cls, q, dur) * 2

    def enrol(self, u, cls, r):
        """The thief binds a phone of his own and comes back with its token."""
        c = self.bot(self.resi(), "mobile", clean=1.0)
        for k in range(1 + r.randrange(3)):
            yield r.randrange(40 * S, 5 * MIN) if k == 0 else int(r.expovariate(1 / (3 * H))) + MIN
            u.devs[c["dev"]] = 1
            if k:
                net = self.resi()
                c["ip"], c["asn"], c["cc"] = net[:3]
            self.token(c, u.num, cls, 1)

    def aitm_wave(self, cls, q, dur):
        a = self.a
        vs = [u for u in self.order if u.kind in ("app", "web", "elderly", "cookie_clear") and u.agg is None]
        relays = [self.host_ip(a) for _ in range(3)] + [self.vpn[a.randrange(36)]]
        while self.left(cls, q):
            self.spawn(self.aitm(a.choice(vs), relays, cls), self.now + 1)
            yield self.pace(cls, q, dur) * 3

    def aitm(self, u, relays, cls):
        a = self.a
        if a.random() < 0.6:  # a residential exit in the victim's own network
            net = (
                "%s.%d.%d" % (u.home[0].rsplit(".", 2)[0], a.randrange(256), a.randrange(1, 255)),
                u.home[1],
                u.home[2],
            )
        else:
            net = a.choice(relays)
        stolen = a.random() < 0.12 and u.wdev  # the device cookie came along (infostealer)
        c = self.client(
            net,
            "web",
            u.ua[0],
            JA[u.ua[1]] if a.random() < 0.6 else JA[a.choice(("chrome", "go", "firefox"))],
            u.wdev if stolen else self.newdev(a, "web"),
        )
        for _ in range(3):
            bad = a.random() < u.typo + 0.03  # the victim types into the relay, with typos
            res = self.login(c, u.num, u.oldpin if bad else u.pin, cls, 1)
            if res in ("ok", "locked", "expired"):
                break
            if res == "stepup":
                for _ in range(2):
                    yield a.randrange(10 * S, 50 * S)
                    ok = a.random() < 0.82
                    self.mfa(c, u.num, ok, cls, 1)
                    if ok:
                        res = "ok"
                        break
                break
            yield int(a.lognormvariate(2.3, 0.6) * S)
        if res == "ok" and a.random() < 0.5:
            yield from self.enrol(u, cls, a)

    def bomb_wave(self, cls, q, dur):
        a, vs = self.a, [u for u in self.order if u.kind in ("app", "web")]
        while self.left(cls, q):
            self.spawn(self.bomb(a.choice(vs), cls), self.now + 1)
            yield self.pace(cls, q, dur) * 14

    def bomb(self, u, cls):
        a = self.a
        c = self.bot(
            self.resi() if a.random() < 0.6 else a.choice(self.vpn), a.choice(("web", "mobile")), clean=0.9
        )
        if self.login(c, u.num, u.pin, cls, 1) != "stepup":
            return
        for k in range(a.randrange(4, 28)):
            yield int(a.lognormvariate(3.4, 0.6) * S)
            ok = a.random() < 0.022
            self.mfa(c, u.num, ok, cls, 1)
            if ok:
                yield from self.enrol(u, cls, a)
                return
            if a.random() < 0.12:
                yield a.randrange(2 * MIN, 90 * MIN)
                if self.login(c, u.num, u.pin, cls, 1) != "stepup":
                    return

    def mules(self, cls, q, dur):
        a = self.a
        farm = [(self.newdev(a, "mobile"), a.randrange(5)) for _ in range(max(3, q // 25))]
        nets = self.pool(max(3, q // 12), 0.2) + [self.cgnat(a)] * 4
        while self.left(cls, q):
            d, phone = a.choice(farm)
            dev = d if a.random() < 0.6 else None
            self.spawn(self.signup(a.choice(nets)[:3], cls, dev, 1, phone, 1.6), self.now + 1)
            yield self.pace(cls, q, dur) * 3

    def launch(self, budget, quiet):
        a = self.a
        w = {
            "pin_spray_network": 13,
            "pin_spray_distributed": 17,
            "brute_force": 7,
            "brute_patient": 2,
            "enum_lookup": 11,
            "enum_login": 4,
            "stuffing": 17,
            "stuffing_aggregator": 4,
            "aitm_phish": 4,
            "mfa_bombing": 5,
            "cred_check_lookup": 6,
            "lockout_dos": 9,
            "mule_signup": 3,
            "slow_spray": 5,
        }
        floor = {"aitm_phish": 60, "mfa_bombing": 60, "mule_signup": 36, "slow_spray": 80}
        q = {k: max(int(budget * v / 100), min(floor.get(k, 12), budget // 8)) for k, v in w.items()}
        over = max(0, sum(q.values()) - q["slow_spray"] // 2 - budget)
        loud = sum(v for k, v in q.items() if k not in floor)
        for k in q:
            if k not in floor:
                q[k] = max(6, int(q[k] * (1 - over / loud)))
        f = 0.5 if quiet else 1.0
        hosting = self.host_ip(a)
        base = hosting[0].rsplit(".", 1)[0]
        onenet = [("%s.%d" % (base, 3 + i * 5), hosting[1], hosting[2]) for i in range(24)] + (
            [("2a01:4f8:c0c:%x::1" % (17 + i), 24940, "DE") for i in range(6)] if a.random() < 0.5 else []
        )
        D = ATTACK_FROM

        def go(name, fn, start, hours, *rest):
            dur = min(hours * f * H, END - start * H - H)
            self.spawn(fn(name, q[name], dur, *rest), start * H + a.randrange(H))

        n = lambda k, per: max(4, q[k] // per)
        go(
            "pin_spray_network",
            self.spray,
            48 + a.choice((2, 9, 13)),
            14,
            onenet,
            0.0,
            a.choice(("fresh", "sticky")),
            a.choice(("web", "mobile")),
            7,
        )
        go(
            "pin_spray_distributed",
            self.spray,
            48 + a.choice((7, 17)),
            26,
            self.pool(n("pin_spray_distributed", 2), 0.1),
            0.85,
            "sticky",
            "mobile",
            1,
            3,
            0.9,
        )
        go(
            "brute_force",
            self.brute,
            48 + a.choice((11, 19, 27)),
            18,
            self.pool(n("brute_force", 25), 0.4),
            max(3, q["brute_force"] // 60),
            False,
        )
        go(
            "brute_patient",
            self.brute,
            49,
            44,
            self.pool(n("brute_patient", 3), 0.1),
            max(3, q["brute_patient"] // 4),
            True,
        )
        go("enum_lookup", self.enum, 48 + a.choice((0, 4, 20)), 12, self.pool(12, 0.7), "lookup")
        go("enum_login", self.enum, 72 + a.choice((1, 8)), 9, self.pool(n("enum_login", 10), 0.3), "login")
        go("stuffing", self.stuffing, 48 + a.choice((8, 14)), 30, self.pool(n("stuffing", 3), 0.3))
        go("stuffing_aggregator", self.stuffing, 72 + a.choice((3, 10)), 10, None, a.randrange(2))
        go("aitm_phish", self.aitm_wave, 48 + 10, 32)
        go("mfa_bombing", self.bomb_wave, 48 + 6, 38)
        go(
            "cred_check_lookup",
            self.cred_check,
            72 + a.choice((0, 6)),
            16,
            self.pool(n("cred_check_lookup", 6), 0.5),
        )
        go(
            "lockout_dos",
            self.lockout,
            72 + a.choice((6, 9)),
            11,
            self.pool(n("lockout_dos", 15), 0.1) + [self.cgnat(a, 0)],
        )
        go("mule_signup", self.mules, 48 + 8, 34)
        # from the log's first hour to its end
        self.spawn(
            self.spray(
                "slow_spray",
                q["slow_spray"],
                END - 2 * H,
                self.pool(n("slow_spray", 3), 0.05),
                0.9,
                "fresh",
                "web",
                1,
                1,
                0.95,
            ),
            a.randrange(20 * MIN),
        )


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--seed", type=int, default=1)
    p.add_argument("--users", type=int, default=12000)
    p.add_argument(
        "--share",
        type=float,
        default=0.25,
        help="share of attacks among the attempts of the third and fourth day",
    )
    p.add_argument("--out", default="bank.ndjson")
    p.add_argument("--labels", default="bank.csv")
    o = p.parse_args()
    dry = Sim(o.seed, o.users)  # a world without attackers tells how much honest traffic there is
    dry.run()
    honest = sum(1 for row, *_ in dry.rows if row["time"] >= ATTACK_FROM)
    sim = Sim(o.seed, o.users)
    sim.launch(int(1.045 * honest * o.share / (1 - o.share)), o.share < 0.1)
    sim.run()
    ids, seen, first = random.Random(o.seed * 31 + 3), {}, sim.rows[0][0]["time"]
    with open(o.out, "w", encoding="utf-8") as f, open(o.labels, "w", newline="", encoding="utf-8") as g:
        w = csv.writer(g, lineterminator="\n")
        w.writerow(["event_id", "attack", "class", "outcome", "time", "username"])
        for row, atk, cls, out in sim.rows:
            e = "ev-%020x" % ids.getrandbits(80)
            while e in seen:
                e = "ev-%020x" % ids.getrandbits(80)
            seen[e], t = 1, row["time"]
            d, s = t // DAY, t % DAY
            rec = {"event_id": e, **{k: v for k, v in row.items() if v is not None}}
            rec["time"] = "%sT%02d:%02d:%02d.%03d+02:00" % (
                DATES[d],
                s // H,
                s % H // MIN,
                s % MIN // S,
                s % S,
            )
            f.write(json.dumps(rec, separators=(",", ":")) + "\n")
            w.writerow([e, atk, cls, out, "%.3f" % ((t - first) / 1000), row["username"]])


if __name__ == "__main__":
    main()
