"""Single values that give an attack away: carried by >= 3 % of an attack class, and >= 98 % of whose events are attacks.

leaks.py LOG LABELS   checks ids, order and labels, lists each class with its size and successes, then each such value (LEAK;
near, where 96 % are attacks): class, field, value, events of the class, attacks and all events that carry it. Identities
(address, device, name, password digest, session) are left out: there an attack is itself.
"""
import csv
import json
import sys
from collections import Counter

PLAIN = ('asn', 'country', 'user_agent', 'ja4', 'endpoint', 'app', 'kind', 'failure_reason', 'credential', 'mfa', 'tenant',
         'outcome')
ALWAYS = ('event_id', 'time', 'outcome', 'ip', 'kind')


def values(e):
    """Every single value of an event, and what follows from one field or from which fields there are."""
    for k in PLAIN:
        if k in e:
            yield k, e[k]
    name, ip = e.get('username', '').strip().lower(), e['ip']
    yield 'mail domain', name.split('@')[1] if '@' in name else 'number' if name.isdigit() else 'handle'
    yield 'plus in name', '+' in name
    fields = ' '.join(sorted(k for k in e if k not in ALWAYS))
    yield 'fields', fields
    yield 'fields of kind', '%s %s: %s' % (e['kind'], e['outcome'], fields)
    yield 'identifiers', '%s %s device %s session %s' % (e['app'], e['endpoint'], 'device_id' in e, 'session_id' in e)
    yield 'first of address', ip.split('.')[0] if '.' in ip else ':'.join(ip.split(':')[:2])
    yield 'agent and TLS', e.get('user_agent', '') + ' | ' + e.get('ja4', '')


def read(log, labels):
    with open(log, encoding='utf-8') as lines, open(labels, encoding='utf-8', newline='') as sheet:
        for line, label in zip(lines, csv.DictReader(sheet), strict=True):
            yield json.loads(line), label


def find(log, labels):
    """(classes, found): {(attack, class): Counter}, [(share of attacks, class, field, value, of class, attacks, all)]"""
    of_class, attacks, total, classes = {}, Counter(), Counter(), {}
    ids, last = set(), ''
    for e, label in read(log, labels):
        if e['event_id'] != label['event_id'] or e['event_id'] in ids or e['time'] < last:
            raise ValueError('ids or order: ' + e['event_id'])
        ids.add(e['event_id'])
        last = e['time']
        attack, cls = label['attack'] == '1', label['class']
        classes.setdefault((attack, cls), Counter()).update(
            ['events'] + ['success'] * (label['outcome'] == 'success') + ['undecidable'] * (label['undecidable'] == '1'))
        seen = list(values(e))
        total.update(seen)
        if attack:
            attacks.update(seen)
            of_class.setdefault(cls, Counter()).update(seen)
    found = []
    for cls, counter in of_class.items():
        least = max(4, .03 * classes[True, cls]['events'])
        for v, n in counter.items():
            if n >= least and attacks[v] >= .96 * total[v]:
                found.append((attacks[v] / total[v], cls, v[0], str(v[1]), n, attacks[v], total[v]))
    return classes, sorted(found, key=lambda f: (f[1], -f[4], f[2], f[3]))


if __name__ == '__main__':
    sizes, rows = find(sys.argv[1], sys.argv[2])
    for (is_attack, name), c in sorted(sizes.items()):
        print('%-7s %-22s %6d  success %5.1f %%  undecidable %d' % ('attack' if is_attack else 'people', name, c['events'],
                                                               100 * c['success'] / c['events'], c['undecidable']))
    for share, *row in rows:
        print('LEAK' if share >= .98 else 'near', '%s: %s = %s  %d, %d of %d' % tuple(row))
