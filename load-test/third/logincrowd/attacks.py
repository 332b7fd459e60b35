"""Which attacks a run holds, and how many events each may make."""
import random

from . import guessing, stealth, stuffing

# class: (campaign, weight of its share)
ATTACKS = {
    "stuffing_loud": (stuffing.Loud, 9),
    "stuffing_residential": (stuffing.Residential, 11),
    "stuffing_rotating": (stuffing.Rotating, 9),
    "stuffing_slow": (stuffing.Slow, 4),
    "stuffing_peak_hour": (stuffing.PeakHour, 4),
    "stuffing_in_surge": (stuffing.InSurge, 4),
    "stuffing_in_outage": (stuffing.InOutage, 3),
    "stuffing_ipv6_hopping": (stuffing.Sixes, 5),
    "stuffing_paced": (stuffing.Paced, 5),
    "stuffing_full_browser": (stuffing.Browsers, 4),
    "stuffing_tweaked": (stuffing.Tweaked, 3),
    "stuffing_good_list": (stuffing.GoodList, 2),
    "spray_single": (guessing.SpraySingle, 4),
    "spray_distributed": (guessing.SprayMany, 5),
    "brute_single": (guessing.BruteSingle, 3),
    "brute_distributed": (guessing.BruteMany, 4),
    "lockout": (guessing.Lockout, 3),
    "enumeration_login": (guessing.Enumeration, 5),
    "enumeration_lookup": (guessing.LookupEnumeration, 4),
    "enumeration_reset": (guessing.ResetEnumeration, 2),
    "fake_signups": (guessing.SignupFarm, 4),
    "token_replay": (stealth.TokenReplay, 2),
    "stealer_logs": (stealth.StealerLogs, 1.5),
    "targeted_takeover": (stealth.Takeover, 1.5),
    "laundering": (stealth.Laundering, 5),
    "familiarity_poisoning": (stealth.Poisoning, 3),
    "mfa_bombing": (stealth.MfaBombing, 1.5),
}


def run_attacks(world, share):
    """Apportion the share of attack events and run every campaign."""
    service = world.service
    rng = random.Random("attacks:%s" % service.seed)
    budget = int(world.journal.total() * share / (1 - share)) if share > 0 else 0
    classes = [c for c in sorted(ATTACKS)
               if not (c == "enumeration_lookup" and service.lookups == "none")
               and not (c == "token_replay" and service.token_use == 0)]
    weights = {c: ATTACKS[c][1] * rng.uniform(0.4, 1.8) for c in classes}
    total = sum(weights.values())
    floor = min(320, budget // (2 * len(classes)))
    spare = budget - floor * len(classes)
    for cls in classes:
        left = floor + int(spare * weights[cls] / total)
        parts = rng.choice((1, 2, 2, 3, 4)) if left > 800 else 1
        for number in range(parts):
            size = left // (parts - number) if number == parts - 1 else \
                int(left * rng.uniform(0.15, 0.6)) if parts - number > 1 else left
            left -= size
            if size:
                seeded = random.Random("attack:%s:%s:%d" % (service.seed, cls, number))
                ATTACKS[cls][0](world, seeded, cls, size).run()
