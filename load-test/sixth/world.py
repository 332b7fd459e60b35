"""One seed's world: its streams of chance, its calendar, and what people and attackers share."""
import datetime
import random

from draw import DAY, HOUR, mix
from names import Names
from net import Networks
from service import Service


class World:
    def __init__(self, seed, users, days):
        self.seed, self.size, self.days, self.end = seed, users, days, days * DAY
        self.rng = r = self.stream('world')
        self.start = datetime.datetime(2026, 1, 5, tzinfo=datetime.timezone.utc) + datetime.timedelta(days=r.randrange(0, 60))
        self.first_weekday = self.start.weekday()
        self.net = Networks(r)
        self.calendar(r)
        self.names = Names()
        self.service = Service(self)
        self.emit, self.broken = self.service.emit, self.service.broken
        self.people_rng, self.attack_rng = self.stream('people'), self.stream('attack')
        # People: all, by name, those who come, those who do not
        self.users, self.accounts, self.active, self.dormant = [], {}, [], []
        self.offices, self.office_of, self.forced_office, self.hotels = [], {}, None, []
        self.homes = self.devices = 0           # counted, as keys for mix
        # Attackers: accounts in their lists, accounts whose password they have, victims of guessing, accounts taken over
        self.listed, self.victims, self.next_victim, self.named, self.compromised = [], [], 0, [], []
        self.people_events = [0] * days
        self.low_slow, self.laundry = {}, {}    # campaigns that go on for days

    def stream(self, name):
        return random.Random('%d/%s' % (self.seed, name))

    def mix(self, *numbers):
        return mix(self.seed, *numbers)

    def calendar(self, r):
        """An outage, a release of the app, an office's forced change, a voucher rush, a wave of resets."""
        days = self.days
        self.outage_day = r.choice([2, 3]) if days > 3 else days - 1
        self.outage_begin = self.outage_day * DAY + r.uniform(16.2, 19.2) * HOUR
        self.outage_end = self.outage_begin + r.uniform(18, 30) * 60
        self.release = r.choice([1, 2, 3]) * DAY + r.uniform(8, 11) * HOUR
        self.forced_day = 1
        for _ in range(20):
            day = r.choice(range(days))
            if (self.first_weekday + day) % 7 < 5:
                self.forced_day = day
                break
        self.rush = r.choice([0, 1, 2, 3, 4][:days]) * DAY + r.uniform(18.8, 19.6) * HOUR
        self.reset_wave = r.choice([1, 2, 3, 4][:max(1, days - 1)]) * DAY + r.uniform(8, 11) * HOUR
