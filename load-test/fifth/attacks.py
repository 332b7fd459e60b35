"""Attackers: each day draws its own set of campaigns, each with a list, exits, a kit and a pace."""
from clients import TOOLS, Client
from exits import Exits, Kit
from people import slip, steps
from service import Try

# class: (chance of a day, weight of volume, most events at 20,000 users)
CLASSES = {
    "stuffing_loud": (0.5, 4, 9e9), "stuffing_proxies": (0.65, 5, 9e9), "stuffing_rotated": (0.6, 5, 9e9),
    "low_slow": (0.6, 1, 1500), "spray_single": (0.35, 1.5, 4000), "spray_spread": (0.5, 2.5, 6000),
    "brute_single": (0.35, 0.7, 1500), "brute_spread": (0.35, 0.7, 1500), "enum_login": (0.35, 1.5, 4000),
    "enum_lookup": (0.4, 1.5, 3500), "enum_reset": (0.3, 1, 2500), "fake_signups": (0.45, 1.5, 3000),
    "token_replay": (0.45, 0.4, 400), "ipv6_hopping": (0.35, 2, 9e9), "takeover": (0.6, 0.15, 150), "aitm_proxy": (0.4, 0.15, 150),
    "mfa_fatigue": (0.4, 0.3, 400), "hidden_in_surge": (0.8, 3, 9e9), "own_accounts_first": (0.4, 1.5, 5000),
    "lock_out": (0.3, 0.8, 2500), "browser_farm": (0.5, 1.5, 4000),
}
QUIET = ("low_slow", "stuffing_proxies", "enum_login", "spray_spread", "takeover", "fake_signups", "brute_single", "token_replay")
SERVERS = ("hosted", "vpn")
# class: (what a worker does, kinds of exits, how many of them where they are fixed, tries of each, chance to rotate tools)
FLEETS = {
    "stuffing_loud": ("stuff", SERVERS, (3, 20), (30, 300), 0),
    "stuffing_proxies": ("stuff", ("home", "home", "home", "sim"), (1, 1), (1, 2), 0),
    "stuffing_rotated": ("stuff", ("home",), (1, 1), (1, 3), 1), "low_slow": ("stuff", ("home", "hosted"), (60, 60), (1, 4), 0.5),
    "ipv6_hopping": ("stuff", ("v6",), (1, 1), (1, 2), 0), "hidden_in_surge": ("stuff", ("home",), (1, 1), (1, 3), 1),
    "spray_single": ("spray", SERVERS, (1, 1), (999, 9999), 0), "spray_spread": ("spray", ("home",), (1, 1), (1, 3), 0.6),
    "brute_single": ("brute", SERVERS, (1, 1), (999, 9999), 0), "brute_spread": ("brute", ("home",), (1, 1), (1, 3), 0.3),
    "enum_login": ("ask", ("home", "hosted"), (2, 8), (1, 40), 0.5), "enum_lookup": ("ask", ("home", "hosted"), (2, 8), (1, 40), 0.5),
    "enum_reset": ("ask", ("home", "hosted"), (2, 8), (1, 40), 0.5), "browser_farm": ("farm", ("home",), (1, 1), (1, 2), 1),
    "fake_signups": ("sign_up", ("home", "home", "sim", "vpn"), (9, 20), (1, 3), 0.7),
    "lock_out": ("shut_out", ("home",), (1, 1), (1, 2), 0.5), "own_accounts_first": ("stand", ("home", "vpn"), (9, 20), (1, 1), 1),
}
VICTIMS = {"takeover": 2, "token_replay": 2, "aitm_proxy": 3, "mfa_fatigue": 25}   # events of each, about


def day(w, day, share, mixed, surges):
    """Runs at midnight: draws the day's classes and shares out its events among them."""
    rng, s, size = w.rng, w.service, w.users / 20000
    past, seen = sum(w.planned.get(d, 0) for d in range(day)), sum(c[0] for c in s.by_day.values())
    # Without quiet days to count from: about how many events a visit is in this log.
    guess = (1.05 + 0.5 * s.identifier_first * (1 - w.app_share / 2)) * (1 if s.logs_tokens else 0.9)
    total = w.planned.get(day, 0) * (seen / past if past else guess) * share / max(0.01, 1 - share)
    able = {"hidden_in_surge": surges, "ipv6_hopping": w.net.v6_share, "token_replay": s.logs_tokens}
    names = [n for n, (p, _, _) in CLASSES.items() if able.get(n, True) and rng.random() < p]
    if not mixed:
        names = rng.sample([n for n in QUIET if able.get(n, True)], 2)
    elif not any(CLASSES[n][2] > 1e9 for n in names):
        names.append("stuffing_proxies")
    want = {n: CLASSES[n][1] * rng.lognormvariate(0, 0.6) for n in names}
    most = {n: max(12, CLASSES[n][2] * size * rng.uniform(0.4, 1)) for n in names}
    budget = dict.fromkeys(names, 0)
    for _ in range(6):                              # what is over a class's most goes to the others
        rest, takers = total - sum(budget.values()), [n for n in names if budget[n] < most[n]]
        for n in takers:
            budget[n] = min(most[n], budget[n] + rest * want[n] / sum(want[x] for x in takers))
    for n in names:
        if budget[n] >= 1:
            Campaign(w, n, int(budget[n]), day, surges).run()
    yield 1.0


