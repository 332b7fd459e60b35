"""The world: networks, places, accounts and their devices."""
import bisect
import random

from . import agents, names
from .networks import (ACADEMIC, COUNTRIES, HOSTING, RELAYS, Carrier, Exits, Home, Site,
                       load_networks)


class Account:
    """One account and the person (or the people) behind it."""

    __slots__ = ("name", "country", "lang", "tz", "crowd", "history", "mfa", "home", "work",
                 "carrier", "vpn", "devices", "rate", "typo", "forgets", "created", "traits",
                 "lookup_habit", "token_habit")

    def __init__(self, name, country, crowd):
        self.name, self.country, self.crowd = name, country, crowd
        self.history, self.devices, self.traits = [], [], {}
        self.home = self.work = self.carrier = self.vpn = None
        self.mfa, self.rate, self.typo, self.forgets, self.created = False, 1.0, 0.03, 0.0, -1.0
        self.lookup_habit = self.token_habit = 0.0

    def password_at(self, t):
        """The password that was right at time ``t``."""
        return self.history[max(0, bisect.bisect_right(self.history, (t, "\x7f")) - 1)][1]

    def old_password(self, rng):
        """One that was right once, or a usual variation of it."""
        return rng.choice(self.traits["old"])

    def change_password(self, t, password):
        self.traits.setdefault("old", []).append(self.password_at(t))
        self.history.append((t, password))
        self.history.sort()


