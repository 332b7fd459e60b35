"""Generate labelled login traffic: quiet warm-up days, then mixed days of attacks among honest crowds.

    python3 generate.py --seed 1 --out day.ndjson --labels day.csv
"""
import argparse
import collections
import csv
import datetime
import json
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import attacks          # noqa: E402
import crowds           # noqa: E402
import net              # noqa: E402
import people           # noqa: E402
from world import World  # noqa: E402

HEADER = ["event_id", "attack", "class", "outcome", "time", "username", "undecidable", "history"]
DROPPED = {
    "full": (), "no_devices": ("device_id",), "no_fingerprints": ("ja4", "password_fingerprint"),
    "bare": ("device_id", "ja4", "password_fingerprint", "failure_reason", "credential", "mfa", "session_id"),
}


def parse(argv=None):
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--seed", type=int, required=True)
    p.add_argument("--out", required=True)
    p.add_argument("--labels", required=True)
    p.add_argument("--users", type=int, default=20000)
    p.add_argument("--warmup-days", type=int, default=2)
    p.add_argument("--days", type=int, default=1, help="mixed days after the warm-up")
    p.add_argument("--attack-share", type=float, default=0.3, help="of the mixed days' attempts")
    p.add_argument("--warmup-attack-share", type=float, default=0.003)
    p.add_argument("--data", default=os.environ.get("CREDSIEVE_DATA"), help="folder of networks and agents")
    p.add_argument("--fields", choices=sorted(DROPPED), default="full")
    args = p.parse_args(argv)
    if not 0 <= args.attack_share < 1 or args.days < 0 or args.warmup_days < 0 or args.days + args.warmup_days < 1:
        p.error("--attack-share must be in [0, 1), and there must be at least one day")
    if not args.data:
        p.error("CREDSIEVE_DATA names no folder; see README.md")
    if args.users < 500:
        p.error("--users must be at least 500")
    return args


def build(args):
    """The whole log, sorted by time: list of (time, event, label)."""
    world = World(args, args.data)
    people.plan_habits(world)
    crowds.prepare(world)
    people.live(world)
    crowds.run(world)
    world.seal()
    attacks.run(world)
    world.items.sort(key=lambda item: item[0])                          # stable: ties keep the order of making
    return world


def rfc3339(ms):
    moment = datetime.datetime.fromtimestamp(ms / 1000, datetime.timezone.utc)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + "%03dZ" % (ms % 1000)


def write(world, args):
    """Both files; returns the number of events by (attack, class)."""
    dropped, counts, successes = DROPPED[args.fields], collections.Counter(), collections.Counter()
    with open(args.out, "w") as out, open(args.labels, "w", newline="") as labels:
        table = csv.writer(labels, lineterminator="\n")
        table.writerow(HEADER)
        zero = None
        for i, (_, event, (attack, cls, outcome, undecidable)) in enumerate(world.items):
            event_id = "%016x" % net.digest("id", args.seed, i)
            zero = event["time"] if zero is None else zero
            row = {"event_id": event_id, **event, "time": rfc3339(event["time"])}
            if event["password_fingerprint"]:
                word = world.secret(event["password_fingerprint"], (event["time"] / 1000) - world.epoch)
                row["password_fingerprint"] = "%016x" % net.digest("key", args.seed, word)
            out.write(json.dumps({k: v for k, v in row.items() if v is not None and k not in dropped},
                                 separators=(",", ":")) + "\n")
            name = event["username"]
            table.writerow([event_id, attack, cls, outcome, "%.3f" % ((event["time"] - zero) / 1000), name,
                            undecidable, successes[name]])
            if event["outcome"] == "success" and event["kind"] != "lookup":
                successes[name] += 1
            counts[attack, cls] += 1
    return counts


def main(argv=None):
    args = parse(argv)
    world = build(args)
    counts = write(world, args)
    for (attack, cls), n in sorted(counts.items()):
        print("%-7s %-18s %7d" % ("attack" if attack else "people", cls, n))
    print("%d events, %d of them attacks" % (sum(counts.values()), sum(n for (a, _), n in counts.items() if a)))


if __name__ == "__main__":
    main()
