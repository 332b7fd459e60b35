#!/usr/bin/env python3
"""Tests of the generator; they need the data folder (CREDSIEVE_DATA)."""
import csv
import datetime
import ipaddress
import json
import os
import tempfile
import unittest

import check
from generate import build

DATA = os.environ.get("CREDSIEVE_DATA")
KINDS = {"login", "signup", "password_reset", "lookup", "mfa", "token"}
REASONS = {"unknown_user", "bad_password", "bad_mfa", "locked", "expired", "other"}


def make(folder, seed, name="run", **options):
    """Generate one run; returns the paths of its two files."""
    events, labels = os.path.join(folder, name + ".ndjson"), os.path.join(folder, name + ".csv")
    build(seed, data=DATA, **options).write(events, labels)
    return events, labels


def when(value):
    """The time of an event in seconds."""
    if isinstance(value, int):
        return value / 1000
    return datetime.datetime.fromisoformat(value.replace("Z", "+00:00")).timestamp()


@unittest.skipUnless(DATA, "CREDSIEVE_DATA is not set")
class SmallRun(unittest.TestCase):
    """One small run, looked at from several sides."""

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.paths = make(cls.folder.name, 7, users=1500, days=2)
        cls.pairs = list(check.load(*cls.paths))

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def test_same_seed_same_bytes(self):
        again = make(self.folder.name, 7, "again", users=1500, days=2)
        for first, second in zip(self.paths, again):
            with open(first, "rb") as one, open(second, "rb") as two:
                self.assertEqual(one.read(), two.read())

    def test_other_seed_other_bytes(self):
        other = make(self.folder.name, 8, "other", users=400, days=1)
        with open(other[0], "rb") as one, open(self.paths[0], "rb") as two:
            self.assertNotEqual(one.read(2000), two.read(2000))

    def test_sorted_and_timed(self):
        first, last = when(self.pairs[0][0]["time"]), 0.0
        for event, label in self.pairs:
            now = when(event["time"])
            self.assertGreaterEqual(now, last)
            self.assertAlmostEqual(now - first, float(label["time"]), places=2)
            last = now

    def test_labels_match(self):
        with open(self.paths[0], encoding="utf-8") as stream:
            lines = sum(1 for _ in stream)
        with open(self.paths[1], encoding="utf-8", newline="") as table:
            rows = list(csv.DictReader(table))
        self.assertEqual(lines, len(rows))
        self.assertEqual(len({r["event_id"] for r in rows}), lines)
        sides = {}
        for event, label in self.pairs:
            self.assertEqual(event["event_id"], label["event_id"])
            self.assertEqual(event["username"], label["username"])
            self.assertIn(label["attack"], "01")
            self.assertIn(label["undecidable"], "01")
            self.assertEqual(sides.setdefault(label["class"], label["attack"]), label["attack"])
            if label["attack"] == "0":
                self.assertEqual(label["outcome"], event["outcome"])
                self.assertEqual(label["undecidable"], "0")
            elif label["outcome"] == "success":
                self.assertEqual(event["outcome"], "success")
                self.assertIn(event["kind"], ("login", "mfa", "token"))

    def test_fields(self):
        for event, _ in self.pairs:
            ipaddress.ip_address(event["ip"])
            self.assertIn(event["kind"], KINDS)
            self.assertIn(event["outcome"], ("success", "failure"))
            if "failure_reason" in event:
                self.assertIn(event["failure_reason"], REASONS)
                self.assertEqual(event["outcome"], "failure")
            self.assertIn(event.get("mfa", "none"), ("passed", "failed", "none"))
            self.assertIn(event.get("credential", "valid"), ("valid", "invalid", "unknown"))

    def test_shares(self):
        attacks = sum(label["attack"] == "1" for _, label in self.pairs)
        self.assertAlmostEqual(attacks / len(self.pairs), 0.3, delta=0.04)

    def test_field_sets(self):
        keep = {"bare": {"event_id", "time", "outcome", "ip", "kind", "username"}}
        lost = {"no_devices": {"device_id", "session_id"},
                "no_fingerprints": {"ja4", "password_fingerprint"}}
        for fields in ("bare", "no_devices", "no_fingerprints"):
            events, _ = make(self.folder.name, 5, fields, users=200, days=1, fields=fields)
            with open(events, encoding="utf-8") as stream:
                seen = set().union(*(json.loads(line) for line in stream))
            self.assertFalse(seen & lost.get(fields, set()))
            if fields in keep:
                self.assertEqual(seen, keep[fields])


@unittest.skipUnless(DATA, "CREDSIEVE_DATA is not set")
class FullRun(unittest.TestCase):
    """One run of the default size: nothing single may give an attack away.

    Excused are identities (an address that hammers is the attack) and the
    answers of the service (see check.py). A single value must never be
    telling. Of the pairs, those of a network or a country with a client are
    allowed where one campaign sits on one network with one tool, but not for
    more than a handful of the classes.
    """

    SITTING = {"brute_single", "spray_single", "stuffing_loud", "stuffing_paced",
               "stuffing_ipv6_hopping", "laundering", "lockout", "enumeration_login",
               "enumeration_lookup", "enumeration_reset", "fake_signups", "stuffing_slow"}

    def test_nothing_telling(self):
        with tempfile.TemporaryDirectory() as folder:
            pairs = list(check.load(*make(folder, 1)))
        self.assertTrue(150_000 <= len(pairs) <= 250_000)
        logins = [(e, l) for e, l in pairs if l["attack"] == "0" and e["kind"] == "login"]
        failed = sum(e["outcome"] == "failure" for e, _ in logins) / len(logins)
        self.assertTrue(0.03 <= failed <= 0.08, failed)
        sizes = {}
        for _, label in pairs:
            if label["attack"] == "1":
                sizes[label["class"]] = sizes.get(label["class"], 0) + 1
        self.assertGreaterEqual(min(sizes.values()), 250)
        found = [f for f in check.telling(pairs) if not check.excused(f[1])]
        self.assertEqual([f for f in found if len(f[1]) == 1], [])
        places, clients = {"asn", "country"}, {"user_agent", "ja4", "has_device_id", "kind"}
        for cls, names, values, _, _ in found:
            with self.subTest(cls=cls, values=values):
                self.assertTrue(cls in self.SITTING and set(names) & places and set(names) & clients)


if __name__ == "__main__":
    unittest.main()
