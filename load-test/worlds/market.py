"""Labelled login traffic of "Feriante", a classifieds and second-hand marketplace in South America and Spain.

20,000 accounts; two ASNs (7303, 22927) carry 60 % of the people. Most use a cheap prepaid Android phone: one
of a few dozen CGNAT addresses, shared with hundreds, new often each day. Three browsers dominate, JA4
collapses to three values, most cookies are blocked, families share a phone. In-app browsers leave by a social
network's proxies, offices inspect TLS, some travel or use a VPN, a terminal in a cafe (locutorio) serves a
hundred. Sellers have several accounts, staff and scripts; old apps repeat an old password. People log in by
password or magic link (a look-up sends it, kind token redeems it), mistype, forget, reset. A tenth of the
traffic is sign-ups; on Friday a street fair enrols vendors on one tablet. From Wednesday noon in Buenos Aires
a day without attacks, then 36 hours with 45 %: stuff_carrier (proxy farms in the two ASNs, copied user
agents), stuff_abroad (waves, lazy tools), fake_signup (the same carriers; used as own_account amid the
stuffing to hide its failures, as own_home from homes), spray, brute_single, brute_spread (on top sellers, one
address or many), enum_phone, hijack (phished sellers, from their carrier and city), token_abuse (links asked
for, then guessed, replayed late or read by malware), rotate_all (all new each try), one_device (one id for
thousands of names), evening (its three busiest hours), four_am (a burst at night).
"""

import argparse, heapq, hmac, json, random
from collections import namedtuple
from datetime import datetime, timedelta, timezone
from types import SimpleNamespace

HOUR, END = 3600.0, 60
START = datetime(2025, 10, 15, 12, tzinfo=timezone(timedelta(hours=-3)))
RHYTHM = [30, 16, 8, 5, 4, 6, 14, 28, 40, 46, 50, 54, 62, 64, 56, 52, 54, 60, 68, 80, 94, 100, 88, 56]
Carrier = namedtuple("Carrier", "share asn country mobile fixed ahead")  # ahead: hours before Buenos Aires
CARRIERS = [Carrier(34, 7303, "AR", "181.30", "190.19", 0), Carrier(26, 22927, "AR", "186.141", "190.49", 0)]
CARRIERS += [Carrier(8, 11664, "AR", "170.51", "200.26", 0), Carrier(9, 26611, "CO", "191.156", "181.48", -2)]
CARRIERS += [Carrier(7, 12252, "PE", "179.7", "181.67", -2), Carrier(4, 27651, "CL", "186.9", "200.72", 0)]
CARRIERS += [Carrier(3, 6057, "UY", "167.57", "179.24", 0), Carrier(9, 3352, "ES", "176.83", "81.39", 5)]
RENTED = [(9009, "ES", "185.93"), (14061, "US", "167.99"), (16276, "FR", "51.91"), (24940, "DE", "88.198")]
FOREIGN = [(28573, "BR", "177.81"), (7922, "US", "73.44"), (3269, "IT", "87.6"), (45899, "VN", "113.161")]
CHROME, FIREFOX = "t13d1516h2_8daaf6152771_02713d6af862", "t13d1715h2_5b57614c22b0_5c2c66f702b0"
OPENSSL, BLINK = "t13d1812h1_85036bcba153_d41ae481755e", "AppleWebKit/537.36 (KHTML, like Gecko)"
DROID, WINDOWS = f"Mozilla/5.0 (Linux; Android 10; K) {BLINK}", "Mozilla/5.0 (Windows NT 10.0; Win64; x64"
ON_DROID = {"Chrome/141.0.0.0": 44, "Chrome/140.0.0.0": 19, "SamsungBrowser/28.0 Chrome/130.0.0.0": 19}
COPIED = {f"{DROID} {browser} Mobile Safari/537.36": share for browser, share in ON_DROID.items()}
PHONES = COPIED | {f"{DROID} Version/4.0 Chrome/141.0.0.0 Mobile [FB_IAB/FB4A;FBAV/533.0]": 14}
DESKTOPS = {f"{WINDOWS}) {BLINK} Chrome/{v}.0.0.0 Safari/537.36": n for v, n in ((141, 82), (109, 8))}
DESKTOPS[f"{WINDOWS}; rv:143.0) Gecko/20100101 Firefox/143.0"] = 10
SCRIPT, OLD_APP = {"python-requests/2.32.3": 1}, {"okhttp/4.9.3": 1}
LAZY = SCRIPT | {f"{WINDOWS}) {BLINK} Chrome/109.0.0.0 Safari/537.36": 3}
POPULAR = "123456 12345678 argentina boca1905 riverplate 123456789 teamo feria2025 colombia hola1234".split()
FIRST = "juan maria luis sofia carlos lucia jorge paula diego camila ana pedro rosa martin elena nico".split()
LAST = "gomez perez diaz lopez garcia romero sosa torres ruiz vega castro rojas molina silva ortiz".split()
DIALS = {"AR": "+54911", "CO": "+5731", "PE": "+519", "CL": "+569", "UY": "+5989", "ES": "+346"}
Tag = namedtuple("Tag", "name attack own undecidable", defaults=(0, False, 0))  # own: attacker's account
Device = namedtuple("Device", "user_agent ja4 jar token")


