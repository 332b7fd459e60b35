#!/usr/bin/env python3
"""Labelled login traffic of a dating and messaging app: five days from a Thursday, an outage on Saturday.

Members come by number and text code, mail and password or social account; most events are session tokens.
What is hard: address books of people who join (one look-up a number) resemble number testing by made-up
accounts; swiping services log in for many members from hosting and keep trying stale passwords; phone farms
share carrier addresses with everybody; a SIM swap looks like a new phone; a former partner guesses at home
from an honest device.
"""

import argparse
import csv
import hashlib
import heapq
import json
import random
from datetime import datetime, timedelta, timezone

DAY, HOUR, START = 86400.0, 3600.0, datetime(2024, 10, 10, 3, 0, tzinfo=timezone.utc)
OUTAGE = (2 * DAY + 17.3 * HOUR, 2 * DAY + 17.75 * HOUR)
# country, hours from UTC, number prefix, share of members, home ASNs, mobile ASNs
PLACES = """GB 1 +447 34 2856,5089,5607,13285 12576,25135,206067|DE 2 +4917 17 3320,3209,6805 6805,3209,3320
|ES 2 +346 11 3352,12479,12430 12430,12479|NL 2 +316 8 1136,33915 1136,31615
|IE 1 +3538 6 5466,6830 13280,15502
|PL 2 +485 6 5617,12741 8374,43447|BR -3 +5511 7 28573,27699 26615,26599|US -5 +1 4 7922,701 21928,6167
|NG 1 +2348 2 37148,29465 29465,36873|PH 8 +639 2 9299,17639 10139,132199
|IN 5 +919 3 24560,55836 55836,45609"""
PLACES = {row.split()[0]: row.split()[1:] for row in PLACES.replace("\n", "").split("|")}
LANDS, SHARES = list(PLACES), [int(row[2]) for row in PLACES.values()]
HOSTS = [h.split(":") for h in "24940:DE 16276:FR 14061:US 20473:NL 9009:GB 212238:GB 60068:NL".split()]
BROWSERS = """Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/129.0.0.0 Safari/537.36
Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/17.6 Safari/605.1.15
Windows NT 10.0; Win64; x64; rv:131.0) Gecko/20100101 Firefox/131.0
Linux; Android 10; K) AppleWebKit/537.36 Chrome/129.0.0.0 Mobile Safari/537.36""".split("\n")
PHONES = "SM-A155F SM-S911B Pixel-8 Redmi-Note-12 moto-g54 CPH2477 SM-A125F M2101K6G".split()
FIRST = "anna ben carla dan eva finn gina hugo ines jack kate liam mia noah olga paul rosa sam tess".split()
LAST = "smith jones brown muller lopez garcia kelly visser nowak silva santos murphy khan cruz weber".split()
POPULAR = "123456 password 123456789 iloveyou qwerty123 love123 sunshine princess football1 babygirl".split()
MAILS = "gmail.com gmail.com hotmail.com yahoo.com icloud.com outlook.com".split()
HOURS = ((3, 2, 1, 1, 1, 2, 4, 6, 6, 5, 5, 6, 8, 7, 6, 6, 7, 9, 11, 14, 17, 18, 15, 8),)
HOURS += ((9, 7, 4, 2, 1, 1, 2, 4, 6, 8, 10, 11, 11, 11, 12, 12, 13, 14, 15, 16, 17, 18, 17, 12),)
CROWDS = "phone_regular mail_password social_login campus_student web_office vpn_user old_app multi_account"
CROWDS = (CROWDS + " traveller delete_and_return swiping_service").split()
METHODS = dict(phone_regular="phone", mail_password="mail", web_office="mail", swiping_service="mail")
METHODS["social_login"] = "social"
CAMPAIGNS = """stuffing_loud 2000 .93 .03 9,stuffing_proxy 4500 1.3 .6 2,stuffing_slow 1600 .2 4.6 1
,password_spray 2200 3.1 .9 2,reset_testing 1500 2.2 1.5 3
,code_guessing 2400 3.5 1.2 5,code_guessing 400 .6 .2 5"""
DEEDS = """token_resale 1000 takeover,sim_swap 45 takeover,phish_relay 75 takeover,partner_at_home 70 takeover
,stalker_guess 110 stalk,number_testing 130 farm,signup_farm 14 farm"""
EXTRA = dict(campus_student="campus", web_office="office", vpn_user="host", traveller="mobile")


