#!/usr/bin/env python3
"""Labelled login traffic of an insurance group's customer portal (three brands, six winter days, one clock).

Customers come once or twice a year; renewal letters (day 2) and a storm (evening of day 3) bring people who forgot
names and passwords, on new machines, to an overloaded portal; an app release (day 5) ends many tokens. The name is
a mail address or a policy number, and a wrong digit hits a stranger. A login is logged when its second factor is
settled. Hard: honest addresses with many names and one password (brokers, call centre, scheme offices), honest runs
of unknown names, attackers with one to three tries an address on the same lines, right passwords, codes or tokens.
"""

import argparse, csv, hashlib, heapq, itertools, json, random
from collections import Counter, namedtuple
from datetime import datetime, timedelta, timezone

DAY, STORM, RELEASE, BRANDS = 86400.0, 239400.0, 367200.0, ("harbour", "meridian", "swiftcover")
HOURS = {"home": "211112468aba98889abdda74", "office": "000000017bcb79ba83100000", "flat": "d" * 24}
# networks: kind, number, country, weight; clients: machine, app, weight, TLS fingerprint, user agent
NETS = """home 2856 GB 30, home 5089 GB 25, home 5607 GB 20, home 13285 GB 14, home 5466 IE 4, home 3352 ES 3, home 3215 FR 2, home 7922 US 1, home 9829 IN 1,
home 28573 BR 1, mobile 12576 GB 30, mobile 25135 GB 25, mobile 206067 GB 25, mobile 15502 IE 4, mobile 12430 ES 3, mobile 26599 BR 1, hosting 16509 IE 4,
hosting 14061 GB 2, hosting 24940 DE 2, hosting 16276 FR 2, vpn 9009 GB 4, vpn 212238 NL 2, vpn 60068 GB 3, office 8190 GB 3, office 5413 GB 3,
office 2856 GB 4"""
CLIENTS = """pc web 24 t13d1516h2_8daaf6152771_02713d6af862 Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/132.0.0.0 Safari/537.36
pc web 6 t13d1715h2_5b57614c22b0_5c2c66f702b0 Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:134.0) Firefox/134.0
pc web 9 t13d2014h2_a09f3c656075_14788d8d241b Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Version/18.2 Safari/605.1.15
pc web 13 t13d1516h2_8daaf6152771_02713d6af862 Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/132.0.0.0 Edg/132.0.0.0
phone web 16 t13d2014h2_a09f3c656075_14788d8d241b Mozilla/5.0 (iPhone; CPU iPhone OS 18_2) Version/18.2 Mobile/15E148 Safari/604.1
phone web 18 t13d1516h2_8daaf6152771_02713d6af862 Mozilla/5.0 (Linux; Android 10; K) Chrome/132.0.0.0 Mobile Safari/537.36
app ios 5 t13d2014h2_a09f3c656075_f62623592221 CoverLine/{} (iPhone; iOS 18.2)
app android 5 t13d1312h2_f57a46bbacb6_e7c285222651 CoverLine/{} (Android 14) okhttp/4.12.0
script api 3 t13d1812h1_85036bcba153_b26ce05bbdd6 python-requests/2.32.3
script api 4 t13d1412h2_2b234860ed9e_14f4d7b2a6d8 Java-http-client/17.0.13"""
# crowd, comings, hours, first and last day, share of slips, of forgotten, names sought, of ended tokens, machine, network, who
VISITS = """customer_web 8500 home 0 6 .08 .06 0 0 - - often, vpn_or_abroad 700 home 0 6 .12 .08 0 0 - vpn often, elderly_slips 1100 home 0 6 .4 .25 1 0 pc - elderly,
renewal_letter 2600 home 1.3 3 .14 .13 1 0 - - people, renewal_letter 1200 home 3 6 .14 .13 1 0 - - people, storm_claim 2800 flat 2.78 3 .14 .13 1 0 phone - people,
storm_claim 2200 home 3 4 .12 .11 1 0 - - people, forgot_name 600 home 0 6 .15 .4 8 0 - - people, customer_app 6500 home 0 6 .1 .1 0 .05 app - often,
app_release 2200 home 4.25 5.5 .14 .2 0 .7 app - often, carer 900 home 0 6 .12 .1 0 0 pc - cared, workplace_scheme 450 office 1.38 1.5 .14 .06 0 0 pc office scheme,
workplace_scheme 250 office 4.55 4.65 .14 .06 0 0 pc office scheme, money_app_sync 2000 flat 0 6 .02 .01 0 0 script hosting synced, stored_password_loop 130 home 0 6 .02 1 0 0 phone - often"""
# attack, comings, hours, first and last day, network ("app": the app over borrowed lines; with a number: only so many seats)
ATTACKS = """stuffing_burst 600 flat .12 .15 hosting5, stuffing_burst 500 flat 2.83 2.86 vpn4, stuffing_burst 500 flat 4.5 4.56 hosting8, stuffing_residential 1500 home .4 2.2 proxy,
stuffing_residential 1200 flat 2.8 4 proxy, stuffing_slow_app 900 flat 0 6 app, policy_number_testing 700 home 1 2 proxy, policy_number_testing 400 flat 3.1 3.13 hosting4,
mail_name_testing 700 flat 0 5 proxy, date_of_birth_guessing 400 home 1.4 3.4 proxy, date_of_birth_guessing 300 home 4.2 6 app, password_spray 450 home 2.3 4.3 proxy,
password_spray 200 flat 5.3 5.4 vpn6, one_user_guessing 45 home 1 4 proxy, one_user_guessing 60 flat 2.5 2.6 proxy, one_user_guessing 40 home 3 6 vpn2,
fake_claims_accounts 130 home 0 3 proxy, fake_claims_accounts 120 home 3 4.5 vpn, bought_broker_login 16 office .3 6 proxy, factor_relay 45 home 1.4 2 hosting2,
factor_relay 40 home 3.3 4 proxy, code_guessing 60 home 0 6 proxy, token_theft 110 home 1 6 proxy, reset_takeover 45 home 0 6 proxy"""
NETS, CLIENTS = [row.split() for row in NETS.split(",")], [row.split(" ", 4) for row in CLIENTS.split("\n")]
INSPECTED = "t12d190800_d83cc789557e_7af1ed941c26"  # virus scanners and gateways that open TLS
DESK = {"asn": 8190, "country": "GB", "user_agent": CLIENTS[0][4], "ja4": INSPECTED, "app": "agent-desk"}
NAMES = "mary john susan peter ann david linda paul jean carol ian asha omar smith jones patel brown walsh khan".split()
COMMON = "Password1 password qwerty12 letmein1 arsenal1 Insurance1 sunshine Welcome1 charlie1 abc123".split()
WIDE = dict(mobile=(1, 3, 40), vpn=(1, 1, 30), hosting=(1, 2, 60), home=(4, 250, 250), office=(1, 3, 5))
Tag = namedtuple("Tag", "attack name own undecidable", defaults=(False, 0))


