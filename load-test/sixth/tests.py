"""python3 tests.py; small worlds, form only."""
import csv
import datetime
import hashlib
import json
import os
import subprocess
import sys
import tempfile
import unittest

import generate
import leaks
import plan

HERE = os.path.dirname(os.path.abspath(__file__))
USERS = 1500


class Generator(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.first = cls.make(4)
        cls.events, cls.labels = [], []
        for e, r in leaks.read(*cls.first):
            cls.events.append(e)
            cls.labels.append(r)

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    @classmethod
    def paths(cls, name):
        return [os.path.join(cls.folder.name, name + x) for x in ('.ndjson', '.csv')]

    @classmethod
    def make(cls, seed, tag=''):
        log, labels = cls.paths('%d%s' % (seed, tag))
        generate.main(['--seed', str(seed), '--users', str(USERS), '--out', log, '--labels', labels])
        return log, labels

    def digests(self, files):
        out = []
        for path in files:
            with open(path, 'rb') as f:
                out.append(hashlib.sha256(f.read()).hexdigest())
        return out

    def test_same_seed_same_bytes(self):
        self.assertEqual(self.digests(self.first), self.digests(self.make(4, 'again')))
        self.assertNotEqual(self.digests(self.first), self.digests(self.make(5)))

    def test_same_bytes_whatever_the_hash_seed(self):
        for hash_seed in ('1', '77'):
            log, labels = self.paths('hash' + hash_seed)
            subprocess.run([sys.executable, os.path.join(HERE, 'generate.py'), '--seed', '4', '--users', str(USERS),
                            '--out', log, '--labels', labels], check=True, env=dict(os.environ, PYTHONHASHSEED=hash_seed))
            self.assertEqual(self.digests(self.first), self.digests((log, labels)))

    def test_log(self):
        times = [e['time'] for e in self.events]
        self.assertEqual(times, sorted(times))
        self.assertEqual(len({e['event_id'] for e in self.events}), len(self.events))
        for e in self.events:
            self.assertIn(e['outcome'], ('success', 'failure'))
            self.assertIn(e['kind'], ('login', 'mfa', 'token', 'signup', 'lookup', 'password_reset'))
            self.assertEqual('failure_reason' in e, e['outcome'] == 'failure', e)
            self.assertRegex(e['time'], r'^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$')
            self.assertTrue(e['ip'] and e['endpoint'].startswith('/') and e['app'])

    def test_labels(self):
        with open(self.first[1], encoding='utf-8', newline='') as f:
            self.assertEqual(next(csv.reader(f)), 'event_id attack class outcome time username undecidable'.split())
        begin = datetime.datetime.fromisoformat(self.events[0]['time'].replace('Z', '+00:00')) - \
            datetime.timedelta(seconds=float(self.labels[0]['time']))
        self.assertEqual((begin.hour, begin.minute, begin.second), (0, 0, 0))
        for e, r in zip(self.events, self.labels):
            self.assertEqual((e['event_id'], e['username']), (r['event_id'], r['username']))
            t = datetime.datetime.fromisoformat(e['time'].replace('Z', '+00:00'))
            self.assertAlmostEqual((t - begin).total_seconds(), float(r['time']), delta=.0015)
            self.assertIn(r['undecidable'], ('0', '1'))
            self.assertEqual(r['class'] in plan.CLASSES, r['attack'] == '1', r)
            if r['outcome'] == 'success':
                self.assertEqual(e['outcome'], 'success')

    def test_all_classes_and_a_share_of_attacks(self):
        self.assertEqual({r['class'] for r in self.labels if r['attack'] == '1'}, set(plan.CLASSES))
        mixed = [r for r in self.labels if float(r['time']) >= plan.QUIET_DAYS * 86400]
        self.assertAlmostEqual(sum(r['attack'] == '1' for r in mixed) / len(mixed), .28, delta=.06)

    def test_an_event_of_json_has_one_line(self):
        with open(self.first[0], encoding='utf-8') as f:
            self.assertEqual(sum(1 for line in f if isinstance(json.loads(line), dict)), len(self.labels))


if __name__ == '__main__':
    unittest.main()
