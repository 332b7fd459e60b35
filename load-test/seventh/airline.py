"""The airline's sign-in service: its accounts, its answers, its clock and its log.

Everybody, honest or not, is a small routine that asks this service and goes on according to its answer.
So a lock, an outage or a changed password has the consequences it would have, for people and thieves.
"""
import hashlib
import heapq
import hmac
import json
from collections import namedtuple
from datetime import datetime, timedelta, timezone

from chance import MINUTE

# what the service sees of a caller
Front = namedtuple("Front", "ip asn country agent ja4 device app endpoint")
# who it really was
Who = namedtuple("Who", "name attack undecidable")


def person(name):
    return Who(name, 0, 0)


def thief(name, undecidable=0):
    return Who(name, 1, undecidable)


class Account:
    __slots__ = ("names", "password", "former", "mfa", "fails", "locked", "expired", "owner", "known", "people",
                 "sessions")

    def __init__(self, names, password, owner="member"):
        self.names, self.password, self.owner = names, password, owner
        self.former, self.fails, self.known = [], [], set()
        self.people, self.sessions = [], []
        self.mfa = self.expired = False
        self.locked = -1


class Clock:
    """Runs everybody's routine in order of time; a routine yields when it wants to be woken."""

    def __init__(self, end):
        self.now, self.end, self.count, self.heap = 0, end, 0, []

    def start(self, at, routine):
        if at < self.end:
            self.count += 1
            heapq.heappush(self.heap, (at, self.count, routine))

    def run(self):
        while self.heap:
            self.now, _, routine = heapq.heappop(self.heap)
            at = next(routine, None)
            if at is not None:
                self.start(max(int(at), self.now + 1), routine)


