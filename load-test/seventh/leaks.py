"""Leaks: lists what would give an attack away by itself.  Usage: python3 leaks.py EVENTS LABELS

A value, or a pair of values of two fields, leaks when 3 % or more of the events of an attack class carry it
and 98 % or more of all events that carry it are attacks. At least 8 events of the class must carry it, as
rare things are alone by chance. What an attack itself is (its own address, its victim, its password) is in
ITSELF with the class that it may mark, is only counted, and fails nothing.
"""
import csv
import itertools
import json
import re
import sys
from collections import Counter, defaultdict

SINGLE = ("ip", "network", "device_id", "password_fingerprint", "username", "session_id")
FEW = {"stuffing_loud", "spray_single", "brute_single", "enumeration_login", "enumeration_lookup", "ipv6_hop_64",
       "ipv6_hop_56", "ipv6_hop_48", "pacing", "laundering"}
ITSELF = {
    "ip": FEW | {"lockout", "targeted_takeover", "fake_signup", "stuffing_outage", "low_and_slow"},
    "network": FEW | {"lockout", "targeted_takeover", "fake_signup", "stuffing_outage", "low_and_slow"},
    "device_id": FEW | {"brute_distributed", "spray_distributed", "lockout", "low_and_slow", "fake_signup",
                        "stuffing_residential", "stuffing_sale", "stuffing_outage", "enumeration_login_spread",
                        "enumeration_lookup_spread", "targeted_takeover", "token_replay"},
    "username": {"brute_single", "brute_distributed", "lockout", "laundering", "fake_signup"},
    "password_fingerprint": {"spray_single", "spray_distributed", "enumeration_login", "enumeration_login_spread"},
    "session_id": {"token_replay"},
}

# pairs that are the attack itself: locks are what guessing at one name ends in, and one name has one domain
ITSELF_PAIRS = {
    ("failure_reason", "locked"): {"brute_single", "brute_distributed", "lockout"},
    ("mail_domain", None): {"brute_single", "brute_distributed"},
}


def is_itself(name, fields, values):
    if len(fields) == 1:
        return name in ITSELF.get(fields[0], ()) or name in ITSELF_PAIRS.get((fields[0], values[0]), ())
    return any(name in ITSELF_PAIRS.get((field, value), ()) or name in ITSELF_PAIRS.get((field, None), ())
               for field, value in zip(fields, values))


def family(agent):
    for word in ("Edg/", "SamsungBrowser", "Firefox", "Chrome", "Version/", "compatible"):
        if word in agent:
            return word
    return agent.split("/")[0] + (" iOS" if "iOS" in agent else " Android" if "Android" in agent else "")


def form(name):
    """A name's shape: letters, digits and marks, runs made one."""
    local, _, domain = name.partition("@")
    shape = re.sub(r"\d+", "9", re.sub(r"[a-z]+", "a", re.sub(r"[A-Z]+", "A", local)))
    return shape + ("@" if domain else "")


def describe(event):
    """All fields of an event by which it could be told, those with few values and those with many."""
    ip, name = event["ip"], event.get("username", "")
    parts = ip.split(":") if ":" in ip else ip.split(".")
    few = {field: event.get(field) for field in ("kind", "outcome", "failure_reason", "asn", "country", "endpoint",
                                                 "app", "user_agent", "ja4", "mfa", "credential", "breached_password")}
    few["family"] = family(event["user_agent"])
    few["mail_domain"] = name.partition("@")[2].lower()
    few["name_form"] = form(name)
    few["presence"] = "+".join(sorted(event))
    few["device_present"] = "device_id" in event
    few["first"] = parts[0]
    few["range"] = ".".join(parts[:2])
    many = {field: event[field] for field in SINGLE if field in event}
    many["network"] = ":".join(parts[:3]) if ":" in ip else ".".join(parts[:3])
    return few, many


def leaks(events, labels):
    """Yields (itself, class, fields, values, in class, attacks, all)."""
    with open(labels, encoding="utf-8") as file:
        label = {row["event_id"]: row["class"] if row["attack"] == "1" else "" for row in csv.DictReader(file)}
    sizes, honest, classes = Counter(), Counter(), defaultdict(Counter)
    with open(events, encoding="utf-8") as file:
        for line in file:
            event = json.loads(line)
            name = label[event["event_id"]]
            few, many = describe(event)
            keys = list(few.items()) + list(many.items()) + list(itertools.combinations(few.items(), 2))
            if name:
                sizes[name] += 1
                classes[name].update(keys)
            else:
                honest.update(keys)
    attacks = Counter()
    for counted in classes.values():
        attacks.update(counted)
    for name, counted in sorted(classes.items()):
        for key, count in counted.items():
            if count >= max(8, 0.03 * sizes[name]) and attacks[key] >= 0.98 * (attacks[key] + honest[key]):
                pair = isinstance(key[0], tuple)
                fields = tuple(part[0] for part in key) if pair else (key[0],)
                values = tuple(part[1] for part in key) if pair else (key[1],)
                yield is_itself(name, fields, values), name, fields, values, count, attacks[key], attacks[key] + honest[key]


def main():
    own, found = Counter(), 0
    for itself, name, fields, values, count, attacks, total in leaks(*sys.argv[1:3]):
        if itself:
            own[name, " x ".join(fields)] += 1
        else:
            found += 1
            print(f"{name}: {' x '.join(fields)} = {' x '.join(map(str, values))}: {count} of the class, "
                  f"{attacks} of {total} are attacks")
    for (name, field), count in sorted(own.items()):
        print(f"itself: {name}: {count} of {field}")
    print(f"{found} leaks")


if __name__ == "__main__":
    main()
