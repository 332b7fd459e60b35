"""Labelled login traffic of an electricity and gas supplier: customer portal, app and partner interface.

Most customers come once a month or year: forgotten passwords, wrong numbers and resets are ordinary. What is
hard here: landlords with one password for many flats, switching services with stale passwords on hosting
networks, a taken-over brand with first passwords by postcode, sellers registering strangers on one tablet,
stubborn home automation, a bill mailing, call-centre look-ups. Most attacks quietly share the same lines.
"""

import argparse
import hashlib
import heapq
import json
import random
import zlib
from datetime import datetime, timedelta, timezone
from types import SimpleNamespace

DAYS, HOUR, DAY, ALL = 5, 3600.0, 86400.0, (0, 120)
FLAT, NIGHT = [1.0] * 24, [4, 6, 6, 5, 4, 2, 1] + [0.4] * 15 + [1, 2]
HOME = [1, 0.5, 0.4, 0.3, 0.3, 0.6, 1.5, 3, 5, 6, 6.5, 6, 5, 5, 5, 5, 5.5, 6.5, 8, 9, 9, 7, 5, 2.5]
WORK = [0.05] * 6 + [0.5, 4, 8, 9, 9, 8, 5, 7, 8, 7, 5, 2, 0.7, 0.3, 0.2, 0.1, 0.05, 0.05]
NAMES = "anna bauer becker ben carla david emma finn franz greta hans huber jan karl lena nina wolf".split()
DOMAINS = ["mail.example", "post.example", "freemail.example", "netz.example", "web.example"]
ABROAD = ["AT", "CH", "PL", "NL", "TR", "RO", "IT", "ES", "FR", "GB", "HR", "US"]
MOZILLA = {"m": "Mozilla/5.0", "k": "AppleWebKit/537.36 (KHTML, like Gecko)"}
CLIENTS = {  # program: user agent, oldest and newest version, start of the TLS fingerprint
    "chrome": ("{m} (Windows NT 10.0; Win64) {k} Chrome/{v}.0.0.0 Safari/537.36", 124, 132, "t13d1516h2"),
    "firefox": ("{m} (Windows NT 10.0; rv:{v}.0) Gecko/20100101 Firefox/{v}.0", 126, 134, "t13d1715h2"),
    "phone_chrome": ("{m} (Linux; Android 10; K) {k} Chrome/{v}.0.0.0 Mobile", 122, 132, "t13d1517h2"),
    "phone_safari": ("{m} (iPhone; CPU iPhone OS {v}_1) {k} Version/{v}.1 Mobile", 15, 18, "t13d2014h2"),
    "app_android": ("MeinStrom/6.{v} (Android) okhttp/4.12.0", 2, 8, "t13d1312h2"),
    "app_ios": ("MeinStrom/6.{v} CFNetwork/1490.0.4", 2, 8, "t13d2014h2"),
    "requests": ("python-requests/2.{v}.0", 28, 32, "t13d1811h1"),
    "assistant": ("HomeAssistant/2024.{v} aiohttp/3.9.5", 6, 12, "t13d1811h1"),
}
WEB = (["chrome", "firefox", "phone_chrome", "phone_safari"], [46, 16, 21, 17])
APP, API = (["app_android", "app_ios"], [58, 42]), (["requests", "assistant"], [4, 6])
# crowds of customers: name, share of the accounts, visits, how forgetful, how uneven the visits are
CROWDS = """household_web 40 12500 0.12 1.7, household_app 28 11500 0.1 1.7, yearly_reader 14 3900 0.38 1,
merged_brand_customer 5 1500 0.35 1, mover 3 1000 0.28 1.2, vpn_private 3 2200 0.12 1.5,
abroad 3 1700 0.15 1.4, shared_flat 4 2400 0.25 1.5, bill_mail_rush 0 4500 0.2 1"""
CROWDS = {row.split()[0]: [float(x) for x in row.split()[1:]] for row in CROWDS.split(",")}
OWN, OUTCOMES, DESK = ("fake_signup", "own_account"), ("failure", "success"), "agent_desktop"
ATTACKS = """stuffing_loud stuffing_proxies stuffing_slow spray_loud spray_proxies guess_one_user own_account
name_test_loud name_test_proxies staff_login reset_takeover fake_signup token_replay vished_login""".split()
any_of = lambda *things: lambda r: r.choice(things)  # a chooser among things
script = lambda r, k: any_of(*(device(r, (["chrome"], [1]), "requests", i % 2 < 1) for i in range(1, k + 1)))
web, app, api = (lambda r, kinds=kinds: device(r, kinds) for kinds in (WEB, APP, API))


