"""Circles: people who share a machine, an address or even an account."""
from . import names
from .person import Visit, visit_times


class Circles:
    """Labs, kiosks, call centres, shared accounts and other odd company."""

    def __init__(self, world, rng, everyday):
        self.world, self.rng, self.everyday = world, rng, everyday
        self.scale = world.service.users / 12000.0

    def run(self):
        for method in (self.school_labs, self.kiosks, self.shift_terminals, self.call_centre,
                       self.bookkeepers, self.shared_accounts, self.wrong_person,
                       self.alternate_accounts, self.second_hand, self.helped_by_family,
                       self.password_tidying):
            method()

    def pool(self, count, test=lambda a: True):
        options = [a for a in self.world.accounts if a.devices and test(a)]
        return self.rng.sample(options, min(len(options), max(2, int(count * self.scale))))

    def visit(self, account, device, place, cls):
        return Visit(self.world, self.rng, account, device, place, cls)

    def school_labs(self):
        """Whole classes sign in within minutes, pupils mistype a lot."""
        world, rng = self.world, self.rng
        for _ in range(2):
            code = rng.choice(world.main_countries(3))
            site = world.site(rng, code, rng.choice((1, 2)), academic=rng.random() < 0.6)
            agent = world.wardrobe.pick(rng, "desktop")
            machines = [world.device(rng, "desktop", rng.random() < 0.7, agent=agent) for _ in range(24)]
            pupils = [world.account(rng, "school_lab", code=code) for _ in range(int(110 * self.scale) + 12)]
            for day in range(world.service.days):
                for lesson in rng.sample(range(8, 16), 3):
                    base = day * 86400 + (lesson * 3600 - world.service.start - 3600 * pupils[0].tz) % 86400
                    for pupil in rng.sample(pupils, min(len(pupils), 26)):
                        visit = self.visit(pupil, rng.choice(machines), site, "school_lab")
                        visit.sign_in(base + rng.expovariate(1 / 150),
                                      rng.choices((0, 1, 2, 3, 5), (82, 13, 3, 1, 1))[0])

    def kiosks(self):
        """A library or a shop: one device, strangers all day."""
        world, rng = self.world, self.rng
        for _ in range(4):
            code = rng.choice(world.main_countries(3))
            site, device = world.site(rng, code), world.device(rng, "desktop", rng.random() < 0.7, 0.1)
            for account in self.pool(70, lambda a: a.country == code):
                for t in visit_times(world, rng, 0.5, account.tz, "office"):
                    self.visit(account, device, site, "kiosk").sign_in(t)

    def shift_terminals(self):
        """Nurses or cashiers swapping at one terminal round the clock."""
        world, rng = self.world, self.rng
        code = rng.choice(world.main_countries(2))
        site = world.site(rng, code)
        terminals = [world.device(rng, "desktop") for _ in range(6)]
        for _ in range(int(60 * self.scale) + 4):
            account = world.account(rng, "shift_terminal", code=code)
            account.typo *= 1.5
            for t in visit_times(world, rng, 5, account.tz, "flat"):
                self.visit(account, rng.choice(terminals), site, "shift_terminal").sign_in(t)

    def call_centre(self):
        """Agents walk callers through a reset and test the result themselves."""
        world, rng = self.world, self.rng
        site = world.site(rng, rng.choice(world.main_countries(3)), 2)
        desks = [world.device(rng, "desktop") for _ in range(15)]
        for account in self.pool(240):
            for t in visit_times(world, rng, 0.35, account.tz, "office"):
                visit = self.visit(account, rng.choice(desks), site, "call_centre")
                if world.service.lookups != "none":
                    visit.event(t - 15, "lookup", True)
                if rng.random() < 0.35:
                    visit.reset(t)
                else:
                    visit.sign_in(t, rng.choices((0, 1, 2), (80, 14, 6))[0])

    def bookkeepers(self):
        """One person signs in to thirty clients' accounts in a row."""
        world, rng = self.world, self.rng
        for _ in range(int(7 * self.scale) + 1):
            code = rng.choice(world.main_countries(3))
            home, device = world.new_home(rng, code), world.device(rng, "desktop")
            clients = [world.account(rng, "bookkeeper", code=code) for _ in range(rng.randint(12, 32))]
            for t in visit_times(world, rng, 0.7, clients[0].tz, "office"):
                for client in rng.sample(clients, rng.randint(4, len(clients))):
                    self.visit(client, device, home, "bookkeeper").sign_in(t)
                    t += rng.uniform(40, 500)

    def shared_accounts(self):
        """One subscription, many cities; a changed password locks friends out."""
        world, rng = self.world, self.rng
        for account in self.pool(26):
            friends = []
            for _ in range(rng.randint(3, 8)):
                code = account.country if rng.random() < 0.75 else world.any_country(rng)
                friends.append((world.new_home(rng, code),
                                world.device(rng, rng.choice(("tv", "mobile", "desktop", "app")))))
            change = rng.uniform(0.3, 1.5) * world.span
            old = account.password_at(change)
            told = set()
            if change < world.span:
                account.change_password(change, names.make_password(rng, account.name))
            for t in visit_times(world, rng, len(friends) * 0.8, account.tz, "night"):
                number = rng.randrange(len(friends))
                visit = self.visit(account, friends[number][1], friends[number][0], "shared_account")
                if t < change or number in told:
                    visit.sign_in(t)
                    continue
                for _ in range(rng.randint(1, 4)):
                    visit.attempt(t, old)
                    t += visit.pause()
                if rng.random() < 0.4:
                    told.add(number)

    def wrong_person(self):
        """People sure that a stranger's similar name is their own."""
        world, rng = self.world, self.rng
        for account in self.pool(28):
            stranger = world.account(rng, "wrong_person", code=account.country)
            device = world.device(rng, rng.choice(("mobile", "desktop")))
            for t in visit_times(world, rng, 0.6, account.tz, "evening"):
                visit = self.visit(account, device, stranger.home, "wrong_person")
                for _ in range(rng.randint(1, 4)):
                    visit.attempt(t, stranger.password_at(t))
                    t += visit.pause()
                if rng.random() < 0.5:
                    visit.event(t, "password_reset", True)
                own = self.visit(stranger, device, stranger.home, "wrong_person")
                if rng.random() < 0.6:
                    own.attempt(t + 60, stranger.password_at(t))

    def alternate_accounts(self):
        """One player, ten characters, one machine, one password for all."""
        world, rng = self.world, self.rng
        for _ in range(int(14 * self.scale) + 1):
            code = world.any_country(rng)
            home, device = world.new_home(rng, code), world.device(rng, "desktop")
            shared = names.make_password(rng, "alt")
            team = [world.account(rng, "alternate_accounts", code=code, home=home)
                    for _ in range(rng.randint(5, 16))]
            for account in team:
                account.history, account.mfa = [(-1e9, shared)], False
            for t in visit_times(world, rng, 1.2, team[0].tz, "night"):
                for account in rng.sample(team, rng.randint(2, len(team))):
                    self.visit(account, device, home, "alternate_accounts").sign_in(t)
                    t += rng.uniform(5, 300)

    def second_hand(self):
        """A sold or inherited phone brings its device token to a new owner."""
        world, rng = self.world, self.rng
        for seller in self.pool(60, lambda a: a.devices[0].kind in ("mobile", "app", "tablet")):
            buyer = world.account(rng, "second_hand_device", code=seller.country)
            buyer.devices.append(seller.devices[0])
            t = rng.uniform(0, world.span)
            if rng.random() < 0.3:      # the seller's name was still filled in
                self.visit(seller, seller.devices[0], buyer.home, "second_hand_device").attempt(
                    t, buyer.password_at(t))
                t += 40
            for later in [t] + [t + rng.expovariate(1 / 40000) for _ in range(3)]:
                self.visit(buyer, buyer.devices[0], buyer.home, "second_hand_device").sign_in(later)

    def helped_by_family(self):
        """Grandmother fails for half an hour, then a grandson does it from afar."""
        world, rng = self.world, self.rng
        for account in self.pool(25):
            t = rng.uniform(0, world.span)
            visit = self.visit(account, account.devices[0], account.home, "helped_by_family")
            for _ in range(rng.randint(3, 9)):
                visit.attempt(t, visit.wrong_guess(t))
                t += rng.uniform(30, 240)
            helper = world.new_home(rng, world.any_country(rng) if rng.random() < 0.2 else account.country)
            far = self.visit(account, world.device(rng, "mobile"), helper, "helped_by_family")
            far.reset(t + rng.uniform(300, 7200))

    def password_tidying(self):
        """On a rainy Sunday somebody tries every password he ever had."""
        for account in self.pool(20, lambda a: a.crowd not in ("password_manager",)):
            t = self.rng.uniform(0, self.world.span)
            visit = self.visit(account, account.devices[0], account.home, "password_tidying")
            for _ in range(self.rng.randint(4, 8)):
                visit.attempt(t, names.make_password(self.rng, account.name))
                t += self.rng.uniform(4, 25)
            visit.reset(t)
