"""Labelled login traffic of a payroll and staff self-service portal used by many employers (tenants).

Six days around payday: payslips on phones, shared kiosks, offices behind an address or gateway, accountants,
seasonal staff enrolled in bulk, a partner's look-ups, an aggregator, forced changes, a merger. What is hard:
a failing visit from a new device and address is a forgetful person or a residential spray, in one payday rush;
diversion of pay begins with a right password and ends at the bank page that new starters use.
"""

import argparse, datetime as dt, hashlib, heapq, json, random, zlib

DAY, DAYS, HOUR, START = 86400.0, 6, 3600.0, dt.datetime(2025, 10, 28, tzinfo=dt.timezone.utc)
FIRST = "james olivia mohammed emma jack sophie tom grace adam chloe lucy piotr anna ioana joao priya".split()
LAST = "smith jones taylor brown davies patel wright walker green wood hill king khan nowak silva".split()
COMMON = "Autumn2025! Password1 Welcome1 Summer2025! Payday2025 October2025 Qwerty123! Arsenal1".split()
PINS = "123456 111111 000000 121212 654321 112233 123123 222222 101010 696969 159753 131313".split()
HOME = "2856GB 5089GB 5607GB " * 6 + "13285GB 6871GB " * 3 + "5466IE 5617PL 8708RO 8866BG 3243PT 24560IN"
MOBILE = "12576GB 25135GB 206067GB 60339GB " * 4 + "15751IE 8374PL 12302RO 2860PT 55836IN"  # asn and country
HOSTING = "16509GB 14061NL 20473GB 16276FR 24940DE 9009GB 212238NL".split()
HOME, MOBILE, OFFICE = HOME.split(), MOBILE.split(), "2818GB 2818GB 15395GB 31655GB 1213IE".split()
BOX = {"ja4": "t12d2108h2_76e208dd3e22_2dae41c691ec"}  # TLS as re-made by the filter of an office
CHROME = "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{v}.0.0.0 Safari/537.36"
PROGRAMS = """ios ios /oauth/token t13d2013h2_a09f3c656075_7f0f34a4126d PayPortal/7.{m} (iPhone; iOS 18.{k})
android android /oauth/token t13d1513h2_46e7e9700bed_eca864cca44a PayPortal/7.{m} (Android 1{k}) okhttp/4.12.0
windows web /login t13d1516h2_8daaf6152771_02713d6af862 {z} (Windows NT 10.0; Win64; x64) {c}
firefox web /login t13d1715h2_5b57614c22b0_3d5424432f57 {z} (Windows NT 10.0; rv:{v}.0) Firefox/{v}.0
iphone web /login t13d2014h2_a09f3c656075_14788d8d241b {z} (iPhone; CPU iPhone OS 18_{k}) Safari/604.1
pixel web /login t13d1516h2_8daaf6152771_02713d6af862 {z} (Linux; Android 10; K) {c}
kiosk kiosk /kiosk/login t13d1516h2_8daaf6152771_02713d6af862 {z} (X11; CrOS x86_64 14541.0.0) {c}
remade web /login t13d1312h2_f57a46bbacb6_ef7df7f74e48 {z} (Windows NT 10.0; Win64; x64) {c}
script api /v1/session t13d1312h2_f57a46bbacb6_ef7df7f74e48 Go-http-client/2.0""".splitlines()
PROGRAMS = {s.split()[0]: s.split(maxsplit=4)[1:] for s in PROGRAMS}
BROWSERS = "windows windows windows windows windows iphone iphone pixel pixel firefox remade"
SECTORS = """gateway dot sso_gateway sso_gateway sso_gateway payday_phone payday_phone vpn_traveller
warehouse number kiosk_shift kiosk_shift payday_phone payday_phone payday_browser
shop number kiosk_shift payday_phone payday_phone payday_browser
care mail payday_phone payday_phone payday_phone payday_browser payday_browser vpn_traveller
office dot head_office_nat head_office_nat head_office_nat payday_phone payday_browser vpn_traveller
farm number payday_phone payday_phone payday_browser""".splitlines()  # form of the names, habits
PAGES = ["/oauth/refresh"] * 9 + ["/me/payslips"] * 9 + ["/me/bank-details"]
STAFF, OFFICERS, NIGHT = (6, 7, 7, 8, 12, 13, 18, 20, 21, 1), (9, 9, 10, 11, 14, 15), (2, 3, 4, 23)


