"""Exits: what attackers rent to come from, and the costumes they wear.

Everything rented lies in networks where people are: lines of real households, shared mobile addresses,
gateways of private networks, data centres. Costumes are clones of what members use.
"""
from airline import Front
from chance import HOUR
from networks import Place, within


class Exits:
    def __init__(self, chance, world):
        self.chance, self.world = chance, world
        self.devices = [device for someone in world.members.people[:3000] for device in someone.devices]
        self.markets = chance.sample(world.networks.countries, chance.randrange(3, 6))

    def costume(self, app=None):
        """A clone of somebody's client, with a token of its own."""
        chance = self.chance
        for _ in range(50):
            model = chance.pick(self.devices)
            if app is None or (model.app != "web") == app:
                break
        return model.clone(self.world.clients.token(chance))

    def wardrobe(self, size):
        """One bot's few clients; a small one is of common sorts, as its owner wants to look common."""
        mixed, app = size > 5, self.chance.yes(0.2)
        clones = [self.costume(self.chance.yes(0.25) if mixed else app) for _ in range(max(40, size * 6))]
        for clone in clones:  # whoever builds a bot keeps its agent up to date
            clone.updated = min(clone.updated, self.world.calendar.release + 14 * HOUR)
        share = {}
        for device in self.devices:
            share[device.agents, device.ja4] = share.get((device.agents, device.ja4), 0) + 1
        clones.sort(key=lambda clone: -share[clone.agents, clone.ja4])
        return clones[:size] if size <= 3 else clones[:size * 2]

    def line(self):
        """A place behind a residential or mobile proxy."""
        chance, networks = self.chance, self.world.networks
        luck = chance.random()
        if luck < 0.4:
            someone = chance.pick(self.world.members.people)
            return someone.home if chance.yes(0.8) or not someone.office else someone.office
        country = networks.market.draw(chance)
        if chance.yes(0.1):
            country = chance.pick(self.markets)
        if luck < 0.66:
            return networks.dwelling(chance, country, chance.yes(0.15))
        if luck < 0.93:
            return networks.pocket(chance, country)
        return chance.pick(networks.hotels[country] if chance.yes(0.5) else networks.airports[country])

    def rented(self, count):
        """Some single addresses: servers, gateways, a few lines."""
        chance, networks, places = self.chance, self.world.networks, []
        for _ in range(count):
            luck = chance.random()
            if luck < 0.36:
                side = chance.pick(networks.hosting)
                places.append(Place(side, "server", [side.four(chance)]))
            elif luck < 0.56:
                gate = chance.pick(networks.vpns)
                places.append(Place(gate.carrier, "vpn", [gate.address(chance)]))
            else:
                line = networks.fixed[networks.home] if chance.yes(0.6) else networks.mobile[networks.home]
                carrier = line.draw(chance)
                places.append(Place(carrier, "line", [chance.pick(carrier.pool) if carrier.pool else
                                                      carrier.four(chance)]))
        return places

    def front(self, place, clone, token, address=None):
        web = clone.app == "web"
        return Front(address or place.address(self.chance), place.carrier.asn, place.country,
                     clone.agent(self.world.clock.now), clone.ja4, token, clone.app,
                     self.chance.pick(("www", "www", "booking")) if web else "mobile-api")

    def habit(self):
        """How a tool treats device tokens: leaves them out, keeps them, or takes a new one each time."""
        return self.chance.pick(("none", "kept", "kept", "fresh", "fresh"))

    def token(self, habit, clone):
        if habit == "none" and self.chance.yes(0.75 if clone.app == "web" else 0.1):
            return None
        return clone.token if habit == "kept" else self.world.clients.token(self.chance)

    def few(self, count, clothes=2, habit=None):
        """A source of fronts from a few addresses."""
        places, clones, habit = self.rented(count), self.wardrobe(clothes), habit or self.habit()
        while True:
            clone = self.chance.pick(clones)
            yield self.front(self.chance.pick(places), clone, self.token(habit, clone))

    def many(self, tries=3, rotating=False, pool=None, habit=None):
        """A source of fronts from an ocean of addresses, each used 1 to `tries` times."""
        chance, clones, habit = self.chance, self.wardrobe(self.chance.randrange(14, 30)), habit or self.habit()
        lines = [self.line() for _ in range(pool)] if pool else None
        while True:
            place = chance.pick(lines) if lines else self.line()
            address, clone = place.address(chance), chance.pick(clones)
            for _ in range(chance.randrange(1, tries + 1)):
                if rotating:
                    clone = self.costume()
                yield self.front(place, clone, self.token("fresh" if rotating and habit == "kept" else habit, clone),
                                 address)

    def hopping(self, bits):
        """A source that takes a new address of an IPv6 block for every try or two; a tool has some blocks."""
        chance, networks, clones, habit = self.chance, self.world.networks, self.wardrobe(3), self.habit()
        sides = networks.hosting + 2 * networks.fixed[networks.home].things
        blocks = []
        for _ in range(chance.randrange(3, 8)):
            side = chance.pick(sides)
            blocks.append((Place(side, "block"), side.block(chance, bits)))
        while True:
            place, block = chance.pick(blocks)
            address, clone = within(chance, block, bits), chance.pick(clones)
            for _ in range(chance.pick((1, 1, 2))):
                yield self.front(place, clone, self.token(habit, clone), address)
