"""The web service: accounts, its answer to each try, and its log in its own manner of writing."""
import csv
import hashlib
import json
import time as clock


class Account:
    __slots__ = ("key", "pw", "leaked", "mfa", "tenant", "fails", "locked", "devices", "expired", "wins", "epoch", "thief")

    def __init__(self, key, pw, mfa=False, tenant=0, thief=False, leaked=()):
        self.key, self.pw, self.mfa, self.tenant, self.thief, self.leaked = key, pw, mfa, tenant, thief, leaked
        self.fails, self.locked, self.devices, self.expired, self.wins, self.epoch = 0, 0, set(), False, 0, 0


class Try:
    """What one request carries, and what only we know of it (class, attack, whose it is)."""
    __slots__ = ("kind", "name", "pw", "client", "addr", "cls", "attack", "undecidable", "code", "breached", "tenant")

    def __init__(self, kind, name, client, addr, cls, pw=None, attack=0, undecidable=0, code=True, breached=None, tenant=0):
        self.kind, self.name, self.client, self.addr, self.cls, self.pw = kind, name, client, addr, cls, pw
        self.attack, self.undecidable, self.code, self.breached, self.tenant = attack, undecidable, code, breached, tenant


def fold(name):
    return name.strip().casefold()


class Service:
    def __init__(self, rng, out, labels, fields, t0):
        self.rng, self.t0, self.fields = rng, t0, fields
        self.out = open(out, "w", encoding="utf-8", newline="\n")
        self.sheet = open(labels, "w", encoding="utf-8", newline="")
        self.csv = csv.writer(self.sheet, lineterminator="\n")
        self.csv.writerow("event_id,attack,class,outcome,time,username,undecidable,history".split(","))
        self.accounts, self.outages, self.count, self.by_day = {}, [], 0, {}
        # Its rules
        self.lock_after, self.lock_for = rng.choice(((5, 900), (10, 1800), (10, 300), (6, 3600), (10 ** 9, 0)))
        self.mfa_share = rng.choice((0.03, 0.1, 0.25, 0.5))
        self.mfa_always = rng.random() < 0.4
        self.mfa_steps = rng.random() < 0.5          # a step of its own in the log, or part of the login
        self.identifier_first = rng.random() < 0.35  # the web page asks for the name, looks it up, then the password
        self.logs_tokens = rng.random() < 0.6
        self.tenants = rng.choice((("default",), ("default",), ("shop", "club"), ("eu", "intl")))
        # Its manner of writing
        self.style = rng.choice(("iso_ms", "iso_s", "iso_local", "epoch"))
        self.local = rng.choice((1, 2, -5, 9)) if self.style == "iso_local" else 0
        self.id_style = rng.choice(("uuid", "count", "sorted"))
        self.tells_unknown = rng.random() < 0.85
        self.writes = {k for k, p in (("credential", 0.75), ("mfa", 0.8), ("app", 0.7), ("endpoint", 0.75), ("asn", 0.85),
                                      ("country", 0.9), ("password_fingerprint", 0.7), ("breached_password", 0.4),
                                      ("kind", 0.9)) if rng.random() < p}
        self.session_style = rng.choice(("none", "always", "success"))
        self.paths = rng.choice((
            {"web": "/login", "app": "/api/v3/auth", "api": "/oauth"}, {"web": "/session", "app": "/session", "api": "/session"},
            {"web": "/account/signin", "app": "/m/signin", "api": "/api/signin"}))
        self.app_by_system = rng.random() < 0.5
        drop = {"full": (), "no_devices": ("device_id",), "no_fingerprints": ("ja4", "password_fingerprint", "breached_password")}
        self.drop = drop.get(fields, ("device_id", "ja4", "password_fingerprint", "breached_password", "failure_reason",
                                      "credential", "mfa", "session_id"))
        self.key = bytes(rng.getrandbits(8) for _ in range(16))
        self.day_text = {}

    def add(self, name, *args, **kw):
        a = self.accounts[fold(name)] = Account(fold(name), *args, **kw)
        return a

    def new_session(self):
        return "%016x" % self.rng.getrandbits(64)

    def needs_code(self, a, client):
        return a.mfa and (self.mfa_always or client.device is None or client.device not in a.devices)

    def handle(self, now, t):
        """Decides a try, writes it down, and says: ok, mfa (a code is asked for) or the reason of failure."""
        a = self.accounts.get(fold(t.name))
        credential, mfa = "unknown", "none"
        if any(x <= now < y and self.rng.random() < p for x, y, p in self.outages):
            answer = "other"
        elif t.kind == "signup":
            answer = "other" if a else "ok"
            if not a:
                a = self.add(t.name, t.pw, tenant=t.tenant, thief=bool(t.attack))
                if t.client.device:
                    a.devices.add(t.client.device)
        elif a is None:
            answer, credential = "unknown_user", "invalid"
        elif t.kind == "lookup":
            answer = "ok"
        elif t.kind == "password_reset":
            answer = "ok"
            if t.pw is not None:                     # the link from the mail was used
                a.leaked += (a.pw,) if t.pw != a.pw and self.rng.random() < 0.1 else ()
                a.pw, a.fails, a.locked, a.expired, a.epoch = t.pw, 0, 0, False, a.epoch + 1
        elif t.kind == "token":
            answer = "ok" if t.client.token == a.epoch and self.rng.random() < 0.98 else "expired"
        elif t.kind == "mfa":
            mfa = "passed" if t.code else "failed"
            answer, credential = "ok" if t.code else "bad_mfa", "valid"
        elif now < a.locked:
            answer = "locked"
        elif t.pw != a.pw:
            answer, credential = "bad_password", "invalid"
            a.fails += 1
            if a.fails >= self.lock_after:
                a.locked, a.fails = now + self.lock_for, 0
        elif a.expired:
            answer, credential = "expired", "valid"
        else:
            answer, credential = "ok", "valid"
            if self.needs_code(a, t.client):
                if self.mfa_steps:
                    answer = "mfa"
                else:
                    mfa = "passed" if t.code else "failed"
                    answer = "ok" if t.code else "bad_mfa"
        self.write(now, t, a, answer, credential, mfa)
        if answer == "ok" and t.kind in ("login", "mfa"):
            a.fails, t.client.token = 0, a.epoch
            if t.client.device:
                a.devices.add(t.client.device)
        return answer

    def time_text(self, now):
        ms = int(now * 1000)
        if self.style == "epoch":
            return ms
        s, ms = divmod(ms, 1000)
        day, s = divmod(s + self.local * 3600, 86400)
        if day not in self.day_text:
            self.day_text[day] = clock.strftime("%Y-%m-%d", clock.gmtime(day * 86400))
        text = "%sT%02d:%02d:%02d" % (self.day_text[day], s // 3600, s // 60 % 60, s % 60)
        if self.style == "iso_local":
            return text + ".%03d%+03d:00" % (ms, self.local)
        return text + (".%03dZ" % ms if self.style == "iso_ms" else "Z")

    def event_id(self, now):
        self.count += 1
        bits = self.rng.getrandbits(128)
        if self.id_style == "count":
            return "evt-%09d" % self.count
        if self.id_style == "sorted":
            return "%012x%016x" % (int(now * 1000), bits >> 64)
        h = "%032x" % bits
        return "%s-%s-4%s-9%s-%s" % (h[:8], h[8:12], h[13:16], h[17:20], h[20:])

    def write(self, now, t, a, answer, credential, mfa):
        c, ok = t.client, answer in ("ok", "mfa")
        e = {"event_id": self.event_id(now), "time": self.time_text(now), "outcome": "success" if ok else "failure", "ip": t.addr.ip,
             "kind": t.kind, "username": t.name}
        if t.kind in ("login", "mfa"):
            e["credential"], e["mfa"] = credential, mfa
        if not ok:
            e["failure_reason"] = answer if self.tells_unknown or t.kind != "login" or answer != "unknown_user" else "bad_password"
        e["asn"], e["country"] = t.addr.asn, t.addr.country
        if c.device:
            e["device_id"] = c.device
        if c.ua:
            e["user_agent"] = c.ua
        e["ja4"] = c.ja4s[-1] if self.rng.random() < 0.3 else c.ja4s[0]
        if t.pw is not None and t.kind == "login":
            e["password_fingerprint"] = hashlib.blake2b(t.pw.encode(), key=self.key, digest_size=12).hexdigest()
            known = a is not None and t.pw in a.leaked
            e["breached_password"] = known if t.breached is None else t.breached
        if len(self.tenants) > 1:
            e["tenant"] = self.tenants[a.tenant if a else t.tenant]
        e["app"] = c.system if self.app_by_system else c.where
        e["endpoint"] = self.paths[c.where] + {"login": "", "signup": "/new", "password_reset": "/reset", "lookup": "/identify",
                                              "mfa": "/code", "token": "/refresh"}[t.kind]
        if self.session_style == "always" or ok and self.session_style == "success":
            e["session_id"] = c.session or self.new_session()
        optional = {"credential", "mfa", "app", "endpoint", "asn", "country", "password_fingerprint", "breached_password"}
        # A service that writes no kind writes logins only in effect; its other steps still say what they are.
        e = {k: v for k, v in e.items() if (k not in optional or k in self.writes) and k not in self.drop
             and (k != "kind" or "kind" in self.writes or v != "login")}
        self.out.write(json.dumps(e, separators=(",", ":"), ensure_ascii=False) + "\n")
        inside = t.attack and answer == "ok" and t.kind in ("login", "mfa", "token") and a and not a.thief
        self.csv.writerow((e["event_id"], t.attack, t.cls, "success" if inside else "", f"{now - self.t0:.3f}", t.name, t.undecidable,
                           a.wins if a else 0))
        if a and answer == "ok" and t.kind in ("login", "mfa", "token", "signup"):
            a.wins += 1
        counts = self.by_day.setdefault(int((now - self.t0) // 86400), [0, 0])
        counts[t.attack] += 1

    def close(self):
        self.out.close()
        self.sheet.close()