def address(net, key, six=False, pool=0):
    """The address of a line's key, or one of a pool of shared addresses, with its network if known."""
    q, base = zlib.crc32(f"{key}".encode()), zlib.crc32(net.encode())
    q = zlib.crc32(f"{net}{q % pool}".encode()) if pool and not six else q
    ip = f"{(31, 51, 78, 81, 86, 92, 109)[base % 7]}.{(base >> 8) % 250 + q % 3}.{q >> 9 & 255}.{q % 254 + 1}"
    v6 = f"2a{base % 15 + 1:02x}:{base >> 16:x}:{q >> 16:x}:{q & 65535:x}:1a:{q % 241:x}:3:{q % 251:x}"
    return {"ip": v6 if six else ip} | ({"asn": int(net[:-2]), "country": net[-2:]} if q % 60 else {})


class Tenant:
    def __init__(self, w, slug, row):
        """An employer: form of names, payday, office, kiosks, desk, sign-on gateway, lodgings."""
        self.slug, self.users, (self.sector, self.form, *self.habits) = slug, [], row.split()
        self.number, payday = 1000 + w.r.randrange(40000), w.r.choices((3, 2, 1, 4), (70, 15, 10, 5))[0]
        near, shape = {-1: 1.6, 0: 7, 1: 2.5}, (0.9, 0.9, 0.9, 1.0, 0.45, 0.4)
        self.days, self.payday = [shape[d] * near.get(d - payday, 1) for d in range(DAYS)], payday
        self.office, self.gateway = address(w.r.choice(OFFICE), slug), w.r.choice(HOSTING)
        self.kiosks, self.default = [w.prog("kiosk") | self.office for _ in range(3)], f"Welcome-{slug}"
        self.desk, self.lodge = w.prog("windows") | self.office | {"app": "admin"}, w.r.choice(HOME)


class User:
    def __init__(self, w, tenant, habit=None, name=None):
        """An account with the person's lines and programs."""
        r, self.tenant, self.id, n = w.r, tenant, f"u{len(w.users)}", 0
        self.habit = habit or r.choice(tenant.habits)
        while n == 0 or (tenant.slug, self.name) in w.names:
            self.name, n = name or w.name_for(tenant, n), n + 1
        self.pw, self.old, self.manager = w.new_password(self), w.new_password(self), habit == "manager_daily"
        self.mfa, self.session = self.manager or r.random() < 0.12, f"{r.getrandbits(64):016x}"
        self.home, self.six, self.daily = w.r.choice(HOME), r.random() < 0.3, r.random() < 0.2
        self.mobile, self.phone, self.desk = w.r.choice(MOBILE), w.prog("ios android"), w.prog()
        self.trusted = [self.phone["device_id"], self.desk["device_id"]] if r.random() < 0.9 else []
        self.hijacked, self.must_change, self.fails, self.locked = False, False, 0, -1.0
        self.e, w.names[tenant.slug, self.name] = {"username": self.name, "tenant": tenant.slug}, self
        w.users.append(self)
        tenant.users.append(self)

    def place(self, t, mobile=False):
        """The address at a time: home (some renumber daily), or mobile (shared, or changing often)."""
        here = (self.home, f"{self.id}/{t // DAY if self.daily else 0}", self.six)
        there = (self.mobile, f"{self.id}/{t // 9000}", int(self.id[1:]) % 5 < 2, 60)
        return address(*(there if mobile else here))


