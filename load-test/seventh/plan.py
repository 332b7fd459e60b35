"""Plan: which attacks run on which day, when, and how large.

All is drawn by seed, but every class comes at least once, every day has many, and the first day has them
from its morning on: a detector that still knows nobody must do without what it knows.
"""
from chance import DAY, HOUR, MINUTE
from exits import Exits
from thefts import Thefts

# class: weight in the total, share of days on which it runs, shortest and longest span in hours
CLASSES = {
    "stuffing_loud": (9, 0.8, 0.3, 2.5), "stuffing_residential": (14, 0.9, 1.5, 8),
    "stuffing_rotating": (10, 0.8, 1, 7), "stuffing_sale": (5, 0, 0, 0), "stuffing_outage": (2.4, 0, 0, 0),
    "low_and_slow": (6, 0, 0, 0), "spray_single": (3, 0.5, 0.5, 4), "spray_distributed": (7, 0.6, 2, 9),
    "brute_single": (2, 0.6, 0.5, 4), "brute_distributed": (4, 0.6, 1, 8), "enumeration_login": (4, 0.6, 0.3, 3),
    "enumeration_login_spread": (4, 0.5, 2, 8), "enumeration_lookup": (4, 0.6, 0.3, 3),
    "enumeration_lookup_spread": (4, 0.5, 2, 8), "fake_signup": (4, 0.6, 1, 8), "token_replay": (3.5, 0.7, 2, 9),
    "ipv6_hop_64": (2.5, 0.5, 0.5, 4), "ipv6_hop_56": (2.5, 0.5, 0.5, 4), "ipv6_hop_48": (2.5, 0.5, 0.5, 4),
    "targeted_takeover": (2.5, 0.9, 4, 12), "laundering": (5, 0.5, 1, 6), "lockout": (3, 0.6, 0.3, 3),
    "pacing": (6, 0.6, 3, 10),
}


class Plan:
    def __init__(self, world):
        self.world, self.chance = world, world.chance.branch("plan")
        users, days = len(world.members.people), world.days
        share = self.chance.between(0.275, 0.325)
        self.total = users * 2.55 * days * share / (1 - share)
        self.heights = {name: row[0] * self.chance.between(0.7, 1.3) for name, row in CLASSES.items()}
        scale = self.total / sum(self.heights.values())
        self.sizes = {name: max(30, int(height * scale)) for name, height in self.heights.items()}

    def plan(self):
        chance, days = self.chance, self.world.days
        for name, (_, often, low, high) in CLASSES.items():
            if not often:
                continue
            on = [day for day in range(days) if chance.yes(often)] or [chance.randrange(days)]
            if name == "stuffing_residential" and 0 not in on:
                on.insert(0, 0)
            weights = [chance.between(0.5, 1.6) for _ in on]
            for day, weight in zip(on, weights):
                size = max(12, int(self.sizes[name] * weight / sum(weights)))
                span = chance.between(low, high) * HOUR
                latest = DAY - span * 1.15 - 10 * MINUTE
                start = day * DAY + int(chance.between(6.2 * HOUR if day == 0 else 0.2 * HOUR, max(latest, 7 * HOUR)))
                self.run(name, size, span, start)
        self.upheavals()

    def upheavals(self):
        """Attacks that hide in what happens to everybody, and the one that takes all the days."""
        world, chance = self.world, self.chance
        for name, (begin, end), source in (("stuffing_sale", world.calendar.sale, "few"),
                                           ("stuffing_outage", world.calendar.outage, "many")):
            lead = 0 if name == "stuffing_sale" else 12 * MINUTE
            self.run(name, self.sizes[name], (end - begin + 2 * lead) * 0.95, begin - lead)
        self.run("low_and_slow", self.sizes["low_and_slow"], world.days * DAY - 7 * HOUR,
                 int(chance.between(5, 7) * HOUR))

    def run(self, name, size, span, start):
        """Put one run of an attack on the clock."""
        world, chance = self.world, self.chance.branch(f"{name}/{start}")
        exits = Exits(chance, world)
        crew = Thefts(world, exits, chance)
        loud, keeps = chance.randrange(2, 7), chance.pick(("kept", "fresh"))
        routines = {
            "stuffing_loud": lambda: crew.stuff(name, exits.few(loud, chance.pick((2, 3, 5))), size, span),
            "stuffing_residential": lambda: crew.stuff(name, exits.many(), size, span),
            "stuffing_rotating": lambda: crew.stuff(name, exits.many(rotating=True), size, span),
            "stuffing_sale": lambda: crew.stuff(name, exits.many(4, chance.yes(0.5)), size, span),
            "stuffing_outage": lambda: crew.stuff(name, exits.many(5, pool=200), size, span),
            "low_and_slow": lambda: crew.low_and_slow(name, size, span),
            "spray_single": lambda: crew.spray(name, exits.few(1), size, span),
            "spray_distributed": lambda: crew.spray(name, exits.many(2), size, span),
            "brute_single": lambda: crew.brute(name, exits.few(1), size, span),
            "brute_distributed": lambda: crew.brute(name, exits.many(2), size, span, chance.randrange(2, 8)),
            "enumeration_login": lambda: crew.enumerate(name, exits.few(loud), size, span, True),
            "enumeration_login_spread": lambda: crew.enumerate(name, exits.many(3), size, span, True),
            "enumeration_lookup": lambda: crew.enumerate(name, exits.few(loud + 2, habit=keeps), size, span, False),
            "enumeration_lookup_spread": lambda: crew.enumerate(name, exits.many(3, habit=keeps), size, span, False),
            "fake_signup": lambda: crew.fake_signups(name, exits.many(4, pool=max(10, size // 8)), size, span),
            "token_replay": lambda: crew.replay(name, exits.many(3), size, span),
            "ipv6_hop_64": lambda: crew.stuff(name, exits.hopping(64), size, span),
            "ipv6_hop_56": lambda: crew.stuff(name, exits.hopping(56), size, span),
            "ipv6_hop_48": lambda: crew.stuff(name, exits.hopping(48), size, span),
            "targeted_takeover": lambda: crew.takeover(name, size, span),
            "lockout": lambda: crew.lock_out(name, exits.many(2, pool=60), size, span),
            "pacing": lambda: crew.pacing(name, size, span),
        }
        if name == "laundering":
            crew.launder(name, size, span, start)
        else:
            world.clock.start(start, routines[name]())
