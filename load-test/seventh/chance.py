"""Chance: one source of luck for each purpose.

Every part of the generator draws from a stream of its own, named after its purpose, so that a change in
one part (an attack more, say) does not change what another part (the people) would have drawn.
"""
import bisect
import itertools
import math
import random

MINUTE = 60_000
HOUR = 60 * MINUTE
DAY = 24 * HOUR


class Chance(random.Random):
    """A stream of luck with a name; the same name gives the same luck."""

    def __init__(self, name):
        super().__init__(str(name))
        self.name = str(name)

    def branch(self, name):
        return Chance(self.name + "/" + str(name))

    def yes(self, share):
        return self.random() < share

    def pick(self, things):
        return things[int(self.random() * len(things))]

    def between(self, low, high):
        return low + (high - low) * self.random()

    def wait(self, mean):
        """Milliseconds until the next of things that come at random, at least 40 of them."""
        return 40 + int(self.expovariate(1.0) * mean)

    def pause(self, low, high):
        """Seconds of somebody who thinks or types, in milliseconds, more often short than long."""
        return int(1000 * (low + (high - low) * self.random() ** 2))

    def many(self, mean):
        """A count around a mean (Poisson, by the normal curve where it is large)."""
        if mean > 50:
            return max(0, round(self.gauss(mean, math.sqrt(mean))))
        floor, count, product = math.exp(-mean), 0, self.random()
        while product > floor:
            count += 1
            product *= self.random()
        return count

    def hex(self, digits):
        return "%0*x" % (digits, self.getrandbits(4 * digits))


class Table:
    """Things with weights, for drawing one of them again and again."""

    def __init__(self, pairs):
        pairs = list(pairs)
        self.things = [thing for thing, _ in pairs]
        self.steps = list(itertools.accumulate(weight for _, weight in pairs))

    def draw(self, chance):
        return self.things[min(len(self.things) - 1,
                               bisect.bisect(self.steps, chance.random() * self.steps[-1]))]


def by_rank(count, flat, power):
    """Zipf's weights: a few are very active, most hardly ever come."""
    return [1.0 / (rank + flat) ** power for rank in range(count)]


LEISURE = Table(enumerate([5, 3, 2, 1, 1, 3, 9, 18, 24, 27, 29, 30, 33, 31, 28, 28, 30, 34, 40, 46, 50, 45, 28, 12]))
WORK = Table(enumerate([0.5, 0.3, 0.3, 0.3, 0.5, 1, 4, 14, 34, 44, 46, 40, 30, 36, 44, 42, 38, 26, 10, 4, 2, 2, 1, 1]))
FLIGHTS = Table(enumerate([1, 1, 1, 3, 14, 30, 34, 30, 26, 24, 22, 22, 22, 22, 24, 26, 28, 28, 24, 18, 12, 8, 4, 2]))
EVEN = Table((hour, 1) for hour in range(24))


def moment(chance, rhythm, offset):
    """A millisecond of a day in world time, for somebody who lives `offset` hours east of it."""
    hour = (rhythm.draw(chance) - offset) % 24
    return int((hour + chance.random()) * HOUR)
