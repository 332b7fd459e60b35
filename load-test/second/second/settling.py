"""Settling: the service's own part, in the order of time.

While it has trouble, programs and attacks fail like everybody. An account that is failed often is locked
for a while, so that its owner is turned away too and comes back later. And what hangs on a login (an app's
token, a thief's next step, an owner's recovery) is only there if that login got in.
"""

import heapq
import random
from collections import defaultdict, deque

from second.stream import Event

# How long failures count towards a lock, and how often an owner comes back to a locked account.
FAILURES_SECS = 900
MOST_RETURNS = 4


class Settling:
    """Goes over the stream once."""

    def __init__(self, world, stream):
        self.world, self.style, self.events = world, world.style, stream.events
        self.rng = random.Random(world.seed * 31337 + 3)
        self.failures, self.locked_until = defaultdict(deque), {}
        self.returns = defaultdict(int)
        self.queue = []

    def run(self):
        """The events that there are, in the order of time."""
        self.queue = [(event.time, event.number) for event in self.events if self.world.holds(event.time)]
        heapq.heapify(self.queue)
        got_in, settled = set(), []
        while self.queue:
            event = self.events[heapq.heappop(self.queue)[1]]
            if event.after is not None and event.after not in got_in:
                continue
            self.settle(event)
            if event.fields["outcome"] == "success":
                got_in.add(event.number)
            settled.append(event)
        return settled

    def settle(self, event):
        """What becomes of one event."""
        kind, by_itself = event.fields["kind"], not event.by_hand and not event.settled
        if kind in ("login", "token") and by_itself and self.world.in_outage(event.time):
            if self.rng.random() < self.world.outage_share:
                self.fail(event, "other")
                return
        if self.style.locks and kind == "login" and event.owner is not None and not event.settled:
            self.lock(event)

    def fail(self, event, reason):
        """It fails before anybody has looked at the password."""
        fields = event.fields
        fields.update(outcome="failure", credential="unknown", failure_reason=reason)
        if "mfa" in fields:
            fields["mfa"] = "none"

    def lock(self, event):
        """The lock of the account: it holds, closes or is forgotten."""
        name, time, fields = event.owner.name, event.time, event.fields
        if time < self.locked_until.get(name, -1):
            if fields["outcome"] == "success" and event.by_hand and self.returns[name] < MOST_RETURNS:
                self.come_back(event)
            self.fail(event, "locked")
        elif fields["outcome"] == "failure" and fields["failure_reason"] == "bad_password":
            failures = self.failures[name]
            failures.append(time)
            while failures and failures[0] < time - FAILURES_SECS:
                failures.popleft()
            if len(failures) >= self.style.lock_after:
                self.locked_until[name] = time + self.style.lock_secs
                failures.clear()
        elif fields["outcome"] == "success":
            self.failures[name].clear()

    def come_back(self, event):
        """The owner tries again: at once, or when the lock may be gone."""
        self.returns[event.owner.name] += 1
        soon = self.rng.uniform(20, 200)
        later = self.style.lock_secs * self.rng.uniform(0.8, 1.6)
        time, number = event.time + self.rng.choice([soon, later]), len(self.events)
        again = Event(
            time,
            number,
            dict(event.fields),
            event.crowd,
            event.attack,
            event.undecidable,
            by_hand=True,
            owner=event.owner,
        )
        self.events.append(again)
        if time < self.world.span:
            heapq.heappush(self.queue, (time, number))
