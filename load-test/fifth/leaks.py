"""Single values that give an attack away: carried by >= 3 % of an attack class, and >= 98 % of whose events are attacks.

leaks.py LOG LABELS [SINCE_SECONDS]   lists class, value, share of the class, events of the class, events in all; identities
(address, its network of a /24 or /48, device, name, password digest) are listed apart. SINCE_SECONDS leaves out the log's begin.
"""
import csv
import json
import re
import sys
from collections import Counter
from datetime import datetime

IDENTITY = ("ip", "net", "device_id", "username", "password_fingerprint", "session_id")
OWN = ("event_id", "time")


def shape(text):
    """Kinds of characters: Ab3-x becomes Aa9-a."""
    return re.sub(r"(.)\1+", r"\1", re.sub("[0-9]", "9", re.sub("[a-z]", "a", re.sub("[A-Z]", "A", text))))


def values(e):
    """Every single value of an event, and what follows from one field alone."""
    for k, v in e.items():
        if k not in OWN:
            yield k, v
    yield "pattern", ",".join(e)
    for k in ("device_id", "user_agent", "ja4", "password_fingerprint", "session_id", "mfa", "credential", "tenant"):
        yield "has " + k, k in e
    ip, name = e["ip"], e.get("username", "")
    yield "ip version", 6 if ":" in ip else 4
    yield "net", ":".join(ip.split(":")[:3]) if ":" in ip else ip.rsplit(".", 1)[0]
    yield "last byte", ip.rsplit(".", 1)[-1] if "." in ip else ""
    yield "id shape", re.sub(r"[0-9a-f]", "h", e["event_id"])
    yield "mail domain", name.partition("@")[2]
    yield "name shape", shape(name)
    yield "name length", len(name)
    for k in ("device_id", "session_id", "password_fingerprint"):
        if k in e:
            yield k + " length", len(e[k])
            yield k + " shape", re.sub(r"[0-9a-f]", "h", e[k])
    if "user_agent" in e:
        ua = e["user_agent"]
        yield "agent length", len(ua)
        yield "agent system", (re.findall(r"\(([^;)]*)", ua) or [""])[0]
        for word in re.findall(r"[A-Za-z-]+/\d+", ua):
            yield "agent part", word
    if "ja4" in e:
        for i, part in enumerate(e["ja4"].split("_")):
            yield "ja4 " + "abc"[i], part
    t = str(e["time"])
    yield "time shape", shape(t)
    yield "milliseconds", int(seconds(e["time"]) * 1000) % 1000 == 0


def seconds(t):
    return t / 1000 if isinstance(t, int) else datetime.fromisoformat(t.replace("Z", "+00:00")).timestamp()


def find(log, labels, since=0.0):
    """[(is identity, class, value, share of class, of class, in all)]"""
    of_class, of_attacks, in_all, sizes, first = {}, Counter(), Counter(), Counter(), None
    with open(log, encoding="utf-8") as lines, open(labels, encoding="utf-8", newline="") as sheet:
        for line, label in zip(lines, csv.DictReader(sheet)):
            e = json.loads(line)
            first = seconds(e["time"]) if first is None else first
            if seconds(e["time"]) - first < since:
                continue
            seen = set(values(e))
            in_all.update(seen)
            if label["attack"] == "1":
                of_class.setdefault(label["class"], Counter()).update(seen)
                of_attacks.update(seen)
                sizes[label["class"]] += 1
    found = []
    for cls, counter in of_class.items():
        for v, n in counter.items():
            if n >= max(3, 0.03 * sizes[cls]) and of_attacks[v] >= 0.98 * in_all[v]:
                found.append((v[0] in IDENTITY, cls, "%s=%s" % v, n / sizes[cls], n, in_all[v]))
    return sorted(found, key=lambda f: (f[0], f[1], -f[3], f[2]))


if __name__ == "__main__":
    for identity, *row in find(sys.argv[1], sys.argv[2], float(sys.argv[3]) if len(sys.argv) > 3 else 0.0):
        print("identity" if identity else "LEAK    ", "%-20s %s  %.3f  %d of %d" % tuple(row))
