"""Command line: builds a world, lets its people and then its attackers act, writes log and labels."""
import argparse

import crowds
import days
import people
import plan
from world import World


def options(argv=None):
    p = argparse.ArgumentParser(description='Writes a log of labelled login traffic of a web shop.')
    p.add_argument('--seed', type=int, required=True)
    p.add_argument('--out', required=True)
    p.add_argument('--labels', required=True)
    p.add_argument('--users', type=int, default=12000)
    p.add_argument('--days', type=int, default=5)
    a = p.parse_args(argv)
    if a.users < 1000 or a.days < 4:
        p.error('at least 1000 users and 4 days')
    return a


def main(argv=None):
    a = options(argv)
    w = World(a.seed, a.users, a.days)
    people.populate(w)
    # The order is part of the bytes: all of these draw from the same streams.
    for part in (days.everyday, days.events, days.returning, days.sign_ups, days.run, crowds.guests, crowds.stale_clients,
                 crowds.scripts, crowds.monitors, crowds.aggregators, crowds.kiosks, plan.run):
        part(w)
    w.service.write(a.out, a.labels)
    return w


if __name__ == '__main__':
    main()