class Net:
    """One network operator: AS number, country, address prefixes and a pool of shared addresses."""

    def __init__(self, r, country):
        """Draw the operator's number, prefixes and pool."""
        self.asn, self.country, self.v6 = r.randrange(3200, 64000), country, f"2a0{r.randrange(16):x}"
        self.prefixes = [f"{r.choice((31, 46, 62, 79, 84, 91))}.{r.randrange(256)}" for _ in range(4)]
        self.pool = [self.place(r.random() * 0.4) for _ in range(70)]

    def place(self, line, now=0.0):
        """Present address of a line (a number below 1): lasting, renumbered daily, version 6, or shared."""
        r = random.Random(f"{line}-{0 if line < 0.42 else now // (HOUR if line > 0.85 else DAY)}")
        if 0.67 < line < 0.85:
            return self.v6 + "".join(f":{r.randrange(1, 65536):x}" for _ in range(7)), self
        single = f"{r.choice(self.prefixes)}.{r.randrange(256)}.{r.randrange(1, 255)}", self
        return r.choice(self.pool) if line > 0.85 else single


def device(r, programs, tls=None, token=True, app=None):
    """Draw a program with its application; tls names another program whose TLS stack it really uses."""
    name = r.choices(*programs)[0]
    agent, oldest, newest, _ = CLIENTS[name]
    version, ident = max(oldest, newest - int(r.expovariate(0.5))), f"{r.getrandbits(64):016x}"
    app = app or {"app": "mobile"}.get(name[:3], "partner_api" if name in API[0] else "portal")
    ja4 = f"{CLIENTS[tls or name][3]}_{zlib.crc32((tls or name).encode()):012x}_{version % 3 + 7:012x}"
    known = {"app": app, "user_agent": agent.format(v=version, **MOZILLA), "ja4": ja4}
    return SimpleNamespace(name=name, fields=known | {"device_id": ident if token else None}, last=-1.0)


