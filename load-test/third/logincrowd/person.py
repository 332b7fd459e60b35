"""How one person signs in: looks up, mistypes, retries, forgets, succeeds."""
from . import names

RHYTHMS = {  # weight of each local hour
    "evening": [3, 2, 1, 1, 1, 2, 4, 7, 8, 8, 8, 8, 9, 8, 8, 8, 9, 11, 14, 17, 19, 18, 13, 7],
    "office": [1, 1, 0.4, 0.3, 0.4, 1, 4, 10, 19, 20, 17, 14, 11, 15, 17, 15, 12, 8, 5, 4, 4, 3, 2, 1],
    "phone": [3, 2, 1, 1, 1, 3, 8, 12, 11, 8, 8, 9, 13, 10, 8, 8, 9, 12, 12, 12, 13, 14, 11, 6],
    "night": [12, 8, 5, 3, 2, 1, 2, 3, 4, 4, 5, 6, 7, 7, 8, 9, 11, 12, 13, 16, 19, 21, 20, 16],
    "lunch": [2, 1, 1, 0.5, 0.5, 1, 2, 4, 5, 6, 10, 18, 19, 11, 6, 5, 7, 13, 20, 19, 12, 8, 5, 3],
    "flat": [1] * 24,
}


def weekday(world, t, tz):
    """0 = Monday, in the local time of the person."""
    return int((world.service.start + t + tz * 3600) // 86400 + 3) % 7


def local_hour(world, t, tz):
    return (world.service.start + t + tz * 3600) / 3600 % 24


def visit_times(world, rng, rate, tz, rhythm):
    """Times of visits over the whole span, by hour and weekday."""
    weights, times = RHYTHMS[rhythm], []
    for day in range(-1, world.service.days + 1):
        midnight = day * 86400 - (world.service.start + tz * 3600) % 86400
        factor = rng.uniform(0.6, 1.4)
        if weekday(world, midnight + 43200, tz) >= 5:
            factor *= 0.3 if rhythm == "office" else 1.15
        count = _poisson(rng, rate * factor)
        for hour in rng.choices(range(24), weights, k=count):
            times.append(midnight + hour * 3600 + rng.random() * 3600)
    return sorted(t for t in times if 0 <= t < world.span)


def _poisson(rng, mean):
    if mean > 40:
        return max(0, int(rng.gauss(mean, mean ** 0.5) + 0.5))
    count, left = 0, rng.expovariate(1.0)
    while left < mean:
        count += 1
        left += rng.expovariate(1.0)
    return count


class Visit:
    """One visit: the events that one person makes in one sitting."""

    def __init__(self, world, rng, account, device, place, cls, ip=None):
        self.world, self.rng, self.account = world, rng, account
        self.device, self.place, self.cls = device, place, cls
        self.ip = ip
        self.token = device.token_at(rng) if rng.random() > 0.06 else None   # scripts blocked
        self.session = "%020x" % rng.getrandbits(80) if rng.random() < 0.9 else None
        self.double = rng.random() < 0.004

    def event(self, t, kind, ok, name=None, **more):
        account, device = self.account, self.device
        ip = self.ip or self.place.address(self.rng, t, device.key)
        more.setdefault("endpoint", device.endpoint)
        extra = {"username": name or account.name, "agent": device.agent_at(t), "ja4": device.ja4,
                 "device": self.token, "session": self.session, "account": account}
        extra.update(more)
        event = self.world.journal.add(t, kind, ok, self.cls, ip, self.place, **extra)
        if event and self.double and kind == "login":
            self.world.journal.add(t + self.rng.uniform(0.05, 0.9), kind, ok, self.cls, ip,
                                   self.place, **extra)
        return event

    def attempt(self, t, password, name=None):
        """One login attempt, judged by the service; returns True if let in."""
        account, rng = self.account, self.rng
        if name is not None and name != account.name and name.strip().lower() != account.name:
            other = self.world.by_name.get(name)
            self.event(t, "login", False, name, password=password, account=other,
                       reason="bad_password" if other else "unknown_user",
                       credential="invalid" if other else "unknown")
            return False
        if password != account.password_at(t):
            self.event(t, "login", False, name, password=password, reason="bad_password",
                       credential="invalid")
            return False
        if not account.mfa:
            self.event(t, "login", True, name, password=password, credential="valid",
                       mfa="none" if rng.random() < 0.9 else None)
            return True
        return self._second_factor(t, password, name)

    def _second_factor(self, t, password, name):
        rng, trusted = self.rng, self.rng.random() < 0.6
        if trusted or not self.world.service.separate_mfa:
            failed = not trusted and rng.random() < 0.03
            self.event(t, "login", not failed, name, password=password, reason="bad_mfa",
                       credential="valid", mfa="failed" if failed else "passed")
            return not failed
        if rng.random() < 0.05:
            self.event(t, "mfa", False, reason="bad_mfa", mfa="failed")
            t += rng.uniform(8, 30)
        self.event(t, "mfa", True, mfa="passed")
        self.event(t + 0.3, "login", True, name, password=password, credential="valid", mfa="passed")
        return True

    def wrong_guess(self, t):
        """The password somebody types who does not recall the right one."""
        account, rng = self.account, self.rng
        if account.traits["old"] and rng.random() < 0.6:
            return rng.choice(account.traits["old"])
        return names.tweak(rng, account.password_at(t))

    def pause(self):
        return min(240.0, 2.0 + self.rng.lognormvariate(2.3, 0.8))

    def sign_in(self, t, mistakes=None):
        """The whole walk to a login; returns the time it ended."""
        account, rng, world = self.account, self.rng, self.world
        if account.token_habit and self.device.kind != "tool" and rng.random() < account.token_habit:
            expired = rng.random() < 0.02
            self.event(t, "token", not expired, reason="expired",
                       endpoint=world.service.endpoints["token"])
            if not expired:
                return t
            t += rng.uniform(2, 20)
        if rng.random() < account.lookup_habit:
            if rng.random() < 0.03:
                self.event(t, "lookup", False, names.slip_name(rng, account.name), account=None,
                           reason="unknown_user")
                t += self.pause()
            self.event(t, "lookup", True)
            t += rng.uniform(2, 9)
        if mistakes is None and rng.random() < account.forgets:
            return self.forget(t)
        if mistakes is None:
            mistakes = 0
            if rng.random() < account.typo:
                mistakes = rng.choices((1, 2, 3, 4), (84, 11, 4, 1))[0]
        t = self.mistype(t, mistakes)
        name = None
        if rng.random() < 0.02:
            name = account.name.capitalize() if rng.random() < 0.7 else account.name + " "
        if not self.attempt(t, account.password_at(t), name):
            t += self.pause()
            self.attempt(t, account.password_at(t))
        if account.mfa and world.service.step_up and rng.random() < 0.2:
            self.event(t + rng.uniform(30, 600), "mfa", rng.random() > 0.04, reason="bad_mfa", mfa="passed")
        return t

    def mistype(self, t, mistakes):
        account, rng = self.account, self.rng
        shape, stuck = rng.random(), None
        for _ in range(mistakes):
            right = account.password_at(t)
            if shape < 0.12:
                self.attempt(t, right, names.slip_name(rng, account.name))
            elif shape < 0.14:      # the password went into the name box
                self.attempt(t, right, right)
            elif shape < 0.30:      # caps lock: the same wrong text each time
                stuck = stuck or right.swapcase() + ("" if right.swapcase() != right else "1")
                self.attempt(t, stuck)
            elif shape < 0.55:
                self.attempt(t, self.wrong_guess(t))
            else:
                self.attempt(t, names.slip(rng, right))
            t += self.pause()
        return t

    def forget(self, t):
        """Several guesses, then a reset, or giving up until later."""
        account, rng = self.account, self.rng
        for _ in range(rng.choice((1, 2, 2, 3, 3, 4, 5, 7))):
            self.attempt(t, self.wrong_guess(t))
            t += self.pause() * 1.5
        if rng.random() < 0.2:
            t += rng.uniform(1800, 30000)
            self.attempt(t, account.password_at(t))
            return t
        return self.reset(t)

    def reset(self, t):
        account, rng = self.account, self.rng
        self.event(t, "password_reset", True)
        t += rng.lognormvariate(4.6, 0.8)
        account.change_password(t, names.tweak(rng, account.password_at(t)) if rng.random() < 0.5
                                else names.make_password(rng, account.name))
        t += rng.uniform(5, 40)
        if rng.random() < 0.08:
            self.attempt(t, rng.choice(account.traits["old"]))
            t += self.pause()
        self.attempt(t, account.password_at(t))
        return t
