"""Labelled login traffic of a food-delivery app: customers, riders and restaurants in five cities.

A name is a phone number; many phones share an address.  Hard: number testing looks like an address book being
matched, voucher farms like a student hall on promotion day, PIN guessing like a kitchen at opening time, SIM
swaps like recycled numbers, rented accounts like shared phones; attackers come through the same carriers.
"""

import argparse, csv, functools, hashlib, heapq, itertools, json, random
from collections import namedtuple
from datetime import datetime, timedelta, timezone
from types import SimpleNamespace as Bag

DAYS, HOUR, DAY = 5, 3600.0, 86400.0
CITIES = [x.split() for x in "lon GB +4477,mad ES +346,lis PT +3519,rtm NL +316,lee GB +4477".split(",")]
LANDS = "GB ES PT NL US DE FR BR VN ID TR PL RO MA IN IT".split()
MEALS = [4, 3, 2, 1, 1, 1, 2, 3, 4, 4, 5, 9, 16, 14, 7, 4, 5, 9, 19, 24, 21, 13, 8, 5]
CROWDS = "app_customer " * 22 + "code_customer " * 6 + "office_lunch " * 4 + "student_hall web_customer " * 2
CROWDS = (CROWDS + "family_shared family_shared traveller vpn_customer").split()
KINDS = dict(selfie="mfa", forgot="password_reset", reset="password_reset")
CODES = [[None]] * 8 + [["bad_mfa", None], ["expired"], ["expired", None]]
PROGRAMS = """eater|ios18|Tiffin/8.3{v}.0 (iPhone; iOS 18.5; Scale/3.00)
eater,rider|droid|Tiffin/8.3{v}.0 (Android 14; SM-A546B) okhttp/4.12.0
eater,rider,store|okhttp|Tiffin/8.3{v}.0 (Android 9; SM-T515) okhttp/4.9.3
web,desk|chrome|Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/13{v}.0.0.0 Safari/537.36
web|chrome|Mozilla/5.0 (Linux; Android 10; K) Chrome/13{v}.0.0.0 Mobile Safari/537.36
web|safari|Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Version/18.{v} Safari/605.1.15
partner|python|python-requests/2.3{v}.0"""
PROGRAMS = [x.split("|") for x in PROGRAMS.split("\n")]
# attacks: name, script, steps for each user of the service, waves, hours a wave, applications
PLAN = """stuffing_loud stuff 0.11 2 1.5 web; stuffing_proxy stuff 0.17 3 7 eater,web
stuffing_slow stuff 0.05 1 100 eater; password_spray stuff 0.08 2 9 eater,web; code_phish steal 0.003 2 30 web
number_testing stuff 0.08 3 5 eater,web; voucher_farm join 0.03 3 20 eater; sim_swap steal 0.0012 1 100 eater
token_theft replay 0.006 2 40 eater; code_guess steal 0.002 2 12 web; store_pin_guess stuff 0.025 4 6 store"""
PLAN = [x.split() for x in PLAN.replace("\n", ";").split(";")]
Who = namedtuple("Who", "cls attack undecidable own", defaults=(0, 0, 0))
Net = namedtuple("Net", "country asn daily blocks six pool")


