"""Staff and machines: those who sign in for others, look others up, or ask all day whether the service lives.

Many names from one address is here a trade. Travel agents even type their customers' passwords, and the
partner's server stands in the same data centres from which attacks come.
"""
from airline import Account, Front, person
from chance import DAY, EVEN, FLIGHTS, HOUR, MINUTE, WORK, moment
from members import front
from networks import Place


class Staff:
    def __init__(self, world):
        self.world, self.chance = world, world.chance.branch("staff")

    def plan(self):
        world, chance, start = self.world, self.chance, self.world.clock.start
        users = len(world.members.people)
        for _ in range(max(6, users // 500)):
            self.agency()
        for _ in range(2):
            self.call_centre(users // 1250 + 2)
        for _ in range(max(4, users // 400)):
            self.kiosk(users)
        # a partner's parts are spread over the data centres of several hosts
        servers = [Place(side, "server", [side.four(chance) for _ in range(2)]) for side in world.networks.hosting]
        agent = "%s/%d.%d" % (chance.pick(("TripBridge-Connect", "HotelPoints-API", "FareLink")), chance.randrange(1, 6),
                              chance.randrange(10))
        tls = ["t13d1312h1_" + chance.hex(12) + "_" + chance.hex(12) for _ in range(2)]
        for day in range(world.days):
            for _ in range(chance.many(users * 0.09)):
                start(day * DAY + moment(chance, WORK, 0), self.looks_up(chance.pick(servers), agent, tls[0]))
            for _ in range(chance.many(users * 0.05)):
                start(day * DAY + moment(chance, EVEN, 0), self.refreshes(chance.pick(servers), agent, tls[0]))
        probe = self.employee("probe")
        for place in servers[:2]:
            start(chance.randrange(10 * MINUTE), self.watches(probe, place, tls[1]))

    def employee(self, stem):
        chance, names = self.chance, self.world.names
        account = Account([stem + "." + str(names.number + chance.randrange(10 ** 5))], names.password(chance), "staff")
        self.world.service.add(account)
        return account

    def agency(self):
        """A travel agency: some desks, one line, and customers of its town who left their passwords there."""
        world, chance = self.world, self.chance
        country = world.networks.market.draw(chance)
        place = world.members.workplace(country) if chance.yes(0.3) else world.networks.building(country, "office", 1)
        desks = [world.clients.make(chance, "desktop") for _ in range(chance.randrange(2, 6))]
        customers = chance.sample(world.members.people, min(len(world.members.people), chance.randrange(60, 200)))
        for day in range(world.days):
            for _ in range(chance.many(chance.between(8, 40))):
                at = day * DAY + moment(chance, WORK, world.networks.offset(country))
                world.clock.start(at, self.serves(chance.pick(customers), chance.pick(desks), place))

    def serves(self, customer, desk, place):
        world, chance = self.world, self.chance
        seen = front(place, desk, world.clock.now, chance, endpoint="www")
        who, password = person("travel_agent"), customer.account.password
        if chance.yes(0.3):
            if chance.yes(0.2):
                world.service.lookup(who, seen, world.names.slipped_name(chance, customer.name))
                yield world.clock.now + chance.pause(5, 40)
            world.service.lookup(who, seen, customer.name)
            yield world.clock.now + chance.pause(5, 40)
        note = customer.account.former[-1] if customer.account.former and chance.yes(0.1) else password
        for turn in range(4):
            name, typed = customer.name, note
            if chance.yes(0.05):
                name = world.names.slipped_name(chance, name)
            elif chance.yes(0.05):
                typed = world.names.slip(chance, note)
            answer = world.service.login(who, seen, name, typed, code=0.8)
            if not answer or turn > 1 and chance.yes(0.4):
                return
            note = password
            yield world.clock.now + chance.pause(5, 60)

    def call_centre(self, seats):
        """Signs in at the start of a shift, then looks up whoever calls."""
        world, chance = self.world, self.chance
        country = world.networks.market.draw(chance)
        place = world.networks.building(country, "office", 2)
        for _ in range(seats):
            account, desk = self.employee(chance.pick(("cc", "desk", "svc"))), world.clients.make(chance, "desktop")
            seat = place if chance.yes(0.45) else chance.pick(world.networks.seats)
            shy = chance.yes(0.25)
            for day in range(world.days):
                at = day * DAY + chance.pick((6, 7, 13, 14)) * HOUR + chance.wait(8 * MINUTE)
                world.clock.start(at, self.shift(account, desk, seat, at + 7 * HOUR, shy))

    def shift(self, account, desk, place, until, shy):
        world, chance, service, who = self.world, self.chance, self.world.service, person("call_centre")
        while world.clock.now < until:
            seen = front(place, desk, world.clock.now, chance, not shy, "www")
            wrong = chance.yes(0.06)
            password = world.names.slip(chance, account.password) if wrong else account.password
            if not service.login(who, seen, account.names[0], password):
                break
            yield world.clock.now + chance.pause(5, 60)
        while world.clock.now < until:
            yield world.clock.now + chance.wait(9 * MINUTE)
            seen = front(place, desk, world.clock.now, chance, not shy, "www")
            caller = chance.pick(world.members.people if chance.yes(0.8) else world.members.dormant)
            name = chance.pick(getattr(caller, "account", caller).names)
            if chance.yes(0.14):
                service.lookup(who, seen, world.names.slipped_name(chance, name))
                yield world.clock.now + chance.pause(10, 60)
            service.lookup(who, seen, name)

    def kiosk(self, users):
        """A kiosk at an airport: a stranger every few minutes, one device, TLS ended elsewhere."""
        world, chance = self.world, self.chance
        country = world.networks.market.draw(chance)
        carrier = world.networks.fixed[country].draw(chance)
        seen = Front(carrier.four(chance), carrier.asn, country, world.clients.browser("chrome_windows", 3), None,
                     world.clients.token(chance), "kiosk", "kiosk")
        for day in range(world.days):
            for _ in range(chance.many(users / 10000 * 26)):
                at = day * DAY + moment(chance, FLIGHTS, world.networks.offset(country))
                world.clock.start(at, self.checks_in(chance.pick(world.members.people), seen))

    def checks_in(self, traveller, seen):
        world, chance = self.world, self.chance
        for _ in range(3):
            _, password = world.visits.typed(traveller)
            name = traveller.account.names[1]
            if chance.yes(0.09):
                name = world.names.slipped_name(chance, name)
            if not world.service.login(person("kiosk"), seen, name, password) or chance.yes(0.25):
                return
            yield world.clock.now + chance.pause(6, 40)

    def looks_up(self, place, agent, tls):
        """A partner's server asks for members that its own customers have named; some names come wrong."""
        world, chance = self.world, self.chance
        seen = self.machine(place, agent, tls)
        for _ in range(chance.pick((1, 1, 2, 3))):
            account = chance.pick(world.members.living if chance.yes(0.6) else world.members.dormant)
            name = chance.pick(account.names)
            if chance.yes(0.17):
                name = world.names.slipped_name(chance, name)
            world.service.lookup(person("partner_lookup"), seen, name)
            yield world.clock.now + chance.wait(4000)

    def refreshes(self, place, agent, tls):
        world, chance, seen = self.world, self.chance, self.machine(place, agent, tls)
        for _ in range(chance.pick((1, 2, 4))):
            someone = chance.pick(world.members.people)
            key = (someone.account.sessions or [None])[0] or "s" + chance.hex(18)
            world.service.token(person("partner_token"), seen, someone.name, key)
            yield world.clock.now + chance.wait(3000)

    def watches(self, account, place, tls):
        world, chance = self.world, self.chance
        while True:
            seen = self.machine(place, "Mozilla/5.0 (compatible; UptimeProbe/2.4)", tls)
            world.service.login(person("monitor"), seen, account.names[0], account.password)
            yield world.clock.now + 10 * MINUTE + chance.randrange(3000)

    def machine(self, place, agent, tls):
        return Front(place.address(self.chance), place.carrier.asn, place.country, agent, tls, None, "partner",
                     "partner-api")