class Service:
    def __init__(self, chance, clock, first_day, calendar, names):
        self.chance, self.clock, self.calendar, self.names = chance, clock, calendar, names
        self.first = datetime.combine(first_day, datetime.min.time(), timezone.utc)
        self.key = chance.hex(32).encode()
        self.salt = chance.hex(16)
        self.checks_breaches, self.breach_filter = chance.yes(0.4), chance.randrange(13, 22)
        self.fail_limit = chance.randrange(6, 11)
        self.fail_window = chance.randrange(15, 41) * MINUTE
        self.lock_time = chance.randrange(20, 91) * MINUTE
        self.accounts, self.prints, self.sessions = {}, {}, {}
        self.lines, self.labels = [], []
        self.on_theft = self.opened = None

    def add(self, account):
        for name in account.names:
            self.accounts[name.lower()] = account
            self.names.used.add(name)

    def fingerprint(self, password):
        found = self.prints.get(password)
        if found is None:
            found = self.prints[password] = hmac.digest(self.key, password.encode(), "sha256").hex()[:24]
        return found

    def write(self, who, front, kind, reason, name, extra, let_in=False):
        """One event and its label."""
        number = len(self.lines)
        ident = hashlib.md5(f"{self.salt}/{number}".encode()).hexdigest()[:16]
        stamp = self.first + timedelta(milliseconds=self.clock.now)
        event = {"event_id": ident, "time": stamp.strftime("%Y-%m-%dT%H:%M:%S.") + "%03dZ" % (self.clock.now % 1000),
                 "kind": kind, "outcome": "failure" if reason else "success"}
        if reason:
            event["failure_reason"] = reason
        event.update(ip=front.ip, asn=front.asn, country=front.country, username=name, endpoint=front.endpoint,
                     app=front.app)
        for field in ("device", "ja4"):
            value = getattr(front, field)
            if value:
                event["device_id" if field == "device" else field] = value
        event["user_agent"] = front.agent
        event.update(extra)
        self.lines.append(json.dumps(event, separators=(",", ":")))
        self.labels.append((ident, who.attack, who.name, "success" if let_in else "failure",
                            "%.3f" % (self.clock.now / 1000), name, who.undecidable))

    def broken(self):
        start, end = self.calendar.outage
        return start <= self.clock.now < end and self.chance.yes(0.96)

    def stolen(self, who, account):
        """Whether a success counts: a thief's does only in somebody else's account."""
        if not who.attack:
            return True
        if account.owner == "thief":
            return False
        if self.on_theft:
            self.on_theft(account)
        return True

    def login(self, who, front, name, password, code=0.94, leaked=False):
        """Answers "" for success, else the reason of the failure."""
        account = self.accounts.get(name.lower())
        extra = {"password_fingerprint": self.fingerprint(password), "credential": "unknown"}
        right = account is not None and account.password == password
        if self.checks_breaches:
            # a filter of breached passwords, which for some says yes by mistake
            extra["breached_password"] = leaked or int(extra["password_fingerprint"][-2:], 16) < self.breach_filter
        reason = ""
        if self.broken():
            reason = "other"
        elif account is None:
            reason = "unknown_user"
        elif self.clock.now < account.locked:
            reason = "locked"
        elif not right:
            reason = "bad_password"
            account.fails = [at for at in account.fails if at > self.clock.now - self.fail_window] + [self.clock.now]
            if len(account.fails) >= self.fail_limit:
                account.locked = self.clock.now + self.lock_time
                account.fails = []
        elif account.expired:
            reason = "expired"
        elif account.mfa and (front.device is None or front.device not in account.known):
            passed = self.chance.yes(code)
            extra["mfa"] = "passed" if passed else "failed"
            reason = "" if passed else "bad_mfa"
        if reason not in ("other", "locked") and account is not None:
            extra["credential"] = "valid" if right else "invalid"
        if not reason:
            extra.setdefault("mfa", "none")
            account.fails = []
            if front.device:
                account.known.add(front.device)
            extra["session_id"] = self.opened = self.open_session(account)
        let_in = not reason and self.stolen(who, account)
        self.write(who, front, "login", reason, name, extra, let_in)
        return reason

    def open_session(self, account):
        session = "s" + self.chance.hex(18)
        self.sessions[session] = account
        account.sessions.append(session)
        return session

    def token(self, who, front, name, session):
        account = self.sessions.get(session)
        reason = "other" if self.broken() else "" if account else "expired"
        self.write(who, front, "token", reason, name, {"session_id": session},
                   not reason and self.stolen(who, account))
        return reason

    def lookup(self, who, front, name):
        reason = "other" if self.broken() else "" if name.lower() in self.accounts else "unknown_user"
        self.write(who, front, "lookup", reason, name, {})
        return reason

    def step_up(self, who, front, name, passed):
        """A code asked for before miles are spent or a traveller's papers are shown."""
        reason = "other" if self.broken() else "" if passed else "bad_mfa"
        account = self.accounts.get(name.lower())
        let_in = not reason and account is not None and self.stolen(who, account)
        self.write(who, front, "mfa", reason, name, {"mfa": "failed" if reason == "bad_mfa" else "none" if reason
                                                     else "passed"}, let_in)
        return reason

    def reset(self, who, front, name):
        """The mail of a reset was asked for and, on success, answered."""
        reason = "other" if self.broken() else "" if name.lower() in self.accounts else "unknown_user"
        self.write(who, front, "password_reset", reason, name, {})
        return reason

    def change(self, account, password):
        account.former.append(account.password)
        account.password = password
        account.expired = False
        account.locked, account.fails = -1, []
        self.end_sessions(account)

    def end_sessions(self, account):
        for session in account.sessions:
            self.sessions.pop(session, None)
        account.sessions = []

    def signup(self, who, front, account):
        name = account.names[0]
        taken = name.lower() in self.accounts
        reason = "other" if self.broken() or taken else ""
        if not reason:
            self.add(account)
            if front.device:
                account.known.add(front.device)
        extra = {"password_fingerprint": self.fingerprint(account.password)}
        self.write(who, front, "signup", reason, name, extra, not reason and not who.attack)
        return reason
