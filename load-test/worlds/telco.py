"""Three days (Mon-Wed, March 2026) of log-ins at the self-care portal and app of a Czech mobile company.

14,000 customers, named by number (half-filled blocks of 1,000) or mail, most behind the carrier NAT (six IPv4
or changing IPv6), few at home, abroad or on a VPN. Passwords are words or four-digit PINs; some use one-time
codes (kind mfa) or need one on unknown devices. Apps renew tokens; widgets log in hourly, some with an old
password (stale_client). A bill mail on Tuesday brings a rush. Shop terminals (kiosk) and call_centre serve,
bookkeepers and fleet tools walk firms' numbers (business), prepaid cards are signed up, people buy a
new_phone (wrong codes, then right, as in a SIM swap), the robbed look (alarmed). Browsers show no JA4.

Attacks from hour 10: leaked pairs over home proxies, abroad and modems in the company's NAT (stuffing_*) or
at the API with copied headers (app_check); enum_lookup, enum_reset; pin_spray; brute_force by PIN or code;
fake_signup; sim_swap; slow_guessing. Nothing is undecidable by construction. A right password that needs a
code is a login with outcome success, credential valid, no mfa; the label says success for those let in.
"""

import argparse, csv, hashlib, heapq, hmac, json, random
from collections import namedtuple
from datetime import datetime, timedelta, timezone
from types import SimpleNamespace

MINUTE, HOUR, DAY, END = 60, 3600, 86400, 3 * 86400
START = datetime(2026, 3, 2, tzinfo=timezone(timedelta(hours=1)))
RHYTHM = (4, 2, 1, 1, 2, 5, 14, 28, 40, 48, 50, 48, 50, 46, 44, 46, 50, 56, 62, 64, 58, 46, 28, 12)
NAT = [f"46.135.{c}.{d}" for c in (8, 71) for d in (12, 13, 14)]
HOMES = "CZ-5610-88.103 CZ-5610-90.179 CZ-6830-86.49 CZ-13036-89.24 CZ-5610-83.208".split()
ABROAD = "SK-6855-178.41 DE-3320-84.152 PL-5617-83.9 UA-15895-176.36 VN-45899-14.161 BR-28573-177.32".split()
HOSTING = "DE-24940-88.198 FR-16276-51.75 NL-14061-146.190 CZ-9009-185.156".split()
SYSTEMS = ("Windows NT 10.0; Win64; x64", "Linux; Android 10; K", "Macintosh; Intel Mac OS X 10_15_7")
CHROME = "Mozilla/5.0 ({}) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{}.0.0.0 Safari/537.36"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_7 like Mac OS X) AppleWebKit/605.1.15 Safari/604.1"
BROWSERS = [CHROME.format(system, v) for v in (145, 144, 143, 109) for system in SYSTEMS] + 3 * [IPHONE]
TOOLS = ("python-requests/2.32.3", "Go-http-client/2.0", "Python/3.13 aiohttp/3.11.12")
TOOL_JA4 = ("t13d1812h1_85036bcba153_375ca2c5e164", "t13d1312h2_f57a46bbacb6_ab7e3b40a677")
IOS_JA4 = ("t13d2014h2_a09f3c656075_14788d8d241b", "t13d2013h2_a09f3c656075_7f0f34a4126d")
DROID_JA4 = ("t13d1613h2_46e7e9700bed_eca864cca44a", "t13d1612h2_46e7e9700bed_07be0c029dc8")
PINS = "1234 0000 1111 2580 1212 5555 4321 7777 2222 1122 9999 6969".split()
COMMON = "heslo123 123456 Heslo1 qwertz martin1 Praha1 sparta slavia 123456789 lucinka nevim aaaaaa".split()
NAMES = "jan petr jiri eva jana marie pavel anna lucie novak dvorak jahoda motorka kocour beseda".split()

Client = namedtuple("Client", "app user_agent secret device_id ja4", defaults=(None, None))
Visit = namedtuple("Visit", "client place label attack", defaults=(False,))