class Market:
    """The clock, the server with its accounts and log, the people with their sessions, the attackers."""

    def __init__(self, rng, users):
        self.rng, self.users, self.now, self.queue = rng, users, 0.0, []
        self.accounts, self.names, self.fakes, self.log, self.people, self.sellers = {}, [], [], [], [], []
        self.pools = {c: self.pool(2 + users * c.share // 60000, c[1:4]) for c in CARRIERS}
        self.rented, self.foreign = self.pool(30, *RENTED), self.pool(50, *FOREIGN)
        self.abroad, self.in_app = self.rented + self.foreign, self.pool(8, (32934, "US", "66.220"))
        self.cafes = [(self.line(CARRIERS[i]), self.device(DESKTOPS, jar="kept")) for i in (0, 0, 1, 3)]
        while len(self.names) < users:
            self.household(len(self.names) < users * 0.045)

    def start(self, moment, session):
        """Run a generator from that moment on; it yields how long it waits before it goes on."""
        heapq.heappush(self.queue, (moment, self.rng.random(), session))

    def run(self):
        while self.queue and self.queue[0][0] < END * HOUR:
            self.now, _, session = heapq.heappop(self.queue)
            wait = next(session, None)
            if wait is not None:
                self.start(self.now + max(0.05, wait), session)

    def register(self, name, password):
        account = SimpleNamespace(name=name, password=password, remembered=password, link=(0, 0))
        account.fails, account.failed_at, account.locked_until = 0, -HOUR, 0
        self.accounts[name] = account
        self.names.append(name)
        return account

    def judge(self, kind, name, secret):
        """The reason to refuse, or None; accounts change as the request asks."""
        account = self.accounts.get(name)
        if kind == "signup":
            if account or self.rng.random() < 0.04:  # the name is taken; the captcha failed
                return "other"
            self.register(name, secret)
        elif not account:
            return "unknown_user"
        elif kind == "login":
            if self.now < account.locked_until:
                return "locked"
            recent, right = self.now - account.failed_at < 900, secret == account.password
            account.fails, account.failed_at = 0 if right else account.fails * recent + 1, self.now
            account.locked_until = self.now + 900 if account.fails >= 6 else 0
            return None if right else "bad_password"
        elif kind == "lookup":
            account.link = (self.rng.getrandbits(40), self.now + 900)
        elif kind == "token":
            if secret != account.link[0] or self.now > account.link[1]:
                return "expired" if secret else "other"
            account.link = (0, 0)
        elif secret:  # the second half of a reset
            account.password, account.fails, account.locked_until = secret, 0, 0

    def attempt(self, tag, kind, name, client, secret=None):
        """One request: judged, and written down with its label; returns the reason of a refusal or None."""
        reason, ((ip, asn, country), device) = self.judge(kind, name, secret), client
        event = {"event_id": f"f-{self.rng.getrandbits(80):020x}"}
        event["time"] = (START + timedelta(seconds=self.now)).isoformat(timespec="milliseconds")
        event |= {"kind": kind, "outcome": "failure" if reason else "success", "username": name, "ip": ip}
        event |= {"asn": asn, "country": country, "user_agent": device.user_agent, "ja4": device.ja4}
        device_id = {"kept": device.token, "fresh": f"d{self.rng.getrandbits(64):016x}"}.get(device.jar)
        event |= {"device_id": device_id} if device_id else {}
        event |= {"failure_reason": reason} if reason else {}
        if kind != "token" and secret:
            event["password_fingerprint"] = hmac.new(b"feria", secret.encode(), "sha256").hexdigest()[:24]
        entered = kind in ("login", "token") and not reason and not tag.own
        self.log.append((event, tag, "success" if entered else "failure", self.now))
        return reason

    def write(self, log_path, labels_path):
        with open(log_path, "w") as log, open(labels_path, "w") as labels:
            labels.write("event_id,attack,class,outcome,time,username,undecidable\n")
            for event, tag, outcome, now in self.log:
                log.write(json.dumps(event, separators=(",", ":")) + "\n")
                labels.write(f"{event['event_id']},{tag.attack},{tag.name},{outcome},")
                labels.write(f"{now - self.log[0][3]:.3f},{event['username']},{tag.undecidable}\n")

    def pool(self, size, *networks):
        each, pick = [network for network in networks for _ in range(size)], self.rng.randrange
        return [(f"{head}.{pick(256)}.{pick(1, 255)}", asn, country) for asn, country, head in each]

    def line(self, carrier):
        ip, asn, country = self.pool(1, (carrier.asn, carrier.country, carrier.fixed))[0]
        v6 = f"2800:{asn % 9000:x}:{self.rng.getrandbits(16):x}:{self.rng.getrandbits(16):x}::a1"
        return (v6 if self.rng.random() < 0.2 else ip), asn, country

    def device(self, browsers, ja4=None, jar=None):
        user_agent = self.rng.choices(list(browsers), list(browsers.values()))[0]
        modes = (0, 0, 1) if "FB_IAB" in user_agent else (21, 5, 74)
        jar, ja4 = jar or self.rng.choices(("kept", "fresh", "blocked"), modes)[0], ja4 or CHROME
        ja4 = FIREFOX if "Firefox" in user_agent else ja4
        return Device(user_agent, ja4, jar, f"d{self.rng.getrandbits(64):016x}")

    def password(self):
        rng, weights = self.rng, [1 / (i + 1) for i in range(len(POPULAR))]
        own = f"{rng.choice(FIRST)}{rng.randrange(10000)}{rng.choice('.!*abc')}{rng.randrange(100)}"
        return own if rng.random() < 0.9 else rng.choices(POPULAR, weights)[0]

    def free_name(self, country, mail=0.5):
        """A mail address or phone number that nobody has here."""
        rng, digits = self.rng, 13 - len(DIALS[country])
        name = DIALS[country] + f"{rng.randrange(10 ** digits):0{digits}d}"
        if rng.random() < mail:
            name = f"{rng.choice(FIRST)}{rng.choice(('.', '_', ''))}{rng.choice(LAST)}{rng.randrange(3000)}"
            name += rng.choices(("@gmail.com", "@hotmail.com", "@yahoo.com.ar"), (70, 22, 8))[0]
        return name if name not in self.accounts else self.free_name(country, mail)

    def household(self, shop):
        """A family, partly on one phone, or a shop with several accounts that all of its staff uses."""
        rng, size = self.rng, self.rng.choices((1, 2, 3, 4), (62, 20, 12, 6))[0]
        carrier = rng.choices(CARRIERS, [c.share for c in CARRIERS])[0]
        phone, desk, inspected = self.device(PHONES), self.device(DESKTOPS), self.device(DESKTOPS, OPENSSL)
        names = [self.free_name(carrier.country) for _ in range(size + shop)]
        accounts = [self.register(name, self.password()) for name in names]
        home = self.line(carrier) if shop or rng.random() < 0.55 else None
        for i in range(size):
            crowd = "seller" if shop else "family" if size > 1 and rng.random() < 0.7 else "daily"
            person = SimpleNamespace(accounts=accounts if shop else [accounts[i]], carrier=carrier, home=home)
            person.crowd, person.magic, person.lease_until = crowd, not shop and rng.random() < 0.3, -1
            person.devices = [phone if crowd == "family" else self.device(PHONES)]
            person.office = self.line(carrier) if not shop and rng.random() < 0.12 else None
            if shop or person.office or rng.random() < 0.15:
                person.devices.append(inspected if person.office and rng.random() < 0.4 else desk)
            self.people += [person] * (3 if shop else 1)
            self.sellers += [person] * shop

    def setting(self, person):
        """Where a person is and what he holds: crowd and client."""
        rng, luck, device = self.rng, self.rng.random(), self.rng.choice(person.devices)
        at_desk = device is not person.devices[0]
        if luck < 0.06:
            abroad = rng.choice(self.abroad), device  # travellers and VPN
            return ("locutorio", rng.choice(self.cafes)) if luck < 0.025 else ("abroad", abroad)
        if "FB_IAB" in device.user_agent and luck < 0.8:
            return "in_app", (rng.choice(self.in_app), device)
        fixed = at_desk and person.office or person.home
        if fixed and (at_desk or luck < 0.5):
            return "office" if fixed is person.office else person.crowd, (fixed, device)
        if self.now > person.lease_until:
            person.lease = rng.choice(self.pools[person.carrier])
            person.lease_until = self.now + rng.expovariate(1 / (3 * HOUR))
        return person.crowd, (person.lease, device)

    def mistyped(self, text):
        spot = self.rng.randrange(2, len(text))
        return text[:spot] + self.rng.choice("0123456789".replace(text[spot], "")) + text[spot + 1 :]

    def visit(self, person):
        """A login by link or password; a seller goes through some of his accounts."""
        place, client = self.setting(person)
        for account in self.rng.sample(person.accounts, self.rng.randint(1, len(person.accounts))):
            if person.magic and self.rng.random() < 0.75:
                yield from self.link_login(person, account, client)
            else:
                yield from self.password_login(account, place, client)
            yield self.rng.uniform(5, 60)

    def link_login(self, person, account, client):
        rng, tag = self.rng, Tag("magic")
        self.attempt(tag, "lookup", account.name, client)
        link, opener = account.link[0], rng.choice([client[1], client[1]] + person.devices)
        yield rng.expovariate(1 / 200) + 8
        for _ in range(rng.choices((1, 2, 3), (84, 12, 4))[0]):
            secret = link if rng.random() < 0.95 else None  # a messenger cut the link short
            self.attempt(tag, "token", account.name, (client[0], opener), secret)
            yield rng.uniform(1, 40)

    def password_login(self, account, crowd, client):
        rng, mood, tries = self.rng, self.rng.random(), [account.remembered]
        if mood < 0.08:
            crowd, tries = "forgot", [self.mistyped(tries[0]) for _ in range(rng.randint(1, 7))]
        elif mood < 0.17:
            crowd, tries = "typo", [self.mistyped(tries[0])] * rng.randint(1, 2) + tries
        elif mood < 0.19:
            self.attempt(Tag("typo"), "login", self.mistyped(account.name), client, tries[0])
            yield rng.uniform(4, 30)
        for password in tries:
            if not self.attempt(Tag(crowd), "login", account.name, client, password):
                return
            yield rng.uniform(4, 40)
        for secret in (None, self.password()) if rng.random() < 0.8 else ():
            self.attempt(Tag("forgot"), "password_reset", account.name, client, secret)
            account.remembered = secret or account.remembered
            yield rng.uniform(20, 200)
        self.attempt(Tag("forgot"), "login", account.name, client, account.remembered)

    def newcomer(self, model):
        """Somebody signs up, some forgot that they have an account; many come back the same day."""
        rng, person, password = self.rng, SimpleNamespace(**vars(model)), self.password()
        person.devices, person.magic, person.lease_until = [self.device(PHONES)], False, -1
        _, client = self.setting(person)
        name = model.accounts[0].name if rng.random() < 0.06 else self.free_name(model.carrier.country)
        while self.attempt(Tag("signup"), "signup", name, client, password) and rng.random() < 0.6:
            yield rng.uniform(5, 40)
        if name in self.accounts and rng.random() < 0.3:
            person.accounts = [self.accounts[name]]
            yield rng.uniform(60, 9 * HOUR)
            yield from self.visit(person)

    def machine(self, crowd, person, client, password=None):
        """A seller's script, or an old app that never heard of the new password, logs in every hour."""
        while True:
            for account in person.accounts:
                self.attempt(Tag(crowd), "login", account.name, client, password or account.remembered)
                yield self.rng.uniform(0.5, 3)
            yield HOUR * self.rng.uniform(0.9, 1.2)

    def moments(self, count, begin, end, ahead=None):
        """Times between two hours of the log; in the rhythm of the day where hours ahead are given."""
        width = (end - begin) / 60
        slots = [begin + width * i for i in range(60)]
        weights = [1 if ahead is None else RHYTHM[int(12 + slot + ahead) % 24] for slot in slots]
        chosen = self.rng.choices(slots, weights, k=int(count))
        return sorted(HOUR * (slot + width * self.rng.random()) for slot in chosen)

    def plan_honest(self):
        rng, users = self.rng, self.users
        for person in rng.choices(self.people, k=int(users * 1.43)):
            self.start(self.moments(1, 0, END, person.carrier.ahead)[0], self.visit(person))
        for moment in self.moments(users * 0.29, 0, END, 0):
            self.start(moment, self.newcomer(rng.choice(self.people)))
        for person in rng.sample(self.sellers, users // 2500):
            client = rng.choice(self.rented), self.device(SCRIPT, OPENSSL, "blocked")
            self.start(rng.uniform(0, HOUR), self.machine("seller_tool", person, client))
        for person in rng.choices(self.people, k=users // 1000):
            client = rng.choice(self.pools[person.carrier]), self.device(OLD_APP, OPENSSL)
            self.start(rng.uniform(0, 1e5), self.machine("stale_client", person, client, self.password()))
        tablet = self.source([self.line(CARRIERS[0])], lambda: self.device(COPIED, jar="kept"), users, users)
        vendor = lambda: (self.free_name("AR"), "feria2025")
        self.start(0, self.campaign("fair", 0.008, 51, 54, tablet, vendor, None, "signup"))

    def source(self, addresses, make_device, fewest, most):
        """Clients without end: an address and a device kept for some tries."""
        while True:
            client = self.rng.choice(addresses), make_device()
            yield from [client] * self.rng.randint(fewest, most)

    def campaign(self, name, share, begin, end, source, pick, ahead=None, kind="login"):
        """Takes its share of one budget, which makes attacks 45 % of the last 36 hours."""
        tag = Tag(name, int(name != "fair"), name.startswith(("fake", "own")), int(name == "own_home"))
        for moment in self.moments(self.users * 1.55 * share, begin, end, ahead):
            yield moment - self.now
            user, secret = pick()
            if not self.attempt(tag, kind, user, next(source), secret) and name == "fake_signup":
                self.fakes.append((user, secret))

    def leaked(self, known, reuse):
        """From a list of other sites: some names exist here, few of them with that password."""
        rng, name = self.rng, self.free_name(self.rng.choice(("AR", "AR", "CO")))
        name = rng.choice(self.names) if rng.random() < known else name
        hit = name in self.accounts and rng.random() < reuse
        return name, self.accounts[name].remembered if hit else self.password()

    def guess(self, names):
        account, lucky = self.accounts[self.rng.choice(names)], self.rng.random() < 0.01
        return account.name, account.password if lucky else self.mistyped(account.password)

    def token_theft(self, source):
        """Asks for a link in the victim's name, then guesses, replays an old one, or has malware read it."""
        rng, luck, tag = self.rng, self.rng.random(), Tag("token_abuse", 1)
        victim, client = rng.choice(self.people), next(source)
        if luck < 0.04:  # the malware acts itself, on the victim's phone
            tag, (_, client) = tag._replace(undecidable=1), self.setting(victim)
        name = rng.choice(victim.accounts).name
        self.attempt(tag, "lookup", name, client)
        link = self.accounts[name].link[0] if luck < 0.12 else 1 if luck < 0.4 else None
        for _ in range(1 if luck < 0.12 else rng.randint(1, 4)):
            yield rng.uniform(2, 60)
            self.attempt(tag, "token", name, client, link)

    def hijack(self, seller, den, phone):
        """A phished password, used on the crew's phones in the seller's city; often it is changed at once."""
        rng, account = self.rng, self.rng.choice(seller.accounts)
        address = den if rng.random() < 0.3 else rng.choice(self.pools[seller.carrier])
        tag = Tag("hijack", 1, False, int(address is not den and phone.jar == "blocked"))
        if rng.random() < 0.2:  # the victim mistyped it on the phishing page
            self.attempt(tag, "login", account.name, (address, phone), self.mistyped(account.remembered))
            yield rng.uniform(10, 60)
        refused = self.attempt(tag, "login", account.name, (address, phone), account.remembered)
        account.password = account.password if refused or rng.random() < 0.6 else self.password()

    def plan_attacks(self):
        rng, source, leaked = self.rng, self.source, self.leaked
        launch = lambda *plan: self.start(0, self.campaign(*plan))
        farm, tels = self.pools[CARRIERS[0]] + self.pools[CARRIERS[1]], [n for n in self.names if n[0] == "+"]
        homes = [person.home for person in self.people if person.home]
        kept, top = self.device(COPIED, jar="kept"), self.names[:300:9]  # the shops were first
        copied, lazy = lambda: self.device(PHONES), lambda: self.device(LAZY, OPENSSL, "blocked")
        anew = lambda: self.device(COPIED | DESKTOPS, jar=rng.choice(("fresh", "blocked")))
        newborn = lambda: (self.free_name("AR"), rng.choice((self.password(), rng.choice(POPULAR))))
        number = lambda: (rng.choice(tels) if rng.random() < 0.15 else self.free_name("AR", 0), None)
        fake, leak, hot = lambda: rng.choice(self.fakes), lambda: leaked(0.4, 0.02), lambda: leaked(0.6, 0.03)
        mobile, mixed = source(farm, copied, 3, 40), source(farm + self.abroad, copied, 2, 25)
        launch("stuff_carrier", 0.26, 24.01, 60, mobile, leak, 0)
        launch("own_account", 0.008, 26, 60, mobile, fake, 0)
        launch("own_home", 0.003, 27, 60, source(rng.sample(homes, 50), copied, 1, 3), fake, 0)
        launch("fake_signup", 0.16, 24.01, 60, source(farm, copied, 1, 6), newborn, 0, "signup")
        launch("one_device", 0.085, 30, 57, source(farm + self.foreign, lambda: kept, 2, 30), hot, 0)
        launch("rotate_all", 0.055, 24.01, 60, source(homes + self.foreign, anew, 1, 1), hot, 0)
        launch("brute_spread", 0.055, 28, 58, source(homes, copied, 1, 1), lambda: self.guess(top[:12]))
        launch("spray", 0.075, 29, 60, mixed, lambda: (rng.choice(self.names), rng.choice(POPULAR[:5])))
        launch("enum_phone", 0.085, 31, 46, source(farm + self.rented, copied, 9, 60), number, None, "lookup")
        launch("four_am", 0.03, 40, 40.7, mixed, leak)
        for begin in (32, 56):
            launch("evening", 0.03, begin, begin + 3, source(farm, copied, 1, 8), hot)
        for begin in (26, 38, 49):
            launch("stuff_abroad", 0.045, begin, begin + 2.5, source(self.abroad, lazy, 5, 50), leak)
        for begin in (25, 36, 44, 55):
            one, three = source([rng.choice(self.abroad + farm)], copied, 2000, 2000), rng.sample(top, 3)
            launch("brute_single", 0.01, begin, begin + 0.8, one, lambda names=three: self.guess(names))
        for moment in self.moments(self.users * 0.02, 26, 60, 0):
            self.start(moment, self.token_theft(mixed))
        crew = [(self.line(CARRIERS[0]), copied()) for _ in range(4)]
        for moment in self.moments(self.users / 250, 25, 59, 0):
            self.start(moment, self.hijack(rng.choice(self.sellers), *rng.choice(crew)))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Labelled login traffic of a marketplace.")
    for option, default in {"seed": 1, "users": 20000, "out": "log.ndjson", "labels": "log.csv"}.items():
        parser.add_argument(f"--{option}", type=type(default), default=default)
    options = parser.parse_args()
    market = Market(random.Random(options.seed), options.users)
    market.plan_honest()
    market.plan_attacks()
    market.run()
    market.write(options.out, options.labels)
