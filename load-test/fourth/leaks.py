"""List values, and pairs of values, that give an attack away: carried by >=3 % of a class, >=98 % attack."""
import collections
import csv
import itertools
import json
import re
import sys

# An attack sent by one tool from one network, or failing there, *is* that pair: see README.
WHERE = {"asn", "country"}
WITH = {"ja4", "family", "endpoint", "kind", "present", "failure_reason", "credential", "outcome", "mail"}


def agent_family(agent):
    for mark in ("Harbour", "AnyConnect", "OpenConnect", "Edg", "Firefox", "FxiOS", "CriOS", "GSA", "SamsungBrowser",
                 "Instagram", "FBA", "Chrome", "Safari"):
        if mark in agent:
            system = re.search(r"iPhone|iPad|Android|Windows|Macintosh|Linux", agent)
            return mark + "/" + (system.group(0) if system else "")
    return agent.split("/")[0]


def name_form(name):
    local = re.sub(r"\d+", "9", name.split("@")[0])
    return re.sub(r"[a-z]{2,}", "w", re.sub(r"\b[a-z]\b", "l", local))


def features(event):
    """Values and derived values; identities (address, device, name, password) are left out."""
    out = {k: event.get(k) for k in ("outcome", "kind", "credential", "failure_reason", "asn", "country", "ja4", "mfa",
                                     "endpoint")}
    out["family"] = agent_family(event["user_agent"])
    out["mail"] = event["username"].split("@")[-1]
    out["form"] = name_form(event["username"])
    out["six"] = ":" in event["ip"]
    out["present"] = ",".join(k for k in ("device_id", "ja4", "password_fingerprint") if k in event)
    return out


def explained(key):
    """Is this pattern the attack itself: a network with a tool or a failure, an unknown or locked name at a path?"""
    names = {k for k, _ in key}
    return len(key) == 2 and (bool(names & WHERE and names & WITH) or "failure_reason" in names)


def leaks(log, labels, since=0.0, share=0.03, purity=0.98, least=50):
    """[(class, pattern, events, purity)] for the events after `since` seconds."""
    seen, per_class, totals = collections.defaultdict(lambda: [0, 0]), collections.Counter(), collections.Counter()
    with open(log) as lines, open(labels) as table:
        for line, row in zip(lines, csv.DictReader(table)):
            if float(row["time"]) < since:
                continue
            event, attack = json.loads(line), row["attack"] == "1"
            values = sorted((k, str(v)) for k, v in features(event).items())
            keys = [(v,) for v in values] + list(itertools.combinations(values, 2))
            keys.append((("user_agent", event["user_agent"]),))
            for key in keys:
                seen[key][attack] += 1
            if attack:
                totals[row["class"]] += 1
                for key in keys:
                    per_class[row["class"], key] += 1
    out = []
    for (cls, key), n in per_class.items():
        good, bad = seen[key]
        if n >= share * totals[cls] and good + bad >= least and bad >= purity * (good + bad):
            out.append((cls, key, good + bad, bad / (good + bad)))
    return sorted(out, key=lambda x: (len(x[1]), x[0], x[1]))


if __name__ == "__main__":
    found = leaks(sys.argv[1], sys.argv[2], float(sys.argv[3]) if len(sys.argv) > 3 else 0.0)
    for cls, key, n, pure in found:
        print("%-18s %-70s %6d %.3f" % (cls, " & ".join("%s=%s" % v for v in key), n, pure))
    print(len(found), "left")
