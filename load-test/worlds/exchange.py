#!/usr/bin/env python3
"""Three days of logins at Meridian, a world-wide crypto and stock trading platform, with labels.

9,000 traders in 60 countries, some with several accounts, by browser or app, from home, mobile, on purpose
over VPNs and rented desktops, a few over Tor; some travel, block cookies, sit behind a TLS proxy or log in by
script. MFA follows most right passwords as a second event: the first (success, mfa none) lets nobody in, so
its label says failure. Bots fetch tokens in clouds, some off a key's whitelist (expired) or with a deleted
key. An airdrop brings sign-ups, farmers do many by hand. On day two a crash: a rush, and time-outs (other).
Attacks, all days: stuffing by residential proxies, 0.3 % right; a botnet rotating in IPv6 /64s and /48s;
spray by Tor; slow guessing on whales; phishing relays; MFA bombing; API keys stuffed, or stolen and used in
another cloud (undecidable: same cloud and tool); enumeration; bursts of fake sign-ups, used later
(undecidable: from home).
"""

import argparse
import heapq
import hmac
import ipaddress
import itertools
import json
import random
from types import SimpleNamespace

START, HOUR, DAY, CRASH, END = 1773100800, 3600.0, 86400.0, 38.1 * 3600, 3 * 86400.0  # 2026-03-10 00:00 UTC
# country / hours from UTC / weight / home network, mobile network
COUNTRIES = """US/-5/120/7922,21928 GB/0/50/2856,12576 DE/1/50/3320,6805 FR/1/35/3215,15557 JP/9/50/4713,9605
KR/9/70/4766,17858 IN/5.5/60/24560,55836 BR/-3/45/28573,26599 PH/8/30/9299,10139 TR/3/60/9121,16135
VN/7/50/45899,131429 NG/1/35/37282,29465 ID/7/35/7713,23693 TH/7/25/45758,131445 MY/8/15/4788
SG/8/25/9506,55430 HK/8/30/4760,9231 TW/8/30/3462,24158 AU/10/30/1221,133612 CA/-5/35/577,852
MX/-6/20/8151,28403 AR/-3/25/7303,11664 CO/-5/12/3816 CL/-3/8/7418 PE/-5/8/6147 ES/1/20/3352,12430
IT/1/20/3269,24608 NL/1/25/1136,50266 BE/1/8/5432 CH/1/15/3303 AT/1/8/8447 PL/1/20/5617,39603 CZ/1/10/5610
RO/2/12/8708 HU/1/6/5483 GR/2/6/6799 PT/0/10/3243 SE/1/10/3301 NO/1/7/29695 DK/1/7/3292 FI/2/6/1759
IE/0/6/5466 UA/2/30/6849,21497 KZ/5/10/9198 GE/4/6/35805 AE/4/25/5384,15802 SA/3/10/25019 IL/2/10/8551
EG/2/10/8452 MA/1/6/36903 KE/3/8/15399 GH/0/6/29614 ZA/2/12/3741 PK/5/15/17557 BD/6/10/63526 LK/5.5/5/9329
NZ/12/6/4771 BG/2/6/8866 RS/1/4/8400 LT/2/4/8764"""
VPNS = "9009 212238 60068 136787".split(), "US GB DE NL SG JP HK CH TR AE CA FR".split()
CLOUDS = "16509/US 16509/JP 16509/IE 396982/US 396982/TW 8075/NL 24940/DE 16276/FR 14061/SG 63949/US 45102/HK"
TOR = "60729/DE 208323/AT 53667/US 200651/RO"
GO, CHROME = "t13d1312h2_f57a46bbacb6_ab7e3b40a677", "t13d1516h2_8daaf6152771_d8a2da3f94cd"
WIN, MAC = "Mozilla/5.0 (Windows NT 10.0; Win64; x64", "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)"
BLINK = "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/@.0.0.0 Safari/537.36"
FACES = f"""web|44|143,144,145|{CHROME}|{WIN}) {BLINK}
web|15|140,147,148|t13d1717h2_5b57614c22b0_3cbfd9057e0d|{WIN}; rv:@.0) Gecko/20100101 Firefox/@.0
web|15|18.6,26.3|t13d2014h2_a09f3c656075_e42f34c56612|{MAC} AppleWebKit/605.1.15 Version/@ Safari/605.1.15
ios|45|7.11.0,7.12.1,7.12.2|t13d2014h2_a09f3c656075_7f0f34a4126d|Meridian/@ (iPhone; iOS 26.3; Scale/3.00)
android|55|7.10.4,7.12.1,7.12.2|t13d1313h2_4b22cbed5bed_2dae41c691ec|Meridian/@ (Android 15) okhttp/4.12.0
tool|55|2.31.0,2.32.3|t13d1812h1_85036bcba153_b26ce05bbdd6|python-requests/@
tool|25|2.0,1.1|{GO}|Go-http-client/@
tool|20|1.7.9,1.6.8|t13d5911h1_a33745022dd6_1f22a2ca17c4|axios/@"""
FACES = [row.split("|") for row in FACES.splitlines()]  # style, weight, versions, JA4, header
NAMES = "alex maria kim linh omer john sofia ravi wei yuki chen ana silva khan nguyen smith kaya".split()
DOMAINS = ["gmail.com"] * 11 + "outlook.com yahoo.com proton.me naver.com icloud.com inboxly.net".split()
POPULAR = "123456 password 12345678 qwerty123 Bitcoin1 111111 abc123 Password1 iloveyou 1q2w3e4r".split()
# class kind attempts workers-a-day hours-of-each place styles tries-an-address
CAMPAIGNS = """stuffing login 11000 4 8 home web,mimic,ios 3; botnet_v6 login 5000 3 5 v6_block android,tool 1
;spray login 4000 2 10 tor web,mimic 8; whale_guessing login 600 14 22 home web,ios 1
;mfa_bombing login 45 1 20 vpn web 1; enum_reset password_reset 2700 2 3 vpn tool,web 30
;enum_signup lookup 2000 2 4 home web,mimic 4; enum_signup signup 700 1 3 vpn mimic 9
;fake_signup signup 2700 3 0.7 vpn mimic,tool 6; api_key_stuffing token 3500 3 6 cloud tool 60"""
FIELDS = "event_id time kind outcome failure_reason credential mfa username ip asn country device_id".split()
FIELDS += "app user_agent ja4 session_id endpoint tenant password_fingerprint breached_password".split()


