"""Two days of labelled login traffic of a game publisher, Ember Forge: PC launcher, web shop and forum.

The service. Launchers keep long-lived tokens and show them at start. The launcher sends a hardware id (old
release 6.9 does not) and tells no reason for a refused login; the web tells it, with ja4 and rarely a device
cookie. A third of the players have MFA, which known hardware skips. Six failures in a row lock an account.
The people. Players after their local clock; net cafés in Asia (100 machines on an address, no token kept,
some with one cloned hardware id); families on one account; children who forget; universities; VPNs; cloud
PCs; boosters at customers' accounts; friends who try each other's; smurfs. On Thursday at 15:00 UTC a forced
log-out voids all tokens, and stale launchers hammer with theirs; on Friday at 17:00 a game comes out: outage.
The attackers. Checkers of combo lists: one try an address, on few hosts, slow with rests when nothing works,
or mixed with log-ins to accounts of its own (made at home: undecidable); look-ups (enumeration) that feed a
spray of gamer passwords; crackers of single accounts; farmers' sign-up waves, one in a café; replay of stolen
tokens (from the victim's machine: undecidable); resale, whose reset robs the owner of the account (robbed).
"""

import argparse, csv, heapq, hmac, itertools, json, random
from collections import deque, namedtuple
from datetime import datetime, timedelta, timezone
from types import SimpleNamespace

START, HOUR = datetime(2026, 5, 14, tzinfo=timezone.utc), 3600
END, LOGOUT, RELEASE, BAD_SPELL = 48 * HOUR, 15 * HOUR, 41 * HOUR, (41.3 * HOUR, 42.05 * HOUR)
# country, weight, hours from UTC, networks: two of homes, one of mobiles, one of universities
TABLE = """US 16 -5 7922 7018 21928 25|BR 8 -3 28573 26599 26615 1916|GB 5 1 2856 5089 25135 786
|DE 7 2 3320 3209 6805 680|FR 5 2 3215 12322 5410 2200|PL 5 2 5617 12741 8374 8501|RU 6 3 12389 8402 8359 3267
|CN 12 8 4134 4837 9808 4538|KR 9 9 4766 9318 3786 9488|VN 5 7 45899 18403 7552 24175
|JP 4 9 4713 17676 9605 2907|PH 4 8 9299 17639 4775 9821|ID 4 7 7713 17451 23693 3382"""
COUNTRIES = {row[:2]: [int(n) for n in row[2:].split()] for row in TABLE.replace("\n", "").split("|")}
HOSTING = {16276: "FR", 24940: "DE", 14061: "US", 60781: "NL", 45102: "SG", 20473: "US"}
VPN = {9009: "US", 212238: "JP", 39351: "SE", 60068: "GB"}
NETWORKS = {asn: country for country, row in COUNTRIES.items() for asn in row[2:]} | HOSTING | VPN
PREFIXES = {asn: f"{24 + number}.{number * 41 % 256}" for number, asn in enumerate(NETWORKS)}
RHYTHM = (6, 4, 2, 1, 1, 1, 2, 3, 4, 5, 6, 7, 8, 8, 9, 11, 13, 15, 18, 20, 20, 18, 13, 9)
CROWDS = {"daily": 62, "net_cafe": 12, "family": 6, "child": 6, "university": 6, "vpn": 6, "cloud_pc": 2}
PC, CHROME = "Mozilla/5.0 (Windows NT 10.0; Win64; x64", "t13d1516h2_8daaf6152771_02713d6af862"
SCRIPT = ("python-requests/2.32.3", "t13d1812h1_85036bcba153_d41ae481755e")
BROWSERS = [(f"{PC}) AppleWebKit/537.36 Chrome/{n}.0.0.0 Safari/537.36", CHROME) for n in (147, 148)] * 18
BROWSERS += [(f"{PC}; rv:150.0) Gecko/20100101 Firefox/150.0", "t13d1715h2_5b57614c22b0_3d5424432f57")] * 6
BROWSERS += [("Mozilla/5.0 (Linux; Android 10; K) Chrome/148.0.0.0 Mobile", CHROME)] * 10 + [SCRIPT]
GAMER = """dragon123 minecraft1 qwerty123 fortnite1 password1 pokemon1 naruto123 shadow12 killer123 gamer123
starwars1 master123 letmein1 counter16 valorant1 roblox123 hunter22 pubg1234 iloveyou1 warcraft3""".split()
NOUNS = "mad neon wolf blade fox rider hawk mage panda reaper knight toad viper raven sniper yeti".split()
DOMAINS = "gmail.com gmail.com gmail.com outlook.com yahoo.com naver.com qq.com mail.ru gmx.de".split()
Tag = namedtuple("Tag", "attack name undecidable", defaults=(0,))


