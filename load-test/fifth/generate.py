"""Command line: puts people, crowds and attacks of each day into a world and runs it."""
import argparse
import os

import attacks
import crowds
import people
from world import World


def options(argv=None):
    p = argparse.ArgumentParser(description="Writes a log of labelled login traffic.")
    p.add_argument("--seed", type=int, required=True)
    p.add_argument("--out", required=True)
    p.add_argument("--labels", required=True)
    p.add_argument("--users", type=int, default=20000)
    p.add_argument("--warmup-days", type=int, default=2)
    p.add_argument("--days", type=int, default=1)
    p.add_argument("--attack-share", type=float, default=0.3)
    p.add_argument("--warmup-attack-share", type=float, default=0.003)
    p.add_argument("--fields", choices=("full", "no_devices", "no_fingerprints", "bare"), default="full")
    p.add_argument("--data", default=os.environ.get("CREDSIEVE_DATA", "data"))
    return p.parse_args(argv)


def main(argv=None):
    a = options(argv)
    w = World(a)
    crowds.standing(w)
    for day in range(w.warm + w.mixed):
        people.schedule(w, day)
        surge = crowds.day(w, day, day >= w.warm)
        share = a.attack_share if day >= w.warm else a.warmup_attack_share
        w.at(w.start(day), attacks.day(w, day, share, day >= w.warm, surge))
    w.run()
    return w


if __name__ == "__main__":
    main()
