#!/usr/bin/env python3
"""Labelled login traffic of a parcel carrier in the week of its holiday peak.

The service: recipients who come when a parcel is on its way, shops whose machines check recipients all day, a
shippers' portal, depots where drivers share handhelds, post-office counters, a help line, tracking programs.
What is hard: most recipients forgot their account or never had one, so unknown names, failures and resets swell
with every notice; shops look up sorted lists of numbers from hosting networks, as testers of names do; tracking
programs try many accounts from one address; a handheld sees ten names a week, often a colleague's; a wave of fake
notes sends people to change passwords in the hours in which phished passwords are used, right at the first try.
"""

import argparse, csv, hashlib, heapq, json, random, zlib
from datetime import datetime, timedelta, timezone
from types import SimpleNamespace

DAY, HOUR, DAYS, FLOOR, R = 86400.0, 3600.0, 5, 9010000000, random.Random()
START, PEAK = datetime(2024, 12, 9, tzinfo=timezone(timedelta(hours=1))), [1.0, 1.05, 1.35, 1.2, 0.9]
RHYTHM = [8, 4, 2, 2, 3, 8, 22, 48, 62, 60, 58, 60, 66, 58, 52, 54, 60, 74, 86, 88, 80, 62, 38, 18]
COMMON = "123456 hallo123 passwort qwertz schatz sommer24 111111 Start123 Paket2024 Winter2024!".split()
FIRST = "anna ben clara david eva felix greta hans ida jan karin lukas marie nico olga paul rosa sven".split()
LAST = "maier schulz weber wolf koch bauer richter klein vogel lang kowalski jansen novak huber berg".split()
MAILS = "gmail.com gmx.de web.de t-online.de outlook.com yahoo.de icloud.com wp.pl ziggo.nl".split()
ASNS = {"DE": [3320, 3209, 6805, 8881], "AT": [8447, 8412], "NL": [1136, 33915], "PL": [5617, 12741]}
ASNS |= {"FR": [3215], "IT": [3269], "ES": [3352], "TR": [9121], "RO": [8708], "US": [7922], "BR": [28573]}
FAR, HOSTS = list(ASNS)[4:], [(24940, "DE"), (16276, "FR"), (16509, "IE"), (14061, "NL"), (9009, "RO")]
SCRIPT_JA4 = ["t13d1812h1_85036bcba153_375ca2c5e164", "t13d190900_9dc949149365_97f8aa674fd9"]
SCRIPTS = "python-requests/2.32.3 GuzzleHttp/7 Java-http-client/17.0.9 Go-http-client/2.0".split()
CROWDS = {"web_typing": 30, "app_token": 33, "forgotten_account": 16, "household_shared": 4}
CROWDS |= {"number_typist": 6, "old_stored_password": 5, "vpn_privacy": 3}
CROWDS |= {"tracking_program": 1.2, "lives_abroad": 10}
PLACES = """web/account/login app/mobile/login portal/business/login handheld/depot/shift counter/counter/login
api/v2/recipients/check web/account/identify web/account/reset web/account/reset/confirm web/shipments/redirect
app/mobile/token app/lockers/register web/account/register counter/counter/search"""
PLACES = [tuple(p.replace("/", " /", 1).split()) for p in PLACES.split()]
WEB, PHONE, PORTAL, HANDHELD, COUNTER, CHECK, IDENTIFY = PLACES[:7]
RESET, CONFIRM, REDIRECT, REFRESH, LOCKER, JOIN, SEARCH = PLACES[7:]
CHROME, IPHONE = "Mozilla/5.0 (%s) Chrome/%d.0.0.0 Safari", "Mozilla/5.0 (iPhone; iOS %d) Safari"
SYSTEMS = ["Windows NT 10.0; Win64; x64", "Linux; Android 10; K", "Macintosh"]
JA4 = "t13d1516h2_8daaf6152771_"
BROWSERS = [(CHROME % (s, v), f"{JA4}{v // 131 + 6}2713d6af862") for s in SYSTEMS for v in (130, 131)]
BROWSERS += [(IPHONE % v, "t13d2014h2_a09f3c656075_14788d8d241b") for v in (17, 18, 18)]
BROWSERS += [("Mozilla/5.0 (X11; rv:132.0) Firefox/132.0", "t13d1715h2_5b57614c22b0_7121afd63204")]
APPS = [(f"ParcelApp/{v} (Android 14)", "t13d1513h2_8daaf6152771_eca864cca44a") for v in (8.37, 8.41, 8.42)]
APPS += [(f"ParcelApp/{v} Darwin/24.1", "t13d2013h2_a09f3c656075_e42f34c56612") for v in (8.41, 8.42)]
SCANNER, DESK = ("Zebra TC57 DepotScan/5.2", APPS[0][1]), ("CounterDesk/11.3 (Windows)", BROWSERS[0][1])


