"""Three days at "Miles", an airline's loyalty programme and booking site with 18,000 members.

Members log in by 9-digit number or mail, half still with a PIN, from homes, hotels, airports, roaming phones,
VPNs, aircraft (one address a cabin); many once. Agencies, robots, call centre and kiosks log in for hundreds,
a price comparison looks up. A mail at 09:30 of day 2 offers a bonus: forgotten PINs, resets, sign-ups.
Attacks: enumeration by look-up and login error; PIN spray by residential proxies and a cloud (numbers found);
stuffing in bulk, in the minute of the mail, and slowly by travellers' networks; single PINs for hours from
hundreds of addresses; thieves by hand who take over the mail of bought or cracked accounts (the owners call);
sign-up farms; replayed tokens. Undecidable: second accounts from home, replays at the owner's carrier.
"""

import argparse, csv, heapq, json, random
from collections import deque, namedtuple
from functools import partial

HOUR, DAY = 3600, 86400
START, SPAN, CAMPAIGN = 1779148800000, 3 * DAY, DAY + 9.5 * HOUR  # from 2026-05-19T00:00Z in milliseconds
# country, weights among members and among proxies, UTC offset, two fixed and one mobile network (ASN:prefix)
COUNTRIES = """DE 24 4 2 3320:87.140 3209:95.90 6805:176.0;GB 14 5 1 2856:86.140 5089:82.20 60339:188.29
US 12 10 -5 7922:73.60 7018:99.100 21928:172.58;FR 9 5 2 3215:90.10 12322:82.64 51207:37.160
ES 7 6 2 3352:83.40 12479:90.168 12430:77.208;IT 7 6 2 3269:79.20 30722:93.32 24608:5.168
NL 5 3 2 1136:86.80 33915:84.24 31615:84.241;CH 5 1 2 3303:85.0 6730:84.72 15796:213.55
TR 4 6 3 9121:88.224 34984:46.1 16135:178.240;VN 1 16 7 45899:113.160 7552:27.64 131429:171.224
IN 3 12 5.5 24560:122.160 9829:117.192 55836:49.36;BR 3 14 -3 28573:189.4 26599:177.30 26615:187.24"""
POOLS = """aircraft 6 GB:31515:161.30 US:64294:138.84 US:7155:184.63;partner 8 FR:16276:51.91 DE:24940:95.216
vpn 120 NL:9009:185.107 US:60068:156.146 GB:9009:194.35 SE:39351:193.138 FR:16276:51.91
esim 24 NL:31615:84.240 SG:9506:202.166 FR:51207:37.165 PL:8374:31.60;cloud 40 FR:16276:51.91"""
CHROME_JA4, SAFARI_JA4 = "t13d1516h2_8daaf6152771_02713d6af862", "t13d2014h2_a09f3c656075_14788d8d241b"
PYTHON_JA4, GO_JA4 = "t13d1812h1_85036bcba153_b26ce05bbdd6", "t13d1312h2_f57a46bbacb6_ab7e3b40a677"
WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/{v}.0.0.0 Safari/537.36"
MAC = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/26.{m} Safari/605.1.15"
ANDROID = "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 Chrome/{v}.0.0.0 Mobile Safari/537.36"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_7 like Mac OS X) Version/26.{m} Mobile/15E148 Safari/604.1"
DESKTOPS, PHONES = [(WINDOWS, CHROME_JA4), (MAC, SAFARI_JA4)], [(ANDROID, CHROME_JA4), (IPHONE, SAFARI_JA4)]
APPS = [("Miles/9.{m} (iPhone; iOS 26.3)", SAFARI_JA4), ("Miles/9.{m} (Android 16) okhttp/4.12", CHROME_JA4)]
NAMES = "anna ben berg carla costa diaz elena evans felix garcia haas ito jan klein luca maria olga".split()
DOMAINS = "gmail.com gmail.com gmail.com outlook.com yahoo.com gmx.de web.de orange.fr icloud.com".split()
TOP_PINS = "1234 1111 0000 1212 7777 2580 2000 4444 2222 6969 9999 3333 5555 6666 1122".split()
LIKELY_PINS = [f"{n:04d}" for n in range(101, 3113) if 0 < n % 100 < 13] + [str(n) for n in range(1945, 2008)]
RANGES = (201300000, 238750000, 304120000, 377600000, 451900000, 520440000)  # numbers by year of enrolment
Net = namedtuple("Net", "ip asn country")
Client = namedtuple("Client", "user_agent ja4 device_id app")
Caller = namedtuple("Caller", "net client label attack undecidable", defaults=(0, 0))


