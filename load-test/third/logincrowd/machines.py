"""Honest machines: scripts, monitors, aggregators, test suites, stale clients."""
from . import names
from .person import Visit


class Machines:
    """Programs that sign in for people, some of them broken."""

    def __init__(self, world, rng):
        self.world, self.rng = world, rng
        self.scale = world.service.users / 12000.0
        self.span = world.span

    def run(self):
        for method in (self.scripts, self.broken_scripts, self.monitors, self.aggregators,
                       self.test_suites, self.stale_clients, self.smart_home, self.bulk_onboarding,
                       self.partners):
            method()

    def owner(self, cls, code=None):
        account = self.world.account(self.rng, cls, code=code)
        account.mfa = False
        account.lookup_habit = account.token_habit = account.typo = 0.0
        return account

    def tool(self, with_token=False, number=None):
        tools = self.world.service.tools
        agent = None if number is None else tools[number % len(tools)][0]
        return self.world.device(self.rng, "tool", with_token, agent=agent)

    def scripts(self):
        """Jobs by timer, from servers and from homes, on the minute."""
        world, rng = self.world, self.rng
        for number in range(int(84 * self.scale) + 3):
            account = self.owner("script_user")
            place = world.hosted_site(rng, 1, number) if number % 3 else account.home
            device = self.tool(rng.random() < 0.2, number)
            visit = Visit(world, rng, account, device, place, "script_user")
            step = rng.choice((900, 3600, 3600, 3600, 7200, 21600))
            t = rng.uniform(0, step) // 60 * 60
            while t < self.span:
                visit.attempt(t + rng.uniform(0.2, 2.5), account.password_at(t))
                t += step

    def broken_scripts(self):
        """The password was changed, the timer job was not told."""
        world, rng = self.world, self.rng
        for _ in range(int(6 * self.scale) + 3):
            account = self.owner("broken_script")
            wrong = account.old_password(rng)
            if rng.random() < 0.3:      # or the account is gone altogether
                world.by_name.pop(account.name)
            visit = Visit(world, rng, account, self.tool(), world.hosted_site(rng), "broken_script")
            gone = account.name not in world.by_name
            step, t = rng.choice((1800, 3600, 7200)), rng.uniform(0, self.span * 0.5)
            end = t + rng.uniform(0.2, 0.8) * self.span
            while t < end:
                if gone:
                    visit.event(t, "login", False, password=wrong, reason="unknown_user", account=None)
                else:
                    visit.attempt(t, wrong)
                t += step + rng.uniform(0, 3)

    def monitors(self):
        """Health checks; one of them checks that a wrong password is refused."""
        world, rng = self.world, self.rng
        for number in range(3):
            account = self.owner("monitor")
            place = world.hosted_site(rng, rng.randint(1, 4))
            visit = Visit(world, rng, account, self.tool(), place, "monitor")
            step, t = rng.choice((300, 600, 900)), rng.uniform(0, 300)
            while t < self.span:
                good = number < 2 or rng.random() < 0.5
                visit.attempt(t, account.password_at(t) if good else "wrong-on-purpose")
                t += step + rng.uniform(-1, 1)

    def aggregators(self):
        """A money or job app signs in for hundreds of customers each night."""
        world, rng = self.world, self.rng
        customers = [a for a in world.accounts if not a.mfa and a.devices]
        for _ in range(2):
            place = world.hosted_site(rng, rng.randint(2, 5))
            device = self.tool()
            hour = rng.uniform(0, 86400)
            clients = rng.sample(customers, min(len(customers), int(rng.randint(250, 500) * self.scale) + 2))
            stale = set(a.name for a in clients[:len(clients) // 25])
            for day in range(-1, world.service.days):
                for account in clients:
                    t = day * 86400 + hour + rng.uniform(0, 7200)
                    visit = Visit(world, rng, account, device, place, "aggregator")
                    visit.attempt(t, account.old_password(rng) if account.name in stale
                                  else account.password_at(t))

    def test_suites(self):
        """The makers' own tests: numbered accounts, wrong on purpose, by day and night."""
        world, rng = self.world, self.rng
        place = world.hosted_site(rng, 4)
        team = [world.account(rng, "test_suite", name=self._test_name(n)) for n in range(1, 41)]
        for account in team:
            account.mfa = False
        runs = int(world.service.days * rng.randint(3, 6) * min(1.0, self.scale + 0.2))
        for _ in range(runs):
            t = rng.uniform(0, self.span)
            browser = rng.random() < 0.5
            for account in rng.sample(team, rng.randint(12, 30)):
                device = world.device(rng, "desktop") if browser else self.tool()
                visit = Visit(world, rng, account, device, place, "test_suite")
                for _ in range(rng.randint(1, 3)):
                    shape = rng.random()
                    t += rng.uniform(0.4, 6)
                    if shape < 0.12:
                        visit.attempt(t, "wrong")
                    elif shape < 0.2:
                        ghost = self._test_name(rng.randint(900, 999))
                        visit.event(t, "login", False, ghost, password="wrong", reason="unknown_user",
                                    account=None, credential="unknown")
                    elif shape < 0.25:
                        visit.event(t, "password_reset", True)
                    else:
                        visit.attempt(t, account.password_at(t))

    def _test_name(self, number):
        style = self.world.service.style
        if style == "number":
            return "%08d" % (10_990_000 + number)
        return "qa-user-%03d" % number + ("" if style == "nick" else "@example.com")

    def stale_clients(self):
        """A forgotten tablet or mail program retries the old password for days."""
        world, rng = self.world, self.rng
        pool = [a for a in world.accounts if a.devices and a.crowd in
                ("household", "home_desktop", "phone_roamer", "app_user", "renumbered_home")]
        for account in rng.sample(pool, min(len(pool), int(14 * self.scale) + 2)):
            kind = rng.choice(("app", "app", "tablet", "tool"))
            visit = Visit(world, rng, account, world.device(rng, kind), account.home, "stale_client")
            wrong = account.old_password(rng)
            t = rng.uniform(0, self.span * 0.7)
            end = t + rng.uniform(0.2, 1.0) * self.span
            step = rng.choice((1800, 3600, 3600, 10800))
            while t < min(end, self.span):
                visit.attempt(t, wrong)
                t += step * rng.uniform(0.8, 1.6)

    def smart_home(self):
        """Thermostats and printers that sign in again at every hiccup of the line."""
        world, rng = self.world, self.rng
        for _ in range(int(70 * self.scale) + 2):
            code = rng.choice(world.codes) if rng.random() < 0.5 else None
            account = self.owner("smart_home", code)
            device = world.device(rng, "tool", with_token=True)
            visit = Visit(world, rng, account, device, account.home, "smart_home")
            t = rng.uniform(0, 20000)
            while t < self.span:
                for _ in range(rng.choice((1, 1, 1, 2, 4))):
                    visit.attempt(t, account.password_at(t))
                    t += rng.uniform(2, 60)
                t += rng.expovariate(1 / 16000)

    def bulk_onboarding(self):
        """A firm or a school creates hundreds of accounts in one go, then all log in."""
        world, rng = self.world, self.rng
        code = world.main_countries(1)[0]
        site, t = world.site(rng, code), rng.uniform(0, self.span * 0.6)
        admin, start = world.device(rng, "desktop"), names.make_password(rng, "team")
        for _ in range(int(90 * self.scale) + 3):
            account = world.account(rng, "bulk_onboarding", code=code)
            account.mfa, account.history = False, [(-1e9, start)]
            t += rng.uniform(2, 25)
            Visit(world, rng, account, admin, site, "bulk_onboarding").event(
                t, "signup", True, password=start)
            account.devices.append(world.device(rng, "desktop"))
            first = t + 3600 + rng.uniform(0, 30000)
            visit = Visit(world, rng, account, account.devices[0], site, "bulk_onboarding")
            visit.attempt(first, start)
            visit.reset(first + 20)

    def partners(self):
        """Servers of partners: they ask which customers exist, enrol some, send resets."""
        world, rng = self.world, self.rng
        service = world.service
        for number in range(28):
            place, device = world.hosted_site(rng, 1, number), self.tool(False, number)
            t = rng.uniform(0, self.span * 0.9)
            for _ in range(int(34 * self.scale) + 1):
                t += rng.expovariate(1 / 400)
                account = rng.choice(world.accounts)
                visit = Visit(world, rng, account, device, place, "partner")
                shape = rng.random()
                if service.lookups != "none" and shape < 0.6:
                    missing = rng.random() < 0.15
                    visit.event(t, "lookup", not missing, reason="unknown_user",
                                name=names.slip_name(rng, account.name) if missing else None)
                elif shape < 0.8:
                    visit.event(t, "password_reset", True)
                else:
                    account = world.account(rng, "partner")
                    account.created = t
                    Visit(world, rng, account, device, place, "partner").event(
                        t, "signup", True, password=account.password_at(t))
