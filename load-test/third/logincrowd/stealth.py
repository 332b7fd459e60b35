"""Attacks that try to look like the victim, or like a good customer."""
from . import agents, names
from .campaign import Campaign, Spot, Tool


class Stealth(Campaign):
    """Helpers to imitate a victim."""

    def copied_tool(self, account, t, with_device=False, exact=True):
        """The victim's own agent (and device token, where it was stolen)."""
        rng = self.rng
        device = rng.choice(account.devices)
        agent = device.agent_at(t)
        if not exact:
            agent = self.world.wardrobe.pick(rng, "mobile" if device.kind == "mobile" else "desktop")
        ja4 = device.ja4 if exact or rng.random() < 0.5 else agents.ja4_of(rng, agent)
        return Tool(agent, ja4, device.endpoint, "fixed" if with_device else "fresh",
                    device.token if with_device else None)

    def near(self, account):
        """An address of the victim's provider, in the victim's town."""
        rng, home = self.rng, account.home
        if account.carrier and rng.random() < 0.3:
            return Spot(account.carrier.address(rng, 0, rng.randrange(10 ** 6)), account.carrier.asn,
                        account.carrier.country)
        return Spot(home.neighbour(rng), home.asn, home.country)

    def own_home(self):
        home = self.world.new_home(self.rng, self.world.any_country(self.rng), v6_share=0)
        return Spot(home.address(self.rng, 0), home.asn, home.country)


class TokenReplay(Stealth):
    """Stolen session tokens, presented from elsewhere."""

    def run(self):
        rng = self.rng
        same_tool = rng.random() < 0.6
        exits = self.proxies(self.left, 1, 5)
        tools = self.toolbox(rng.randint(1, 5))
        endpoint = self.service.endpoints["token"]
        for t in self.times(self.left):
            if self.left <= 0:
                break
            account, spot = self.victim(lambda a: a.devices), next(exits)
            if rng.random() < 0.4:
                spot = self.near(account)
            copied = same_tool and rng.random() < 0.85
            tool = self.copied_tool(account, t, True) if copied else rng.choice(tools)
            good = rng.random() < 0.55
            self.event(t, "token", good, spot, tool, account.name, endpoint=endpoint, reason="expired",
                       undecidable=copied)


class StealerLogs(Stealth):
    """Logs of an info-stealer: right passwords, copied device tokens and agents."""

    def run(self):
        rng = self.rng
        exits = self.proxies(self.left, 1, 2)
        for t in self.times(self.left, "people"):
            if self.left <= 0:
                break
            account = self.victim(lambda a: a.devices)
            near = rng.random() < 0.5
            spot = self.near(account) if near else next(exits)
            with_device = rng.random() < 0.6
            tool = self.copied_tool(account, t, with_device)
            fresh = rng.random() < 0.5
            password = account.password_at(t) if fresh else account.old_password(rng)
            self.attempt(t, spot, tool, account.name, password,
                         undecidable=near and with_device and fresh)


class Takeover(Stealth):
    """Phished credentials, used from the victim's city and provider."""

    def run(self):
        rng = self.rng
        while self.left > 0:
            account = self.victim(lambda a: a.devices)
            t = self.start + rng.random() * (self.end - self.start)
            spot, tool = self.near(account), self.copied_tool(account, t, False, rng.random() < 0.7)
            if self.service.lookups != "none" and rng.random() < 0.4:
                self.event(t - 6, "lookup", True, spot, tool, account.name)
            entered = False
            for _ in range(rng.choice((0, 0, 1, 2))):
                self.attempt(t, spot, tool, account.name, names.slip(rng, account.password_at(t)))
                t += rng.uniform(5, 60)
            if rng.random() < 0.75:
                entered = self.attempt(t, spot, tool, account.name, account.password_at(t))
            elif rng.random() < 0.5:
                self.event(t + 40, "password_reset", True, spot, tool, account.name)
            if entered and rng.random() < 0.5:
                later = t + rng.uniform(600, 40000)
                self.attempt(later, spot, tool, account.name, account.password_at(later))


