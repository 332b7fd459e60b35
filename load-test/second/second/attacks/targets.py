"""Targets: the names that an attack tries, and whose they are.

A list that was stolen elsewhere has some names that are people's here; a walk goes through names in some
order. Names are made by the functions that make people's, so a name that nobody has looks like one.
"""

from typing import NamedTuple, Optional

from second.names import colleague, dial_prefix
from second.people import Person
from second.tables import FIRST_NAMES, LAST_NAMES

WALKS = ["numbers", "phones", "dictionary", "random", "colleagues"]


class Target(NamedTuple):
    """A name, and who has it, if anybody has."""

    name: str
    person: Optional[Person]


def targets(gang, count, known, form=None):
    """So many names, of which the share `known` is somebody's here; of one form, or of all."""
    rng, world = gang.rng, gang.world
    accounts = gang.accounts
    if form:
        accounts = [person for person in accounts if person.form == form] or accounts
    hits = rng.sample(accounts, min(int(count * known + 0.5), len(accounts)))
    found = [Target(person.name, person) for person in hits]
    while len(found) < count:
        if form == "employee" or (form is None and rng.random() < 0.04):
            name = rng.choice(gang.offices).number(rng.randrange(0, 4000))
        elif form is None and rng.random() < 0.06:
            name = colleague_of(gang, rng.choice(gang.offices))
        else:
            name = world.names.free(rng, world.country(rng), form)
        found.append(Target(name, None))
    rng.shuffle(found)
    # A made-up name may be somebody's after all.
    return [Target(name, person or gang.by_name.get(name)) for name, person in found]


def colleague_of(gang, office):
    """A name that somebody in the office might have."""
    return colleague(gang.rng, office.domain)


def walk(gang, count):
    """So many names in a row: staff or phone numbers, a dictionary, an office's people, or no order."""
    rng = gang.rng
    how = rng.choice(WALKS)
    numbered = [office for office in gang.offices if office.numbers_people]
    if how == "numbers" and numbered:
        office = rng.choice(numbered)
        names = [office.number(at - count // 20) for at in range(count)]
        if rng.random() < 0.4:
            rng.shuffle(names)
    elif how == "phones":
        first, prefix = rng.randrange(10**7), dial_prefix(gang.world.home_country)
        names = ["%s%08d" % (prefix, first + at * rng.choice([1, 1, 1, 2])) for at in range(count)]
    elif how == "dictionary":
        names = dictionary(rng, count)
    elif how == "colleagues":
        others = [office for office in gang.offices if not office.numbers_people]
        office = rng.choice(others or gang.offices)
        names = sorted({colleague_of(gang, office) for _ in range(count)})
        missing = range(count - len(names))
        names += [colleague_of(gang, office).replace("@", "2@") for _ in missing]
    else:
        names = [name for name, _ in targets(gang, count, rng.uniform(0.05, 0.3))]
    return [Target(name, gang.by_name.get(name)) for name in names[:count]]


def dictionary(rng, count):
    """First and last names put together, some with a mail domain."""
    endings = ["", "", "1", "12", "@gmail.com", "@hotmail.com", "@outlook.com", "@yahoo.com"]
    firsts, lasts = rng.choices(FIRST_NAMES, k=count), rng.choices(LAST_NAMES, k=count)
    parts = zip(firsts, lasts, rng.choices(endings, k=count))
    return [first + rng.choice(["", ".", "_"]) + last + ending for first, last, ending in parts]