class Person:  # a trader: devices, connections, habits, mistakes
    def __init__(self, world, country):
        self.world, self.rng, self.ask, self.accounts, rng = world, world.rng, world.ask, [], world.rng
        self.hour, networks = rng.choice((9, 20.5, rng.uniform(0, 24))) - world.zones[country], world.homes
        self.habit = rng.choices(("daily", "vpn", "rented_desktop", "tor"), (70, 22, 6, 1.5))[0]
        self.country, self.home, vpn = country, world.line(networks[country]), [rng.choice(world.vpn)]
        self.abroad, desktop = world.line(networks[rng.choice(list(networks))]), world.line(world.cloud)
        usual = {"vpn": [vpn, vpn, world.vpn, self.home], "tor": [world.tor], "rented_desktop": [desktop]}
        self.places = usual.get(self.habit, [self.home, self.home, world.mobiles[country]])
        self.devices = rng.sample([world.face("web"), world.face("ios android")], 2)
        if rng.random() < 0.02:  # a TLS-inspecting proxy speaks for the browser
            self.devices = [((app, ua, GO), device) for (app, ua, _), device in self.devices]
        self.no_cookies = rng.random() < (0.8 if self.habit == "tor" else 0.05)
        self.rate, self.trip = min(4, rng.lognormvariate(-1.05, 0.8)), rng.uniform(0, 50 * DAY)

    def visit(self, crowd=None):
        rng, world, (client, device) = self.rng, self.world, self.devices[self.rng.random() < 0.3]
        if device and client[0] == "web" and (self.no_cookies or rng.random() < 0.05):
            device = None if self.no_cookies else world.token(128)
        away = self.trip < world.now < self.trip + 1.2 * DAY and rng.random() < 0.7
        place = self.abroad if away else rng.choice(self.places)
        line = world.line(place) if isinstance(place, list) else place
        return world.visit(line, (client, device), crowd or ("traveller" if away else self.habit), owner=self)

    def sign_in(self, visit, username, forgot=False):
        """A login to the end: slips, forgotten passwords and resets, time-outs, second factors."""
        rng, ask, account = self.rng, self.ask, self.world.accounts[username]
        if rng.random() < 0.15:
            ask(visit, "lookup", username[rng.random() < 0.1 :])
            yield rng.uniform(2, 9)
        for _ in range(6):
            slip, name, typed = rng.random(), username, account.old if forgot else account.password
            if forgot or slip < 0.06:
                visit.crowd = "forgot" if forgot else "typo"
                name, typed = name[slip < 0.01 :], typed[: rng.randint(3, len(typed) - 1)]
            reason = ask(visit, "login", name, typed)
            for _ in range(4 if account.mfa and not reason else 0):
                yield rng.uniform(5, 35)
                if not ask(visit, "mfa", username, good=rng.random() > 0.05) or rng.random() < 0.15:
                    break
            if not reason or reason == "other" and rng.random() < 0.2:
                return
            if reason == "locked" or forgot and rng.random() < 0.5:
                ask(visit, "password_reset", username[rng.random() < 0.1 :])
                yield rng.uniform(40, 300)
                account.password, forgot, account.misses = self.world.invent()[1], False, []
            yield rng.uniform(4, 45)

    def trade(self, crowd=None):
        visit, several = self.visit(crowd), len(self.accounts) > 1 and self.rng.random() < 0.5
        visit.crowd = "several_accounts" if several else visit.crowd
        for name in self.accounts if several else [self.rng.choice(self.accounts)]:
            yield from self.sign_in(visit, name, self.rng.random() < 0.015)
            yield self.rng.uniform(15, 90)

    def join(self, count):  # the airdrop: a person, or a farmer by hand, signs up and uses the new accounts
        for _ in range(count):
            visit, (name, password) = self.visit("airdrop"), self.world.invent()
            self.ask(visit, "lookup", name)
            yield self.rng.uniform(15, 90)
            if not self.ask(visit, "signup", name, password, self.rng.random() > 0.06):
                yield from self.sign_in(visit, name)
            yield self.rng.uniform(60, 900)


