"""Labelled log-in traffic of a citizen portal (taxes, benefits, appointments) in four days round a deadline.

25,000 citizens log in under their national number (serial, check digit, birth date), most of them once a
year; no device ids. The log says `other` for a wrong name, a wrong password and the portal's own faults, but
tells `locked` (five errors in an hour) and `bad_mfa`; half have MFA. Day 3: deadline, rush, outage.
People: at home, on shared phone networks, abroad, on VPNs; the elderly with typos; the forgetful, locked out
and waiting for a letter with a code; officials; libraries, job centres; advisers with hundreds of clients in
one office (some with one password for all, some with a script), who check lists of numbers; new sign-ups.
Attacks from day 2: breach lists by domestic proxies and from hosting; accounts registered in others' names,
and used; refund fraud with phished or bought passwords; look-ups that walk the numbers; season's passwords
from one network and from many; distributed guessing at officials; a crew with ordinary browsers in the rush.
Undecidable: a first try that succeeds from a domestic address with an ordinary browser, in the rush or with
one phished victim an address; and a thief's own account opened from an ordinary home.
"""

import argparse
import hmac
import json
import random
from collections import namedtuple
from datetime import date, datetime, timedelta, timezone
from heapq import heappop, heappush
from itertools import count, islice, product, repeat
from pathlib import Path
from types import SimpleNamespace

HOUR, DAY = 3600, 86400
START = datetime(2025, 7, 29, tzinfo=timezone(timedelta(hours=2)))
DARK_FROM, DARK_TO, FAULTY_TO = (2 * DAY + minute * 60 for minute in (785, 805, 865))
ORDINARY_HOURS = (2, 1, 1, 1, 1, 3, 8, 16, 26, 32, 34, 32, 26, 26, 28, 28, 26, 26, 28, 32, 34, 28, 16, 7)
DEADLINE_HOURS = (3, 1, 1, 1, 1, 3, 8, 16, 26, 34, 38, 38, 34, 34, 36, 38, 40, 42, 48, 56, 62, 64, 62, 52)
HOMES = "8447/AT/84.112.@.@ 8412/AT/80.108.@.@ 8412/AT/2a02:8388:@@:@@ 25255/AT/178.115.@.@".split()
MOBILE = "8447/AT/77.119.130.@ 25255/AT/213.94.72.@ 8412/AT/46.125.250.@".split()
ABROAD = "3320/DE/2003:d1:@@:@@ 3303/CH/85.2.@.@ 2856/GB/86.140.@.@ 9121/TR/88.230.@.@".split()
HOSTING = "24940/DE/88.198.44.@ 16276/FR/51.77.201.@ 14061/US/165.227.90.@ 9009/RO/146.70.55.@".split()
CHROME_JA4, FIREFOX_JA4 = "t13d1516h2_8daaf6152771_02713d6af862", "t13d1717h2_5b57614c22b0_3cbfd9057e0d"
SAFARI_JA4, OKHTTP_JA4 = "t13d2014h2_a09f3c656075_14788d8d241b", "t13d1513h2_8daaf6152771_eca864cca44a"
GO_JA4, PYTHON_JA4 = "t13d1312h2_f57a46bbacb6_ab7e3b40a677", "t13d1812h1_85036bcba153_b26ce05bbdd6"
CHROME = "Mozilla/5.0 (%s) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{v}.0.0.0%s Safari/537.36%s"
SAFARI = "Mozilla/5.0 (%s) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/{v} Mobile Safari/605.1.15"
WINDOWS, IPHONE = "Windows NT 10.0; Win64; x64", "iPhone; CPU iPhone OS 18_5 like Mac OS X"
BROWSERS = (
    (24, CHROME % (WINDOWS, "", ""), "109 136 137 138", CHROME_JA4),
    (20, CHROME % ("Linux; Android 10; K", " Mobile", ""), "135 137 138", CHROME_JA4),
    (9, CHROME % (WINDOWS, "", " Edg/{v}.0.0.0"), "137 138", CHROME_JA4),
    (9, "Mozilla/5.0 (" + WINDOWS + "; rv:{v}) Gecko/20100101 Firefox/{v}", "115.0 140.0", FIREFOX_JA4),
    (19, SAFARI % IPHONE, "17.6 18.4 18.5", SAFARI_JA4),
    (8, "CitizenApp/{v} (Android) okhttp/4.12.0", "5.1.0 5.2.3", OKHTTP_JA4),
)
SCRIPT, TAX_SOFTWARE = ("python-requests/2.32.3", PYTHON_JA4), ("TaxDesk/9.4 (connector)", GO_JA4)
LAZY = (BROWSERS[0][1].format(v="137"), GO_JA4)  # as Chrome looks behind some antivirus
SEASON = "Sommer2025 Sommer2025! Passwort1 Steuer2025 Hallo123 Juli2025! Urlaub2025 Qwertz123".split()
WORDS = "anna berg donau garten hansi katze lena mozart oma rosen sissi stern tirol vogel wien winter".split()
OBVIOUS = SEASON + [word.title() + year for word in WORDS for year in ("2024", "2025")]
Client = namedtuple("Client", "ip asn country user_agent ja4 app")
Tale = namedtuple("Tale", "cls attack undecidable", defaults=(0, 0))