class Dice(random.Random):
    def name(self):
        return f"{self.choice(NOUNS)}{self.choice(NOUNS)}{self.randrange(10, 10**6)}"

    def email(self):
        return f"{self.name()}@{self.choice(DOMAINS)}"

    def password(self):
        if self.random() < 0.1:
            return self.choices(GAMER, [1 / (rank + 2) for rank in range(len(GAMER))])[0]
        return f"{self.choice(NOUNS).title()}{self.choice('!_-.#')}{self.getrandbits(28):x}"

    def address(self, asn, size=60000):
        row, host = divmod(self.randrange(size), 254)
        return {"ip": f"{PREFIXES[asn]}.{row}.{host + 1}", "asn": asn, "country": NETWORKS[asn]}

    def line(self, country):
        line, subnet = self.address(self.choice(COUNTRIES[country][2:4])), self.randbytes(4).hex(":", 2)
        sixth = line["asn"] % 3 and self.random() < 0.4
        return line | {"ip": f"2a02:{line['asn'] & 65535:x}:{subnet}::"} if sixth else line


class Player:
    """A person (or an attacker's guise of one) with machines, browser, networks and a memory."""

    def __init__(self, rng, cafes, crowd=None, line=None):
        self.rng, self.crowd = rng, crowd or rng.choices(*zip(*CROWDS.items()))[0]
        self.cafe = rng.choice(cafes) if self.crowd == "net_cafe" else None
        country = rng.choices(list(COUNTRIES), [row[0] for row in COUNTRIES.values()])[0]
        self.country = self.cafe.address["country"] if self.cafe else country
        self.line, cloud = line or rng.line(self.country), rng.address(rng.choice(list(HOSTING)))
        self.fixed = self.cafe.address if self.cafe else cloud if self.crowd == "cloud_pc" else None
        away = {"vpn": (rng.choice(list(VPN)), 25), "university": (COUNTRIES[self.country][5], 6)}
        self.away, self.account, self.token = away.get(self.crowd), None, None
        self.email, self.knows, self.by_name = rng.email(), rng.password(), rng.random() < 0.2
        self.hazy, self.browser = self.crowd == "child" and rng.random() < 0.6, rng.choice(BROWSERS)
        self.version = rng.choices(("7.4.2", "7.4.1", "7.3.8", "6.9.0"), (70, 18, 8, 4))[0]
        self.hardware = None if self.version == "6.9.0" else f"hw-{rng.randbytes(10).hex()}"
        self.cookie = f"c-{rng.randbytes(8).hex()}" if rng.random() < 0.12 else None

    def address(self, mobile):
        if self.fixed or self.away and self.rng.random() < 0.75:
            return self.fixed or self.rng.address(*self.away)
        if self.rng.random() < mobile:
            return self.rng.address(COUNTRIES[self.country][4], 220)
        return self.line | {"ip": self.line["ip"].replace("::", ":" + self.rng.randbytes(8).hex(":", 2))}

    def launcher(self):
        agent = f"EmberLauncher/{self.version} (Windows NT 10.0; x64) libcurl/8.9.1"
        hardware = self.rng.choice(self.cafe.machines) if self.cafe else self.hardware
        return self.address(0.05) | {"app": "launcher", "user_agent": agent, "device_id": hardware}

    def web(self):
        web = {"app": self.rng.choice(("shop", "shop", "forum")), "device_id": self.cookie}
        return self.address(0.25) | web | {"user_agent": self.browser[0], "ja4": self.browser[1]}

    def types(self):
        username, rng = self.account.name if self.by_name else self.account.email, self.rng
        slip, slipped = rng.random(), rng.choice((self.knows[1:], self.knows[:-1], self.knows.swapcase()))
        if self.hazy and rng.random() < 0.85:
            return username, rng.choice((slipped, rng.password())), "forgot"
        username = username[1:] if slip < 0.015 else username
        return username, slipped if 0.015 < slip < 0.06 else self.knows, "typo" if slip < 0.06 else None


