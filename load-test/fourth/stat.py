"""How close a log comes to figures that design.md names: new device and place by history, shares of crowds."""
import collections
import csv
import json
import sys


def main(log, labels, since):
    devices, places, n = (collections.defaultdict(set) for _ in range(2)), None, collections.Counter()
    devices, places = devices
    fresh, all_, spans = collections.Counter(), collections.Counter(), {}
    for line, row in zip(open(log), csv.DictReader(open(labels))):
        e, t = json.loads(line), float(row["time"])
        if row["attack"] == "1":
            a = spans.setdefault(row["class"], [t, t, 0, 0])
            a[1], a[2], a[3] = t, a[2] + 1, a[3] + (row["outcome"] == "success")
        elif e["outcome"] == "success" and e["kind"] == "login":
            user, where = e["username"], e["ip"].rsplit(":", 4)[0] if ":" in e["ip"] else e["ip"].rsplit(".", 1)[0]
            h = "0" if n[user] == 0 else "1-3" if n[user] < 4 else "4-9" if n[user] < 10 else "10+"
            if t >= since:
                all_[h] += 1
                fresh[h] += e.get("device_id") not in devices[user] and e["asn"] not in places[user]
            devices[user].add(e.get("device_id"))
            places[user].add(e["asn"])
            n[user] += 1
    for h in all_:
        print("history %-4s good logins %6d, new device at a new network %.4f" % (h, all_[h], fresh[h] / all_[h]))
    print("over all %.4f" % (sum(fresh.values()) / sum(all_.values())))
    for k, (a, b, c, d) in sorted(spans.items()):
        print("%-18s from %5.1f h to %5.1f h %6d events %4d thieves' successes" % (k, a / 3600, b / 3600, c, d))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], float(sys.argv[3]) if len(sys.argv) > 3 else 0)