class World:
    """The service, its people and its clock; scripts are generators that yield seconds to wait."""

    def __init__(self, seed, count, log, labels):
        """Build networks and shared places, then people, and put the days and the attacks on the clock."""
        self.log, self.labels, self.count, self.key = log, csv.writer(labels), count, f"{seed}-key".encode()
        self.labels.writerow("event_id,attack,class,outcome,time,username,undecidable".split(","))
        self.good, self.bad, self.ids, r = [random.Random(f"{seed}-{x}") for x in ("a", "b", "c", "d")]
        self.start = datetime(2025, 9, 2, tzinfo=timezone.utc) + timedelta(days=r.randrange(28))
        self.now, self.first, self.heap, self.turn, self.users = 0.0, 0, [], itertools.count(), {}
        self.homes = {c: [self.make_net(r, c) for _ in range(4)] for c in LANDS}
        self.mobiles = {c: [self.make_net(r, c, 8 + count // 350) for _ in range(3)] for c in LANDS}
        self.exits = [self.address(r, self.make_net(r, c), 0) for c in ["US", "DE", "NL", "GB", "FR"] * 7]
        self.blocks = {c[2]: [r.randrange(10**4) for _ in range(1 + count // 1300)] for c in CITIES}
        self.sites, self.promo = {}, r.randrange(1, 4)
        for city, crowd in itertools.product(CITIES, ("office_lunch", "student_hall", "support_desk")):
            nets = r.choices(self.homes[city[1]], k=count // 1500 * (crowd != "support_desk") + 1)
            self.sites[city[0], crowd] = [self.address(r, net, 0) for net in nets]
        self.common = [f"{x}{n or ''}" for n in range(40) for x in ("123456", "password", "qwerty", "pizza")]
        self.breached = set(self.common)
        self.build_people(r)
        heapq.heappush(self.heap, (0, next(self.turn), self.days()))
        for name, script, share, waves, hours, apps in [x for x in PLAN for _ in range(int(x[3]))]:
            n = int(float(share) * count / int(waves) * self.bad.uniform(0.7, 1.3)) + 1
            wave = self.wave(name, getattr(self, script), n, float(hours) * HOUR, apps.split(","))
            heapq.heappush(self.heap, (self.bad.uniform(2, 119 - float(hours)) * HOUR, next(self.turn), wave))

    def make_net(self, r, country, pool=0):
        """Return an operator with its address blocks and, where many share an address, the shared ones."""
        blocks = [f"{r.choice([31, 46, 62, 77, 80, 84, 92, 109, 188])}.{r.randrange(256)}" for _ in range(6)]
        six = f"2a{r.randrange(16, 256):x}:{r.randrange(1, 65536):x}" if r.random() < 0.6 else ""
        net = Net(country, r.randrange(1200, 64000), r.random() < 0.35, blocks, six, [])
        return net._replace(pool=[self.address(r, net, 0)[0] for _ in range(pool)])

    def address(self, r, net, six=0.4):
        """Return (address, network): mostly a shared address if the network has them, else a fresh one."""
        if net.six and r.random() < six:
            return net.six + "".join(f":{r.randrange(1, 65536):x}" for _ in range(6)), net
        fresh = f"{r.choice(net.blocks)}.{r.randrange(256)}.{r.randrange(1, 255)}"
        return r.choice(net.pool) if net.pool and r.random() < 0.9 else fresh, net

    def slip(self, r, text):
        """Return a text with one slip of the thumb near its end."""
        i = r.randrange(max(1, len(text) - 4), len(text))
        return text[:i] + r.choice("0123456789") * (r.random() < 0.7) + text[i + 1 :]

    def build_people(self, r):
        """Make the customers, riders, restaurants, agents and programs that exist when the log begins."""
        self.customers = [self.person(r, r.choice(CROWDS)) for _ in range(int(self.count * 0.9))]
        self.weights = [0 if r.random() < 0.2 else min(60, r.paretovariate(1.15)) for _ in self.customers]
        self.dormant = [u for u, x in zip(self.customers, self.weights) if not x]
        self.riders = [self.person(r, "rider_shift", "rider") for _ in range(max(40, self.count // 25))]
        shared, rented = self.riders[: len(self.riders) // 4], self.riders[-max(4, len(self.riders) // 18) :]
        for i, u in enumerate(shared):
            u.devices, u.crowd = shared[i // 3 * 3].devices, "shared_rider_phone"
        phones = [self.device(r, "rider") for _ in range(len(rented) + 6)]
        for i, u in enumerate(rented):
            u.rent, u.kit = Who("rider_rental", 1, 1 - i % 2), phones[i // 6 * 6 + 1 if i % 2 else i]
        self.stores = []
        for i in range(self.count // 80 + 5):
            staff = [self.person(r, "restaurant_staff", "store", f"r{i:04}.{k}") for k in range(2 + i % 4)]
            pin, tablets = r.choice(["1234", "0000"] + [f"{r.randrange(10**4):04}"] * 9), staff[0].devices
            for u in staff:
                u.pw, u.devices, u.home, u.city = self.slip(r, pin), tablets, staff[0].home, staff[0].city
                u.pw, u.roam, u.known = r.choice([pin, u.pw]), 0.04, {tablets[0].id}
            self.stores.append(staff)
        self.agents = [self.person(r, "support_desk", "desk", f"agent.{i:02}") for i in range(10)]
        self.bots = [self.person(r, "partner_script", "partner", f"pos-{i:03}") for i in range(28)]
        for i, u in enumerate(self.bots):
            u.place, u.devices[0].id, u.devices[0].app = self.exits[i // 2], None, ["partner", "web"][i % 2]

    def number(self, r, prefix, share=0.0):
        """Return a phone number: a customer's with the given chance, else one without an account."""
        name = f"{prefix}{r.choice(self.blocks[prefix]):04}{r.randrange(10**4):04}"
        name = r.choice(self.customers).name if r.random() < share else name
        return name if share or name not in self.users else self.number(r, prefix)

    def device(self, r, app, odd=0.06):
        """Return a program on a machine; odd is the chance of a TLS stack that is not the program's own."""
        _, tls, ua = r.choice([x for x in PROGRAMS if app in x[0].split(",")])
        tls = hashlib.sha256((r.choice(PROGRAMS)[1] if r.random() < odd else tls).encode()).hexdigest()
        token = None if app in ("web", "desk") and r.random() < 0.3 else f"{r.getrandbits(64):016x}"
        tls = f"t13d{int(tls[:4], 16) % 9000 + 1000}h2_{tls[:12]}_{tls[12:24]}"
        return Bag(id=token, app=app, ua=ua, ja4=tls, update=r.choice([1, 2, 3, 4, 99]) * DAY * r.random())

    def person(self, r, crowd, app=None, name=None):
        """Return a new account with its home, devices, habits and passwords, and remember it."""
        city, pw, old = r.choice(CITIES), f"{r.getrandbits(48):x}", f"{r.getrandbits(48):x}"
        pw = self.common[int(len(self.common) * r.random() ** 3)] if r.random() < 0.09 else pw
        more = r.randrange(1, 4) if crowd == "family_shared" else int(r.random() < 0.1 and not app)
        app = app or ("web" if crowd == "web_customer" or r.random() < 0.07 else "eater")
        u = Bag(name=name or self.number(r, city[2]), city=city, crowd=crowd, pw=pw, old=old, place=None)
        u.home, u.mobile = (r.choice(self.homes[city[1]]), r.getrandbits(40)), r.choice(self.mobiles[city[1]])
        u.devices = [self.device(r, x) for x in [app] + r.choices(["eater", "web"], k=more)]
        u.by_code = not name and r.random() < (0.95 if crowd == "code_customer" else 0.12)
        u.site = r.choice(self.sites.get((city[0], crowd), [None]))
        u.abroad = r.choice(self.homes[r.choice(LANDS[4:])]) if crowd == "traveller" else None
        u.leaked = None if r.random() > 0.25 else pw if r.random() < 0.1 else old
        u.roam, u.rent = 0.85 if app == "rider" else r.betavariate(1.3, 1.8), None
        u.fails, u.locked, u.known, live = 0, 0.0, {d.id for d in u.devices}, r.random() < 0.7
        u.sessions = {d.id: (f"{r.getrandbits(64):016x}", r.uniform(-3, 6) * DAY) for d in u.devices if live}
        self.breached.add(u.leaked)
        self.users[u.name] = u
        return u

    def where(self, u, home=False):
        """Return from where somebody comes now; a home has one address all week, or a new one every day."""
        r, x, (net, key) = self.good, self.good.random(), u.home
        if u.place or not home and x < 0.65 and (u.abroad or u.site or u.crowd == "vpn_customer"):
            return u.place or u.site or (self.address(r, u.abroad) if u.abroad else r.choice(self.exits))
        moving, day = not home and r.random() < u.roam, int(self.now // DAY) if net.daily else 0
        return self.address(r, u.mobile) if moving else self.address(random.Random(f"{key}-{day}"), net)

    def run(self):
        """Run all scripts in order of time until the last day ends."""
        while self.heap and self.heap[0][0] < DAYS * DAY:
            self.now, _, script = heapq.heappop(self.heap)
            for wait in itertools.islice(script, 1):
                heapq.heappush(self.heap, (self.now + wait, next(self.turn), script))

    def emit(self, step, reason, at, dev, who, name, pw=None, sid=None, **more):
        """Write one event and its label, leaving out what the service does not know; return the session."""
        u, eid, self.first = self.users.get(name), f"{self.ids.getrandbits(80):020x}", self.first or self.now
        reason = "unknown_user" if step == "lookup" and not u else reason
        if not reason and step in ("login", "mfa", "signup", "reset"):
            sid, days = f"{self.ids.getrandbits(64):016x}", 2.5 if dev.app in ("eater", "web") else 0.3
            u.known.add(dev.id)
            u.sessions[dev.id] = (sid, self.now + self.ids.expovariate(1 / days) * DAY)
        when, past = self.start + timedelta(seconds=self.now), f"{self.now - self.first:.3f}"
        row = dict(event_id=eid, time=when.isoformat(timespec="milliseconds"), failure_reason=reason)
        row |= dict(username=name, outcome="failure" if reason else "success", kind=KINDS.get(step, step))
        row |= dict(app=dev.app, endpoint=f"/{dev.app}/v3/{step}", device_id=dev.id, ip=at[0], **more)
        row |= dict(user_agent=dev.ua.replace("{v}", "21"[self.now < dev.update]), tenant=u and u.city[0])
        row["session_id"], geo = sid, hashlib.sha256(at[0].encode()).digest()[0]
        row |= dict(asn=at[1].asn, country=at[1].country, ja4=dev.ja4) if geo > 3 else {}
        if step in ("mfa", "selfie", "signup", "reset"):
            row["mfa"] = "failed" if reason else "passed"
        if pw:
            digest = hashlib.blake2b(pw.encode(), key=self.key, digest_size=8).hexdigest()
            row |= dict(password_fingerprint=digest, breached_password=pw in self.breached)
        self.log.write(json.dumps({k: v for k, v in row.items() if v is not None}) + "\n")
        result = "failure" if reason else "" if who.own or step in ("lookup", "forgot") else "success"
        self.labels.writerow([eid, who.attack, who.cls, result, past, name, who.undecidable])
        return sid

    def login(self, at, dev, who, name, pw, trusted=True):
        """Judge one try of a password; return the reason of its failure (or None) and the session."""
        u, cred, reason, mfa = self.users.get(name), "unknown", None, "none"
        if not u or u.locked > self.now or self.ids.random() < 0.004:
            reason = "unknown_user" if not u else "locked" if u.locked > self.now else "other"
        elif pw != u.pw:
            reason, cred, u.fails = "bad_password", "invalid", u.fails + 1
            u.locked = self.now + 900 if u.fails % 8 == 0 else 0
        else:
            cred, u.fails = "valid", 0
            if dev.app != "store" and dev.id not in u.known and self.ids.random() < 0.5:
                passed = trusted and self.ids.random() < 0.93
                mfa, reason = ("passed", None) if passed else ("failed", "bad_mfa")
        return reason, self.emit("login", reason, at, dev, who, name, pw, credential=cred, mfa=mfa)

    def forgot(self, u, dev, at, who):
        """Ask for a new password and, mostly, set one."""
        who = who if who.attack or who.cls == "recycled_number" else Who("forgotten_password")
        for _ in range(self.good.choice([1, 1, 1, 2, 3])):
            self.emit("forgot", None, at, dev, who, u.name)
            yield self.good.lognormvariate(3.6, 0.7)
        reason, new = self.good.choice(CODES)[-1], f"{self.good.getrandbits(48):x}"
        if not reason:
            u.old, u.pw, u.sessions = u.pw, new, {}
        self.emit("reset", reason, at, dev, who, u.name, new)

    def sign_in(self, u, dev, at, who):
        """Sign in by code or by password, with the usual slips, and reset or give up in the end."""
        r, n, store = self.good, self.good.choice([1, 1, 1, 2, 3]), dev.app == "store"
        if u.by_code:
            self.emit("lookup", None, at, dev, who, u.name)
            for reason in r.choice(CODES):
                yield r.lognormvariate(2.8, 0.6)
                self.emit("mfa", reason, at, dev, who, u.name)
            return
        x, typo = max(r.random(), store * 0.85 * r.random()), self.slip(r, u.pw)
        wrong = (self.slip(r, u.name), u.pw) if x > 0.97 else (u.name, typo if x < 0.87 else u.old)
        known, slips = store or r.random() < 0.95, [wrong] * n if x > (0.95 if u.place else 0.75) else []
        for name, pw in slips + [(u.name, u.pw if known else typo)]:
            if not self.login(at, dev, who, name, pw)[0]:
                return
            yield r.lognormvariate(2.0, 0.8)
        if not known:
            yield from self.forgot(u, dev, at, who)

    def visit(self, u, who=None, follow=0.2):
        """Open the app: the session holds, or somebody must sign in; then the order or shift goes on."""
        r, at, dev = self.good, self.where(u), u.kit if who and u.rent else self.good.choice(u.devices)
        if not who and not u.place and r.random() < 0.012:
            dev = u.devices[0] = self.device(r, dev.app)
            who = Who("new_device")
        who, (sid, until) = who or Who(u.crowd), u.sessions.get(dev.id, (None, 0))
        if until > self.now or sid and r.random() < 0.5:
            self.emit("token", "expired" if until < self.now else None, at, dev, who, u.name, sid=sid)
            yield r.uniform(1, 9)
        if until < self.now:
            yield from self.sign_in(u, dev, at, who)
        if dev.app == "rider" and r.random() < 0.12:
            yield r.uniform(20, 200)
            self.emit("selfie", r.choice([None] * 15 + ["bad_mfa"]), at, dev, who, u.name)
        while u.sessions.get(dev.id, (None, 0))[1] > self.now and r.random() < follow:
            self.emit("token", None, self.where(u), dev, who, u.name, sid=u.sessions[dev.id][0])
            yield r.uniform(600, 5000)

    def join(self, crew):
        """Sign up and often order; in a rush several share a phone or an address."""
        who, r, kin = crew.who, self.bad if crew.who.attack else self.good, self.good.choice(self.customers)
        who = Who("voucher_farm", 1, 1, 1) if who.attack and r.random() < 0.1 else who
        crew = crew if who.attack and not who.undecidable else None
        u = self.users.pop(self.person(r, r.choice(CROWDS + ["student_hall"] * 10)).name)
        u.pw, u.sessions = r.choice(self.common[:8]) if r.random() < 0.15 else u.pw, {}
        if r.random() < 0.25:
            u.home, u.city, u.devices = kin.home, kin.city, kin.devices[:1] if r.random() < 0.4 else u.devices
        at, dev = self.kit(crew) if crew else (self.where(u), u.devices[0])
        u.devices = [dev]
        self.emit("lookup", None, at, dev, who, u.name)
        for reason in r.choice(CODES):
            yield r.lognormvariate(3.6, 0.6)
            self.users |= {} if reason else {u.name: u}
            self.emit("signup", reason, at, dev, who, u.name, None if u.by_code else u.pw)
        while u.name in self.users and r.random() < 0.5:
            yield r.expovariate(1 / (12 * HOUR))
            u.place = self.kit(crew)[0] if crew else None
            yield from self.visit(u, who if who.attack or r.random() < 0.3 else None)

    def once(self, act):
        """Do one thing as a script of its own."""
        yield from () if act() else ()

    def days(self):
        """Every midnight, send the honest people and the rented riders into the day."""
        r, sums, n, do = self.good, list(itertools.accumulate(self.weights)), self.count, functools.partial
        for day in range(DAYS):
            meals = (x + r.random() for x in iter(lambda: r.choices(range(24), MEALS)[0], None))
            rush = n // 12 if day == self.promo else n // 200
            old = Bag(who=Who("recycled_number"), apps=["eater"], hosts=[], left=0)
            promo, daily = Bag(who=Who("promo_signup")), Bag(who=Who("daily_signup"))
            todo = [(r.choice([12, 18]) + r.expovariate(0.8), self.join(promo)) for _ in range(rush)]
            todo += [(next(meals), self.join(daily)) for _ in range(n // 150)]
            todo += [(next(meals), self.steal(old)) for _ in range(n // 1500 + 1)]
            for u in r.choices(self.customers, cum_weights=sums, k=int(n * r.uniform(0.38, 0.48)) + rush):
                hour = r.gauss(12.3, 0.4) if u.site and r.random() < 0.5 else next(meals)
                todo.append((hour, self.visit(u)))
            for u in r.sample(self.riders, int(len(self.riders) * 0.6)):
                todo.append((r.gauss(r.choice([11, 17, 17.5]), 0.2), self.visit(u, u.rent, 0.6)))
                if u.rent and not u.rent.undecidable:
                    todo.append((r.gauss(17, 2), self.visit(u)))
            for staff in self.stores * 2:
                hour, u = r.choice([10.6, 16.8]) + r.gauss(0, 0.4), staff[0]
                todo += [(hour + r.random() / 4, self.visit(x)) for x in staff if r.random() < 0.6]
                act = do(self.login, self.where(u, True), u.devices[0], Who("stale_tablet"), u.name, u.old)
                for k in range(r.randrange(6, 45) if r.random() < 0.012 else 0):
                    todo.append((hour + k * 0.05 + r.random() * 0.01, self.once(act)))
            todo += [(r.random() * 24, self.visit(u)) for u in self.bots * 24]
            lists = [(u, "support_desk", 0.15, 0.85, 9) for u in self.agents]
            lists += [(u, "group_invite", 2e-4, 0.3, next(meals)) for u in r.sample(self.customers, n // 999)]
            for u, cls, gap, share, hour in lists:
                for at in [self.where(u)] * (5 + int(r.expovariate(0.05))):
                    name, hour = self.number(r, u.city[2], share), hour + r.expovariate(1 / gap)
                    act = do(self.emit, "lookup", None, at, u.devices[0], Who(cls), name)
                    todo.append((hour, self.once(act)))
            for hour, script in todo:
                heapq.heappush(self.heap, (self.now + (hour - 1.5) * HOUR % DAY, next(self.turn), script))
            yield DAY

    def kit(self, crew):
        """Return a crew's next address and program; they change after one to three tries."""
        r, crew.left, land = self.bad, crew.left - 1, self.bad.choice(LANDS + LANDS[:4] * 9)
        if crew.left < 0:
            crew.left, crew.dev = r.choice([0, 0, 0, 1, 2]), self.device(r, r.choice(crew.apps), 0.3)
            crew.at = self.address(r, r.choice(self.homes[land] * 2 + self.mobiles[land]))
            crew.at = self.where(r.choice(self.customers), True) if r.random() < 0.15 else crew.at
        return r.choice(crew.hosts or [crew.at]), crew.dev

    def wave(self, name, script, n, seconds, apps):
        """Run one wave of an attack: so many steps, most of them while honest people are awake."""
        r, crew = self.bad, Bag(who=Who(name, 1, 0, int(name == "voucher_farm")), apps=apps, left=0)
        crew.hosts = [self.address(r, x[1], 0) for x in r.sample(self.exits, 6 * (name == "stuffing_loud"))]
        crew.next, crew.staff = itertools.count(int(r.choice(self.customers).name), 3), r.choice(self.stores)
        for _ in range(n):
            heapq.heappush(self.heap, (self.now, next(self.turn), script(crew)))
            yield r.expovariate(n / seconds) * 12 / (4 + MEALS[int(self.now / HOUR + 1.5) % 24])

    def stuff(self, crew):
        """Try a stolen or common password, or a PIN, on a name; whoever buys what works comes later."""
        r, (at, dev), cls = self.bad, self.kit(crew), crew.who.cls
        u = r.choice(crew.staff if cls == "store_pin_guess" else self.customers)
        tries = dict(password_spray=self.common[:4], store_pin_guess=["1234", f"{r.randrange(10**4):04}"])
        name, pw = u.name, r.choice(tries.get(cls, [u.leaked or u.old]))
        if cls == "number_testing":
            return self.emit("lookup", None, at, dev, crew.who, f"+{next(crew.next)}")
        if cls.startswith("stuffing") and r.random() < 0.45:
            name, pw = self.number(r, u.city[2]), self.slip(r, pw)
        self.breached.update([pw] if r.random() < 0.7 and dev.app != "store" else [])
        buyer = Bag(who=Who("account_resale", 1), hosts=[], apps=crew.apps, left=0)
        if self.login(at, dev, crew.who, name, pw, False)[0] in (None, "bad_mfa"):
            yield r.uniform(1, 36) * HOUR
            at, dev = self.kit(buyer)
            sid = self.login(at, dev, buyer.who, name, pw, False)[1]
            for _ in range(r.randrange(4) if sid else 0):
                yield r.lognormvariate(6, 2)
                self.emit("token", None, at, dev, buyer.who, name, sid=sid)

    def steal(self, crew):
        """Enter by code: guessed, talked out of the owner, or sent to a number that changed hands."""
        r, who, (at, dev), guess = self.bad, crew.who, self.kit(crew), crew.who.cls == "code_guess"
        u, chance = r.choice(self.customers), 0.0006 if guess else 0.35 if who.cls == "code_phish" else 0.85
        u = u if who.attack else r.choice(self.dormant)
        at = self.address(r, u.mobile) if chance == 0.85 else at
        for step in ["lookup", "mfa", "mfa", "mfa"] * 4 if guess else ["lookup", "mfa", "mfa"]:
            reason = None if step == "lookup" or r.random() < chance else r.choice(["bad_mfa", "expired"])
            at, dev = self.kit(crew) if guess and step == "lookup" else (at, dev)
            self.emit(step, reason, at, dev, who, u.name)
            yield r.lognormvariate(3.2, 0.7)
            if step == "mfa" and not reason:
                return (yield from self.forgot(u, dev, at, who) if r.random() < 0.6 else ())

    def replay(self, crew):
        """Show a token stolen from a customer's device, until it ends."""
        r, (at, fake) = self.bad, self.kit(crew)
        u = next(u for u in r.sample(self.customers, 300) if u.devices[0].id in u.sessions)
        dev = Bag(**vars(u.devices[0]) | dict(ja4=r.choice([fake.ja4, u.devices[0].ja4])))
        sid, until = u.sessions[dev.id]
        for _ in range(r.randrange(1, 8)):
            alive = until > self.now and u.sessions.get(dev.id) == (sid, until)
            self.emit("token", None if alive else "expired", at, dev, crew.who, u.name, sid=sid)
            yield r.expovariate(1 / (3 * HOUR))
            at = self.kit(crew)[0] if r.random() < 0.4 else at


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    for option, default in (("seed", 1), ("out", ""), ("labels", ""), ("users", 20000)):
        parser.add_argument(f"--{option}", type=type(default), default=default, required=not default)
    args = parser.parse_args()
    with open(args.out, "w") as log_file, open(args.labels, "w", newline="") as label_file:
        World(args.seed, args.users, log_file, label_file).run()