def digest(text, size=8):
    """A keyed digest in hex, the same for the same text."""
    return hashlib.blake2b(text.encode(), key=b"dating-service", digest_size=size).hexdigest()


def make_name(r, country=None):
    """A phone number of a country, or a mail address as people have them."""
    if country:
        return PLACES[country][1] + "%08d" % r.randrange(10**8)
    return (
        f"{r.choice(FIRST)}{r.choice(('.', '', '_'))}{r.choice(LAST)}{r.randint(1, 9999)}@{r.choice(MAILS)}"
    )


class Line:
    """A connection of some kind; its address is drawn anew after a while, at times out of a pool."""

    def __init__(self, r, kind, country, asn=None):
        self.r, self.until, self.country, land = r, -1.0, country, PLACES[country]
        asn, keep = asn or r.choice(land[4 if kind == "mobile" else 3].split(",")), r.choice((DAY, 1e9, 1e9))
        self.pool, self.keep, self.six, self.asn = 10**9, keep, 0.25, int(asn)
        if kind == "mobile":
            self.pool, self.keep, self.six = max(8, int(land[2]) * 2), r.uniform(900, 18000), 0.4
        elif kind != "home":
            hosting, fixed = r.choice(HOSTS), dict(campus=("786", "GB", 3), office=("2529", "GB", 90))
            asn, self.country, self.pool = fixed.get(kind, (*hosting, 50))
            self.asn, self.six = int(asn), 0.0

    def ip(self, now):
        """The address at this time."""
        if now >= self.until:
            self.until, six, asn = now + self.keep, self.r.random() < self.six, self.asn
            key = self.r.randrange(10**9 if six else self.pool)
            a, b, c, d, *rest = bytes.fromhex(digest(f"{asn}-{key % 6}", 2) + digest(f"{asn}-{key}", 12))
            v6 = f"2a{asn % 251:02x}:{asn & 0xFFFF:x}:" + ":".join(f"{256 + x * 91:x}" for x in rest[:6])
            self.addr = v6 if six else f"{31 + a % 187}.{b}.{c}.{1 + d % 254}"
        return self.addr


class Device:
    """A program: user agent, TLS fingerprint, device token and its session of each account."""

    def __init__(self, r, app=None, old=False, script=0.03):
        self.app, self.old, self.sids = app or r.choices(("ios", "android", "web"), (42, 46, 12))[0], old, {}
        ios = "iPhone; iOS " + r.choice(("15.8", "16.7") if old else ("17.5", "17.6", "17.6", "18.0"))
        phone = ios if self.app == "ios" else f"Android {r.randint(10, 14)}; {r.choice(PHONES)}"
        version, stack = (
            r.choice(("7.2.0", "7.9.3") if old else ("8.4.1", "8.4.1", "8.4.0", "8.1.0")),
            phone[:14],
        )
        self.ua, self.id = f"Ember/{version} ({phone})", "%016x" % r.getrandbits(64)
        if self.app == "web":
            stack = r.choices(BROWSERS, (50, 20, 15, 15))[0]
            self.ua, self.id = "Mozilla/5.0 (" + stack, self.id if r.random() < 0.88 else None
        if r.random() < script:
            stack = r.choice(("okhttp/4.9.3", "python-requests/2.31.0", "Go-http-client/2.0"))
            self.ua, self.id = r.choice((self.ua, self.ua, self.ua, stack)), r.choice((self.id, None))
        stack = "okhttp" if stack.startswith("Android 1") else stack
        self.ja4 = ("t12d1411h1_" if old else "t13d1516h2_") + digest(stack, 6) + "_" + digest(stack + "x", 6)


