"""One seed's world: its calendar, its people with their homes, devices and passwords, and the clock that runs them."""
import calendar
import heapq
import random

from clients import TOOLS, Clients
from net import Net
from service import Service

FIRST = """anna ben carla david elena felix gina hans ines jonas karin luca maria nils olga paul rosa sam tina uwe vera will yara
zoe alex bruno chris dana emil fatma george hana ivan julia kevin laura marco nina omar petra raul sara tom ursula victor wendy
ahmed bea carlos diana erik fiona gabriel helen igor jana kai lena mateo nora oscar priya rahul sofia thomas yuki""".split()
LAST = """adams bauer costa diaz evans fischer garcia huber ito jones keller lopez meyer novak olsen perez quinn rossi silva torres
unger vogel weber young zimmer brown clark dubois ferrari gomez hansen ivanov jansen kowalski larsen martin nguyen okafor patel
ramos schmidt tanaka ural vidal walker yilmaz kim lee mueller smith taylor santos sharma singh wang""".split()
WORKDAY = (4, 2, 1, 1, 1, 3, 9, 18, 22, 22, 21, 20, 23, 20, 19, 19, 20, 23, 27, 30, 32, 28, 18, 9)
WEEKEND = (8, 5, 3, 2, 1, 1, 3, 7, 13, 20, 24, 25, 24, 22, 21, 22, 23, 25, 27, 29, 29, 25, 17, 12)


class Person:
    __slots__ = ("id", "name", "account", "knows", "home", "country", "rate", "shift", "phone", "desk", "work", "office", "app",
                 "vpn", "relay", "private", "manager", "trip", "carrier", "clumsy")


