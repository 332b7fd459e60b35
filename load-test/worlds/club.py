"""Labelled login traffic of a small member portal, shared by two tenants, over fourteen days.

Sports clubs (e-mail names, officers' second factor) and a public library (card numbers, birthdays as first
passwords, no fingerprints): 3,000 people, most come once in some weeks. Hard: no history; honest bursts of
failures (renewal mail, letters, an old app); shared tablets and terminals; a botnet's one try an hour.
"""

import argparse
import hashlib
import heapq
import json
import random
from datetime import datetime, timedelta, timezone

R, HOUR, DAY, END = random.Random(), 3600, 86400, 14 * 86400
RHYTHM = [1, 0.5, 0.2, 0.2, 0.3, 1, 3, 6, 7, 7, 7, 6, 7, 6, 6, 7, 8, 9, 10, 11, 11, 9, 5, 3]
NETS = """home 8447.AT.62 8447.AT.91 6830.AT.84 6830.AT.80 8412.AT.77 3320.DE.87 3209.DE.88 3303.CH.85
far 3269.IT.79 5391.HR.93 3352.ES.81 9121.TR.78 5617.PL.83 3215.FR.90 7922.US.73 8708.RO.86 3209.DE.92
mobile 25255.AT.178 21013.AT.213 3320.DE.80 8447.AT.194
host 24940.DE.95 16276.FR.51 14061.NL.167 9009.AT.146 51167.DE.173"""
NETS = {line.split()[0]: line.split()[1:] for line in NETS.splitlines()}
BROWSERS = """30 128 131 t13d1516h2_8daaf6152771_b0da82dd1658 Mozilla/5.0 (Windows NT 10.0; Win64) Chrome/%d.0
24 128 131 t13d1516h2_8daaf6152771_02713d6af862 Mozilla/5.0 (Linux; Android 13; K) Chrome/%d.0 Mobile
22 17 18 t13d2014h2_a09f3c656075_14788d8d241b Mozilla/5.0 (iPhone; CPU iPhone OS 17_5) Version/%d.0 Mobile
9 131 134 t13d1715h2_5b57614c22b0_3d5424432f57 Mozilla/5.0 (Windows NT 10.0; Win64) Firefox/%d.0
8 103 106 t13d1516h2_8daaf6152771_b0da82dd1658 Mozilla/5.0 (Linux; Android 9; SM-T510) Chrome/%d.0"""
BROWSERS = [line.split(" ", 4) for line in BROWSERS.splitlines()]
APP = ("LibReader/2.3 okhttp/3.12.1", "t12d1209h2_d34a8e72043a_b39be8c56a14")
TOOL = ("python-requests/2.31", "t13d1812h1_85036bcba153_375ca2c5e164")
FIRST = "anna maria josef franz lukas lena eva karl paul julia sarah jan tobias helga otto ida felix".split()
LAST = "gruber huber bauer wagner mueller pichler steiner moser mayer hofer leitner berger fuchs eder".split()
MAILS = "gmx.at gmail.com aon.at outlook.com icloud.com web.de chello.at yahoo.com".split()
COMMON = "123456 passwort fussball Verein2026! hallo123 qwertz schatzi tennis1 Winter2026 12345678".split()
COMMON += [f"{name}{year}" for name in FIRST for year in (1, 123, 2010, 2015)]
UNCLEAR = ("spam_account_login", "terminal_left_open")