class World:  # clock, networks, platform, attackers; actors are generators of the seconds until they go on
    def __init__(self, seed, users):
        self.rng, self.now, self.queue, self.scale = random.Random(seed), 0.0, [], users / 9000
        self.number, self.people, self.secret, rng = itertools.count(), [], b"meridian-%d" % seed, self.rng
        self.accounts, self.keys, self.homes, self.mobiles, self.zones = {}, {}, {}, {}, {}
        self.breached, self.rows, rows = set(), [], [entry.split("/") for entry in COUNTRIES.split()]
        for country, zone, _, asns in rows:
            home, mobile, v6 = asns.split(",")[0], asns.split(",")[-1], rng.choice((0, 0.4, 0.8))
            self.homes[country], self.zones[country] = [self.network(home, country, v6=v6)], float(zone)
            self.mobiles[country] = [self.network(mobile, country, 24, 0.5)]
        self.vpn = [self.network(asn, country, 12, 0.1) for asn, country in itertools.product(*VPNS)]
        self.cloud = [self.network(*entry.split("/")) for entry in CLOUDS.split()]
        self.tor = [self.network(*entry.split("/"), 18) for entry in TOR.split()]
        for country in rng.choices(list(self.homes), [int(row[2]) for row in rows], k=users):
            self.people.append(Person(self, country))
            for _ in range(rng.choices((1, 2, rng.randint(3, 6)), (82, 12, 6))[0]):
                name, own = next(pair for pair in iter(self.invent, None) if pair[0] not in self.accounts)
                password = rng.choice(POPULAR) if rng.random() < 0.015 else own
                mfa = rng.choices(("totp", "push", None), (60, 36, 4))[0]
                account = SimpleNamespace(password=password, old=self.invent()[1], mfa=mfa, misses=[])
                self.accounts[name], account.owner = account, self.people[-1]
                self.people[-1].accounts.append(name)
        self.names = list(self.accounts)
        self.leaked = [(n, self.accounts[n].password) for n in self.names if rng.random() < 0.06]
        self.breached.update(pair for pair in self.leaked if rng.random() < 0.6)

    def token(self, bits):
        return f"{self.rng.getrandbits(bits):0{bits // 4}x}"

    def invent(self):  # an address and a password as people make them
        rng = self.rng
        tail = rng.choice(("", rng.randint(1, 99), rng.randint(1000, 9999), rng.randint(1970, 2008)))
        name = f"{rng.choice(NAMES)}{rng.choice('._-')}{rng.choice(NAMES)}{tail}@{rng.choice(DOMAINS)}"
        return name, f"{rng.choice(NAMES).title()}{rng.randint(1, 99999)}{rng.choice('!.@#$')}"

    def network(self, asn, country, pool=0, v6=0.0):  # a pool of few addresses is shared by all users
        number = next(self.number)
        v4, prefix = (24 + number % 75) << 24 | (7 + number // 75 * 31) << 16, 0x2A020000 + number * 97
        pool = [v4 | self.rng.getrandbits(16) for _ in range(pool)]
        return SimpleNamespace(asn=int(asn), country=country, v4=v4, prefix=prefix, v6=v6, pool=pool)

    def line(self, networks):
        rng, network = self.rng, self.rng.choice(networks)
        v4 = rng.choice(network.pool) if network.pool else network.v4 | rng.getrandbits(16)
        v6 = network.prefix << 32 | rng.getrandbits(32) if rng.random() < network.v6 else None
        return SimpleNamespace(network=network, v4=v4, v6=v6, host=rng.getrandbits(64), share=0.7)

    def rent(self, place):  # an attacker's next address. Proxies sit in homes, some of them traders' own
        person, subnet = self.rng.choice(self.people), self.rng.choice((1, 2, self.rng.getrandbits(16)))
        if place == "home" and self.rng.random() < 0.2:
            return person.home
        line = self.line(getattr(self, place, self.homes[person.country]))
        if place == "v6_block":  # one /48 a network, and two of its /64s more than the others
            line.v6, line.share = line.network.prefix << 32 | 0x5A1 << 16 | subnet, 1
        return line

    def face(self, style):  # client (app, header, JA4), device; a mimic is a Go tool with a browser's header
        rows = [row for row in FACES if row[0] in style.replace("mimic", "web").split()]
        app, _, versions, ja4, header = self.rng.choices(rows, [int(row[1]) for row in rows])[0]
        header = header.replace("@", self.rng.choice(versions.split(",")))
        return (app, header, GO if style == "mimic" else ja4), None if app == "tool" else self.token(128)

    def visit(self, line, face, crowd, attack=0, undecidable=0, owner=None):
        """What the server sees of a caller in one go, and for the label what only we know of him."""
        rng, ip = self.rng, line.v4
        if line.v6 is not None and rng.random() < line.share:
            ip = line.v6 << 64 | (line.host if rng.random() < 0.4 else rng.getrandbits(64))
        seen = dict(network=line.network, ip=str(ipaddress.ip_address(ip)), client=face[0], device=face[1])
        truth = dict(crowd=crowd, attack=attack, undecidable=undecidable, owner=owner)
        return SimpleNamespace(session=self.token(64), **seen, **truth)

    def spawn(self, at, actor):
        heapq.heappush(self.queue, (at, next(self.number), actor))

    def run(self):
        while self.queue[0][0] < END:
            self.now, _, actor = heapq.heappop(self.queue)
            self.spawn(self.now + next(actor, END), actor)

    def refusal(self, visit, kind, account, key, secret, good):  # good: second factor, form
        since = (self.now - CRASH) / HOUR
        if self.rng.random() < 0.001 + (0.5 * 0.25**since if since > 0 else 0):
            return "other"  # a time-out
        if kind == "mfa":
            return None if good else "bad_mfa"
        if kind == "signup" or not account and not key:
            return "unknown_user" if kind != "signup" else "other" if account or not good else None
        if kind == "token":
            outside = key.whitelist and visit.ip not in key.whitelist
            return "bad_password" if key.secret != secret else "expired" if outside else None
        if kind == "login":
            account.misses = [miss for miss in account.misses if miss > self.now - 0.5 * HOUR]
            reason = "locked" if len(account.misses) >= 6 else secret != account.password and "bad_password"
            account.misses += [self.now] * (reason == "bad_password")
            return reason or None

    def ask(self, visit, kind, username, secret=None, good=True):
        network, account = visit.network, self.accounts.get(username)
        key, owner = self.keys.get(username), account and account.owner
        reason = self.refusal(visit, kind, account, key, secret, good)
        credential = "invalid" if reason in ("unknown_user", "bad_password") else "valid"
        tried = kind in ("login", "mfa", "token") and reason not in ("locked", "other")
        mfa = "none" if kind != "mfa" or reason == "other" else "failed" if reason else "passed"
        tenant = "us" if (owner or network).country == "US" else "global"
        app = visit.client[0].replace("tool", "api" if kind == "token" else "web")
        event = [self.token(128), int((START + self.now) * 1000), kind, "failure" if reason else "success"]
        event += [reason, credential if tried else "unknown", mfa, username, visit.ip, network.asn]
        event += [network.country, visit.device, app, *visit.client[1:], visit.session, "/v2/" + kind, tenant]
        if secret and kind in ("login", "signup"):
            event += [hmac.new(self.secret, secret.encode(), "sha256").hexdigest()[:32]]
            event += [(username, secret) in self.breached]
        inside = kind in ("mfa", "token") or kind == "login" and account and not account.mfa
        result = "success" if inside and not reason and (owner or key) else "failure"
        label = [event[0], visit.attack, visit.crowd, result, self.now, username, visit.undecidable]
        self.rows.append(({name: v for name, v in zip(FIELDS, event) if v is not None}, label))
        if kind == "signup" and not reason:
            mfa = visit.owner and self.rng.choice(("totp", "push", None))
            account = SimpleNamespace(password=secret, old=secret, mfa=mfa, owner=visit.owner, misses=[])
            self.accounts[username] = account
        return reason

    def machine(self, crowd, kind, items, gap, rent, style, wear, follow=None, client=None, truth=(1, 0)):
        """Asks the same of item after item, wears each address and face for some, follows up after a yes."""
        rng, client, left = self.rng, client or self.face(style)[0], 0
        for item in items:
            if not left:
                line, face, left = rent(), self.face(style), rng.randint(1, wear)
            left, face = left - 1, (client, face[1]) if style in ("tool", "mimic") else face
            visit = self.visit(line, face, crowd, *truth)
            if not self.ask(visit, kind, *item) and follow:
                self.spawn(self.now + 5, follow(visit, *item))
            yield gap * (rng.expovariate(1) if truth[0] else rng.uniform(0.95, 1.05))

    def rob(self, visit, username, password, tries=(0, 0, 1, 2, 3), luck=0.01):
        """The password was right. MFA stops most thieves; an owner who notices takes a new password."""
        rng, account = self.rng, self.accounts[username]
        inside = not account.mfa
        for _ in range(rng.choice(tries)):
            if not inside and account.password == password:
                yield rng.expovariate(1 / 60) + 3
                inside = not self.ask(visit, "mfa", username, good=rng.random() < luck)
        if account.owner and rng.random() < (0.5 if inside else 0.1):
            yield rng.uniform(0.5, 9) * HOUR
            yield from account.owner.sign_in(account.owner.visit(), username, forgot=True)

    def relay(self, person):
        """The victim types password and code into a copy of the site, which passes them on as its own."""
        rng, name, near = self.rng, person.accounts[0], self.rng.random() < 0.4
        networks, password = self.homes[person.country] if near else self.cloud, self.accounts[name].password
        visit = self.visit(self.line(networks), self.face("web" if near else "mimic"), "phishing_relay", 1)
        if not self.ask(visit, "login", name, password):
            yield rng.uniform(6, 40)
            yield from self.rob(visit, name, password, (1, 2), 0.9)

    def claim(self, visit, username, password):  # some false accounts fetch the bonus, some from home
        yield self.rng.uniform(60, 0.7 * DAY)
        own = self.visit(self.line(self.homes["VN"]), self.face("web"), "own_account", 1, 1)
        if self.rng.random() < 0.5:
            self.ask(own if self.rng.random() < 0.2 else visit, "login", username, password)

    def run_bot(self, crowd):  # in a cloud; some keys have a whitelist, some bots move off it for a while
        rng, home, client = self.rng, self.line(self.cloud), self.face("tool")[0]
        moves, gap = {"autoscaled_bot": 1, "ip_whitelist": 0.3}.get(crowd, 0), rng.uniform(240, 1500)
        guarded = crowd == "ip_whitelist" or crowd == "bot" and rng.random() < 0.4
        whitelist = guarded and [str(ipaddress.ip_address(home.v4))]
        key = SimpleNamespace(secret=self.token(128), whitelist=whitelist, client=client)
        key.network, key.pair = home.network, ("ak_" + self.token(64), key.secret)
        if crowd != "stale_client":
            self.keys[key.pair[0]] = key
        items = itertools.repeat(key.pair)
        rent = lambda: self.line([home.network]) if rng.random() < moves else home
        self.spawn(gap / 2, self.machine(crowd, "token", items, gap, rent, "tool", 20, None, client, (0, 0)))
        return key

    def people_come(self):
        rng = self.rng
        for person in rng.sample(self.people, int(25 * self.scale) + 1):
            person.habit, person.devices, person.rate = "script", [self.face("tool")] * 2, 8
        for person in self.people:
            for day, _ in itertools.product(range(3), range(int(person.rate + rng.random()))):
                self.spawn(day * DAY + rng.gauss(person.hour, 2.2) % 24 * HOUR, person.trade())
            if rng.random() < 0.2:
                self.spawn(CRASH + rng.expovariate(2 / HOUR), person.trade("crash_rush"))
        for number in range(int(1300 * self.scale)):
            start = rng.choice((5, 17, 32, 57)) * HOUR + rng.expovariate(0.25 / HOUR)
            newcomer = Person(self, rng.choice(self.people).country)
            self.spawn(start, newcomer.join(rng.randint(5, 15) if number % 30 == 0 else 1))
        crowds = ["bot"] * 6 + ["autoscaled_bot", "autoscaled_bot", "ip_whitelist", "stale_client"]
        return [self.run_bot(crowds[number % 10]) for number in range(int(55 * self.scale) + 10)]

    def combo(self, right):  # of a bought list: some names have accounts here, few passwords are right
        rng, name = self.rng, self.rng.choice(self.names)
        pair = (name, self.accounts[name].old) if rng.random() < 0.35 else self.invent()
        self.breached.update([pair] * (rng.random() < 0.6))
        return rng.choice(self.leaked) if rng.random() < right else pair

    def attacks_come(self, keys):
        rng, names, accounts, roll = self.rng, self.names, self.accounts, self.rng.random
        found = [key.pair for key in keys] + [("ak_" + self.token(64), self.token(128)) for _ in range(9999)]
        pushed = [pair for pair in self.leaked if accounts[pair[0]].mfa == "push"]
        whales = rng.sample(names, 14)
        anybody = lambda: rng.choice(names) if roll() < 0.35 else self.invent()[0]
        tried = lambda whale, n: whale.password if roll() < 0.005 else whale.old + str(n) * (n % 3)
        item = {  # of a campaign's worker w, its n-th
            "stuffing": lambda w, n: self.combo(0.003),
            "botnet_v6": lambda w, n: self.combo(0.002),
            "spray": lambda w, n: (anybody(), POPULAR[n // 80 % 10]),
            "whale_guessing": lambda w, n: (whales[w], tried(accounts[whales[w]], n)),
            "mfa_bombing": lambda w, n: rng.choice(pushed),
            "enum_reset": lambda w, n: (anybody(),),
            "enum_signup": lambda w, n: (anybody(), "x", False),
            "fake_signup": lambda w, n: (self.invent()[0], f"{NAMES[w]}#Bonus{n * (w % 2)}"),
            "api_key_stuffing": lambda w, n: rng.choice(found),
        }
        follow = dict(login=self.rob, fake_signup=self.claim, mfa_bombing=lambda *h: self.rob(*h, range(45)))
        for row in CAMPAIGNS.split(";"):
            crowd, kind, attempts, workers, hours, place, styles, wear = row.split()
            robs, rent = follow.get(kind), lambda place=place: self.rent(place)
            each, span = int(int(attempts) * self.scale / int(workers) / 3) + 1, float(hours)
            for day, worker in itertools.product(range(3), range(int(workers))):
                items, then = map(item[crowd], [worker] * each, range(each)), follow.get(crowd, robs)
                start = (day * 24 + rng.uniform(0, 24 - span)) * HOUR
                gap, style = span * HOUR / each, rng.choice(styles.split(","))
                self.spawn(start, self.machine(crowd, kind, items, gap, rent, style, int(wear), then))
        for number in range(int(14 * self.scale) + 1):
            key, same, start = rng.choice(keys), int(roll() < 0.3), (number % 3 + rng.uniform(0, 0.8)) * DAY
            line = self.line([network for network in self.cloud if (network is key.network) == same])
            items, gap = itertools.repeat(key.pair, rng.randint(40, 130)), rng.uniform(200, 900)
            rest = (lambda line=line: line, "tool", 99, None, key.client if same else None, (1, same))
            self.spawn(start, self.machine("stolen_token", "token", items, gap, *rest))
        for person in rng.sample(self.people, int(120 * self.scale) + 1):
            self.spawn(rng.uniform(0, END), self.relay(person))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for name, default in dict(seed=1, out="exchange.ndjson", labels="exchange.csv", users=9000).items():
        parser.add_argument("--" + name, type=type(default), default=default)
    options = parser.parse_args()
    world = World(options.seed, options.users)
    world.attacks_come(world.people_come())
    world.run()
    with open(options.out, "w") as log, open(options.labels, "w") as labels:
        labels.write("event_id,attack,class,outcome,time,username,undecidable\n")
        first = world.rows[0][1][4]
        for event, label in world.rows:
            log.write(json.dumps(event) + "\n")
            labels.write("{},{},{},{},{:.3f},{},{}\n".format(*label[:4], label[4] - first, *label[5:]))


if __name__ == "__main__":
    main()
