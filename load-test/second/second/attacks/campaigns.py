"""Campaigns: how the attempts are shared out among the kinds, and over how many campaigns of each."""

from second.attacks import accounts, asking, guessing, stuffing, takeover

# Each kind and its usual share, in the order in which they run.
KINDS = [
    (stuffing.stuffing_loud, 7),
    (stuffing.stuffing_residential, 15),
    (stuffing.stuffing_rotating, 10),
    (stuffing.stuffing_slow, 8),
    (guessing.spray_single, 3),
    (guessing.spray_distributed, 6),
    (guessing.brute_single, 2.5),
    (guessing.brute_distributed, 4),
    (asking.enum_login, 5),
    (asking.enum_lookup, 5),
    (accounts.fake_signup, 4),
    (takeover.token_replay, 2),
    (stuffing.v6_hopper, 5),
    (takeover.targeted_takeover, 0.35),
    (stuffing.peak_hider, 6),
    (stuffing.surge_hider, 4),
    (accounts.laundering, 4.5),
    (guessing.lockout, 3),
    (accounts.poisoning, 3),
    (stuffing.browser_flow, 5),
    (stuffing.under_limits, 6),
    (asking.reset_probe, 1.2),
    (stuffing.stuffing_api, 3.5),
    (stuffing.mobile_dongles, 3),
]
ONE_CAMPAIGN = (takeover.token_replay, takeover.targeted_takeover)
# Below so many attempts in all, kinds may go without any.
FEW = 200


def run(gang, budget):
    """About `budget` attempts of all kinds; then owners who notice."""
    rng = gang.rng
    for kind, count in shares(rng, budget):
        campaigns = 1 if count < 600 or kind in ONE_CAMPAIGN else rng.choice([1, 2, 2, 3])
        sizes = [rng.uniform(0.5, 1.5) for _ in range(campaigns)]
        total = sum(sizes)
        for size in sizes:
            attempts = int(count * size / total)
            if attempts:
                kind(gang, attempts)
    takeover.recovery(gang)


def shares(rng, budget):
    """(kind, attempts): the usual share within a factor of about 1.5, and enough of each to be seen."""
    weights = [(kind, weight * rng.lognormvariate(0, 0.4)) for kind, weight in KINDS]
    total = sum(weight for _, weight in weights)
    rough = [
        (kind, max(least(kind, 50, 12), int(budget * weight / total))) for kind, weight in weights
    ]
    scale = budget / sum(count for _, count in rough)
    for kind, count in rough:
        floor = least(kind, 30, 8) if budget > FEW else 0
        yield kind, max(floor, int(count * scale))


def least(kind, usual, rare):
    """The least number of attempts: a targeted takeover is rare in life, too."""
    return rare if kind is takeover.targeted_takeover else usual