class Net:
    """A way onto the internet: a home line (some renumber, some are v6), a mobile pool or a host."""

    def __init__(self, kind="home"):
        kind = kind or R.choices(("home", "mobile", "far", "host"), (55, 12, 24, 9))[0]
        asn, self.country, self.octet = R.choice(NETS[kind]).split(".")
        self.asn, self.kind, self.salt, self.style = int(asn), kind, R.getrandbits(40), R.random()

    def ip(self, t):
        """The address at a time."""
        line = random.Random(self.salt + (int(t // DAY) << 41) * (self.style < 0.3))
        if self.kind == "home" and 0.2 < self.style < 0.45:
            return f"2a02:{self.asn % 9000:x}:{self.salt % 65521:x}:1:{line.randrange(4096, 65536):x}::1"
        low = R.randrange(60) if self.kind == "mobile" else line.randrange(4096, 65536)
        return f"{self.octet}.{16 + self.salt % 200 * (low > 60)}.{low >> 8 & 255}.{low & 255}"


class Program:
    """A browser, app or script with what it shows: user agent, TLS fingerprint, device token and session."""

    def __init__(self, look=None, keeps=0.95):
        _, low, high, ja4, agent = R.choices(BROWSERS, [int(b[0]) for b in BROWSERS])[0]
        self.agent, self.ja4 = look or (agent % R.randint(int(low), int(high)), ja4)
        self.device, self.session = None if look or R.random() > keeps else f"d{R.getrandbits(64):016x}", None


class Person:
    """An account: tenant, name, password, home line, program and how often its owner comes."""

    def __init__(self, fed, name, home=None, prog=None):
        self.fed, self.name, self.home, self.prog = fed, name, home or Net(), prog or Program()
        self.old, self.birthday, luck = secret(), secret(True), R.random()
        common = COMMON[min(int(R.expovariate(0.1)), len(COMMON) - 1)] if luck > 0.88 else secret()
        self.password = self.birthday if not fed and luck < 0.45 else common
        self.mobile, self.rate = Net("mobile"), min(24, R.lognormvariate(-0.8, 1.15))
        self.mfa, self.fails, self.locked = fed and R.random() < 0.012, 0, 0.0


def secret(date=False):
    """A password of its own, or a birthday as the library writes it."""
    return f"{R.randint(1, 28):02d}{R.randint(1, 12):02d}{R.randint(1940, 2016)}" if date else f"{R.random()}"


def typo(text):
    """The text with a letter lost, doubled or replaced."""
    i = R.randrange(max(1, len(text) - 1))
    return text[:i] + R.choice(("", text[i : i + 1] * 2, "e", "1")) + text[i + 1 :]


def moments(mean, first=0.0, last=14.0):
    """About so many sorted times between two days, with the rhythm of the day."""
    hours = R.choices(range(24), RHYTHM, k=int(mean + R.random()))
    return sorted(int(R.uniform(first, last)) * DAY + (hour + R.random()) * HOUR for hour in hours)


def ask(t, label, who, net, prog, kind="login", **more):
    """A request and its time; the scheduler sends the actor the answer ("ok" or the reason)."""
    return t, {"name": who.name, "label": label, "who": who, "net": net, "prog": prog, "kind": kind, **more}


class World:
    """The service with its accounts, and its visitors: most methods are actors that yield requests."""

    def __init__(self, users):
        self.k, self.accounts, self.sessions, self.card = users / 3000, {}, {}, 20014000
        self.people, self.homes, self.building, self.mail_at = [], [], Net(), R.randint(5, 8) * DAY + 9 * HOUR
        while len(self.people) < users:
            home, tablet, size = Net(), Program(keeps=1), R.choices((1, 3, 4, 5), (90, 4, 3, 3))[0]
            self.homes.append([self.stranger(home, tablet if size > 1 else None) for _ in range(size)])
            self.people += self.homes[-1]
        for p in self.people:
            self.accounts[p.fed, p.name] = p
            p.prog.session = f"s{R.getrandbits(64):016x}"
            self.sessions[p.prog.session] = (p, R.uniform(-2, 25) * DAY)
        self.fed, self.lib = [p for p in self.people if p.fed], [p for p in self.people if not p.fed]
        self.officers, self.terminals = [p for p in self.fed if p.mfa], [Program(keeps=1) for _ in range(8)]

    def stranger(self, home=None, prog=None, fed=None):
        """A person who has no account yet: the next card number, or an e-mail address."""
        fed = R.random() < 0.6 if fed is None else fed
        self.card += R.choice((1, 1, 1, 2, 3)) * (not fed)
        mail = f"{R.choice(FIRST)}{R.choice('._-')}{R.choice(LAST)}{R.randint(1, 2012)}@{R.choice(MAILS)}"
        return Person(fed, mail if fed else str(self.card), home, prog)

    def answer(self, t, q):
        """Decides a request: (reason or "ok", credential)."""
        key, kind = (q["who"].fed, q["name"]), q["kind"]
        who = self.accounts.get(key)
        if kind == "signup":
            return "ok" if self.accounts.setdefault(key, q["who"]) is not who else "other", None
        if kind == "token":
            good = self.sessions.get(q["session"], (0, 0))[1] > t
            return ("ok", "valid") if good else ("expired", "invalid")
        if not who or kind in ("lookup", "password_reset"):
            if who and q.get("new"):
                who.password, who.fails, who.locked = q["new"], 0, 0
            return "ok" if who else "unknown_user", "unknown" if kind == "login" else None
        if who.locked > t:
            return "locked", "unknown"
        if q["pw"] != who.password:
            who.fails = (who.fails + 1) % 8
            who.locked = t + HOUR / 2 if who.fails == 0 else 0
            return "bad_password", "invalid"
        if who.mfa and not q.get("code"):
            return "bad_mfa", "valid"
        who.fails, q["session"] = 0, f"s{R.getrandbits(64):016x}"
        q["prog"].session, self.sessions[q["session"]] = q["session"], (who, t + 20 * DAY)
        return "ok", "valid"

    def sign_in(self, t, label, p, net, prog, forget=0.06, others=()):
        """Somebody signs in: slips, an old password first, retries, then a reset or giving up."""
        knows, guesses = R.random() > forget, [p.old, p.old.title(), *others, R.choice(COMMON), p.birthday]
        for _ in range(R.choice((2, 3, 3, 4, 5, 9))):
            pw = p.password if knows else R.choice(guesses)
            name, pw = (typo(text) if R.random() < 0.06 else text for text in (p.name, pw))
            said = yield ask(t, label, p, net, prog, name=name, pw=pw, code=R.random() < 0.9)
            t, knows = t + R.lognormvariate(2.8, 0.7), knows or R.random() < 0.4
            if said == "ok":
                return t + 30
        said = (yield ask(t, label, p, net, prog, "password_reset")) if R.random() < 0.6 else "gave up"
        if said == "ok" and R.random() < 0.85:
            t, new = t + R.lognormvariate(4.6, 0.8), secret()
            yield ask(t, label, p, net, prog, "password_reset", new=new)
            yield ask(t + 20, label, p, net, prog, pw=new, code=1)
        return t + 60

    def life(self, label, p, times, forget=0.06):
        """Visits at home or under way, with the session kept or by signing in; now and then a new device."""
        free = 0
        for t in times:
            t, net, said = max(t, free), p.home if R.random() < 0.72 else p.mobile, None
            p.prog = Program() if R.random() < 0.06 or not p.prog.device and R.random() < 0.3 else p.prog
            if p.prog.session and R.random() < 0.7:
                said = yield ask(t, label, p, net, p.prog, "token", session=p.prog.session)
            free = t + 30 if said == "ok" else (yield from self.sign_in(t + 9, label, p, net, p.prog, forget))

    def shared(self, label, prog, net, times, people):
        """One tablet or terminal, one person after the other, in a family trying each other's passwords."""
        free, family = 0, [p.password for p in people] if len(people) < 9 else ()
        for t in times:
            for p in R.sample(people, R.randint(1, 3) if family else 1):
                free = yield from self.sign_in(max(t, free), label, p, net, prog, 0.12, family)
                if prog.session and self.sessions[prog.session][0] is p and R.random() < 0.2:
                    yield ask(free, label, p, net, prog, "token", session=prog.session)

    def stored(self, label, p, look, nets, times):
        """An app or script sends its stored password and repeats a dead one until somebody mends it."""
        prog, pw = Program(look), p.old if R.random() < 0.1 else p.password
        for t, net in ((t, R.choice(nets)) for t in times):
            for again in range(3):
                said = yield ask(t + 4 * again, label, p, net, prog, pw=pw, code=1)
                if said == "ok":
                    break
            if said == "ok" and R.random() < 0.15:
                yield ask(t + 30, label, p, net, prog, "token", session=prog.session)
            pw = p.password if R.random() < 0.1 else pw

    def volunteer(self, p, label="membership_volunteer"):
        """Manages 200 members from home: looks them up, enters new ones, resets, tries accounts."""
        mine, t, desk = R.sample(self.fed, min(200, len(self.fed))), 0, (p.home, p.prog)
        for start in moments(14):
            t = yield from self.sign_in(max(t, start), label, p, *desk, 0.02)
            for m in R.choices(mine, k=R.randint(3, 30)):
                t, m = t + R.lognormvariate(3.8, 0.9), m if R.random() < 0.9 else self.stranger(fed=True)
                kind = R.choices(("lookup", "password_reset", "signup"), (80, 13, 7))[0]
                yield ask(t, label, m, *desk, kind)
                if kind != "lookup":
                    t = yield from self.sign_in(t + 40, label, m, *desk, 0.3)

    def newcomer(self, t, label, p, net, prog, again=1):
        """Asks whether a name is free, opens the account, signs in and perhaps comes back some days later."""
        yield ask(t, label, p, net, prog, "lookup")
        said = yield ask(t + R.uniform(5, 20), label, p, net, prog, "signup", pw=p.password)
        if said == "ok" and again:
            t = yield from self.sign_in(t + R.uniform(30, 200), label, p, net, prog, 0.2)
            yield from self.life(label, p, [t + R.expovariate(0.4) * DAY] * R.randrange(2))

    def ordinary(self):
        """Those who come of themselves, by the heavy-tailed rate each has, and those with a habit."""
        for p in self.people:
            label = "committee_officer" if p.mfa else "casual_member" if p.fed else "library_reader"
            if not p.mfa and R.random() < 0.06:
                label, p.home, p.rate = "vpn_or_travel", Net(R.choice(("far", "host"))), p.rate + 1
            yield self.life(label, p, moments(1.3 * p.rate + 5 * p.mfa))
        for family in (home for home in self.homes if len(home) > 1):
            times, first = moments(min(30, R.lognormvariate(1.0, 0.9))), family[0]
            yield self.shared("household_tablet", first.prog, first.home, times, family)
        for prog in self.terminals:
            times = [t for t in moments(300) if 9 < t % DAY / HOUR < 19 and t // DAY % 7 not in (0, 6)]
            yield self.shared("library_terminal", prog, self.building, times, self.lib)
        yield from map(self.volunteer, self.officers[1:6])
        for p in R.sample(self.lib, len(self.lib) // 7):
            times = moments(min(90, R.lognormvariate(2.3, 0.9)))
            yield self.stored("reading_app", p, APP, (p.home, p.home, p.mobile), times)
        for n, p in enumerate(R.sample(self.fed, 7)):
            every, label = (3 * HOUR, "fixture_sync") if n else (HOUR / 2, "monitoring_probe")
            times = [(i + n / 7 + R.random() / 90) * every for i in range(int(END / every))]
            yield self.stored(label, p, TOOL, [Net("host")], times)

    def occasions(self):
        """The mails, match days, newcomers, school classes, the import, and people at the wrong door."""
        for p in R.sample(self.fed, len(self.fed) * 2 // 5):
            yield self.life("renewal_mail", p, [self.mail_at + R.expovariate(1 / 9) * HOUR], 0.25)
        for day, play in enumerate([False] * 5 + [True] * 2 + [False] * 5 + [True] * 2):
            for p in R.sample(self.fed if play else self.lib, int((70 if play else 24) * self.k)):
                t = day * DAY + (R.gauss(18, 1.5) if play else 7.5 + R.expovariate(0.5)) * HOUR
                yield self.life("match_day" if play else "overdue_notice", p, [t], 0.1)
        for t in moments(170 * self.k):
            p, q = self.stranger(Net(R.choice(("home", "home", None)))), R.choice(self.people)
            yield self.newcomer(t, "new_member", p, p.home, p.prog)
            for twin in (Person(not q.fed, q.name, q.home), q):
                yield self.life("wrong_tenant", twin, [t + 90 * twin.fed])
            twin = R.choice((q, Person(q.fed, typo(q.name), q.home, q.prog)))
            yield self.life("returning_after_long", twin, moments(2), 0.6)
        for n in range(5):
            start, school = (R.choice((1, 2, 3, 8, 9, 10)) * 24 + R.choice((8.2, 9.1, 10.3))) * HOUR, Net()
            for p in [self.stranger(school) for _ in range(R.randint(21, 29))]:
                p.prog.ja4 = TOOL[1]
                yield self.newcomer(start + R.uniform(0, 1500), "school_class", p, school, p.prog)
        start, desk = R.randint(2, 4) + 0.8, (Net("host"), Program(TOOL))
        for n in range(int(400 * self.k)):
            p = self.stranger(fed=True) if n % 20 else R.choice(self.fed)
            yield self.newcomer(start * DAY + 30 * n, "member_import", p, *desk, 0)
            yield self.life("imported_first_login", p, moments(0.6, start + 2, start + 6), 0.45)

    def tries(self, label, times, crowd, real, hit=0.0, exits=None, word=None, look=None, kinds=("login",)):
        """One name a try, `real` of them members'; the right password at the rate `hit`; uses its wins."""
        for n, t in enumerate(times):
            if exits or n == 0 or R.random() < 0.7:
                net, prog = R.choice(exits) if exits else Net(None), Program(look, 0.85)
            p, kind = R.choice(crowd), R.choice(kinds)
            if R.random() > real:
                p = self.stranger(fed=True) if p.fed else Person(False, str(20014000 + R.randrange(9000)))
            pw = word() if word else R.choice((p.old, secret(), R.choice(COMMON)))
            pw = p.password if R.random() < hit or kind == "signup" else pw
            said = yield ask(t, label, p, net, prog, kind, pw=pw)
            if said == "ok" and kind == "login" and R.random() < 0.5:
                yield ask(t + 25, label, p, net, prog, "token", session=prog.session)
            if said == "ok" and kind == "signup" and R.random() < 0.2:
                yield ask(t + 40, "spam_account_login", p, net, prog, pw=pw)

    def takeover(self, label, p, t, prog=None):
        """A victim: phished, a helper with the mailbox, a stolen laptop, a session left open."""
        theft, net = label == "stolen_session", Net(R.choice(("home", "home", "mobile")))
        yield t, None
        if prog and prog.session:
            p, more = self.sessions[prog.session][0], {"session": prog.session}
            yield ask(t, label, p, self.building, prog, "token", **more)
        if prog:
            return
        prog = p.prog if theft else Program(None, 0.95)
        if label == "helper_takeover":
            for pw in R.sample((p.old, p.birthday, p.old.title()), R.randint(1, 3)):
                yield ask(t, label, p, net, prog, pw=pw)
            yield ask(t + 99, label, p, net, prog, "password_reset")
            yield ask(t + 150, label, p, net, prog, "password_reset", new=secret())
        if not theft:
            yield ask(t + 170, label, p, net, prog, pw=p.password, code=1)
        session, left = prog.session, R.randint(2, 5) + 7 * theft
        for _ in range(left if session else 0):
            t += 190 + R.expovariate(1 / 9000)
            yield ask(t, label, p, net, prog, "token", session=session)

    def attackers(self):
        """The attacks, at hours that differ with the seed."""
        spread = lambda count, start, end: sorted(R.uniform(start, end) for _ in range(int(count)))
        k, start, hour, boss = self.k, R.uniform(1, 7), R.uniform(1, 13) * DAY, self.officers[0]
        fed, lib, tries, names = self.fed, self.lib, self.tries, ("lookup", "lookup", "password_reset")
        for wave in [R.uniform(0.5, 12.5) * DAY for _ in range(4)]:
            yield tries("stuffing_proxies", spread(200 * k, wave, wave + DAY), fed, 0.45, 0.015)
        times = moments(650 * k, start, start + 6)
        yield tries("birthday_spray", times, lib, 0.8, 0.013, None, lambda: secret(True))
        yield tries("botnet_hourly", [(n + R.random()) * HOUR for n in range(336)], fed, 0.5, 0.003)
        yield tries("season_spray", moments(320 * k, 3, 9), fed, 0.85, 0.006, None, lambda: COMMON[3])
        yield tries("app_password_replay", spread(280 * k, 0, END), lib, 0.6, 0.02, None, None, APP)
        hosts, exits = [Net("host") for _ in range(3)], [Net(None) for _ in range(14)]
        yield tries("loud_burst", spread(900 * k, hour, hour + 600), fed, 0.3, 0.006, hosts, None, TOOL)
        guess = lambda: boss.name.split(".")[0].title() + R.choice(("Kassa", "")) + str(R.randint(1, 2026))
        yield tries("treasurer_guessing", moments(180, 2, 12), [boss], 1, 0.01, exits, guess)
        yield tries("name_testing", spread(400 * k, hour / 2, hour / 2 + 2e5), self.people, 0.3, kinds=names)
        for times in (spread(150, 0, END), spread(110, hour + DAY / 3, hour + DAY / 3 + 4000)):
            yield tries("spam_signup", times, fed, 0, kinds=("lookup", "signup", "signup", "signup"))
        for p in R.sample(fed, 34):
            label = R.choice(("stolen_session", "helper_takeover", "renewal_phish", "renewal_phish"))
            yield self.takeover(label, p, self.mail_at + R.expovariate(1 / 40) * HOUR)
        for t in (t for t in moments(40, 1, 6) if 10 < t % DAY / HOUR < 19):
            yield self.takeover("terminal_left_open", fed[0], t, R.choice(self.terminals))


def record(n, t, when, q, said, credential, seed, accounts):
    """The log's line for a request: what each tenant knows, no more."""
    net, prog, kind, fed, ok = q["net"], q["prog"], q["kind"], q["who"].fed, said == "ok"
    row = dict(event_id=f"c{n:07d}", time=when.isoformat(timespec="milliseconds"), ip=net.ip(t), kind=kind)
    row.update(outcome="success" if ok else "failure", failure_reason=None if ok else said)
    row.update(credential=credential, username=q["name"], asn=net.asn, country=net.country, ja4=prog.ja4)
    row.update(device_id=prog.device, user_agent=prog.agent, session_id=q.get("session"))
    door = "/reader/v1/auth" if prog.agent == APP[0] else "/opac/" + kind
    row.update(tenant="federation" if fed else "library", endpoint="/portal/" + kind if fed else door)
    if fed and kind == "login" and credential == "valid":
        row["mfa"] = "failed" if not ok else "passed" if accounts[fed, q["name"]].mfa else "none"
    if fed and kind in ("login", "signup") and q.get("pw"):
        digest = hashlib.sha256(f"{seed}|{q['pw']}".encode()).hexdigest()
        row.update(password_fingerprint=digest[:20], breached_password=q["pw"] in COMMON or digest[-1] == "0")
    return {key: value for key, value in row.items() if value is not None}


def run(world, seed, log, labels):
    """Lets the actors take turns by time, decides each request and writes it at once."""
    start = datetime(2026, 1, 12, tzinfo=timezone(timedelta(hours=1))) + timedelta(days=7 * R.randrange(8))
    honest = [*world.ordinary(), *world.occasions()]
    actors, n, zero = [*honest, *world.attackers()], 0, None
    labels.write("event_id,attack,class,outcome,time,username,undecidable\n")
    heap = [(-1.0, turn, None) for turn in range(len(actors))]
    while heap:
        (t, turn, q), said = heapq.heappop(heap), None
        if q:
            zero, n, label = t if zero is None else zero, n + 1, q["label"]
            said, known = world.answer(t, q)
            row = record(n, t, start + timedelta(seconds=t), q, said, known, seed, world.accounts)
            log.write(json.dumps(row, separators=(",", ":")) + "\n")
            into = label != "spam_account_login" and (q["kind"] in ("login", "token") or q.get("new"))
            marks = f"{label},{row['outcome'] if into or said != 'ok' else ''},{t - zero:.3f},{q['name']}"
            labels.write(f"{row['event_id']},{int(turn >= len(honest))},{marks},{int(label in UNCLEAR)}\n")
        try:
            later, q = actors[turn].send(said)
            heapq.heappush(heap, (max(later, t + 0.4, 0), turn, q)) if later < END else None
        except StopIteration:
            pass


def main():
    """Reads the options and writes both files."""
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    for name in ("--seed", "--out", "--labels", "--users"):
        options.add_argument(name, required=name != "--users", default=3000)
    given = options.parse_args()
    R.seed(f"{given.seed}-club")
    with open(given.out, "w", encoding="utf-8") as log, open(given.labels, "w", encoding="utf-8") as labels:
        run(World(int(given.users)), given.seed, log, labels)


if __name__ == "__main__":
    main()
