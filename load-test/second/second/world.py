"""The world of one seed: a service, where its people live, and what befalls everybody.

Every seed is another service: another home country, clock, form of names, share of apps and second factors,
with or without a look-up before the password, with or without a lock of its own. What holds for one such
service only must not become a detector's rule.
"""

import random
from dataclasses import dataclass

from second.chance import DAY, HOUR, weighted
from second.names import Names
from second.networks import Networks
from second.tables import COUNTRIES

HOME_COUNTRIES = ["DE", "FR", "GB", "IT", "ES", "US", "BR", "NL", "PL", "CA", "AU", "MX"]
MONTH_ONE = 1735689600  # 2025-01-01


@dataclass
class Style:
    """How this service is made. The fields stand in the order in which they are drawn."""

    name_first: bool  # a page that asks for the name alone, which is a look-up
    locks: bool  # the service locks an account that is failed often
    lock_after: int
    lock_secs: int
    tells_breached: bool  # it knows of passwords that are on public lists
    mfa_share: float
    unknown_credential: str  # the `credential` of an attempt at an unknown name
    name_forms: dict
    app_name: str
    app_share: float
    app_looks_up: bool
    ja4_gap: float  # the share of events that lack the field
    session_gap: float

    @classmethod
    def drawn(cls, rng):
        """Another style for each seed."""
        return cls(
            name_first=rng.random() < 0.55,
            locks=rng.random() < 0.6,
            lock_after=rng.choice([8, 10, 12, 20]),
            lock_secs=rng.choice([600, 900, 1800]),
            tells_breached=rng.random() < 0.5,
            mfa_share=rng.uniform(0.1, 0.4),
            unknown_credential=rng.choice(["invalid", "unknown"]),
            name_forms=rng.choice(
                [
                    {"email": 88, "handle": 9, "phone": 3},
                    {"email": 55, "handle": 30, "phone": 15},
                    {"email": 30, "handle": 55, "phone": 15},
                    {"email": 60, "handle": 6, "phone": 34},
                ]
            ),
            app_name=rng.choice(["Lumio", "Norda", "Zettel", "Parcelo", "Vento"]),
            app_share=rng.uniform(0.28, 0.5),
            app_looks_up=rng.random() < 0.4,
            ja4_gap=rng.uniform(0.01, 0.05),
            session_gap=rng.uniform(0.03, 0.1),
        )


class World:
    """Times in here are seconds since the beginning, which is `began` in seconds since 1970."""

    def __init__(self, seed, days, reference):
        self.seed, self.days, self.span = seed, days, days * DAY
        self.reference = reference
        rng = self.rng = random.Random(seed * 1000003 + 17)
        self.home_country = rng.choice(HOME_COUNTRIES)
        self.draw_countries(rng)
        # The first day may begin at any hour of the clock.
        self.began = MONTH_ONE + rng.randrange(0, 500) * 86400 + rng.choice([0, 0, 5, 9, 13, 20]) * 3600
        self.style = Style.drawn(rng)
        self.names = Names(seed, self.style.name_forms)
        self.networks = Networks(rng, reference, self.home_country)
        self.released_at = rng.uniform(0.15, 0.85) * self.span
        old = rng.randrange(2, 30)
        self.old_version, self.new_version = "7.%d.%d" % (old, rng.randrange(0, 4)), "7.%d.0" % (old + 1)
        self.outage_from = rng.uniform(0.1, 0.9) * self.span
        self.outage_to = self.outage_from + rng.uniform(15, 55) * 60
        self.outage_share = rng.uniform(0.6, 0.95)

    def draw_countries(self, rng):
        """Where people live: about half at home, the rest anywhere; and where the service starts next."""
        weights = {country: rng.lognormvariate(0, 0.7) for country in COUNTRIES}
        elsewhere = sum(weights.values()) - weights[self.home_country]
        at_home = rng.uniform(0.45, 0.72)
        shares = {country: (1 - at_home) * weight / elsewhere for country, weight in weights.items()}
        shares[self.home_country] = at_home
        self.launch_country = rng.choice([country for country in COUNTRIES if country != self.home_country])
        moved = shares[self.launch_country]
        shares[self.launch_country] = 0.002
        shares[self.home_country] += moved - 0.002
        self.country_shares = shares

    def country(self, rng):
        """A country, as often as people live there."""
        return weighted(rng, list(self.country_shares.items()))[0]

    def common_countries(self):
        """Countries in which there are people worth a proxy."""
        return [country for country in COUNTRIES if self.country_shares[country] > 0.004]

    def local(self, day, hour, utc_hours):
        """The time at which clocks of that zone show `hour` on the `day`."""
        return day * DAY + (hour - utc_hours) * HOUR - self.began % DAY

    def is_weekend(self, time):
        """Whether `time`, given in local time, lies on a Saturday or Sunday."""
        return int((time + self.began) // DAY + 4) % 7 in (0, 6)

    def is_office_hour(self, time, utc_hours):
        """Whether people in that zone are at work."""
        hour = (time + self.began + utc_hours * HOUR) / HOUR % 24
        return 8 <= hour < 18 and int((time + self.began + utc_hours * HOUR) // DAY + 4) % 7 not in (0, 6)

    def in_outage(self, time):
        """Whether the service has trouble."""
        return self.outage_from <= time <= self.outage_to

    def holds(self, time):
        """Whether the time lies within the run."""
        return 0 <= time < self.span
