"""python3 tests.py; needs the data folder (CREDSIEVE_DATA) and skips without it."""
import csv
import json
import os
import tempfile
import unittest

import attacks
import generate
import leaks

DATA = os.environ.get("CREDSIEVE_DATA", "data")
PEOPLE = """daily family office cgnat phone_moving traveller vpn_relay no_device cleared_cookies new_device typo forgotten mfa_trouble
new_user stale_client script monitor aggregator kiosk school_lab partner_batch outage forced_change app_release signup_rush""".split()


@unittest.skipUnless(os.path.isdir(os.path.join(DATA, "asn")), "no data folder")
class Generator(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def make(self, seed, tag="", **options):
        log, labels = (os.path.join(self.folder.name, "%s%s.%s" % (seed, tag, x)) for x in ("ndjson", "csv"))
        argv = ["--seed", str(seed), "--out", log, "--labels", labels, "--data", DATA]
        for k, v in options.items():
            argv += ["--" + k.replace("_", "-"), str(v)]
        generate.main(argv)
        return log, labels

    def read(self, log, labels):
        with open(log, encoding="utf-8") as f, open(labels, encoding="utf-8", newline="") as g:
            return [json.loads(line) for line in f], list(csv.DictReader(g))

    def test_same_seed_same_bytes(self):
        for one, two in zip(self.make(3, users=800), self.make(3, "again", users=800)):
            with open(one, "rb") as f, open(two, "rb") as g:
                self.assertEqual(f.read(), g.read())

    def test_events_and_labels(self):
        for seed, fields in ((21, "full"), (22, "bare"), (23, "no_devices"), (24, "no_fingerprints")):
            events, labels = self.read(*self.make(seed, users=800, fields=fields, warmup_days=1))
            self.assertEqual(len(events), len(labels))
            self.assertEqual(len({e["event_id"] for e in events}), len(events))
            times = [leaks.seconds(e["time"]) for e in events]
            self.assertEqual(times, sorted(times))
            start = times[0] - float(labels[0]["time"])
            for e, r in zip(events, labels):
                self.assertEqual(e["event_id"], r["event_id"])
                self.assertEqual(e["username"], r["username"])
                # Some services write whole seconds.
                self.assertAlmostEqual(leaks.seconds(e["time"]) - start, float(r["time"]), delta=1.01)
                self.assertIn(e["outcome"], ("success", "failure"))
                self.assertTrue(e["ip"])
                self.assertEqual(r["class"] in attacks.CLASSES, r["attack"] == "1")
                if r["outcome"]:
                    self.assertEqual((r["outcome"], r["attack"], e["outcome"]), ("success", "1", "success"))
            for absent in {"full": (), "no_devices": ("device_id",), "no_fingerprints": ("ja4", "password_fingerprint"),
                           "bare": ("ja4", "failure_reason", "credential", "mfa", "session_id", "device_id")}[fields]:
                self.assertFalse(any(absent in e for e in events), absent)

    def test_history_counts_earlier_successes(self):
        events, labels = self.read(*self.make(25, users=800))
        known = {}
        for e, r in zip(events, labels):
            name, history = e["username"].strip().casefold(), int(r["history"])
            self.assertGreaterEqual(history, known.get(name, 0))
            self.assertLessEqual(history, known.get(name, 0) + 1)
            known[name] = history

    def test_all_classes_over_a_few_seeds(self):
        missing = set(PEOPLE) | set(attacks.CLASSES)
        for seed in range(30, 50):
            _, labels = self.read(*self.make(seed, users=1000, warmup_days=0))
            seen = {r["class"] for r in labels}
            self.assertLessEqual(seen, set(PEOPLE) | set(attacks.CLASSES))
            missing -= seen
            if not missing:
                break
        self.assertEqual(missing, set())

    def test_share_of_attacks(self):
        for seed, share in ((51, 0.3), (52, 0.1), (53, 0.5)):
            _, labels = self.read(*self.make(seed, users=3000, warmup_days=0, attack_share=share))
            self.assertAlmostEqual(sum(r["attack"] == "1" for r in labels) / len(labels), share, delta=0.07)

    def test_no_single_value_gives_an_attack_away(self):
        found = leaks.find(*self.make(1))
        self.assertEqual([f for f in found if not f[0]], [])


if __name__ == "__main__":
    unittest.main()
