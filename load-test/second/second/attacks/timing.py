"""Timing: when the attempts of an attack happen.

Evenly, by a tide, in bursts, on a ramp, to the beat of a clock, or in step with people, so that the attack is
the same share of the traffic at every hour.
"""

import bisect
import math

RHYTHMS = ["poisson", "poisson", "people", "bursts", "ramp", "regular", "tide"]


def times(gang, count, start, span, rhythm=None):
    """So many times in order, between `start` and `span` later, all within the run."""
    rng = gang.rng
    span = max(min(span, gang.world.span - start - 30), 60)
    start = max(0, start)
    end = start + span
    rhythm = rhythm or rng.choice(RHYTHMS)
    if rhythm == "people":
        found = times_of_people(gang, count, start, end)
        if found:
            return found
    if rhythm == "bursts":
        bursts = rng.randrange(3, 12)
        centres = [rng.uniform(start, start + span * 0.95) for _ in range(bursts)]
        width = span * 0.02 + 5
        return sorted(min(end, rng.choice(centres) + rng.expovariate(1 / width)) for _ in range(count))
    if rhythm == "ramp":
        return sorted(start + span * rng.random() ** 0.5 for _ in range(count))
    if rhythm == "regular":
        return sorted(start + span * (at + 0.5 + rng.gauss(0, 0.15)) / count for at in range(count))
    if rhythm == "tide":
        phase = rng.random()
        return sorted(min(end, max(start, start + span * tide(rng.random(), phase))) for _ in range(count))
    return sorted(rng.uniform(start, end) for _ in range(count))


def tide(share, phase):
    """Where on the way from 0 to 1 an attempt lands that would be at `share` of it."""
    return share + 0.07 * math.sin(6.28 * (2 * share + phase))


def times_of_people(gang, count, start, end):
    """Each within a minute or so of something that people do; none where they do hardly anything."""
    rng, known = gang.rng, gang.times_of_people
    first, last = bisect.bisect_left(known, start), bisect.bisect_left(known, end)
    if last - first <= 20:
        return None
    return sorted(
        min(end, max(0, known[rng.randrange(first, last)] + rng.gauss(0, 40))) for _ in range(count)
    )


def busiest(gang, span):
    """The start of a busy `span`: of sixty that somebody looked at, not always the very best."""
    rng, known = gang.rng, gang.times_of_people
    most, best = -1, 0
    for _ in range(60):
        start = rng.uniform(0, gang.world.span - span)
        events = bisect.bisect(known, start + span) - bisect.bisect(known, start)
        if events > most and rng.random() < 0.8:
            most, best = events, start
    return best
