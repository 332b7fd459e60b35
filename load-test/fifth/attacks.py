"""Attackers: campaigns with a list, exits, a kit and a pace; each day draws its own set of them."""
from clients import TOOLS, Client
from net import Addr
from people import slip, steps
from service import Try

# class: (chance of a day, weight of volume, most events at 20,000 users)
CLASSES = {
    "stuffing_loud": (0.5, 4, 9e9), "stuffing_proxies": (0.65, 5, 9e9), "stuffing_rotated": (0.6, 5, 9e9),
    "low_slow": (0.6, 1, 1500), "spray_single": (0.35, 1.5, 4000), "spray_spread": (0.5, 2.5, 6000),
    "brute_single": (0.35, 0.7, 1500), "brute_spread": (0.35, 0.7, 1500), "enum_login": (0.35, 1.5, 4000),
    "enum_lookup": (0.4, 1.5, 5000), "enum_reset": (0.3, 1, 2500), "fake_signups": (0.45, 1.5, 3000),
    "token_replay": (0.45, 0.4, 400), "ipv6_hopping": (0.35, 2, 9e9), "takeover": (0.6, 0.15, 150), "aitm_proxy": (0.4, 0.15, 150),
    "mfa_fatigue": (0.4, 0.3, 400), "hidden_in_surge": (0.8, 3, 9e9), "own_accounts_first": (0.4, 1.5, 5000),
    "lock_out": (0.3, 0.8, 2500), "browser_farm": (0.5, 1.5, 4000),
}
QUIET = ("low_slow", "stuffing_proxies", "enum_login", "spray_spread", "takeover", "fake_signups", "brute_single", "token_replay")


def day(w, day, share, mixed, surges):
    """Runs at midnight: draws the day's classes and shares out its events among them."""
    rng = w.rng
    s = w.service                                   # without quiet days to count: how long a visit is in this log
    guess = (0.85 + 0.6 * s.identifier_first * (1 - w.app_share / 2)) * (1 if s.logs_tokens else 1 - 0.42 * w.app_share)
    past = sum(w.planned.get(d, 0) for d in range(day))
    seen = sum(c[0] for c in w.service.by_day.values())
    total = w.planned.get(day, 0) * (seen / past if past else guess) * share / max(0.01, 1 - share)
    if mixed:
        names = [n for n, (p, _, _) in CLASSES.items() if rng.random() < p and (n != "hidden_in_surge" or surges)
                 and (n != "ipv6_hopping" or w.net.v6_share) and (n != "token_replay" or w.service.logs_tokens)]
        names += [] if any(CLASSES[n][2] > 1e9 for n in names) else ["stuffing_proxies"]
    else:
        names = rng.sample([n for n in QUIET if n != "token_replay" or w.service.logs_tokens], 2)
    size = w.users / 20000
    left = {n: (CLASSES[n][1] * rng.lognormvariate(0, 0.6), max(12, CLASSES[n][2] * size * rng.uniform(0.4, 1))) for n in names}
    budget = dict.fromkeys(left, 0)
    for _ in range(6):                              # what is over a class's most goes to the others
        rest, open_ = total - sum(budget.values()), {n: x for n, (x, most) in left.items() if budget[n] < most}
        for n, x in open_.items():
            budget[n] = min(left[n][1], budget[n] + rest * x / sum(open_.values()))
    for n in names:
        if budget[n] >= 1:
            c = Campaign(w, n, int(budget[n]), day, surges)
            getattr(c, n)()
    yield 1.0


