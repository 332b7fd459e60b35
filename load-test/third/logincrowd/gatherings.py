"""Surges: days on which many honest people do the same odd thing at once."""
from . import names
from .person import Visit


class Gatherings:
    """Each method is one kind of surge; ``run`` holds those the day brings."""

    def __init__(self, world, rng, everyday):
        self.world, self.rng, self.everyday = world, rng, everyday
        self.scale = world.service.users / 12000.0

    def run(self):
        for method in (self.outage, self.release, self.rush, self.flash_sale, self.reset_wave,
                       self.office_change, self.country_launch, self.town_failover,
                       self.crowded_venue, self.merged_brand, self.broken_captcha_day):
            method()

    def window(self, cls, low_hours, high_hours):
        """A stretch of time for a surge, kept where attackers can find it."""
        length = self.rng.uniform(low_hours, high_hours) * 3600
        start = self.rng.uniform(0.05, 0.9) * max(3600.0, self.world.span - length)
        self.world.windows[cls] = (start, start + length)
        return start, start + length

    def some(self, count, test=lambda a: True):
        pool = [a for a in self.world.accounts if a.devices and test(a)]
        return self.rng.sample(pool, min(len(pool), int(count * self.scale) + 1))

    def visit(self, account, t, cls, place=None):
        device = self.rng.choice(account.devices)
        return Visit(self.world, self.rng, account, device,
                     place or self.everyday.place(account, device, t), cls)

    def outage(self):
        """The back end fails for a while: right passwords fail, all retry."""
        rng = self.rng
        start, end = self.window("outage_retry", 0.3, 1.2)
        for account in self.some(rng.randint(180, 320)):
            t = rng.uniform(start, end)
            visit = self.visit(account, t, "outage_retry")
            while t < end and rng.random() < 0.7:
                visit.event(t, "login", False, password=account.password_at(t), reason="other",
                            credential="unknown")
                t += rng.lognormvariate(4.5, 1.0)
            visit.attempt(max(t, end + rng.expovariate(1 / 900)), account.password_at(t))

    def release(self):
        """A new app version reaches all phones and makes them sign in anew."""
        rng, world = self.rng, self.world
        start, end = self.window("app_release", 6, 24)
        version = "%d.0.0" % (int(world.service.app_version.split(".")[0]) + 1)
        for account in world.accounts:
            for device in account.devices:
                if device.kind == "app":
                    device.switch = start + rng.expovariate(3 / (end - start))
                    device.later = device.agent.replace(world.service.app_version, version)
                    if rng.random() < 0.35:
                        visit = Visit(world, rng, account, device, self.everyday.place(
                            account, device, device.switch), "app_release")
                        visit.sign_in(device.switch + rng.uniform(1, 900),
                                      rng.choices((0, 1, 2, 3), (84, 11, 4, 1))[0])

    def rush(self):
        """A campaign on television: sign-ups by the hundred."""
        start, end = self.window("marketing_rush", 2, 6)
        rate = self.rng.randint(400, 800) * self.scale * 86400 / (end - start)
        self.everyday.newcomers(rate, "marketing_rush", start, end)

    def flash_sale(self):
        """Everybody wants in at one minute past the hour."""
        rng = self.rng
        start, _ = self.window("flash_sale", 0.5, 0.6)
        start -= start % 3600
        for account in self.some(rng.randint(600, 1400)):
            t = start + rng.expovariate(1 / 240) - 60
            self.visit(account, t, "flash_sale").sign_in(t, rng.choices((0, 1, 2), (92, 6, 2))[0])

    def reset_wave(self):
        """A breach elsewhere was in the news, or the service asked for new passwords."""
        rng = self.rng
        start, end = self.window("reset_wave", 8, 20)
        for account in self.some(rng.randint(350, 700)):
            t = start + rng.expovariate(3 / (end - start))
            visit = self.visit(account, t, "reset_wave")
            if rng.random() < 0.25:
                visit.attempt(t - 40, account.password_at(t))
            visit.reset(t)
            if rng.random() < 0.15:     # the other device still has the old one
                late = t + rng.uniform(1800, 40000)
                other = self.visit(account, late, "reset_wave")
                other.attempt(late, account.old_password(rng))
                other.attempt(late + other.pause(), account.password_at(late))

    def office_change(self):
        """One employer forces new passwords; half the staff type the old one."""
        rng, world = self.rng, self.world
        start, end = self.window("office_forced_change", 4, 9)
        site = world.site(rng, world.main_countries(1)[0], 2)
        for _ in range(int(110 * self.scale) + 2):
            account = world.account(rng, "office_forced_change", code=site.country)
            account.devices.append(world.device(rng, "desktop"))
            t = start + rng.expovariate(3 / (end - start))
            visit = Visit(world, rng, account, account.devices[0], site, "office_forced_change")
            visit.reset(t)
            for _ in range(rng.randint(1, 5)):
                t += rng.expovariate(1 / 9000)
                if rng.random() < 0.3:
                    visit.attempt(t, account.old_password(rng))
                    t += visit.pause()
                visit.attempt(t, account.password_at(t))

    def country_launch(self):
        """The service opens in a new country."""
        rng, world = self.rng, self.world
        start, end = self.window("country_launch", 20, 40)
        code = min(world.codes, key=lambda c: (world.service.countries[c], c))
        self.everyday.newcomers(rng.randint(220, 420) * self.scale * 86400 / (end - start),
                                "country_launch", start, end, code=code)

    def town_failover(self):
        """A cut cable moves a whole town from its homes to one mobile gateway."""
        rng, world = self.rng, self.world
        start, end = self.window("town_failover", 2, 7)
        code = world.main_countries(1)[0]
        carrier = world.carrier(rng, code)
        for account in self.some(220, lambda a: a.country == code):
            for _ in range(rng.randint(1, 3)):
                t = rng.uniform(start, end)
                self.visit(account, t, "town_failover", carrier).sign_in(t)

    def crowded_venue(self):
        """A stadium or a train: one address, bad radio, double sends."""
        rng, world = self.rng, self.world
        start, end = self.window("crowded_venue", 2, 5)
        site = world.site(rng, world.main_countries(1)[0])
        for account in self.some(200, lambda a: any(d.kind in ("mobile", "app") for d in a.devices)):
            t = rng.uniform(start, end)
            visit = self.visit(account, t, "crowded_venue", site)
            visit.double = rng.random() < 0.25
            visit.sign_in(t, rng.choices((0, 1, 2), (88, 10, 2))[0])

    def merged_brand(self):
        """People of a bought-up brand try the names they had there."""
        rng, world = self.rng, self.world
        start, end = self.window("merged_brand", 24, 60)
        for _ in range(int(260 * self.scale) + 2):
            account = world.account(rng, "merged_brand")
            account.devices.append(world.device(rng, rng.choice(("mobile", "desktop"))))
            t = rng.uniform(start, end)
            visit = Visit(world, rng, account, account.devices[0], account.home, "merged_brand")
            old_name = names.make_name(rng, "nick", account.lang)
            for _ in range(rng.choices((0, 1, 2, 3), (55, 30, 10, 5))[0]):
                visit.attempt(t, account.password_at(t), old_name)
                t += visit.pause()
            if rng.random() < 0.3:
                visit.event(t, "password_reset", False, old_name, account=None, reason="unknown_user")
                t += visit.pause()
            visit.attempt(t, account.password_at(t))

    def broken_captcha_day(self):
        """A bad script on the page: one browser family fails until it is mended."""
        rng, world = self.rng, self.world
        start, end = self.window("broken_page", 1, 4)
        agent = world.wardrobe.pick(rng, "desktop")
        cut = agent[:60]
        for account in self.some(110, lambda a: any(d.agent.startswith(cut) for d in a.devices)):
            device = next(d for d in account.devices if d.agent.startswith(cut))
            t = rng.uniform(start, end)
            visit = Visit(world, rng, account, device, account.home, "broken_page")
            for _ in range(rng.choice((1, 1, 2, 3))):
                visit.event(t, "login", False, password=account.password_at(t), reason="other")
                t += visit.pause()
            if rng.random() < 0.5 and account.carrier:     # tries on the phone instead
                phone = world.device(rng, "mobile")
                account.devices.append(phone)
                Visit(world, rng, account, phone, account.carrier, "broken_page").sign_in(t, 0)