class World:
    """The clock, the publisher's server, and the people and attackers whom it answers by the same code."""

    def __init__(self, rng, users):
        self.rng, self.now, self.queue, self.serial = rng, 0.0, [], itertools.count()
        self.accounts, self.fakes, self.log, self.labels = {}, {}, [], []
        self.stock, self.found, self.scale, self.cafes = [], [], users / 15000, []
        for number in range(2 + users // 1500):
            machines = [f"hw-{rng.randbytes(10).hex()}" for _ in range(1 if number % 6 == 5 else 100)]
            address = rng.address(COUNTRIES[("CN", "KR", "VN", "PH", "ID")[number % 5]][2])
            self.cafes.append(SimpleNamespace(address=address, machines=machines))
        self.everyone = [Player(rng, self.cafes) for _ in range(users)]
        for player in list(self.everyone):
            player.account = self.register(player.email, rng.name(), player.knows, rng.random() < 0.33)
            for _ in range(2 if player.crowd == "family" else 0):
                self.everyone.append(Player(rng, (), "family", player.line))
                self.everyone[-1].account, self.everyone[-1].knows = player.account, player.knows
        for player in self.everyone:
            if not player.cafe:
                player.account.trusted += [player.hardware] if player.hardware else []
                player.token = f"s-{rng.randbytes(8).hex()}" if rng.random() < 0.85 else None
                player.account.live[player.token] = 0
            for _ in range(rng.choices((0, 1, 2, 3, 5), (34, 28, 20, 12, 6))[0]):
                self.spawn(self.moment(player), self.visit(player, player.crowd))

    def spawn(self, when, actor):
        heapq.heappush(self.queue, (max(when, self.now), next(self.serial), actor))

    def run(self):
        while self.queue and self.queue[0][0] < END:
            self.now, _, actor = heapq.heappop(self.queue)
            for pause in itertools.islice(actor, 1):
                self.spawn(self.now + pause, actor)

    def register(self, email, name, password, mfa=False):
        account = SimpleNamespace(email=email, name=name, password=password, mfa=mfa, trusted=[], live={})
        account.failures, account.locked_until, account.stolen = 0, 0, False
        self.accounts[email] = self.accounts[name] = account
        return account

    def judge(self, kind, device, account, secret, code):
        """Why a request is refused (None: granted), what is known of the password, and the second factor."""
        second = (None, "valid", "passed") if code else ("bad_mfa", "valid", "failed")
        mfa, absent = "none" if kind == "login" else None, None if kind == "signup" else "unknown_user"
        if BAD_SPELL[0] <= self.now < BAD_SPELL[1] and self.rng.random() < 0.65:
            return "outage", "unknown", mfa
        if kind == "signup" or account is None:
            return "other" if account else absent, mfa and "invalid", mfa
        if kind != "login":
            expired = kind == "token" and account.live.get(secret, -1) < LOGOUT * (self.now >= LOGOUT)
            return second if kind == "mfa" else ("expired" if expired else None, None, None)
        if self.now < account.locked_until:
            return "locked", "unknown", mfa
        if account.password == secret:
            account.failures = 0
            return second if account.mfa and device not in account.trusted else (None, "valid", mfa)
        account.failures += 1
        account.locked_until = 0 if account.failures % 6 else self.now + 900
        return "bad_password", "invalid", mfa

    def attempt(self, kind, client, tag, username, secret=None, code=False):
        """Answer and log one request; returns the refusal (None: granted) and the session."""
        account, device, session = self.accounts.get(username.lower()), client["device_id"], None
        refusal, credential, mfa = self.judge(kind, device, account, secret, code)
        if not refusal:
            account = account or self.register(username, self.rng.name(), secret)
            account.trusted += [device] if device and (kind == "signup" or mfa == "passed") else []
            if kind == "password_reset" and secret:
                account.password, account.locked_until, account.stolen = secret, 0, bool(tag.attack)
                account.live.clear()
            if kind in ("login", "mfa"):
                session = f"s-{self.rng.randbytes(8).hex()}"
                account.live[session] = self.now
        event, mute = {"event_id": f"ef-{len(self.log):07d}"}, client["app"] == "launcher" and kind != "token"
        moment = int(self.now * 1000) / 1000
        event["time"] = (START + timedelta(seconds=moment)).isoformat(timespec="milliseconds")
        event |= {"outcome": "failure" if refusal else "success", "kind": kind, "username": username} | client
        event |= {"endpoint": f"/{client['app']}/{kind}", "mfa": mfa}
        event["session_id"] = secret if kind == "token" else session
        event["credential"] = None if mute and mfa in (None, "none") else credential
        if secret and kind != "token":
            event["password_fingerprint"] = hmac.digest(b"ember", secret.encode(), "sha256").hex()[:24]
        if refusal:
            event["failure_reason"] = "other" if mute or refusal == "outage" else refusal
        self.log.append({field: value for field, value in event.items() if value is not None})
        entered = kind in ("login", "mfa", "token") and not (refusal or tag.attack and username in self.fakes)
        mishap = None if tag.attack else {"outage": "outage", "expired": "stale_client"}.get(refusal)
        row = (event["event_id"], tag.attack, mishap or tag.name, "success" if entered else "failure")
        self.labels.append((*row, moment, username, tag.undecidable))
        return refusal, session

    def moment(self, player):
        hour = self.rng.choices(range(24), RHYTHM)[0] + self.rng.random() - COUNTRIES[player.country][1]
        return (self.rng.choice((0, 24)) + hour) * HOUR % END

    def sign_in(self, player, client, name):
        """Type until it works; whoever cannot remember asks for a new password."""
        rng, email = self.rng, player.account.email
        for _ in range(rng.randint(3, 7)):
            username, password, wrong = player.types()
            tag = Tag(0, "robbed" if player.account.stolen else wrong or name)
            refusal, session = self.attempt("login", client, tag, username, password, rng.random() < 0.92)
            if refusal == "bad_mfa" and rng.random() < 0.9:
                yield rng.uniform(8, 40)
                refusal, session = self.attempt("mfa", client, tag, email, code=rng.random() < 0.95)
            if refusal in (None, "bad_mfa"):
                player.token = session if client["app"] == "launcher" and not player.cafe else player.token
                return
            yield rng.uniform(*{"outage": (20, 240), "locked": (200, 1200)}.get(refusal, (4, 25)))
        if refusal in ("bad_password", "unknown_user"):
            yield from self.renew(player, tag)
            yield from self.sign_in(player, client, name)

    def renew(self, player, tag):
        web, email, password = player.web(), player.account.email, self.rng.password()
        self.attempt("password_reset", web, tag, email)
        yield self.rng.uniform(40, 900)
        if not self.attempt("password_reset", web, tag, email, password)[0]:
            player.knows, player.hazy = password, False

    def visit(self, player, name):
        rng, client, refusal = self.rng, player.launcher(), None
        tag, email = Tag(0, name), player.account.email
        for attempt in range(rng.choice((1, 1, 1, 1, 1, 4)) if player.token else 0):
            refusal, _ = self.attempt("token", client, tag, email, player.token)
            if not refusal:
                break
            yield rng.uniform(5, 30) * (attempt + 1)
        player.token = None if refusal == "expired" else player.token
        if not player.token or player.hazy:
            yield from self.sign_in(player, client, "stale_client" if refusal else name)
        yield rng.uniform(5, 3000)
        if rng.random() < 0.14:
            look, friend = rng.choice((player.launcher, player.web)), rng.choice(self.everyone).account.name
            self.attempt("lookup", look(), Tag(0, "friend_search"), friend[rng.choice((0, 0, 1)) :])
        if rng.random() < 0.16:
            yield from self.sign_in(player, player.web(), "web" if name in ("daily", "release") else name)
            if rng.random() < 0.05:
                yield from self.renew(player, Tag(0, "web"))

    def join(self, player, name):
        tag, client = Tag(0, name), player.launcher() if self.rng.random() < 0.3 else player.web()
        names = [(self.rng.name(), None) for _ in range(self.rng.randint(0, 2))]
        yield from self.series(tag, names, [player], 20, "web", "lookup")
        while self.attempt("signup", client, tag, player.email, player.knows)[0]:
            yield self.rng.uniform(30, 600)
        player.account = self.accounts[player.email]
        yield self.rng.uniform(30, 300)
        yield from self.visit(player, name)

    def series(self, tag, pairs, people, pause, machine="launcher", kind="login", rests=False):
        """Work through user names with passwords (or tokens), as these people or ever new strangers."""
        recent, finds = deque(maxlen=25), {"login": self.stock, "lookup": self.found}.get(kind, [])
        for username, secret in pairs:
            client = getattr(self.rng.choice(people) if people else self.guise(), machine)()
            code = not tag.attack and self.rng.random() < 0.9
            refusal, _ = self.attempt(kind, client, tag, username, secret, code)
            recent.append(refusal is None)
            yield self.rng.expovariate(1 / pause)
            if tag.attack and refusal in (None, "bad_mfa") and username not in self.fakes:
                finds.append((username, secret))
            if rests and (refusal == "locked" or len(recent) == 25 and not any(recent)):
                recent.clear()
                yield self.rng.uniform(900, 2700)

    def start_people(self):
        rng, spawn, series = self.rng, self.spawn, self.series
        for player in rng.sample(self.everyone, len(self.everyone) // 7):
            spawn(LOGOUT + rng.expovariate(1 / 500), self.visit(player, "stale_client"))
        for player in rng.sample(self.everyone, len(self.everyone) // 3):
            spawn(RELEASE + abs(rng.gauss(0, 1.6)) * HOUR, self.visit(player, "release"))
        for number in range(int(1900 * self.scale)):
            player, fan = Player(rng, self.cafes), number % 3
            when = RELEASE + rng.gauss(0.8, 1.3) * HOUR if fan else self.moment(player)
            spawn(when, self.join(player, "release_signup" if fan else "signup"))
        for _ in range(max(2, int(16 * self.scale))):
            booster, streamer, *customers = rng.sample(self.everyone, 27)
            boosted = ((client.account.email, client.knows) for client in rng.choices(customers, k=99))
            spawn(rng.uniform(0, 2500), series(Tag(0, "booster"), boosted, [booster], 2500))
            smurfs, start = [(rng.email(), streamer.knows) for _ in range(20)], self.moment(streamer)
            spawn(start, series(Tag(0, "smurf"), smurfs, [streamer], 300, "web", "signup"))
            spawn(start + 400, series(Tag(0, "smurf"), smurfs * 3, [streamer], 600))
        for player in rng.sample(self.everyone, int(330 * self.scale)):
            friend, guesses = rng.choice(self.everyone), [rng.password() for _ in range(rng.randint(1, 6))]
            pairs = [(friend.account.email, word) for word in rng.choice((guesses, guesses, [friend.knows]))]
            spawn(self.moment(player), series(Tag(0, "friend_try"), pairs, [player], 25))

    def guise(self, crowd="daily"):
        """A stranger's launcher and browser on a proxy; a third of the proxies are players' own lines."""
        borrowed = self.rng.choice(self.everyone).line if self.rng.random() < 0.3 else None
        return Player(self.rng, self.cafes, crowd, borrowed)

    def combos(self, count, live):
        """A list with this share of right pairs, a quarter of old passwords, and else strangers' e-mails."""
        rng, pairs = self.rng, self.rng.sample(self.leaked, min(len(self.leaked), int(count * live)))
        pairs += [(player.account.email, rng.password()) for player in rng.sample(self.everyone, count // 4)]
        pairs += [(rng.email(), rng.password()) for _ in range(count - len(pairs))]
        return rng.sample(pairs, len(pairs))

    def resell(self):
        """Take an account from the stock with its right password, then change that, then play."""
        (username, password), buyer, tag = (self.stock or self.leaked).pop(0), self.guise(), Tag(1, "resale")
        buyer.account = self.accounts[username]
        refusal, _ = self.attempt("login", buyer.web(), tag, username, password)
        yield self.rng.uniform(60, 900)
        if not refusal:
            yield from self.renew(buyer, tag)
            yield self.rng.uniform(300, 9000)
            self.attempt("login", buyer.launcher(), tag, username, buyer.knows)

    def start_attacks(self):
        rng, series, guise, combos = self.rng, self.series, self.guise, self.combos
        size = lambda count: int(count * self.scale) + 1
        start = lambda hour, name, *plan, **more: self.spawn(hour * HOUR, series(Tag(1, name), *plan, **more))
        self.leaked = [(player.account.email, player.knows) for player in self.everyone[::11]]
        self.stock += rng.sample(self.leaked, len(self.leaked) // 8)
        for hour in (3, 12, 22, 40.6):
            start(hour, "combo_proxy", combos(size(2000), 0.05), (), 4)
        for hour in (8, 30):
            start(hour, "combo_hosting", combos(size(2500), 0.04), [guise("cloud_pc") for _ in range(5)], 2)
        pools = [[guise(crowd) for crowd in ("vpn", "daily", "cloud_pc", "daily") * 20] for _ in range(2)]
        start(0, "slow_checker", combos(size(4000), 0.2), pools[0], 40 / self.scale, rests=True)
        own, hits = [(rng.email(), rng.password()) for _ in range(25)], combos(size(2600), 0.06)
        self.spawn(300, series(Tag(1, "own_checker", 1), own, [guise()], 400, "web", "signup"))
        mixed = [pair for hit in hits for pair in (hit, *rng.sample(own, rng.random() < 0.3))]
        start(4, "own_checker", mixed, pools[1], 45 / self.scale)
        targets, scripted = rng.sample(self.everyone, size(5000)), [guise("cloud_pc") for _ in range(4)]
        for host in scripted:
            host.browser = SCRIPT
        emails = [(rng.choice((player.account.email, rng.email())), None) for player in targets[::2]]
        names = [(rng.choice((player.account.name, rng.name())), None) for player in targets[1::2]]
        start(1, "enumeration", emails, scripted, 5, "web", "lookup")
        start(5, "enumeration", names, (), 20, "launcher", "lookup")
        start(22, "spray", ((name, word) for word in GAMER[:2] for name, _ in self.found), (), 14, "web")
        for victim in rng.sample(self.everyone, size(11)):
            words = [rng.choice((victim.knows, "admin123")), *GAMER, *(rng.password() for _ in range(300))]
            pairs = [(victim.account.email, word) for word in rng.sample(words, len(words))]
            start(rng.uniform(0, 20), "cracker", pairs, (), 40, rests=True)
        for hour in (4, 19, 33, 41):
            farm = [(rng.email(), f"Gold{hour}mine") for _ in range(size(450))]
            crew = [guise("net_cafe")] if hour == 19 else [guise() for _ in range(150)]
            start(hour, "fake_signup", farm, crew, 12, "web", "signup")
            start(hour + 3, "fake_signup", farm[::2], crew[:8], 20)
            self.fakes |= dict(farm + own)
        for victim in rng.sample([player for player in self.everyone if player.token], size(700)):
            at_home = rng.random() < 0.2  # the malware shows the token from the victim's machine
            thief, loot = victim if at_home else guise(), [(victim, victim.token)] * rng.randint(1, 5)
            thief.hardware = rng.choice((victim.hardware, thief.hardware))
            shown = ((owner.account.email, rng.choice((old, owner.token or old))) for owner, old in loot)
            replay = series(Tag(1, "token_replay", int(at_home)), shown, [thief], 4000, kind="token")
            self.spawn(rng.uniform(0, END), replay)
        for _ in range(size(260)):
            self.spawn(rng.uniform(HOUR, END), self.resell())


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for option, default in (("seed", 1), ("users", 15000), ("out", "games.ndjson"), ("labels", "games.csv")):
        parser.add_argument(f"--{option}", type=type(default), default=default)
    options = parser.parse_args()
    world = World(Dice(options.seed), options.users)
    world.start_people()
    world.start_attacks()
    world.run()
    with open(options.out, "w", encoding="utf-8") as out:
        out.writelines(json.dumps(event) + "\n" for event in world.log)
    with open(options.labels, "w", encoding="utf-8", newline="") as out:
        header = "event_id attack class outcome time username undecidable".split()
        csv.writer(out, lineterminator="\n").writerows([header, *world.labels])