class World:
    """The service: clock, networks, accounts, judge of passwords and writer of the two files."""

    def __init__(self, seed, users, log, labels):
        """Build networks and customers."""
        r = random.Random(f"{seed}-world")
        self.log, self.labels, self.key, self.scale = log, labels, f"key-{seed}".encode(), users / 30000
        self.now, self.count, self.turn, self.first, self.heap = 0.0, 0, 0, None, []
        self.midnight = datetime(2025, 1, 6 + r.randrange(20), tzinfo=timezone(timedelta(hours=1)))
        self.lines, self.mobiles = [Net(r, "DE") for _ in range(12)], [Net(r, "DE") for _ in range(3)]
        self.foreign = [Net(r, country) for country in ABROAD for _ in range(2)]
        self.hosts = [spot for country in ("DE", "NL", "FR", "US") for spot in Net(r, country).pool]
        self.vpn, self.offices = self.hosts[::5], [net.place(r.random() * 0.4) for net in self.lines * 12]
        self.names, self.users, self.number, self.release = {}, [], 1000200000, r.uniform(55, 90) * HOUR
        self.crowds = {cls: [] for cls in CROWDS}
        for _ in range(users):
            cls = r.choices(list(CROWDS), [row[0] for row in CROWDS.values()])[0]
            u = self.join(r, self.mail(r), self.foreign if cls == "abroad" else self.lines)
            u.pw = u.memory = f"z{int(60 ** r.random())}" if cls == "merged_brand_customer" else u.pw
            self.crowds[cls].append(u)

    def join(self, r, mail, nets):
        """Add one customer and return the account."""
        self.number += r.choice((1, 1, 1, 2, 3, 7, 12))
        u = SimpleNamespace(id=len(self.users), email=mail, number=str(self.number), devices=[], known=[])
        u.net, u.line, u.mobile = nets[int(len(nets) * r.random() ** 2)], r.random(), r.choice(self.mobiles)
        u.login, u.old = r.choices((mail, u.number), (64, 36))[0], f"{r.choice('booo')}{u.id}"
        u.pw = u.memory = f"{r.choices('ucbx', (75, 7, 3, 15))[0]}{u.id}"
        u.pw = u.memory = f"c{int(400 ** r.random())}" if u.pw[0] == "c" else u.pw
        u.mfa, u.closed = r.random() < 0.09 or mail[:6] == "agent.", r.random() < 0.015
        u.fails, u.failed, u.locked = 0, 0.0, 0.0
        other, digits = mail.split("@")[0] + "@netz.example", f"{u.number[:-2]}{r.randrange(10, 100)}"
        u.slips = (mail[1] + mail[0] + mail[2:], other, digits, "1ESY" + u.number)
        self.users.append(u)
        self.names[u.email] = self.names[u.number] = u
        return u

    def mail(self, r):
        """An e-mail address that is not taken."""
        tail = r.choice(("", r.randrange(100), r.randrange(1950, 2008), r.randrange(9999)))
        name = f"{r.choice(NAMES)}{r.choice(('.', '', '_'))}{r.choice(NAMES)}{tail}@{r.choice(DOMAINS)}"
        return self.mail(r) if name in self.names else name

    def proxy(self, r, way=None):
        """A way out through somebody's home line, a mobile gateway or a line abroad."""
        way, u = way or r.random(), r.choice(self.users)
        if way < 0.55:
            return r.choice(u.mobile.pool) if way < 0.15 else u.net.place(u.line, self.now)
        return r.choice(self.lines if way < 0.87 else self.foreign).place(r.random(), self.now)

    def spawn(self, actor, delay=0.0):
        """Start an actor (a generator that yields seconds to wait)."""
        self.turn += 1
        heapq.heappush(self.heap, (self.now + delay, self.turn, actor))

    def base(self, r, place, dev):
        """The fields that all events of one visit share."""
        known = {"ip": place[0], "asn": place[1].asn, "country": place[1].country} | dev.fields
        known["session_id"] = f"{r.getrandbits(48):012x}" if known["app"] != "partner_api" else None
        return known | ({"ja4": None, "country": None} if r.random() < 0.06 else {})

    def emit(self, base, cls, kind, reason=None, pw=None, stage=None, **more):
        """Write one event and its label row."""
        self.first, self.count = self.now if self.first is None else self.first, self.count + 1
        when = (self.midnight + timedelta(seconds=self.now)).isoformat(timespec="milliseconds")
        event = {"event_id": f"e{self.count:08d}", "time": when, "kind": kind, "failure_reason": reason}
        event["outcome"], event["endpoint"] = OUTCOMES[reason is None], f"/{base['app']}/{stage or kind}"
        if pw:
            digest = hashlib.blake2b(pw.encode(), key=self.key, digest_size=10).hexdigest()
            leaked = pw[0] in "czx" or (pw[0] == "b" and zlib.crc32(pw.encode()) % 5 > 1)
            event |= {"password_fingerprint": digest, "breached_password": leaked}
        event = {k: v for k, v in (event | base | more).items() if v is not None}
        self.log.write(json.dumps(event) + "\n")
        own, entered = cls in OWN, (stage or kind) not in ("lookup", "password_reset")
        result = event["outcome"] if reason or entered > own else ""
        row = (event["event_id"], int(cls in ATTACKS), cls, result)
        row += (f"{self.now - self.first:.3f}", more["username"], int(cls == OWN[1]))
        self.labels.write(",".join(map(str, row)) + "\n")

    def attempt(self, base, cls, name, pw, good=True):
        """Judge and log a password, a look-up (None) or a token (True); return None or why not."""
        u, reason, cred, more = self.names.get(name), None, "valid", {"mfa": "none"}
        if u is None:
            reason, cred = "unknown_user", "unknown"
        elif pw in (None, True):
            reason, cred = (None, "valid") if good or not pw else ("expired", "invalid")
        elif self.now < u.locked:
            reason, cred = "locked", "unknown"
        elif pw != u.pw:
            reason, cred = "bad_password", "invalid"
            u.fails = u.fails + 1 if self.now - u.failed < 1800 else 1
            u.failed, u.locked = self.now, self.now + 1800 if u.fails > 6 else 0.0
        elif u.closed or zlib.crc32(f"{self.count}{name}".encode()) % 150 == 0:
            reason = "other"
        elif u.mfa and base["device_id"] not in u.known and base["session_id"]:
            more, reason = ({"mfa": "passed"}, None) if good else ({"mfa": "failed"}, "bad_mfa")
        kind, word = {None: ("lookup", None), True: ("token", None)}.get(pw, ("login", pw))
        more = (more if word else {}) | ({"credential": cred} if pw else {})
        self.emit(base, cls, kind, reason, word, username=name, **more)
        return reason


