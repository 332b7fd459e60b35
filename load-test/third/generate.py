#!/usr/bin/env python3
"""Generate labelled login traffic of one made-up service."""
import argparse
import os
import random
import sys

from logincrowd.attacks import run_attacks
from logincrowd.circles import Circles
from logincrowd.everyday import Everyday
from logincrowd.gatherings import Gatherings
from logincrowd.journal import Journal
from logincrowd.machines import Machines
from logincrowd.service import DROPPED, Service
from logincrowd.world import World


def build(seed, users=12000, days=3, attack_share=0.3, fields="full", data=None):
    """Make all events of a run; returns the settled journal."""
    service = Service(seed, users, days, fields)
    journal = Journal(service)
    world = World(service, journal, data)
    everyday = Everyday(world, random.Random("everyday:%s" % seed))
    everyday.populate(users)
    Machines(world, random.Random("machines:%s" % seed)).run()
    Gatherings(world, random.Random("gatherings:%s" % seed), everyday).run()
    Circles(world, random.Random("circles:%s" % seed), everyday).run()
    everyday.live()
    everyday.newcomers(users * random.Random("new:%s" % seed).uniform(0.01, 0.03))
    run_attacks(world, attack_share)
    everyday.recover()
    journal.settle()
    return journal


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, required=True, help="number of the run")
    parser.add_argument("--out", required=True, help="NDJSON file of events to write")
    parser.add_argument("--labels", required=True, help="CSV file of labels to write")
    parser.add_argument("--users", type=int, default=12000)
    parser.add_argument("--days", type=int, default=3)
    parser.add_argument("--attack-share", type=float, default=0.3)
    parser.add_argument("--fields", choices=sorted(DROPPED), default="full")
    args = parser.parse_args()
    if not 0 <= args.attack_share < 1:
        parser.error("--attack-share must be at least 0 and below 1")
    if args.users < 50 or args.days < 1:
        parser.error("at least 50 users and one day are needed")
    data = os.environ.get("CREDSIEVE_DATA")
    if not data:
        parser.error("set CREDSIEVE_DATA to the folder with asn/ and user-agents/")
    journal = build(args.seed, args.users, args.days, args.attack_share, args.fields, data)
    journal.write(args.out, args.labels)
    attacks = sum(e["_attack"] for e in journal.events)
    print("seed %d: %d events, %d of attacks; %s" % (
        args.seed, len(journal.events), attacks, journal.service.summary()), file=sys.stderr)


if __name__ == "__main__":
    main()
