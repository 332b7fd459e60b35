#!/usr/bin/env python3
"""Describe a generated run: counts, failures, and values that give attacks away."""
import argparse
import collections
import csv
import itertools
import json

# Values that name one person, visit or address: an attack *is* such a value.
IDENTITY = {"event_id", "time", "ip", "username", "device_id", "session_id"}
# What the service answered, or what was tried: the deed of the attack itself.
ANSWERS = {"outcome", "failure_reason", "credential", "mfa", "password_fingerprint"}


def load(events, labels):
    """Yield (event, label) pairs of one run."""
    with open(events, encoding="utf-8") as stream, open(labels, encoding="utf-8", newline="") as table:
        for line, label in zip(stream, csv.DictReader(table)):
            yield json.loads(line), label


def telling(pairs, low_share=0.03, purity=0.98, least=50):
    """Values, and pairs of values, carried almost only by attacks.

    Returns a list of (class, fields, values, occurrences, share of the class).
    A missing field counts as a value.
    """
    total, bad = collections.Counter(), collections.Counter()
    per_class, sizes = collections.Counter(), collections.Counter()
    names = ["kind", "asn", "country", "user_agent", "ja4", "endpoint", "outcome",
             "failure_reason", "credential", "mfa", "password_fingerprint"]
    has_device = ("device_id", "session_id")
    for event, label in pairs:
        values = [(n, event.get(n)) for n in names]
        values += [("has_" + n, n in event) for n in has_device]
        attack = label["attack"] == "1"
        if attack:
            sizes[label["class"]] += 1
        keys = [(v,) for v in values] + list(itertools.combinations(values, 2))
        for key in keys:
            total[key] += 1
            if attack:
                bad[key] += 1
                per_class[key, label["class"]] += 1
    found = []
    for (key, cls), count in per_class.items():
        if count >= low_share * sizes[cls] and total[key] >= least and bad[key] >= purity * total[key]:
            found.append((cls, tuple(k for k, _ in key), tuple(v for _, v in key), total[key],
                          count / sizes[cls]))
    return sorted(found, key=lambda f: (f[0], str(f[1:])))


def excused(fields):
    """Is an answer of the service, or the password tried, among the fields?"""
    return any(f in ANSWERS for f in fields)


def describe(pairs):
    pairs = list(pairs)
    classes, fails, wins = collections.Counter(), collections.Counter(), collections.Counter()
    logins = collections.Counter()
    users = {0: collections.defaultdict(set), 1: collections.defaultdict(set)}
    unknown, kinds, undecidable = collections.Counter(), collections.Counter(), collections.Counter()
    for event, label in pairs:
        attack = int(label["attack"])
        key = (attack, label["class"])
        classes[key] += 1
        kinds[attack, event["kind"], event["outcome"]] += 1
        users[attack][event["ip"]].add(event.get("username"))
        undecidable[key] += int(label["undecidable"])
        if event["kind"] == "login":
            logins[key] += 1
            fails[key] += event["outcome"] == "failure"
            unknown[attack] += event.get("failure_reason") == "unknown_user"
        wins[key] += attack and label["outcome"] == "success"
    print("%d events, %.1f %% attacks" % (len(pairs), 100 * sum(
        n for (a, _), n in classes.items() if a) / max(1, len(pairs))))
    for attack in (0, 1):
        n = sum(v for (a, _), v in logins.items() if a == attack) or 1
        f = sum(v for (a, _), v in fails.items() if a == attack)
        print("attack=%d: logins %d, failed %.2f %%, unknown user %.2f %%" % (
            attack, n, 100 * f / n, 100 * unknown[attack] / n))
        sizes = sorted((len(s) for s in users[attack].values()), reverse=True)
        if sizes:
            print("  users per address: addresses %d, median %d, 99 %%: %d, largest %s" % (
                len(sizes), sizes[len(sizes) // 2], sizes[len(sizes) // 100], sizes[:6]))
        print("  kinds:", ", ".join("%s/%s %d" % (k, o, v) for (a, k, o), v in sorted(kinds.items())
                                    if a == attack))
    for key in sorted(classes):
        print("%d %-24s %7d events %7d logins %5.1f %% failed %6d entered %5d undecidable" % (
            key[0], key[1], classes[key], logins[key], 100 * fails[key] / max(1, logins[key]),
            wins[key], undecidable[key]))
    return pairs


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("events")
    parser.add_argument("labels")
    parser.add_argument("--leaks", action="store_true", help="also search for telling values")
    args = parser.parse_args()
    pairs = describe(load(args.events, args.labels))
    if args.leaks:
        found = telling(pairs)
        for row in found:
            if not excused(row[1]):
                print("TELLING", row)
        print("excused (answers of the service):", sum(excused(r[1]) for r in found))


if __name__ == "__main__":
    main()
