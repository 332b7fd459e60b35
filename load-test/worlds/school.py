#!/usr/bin/env python3
"""Labelled login traffic of a learning platform used by many schools (tenants), over seven days around a new term.

Pupils log in with short names inside their tenant, teachers and parents by mail address; Thursday and Friday are exam
days, Friday brings reports (parents come), Monday starts the term (activations). Hard here: honest classes look like
sprays (one start password, one address, fresh programs, many wrong tries), class resets and an office's name lists like
abuse; most attackers send one to three tries an address through home, mobile and shared exits that families use too.
Pupils who try a classmate's password a few times for fun are an honest crowd; lasting pursuit of a child is an attack.
"""

import argparse, heapq, json, random
from datetime import datetime, timedelta, timezone
from hashlib import blake2b
from types import SimpleNamespace as Thing

START = datetime(2026, 1, 29, tzinfo=timezone(timedelta(hours=1)))
OCTETS = (31, 37, 46, 62, 77, 78, 79, 80, 82, 84, 85, 87, 88, 89, 91, 93, 94, 95, 109, 176, 178, 185)
HOME = {"DE": (3320, 3209, 6830, 8881, 60294), "AT": (8447, 8412), "CH": (3303, 6730), "NL": (1136, 33915)}
HOME.update({"ES": (3352,), "TR": (9121,), "PL": (5617,), "GB": (2856,), "US": (7922,), "BR": (28573,)})
MOBILE = {"DE": (6805, 12638, 29562), "AT": (25255,), "CH": (15796,), "NL": (50266,)}
HOSTING = ((24940, "DE"), (16276, "FR"), (14061, "NL"), (51167, "DE"), (9009, "GB"), (16509, "IE"))
MIX = {"away": ("line", "mobile", "abroad", "vpn", "cloud"), "phone": ("home", "mobile")}
MIX["proxy"], MIX["desk"] = ("line",) * 12 + ("mobile",) * 3 + ("abroad", "vpn", "real"), ("school", "home")
OWN, LANDS = {"phone": 1, "away": 1, "desk": 2, "filter": 2}, ("DE",) * 7 + ("AT", "CH", "NL")
WIN, CHROME = "Mozilla/5.0 (Windows NT 10.0; Win64; x64", "AppleWebKit/537.36 (KHTML) Chrome/14{v}.0.0.0"
J_CHROME, J_FOX = "t13d1516h2_8daaf6152771_d8a2da3f94cd", "t13d1717h2_5b57614c22b0_3cbfd9057e0d"
J_APPLE, J_GO = "t13d2014h2_a09f3c656075_14788d8d241b", "t13d1312h2_f57a46bbacb6_ab7e3b40a677"
FAMILIES = {  # name: (app, user agent with {v}, TLS fingerprint)
    "cros": ("web", f"Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) {CHROME} Safari/537.36", J_CHROME),
    "chrome": ("web", f"{WIN}) {CHROME} Safari/537.36", J_CHROME),
    "edge": ("web", f"{WIN}) {CHROME} Safari/537.36 Edg/14{{v}}.0.0.0", J_CHROME),
    "firefox": ("web", f"{WIN}; rv:14{{v}}.0) Gecko/20100101 Firefox/14{{v}}.0", J_FOX),
    "ipad": ("web", "Mozilla/5.0 (iPad; CPU OS 18_{v} like Mac OS X) AppleWebKit/605 Safari/604", J_APPLE),
    "android": ("android", "LernApp/7.{v} (Android 15) okhttp/4.12", "t13d1512h2_46e7e9700bed_45f260be83e2"),
    "ios": ("ios", "LernApp/7.{v} CFNetwork/1568.300.101 Darwin/24.2.0", J_APPLE),
    "exam": ("exam", f"{WIN}) {CHROME} Safari/537.36 SEB/3.9", J_CHROME),
    "python": ("api", "python-requests/2.3{v}.3", "t13d1812h1_85036bcba153_b26ce05bbdd6"),
    "go": ("api", "Go-http-client/2.0", J_GO),
}
DESK = ("chrome",) * 26 + ("edge",) * 14 + ("firefox",) * 7 + ("ipad",) * 8 + ("cros",) * 4 + ("python",)
PHONE = ("android",) * 4 + ("ios",) * 4 + ("ipad", "chrome")
FIRST = "emma mia lea anna lina ida nele mila zoe elif amira noah ben leon paul luis finn max emil tim ali".split()
LAST = "mueller schmidt fischer weber meyer wagner becker schulz koch bauer richter klein wolf keller braun".split()
LAST += "lange werner krause maier huber kaya yilmaz nowak jansen bakker visser gruber steiner egger".split()
PETS = "tiger hund katze fussball pferd drache einhorn minecraft pizza sonne ninja delfin loewe panda star".split()
STEMS, SEASONS = ("Start", "Schule", "Lernen", "Klasse"), ("Winter2026", "Januar26", "Schule2026!")
COMMON = {f"{w}{n}" for w in PETS[:8] for n in range(30)} | {s + "-2026" for s in STEMS} | set(SEASONS[:2])
RHYTHM = [1, 0.4, 0.2, 0.1, 0.1, 0.3, 2, 4, 3, 3, 4, 4, 5, 8, 12, 15, 17, 18, 18, 16, 13, 9, 6, 3]
EVENING, LESSON, REPORTS = "012233456 0 23", "01456 8 13", "01111122223456 0 23"
PLAN = (  # class, attack, method, sessions at 12,000 users, when (see rates), arguments of the method
    ("class_lesson", 0, "lesson", 700, LESSON, ("older", 0.2)),
    ("young_class_lesson", 0, "lesson", 220, LESSON, ("young", 0.32)),
    ("exam_day", 0, "lesson", 70, "01 8 10", ("exam", 0.09)),
    ("teacher_class_reset", 0, "lesson", 44, LESSON, ("reset", 0.2)),
    ("new_term_activation", 0, "lesson", 42, "444556 8 13", ("new", 0.2)),
    ("pupil_home", 0, "visit", 6200, EVENING, ("home", 0.17)),
    ("pupil_phone", 0, "visit", 4200, EVENING, ("phone", 0.12, "pupil", 0.85)),
    ("teacher_day", 0, "visit", 3700, "0123456 7 21", ("desk", 0.08, "teacher")),
    ("library_users", 0, "visit", 900, "012456 13 18", ("library", 0.22, "pupil", 0)),
    ("filtered_laptop_home", 0, "visit", 1700, EVENING, ("filter", 0.15)),
    ("away_or_vpn", 0, "visit", 800, EVENING, ("away", 0.14, "any")),
    ("vendor_monitoring", 0, "visit", 2600, "0123456 0 23", ("cloud", 0.1, "probe", 0.2)),
    ("school_sync_script", 0, "visit", 1500, "0123456 1 4", ("cloud", 0.05, "sync", 0.93)),
    ("link_from_other_system", 0, "series", 330, LESSON, ("pupil", "cloud", "token", 36, 6, 0, 0.999999)),
    ("school_sync_script", 0, "series", 70, "0123456 1 4", ("pupil", "cloud", "lookup", 40, 3, 0, 0.85)),
    ("parent_once_a_term", 0, "series", 1200, REPORTS, ("parent", "my phone", "own", 6, 20, 0.1)),
    ("parent_joining", 0, "series", 420, REPORTS, ("pupil", "my phone", "signup", 1)),
    ("stored_old_password", 0, "series", 330, EVENING, ("pupil", "my phone", "old", 22, 240, 0.03)),
    ("own_name_looked_up", 0, "series", 1300, EVENING, ("pupil", "my phone", "lookup", 3, 9, 0, 0.7)),
    ("office_name_list", 0, "series", 75, "01456 7 15", ("pupil", "my school", "lookup", 50, 6, 0, 0.93)),
    ("classmate_guess", 0, "series", 380, LESSON, ("pupil", "mate school", "pupil", 3, 12, 0.04)),
    ("default_password_spray", 1, "series", 1900, (2, 34, 5, 12), ("pupil", "proxy", "start", 3, 9, 0, 0.8)),
    ("breach_stuffing_quiet", 1, "series", 2300, (2, 26, 0, 20), ("mail", "proxy", "leak", 3, 9, 0.017, 0.4)),
    ("breach_stuffing_loud", 1, "series", 46, (2, 1, 0, 20), ("mail", "few", "leak", 90, 2, 0.012, 0.3)),
    ("breach_stuffing_slow", 1, "series", 800, EVENING, ("mail", "mobile", "leak", 3, 40, 0.017, 0.5)),
    ("teacher_season_spray", 1, "series", 800, (3, 11, 6, 12), ("teacher", "proxy", "season", 2, 30, 0, 0.8)),
    ("exam_lockout", 1, "series", 620, "01 8 8", ("room", "proxy", "pupil", 4, 5, 0, 0.98)),
    ("reset_flood", 1, "series", 420, (2, 6, 7, 16), ("mail", "proxy", "password_reset", 3, 9, 0, 0.5)),
    ("class_lookup_quiet", 1, "series", 1200, (2, 20, 6, 16), ("pupil", "proxy", "lookup", 3, 6, 0, 0.1)),
    ("class_lookup_loud", 1, "series", 28, (2, 1, 9, 23), ("pupil", "few", "lookup", 110, 2, 0, 0.1)),
    ("pupil_pursued", 1, "series", 30, EVENING, ("pupil", "mate phone", "pupil", 50, 35, 0.02)),
    ("sold_account", 1, "series", 130, EVENING, ("sold", "proxy", "old", 2, 20, 0.6)),
    ("teacher_phished", 1, "series", 60, LESSON, ("teacher", "proxy", "own", 3, 25, 0.6)),
    ("fake_parent_signup", 1, "series", 330, (3, 9, 8, 14), ("pupil", "proxy", "signup", 3, 40)),
    ("session_stolen", 1, "series", 330, (3, 16, 6, 8), ("any", "proxy", "token", 3, 20)),
)


