"""The gang: everybody who attacks, with what they know, and how they make an attempt.

The outcome of an attempt follows from the account: whether the name is there, whether the password is the one
in force at that time, whether a second factor stands in the way. The attack only decides what it tries.
"""

import random
from collections import Counter

from second.attacks import sources, timing
from second.attacks.targets import targets
from second.chance import digest, session_id
from second.names import as_typed, popular_password
from second.stream import Log


class Gang:
    """All attackers of a run."""

    def __init__(self, town, stream):
        self.town, self.world = town, town.world
        self.rng = random.Random(self.world.seed * 104729 + 31)
        self.log = Log(self.world, stream, self.rng, attack=True)
        self.owners_log = Log(self.world, stream, self.rng, attack=False)
        self.offices = town.people.offices
        settled = [person for person in town.people.active if person.born == 0]
        self.accounts = settled + town.people.dormant
        self.active = [person for person in settled if person.visits_a_day > 0]
        self.by_name = {person.name: person for person in self.accounts}
        self.times_of_people = sorted(event.time for event in stream.events)
        self.peoples_clients = [client for person in self.active for client, _, _ in person.devices]
        agents = Counter(client.user_agent for client in self.peoples_clients if client.app == "web")
        least = sum(agents.values()) * 0.008
        self.frequent_agents = [(agent, count) for agent, count in agents.items() if count > least]
        # How many passwords of the list that was bought last are on public lists as well.
        self.listed_share = 0.3
        self.thefts = []  # (time, person, number of the login) of each account that fell

    # What most kinds draw.

    def start(self, span):
        """When an attack that takes so long may begin."""
        return self.rng.uniform(0, max(60, self.world.span - span))

    def known_share(self):
        """How many of a list's names have an account here."""
        return self.rng.uniform(0.05, 0.3)

    def right_rate(self):
        """How many attempts with a list have the right password: one in a thousand to one in 56."""
        return 10 ** self.rng.uniform(-3, -1.75)

    def sources(self, kind, count, countries=None):
        """So many sources of a kind."""
        return sources.sources(self, kind, count, countries)

    def place(self, source, time):
        """Where an attempt through the source comes from."""
        return sources.place_of(self, source, time)

    def times(self, count, start, span, rhythm=None):
        """So many times in order."""
        return timing.times(self, count, start, span, rhythm)

    def targets(self, count, known, form=None):
        """A list of names."""
        return targets(self, count, known, form)

    # One attempt.

    def attempt(
        self,
        time,
        crowd,
        target,
        place,
        client,
        password,
        right=False,
        breached=False,
        every_step=False,
        beats_mfa=0.12,
    ):
        """Tries a password (the right one if `right`) on a name; as a browser does with `every_step`."""
        rng, (name, person) = self.rng, target
        sid = session_id(rng)
        if rng.random() < 0.03:
            name = as_typed(rng, name)
        if every_step:
            time = self.look_up(time, crowd, name, person, place, client, sid)
            if time is None:
                return
        event = time, crowd, name, place, client
        if person is None:
            self.log.unknown(*event, password, breached=breached, sid=sid)
            return
        current = person.password_at(time)
        if right:
            password = current
        if password != current:
            self.log.wrong(*event, password, breached=breached, sid=sid, owner=person)
            return
        breached = breached or person.breached
        if person.has_mfa and rng.random() > beats_mfa:
            self.log.no_code(*event, password, breached=breached, sid=sid, owner=person)
            return
        mfa = "passed" if person.has_mfa else None
        login = self.log.entered(*event, password, mfa, breached, sid, owner=person)
        self.thefts.append((time, person, login))
        if rng.random() < 0.3:
            self.go_on(event, sid, login)

    def look_up(self, time, crowd, name, person, place, client, sid):
        """The step before the password, where there is one; says when the next is, or None if in vain."""
        rng = self.rng
        if not (self.world.style.name_first or rng.random() < 0.25) or client.app == "api":
            return time
        self.log.lookup(time, crowd, name, place, client, person is not None, sid)
        time += rng.lognormvariate(1.6, 0.5) + 0.5
        return None if person is None and rng.random() < 0.8 else time

    def go_on(self, event, sid, login):
        """What a thief does some minutes after: meets the second factor, or uses the token."""
        rng, (time, crowd, name, place, client) = self.rng, event
        time += rng.lognormvariate(6, 1)
        if client.app == "web":
            passed = rng.random() < 0.4
            self.log.step_up(time, crowd, name, place, client, passed, sid, login)
        else:
            self.log.token(time, crowd, name, place, client, sid=sid, after=login)

    def listed_password(self, target):
        """What a list has for a name, and whether public lists have it.

        An old password of the person's, a popular one, or any other: one of three for each name.
        """
        rng, (name, person) = self.rng, target
        kind = rng.random()
        if person and person.old_passwords and kind < 0.5:
            return person.old_passwords[0], person.old_leaked
        if kind < 0.58:
            return popular_password(rng), True
        return "L%s" % digest(name + str(int(kind * 3)), 14), rng.random() < self.listed_share

    # Stuffing in general.

    def stuff(
        self,
        crowd,
        count,
        start,
        span,
        sources,
        tries,
        disguise,
        known,
        rate,
        rhythm=None,
        every_step=False,
        reuse="in_turn",
        per_name=1,
    ):
        """Tries a list of stolen pairs.

        `tries()` is how often an address is used, `reuse` whether that is in a row (`in_turn`), about the
        same time (`near`), any time (`scattered`) or by turns (`robin`); `known` of the names have accounts,
        and `rate` of all attempts have the right password; `per_name` is how often a name is tried.
        """
        rng = self.rng
        self.listed_share = rng.choice([0.03, 0.15, 0.4])
        count = max(1, int(count / (1.35 if every_step else 1)))
        names = self.targets(max(1, count // per_name), known)
        accounts = max(1, sum(1 for target in names if target.person))
        right = min(0.6, rate * len(names) * per_name / accounts)
        times = self.times(count, start, span, rhythm)
        order = self.order_of_sources(count, len(sources), tries, reuse)
        for at in range(count):
            step = at if per_name == 1 or rng.random() < 0.5 else at // per_name
            target = names[step % len(names)]
            place = self.place(sources[order[at]], times[at])
            client = disguise.at(order[at])
            password, breached = self.listed_password(target)
            is_right = target.person is not None and rng.random() < right
            self.attempt(times[at], crowd, target, place, client, password, is_right, breached, every_step)

    def order_of_sources(self, count, sources, tries, reuse):
        """The number of the source of each attempt."""
        rng, order = self.rng, []
        for source in range(sources):
            order += [source] * tries()
        while len(order) < count:
            order += [rng.randrange(sources) for _ in range(count - len(order))]
        order = order[:count]
        if reuse == "scattered":
            rng.shuffle(order)
        elif reuse == "near":
            blurred = sorted((at + rng.uniform(0, count * 0.05), source) for at, source in enumerate(order))
            order = [source for _, source in blurred]
        elif reuse == "robin" and len(set(order)) < 3 * sources // 4:
            order = [at % sources for at in range(count)]
        return order
