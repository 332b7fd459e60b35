"""python3 tests.py: the form of every world's log and labels, and that the same seed gives the same bytes."""
import csv
import datetime
import json
import pathlib
import subprocess
import sys
import tempfile
import unittest

HERE = pathlib.Path(__file__).parent
WORLDS = sorted(path.stem for path in HERE.glob("*.py") if path.stem != "tests")
KINDS = {"login", "signup", "password_reset", "lookup", "mfa", "token"}


def milliseconds(time):
    if isinstance(time, int):
        return time
    return datetime.datetime.fromisoformat(time.replace("Z", "+00:00")).timestamp() * 1000


class Worlds(unittest.TestCase):
    def make(self, world, folder, hash_seed):
        log, labels = folder / "log", folder / "labels"
        command = [sys.executable, HERE / f"{world}.py", "--seed", "5", "--users", "2000", "--out", log, "--labels", labels]
        made = subprocess.run(command, capture_output=True, text=True, env={"PYTHONHASHSEED": hash_seed})
        self.assertEqual(made.returncode, 0, made.stderr)
        return log.read_bytes(), labels.read_text(encoding="utf-8")

    def test_logs_and_labels(self):
        for world in WORLDS:
            with self.subTest(world), tempfile.TemporaryDirectory() as folder:
                log, labels = self.make(world, pathlib.Path(folder), "1")
                self.assertEqual((log, labels), self.make(world, pathlib.Path(folder), "2"))
                events = [json.loads(line) for line in log.splitlines()]
                truths = list(csv.DictReader(labels.splitlines()))
                self.assertEqual([e["event_id"] for e in events], [t["event_id"] for t in truths])
                self.assertEqual(len({e["event_id"] for e in events}), len(events))
                times = [milliseconds(e["time"]) for e in events]
                self.assertEqual(times, sorted(times))
                for event, truth in zip(events, truths):
                    self.assertIn(event["outcome"], ("success", "failure"))
                    self.assertIn(event.get("kind", "login"), KINDS)
                    self.assertIn(truth["attack"], ("0", "1"))
                self.assertEqual({t["attack"] for t in truths}, {"0", "1"})


if __name__ == "__main__":
    unittest.main()