# small draws: a token, a password (U own, L leaked), a mistyped text, a mail name, a shop's program
token = lambda bits=64: f"{R.getrandbits(bits):016x}"
secret = lambda kind="U": R.choice(COMMON) if R.random() < 0.06 else kind + token(44)
slip = lambda t, i: t[:i] + R.choice("0123456789" if t.isdigit() else "aeinrst15") + t[i + 1 :]
typo = lambda text: slip(text, R.randrange(1, len(text)))
tail = lambda: R.choice(["", R.randrange(100), R.randrange(1950, 2008), R.randrange(10000)])
mail = lambda: f"{R.choice(FIRST)}{R.choice(['.', '', '_'])}{R.choice(LAST)}{tail()}@{R.choice(MAILS)}"
notice = lambda: R.choice([7.5, 12.2, 18.1]) * HOUR + R.expovariate(1 / 700)
any_time = lambda: (R.choices(range(24), RHYTHM)[0] + R.random()) * HOUR
moment = lambda: notice() if R.random() < 0.22 else any_time()
script = lambda: (R.choice(SCRIPTS), R.choice(SCRIPT_JA4))


def net(kind="home", cc=None):
    """Return (ip or IPv6 prefix, asn, country) of a home, a telephone behind a shared address, or a host."""
    cc = cc or R.choices(list(ASNS)[:4], [80, 6, 8, 6])[0]
    asn, cc = R.choice(HOSTS) if kind == "host" else (R.choice(ASNS[cc]), cc)
    if kind == "home" and R.random() < 0.24:
        return f"2a0{asn % 7 + 1}:{asn:x}:{R.getrandbits(16):x}:{R.getrandbits(16):x}:", asn, cc
    low = int(R.random() ** 1.5 * 180) if kind == "phone" else R.randrange(1 << 23)
    first = {"home": 77, "phone": 100, "host": 140}[kind] + asn % 17
    return f"{first}.{asn % 250 ^ low >> 16}.{low >> 8 & 255}.{low & 255 or 1}", asn, cc


