"""Chance: draws that the standard library does not have, and digests that stand for them.

All chance of a run comes from a handful of `random.Random`s, each with a seed of its own derived from the
run's, so that what one part draws does not move another. Byte identity also rests on how Python sums floats,
which changed in 3.12: compare runs of the same Python.
"""

import hashlib
import math

MINUTE, HOUR, DAY = 60.0, 3600.0, 86400.0


def weighted(rng, items):
    """One of `items`, tuples of which the last part is the weight."""
    left = rng.random() * sum(weight for *_, weight in items)
    for item in items:
        left -= item[-1]
        if left <= 0:
            return item
    return items[-1]


def poisson(rng, mean):
    """How often something happens that happens `mean` times on average."""
    if mean <= 0:
        return 0
    if mean > 30:
        return max(0, int(rng.gauss(mean, math.sqrt(mean)) + 0.5))
    limit, count, product = math.exp(-mean), 0, 1.0
    while True:
        product *= rng.random()
        if product <= limit:
            return count
        count += 1


def digest(text, digits):
    """The first hexadecimal digits of a hash: where something must follow from something else."""
    return hashlib.blake2b(text.encode(), digest_size=(digits + 1) // 2).hexdigest()[:digits]


def hex_id(rng, digits=24):
    """A random id."""
    return "%0*x" % (digits, rng.getrandbits(4 * digits))


def session_id(rng):
    """The id of a browser's or an app's session at the service."""
    return hex_id(rng, 16)