class Person:
    """A member with account, devices, lines and habits; crowd "made_up" is an account of an attacker."""

    def __init__(self, r, crowd, name=None, twin=None):
        self.crowd, self.country, self.twin = crowd, r.choices(LANDS, SHARES)[0], twin
        self.home, self.mobile = Line(r, "home", self.country), Line(r, "mobile", self.country)
        self.extra, self.trip = (
            crowd in EXTRA and Line(r, EXTRA[crowd], r.choice(LANDS)),
            r.uniform(-1, 4.5) * DAY,
        )
        self.method = METHODS.get(crowd) or r.choices(("phone", "mail", "social"), (60, 25, 15))[0]
        self.name = name or make_name(r, self.country if self.method == "phone" else None)
        app, old = "web" if crowd == "web_office" else None, crowd == "old_app"
        self.devices = (
            twin.devices if twin else [Device(r, app, old) for _ in range(r.choice((1, 1, 1, 1, 2)))]
        )
        common = r.choices(POPULAR, [1 / (i + 1) for i in range(10)])[0]
        self.old, self.pw = (f"{r.choice(words)}{r.randint(1, 10**6)}" for words in (LAST, FIRST))
        self.pw = common if r.random() < 0.06 else self.pw
        self.leak = r.choices((self.pw, self.old, r.choice(LAST) + str(r.randint(1, 9999))), (3.5, 58, 38))[0]
        self.mfa, self.sids, self.fails, self.locked = r.random() < 0.12, {}, 0, -1.0
        self.rate, self.typo, self.stale = (
            r.lognormvariate(-0.9, 1.15),
            r.uniform(0.02, 0.12),
            r.random() < 0.06,
        )


class Service:
    """Clock, account store and log. Actors are generators that yield the seconds they wait."""

    def __init__(self, seed, log, labels):
        self.now, self.heap, self.seq, self.count, self.first, self.seed = 0.0, [], 0, 0, None, seed
        self.accounts, self.breached, self.log, self.r = (
            {},
            set(POPULAR),
            log,
            random.Random(f"{seed}-service"),
        )
        self.labels = csv.writer(labels, lineterminator="\n")
        self.labels.writerow("event_id attack class outcome time username undecidable".split())

    def start(self, actor, wait=0.0):
        """Sets an actor going after a wait."""
        self.seq += 1
        heapq.heappush(self.heap, (self.now + max(0.0, wait), self.seq, actor))

    def run(self):
        """Lets the actors act in order of time until the end."""
        while self.heap and self.heap[0][0] < 5 * DAY:
            self.now, _, actor = heapq.heappop(self.heap)
            wait = next(actor, None)
            if wait is not None:
                self.start(actor, wait)

    def judge(self, kind, acct, secret, good):
        """Why the service refuses, or None, and what it notes."""
        if OUTAGE[0] < self.now < OUTAGE[1] and self.r.random() < 0.93:
            return "other", {}
        if kind == "token":
            return None if acct and acct.sids.get(secret, -1) > self.now else "expired", {
                "session_id": secret
            }
        if acct is None:
            return "unknown_user", {"credential": "unknown" if kind == "login" else None}
        if kind in ("signup", "lookup", "password_reset") or self.now < acct.locked:
            return "locked" if kind in ("login", "mfa") else None, {}
        if kind == "mfa":
            return None if good else "bad_mfa", {"mfa": "passed" if good else "failed"}
        if secret is None:
            return None if good else "other", {"credential": "valid" if good else "unknown"}
        if acct.method != "mail" or secret != acct.pw:
            return "bad_password", {"credential": "invalid"}
        step = ("passed" if good else "failed") if acct.mfa else "none"
        return "bad_mfa" if step == "failed" else None, {"credential": "valid", "mfa": step}

    def ask(self, who, at, kind, name, secret=None, good=True, end=None):
        """One request: decides, keeps sessions and locks, writes event and label; returns why it failed."""
        (dev, line), acct = at, secret if kind == "signup" else self.accounts.get(name)
        secret = dev.sids.get(acct, digest(name, 6)) if kind == "token" and not secret else secret
        (reason, more), now, self.count = (
            self.judge(kind, acct, secret, good),
            round(self.now, 3),
            self.count + 1,
        )
        if reason and acct and kind in ("login", "mfa"):
            acct.fails += 1
            acct.locked = self.now + 900 if acct.fails % 10 == 0 else acct.locked
        elif not reason and kind in ("login", "mfa", "signup"):
            more["session_id"] = dev.sids[acct] = digest(f"{self.seed}-sid-{self.count}", 6)
            acct.sids[dev.sids[acct]] = self.now + (0.5 if dev.old else self.r.uniform(5, 60)) * DAY
            acct.fails, self.accounts[name] = 0, acct
        if kind == "login" and secret is not None:
            more.update(password_fingerprint=digest(secret), breached_password=secret in self.breached)
        self.first, ip = now if self.first is None else self.first, line.ip(now)
        eid, time = digest(f"{self.seed}-{self.count}"), START + timedelta(seconds=now)
        event = {"event_id": eid, "time": time.isoformat(timespec="milliseconds"), "kind": kind, "ip": ip}
        event.update(outcome="failure" if reason else "success", failure_reason=reason, username=name)
        path = ("/v2/" if dev.old else "/v3/") + (
            end or ("social" if kind == "login" and secret is None else kind)
        )
        event.update(asn=line.asn, device_id=dev.id, user_agent=dev.ua, app=dev.app, endpoint=path, **more)
        event["country"] = None if ":" in ip and self.r.random() < 0.05 else line.country
        event["ja4"] = None if self.r.random() < (0.5 if dev.old else 0.03) else dev.ja4
        self.log.write(json.dumps({k: v for k, v in event.items() if v is not None}) + "\n")
        let = kind not in ("lookup", "password_reset") and acct and not (who[0] and acct.crowd == "made_up")
        result = "failure" if reason else "success" if let else ""
        self.labels.writerow((eid, who[0], who[1], result, f"{now - self.first:.3f}", name, who[2]))
        return reason


