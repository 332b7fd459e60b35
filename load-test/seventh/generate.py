"""Labelled sign-in traffic of an invented airline: its members, its partners, and those who attack it.

One seed is one draw of the whole world. People and attackers act in the same clock and ask the same service,
so that neither knows more than the service's answers and each feels what the other does.
"""
import argparse
import sys
from datetime import date, timedelta

from airline import Clock, Service
from chance import DAY, Chance
from clients import Clients
from members import Calendar, Members
from names import Names
from networks import Networks
from plan import Plan
from routine import Routine
from staff import Staff
from visits import Visits


class World:
    """All that the parts of one draw share."""

    def __init__(self, seed, users, days):
        self.chance = Chance(f"airline/{seed}")
        self.days = days
        chance = self.chance.branch("world")
        first_day = date(2025, 1, 7) + timedelta(days=chance.randrange(300))
        self.clock = Clock(days * DAY)
        self.calendar = Calendar(chance, days)
        self.networks = Networks(self.chance.branch("networks"), users)
        self.clients = Clients(self.chance.branch("clients"), self.calendar.release)
        self.names = Names(self.chance.branch("names"))
        self.service = Service(self.chance.branch("service"), self.clock, first_day, self.calendar, self.names)
        self.members = Members(self.chance.branch("members"), self, users)
        self.visits = Visits(self)

    def live(self):
        Routine(self).plan()
        Staff(self).plan()
        Plan(self).plan()
        self.clock.run()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--out", required=True, help="events, one JSON object a line")
    parser.add_argument("--labels", required=True, help="what each event was, as CSV")
    parser.add_argument("--users", type=int, default=10000, help="at least 1000")
    parser.add_argument("--days", type=int, default=4, help="at least 3")
    options = parser.parse_args()
    if options.users < 1000 or options.days < 3:
        parser.error("at least 1000 users and 3 days")
    world = World(options.seed, options.users, options.days)
    world.live()
    service = world.service
    with open(options.out, "w", encoding="utf-8", newline="\n") as out:
        out.write("\n".join(service.lines) + "\n")
    with open(options.labels, "w", encoding="utf-8", newline="\n") as out:
        out.write("event_id,attack,class,outcome,time,username,undecidable\n")
        out.writelines("%s,%d,%s,%s,%s,%s,%d\n" % row for row in service.labels)
    attacks = sum(row[1] for row in service.labels)
    print(f"{len(service.lines)} events, {attacks} of attacks ({100 * attacks / len(service.lines):.1f} %)", file=sys.stderr)


if __name__ == "__main__":
    main()
