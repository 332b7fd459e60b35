"""Tests of the second generator, on a small run: python3 -m unittest tests (in this folder).

They need the folder that CREDSIEVE_DATA names, and skip where it is absent.
"""

import csv
import json
import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

from second import reference

HERE = Path(__file__).parent
SMALL = ["--users", "300", "--days", "1"]


def call(*options, **environment):
    """Runs the generator; the finished process."""
    command = [sys.executable, "-B", "-m", "second", *options]
    everything = {**os.environ, **environment}
    return subprocess.run(command, cwd=HERE, env=everything, capture_output=True, text=True, check=False)


def run(folder, *options):
    """The bytes of the two files of a small run."""
    out, labels = Path(folder) / "x.ndjson", Path(folder) / "x.csv"
    done = call("--out", str(out), "--labels", str(labels), *SMALL, *options)
    if done.returncode:
        raise AssertionError(done.stderr)
    return out.read_bytes(), labels.read_bytes()


class WithoutData(unittest.TestCase):
    """What holds without any data."""

    def test_without_its_data_it_says_what_it_expects(self):
        with tempfile.TemporaryDirectory() as folder:
            out, labels = f"{folder}/x.ndjson", f"{folder}/x.csv"
            done = call("--seed", "1", "--out", out, "--labels", labels, CREDSIEVE_DATA="")
            self.assertNotEqual(done.returncode, 0)
            for part in ("CREDSIEVE_DATA", "--data", "asn/asn-ipv4.csv.gz", "user-agents.json.gz"):
                self.assertIn(part, done.stderr)
            self.assertNotIn("Traceback", done.stderr)
            done = call("--seed", "1", "--out", out, "--labels", labels, "--data", folder)
            self.assertIn(f"no asn/asn-ipv4.csv.gz in {folder}", done.stderr)
            self.assertEqual(os.listdir(folder), [])


class SmallRun(unittest.TestCase):
    """What holds of every run, on one."""

    @classmethod
    def setUpClass(cls):
        try:
            reference.folder(None)
        except reference.Missing as missing:
            raise unittest.SkipTest(str(missing)) from missing
        cls.folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.folder.cleanup)
        cls.files = run(cls.folder.name, "--seed", "1")
        cls.events = [json.loads(line) for line in cls.files[0].splitlines()]
        cls.rows = list(csv.DictReader(cls.files[1].decode().splitlines()))

    def test_the_same_seed_gives_the_same_bytes_and_another_seed_others(self):
        self.assertEqual(run(self.folder.name, "--seed", "1"), self.files)
        self.assertNotEqual(run(self.folder.name, "--seed", "2")[0], self.files[0])

    def test_times_are_in_order_and_within_the_days_asked_for(self):
        times = [event["time"] for event in self.events]
        self.assertEqual(times, sorted(times))
        self.assertLess(times[-1] - times[0], 24 * 3600 * 1000)

    def test_ids_are_unique(self):
        self.assertEqual(len({event["event_id"] for event in self.events}), len(self.events))

    def test_labels_line_up_with_the_events(self):
        self.assertEqual(len(self.rows), len(self.events))
        first = self.events[0]["time"]
        for event, row in zip(self.events, self.rows):
            self.assertEqual(row["event_id"], event["event_id"])
            self.assertEqual(row["username"], event["username"])
            self.assertEqual(row["time"], "%.3f" % ((event["time"] - first) / 1000))
            self.assertIn(row["outcome"], ("", event["outcome"]))

    def test_about_as_many_events_are_attacks_as_asked_for(self):
        attacks = sum(row["attack"] == "1" for row in self.rows)
        # Each kind has a least number of attempts, which is much of so small a run.
        self.assertGreater(attacks / len(self.rows), 0.2)
        self.assertLess(attacks / len(self.rows), 0.5)
        honest = run(self.folder.name, "--seed", "1", "--attack-share", "0")
        self.assertNotIn(b",1,", b"".join(line[27:30] for line in honest[1].splitlines()[1:]))

    def test_an_attackers_logins_to_accounts_of_his_own_steal_nobodys(self):
        own = [
            row
            for event, row in zip(self.events, self.rows)
            if event.get("kind") == "login" and event["outcome"] == "success" and row["outcome"] == ""
        ]
        self.assertTrue(own)
        self.assertEqual({row["attack"] for row in own}, {"1"})

    def test_absent_fields_are_absent_and_change_nothing_else(self):
        files = run(self.folder.name, "--seed", "1", "--fields", "no_fingerprints")
        absent = ("ja4", "password_fingerprint", "breached_password")
        left = [{k: v for k, v in event.items() if k not in absent} for event in self.events]
        self.assertEqual([json.loads(line) for line in files[0].splitlines()], left)
        self.assertEqual(files[1:], self.files[1:])
        self.assertTrue(any("ja4" in event for event in self.events))


if __name__ == "__main__":
    unittest.main()