class World:
    """The clock, the networks, the residents, and the portal that answers honest people and thieves alike."""

    def __init__(self, seed, users):
        self.rng, self.key, self.scale = random.Random(seed), b"citizen-%d" % seed, users / 25000
        self.now, self.agenda, self.serial = 0, [], count()
        self.accounts, self.events, self.first = {}, [], None
        self.labels = ["event_id attack class outcome time username undecidable".split()]
        self.mobiles = [self.spot(MOBILE) for _ in range(int(150 * self.scale) + 20)]
        self.places = [(spot, self.browser()) for spot in [self.spot(HOMES) for _ in range(30)] * 2]
        taken, self.residents = {}, []
        for _ in range(int(users * 1.3)):
            born = self.rng.randrange(25200)  # numbers are handed out in order on each birth date
            number, taken[born] = next_number(born, taken.get(born, 100))
            self.residents.append(self.person(number))
        self.citizens, self.newcomers = self.residents[:users], self.residents[users:]
        for person in self.citizens:
            self.open_account(person.name, person.password)
        self.officials = [self.person("%s.%s@portal.example" % pair) for pair in product("aek", WORDS[4:])]

    def person(self, name):
        rng, person = self.rng, SimpleNamespace(name=name, home=self.spot(HOMES), kit=self.browser())
        person.old, person.leaked, person.elderly = secret(rng), secret(rng), rng.random() < 0.16
        whim = (secret(rng), person.leaked, rng.choice(SEASON[: rng.randint(1, len(SEASON))]))
        person.password = rng.choices(whim, (88, 7, 5))[0]
        person.slip = rng.uniform(0.2, 0.5) if person.elderly else rng.uniform(0.02, 0.12)
        return person

    def open_account(self, name, password, mfa=0.5, thief=False):
        self.accounts[name] = SimpleNamespace(password=password, errors=[], shut=0, thief=thief)
        self.accounts[name].mfa = self.rng.random() < mfa

    def spot(self, networks):
        asn, country, stem = self.rng.choice(networks).split("/")
        while "@" in stem:
            stem = stem.replace("@", "%d" % self.rng.randint(10, 99 if ":" in stem else 254), 1)
        return int(asn), country, stem

    def client(self, spot, kit):
        app, (asn, country, ip) = self.rng.choices(("tax", "benefits", "appointments"), (85, 10, 5))[0], spot
        ip += "".join(":%x" % self.rng.randrange(65536) for _ in range(4)) if ":" in ip else ""
        return Client(ip, asn, country, *kit, app)

    def browser(self):
        _, agent, versions, ja4 = self.rng.choices(BROWSERS, [row[0] for row in BROWSERS])[0]
        intercepted = self.rng.random() < 0.04  # antivirus and companies' proxies speak TLS in its place
        return agent.format(v=self.rng.choice(versions.split())), GO_JA4 if intercepted else ja4

    def exit(self, networks, kits):
        homes = (self.rng.choice(self.residents).home, self.spot(HOMES), self.rng.choice(self.mobiles))
        spot = self.spot(networks) if networks else self.rng.choices(homes, (45, 40, 15))[0]  # proxies
        return self.client(spot, self.rng.choice(kits) if kits else self.browser())

    def moment(self, day=None):
        day = self.rng.choices(range(4), (0.9, 0.9, 10, 0.5))[0] if day is None else day
        hour = self.rng.choices(range(24), DEADLINE_HOURS if day == 2 else ORDINARY_HOURS)[0]
        return day * DAY + (hour + self.rng.random()) * HOUR

    def spawn(self, time, process):
        heappush(self.agenda, (time, next(self.serial), process))

    def run(self):
        while self.agenda and self.agenda[0][0] < 4 * DAY:
            self.now, _, process = heappop(self.agenda)
            delay = next(process, None)
            if delay is not None:
                self.spawn(self.now + delay, process)

    def judge(self, kind, thief, name, password, right, code):
        """The service's answer, and what it says of the second factor."""
        account = self.accounts.get(name)
        if DARK_TO <= self.now < FAULTY_TO and self.rng.random() < 0.65:
            return "fault", None
        granted = right and (account is None) == (kind == "signup")
        if granted and kind == "signup":
            self.open_account(name, password, thief=thief)
        if granted and kind == "password_reset" and password:
            account.password, account.shut, account.thief = password, 0, False
        if not account or kind in ("lookup", "password_reset", "signup"):
            return "success" if granted else "other", None
        known = kind == "mfa" or account.password == password
        if account.shut > self.now:
            return "locked", None
        if known and (code or not account.mfa):
            account.errors = []
            return "success", "passed" if account.mfa else "none"
        account.errors = [time for time in account.errors if time > self.now - HOUR] + [self.now]
        if len(account.errors) == 5:
            account.errors, account.shut = [], self.now + HOUR
        return ("bad_mfa", "failed") if known else ("other", None)

    def attempt(self, kind, client, tale, name, password=None, right=True, code=True, step=""):
        """One request: write the log's line and its label, and tell the visitor what he sees."""
        if DARK_FROM <= self.now < DARK_TO:
            return "down"
        verdict, mfa = self.judge(kind, tale.attack, name, password, right, code)
        cls = "outage" if verdict == "fault" and not tale.attack else tale.cls
        verdict = "other" if verdict == "fault" else verdict
        success, key = verdict == "success", "cp-%07d" % len(self.events)
        time = (START + timedelta(seconds=self.now)).isoformat(timespec="milliseconds")
        event = dict(event_id=key, time=time, kind=kind, endpoint="/" + kind + step, username=name)
        event |= client._asdict()
        event |= dict(outcome="success") if success else dict(outcome="failure", failure_reason=verdict)
        if password:
            event["password_fingerprint"] = hmac.new(self.key, password.encode(), "sha256").hexdigest()[:24]
        self.events.append(event | (dict(mfa=mfa) if mfa else {}))
        entered = success and (not tale.attack or kind in ("login", "mfa") and not self.accounts[name].thief)
        outcome, hidden = "success" if entered else "failure", tale.undecidable if success else 0
        self.first = self.now if self.first is None else self.first
        self.labels.append((key, tale.attack, cls, outcome, "%.3f" % (self.now - self.first), name, hidden))
        return verdict


