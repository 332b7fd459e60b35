"""Labelled login traffic of a national newspaper with a paywall and a comment section.

Readers sign in by mail address on the web, in apps and on e-readers; programs keep tokens, newsletters carry one-use
links, breaking news brings a rush of forgotten passwords. Hard here: one account on thirty devices may be a class or a
resold password; a server showing many readers' tokens may be a mail scanner or a read-later service; forty sign-ups at
one address may be a freshers' fair; most attackers use homes and phones in the readers' own networks, briefly.
"""

import argparse, collections, csv, datetime as dt, hashlib, heapq, itertools, json, random, re, types

DAYS, FEW, DAY, HOUR = 5, 24, 86400.0, 3600.0
Tag = collections.namedtuple("Tag", "cls attack own undecidable", defaults=(0, 0, 0))  # own account
RHYTHM = [2, 1, 1, 1, 2, 6, 14, 22, 20, 13, 10, 9, 13, 12, 8, 8, 9, 12, 14, 14, 15, 16, 12, 6]
NAMES = "amy ben dan ella fred grace harry iris jack liam mary neil smith jones taylor evans hall green patel".split()
MAIL = "postbox.example mailhaven.example letterly.example homenet.example family.example".split()
LANDS = "GB IE FR DE ES US CA AU IN BR TR VN ID ZA PL NL".split()
SITES = "office campus newsroom library class agency".split()
# crowd, share of readers, log of visits a day, programs, places, chance of keeping a session, forgetfulness
CROWDS = """web_reader 26 -1.4 browser,browser,phone home,home,mobile .6 .06; app_reader 21 -0.6 app,app,browser home,mobile,mobile .95 .05
household 12 -0.2 app,browser,ereader,browser,app,phone home,home,second,mobile .8 .05; newsletter_reader 9 -1.3 browser,phone home,mobile,office .5 .12
ereader 5 -0.4 ereader,ereader,browser home .9 .05; commenter 6 0.2 browser,app,phone home,office,mobile .45 .03
vpn_reader 3 -0.6 browser,app vpn,vpn,home .3 .04; campus_reader 5 -0.8 browser,app campus,campus,home,mobile .6 .06
office_reader 6 -0.6 browser,app office,office,home,mobile .6 .05; print_subscriber 5 -1.5 browser home .35 .2
news_script 1.4 0.2 script home,cloud,cloud .05 .02; staff .6 0.8 browser,app newsroom,home,mobile .5 .03"""
CROWDS = {row.split()[0]: [part.split(",") for part in row.split()[1:]] for row in re.split("; |\n", CROWDS)}
CLIENTS = """browser chrome 109,124,126,129,130,130,131,131 Mozilla/5.0 (Windows NT 10.0) Chrome/%.0.0.0 Safari/537.36
browser gateway 130 Mozilla/5.0 (Windows NT 10.0) Chrome/%.0.0.0 Safari/537.36
browser gecko 115,128,131,132 Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:%.0) Gecko/20100101 Firefox/%.0
browser safari 16.6,17.6,18.1 Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Version/% Safari/605.1.15
phone chrome 124,128,129,130,131,131 Mozilla/5.0 (Linux; Android 10; K) Chrome/%.0.0.0 Mobile Safari/537.36
phone safari 16.6,17.5,17.6,18.0,18.1,18.1 Mozilla/5.0 (iPhone; CPU iPhone OS % like Mac OS X) Mobile Safari/604.1
app safari 7.2.0,7.3.1,7.3.1,7.4.0 Gazette/% (iPhone; iOS 18.1) CFNetwork/1568 | app okhttp 7.1.4,7.3.1,7.4.0 Gazette/% (Android 14) okhttp/4.12.0
ereader old Kindle/3.0+,Kobo/4.38,PocketBook/6.8 Mozilla/5.0 (X11; Linux armv7l; en-gb) AppleWebKit/531.2+ %
script python 115,128 Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:%.0) Gecko/20100101 Firefox/%.0
script node 124,130,131 Mozilla/5.0 (Windows NT 10.0) Chrome/%.0.0.0 Safari/537.36"""
# class, tries as a share of readers, first and last start and length in hours, programs, most tries a place, at home
ATTACKS = """stuffing_loud .14 5 90 .7 script,browser 400 .6; stuffing_proxies .26 2 40 19 browser,phone,script 3 .5
stuffing_proxies .2 45 92 14 app 2 .85; stuffing_slow .08 1 4 114 browser,phone 1 .9
password_spray .11 10 60 44 browser,phone,script 2 .8; library_guessing .04 10 80 12 browser,script 3 .6
targeted_takeover .008 3 10 100 browser,phone 1 .95; name_testing .2 6 85 22 browser,phone,app,script 3 .6
reset_probe .04 8 95 9 browser,phone,app 12 .5; trial_farm .06 12 50 50 browser,phone 4 .7
sockpuppets .02 0 1 40 browser,phone 9 .8; token_theft .03 4 30 70 browser,phone,app 2 .6
code_guessing .05 20 85 16 browser,phone,script 3 .7; resold_account .04 1 5 114 browser,phone,app 2 .85
known_person .008 1 9 100 browser 1 1"""