class Campaign:
    def __init__(self, w, cls, n, day, surges):
        self.w, self.rng, self.cls, self.left, self.n, self.day, self.surges = w, w.rng, cls, n, n, day, surges
        self.begin = w.start(day) + w.rng.uniform(0, 14) * 3600
        self.long = min(w.rng.uniform(1, 16) * 3600, w.start(day + 1) - self.begin - 600)
        self.human = w.rng.random() < 0.4              # paced by the rhythm of people's day
        # The list: how many are customers of which tenant, and how many passwords still fit
        self.tenant, self.members = w.rng.randrange(len(w.service.tenants)), w.rng.choice((0.04, 0.15, 0.4, 0.7, 0.95))
        self.unbroken, self.breached = w.rng.uniform(0.001, 0.03), w.rng.uniform(0.1, 0.6)

    def run(self):
        w, rng = self.w, self.rng
        if self.cls in VICTIMS:
            self.servers = [w.net.hosted(rng.choice(w.net.rented)) for _ in range(rng.randint(1, 4))]
            for _ in range(max(1, self.n // VICTIMS[self.cls])):
                w.at(w.moment(self.day, w.country), self.counted(getattr(self, self.cls)(w.someone())))
            return
        do, kinds, count, tries, rotate = FLEETS[self.cls]
        self.exits, rotate = Exits(w, rng.choice(kinds), rng.randint(*count)), rng.random() < rotate
        self.kit = Kit(w, rotate=rotate)
        if self.cls in ("stuffing_rotated", "own_accounts_first"):
            self.kit = Kit(w, ("spoof", "browser", "browser", "app"), True)
        if do in ("sign_up", "ask") and self.kit.where == "api":
            self.kit.where = "web"                      # nobody signs up or forgets a password by an API
        if do == "ask" and self.kit.kind == "app" and self.kit.device == "none":
            self.kit.device = "fresh"                   # the app always has an id, save with the few who refuse one
        if self.cls == "stuffing_loud":
            self.long = min(self.long, rng.uniform(0.5, 4) * 3600)
        elif self.cls == "low_slow":
            self.begin, self.long = w.start(self.day) + 60, 84000
        elif self.cls == "browser_farm":
            self.kit, self.human = Kit(w, ("browser",), True), True
        elif self.cls == "hidden_in_surge":            # with the crowd's own kind of client
            name, self.begin, end = rng.choice(self.surges)
            self.long, self.human = min(end, w.start(self.day + 1)) - self.begin, False
            self.kit = Kit(w, ("app",) if name == "app_release" else ("browser", "app"), True)
        self.kit.deep, tries = self.n >= 300, (tries[0], min(tries[1], 4)) if self.kit.rotate else tries
        self.prepare()
        workers = max(1, min(40, self.n // 8))
        if do == "stand":
            workers, self.begin = max(2, self.n // 60), w.start(self.day) + rng.uniform(0, 6) * 3600
        for _ in range(workers):
            actor = self.stand(workers) if do == "stand" else self.worker(getattr(self, do), tries, workers)
            w.at(self.begin + rng.uniform(0, self.long / 20), actor)

    def prepare(self):
        """The names and passwords of campaigns that are no stuffing."""
        w, rng = self.w, self.rng
        self.some = rng.sample(w.people, max(1, self.n // (40 if self.cls == "lock_out" else 400)))
        self.shut = iter(self.some * 100)
        top = [w.common(12) for _ in range(rng.randint(1, 4))]
        names = [p.name if rng.random() < 0.8 else w.new_name() for p in rng.sample(w.people, min(w.users, self.n + 1))]
        self.turn = iter([(n, pw) for pw in top for n in names])
        self.aged, self.hits = rng.random() < 0.5, rng.uniform(0.02, 0.5)

    def gap(self, workers):
        g = self.rng.expovariate(1) * max(60, self.long) / max(1, self.n) * workers
        if self.human:
            g *= 18 / (2 + self.w.rhythm(self.day)[self.w.local_hour(self.w.country)])
        # A job of several events takes its share of the time.
        return g * {"lock_out": 6, "browser_farm": 1.5}.get(self.cls, 1)

    def worker(self, job, tries, workers):
        """Takes an exit for some tries, then the next, until the campaign's events are spent."""
        addr, client, uses = None, None, 0
        while self.left > 0:
            if uses <= 0:
                addr, uses = self.exits.next(), self.rng.randint(*tries)
                if client is None or self.kit.rotate or self.kit.device == "fresh":
                    client = self.kit.client()
            uses -= 1
            client.session = self.w.service.new_session()
            yield from self.counted(job(client, addr))
            yield self.gap(workers)

    def counted(self, actor):
        answer = None
        while True:
            try:
                step = actor.send(answer)
            except StopIteration as stop:
                return stop.value
            self.left -= isinstance(step, Try)
            answer = yield step

    def tries(self, kind, name, client, addr, **more):
        return Try(kind, name, client, addr, self.cls, attack=1, tenant=self.tenant, **more)

    def form(self, client, name, pw, addr, **more):
        return steps(self.w, client, name, pw, lambda: addr, self.cls, attack=1, tenant=self.tenant, **more)

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

    # What a worker does once
    def post(self, client, addr, name, pw, breached=None):
        """One login of a bot; it rarely has a code, and its master comes back by hand to some accounts that opened."""
        s, rng = self.w.service, self.rng
        if s.identifier_first and client.where == "web" and not self.kit.skips:
            r = yield self.tries("lookup", name, client, addr)
            yield rng.uniform(0.1, 2)
            if r == "unknown_user":
                return
        r = yield self.tries("login", name, client, addr, pw=pw, code=rng.random() < 0.02, breached=breached)
        if r == "mfa" and rng.random() < 0.4:
            yield rng.uniform(1, 20)
            r = yield self.tries("mfa", name, client, addr, code=rng.random() < 0.04)
        if r == "ok" and rng.random() < 0.3:
            self.w.at(self.w.now + rng.expovariate(1 / 9000), self.counted(self.by_hand(name, pw)))

    def by_hand(self, name, pw):
        addr, client = Exits(self.w, self.rng.choice(("home", "vpn"))).next(), self.w.clients.usual(False)
        if (yield from self.form(client, name, pw, addr, code=0.0)) == "ok":
            yield from self.keep(name, client, addr, 0.2)

    def keep(self, name, client, addr, chance):
        """Shuts the owner out by a new password, who will find his own refused and reset it."""
        yield self.rng.uniform(20, 300)
        if self.rng.random() < chance:
            yield self.tries("password_reset", name, client, addr, pw=self.w.password())

    def stuff(self, client, addr):
        return self.post(client, addr, *self.pair())

    def spray(self, client, addr):
        name, pw = next(self.turn, None) or (self.w.new_name(), self.w.common(12))
        return self.post(client, addr, name, pw, True)

    def brute(self, client, addr):
        p = self.rng.choice(self.some)
        right = self.rng.random() < 0.5 / max(self.n, 100)
        return self.post(client, addr, p.name, p.account.pw if right else self.w.common(3000), True)

    def shut_out(self, client, addr):
        """Wrong passwords on purpose, until the owner is shut out; again when the lock ends."""
        p = next(self.shut)
        for _ in range(min(self.w.service.lock_after, 8)):
            yield self.tries("login", p.name, client, addr, pw=self.w.password())
            yield self.rng.uniform(0.3, 5)

    def ask(self, client, addr):
        name = self.rng.choice(self.w.people).name if self.rng.random() < self.hits else self.w.new_name()
        kind = {"enum_login": "login", "enum_lookup": "lookup"}.get(self.cls, "password_reset")
        yield self.tries(kind, name, client, addr, pw=self.w.password() if kind == "login" else None)

    def farm(self, client, addr):
        """Real browsers, own profiles, people's lines: every step of the form, its mistakes and pauses."""
        rng, (name, pw, _) = self.rng, self.pair()
        if rng.random() < self.w.without_device:
            client.device = None
        for _ in range(rng.choice((1, 1, 1, 2))):
            typed = slip(self.w, pw) if rng.random() < 0.05 else pw
            if (yield from self.form(client, name, typed, addr, code=0.1, slow=6)) in ("ok", "unknown_user", "locked"):
                return
            yield 3 + rng.expovariate(1 / 12)
        if rng.random() < 0.08:                        # as a person would: asks for a reset, whose mail it cannot read
            yield self.tries("password_reset", name, client, addr)

    def sign_up(self, client, addr, back=0.4):
        w, name, pw = self.w, self.w.new_name(), self.w.password()
        if not self.kit.skips:
            yield self.tries("lookup", name, client, addr)
            yield self.rng.uniform(2, 30)
        r = yield self.tries("signup", name, client, addr, pw=pw)

        def later():
            for _ in range(self.rng.randint(1, 3)):
                if self.left > 0:
                    yield from self.form(client, name, pw, addr, undecidable=1)
                yield self.rng.expovariate(1 / 15000)
        if r == "ok" and self.rng.random() < back:
            w.at(w.now + self.rng.expovariate(1 / 6000), self.counted(later()))
        return name, pw

    def stand(self, workers):
        """A source earns standing with an account of its own (bought, or signed up for this), and only then tries others'."""
        w, rng, addr = self.w, self.rng, self.exits.next()
        client = w.clients.app() if self.kit.kind == "app" else w.clients.usual(rng.random() < 0.5)
        name, pw = w.new_name(), w.password()
        if self.aged:
            w.service.add(name, pw, thief=True, tenant=self.tenant)
        else:
            name, pw = yield from self.counted(self.sign_up(client, addr, back=0))
        first = rng.randint(3, 9)
        while self.left > 0:
            yield rng.expovariate(1 / 1500) if first > 0 else self.gap(workers)
            first, client.session = first - 1, w.service.new_session()
            if first >= 0 or rng.random() < 0.15:      # mixed in later too, so that failures are not all in a row
                yield from self.counted(self.form(client, name, pw, addr, undecidable=1))
            else:
                yield from self.counted(self.stuff(client, addr))

    # Single victims
    def near(self, p):
        """The victim's own city and provider, or their carrier."""
        if self.rng.random() < 0.25:
            return p.carrier.addr(self.rng.randint(0, 99999), self.w.now // 3600)
        return self.w.net.line(p.country, p.home.asn, p.home.city).addr(self.w.day())

    def far(self):
        return Exits(self.w, self.rng.choice(("home", "vpn"))).next()

    def takeover(self, p):
        """Phished: the right password, by a person with a browser or the app, often from next door."""
        rng, a = self.rng, p.account
        addr = self.near(p) if rng.random() < 0.6 else self.far()
        client = self.w.clients.app() if rng.random() < 0.3 else self.w.clients.usual(rng.random() < 0.5)
        pw = a.pw if rng.random() < 0.85 else slip(self.w, a.pw)
        for _ in range(rng.randint(1, 3)):
            client.session = self.w.service.new_session()
            r = yield from self.form(client, p.name, pw, addr, code=0.3)
            if r == "ok":
                yield from self.keep(p.name, client, addr, 0.1)
            elif rng.random() < 0.6:
                return
            pw = a.pw if rng.random() < 0.5 or r == "ok" else pw
            yield rng.expovariate(1 / 2500)

    def token_replay(self, p):
        """A token from a stealer's log, played on the victim's own tool or another, near the victim or not."""
        own = self.rng.random() < 0.5
        mine = p.phone if own else self.w.clients.app() if p.app else self.w.clients.usual(False)
        client = Client(mine.where, mine.ua, mine.ja4s, mine.device, mine.system)
        client.token = p.account.epoch if self.rng.random() < 0.7 else None
        addr = self.near(p) if own or self.rng.random() < 0.4 else self.far()
        for _ in range(self.rng.randint(1, 4)):
            if (yield self.tries("token", p.name, client, addr, undecidable=int(own))) != "ok":
                return
            yield self.rng.expovariate(1 / 3000)

    def aitm_proxy(self, p):
        """The victim signs in through the thief's server, code and all; then the thief works with what it caught."""
        w = self.w
        ua = p.desk.ua if p.desk else w.clients.stock(True) if p.app else p.phone.ua
        client, addr = Client("web", ua, (TOOLS["go"][1],), w.clients.device()), self.rng.choice(self.servers)
        if (yield from self.form(client, p.name, p.account.pw, addr, slow=6)) != "ok":
            return
        yield self.rng.expovariate(1 / 900)
        after, thief = self.far(), w.clients.usual(False)
        thief.device, thief.token = client.device, client.token
        for _ in range(self.rng.randint(1, 3)):
            if w.service.logs_tokens:
                yield self.tries("token", p.name, thief, after)
            else:                                      # such a log shows only that he signs in himself
                yield from self.form(thief, p.name, p.account.pw, after, code=0.1)
            yield self.rng.expovariate(1 / 2000)

    def mfa_fatigue(self, p):
        """Right password, and one request for a code after another until the victim gives in."""
        p.account.mfa = True
        addr, client = self.far(), self.w.clients.usual(False)
        for _ in range(self.rng.randint(3, 25)):
            if (yield from self.form(client, p.name, p.account.pw, addr, code=0.012)) in ("ok", "locked"):
                return
            yield self.rng.uniform(15, 200)