class Laundering(Stealth):
    """Logs in to own accounts in between, so that addresses and tools seem fine."""

    def run(self):
        rng = self.rng
        home = self.own_home()
        spots = [self.residential() for _ in range(max(4, self.left // rng.randint(12, 40)))] \
            if rng.random() < 0.6 else self.few_addresses(rng.randint(2, 6))
        tools = self.toolbox(rng.randint(1, 4))
        for tool in tools:
            tool.habit = rng.choice(("fixed", "address", "fixed"))
        mine = [self.own_account(self.start - rng.uniform(0, 40000), home, tools[0])
                for _ in range(rng.randint(3, 15))]
        share = rng.uniform(0.25, 0.55)
        for t in self.times(int(self.left)):
            if self.left <= 0:
                break
            if rng.random() < share:
                at_home = rng.random() < 0.2
                self.own_login(t, home if at_home else rng.choice(spots), rng.choice(tools),
                               rng.choice(mine), undecidable=at_home)
            else:
                self.attempt(t, rng.choice(spots), rng.choice(tools), *self.pair(t))


class Poisoning(Stealth):
    """First makes its addresses and devices familiar, then strikes.

    For days own accounts are used from the exits that shall strike later, and
    the names of the victims are touched harmlessly: a lookup, a reset, one
    failure. The strike brings a good list.
    """

    def run(self):
        rng = self.rng
        self.start = rng.uniform(0, 0.3) * self.world.span
        strike = self.world.span * rng.uniform(0.6, 0.9)
        spots = [self.residential() for _ in range(rng.randint(8, 60))]
        tools = self.toolbox(rng.randint(2, 6), "browser")
        for tool in tools:
            tool.habit = "fixed"
        home = self.own_home()
        mine = [self.own_account(self.start, rng.choice(spots), rng.choice(tools)) for _ in range(12)]
        victims = [self.victim(lambda a: a.devices) for _ in range(max(5, self.left // 6))]
        total = self.left
        while self.left > total * 0.45:
            t = self.start + rng.random() * (strike - self.start)
            spot, tool = rng.choice(spots), rng.choice(tools)
            shape = rng.random()
            if shape < 0.55:
                at_home = rng.random() < 0.15
                self.own_login(t, home if at_home else spot, tool, rng.choice(mine), undecidable=at_home)
                continue
            account = rng.choice(victims)
            if shape < 0.7 and self.service.lookups != "none":
                self.event(t, "lookup", True, spot, tool, account.name)
            elif shape < 0.78:
                self.event(t, "password_reset", True, spot, tool, account.name)
            else:
                self.attempt(t, spot, tool, account.name, names.make_password(rng, account.name))
        while self.left > 0:
            t = strike + rng.random() * (self.world.span - strike)
            account = rng.choice(victims)
            good = rng.random() < 0.08
            self.attempt(t, rng.choice(spots), rng.choice(tools), account.name,
                         account.password_at(t) if good else names.make_password(rng, account.name))


class MfaBombing(Stealth):
    """The password is known; the second factor is pressed until somebody gives in."""

    def run(self):
        rng = self.rng
        exits = self.proxies(self.left, 1, 8)
        tools = self.toolbox(rng.randint(1, 5))
        pool = [a for a in self.world.accounts if a.mfa and a.devices and a.created < self.start]
        while self.left > 0 and pool:
            account = rng.choice(pool)
            t = self.start + rng.random() * (self.end - self.start)
            spot, tool = next(exits), rng.choice(tools)
            entered = False
            for _ in range(rng.randint(2, 12)):
                if self.left <= 0 or entered:
                    break
                entered = rng.random() < 0.012
                self.event(t, "login", entered, spot, tool, account.name, reason="bad_mfa",
                           password=account.password_at(t), credential="valid",
                           mfa="passed" if entered else "failed")
                t += rng.uniform(15, 300)
