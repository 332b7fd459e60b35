"""The files of a run: the events and their labels.

Events are those that `credsieve replay` and `/v1/events` take, labels those that `credsieve evaluate` takes
(`docs/traffic.md` has the columns). An attacker's logins to accounts of his own are attacks, but nobody's
account was stolen: their outcome is left empty.
"""

import csv
import json
import random
from collections import defaultdict

from second.chance import hex_id

COLUMNS = ["event_id", "attack", "class", "outcome", "time", "username", "undecidable", "history"]

# What services do not have: the fields to leave out.
ABSENT = {
    "full": (),
    "no_devices": ("device_id",),
    "no_fingerprints": ("ja4", "password_fingerprint", "breached_password"),
    "bare": (
        "device_id",
        "ja4",
        "password_fingerprint",
        "breached_password",
        "failure_reason",
        "credential",
        "mfa",
        "session_id",
    ),
}


class Files:
    """Writes both files, and counts what is in them."""

    def __init__(self, world, absent):
        self.world, self.absent = world, ABSENT[absent]
        self.rng = random.Random(world.seed * 977 + 1)
        self.history = defaultdict(int)  # how often each name has got in
        self.counts = defaultdict(lambda: [0, 0, 0])  # of each class: events, successes, undecidable ones
        self.first_millis = None

    def write(self, settled, events_path, labels_path):
        """All events, which are in the order of time."""
        with (
            open(events_path, "w", encoding="utf-8") as events,
            open(labels_path, "w", encoding="utf-8", newline="") as labels,
        ):
            rows = csv.writer(labels, lineterminator="\n")
            rows.writerow(COLUMNS)
            for event in settled:
                line = self.line(event)
                events.write(json.dumps(line, separators=(",", ":"), ensure_ascii=False) + "\n")
                rows.writerow(self.row(event, line))

    def line(self, event):
        """The event as the service would send it."""
        millis = int((self.world.began + event.time) * 1000)
        if self.first_millis is None:
            self.first_millis = millis
        line = {"event_id": hex_id(self.rng, 26)}
        line.update(event.fields)
        line["time"] = millis
        if line["outcome"] == "success":
            line.pop("failure_reason", None)
        for field in self.absent:
            line.pop(field, None)
        return line

    def row(self, event, line):
        """The event's labels. Who was counted as in before is told before this one is counted."""
        kind, outcome, name = event.fields["kind"], event.fields["outcome"], event.fields["username"]
        user = name.strip().lower()
        lets_in = kind not in ("lookup", "signup", "password_reset")
        row = [
            line["event_id"],
            event.attack,
            event.crowd,
            outcome if lets_in and not is_own(event) else "",
            "%.3f" % ((line["time"] - self.first_millis) / 1000),
            name,
            event.undecidable,
            min(255, self.history[user]),
        ]
        self.count(event, row[3])
        if lets_in and outcome == "success" and kind != "mfa":
            self.history[user] += 1
        return row

    def count(self, event, outcome):
        """For the summary."""
        counts = self.counts[(event.attack, event.crowd)]
        counts[0] += 1
        counts[1] += outcome == "success"
        counts[2] += event.undecidable

    def summary(self):
        """What came out: the totals, then a line for each class, people first."""
        total = sum(counts[0] for counts in self.counts.values())
        attacks = sum(counts[0] for (attack, _), counts in self.counts.items() if attack)
        yield "%d events, %d of attacks (%.3f), home country %s, began %d" % (
            total,
            attacks,
            attacks / total if total else 0,
            self.world.home_country,
            self.world.began,
        )
        yield str(self.world.style)
        for attack, crowd in sorted(self.counts):
            yield "%d %-22s %7d in %6d und %d" % (attack, crowd, *self.counts[(attack, crowd)])


def is_own(event):
    """Whether an attacker logs in to an account of his own."""
    fields = event.fields
    got_in = fields["kind"] == "login" and fields["outcome"] == "success"
    return bool(event.attack) and got_in and event.owner is None