class Carrier:
    """The clock, the accounts, the crowds, the attackers and the two output files."""

    def __init__(self, seed, users, log, labels):
        """Open the accounts that exist before the first event."""
        self.seed, self.scale, self.log = seed, users / 14000, log
        self.labels = csv.writer(labels, lineterminator="\n")
        self.labels.writerow("event_id attack class outcome time username undecidable".split())
        self.now, self.first, self.count, self.heap, self.people, self.by_name = 0.0, None, 0, [], [], {}
        self.number, self.order, self.vpn = FLOOR, 0, [net("host") for _ in range(90)]
        self.offices = [net("home", "DE") for _ in range(max(8, int(90 * self.scale)))]
        self.weights = [min(40.0, R.paretovariate(1.15)) for _ in range(users) if self.join()]
        self.leaked, size = [u for u in self.people if u.leaked], max(40, int(800 * self.scale))
        self.proxies = [R.choice(self.people).home for _ in range(size)]
        for kind in ("home", "home", "phone"):
            self.proxies += [net(kind, R.choice(["DE"] * 22 + list(ASNS)[1:])) for _ in range(size * 3)]

    def open(self, names, pw, **facts):
        """Put an account of any sort on the books, with its password, its places and its programs."""
        start = dict(names=names, pw=pw, old=[secret()], fails=[], until=0.0, day=0, mfa=False)
        user = SimpleNamespace(**start | dict(leaked=None, session=None, device=None) | facts)
        self.by_name.update((name, user) for name in names)
        return user

    def join(self, crowd=None, **facts):
        """Open a recipient's account and return it."""
        crowd, name = crowd or R.choices(list(CROWDS), CROWDS.values())[0], mail()
        name = name if name not in self.by_name else f"{len(self.people)}{name}"
        self.number += 1 + int(R.expovariate(0.45))
        client = R.choice(APPS if crowd == "app_token" else BROWSERS)
        client = (client[0], R.choice(SCRIPT_JA4)) if R.random() < 0.03 else client
        home = net("home", R.choice(FAR) if crowd == "lives_abroad" else None)
        leaked, own = secret("L") if R.random() < 0.45 else None, secret()
        pw = leaked if leaked and R.random() < 0.02 else own
        base = dict(crowd=crowd, client=client, home=home, pw=pw, leaked=leaked, renumber=R.random() < 0.3)
        user = self.open([name, str(self.number)], **base | facts)
        user.old += [leaked] if leaked and leaked != user.pw else []
        user.forgot = crowd in ("forgotten_account", "old_stored_password") or R.random() < 0.12
        self.people += [user] if crowd != "fake" else []
        return user

    def spawn(self, delay, process):
        """Let a process (a generator of pauses in seconds) begin after a delay."""
        self.order += 1
        heapq.heappush(self.heap, (self.now + max(0.0, delay), self.order, process))

    def run(self):
        """Wake the processes in order of time until the last day is over."""
        while self.heap and self.heap[0][0] < DAYS * DAY:
            self.now, _, process = heapq.heappop(self.heap)
            pause = next(process, None)
            if pause is not None:
                self.spawn(pause, process)

    def source(self, at, client, device=None):
        """Put address and program together into the fields of an event; IPv6 hosts change daily."""
        tail = zlib.crc32(f"{at[0]}{device}{self.now // DAY}".encode())
        ip = at[0] + f"{tail >> 16:x}:{tail & 65535:x}:{tail % 65521:x}:1" if at[0][-1] == ":" else at[0]
        country = at[2] if R.random() > 0.01 else None
        return dict(ip=ip, asn=at[1], country=country, device_id=device, user_agent=client[0], ja4=client[1])

    def emit(self, cls, src, kind, reason, where, name, attack=0, hard=0, own=False, **more):
        """Write one event (a success where no reason of failure is given) and its label."""
        self.count, when = self.count + 1, round(self.now, 3)
        self.first = when if self.first is None else self.first
        stamp = (START + timedelta(seconds=when)).isoformat(timespec="milliseconds")
        mark = hashlib.blake2b(f"{self.seed}-{self.count}".encode(), digest_size=9).hexdigest()
        row = dict(event_id=mark, time=stamp, kind=kind, outcome="failure" if reason else "success")
        row |= src | more | dict(username=name, app=where[0], endpoint=where[1], failure_reason=reason)
        self.log.write(json.dumps({k: v for k, v in row.items() if v is not None}) + "\n")
        entered = kind in ("login", "token") or where is CONFIRM or (kind == "signup" and not attack)
        result = "failure" if reason else "success" if entered and not own else ""
        self.labels.writerow([mark, attack, cls, result, f"{when - self.first:.3f}", name, hard])

    def check(self, cls, src, name, where, attack=0):
        """Look a name up, or ask for a reset, and write whether it exists."""
        reason = None if name in self.by_name else "unknown_user"
        self.emit(cls, src, "password_reset" if where is RESET else "lookup", reason, where, name, attack)

    def login(self, cls, src, name, pw, where, attack=0, code=True, **more):
        """Check one try as the service would, write it, and return the new session where it was let in."""
        user, reason, session = self.by_name.get(name), None, None
        if user is None or user.until > self.now:
            reason = "locked" if user else "unknown_user"
        elif pw != user.pw:
            reason, user.fails = "bad_password", user.fails[-9:] + [self.now]
            user.until = self.now + 1200 if len(user.fails) > 9 and user.fails[0] > self.now - 1800 else 0.0
        else:
            reason = "bad_mfa" if user.mfa and not code else None
        known = {None: "valid", "bad_mfa": "valid", "bad_password": "invalid"}
        more["credential"] = known.get(reason, "unknown")
        passed = {None: "passed", "bad_mfa": "failed"} if user and user.mfa else {}
        more["mfa"] = passed.get(reason, "none")
        more["password_fingerprint"] = hashlib.blake2b(pw.encode(), key=b"parcel", digest_size=8).hexdigest()
        if where in (WEB, PHONE, PORTAL):
            share = {"L": 84, "U": 11}.get(pw[0], 2)
            more["breached_password"] = pw in COMMON[:-2] or zlib.crc32(pw.encode()) % 100 < share
        if not reason:
            session = token()
            user.fails, user.session = [], user.session if attack else session
        self.emit(cls, src, "login", reason, where, name, attack, session_id=session, **more)
        return session

    def place(self, user):
        """Say where a recipient is just now: home, telephone network, office, abroad or behind a VPN."""
        draw, number = R.random(), int(user.names[1])
        if user.renumber and user.day != self.now // DAY:
            user.home, user.day = net("home", user.home[2]), self.now // DAY
        if user.crowd == "vpn_privacy" and draw < 0.85:
            return R.choice(self.vpn)
        if draw < (0.5 if user.crowd == "app_token" else 0.22):
            return net("phone", user.home[2])
        return self.offices[number % len(self.offices)] if draw > 0.92 else user.home

    def reset(self, user, src, cls, name):
        """Ask for a new password, perhaps wait for the mail, set it and come in."""
        self.check(cls, src, name, RESET)
        yield R.uniform(30, 400)
        late = R.choices([None, "expired", "never"], [73, 5, 22])[0]
        if late != "never":
            self.emit(cls, src, "password_reset", late, CONFIRM, name)
        if not late:
            user.old, user.pw, user.forgot, user.until = user.old + [user.pw], secret(), False, 0.0
            yield R.uniform(4, 40)
            self.login(cls, src, name, user.pw, WEB)

    def type_in(self, user, src, cls, name, where=WEB):
        """Type name and password as people do, with slips, old passwords and a reset in the end."""
        if where is WEB and R.random() < 0.22:
            self.check(cls, src, name, IDENTIFY)
            yield R.uniform(2, 15)
        odds = dict(forgotten_account=0.85, old_stored_password=0.6).get(cls, 0)
        for _ in range(R.choice([2, 3, 3, 4, 6])):
            said = typo(name) if R.random() < (0.14 if cls == "number_typist" else 0.025) else name
            tried = typo(user.pw) if R.random() < 0.07 else user.pw
            tried = R.choice([*user.old * 2, secret()]) if user.forgot and R.random() < odds else tried
            if self.login(cls, src, said, tried, where):
                if R.random() < 0.16:
                    yield R.uniform(10, 90)
                    self.emit(cls, src, "token", None, REDIRECT, name, session_id=user.session)
                return
            yield R.uniform(4, 45)
        if R.random() < 0.62:
            yield from self.reset(user, src, cls, name)

    def recipient(self, user):
        """One visit of a recipient in the manner of that recipient's crowd."""
        cls, phone, name = user.crowd, user.client[0][0] == "P", user.names[user.crowd == "number_typist"]
        if not user.device or R.random() < (0.9 if cls == "vpn_privacy" else 0.05):
            user.device = token()
            user.client = R.choice(APPS if phone else BROWSERS) if R.random() < 0.1 else user.client
        src = self.source(self.place(user), user.client, user.device)
        if phone and user.session and R.random() < 0.86:
            old = "expired" if R.random() < 0.04 else None
            self.emit(cls, src, "token", old, REFRESH, name, session_id=user.session)
            if not old:
                return
        yield R.uniform(1, 8)
        yield from self.type_in(user, src, cls, name, PHONE if phone else WEB)
        for i in range(R.randrange(1, 4) if cls == "household_shared" else 0):
            yield R.uniform(15, 200)
            other = self.people[(int(user.names[1]) * 7 + i) % len(self.people)]
            yield from self.type_in(other, src, cls, other.names[0])

    def newcomer(self, home, cls="no_account"):
        """Somebody without an account: tries, asks, resets in vain, perhaps joins (at a new locker: joins)."""
        name, pw, locker = mail(), secret(), cls == "locker_opening"
        client = R.choice(APPS if locker else BROWSERS)
        src = self.source(home, client, token())
        for _ in range(0 if locker else R.choice([0, 0, 1, 1, 1, 2, 3])):
            self.login(cls, src, name, pw if R.random() < 0.6 else secret(), WEB)
            yield R.uniform(6, 50)
            name = R.choice([name] * 8 + [typo(name), mail()])
        if R.random() < 0.4 and not locker:
            self.check(cls, src, name, R.choice([RESET, IDENTIFY]))
            yield R.uniform(10, 80)
        if R.random() < 0.28 or locker:
            facts = dict(home=home, pw=pw, device=src["device_id"], client=client)
            name = self.join("app_token" if locker else "web_typing", **facts).names[0]
            cls = cls if locker else "new_customer"
            self.emit(cls, src, "signup", None, LOCKER if locker else JOIN, name)
            yield R.uniform(60, 900)
            self.login(cls, src, name, pw, PHONE if locker else WEB)

    def asking(self, cls, where, nets, client, mean, miss, names=None, device=None, until=9 * DAY):
        """A shop's machine, a counter or the help line looks up name after name."""
        while self.now < until and names != []:
            name = mail() if R.random() < miss else R.choice(R.choice(self.people).names)
            name = names.pop() if names else typo(name) if R.random() < 0.03 else name
            pace = 0.1 + RHYTHM[int(self.now % DAY // HOUR)] / 50
            self.check(cls, self.source(R.choice(nets), client, device), name, where)
            yield R.expovariate(1 / mean if names else pace / mean)

    def staff(self, user, cls, where, at, client, device, other=None):
        """A clerk, driver or counter comes in, with slips, lost codes or another's number still filled in."""
        src = self.source(at, client, device)
        stale = cls == "tracking_program" and user.forgot
        for _ in range(2 if cls == "tracking_program" else 5):
            name = other.names[0] if other and R.random() < 0.1 else user.names[0]
            pw = user.pw if R.random() < 0.92 and not stale else R.choice([typo(user.pw), user.old[0]])
            if self.login(cls, src, name, pw, where, code=R.random() < 0.94):
                break
            yield R.uniform(4, 40)
        if where is COUNTER:
            yield from self.asking(cls, SEARCH, [at], client, 2600, 0.3, None, device, self.now + 9 * HOUR)

    def business(self):
        """Open shippers', drivers' and clerks' accounts and start the machines that run for days."""
        s, self.depots, self.desks, self.shippers = self.scale, [], [], []
        for i in range(max(30, int(330 * s))):
            facts = dict(home=net(), client=R.choice(BROWSERS), mfa=R.random() < 0.4, device=token())
            self.shippers.append(self.open([f"shop{4100 + i * 7}"], secret(), **facts))
        for i in range(max(2, int(11 * s))):
            pins = ["1234" if R.random() < 0.12 else str(R.randrange(1000, 9999)) for _ in range(26)]
            team = [self.open([f"d{i + 10}{j:03d}"], pin) for j, pin in enumerate(pins)]
            self.depots.append((team, [token() for _ in range(15)], net("home", "DE")))
            for j in range(4):
                self.desks.append((self.open([f"po{i}-{j}"], secret()), net("home", "DE"), DESK, token()))
        for i in range(12):
            nets = [net("host") for _ in range(R.choice([2, 3, 4, 900]))]
            args = (nets, script(), 100 / s * (i + 1) ** 0.7, R.uniform(0.08, 0.6))
            self.spawn(0, self.asking("shop_check", CHECK, *args))

    def honest_days(self):
        """At each midnight, plan the visits of the day."""
        for day in range(DAYS):
            s, hall, shop = self.scale * PEAK[day], net("home", "DE"), [net("host")]
            self.weights += [1.5] * (len(self.people) - len(self.weights))
            for user in R.choices(self.people, self.weights, k=int(4600 * s)):
                self.spawn(moment(), self.recipient(user))
            for _ in range(int(1200 * s)):
                self.spawn(moment(), self.newcomer(net(R.choice(["home", "home", "phone"]))))
            for _ in range(int(110 * s)):
                at = hall if R.random() < 0.7 else net("phone", "DE")
                self.spawn(R.uniform(14, 19) * HOUR, self.newcomer(at, "locker_opening"))
            for user in R.sample(self.people, int(len(self.people) * 0.08) if day == 2 else 0):
                src = self.source(self.place(user), R.choice(BROWSERS), token())
                visit = R.choice([self.type_in, self.reset])(user, src, "phishing_scare", user.names[0])
                self.spawn(10.3 * HOUR + R.expovariate(1 / (5 * HOUR)), visit)
            for user in [u for u in self.people if u.crowd == "tracking_program"] * 3:
                args = (WEB, R.choice(self.vpn[:4]), (BROWSERS[1][0], SCRIPT_JA4[1]), None)
                self.spawn(R.random() * DAY, self.staff(user, "tracking_program", *args))
            for user in R.choices(self.shippers, k=int(len(self.shippers) * 1.4)):
                args = (PORTAL, user.home, user.client, user.device if R.random() < 0.9 else token())
                self.spawn(R.triangular(7, 20) * HOUR, self.staff(user, "shipper_clerk", *args))
            for team, handhelds, depot in self.depots * 2:
                last, dawn = dict.fromkeys(handhelds), R.choice([5, 12])
                for user in R.sample(team, 18):
                    device, at = R.choice(handhelds), R.choice([depot, net("phone", "DE")])
                    args = (HANDHELD, at, SCANNER, device, last[device])
                    self.spawn((dawn + R.random() * 1.6) * HOUR, self.staff(user, "depot_handheld", *args))
                    last[device] = user
            for user, *desk in self.desks:
                morning = self.staff(user, "post_office_counter", COUNTER, *desk)
                self.spawn(R.uniform(7.8, 9.5) * HOUR, morning)
            for i in range(max(2, int(17 * s))):
                args = ([self.offices[i % 3]], BROWSERS[0], 900, 0.2, None, token(), (day + 0.8) * DAY)
                self.spawn(R.uniform(7, 12) * HOUR, self.asking("help_line", IDENTIFY, *args))
            low, wide = R.randrange(FLOOR, self.number - int(4000 * self.scale)), int(4000 * self.scale)
            numbers = sorted((str(low + R.randrange(wide)) for _ in range(int(650 * s))), reverse=True)
            args = (shop, script(), 3, 0, numbers)
            self.spawn(R.uniform(1, 4) * HOUR, self.asking("shop_list_cleaning", CHECK, *args))
            yield DAY

    def steady(self, cls, tries, hours, draw, nets, most=1, clients=BROWSERS):
        """An attack: try or ask what `draw` gives, each address serving for one to `most` tries."""
        left, plain = 0, clients[0][0] in SCRIPTS
        for _ in range(max(3, int(tries))):
            if left < 1:
                left, client = R.randrange(1, most + 1), R.choice(clients)
                client = (client[0], R.choice(SCRIPT_JA4)) if R.random() < 0.12 else client
                device = None if plain or R.random() < 0.15 else token()
                src = self.source(R.choice(nets), client, device)
            left -= 1
            src = src if plain or R.random() < 0.6 else dict(src, device_id=token())
            where, name, pw = draw(src) or (None, None, None)
            if where and pw is None:
                self.check(cls, src, name, where, 1)
            session = pw and self.login(cls, src, name, pw, where, 1, R.random() < 0.08)
            if session and cls in ("guess_one_user", "shipper_takeover"):
                return
            if session and R.random() < 0.4:
                yield R.uniform(3, 60)
                self.emit(cls, src, "token", None, REDIRECT, name, 1, session_id=session)
            pace = 1 if hours < 20 else 0.4 + RHYTHM[int(self.now % DAY // HOUR)] / 75
            yield R.expovariate(max(3, int(tries)) / hours / HOUR * pace)

    def stolen_token(self, src):
        """Show a session token taken from an infected telephone or computer."""
        user = R.choice([u for u in R.sample(self.people, 40) if u.session] or self.people)
        old, where = None if user.session and R.random() < 0.6 else "expired", R.choice([REDIRECT, REFRESH])
        src, shown = R.choice([src, dict(src, device_id=user.device)]), user.session or token()
        self.emit("token_replay", src, "token", old, where, user.names[0], 1, session_id=shown)

    def fake(self, src):
        """Open an account for a locker box; some are used later from a home, where no log can tell."""
        user, full = self.join("fake"), "other" if R.random() < 0.15 else None
        self.emit("fake_locker_signup", src, "signup", full, LOCKER, user.names[0], 1)
        home, more = self.source(user.home, APPS[1], token()), dict(own=True, hard=1)
        for _ in range(R.choice([0, 0, 0, 1, 2]) if not full else 0):
            use = lambda: self.login("mule_login", home, user.names[0], user.pw, PHONE, 1, **more)
            later = (use() and None for _ in "1")
            self.spawn(DAY * R.randrange(1, 3) + moment() - self.now % DAY, later)

    def attacks(self):
        """Set the attacks going, each at its own hours."""
        s, rented, near = self.scale, self.proxies, [p for p in self.proxies if p[2] == "DE"]
        few, some = [net("host") for _ in range(6)], lambda pool: R.choice(pool)
        known = lambda: R.choice(self.people).names[0] if R.random() < 0.38 else mail()
        names = lambda: (R.choice([IDENTIFY, IDENTIFY, RESET]), known(), None)
        number = lambda page: (page, str(FLOOR + int(self.now / 12) % int(30000 * s) + R.randrange(30)), None)
        word = lambda u: R.choice([u.names[0][:5] + str(R.randrange(99)), secret("L"), *COMMON, *u.old])
        guess = lambda u, where, odds: (where, u.names[0], u.pw if R.random() < odds else word(u))
        phished = lambda u: (WEB, u.names[0], R.choice([u.pw] * 3 + [typo(u.pw), u.old[0]]))
        listed = lambda u, where: (where, u.names[0], u.leaked)
        other = lambda where: (where, mail(), secret("L"))
        pair = lambda p, at=WEB: listed(some(self.leaked), at) if R.random() < p else other(at)
        season = lambda: (WEB, some(self.people).names[1], R.choice([*COMMON[-2:], COMMON[5], "Paket2024!"]))
        plan = [(26, "stuffing_loud", 2400, 3, lambda x: pair(0.4), few, 40)]
        plan += [(81, "stuffing_loud", 1300, 2, lambda x: pair(0.5), self.vpn[4:7], 40)]
        plan += [(50, "stuffing_proxy", 4500, 15, lambda x: pair(0.45), rented, 3)]
        plan += [(4, "stuffing_slow_app", 1900, 105, lambda x: pair(0.7, PHONE), rented, 1, APPS)]
        plan += [(33, "number_spray", 1700, 8, lambda x: season(), rented, 2)]
        plan += [(12, "mail_name_testing", 2500, 40, lambda x: names(), rented, 3)]
        plan += [(59, "phish_takeover", 340, 32, lambda x: phished(some(self.people)), near)]
        plan += [(72, "number_walk", 1200, 30, lambda x: number(IDENTIFY), rented, 3)]
        shop = [(SCRIPTS[1], SCRIPT_JA4[0])]
        plan += [(61, "number_walk", 1500, 5, lambda x: number(CHECK), few[:3], 40, shop)]
        plan += [(36, "token_replay", 280, 75, self.stolen_token, rented, 1, APPS)]
        plan += [(18, "fake_locker_signup", 600, 85, self.fake, rented, 2, APPS)]
        for i in range(max(6, int(30 * s))):
            draw = lambda x, u=some(self.shippers), odds=R.choice([0, 0, 0, 0, 0.3]): guess(u, PORTAL, odds)
            plan += [(R.uniform(20, 90), "shipper_takeover", R.randrange(8, 24) / s, 24, draw, rented, 2)]
        for i in range(max(3, int(10 * s))):
            draw, two = lambda x, u=some(self.people): guess(u, WEB, 0.001), R.sample(rented, 2)
            plan += [(R.uniform(5, 105), "guess_one_user", R.randrange(20, 70) / s, 6, draw, two, 20)]
        for hour, cls, tries, *rest in plan:
            self.spawn((hour + R.random()) * HOUR, self.steady(cls, tries * s, *rest))


def main():
    """Read the options and write both files."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--users", type=int, default=14000)
    for option in ("--seed", "--out", "--labels"):
        parser.add_argument(option, required=True)
    args = parser.parse_args()
    R.seed(f"{args.seed}-parcel")
    with open(args.out, "w", encoding="utf-8") as log, open(args.labels, "w", newline="") as labels:
        carrier = Carrier(args.seed, args.users, log, labels)
        carrier.business()
        carrier.spawn(0, carrier.honest_days())
        carrier.attacks()
        carrier.run()


if __name__ == "__main__":
    main()
