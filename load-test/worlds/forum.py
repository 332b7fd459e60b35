#!/usr/bin/env python3
"""Labelled login traffic of a large old discussion board with a wiki and a marketplace.

Names are public handles; two fifths of the accounts sleep for years, sessions live as long and travel, few browsers
have a device id, many members choose Tor or a VPN. Hard there: a sleeper's own leaked password looks like one try out
of a dump, roaming cookies look like replayed ones; a checking site asks for the handles that account traders want.
Every actor is a generator that yields (delay, action) and is sent the answer; one queue keeps the order of time.
"""

import argparse
import hashlib
import heapq
import json
import random
from contextlib import suppress
from datetime import datetime, timedelta, timezone
from zlib import crc32

DAY, DAYS, DEFAULT_USERS, LIVELY = 86400, 5, 40000, [int(x) / 9 for x in "532111123455666667789987"]
# country, hours from UTC, weight among members, weight among rented home addresses
COUNTRIES = "US -6 34 22,GB 0 13 8,DE 1 12 7,CA -5 8 5,FR 1 6 6,AU 10 5 3,BR -3 4 13,IN 5 3 10,ID 7 1 7"
COUNTRIES = {row.split()[0]: [int(x) for x in row.split()[1:]] for row in COUNTRIES.split(",")}
MEMBERS, RENTED = ([cc for cc, row in COUNTRIES.items() for _ in range(row[n])] for n in (1, 2))
# crowd, share of accounts, keeps a session, errors, visits, networks (home, daily new, own server, rented, ...)
CROWDS = """member .33 .88 1 .14 h,mobile_member .1 .93 .8 .18 mmhr,vpn_member .025 .7 1 .25 v,tor_member .012 0 1.2 .4 t,
campus_member .025 .5 1 .25 c,renumbered_home .03 .8 1 .2 d,shared_household .02 .4 1.3 .25 h,moderator .002 .5 .6 2 hmv,
cookie_roamer .008 .97 .6 .8 hcsvm,market_trader .012 .7 .7 .4 hhmv,old_feed_reader .006 .6 1 0 hhhs,returning_dormant .43 .6 2.2 0 hmv,
event_crowd 0 .8 1.5 0 mh,warned_owner 0 .8 1.5 0 mh,new_member 0 .8 1 0 hmv,name_shopper 0 0 1 0 hv,name_check_site .0001 0 1 0 o,
archive_bot .00015 .9 1 0 o,moderation_bot .00008 .95 1 0 o,wiki_script .0006 0 1 0 s"""
CROWDS = {c[0]: [float(x) for x in c[1:5]] + c[5:] for c in map(str.split, CROWDS.split(","))}
# attack, action, targets, passwords, made-up names, tries, hours, in a row, an address, networks, door, programs
ATTACKS = """dump_stuffing_loud login leaked leak .5 1500 1.3 1 400 s board script,token_replay token loot own 0 2000 75 1 8 rrsm,
dump_stuffing_loud login leaked leak .5 1200 2.2 1 250 v,dump_stuffing_quiet login leaked leak .55 4600 40 1 3 rrrm,
dump_stuffing_quiet login leaked leak .45 2500 17 1 2 rrmv mobile any,common_spray login all spray 0 3200 30 1 3 rrms,
dormant_dump_slow login asleep leak 0 2400 104 1 1 rrv,tor_spray login all spray 0 1100 60 2 6 t board tor,
feed_door_guess login leaked guess 0 1800 50 1 3 rs feed feed,handle_name_test lookup asleep own .6 3000 70 2 3 rms,
moderator_guess login victim guess 0 550 90 9 18 vtrm,reset_name_probe reset asleep own .6 1100 45 1 2 rrv,
dead_mail_takeover reset dead own 0 60 110 1 2 rv,spam_signup_farm signup all own 0 1300 60 2 4 rmvs,
farm_account_login login farm own 0 900 80 1 3 rmv,phished_takeover login traders own 0 80 80 1 1 rv market any"""
PROGRAMS = """web|Mozilla/5.0 (Windows NT 10.0; Win64; x64) @C Safari/537.36|chrome|109 120 128 130 131 132 132 132
web|Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:%s.0) Gecko/20100101 Firefox/%s.0|firefox|115 128 133 134
phone|Mozilla/5.0 (Linux; Android 10; K) @C Mobile Safari/537.36|chrome|120 128 130 131 132 132
phone|Mozilla/5.0 (iPhone; CPU iPhone OS %s like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148|ios|16_6 17_6 18_1 18_2
mobile|BoardApp/%s|okhttp|3.8.1 4.0.2 4.1.0 4.1.0
script|%s|python|python-requests/2.25.1 python-requests/2.28.2 python-requests/2.32.3 Python-urllib/3.11
feed|%s|old|FeedDemon/4.5 RSSOwl/2.2.1 Liferea/1.10 Thunderbird/102.15 NetNewsWire/3.3 TinyTinyRSS/1.15
odd|Mozilla/5.0 (Windows NT 10.0; Win64; x64) @C Safari/537.36|scanner|109 128 131 132
tor|Mozilla/5.0 (Windows NT 10.0; rv:%s.0) Gecko/20100101 Firefox/%s.0|firefox|128"""
PROGRAMS = PROGRAMS.replace("@C", "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/%s.0.0.0").split("\n")
WORDS = "wolf dark fox neo raven shadow storm ace pixel turbo iron ghost nova blue rust zen moss kilo echo hawk owl "
WORDS += "jade onyx river stone vinyl diesel amber comet lunar tango viper mike anna dave lars tom kate paul nina joe max"
LISTED = {"common": 100, "leak": 70, "old0": 30, "old1": 20}  # per cent on public lists of leaked passwords


