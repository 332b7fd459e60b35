"""Members: accounts, the people behind them, and where and with what these come.

Accounts outnumber people: many were opened for one journey years ago. They are what stolen lists mostly
find, and some of their owners come back.
"""
from airline import Account, Front
from chance import DAY, HOUR, Table, by_rank


class Person:
    __slots__ = ("account", "name", "country", "home", "pocket", "office", "vpn", "relay", "devices", "trip", "clumsy",
                 "shy", "clears", "thinks", "kind", "left")

    def __init__(self, account, country):
        self.account, self.country = account, country
        self.office = self.vpn = self.relay = self.trip = None
        self.shy = self.clears = False
        self.kind = None
        self.left = 0


class Calendar:
    """What happens to the whole service, and when (milliseconds since the first midnight)."""

    def __init__(self, chance, days):
        spare = list(range(days))
        chance.shuffle(spare)
        outage = spare[0] * DAY + int(chance.between(9, 21) * HOUR)
        self.outage = (outage, outage + int(chance.between(18, 45) * HOUR / 60))
        sale = spare[1 % days] * DAY + int(chance.between(10, 19) * HOUR)
        self.sale = (sale, sale + int(chance.between(1.5, 3) * HOUR))
        self.release = spare[2 % days] * DAY + int(chance.between(4, 11) * HOUR)
        rush = spare[-1] * DAY + int(chance.between(10, 18) * HOUR)
        self.rush = (rush, rush + int(chance.between(2, 5) * HOUR))
        self.forced = chance.randrange(days) * DAY + int(chance.between(2, 7) * HOUR)


class Members:
    def __init__(self, chance, world, count):
        self.chance, self.world = chance, world
        self.offices = {}
        self.people, self.living, self.dormant = [], [], []
        self.shares = {key: chance.between(*span) for key, span in {
            "six": (0.28, 0.42), "office": (0.2, 0.35), "vpn": (0.1, 0.15), "relay": (0.03, 0.07), "trip": (0.15, 0.28),
            "shy": (0.07, 0.11), "clears": (0.03, 0.07), "app": (0.5, 0.7), "card": (0.22, 0.4)}.items()}
        while len(self.people) < count:
            self.household()
        for _ in range(int(count * 1.5)):
            self.dormant.append(self.account(world.networks.market.draw(chance)))
        self.living = [person.account for person in self.people]
        order = self.people[:]
        chance.shuffle(order)
        self.active = Table(zip(order, by_rank(len(order), 60, 0.75)))

    def account(self, country, owner="member"):
        chance, names = self.chance, self.world.names
        account = Account([names.mail(chance, country), names.card(chance)], names.password(chance), owner)
        account.former = [names.password(chance)] if chance.yes(0.4) else []
        account.mfa = chance.yes(0.1)
        self.world.service.add(account)
        return account

    def workplace(self, country):
        """Offices have one or two addresses; a company's desktops may stand in a data centre."""
        chance, networks = self.chance, self.world.networks
        known = self.offices.setdefault(country, [])
        if len(known) < 12 or chance.yes(0.03):
            if chance.yes(0.15):
                known.append(chance.pick(networks.seats))
            else:
                known.append(networks.building(country, "office", chance.pick((1, 1, 2))))
        return chance.pick(known)

    def household(self):
        """One to four people under one roof; they may share one account of the family."""
        chance, networks = self.chance, self.world.networks
        country = networks.market.draw(chance)
        home = networks.dwelling(chance, country, chance.yes(self.shares["six"]))
        size = chance.pick((1, 1, 1, 2, 2, 3, 4))
        shared = self.account(country) if size > 1 and chance.yes(0.35) else None
        for _ in range(size):
            self.person(shared or self.account(country), country, home, "family" if shared else None)

    def person(self, account, country, home=None, kind=None):
        chance, networks, shares = self.chance, self.world.networks, self.shares
        someone = Person(account, country)
        account.people.append(someone)
        someone.home = home or networks.dwelling(chance, country, chance.yes(shares["six"]))
        someone.pocket = networks.pocket(chance, country)
        if chance.yes(shares["office"]):
            someone.office = self.workplace(country)
        if chance.yes(shares["vpn"]):
            someone.vpn = chance.pick(networks.vpns)
        elif chance.yes(shares["relay"]):
            someone.relay = chance.pick(networks.relay_places[country])
        if chance.yes(shares["trip"]):
            where = chance.pick(networks.countries)
            start = int(chance.between(-3, self.world.days) * DAY)
            someone.trip = (start, start + int(chance.between(1, 6) * DAY), where, chance.pick(networks.hotels[where]))
        someone.shy, someone.clears = chance.yes(0.4 if someone.vpn else shares["shy"]), chance.yes(shares["clears"])
        someone.clumsy = chance.between(0.3, 1.9)
        someone.name = account.names[1] if chance.yes(shares["card"]) else account.names[0]
        someone.thinks = account.password
        someone.kind = kind
        kinds = [chance.pick(("desktop", "desktop", "pocket"))] if chance.yes(0.85) else ["pocket"]
        if chance.yes(shares["app"]):
            kinds.append("app")
        if chance.yes(0.2):
            kinds.append(chance.pick(("desktop", "app", "pocket")))
        someone.devices = [self.world.clients.make(chance, sort) for sort in kinds]
        for device in someone.devices:
            if chance.yes(0.75 if device.app != "web" else 0.3):
                device.session = self.world.service.open_session(account)
                account.known.add(device.token)
        self.people.append(someone)
        return someone

    @staticmethod
    def keeps_token(someone, device):
        """Who refuses to be known has no token in a browser, and in some apps neither."""
        return not (someone.shy and (device.app == "web" or device.token < "dv-9"))


def front(place, device, now, chance, token=True, endpoint=None):
    """What the service sees of a device at a place."""
    web = device.app == "web"
    return Front(place.address(chance), place.carrier.asn, place.country, device.agent(now), device.ja4,
                 device.token if token else None, device.app,
                 endpoint or (chance.pick(("www", "www", "booking")) if web else "mobile-api"))
