"""The journal: collects events, lets the service lock accounts, writes files."""
import csv
import datetime
import json
import random

LABELS = ["event_id", "attack", "class", "outcome", "time", "username", "undecidable"]


class Journal:
    """All events of one run, each a dict; keys that start with '_' are labels."""

    def __init__(self, service):
        self.service, self.events, self.end = service, [], service.days * 86400.0
        self.counts = {}

    def add(self, t, kind, ok, cls, ip, net, username, agent=None, ja4=None, device=None,
            endpoint=None, password=None, reason=None, mfa=None, session=None, account=None,
            attack=False, own=False, undecidable=False, credential=None):
        """Note one event; those outside the span of the run are dropped."""
        if not 0 <= t < self.end:
            return None
        event = {"t": t, "kind": kind, "ok": ok, "ip": ip, "username": username, "asn": net.asn,
                 "country": net.country, "user_agent": agent, "ja4": ja4, "device_id": device,
                 "endpoint": endpoint, "password": password, "reason": None if ok else reason,
                 "mfa": mfa, "session_id": session, "credential": credential,
                 "_class": cls, "_attack": attack, "_own": own, "_undecidable": undecidable,
                 "_account": account}
        self.events.append(event)
        self.counts[cls] = self.counts.get(cls, 0) + 1
        return event

    def total(self):
        return len(self.events)

    def settle(self):
        """Sort by time and apply the lock-out rule of the service."""
        self.events.sort(key=lambda e: (e["t"], e["ip"], str(e["username"])))
        for event in self.events:   # a password may have been changed by another scene
            if event["ok"] and event["kind"] == "login" and event["_account"] is not None:
                event["password"] = event["_account"].password_at(event["t"])
        if not self.service.lock:
            return
        limit, window, hold = self.service.lock
        recent, locked = {}, {}
        for event in self.events:
            account = event["_account"]
            if account is None or event["kind"] not in ("login", "password_reset"):
                continue
            key, t = account.name, event["t"]
            if event["kind"] == "password_reset":
                if event["ok"]:
                    recent.pop(key, None)
                    locked.pop(key, None)
                continue
            if locked.get(key, -1.0) > t:
                event["ok"], event["reason"], event["mfa"] = False, "locked", None
                continue
            if event["ok"]:
                recent.pop(key, None)
                continue
            fails = [x for x in recent.get(key, ()) if x > t - window] + [t]
            recent[key] = fails
            if len(fails) >= limit:
                locked[key] = t + hold
                recent.pop(key)

    def _reason(self, event):
        mode, reason = self.service.reasons, event["reason"]
        if reason is None or mode == "absent":
            return None
        if mode == "fine":
            return reason
        if mode == "merged" and reason == "unknown_user" and event["kind"] == "login":
            return "bad_password"
        if mode == "other" and reason in ("unknown_user", "bad_password"):
            return "other"
        return reason

    def write(self, out, labels):
        """Write the events as NDJSON and the labels as CSV."""
        service, rng = self.service, random.Random("journal:%s" % self.service.seed)
        filled, prints = service.filled, {}
        first = int(self.events[0]["t"] * 1000) if self.events else 0
        with open(out, "w", encoding="utf-8") as stream, \
                open(labels, "w", encoding="utf-8", newline="") as table:
            rows = csv.writer(table, lineterminator="\n")
            rows.writerow(LABELS)
            for number, event in enumerate(self.events):
                ms = int(event["t"] * 1000)
                record = {"event_id": self._identity(rng, number, ms), "time": self._time(ms)}
                record["kind"] = event["kind"]
                record["outcome"] = "success" if event["ok"] else "failure"
                record["ip"] = event["ip"]
                password = event.pop("password")
                if password is not None and "password_fingerprint" in filled:
                    if password not in prints:
                        prints[password] = service.fingerprint(password)
                    event["password_fingerprint"] = prints[password]
                event["failure_reason"] = self._reason(event)
                for name in ("username", "credential", "failure_reason", "asn", "country",
                             "device_id", "user_agent", "ja4", "password_fingerprint", "mfa",
                             "endpoint", "session_id"):
                    value = event.get(name)
                    if value is None or name not in filled:
                        continue
                    if name in ("asn", "country", "ja4") and rng.random() < service.fill_gap:
                        continue
                    record[name] = value
                stream.write(json.dumps(record, separators=(",", ":")) + "\n")
                rows.writerow([record["event_id"], int(event["_attack"]), event["_class"],
                               self._outcome(event), "%.3f" % ((ms - first) / 1000),
                               event["username"] or "", int(event["_undecidable"])])

    @staticmethod
    def _outcome(event):
        if not event["_attack"]:
            return "success" if event["ok"] else "failure"
        if event["_own"]:
            return ""
        entered = event["ok"] and event["kind"] in ("login", "mfa", "token")
        return "success" if entered else "failure"

    def _identity(self, rng, number, ms):
        style = self.service.id_style
        if style == "hex":
            return "%026x" % rng.getrandbits(104)
        if style == "ulid":
            return "%012X%014X" % (ms + self.service.start * 1000, rng.getrandbits(56))
        return "ev-%09d" % (1_000_000 + number)

    def _time(self, ms):
        ms += self.service.start * 1000
        if not self.service.rfc3339:
            return ms
        moment = datetime.datetime.fromtimestamp(ms // 1000, datetime.timezone.utc)
        return moment.strftime("%Y-%m-%dT%H:%M:%S") + ".%03dZ" % (ms % 1000)
