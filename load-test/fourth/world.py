"""The service: clock, users and the log of attempts with its labels."""
import bisect
import random

import net
import clients

DAY = 86400
# logins by local hour; weekends are flatter and lower
RHYTHM = [2, 1, 1, 1, 1, 2, 4, 8, 11, 12, 11, 10, 10, 9, 9, 9, 9, 10, 11, 12, 12, 10, 7, 4]
FIRST = ("anna ben carla david emma felix gina hugo ines jan kate leo maria nils olga paul rosa sam tina uwe vera will "
         "yara zoe omar li chen ravi priya yuki ken joao luis sofia marco giulia pierre claire tom amy jack lucy").split()
LAST = ("smith jones brown mueller schmidt weber meyer rossi bianchi garcia lopez martin bernard dubois kim lee park "
        "nguyen tran singh kumar patel silva santos souza kowalski novak yilmaz kaya tanaka sato wilson taylor moore "
        "clark hall young king wright green baker adams nelson carter").split()
DOMAINS = [("gmail.com", 46), ("outlook.com", 13), ("hotmail.com", 8), ("yahoo.com", 9), ("icloud.com", 7),
           ("gmx.net", 4), ("proton.me", 2), ("mail.com", 2), ("web.de", 2), ("free.fr", 1.5), ("mailbox.org", 1),
           ("tempinbox.example", 0.8), ("quickmail.example", 0.7), ("live.com", 3)]


class User:
    """An account and the habits of its owner."""

    def __init__(self, world, rng, name, country, born=-1e9):
        self.name, self.country, self.born = name, country, born
        self.password = "@%d" % len(world.users)            # stands for what is right at the time: World.secret
        self.former = self.password + "<"                   # and for the one before
        world.secrets.append([(-2e9, world.new_password(rng)), (-1e9, world.new_password(rng))])
        self.mfa = rng.random() < world.mfa_share
        self.line = net.Line(rng, rng.choice(world.nets.home[country]), 0.4, world.renumber_share)
        self.carrier = rng.choice(world.nets.carrier[country])
        self.rate = min(14.0, world.activity * rng.paretovariate(1.25) * 0.2)
        phone = world.tools.app(rng) if rng.random() < 0.55 else world.tools.browser(rng, True)
        self.devices = [phone, world.tools.browser(rng, False)]
        if rng.random() < 0.3:
            self.devices.append(world.tools.browser(rng, rng.random() < 0.6))
        rng.shuffle(self.devices)
        self.office = self.trip = self.vpn = None
        self.vpn_share = 0.0
        self.outdoors = rng.uniform(0.1, 0.6)
        if rng.random() < world.vpn_share:
            self.vpn = [rng.choice(world.nets.vpn) for _ in range(rng.randint(1, 4))]
            self.vpn_share = rng.choice((0.2, 0.6, 1.0))
        elif rng.random() < world.relay_share and any("iPhone" in d.agent or "Macintosh" in d.agent for d in self.devices):
            self.vpn = [rng.choice(world.nets.relay) for _ in range(6)]
            self.vpn_share = 0.9