class Account:
    def __init__(self, w, crowd, fancy=0.06):
        """Draw a person with a free name, a home, passwords and programs, as yet unknown to the board."""
        self.num, self.crowd, self.cc, self.name = next(w.count), crowd, w.r.choice(MEMBERS), w.handle(fancy)
        while self.name.lower() in w.accounts:
            self.name = f"{w.handle(0)}{w.r.randrange(10)}"
        asleep, doors = crowd == "returning_dormant", {"mobile_member": "mobile", "market_trader": "market"}
        self.leak = f"leak:{self.num}" if w.chance(0.5 if asleep else 0.28) else None
        self.pw = f"common:{int(300 ** w.r.random())}" if w.chance(0.03) else f"own:{self.num}"
        self.pw = self.leak if self.leak and w.chance(0.027) else self.pw
        self.mfa = w.chance({"moderator": 0.6, "market_trader": 0.35}.get(crowd, 0.03))
        self.home, self.dead_mail = w.at(w.r.choice(w.isps[self.cc]), 0.22), w.chance(0.04 + 0.36 * asleep)
        doors, family = doors | {"old_feed_reader": "feed"}, "tor" if crowd == "tor_member" else "any"
        self.app = doors.get(crowd) or w.r.choices(("board", "wiki", "market"), (85, 8, 7))[0]
        programs, keep = w.r.choice((1, 1, 2)) - asleep, CROWDS[crowd][1]
        self.devices = [Device(w, self.app, family, keep) for _ in range(programs)]
        self.sids = [dev.sid for dev in self.devices if dev.sid]


class Device:
    def __init__(self, w, app="board", family="any", keep=0):
        """Draw a program: agent, TLS fingerprint and, for the application and few others, a device id."""
        family = app if app in ("mobile", "feed") else family
        self.family = w.r.choices(("web", "phone", "odd"), (64, 31, 5))[0] if family == "any" else family
        self.agent, self.ja4 = w.r.choice(w.programs[self.family])
        self.id = f"d{w.r.getrandbits(56):014x}" if app == "mobile" or w.chance(0.1) else None
        self.sid = f"s{w.r.getrandbits(72):018x}" if w.chance(keep) else None