class World:
    """Builds and holds what people and attackers share."""

    def __init__(self, service, journal, folder):
        self.service, self.journal = service, journal
        rng = self.rng = random.Random("world:%s" % service.seed)
        self.nets = load_networks(folder, rng)
        self.wardrobe = agents.Wardrobe(folder, rng, service.flatten)
        self.accounts, self.by_name, self.windows = [], {}, {}
        self.homes = []
        self.serial = 0
        self.span = service.days * 86400.0
        self.codes = sorted(service.countries)
        self.code_weights = [service.countries[c] for c in self.codes]
        self.carriers = {}
        for code in self.codes:
            country = COUNTRIES[code]
            share = service.countries[code]
            self.carriers[code] = [
                Carrier(rng, self.nets[a], code, rng.choice((1, 1, 2, 3)) + (3 if share > 20 else 0),
                        service.v6_share * rng.choice((0, 0.5, 1.0)))
                for a in country.carriers if a in self.nets]
        # Hosting exits in the countries where hosters sit or sell.
        places = [c for c in ("US", "NL", "DE", "GB", "FR") if c in self.codes]
        self.hosters = [(self.nets[a], rng.choice(places)) for a in service.hosting]
        others = [(self.nets[a], rng.choice(places)) for a in HOSTING if a not in service.hosting]
        self.vpns = [Exits(rng, net, code, rng.randint(10, 40), rng.random() < 0.6)
                     for net, code in (self.hosters * 2 + others[:1])]
        self.relays = [Exits(rng, self.nets[a], code, rng.randint(40, 120), False)
                       for a in RELAYS if a in self.nets for code in self.main_countries(2)]
        self.academic = [self.nets[a] for a in ACADEMIC if a in self.nets]
        # Middle boxes that open TLS show the fingerprint of their own library.
        self.middlebox = sorted({agents.ja4_of(rng, agent) for agent, _ in service.tools})

    def main_countries(self, count):
        order = sorted(self.codes, key=lambda c: -self.service.countries[c])
        return order[:count]

    def markets(self):
        """The countries that hold a large part of the people."""
        order = self.main_countries(4)
        return [c for c in order if self.service.countries[c] >= 12] or order[:1]

    def any_country(self, rng):
        return rng.choices(self.codes, self.code_weights)[0]

    def home_net(self, rng, code):
        return self.nets[rng.choice([a for a in COUNTRIES[code].homes if a in self.nets])]

    def carrier(self, rng, code):
        options = self.carriers[code]
        return rng.choice(options) if options else None

    def site(self, rng, code, count=1, academic=False):
        net = rng.choice(self.academic) if academic and self.academic else self.home_net(rng, code)
        return Site(rng, net, code, count)

    def hosted_site(self, rng, count=1, number=None):
        net, code = rng.choice(self.hosters) if number is None else \
            self.hosters[number % len(self.hosters)]
        return Site(rng, net, code, count)

    def new_home(self, rng, code, **habits):
        v6 = habits.pop("v6_share", rng.choice((0, 0, 0.5, 0.9)) if rng.random() < self.service.v6_share else 0)
        home = Home(rng, self.home_net(rng, code), code, v6_share=v6, **habits)
        self.homes.append(home)
        return home

    def token(self, rng):
        style = self.service.token_style
        if style == "uuid":
            x = "%032x" % rng.getrandbits(128)
            return "-".join((x[:8], x[8:12], "4" + x[13:16], "a" + x[17:20], x[20:]))
        return "%032x" % rng.getrandbits(128) if style == "hex" else "d%014x" % rng.getrandbits(56)

    def device(self, rng, kind, with_token=True, forgets=0.0, agent=None, ja4=None):
        """A new device of a kind: desktop, mobile, tablet, app, tv or tool."""
        self.serial += 1
        ends = self.service.endpoints
        endpoint = ends["app" if kind in ("app", "tool") else "web"]
        if agent is None:
            if kind == "app":
                agent = self.service.app_agent(rng)
            elif kind == "tv":
                agent = rng.choice(agents.TELEVISIONS)
            elif kind == "tool":
                agent = rng.choice(self.service.tools)[0]
            else:
                agent = self.wardrobe.pick(rng, kind)
        device = agents.Device(kind, agent, ja4 or agents.ja4_of(rng, agent),
                               self.token(rng) if with_token else None, self.serial, endpoint, forgets)
        if ja4 is None and kind == "desktop" and rng.random() < 0.10:
            device.ja4 = rng.choice(self.middlebox)
        if kind in ("desktop", "mobile") and rng.random() < 0.12:
            device.switch = rng.uniform(0, self.span)
            device.later = agents.next_version(agent)
        return device

    def free_name(self, rng, lang, style=None):
        """A name nobody has."""
        for _ in range(60):
            name = names.make_name(rng, style or self.service.style, lang)
            if name not in self.by_name:
                return name
        name = names.make_name(rng, style or self.service.style, lang)
        return name.replace("@", "%d@" % rng.randrange(9999)) if "@" in name else name + str(rng.randrange(9999))

    def account(self, rng, crowd, code=None, name=None, home=None, listed=True):
        """A new account with password, habits and a home; no devices yet."""
        service = self.service
        code = code or self.any_country(rng)
        country = COUNTRIES[code]
        name = name or self.free_name(rng, country.lang)
        account = Account(name, code, crowd)
        account.lang, account.tz = country.lang, country.tz
        account.history = [(-1e9, names.make_password(rng, name))]
        account.traits["old"] = [names.tweak(rng, account.history[0][1])]
        if rng.random() < 0.5:
            account.traits["old"].append(names.make_password(rng, name))
        account.mfa = rng.random() < service.mfa_share
        account.home = home or self.new_home(rng, code)
        account.carrier = self.carrier(rng, code)
        account.typo = service.typo_rate * rng.lognormvariate(-0.2, 0.6)
        account.forgets = 0.0022 * rng.lognormvariate(0, 0.7)
        account.rate = min(14.0, 0.45 * rng.paretovariate(1.25))
        account.lookup_habit = {"none": 0.0, "some": 0.35, "always": 0.85}[service.lookups]
        account.token_habit = service.token_use * rng.uniform(0.5, 1.3)
        if listed:
            self.accounts.append(account)
        self.by_name[name] = account
        return account