class World:
    """Everything a seed fixes; collects (time, event, label)."""

    def __init__(self, args, folder):
        rng = self.rng = random.Random("fourth-%d" % args.seed)
        self.args, self.seed = args, args.seed
        self.warm, self.end = args.warmup_days * DAY, (args.warmup_days + args.days) * DAY
        self.epoch = 1_780_272_000 + rng.randrange(120) * DAY          # a midnight UTC in 2026
        while self.weekday(args.warmup_days) < 1 and rng.random() < 0.8:
            self.epoch += DAY                                           # mixed days are working days, mostly
        self.nets, self.tools = net.Networks(rng, folder), clients.Tools(rng, folder)
        self.mfa_share, self.vpn_share = rng.uniform(0.1, 0.3), rng.uniform(0.04, 0.08)
        self.relay_share, self.renumber_share = rng.uniform(0.03, 0.08), rng.uniform(0.08, 0.2)
        self.activity, self.mistakes = rng.uniform(1.6, 2.6), rng.uniform(0.05, 0.09)
        self.popular_share = rng.uniform(0.04, 0.09)
        self.country = rng.choices(["US", "GB", "DE", "FR", "IT", "ES", "NL", "BR", "IN"], (6, 3, 3, 2, 1, 1, 1, 1, 1))[0]
        self.home_share = rng.uniform(0.6, 0.8)
        self.unborn = rng.choice(["TH", "AR", "AU", "EG"])              # launched on the mixed day
        others = [c for c in net.COUNTRIES if c not in (self.country, self.unborn)]
        self.abroad = rng.sample(others, rng.randint(6, 9))              # where people live abroad; proxies too
        self.secrets = []                                               # by user: (since, password)
        self.outages, self.items, self.names, self.users = [], [], set(), []
        self.active = []                                             # trusted times, for hiding in the crowd
        for _ in range(args.users):
            self.add_user(rng)

    # -- people -------------------------------------------------------------------------------------------------
    def make_name(self, rng):
        """A mail address of the forms that people use; stuffing lists hold the same forms."""
        first, last, x = rng.choice(FIRST), rng.choice(LAST), rng.random()
        number = rng.randint(1, 9999) if rng.random() < 0.5 else rng.randint(50, 110) % 100
        local = ("%s.%s%d" % (first, last, number) if x < 0.35 else "%s%s%d" % (first, last, number) if x < 0.6
                 else "%s_%d" % (last, number) if x < 0.7 else "%s%s%d" % (first[0], last, number) if x < 0.9
                 else "%s%d%s" % (first, number, rng.choice("abcdefghijklmnop")))
        return local + "@" + rng.choices([d for d, _ in DOMAINS], [w for _, w in DOMAINS])[0]

    def free_name(self, rng):
        while True:
            name = self.make_name(rng)
            if name not in self.names:
                return name

    def add_user(self, rng, country=None, born=-1e9):
        if country is None:
            country = self.country if rng.random() < self.home_share else rng.choice(self.abroad)
        name = self.free_name(rng)
        self.names.add(name)
        user = User(self, rng, name, country, born)
        self.users.append(user)
        return user

    def new_password(self, rng):
        """Mostly unique; a few per cent from a short list of popular ones."""
        return self.popular(rng) if rng.random() < self.popular_share else "u%x" % rng.getrandbits(48)

    def change(self, user, t, rng):
        """The user has a new password from then on."""
        bisect.insort(self.secrets[int(user.password[1:])], (t, self.new_password(rng)))

    def secret(self, word, t):
        """The password that a word stands for at a time: '@7' user 7's, '@7<' his former one, '@7~3' a slip."""
        if word[0] != "@":
            return word
        head, tilde, slip = word[1:].partition("~")
        turns = self.secrets[int(head.rstrip("<"))]
        i = bisect.bisect(turns, (t, "~")) - 1 - head.endswith("<")
        return turns[max(0, i)][1] + tilde + slip

    def popular(self, rng):
        return "p%d" % int(250 * rng.random() ** 2)

    def clock(self, rng, country, day):
        """A moment of that day after the rhythm of the country."""
        hour = rng.choices(range(24), RHYTHM)[0] - net.COUNTRIES[country][0]
        return day * DAY + (hour % 24) * 3600 + rng.random() * 3600

    def weekday(self, day):
        """How busy a day of the log is (1970-01-01 was a Thursday)."""
        return 0.75 if (self.epoch // DAY + day + 3) % 7 >= 5 else 1.0

    def seal(self):
        """Called once people and crowds are written, before the mixed attacks."""
        self.active = sorted(t for t, _, _ in self.items)

    def busy_times(self, rng, start, end, count):
        """Times drawn from people's own activity between start and end."""
        low, high = bisect.bisect(self.active, start), bisect.bisect(self.active, end)
        if high - low < 5:
            return [rng.uniform(start, end) for _ in range(count)]
        return [min(end, self.active[rng.randrange(low, high)] + rng.random() * 20) for _ in range(count)]

    def people_count(self):
        return sum(1 for t, _, _ in self.items if t >= self.warm)

    # -- the log ------------------------------------------------------------------------------------------------
    def in_outage(self, t):
        return any(a <= t < b for a, b in self.outages)

    def attempt(self, t, name, client, source, cls, outcome="success", kind="login", reason=None, password=None,
                mfa=None, attack=0, own=False, undecidable=0, session=None, endpoint=None):
        """Write one attempt; an outage may turn it into a failure. Returns what the sender saw."""
        if not 0 <= t < self.end:
            return None
        rng = self.rng
        if self.outages and kind != "lookup" and self.in_outage(t) and rng.random() < 0.85:
            outcome, reason, mfa = "failure", "other", "none"
            cls = cls if attack else "outage"
        agent, fresh = self.tools.agent_at(client, t)
        if fresh and cls == "regular" and t < self.tools.release + 6 * 3600:
            cls = "app_release"
        if kind in ("lookup", "token", "signup"):
            credential = "valid" if outcome == "success" and kind == "token" else "unknown"
        elif outcome == "success" or reason in ("bad_mfa", "expired"):
            credential = "valid"
        else:
            credential = "invalid" if reason in ("bad_password", "locked") else "unknown"
        if client.token_style == "none":
            device = None
        elif client.token_style == "fresh":
            device = "d%016x" % net.digest(client.device, session or int(t / 600))
        else:
            device = client.device
        paths = {"web": "/login", "app": "/api/v2/login", "script": "/oauth/token", "vpn": "/vpn"}
        if endpoint is None:
            stem = "/api/v2" if client.form in ("app", "script") else ""
            endpoint = {"login": paths[client.form], "signup": stem + "/signup", "password_reset": stem + "/reset",
                        "lookup": stem + "/lookup", "token": "/oauth/refresh", "mfa": stem + "/mfa"}[kind]
        event = {
            "time": int((self.epoch + t) * 1000), "outcome": outcome, "ip": source[0], "kind": kind,
            "credential": credential, "failure_reason": reason if outcome == "failure" else None, "username": name,
            "asn": source[1], "country": source[2], "device_id": device, "user_agent": agent, "ja4": client.tls,
            "password_fingerprint": password,                           # made a digest when written
            "mfa": mfa or "none", "endpoint": endpoint,
            "session_id": "%012x" % (session if session is not None else rng.getrandbits(48))}
        label = "" if attack and outcome == "success" and (own or kind in ("lookup", "signup")) else outcome
        self.items.append((t, event, (attack, cls, label, undecidable)))
        return outcome, reason
