"""Tests of the generator: `python3 tests.py` (small services; about a minute)."""
import csv
import json
import os
import re
import tempfile
import unittest

import generate
import leaks

FOLDER = tempfile.mkdtemp()
REQUIRED = {"event_id", "time", "outcome", "ip", "kind", "username", "asn", "country", "user_agent", "endpoint"}


def make(name, *options):
    log, table = (os.path.join(FOLDER, name + end) for end in (".ndjson", ".csv"))
    args = generate.parse(["--out", log, "--labels", table, *options])
    generate.write(generate.build(args), args)
    return log, table


def read(log, table):
    with open(log) as a, open(table) as b:
        return [json.loads(line) for line in a], list(csv.DictReader(b))


class Small(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.files = make("small", "--seed", "11", "--users", "3000", "--warmup-days", "1")
        cls.events, cls.labels = read(*cls.files)

    def test_same_seed_same_bytes(self):
        again = make("again", "--seed", "11", "--users", "3000", "--warmup-days", "1")
        for a, b in zip(self.files, again):
            with open(a, "rb") as x, open(b, "rb") as y:
                self.assertEqual(x.read(), y.read())

    def test_seeds_differ(self):
        other, _ = read(*make("other", "--seed", "12", "--users", "600", "--warmup-days", "0"))
        self.assertNotEqual(other[0]["time"][:10] + other[0]["ip"], self.events[0]["time"][:10] + self.events[0]["ip"])

    def test_sorted_and_well_formed(self):
        times = [e["time"] for e in self.events]
        self.assertEqual(times, sorted(times))
        self.assertEqual(len({e["event_id"] for e in self.events}), len(self.events))
        for e in self.events:
            self.assertLessEqual(REQUIRED, set(e))
            self.assertIn(e["outcome"], ("success", "failure"))
            self.assertEqual("failure_reason" in e, e["outcome"] == "failure")
            self.assertRegex(e["time"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$")

    def test_labels_match(self):
        self.assertEqual(len(self.events), len(self.labels))
        seen, last = {}, -1.0
        for e, row in zip(self.events, self.labels):
            self.assertEqual((e["event_id"], e["username"]), (row["event_id"], row["username"]))
            self.assertEqual(int(row["history"]), seen.get(e["username"], 0))
            self.assertGreaterEqual(float(row["time"]), last)
            last = float(row["time"])
            if row["attack"] == "0":
                self.assertEqual(row["outcome"], e["outcome"])
                self.assertEqual(row["undecidable"], "0")
            elif row["outcome"] == "success":
                self.assertIn(e["kind"], ("login", "token"))
            if e["outcome"] == "success" and e["kind"] != "lookup":
                seen[e["username"]] = seen.get(e["username"], 0) + 1

    def test_share_and_classes(self):
        mixed = [r for r in self.labels if float(r["time"]) >= 86400]
        share = sum(r["attack"] == "1" for r in mixed) / len(mixed)
        self.assertTrue(0.24 < share < 0.37, share)
        self.assertEqual(len({r["class"] for r in self.labels if r["attack"] == "1"}), 16)
        self.assertGreaterEqual(len({r["class"] for r in self.labels if r["attack"] == "0"}), 18)

    def test_fields(self):
        for variant, gone in generate.DROPPED.items():
            events, _ = read(*make(variant, "--seed", "3", "--users", "600", "--warmup-days", "0", "--fields", variant))
            for e in events[:3000]:
                self.assertFalse(set(gone) & set(e))

    def test_no_attacks(self):
        _, labels = read(*make("calm", "--seed", "4", "--users", "600", "--attack-share", "0",
                               "--warmup-attack-share", "0"))
        self.assertFalse([r for r in labels if r["attack"] == "1"])

    def test_one_password_one_owner_is_consistent(self):
        """A success with a unique password is with the owner's right one: credential says so."""
        for e in self.events:
            if e["kind"] == "login" and e["outcome"] == "success":
                self.assertEqual(e["credential"], "valid")
                self.assertTrue(re.fullmatch(r"[0-9a-f]{16}", e["password_fingerprint"]))


class Leaks(unittest.TestCase):
    def test_nothing_gives_an_attack_away(self):
        """Whole-size mixed day: no single value; pairs only of the explained forms (README)."""
        found = leaks.leaks(*make("whole", "--seed", "21"), since=2 * 86400)
        self.assertEqual([f for f in found if len(f[1]) == 1], [])
        odd = [f for f in found if not leaks.explained(f[1]) and not (
            f[0].startswith("brute_") and {"form", "mail"} & dict(f[1]).keys())]   # the few victims' own names
        for f in odd:
            print(f)
        self.assertEqual(odd, [])


if __name__ == "__main__":
    unittest.main()
