"""Names: what people are called at the service, how they mistype it, and what stands for their passwords.

A password is a word that says whose it is (`u17` is somebody's own, `pop3` a popular one); events carry only
its keyed digest. Attackers' lists are made of the same functions.
"""

import hashlib

from second.chance import weighted
from second.tables import (
    DIAL_PREFIXES,
    DISPOSABLE_MAIL_DOMAINS,
    FIRST_NAMES,
    LAST_NAMES,
    MAIL_DOMAINS,
    NATIONAL_MAIL_DOMAINS,
    NICKNAME_WORDS,
    OTHER_DIAL_PREFIX,
)

MISTYPED_DOMAINS = {"hotmail.com": "hotmai.com", "yahoo.com": "yaho.com"}
MISTYPED_GMAIL = ["gmial.com", "gmail.con", "gamil.com", "gmail.co"]


class Names:
    """The names of one seed's service: in which forms they come, and which are taken."""

    def __init__(self, seed, forms):
        self.forms = list(forms.items())
        self.taken = set()
        self.key = hashlib.sha256(b"k%d" % seed).digest()[:32]

    def new(self, rng, country, form=None):
        """A name that is taken from now on."""
        name = self.free(rng, country, form)
        self.taken.add(name)
        return name

    def free(self, rng, country, form=None):
        """A name that nobody has yet (after fifty tries somebody may)."""
        form = form or weighted(rng, self.forms)[0]
        for _ in range(50):
            if form == "email":
                name = email(rng, country)
            else:
                name = phone(rng, country) if form == "phone" else handle(rng)
            if name not in self.taken:
                break
        return name

    def fingerprint(self, password):
        """What an event says of a password."""
        return hashlib.blake2b(str(password).encode(), key=self.key, digest_size=12).hexdigest()


def email(rng, country):
    """A mail address as people of the country have them."""
    first, last, kind = rng.choice(FIRST_NAMES), rng.choice(LAST_NAMES), rng.random()
    if kind < 0.35:
        local = first + "." + last
    elif kind < 0.45:
        local = first[0] + last
    elif kind < 0.6:
        local = first + last
    elif kind < 0.72:
        local = first + last[0] + str(rng.randrange(100))
    elif kind < 0.8:
        local = first + str(rng.randrange(1950, 2012))
    elif kind < 0.86:
        local = last + "." + first
    else:
        local = rng.choice(NICKNAME_WORDS) + rng.choice(NICKNAME_WORDS) + str(rng.randrange(1000))
    if rng.random() < 0.35:
        local += str(rng.randrange(1, 100))
    return local + "@" + mail_domain(rng, country)


def mail_domain(rng, country):
    """Disposable, a family's or small firm's own, of the country, or one that everybody knows."""
    kind = rng.random()
    if kind < 0.012:
        return rng.choice(DISPOSABLE_MAIL_DOMAINS)
    if kind < 0.06:
        middle = ["-online", "-family", "", "-it", "consult"]
        return rng.choice(LAST_NAMES) + rng.choice(middle) + rng.choice([".com", ".net", ".org", ".eu"])
    if kind < 0.36 and country in NATIONAL_MAIL_DOMAINS:
        return rng.choice(NATIONAL_MAIL_DOMAINS[country])
    return weighted(rng, MAIL_DOMAINS)[0]


def handle(rng):
    """A name somebody made up."""
    kind = rng.random()
    if kind < 0.5:
        first = rng.choice(NICKNAME_WORDS) + rng.choice(["", "_", "-"])
        return first + rng.choice(NICKNAME_WORDS) + str(rng.randrange(10000))
    if kind < 0.85:
        name = rng.choice(FIRST_NAMES) + rng.choice(["", "_", "."]) + rng.choice(LAST_NAMES)
        return name + (str(rng.randrange(100)) if rng.random() < 0.6 else "")
    return rng.choice(FIRST_NAMES) + str(rng.randrange(100000))


def dial_prefix(country):
    """How the country's mobile numbers begin."""
    return DIAL_PREFIXES.get(country, OTHER_DIAL_PREFIX)


def phone(rng, country):
    """A mobile number."""
    return dial_prefix(country) + "".join(rng.choice("0123456789") for _ in range(8))


def colleague(rng, domain, endings=None):
    """A mail address as an office gives them out; `endings` tell namesakes apart."""
    name = rng.choice(FIRST_NAMES) + "." + rng.choice(LAST_NAMES)
    if endings:
        name += rng.choice(endings)
    return name + "@" + domain


def popular_password(rng):
    """One of three hundred, the first far more often than the last."""
    return "pop%d" % int(min(299, rng.paretovariate(0.7) - 1))


def mistyped(rng, name):
    """The name with a slip: another domain, none, or a letter lost, added or wrong."""
    kind, tail = rng.random(), ""
    if "@" in name:
        local, domain = name.split("@", 1)
        if kind < 0.3:
            # The slip of Gmail's name is drawn for every domain, used or not.
            slips = {"gmail.com": rng.choice(MISTYPED_GMAIL), **MISTYPED_DOMAINS}
            return local + "@" + slips.get(domain, domain[:-1])
        if kind < 0.45:
            return local + "@" + weighted(rng, MAIL_DOMAINS)[0]
        if kind < 0.5:
            return local
        name, tail = local, "@" + domain
    at = rng.randrange(len(name))
    if kind < 0.65:
        return name[:at] + name[at + 1 :] + tail
    if kind < 0.8:
        return name[:at] + rng.choice("abcdefghijklmnoprstuvw0123456789") + name[at:] + tail
    return name[:at] + rng.choice("aeiou019nmk") + name[at + 1 :] + tail


def as_typed(rng, name):
    """The name with a capital, all in capitals or with a space behind it, now and then."""
    kind = rng.random()
    if kind < 0.93:
        return name
    if kind < 0.97:
        return name.capitalize()
    return name.upper() if kind < 0.975 else name + " "
