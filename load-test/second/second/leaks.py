"""Leaks: what gives attacks away in a run, though the attack itself need not have it.

    python3 -m second.leaks X.ndjson X.csv [--all]

Lists each value, presence of fields, derived value and pair of them that 3 % of an attack class carries, at
least twenty times, and of whose events 98 % are attacks. Undecidable events do not count. A detector measured
on traffic with such a value may have learned the generator. There are three kinds:

    result         says how an attempt ended: attacks fail, so this is no leak
    one tool/net   two values that say which tool, network, country or mail domain: one campaign's own
    construction   anything else, which somebody should look at; only these are listed without --all

`credsieve load-test leaks` does the same for the first generator's traffic, with more care for chance.
"""

import argparse
import csv
import json
import re
from collections import Counter, defaultdict
from itertools import combinations
from typing import NamedTuple

LEAST_SHARE, LEAST_EVENTS, LEAST_ATTACKS = 0.03, 20, 0.98

FIELDS = [
    "user_agent",
    "ja4",
    "asn",
    "country",
    "app",
    "endpoint",
    "kind",
    "mfa",
    "credential",
    "failure_reason",
    "outcome",
    "breached_password",
]
MAY_BE_ABSENT = [
    "device_id",
    "ja4",
    "session_id",
    "password_fingerprint",
    "breached_password",
    "user_agent",
    "username",
    "mfa",
    "credential",
]
RESULTS = {"mfa", "credential", "failure_reason", "outcome", "breached_password"}
TOOL_OR_NETWORK = {"user_agent", "ja4", "asn", "agent_family", "ja4_family", "country", "domain"}
FAMILIES = ["CriOS", "FxiOS", "GSA", "EdgiOS", "Edg", "OPR", "SamsungBrowser", "Firefox", "Chrome"]


class Leak(NamedTuple):
    """Values that tell a class: which, how much of the class has them, and whose they are."""

    crowd: str
    values: tuple
    share: float
    attacks: int
    total: int

    def kind(self):
        """Whether it must be so."""
        if any(name in RESULTS for name, _ in self.values):
            return "result"
        tool = sum(name in TOOL_OR_NETWORK for name, _ in self.values) == 2
        return "one tool/net" if tool else "construction"

    def __str__(self):
        values = " & ".join("%s=%s" % value for value in self.values)[:230]
        of = "%4.0f%% of class, %d of %d" % (self.share * 100, self.attacks, self.total)
        return "%-12s %-22s %s  %s" % (self.kind(), self.crowd, of, values)


def agent_family(agent):
    """The browser, and whether it is a phone's; or a program's name."""
    if not agent:
        return "-"
    for family in FAMILIES:
        if family + "/" in agent:
            return family + ("-m" if "Mobile" in agent or "Android" in agent else "")
    if "Safari" in agent:
        return "Safari" + ("-m" if "Mobile" in agent else "")
    return re.split(r"[/ ]", agent)[0]


def name_form(name):
    """Of what form a name is."""
    name = name.strip()
    if "@" in name:
        return "email"
    if name[:1] == "+":
        return "phone"
    return "employee" if re.fullmatch(r"[A-Za-z]?-?\d{5,7}", name) else "handle"


def values_of(event):
    """All (name, value) that may tell something about an event."""
    values = {name: str(event[name]) for name in FIELDS if name in event}
    values["present"] = ",".join(sorted(name for name in event if name in MAY_BE_ABSENT))
    values["agent_family"] = agent_family(event.get("user_agent"))
    values["ip_version"] = "6" if ":" in event["ip"] else "4"
    name = event.get("username", "")
    values["name_form"] = name_form(name)
    values["domain"] = name.split("@")[1].strip().lower() if "@" in name else "-"
    values["ja4_family"] = event.get("ja4", "-")[:10]
    return list(values.items())


class Counts:
    """How often each value, and pair of values, comes: in all, in attacks, in each class of attacks."""

    def __init__(self):
        self.total, self.attacks = Counter(), Counter()
        self.classes, self.sizes = defaultdict(Counter), Counter()

    def add(self, event, row):
        """Counts an event with its labels."""
        values = values_of(event)
        keys = [(value,) for value in values] + list(combinations(values, 2))
        self.total.update(keys)
        if row["attack"] == "1":
            self.attacks.update(keys)
            self.classes[row["class"]].update(keys)
            self.sizes[row["class"]] += 1

    def leaks(self):
        """All leaks, single values first; no pair of which one value is a leak of the class already."""
        found = []
        for crowd, counts in self.classes.items():
            for values, count in counts.items():
                share = count / self.sizes[crowd]
                if share < LEAST_SHARE or count < LEAST_EVENTS:
                    continue
                if self.attacks[values] >= LEAST_ATTACKS * self.total[values]:
                    found.append(Leak(crowd, values, share, self.attacks[values], self.total[values]))
        alone = {(leak.crowd, leak.values[0]) for leak in found if len(leak.values) == 1}
        for leak in sorted(found, key=lambda leak: (len(leak.values), leak.crowd, -leak.share)):
            if len(leak.values) == 1 or not any((leak.crowd, value) in alone for value in leak.values):
                yield leak


def read(events_path, labels_path):
    """Counts a run's files, which must belong together."""
    counts = Counts()
    with (
        open(events_path, encoding="utf-8") as events,
        open(labels_path, encoding="utf-8", newline="") as labels,
    ):
        for line, row in zip(events, csv.DictReader(labels), strict=True):
            event = json.loads(line)
            if event["event_id"] != row["event_id"]:
                raise SystemExit(f"leaks: {events_path} and {labels_path} are not of the same run")
            if row["undecidable"] != "1":
                counts.add(event, row)
    return counts


def main():
    """Lists the leaks, then how many there are of each kind and class."""
    parser = argparse.ArgumentParser(prog="second.leaks", description="What gives attacks away.")
    parser.add_argument("events")
    parser.add_argument("labels")
    parser.add_argument("--all", action="store_true", help="list results, tools and networks too")
    asked = parser.parse_args()
    counts = read(asked.events, asked.labels)
    numbers = Counter()
    for leak in counts.leaks():
        numbers[leak.kind(), len(leak.values), leak.crowd] += 1
        if asked.all or leak.kind() == "construction":
            print(leak)
    for (kind, size, crowd), number in sorted(numbers.items()):
        print("%-12s %-6s %-22s %d" % (kind, "value" if size == 1 else "pair", crowd, number))


if __name__ == "__main__":
    main()