class Town:  # the clock, which wakes scripts (generators of delays); the service; its customers and staff
    def __init__(self, seed, users):
        self.rng, self.now, self.heap = random.Random(seed), 0.0, []
        self.accounts, self.events, self.labels, self.scale = {}, [], [], users / 14000
        prefixes = sorted(self.rng.sample(range(602000, 608000), max(4, round(30 * self.scale))))
        self.numbers = [f"{prefix}{i:03d}" for prefix in prefixes for i in range(1000)]
        self.people = [self.customer(number) for number in self.rng.sample(self.numbers, users)]

    def start(self, delay, script):
        heapq.heappush(self.heap, (self.now + delay, self.rng.random(), script))

    def run(self):
        while self.heap:
            self.now, _, script = heapq.heappop(self.heap)
            delay = next(script, None) if self.now < END else None
            if delay is not None:
                self.start(delay, script)

    def ask(self, visit, kind, name, tried=None, code=None):
        """Answer in, done or code_due (successes) or a failure's reason; a code is right, wrong or late."""
        account, (app, agent, secret, device, ja4) = self.accounts.get(name), visit.client
        answer = self.judge(account, secret, kind, tried, code)
        passed = answer in ("in", "done", "code_due")
        seen = {"mfa": ("passed" if passed else "failed") if code else None}
        if kind == "login":
            seen["credential"] = "valid" if passed else "invalid" if answer == "bad_password" else "unknown"
            digest = hmac.new(b"telco-log-key-7", tried.encode(), hashlib.sha256).hexdigest()[:24]
            seen |= {"password_fingerprint": digest, "mfa": "none" if answer == "in" else None}
        stamp = (START + timedelta(seconds=self.now)).isoformat(timespec="milliseconds")
        event = {"event_id": f"{self.rng.getrandbits(72):018x}", "time": stamp, "kind": kind}
        event |= {"username": name, "outcome": "success" if passed else "failure"} | visit.place
        event |= {"app": app, "endpoint": f"/{app if app in ('web', 'shop', 'desk') else 'api/v3'}/{kind}"}
        event |= {"user_agent": agent, "device_id": device, "ja4": ja4} | seen
        event["failure_reason"] = None if passed else answer
        self.events.append({key: value for key, value in event.items() if value is not None})
        entered = answer == "in" and not (visit.attack and account.crooked)
        self.labels.append((visit, "success" if entered else "failure", self.now, name))
        return answer

    def judge(self, account, secret, kind, tried, code):
        if kind == "signup":
            return "other" if account else "bad_mfa" if code == "wrong" else "done"
        if account is None:
            return "unknown_user"
        if kind == "token":
            return "in" if tried == account.generation else "expired"
        if kind == "lookup" or kind == "password_reset" and not code:
            return "done"
        if kind != "password_reset" and self.now < account.locked_until:
            return "locked"
        if code in ("wrong", "late") or kind == "login" and tried != account.password:
            account.failures = 1 if self.now - account.failed_at > 15 * MINUTE else account.failures + 1
            account.failed_at = self.now
            if account.failures % 5 == 0:
                account.locked_until = self.now + 15 * MINUTE
            return {"wrong": "bad_mfa", "late": "expired"}.get(code, "bad_password")
        account.failures, account.locked_until = 0, 0
        if kind == "login":
            return "code_due" if account.mfa and secret not in account.trusted else "in"
        account.trusted.append(secret)
        if kind == "password_reset":
            account.password, account.generation = tried, account.generation + 1
        return "in" if kind == "mfa" else "done"

    def count(self, number):
        return max(2, round(number * self.scale))

    def chance(self, share):
        return self.rng.random() < share

    def gap(self, mean, least=4):
        return least + self.rng.expovariate(1 / mean)

    def moment(self):
        return (self.rng.choices(range(24), RHYTHM)[0] + self.rng.random()) * HOUR

    def address(self, lines):
        country, asn, net = self.rng.choice(lines).split("-")
        ip = f"{net}.{self.rng.randrange(256)}.{self.rng.randrange(1, 255)}"
        return {"ip": ip, "asn": int(asn), "country": country}

    def carrier(self, ipv6):
        words = [self.rng.randrange(0x1000, 0x1040)] + [self.rng.randrange(1, 0x10000) for _ in range(5)]
        ip = "2a00:11b1:" + ":".join(f"{word:x}" for word in words) if ipv6 else self.rng.choice(NAT)
        return {"ip": ip, "asn": 16019, "country": "CZ"}

    def browser(self):
        return Client("web", self.rng.choice(BROWSERS), self.rng.getrandbits(64))

    def phone(self, lazy=False):
        rng, ios, version = self.rng, self.chance(0.35), self.rng.choice(("8.12.0", "8.14.1", "8.14.2"))
        droid = f"Android {rng.randint(12, 16)}; {rng.choice(('SM-A556B', 'SM-S921B', 'Pixel 8a'))}"
        system = f"iPhone; iOS {rng.choice(('17.7', '18.6', '26.2'))}" if ios else droid
        ja4 = rng.choice(TOOL_JA4 if self.chance(0.02) else IOS_JA4 if ios else DROID_JA4)
        agent, device = f"MojeMobil/{version} ({system})", f"{rng.getrandbits(64):016x}"
        agent, ja4 = (TOOLS[ios], TOOL_JA4[ios]) if lazy else (agent, ja4)
        return Client("ios" if ios else "android", agent, rng.getrandbits(64), device, ja4)

    def mail(self):
        local = f"{self.rng.choice(NAMES)}.{self.rng.choice(NAMES)}{self.rng.randrange(4000)}"
        return f"{local}@{self.rng.choice(('seznam.cz', 'gmail.com', 'email.cz', 'centrum.cz'))}"

    def secret(self, pin):
        rng, common = self.rng, PINS if pin else COMMON
        if self.chance(0.17):
            return rng.choices(common, [1 / (rank + 1) for rank in range(len(common))])[0]
        pin = pin and str(rng.randint(1950, 2009) if self.chance(0.4) else rng.randint(1001, 9999))
        return pin or f"{rng.choice(NAMES)}{rng.randrange(10, 99999)}{rng.choice('!.*-')}"

    def customer(self, number, **known):
        one, pin, mail = SimpleNamespace(number=number), self.chance(0.4), self.mail()
        lines, one.away = self.rng.choices(((HOMES, 0.12), (ABROAD, 0.6), (HOSTING, 0.6)), (96, 2, 2))[0]
        one.home, one.ipv6, one.place, one.place_until = self.address(lines), self.chance(0.4), None, 0
        one.name = mail if self.chance(0.4) and mail not in self.accounts else number
        one.pin, one.memory, one.old, one.codes = pin, self.secret(pin), self.secret(pin), self.chance(0.12)
        one.phone, one.browser = self.phone() if self.chance(0.55) else None, self.browser()
        one.rate, one.moment, one.token, one.swapped = self.rng.expovariate(2.5), self.moment(), 0, False
        one.password, one.mfa, one.crooked, one.generation = one.memory, self.chance(0.25), False, 0
        one.trusted = [gear.secret for gear in (one.phone, one.browser) if gear and self.chance(0.9)]
        vars(one).update(known, failures=0, failed_at=0, locked_until=0)
        self.accounts |= {one.number: one, one.name: one}
        return one

    def visit(self, person, label, client=None):
        client = client or (person.phone if person.phone and self.chance(0.55) else person.browser)
        if self.now >= person.place_until:
            person.place, person.place_until = self.carrier(person.ipv6), self.now + self.gap(3 * HOUR, HOUR)
        at_home = person.swapped or self.chance(person.away)
        return Visit(client, person.home if at_home else person.place, label)

    def enter_code(self, visit, person):
        while person.swapped or self.chance(0.5 if visit.label == "new_phone" else 0.07):
            self.ask(visit, "mfa", person.name, code="late" if self.chance(0.4) else "wrong")
            if self.chance(0.3):
                return
            yield self.gap(60)
        self.ask(visit, "mfa", person.name, code="right")

    def sign_in(self, person, label, forgot=False, visit=None):
        name, held, visit = person.name, person.memory, visit or self.visit(person, label)
        by_code = person.codes and not forgot
        other = name.replace(self.rng.choice(name[:9]), str(self.rng.randrange(10)), 1)
        slips = self.rng.choices((0, 1, 2), (90, 8, 2))[0] + forgot * self.rng.randint(1, 5)
        for _ in range(0 if by_code else slips):
            slip = self.rng.choice((person.old, held[:-1], self.secret(person.pin)))
            self.ask(visit, "login", other if self.chance(0.1) else name, slip)
            yield self.gap(14)
        answer = "code_due" if by_code else "bad_password" if forgot else self.ask(visit, "login", name, held)
        if answer == "code_due":
            yield self.gap(15)
            yield from self.enter_code(visit, person)
        elif answer == "bad_password" and self.chance(0.85):
            for kind in ("lookup", "password_reset")[self.chance(0.7) :]:
                self.ask(visit, kind, other if self.chance(0.08) else name)
                yield self.gap(40)
            new, code = self.secret(person.pin), "wrong" if person.swapped or self.chance(0.1) else "right"
            if self.ask(visit, "password_reset", name, new, code) == "done":
                person.old, person.memory = person.memory, new
                self.ask(visit, "login", name, new)
        person.token = person.generation if person.memory == person.password else person.token

    def renewals(self, person):
        while True:
            yield self.gap(34 * HOUR, HOUR)
            visit = self.visit(person, "token", person.phone)
            if self.ask(visit, "token", person.number, person.token) == "expired":
                yield from self.sign_in(person, "token", visit=visit)

    def widget(self, person, client, held):
        person.trusted.append(client.secret)
        while True:
            visit = self.visit(person, "widget" if held == person.password else "stale_client", client)
            self.ask(visit, "login", person.name, held)
            held = person.memory if self.chance(0.01) else held
            yield self.gap(20, HOUR - 20)

    def serve(self, visit, firm=()):
        person = self.rng.choice(self.people)
        for one in firm:
            one.trusted.append(visit.client.secret)
            self.ask(visit, "login", one.number, one.memory if self.chance(0.96) else one.old)
            yield self.gap(20)
        if visit.label == "call_centre":
            self.ask(visit, "lookup", person.number if self.chance(0.9) else self.rng.choice(self.numbers))
            yield self.gap(60)
            if self.chance(0.15):
                self.ask(visit, "password_reset", person.number)
        elif not firm and self.chance(0.06):
            yield from self.prepaid(visit, self.rng.randrange(100000))
        elif not firm and self.chance(0.45):
            yield from self.enter_code(visit, person)
        elif not firm:
            yield from self.sign_in(person, "kiosk", self.chance(0.3), visit)

    def prepaid(self, visit, card):
        number, password = f"7370{card:05d}", self.secret(True)
        while number not in self.accounts:
            yield self.gap(60)
            code = "right" if self.chance(0.85) else "wrong"
            if self.ask(visit, "signup", number, code=code) == "done":
                self.customer(number, name=number, password=password, mfa=False, crooked=visit.attack)
                yield self.gap(600)
                self.ask(visit, "login", number, password)

    def live(self):
        rng, people = self.rng, self.people
        for person in people:
            for day in (day for day in range(3) for _ in range(int(person.rate + rng.random()))):
                when = person.moment + rng.gauss(0, 4500) if self.chance(0.6) else self.moment()
                label = "forgotten" if self.chance(0.05) else "daily"
                self.start(day * DAY + abs(when), self.sign_in(person, label, label == "forgotten"))
            if self.chance(0.24):  # the bill mail
                delay = self.gap(3.5 * HOUR, 33 * HOUR + rng.uniform(0, 5400))
                self.start(delay, self.sign_in(person, "rush", self.chance(0.3)))
            if person.phone:
                self.start(0, self.renewals(person))
        for turn, person in enumerate(rng.sample(people, self.count(70))):
            client = self.phone() if turn % 3 else self.phone(True)._replace(user_agent=TOOLS[2])
            held = person.old if self.chance(0.5) else person.memory
            self.start(rng.uniform(0, HOUR), self.widget(person, client._replace(app="widget"), held))
        for person in rng.sample(people, self.count(180)):
            visit, person.mfa = self.visit(person, "new_phone", self.phone()), True
            self.start(rng.randrange(3) * DAY + self.moment(), self.sign_in(person, "new_phone", visit=visit))
        lines = [self.address(HOMES) for _ in range(self.count(26))]
        for seat in range(self.count(140)):  # 14 shops share the head office's line with the call centre
            app, label, load = ("desk", "call_centre", 25) if seat % 7 < 2 else ("shop", "kiosk", 11)
            client = Client(app, BROWSERS[3], 0, f"{app}-{seat:04d}", DROID_JA4[0])
            visit = Visit(client, lines[0 if app == "desk" else seat % 40 % len(lines)], label)
            for _ in range(3 * load):
                self.start(rng.randrange(3) * DAY + rng.uniform(8.5, 19) * HOUR, self.serve(visit))
        for turn in range(self.count(130)):  # every eighth is a fleet tool on a rented server
            client, net = (self.browser(), HOMES) if turn % 8 else (self.phone(True), HOSTING)
            firm, visit = rng.sample(people, rng.randint(3, 12)), Visit(client, self.address(net), "business")
            for day in (0, 0, 1, 1, 2, 2):
                self.start(day * DAY + rng.uniform(7, 18) * HOUR, self.serve(visit, firm))
        for _ in range(self.count(420)):
            visit = self.visit(rng.choice(people), "signup")
            self.start(rng.randrange(3) * DAY + self.moment(), self.prepaid(visit, rng.randrange(100000)))