def secret(rng):
    return rng.choice(WORDS).title() + str(rng.randrange(10, 9999)) + rng.choice(("", "!", "?"))


def next_number(born, serial):
    """The next valid number of a birth date (some serials have no check digit), and the serial after."""
    for serial in count(serial):
        digits = "%03d" % serial + (date(1938, 1, 1) + timedelta(days=born)).strftime("%d%m%y")
        check = sum(int(digit) * weight for digit, weight in zip(digits, (3, 7, 9, 5, 8, 4, 2, 1, 6))) % 11
        if check < 10:
            return digits[:3] + str(check) + digits[3:], serial + 1


def fumble(rng, text, chance=1.0):
    """Perhaps two neighbours swapped, one sign lost, or one doubled."""
    at = rng.randrange(len(text) - 1)
    wrong = rng.choice((text[at + 1] + text[at], text[at], text[at] * 2 + text[at + 1]))
    return text[:at] + wrong + text[at + 2 :] if rng.random() < chance else text


def sign_in(world, person, client, cls, slip, knows=True):
    """Log in as people do: with wrong keys, old passwords, wrong codes, and patience of various lengths."""
    rng, tale = world.rng, Tale(cls)
    for turn in range(rng.randint(3, 7)):
        guesses = (person.old, person.leaked, fumble(rng, person.password), rng.choice(SEASON))
        password = person.password if knows or rng.random() < turn * 0.12 else rng.choice(guesses)
        name, password = fumble(rng, person.name, slip / 3), fumble(rng, password, slip)
        verdict = world.attempt("login", client, tale, name, password, code=rng.random() > slip / 2)
        while verdict == "bad_mfa" and rng.random() < 0.85:
            yield rng.uniform(10, 60)
            verdict = world.attempt("mfa", client, tale, name, code=rng.random() > slip)
        if verdict == "success" or verdict == "locked" and rng.random() < 0.5:
            return verdict
        yield rng.uniform(300, 3000) if verdict == "down" else rng.uniform(4, 45)


