"""Routine: who comes on which day, at which hour, and what happens to all of them at once.

The upheavals (an outage, a sale, a release, a rush of sign-ups, forced changes) are here because each is a
change of the routine. They are what makes limits that fit a usual day fail on the days that matter.
"""
from airline import person
from chance import DAY, HOUR, LEISURE, MINUTE, WORK, moment
from members import front


class Routine:
    def __init__(self, world):
        self.world, self.chance = world, world.chance.branch("routine")
        self.warned = set()
        world.service.on_theft = self.robbed

    def plan(self):
        """Put every routine of the people on the clock."""
        world, chance, start = self.world, self.chance, self.world.clock.start
        users = len(world.members.people)
        for day in range(world.days):
            for _ in range(chance.many(users * 1.12 * chance.between(0.93, 1.07))):
                someone = world.members.active.draw(chance)
                rhythm = WORK if someone.office and chance.yes(0.5) else LEISURE
                at = day * DAY + moment(chance, rhythm, world.networks.offset(someone.country))
                start(at, world.visits.visit(someone))
            for _ in range(chance.many(users * 0.016)):
                start(day * DAY + moment(chance, LEISURE, 0), self.joins("new_member"))
            for _ in range(chance.many(users * 0.012)):
                start(day * DAY + moment(chance, LEISURE, 0), self.comes_back())
        begin, end = world.calendar.sale
        for _ in range(chance.many(users * 0.22)):
            at = begin + int((end - begin) * chance.random() ** 1.6)
            start(at, world.visits.visit(world.members.active.draw(chance), "sale"))
        for _ in range(chance.many(users * 0.012)):
            start(int(chance.between(begin, end)), self.joins("sale"))
        begin, end = world.calendar.rush
        for _ in range(chance.many(users * 0.035)):
            start(begin + int((end - begin) * chance.random() ** 1.5), self.joins("signup_rush"))
        start(world.calendar.forced, self.forced())
        begin, end = world.calendar.outage
        for _ in range(chance.many(users * 0.06)):  # the airline's rebooking mail reached them just then
            start(int(chance.between(begin, end)), world.visits.visit(world.members.active.draw(chance)))
        for someone in chance.sample(world.members.people, max(8, users // 220)):
            start(int(chance.between(0, world.days * 0.7) * DAY), self.stale(someone))

    def forced(self):
        """Some members must choose a new password at their next sign-in; half of them come the same day."""
        world, chance = self.world, self.chance
        for someone in chance.sample(world.members.people, len(world.members.people) // 30):
            someone.account.expired = True
            world.service.end_sessions(someone.account)
            if chance.yes(0.55):
                at = world.clock.now // DAY * DAY + moment(chance, LEISURE, world.networks.offset(someone.country))
                if at > world.clock.now:
                    world.clock.start(at, world.visits.visit(someone, "forced_change"))
        yield None

    def joins(self, label):
        """A sign-up by somebody new, who then comes back now and then."""
        world, chance, service = self.world, self.chance, self.world.service
        country = world.networks.market.draw(chance)
        account = world.members.account(country)
        for name in account.names:
            del service.accounts[name.lower()]  # it is not there before the sign-up
        someone = world.members.person(account, country)
        service.end_sessions(account)
        someone.name, device = account.names[0], chance.pick(someone.devices)
        for each in someone.devices:
            each.session = None
        where, _ = world.visits.whereabouts(someone, device, world.clock.now)
        seen, who = front(where, device, world.clock.now, chance, world.members.keeps_token(someone, device)), person(label)
        if chance.yes(0.3):
            service.lookup(who, seen, someone.name)
            yield world.clock.now + chance.pause(10, 60)
        for _ in range(3):
            if chance.yes(0.08):
                old = chance.pick(world.members.living)  # forgot that there is a card already
                twin = type(account)([old.names[0]], account.password)
                service.signup(who, seen, twin)
                yield world.clock.now + chance.pause(10, 90)
                if chance.yes(0.4):
                    return
            if not service.signup(who, seen, account):
                break
            yield world.clock.now + chance.pause(10, 200)
        else:
            return
        yield world.clock.now + chance.pause(20, 900)
        yield from world.visits.visit(someone, label, device, where)
        for _ in range(chance.many(0.9)):
            yield world.clock.now + chance.wait(20 * HOUR)
            yield from world.visits.visit(someone)

    def comes_back(self):
        """The owner of an account that slept for years: another device, another provider, half a memory."""
        world, chance = self.world, self.chance
        account = chance.pick(world.members.dormant)
        if account.people:
            return
        someone = world.members.person(account, world.networks.market.draw(chance))
        someone.clumsy = 2.4
        for device in someone.devices:
            device.session = None
        if chance.yes(0.45):
            someone.thinks = account.former[0] if account.former else world.names.password(chance)
        yield from world.visits.visit(someone, "returning")
        if chance.yes(0.5):
            yield world.clock.now + chance.wait(15 * HOUR)
            yield from world.visits.visit(someone, "returning")

    def stale(self, someone):
        """An app keeps the password of before and tries it for days, wherever its telephone goes."""
        world, chance, service = self.world, self.chance, self.world.service
        device = next((each for each in someone.devices if each.app != "web"), None)
        if device is None:
            device = world.clients.make(chance, "app")
            someone.devices.append(device)
        device.session, old = None, someone.account.password
        fresh = world.names.password(chance)
        service.change(someone.account, fresh)
        someone.thinks = fresh
        until = world.clock.now + chance.wait(1.6 * DAY)
        gap = chance.between(25, 120) * MINUTE if chance.yes(0.88) else chance.between(4, 12) * MINUTE
        while world.clock.now < until:
            where, _ = world.visits.whereabouts(someone, device, world.clock.now)
            seen = front(where, device, world.clock.now, chance)
            for _ in range(chance.pick((1, 1, 2, 3))):
                service.login(person("stale_app"), seen, someone.name, old)
                yield world.clock.now + chance.pause(2, 30)
            yield world.clock.now + int(gap * chance.between(0.7, 1.3))
        service.login(person("stale_app"), seen, someone.name, someone.thinks)

    def robbed(self, account):
        """Some victims get a mail about a strange sign-in and act on it."""
        if account not in self.warned and account.people and self.chance.yes(0.3):
            self.warned.add(account)
            someone = self.chance.pick(account.people)
            self.world.clock.start(self.world.clock.now + self.chance.wait(5 * HOUR), self.recovers(someone))

    def recovers(self, someone):
        world, chance = self.world, self.chance
        device = chance.pick(someone.devices)
        where, _ = world.visits.whereabouts(someone, device, world.clock.now)
        who, token = person("victim_recovers"), world.members.keeps_token(someone, device)
        seen = front(where, device, world.clock.now, chance, token)
        yield from world.visits.forgotten(someone, who, seen)
        yield world.clock.now + chance.pause(10, 120)
        yield from world.visits.sign_in(someone, who, seen, device)
