"""Labelled login traffic of a maker of cameras, locks and thermostats with one cloud account for a home.

What is hard here: devices knock for days with a changed password, or with that of the former owner; after an
outage every device comes back at once; voice assistants bring many accounts from few hosting addresses, and
attackers use that door too; installers open accounts with one template password; home scripts pretend to be
the app; hosts of holiday flats lend accounts to strangers abroad; hijacked cameras attack from customers' homes.
Actors are streams of tries; the service judges each merged try at its moment, and the actor sees the answer.
"""

import argparse, csv, hashlib, heapq, json, random, zlib
from datetime import datetime, timedelta, timezone
from types import SimpleNamespace as Bag

HOUR, DAY, END = 3600.0, 86400.0, 5 * 86400.0
START = datetime(2026, 3, 2, tzinfo=timezone.utc)
OUTAGE, BROKEN = (66.6 * HOUR, 67.1 * HOUR), (33 * HOUR, 39 * HOUR)  # BROKEN: home scripts do not work
ZONES = dict(US=-6, GB=0, DE=1, FR=1, NL=1, AU=10, IT=1, BR=-3, IN=5.5, ID=7, TH=7)
MARKETS, WEIGHTS = tuple(ZONES), (40, 15, 14, 8, 6, 5, 4, 3, 3, 1, 1)
CURVE = [int(digit) / 9 for digit in "110012465444544457998752"]  # use by the hour of the day
FIRST = "anna ben carla david emma felix grace henry ines jack kate leo mia nina oscar paul rosa sam".split()
LAST = "adams baker costa diaz evans fischer garcia hansen ito jones keller lopez meyer novak olsen".split()
MAIL = "gmail.com gmail.com outlook.com yahoo.com icloud.com web.de orange.fr".split()
PATHS = dict(signup="/v3/signup", mfa="/v3/mfa", lookup="/v3/account/exists", password_reset="/v3/password")
PATHS |= dict(token="/v3/token", web="/oauth/authorize", device="/device/session", voice="/link/authorize")
DUMPS = dict(stuffing_loud=(0.25, 0.1), stuffing_proxy=(0.6, 0.12), stuffing_slow=(0.85, 0.1))  # known, fit
# A client is (family, app, user agent, TLS fingerprint); FAKED are scripts that pretend to be the app.
ja4 = lambda stack: "t13d1516h2_%012x_%012x" % divmod(random.Random(stack).getrandbits(96), 1 << 48)
SYSTEMS = ("iPhone; iOS 18.3", "iPhone; iOS 17.6", "Android 15; Pixel 8", "Android 14; SM-S921B")
PHONES = [("phone", "phone", f"Homecare/{v} ({s})", ja4(s)) for s in SYSTEMS for v in ("6.2", "6.1", "5.9")]
BROWSERS = ("Windows NT 10.0) Chrome/132", "Macintosh) Safari/18.2", "Windows NT 10.0) Firefox/134")
WEBS = [("web", "web", f"Mozilla/5.0 ({b}", ja4(b[-8:-3])) for b in BROWSERS]
APPS, SEALED = PHONES + WEBS, [c[:3] + (ja4("office gate"),) for c in WEBS]  # SEALED: opened by an office
MODELS = ("cam-indoor/3.2.1", "cam-door/2.9.0", "hub/4.1.7", "lock-bridge/1.8.3", "thermostat/5.0.2", None)
DEVICES = [("device", (m or "cam-indoor").split("/")[0], m, ja4(str(m)[:3])) for m in MODELS]
SCRIPTS = [("script", "api", u, ja4(u)) for u in ("python-requests/2.32", "aiohttp/3.11", "okhttp/4.12")]
FAKED = [("script", "phone", p[2], s[3]) for p in PHONES[::4] for s in SCRIPTS]
VOICES = [("voice", "voice-link", u, ja4(u)) for u in ("LinkAgent/2.1", "SpeakerCloud/7")]
BLANK = dict.fromkeys("password device token user mfa".split()) | dict(attack=0, undecidable=0, answers=True)
# A try is one request and later its answer; answers says whether a second factor can be given.
Try = lambda t, kind, name, **more: Bag(**BLANK | more, t=t, kind=kind, name=name)