def line(r, kind, asn=0, six=False):
    """An address in a network; all but home networks have few, which many people share."""
    some = [row for row in NETS if row[0] == kind and asn in (0, int(row[1]))]
    _, asn, country, _ = r.choices(some, [float(row[3]) for row in some])[0]
    n, (a, b, c) = int(asn), (r.randrange(top) for top in WIDE[kind])
    ip = f"2a0{n % 8}:{n % 65521:x}:{b:x}:{r.getrandbits(16):x}::{c + 1:x}" if six else ""
    return {"ip": ip or f"{81 + n % 14}.{(n * 7 + a) % 250}.{b}.{c + 1}", "asn": n, "country": country}


def program(r, machine, device):
    """A program of a kind of machine, as it shows itself; scripts keep no device token."""
    some = [row for row in CLIENTS if row[0] == machine]
    _, app, _, ja4, agent = r.choices(some, [float(row[2]) for row in some])[0]
    ja4 = INSPECTED if machine == "pc" and r.random() < 0.05 else ja4
    return {"app": app, "ja4": ja4, "user_agent": agent, "device_id": None if app == "api" else device}


def mistype(r, text):
    """A slip of the finger: a character lost, doubled or wrong."""
    i, wrong = r.randrange(len(text)), r.choice("0123456789" if text[-1].isdigit() else "aeionrst")
    return text[:i] + r.choice(("", text[i] * 2, wrong, wrong)) + text[i + 1 :]


