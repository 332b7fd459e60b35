"""Labelled sign-in traffic of a job board: applicants, recruiters of many companies, and machines.

The service asks for an account only at the last step of an application; there people look up their address,
guess at half-forgotten passwords and reset them. Mail filters open the links of alert mails first. Recruiters
belong to tenants, some with one account for all. Tracking systems import, and ask for lists of names.
What is hard: many accounts at one address or device, bulk look-ups of unknown names and links opened from
far away are often honest; most attackers make one to three tries an address through homes and phones.
"""

import argparse, heapq, itertools, json, random, zlib
from datetime import datetime, timedelta, timezone
from hashlib import blake2b
from types import SimpleNamespace as Thing

DAYS, DAY, HOUR = 5, 86400, 3600
START = datetime(2025, 9, 3, tzinfo=timezone(timedelta(hours=1)))  # a Wednesday, so the weekend is in it
FIRST = "james mary oliver amelia isla noah ava leo priya raj chidi piotr anna ioana lukas aoife omar".split()
LAST = "smith jones taylor brown evans hughes green hall patel khan shah okafor nowak muller kelly".split()
MAIL = ["gmail.com"] * 5 + "outlook.com outlook.com hotmail.co.uk yahoo.com icloud.com uni-mail.ac.uk".split()
COUNTRIES = ["GB"] * 12 + ["IE", "IE", "DE", "PL", "RO", "IN", "NG", "US"]
COMMON = [word + end for end in ("2025!", "123", "1") for word in "Summer Welcome jobs qwerty Pass".split()]
CREDENTIAL = {None: "valid", "bad_mfa": "valid", "bad_password": "invalid", "expired": "invalid"}
BLINK, GECKO = "t13d1516h2_8daaf6152771_d8a2da3f94cd", "t13d1717h2_5b57614c22b0_3cbfd9057e0d"
APPLE, GO = "t13d2014h2_a09f3c656075_e42f34c56612", "t13d1312h2_f57a46bbacb6_e7c285222651"
PYTHON, JAVA = "t13d1812h1_85036bcba153_b26ce05bbdd6", "t13d1914h2_9dc949149365_97f8aa674fd9"
WIN, CHROME = "Mozilla/5.0 (Windows NT 10.0; Win64; x64", "AppleWebKit/537.36 (KHTML) Chrome/{0}.0.0.0"
CLIENTS = [  # user agent, versions, TLS fingerprint, app, is a phone, weight
    (f"{WIN}) {CHROME} Safari/537.36", (138, 139, 139, 140), BLINK, "web", 0, 50),
    (f"{WIN}; rv:{{0}}.0) Gecko/20100101 Firefox/{{0}}.0", (128, 142), GECKO, "web", 0, 9),
    ("Mozilla/5.0 (iPhone; CPU iPhone OS {0} like Mac OS X)", ("17_6", "18_5"), APPLE, "web", 1, 30),
    (f"Mozilla/5.0 (Linux; Android 10; K) {CHROME} Mobile", (137, 139, 140), BLINK, "web", 1, 33),
    ("JobBoard/7.41 ({0})", ("iOS 17.6", "iOS 18.5", "Android 14", "Android 15"), None, "mobile", 1, 38),
]
AGENTS = ((PYTHON, "python-requests/2.32"), (GO, "Go-http-client/2.0"), (JAVA, "Java/17"), (GO, "axios/1.7"))
ALWAYS = lambda thing: lambda: thing
SEEKING = [3, 2, 1, 1, 1, 2, 5, 9, 11, 12, 12, 11, 13, 12, 10, 10, 10, 10, 11, 13, 14, 13, 10, 6]
WORKING = [0, 0, 0, 0, 0, 0, 1, 4, 14, 20, 15, 12, 9, 12, 13, 12, 10, 6, 2, 1, 1, 1, 0, 0]
LOGIN, APPLY, FORGOT, LINK = "/login", "/apply/sign-in", "/password/forgot", "/alerts/open"