class Gangs(Town):  # attackers know what they bought and what the service answers
    def campaign(self, label, hours, tries, client_of, place_of, stick=1):
        client, place, taken = client_of(), place_of(), []
        for kind, name, password in tries:
            if self.chance(1 / stick):
                client, place = client_of(), place_of()
            if name not in taken:
                visit = Visit(client, place, label, True)
                answer = self.ask(visit, kind, name, password, "wrong" if kind == "mfa" else None)
                taken += [name] if answer in ("in", "code_due") else []
                if answer == "in" and self.chance(0.3):  # a change inside the portal is no log-in event
                    owner = self.accounts[name]
                    owner.password, owner.generation = self.secret(False), owner.generation + 1
                    self.start(self.gap(5 * HOUR), self.sign_in(owner, "alarmed"))
                yield self.gap(hours * HOUR / len(tries), 0)

    def swap(self, person, place):
        client, password, person.mfa = self.browser(), person.memory, True
        for swapped in (False, True):
            visit = Visit(client, place, "sim_swap", True)
            self.ask(visit, "login", person.name, password)
            for _ in range(self.rng.randint(1 - swapped, 4 - 2 * swapped)):
                yield self.gap(60)
                self.ask(visit, "mfa", person.name, code="late" if self.chance(0.3) else "wrong")
            yield self.gap(20) if swapped else self.gap(3 * HOUR, HOUR)
            client, place, person.swapped = self.phone(), self.carrier(person.ipv6), True
        self.ask(visit, "mfa", person.name, code="right")
        self.start(self.gap(2 * HOUR), self.sign_in(person, "alarmed"))
        person.password, person.generation = self.secret(False), person.generation + 1

    def pairs(self, size):
        known = self.rng.sample(self.people, self.count(size) // 4)
        tries = [("login", one.name, one.memory if self.chance(0.07) else one.old) for one in known]
        tries += [("login", self.mail(), self.secret(False)) for _ in range(self.count(size) - len(known))]
        return self.rng.sample(tries, len(tries))

    def attack(self):
        rng, people, count, walk = self.rng, self.people, self.count, self.numbers
        exits = [one.home for one in people[: count(500)]] + [self.address(HOMES) for _ in range(count(900))]
        abroad, rented = [[self.address(net) for _ in range(n)] for net, n in ((ABROAD, 1500), (HOSTING, 4))]
        near, far, rent = (lambda pool=pool: rng.choice(pool) for pool in (exits, abroad, rented))
        modem, tool, copied = lambda: self.carrier(self.chance(0.4)), lambda: self.phone(True), self.phone()
        looks, resets = ([(kind, number, None) for number in walk] for kind in ("lookup", "password_reset"))
        known = [number for number in walk[: count(3000)] if number in self.accounts or self.chance(0.05)]
        pins = [[("login", number, pin) for pin in PINS[i : i + 3] for number in known[:800]] for i in (0, 3)]
        slow = [("login", one.name, self.secret(one.pin)) for one in rng.sample(people, count(800)) * 2]
        for label, first, *how in (
            ("stuffing_home", 10, 10, self.pairs(3000), self.browser, near, 1),
            ("stuffing_home", 33, 9, self.pairs(2500), self.browser, near, 3),
            ("stuffing_abroad", 25, 7, self.pairs(2600), tool, far, 2),
            ("stuffing_abroad", 52, 8, self.pairs(2400), self.browser, far, 2),
            ("stuffing_nat", 34, 12, self.pairs(3400), self.phone, modem, 6),
            ("app_check", 21, 6, self.pairs(1700), lambda: copied, rent, 9),
            ("app_check", 43, 6, self.pairs(1400), lambda: self.phone()._replace(ja4=TOOL_JA4[1]), near, 1),
            ("app_check", 62, 7, self.pairs(1700), self.phone, far, 4),
            ("enum_lookup", 12, 4, looks[: count(2600)], tool, rent, 300),
            ("enum_lookup", 49, 4, looks[count(2600) : count(4600)], self.phone, modem, 25),
            ("enum_reset", 57, 9, resets[count(5000) : count(6500)], self.browser, near, 2),
            ("pin_spray", 17, 8, pins[0], self.browser, modem, 5),
            ("pin_spray", 58, 10, rng.sample(pins[1], len(pins[1])), self.phone, near, 1),
            ("slow_guessing", 10, 61, slow, self.browser, near, 1),
        ):
            self.start(first * HOUR + rng.uniform(0, 1800), self.campaign(label, *how))
        for turn, number in enumerate(rng.sample(known, count(26))):
            guesses = PINS + [self.secret(True) for _ in range(rng.randint(30, 110))]
            tries = [("login" if turn % 4 else "mfa", number, pin) for pin in guesses]
            how = rng.uniform(0.1, 9), tries, self.browser, (rent, modem, near)[turn % 3], 30
            self.start(rng.uniform(10.5, 66) * HOUR, self.campaign("brute_force", *how))
        for hour in (14, 38, 61):
            first, phones = rng.randrange(90000), [self.phone() for _ in range(count(60))]
            for card in range(count(150)):
                visit = Visit(rng.choice(phones[card // 3 :][:5]), modem(), "fake_signup", True)
                self.start(hour * HOUR + card * 27 + rng.uniform(0, 60), self.prepaid(visit, first + card))
        for person in rng.sample(people, count(18)):
            self.start(rng.uniform(10.2, 62) * HOUR, self.swap(person, near()))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for option, default in (("seed", 1), ("users", 14000), ("out", "telco.ndjson"), ("labels", "telco.csv")):
        parser.add_argument(f"--{option}", type=type(default), default=default)
    options = parser.parse_args()
    world = Gangs(options.seed, options.users)
    world.live()
    world.attack()
    world.run()
    with open(options.out, "w") as out, open(options.labels, "w", newline="") as labels:
        rows = csv.writer(labels, lineterminator="\n")
        rows.writerow("event_id attack class outcome time username undecidable".split())
        for event, (visit, outcome, when, name) in zip(world.events, world.labels):
            out.write(json.dumps(event) + "\n")
            seconds = round(when - world.labels[0][2], 3)
            rows.writerow((event["event_id"], int(visit.attack), visit.label, outcome, seconds, name, 0))


if __name__ == "__main__":
    main()