def mail_name(r):
    """A mail address like those that customers have."""
    return f"{r.choice(NAMES)}.{r.choice(NAMES)}{r.randrange(9000)}@mail{r.randrange(5)}.example"


class Person:
    """A customer or a broker's clerk, with home network, machines and passwords."""

    def __init__(self, w, r):
        self.brand, self.mail, self.session = r.choice(BRANDS), mail_name(r), w.token()
        w.policy[self.brand] += r.choice((1, 1, 1, 2, 3, 4, 9))
        self.policy, self.birthday = f"{self.brand[0].upper()}{w.policy[self.brand]}", r.randrange(100, 1300)
        self.leak, self.born = f"x{r.getrandbits(40):x}", int(r.triangular(1932, 2005, 1968))
        self.habit = r.choice((self.mail, self.mail, self.policy))
        self.password = self.leak if r.random() < 0.03 else self.new_password(r)
        self.others, self.trusted, self.machines = [self.leak, self.new_password(r)], Counter(), {}
        self.six, self.renumbers, self.mfa, self.private = (r.random() < x for x in (0.3, 0.2, 0.35, 0.06))
        self.home, self.updates = line(r, "home", six=self.six), RELEASE + r.expovariate(1e-5)
        self.home_day = self.fails = self.first_fail = self.locked = 0
        w.names[self.brand, self.mail] = w.names[self.brand, self.policy] = self

    def date(self, r, years=0):
        """The date of birth as people write it in a password field."""
        day, month = 1 + self.birthday % 28, self.birthday // 100
        return f"{day:02}{month:02}{self.born + years}"[: r.choice((8, 8, 4))]

    def new_password(self, r):
        """A password: now and then a common word or the date of birth, mostly one's own."""
        own = self.date(r) if r.random() < (0.1 if self.born < 1955 else 0.03) else f"p{r.getrandbits(44):x}"
        return COMMON[min(9, int(r.expovariate(0.4)))] if r.random() < 0.05 else own

    def seat(self, w, t, machine=None, kind=None):
        """Where the person sits now: machine, network and the device token that the service set there."""
        r, day, machine = w.rng, int(t // DAY), machine or w.rng.choice(("pc", "phone"))
        if self.renumbers and day != self.home_day:
            self.home, self.home_day = line(r, "home", self.home["asn"], self.six), day
        if machine not in self.machines or self.private and machine != "app" or r.random() < 0.02:
            self.machines[machine] = program(r, machine, w.token())
        kind = kind or (machine in ("phone", "app") and r.random() < 0.3 and "mobile")
        agent = self.machines[machine]["user_agent"].format("6.0.0" if t > self.updates else "5.8.2")
        return {**(line(r, kind) if kind else self.home), **self.machines[machine], "user_agent": agent}


class Portal:
    """The service, its people, its thieves and the queue of what is still to happen."""

    def __init__(self, seed, users):
        self.seed, self.scale, self.queue, self.names = seed, users / 24000, [], {}
        self.rng, ids = random.Random(f"{seed}-happenings"), random.Random(f"{seed}-ids")
        self.token, r = lambda: f"{ids.getrandbits(64):016x}", random.Random(f"{seed}-people")
        self.agents, order = [self.token() for _ in range(14)], itertools.count()
        self.at = lambda t, what: heapq.heappush(self.queue, (t, next(order), what))
        self.policy = {brand: 40100000 + 1300000 * i for i, brand in enumerate(BRANDS)}
        self.people = [Person(self, r) for _ in range(users)]
        self.often = r.choices(self.people, [min(60, r.paretovariate(1.1)) for _ in self.people], k=users)
        self.synced = [p for p in self.people if not p.mfa][7::30]  # a money app cannot show a code
        self.elderly = [p for p in self.people if p.born < 1952]
        self.cared, self.scheme = self.elderly[::5], self.people[::30]

    def emit(self, t, tag, seat, kind, name, brand, why=None, **more):
        """Queue one event; one brand's gateway sees no TLS fingerprint, and the network table has holes."""
        why = ("unknown_user", None)[(brand, name) in self.names] if kind == "lookup" else why
        path = f"/api/v2/{kind}" if seat["app"] in ("ios", "android", "api") else f"/account/{kind}"
        row = {"event_id": self.token(), "time": "", "outcome": "failure" if why else "success", "kind": kind}
        row.update(seat, username=name, tenant=brand, failure_reason=why, **{"endpoint": path, **more})
        hidden = ["ja4"] * (brand == "meridian") + ["asn", "country"] * (self.rng.random() < 0.012)
        self.at(t, ({k: v for k, v in row.items() if v is not None and k not in hidden}, tag))

    def spread(self, count, hours, first, last, call, power=1.0):
        """Queue a call many times between two moments (in days), by the rhythm of homes or offices."""
        for _ in range(max(2, round(float(count) * self.scale**power))):
            t = -1.0
            while t < 0 or self.rng.random() * 13 > int(HOURS[hours][int(t % DAY // 3600)], 16):
                t = self.rng.uniform(float(first), float(last)) * DAY
            self.at(t, call)

    def attempt(self, t, tag, seat, brand, name, password, codes=3, luck=0.88):
        """One login as the service judges it; gives why it failed (None if let in) and the end."""
        p, r, known, mfa, why = self.names.get((brand, name)), self.rng, "unknown", "none", "unknown_user"
        digest = hashlib.sha256(f"{self.seed}|{password}".encode()).hexdigest()[:16]
        breached = int(digest[:4], 16) % 100 < {"x": 85, "p": 3}.get(password[0], 60)
        more = {"password_fingerprint": digest, "breached_password": breached}
        if p and p.locked > t or STORM + 1800 < t < STORM + 5 * 3600 and r.random() < 0.12:
            why = "locked" if p and p.locked > t else "other"  # the portal is overloaded
        elif p and password != p.password:
            why, known = "bad_password", "invalid"
            p.fails, p.first_fail = (p.fails + 1, p.first_fail) if t - p.first_fail < 3600 else (1, t)
            p.locked = t + 1800 if p.fails >= 6 else 0.0
        elif p:
            known, p.fails, asked = "valid", 0, p.mfa and not p.trusted[seat["device_id"] or "-"]
            why, mfa = ("bad_mfa", "failed") if asked else (None, "none")
            while why and codes > 0:
                t, codes = t + 4 + min(300, r.lognormvariate(3.0, 0.6)), codes - 1
                why = None if r.random() < luck else r.choice(("bad_mfa", "bad_mfa", "expired"))
                mfa = "failed" if why else "passed"
                self.emit(t, tag, seat, "mfa", name, brand, why, mfa=mfa)
        if why is None:
            p.session, p.trusted[seat["device_id"]] = self.token(), 1
            more["session_id"] = p.session
        self.emit(t + 0.05, tag, seat, "login", name, brand, why, credential=known, mfa=mfa, **more)
        return why, t + 0.1

    def use(self, t, tag, seat, p, count, bad=None, gap=400, **more):
        """The account is used for a while: its session or refresh token is shown."""
        more = {"session_id": p.session, "credential": "invalid" if bad else "valid", **more}
        for _ in range(count):
            self.emit(t, tag, seat, "token", p.habit, p.brand, bad, **more)
            t += 1 + self.rng.expovariate(1 / gap)
        return t

    def reset(self, t, tag, seat, p, password=None):
        """A password is set anew, by the customer or by an agent for the customer."""
        self.emit(t, tag, seat, "password_reset", p.habit, p.brand)
        p.others, p.fails, p.locked = [p.password, p.others[0]], 0, 0.0
        p.password = password or p.new_password(self.rng)

    def typed(self, p, slip, forgot):
        """Brand, name and password as typed: slips, spaces, other names, wrong brand, old passwords."""
        r, word, spaced = self.rng, p.password, f"{p.policy[0]} {p.policy[1:5]} {p.policy[5:]}"
        if forgot or r.random() < slip:
            word = r.choice((mistype(r, word), mistype(r, word), p.date(r), *p.others))
        names = (mistype(r, p.habit), mistype(r, p.habit), p.habit, spaced, mail_name(r), p.mail)
        slipped = r.choice((p.brand, p.brand, *BRANDS)), r.choice(names), word
        return slipped if r.random() < slip else (p.brand, p.habit, word)

    def visit(self, t, crowd, p, slip, forget, search=0, ended=0, machine=None, kind=None, seat=None):
        """A customer comes: seeks the name, slips, forgets, resets or calls, then uses the portal."""
        r, tag, why, seat = self.rng, Tag(0, crowd), "none", seat or p.seat(self, t, machine, kind)
        forgot, patience = r.random() < forget, 1 if machine == "script" else r.choice((2, 3, 4, 5, 7))
        if ended:  # the app shows its refresh token first
            why = "expired" if r.random() < ended else None
            t = 3 + self.use(t, tag, seat, p, r.choice((1, 1, 3)) if why else 1, why, 3)
        for _ in range(int(r.choice((0, 1, search)) if forgot else search // 4)):
            self.emit(t, tag, seat, "lookup", self.typed(p, 1, True)[1], p.brand)
            t += r.uniform(5, 60)
        for _ in range(r.randrange(5, 25) if crowd == "stored_password_loop" else 0):
            t = self.attempt(t, tag, seat, p.brand, p.habit, p.others[0])[1] + r.choice((30, 60, 300, 900))
        while why and patience:
            why, t = self.attempt(t, tag, seat, *self.typed(p, slip, forgot))
            t, patience = t + 2 + min(240, r.lognormvariate(2.5, 0.8)), patience - 1
        if why and machine != "script" and r.random() < 0.12:
            self.at(t + r.uniform(200, 4000), lambda t: self.help_call(t, p))
        elif why and machine != "script" and r.random() < 0.75:
            self.reset(t + 20, tag, seat, p)
            why, t = self.attempt(t + r.uniform(60, 400), tag, seat, p.brand, p.habit, p.password)
        self.use(t + r.uniform(5, 300), tag, seat, p, 0 if why or ended else r.choice((0, 0, 0, 1, 1, 2)))

    def help_call(self, t, p, tag=Tag(0, "call_centre")):
        """An agent finds the customer, sets the word of the day and logs in beside the caller."""
        r, agent = self.rng, self.agents[self.rng.randrange(14)]
        seat = {**DESK, "ip": f"84.17.9.{10 + int(agent, 16) % 2}", "device_id": agent}
        self.emit(t, tag, seat, "lookup", r.choice((p.policy, p.mail, mistype(r, p.policy))), p.brand)
        self.reset(t + 60, tag, seat, p, f"Cover-{int(t // DAY)}")
        if not tag.attack:
            self.attempt(t + r.uniform(70, 150), tag, seat, p.brand, p.habit, p.password, 2)
            self.at(t + r.uniform(160, 500), lambda t: self.visit(t, tag.name, p, 0.25, 0))

    def join(self, t, tag=Tag(0, "new_customer"), seat=None):
        """A new customer (or a made-up one) signs up and logs in; a false one may come later from home."""
        p, r = Person(self, self.rng), self.rng
        seat = seat or p.seat(self, t)
        for why in ["other"] * r.choice((0, 0, 0, 1, 2)) + [None]:
            self.emit(t, tag, seat, "signup", p.mail, p.brand, why)
            t += r.uniform(20, 200)
        if not tag.attack:
            self.people.append(p)
            return self.at(t, lambda t: self.visit(t, tag.name, p, 0.15, 0.02, seat=seat))
        self.attempt(t, tag, seat, p.brand, p.mail, p.password)
        if r.random() < 0.3:
            t, tag = t + r.uniform(20000, 200000), tag._replace(undecidable=1)
            self.attempt(t, tag, p.seat(self, t), p.brand, p.mail, p.password)

    def broker_day(self, t, tag=Tag(0, "broker_office"), thief=None):
        """A clerk (or a thief) logs in, then acts for customers, by mandate or with their passwords."""
        r, (place, word, clerks, book) = self.rng, self.rng.choice(self.offices)
        clerk = r.choice(clerks)
        seat = thief or {**clerk.seat(self, t, "pc"), **(place if r.random() < 0.85 else {})}
        seat, typed = {**seat, "app": "broker-desk"}, r.choice([clerk.password] * 2 + clerk.others)
        why, t = self.attempt(t, tag, seat, clerk.brand, clerk.mail, typed)
        if why and not thief:
            why, t = self.attempt(t + 9, tag, seat, clerk.brand, clerk.mail, clerk.password)
        for p in r.choices(book, k=0 if why else int(r.triangular(5, 50, 14))):
            t += 2 + r.expovariate(1 / (400 if thief else 1000))
            if p.password == word or r.random() < 0.06:
                self.attempt(t, tag, seat, p.brand, p.habit, r.choice((p.password, p.password, word)))
            else:
                more = dict(session_id=clerk.session, endpoint="/broker/act-for")
                self.use(t, tag, seat, p, 1, r.choice(("other",) + (None,) * 24), **more)

    def quote(self, t, site, batch=0):
        """A comparison site asks whether a person is a customer; a batch asks by runs of policy numbers."""
        r, seat, brand = self.rng, site.seat(self, t, "script"), self.rng.choice(BRANDS)
        first, run = self.policy[brand] - r.randrange(9000), range(0, 3 * batch, 3)
        one = r.choice(self.often).mail if r.random() < 0.3 else mail_name(r)
        for name in [f"{brand[0].upper()}{first + i}" for i in run] or [one]:
            self.emit(t, Tag(0, "comparison_site"), seat, "lookup", name, brand)
            t += r.uniform(0.3, 1.5)

    def thief(self, t, kind):
        """A seat of an attacker: borrowed home and mobile lines (some of them customers'), VPN or hosting."""
        r, machine = self.rng, {"app": "app", "hosting": self.rng.choice(("pc", "script"))}.get(kind)
        kind = self.rng.choice(("home", "home", "home", "mobile")) if kind in ("app", "proxy") else kind
        place = line(r, kind, six=kind == "home" and r.random() < 0.28)
        place = r.choice(self.people).home if kind == "home" and r.random() < 0.12 else place
        seat = {**place, **program(r, machine or r.choice(("pc", "phone")), self.token())}
        version = ("5.8.2", "6.0.0")[t > RELEASE * r.uniform(1, 1.6)]
        return {**seat, "user_agent": seat["user_agent"].format(version)}

    def guess(self, name, p):
        """Brand, name and password (None: only the name is tested) that this kind of attacker tries."""
        r, o, own = self.rng, self.rng.choice(self.people), f"x{self.rng.getrandbits(40):x}"
        if "stuffing" in name:
            hit = o.brand, o.mail, r.choice((o.leak, o.leak, o.leak, own))
            return hit if r.random() < 0.35 else (o.brand, mail_name(r), r.choice((own,) * 12 + (COMMON[2],)))
        ways = {
            "policy_number_testing": (f"{p.policy[0]}{int(p.policy[1:]) + r.randrange(4)}", None),
            "mail_name_testing": (r.choice((mail_name(r), mail_name(r), o.mail, p.mail)), None),
            "date_of_birth_guessing": (p.policy, p.date(r, r.choice((0, 0, -2, -1, 1, 2, 5)))),
            "password_spray": (r.choice((p.policy, mistype(r, p.policy))), COMMON[r.randrange(6)]),
            "one_user_guessing": (p.habit, r.choice((p.date(r), p.others[1], own, own, own))),
        }
        return (p.brand, *ways.get(name, (p.habit, r.choice((p.password, p.password, p.others[1])))))

    def attack(self, t, name, kind, seats, target):
        """A thief comes: a few tries from an address, or one victim; a way in is used for a while."""
        r, tag, relay = self.rng, Tag(1, name, "fake" in name), name in ("factor_relay", "reset_takeover")
        p, seat = target or r.choice(self.people), r.choice(seats) if seats else self.thief(t, kind)
        seat = {**seat, "device_id": seat["device_id"] and self.token()}  # kept no longer than one coming
        if tag.own or "broker" in name:
            return self.join(t, tag, seat) if tag.own else self.broker_day(t, tag, seat)
        if name == "token_theft":
            seat = {**p.seat(self, t, "app"), **line(r, r.choice(("home", "vpn", "mobile")))}
            return self.use(t, tag, seat, p, r.randrange(1, 4), r.choice(("expired", "expired", None)), 2000)
        if name == "reset_takeover":
            agent = r.random() < 0.4
            self.help_call(t, p, Tag(1, name, False, 1)) if agent else self.reset(t, tag, seat, p)
        p.mfa, why = p.mfa or name == "code_guessing", "none"
        codes, luck = (2, 0.9) if relay else (4, 0.02) if name == "code_guessing" else (r.randrange(2), 0.001)
        for _ in range(r.choice((1, 1, 2, 3))):
            brand, asked, word = self.guess(name, p)
            t += r.uniform(0.5, 4) if seats and not relay else min(600, r.lognormvariate(3.5, 1))
            if word is None:
                self.emit(t, tag, seat, "lookup", asked, brand)
            elif why:
                why, t = self.attempt(t, tag, seat, brand, asked, word, codes, luck)
                if why is None:
                    t = self.use(t + 9, tag, seat, self.names[brand, asked], r.choice((0, 1, 3)))

    def plan(self):
        """Queue all crowds and attacks; carers share a machine, schemes start with dates of birth."""
        r, people = self.rng, self.people
        for p, carer in zip(self.cared, (p for p in self.cared[::4] for _ in range(4))):
            p.machines, p.home, p.renumbers = carer.machines, carer.home, False
        for p in self.scheme:
            p.password, p.habit = p.date(r), p.policy
        for row in (row.split() for row in VISITS.replace(" -", " 0").split(",")):
            how = [float(x) for x in row[5:9]] + [x != "0" and x for x in row[9:11]]
            who = getattr(self, row[11])
            self.spread(*row[1:5], lambda t, c=row[0], g=who, how=how: self.visit(t, c, r.choice(g), *how))
        staff = [[Person(self, r) for _ in range(4)] for _ in range(30)]
        self.offices = [(line(r, "office"), f"House-{c[0].born}", c, r.choices(people, k=99)) for c in staff]
        for office in self.offices:
            for p in office[3][: r.choice((0, 0, 25))]:
                p.password = office[1]
        for site in (Person(self, r) for _ in range(5)):
            site.home, site.renumbers, batch = line(r, "hosting"), False, 20 + int(200 * self.scale)
            self.spread(1700, "home", 0, 6, lambda t, site=site: self.quote(t, site))
            self.spread(2, "flat", 0, 6, lambda t, site=site, batch=batch: self.quote(t, site, batch), 0)
        self.spread(390, "office", 0, 5, self.broker_day)
        self.spread(850, "home", 0, 6, self.join)
        self.spread(350, "office", 0, 5, lambda t: self.help_call(t, r.choice(self.elderly + people[:900])))
        for name, *when, kind in (row.split() for row in ATTACKS.split(",")):
            seats = [self.thief(0, kind[:-1]) for _ in range(int(kind[-1]))] if kind[-1].isdigit() else None
            how = name, kind, seats, r.choice(people) if name == "one_user_guessing" else None
            self.spread(*when, lambda t, how=how: self.attack(t, *how), 0.75)


def main():
    """Write the log and the labels in step, in order of time."""
    parser = argparse.ArgumentParser(description="labelled login traffic of an insurance portal")
    for option, usual in (("seed", 1), ("users", 24000), ("out", "log.ndjson"), ("labels", "labels.csv")):
        parser.add_argument("--" + option, type=type(usual), default=usual)
    options, first = parser.parse_args(), None
    world = Portal(options.seed, options.users)
    world.plan()
    with open(options.out, "w") as log, open(options.labels, "w", newline="") as file:
        labels = csv.writer(file, lineterminator="\n")
        labels.writerow("event_id attack class outcome time username undecidable".split())
        while world.queue and world.queue[0][0] < 6 * DAY:
            t, _, what = heapq.heappop(world.queue)
            if callable(what):
                what(t)
                continue
            row, tag = what
            first, start = t if first is None else first, datetime(2025, 1, 20, tzinfo=timezone.utc)
            row["time"] = (start + timedelta(seconds=t)).isoformat(timespec="milliseconds")
            told = "" if row["kind"] not in ("login", "token") or tag.own else row["outcome"]
            log.write(json.dumps(row) + "\n")
            more = f"{t - first:.3f}", row["username"], tag.undecidable
            labels.writerow((row["event_id"], tag.attack, tag.name, told, *more))


if __name__ == "__main__":
    main()