class World:
    def __init__(self, a):
        self.rng = rng = random.Random("fifth %d" % a.seed)
        self.users, self.warm, self.mixed = a.users, a.warmup_days, a.days
        self.country = rng.choice(("US", "DE", "GB", "FR", "ES", "IT", "PL", "NL", "SE", "BR", "MX", "CA", "IN", "JP", "AU"))
        self.t0 = calendar.timegm((2026, rng.randint(2, 10), rng.randint(1, 28), 0, 0, 0))
        self.first_weekday = (self.t0 // 86400 + 3) % 7
        self.end = self.t0 + (self.warm + self.mixed) * 86400
        self.net = Net(rng, a.data, self.country)
        self.clients = Clients(rng, a.data)
        self.service = Service(rng, a.out, a.labels, a.fields, self.t0)
        self.heap, self.seq, self.now, self.planned = [], 0, self.t0, {}
        # What its people are like
        self.app_share = rng.choice((0.2, 0.4, 0.6, 0.75))
        self.on_carrier = rng.choice((0.2, 0.35, 0.5))
        self.without_device = rng.choice((0.03, 0.1, 0.25))
        self.home_share = rng.uniform(0.65, 0.9)
        self.handles = rng.random() < 0.25
        local = ["%s.%s" % (n, self.country.lower()) for n in ("mail", "web")]
        self.domains = "gmail.com outlook.com yahoo.com hotmail.com icloud.com gmx.net proton.me aol.com".split() + local + \
            ["%s%s.com" % (rng.choice(LAST), rng.choice(("tech", "group", "works", ""))) for _ in range(30)]
        self.domain_weights = [rng.uniform(0.5, 1.5) / (i + 1) for i in range(len(self.domains))]
        self.abroad = [c for c in sorted(self.net.countries) if c != self.country]
        self.abroad_weights = [rng.uniform(0.4, 1) for _ in self.abroad]
        self.taken = set()
        self.offices = [[self.net.line(), None] for _ in range(max(4, a.users // 250))]
        for office in self.offices:
            office[0].moves, office[0].v6 = False, None
            if rng.random() < 0.2:                     # a company proxy that opens TLS
                office[1] = (TOOLS[rng.choice(("go", "java", "curl"))][1],)
        self.people, homes = [], []
        for i in range(a.users):
            self.people.append(self.person(i, homes))
        self.locals = [p for p in self.people if p.country == self.country]
        self.weights = self.sums([p.rate for p in self.people])

    @staticmethod
    def sums(values):
        total, out = 0, []
        for v in values:
            total += v
            out.append(total)
        return out

    def new_name(self, fresh=False):
        """A name as people choose them; attackers' lists and sign-ups use the same forms."""
        rng = self.rng
        while True:
            f, s = rng.choice(FIRST), rng.choice(LAST)
            n = rng.choice((str(rng.randint(1, 99)), str(rng.randint(1950, 2008)), str(rng.randint(100, 9999)), ""))
            stem = rng.choice((f + "." + s, f + s, f[0] + s, f + "_" + s, s + f[0], f)) + (n if rng.random() < 0.85 else "")
            name = stem if self.handles else stem + "@" + rng.choices(self.domains, self.domain_weights)[0]
            if name not in self.taken or not fresh and rng.random() < 0.02:
                self.taken.add(name)
                return name

    def password(self):
        """A few in a hundred choose one of the well-known; the rest are their own."""
        if self.rng.random() < 0.045:
            return self.common()
        return "own%x" % self.rng.getrandbits(60)

    def common(self, among=300):
        return "common%d" % int(among ** self.rng.random())

    def person(self, i, homes):
        rng, p = self.rng, Person()
        p.id, p.name, p.knows = i, self.new_name(True), self.password()
        leaked = tuple(x for x, q in ((p.knows, 0.06), ("own%x" % rng.getrandbits(60), 0.15)) if rng.random() < q)
        p.account = self.service.add(p.name, p.knows, mfa=rng.random() < self.service.mfa_share, leaked=leaked,
                                     tenant=0 if len(self.service.tenants) == 1 or rng.random() < 0.7 else 1)
        p.country = self.country if rng.random() < self.home_share else rng.choices(self.abroad, self.abroad_weights)[0]
        if homes and p.country == self.country and rng.random() < 0.45:
            p.home = rng.choice(homes[-20:])
        else:
            p.home = self.net.line(p.country)
            if p.country == self.country:
                homes.append(p.home)
        p.home.people += 1
        p.rate, p.shift = min(14, rng.lognormvariate(-0.75, 1.25)), rng.gauss(0, 1.6)
        p.app, p.private = rng.random() < self.app_share, rng.random() < self.without_device
        p.phone = self.clients.app(device=not p.private) if p.app else self.clients.browser(True, not p.private)
        p.desk = self.clients.browser(False, not p.private) if rng.random() < 0.6 else None
        p.office = self.offices[int(len(self.offices) * rng.random() ** 2)] if rng.random() < 0.2 else None
        p.office = p.office if p.country == self.country else None
        p.work = self.clients.browser(False, not p.private) if p.office else None
        if p.office and p.office[1]:
            p.work.ja4s = p.office[1]
        p.vpn = rng.choice(self.net.vpn_exits) if rng.random() < 0.025 else None
        p.relay = not p.app and "iPhone" in (p.phone.ua or "") and rng.random() < 0.15
        p.manager, p.clumsy = rng.random() < 0.35, rng.random() ** 3
        p.trip = None
        if rng.random() < 0.015:
            p.trip = self.net.line(rng.choices(self.abroad, self.abroad_weights)[0])
        p.carrier = rng.choice(self.net.carriers[p.country])
        for c in (p.phone, p.desk, p.work):          # devices have been in use before the log begins
            if c is not None:
                c.token = 0 if rng.random() < 0.9 else None
                if c.device:
                    p.account.devices.add(c.device)
        return p

    def someone(self):
        return self.rng.choices(self.people, cum_weights=self.weights)[0]

    def day(self, t=None):
        return int(((self.now if t is None else t) - self.t0) // 86400)

    def start(self, day):
        return self.t0 + day * 86400

    def local_hour(self, country):
        return int(self.now // 3600 + self.net.tz(country)) % 24

    def rhythm(self, day):
        return WEEKEND if (self.first_weekday + day) % 7 >= 5 else WORKDAY

    def moment(self, day, country, shift=0.0):
        """A moment of a day by people's rhythm, at their own local time."""
        hour = self.rng.choices(range(24), self.rhythm(day))[0] + self.rng.random() + shift - self.net.tz(country)
        return self.start(day) + hour % 24 * 3600

    def at(self, t, actor, n=0.0):
        """Starts an actor: it yields seconds to wait, or a Try and is sent its answer. n: people's events to expect."""
        if t < self.end:
            self.seq += 1
            heapq.heappush(self.heap, (max(t, self.t0), self.seq, actor))
            self.planned[self.day(t)] = self.planned.get(self.day(t), 0) + n

    def run(self):
        heap = self.heap
        while heap and heap[0][0] < self.end:
            self.now, _, actor = heapq.heappop(heap)
            answer = None
            while True:
                try:
                    step = actor.send(answer)
                except StopIteration:
                    break
                if isinstance(step, (int, float)):
                    self.seq += 1
                    heapq.heappush(heap, (self.now + max(step, 0.001), self.seq, actor))
                    break
                answer = self.service.handle(self.now, step)
        self.service.close()
