"""Credential stuffing in all its manners."""
from . import agents, names
from .campaign import Campaign, Tool


class Loud(Campaign):
    """A few addresses, thousands of pairs."""

    def run(self):
        spots = self.few_addresses(self.rng.randint(1, 8), self.rng.random() < 0.8)
        tools = self.toolbox(self.rng.choice((1, 1, 2, 5)))
        for t in self.times(self.left):
            if self.left <= 0:
                break
            self.attempt(t, self.rng.choice(spots), self.rng.choice(tools), *self.pair(t))


class Residential(Campaign):
    """One to three attempts an address, on the networks of people."""

    tools_kind = None

    def run(self):
        exits = self.proxies(self.left)
        tools = self.toolbox(self.rng.randint(2, 12), self.tools_kind)
        for t in self.times(self.left):
            if self.left <= 0:
                break
            self.attempt(t, next(exits), self.rng.choice(tools), *self.pair(t))


class Rotating(Campaign):
    """Everything changes each time: address, agent, fingerprint, device."""

    def run(self):
        exits = self.proxies(self.left, 1, 2)
        kind = self.rng.choice((None, "any", "list"))
        for t in self.times(self.left):
            if self.left <= 0:
                break
            tool = self.tool(kind)
            tool.habit = self.rng.choice(("fresh", "none", "fresh"))
            self.attempt(t, next(exits), tool, *self.pair(t))


class Slow(Campaign):
    """A handful an hour, for days."""

    def run(self):
        self.start, self.end = self.rng.uniform(0, 0.2) * self.world.span, self.world.span
        spots = [self.residential(near=True) if self.rng.random() < 0.6 else self.few_addresses(1)[0]
                 for _ in range(max(3, self.left // self.rng.randint(8, 60)))]
        tools = self.toolbox(self.rng.randint(1, 6))
        for t in self.times(self.left, self.rng.choice(("steady", "people"))):
            if self.left <= 0:
                break
            self.attempt(t, self.rng.choice(spots), self.rng.choice(tools), *self.pair(t))


class PeakHour(Residential):
    """Only while everybody else signs in."""

    def run(self):
        self.start, self.end = 0.0, self.world.span
        tools = self.toolbox(self.rng.randint(3, 10), "browser")
        exits = self.proxies(self.left)
        peak = self.busy_hours()
        for _ in range(self.left):
            if self.left <= 0:
                break
            t = self.rng.choice(peak) + self.rng.random() * 3600
            self.attempt(t, next(exits), self.rng.choice(tools), *self.pair(t))

    def busy_hours(self):
        """The two busiest hours of each day of this run."""
        counts = [0] * int(self.world.span // 3600 + 1)
        for event in self.journal.events:
            if not event["_attack"]:
                counts[int(event["t"] // 3600)] += 1
        hours = []
        for day in range(self.service.days):
            ordered = sorted(range(day * 24, day * 24 + 24), key=lambda h: -counts[h])
            hours += [h * 3600 for h in ordered[:2]]
        return hours


class InSurge(Residential):
    """Inside an honest surge: a rush, a sale, a release, a wave of resets."""

    surges = ("marketing_rush", "flash_sale", "app_release", "reset_wave", "country_launch")

    def run(self):
        self.start, self.end = self.world.windows[self.rng.choice(self.surges)]
        super().run()


class InOutage(InSurge):
    """While right passwords fail too; the service answers all with 'other'."""

    surges = ("outage_retry",)

    def attempt(self, t, spot, tool, name, password, **more):
        low, high = self.world.windows["outage_retry"]
        if low <= t <= high and self.rng.random() < 0.7:
            self.event(t, "login", False, spot, tool, name, password=password, reason="other",
                       credential="unknown")
            return False
        return super().attempt(t, spot, tool, name, password, **more)

    def run(self):
        low, high = self.world.windows["outage_retry"]
        self.start, self.end = low, high + 0.6 * (high - low)
        Residential.run(self)


class Sixes(Campaign):
    """Another IPv6 address each time, out of a /64, /56 or /48."""

    def run(self):
        exits = self.v6_hopper(self.rng.choice((64, 64, 56, 48)))
        tools = self.toolbox(self.rng.randint(1, 6))
        for t in self.times(self.left):
            if self.left <= 0:
                break
            self.attempt(t, next(exits), self.rng.choice(tools), *self.pair(t))


class Paced(Campaign):
    """Just under the usual limits: nine an address in ten minutes, and the like."""

    def run(self):
        count, window = self.rng.choice(((9, 600), (4, 60), (19, 3600), (4, 300), (90, 3600)))
        per_spot = self.rng.randint(1, 12) * count
        hosted = self.hosted = self.rng.random() < 0.4
        self.at_home = not hosted
        tools = self.toolbox(self.rng.randint(1, 5))
        while self.left > 0:
            spot = self.few_addresses(1)[0] if hosted else self.residential(near=True)
            t = self.start + self.rng.random() * (self.end - self.start)
            tool = self.rng.choice(tools)
            for _ in range(per_spot):
                if self.left <= 0:
                    break
                t += window / count * self.rng.uniform(1.0, 1.15)
                self.attempt(t % self.world.span, spot, tool, *self.pair(t))


class Browsers(Campaign):
    """Whole browsers: they load the page, look up, wait, keep cookies, ask for resets."""

    def run(self):
        exits = self.proxies(self.left, 1, 4)
        for t in self.times(self.left, "people"):
            if self.left <= 0:
                break
            tool, spot = self.tool("any"), next(exits)
            tool.habit, self.session_habit = "fixed", True
            name, password = self.pair(t)
            known = self.world.by_name.get(name)
            if self.service.lookups != "none" and self.rng.random() < 0.7:
                self.event(t - self.rng.uniform(3, 12), "lookup", known is not None, spot, tool, name,
                           reason="unknown_user")
                if known is None:
                    continue
            if self.attempt(t, spot, tool, name, password):
                continue
            if self.rng.random() < 0.3:
                wait = self.rng.lognormvariate(2.5, 0.7)
                self.attempt(t + wait, spot, tool, name, names.slip(self.rng, password))
            if self.rng.random() < 0.06:
                self.event(t + self.rng.uniform(30, 90), "password_reset", known is not None, spot,
                           tool, name, reason="unknown_user")


class Tweaked(Campaign):
    """Last year's passwords with this year's number, two to five a name, over days."""

    def run(self):
        self.start, self.end = 0.05 * self.world.span, self.world.span
        self.exists = max(self.exists, 0.3)
        tools, exits = self.toolbox(self.rng.randint(2, 8)), self.proxies(self.left)
        while self.left > 0:
            t = self.start + self.rng.random() * (self.end - self.start) * 0.8
            name, password = self.pair(t)
            for _ in range(self.rng.randint(2, 5)):
                if self.left <= 0:
                    break
                self.attempt(t, next(exits), self.rng.choice(tools), name, password)
                password = names.tweak(self.rng, password)
                t += self.rng.uniform(600, 30000)


class GoodList(Campaign):
    """A fresh list: few pairs, most names exist, a large part still opens."""

    def run(self):
        self.exists, self.success = self.rng.uniform(0.7, 0.95), self.rng.uniform(0.05, 0.2)
        exits, rng = self.proxies(self.left, 1, 1), self.rng
        for t in self.times(self.left, "people"):
            if self.left <= 0:
                break
            agent = self.world.wardrobe.pick(rng, rng.choice(("desktop", "mobile")))
            tool = Tool(agent, agents.ja4_of(rng, agent), self.service.endpoints["web"], "fresh", None)
            self.attempt(t, next(exits), tool, *self.pair(t))