class Dice(random.Random):
    """The chances of this world: addresses, passwords, programs, homes and schools."""

    def address(self, asn, few=0):
        """An address of the network: any, or one of a few that many strangers share (CGNAT, VPN exits, filters)."""
        low = f"17.{1 + self.randrange(few)}" if few else f"{self.randrange(256)}.{self.randrange(1, 255)}"
        return f"{OCTETS[asn % 22]}.{(asn // 7 + (0 if few else self.randrange(6))) % 256}.{low}"

    def pick(self, items, skew=1.8):
        """One of the items, the first far oftener than the last: few people come often, most come rarely."""
        return items[int(len(items) * self.random() ** skew)]

    def slip(self, text):
        """A typing slip: two letters swapped, one lost, one doubled or one wrong."""
        at = self.randrange(len(text) - 1)
        a, b = text[at], text[at + 1]
        return text[:at] + self.choice((b + a, b, a + a + b, self.choice("aeinrst") + b)) + text[at + 2 :]

    def password(self, kind):
        """A password as schools set it, as children or adults choose it, or as it stands in a leaked list."""
        if kind == "start" or kind == "pupil" and self.random() < 0.04:
            return self.pick(STEMS, 1.5) + self.choice("-!_") + self.choice(("2025", "2026", "26"))
        if kind == "pupil":
            return f"{self.choice(PETS)}{self.choice((int(self.paretovariate(0.8)) % 100, self.randrange(9999)))}"
        if kind == "season" or kind == "adult" and self.random() < 0.04:
            return self.choice(SEASONS)
        return ("lk" if self.random() < {"leak": 0.8}.get(kind, 0.12) else "pw") + f"{self.getrandbits(40):x}"

    def device(self, family, bare=0.05):
        """A program, with the token the service gave it (none where cookies are not kept)."""
        token = None if family in ("python", "go") or self.random() < bare else f"{self.getrandbits(56):014x}"
        return Thing(family=family, token=token, version=self.randrange(1, 5), seen=self.random() < 0.06)

    def household(self, land):
        """A home line: fixed, renumbered daily, or v6."""
        asn, how = self.choice(HOME[land]), self.pick(("fixed", "daily", "v6"), 1.3)
        return Thing(land=land, asn=asn, how=how, ip=self.address(asn), people=[])

    def school(self, number):
        """A tenant: its addresses, shared laptops, start password and form of names."""
        land, family = self.choice(LANDS), self.choice(("cros", "cros", "edge", "ipad", "android"))
        asn, few = (680, 3) if self.random() < 0.2 else (self.choice(HOME[land]), 0)
        made = Thing(tenant=f"school-{number:03d}", land=land, family=family, people=[], form=number % 3)
        made.nets, made.start = [(self.address(asn, few), asn, land) for _ in "ab"], self.password("start")
        made.inspects, made.looks_up = self.random() < 0.3, self.random() < 0.45
        made.use, made.laptops = self.choice(("own", "all", "wipe")), [self.device(family) for _ in range(30)]
        return made

    def rates(self, when, total):
        """Sessions in each hour: by digits of days (twice counts twice) and hours, or windows at random times."""
        if isinstance(when, str):
            days, first, last = when.split()
            daily = [(int(first) <= h <= int(last)) * (RHYTHM[h] if first == "0" else 1) for h in range(24)]
            weights = [days.count(str(h // 24)) * daily[h % 24] for h in range(168)]
        else:
            starts = [24 * day + self.randint(*when[2:]) for day in self.sample(range(6), when[0])]
            weights = [sum(s <= h < s + when[1] for s in starts) for h in range(168)]
        return [total * w / sum(weights) for w in weights]


class Platform:
    """The schools, their people and attackers, and the service that answers them."""

    def __init__(self, seed, users, log, labels):
        """Fill the schools with classes, then add teachers, parents and machines."""
        self.seed, self.log, self.labels, self.users, self.heap, self.made = seed, log, labels, {}, [], 0
        self.people = {role: [] for role in "pupil teacher parent probe sync any".split()}
        self.rooms, self.count, self.first = {"young": [], "older": [], "new": []}, 0, 0
        rng = Dice(f"{seed}-people")
        schools = [rng.school(n) for n in range(max(8, users // 300))]
        while len(self.users) < users * 0.72:
            place, kind = rng.pick(schools, 1.3), rng.choices(("young", "older", "new"), (24, 64, 12))[0]
            room = []
            for _ in range(rng.randint(17, 29)):
                sibling = self.people["pupil"] and rng.random() < 0.12
                home = rng.choice(self.people["pupil"]).home if sibling else rng.household(place.land)
                kept = rng.random() < {"new": 1, "young": 0.35}.get(kind, 0.05)
                word = place.start if kept else rng.password("pupil")
                room.append(self.person(rng, "pupil", place, home, word, kind != "new"))
            self.rooms[kind].append(room)
        while len(self.users) < users + 30:
            child, role = rng.choice(self.people["pupil"]), rng.choices(("teacher", "parent"), (22, 78))[0]
            role = role if len(self.users) < users else ("probe", "sync", "sync")[len(self.users) % 3]
            home = child.home if role == "parent" else rng.household(child.home.land)
            self.person(rng, role, child.school, home, rng.password("adult"))
        for role in sorted(self.people):
            rng.shuffle(self.people[role])
        self.people["mail"] = self.people["teacher"] + self.people["parent"]
        self.people.update(sold=self.people["any"][50:100], room=sum(self.rooms["older"][:3], []))

    def name(self, rng, place, role):
        """A likely name: short in a school's form, or a mail address."""
        first, last, number = rng.choice(FIRST), rng.choice(LAST), rng.choice(("", rng.randrange(1950, 1999)))
        if role == "pupil":
            return (f"{first}.{last}", first[:2] + last, first + last[:3])[place.form]
        host = place.tenant if role == "teacher" else rng.choice(("mailbox", "inbox", "post"))
        return role if role in ("probe", "sync") else f"{first}.{last}{number}@{host}.example"

    def person(self, rng, role, place, home, word, known=True):
        """Open an account under a free name."""
        name, n = self.name(rng, place, role), 2
        area, (stem, at, host) = "" if "@" in name else place.tenant, name.partition("@")
        while (area, name) in self.users:
            name, n = f"{stem}{n}{at}{host}", n + 1
        user = Thing(name=name, role=role, school=place, home=home, word=word, fails=0, until=0)
        user.session, self.users[area, name] = f"{rng.getrandbits(48):012x}", user
        user.mfa, user.old = rng.random() < 0.45 * (role == "teacher"), rng.password("pupil")
        kinds = {"probe": ("go",) * 3, "sync": ("python",) * 3}.get(role)
        user.devices = [rng.device(f) for f in kinds or (rng.choice(DESK), rng.choice(PHONE), place.family)]
        pools = [self.people[role], self.people["any"]] if known else []
        for group in [home.people, place.people][: 1 + (role == "pupil")] + pools:
            group.append(user)
        return user

    def line(self, home, day):
        """The network of a home on that day."""
        rng, (a, b) = Dice(f"{self.seed}-{home.ip}-{day}"), home.ip.split(".")[2:]
        ways = {"fixed": home.ip, "daily": rng.address(home.asn)}
        ways["v6"] = f"2a02:{home.asn & 65535:x}:{a}:{b}::{rng.getrandbits(16):x}:{rng.randrange(1, 65536):x}"
        return ways[home.how], home.asn, home.land

    def place(self, rng, where, t, user=None, cls=None):
        """The network and the program of somebody who comes from such a place, honest or not."""
        day, land, n = int(t // 86400), user.school.land if user else rng.choice(LANDS), OWN.get(where, 0)
        where, own = rng.choice(MIX.get(where, (where,))), rng.device(rng.choice(DESK + PHONE * 4), 0.15)
        if user and where != "library":
            own = user.devices[n] = own if rng.random() < 0.01 * (where != "cloud") else user.devices[n]
        if where in ("home", "school"):
            return rng.choice(user.school.nets) if where == "school" else self.line(user.home, day), own
        if where in ("few", "cloud"):
            fixed = Dice(f"{self.seed}-{cls}-{rng.randrange(4 if cls and not user else 24)}")
            own = own if user else rng.device(rng.choice(("edge", "android", "python", "python", "go")), 0.15)
            asn, land = fixed.choice(HOSTING)
            return (fixed.address(asn), asn, land), own
        if where in ("vpn", "filter", "library", "mobile"):
            asn = {"vpn": 9009, "filter": 16509, "library": 3209}.get(where) or rng.choice(MOBILE[land])
            return (rng.address(asn, 40), asn, {"vpn": "GB", "filter": "IE"}.get(where, land)), own
        land = rng.choice(sorted(HOME)) if where == "abroad" else land
        home = rng.choice(self.people["any"]).home if where == "real" else rng.household(land)
        return self.line(home, day), own

    def say(self, t, label, kind, net, own, user, **ask):
        """Send one request; the service answers it when its time comes."""
        self.made += 1
        ask = {"name": user.name, "tenant": user.school.tenant, "kind": kind, **ask}
        heapq.heappush(self.heap, (round(t, 3), self.made, label, net, own, ask))

    def judge(self, t, user, typed, second):
        """Answer a name and password: reason of failure, whether the credential was right, second factor."""
        if user is None or t < user.until:
            return ("locked", "unknown", None) if user else ("unknown_user", "invalid", None)
        if typed != user.word:
            user.fails += 1
            user.until = t + 1800 if user.fails % 10 == 0 else 0
            return "bad_password", "invalid", None
        user.fails, mfa = 0, second if user.mfa else "none"
        return "bad_mfa" if mfa == "failed" else None, "valid", mfa

    def settle(self, t, serial, label, net, own, ask):
        """Decide and write one event and its label."""
        kind, name, typed, mail = ask["kind"], ask["name"], ask.get("typed"), "@" in ask["name"]
        user = self.users.get(("" if mail else ask["tenant"], name))
        reason, right, mfa, session = ask.get("reason"), "unknown", None, None
        if kind == "login":
            reason, right, mfa = self.judge(t, user, typed, ask.get("second", "passed"))
            if not reason:
                session = user.session = f"{serial * 2654435761 % 2**48:012x}"
        elif kind == "token":
            right, session = "invalid" if reason else "valid", user.session
        elif kind != "signup":
            reason = None if user else "unknown_user"
        if ask.get("new"):
            user.old, user.word = user.word, ask["new"]
        app, agent, ja4 = FAMILIES[own.family]
        inspected = own.seen or net[1] == 16509 or user and user.school.inspects and net in user.school.nets
        self.first, self.count = self.first if self.count else t, self.count + 1
        event_id, time = f"ev{self.count:07d}", (START + timedelta(seconds=t)).isoformat("T", "milliseconds")
        country, outcome = net[2] * (net[0][-2:] != "77") or None, "failure" if reason else "success"
        event = {"event_id": event_id, "time": time, "outcome": outcome, "kind": kind, "username": name}
        event.update(ip=net[0], asn=net[1], country=country, credential=right, failure_reason=reason, mfa=mfa)
        event.update(session_id=session, device_id=own.token, app=app, endpoint=f"/{app}/{kind}")
        event.update(user_agent=agent.format(v=own.version), ja4=J_GO if inspected else ja4)
        event.update(tenant=user and user.school.tenant if mail else ask["tenant"])
        if typed:
            event["password_fingerprint"] = blake2b(typed.encode(), key=b"school", digest_size=10).hexdigest()
            event["breached_password"] = typed.startswith("lk") or typed in COMMON
        self.log.write(json.dumps({k: v for k, v in event.items() if v is not None}) + "\n")
        outcome = outcome if reason or kind in ("login", "token") and not ask.get("fake") else ""
        attack, cls, unsure = label
        self.labels.write(f"{event_id},{attack},{cls},{outcome},{t - self.first:.3f},{name},{unsure}\n")

    def tries(self, rng, t, label, net, own, user, err, right=None):
        """One person types until let in or tired: slips in name and password, old passwords, capitals."""
        right = right or user.word
        for _ in range(9):
            good, second = rng.random() > err, "failed" if rng.random() < 0.05 else "passed"
            name = user.name if good or rng.random() < 0.7 else rng.slip(user.name)
            wrong = rng.choice((user.old, right.swapcase(), rng.slip(right), rng.slip(right)))
            typed = right if good or name != user.name else wrong
            self.say(t, label, "login", net, own, user, name=name, typed=typed, second=second)
            if good and (second == "passed" or not user.mfa) or rng.random() < 0.06:
                break
            t, err = t + 2 + rng.lognormvariate(1.9, 0.6), max(err, 0.35)
        return t

    def lesson(self, rng, t, label, mode, err):
        """A class together: look-ups, shared laptops, a teacher's resets, activations, exam restarts."""
        new, kind = self.rooms["new"], {"exam": "older", "reset": "young"}.get(mode, mode)
        room = new.pop() if mode == "new" and new else rng.pick(self.rooms[kind] or self.rooms["older"], 1.4)
        place, t = room[0].school, t - t % 3600 + rng.choice((0, 300, 1200, 2700, 3000)) + rng.random() * 120
        word = f"{rng.choice(PETS)}{rng.randrange(30)}" if mode == "reset" else None
        net, seats = rng.choice(place.nets), rng.sample(place.laptops, len(room))
        self.people["pupil"] += room if mode == "new" else []
        for n, user in enumerate(room * (2 if mode == "exam" and rng.random() < 0.25 else 1)):
            at, own = t + 40 + rng.gammavariate(3, 60) + 1500 * (n >= len(room)), seats[n % len(room)]
            own = {"wipe": rng.device(place.family), "own": user.devices[2]}.get(place.use, own)
            own = Thing(**{**vars(own), "family": "exam"}) if mode == "exam" else own
            if mode == "reset":
                self.say(t + n, label, "password_reset", net, seats[0], user, new=word)
            elif mode == "new":
                self.say(at - 15, label, "signup", net, own, user, reason=rng.choice(["other"] + [None] * 4))
            elif place.looks_up and mode != "exam":
                asked = rng.choice([rng.slip(user.name)] + [user.name] * 6)
                self.say(at - 10, label, "lookup", net, own, user, name=asked)
            if rng.random() < 0.88:
                at = self.tries(rng, at, label, net, own, user, err, word)
                if mode == "new" or mode == "reset" and rng.random() < 0.3:
                    self.say(at + 40, label, "password_reset", net, own, user, new=rng.password("pupil"))

    def visit(self, rng, t, label, where, err, who="pupil", kept=0.3):
        """One person shows a kept session or logs in."""
        user = rng.pick(self.people[who])
        t, (net, own) = t - t % 300 * (who == "probe"), self.place(rng, where, t, user)
        if rng.random() < kept:
            self.say(t, label, "token", net, own, user, reason=rng.choice(["expired"] + [None] * 19))
        else:
            self.tries(rng, t, label, net, own, user, err)

    def series(self, rng, t, label, who, where, words, most, pause=9, hit=0, known=1):
        """A row of requests from one place: at one account (known is 1) or at many; look-ups, resets, sign-ups."""
        user, (whose, _, spot) = rng.choice(self.people[who]), where.rpartition(" ")
        comer = {"my": user, "mate": rng.choice(user.school.people), "": None}[whose]
        net, own = self.place(rng, spot, t, comer, label[1])
        kind = words if words in ("lookup", "password_reset", "token", "signup") else "login"
        own = rng.choice(user.devices) if kind == "token" and rng.random() < 0.4 * label[0] else own
        for _ in range(rng.randint(1 + most // 2 * (most > 60), most)):
            ask = {"reason": "expired"} if kind == "token" and rng.random() < 0.06 + label[0] * 0.66 else {}
            if known < 1:
                user = rng.choice(user.school.people if kind in ("lookup", "token") else self.people[who])
                ask["name"] = user.name if rng.random() < known else self.name(rng, user.school, user.role)
            if kind == "signup":
                home, ask = user.home if comer else rng.household("DE"), {"fake": label[0]}
                user = self.person(rng, "parent", user.school, home, rng.password("adult"), not label[0])
                self.say(t + 30, label, "login", net, own, user, typed=user.word, **ask)
                if label[0] and rng.random() < 0.4:
                    later, mark, owner = t + rng.uniform(3600, 90000), (1, label[1], 1), user.devices[0]
                    self.say(later, mark, "login", self.line(home, 0), owner, user, typed=user.word, **ask)
            elif kind == "login":
                near = {"old": user.old, "own": rng.choice((user.old, rng.slip(user.word), user.old + "1"))}
                ask["typed"] = user.word if rng.random() < hit else near.get(words) or rng.password(words)
                ask["second"] = "failed" if label[0] and rng.random() > hit / 2 else "passed"
            self.say(t, label, kind, net, own, user, **ask)
            if known == 1 and ask.get("typed") == user.word:
                return
            t += pause * rng.uniform(0.4, 1.6)
        if words == "own" and not label[0] and rng.random() < 0.8:
            new = rng.password("adult")
            self.say(t + 90, label, "password_reset", net, own, user, new=new)
            self.say(t + 110, label, "login", net, own, user, typed=new)


def main():
    """Read the options, then let hour after hour pass."""
    parser = argparse.ArgumentParser(description="Write labelled login traffic of a learning platform.")
    for option, default in ("seed", 1), ("users", 12000), ("out", "log.ndjson"), ("labels", "labels.csv"):
        parser.add_argument(f"--{option}", default=default, type=type(default))
    options = parser.parse_args()
    with open(options.out, "w") as log, open(options.labels, "w") as labels:
        labels.write("event_id,attack,class,outcome,time,username,undecidable\n")
        world = Platform(options.seed, options.users, log, labels)
        rngs = [Dice(f"{options.seed}-{n}-{row[0]}") for n, row in enumerate(PLAN)]
        rates = [rng.rates(row[4], row[3] * options.users / 12000) for rng, row in zip(rngs, PLAN)]
        for hour in range(168):
            for rng, rate, (cls, attack, method, _, _, arguments) in zip(rngs, rates, PLAN):
                for _ in range(int(rate[hour] * rng.uniform(0.6, 1.4) + rng.random())):
                    getattr(world, method)(rng, (hour + rng.random()) * 3600, (attack, cls, 0), *arguments)
            while world.heap and world.heap[0][0] < (hour + 1) * 3600:
                world.settle(*heapq.heappop(world.heap))


if __name__ == "__main__":
    main()