def visit(world, person, client, cls):
    rng, knows = world.rng, world.rng.random() > (0.16 if person.elderly else 0.08)
    cls = cls if knows else "forgotten"
    verdict = yield from sign_in(world, person, client, cls, person.slip, knows)
    if verdict != "success" and rng.random() < 0.5:
        yield from use_letter(world, person, client, True)
    elif verdict != "success" or rng.random() < 0.22:
        yield rng.uniform(0.4, 10) * HOUR
        yield from sign_in(world, person, client, cls, person.slip, knows or rng.random() < 0.5)


def use_letter(world, person, client, ask):
    """Ask for a letter, wait for the post, type the code with errors, choose a password and log in."""
    rng, tale, fresh, verdict = world.rng, Tale("letter_reset"), secret(world.rng), None
    if ask:
        world.attempt("password_reset", client, tale, person.name, step="/request")
        yield world.moment(world.now // DAY + rng.choice((1, 2, 2, 3))) - world.now
    while verdict != "success" and rng.random() < 0.9:
        right = rng.random() > person.slip
        verdict = world.attempt("password_reset", client, tale, person.name, fresh, right, step="/redeem")
        yield rng.uniform(10, 120)
    if verdict == "success":
        person.old, person.password = person.password, fresh
        yield from sign_in(world, person, client, tale.cls, person.slip)


def enrol(world, people, client, cls):
    """Register one person, a family, or the queue at a job centre's counter."""
    rng = world.rng
    for person in people:
        if rng.random() < 0.4:
            yield from work_through(world, [person], client, cls, 90)
        for _ in range(rng.randint(2, 4)):
            right = rng.random() > 0.1 + person.slip
            verdict = world.attempt("signup", client, Tale(cls), person.name, person.password, right)
            yield rng.uniform(400, 2400) if verdict == "down" else rng.uniform(20, 180)
            if verdict == "success":
                yield from sign_in(world, person, client, cls, person.slip)
                break
        if verdict != "success" and person.name in world.accounts:
            world.spawn(world.now + rng.uniform(60, 900), use_letter(world, person, client, True))


def work_through(world, people, client, cls, pause):
    """An adviser's desk logs in for its clients; others look up whether numbers are registered."""
    for person in people:
        if cls == "adviser":
            yield from sign_in(world, person, client, cls, 0.03, world.rng.random() > 0.05)
        else:
            world.attempt("lookup", client, Tale(cls), fumble(world.rng, person.name, person.slip))
        yield world.rng.uniform(pause / 5, pause)


def seat(world, person):
    """Where this person sits today, and what kind of crowd that makes him."""
    crowds = ("shared_place", "abroad", "vpn", "phone", "elderly" if person.elderly else "citizen")
    cls, (place, machine) = world.rng.choices(crowds, (6, 4, 2, 25, 63))[0], world.rng.choice(world.places)
    spots = dict(shared_place=place, abroad=world.spot(ABROAD), vpn=world.spot(HOSTING))
    spots["phone"] = world.rng.choice(world.mobiles)
    return world.client(spots.get(cls, person.home), machine if cls == "shared_place" else person.kit), cls


def stage_citizens(world):
    rng, queue = world.rng, world.newcomers[: int(3000 * world.scale)]
    for person in world.citizens:
        client, cls = seat(world, person)
        check = work_through(world, [person], client, "number_check", 60)
        usual, letter = visit(world, person, client, cls), use_letter(world, person, client, False)
        world.spawn(world.moment(), rng.choices((usual, letter, check, iter(())), (72, 4, 5, 19))[0])
    while queue:
        size, counter = rng.choices((1, 2, 3, 7), (65, 15, 15, 5))[0], world.client(*rng.choice(world.places))
        client, cls = (counter, "counter") if size == 7 else (seat(world, queue[0])[0], "signup")
        world.spawn(world.moment(), enrol(world, queue[:size], client, cls))
        queue = queue[size:]


def stage_offices(world):
    rng = world.rng
    for office in range(14):
        clients = rng.sample(world.citizens[office::14], int(rng.randint(90, 380) * world.scale))
        shared, spot = secret(rng), world.spot(HOMES)
        kits = [(TAX_SOFTWARE, SCRIPT, world.browser())[office % 3], world.browser(), world.browser()]
        for person in clients:
            person.password = shared if office % 4 == 0 else person.password
            world.open_account(person.name, person.password, 0.15)
        for day, share in enumerate((0.07, 0.08, 0.7, 0.06)):
            todo = rng.sample(clients, int(len(clients) * share))
            jobs = [(kit, todo[desk::3], "adviser", 240) for desk, kit in enumerate(kits)]
            for kit, people, cls, pause in jobs + [(kits[0], todo[:60], "adviser_check", 6)]:
                start = day * DAY + rng.uniform(7.5, 11) * HOUR
                world.spawn(start, work_through(world, people, world.client(spot, kit), cls, pause))
    for person in world.officials:
        person.password = rng.choices((person.password, rng.choice(OBVIOUS)), (9, 1))[0]
        world.open_account(person.name, person.password)
        for hour in (7.5, 12.5, 31.5, 36.5, 55.5, 60.5, 79.5, 84.5):
            process = sign_in(world, person, world.client(person.home, person.kit), "official", 0.05)
            world.spawn((hour + rng.random() * 2) * HOUR, process)


def raid(world, tale, networks, kits, most, targets, pause=30, relay=0.0):
    """One exit's share of a list of look-ups, sign-ups or log-ins, and the use of what it wins."""
    rng, client = world.rng, world.exit(networks, kits)
    for kind, name, password in islice(targets, rng.randint(1, most)):
        right = kind == "lookup" or rng.random() < 0.65
        verdict = world.attempt(kind, client, tale, name, password, right, rng.random() < relay)
        tale = tale._replace(undecidable=0)  # a second try from the same place tells
        if verdict == "bad_mfa" and rng.random() < relay:
            yield rng.uniform(15, 60)
            verdict = world.attempt("mfa", client, tale, name, code=rng.random() < relay)
        if verdict == "success" and kind == "lookup":
            world.found.append(name)
        elif verdict == "success" and not relay and rng.random() < 0.6:
            spots, tools = rng.choice(((networks, kits), (None, None)))
            use = Tale("fake_account", 1, int(not tools)) if kind == "signup" else Tale("takeover", 1)
            process = raid(world, use, spots, tools, 1, [("login", name, password)], relay=0.8)
            world.spawn(world.now + rng.uniform(0.3, 10) * HOUR, process)
        yield rng.uniform(2, pause)


def stage_attacks(world):
    """Start each crew's raiders on days 2 to 4, in two bursts of its span of hours, or as people come."""
    rng, browsers, one = world.rng, [world.browser() for _ in range(3)], [world.rng.choice(HOSTING)]
    shuffled = rng.sample(world.residents, len(world.residents))
    breach = (("login", person.name, person.leaked) for person in shuffled)
    fast = (("lookup", next_number(step // 3, 100 + step % 3)[0], None) for step in count(9000))
    slow = (("lookup", next_number(step // 3, 100 + step % 3)[0], None) for step in count(25500))
    world.found = [next_number(rng.randrange(25200), 100)[0] for _ in range(600)]
    season = (("login", rng.choice(world.found), SEASON[int(world.now // (12 * HOUR)) - 4]) for _ in count())
    others = world.newcomers + world.citizens[::25]
    alike = (("signup", rng.choice(others).name, "Refund4you!") for _ in count())
    varied = (("signup", rng.choice(others).name, secret(rng)) for _ in count())
    phished = (("login", person.name, person.password) for person in map(rng.choice, repeat(world.citizens)))
    guesses = (("login", rng.choice(world.officials).name, rng.choice(OBVIOUS)) for _ in count())
    crews = (
        ("stuffing_proxy", (420, 3200, 480), 2, None, [LAZY, *browsers], 2, breach),
        ("stuffing_hosting", (30, 200, 36), 2, HOSTING, [LAZY, SCRIPT], 24, breach),
        ("rush_hider", (0, 1900, 0), 0, None, None, 2, breach),
        ("fake_signup", (50, 480, 45), 0, None, browsers[:2], 3, varied, 240),
        ("fake_signup", (3, 16, 3), 24, HOSTING, [LAZY, browsers[2]], 30, alike, 120),
        ("takeover", (18, 110, 20), 0, None, None, 1, phished, 60, 0.6),
        ("takeover", (13, 75, 15), 0, None, None, 9, phished, 1500, 0.6),
        ("enumeration", (22, 100, 22), 2, HOSTING, [SCRIPT], 30, fast, 9),
        ("enumeration", (70, 400, 80), 24, None, None, 4, slow),
        ("spray_one_network", (24, 90, 26), 24, one, [LAZY], 16, season, 60),
        ("spray_many", (200, 1500, 260), 24, None, browsers, 2, season),
        ("brute_official", (120, 420, 140), 3, None, [LAZY, *browsers], 1, guesses),
        ("brute_official", (40, 130, 50), 3, ABROAD, browsers, 1, guesses),
    )
    for cls, counts, span, networks, kits, most, *rest in crews:
        tale = Tale(cls, 1, int(cls == "rush_hider" or cls == "takeover" and most == 1))
        for day, number in enumerate(counts, 1):
            bursts = [day * DAY + rng.uniform(0, DAY - span * HOUR) for _ in range(2)]
            for _ in range(int(number * world.scale)):
                start = rng.choice(bursts) + rng.random() * span * HOUR if span else world.moment(day)
                world.spawn(start, raid(world, tale, networks, kits, most, *rest))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--users", type=int, default=25000)
    parser.add_argument("--out", default="citizen.ndjson")
    parser.add_argument("--labels", default="citizen.csv")
    options = parser.parse_args()
    world = World(options.seed, options.users)
    for stage in (stage_citizens, stage_offices, stage_attacks, World.run):
        stage(world)
    Path(options.out).write_text("".join(json.dumps(event) + "\n" for event in world.events))
    Path(options.labels).write_text("".join(",".join(map(str, label)) + "\n" for label in world.labels))


if __name__ == "__main__":
    main()
