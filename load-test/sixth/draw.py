"""Drawing by chance: weighted choices, counts, times; and the units of time."""
import math

DAY, HOUR = 86400.0, 3600.0


class Choice:
    """Weighted choice, fast."""

    def __init__(self, pairs):
        self.values = [p[0] for p in pairs]
        self.sums, total = [], 0.0
        for p in pairs:
            total += p[1]
            self.sums.append(total)

    def __call__(self, r):
        return r.choices(self.values, cum_weights=self.sums)[0]


def mix(seed, *numbers):
    """A hash of small numbers: what stays the same for a home, a device, a day, without a stream of its own."""
    h = 0x9E3779B97F4A7C15 ^ (seed * 0x632BE59BD9B4E019)
    for x in numbers:
        h ^= (x + 0x9E3779B97F4A7C15 + (h << 6) + (h >> 2)) & 0xFFFFFFFFFFFFFFFF
        h = (h * 0xBF58476D1CE4E5B9) & 0xFFFFFFFFFFFFFFFF
        h ^= h >> 29
        h = (h * 0x94D049BB133111EB) & 0xFFFFFFFFFFFFFFFF
        h ^= h >> 32
    return h


def poisson(r, mean):
    if mean <= 0:
        return 0
    limit, k, p = math.exp(-mean), 0, 1.0
    while True:
        p *= r.random()
        if p <= limit:
            return k
        k += 1


def spread(r, begin, duration, n):
    """n times from begin on: uneven, with pauses."""
    pieces = [r.choice([0, .3, 1, 1, 1.4, 2]) for _ in range(max(6, int(duration / 600)))]
    if not any(pieces):
        pieces[0] = 1
    piece = Choice(list(enumerate(pieces)))
    return sorted(begin + (piece(r) + r.random()) * duration / len(pieces) for _ in range(n))


def moment(r, day, low=0, high=24):
    return day * DAY + r.uniform(low, high) * HOUR