def arrivals(w, r, count, rhythm, span, actor, *args):
    """Start actors for some hours, following the hours of the day; offices rest at the weekend."""
    rest = [rhythm is WORK and (w.midnight + timedelta(days=d)).weekday() > 4 for d in range(DAYS)]
    level = [rhythm[h % 24] * (0.12 if rest[h // 24] else 1.0) for h in range(24 * DAYS)]
    top, total = max(level), sum(level[int(span[0] + i / 20)] / 20 for i in range(int(span[1] * 20)))
    rate, end = max(3, count * w.scale) * top / total / HOUR, (span[0] + span[1]) * HOUR
    yield span[0] * HOUR + r.expovariate(rate)
    while w.now < min(end, DAYS * DAY):
        if r.random() * top < level[int(w.now // HOUR)]:
            w.spawn(actor(w, r, *args))
        yield r.expovariate(rate)


def reset(w, r, base, cls, u, finish=0.8):
    """Ask for a new password and perhaps set it; a thief does so in the owner's mailbox and returns."""
    w.emit(base, cls, "password_reset", username=u.email)
    yield r.lognormvariate(4.8, 0.8)
    if r.random() < finish:
        u.pw, stolen = f"n{u.id}-{w.count}", cls in ATTACKS
        u.memory = u.memory if stolen else u.pw
        w.emit(base, cls, "password_reset", None, u.pw, "password_set", username=u.email, credential="valid")
        again = batch(w, r, cls, w.proxy, web, any_of([(u.email, u.pw)] * stolen), 60)
        w.spawn(again, r.uniform(60, 9 * HOUR))


def person(w, r, base, cls, u, forget):
    """Log a person in: slips in the name, wrong passwords, codes, giving up, locks, forgotten passwords."""
    tries = [(r.choice(u.slips), u.memory)] if r.random() < 0.02 + forget / 5 else []
    while len(tries) < 8 and r.random() < (0.45 if tries else forget):
        typo = f"z{int(60 ** r.random())}" if u.memory[0] == "z" else f"t{u.id}-{r.randrange(4)}"
        words = (typo, u.old, f"w{u.id}-{r.randrange(3)}", f"c{int(400 ** r.random())}")
        tries.append((u.login, r.choices(words, (45, 30, 15, 10))[0]))
    for name, pw in tries:
        w.attempt(base, cls, name, pw)
        yield r.lognormvariate(2.5, 0.8)
    if len(tries) > 1 and r.random() < 0.6:
        yield from reset(w, r, base, cls, u)
    why = None if tries and r.random() < 0.1 else w.attempt(base, cls, u.login, u.memory, r.random() < 0.9)
    yield r.uniform(10, 90)
    if why == "bad_mfa" and r.random() < 0.8:
        late = r.random() < 0.25
        w.emit(base, cls, "mfa", late and why or None, username=u.login, mfa="failed" if late else "passed")
    elif why == "bad_password" or (u.memory[0] == "z" and not why):
        yield from reset(w, r, base, cls, u)
    u.known.append(base["device_id"])


def visit(w, r, cls, who, places=None, devs=None):
    """One visit of a customer, with his own lines and programs or from places and programs given."""
    _, _, forget, uneven = CROWDS.get(cls, CROWDS["household_web"])
    u = who[int(len(who) * r.random() ** uneven)]
    if not u.devices or r.random() < 0.06:
        kinds, desk = APP if cls == "household_app" else WEB, DESK if cls == "call_centre" else None
        u.devices.append(device(r, kinds, app=desk))
        u.known += [] if u.devices[1:] else [u.devices[0].fields["device_id"]]
        u.devices[-1].last -= len(u.devices) - 1
    dev, places = (devs or any_of(*u.devices[-2:]))(r), any_of(*w.vpn) if cls == "vpn_private" else places
    if cls == "mover" and r.random() < 0.6:
        u.net, u.line = r.choice(w.lines), r.random()
    weights = (52, 40 * (dev.name[:3] in ("app", "pho")), 35 if cls == "shared_flat" else 6, 3)
    spots = (u.net.place(u.line, w.now), r.choice(u.mobile.pool), r.choice(w.offices), w.proxy(r, 0.99))
    place = places(r) if places else r.choices(spots, weights)[0]
    base = w.base(r, place, dev)
    if base["app"] != "mobile" and (cls == "vpn_private" or r.random() < 0.08):
        base["device_id"] = f"{r.getrandbits(64):016x}"
    if r.random() < (0.5 if cls == "yearly_reader" else 0.04):
        w.attempt(base, cls, r.choice((u.number, u.login, r.choice(u.slips))), None)
        yield r.uniform(5, 90)
    shows, kept = base["app"] == "mobile" and dev.last >= -1, not dev.last < w.release <= w.now
    dev.last = w.now
    if not shows or w.attempt(base, cls, u.login, True, kept and r.random() < 0.96):
        yield r.uniform(3, 60)
        yield from person(w, r, base, cls, u, forget)
    for caller in r.sample(w.users, r.randrange(2, 9) if cls == "call_centre" else 0):
        yield r.expovariate(1 / 600)
        w.attempt(base, cls, r.choice(caller.slips) if r.random() < 0.15 else caller.login, None)


def newcomer(w, r, cls, places=None, devs=None, pw=None):
    """Register a customer: at home, by a seller at the door, or an invented one; some come back later."""
    u, dev = w.join(r, w.mail(r), w.lines), (devs or r.choice((web, web, app)))(r)
    base = w.base(r, places(r) if places else u.net.place(u.line, w.now), dev)
    u.login, u.pw, u.memory, u.devices = u.email, pw or u.pw, pw or u.pw, [dev][cls == "doorstep_sales" :]
    if r.random() < 0.6:
        w.emit(base, cls, "lookup", "unknown_user", username=u.email)
        yield r.uniform(30, 600)
    w.emit(base, cls, "signup", "other" if u.closed else None, u.pw, username=u.email)
    yield r.expovariate(1 / (14 * HOUR))
    yield from visit(w, r, cls, [u], places if cls in ATTACKS else None) if r.random() < 0.6 else ()


def batch(w, r, cls, places, devs, tries, gap, good=0.1):
    """Names one after another from one place, each with a password, nothing (look-up) or True (token)."""
    dev, place = devs(r), places(r)
    for name, pw in tries(r):
        base = w.base(r, places(r) if gap > 600 else place, dev)
        why = w.attempt(base, cls, name, pw, r.random() < good)
        yield gap * r.uniform(0.7, 1.3)
        if why == "bad_mfa" and r.random() < 0.4:
            w.emit(base, cls, "mfa", "bad_mfa", username=name, mfa="failed")
        elif pw not in (None, True) and not why and cls in ATTACKS and r.random() < 0.3:
            again = batch(w, r, cls, w.proxy, web, any_of([(name, pw)]), 60)
            w.spawn(again, r.uniform(HOUR, DAY))


def people(w, r, go):
    """Plan the honest traffic."""
    for cls, row in CROWDS.items():
        go(row[1], HOME, (33, 7) if cls == "bill_mail_rush" else ALL, visit, cls, w.crowds[cls] or w.users[:])
    go(1100, HOME, ALL, newcomer, "new_customer")
    w.staff = [w.join(r, f"agent.{w.mail(r)}", w.lines) for _ in range(int(90 * w.scale) + 6)]
    go(1500, WORK, ALL, visit, "call_centre", w.staff, any_of(*w.offices[:3] * 8, *w.vpn[:4]))
    for k in range(8):
        tablet, pool = any_of(device(r, (["phone_chrome"], [1]))), any_of(*r.choice(w.mobiles).pool[:9])
        go(55, WORK, ALL, newcomer, "doorstep_sales", pool, tablet, f"d{k}")
        go(60, WORK, ALL, visit, "advice_centre", w.users, any_of(w.offices[-k]), any_of(web(r)))
    for k in range(int(40 * w.scale) + 4):
        i, p = r.randrange(len(w.users) - 90), f"l{k}"
        flats = w.users[i : i + r.randrange(8, 30 if k % 4 else 80)]
        for u in flats:
            u.pw = u.memory = p if r.random() < 0.9 else u.pw
        flat = lambda q, u, p: (u.number, p) if q.random() < 0.8 else (u.slips[2], None)
        tries = lambda q, f=flats, p=p: [flat(q, u, p) for u in f if q.random() < 0.6]
        home, mine = lambda q, u=flats[0]: u.net.place(u.line, w.now), any_of(web(r))
        who = ("property_office", any_of(w.offices[k]), script(r, 1)), ("landlord", home, mine)
        go(6, WORK, ALL, batch, *who[k % 4 > 0], tries, 40 if k % 4 else 3, 1)
    for k, (count, most, rhythm) in enumerate(((50, 60, NIGHT), (50, 60, NIGHT), (700, 3, HOME))):
        kept = r.sample(w.users, len(w.users) // 20)
        kept = [(u.login[r.random() < 0.06 :], r.choices((u.pw, u.old, None), (75, 10, 15))[0]) for u in kept]
        tries = lambda q, t=kept, n=most: q.sample(t, q.randint(1, n))
        spots = w.proxy if k == 2 else any_of(*w.hosts[k * 70 :][:6])
        go(count, rhythm, ALL, batch, "switching_service", spots, script(r, 2), tries, 4, 0.3)
    for k in range(int(400 * w.scale) + 6):
        cls, hours = ("home_automation", r.choice((1, 3, 6, 12))) if k % 2 else ("meter_gateway", 6)
        u = w.crowds["household_web"][k] if k % 2 else w.join(r, f"smgw-{k:06x}@{DOMAINS[0]}", w.lines)
        word, token = (u.old, 0) if k % 14 == 1 else (u.pw, 0.8)
        pairs = [(u.login, r.random() < token or word) for _ in range(120 // hours)]
        spots = any_of(r.choice(w.hosts)) if k % 9 == 1 else lambda q, u=u: u.net.place(u.line, w.now)
        robot = batch(w, r, cls, spots, any_of(api(r)), any_of(pairs), hours * HOUR, 0.97)
        w.spawn(robot, r.uniform(0, 6 * HOUR))
    pairs = any_of([(u.login, True) for u in w.crowds["household_app"][: int(230 * w.scale) + 9]])
    cloud, dev = any_of(*w.hosts[9:12]), any_of(device(r, (["requests"], [1]), None, False))
    go(20, FLAT, ALL, batch, "integrator_cloud", cloud, dev, pairs, 2, 0.93)


def crimes(w, r, go):
    """Plan the attacks: class, visits, hours, rhythm, places, programs, names with passwords, gap, luck."""
    vpn, desk = any_of(*w.vpn), lambda q: device(q, WEB, app=DESK)
    few, tool, proxy = any_of(*r.sample(w.vpn, 3), *r.sample(w.hosts, 3)), script(r, 3), w.proxy
    leak = lambda q, known, u: (u.email, f"b{u.id}") if q.random() < known else (w.mail(q), f"b{q.random()}")
    leaks = lambda k, n: lambda q: [leak(q, k, q.choice(w.users)) for _ in range(q.randint(1, n))]
    word = lambda: f"{'ccz'[int(w.now // 9e3) % 3]}{1 + int(w.now // HOUR) % 4}"
    spray = lambda most: lambda q: [(u.login, word()) for u in w.users[q.randrange(len(w.users)) :][:most]]
    walk = lambda q: [(str(n + k), None) for n in [q.randrange(1000200000, w.number)] for k in range(20)]
    owner = lambda who, pw=0: lambda q: [(u.login, pw or u.memory) for u in [q.choice(who)] * q.randint(1, 3)]
    loud = ("stuffing", 600, leaks(0.35, 7)), ("spray", 95, spray(8)), ("name_test", 45, walk)
    plan = [(f"{cls}_loud", count, 2, FLAT, few, tool, tries, 2) for cls, count, tries in loud] * 2
    plan += [("stuffing_proxies", 1000, 15, HOME, proxy, dev, leaks(0.45, 3), 30) for dev in (web, app, api)]
    plan += [("stuffing_slow", 1300, 119, HOME, proxy, web, leaks(0.6, 1), 30)]
    plan += [("spray_proxies", 1200, 26, HOME, proxy, dev, spray(1), 30) for dev in (web, app)]
    names = lambda q: [(name, None) for name, _ in leaks(0.3, 2)(q)]
    plan += [("name_test_proxies", 1400, 40, HOME, proxy, web, names, 30)]
    plan += [("token_replay", 220, 60, HOME, proxy, app, owner(w.crowds["household_app"], True), 900, 0.6)]
    plan += [("vished_login", 45, 119, WORK, spots, web, owner(w.users), 300, 0.9) for spots in (vpn, proxy)]
    plan += [("staff_login", 60, 50, WORK, proxy, desk, owner(w.staff), 90, 0.08)]
    for u in r.sample(w.users[:-50], 10):
        words = [u.old, "c1", "c2", u.memory, *(f"w{u.id}-{k}" for k in range(25)), f"t{u.id}-1"]
        guess = lambda q, u=u, words=words: [(u.login, word) for word in q.sample(words, q.randint(2, 6))]
        near = any_of(r.choice(w.lines).place(0.3 * r.random(), 0), r.choice(w.vpn), u.net.place(u.line, 0))
        plan += [("guess_one_user", 14, 100, HOME, near, any_of(web(r), web(r)), guess, 50)]
    for cls, count, hours, rhythm, *rest in plan:
        go(count, rhythm, (r.uniform(0, 119.9 - hours), hours), batch, cls, *rest)
    thief = lambda w, r: reset(w, r, w.base(r, w.proxy(r), web(r)), "reset_takeover", r.choice(w.users), 0.15)
    go(800, HOME, (r.uniform(0, 40), 70), thief)
    go(450, HOME, (r.uniform(0, 60), 50), newcomer, "fake_signup", proxy, web, "f1")
    go(60, HOME, ALL, visit, "own_account", [w.join(r, w.mail(r), w.lines) for _ in range(40)])


def main():
    """Read the options, plan the traffic and let it happen."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    for name in ("seed", "out", "labels"):
        parser.add_argument(f"--{name}", required=True)
    parser.add_argument("--users", type=int, default=30000)
    args = parser.parse_args()
    with open(args.out, "w", encoding="utf-8") as log, open(args.labels, "w", encoding="utf-8") as labels:
        labels.write("event_id,attack,class,outcome,time,username,undecidable\n")
        w = World(args.seed, args.users, log, labels)
        for plan in (people, crimes):
            r = random.Random(f"{args.seed}-{plan.__name__}")
            plan(w, r, lambda *what, r=r: w.spawn(arrivals(w, r, *what)))
        while w.heap:
            w.now, _, actor = heapq.heappop(w.heap)
            if w.now < DAYS * DAY and (wait := next(actor, None)) is not None:
                w.spawn(actor, wait)


if __name__ == "__main__":
    main()