class Exits:
    """Where tries come from: rented servers, or other people's lines and phones behind a proxy service."""

    def __init__(self, w, kind, count=8):
        rng = w.rng
        self.w, self.kind = w, kind
        self.fixed = [w.net.hosted() for _ in range(count)] if kind == "hosted" else []
        if kind == "vpn":
            self.fixed = rng.sample(w.net.vpn_exits, min(count, 20))
        self.modem = rng.choice(w.net.carriers[w.country])  # a SIM farm's carrier, by whose gateways customers come too
        self.local = rng.choice((0.15, 0.6, 0.95))    # the share of exits that are bought in the service's own country
        self.some = rng.sample(w.abroad, min(6, len(w.abroad)))
        home = [a for a in w.net.countries[w.country][1] if a in w.net.six]
        self.asn = rng.choice([a for a in (16509, 24940, 16276, 14061) if a in w.net.six] + home)
        self.prefix, self.place = w.net.prefix64(self.asn), w.country if self.asn in home else rng.choice((w.country, "US", "DE"))

    def next(self):
        w, rng = self.w, self.w.rng
        if self.fixed:
            return rng.choice(self.fixed)
        if self.kind == "sim":
            return self.modem.addr(rng.randint(0, 99999), w.now // 3600)
        if self.kind == "v6":
            return Addr(w.net.in64(self.prefix + rng.choice((0, rng.getrandbits(10)))), self.asn, self.place)
        country = w.country if rng.random() < self.local else rng.choice(self.some)
        x = rng.random()
        if x < 0.14:
            return rng.choice(w.net.carriers[country]).addr(rng.randint(0, 99999), w.now // 3600)
        if x < 0.24:                                  # a customer's own household lends its line without knowing
            return rng.choice(w.people).home.addr(w.day())
        return w.net.line(country).addr(w.day())


class Kit:
    """With what: a tool as it is, a tool with a borrowed agent, a browser's own stack, the app imitated."""

    def __init__(self, w, kinds=("tool", "spoof", "browser", "browser", "app"), rotate=False):
        self.w, rng = w, w.rng
        self.kind, self.rotate = rng.choice(kinds), rotate
        self.tool, self.phone = rng.choice(sorted(TOOLS)), rng.random() < 0.4
        self.ua, self.device = w.clients.stock(self.phone), rng.choice(("none", "fresh", "kept"))
        self.where = rng.choice(("web", "web", "api")) if self.kind in ("tool", "spoof") else "app" if self.kind == "app" else "web"
        self.kept = w.clients.device()
        self.skips = rng.random() < 0.5               # posts straight to the password step

    def client(self):
        w, rng = self.w, self.w.rng
        if self.kind == "browser":
            c = w.clients.browser(rng.random() < 0.6 if self.rotate else self.phone, ua=None if self.rotate else self.ua)
        elif self.kind == "app":
            c = w.clients.app(device=True, system="android" if rng.random() < 0.7 else "ios")
        else:
            ua = None if self.kind == "tool" else w.clients.agent(rng.random() < 0.5) if self.rotate else self.ua
            c = w.clients.tool(rng.choice(sorted(TOOLS)) if self.rotate else self.tool, self.where, ua=ua)
        c.device = None if self.device == "none" else self.kept if self.device == "kept" and not self.rotate else w.clients.device()
        c.session = w.service.new_session()
        return c


class Campaign:
    def __init__(self, w, cls, n, day, surges):
        self.w, self.rng, self.cls, self.left, self.n, self.day, self.surges = w, w.rng, cls, n, n, day, surges
        self.begin = w.start(day) + w.rng.uniform(0, 14) * 3600
        self.long = min(w.rng.uniform(1, 16) * 3600, w.start(day + 1) - self.begin - 600)
        self.tenant = w.rng.randrange(len(w.service.tenants))
        # The list: how many are customers, and of these how many passwords still fit
        self.members, self.unbroken = w.rng.choice((0.04, 0.15, 0.4, 0.7, 0.95)), w.rng.uniform(0.001, 0.03)
        self.breached = w.rng.uniform(0.1, 0.6)
        self.human = w.rng.random() < 0.4              # paced by the rhythm of people's day

    def pair(self):
        """(name, password, known to be breached or None) of a combolist."""
        w, rng = self.w, self.rng
        breached = True if rng.random() < self.breached else None
        if rng.random() >= self.members:
            return w.new_name(), w.password(), bool(breached)
        p = rng.choice(w.people)
        if rng.random() < self.unbroken / self.members:
            return p.name, p.account.pw, breached
        if p.account.leaked and p.account.leaked[0] != p.account.pw:
            return p.name, p.account.leaked[0], None
        return p.name, w.password(), bool(breached)

    def mark(self, **more):
        return dict(attack=1, **more)

    def gap(self, workers):
        g = self.rng.expovariate(1) * self.long / max(1, self.n) * workers
        if self.human:
            g *= 18 / (2 + self.w.rhythm(self.day)[self.w.local_hour(self.w.country)])
        return g

    def fleet(self, job, exits, kit, tries=(1, 3), begin=None, long=None, workers=None):
        """Workers that take an exit for some tries each, until the campaign's events are spent."""
        self.long = max(60, long or self.long)
        begin = self.begin if begin is None else begin
        workers = workers or max(1, min(40, self.n // 8))
        for _ in range(workers):
            self.w.at(begin + self.rng.uniform(0, self.long / 20), self.worker(job, exits, kit, tries, workers))

    def worker(self, job, exits, kit, tries, workers):
        addr, client, uses = None, None, 0
        while self.left > 0:
            if uses <= 0:
                addr, uses = exits.next(), self.rng.randint(*tries)
                if client is None or kit.rotate or kit.device == "fresh":
                    client = kit.client()
            uses -= 1
            yield from self.counted(job(client, addr, kit))
            yield self.gap(workers)

    def counted(self, actor):
        answer = None
        while True:
            try:
                step = actor.send(answer)
            except StopIteration as stop:
                return stop.value
            if isinstance(step, Try) and step.attack:
                self.left -= 1
            answer = yield step

    def post(self, client, addr, kit, name, pw, breached=None):
        """One login of a bot; it rarely has a code, and comes back by hand to some accounts that opened."""
        s = self.w.service
        client.session = s.new_session()
        if s.identifier_first and client.where == "web" and not kit.skips:
            r = yield Try("lookup", name, client, addr, self.cls, tenant=self.tenant, **self.mark())
            yield self.rng.uniform(0.1, 2)
            if r == "unknown_user":
                return r
        r = yield Try("login", name, client, addr, self.cls, pw=pw, code=self.rng.random() < 0.02, breached=breached,
                      tenant=self.tenant, **self.mark())
        if r == "mfa" and self.rng.random() < 0.4:
            yield self.rng.uniform(1, 20)
            r = yield Try("mfa", name, client, addr, self.cls, code=self.rng.random() < 0.04, **self.mark())
        if r == "ok" and self.rng.random() < 0.3:
            self.w.at(self.w.now + self.rng.expovariate(1 / 9000), self.by_hand(name, pw))
        return r

    def by_hand(self, name, pw):
        addr = Exits(self.w, self.rng.choice(("home", "vpn"))).next()
        client = self.w.clients.usual(False)
        r = yield from self.counted(steps(self.w, client, name, pw, lambda: addr, self.cls, code=0.0, **self.mark()))
        if r == "ok":
            yield from self.counted(self.keep(name, client, addr))

    def keep(self, name, client, addr, chance=0.2):
        """Shuts the owner out by a new password, who will find his own refused and reset it."""
        yield self.rng.uniform(20, 300)
        if self.rng.random() < chance:
            yield Try("password_reset", name, client, addr, self.cls, pw=self.w.password(), **self.mark())

    def stuff(self, client, addr, kit):
        name, pw, breached = self.pair()
        return self.post(client, addr, kit, name, pw, breached)

    # Stuffing
    def stuffing_loud(self):
        self.fleet(self.stuff, Exits(self.w, self.rng.choice(("hosted", "vpn")), self.rng.randint(3, 20)), Kit(self.w), (30, 300),
                   long=self.rng.uniform(0.5, 4) * 3600)

    def stuffing_proxies(self):
        self.fleet(self.stuff, Exits(self.w, self.rng.choice(("home", "home", "home", "sim"))), Kit(self.w), (1, self.rng.randint(1, 3)))

    def stuffing_rotated(self):
        self.fleet(self.stuff, Exits(self.w, "home"), Kit(self.w, ("spoof", "browser", "browser", "app"), True), (1, 3))

    def low_slow(self):
        self.fleet(self.stuff, Exits(self.w, self.rng.choice(("home", "hosted")), 60), Kit(self.w, rotate=self.rng.random() < 0.5), (1, 4),
                   begin=self.w.start(self.day) + 60, long=84000)

    def ipv6_hopping(self):
        self.fleet(self.stuff, Exits(self.w, "v6"), Kit(self.w), (1, 2))

    def hidden_in_surge(self):
        """Under cover of an outage, release, rush or forced change, with the crowd's own kind of client."""
        name, begin, end = self.rng.choice(self.surges)
        kinds = ("app",) if name == "app_release" else ("browser", "app")
        self.human = False
        self.fleet(self.stuff, Exits(self.w, "home"), Kit(self.w, kinds, True), (1, 3), begin=begin,
                   long=min(end, self.w.start(self.day + 1)) - begin)

    # Passwords and names
    def spray(self, exits, tries):
        w, top = self.w, [self.w.common(12) for _ in range(self.rng.randint(1, 4))]
        names = [p.name if self.rng.random() < 0.8 else w.new_name() for p in self.rng.sample(w.people, min(len(w.people), self.n + 1))]
        turn = iter([(n, pw) for pw in top for n in names])

        def job(client, addr, kit):
            name, pw = next(turn, (w.new_name(), top[0]))
            return self.post(client, addr, kit, name, pw, True)
        self.fleet(job, exits, Kit(w, rotate=tries[1] < 9 and self.rng.random() < 0.6), tries)

    def spray_single(self):
        self.spray(Exits(self.w, self.rng.choice(("hosted", "vpn")), 1), (999, 9999))

    def spray_spread(self):
        self.spray(Exits(self.w, "home"), (1, 3))

    def brute(self, exits, tries):
        victims = [self.rng.choice(self.w.people) for _ in range(max(1, self.n // 400))]

        def job(client, addr, kit):
            p = self.rng.choice(victims)
            right = self.rng.random() < 0.5 / max(self.n, 100)
            return self.post(client, addr, kit, p.name, p.account.pw if right else self.w.common(3000), True)
        self.fleet(job, exits, Kit(self.w), tries)

    def brute_single(self):
        self.brute(Exits(self.w, self.rng.choice(("hosted", "vpn")), 1), (999, 9999))

    def brute_spread(self):
        self.brute(Exits(self.w, "home"), (1, 3))

    def lock_out(self):
        """Wrong passwords on purpose, until the owners are shut out; again when the lock ends."""
        victims = self.rng.sample(self.w.people, max(3, self.n // 40))
        turn = iter(victims * 100)

        def job(client, addr, kit):
            p = next(turn)
            for _ in range(min(self.w.service.lock_after, 8)):
                yield Try("login", p.name, client, addr, self.cls, pw=self.w.password(), **self.mark())
                yield self.rng.uniform(0.3, 5)
        self.n //= 6
        self.fleet(job, Exits(self.w, "home"), Kit(self.w, rotate=self.rng.random() < 0.5), (1, 2))

    def enumerate(self, kind):
        w, share = self.w, self.rng.uniform(0.02, 0.5)

        def job(client, addr, kit):
            name = self.rng.choice(w.people).name if self.rng.random() < share else w.new_name()
            pw = w.password() if kind == "login" else None
            client.session = w.service.new_session()
            yield Try(kind, name, client, addr, self.cls, pw=pw, tenant=self.tenant, **self.mark())
        spread = self.rng.random() < 0.5
        self.fleet(job, Exits(w, "home" if spread else "hosted", 5), Kit(w, rotate=spread), (1, 4) if spread else (20, 200))

    def enum_login(self):
        self.enumerate("login")

    def enum_lookup(self):
        self.enumerate("lookup")

    def enum_reset(self):
        self.enumerate("password_reset")

    # Own accounts
    def fake(self, client, addr, kit, back=0.4, tenant=0):
        w, name, pw = self.w, self.w.new_name(), self.w.password()
        client.session = w.service.new_session()
        if not kit.skips:
            yield Try("lookup", name, client, addr, self.cls, **self.mark())
            yield self.rng.uniform(2, 30)
        r = yield Try("signup", name, client, addr, self.cls, pw=pw, **self.mark())

        def later():
            for _ in range(self.rng.randint(1, 3)):
                if self.left > 0:
                    yield from self.counted(steps(w, client, name, pw, lambda: addr, self.cls, **self.mark(undecidable=1)))
                yield self.rng.expovariate(1 / 15000)
        if r == "ok" and self.rng.random() < back:
            w.at(w.now + self.rng.expovariate(1 / 6000), later())
        return name, pw

    def fake_signups(self):
        self.fleet(self.fake, Exits(self.w, self.rng.choice(("home", "home", "sim", "vpn"))), Kit(self.w, rotate=self.rng.random() < 0.7), (1, 3))

    def own_accounts_first(self):
        """Each source earns standing with an account of its own for hours, and only then tries those of others."""
        w, exits, kit = self.w, Exits(self.w, self.rng.choice(("home", "vpn"))), Kit(self.w, ("browser", "app"), True)
        aged, workers = self.rng.random() < 0.5, max(2, self.n // 60)   # bought accounts, or signed up for this

        def source():
            addr, client = exits.next(), w.clients.app() if kit.kind == "app" else w.clients.usual(self.rng.random() < 0.5)
            if aged:
                name, pw = w.new_name(), w.password()
                w.service.add(name, pw, thief=True, tenant=self.tenant)
            else:
                name, pw = yield from self.counted(self.fake(client, addr, kit, back=0))
            for _ in range(self.rng.randint(3, 9)):
                yield self.rng.expovariate(1 / 1500)
                yield from self.counted(steps(w, client, name, pw, lambda: addr, self.cls, **self.mark(undecidable=1)))
            while self.left > 0:
                yield self.gap(workers)
                if self.rng.random() < 0.15:           # mixed in, so that its failures are never in a row
                    yield from self.counted(steps(w, client, name, pw, lambda: addr, self.cls, **self.mark(undecidable=1)))
                else:
                    yield from self.counted(self.stuff(client, addr, kit))
        self.begin = w.start(self.day) + self.rng.uniform(0, 6) * 3600
        for _ in range(workers):
            w.at(self.begin + self.rng.uniform(0, 3600), source())

    # Single victims
    def near(self, p):
        """The victim's own city and provider, or their carrier."""
        if self.rng.random() < 0.25:
            return p.carrier.addr(self.rng.randint(0, 99999), self.w.now // 3600)
        return self.w.net.line(p.country, p.home.asn, p.home.city).addr(self.w.day())

    def victims(self, actor, each):
        for _ in range(max(1, int(self.n / each))):
            self.w.at(self.w.moment(self.day, self.w.country), self.counted(actor(self.w.someone())))

    def takeover(self):
        """Phished: the right password, by a person with a browser, often from next door."""
        def actor(p):
            addr = self.near(p) if self.rng.random() < 0.6 else Exits(self.w, self.rng.choice(("home", "vpn"))).next()
            client = self.w.clients.app() if self.rng.random() < 0.3 else self.w.clients.usual(self.rng.random() < 0.5)
            pw = p.account.pw if self.rng.random() < 0.85 else slip(self.w, p.account.pw)
            for _ in range(self.rng.randint(1, 3)):
                client.session = self.w.service.new_session()
                r = yield from steps(self.w, client, p.name, pw, lambda: addr, self.cls, code=0.3, **self.mark())
                if r != "ok" and self.rng.random() < 0.6:
                    return
                if r == "ok":
                    yield from self.keep(p.name, client, addr, 0.1)
                pw = p.account.pw if r == "bad_password" and self.rng.random() < 0.5 else pw
                yield self.rng.expovariate(1 / 2500)
        self.victims(actor, 2)

    def token_replay(self):
        """Tokens from a stealer's log, played on the victim's own tool or another, near the victim or not."""
        def actor(p):
            own = self.rng.random() < 0.5
            mine = p.phone if own else self.w.clients.app() if p.app else self.w.clients.usual(False)
            client = Client(mine.where, mine.ua, mine.ja4s, mine.device, mine.system)
            client.token = p.account.epoch if self.rng.random() < 0.7 else None
            addr = self.near(p) if own or self.rng.random() < 0.4 else Exits(self.w, self.rng.choice(("home", "vpn"))).next()
            for _ in range(self.rng.randint(1, 4)):
                r = yield Try("token", p.name, client, addr, self.cls, **self.mark(undecidable=int(own)))
                if r != "ok":
                    return
                yield self.rng.expovariate(1 / 3000)
        self.victims(actor, 2)

    def aitm_proxy(self):
        """The victim signs in through the thief's server, code and all; then the thief works with what it caught."""
        w = self.w
        servers, stack = [w.net.hosted() for _ in range(self.rng.randint(1, 4))], (TOOLS["go"][1],)

        def actor(p):
            agent = (p.desk or p.phone) if not p.app or p.desk else w.clients.browser(True)
            client, addr = Client("web", agent.ua, stack, w.clients.device()), self.rng.choice(servers)
            r = yield from steps(w, client, p.name, p.account.pw, lambda: addr, self.cls, slow=6, **self.mark())
            if r != "ok":
                return
            yield self.rng.expovariate(1 / 900)
            after, token = Exits(w, self.rng.choice(("vpn", "home"))).next(), client.token
            client = Client("web", w.clients.stock(False), w.clients.usual(False).ja4s, client.device)
            client.token = token
            for _ in range(self.rng.randint(1, 3)):
                if w.service.logs_tokens:
                    yield Try("token", p.name, client, after, self.cls, **self.mark())
                else:                                  # its log shows only that he signs in himself
                    yield from steps(w, client, p.name, p.account.pw, lambda: after, self.cls, code=0.1, **self.mark())
                yield self.rng.expovariate(1 / 2000)
        self.victims(actor, 3)

    def mfa_fatigue(self):
        """Right password, and one request for a code after another until the victim gives in."""
        w = self.w

        def actor(p):
            p.account.mfa = True
            addr, client = Exits(w, self.rng.choice(("home", "vpn"))).next(), w.clients.usual(False)
            for i in range(self.rng.randint(3, 25)):
                r = yield from steps(w, client, p.name, p.account.pw, lambda: addr, self.cls, code=0.012, **self.mark())
                if r == "ok" or r == "locked":
                    return
                yield self.rng.uniform(15, 200)
        self.victims(actor, 25)

    def browser_farm(self):
        """Real browsers, own profiles, people's lines: every step of the form, its mistakes and pauses."""
        w, exits = self.w, Exits(self.w, "home")

        def job(client, addr, kit):
            client = w.clients.browser(self.rng.random() < 0.6, self.rng.random() > w.without_device)
            client.session = w.service.new_session()
            name, pw, _ = self.pair()
            for i in range(self.rng.choice((1, 1, 1, 2))):
                typed = slip(w, pw) if self.rng.random() < 0.05 else pw
                r = yield from steps(w, client, name, typed, lambda: addr, self.cls, code=0.1, tenant=self.tenant, slow=6, **self.mark())
                if r in ("ok", "unknown_user", "locked"):
                    return r
                yield 3 + self.rng.expovariate(1 / 12)
            if self.rng.random() < 0.08:               # as a person would: asks for a reset, whose mail it cannot read
                yield Try("password_reset", name, client, addr, self.cls, tenant=self.tenant, **self.mark())
        self.human, self.n = True, int(self.n / 1.5) + 1
        self.fleet(job, exits, Kit(w, ("browser",), True), (1, 2))