class Portal:
    def __init__(self, seed, users, log, labels):
        """The portal: accounts, the rules of signing in, what is planned, and the log."""
        r = self.r = random.Random(f"{seed}-traffic")
        self.key, self.log, self.labels, self.scale = f"{seed}-key", log, labels, max(0.2, users / 16000)
        self.todo, self.n, self.zero, self.users, self.names, self.attacks = [], 0, None, [], {}, []
        count, words = max(12, users // 400), ("northgate", "oakfield", "millford", "kingsway")
        self.tenants = [Tenant(self, f"{words[n % 4]}{n}", SECTORS[n % 6]) for n in range(count)]
        places = r.choices(self.tenants, [1 / (k + 4) for k in range(count)], k=users)
        for tenant in self.tenants + places[count:]:
            User(self, tenant, "manager_daily" if not tenant.users or r.random() < 0.015 else None)

    def prog(self, families=BROWSERS):
        """A program of one of the families with a fresh device token (scripts keep none)."""
        app, page, tls, ua = PROGRAMS[self.r.choice(families.split())]
        v, device = self.r.randrange(128, 142), f"{self.r.getrandbits(64):016x}"
        ua = ua.format(v=v, k=v % 4 + 2, m=v % 5 + 3, z="Mozilla/5.0", c=CHROME.format(v=v))
        out = {"app": app, "endpoint": page, "user_agent": ua, "ja4": tls}
        return out if app == "api" else out | {"device_id": device}

    def name_for(self, tenant, n=0):
        """A user name in the tenant's form: staff number, work address or private address."""
        tenant.number += self.r.choice((1, 1, 2))
        if tenant.form == "number":
            return f"{tenant.slug[:2].upper()}{tenant.number:06d}"
        end = f"{self.r.randrange(100):02d}@webmail" if tenant.form == "mail" else f"{n or ''}@{tenant.slug}"
        return f"{self.r.choice(FIRST)}.{self.r.choice(LAST)}{end}.example"

    def new_password(self, u):
        """A password as people choose them: a PIN at kiosks, sometimes a common one, mostly their own."""
        if u.habit == "kiosk_shift":
            return self.r.choice(PINS) if self.r.random() < 0.1 else f"{self.r.randrange(10**6):06d}"
        common = COMMON[min(int(self.r.expovariate(0.2)), len(COMMON) - 1)]
        return common if self.r.random() < 0.08 else f"own-{u.id}-{self.r.randrange(10**6)}"

    def clock(self, day, hours):
        """A moment of a day in the rhythm of a kind of people."""
        return day * DAY + self.r.gauss(self.r.choice(hours), 1.1) % 24 * HOUR

    def plan(self, t, run, *args):
        """Put something on the list of things to come."""
        self.n += 1
        heapq.heappush(self.todo, (max(t, 0.0), self.n, run, args))

    def put(self, t, crowd, via, kind, why=None, **more):
        """One event, to be written when its time comes."""
        e = {"kind": kind, "outcome": "failure" if why else "success", "failure_reason": why} | via | more
        self.plan(t, self.write, {k: v for k, v in e.items() if v is not None}, crowd)

    def write(self, t, e, crowd):
        """Write one event and its label row."""
        self.zero, name = t if self.zero is None else self.zero, f"{self.n * 0x9E3779B97F4A7C15 % 2**64:016x}"
        when = (START + dt.timedelta(milliseconds=int(t * 1000))).isoformat(timespec="milliseconds")
        self.log.write(json.dumps({"event_id": name, "time": when, **e}, separators=(",", ":")) + "\n")
        let_in = "success" if e["kind"] in ("login", "token", "mfa") and crowd != "ghost_starter" else ""
        result, self.n = "failure" if e["outcome"] == "failure" else let_in, self.n + 1
        row = name, int(crowd in self.attacks), crowd, result, f"{t - self.zero:.3f}", e.get("username", "")
        self.labels.write(",".join(map(str, row)) + f",{int(crowd == 'colleague_knows_pin')}\n")

    def digest(self, pw):
        """What the portal notes about a tried password."""
        bad = pw in COMMON or zlib.crc32(pw.encode()) % 100 < (70 if pw.startswith("leak") else 14)
        tag = hashlib.sha256((self.key + pw).encode()).hexdigest()[:20]
        return {"password_fingerprint": tag, "breached_password": bad}

    def login(self, t, crowd, who, pw, via, slug=None, mfa_ok=True):
        """One try of a password (None: the right one) by the rules of the portal; returns what came of it."""
        u = who if isinstance(who, User) else self.names.get((slug, who))
        why, phone, pw = None, via["app"] in ("ios", "android"), pw or (u.pw if u else "leak")
        e = dict(u.e) if u else {"username": who, "tenant": None if phone else slug}
        e["credential"] = "unknown" if not u or t < u.locked else "valid" if u.pw == pw else "invalid"
        if e["credential"] == "unknown":
            why = "locked" if u else "unknown_user"
        elif u.pw != pw:
            why, u.fails = "bad_password", (u.fails + 1) % 8
            u.locked = t + 1800 if u.fails == 0 else u.locked
        elif u.must_change:
            why = "expired"
        elif u.mfa and via.get("device_id", "") not in u.trusted:
            why, e["mfa"] = (None, "passed") if mfa_ok else ("bad_mfa", "failed")
        if why is None:
            e = {"mfa": "none", "session_id": hashlib.sha256(f"{t}{u.id}".encode()).hexdigest()[:16]} | e
            u.fails, u.last = 0, e["session_id"]
            u.session = u.last if phone else u.session
        self.put(t, crowd, via, "login", why, **e, **self.digest(pw))
        return why or "ok"

    def reset(self, t, u, crowd, via, page):
        """A new password is set, because it was forgotten or because a change was demanded."""
        u.old, u.pw, u.must_change, u.fails, u.locked = u.pw, self.new_password(u), False, 0, -1.0
        self.put(t, crowd, via | {"endpoint": page}, "password_reset", **u.e, **self.digest(u.pw))
        return t + self.r.uniform(3, 20)

    def token(self, t, crowd, via, u, page, good=True, session=None, code=None):
        """A session is shown; on the bank details page (code: is it passed) often a step-up follows."""
        if crowd == "stolen_session":
            via = via | (u.phone if self.r.random() < 0.8 else self.prog("ios android"))
        why, shown = None if good else "expired", session or u.session
        self.put(t, crowd, via | {"endpoint": page}, "token", why, session_id=shown, **u.e)
        if code is not None and (u.mfa or self.r.random() < 0.4):
            why, e = None if code else "bad_mfa", u.e | {"mfa": "passed" if code else "failed"}
            self.put(t + self.r.uniform(15, 70), crowd, via | {"endpoint": page + "/code"}, "mfa", why, **e)

    def lookup(self, t, crowd, via, name, slug):
        """Somebody asks whether a name exists."""
        via = via | {"endpoint": "/partner/staff" if via["app"] == "api" else "/login/find-me"}
        why = None if (slug, name) in self.names else "unknown_user"
        self.put(t, crowd, via, "lookup", why, username=name, tenant=slug)

    def join(self, t, crowd, via, tenant, pw=None):
        """An account is made by personnel (default password) or by a starter; a first sign-in follows."""
        r, u, why = self.r, User(self, tenant), "other" if self.r.random() < 0.1 else None
        u.trusted, u.mfa, u.pw, u.must_change, u.session = [], False, pw or u.pw, pw is not None, None
        at = address(tenant.lodge, r.randrange(3)) if pw and r.random() < 0.6 else u.place(t, True)
        own = at | (u.desk if r.random() < 0.5 else u.phone)
        page = {"endpoint": "/admin/staff/import" if pw else "/join"}
        self.put(t, crowd, (via or own) | page, "signup", why, **u.e, **self.digest(u.pw))
        t += r.uniform(60, 4 * HOUR)
        if crowd in self.attacks:
            self.plan(t, self.aim, crowd, via, u, None)
        elif not pw or r.random() < 0.75:
            t = max(t, self.clock(t // DAY + r.randrange(4), STAFF)) if pw else t
            self.plan(t, self.sign_in, u, *(("seasonal_first", own, 0.5, 0.02, 0.6) if pw else (crowd, own)))

    def sign_in(self, t, u, crowd, via, wrong=0.09, forgot=0.05, misread=0.2):
        """One sitting: a name or password mistyped, or forgotten, a forced change; then in or given up."""
        r, crowd = self.r, "forced_change" if u.must_change and crowd != "seasonal_first" else crowd
        lost = u.hijacked or r.random() < forgot
        for _ in range(r.randint(2, 5) if lost else r.choice((1, 1, 2)) if r.random() < wrong else 0):
            t += r.uniform(4, 40)
            slips = u.old, f"{u.pw}~{r.randrange(8)}", f"{u.pw}^", f"other-{u.id}", r.choice(COMMON)
            who = u.name[:4] + u.name[5:] if r.random() < misread else u
            self.login(t, crowd, who, u.old if u.hijacked else r.choice(slips), via, u.tenant.slug)
        if lost and r.random() < 0.3:
            return self.lookup(t + 30, crowd, via, u.name, u.tenant.slug)
        desk = ("help_desk", u.tenant.desk, "/admin/staff/reset")
        way = desk if r.random() < 0.2 else (crowd, via, "/password/new")
        t = self.reset(t + r.uniform(60, 900), u, *way) if lost else t
        u.hijacked, t = False, t + r.uniform(5, 30)
        how = self.login(t, crowd, u, u.pw, via, mfa_ok=r.random() < 0.85)
        if how == "expired":
            t = self.reset(t + r.uniform(40, 90), u, crowd, via, "/password/change")
            for late in range(r.choice((0,) * 8 + (5, 20))):  # a phone goes on showing the old password
                late = t + 900 + late * r.uniform(1800, 4500)
                self.plan(late, self.login, "stale_app", u, u.old, u.place(late, r.random() < 0.6) | u.phone)
        if how in ("expired", "bad_mfa"):
            how = self.login(t + r.uniform(50, 90), crowd, u, u.pw, via)
        if how == "ok" and "device_id" in via:
            u.trusted = (u.trusted + [via["device_id"]])[-6:] if r.random() < 0.7 else u.trusted
            if r.random() < (0.3 if crowd in ("seasonal_first", "self_signup") else 0.025):
                self.token(t + 120, crowd, via, u, "/me/bank-details", True, u.last, r.random() < 0.93)

    def visit(self, t, u):
        """One visit in the manner of the person's habit."""
        r, crowd, via, forgot = self.r, u.habit, u.place(t) | u.desk, 0.02 if u.manager else 0.08
        if crowd == "sso_gateway":
            via |= address(u.tenant.gateway, r.randrange(4), pool=9) | BOX | {"app": "sso", "device_id": None}
            return self.token(t, crowd, via, u, "/saml/acs", r.random() < 0.98, f"{r.getrandbits(64):016x}")
        if crowd in ("payday_phone", "kiosk_shift"):
            crowd, u.phone = "payday_phone", self.prog(u.phone["app"]) if r.random() < 0.015 else u.phone
            via, forgot = u.place(t, r.random() < 0.5) | u.phone, 0.06
            for _ in range(0 if u.must_change or u.hijacked or not u.session else r.choice((0, 1, 1, 2, 3))):
                via = u.place(t, r.random() < 0.5) | u.phone
                self.token(t, crowd, via, u, r.choice(PAGES), r.random() < 0.97)
                t, forgot = t + r.uniform(30, 1500), -1
        elif crowd == "vpn_traveller":
            via |= address(r.choice(HOSTING), r.random(), pool=40)
        elif crowd == "head_office_nat" or u.manager and r.random() < 0.7:
            via |= u.tenant.office | (BOX if u.tenant.payday == 3 else {})
        via |= self.prog() if r.random() < 0.2 and via["app"] == "web" and not u.manager else {}
        if forgot >= 0:
            self.sign_in(t, u, crowd, via | ({"app": "admin"} if u.manager else {}), forgot=forgot)

    def aim(self, t, crowd, via, who, pw, slug=None, relay=0.1):
        """One try of an attacker; once in, often straight on to the bank details."""
        u, r = who if isinstance(who, User) else self.names.get((slug, who)), self.r
        if crowd == "desk_reset_takeover":
            t, u.hijacked = self.reset(t, u, "help_desk", u.tenant.desk, "/admin/staff/reset") + 900, True
        how = self.login(t, crowd, who, pw, via, slug, r.random() < relay)
        if how == "expired":
            t, u.hijacked = self.reset(t + r.uniform(20, 90), u, crowd, via, "/password/change"), True
            how = self.login(t, crowd, u, None, via)
        if how == "ok" and r.random() < 0.6 and "device_id" in via and crowd[:9] != "colleague":
            code, t = r.random() < max(relay, 0.3), t + r.uniform(20, 300)
            self.token(t, crowd, via, u, "/me/bank-details", True, u.last, code)

    def proxy(self, odd):
        """An attacker's address and program: homes and mobiles of the same networks, or a user's line."""
        r, net = self.r, self.r.choice(HOME if self.r.random() < 0.8 else MOBILE)
        net = net if r.random() < 0.7 else r.choice(HOME[-9:])
        at = address(net, r.random(), r.random() < 0.2, 60 if net in MOBILE else 0)
        kits = BROWSERS, BROWSERS, "windows pixel iphone", "android ios", "android ios", odd
        return (r.choice(self.users).place(0) if r.random() < 0.08 else at) | self.prog(r.choice(kits))

    def campaign(self, crowd, run, count, start, hours, most, vias, pick):
        """Tries of one attack from a start (in hours): at most so many an address, given ones or proxies."""
        left, odd, self.attacks = 0, "remade script" if run == self.aim else BROWSERS, self.attacks + [crowd]
        moments = [(start + self.r.random() * hours) * HOUR for _ in range(max(4, int(count * self.scale)))]
        day = lambda t: self.clock(t // DAY, STAFF) if hours > 20 and self.r.random() < 0.7 else t
        for t in sorted(map(day, moments)):
            via = (self.r.choice(vias) if vias else self.proxy(odd)) if left == 0 else via
            left = (left or self.r.randint(1, most)) - 1
            self.plan(t, run, crowd, via, *pick())


def plan_people(w, r):
    """Plan the visits of the honest crowds."""
    merged, some = w.tenants[3], w.scale
    for u in list(w.users):
        busy = {"sso_gateway": 1.4, "head_office_nat": 1.2, "manager_daily": 5}.get(u.habit, 0.75)
        u.must_change = u.tenant is w.tenants[4]
        for _ in range(min(40, int(r.paretovariate(1.5) * busy))):
            day = r.choices(range(DAYS), u.tenant.days)[0]
            w.plan(w.clock(day, OFFICERS if busy > 1 else STAFF), w.visit, u)
        at = address(HOSTING[0], r.random(), pool=9) if r.random() < 0.7 else u.place(DAY)
        via, known = at | w.prog("remade script"), u.pw if r.random() < 0.9 else u.old
        for day in range(DAYS if r.random() < 0.025 else 0):  # the aggregator, sometimes with an old password
            w.plan(w.clock(day, NIGHT), w.login, "pay_aggregator", u, known, via)
    for u in merged.users[: len(merged.users) * 2 // 3]:
        t, slug, via = w.clock(1, (7, 8, 9)), "old" + merged.slug, u.place(DAY, r.random() < 0.4)
        old, via = u.name.replace("webmail", slug), via | r.choice((u.desk, u.desk, u.phone))
        for k in range(r.choice((1, 1, 2, 3))):
            w.plan(t + k * r.uniform(6, 60), w.login, "merger_morning", old, u.pw, via, slug)
        w.plan(t + 200, w.lookup, "merger_morning", via, r.choice((u.name, old)), merged.slug)
        w.plan(t + r.uniform(220, 900), w.sign_in, u, "merger_morning", via)
    for n in range(int(10 * some) + 1):  # accountants: one account with each of many employers
        via, clients = address(r.choice(OFFICE), f"bureau{n}") | w.prog("windows"), r.sample(w.tenants, 12)
        clients = [User(w, tenant, "bureau", f"pay@bureau{n}.example") for tenant in clients]
        for day in range(DAYS - 2):
            t = w.clock(day, OFFICERS)
            for k, u in enumerate(clients):
                w.plan(t + k * r.uniform(60, 200), w.sign_in, u, "bureau_accountant", via, 0.08, 0.01)
    for day, tenant in [(day, tenant) for day in range(DAYS) for tenant in w.tenants]:
        queue = [u for u in tenant.users if u.habit == "kiosk_shift"]
        for u in r.sample(queue, int(len(queue) * tenant.days[day] * 0.1)):
            t = (day * 24 + r.choice((5.7, 5.7, 10, 12, 13.7, 13.7, 18, 21.7)) + r.random()) * HOUR
            w.plan(t, w.sign_in, u, "kiosk_shift", r.choice(tenant.kiosks), 0.12, 0.02)
        t = (day * 24 + 9 + r.random() * 6) * HOUR
        for _ in range(int(60 * some) if tenant.sector == "farm" and r.random() < 0.3 else 0):
            t += r.choice((r.uniform(1, 4), r.uniform(20, 50)))
            w.plan(t, w.join, "bulk_enrolment", tenant.desk, tenant, tenant.default)
        w.plan(w.clock(day, STAFF), w.join, "self_signup", None, tenant)
        via = address(HOSTING[day % 3], (day, tenant.payday)) | w.prog("script")
        for n in range(int(30 * some) if tenant.form == "number" else 0):
            name = r.choice(tenant.users).name if r.random() < 0.75 else f"OA0{r.randrange(10**5):05d}"
            w.plan(w.clock(day, r.choice((NIGHT, STAFF))), w.lookup, "partner_lookup", via, name, tenant.slug)


def plan_attacks(w, r):
    """Plan the attacks: run, count, start and length in hours, most tries an address, addresses, target."""
    dots, farms, halls = w.tenants[::6] + w.tenants[4::6], w.tenants[5::6], w.tenants[1::6]
    pool, go, pick, staff = [address(net, 1, pool=40) for net in HOSTING[:5]], w.aim, r.choice, list(w.users)
    few, keys = [at | w.prog() for at in pool], [at | w.prog("script") for at in pool]
    bosses, mates = [u for u in staff if u.manager][:40], [u for u in halls[0].users if len(u.pw) == 6]
    name = lambda t: (pick((pick(t.users).name, w.name_for(t, r.randrange(50)))), pick(COMMON[:4]), t.slug)
    number = lambda t: f"{t.slug[:2].upper()}{t.number + 150 - r.randrange(2 * len(t.users)):06d}"
    default = lambda t: (number(t), pick((t.default, "Welcome1", "123456", "Payday2025")), t.slug)
    owner = lambda: pick(staff) if r.random() < 0.4 else w.name_for(w.tenants[3])
    pair = lambda: (owner(), None if r.random() < 0.02 else f"leak{r.randrange(10**6)}", pick(dots).slug)
    guess = lambda: f"own-{r.randrange(4000)}"
    shown = lambda: (pick(staff), pick(PAGES), r.random() < 0.7)
    plans = {
        "loud_pattern_spray": (go, 1400, r.randrange(90), 3, 60, few, lambda: name(dots[0])),
        "residential_spray": (go, 3500, 8, 110, 1, None, lambda: name(pick(dots))),
        "stuffing_residential": (go, 4500, r.randrange(60), 40, 3, None, pair),
        "default_password_walk": (go, 1600, 40, 90, 2, None, lambda: default(pick(farms))),
        "phish_before_payday": (go, 160, 50, 30, 1, None, lambda: (pick(staff), None, None, 0.6)),
        "desk_reset_takeover": (go, 45, 9, 80, 1, None, lambda: (pick(staff), None, None, 0.6)),
        "stolen_session": (w.token, 260, 30, 80, 2, None, shown),
        "name_testing": (w.lookup, 2400, 10, 60, 3, None, lambda: name(pick(dots))[::2]),
        "partner_key_abuse": (w.lookup, 900, 30, 70, 9, keys, lambda: default(pick(halls))[::2]),
        "ghost_starter": (w.join, 260, 12, 100, 1, None, lambda: (pick(w.tenants),)),
        "slow_manager_guess": (go, 1000, 4, 120, 1, None, lambda: (pick(bosses), guess())),
        "push_flood": (go, 60, r.randrange(100), 1, 60, few[:1], lambda: (bosses[0], None, None, 0.04)),
        "colleague_knows_pin": (go, 60, 20, 100, 1, halls[0].kiosks, lambda: (pick(mates), None)),
    }
    for crowd, row in plans.items():
        w.campaign(crowd, *row)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    for option in ("--seed", "--out", "--labels", "--users"):
        parser.add_argument(option, required=option != "--users", default="16000")
    o = parser.parse_args()
    with open(o.out, "w", encoding="utf-8") as log, open(o.labels, "w", encoding="utf-8") as labels:
        labels.write("event_id,attack,class,outcome,time,username,undecidable\n")
        w = Portal(o.seed, int(o.users), log, labels)
        plan_people(w, w.r)
        plan_attacks(w, w.r)
        while w.todo and w.todo[0][0] < DAYS * DAY:
            t, _, run, args = heapq.heappop(w.todo)
            run(t, *args)