def digest(*parts, size=6):
    """A short stable digest of some values."""
    return hashlib.blake2b("|".join(map(str, parts)).encode(), digest_size=size).hexdigest()


class Place:
    """A home, office, server or pool, in a network of its own or a parent's; some homes renumber or have v6."""

    def __init__(self, rng, land, count=1, parent=None):
        v4 = [f"{rng.choice((5, 31, 51, 77, 81, 86, 92, 151))}.{rng.randrange(256)}." for _ in range(4)]
        fresh = rng.randrange(2000, 64000), land, v4, f"2a{rng.randrange(16):02x}:{rng.getrandbits(15):x}"
        self.net, self.daily = parent.net if parent else fresh, parent and rng.random() < 0.12
        v4, count = self.net[2], DAYS if self.daily else count
        self.ips = [f"{rng.choice(v4)}{rng.randrange(256)}.{rng.randrange(1, 255)}" for _ in range(count)]
        self.v6 = f"{self.net[3]}:{rng.getrandbits(16):x}::" if parent and rng.random() < 0.4 else ""

    def source(self, rng, now, dev):
        """Address, network and program of one visit."""
        v4 = self.ips[int(now // DAY)] if self.daily else rng.choice(self.ips)
        v6 = self.v6 and self.v6 + digest(dev.key, now // DAY, size=2)
        return v6 if v6 and rng.random() < 0.6 else v4, self.net, dev


class Paper:
    """The newspaper's sign-in service, its people and attackers, the clock, and the files being written."""

    def __init__(self, seed, size, log, labels):
        self.seed, self.size, self.log, self.labels = seed, size, log, csv.writer(labels, lineterminator="\n")
        self.labels.writerow("event_id attack class outcome time username undecidable".split())
        self.rng, self.bad, rng = (random.Random(f"{seed}-{part}") for part in ("run", "attack", "world"))
        self.queue, self.count, self.now, self.zero, self.written = [], itertools.count(), 0.0, None, 0
        self.start = dt.datetime(2024, 11, 4, tzinfo=dt.timezone.utc) + dt.timedelta(days=rng.randrange(120))
        self.breaking = rng.randrange(1, DAYS - 1) * DAY + rng.uniform(8, 19) * HOUR
        self.accounts, self.clients = {}, {}
        for kind, family, versions, text in (line.split(" ", 3) for line in re.split(r" \| |\n", CLIENTS)):
            mark = f"t13d{1311 + len(family) * 100}h2_{digest(family)}_{digest(family, 2)}"
            programs = [(kind, text.replace("%", version), mark) for version in versions.split(",")]
            self.clients[kind] = self.clients.get(kind, []) + programs
        self.nets = {c: [Place(rng, c) for _ in range(7 if c == "GB" else 2)] for c in LANDS}
        self.mobile = {c: [Place(rng, c, 150 if c == "GB" else 60) for _ in range(3)] for c in LANDS}
        self.vpn = [Place(rng, rng.choice(("GB", "NL", "US", "DE")), 45) for _ in range(5)]
        self.cloud = [Place(rng, rng.choice(("GB", "IE", "DE", "US")), 3) for _ in range(8)]
        self.shared = {site: [Place(rng, "GB") for _ in range(FEW)] for site in SITES}
        shares = [float(crowd[0][0]) for crowd in CROWDS.values()]
        self.users = [self.add_user(rng, crowd) for crowd in rng.choices(list(CROWDS), shares, k=size)]
        self.leaked = [(u.name, u.pw) for u in self.users if u.pw[0] == "b" and rng.random() < 0.5]
        self.teams = {s: [self.add_user(rng, name=f"{s}{i}@{MAIL[4]}") for i in range(FEW)] for s in SITES}

    def new_password(self, rng, sorts="cbp"):
        """A password as an opaque word: c = very common, b = in public leaks, p = private."""
        sort = rng.choices(sorts, (4, 22, 74)[: len(sorts)])[0]
        size = 2 * rng.paretovariate(0.7) if sort == "c" else 6 * rng.paretovariate(0.25)
        return f"{sort}{rng.getrandbits(44) if sort == 'p' else int(min(size, 1e12))}"

    def new_name(self, rng):
        """A mail address of the usual forms."""
        a, b, n = rng.choice(NAMES), rng.choice(NAMES), rng.choice(("", *range(1, 99), *range(1950, 2008)))
        stem = rng.choice((f"{a}.{b}", f"{a}{b}", f"{a[0]}{b}", f"{a}_{b}", f"{b}.{a}"))
        return f"{stem}{n}{f'+{rng.randrange(99)}' * (rng.random() < 0.03)}@{rng.choices(MAIL, (34, 26, 18, 14, 8))[0]}"

    def device(self, rng, kinds, client=None):
        """A program of one of some kinds, with the service's token for it, a stored password and a session."""
        kind, ua, ja4 = client or rng.choice(self.clients[rng.choice(kinds.split(","))])
        dev = types.SimpleNamespace(kind=kind, ua=ua, ja4=ja4, key=rng.getrandbits(48), saved=None, sess=None)
        dev.app = kind if kind in ("app", "ereader") else "web"
        dev.id = f"d{dev.key:012x}" if rng.random() < (0.6 if kind == "script" else 0.93) else None
        return dev

    def add_user(self, rng, crowd="web_reader", name=None, tag=None):
        """One account: what the service knows (pw, epoch, fails) and the owner's memory, things and habits."""
        while name is None or name in self.accounts:
            name = self.new_name(rng)
        mu, kinds, places, keeps, forgets = CROWDS[crowd][1:]
        land = "GB" if rng.random() < 0.86 else rng.choice(LANDS)
        u = self.accounts[name] = types.SimpleNamespace(name=name, tag=tag or Tag(crowd), epoch=0, fails=0)
        u.pw = u.mind = self.new_password(rng)
        u.olds = [self.new_password(rng) for _ in range(rng.randint(1, 3))]
        u.last_fail, u.private = -1e9, rng.random() < 0.08  # private windows keep nothing
        u.mfa, bill = rng.random() < (0.8 if crowd == "staff" else 0.015), str(int(digest(name), 16) % 10**7)
        u.slips = [name.replace(letter, "", 1) for letter in name[:5]] + [bill] * 9 * (crowd[:5] == "print")
        pick = {p: Place(rng, land, 1, rng.choice(self.nets[land])) for p in ("home", "second")}
        pick.update(mobile=rng.choice(self.mobile[land]), vpn=rng.choice(self.vpn))
        u.places = [pick.get(p) or rng.choice(self.shared.get(p, self.cloud)[:12]) for p in places]
        u.places = [rng.choice(u.places)] if crowd == "news_script" else u.places  # or a read-later service
        u.places = u.places + [rng.choice(self.mobile[rng.choice(LANDS)])] * (rng.random() < 0.03)  # abroad
        u.devices = [self.device(rng, kind) for kind in kinds[: rng.randint(1, len(kinds))]]
        u.keeps, u.forgets, u.rate = float(keeps[0]), float(forgets[0]), rng.lognormvariate(float(mu[0]), 1.2)
        for dev in [] if tag else u.devices:  # what older readers already have
            dev.saved, sess = rng.choice([u.pw] * 15 + u.olds[:1] + [None] * 4), f"s{digest(dev.key)}"
            dev.sess = (sess, rng.uniform(-2, 50) * DAY, 0) if rng.random() < u.keeps else None
        return u

    def spawn(self, actor, delay=0.0):
        """Let an actor (a generator of pauses in seconds) begin after a delay."""
        heapq.heappush(self.queue, (self.now + max(0.0, delay), next(self.count), actor))

    def run(self):
        """Wake the actors in order of time until the last day ends."""
        self.spawn(self.plan())
        while self.queue[0][0] < DAYS * DAY:
            self.now, _, actor = heapq.heappop(self.queue)
            self.rush = 0 <= self.now - self.breaking < 5 * HOUR
            for pause in itertools.islice(actor, 1):
                self.spawn(actor, pause)

    def emit(self, tag, kind, src, name, reason=None, pw=None, **event):
        """Write one event and its label; without a reason to fail it is a success."""
        (ip, net, dev), ms, asks = src, round(self.now * 1000), kind in ("lookup", "password_reset")
        reason = "unknown_user" if asks and name not in self.accounts else reason
        self.zero, self.written = ms if self.zero is None else self.zero, self.written + 1
        when = (self.start + dt.timedelta(milliseconds=ms)).isoformat(timespec="milliseconds")
        event_id, rng = f"{self.written:07x}{digest(self.seed, self.written, size=3)}", self.rng
        event.update(event_id=event_id, time=when, kind=kind, username=name, ip=ip, failure_reason=reason)
        event["outcome"] = "failure" if reason else "success"
        event.update(app=dev.app, endpoint=f"/{dev.app}/{kind}", device_id=dev.id, user_agent=dev.ua)
        event.update(asn=net[0], country=net[1], ja4=dev.ja4 if rng.random() < 0.98 else None)
        event["password_fingerprint"] = pw and digest("key", self.seed, pw, size=8)
        event["breached_password"] = pw and pw[0] in "cb" and "~" not in pw
        self.log.write(json.dumps({k: v for k, v in event.items() if v is not None}) + "\n")
        result, seconds = "" if tag.own or asks else "success", f"{(ms - self.zero) / 1000:.3f}"
        row = (event_id, tag.attack, tag.cls, "failure" if reason else result, seconds, name)
        self.labels.writerow(row + (tag.undecidable,))
        return not reason

    def login(self, tag, src, name, pw, code=True):
        """A password shown to the service; code says whether the second factor would be right."""
        u, dev, reason, credential, more = self.accounts.get(name), src[2], None, "unknown", {}
        if self.rush and self.rng.random() < 0.06:
            reason = "other"  # overloaded
        elif u is None or u.fails >= 9 and self.now - u.last_fail < 900:
            reason = "locked" if u else "unknown_user"
        elif pw != u.pw:
            reason, credential, u.fails, u.last_fail = "bad_password", "invalid", u.fails + 1, self.now
        elif u.mfa and not code:
            reason, credential, more = "bad_mfa", "valid", {"mfa": "failed"}
        else:
            u.fails, dev.sess = 0, (f"s{digest(self.written, self.seed)}", self.now + 40 * DAY, u.epoch)
            credential, more = "valid", {"mfa": "passed" if u.mfa else "none", "session_id": dev.sess[0]}
        return self.emit(tag, "login", src, name, reason, pw, credential=credential, **more)

    def token(self, tag, src, name, sess, spent=False):
        """A session, refresh or newsletter token shown to the service."""
        good = not spent and sess[1] > self.now and sess[2] == self.accounts[name].epoch
        return self.emit(tag, "token", src, name, None if good else "expired", session_id=sess[0])

    def sign_in(self, tag, u, place, dev):
        """A password shown, with typos and old ones, by a person, or stubbornly by a program; perhaps a reset."""
        rng, src, robot = self.rng, place.source(self.rng, self.now, dev), dev.kind in ("ereader", "script")
        if dev.app != "ereader" and rng.random() < 0.22:
            self.emit(tag, "lookup", src, rng.choice(u.slips + [u.name] * 40))
            yield rng.uniform(2, 15)
        lost = rng.random() < u.forgets * (3 if self.rush else 1)
        for _ in range(rng.choice((2, 3, 3, 4, 5, 8))):
            typed = rng.choice(u.olds + [f"{u.mind}~{rng.randrange(9)}"]) if lost else u.mind
            typed = f"{typed}~{rng.randrange(40)}" if rng.random() < 0.07 else typed
            name = rng.choice(u.slips) if rng.random() < (0.12 if len(u.slips) > 9 else 0.03) else u.name
            dev.saved, pw = dev.saved if robot else None, dev.saved or typed
            if self.login(tag, src, name, pw, rng.random() < 0.93):
                dev.saved = pw if rng.random() < 0.7 else None
                return
            yield rng.lognormvariate(2.3, 0.9) * (60 if robot else 1)
        if rng.random() < (0.2 if robot else 0.65) and self.emit(tag, "password_reset", src, u.name):
            yield rng.lognormvariate(4.8, 0.7)
            u.olds, u.pw, u.epoch = u.olds[-2:] + [u.pw], self.new_password(rng), u.epoch + 1
            u.mind = dev.saved = u.pw
            self.login(tag, src, u.name, u.pw)

    def visit(self, u, tag):
        """One visit of a reader: tokens while they hold, else signing in."""
        rng, place = self.rng, self.rng.choice(u.places)
        if rng.random() < (0.7 if u.private else 0.015):
            u.devices = u.devices[-5:] + [self.device(rng, rng.choice(u.devices).kind)]
        dev = u.devices[-1] if u.private else rng.choice(u.devices)
        for _ in range(rng.randint(1, 1 if dev.app == "web" else 3)):
            good = dev.sess and self.token(tag, place.source(rng, self.now, dev), u.name, dev.sess)
            dev.sess = dev.sess if good else None
            yield rng.expovariate(1 / 300) if good else 1
        if not dev.sess or rng.random() > u.keeps + 0.04:
            yield from self.sign_in(tag, u, place, dev)

    def letter(self, u):
        """A morning letter: a mail scanner may open its one-use link first; the reader may need a code."""
        rng, link, spent = self.rng, (f"s{digest(u.name, self.now)}", self.now + 2 * DAY, u.epoch), False
        if int(digest(u.name), 16) % 4 == 0:
            scanner = self.cloud[3].source(rng, self.now, self.device(rng, "browser,script"))
            spent = self.token(Tag("link_scanner"), scanner, u.name, link) and rng.random() < 0.5
        yield rng.expovariate(1 / (4 * HOUR))
        src, done = rng.choice(u.places).source(rng, self.now, rng.choice(u.devices)), rng.random() < 0.6
        done = done or rng.random() < 0.6 and self.token(u.tag, src, u.name, link, spent)
        while not done:
            yield rng.lognormvariate(3.5, 0.8)
            done = self.emit(u.tag, "mfa", src, u.name, rng.choice((None, None, "bad_mfa")))

    def join(self, cls="trial_joiner", place=None):
        """A new reader takes the trial and stays."""
        u = self.add_user(self.rng, self.rng.choice(("web_reader", "app_reader")), None, Tag(cls))
        src = (place or u.places[0]).source(self.rng, self.now, u.devices[0])
        self.emit(u.tag, "signup", src, u.name, None, u.pw)
        yield self.rng.lognormvariate(4, 1)
        self.users.append(u)
        yield from self.sign_in(u.tag, u, place or u.places[0], u.devices[0])

    def helpdesk(self, tag, u, desk):
        """A caller's name is looked up, sometimes under several spellings, and a reset is sent."""
        src = self.shared["newsroom"][1].source(self.rng, self.now, desk)
        for name in self.rng.sample(u.slips, self.rng.choice((0, 0, 1, 2))) + [u.name]:
            self.emit(tag, self.rng.choice(("lookup",) * 7 + ("password_reset",)), src, name)
            yield self.rng.uniform(5, 40)

    def plan(self):
        """Start the attacks and the rush, and every midnight the day's visits, letters, lessons and the rest."""
        rng, sites, desk = self.rng, self.shared, self.device(self.rng, "browser")
        for row in re.split("; |\n", ATTACKS):
            self.spawn(self.campaign(*row.split()))
        for n, u in enumerate(rng.sample(self.users, self.size // 5)):
            actor = self.join() if n % 12 == 0 else self.visit(u, Tag("rush_reader"))
            self.spawn(actor, self.breaking + rng.expovariate(1 / 5000))
        for _ in range(DAYS):
            for u in self.users:
                p, early = rng.expovariate(1), u.tag.cls in ("ereader", "news_script")
                while p < min(u.rate, 14):
                    hour = rng.gauss(6, 1) if early else rng.choices(range(24), RHYTHM)[0] + rng.random()
                    self.spawn(self.visit(u, u.tag), hour * HOUR)
                    p += rng.expovariate(1)
                if u.tag.cls == "newsletter_reader":
                    self.spawn(self.letter(u), 6.5 * HOUR + rng.expovariate(1 / 600))
            for n in range(self.size // 45):
                i, u, tag = rng.randrange(FEW), rng.choice(self.users), Tag("library_reader")
                card, dev = self.teams["library"][i] if n % 5 < 3 else u, self.device(rng, "browser")
                self.spawn(self.sign_in(tag, card, sites["library"][i], dev), rng.uniform(9, 20) * HOUR)
                self.spawn(self.helpdesk(Tag("help_desk"), u, desk), rng.uniform(8, 18) * HOUR)
                self.spawn(self.join(), rng.uniform(6, 40) * HOUR)
            for n in range(FEW // 3):
                i, start, tag = rng.randrange(FEW), rng.uniform(8, 15) * HOUR, Tag("class_account")
                for _ in range(rng.randint(16, 30)):  # some go on at home
                    away, dev = rng.random() < 0.15, self.device(rng, "browser,phone")
                    place = rng.choice(self.users).places[0] if away else sites["class"][i]
                    pupil = self.sign_in(tag, self.teams["class"][i], place, dev)
                    self.spawn(pupil, start + rng.uniform(0, 400) + away * 5 * HOUR)
                    for _ in range(2 * (n == 0)):
                        self.spawn(self.join("campus_drive", sites["campus"][i]), start + rng.random() * HOUR)
            for n, u in enumerate(self.teams["agency"] * 4):  # press cuttings, for many customers
                dev = self.device(rng, "script")
                self.spawn(self.sign_in(Tag("press_agency"), u, self.cloud[2], dev), 18000 + n * 40)
            yield DAY

    def campaign(self, cls, share, first, last, hours, kinds, most, local):
        """Tries of one kind at an uneven pace; each place and program is used for one to most tries."""
        bad, left, hours, most = self.bad, 0, float(hours), int(most)
        count = max(12, int(float(share) * self.size * bad.uniform(0.7, 1.3)))
        tag = Tag(cls, 1, int(cls in ("trial_farm", "sockpuppets")), int(cls == "known_person"))
        tools = [bad.choice(self.clients[bad.choice(kinds.split(","))]) for _ in range(7)]
        yield bad.uniform(float(first), float(last)) * HOUR
        for _ in range(count):
            slow = 11 / (1 + RHYTHM[int(self.now % DAY // HOUR)]) if hours > 30 else 1
            yield bad.expovariate(count / hours / HOUR) * bad.choice((0.2, 0.6, 1.2, 2)) * slow
            if left < 1:
                land, left = "GB" if bad.random() < float(local) else bad.choice(LANDS), bad.randint(1, most)
                base = bad.choice(self.cloud + self.vpn if most > 99 else self.nets[land])
                home = Place(bad, land, 1, base)
                others = self.mobile[land] + [bad.choice(self.vpn), bad.choice(self.users).places[0]]
                place = bad.choice([home] * 8 + others * (most < 99))
                dev = self.device(bad, kinds, bad.choice(tools))
            left -= 1
            self.strike(tag, place, dev, bad.choice(self.users), bad.random())

    def strike(self, tag, place, dev, u, luck):
        """One try of an attack, by its class."""
        bad, cls, src = self.bad, tag.cls, place.source(self.bad, self.now, dev)
        name, guess = self.new_name(bad), self.new_password(bad, "cbp" if luck > 0.75 else "cb")
        known, card = u.name if luck < 0.4 else name, self.teams["library"][int(luck * 3)]
        pair = bad.choice(self.leaked) if luck < 0.011 else (known, guess)
        if cls in ("name_testing", "reset_probe"):
            return self.emit(tag, "lookup" if cls == "name_testing" else "password_reset", src, known)
        if cls == "code_guessing":
            return self.emit(tag, "mfa", src, u.name, "bad_mfa" if luck > 0.003 else None)
        if cls == "targeted_takeover":
            return self.spawn(self.takeover(tag, src, max(bad.sample(self.users, 9), key=lambda v: v.rate)))
        if cls == "token_theft":
            held = bad.choice(u.devices)
            src = src[:2] + (held if luck > 0.5 else dev,)
            return held.sess and self.spawn(self.look_round(tag, u.name, held.sess, src, luck))
        if tag.own:
            u = self.add_user(bad, "web_reader", name.replace("@", f"+{bad.randrange(99)}@", luck > 0.6), tag)
            u.pw = u.mind = f"p{int(digest(cls, self.seed), 16)}" if luck > 0.5 else u.pw
            self.emit(tag, "signup", place.source(bad, self.now, u.devices[0]), u.name, None, u.pw)
            later = self.breaking - self.now if cls == "sockpuppets" else HOUR
            self.spawn(self.visit(u, tag), max(0, later) + bad.expovariate(1 / (2 * HOUR)))
            return self.spawn(self.sign_in(tag, u, place, u.devices[0]), bad.lognormvariate(4, 1))
        if cls == "password_spray":
            pair = u.name, bad.choice(("c2", "c3", "c4", "c5"))
        elif cls == "library_guessing":
            pair = card.name, card.pw if bad.random() < 0.012 else guess
        elif cls == "resold_account":
            pair = self.leaked[int(luck * 9)]
        elif cls == "known_person":
            pair, src = (u.name, u.mind), u.places[0].source(bad, self.now, bad.choice(u.devices))
        if self.login(tag, src, *pair, luck < 0.1) and bad.random() < 0.7 and not tag.undecidable:
            self.spawn(self.look_round(tag, pair[0], dev.sess, src), bad.expovariate(1 / HOUR))

    def look_round(self, tag, name, sess, src, luck=1):
        """A session got by an attacker is used again, from there or elsewhere; old stolen ones have ended."""
        for _ in range(self.bad.randint(1, 3)):
            home = Place(self.bad, "GB", 1, self.bad.choice(self.nets["GB"]))
            src = self.bad.choice((src, home.source(self.bad, self.now, src[2])))
            self.token(tag, src, name, sess, luck < 0.45)
            yield self.bad.expovariate(1 / (4 * HOUR))

    def takeover(self, tag, src, u):
        """Somebody wants this very account: a look, some guesses, then a reset through the victim's mail."""
        self.emit(tag, "lookup", src, u.name)
        for pw in u.olds + [f"{u.pw}~{self.bad.randrange(40)}"]:
            yield self.bad.expovariate(1 / 300)
            self.login(tag, src, u.name, pw)
        self.emit(tag, "password_reset", src, u.name)
        yield self.bad.expovariate(1 / 900)
        if self.bad.random() < 0.5:
            u.pw, u.epoch = self.new_password(self.bad), u.epoch + 1
            if self.login(tag, src, u.name, u.pw, self.bad.random() < 0.3):
                yield from self.look_round(tag, u.name, src[2].sess, src)


def main():
    """Read the options and write both files."""
    parser = argparse.ArgumentParser()
    for option, default in (("seed", "1"), ("out", "log.ndjson"), ("labels", "labels.csv"), ("users", 9500)):
        parser.add_argument(f"--{option}", default=default, type=type(default))
    args = parser.parse_args()
    with open(args.out, "w", encoding="utf-8") as log, open(args.labels, "w", encoding="utf-8") as labels:
        Paper(args.seed, args.users, log, labels).run()


if __name__ == "__main__":
    main()
