"""What every attack is built of: exits, tools, lists of credentials, pace."""
import ipaddress
import itertools
import math

from . import agents, names
from .networks import COUNTRIES, v4_text, v6_text
from .person import RHYTHMS


class Spot:
    """One address with its network and country."""

    __slots__ = ("ip", "asn", "country")

    def __init__(self, ip, asn, country):
        self.ip, self.asn, self.country = ip, asn, country


class Tool:
    """One client of an attacker: agent, fingerprint, endpoint, device habit."""

    def __init__(self, agent, ja4, endpoint, habit, token):
        self.agent, self.ja4, self.endpoint, self.habit = agent, ja4, endpoint, habit
        self.token = token


class Campaign:
    """One attack: it draws its parameters, then makes attempts."""

    def __init__(self, world, rng, cls, budget):
        self.world, self.rng, self.cls, self.budget = world, rng, cls, budget
        self.service, self.journal, self.left = world.service, world.journal, budget
        length = world.span * rng.choice((0.04, 0.1, 0.25, 0.5))
        self.start = rng.uniform(0.0, 1.0) * (world.span - length)
        self.end = self.start + length
        self.exists = rng.uniform(0.02, 0.6)
        self.success = 10 ** rng.uniform(-3, -1.7)
        self.langs = [COUNTRIES[c].lang for c in world.main_countries(3)]
        self.foreign = rng.uniform(0.1, 0.45)
        self.codes = world.main_countries(rng.randint(1, 4)) + rng.sample(world.codes, 5)
        self.hosted = False     # set by campaigns that come from servers
        self.at_home = False    # set by those that come from a few home lines
        self.session_habit = rng.random() < 0.5
        self.lookup_first = world.service.lookups != "none" and rng.random() < 0.3
        self.order = list(range(len(world.accounts)))
        rng.shuffle(self.order)
        self.next_victim = 0

    # ---- exits -------------------------------------------------------------

    def few_addresses(self, count, hosting=True):
        """Servers at a hoster, or a few hijacked home lines."""
        rng, spots = self.rng, []
        self.hosted, self.at_home = self.hosted or hosting, self.at_home or not hosting
        for _ in range(count):
            if hosting:
                net, code = rng.choice(self.world.hosters)
                spots.append(Spot(v4_text(net.random_v4(rng)), net.asn, code))
            else:
                spots.append(self.residential(near=True))
        return spots

    def residential(self, peers=None, near=False):
        """One proxy exit: a neighbour of people, a person's own line, a gateway.

        ``near`` keeps to the main markets, for exits that are used much.
        """
        rng, world = self.rng, self.world
        shape = rng.random()
        if shape < (0.25 if peers is None else peers) and not near:
            home = rng.choice(world.homes)
            return Spot(home.address(rng, rng.uniform(0, world.span), rng.randrange(9)),
                        home.asn, home.country)
        code = (world.any_country(rng) if rng.random() > self.foreign else rng.choice(self.codes))
        if near:
            code = rng.choice(world.markets())
        if shape < 0.4 and not near:
            carrier = world.carrier(rng, code)
            if carrier:
                return Spot(carrier.address(rng, rng.uniform(0, world.span), rng.randrange(10 ** 6)),
                            carrier.asn, code)
        net = world.home_net(rng, code)
        if net.v6 and rng.random() < 0.15:
            return Spot(v6_text(net.random_v6(rng, 64) | rng.getrandbits(63)), net.asn, code)
        home = rng.choice(world.homes)
        if home.country == code and rng.random() < 0.5:
            return Spot(home.neighbour(rng), home.asn, code)
        return Spot(v4_text(net.random_v4(rng)), net.asn, code)

    def proxies(self, attempts, low=1, high=3):
        """Exits that are used for one to three attempts each, as a generator."""
        while True:
            spot = self.residential(near=high > 3)
            for _ in range(self.rng.randint(low, high)):
                yield spot

    def v6_hopper(self, bits):
        """A rented IPv6 prefix, another address each time."""
        rng = self.rng
        self.hosted = True
        options = [(n, c) for n, c in self.world.hosters if n.v6]
        if not options or rng.random() < 0.4:
            code = rng.choice(self.world.markets())
            net, self.at_home = self.world.home_net(rng, code), True
            options = [(net, code)] if net.v6 else options
        if not options:
            net = next(n for n in self.world.nets.values() if n.v6)
            options = [(net, self.codes[0])]
        net, code = rng.choice(options)
        prefix = net.random_v6(rng, bits)
        return (Spot(str(ipaddress.IPv6Address(prefix | rng.getrandbits(128 - bits))), net.asn, code)
                for _ in itertools.repeat(None))

    # ---- tools -------------------------------------------------------------

    def tool(self, kind=None):
        """A client: browser, spoofed browser, app copy or plain script."""
        rng, world = self.rng, self.world
        kind = kind or rng.choices(("browser", "spoof", "script", "app"), (6, 3, 3 if self.hosted else 1.5, 2))[0]
        if kind == "app" and (self.hosted or self.service.app_share < 0.1):
            kind = "browser"        # an app on a server would stand out
        if kind == "script" and self.at_home:
            kind = "browser"        # so would one script on one home line
        ends = self.service.endpoints
        endpoint = ends["app" if kind in ("app", "script") else "web"]
        if kind == "browser":
            agent = world.wardrobe.common(rng, "desktop", 5) if self.hosted else \
                world.wardrobe.common(rng, rng.choice(("desktop", "desktop", "mobile")))
            ja4 = agents.ja4_of(rng, agent)
        elif kind == "spoof":
            agent, ja4 = world.wardrobe.common(rng, "desktop", 5), rng.choice(world.middlebox)
        elif kind == "any":
            agent = world.wardrobe.pick(rng, rng.choice(("desktop", "desktop", "mobile")))
            ja4 = agents.ja4_of(rng, agent)
        elif kind == "list":
            agent = world.wardrobe.rare(rng)
            ja4 = agents.ja4_of(rng, agent)
        elif kind == "app":
            agent = self.service.app_agent(rng)
            ja4 = agents.ja4_of(rng, agent)
        else:
            agent = rng.choice(self.service.tools)[0]
            ja4 = agents.ja4_of(rng, agent)
        habit = rng.choice(("none", "none", "fresh", "address", "fixed"))
        return Tool(agent, ja4, endpoint, habit, world.token(rng))

    def toolbox(self, count, kind=None):
        return [self.tool(kind) for _ in range(count)]

    def device_token(self, tool, spot):
        if tool.habit == "fixed":
            return tool.token
        if tool.habit == "fresh":
            return self.world.token(self.rng)
        if tool.habit == "address":
            cache = self.__dict__.setdefault("cookies", {})
            if spot.ip not in cache:
                cache[spot.ip] = self.world.token(self.rng)
            return cache[spot.ip]
        return None

    # ---- credentials -------------------------------------------------------

    def ghost(self):
        """A name from the list that nobody has here."""
        return self.world.free_name(self.rng, self.rng.choice(self.langs))

    def victim(self, test=lambda a: True):
        """The next account in a random order, each once until all are used."""
        accounts = self.world.accounts
        for _ in range(len(accounts)):
            account = accounts[self.order[self.next_victim % len(accounts)]]
            self.next_victim += 1
            if account.created < self.start and self.world.by_name.get(account.name) is account \
                    and test(account):
                return account
        return accounts[0]

    def pair(self, t):
        """One line of a leaked list: (name, password)."""
        rng = self.rng
        if rng.random() >= self.exists:
            name = self.ghost()
            return name, names.make_password(rng, name)
        account = self.victim()
        if rng.random() < min(1.0, self.success / self.exists):
            return account.name, account.password_at(t)
        shape = rng.random()
        if shape < 0.35:
            return account.name, account.old_password(rng)
        return account.name, names.make_password(rng, account.name)

    # ---- pace --------------------------------------------------------------

    def times(self, count, shape=None):
        """When the attempts happen: steady, bursts, people's hours or waves."""
        rng, start, length = self.rng, self.start, self.end - self.start
        shape = shape or rng.choice(("steady", "bursts", "people", "waves"))
        if shape == "steady":
            out = [start + length * (i + rng.random()) / count for i in range(count)]
        elif shape == "bursts":
            centres = [rng.random() for _ in range(rng.randint(2, 9))]
            out = [start + length * min(1, max(0, rng.gauss(rng.choice(centres), 0.015)))
                   for _ in range(count)]
        elif shape == "people":
            hours = RHYTHMS["evening"]
            tz = COUNTRIES[self.world.main_countries(1)[0]].tz
            out = []
            while len(out) < count:
                t = start + rng.random() * length
                hour = int((self.service.start + t + tz * 3600) // 3600 % 24)
                if rng.random() < hours[hour] / 19:
                    out.append(t)
        else:
            turns, out = rng.uniform(2, 8), []
            while len(out) < count:
                x = rng.random()
                if rng.random() < 0.5 + 0.5 * math.sin(x * turns * 6.283):
                    out.append(start + x * length)
        return sorted(out)

    # ---- attempts ----------------------------------------------------------

    def event(self, t, kind, ok, spot, tool, name, **more):
        """Write one event of the attack."""
        more.setdefault("endpoint", tool.endpoint)
        more.setdefault("device", self.device_token(tool, spot))
        more.setdefault("account", self.world.by_name.get(name))
        if self.session_habit:
            more.setdefault("session", "%020x" % self.rng.getrandbits(80))
        self.left -= 1
        return self.journal.add(t, kind, ok, self.cls, spot.ip, spot, name, agent=tool.agent,
                                ja4=tool.ja4, attack=True, **more)

    def attempt(self, t, spot, tool, name, password, **more):
        """Try one pair; the service answers as it would to anybody."""
        account, rng = self.world.by_name.get(name), self.rng
        if account is not None and account.created > t:
            account = None
        if self.lookup_first and rng.random() < 0.9:
            self.event(t - rng.uniform(0.3, 4), "lookup", account is not None, spot, tool, name,
                       reason="unknown_user")
            if account is None and rng.random() < 0.7:
                return False
        more["password"] = password
        if account is None:
            self.event(t, "login", False, spot, tool, name, reason="unknown_user",
                       credential="unknown", account=None, **more)
            return False
        if password != account.password_at(t):
            self.event(t, "login", False, spot, tool, name, reason="bad_password",
                       credential="invalid", **more)
            return False
        passed = not account.mfa or rng.random() < 0.04
        self.event(t, "login", passed, spot, tool, name, reason="bad_mfa", credential="valid",
                   mfa=("passed" if passed else "failed") if account.mfa else "none", **more)
        return passed

    def own_account(self, t, spot, tool):
        """Sign up an account of the attacker's; returns it."""
        account = self.world.account(self.rng, "attacker", code=spot.country, listed=False)
        account.mfa, account.created = False, t
        if t >= 0:
            self.event(t, "signup", True, spot, tool, account.name, own=True,
                       password=account.password_at(t))
        return account

    def own_login(self, t, spot, tool, account, undecidable=False, **more):
        self.event(t, "login", True, spot, tool, account.name, own=True, undecidable=undecidable,
                   password=account.password_at(t), credential="valid", mfa="none",
                   account=account, **more)
