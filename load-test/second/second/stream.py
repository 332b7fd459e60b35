"""The stream: all events, and the log through which they are written.

People and attackers write through the same functions, which decide what fields an event carries: the gaps of
a field are those of the service and of the client, never those of an attack.

What stands in an event when it is written is what would happen were the service in order and no account
locked. `settling` goes over it later in the order of time.
"""

from second.clients import new_device


class Event:
    """An event, and what of it only the labels and the settling need."""

    __slots__ = (
        "time",
        "number",
        "fields",
        "crowd",
        "attack",
        "undecidable",
        "after",
        "by_hand",
        "settled",
        "owner",
    )

    def __init__(
        self,
        time,
        number,
        fields,
        crowd,
        attack,
        undecidable=0,
        after=None,
        by_hand=False,
        settled=False,
        owner=None,
    ):
        self.time, self.number, self.fields = time, number, fields
        self.crowd = crowd  # the class of the labels
        self.attack, self.undecidable = attack, undecidable
        self.after = after  # the number of the login without which it would not be
        self.by_hand = by_hand  # a person, who has tried through the outage already and comes back if locked
        self.settled = settled  # the outage's own failure, which is taken as it is
        self.owner = owner  # whose account it is, if somebody's of this world


class Stream:
    """All events, in the order of writing. An event's number is its place."""

    def __init__(self):
        self.events = []

    def append(self, time, fields, *labels, **more):
        """Adds an event and says its number."""
        number = len(self.events)
        self.events.append(Event(time, number, fields, *labels, **more))
        return number


class Log:
    """One writer's way into the stream: with its own chance, for people or for attacks."""

    def __init__(self, world, stream, rng, attack):
        self.world, self.stream, self.rng, self.attack = world, stream, rng, int(attack)

    def fields(self, time, name, place, client, kind, outcome, sid, endpoint=None):
        """What every event has, as far as its client shows it. The order of keys is that of the file."""
        rng, style = self.rng, self.world.style
        fields = {"time": time, "kind": kind, "outcome": outcome}
        fields.update(ip=place.ip, asn=place.asn, country=place.country, app=client.app)
        fields["endpoint"] = endpoint or client.endpoint_for(kind)
        fields["username"] = name
        fields["user_agent"] = client.agent_at(self.world, time)
        if client.token_mode == "stable" and client.device:
            fields["device_id"] = client.device
        elif client.token_mode == "fresh":
            fields["device_id"] = new_device(rng, client.app)
        if client.app != "vpn" and rng.random() > style.ja4_gap:
            fields["ja4"] = client.ja4(rng)
        if client.has_session and sid:
            # Who keeps no cookies often has no session to show either.
            gap = style.session_gap if client.token_mode == "stable" else 0.35
            if rng.random() > gap:
                fields["session_id"] = sid
        return fields

    def simple(self, kind, reason, time, crowd, name, place, client, found, sid=None, after=None):
        """An event that lets nobody in."""
        fields = self.fields(time, name, place, client, kind, "success" if found else "failure", sid)
        if not found:
            fields["failure_reason"] = reason
        return self.stream.append(time, fields, crowd, self.attack, after=after)

    def lookup(self, *event, **more):
        """Somebody asks whether there is such a name."""
        return self.simple("lookup", "unknown_user", *event, **more)

    def reset(self, *event, **more):
        """Somebody asks for a new password."""
        return self.simple("password_reset", "unknown_user", *event, **more)

    def signup(self, *event, **more):
        """Somebody makes an account."""
        return self.simple("signup", "other", *event, **more)

    def step_up(self, time, crowd, name, place, client, passed, sid, after):
        """A second factor, asked for within a session."""
        outcome = "success" if passed else "failure"
        fields = self.fields(time, name, place, client, "mfa", outcome, sid)
        fields["mfa"] = "passed" if passed else "failed"
        if not passed:
            fields["failure_reason"] = "bad_mfa"
        return self.stream.append(time, fields, crowd, self.attack, after=after)

    def token(
        self,
        time,
        crowd,
        name,
        place,
        client,
        good=True,
        reason="expired",
        sid=None,
        after=None,
        undecidable=0,
        endpoint=None,
    ):
        """An app or a program shows the token of an earlier login."""
        outcome = "success" if good else "failure"
        fields = self.fields(time, name, place, client, "token", outcome, sid, endpoint)
        fields["credential"] = "valid" if good else "invalid"
        if not good:
            fields["failure_reason"] = reason
        return self.stream.append(time, fields, crowd, self.attack, undecidable, after)

    def login(
        self, result, time, crowd, name, place, client, password, mfa=None, breached=None, sid=None, **labels
    ):
        """A login that ends with `result`: outcome, what the service says of the password, and why it failed.

        `labels` are `owner`, `by_hand`, `settled`, `after`, `undecidable` of the event.
        """
        outcome, credential, reason = result
        fields = self.fields(time, name, place, client, "login", outcome, sid)
        fields["credential"] = credential
        if outcome == "failure":
            fields["failure_reason"] = reason
        fields["mfa"] = mfa or "none"
        fields["password_fingerprint"] = self.world.names.fingerprint(password)
        if self.world.style.tells_breached and client.app != "vpn":
            fields["breached_password"] = bool(breached)
        return self.stream.append(time, fields, crowd, self.attack, **labels)

    def entered(self, *event, **more):
        """The right password, and whatever else was asked for."""
        return self.login(("success", "valid", None), *event, **more)

    def wrong(self, *event, **more):
        """A name that is there, with a wrong password."""
        return self.login(("failure", "invalid", "bad_password"), *event, **more)

    def unknown(self, *event, **more):
        """A name that is not there."""
        return self.login(("failure", self.world.style.unknown_credential, "unknown_user"), *event, **more)

    def no_code(self, *event, **more):
        """The right password, and not the second factor."""
        return self.login(("failure", "valid", "bad_mfa"), *event, mfa="failed", **more)

    def out_of_order(self, *event, **more):
        """Nobody could say whether the password was right: the service has trouble."""
        return self.login(("failure", "unknown", "other"), *event, settled=True, **more)