def network(rng, country, shared=0):
    """A network as a function from number to (address, asn, country); shared: few addresses for many."""
    first = [n for n in range(23, 220) if n not in (127, 169, 172, 192, 198, 203)]
    blocks = [f"{rng.choice(first)}.{rng.randrange(256)}" for _ in range(3)]
    asn, v6 = rng.randrange(2000, 64000), f"2a{rng.randrange(16, 256):02x}:{rng.randrange(4096, 65535):x}"
    v4 = lambda n: f"{blocks[n % 3]}.{n // 750 % 250}.{1 + n // 3 % 250}"
    wide = lambda n: f"{v6}:{n % 65521:x}:{n % 251:x}::{1 + n % 4093:x}"
    return lambda n, v6=False: (wide(n) if v6 else v4(n % shared if shared else n), asn, country)


class World:
    """The networks, the people, the service with its accounts, and the chance that moves them."""

    def __init__(self, seed, count):
        """Make up everybody who is there at the start and everybody who joins."""
        self.rng = rng = random.Random(f"{seed}-world")
        self.any = lambda nets: rng.choice(nets)(rng.getrandbits(31), rng.random() < 0.1)  # an address there
        self.mark = lambda: f"{rng.getrandbits(64):016x}"  # what the service gives to a program, or a session
        self.homes = {c: [network(rng, c, s) for s in (0, 0, 0, 0, 900)] for c in ZONES}
        self.mobile = {c: [network(rng, c, 240) for _ in range(3)] for c in ZONES}
        self.hosting = [network(rng, c) for c in ("US", "US", "DE", "NL", "FR", "GB")]
        self.vpn = [network(rng, c, 90) for c in ("US", "DE", "NL", "GB")] + self.hosting[:2]
        self.voice = [network(rng, "US", 18), network(rng, "US", 12), network(rng, "DE", 9)]
        lands = (*ZONES, "US", "US", "US", "GB", "DE")
        self.proxies = [net for c in lands for net in self.homes[c] + self.mobile[c][:1]]
        self.roaming = [net for c in lands for net in self.homes[c][:2] + self.mobile[c]]
        self.offices, self.taken, self.scale = [self.line(c) for c in MARKETS[:5]], [], count / 4000
        self.users = [self.person() for _ in range(count)]
        self.newcomers, self.partner = [self.person() for _ in range(count // 14)], self.users[: count // 60]
        self.accounts = {user.name: user for user in self.users}

    def judge(self, a):
        """The reason for a failure, or nothing; accounts change on the way."""
        user, script, a.credential = self.accounts.get(a.name), a.client[0] == "script", "unknown"
        trouble = 0.92 if OUTAGE[0] <= a.t < OUTAGE[1] else 0.001 + 0.25 * (0 <= a.t - OUTAGE[1] < 900)
        if self.rng.random() < (0.8 if script and BROKEN[0] <= a.t < BROKEN[1] else trouble):
            return "other"
        if a.kind == "signup" and not user:
            user = self.accounts[a.name] = a.user
            user.password = user.memory = a.password
        elif a.kind == "signup":
            return "other"
        elif a.kind == "token":
            a.credential = "valid" if user and user.epoch == a.token[1] else "invalid"
            return None if a.credential == "valid" else "expired"
        elif user is None:
            return "unknown_user"
        elif a.kind == "lookup" or a.kind == "password_reset" and not a.password:
            return None  # the reset mail goes out
        elif a.kind == "password_reset":
            user.password, user.locked_until = a.password, 0.0
            user.epoch += self.rng.random() < 0.3  # some sign all programs out
        elif a.kind == "login" and a.t < user.locked_until:
            return "locked"
        elif a.kind == "login" and a.password != user.password:
            user.fails = user.fails + 1 if a.t - user.failed_at < 600 else 1
            user.failed_at, a.credential, a.mfa = a.t, "invalid", "none"
            user.locked_until = a.t + 900 if user.fails >= 6 else 0
            return "bad_password"
        else:
            asked = user.mfa and a.client[0] != "device" and a.device not in user.known or a.kind == "mfa"
            a.credential, a.mfa = "valid", ("passed" if a.answers else "failed") if asked else "none"
        if a.mfa == "failed":
            return "bad_mfa"
        user.fails, user.token = 0, (user.name, user.epoch, self.mark())
        a.token = user.token
        user.known.add(a.device or user.name)

    def name(self):
        """A mail address that may or may not be a customer's."""
        mark, tail = self.rng.choice((".", "_", "")), self.rng.randrange(10 ** self.rng.choice((2, 4, 5)))
        return f"{self.rng.choice(FIRST)}{mark}{self.rng.choice(LAST)}{tail}@{self.rng.choice(MAIL)}"

    def secret(self):
        """A password: common (c), leaked elsewhere (l) or private (p)."""
        dice, other = self.rng.random(), f"{self.rng.getrandbits(40):010x}"
        return f"c:{int(200 * dice**3 * 15625)}" if dice < 0.04 else f"{'l' if dice < 0.34 else 'p'}:{other}"

    def person(self):
        """One customer; memory is the password that the people know, token is (owner, epoch, session)."""
        rng, country, name = self.rng, self.rng.choices(MARKETS, WEIGHTS)[0], self.name()
        user = Bag(name=name, country=country, home=self.line(country), old=self.secret(), known=set())
        user.mfa, user.epoch, user.token, user.fails = rng.random() < 0.22, 0, (name, 0, self.mark()), 0
        user.failed_at, user.locked_until, user.rate = 0.0, 0.0, rng.lognormvariate(-0.9, 1.2)
        user.password = user.memory = self.secret()
        return user

    def line(self, country):
        """A line at some home or office, fixed, renumbered or shared, as a function from time to place."""
        pick, number, v6 = self.rng.randrange(5), self.rng.getrandbits(32), self.rng.random() < 0.3
        slot = DAY if self.rng.random() < 0.14 else 6 * HOUR if pick == 4 else END
        crc = lambda t: zlib.crc32(f"{number}-{int(t / slot)}".encode())
        return lambda t: self.homes[country][pick](crc(t), v6 and int(t) % 3 > 0)


def slip(rng, text):
    """The text with a slip of a finger; a password then is no known one."""
    at, head = rng.randrange(2, min(len(text), 9)), "p" if text[1] == ":" else text[0]
    return head + text[1:at] + rng.choice("aeinrst2") * rng.randrange(2) + text[at + 1 :]


def visits(rng, t, per_day, country):
    """Moments of use after t, with the rhythm of the day where the person lives."""
    while (t := t + rng.expovariate(per_day * 2.2 / DAY)) < END:
        if rng.random() < CURVE[int(t / HOUR + ZONES[country]) % 24]:
            yield t


def sign_in(w, t, user, where, why=None):
    """A person signs in or up by hand: slips, old passwords, second factor, at last a reset; gives the token."""
    rng, fresh, known = w.rng, why == "joins", user.name
    where, slips = where | {"cls": "new_signup"} if fresh else where, 0.9 if rng.random() < 0.07 else 0.12
    first = where if rng.random() < 0.7 else where | {"device": None}  # not yet marked by the service
    if fresh or where["client"][0] == "web" and rng.random() < 0.6:
        yield Try(t, "lookup", known if rng.random() < 0.9 else slip(rng, known), **first)
    if fresh:
        yield Try(t + 40, "signup", known, password=user.memory, user=user, **where)
    if rng.random() < 0.05:
        yield Try(t + 5, "login", slip(rng, known), password=user.memory, **first)
    for _ in range(rng.randrange(3, 7) if why != "letter" else 0):
        secret = user.memory if rng.random() > slips else rng.choice((user.old, slip(rng, user.memory)))
        t, answers = t + rng.uniform(8, 30), rng.random() < 0.8
        a = Try(t + 40 * fresh, "login", known, password=secret, answers=answers, **first)
        first = where
        yield a
        while a.reason == "bad_mfa" and rng.random() < 0.85:
            a = Try(a.t + rng.uniform(8, 60), "mfa", known, answers=rng.random() < 0.7, **where)
            yield a
        if a.outcome == "success":
            return a.token
        t += rng.uniform(60, 900) if a.reason in ("locked", "other") else 0
    yield Try(t + 20, "password_reset", known, **where)
    if rng.random() < 0.8:
        a = Try(t + rng.uniform(60, 400), "password_reset", known, password=w.secret(), **where)
        yield a
        if a.outcome == "success":
            user.old, user.memory = user.memory, a.password
        return a.token


def program(w, user, client, seat, per_day, forgets=0.04, start=0.0, held=True):
    """An app, browser or voice link: mostly shows its token; seat gives place and crowd."""
    device = w.mark() if client[0] == "phone" or w.rng.random() < 0.6 else None
    token = (user.name, 0, w.mark()) if held else None
    if held and client[0] == "phone":
        user.known.add(device)
        user.phone = {"client": client, "device": device, "token": token}
    for t in visits(w.rng, start, per_day, user.country):
        where = dict(zip(("place", "cls"), seat(t)), client=client, device=device)
        a = Try(t, "token", user.name, token=None if w.rng.random() < forgets else token, **where)
        if a.token:
            yield a
            if user.mfa and w.rng.random() < 0.12:  # a lock is to be opened: confirm
                yield Try(t + 9, "mfa", user.name, answers=w.rng.random() < 0.9, **where)
        if not a.token or a.reason == "expired":
            token = yield from sign_in(w, t + w.rng.uniform(2, 20), user, where)


def machine(w, user, place, client, period, secret=None, fixed=None, t=0.0):
    """A device or script that logs in by itself with a token or a stored password and never gives up."""
    rng, fails, cls = w.rng, 0, "device_autologin"
    device = w.mark() if client[0] == "device" or rng.random() < 0.4 else None
    token, slowest, t = None if secret else user.token, rng.uniform(1, 8) * HOUR, t + rng.uniform(0, period)
    while t < END:
        more = {"client": client, "device": device, "password": secret, "token": token}
        a = Try(t, "login" if secret else "token", user.name, place=place(t), cls=fixed or cls, **more)
        yield a
        fails = 0 if a.outcome == "success" else fails + 1
        later, cls = t + period * rng.uniform(0.6, 1.4), cls if fails else "device_autologin"
        if a.reason == "other":
            later = t + 25 * 2 ** min(fails, 6) * rng.uniform(0.5, 1.5)
        elif fails:
            later = t + min(12 * 2 ** min(fails, 11), slowest) * rng.uniform(0.9, 1.1)
            cls = "device_stale_password"
            if fixed != "second_hand_device" and rng.random() < 0.1:  # the owner sets it up again
                secret, token = user.memory, None
        if t < OUTAGE[0] < later:
            later, cls = OUTAGE[1] + rng.expovariate(1 / 300) - 90, cls if fails else "outage_reconnect"
        t = later


def household(w, user, start=0.0, held=True):
    """All streams of one account: phones, browsers, devices, links and what else the people have."""
    rng, mobile, kin = w.rng, [w.rng.choice(w.mobile[user.country])], w.line(user.country)
    home, cloud, roam = user.home, w.any(w.hosting), lambda t: w.any(w.roaming)
    move = lambda t: (home(t), "app_home") if rng.random() < 0.62 else (w.any(mobile), "app_mobile")
    yield program(w, user, rng.choice(PHONES), move, user.rate, start=start, held=held)
    letting, stored = 1 if rng.random() < 0.012 else 0, rng.choice((None, user.old, user.memory))
    for share, cls, place, clients, per_day, forgets in (
        (0.22, "web_browser", home, WEBS, 0.4 * user.rate, 0.5),
        (0.28, "voice_link", lambda t: w.any(w.voice), VOICES, 0.8 * user.rate + 0.1, 0.1),
        (0.04, "vpn_user", lambda t: w.any(w.vpn), APPS, 1.0, 0.25),
        (0.04, "traveller", roam, APPS, 0.7, 0.3),
        (0.05, "office_shared", rng.choice(w.offices), WEBS + SEALED, 0.8, 0.4),
        (0.5, "family_share", lambda t: rng.choice((w.any(mobile), home(t))), PHONES, 0.4, 0.1),
        (0.25, "family_share", kin, PHONES, 0.3, 0.1),
        *[(letting, "letting_guests", roam, PHONES, 0.6, 0.3)] * 7,
    ):
        if rng.random() < share:
            seat = lambda t, place=place, cls=cls: (place(t), cls)
            yield program(w, user, rng.choice(clients), seat, per_day, forgets, start, held and not letting)
    usual = lambda: None if rng.random() < 0.65 else user.old if rng.random() < 0.045 else user.memory
    for share, cls, place, clients, period, secret in (
        *[(0.38, None, home, DEVICES, rng.uniform(14, 50) * HOUR, usual()) for _ in range(4)],
        (0.014, "second_hand_device", w.line("US"), DEVICES, 20 * HOUR, stored),
        (0.03, "home_script", rng.choice((home, lambda t: cloud)), SCRIPTS + FAKED, 5 * HOUR, user.memory),
    ):
        if rng.random() < share:
            yield machine(w, user, place, rng.choice(clients), period, secret, cls, start and start + HOUR)
    where = {"place": home(start), "client": rng.choice(APPS), "device": w.mark(), "cls": "reset_wave"}
    if not held or rng.random() < 0.04:  # joins, or is asked by letter to change the password
        yield sign_in(w, start or rng.gauss(85, 3) * HOUR, user, where, "letter" if held else "joins")


def plan(w, cls, t):
    """The steps of one go at some work or attack, each (kind, name, password) and perhaps more fields."""
    rng, own, stranger, (known, fits) = w.rng, w.person(), w.name(), DUMPS.get(cls, (0.6, 0.06))
    user = rng.choice(w.users if cls != "mfa_fatigue" else [u for u in w.users[:900] if u.mfa])
    who, leak = user.name, f"l:{rng.getrandbits(40):010x}"
    name = who if rng.random() < known else stranger
    leak = user.password if name == who and user.password[0] == "l" and rng.random() < fits else leak
    if cls in ("installer", "shop_setup"):
        own = rng.choice((own, own, rng.choice(w.newcomers)))
    new, first, lost = own.name, "c:2" if cls == "installer" else own.memory, (who, 9, w.mark())
    opens = [("lookup", new, None), ("signup", new, first, {"user": own}), ("login", new, first)]
    cares = [("login", u.name, rng.choice((u.old, *[u.memory] * 4))) for u in rng.sample(w.partner, 8)]
    near = [user.old, slip(rng, user.old), slip(rng, user.password), w.secret(), *[user.password] * 2]
    tries, show = [("login", who, s) for s in rng.sample(near, rng.randrange(1, 5))], ("token", who, None)
    insider = user.phone | {"place": user.home(t), "undecidable": 1}  # the known phone, in that home
    bought, secret, token = rng.choice(w.taken or [(who, leak, lost)])
    mail, guesses = ("password_reset", who), [w.secret() for _ in range(140)] + near[: rng.randrange(7)]
    return {
        "installer": rng.choice((opens, cares)),
        "shop_setup": opens,
        "partner_monitor": [("token", u.name, None, {"token": u.token}) for u in w.partner],
        "synthetic_monitor": [("login", n * "x" + u.name, u.memory) for n, u in enumerate(w.partner[:3])],
        "spray_password": [("login", name, f"c:{int(t / DAY) // 2}")],
        "guess_one_user": [("login", who, guess) for guess in guesses],
        "name_testing": [rng.choice((*[("lookup", name, None)] * 3, ("login", name, leak), (*mail, None)))],
        "fake_signups": [opens[1], (*opens[2], {"undecidable": 1})][: rng.choice((1, 1, 2))],
        "token_replay": [(*show, {"token": rng.choice((user.phone["token"], user.token, lost, lost))})],
        "mfa_fatigue": [("login", who, user.password)] + [("mfa", who, None)] * rng.randrange(2, 14),
        "targeted_takeover": rng.choice((tries, tries, tries, [(*show, insider)])),
        "reset_takeover": [(*mail, None), (*mail, w.secret())][: rng.choice((1, 1, 1, 2))],
        "takeover_use": [rng.choice((("login", bought, secret), ("token", bought, None, {"token": token})))],
    }.get(cls, [("login", name, leak)])


def campaign(w, cls, attack, spans, goes, gap, place, clients):
    """Work at many accounts, or an attack: goes in spans of hours; an address serves about one to three steps."""
    rng, where, able, device = w.rng, None, 0.06 if attack else 1.0, w.mark()
    for t in sorted(rng.uniform(*rng.choice(spans)) * HOUR for _ in range(max(1, int(goes * w.scale)))):
        for kind, name, secret, *more in plan(w, cls, t):
            if not where or rng.random() < 0.65:
                device = rng.choice((w.mark(), device, None)) if attack else device
                where = dict(place=place(t), client=rng.choice(clients), device=device, attack=attack)
            a = Try(t, kind, name, cls=cls, password=secret, answers=rng.random() < able, **where)
            a.__dict__.update(*more)
            yield a
            t += gap * rng.uniform(0.3, 1.7)
            inside = attack and a.outcome == "success" and (secret or kind in ("mfa", "token"))
            if inside and cls != "fake_signups":
                w.taken.append((name, w.accounts[name].password, a.token))
            if inside and kind != "signup" or cls == "mfa_fatigue" and a.reason != "bad_mfa":
                break


def campaigns(w):
    """Those who work at many accounts, and attackers: class, attack, hours, goes, gap, places, clients."""
    rng, every, one = w.rng, [(0, 119)], lambda: [w.rng.choice(PHONES)]
    hosts, shifts = [w.any(w.hosting) for _ in range(9)], [(24 * d + 8, 24 * d + 19) for d in range(5)]
    bots, test = [u.home for u in rng.sample(w.users, len(w.users) // 30)], lambda t: rng.choice(hosts[5:])
    proxy, few, far = lambda t: w.any(w.proxies), lambda t: rng.choice(hosts[:6]), lambda t: w.any(w.roaming)
    bot, both = lambda t: rng.choice(bots)(t), lambda t: rng.choice((few, far))(t)
    rows = [
        *[("guess_one_user", 1, [(h, h + 1)], 1, 8 * h, proxy, APPS) for h in (9, 37, 64, 90)],
        *[("installer", 0, shifts, 50, 60, w.line(c), one()) for c in ("US", "US", "GB", "DE")],
        *[("shop_setup", 0, shifts, 15, 90, w.line(c), one()) for c in ("US", "FR", "GB")],
        ("partner_monitor", 0, every, 20, 1, test, SCRIPTS[2:]),
        ("synthetic_monitor", 0, every, 240, 3, test, SCRIPTS[1:2]),
        ("stuffing_loud", 1, [(21, 21.7), (22.2, 22.9)], 2500, 1, few, FAKED + SCRIPTS),
        ("stuffing_proxy", 1, [(30, 41), (76, 84)], 3600, 5, proxy, PHONES),
        ("stuffing_slow", 1, every, 1500, 60, far, WEBS),
        ("stuffing_homes", 1, [(52, 55), (99, 103)], 1200, 5, bot, DEVICES + PHONES),
        ("stuffing_voice", 1, [(12, 20), (60, 70)], 800, 5, lambda t: w.any(w.voice), VOICES),
        ("spray_password", 1, [(6, 12), (57, 63), (105, 112)], 1800, 5, proxy, APPS),
        ("name_testing", 1, [(2, 9), (48, 51)], 2400, 3, proxy, WEBS + FAKED),
        ("fake_signups", 1, [(26, 38), (85, 97)], 900, 40, far, APPS),
        ("token_replay", 1, [(43, 47), (100, 116)], 800, 4, both, SCRIPTS + PHONES),
        ("mfa_fatigue", 1, [(70, 118)], 45, 40, proxy, APPS),
        ("targeted_takeover", 1, every, 110, 25, far, APPS),
        ("reset_takeover", 1, [(55, 60), (88, 94)], 170, 120, proxy, APPS),
        ("takeover_use", 1, [(24, 119)], 350, 60, far, APPS),
    ]
    return [campaign(w, *row) for row in rows]


def record(a, n, seed):
    """The line of the log; some doors do not note the TLS fingerprint, some addresses are in no list."""
    door, secret = zlib.crc32(a.place[0].encode()), (a.password or "").encode()
    digest = hashlib.blake2b(secret, digest_size=8, key=seed.encode()[:64]).hexdigest()
    when = (START + timedelta(seconds=a.t)).isoformat(timespec="milliseconds")
    line = dict(event_id=f"e{n:07d}", time=when, kind=a.kind, outcome=a.outcome, credential=a.credential)
    line |= dict(failure_reason=a.reason, username=a.name, ip=a.place[0], device_id=a.device, mfa=a.mfa)
    line |= dict(user_agent=a.client[2], app=a.client[1], session_id=a.token[2] if a.token else None)
    line["endpoint"] = PATHS.get(a.kind) or PATHS.get(a.client[0], "/v3/login")
    line |= dict(zip(("asn", "country"), a.place[1:])) if door % 50 else {}
    line["ja4"] = a.client[3] if door % 9 else None
    breached = secret[:1] in (b"c", b"l") and zlib.crc32(secret) % 3 > 0
    line |= dict(password_fingerprint=digest, breached_password=breached) if secret else {}
    return json.dumps({key: value for key, value in line.items() if value is not None})


def main():
    """Merge all streams, judge each try at its moment, write the log and the labels."""
    parser = argparse.ArgumentParser(description="Labelled login traffic of a maker of devices for the home.")
    for option in ("--seed", "--out", "--labels"):
        parser.add_argument(option, required=True)
    parser.add_argument("--users", type=int, default=4000)
    options, last, start = parser.parse_args(), 0.0, None
    w = World(options.seed, options.users)
    streams = [stream for user in w.users for stream in household(w, user)] + campaigns(w)
    streams += [s for u in w.newcomers for s in household(w, u, w.rng.uniform(0.01, 0.95) * END, False)]
    with open(options.out, "w", encoding="utf-8") as log, open(options.labels, "w", newline="") as labels:
        rows = csv.writer(labels, lineterminator="\n")
        rows.writerow("event_id,attack,class,outcome,time,username,undecidable".split(","))
        for n, a in enumerate(heapq.merge(*streams, key=lambda a: a.t)):
            a.t = last = max(a.t, last + 0.001)
            a.reason, start = w.judge(a), last if start is None else start
            a.outcome = "failure" if a.reason else "success"
            log.write(record(a, n, options.seed) + "\n")
            shown = (a.password or a.token or a.kind == "mfa") and a.cls != "fake_signups"
            label = a.outcome if shown else ""
            rows.writerow([f"e{n:07d}", a.attack, a.cls, label, round(a.t - start, 3), a.name, a.undecidable])


if __name__ == "__main__":
    main()