class Board:
    """The clock, the networks, the accounts, what the service and its visitors do, and the two files."""

    def __init__(self, seed, users, log, labels):
        """Make the networks, the applicants and the tenants."""
        self.seed, self.log, self.labels, self.r = f"s{seed}", log, labels, random.Random(f"{seed}-traffic")
        self.now, self.first, self.count, self.order, self.agenda = 0.0, None, 0, itertools.count(), []
        n, self.accounts, self.tenant_of, self.members, self.recruiters = self.r.randrange, {}, {}, [], []
        net = lambda cc, kind: Thing(asn=n(3000, 64000), cc=cc, kind=kind, v4=f"{n(31, 220)}.{n(256)}")
        self.homes, self.mobiles = ({c: [net(c, k) for k in ks] for c in COUNTRIES} for ks in ("hhhh", "mm"))
        self.hosts = [net(cc, "v") for cc in ("GB", "IE", "DE", "NL", "US", "US", "FR")]
        self.seekers = list({u.name: u for u in (self.new_user() for _ in range(users))}.values())
        self.accounts.update((user.name, user) for user in self.seekers)
        self.machines = [self.new_tenant(number) for number in range(max(24, users // 60))]

    def start(self, delay, process):
        """Let a process (a generator of pauses in seconds) begin after a delay."""
        heapq.heappush(self.agenda, (self.now + delay, next(self.order), process))

    def run(self):
        """Run the processes in order of time until the last day is over."""
        while self.agenda and self.agenda[0][0] < DAYS * DAY:
            self.now, _, process = heapq.heappop(self.agenda)
            if (pause := next(process, None)) is not None:
                self.start(pause, process)

    def spot(self, nets, key=None):
        """An address (ip, asn, country) in one of some networks; phones and tunnels share few addresses."""
        r = self.r if key is None else random.Random(f"{self.seed}-{key}")
        net, a, b, c = r.choice(nets), r.randrange(64), r.randrange(1, 255), r.random()
        if net.kind != "v" and c < 0.2:
            return f"2a02:{net.asn:x}:{a:x}:{b:x}::{self.r.getrandbits(16):x}", net.asn, net.cc
        a, b = (a % 2, b % 48) if net.kind == "m" else (7, b % 16) if net.kind == "v" and c < 0.6 else (a, b)
        return f"{net.v4}.{a}.{b}", net.asn, net.cc

    def proxy(self, cc=None, hosting=0.08):
        """An exit of a proxy service: a stranger's home or phone, now and then a hosting network."""
        x, cc = self.r.random(), cc or self.r.choice(COUNTRIES)
        return self.spot(self.hosts if x < hosting else self.homes[cc] if x < 0.76 else self.mobiles[cc])

    def a_name(self, known=0.0):
        """An e-mail address as applicants have them; lists from elsewhere hold some that are known here."""
        r, ends = self.r, ((1,), (100,), (1000,), (1960, 2008))
        tail = f"{r.choice(LAST)}{r.randrange(*r.choice(ends)) or ''}@{r.choice(MAIL)}"
        return r.choice(self.seekers).name if r.random() < known else r.choice(FIRST) + r.choice("._") + tail

    def slip(self, name):
        """The same address with a slip of the fingers, or another one the person once had."""
        at, other = self.r.randrange(1, 5), f"{name.partition('@')[0]}@{self.r.choice(MAIL)}"
        return self.r.choice((name[:at] + name[at + 1 :], name[:-1], other))

    def new_password(self, common=0.045):
        """A password: some common, some already in breaches elsewhere (written l...), most of one's own."""
        own = f"{'l' if self.r.random() < 0.09 else 'p'}{self.r.random()}"
        return COMMON[int(15 * self.r.random() ** 2)] if self.r.random() < common else own

    def new_client(self, phone=None, script=0.0):
        """A browser or an app with its own device token; scripts and middleboxes claim to be a browser."""
        r, script = self.r, self.r.random() < script
        rows = [c for c in CLIENTS if (not c[4] if script else phone is None or c[4] == phone)]
        ua, versions, ja4, app, is_phone, _ = r.choices(rows, [c[5] for c in rows])[0]
        ua, ja4 = ua.format(r.choice(versions)), r.choice((GO, GO, PYTHON, JAVA)) if script else ja4
        return Thing(ua=ua, ja4=ja4, app=app, phone=is_phone, device=f"{r.getrandbits(64):016x}", sids={})

    def new_user(self, name=None, cc=None, common=0.045):
        """An account and its owner (few come often); `leaked` is what stolen lists say of the name."""
        r, name, pw = self.r, name or self.a_name(), self.new_password(common)
        x, cc, old = r.random(), cc or r.choice(COUNTRIES), [self.new_password(), self.new_password()]
        user = Thing(name=name, cc=cc, pw=pw, knows=pw, old=old, fails=0, locked=0.0, last=None, office=None)
        user.leaked = pw if pw[0] == "l" and x < 0.13 else old[0] if x < 0.25 else r.choice("llm") + str(x)
        user.clients = [self.new_client(p, 0.06) for p in r.choice(((0,), (1,), (0, 1), (0, 1), (1, 1)))]
        user.key, user.net, user.rate = x, r.choice(self.homes[cc]), min(r.paretovariate(1.1) / 11, 7)
        user.mfa, user.fixed, user.vpn, user.private = (r.random() < p for p in (0.04, 0.8, 0.04, 0.08))
        user.alerts, user.filtered, user.fake, user.left = (r.random() < p for p in (0.32, 0.14, 0, 0.12))
        return user

    def new_tenant(self, number):
        """A company: its office, its recruiters or one account for all; answers its machine's account."""
        r, name = self.r, f"{LAST[number % len(LAST)]}{number // len(LAST) or ''}"
        host, cc = name + r.choice(("-group.co.uk", "health.org", "tech.io")), r.choice(COUNTRIES[:15])
        self.tenant_of[host], office = name, self.spot(self.hosts if r.random() < 0.2 else self.homes[cc])
        mfa, size, shared = r.random() < 0.5, min(int(3 * r.paretovariate(1.2)), 40), number % 6 == 5
        boxes = ["jobs"] if shared else [f"{r.choice(FIRST)}.{r.choice(LAST)}" for _ in range(size)]
        machine, *staff = (self.new_user(f"{b}@{host}", cc, 0.06) for b in dict.fromkeys(["svc-ats", *boxes]))
        self.accounts.update((user.name, user) for user in (machine, *staff))
        self.recruiters += [] if shared else staff
        for user in staff:
            user.rate, user.office, user.mfa = r.paretovariate(1.3) / 2, office, mfa and not shared
        self.members += [self.new_user(staff[0].name, cc) for _ in range(5 if shared else 0)]
        return machine

    def person(self, user, cls, door=LOGIN):
        """An honest person at one of their devices, at home (which may renumber daily) or elsewhere."""
        r, at = self.r, self.r.randrange(len(user.clients))
        if user.private or r.random() < 0.02:
            user.clients[at] = self.new_client(user.clients[at].phone, 0.06)
        home = self.spot([user.net], (user.key, user.fixed or self.now // DAY))
        place = user.office if user.office and r.random() < 0.65 else home
        if user.vpn or r.random() < (0.45 if user.clients[at].phone else 0.08):
            place = self.spot(self.hosts if user.vpn else self.mobiles[user.cc])
        return Thing(cls=cls, client=user.clients[at], place=place, attack=0, door=door)

    def emit(self, who, kind, path, name, user=None, reason=None, pw=None, **more):
        """Write one event and its label; answer the reason of the failure, or None."""
        ms, self.count, client, (ip, asn, cc) = int(self.now * 1000), self.count + 1, who.client, who.place
        self.first, asking = ms if self.first is None else self.first, kind == "lookup" or path == FORGOT
        reason = "unknown_user" if asking and name not in self.accounts else reason
        let_in, tenant = not reason and not asking, self.tenant_of.get((name or "").partition("@")[2])
        if let_in and kind != "token":
            more["session_id"] = client.sids[user.name] = f"{self.r.getrandbits(60):015x}"
        if let_in and not who.attack and user.name in client.sids:
            user.last = (client.sids[user.name], client)
        key = blake2b(f"{self.seed}-{self.count}".encode(), digest_size=9).hexdigest()
        when = (START + timedelta(milliseconds=ms)).isoformat(timespec="milliseconds")
        event = {"event_id": key, "time": when, "kind": kind, "outcome": "failure" if reason else "success"}
        event |= {"failure_reason": reason, "username": name, "ip": ip, "asn": asn, "tenant": tenant}
        event |= {"country": cc if zlib.crc32(ip.encode()) % 19 else None, "device_id": client.device}
        event |= {"user_agent": client.ua, "ja4": client.ja4, "endpoint": path, **more}
        event["app"] = "recruiter" if tenant and client.app == "web" else client.app
        event["credential"] = CREDENTIAL.get(reason, "unknown") if kind in ("login", "token") else None
        if pw:
            event["password_fingerprint"] = blake2b(pw.encode(), key=self.seed.encode()).hexdigest()[:16]
            event["breached_password"] = pw in COMMON or pw[0] == "l" if client.ja4 else None
        self.log.write(json.dumps({k: v for k, v in event.items() if v is not None}) + "\n")
        told = "failure" if reason else "success" if let_in and not (who.attack and user.fake) else ""
        row = f"{key},{who.attack},{who.cls},{told},{(ms - self.first) / 1000:.3f},{name or ''}"
        self.labels.write(f"{row},{int(who.cls == 'former_colleague')}\n")
        return reason

    def login(self, who, name, pw, code=True):
        """A name, a password and perhaps a code are shown; ten bad ones lock for a quarter of an hour."""
        user, mfa, reason = self.accounts.get(name), None, None
        if user is None or user.locked > self.now:
            reason = "unknown_user" if user is None else "locked"
        elif pw != user.pw:
            reason, user.fails = "bad_password", user.fails + 1
            user.locked = self.now + 900 if user.fails % 10 == 0 else 0.0
        else:
            reason, user.fails = "bad_mfa" if user.mfa and not code else None, 0
            mfa = "failed" if reason else "passed" if user.mfa else "none"
        path = "/recruiter/login" if name.partition("@")[2] in self.tenant_of else who.door
        return self.emit(who, "login", path, name, user, reason, pw, mfa=mfa)

    def token(self, who, user, expired=False, path="/session/refresh", sid=None, named=True):
        """A session, a mailed link or a machine's secret is shown."""
        sid, reason = sid or who.client.sids.get(user.name), "expired" if expired else None
        return self.emit(who, "token", path, user.name if named else None, user, reason, session_id=sid)

    def reset(self, who, user, path="/password/reset"):
        """A new password is set; another device of an honest owner may go on with the old one."""
        r, old, user.pw, user.locked = self.r, user.knows, self.new_password(), 0.0
        self.emit(who, "password_reset", path, user.name, user, pw=user.pw)
        if not who.attack:
            user.knows, user.old, stale = user.pw, user.old[-2:] + [old], r.choice(user.clients)
            retry, place = lambda app: self.login(app, user.name, old), lambda: who.place
            tries, hours = r.choice((0, 0, 2, 3, 5, 11)), r.choice((0.2, 1, 4, 20))
            self.start(200, self.play(0, "stale_app_retry", 0, tries, hours, retry, place, ALWAYS(stale)))

    def play(self, attack, cls, day, number, hours, act, place, client, each=(1,)):
        """From a day on, somebody comes from an address, does a thing or a few, and the next one comes."""
        gap = hours * HOUR / max(1, number)
        yield max(0, day * DAY - self.now)
        while number > 0:
            who = Thing(cls=cls, client=client(), place=place(), attack=attack, door=LOGIN)
            for _ in range(min(number, self.r.choice(each))):
                if hasattr(deed := act(who), "send"):
                    self.start(0, deed)
                number, slow = number - 1, 2 if gap > 99 and self.now % DAY < 7 * HOUR else 1
                yield gap * (self.r.uniform(0.9, 1.1) if "ats" in cls else self.r.expovariate(1) * slow)

    def visit(self, who, user, memory=0.94):
        """Somebody comes: the form asks for the address; a new account, an open session, or a sign-in."""
        r, asked = self.r, ""
        while who.door == APPLY and asked != user.name:
            asked = user.name if r.random() < 0.87 else self.slip(user.name)
            self.emit(who, "lookup", "/apply/account-check", asked)
            yield r.lognormvariate(3, 0.8)
        if user.name not in self.accounts:
            self.accounts[user.name], user.fake = user, bool(who.attack)
            self.seekers += [] if user.fake else [user]
            self.emit(who, "signup", "/apply/register", user.name, user, None, user.pw)
        elif asked or user.name not in who.client.sids or self.token(who, user, r.random() < 0.07):
            if not (yield from self.sign_in(who, user, memory)):
                return
        yield from self.stay(who, user)

    def sign_in(self, who, user, memory):
        """Somebody signs in: slips, old passwords, retries, a reset or giving up. Answers whether in."""
        r, knows = self.r, self.r.random() < memory
        for _ in range(r.choice((2, 3, 3, 4, 5, 8))):
            name = self.slip(user.name) if r.random() < (0.2 if memory < 0.5 else 0.02) else user.name
            pw = r.choice(["a", "1"] + [""] * 30) + (user.knows if knows else r.choice(user.old))
            if not (reason := self.login(who, name, pw, r.random() > 0.05)):
                return True
            yield r.uniform(900, 1500) if reason == "locked" else r.lognormvariate(2.3, 0.7)
            knows = knows or r.random() < 0.35
        name = self.slip(user.name) if r.random() < 0.15 else user.name
        if r.random() < 0.65 and not self.emit(who, "password_reset", FORGOT, name):
            yield r.lognormvariate(4.6, 0.8)
            self.reset(who, user)
            return True

    def stay(self, who, user, again=0.3, change=0.012):
        """Inside an account: pages later on, and perhaps a new password."""
        while self.r.random() < again:
            yield self.r.expovariate(1 / 2000)
            self.token(who, user)
        if self.r.random() < change:
            self.reset(who, user, "/account/password")

    def attend(self, who, fresh, taught=None):
        """One of many: a new account (perhaps with the password on the board) or an old one."""
        user = self.new_user() if (new := self.r.random() < fresh) else self.r.choice(self.seekers)
        user.name = f"{self.count}{user.name}" if new and user.name in self.accounts else user.name
        user.pw = user.knows = taught if new and taught and self.r.random() < 0.4 else user.pw
        who.client = who.client or self.r.choice(user.clients)
        who.place, who.door = who.place or self.person(user, "").place, APPLY
        return self.visit(who, user, 0.65)

    def alert_mail(self, user):
        """A mail: the filter may open its link, the person may, a friend may; old links are refused."""
        r, used, sid, who = self.r, False, f"{self.r.getrandbits(60):015x}", self.person(user, "mail_scanner")
        yield r.uniform(3, 90)
        if user.filtered:
            who.client, who.place = self.new_client(None, 0.5), self.spot(self.hosts)
            used = self.token(who, user, False, LINK, sid) or r.random() < 0.35
        if r.random() < 0.16:
            yield (delay := r.lognormvariate(8.6, 1.6))
            reader = r.choice(self.seekers) if r.random() < 0.07 else user
            who = self.person(reader, "alert_click" if reader is user else "forwarded_alert")
            if self.token(who, user, used or delay > DAY or r.random() < 0.05, LINK, sid, r.random() < 0.93):
                yield from self.visit(who, reader, 0.85)

    def guess(self, who, name, pw=None, code=False):
        """An attacker's try with a name and a password, by default the one a stolen list has for the name."""
        user, who.door = self.accounts.get(name), self.r.choice((LOGIN, LOGIN, APPLY))
        pw = pw or (user.leaked if user else f"{self.r.choice('llm')}{self.r.random()}")
        if not self.login(who, name, pw, code):
            yield from self.stay(who, user, 0.55, 0.2)

    def replay(self, who):
        """A session taken from an infected machine is shown from elsewhere, often with the device token."""
        user = self.r.choice([u for u in self.seekers + self.recruiters if u.last])
        who.client = user.last[1] if self.r.random() < 0.6 else who.client
        who.client.sids[user.name], who.place = user.last[0], self.proxy(user.cc, 0.15)
        if not self.token(who, user, self.r.random() < 0.55):
            yield from self.stay(who, user, 0.55, 0.1)

    def honest(self, n):
        """Plan each day of the honest people; day 3 and day 4 are the weekend."""
        r, helpers = self.r, [("auto_apply_service", self.seekers, n(90), self.hosts)]
        helpers += [("career_coach", self.seekers, 9, self.homes["GB"])] * n(12)
        helpers += [("agency_multi_tenant", self.recruiters, 3, self.hosts)] * n(30)
        teams = [(cls, r.sample(crowd, k), nets, self.new_client()) for cls, crowd, k, nets in helpers]
        crowds = (
            ("seeker_visit", self.seekers, 0.7, SEEKING, LOGIN, 0.94),
            ("apply_last_step", self.seekers, 0.3, SEEKING, APPLY, 0.8),
            ("long_absent", self.seekers, 0.02, SEEKING, LOGIN, 0.25),
            ("recruiter_office", self.recruiters, 1, WORKING, LOGIN, 0.96),
            ("shared_recruiter", self.members, 3, WORKING, LOGIN, 0.9),
        )
        for day in range(DAYS):
            for cls, crowd, share, hours, door, memory in crowds:
                share *= 1 if day < 3 else 0.8 if hours is SEEKING else 0.15
                often = lambda user: range(int(r.expovariate(1) * user.rate * share + r.random()))
                for user in [user for user in crowd for _ in often(user)]:
                    who = self.person(user, cls, door)
                    gone = user.left and day > 0 and crowd is self.members
                    who.cls, who.attack = ("former_colleague", 1) if gone else (cls, 0)
                    act = self.visit(who, self.accounts[user.name], memory)
                    self.start((r.choices(range(24), hours)[0] + r.random()) * HOUR, act)
            for user in (u for u in self.seekers if u.alerts and r.random() < 0.6):
                self.start(7 * HOUR + r.expovariate(1 / 1500), self.alert_mail(user))
            for cls, people, nets, client in teams:
                auto, turn = cls == "auto_apply_service", iter(people)
                tool = (lambda: self.new_client(None, 0.6)) if auto else ALWAYS(client)
                act, place = lambda who, t=turn: self.visit(who, next(t), 0.95), ALWAYS(self.spot(nets))
                self.start(0, self.play(0, cls, day + r.uniform(0.3, 0.6), len(people), 4, act, place, tool))
            yield DAY

    def gatherings(self, n):
        """Rows of what comes in crowds and of machines (imports, old secrets, lists of names)."""
        r, gb, self.stolen, none = self.r, self.homes["GB"], [], ALWAYS(None)
        match = lambda who: self.emit(who, "lookup", "/api/v2/candidates/match", self.a_name(0.4))
        join = lambda fresh, taught=None: lambda who: self.attend(who, fresh, taught)
        yield "apply_signup", 0, n(850), 116, join(1), none, none
        yield "layoff_wave", 2.45, n(320), 9, join(0.4), lambda: self.spot(gb[2:3], r.randrange(5)), none
        for at in range(n(30)):
            room, tool = ALWAYS(self.spot(gb, at % 7)), ALWAYS(self.new_client(0))
            yield "job_centre", at % 3 + r.uniform(0.38, 0.6), 14, 2, join(0.4, f"pJobs{at % 7}"), room, tool
        for at, owner in enumerate(self.machines):
            (ja4, ua), day, size = AGENTS[at % 4], r.uniform(0.3, 4), min(int(9 * r.paretovariate(1)), 300)
            here, far = ALWAYS(self.spot(self.hosts, at % 60)), ALWAYS(self.spot(self.hosts))
            tool = ALWAYS(Thing(ua=ua, ja4=ja4, app="ats-api", phone=0, device=None, sids={}))
            show = lambda who, owner=owner: self.token(who, owner, "broken" in who.cls, "/api/v2/oauth/token")
            yield "ats_import", r.random() / 4, 50, 120, show, here, tool
            yield "ats_candidate_match", day, size, 1, match, here, tool
            if at % 8 == 3:
                yield "ats_broken_secret", day, 70, 7, show, here, tool
                self.stolen.append(("ats_key_stolen", 4.3 - day, 20, 12, show, far, tool))

    def campaigns(self, n):
        """Rows of the attacks, each at its own time."""
        r, proxy, bot, staff = self.r, self.proxy, lambda: self.new_client(None, 0.15), self.recruiters
        ask = lambda *what: lambda who: self.emit(who, *what, self.a_name(0.35))
        pair = lambda known=0.42, pw=None: lambda who: self.guess(who, self.a_name(known), pw)
        season = lambda who: self.guess(who, r.choice(staff).name, COMMON[int(self.now // DAY)])
        yield "stuffing_loud", 1, n(1400), 2, pair(), lambda: self.spot(self.hosts, r.choice("ab")), bot, [40]
        yield "stuffing_proxies", 1.1, n(3600), 60, pair(), proxy, bot, (1, 1, 2, 3)
        yield "stuffing_slow", 0, n(800), 105, pair(0.6), lambda: proxy("GB", 0), bot, (1, 1, 2)
        yield "spray_seekers", 2.8, n(900), 14, pair(0.6, COMMON[0]), proxy, bot
        yield "name_testing", 0.4, n(2600), 40, ask("lookup", "/apply/account-check"), proxy, bot, (1, 2)
        yield "reset_probing", 3.3, n(600), 20, ask("password_reset", FORGOT), proxy, bot, (1, 1, 2)
        yield "token_replay", 0.6, n(180), 100, self.replay, proxy, self.new_client
        yield "fake_signups", 0.8, n(700), 85, lambda who: self.attend(who, 1, "pJobs3"), proxy, bot
        yield "spray_recruiters", 0.3, n(1000), 85, season, lambda: proxy("GB"), bot
        for at, user in enumerate(r.sample([u for u in staff if u.mfa], n(36))):
            cls, tries, luck = ("recruiter_phished", 1, 1) if at % 3 else ("mfa_fatigue", 3 + at % 8, 0.05)
            act = lambda who, u=user, luck=luck: self.guess(who, u.name, u.pw, r.random() < luck)
            yield cls, r.uniform(0.3, 4.8), tries, 0.3, act, lambda: proxy("GB", 0.3), bot, (tries,)
        for at, user in enumerate(r.sample(staff, 4)):
            act = lambda who, u=user: self.guess(who, u.name, f"{r.choice(COMMON)}{r.choice('!?123')}")
            yield "guess_one_recruiter", 0.4 + at, 90, 5, act, ALWAYS(proxy("GB")) if at % 2 else proxy, bot
        yield from self.stolen


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="labelled sign-in traffic of a job board")
    for option, default in (("seed", 1), ("out", "log.ndjson"), ("labels", "labels.csv"), ("users", 12000)):
        parser.add_argument(f"--{option}", type=type(default), default=default)
    args = parser.parse_args()
    with open(args.out, "w", encoding="utf-8") as log, open(args.labels, "w", encoding="utf-8") as labels:
        labels.write("event_id,attack,class,outcome,time,username,undecidable\n")
        board = Board(args.seed, args.users, log, labels)
        scaled = lambda number: max(2, round(number * args.users / 12000))
        for attack, rows in enumerate((board.gatherings(scaled), board.campaigns(scaled))):
            for row in rows:
                board.start(0, board.play(attack, *row))
        board.start(0, board.honest(scaled))
        board.run()