class Board:
    def __init__(self, seed, log, labels):
        """Open the service: its queue and files, and the networks and programs that everybody draws from."""
        r, self.seed, self.log, self.labels = random.Random(f"{seed}-board"), seed, log, labels
        self.r, self.now, self.first, self.count, self.queue = r, 0.0, None, iter(range(10**9)), []
        self.accounts, self.strikes, self.recent, self.programs = {}, {}, ["fox"], {}
        self.start = datetime(2025, 1, 6, tzinfo=timezone.utc) + timedelta(days=r.randrange(300))
        self.pools, self.chance, dice = {}, lambda p: r.random() < p, r.randrange
        isps = lambda cc, n: [(f"{dice(24, 100)}.{dice(256)}", dice(1200, 64000), cc) for _ in range(n)]
        self.isps = {cc: isps(cc, 5) for cc in COUNTRIES}
        hosts = isps("DE", 4) + isps("US", 4)
        for how, each in (("s", 400), ("v", 25), ("t", 40)):
            self.pools[how] = [self.at(isp) for isp in hosts for _ in range(each)]
        for cc in COUNTRIES:
            self.pools["m" + cc] = [self.at(isp) for isp in isps(cc, 2) for _ in range(45)]
            self.pools["c" + cc] = [self.at(isp) for isp in isps(cc, 9)]
        for family, agent, tls, versions in (row.split("|") for row in PROGRAMS):
            for v in versions.split():
                digest = hashlib.md5(f"{tls}{v[:2]}".encode()).hexdigest()
                ja4 = f"t13d{1500 + crc32(tls.encode()) % 20}h2_{digest[:12]}_{digest[12:24]}"
                self.programs.setdefault(family, []).append((agent.replace("%s", v), ja4))

    def at(self, isp, six=0):
        """Draw an address of a provider, or with some odds a v6 network, whose hosts change daily."""
        (half, asn, cc), x, y = isp, self.r.randrange(1, 2**16), self.r.randrange(1, 255)
        return f"2a0{asn % 9}:{asn:x}:{x:x}:{y:x}::" if self.chance(six) else f"{half}.{x & 255}.{y}", asn, cc

    def at_home(self, home):
        """Return the network seen from a home; a v6 home shows another host each day."""
        x = crc32(f"{home[0]}{int(self.now / DAY)}".encode()) | 65537
        return home[0] + f"{x >> 16:x}:{x & 65535:x}" * home[0].endswith(":"), *home[1:]

    def route(self, ways, cc=None):
        """Draw an address on one of some networks; a rented home address is sometimes a member's own."""
        how, where = self.r.choice(ways), cc or self.r.choice(RENTED)
        if how == "r" and cc is None and self.chance(0.15):
            return self.at_home(self.r.choice(self.homes))
        home = [self.at(self.r.choice(self.isps[where]), 0.22)]
        return self.at_home(self.r.choice(self.pools.get(how) or self.pools.get(how + where) or home))

    def place(self, cls, acc, dev):
        """Say who acts where with which program, given the networks such people use."""
        how, isp, net = self.r.choice(CROWDS[acc.crowd][4]), self.isps[acc.cc][0], self.at_home(acc.home)
        if how == "d":
            x = crc32(f"{acc.num}-{int(self.now / DAY + acc.num % 7 / 7)}".encode())
            net = f"{isp[0]}.{x >> 8 & 255}.{x & 127 | 1}", *isp[1:]
        elif how == "c" and 8 < (self.now / 3600 + COUNTRIES[acc.cc][0]) % 24 < 19:
            net = self.pools["c" + acc.cc][acc.num % len(self.pools["c" + acc.cc])]
        elif how not in "hoc" or how == "h" and self.chance(0.07):
            net = self.route("mvrc" if how == "h" else how, acc.cc)
        return {"cls": cls, "who": acc.name, "net": net, "dev": dev, "app": acc.app}

    def handle(self, fancy=0.06):
        """Make up a handle; the fancy ones are short and of value."""
        r, (one, two) = self.r, self.r.sample(WORDS.split(), 2)
        if self.chance(fancy):
            return r.choice((one, one + two[0], f"{one}{r.randrange(10)}", two[:3] + one[:2], one[:3] + two))
        return f"{one}{r.choice(('', '_'))}{two}{r.choice((r.randrange(100), r.randrange(1960, 9999)))}"

    def later(self, delay, actor, action=None):
        """Let an actor go on after a delay."""
        heapq.heappush(self.queue, (self.now + delay, next(self.count), actor, action))

    def run(self):
        """Let everybody act in order of time until the last day is over."""
        while self.queue and self.queue[0][0] < DAYS * DAY:
            self.now, _, actor, action = heapq.heappop(self.queue)
            with suppress(StopIteration):
                delay, action = actor.send(self.answer(action) if action else None)
                self.later(delay, actor, action)

    def answer(self, a):
        """Decide an action, write it down and return (reason of failure, session)."""
        acc, kind, sid = self.accounts.get(a["who"].lower()), a["kind"], a.get("sid")
        reason, enters = self.check(a, acc, kind), kind in ("login", "signup", "token") or "new" in a
        if kind != "token":
            sid = f"s{self.r.getrandbits(72):018x}" if enters and not reason and a["app"] != "feed" else None
            self.accounts[a["who"].lower()].sids.append(sid) if sid else None
        self.write(a, acc, reason, sid, enters)
        return reason, sid

    def check(self, a, acc, kind):
        """Return why an action fails, or nothing; flood limits hold at every door but the old feeds."""
        name, ip, feed, quarter = a["who"].lower(), a["net"][0], a["app"] == "feed", int(self.now / 900)
        if kind == "signup":
            if acc or self.chance(0.09):
                return "other"
            self.accounts[name], a["acc"].name = a["acc"], a["who"]
            self.recent = self.recent[-40:] + [a["who"]]
        elif kind == "token":
            return None if acc and a["sid"] in acc.sids else "expired"
        elif kind != "login":
            if not acc or not a.get("good", True):
                return "expired" if acc else "unknown_user"
            acc.pw, acc.sids = (a["new"], []) if "new" in a else (acc.pw, acc.sids)
        else:
            limits = {(quarter, name, ip): 6, (quarter, ip): 120, (quarter, name): 25}
            if not feed and any(self.strikes.get(key, 0) >= most for key, most in limits.items()):
                return "locked"
            right = acc is not None and a["pw"] == acc.pw
            if not right or acc.mfa and not feed and not a.get("good"):
                self.strikes |= {key: self.strikes.get(key, 0) + 1 for key in limits}
                return "bad_mfa" if right else "bad_password" if acc else "unknown_user"

    def write(self, a, acc, reason, sid, enters):
        """Write one event and its label."""
        ms, kind, app, dev, (ip, asn, cc) = int(self.now * 1000), a["kind"], a["app"], a["dev"], a["net"]
        self.first, outcome = ms if self.first is None else self.first, "failure" if reason else "success"
        kind, stamp = "password_reset" if kind == "reset" else kind, self.start + timedelta(milliseconds=ms)
        e = {"event_id": f"e{next(self.count):09d}", "time": stamp.isoformat(timespec="milliseconds")}
        e |= {"kind": kind, "outcome": outcome, "failure_reason": reason, "ip": ip, "user_agent": dev.agent}
        e |= {"device_id": dev.id, "app": app, "ja4": None if app == "feed" else dev.ja4, "session_id": sid}
        e["endpoint"] = f"/{app}/{a['kind']}{'/confirm' if 'new' in a else ''}"
        e |= {"asn": asn, "country": cc} if crc32(ip.encode()) % 70 else {}
        e["username"] = None if kind == "token" and reason else a["who"]
        if kind == "login":
            mfa = "passed" if acc and acc.mfa and app != "feed" else "none"
            found = {None: ("valid", mfa), "bad_mfa": ("valid", "failed"), "bad_password": ("invalid", None)}
            e["credential"], e["mfa"] = found.get(reason, ("unknown", None))
            e["password_fingerprint"] = hashlib.md5(f"{self.seed}/{a['pw']}".encode()).hexdigest()[:20]
            e["breached_password"] = crc32(a["pw"].encode()) % 100 < LISTED.get(a["pw"].split(":")[0], 7)
        self.log.write(json.dumps({k: v for k, v in e.items() if v is not None}) + "\n")
        result = "" if kind == "lookup" or not reason and (not enters or a.get("own")) else outcome
        mark, alike, seconds = a.get("attack", 0), a.get("alike", 0), (ms - self.first) / 1000
        self.labels.write(f"{e['event_id']},{mark},{a['cls']},{result},{seconds:.3f},{a['who']},{alike}\n")

    def sign_in(self, me, acc, err, forgot=0.0, tries=8):
        """Log in as people do: slips, old passwords, waiting, a reset or giving up; return success."""
        r, c, dev, forgot = self.r, self.chance, me["dev"], self.chance(max(forgot, 0.05 * err))
        for _ in range(min(r.randint(2, 7), tries)):
            old = "old0", "old0", "old1", "old2", "leak" if acc.leak else "old1"
            slip = f"slip{r.randrange(5)}:{acc.pw}" if c(0.07 * err) else acc.pw
            names = acc.name[:1] + acc.name[2:], acc.name[:-1], acc.name + "_", f"{acc.name}@mail.example"
            me["who"] = r.choice(names) if c(0.035 * err) else acc.name
            login = dict(me, kind="login", pw=f"{r.choice(old)}:{acc.num}" if forgot else slip, good=c(0.93))
            reason, dev.sid = yield 3 + r.expovariate(1 / 14), login
            if not reason:
                return True
            yield r.uniform(300, 2500) if reason == "locked" else 0, None
            forgot = forgot and c(0.88)
        asks = 1 + c(0.5 if acc.dead_mail else 0.12) if forgot and c(0.75) else 0
        for _ in range(asks):
            yield r.uniform(15, 400), dict(me, kind="reset", who=acc.name)
        if not asks or acc.dead_mail:
            return False
        step = dict(me, kind="reset", who=acc.name, new=f"own{r.randrange(99)}:{acc.num}", good=c(0.95))
        reason, dev.sid = yield r.lognormvariate(5, 1), step
        return not reason

    def life(self, accs, cls, rate):
        """The visits of one person, maybe with several accounts: a session or a login, then lookups."""
        r, c, (_, keep, err, _, ways) = self.r, self.chance, CROWDS[accs[0].crowd]
        while True:
            yield r.expovariate(rate / DAY), None
            up = c(LIVELY[int(self.now / 3600 + COUNTRIES[accs[0].cc][0]) % 24])
            for acc in [acc for acc in accs if acc is accs[0] or c(0.4)] if up else ():
                acc.devices += [Device(self, acc.app)] if c(0.015) else []
                dev, reason = r.choice(acc.devices), "none"
                if c(0.25 if ways == "hcsvm" else 0.02):
                    dev.agent, dev.ja4 = r.choice(self.programs[dev.family])
                me = self.place(cls, acc, dev)
                if dev.sid:
                    reason, _ = yield r.uniform(1, 300), dict(me, kind="token", sid=dev.sid)
                ok = not reason or (yield from self.sign_in(me, acc, err))
                dev.sid = dev.sid if c(keep) else None
                for _ in range(r.randrange(4) if ok and acc.crowd in ("moderator", "market_trader") else 0):
                    who = r.choice((*self.recent[-9:], self.handle()))
                    yield r.uniform(5, 200), dict(me, kind="lookup", who=who)

    def newcomer(self, cls, old):
        """Somebody on a new program: an old account after years, or names tried and mostly a sign-up."""
        r, acc, shopper = self.r, old or Account(self, cls), cls == "name_shopper"
        dev = Device(self, acc.app)
        me, acc.devices = self.place(cls, acc, dev), acc.devices + [dev]
        if old:
            yield from self.sign_in(me, acc, CROWDS[cls][2], 0.75, 0 if cls == "warned_owner" else 8)
        for _ in range(0 if old else r.randint(4, 30) if shopper else r.randint(0, 4)):
            name = "nova7" if cls == "event_crowd" and self.chance(0.4) else self.handle(0.5)
            yield r.uniform(3, 40), dict(me, kind="lookup", who=name)
        while not old and self.chance(0 if shopper else 0.85):
            reason, dev.sid = yield r.uniform(20, 120), dict(me, kind="signup", acc=acc)
            old, me["who"] = not reason, f"{acc.name}{r.randrange(100)}"
        yield from self.life([acc], cls, r.choice((0.2, 0.5, 2))) if old else ()

    def machine(self, cls, acc, period, lookups):
        """A program with a stored password, out of date for a time: polls, sessions, lookups."""
        acc.home = self.route("s") if CROWDS[cls][4] == "o" else acc.home
        r, dev, feed, acc.mfa = self.r, Device(self, acc.app, "script"), acc.app == "feed", False
        begin, length = (0, r.uniform(0.5, 15)) if feed and self.chance(0.15) else (r.uniform(0, 12), 0.3)
        yield r.uniform(0, period), None
        while True:
            me, wrong = self.place(cls, acc, dev), begin < self.now / DAY < begin + length
            if dev.sid and not wrong and self.chance(CROWDS[cls][1]):
                yield 0, dict(me, kind="token", sid=dev.sid)
            elif cls != "name_check_site":
                _, dev.sid = yield 0, dict(me, kind="login", pw=f"old0:{acc.num}" if wrong else acc.pw)
            for _ in range(r.randint(0, lookups)):
                name = self.handle(0.6) if cls == "name_check_site" else r.choice(self.recent)
                yield r.uniform(0.5, 4), dict(me, kind="lookup", who=name)
            yield r.uniform(100, 900) if wrong and not feed else period * r.uniform(0.8, 1.3), None

    def deed(self, cls, kind, targets, words, blind):
        """List what an attacker does in one try; every step needs the one before it to work."""
        r, c, own = self.r, self.chance, int("farm" in cls)
        acc = Account(self, "new_member") if kind == "signup" else r.choice(self.targets[targets])
        self.targets["farm"] += [acc] if kind == "signup" else []
        acc.pw = f"farm:{r.randrange(30)}" if kind == "signup" and c(0.6) else acc.pw
        common, leak = f"common:{int(30 ** r.random())}", f"leak:{acc.num}{r.choice(('', r.randrange(60)))}"
        pws = {"leak": (acc.leak or f"old2:{acc.num}") + "1" * c(0.15), "own": acc.pw, "spray": common}
        pws["guess"] = r.choice((common, leak))
        name = self.handle(0.06 if kind == "login" else 0.6) if c(float(blind)) else acc.name
        first = dict(kind=kind, who=name, pw=pws[words], acc=acc, own=own)
        if kind == "token":
            first["sid"] = (acc.sids or [f"s{acc.num:018x}"])[0]
        if cls == "phished_takeover":
            first |= {"good": c(0.8), "pw": first["pw"] if c(0.8) else f"slip1:{acc.pw}"}
        if targets == "farm" and acc.num % 4 == 0 and acc.pw[0] == "o":
            first |= {"alike": 1, "net": self.at_home(acc.home), "dev": acc.devices[0]}
        more = [dict(first, new=f"trade:{acc.num}")] if targets == "dead" else []
        return [first, *more] + [dict(first, kind="token")] * (targets in ("dead", "traders") and c(0.5))

    def campaign(self, cls, *plan):
        """An attack: tries at its own times, each from a rented address that changes after a few tries."""
        plan, r, shy = [*plan, "board", "any"][:11], self.r, self.chance(0.5)
        count, hours, row, most = map(float, plan[4:8])
        start, seats, sid = r.uniform(2, DAYS * 24 - hours), [{"left": 0} for _ in range(6)], None
        pace = {"dead": 400, "traders": 200}.get(plan[1], 20 if row > 1 else 2)
        count *= self.scale * r.uniform(0.7, 1.3) / row
        for t in sorted((start + hours * r.random()) * 3600 for _ in range(int(count) + 2)):
            yield max(0, t - self.now), None
            for _ in range(0 if shy and not self.chance(LIVELY[int(t / 3600) % 24] + 0.3) else int(row)):
                seat = seats[0] if row > 1 else r.choice(seats)
                if seat["left"] <= 0:
                    seat |= {"left": r.uniform(most / 3, most), "net": self.route(plan[8]), "app": plan[9]}
                    seat |= {"dev": Device(self, *plan[9:]), "cls": cls, "attack": 1}
                seat["left"] -= 1
                for step in self.deed(cls, *plan[:4]):
                    reason, sid = yield r.uniform(0, pace), seat | {"sid": sid} | step
                    if reason:
                        break

    def members(self, crowd, share, rate):
        """Take in the accounts of a crowd; some share a home and a program, a moderator has four."""
        group, together = [], {"moderator": 4, "shared_household": 3}.get(crowd, 1)
        for n in range(round(share * DEFAULT_USERS * self.scale) or share > 0):
            acc = Account(self, crowd, 0.1 if crowd == "returning_dormant" else 0.04)
            if n % together:
                acc.home, acc.cc, acc.devices = group[-1].home, group[-1].cc, acc.devices[:1]
                mine, theirs = acc.devices[0], group[-1].devices[0]
                mine.agent, mine.ja4, mine.id = theirs.agent, theirs.ja4, theirs.id
            group.append(acc)
            self.accounts[acc.name.lower()] = acc
            if rate and (crowd != "moderator" or n % 4 == 3):
                accs = group[-4:] if crowd == "moderator" else [acc]
                self.later(0, self.life(accs, crowd, min(15, rate * self.r.paretovariate(1.15))))
        return group

    def begin(self, users):
        """Start everybody and run: members, waves of newcomers, machines and attackers."""
        r, self.scale = self.r, users / DEFAULT_USERS
        lists = {crowd: self.members(crowd, row[0], row[3]) for crowd, row in CROWDS.items()}
        every = [a for a in self.accounts.values() if CROWDS[a.crowd][0] > 0.007]
        t = self.targets = {"all": every, "asleep": lists["returning_dormant"]}
        t["victim"] = lists["moderator"][:1]
        t |= {"leaked": [a for a in every if a.leak], "traders": lists["market_trader"]}
        t["farm"], t["dead"] = self.members("new_member", 0.001, 0), [a for a in t["asleep"] if a.dead_mail]
        self.homes, t["loot"] = [a.home for a in every], [a for a in every if a.devices][::60]
        waves = "returning_dormant 1200 120,new_member 800 120,name_shopper 110 120,event_crowd 1600 7,warned_owner 600 20"
        for cls, count, hours in map(str.split, waves.split(",")):
            first, hours = r.uniform(0, max(0, 110 - int(hours))), int(hours)
            for _ in range(int(int(count) * self.scale)):
                at = first + hours * (r.random() if hours > 99 else r.betavariate(1.5, 4))
                known = every if cls[0] == "w" or cls[0] == "e" and self.chance(0.4) else [None]
                acc = r.choice(t["asleep"] if cls == "returning_dormant" else known)
                self.later(at * 3600, self.newcomer(cls, acc))
        machines = "old_feed_reader 17000 0,archive_bot 2400 0,moderation_bot 700 3,wiki_script 30000 0,name_check_site 600 2"
        for cls, period, lookups in map(str.split, machines.split(",")):
            for acc in lists[cls]:
                self.later(0, self.machine(cls, acc, int(period) * r.uniform(0.5, 1.5), int(lookups)))
        for row in ATTACKS.split(","):
            self.later(0, self.campaign(*row.split()))
        self.run()


def main():
    """Read the options and write both files."""
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    for name in ("seed", "out", "labels", "users"):
        options.add_argument(f"--{name}", default=str(DEFAULT_USERS) if name == "users" else None)
    o = options.parse_args()
    with open(o.out, "w", encoding="utf-8") as log, open(o.labels, "w", encoding="utf-8") as labels:
        labels.write("event_id,attack,class,outcome,time,username,undecidable\n")
        Board(o.seed, log, labels).begin(int(o.users))


if __name__ == "__main__":
    main()