class Crowd:
    """Everybody who comes: members, machines of members, and attackers."""

    def __init__(self, seed, svc, users):
        self.svc, self.ask, self.users, self.people, self.cum = svc, svc.ask, users, [], []
        r = self.r = random.Random(f"{seed}-people")
        for _ in range(users):
            self.settle(self.add())
        self.mailers, self.callers = ([p for p in self.people if p.method == m] for m in ("mail", "phone"))
        self.loud, size = [(Device(r, script=0.7), Line(r, "host", "GB")) for _ in range(4)], users / 12500
        bots = [p for p in self.people if p.crowd == "swiping_service"]
        probe = [Person(r, "mail_password")]
        svc.accounts[probe[0].name] = probe[0]
        for cls, members, rest in (("swiping_service", bots, 6 * HOUR), ("monitor_probe", probe, 600)):
            svc.start(self.machine((0, cls, 0), members, rest))
        svc.start(self.arrivals(), r.uniform(0, 60))
        for cls, n, start, span, most in (row.split() for row in CAMPAIGNS.split(",")):
            way, begin = (1, cls, 0), (float(start) + r.uniform(-0.15, 0.15)) * DAY
            svc.start(self.campaign(way, max(40, int(int(n) * size)), float(span) * DAY, int(most)), begin)
        for cls, n, deed in (row.split() for row in DEEDS.split(",")):
            for _ in range(max(3, int(int(n) * size))):
                svc.start(
                    getattr(self, deed)((1, cls, int(cls == "partner_at_home"))), r.uniform(0.05, 4.8) * DAY
                )

    def add(self):
        """A new person, of a crowd drawn by its share; some are second accounts on the devices of another."""
        crowd = self.r.choices(CROWDS, (41, 15, 12, 7, 5, 4, 4, 4, 4, 3, 2))[0]
        twins = [q for q in self.people[-40:] if q.crowd == crowd == "multi_account"]
        return Person(self.r, crowd, None, twins[-1] if twins else None)

    def settle(self, p):
        """Makes a person a member; with the sessions members have when the log begins."""
        self.people.append(p)
        self.cum.append((self.cum[-1] if self.cum else 0.0) + p.rate)
        self.svc.accounts[p.name] = p
        self.svc.breached.add(p.leak if self.r.random() < 0.5 else p.old)
        for dev in p.devices if self.svc.now == 0 else ():
            dev.sids[p] = "%012x" % self.r.getrandbits(48)
            p.sids[dev.sids[p]] = self.r.uniform(-0.5, 1.5 if dev.old else 40) * DAY

    def arrivals(self):
        """People open the app by habit and local hour; some join; the outage hits all."""
        r, svc, hit = self.r, self.svc, False
        while True:
            yield r.expovariate(self.users * 2.0 / DAY)
            p, q = r.choices(self.people, cum_weights=self.cum)[0], self.add() if r.random() < 0.009 else None
            local = START + timedelta(seconds=svc.now + int(PLACES[p.country][0]) * HOUR)
            if r.random() * 18 < HOURS[local.weekday() > 4][local.hour]:
                svc.start(
                    self.join((0, "new_joiner", 0), (q.devices[0], self.place(q)), q) if q else self.visit(p)
                )
                svc.start(self.visit(p.twin or p) if p.twin else iter(()), r.uniform(20, 900))
            for p in r.sample(self.people, self.users // 25) if svc.now > OUTAGE[0] and not hit else ():
                svc.start(self.visit(p), r.uniform(1, 300))
                hit, p.sids = True, {} if r.random() < 0.3 else p.sids

    def place(self, p):
        """The line a person uses just now."""
        away = p.crowd != "traveller" or p.trip < self.svc.now < p.trip + 2.5 * DAY
        own = p.home if self.r.random() < 0.55 else p.mobile
        return p.extra if p.extra and away and self.r.random() < 0.65 else own

    def visit(self, p):
        """The token, a sign-in if it is no longer good, tokens again, and now and then something more."""
        r, svc, cls, line, new = self.r, self.svc, p.crowd, self.place(p), self.r.random() < 0.006
        if cls == "swiping_service" or cls == "traveller" and not p.trip < svc.now < p.trip + 2.5 * DAY:
            cls = dict(mail="mail_password", phone="phone_regular").get(p.method, "social_login")
        cls = "outage_reconnect" if OUTAGE[0] < svc.now < OUTAGE[1] else "new_phone" if new else cls
        p.devices = [Device(r)] + p.devices[1:] if new else p.devices
        dev, reason, tries = p.devices[0] if new or r.random() < 0.8 else r.choice(p.devices), "expired", 0
        who, at = (0, cls, 0), (dev, line)
        while p in dev.sids and reason and tries < (4 if dev.old or reason == "other" else 1):
            reason, tries = self.ask(who, at, "token", p.name, dev.sids[p]), tries + 1
            yield r.uniform(2, 8) * 2**tries
        if reason:
            yield from self.sign_in(p, at, who)
        while r.random() < 0.22 and p in dev.sids:
            yield r.uniform(600, 3000)
            self.ask(who, (dev, self.place(p)), "token", p.name)
        cls = r.choice(("address_book", "curious_lookup", "curious_lookup"))
        if r.random() < 0.012:
            yield from self.contacts((0, cls, 0), at, r.randint(1, 7) if cls == "curious_lookup" else 20)
        if r.random() < (0.5 if p.crowd == "web_office" else 0.01):
            dev.sids.pop(p, None)
        if p.crowd == "delete_and_return" and r.random() < 0.3:
            svc.accounts.pop(p.name, None)

    def sign_in(self, p, at, who):
        """Signs in with the usual slips; a forgotten password is made anew, and so is a deleted account."""
        r, name, kind, gone = self.r, p.name, "login", self.svc.accounts.get(p.name) is not p
        for k in range(r.choice((2, 3, 4, 5)) if who[1] != "recovering_victim" or p.method != "mail" else 0):
            secret, slip, typed = None, r.random(), name
            if p.method == "mail":
                secret = p.old if p.stale and (k < 2 or slip < 0.5) else p.leak if slip > 0.985 else p.pw
                secret = secret[:-1] + r.choice("aeiou1234") if slip < p.typo else secret
                typed = name.replace("@", r.choice("0s9") + "@") if r.random() < 0.025 else name
            elif p.method == "phone" and (k == 0 or gone):
                self.ask(
                    who, at, "lookup", name if slip > 0.03 else name[:-1] + r.choice("012345"), end="phone"
                )
                kind = "mfa"
                yield r.uniform(6, 45)
            if not (gone and kind == "mfa") and not self.ask(who, at, kind, typed, secret, slip < 0.89):
                return
            yield r.uniform(3, 25)
        if gone:
            self.ask(who, at, "signup", name, p)
        elif p.method == "mail":
            who = who if who[1] == "recovering_victim" else (0, "forgotten_password", 0)
            self.ask(who, at, "password_reset", name)
            yield r.uniform(25, 400)
            p.old, p.pw, p.stale = p.pw, f"{r.choice(FIRST)}{r.randint(1, 99999)}#", r.random() < 0.15
            self.ask(who, at, "login", name, p.pw)

    def contacts(self, who, at, n):
        """Looks up an address book or a few people; number testing does so with lists or with ranges."""
        r, few, near, dense = (
            self.r,
            n < 8,
            self.r.choice(self.people).country,
            who[0] and self.r.random() < 0.5,
        )
        base, known = make_name(r, near), 0.4 if few else 0.18 if who[0] else 0.13
        for k in range(n if few else int(min(120, r.lognormvariate(0, 0.7) * n))):
            name = r.choice(self.people).name if r.random() < known else make_name(r, near)
            name = base[:-3] + "%03d" % ((int(base[-3:]) + k) % 1000) if dense and r.random() < 0.85 else name
            self.ask(who, at, "lookup", name, end="people" if few else "contacts")
            pause = who[0] and k % 25 == 24
            yield r.uniform(5, 90) if few else r.uniform(20, 3 * HOUR) if pause else r.uniform(0.05, 0.7)

    def join(self, who, at, p):
        """Somebody makes an account, at times with a used number; address book and visits follow."""
        r, q, cls = self.r, self.r.choice(self.people), who[1]
        if cls == "new_joiner" and p.method == q.method == "phone" and r.random() < 0.12:
            who, p.name = (0, "recycled_number", 0), q.name
        if p.method == "phone":
            self.ask(who, at, "lookup", p.name, end="phone")
            yield r.uniform(10, 90)
        if who[1] == "recycled_number":
            self.ask(who, at, "mfa", p.name)
        yield r.uniform(10, 150)
        self.ask(who, at, "signup", p.name, p)
        if not who[0]:
            self.settle(p)
        if cls == "number_testing" or cls == "new_joiner" and r.random() < 0.6:
            yield from self.contacts(who if who[0] else (0, "address_book", 0), at, 32 if who[0] else 15)
        who = (1, "farm_operation", who[2]) if cls == "signup_farm" else who
        while r.random() < 0.65 and cls != "number_testing":
            yield r.expovariate(1 / ((7 if who[0] else 3) * HOUR))
            self.ask((*who[:2], int(who[0] and at[1].keep == 1800)), at, "token", p.name)

    def machine(self, who, members, rest):
        """Logs in for members from hosting in rounds: a swiping service, or the service's own probe."""
        r, stale = self.r, [r < 0.08 for r in (self.r.random() for _ in members)]
        fixed = (Device(r, "web", script=0.8), Line(r, "host", "GB"))
        while True:
            ways = [(Device(r, "android", script=0.8), Line(r, "host", "GB")) for _ in range(4)]
            ways.append((Device(r, "android", script=0.8), r.choice(self.people).home))
            if who[1] == "monitor_probe":
                ways, stale = [fixed], [1.4 * DAY < self.svc.now < 1.6 * DAY]
            for k, p in enumerate(members):
                yield r.uniform(2, 60)
                pw, at = p.old if stale[k] else p.pw, r.choice(ways)
                if self.ask(who, at, "login", p.name, pw, r.random() < 0.5) and r.random() < 0.5:
                    self.ask(who, r.choice(ways), "login", p.name, pw, r.random() < 0.5)
            yield r.uniform(0.8, 1.3) * rest

    def exit(self, near=None):
        """A proxy exit, not seldom in an honest home, with a program that looks like anybody's."""
        land, kind = near or self.r.choices(LANDS, SHARES)[0], self.r.choice(("home", "home", "mobile"))
        lent, device = not near and self.r.random() < 0.25, Device(self.r, script=0.35)
        return device, self.r.choice(self.people).home if lent else Line(self.r, kind, land)

    def campaign(self, who, n, span, most):
        """Spreads n tries over a span, in bouts of a few tries from one exit."""
        pace = span / n
        while n > 0:
            k, at = self.r.randint(1, most), (
                self.r.choice(self.loud) if who[1] == "stuffing_loud" else self.exit()
            )
            self.svc.start(self.bout(who, at, k, min(3 * pace, 40)))
            n -= k
            yield self.r.expovariate(1 / (pace * k))

    def bout(self, who, at, n, pause):
        """Tries from one exit: pairs out of a leak, common passwords, names, or codes for one number."""
        r, kind, spray = self.r, "login", who[1] == "password_spray"
        kind = {"reset_testing": "password_reset", "code_guessing": "mfa"}.get(who[1], kind)
        aim = r.choice(self.callers if r.random() < 0.9 else self.callers[:2])
        for i in range(n):
            p, pw = aim if kind == "mfa" else r.choice(self.mailers), None
            name = p.name if kind == "mfa" or r.random() < (0.6 if spray else 0.32) else make_name(r)
            pw = pw if kind != "login" else r.choice(POPULAR[:5]) if spray else p.leak
            if i == 0 and kind == "mfa":
                self.ask(who, at, "lookup", name, end="phone")
            elif not self.ask(who, at, kind, name, pw, r.random() < 0.002) and kind != "password_reset":
                self.svc.start(self.taken(who, at, p))
            yield r.uniform(0.5, 1.5) * pause

    def taken(self, who, at, p):
        """After a takeover the session is used again; then the victim takes the account back."""
        for _ in range(self.r.choice((0, 1, 2, 4))):
            yield self.r.expovariate(1 / (3 * HOUR))
            self.ask(who, (at[0], self.r.choice((at[1], self.exit(p.country)[1]))), "token", p.name)
        yield self.r.expovariate(1 / (9 * HOUR)) + 1200
        p.sids, own, who = {}, (p.devices[0], self.place(p)), (0, "recovering_victim", 0)
        self.ask(who, own, "token", p.name)
        yield from self.sign_in(p, own, who)

    def takeover(self, who):
        """One member's account, by stolen token, moved number, false page, or the phone at home."""
        r, cls, p = self.r, who[1], self.r.choice(self.callers if who[1] == "sim_swap" else self.people)
        own, at, kind = r.choice(p.devices), self.exit(r.choice((None, p.country))), "token"
        if cls == "partner_at_home":
            self.ask(who, (own, p.home), kind, p.name)
            return
        secret = (
            own.sids.get(p) if cls == "token_resale" and r.random() < 0.4 else "%012x" % r.getrandbits(48)
        )
        if cls == "token_resale" and r.random() < 0.5:
            at[0].ua, at[0].app, at[0].id = own.ua, own.app, own.id
        elif cls != "token_resale":
            kind, secret = "mfa" if p.method == "phone" else "login", p.pw if p.method == "mail" else None
            carrier = Line(r, "mobile", p.country, p.mobile.asn)
            at = (
                Device(r),
                carrier if cls == "sim_swap" else r.choice((at[1], at[1], Line(r, "host", "GB"))),
            )
            self.ask(who, at, "lookup", p.name, end="phone")
            yield r.uniform(8, 60)
        if not self.ask(who, at, kind, p.name, secret):
            at[0].sids.setdefault(p, secret)
            yield from self.taken(who, at, p)

    def stalk(self, who):
        """A former partner, on an honest device at home, tries passwords in a few bouts over days."""
        r, ex, p, lucky = (
            self.r,
            self.r.choice(self.people),
            self.r.choice(self.mailers),
            self.r.random() < 0.12,
        )
        for _ in range(r.randint(2, 14)):
            pw, at = r.choice(
                (p.old, *(r.choice(FIRST) + str(r.randint(1, 2024)) for _ in "1234"))
            ), self.place(ex)
            pw, at = p.pw if lucky and r.random() < 0.2 else pw, (ex.devices[0], at)
            if not self.ask(who, at, "login", p.name, pw, False):
                yield from self.taken(who, at, p)
                return
            yield r.uniform(6, 60) if r.random() < 0.7 else r.expovariate(1 / (14 * HOUR))

    def farm(self, who):
        """A phone farm signs up scam accounts, or one account tests numbers."""
        r, clean, land, farm = (
            self.r,
            self.r.random() < 0.3,
            self.r.choice(LANDS[:6]),
            who[1] == "signup_farm",
        )
        phones, lines = [Device(r, "android") for _ in range(8)], [Line(r, "mobile", land) for _ in range(3)]
        base = make_name(r, land)[:-4]
        for _ in range(r.randint(20, 120) if farm else 1):
            at = (r.choice(phones), r.choice(lines)) if farm and not clean else self.exit()
            if farm and clean:
                at = Device(r), Line(r, "mobile", r.choice(LANDS[:6]))
                at[1].keep = 1800
            at[0].id = at[0].id if not farm or r.random() < 0.3 else "%016x" % r.getrandbits(64)
            number = base + "%04d" % r.randrange(10**4) if r.random() < 0.5 else make_name(r, land)
            p = Person(r, "made_up", number if farm else None)
            p.method = "phone" if farm else p.method
            self.svc.start(self.join(who, at, p) if p.name not in self.svc.accounts else iter(()))
            yield r.expovariate(1 / 2500)


def main():
    """Reads the options and lets the service run."""
    ask = argparse.ArgumentParser(description="Labelled login traffic of a dating app.")
    for option in ("--seed", "--out", "--labels", "--users"):
        ask.add_argument(
            option, required=option != "--users", default="12500" if option == "--users" else None
        )
    args = ask.parse_args()
    with open(args.out, "w", encoding="utf-8") as log, open(args.labels, "w", encoding="utf-8") as labels:
        svc = Service(int(args.seed), log, labels)
        Crowd(int(args.seed), svc, int(args.users))
        svc.run()


if __name__ == "__main__":
    main()
