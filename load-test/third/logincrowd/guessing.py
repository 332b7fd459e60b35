"""Guessing and probing: sprays, brute force, lock-outs, enumeration, sign-up farms."""
import itertools

from . import names
from .campaign import Campaign


class SpraySingle(Campaign):
    """A few usual passwords over many names, from one address."""

    tool_counts = (1, 1, 3, 6)

    def exits(self):
        return itertools.repeat(self.few_addresses(1, self.rng.random() < 0.6)[0])

    def run(self):
        rng, exits = self.rng, self.exits()
        words = rng.sample(names.COMMON, rng.randint(1, 4))
        tools = self.toolbox(rng.choice(self.tool_counts))
        share = max(self.exists, 0.2)
        for t in self.times(self.left):
            if self.left <= 0:
                break
            name = self.victim().name if rng.random() < share else self.ghost()
            self.attempt(t, next(exits), rng.choice(tools), name, rng.choice(words))


class SprayMany(SpraySingle):
    """The same through proxies."""

    tool_counts = (3, 5, 9)

    def exits(self):
        return self.proxies(self.left, 1, 2)


class BruteSingle(Campaign):
    """Many passwords on one or a few accounts, from one address."""

    tool_counts = (1, 1, 2)

    def exits(self):
        return itertools.repeat(self.few_addresses(1, self.rng.random() < 0.6)[0])

    def run(self):
        rng, exits = self.rng, self.exits()
        victims = [self.victim() for _ in range(rng.choice((1, 2, 5)))]
        tools = self.toolbox(rng.choice(self.tool_counts))
        done = set()
        for t in self.times(self.left):
            if self.left <= 0:
                break
            account = rng.choice(victims)
            if account.name in done and rng.random() < 0.9:
                account = self.victim()
                victims.append(account)
            guess = rng.choice(names.COMMON) if rng.random() < 0.4 else names.make_password(rng, account.name)
            if rng.random() < 0.0015:
                guess = account.password_at(t)
            if self.attempt(t, next(exits), rng.choice(tools), account.name, guess):
                done.add(account.name)


class BruteMany(BruteSingle):
    """The same through proxies."""

    tool_counts = (3, 5, 9)

    def exits(self):
        return self.proxies(self.left, 1, 5)


class Lockout(Campaign):
    """No wish to get in: the victims are to be kept out."""

    def run(self):
        rng = self.rng
        victims = [self.victim(lambda a: a.devices) for _ in range(max(3, self.left // rng.randint(15, 60)))]
        exits = self.proxies(self.left, 1, 12) if rng.random() < 0.6 else None
        fixed = self.few_addresses(rng.randint(1, 4))
        tools = self.toolbox(rng.randint(1, 4))
        limit = (self.service.lock or (8, 0, 0))[0] + 1
        while self.left > 0:
            t = self.start + rng.random() * (self.end - self.start)
            account = rng.choice(victims)
            for _ in range(limit):
                if self.left <= 0:
                    break
                spot = next(exits) if exits else rng.choice(fixed)
                self.attempt(t, spot, rng.choice(tools), account.name, names.make_password(rng, "x"))
                t += rng.uniform(0.4, 9)


class Enumeration(Campaign):
    """Which names exist? Asked of the login page by its errors."""

    kind = "login"

    def names_to_ask(self):
        """Sequential, from a dictionary, or from a leaked list."""
        rng, style = self.rng, rng_style(self.service.style)
        mode = rng.choice(("sequential", "dictionary", "random"))
        number, lang = rng.randint(1, 400), rng.choice(self.langs)
        start = rng.randint(10_000_000, 10_150_000)
        while True:
            number += 1
            if mode == "sequential":
                if style == "number":
                    yield "%08d" % (start + number)
                    continue
                first, last = rng.choice(names.FIRST[lang]), rng.choice(names.LAST[lang])
                base = "%s.%s%d" % (first, last, number % 100)
                yield base + "@" + names.DOMAINS[lang][0] if style == "email" else base
            elif rng.random() < self.exists:
                yield self.victim().name
            else:
                yield self.ghost()

    def ask(self, t, spot, tool, name):
        self.attempt(t, spot, tool, name, names.make_password(self.rng, name))

    def run(self):
        rng = self.rng
        self.lookup_first = False
        spots = self.few_addresses(rng.randint(1, 6)) if rng.random() < 0.5 else None
        exits = self.proxies(self.left, 1, 6)
        tools, asked = self.toolbox(rng.randint(1, 4) + (0 if spots else 2)), self.names_to_ask()
        for t in self.times(self.left):
            if self.left <= 0:
                break
            self.ask(t, rng.choice(spots) if spots else next(exits), rng.choice(tools), next(asked))


class LookupEnumeration(Enumeration):
    """The same, asked of the page that says whether a name exists."""

    def ask(self, t, spot, tool, name):
        self.event(t, "lookup", name in self.world.by_name, spot, tool, name, reason="unknown_user")


class ResetEnumeration(Enumeration):
    """The same, asked of the forgotten-password page (and now and then of sign-up)."""

    def ask(self, t, spot, tool, name):
        known = name in self.world.by_name
        if self.rng.random() < 0.15 and known:
            self.event(t, "signup", False, spot, tool, name, reason="other")
        else:
            self.event(t, "password_reset", known, spot, tool, name, reason="unknown_user")


class SignupFarm(Campaign):
    """Accounts made by the hundred; they sign in later to look alive."""

    def run(self):
        rng, made = self.rng, []
        tools = self.toolbox(rng.randint(2, 8))
        fixed = self.few_addresses(rng.randint(2, 6)) if rng.random() < 0.4 else None
        exits = self.proxies(self.left, 1, 2)
        for t in self.times(max(1, int(self.left * rng.uniform(0.35, 0.6)))):
            spot, tool = rng.choice(fixed) if fixed else next(exits), rng.choice(tools)
            made.append((t, tool, self.own_account(t, spot, tool)))
        while self.left > 0 and made:
            t, tool, account = rng.choice(made)
            later = t + rng.expovariate(1 / 30000) + 30
            if later >= self.world.span:
                later = t + 20
            spot = rng.choice(fixed) if fixed else next(exits)
            self.own_login(later, spot, tool, account)


def rng_style(style):
    """'mixed' services are asked for e-mail addresses."""
    return "email" if style == "mixed" else style
