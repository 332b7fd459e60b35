"""Tests: a plain script, exit code 0 when all is well.  Usage: python3 tests.py

It makes one small log twice and the log of seed 4 once (half a minute in all), as a generator that errs
makes every measurement with it err.
"""
import csv
import io
import json
import os
import sys
import tempfile

from generate import World
from leaks import leaks
from plan import CLASSES

LEAKS_THAT_README_NAMES = set()  # (class, fields) of seed 4
PEOPLE = """regular mobile_cgnat ipv6_home office vpn relay traveller hotel_wifi airport_wifi family no_device
cleared_cookies new_member signup_rush sale outage release forced_change returning stale_app victim_recovers
travel_agent call_centre kiosk partner_lookup partner_token monitor""".split()
KINDS = {"login", "token", "signup", "lookup", "password_reset", "mfa"}
REASONS = {"unknown_user", "bad_password", "bad_mfa", "locked", "expired", "other"}


def made(seed, users, days):
    world = World(seed, users, days)
    world.live()
    service = world.service
    text = "event_id,attack,class,outcome,time,username,undecidable\n" + "".join(
        "%s,%d,%s,%s,%s,%s,%d\n" % row for row in service.labels)
    return "\n".join(service.lines) + "\n", text, world


def check(what, holds):
    print(("ok    " if holds else "WRONG ") + what)
    return bool(holds)


def main():
    first, second, other = made(3, 1000, 3), made(3, 1000, 3), made(7, 1000, 3)
    results = [check("same seed, same bytes", first[:2] == second[:2]),
               check("another seed, other bytes", first[0] != other[0])]
    log, label_text, world = made(4, 10000, 4)
    events = [json.loads(line) for line in log.splitlines()]
    rows = list(csv.DictReader(io.StringIO(label_text)))
    ids = [event["event_id"] for event in events]
    stamps = [event["time"] for event in events]
    attacks = [row for row in rows if row["attack"] == "1"]
    results += [
        check("ids are unique", len(set(ids)) == len(ids)),
        check("times are in order", stamps == sorted(stamps)),
        check("every label has an event and the other way round", ids == [row["event_id"] for row in rows]),
        check("labels have the events' names", all(event["username"] == row["username"]
                                                   for event, row in zip(events, rows))),
        check("only a success lets in", all(event["outcome"] == "success" for event, row in zip(events, rows)
                                            if row["outcome"] == "success")),
        check("every kind of people is there", {row["class"] for row in rows if row["attack"] == "0"} == set(PEOPLE)),
        check("every class of attack is there", {row["class"] for row in attacks} == set(CLASSES)),
        check("only attacks are undecidable", all(row["attack"] == "1" for row in rows if row["undecidable"] == "1")),
        check("kinds and reasons are known", {event["kind"] for event in events} <= KINDS and
              {event.get("failure_reason", "other") for event in events} <= REASONS),
        check("failures, and only they, have a reason", all(("failure_reason" in event) == (event["outcome"] == "failure")
                                                            for event in events)),
        check("between 120,000 and 160,000 events", 120_000 <= len(events) <= 160_000),
        check("25 to 35 % are attacks", 0.25 <= len(attacks) / len(rows) <= 0.35),
    ]
    for day in range(4):
        share = [row["attack"] == "1" for row in rows if int(float(row["time"]) // 86400) == day]
        results.append(check(f"day {day + 1} has attacks ({100 * sum(share) / len(share):.0f} %)",
                             sum(share) > 0.1 * len(share)))
    start = min(float(row["time"]) for row in attacks if row["undecidable"] == "0")
    results.append(check("they start on the first morning", start < 10 * 3600))
    for name in ("stuffing_residential", "stuffing_loud", "stuffing_rotating"):
        tries = [row["outcome"] == "success" for event, row in zip(events, rows)
                 if row["class"] == name and event["kind"] == "login"]
        results.append(check(f"{name} succeeds in {100 * sum(tries) / len(tries):.2f} %",
                             0.003 <= sum(tries) / len(tries) <= 0.02))
    with tempfile.TemporaryDirectory() as folder:
        paths = os.path.join(folder, "events.ndjson"), os.path.join(folder, "labels.csv")
        for path, text in zip(paths, (log, label_text)):
            with open(path, "w", encoding="utf-8") as file:
                file.write(text)
        found = {(name, fields) for itself, name, fields, *_ in leaks(*paths) if not itself}
    results.append(check(f"no leaks but those named {sorted(found) or ''}", found <= LEAKS_THAT_README_NAMES))
    sys.exit(not all(results))


if __name__ == "__main__":
    main()
