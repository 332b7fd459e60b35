"""The command line: one seed in, three files out."""

import argparse
import random
import sys

from second import reference
from second.attacks import campaigns
from second.attacks.gang import Gang
from second.crowds import Town
from second.labels import ABSENT, Files
from second.people import People
from second.programs import Programs
from second.settling import Settling
from second.stream import Log, Stream
from second.whereabouts import Whereabouts
from second.world import World


def arguments():
    """What can be asked for."""
    parser = argparse.ArgumentParser(prog="second", description="Labelled login traffic, a second opinion.")
    parser.add_argument("--seed", type=int, required=True, help="another seed, another service")
    parser.add_argument("--out", required=True, metavar="FILE", help="the events, NDJSON")
    parser.add_argument("--labels", required=True, metavar="FILE", help="their labels, CSV")
    parser.add_argument("--users", type=int, default=12000, help="people at the beginning (12000)")
    parser.add_argument("--days", type=int, default=3, help="(3)")
    parser.add_argument("--attack-share", type=float, default=0.3, help="of all events, below 1 (0.3)")
    parser.add_argument("--fields", choices=list(ABSENT), default="full", help="what the service has (full)")
    parser.add_argument(
        "--data", metavar="DIR", help=f"the folder with networks and user agents ({reference.VARIABLE})"
    )
    return parser


def generate(seed, users, days, attack_share, data):
    """The world of a seed, and all that happens in it in the order of time."""
    world, stream = World(seed, days, reference.Reference(data)), Stream()
    rng = random.Random(seed * 7919 + 5)
    people = People(world, rng, users)
    town = Town(world, people, Whereabouts(world, rng), Log(world, stream, rng, attack=False))
    town.run()
    Programs(town).run()
    if attack_share > 0:
        honest = sum(1 for event in stream.events if world.holds(event.time))
        campaigns.run(Gang(town, stream), int(honest * attack_share / (1 - attack_share)))
    return world, Settling(world, stream).run()


def main():
    """Writes the files, and on standard error what is in them."""
    asked = arguments().parse_args()
    try:
        data = reference.folder(asked.data)
    except reference.Missing as missing:
        sys.exit(f"second: {missing}")
    world, settled = generate(asked.seed, asked.users, asked.days, asked.attack_share, data)
    files = Files(world, asked.fields)
    files.write(settled, asked.out, asked.labels)
    for line in files.summary():
        print(line, file=sys.stderr)