class Member:
    def __init__(self, number, mail, secret, farmed=False):
        self.number, self.mail, self.secret, self.farmed = number, mail, secret, farmed
        self.my_mail, self.knows = mail, secret  # what the owner believes
        self.mfa, self.token, self.trusted, self.failures = False, 0, {}, deque(maxlen=40)


class World:
    """The server, the networks, devices and people, and what they do: generators of the times they act."""

    def __init__(self, seed, users):
        self.rng, self.now, self.accounts, self.breached = random.Random(seed), 0.0, {}, set()
        self.events, self.labels, self.queue, self.found = [], [], [], []
        self.scale, self.span, self.homes, self.exits = users / 18000, users // 3 + 2, [], []
        self.pools, self.lands = {"hotel": [], "airport": []}, {}
        for row in POOLS.replace("\n", ";").split(";"):
            name, size, *isps = row.split()
            self.pools[name] = self.addresses([isp.split(":") for isp in isps], int(size))
        for row in COUNTRIES.replace("\n", ";").split(";"):
            country, weight, proxies, offset, *isps = row.split()
            isps = [[country, *isp.split(":")] for isp in isps]
            self.lands[country] = isps[:2], float(offset)
            self.homes += [country] * int(weight)
            self.exits += [country] * int(proxies)
            self.pools["mobile", country] = self.addresses(isps[2:], 40)
            self.pools["hotel"] += self.addresses(isps[:2], 14)
            self.pools["airport"] += self.addresses(isps[:1], 3)
        starts = [first + step for first in RANGES for step in range(0, self.span, 2)]  # half are taken
        self.people = [self.member(str(n + self.rng.randint(0, 1))) for n in self.rng.sample(starts, users)]

    def write(self, caller, kind, name, reason, account=None, **more):
        millis, enters = int(self.now * 1000), kind in ("login", "token")
        credential = {None: "valid", "bad_mfa": "valid", "locked": "unknown"}.get(reason, "invalid")
        event_id = f"{self.rng.getrandbits(48):012x}{len(self.events):06d}"
        event = {"event_id": event_id, "time": START + millis, "kind": kind}
        event |= {"outcome": "failure" if reason else "success", "failure_reason": reason, "username": name}
        event |= {"credential": credential if enters else "unknown", "endpoint": "/" + kind, **more}
        event |= caller.net._asdict() | caller.client._asdict()
        self.events.append({key: value for key, value in event.items() if value is not None})
        inside = "success" if enters and not reason and not (caller.attack and account.farmed) else "failure"
        self.labels.append([event_id, caller.attack, caller.label, inside, millis, name, caller.undecidable])
        return reason

    def login(self, caller, name, secret, otp=True):
        """Ten failures in five minutes lock an account, five from one address lock it for that address."""
        account, device, reason, mfa = self.accounts.get(name), caller.client.device_id, None, "none"
        recent = [ip for at, ip in account.failures if at > self.now - 300] if account else []
        if account is None:
            reason = "unknown_user"
        elif len(recent) >= 10 or recent.count(caller.net.ip) >= 5:
            reason = "locked"
        elif secret != account.secret:
            reason = "bad_password"
            account.failures.append((self.now, caller.net.ip))
        elif account.mfa and not account.trusted.get(device):
            reason, mfa = (None, "passed") if otp else ("bad_mfa", "failed")
        if reason is None:
            account.failures.clear()
            account.trusted[device] = device is not None
        breached = (name, secret) in self.breached
        return self.write(caller, "login", name, reason, account, mfa=mfa, breached_password=breached)

    def ask(self, caller, kind, name):
        return self.write(caller, kind, name, None if name in self.accounts else "unknown_user")

    def change(self, caller, account, mail=None, secret=None):
        if secret:
            account.secret, account.token = secret, account.token + 1
        if mail:
            self.accounts[mail], account.mail = self.accounts.pop(account.mail), mail
        self.write(caller, "password_reset", account.number, None, endpoint="/mail" if mail else "/secret")

    def member(self, number):
        rng, pin, mail = self.rng, self.rng.random() < 0.5, self.new_mail()
        member = self.accounts[number] = self.accounts[mail] = Member(number, mail, self.new_secret(pin))
        member.old, member.mfa, member.pin = self.new_secret(pin), rng.random() < 0.12, pin
        member.by_number, consent = rng.random() < (0.75 if pin else 0.35), rng.random() < 0.6
        member.desk, member.phone = self.browser(DESKTOPS, consent), self.browser(PHONES, consent)
        member.app = self.browser(APPS, 1) if rng.random() < 0.5 else None
        member.country, member.departs = rng.choice(self.homes), rng.uniform(-1, 8) * DAY
        own = {"home": [self.line(member.country)], "hotel": [rng.choice(self.pools["hotel"])]}
        member.nets = own | {"mobile": self.pools["mobile", member.country]}
        member.leaked = member.secret if not pin and rng.random() < 0.09 else None
        if rng.random() < (0.85 if member.leaked else 0.05):
            self.breached.add((mail, member.leaked or member.old))
        return member

    def addresses(self, isps, size, ipv6=0):
        rng, nets = self.rng, []
        for country, asn, prefix in (isps * size)[:size]:
            ip = f"{prefix}.{rng.randrange(256)}.{rng.randint(1, 254)}"
            site = ":".join(f"{part:x}" for part in (int(asn) % 65536, *rng.choices(range(65536), k=6)))
            nets.append(Net("2a02:" + site if rng.random() < ipv6 else ip, int(asn), country))
        return nets

    def line(self, country):
        return self.addresses([self.rng.choice(self.lands[country][0])], 1, 0.25)[0]

    def proxy(self):
        """A residential exit: a line like a member's, at times his very line, or a phone behind a carrier."""
        country, kind = self.rng.choice(self.exits), self.rng.random()
        if kind < 0.06:
            return self.rng.choice(self.people).nets["home"][0]
        return self.rng.choice(self.pools["mobile", country]) if kind < 0.2 else self.line(country)

    def browser(self, family=DESKTOPS + PHONES, consent=0.6, ja4=None):
        (agent, own_ja4), rng = self.rng.choice(family), self.rng
        device = f"{rng.getrandbits(64):016x}" if rng.random() < consent else None
        agent = agent.format(v=rng.randint(145, 148), m=rng.randint(2, 4))
        return Client(agent, ja4 or own_ja4, device, "app" if family is APPS else "web")

    def new_mail(self):
        pick, n = self.rng.choice, self.rng.randrange(3000)
        mail = f"{pick(NAMES)}{pick(['', '.', '_'])}{pick(NAMES)}{pick([n, n // 30, ''])}@{pick(DOMAINS)}"
        return self.new_mail() if mail in self.accounts else mail

    def new_secret(self, pin):
        kind, rng = self.rng.random(), self.rng
        if not pin or kind > 0.5:
            return f"{rng.randrange(10000):04d}" if pin else f"{rng.getrandbits(40):010x}"
        return rng.choices(TOP_PINS, range(30, 0, -2))[0] if kind < 0.12 else rng.choice(LIKELY_PINS)

    def slip(self, text):
        at = self.rng.randrange(min(9, len(text)))
        return text[:at] + self.rng.choice("0123456789".replace(text[at], "")) + text[at + 1 :]

    def some(self, count):
        return self.rng.choices(self.people, k=max(1, round(count * self.scale)))

    def moment(self, country):
        hour = self.rng.triangular(5, 26, 18) - self.lands[country][1]
        return (self.rng.randrange(3) * DAY + hour * HOUR) % SPAN

    def caller(self, member, at, label=None, client=None):
        rng, place = self.rng, "airport"
        device = member.app if member.app and rng.random() < 0.6 else member.phone
        if at > member.departs + HOUR:
            place = rng.choices(("hotel", "airport", "mobile", "esim", "vpn"), (40, 14, 28, 10, 8))[0]
        elif at < member.departs - 3 * HOUR:
            place = rng.choices(("home", "mobile", "vpn"), (66, 27, 7))[0]
        if place in ("home", "vpn") and rng.random() < 0.65:
            device = member.desk if rng.random() < 0.9 else self.browser(DESKTOPS)
        return Caller(rng.choice((self.pools | member.nets)[place]), client or device, label or place)

    def wake(self, actor):
        at = next(actor, SPAN)
        if at < SPAN:
            heapq.heappush(self.queue, (max(at, self.now), self.rng.random(), actor))

    def visit(self, member, start, caller=None, slips=0.09, forgets=0.05):
        yield start
        rng, caller, forgot = self.rng, caller or self.caller(member, start), self.rng.random() < forgets
        keypad = caller.client.app in ("kiosk", "ivr")
        name = member.number if member.by_number or keypad else member.my_mail
        if rng.random() < 0.07:
            self.ask(caller, "lookup", rng.choice((name, self.slip(name), rng.choice(self.people).number)))
        for _ in range(rng.choice((2, 3, 3, 4, 7))):
            kind, secret = rng.random() / slips, member.old if forgot else member.knows
            typed = self.slip(name) if kind < 0.3 else name, self.slip(secret) if 0.3 <= kind < 1 else secret
            label = "typo" if kind < 1 else "forgotten" if forgot else caller.label
            reason = self.login(caller._replace(label=label), *typed, rng.random() < 0.94)
            if reason is None:
                if not keypad and rng.random() < 0.01 and member.mail == member.my_mail:
                    yield self.now + rng.uniform(40, 600)
                    member.my_mail = self.new_mail()
                    self.change(caller._replace(label="mail_change"), member, member.my_mail)
                return
            forgot = forgot and rng.random() < 0.6
            yield self.now + (rng.uniform(200, 900) if reason == "locked" else rng.uniform(6, 45))
        if not keypad and rng.random() < 0.75:
            yield from self.recover(member, caller._replace(label="reset"), name)

    def recover(self, member, caller, name):
        """A reset by mail; whoever has lost the mail address to a thief needs the call centre."""
        self.ask(caller, "password_reset", name)
        yield self.now + self.rng.uniform(40, 500)
        if stolen := member.mail != member.my_mail:
            yield self.now + self.rng.uniform(900, 6 * HOUR)
        member.old, member.knows = member.knows, self.new_secret(member.pin)
        self.change(self.call_centre if stolen else caller, member, stolen and member.my_mail, member.knows)
        yield self.now + self.rng.uniform(10, 60)
        self.login(caller, name, member.knows)

    def renewals(self, member, token, calls):
        for at, caller in calls:
            yield at
            reason = None if token == member.token else "expired"
            if self.write(caller, "token", member.number, reason, member) and not caller.attack:
                yield from self.visit(member, self.now + 20, caller._replace(label="app_login"))
                token = member.token

    def join(self, start, caller):
        yield start
        mail, secret, number = self.new_mail(), self.new_secret(False), str(612000000 + len(self.accounts))
        self.accounts[number] = self.accounts[mail] = Member(number, mail, secret, bool(caller.attack))
        self.write(caller, "signup", mail, None)
        if self.rng.random() < 0.6:
            yield self.now + self.rng.uniform(60, 5 * HOUR)
            self.login(caller, mail, secret)

    def press(self, label, exits, clients, uses, targets, start, hours, count, attack=1):
        """Works through (name, secret) targets; without a secret it looks up and keeps what exists."""
        yield start
        rng, left, sale = self.rng, 0, attack / 3
        for _, (name, secret) in zip(range(count), targets):
            if left == 0:
                left, net, client = rng.randint(1, uses), exits(), clients()
            left, caller = left - 1, Caller(net, client, label, attack)
            if secret is None:
                if not self.ask(caller, "lookup", name) and attack:
                    self.found.append(name)
            elif self.login(caller, name, secret, not attack) in (None, "bad_mfa") and rng.random() < sale:
                self.wake(self.thief(self.accounts[name], secret, self.now + rng.uniform(0.3, 10) * HOUR))
            yield self.now + rng.expovariate(count / (hours * HOUR))

    def thief(self, member, secret, start):
        """By hand, from elsewhere: log in, look about, take over the mail address, then the secret."""
        yield start
        rng, abroad = self.rng, self.rng.choice((("mobile", "VN"), ("mobile", "BR"), "vpn", "hotel"))
        net = self.proxy() if rng.random() < 0.25 else rng.choice(self.pools[abroad])
        caller = Caller(net, self.browser(), "mile_thief", 1)
        if self.login(caller, member.number, secret, rng.random() < 0.15):
            return
        yield self.now + rng.uniform(40, 900)
        self.change(caller, member, self.new_mail())
        yield self.now + rng.uniform(60, 400)
        self.change(caller, member, None, self.new_secret(False))
        yield self.now + rng.uniform(30, 5 * HOUR)
        self.login(caller, member.number, member.secret)

    def breach_list(self):
        """Pairs from other sites: three fifths strangers, most others outdated, about 1.5 % right."""
        rng, leaked = self.rng, [member for member in self.people if member.leaked]
        while True:
            kind, member, victim = rng.random(), rng.choice(self.people), rng.choice(leaked)
            pair = (member.my_mail, member.old) if kind < 0.4 else (self.new_mail(), self.new_secret(False))
            self.breached.update([pair] if rng.random() < 0.75 else [])
            yield pair if kind > 0.016 else (victim.my_mail, victim.leaked)

    def plan_people(self):
        rng, pools, moment = self.rng, self.pools, self.moment
        ivr = self.browser([("IVR/2.8", GO_JA4)], 0)._replace(app="ivr")
        self.call_centre = Caller(pools["partner"][0], ivr, "call_centre")
        screens = [self.browser(DESKTOPS[:1], 1)._replace(app="kiosk") for _ in pools["airport"]]
        for member in self.people:
            for _ in range(rng.choices(range(5), (40, 38, 12, 6, 4))[0]):
                self.wake(self.visit(member, moment(member.country)))
            times = sorted(moment(member.country) for _ in range(rng.randint(1, 6)))
            if member.app and rng.random() < 0.5:
                calls = [(at, self.caller(member, at, "app_token", member.app)) for at in times]
                self.wake(self.renewals(member, 0, calls))
        for _ in self.some(26):
            takeoff, net = rng.uniform(0, SPAN), rng.choice(pools["aircraft"])
            for member in rng.sample(self.people, rng.randint(25, 100)):
                caller = Caller(net, member.app or member.phone, "aircraft")
                self.wake(self.visit(member, takeoff + rng.expovariate(1 / 1500), caller, 0.14, 0.16))
        for member in self.some(1100):
            net, screen = rng.choice(list(zip(pools["airport"], screens)))
            self.wake(self.visit(member, moment(net.country), Caller(net, screen, "kiosk"), 0.14, 0.06))
            self.wake(self.visit(self.some(0)[0], moment(member.country), self.call_centre, 0.16, 0.12))
        for member in self.some(4400):
            at = CAMPAIGN + rng.uniform(0, 2400) + rng.expovariate(1 / rng.choice((120, 2400, 5 * HOUR)))
            self.wake(self.visit(member, at, self.caller(member, at, "campaign"), 0.11, 0.27))
            if rng.random() < 0.2:
                self.wake(self.join(at + rng.uniform(90, 900), self.caller(member, at, "campaign_signup")))

    def plan_partners(self):
        rng, partners = self.rng, [("price_scraper", 1200, PYTHON_JA4, 0, 23), ("agency", 400, None, 7, 9)]
        partners += [("booking_robot", 700, PYTHON_JA4, 1, 2), ("booking_robot", 500, GO_JA4, 14, 2)]
        for label, size, ja4, start, hours in partners + [("agency", 350, None, 3, 9)]:
            exits = partial(rng.choice, rng.sample(self.pools["partner"], 2) if ja4 else [self.line("DE")])
            clients = partial(rng.choice, [self.browser(DESKTOPS[:1], not ja4, ja4)])
            file = [(m.number, m.old if rng.random() < 0.07 else m.knows) for m in self.some(size)]
            for day in range(3):
                todo, begin = rng.sample(file, len(file) * 4 // 5), day * DAY + start * HOUR
                if label == "price_scraper":
                    todo = [(self.slip(name) if rng.random() < 0.07 else name, None) for name, _ in todo]
                self.wake(self.press(label, exits, clients, 1, todo, begin, hours, len(todo), 0))

    def plan_attacks(self):
        rng, pools, go = self.rng, self.pools, partial(self.browser, DESKTOPS[:1], 0, GO_JA4)
        web, app, home, pairs = self.browser, partial(self.browser, APPS, 1), self.proxy, self.breach_list()
        cloud, travel = (partial(rng.choice, p) for p in (pools["cloud"], pools["hotel"] + pools["airport"]))
        low, mid, top = (rng.sample(range(first, first + self.span), self.span) for first in RANGES[1:4])
        known = ((number, pin) for pin in TOP_PINS for number in self.found)
        ranges = ((str(n), pin) for pin in TOP_PINS for n in top[: self.span // 3])
        errors, python = ((str(n), self.new_secret(True)) for n in mid), partial(
            web, DESKTOPS[:1], 0, PYTHON_JA4
        )
        raids = [("enumeration_lookup", home, python, 4, ((str(n), None) for n in low), 5 * HOUR, 9, 4000)]
        raids += [("enumeration_login", home, go, 3, errors, 2 * DAY + HOUR, 8, 2800)]
        raids += [("pin_spray_residential", home, app, 2, ranges, 14 * HOUR, 11, 6000)]
        raids += [("pin_spray_cloud", cloud, go, 9, known, DAY + 2 * HOUR, 6, 4500)]
        raids += [("stuffing", home, web, 2, pairs, 2 * DAY + 9 * HOUR, 9, 6500)]
        raids += [("stuffing_campaign", home, web, 2, pairs, CAMPAIGN, 4, 5500)]
        raids += [("stuffing_slow", travel, web, 2, pairs, 0, 71, 1500)]
        for *how, count in raids:
            self.wake(self.press(*how, len(self.some(count))))
        for victim in [member for member in self.people if member.pin][: len(self.some(9))]:
            pins = TOP_PINS + LIKELY_PINS + rng.sample([f"{pin:04d}" for pin in range(10000)], 250)
            end = pins.index(victim.secret) + 1 if victim.secret in pins else len(pins)  # stops when it opens
            tries, start = [(victim.number, pin) for pin in pins], rng.uniform(0, 60) * HOUR
            self.wake(self.press("pin_brute", home, rng.choice((web, app)), 2, tries, start, end / 60, end))
        for member in self.some(70):
            self.wake(self.thief(member, member.secret, rng.uniform(0, SPAN)))
        farm = [self.browser() for _ in range(40)]
        for member in self.some(1500):
            own, at = rng.random() < 0.03, CAMPAIGN + 60 + rng.expovariate(1 / (8 * HOUR))
            face = (member.nets["home"][0], member.desk) if own else (self.proxy(), rng.choice(farm))
            self.wake(self.join(at, Caller(*face, "fake_signup", 1, int(own))))
        for member in [member for member in self.people if member.app][: len(self.some(110))]:
            start, near = rng.uniform(0, SPAN), rng.random() < 0.25
            net = rng.choice(member.nets["mobile"]) if near else rng.choice((self.proxy(), cloud()))
            caller = Caller(net, member.app, "token_replay", 1, int(near))
            calls = [(start + rng.uniform(0, 9000), caller) for _ in range(rng.randint(1, 5))]
            self.wake(self.renewals(member, 0, calls))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Labelled login traffic of an airline's loyalty programme")
    for option, default in {"seed": 1, "users": 18000, "out": "miles.ndjson", "labels": "miles.csv"}.items():
        parser.add_argument("--" + option, type=type(default), default=default)
    options = parser.parse_args()
    world = World(options.seed, options.users)
    world.plan_people()
    world.plan_partners()
    world.plan_attacks()
    while world.queue:
        world.now, _, actor = heapq.heappop(world.queue)
        world.wake(actor)
    with open(options.out, "w") as log, open(options.labels, "w", newline="") as table:
        log.writelines(json.dumps(event) + "\n" for event in world.events)
        writer, first = csv.writer(table, lineterminator="\n"), world.labels[0][4]
        writer.writerow("event_id attack class outcome time username undecidable".split())
        writer.writerows([*row[:4], (row[4] - first) / 1000, *row[5:]] for row in world.labels)
