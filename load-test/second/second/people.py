"""People: who has an account, with which devices, habits and password.

A person is somebody of a kind only by what happens to be drawn: most have several peculiarities at once. The
class of the labels is the most peculiar one (`Person.kind`).
"""

from typing import NamedTuple

from second.chance import DAY
from second.clients import new_browser, new_phone_app
from second.names import colleague, popular_password
from second.networks import Place, ipv4
from second.tables import COUNTRIES, LAST_NAMES, NICKNAME_WORDS

# Where providers give homes another address every day.
RENUMBERING = ("DE", "BR", "IN", "PL")
LONG_AGO = -1e9


class Office:
    """Where people work: its addresses, and the names that it gives to its people."""

    def __init__(self, world, rng):
        networks = world.networks
        self.country = world.country(rng)
        self.asn = networks.provider(rng, self.country)
        self.city = networks.city(rng, self.country)
        first = networks.home_ipv4(rng, self.asn, self.country, self.city) & ~7
        count = rng.choice([1, 1, 2, 4])
        self.places = [Place(ipv4(first + at), self.asn, self.country) for at in range(count)]
        endings = [".com", ".de", ".io", "-group.com"]
        self.domain = rng.choice(LAST_NAMES) + rng.choice(NICKNAME_WORDS) + rng.choice(endings)
        self.numbers_people = rng.random() < 0.45
        self.prefix = rng.choice(["E", "P", "", "N-", "K"])
        self.first_number = rng.randrange(10000, 80000)
        self.last_number = 0
        self.opens_tls = rng.random() < 0.35
        self.has_vpn = rng.random() < 0.4
        rng.randrange(3)  # drawn and not used

    def number(self, number):
        """The name of an employee with that number."""
        return "%s%06d" % (self.prefix, self.first_number + number)


class Device(NamedTuple):
    """A client that a person has; `weight` is how often it is the one in hand."""

    client: object
    mobile: bool
    weight: float


class Journey(NamedTuple):
    """Some days in another country."""

    country: str
    begins: float
    length: float


class Person:
    """Somebody with an account. `People` fills in what is only named here, in this order."""

    country: str
    city: int
    asn: int  # who connects the home
    ipv6: bool
    renumbered: bool  # the home has another address every day
    utc_hours: float
    carrier: int  # who connects the phone
    form: str  # of the name
    name: str
    visits_a_day: float
    has_manager: bool  # of passwords: no slips
    clumsiness: float
    has_mfa: bool
    old_passwords: list
    breached: bool  # the password is on public lists
    old_leaked: bool  # the old ones are
    passwords: list  # (since when, password)
    mobile_share: float  # of a phone's visits, through the carrier
    hours_later: float  # than others, by the clock
    devices: list
    known_devices: set  # device tokens that the service has seen

    def __init__(self, born):
        self.born = born  # when the account was made; 0 is before the beginning
        self.traits = set()
        self.crowd = None  # the class of all that this person does, where it is not the kind
        self.office = self.vpn = self.journey = None
        self.homes = {}  # the addresses of this household, by what they depend on

    def kind(self):
        """The most peculiar thing about this person, and what most are: `regular`."""
        for trait in ("vpn_relay", "traveller", "cgnat_only", "no_device"):
            if trait in self.traits:
                return trait
        if self.office:
            return "office"
        if self.ipv6:
            return "ipv6_home"
        if self.renumbered:
            return "renumbered_home"
        for trait in ("household", "several_devices"):
            if trait in self.traits:
                return trait
        if self.has_manager:
            return "password_manager"
        return "roaming_phone" if self.mobile_share > 0.45 else "regular"

    def is_away(self, time):
        """Whether this person is on the journey."""
        journey = self.journey
        return journey is not None and journey.begins <= time < journey.begins + journey.length

    def password_at(self, time):
        """The password in force."""
        password = self.passwords[0][1]
        for since, chosen in self.passwords:
            if since <= time:
                password = chosen
        return password

    def change_password(self, time, password, old=None):
        """Takes another password from `time` on; `old` is what fingers will type for a while."""
        if old is not None:
            self.old_passwords.append(old)
        self.passwords.append((time, password))


class People:
    """Everybody with an account at the beginning: those who come, and half as many who do not any more."""

    def __init__(self, world, rng, count):
        self.world, self.rng = world, rng
        self.count = count
        self.chosen = 0  # how many passwords people have chosen
        self.offices = [Office(world, rng) for _ in range(max(3, count // 220))]
        self.active = []
        previous = None
        for _ in range(count):
            previous = self.new_person(previous if rng.random() < 0.18 else None)
            self.active.append(previous)
        self.dormant = []
        for _ in range(int(count * 0.5)):
            person = self.new_person()
            person.visits_a_day = 0
            self.dormant.append(person)

    def new_password(self):
        """A password that nobody else has."""
        self.chosen += 1
        return "u%d" % self.chosen

    def new_person(self, housemate=None, country=None, born=0):
        """Another person: in the household of `housemate`, in the `country`, or anywhere."""
        person = Person(born)
        self.give_home(person, housemate, country)
        self.give_name(person)
        self.give_habits(person)
        self.give_devices(person)
        return person

    def give_home(self, person, mate, country):
        """Where the person lives and works, and who connects home and phone."""
        rng, networks = self.rng, self.world.networks
        if mate and country is None:
            person.country, person.city, person.asn = mate.country, mate.city, mate.asn
            person.ipv6, person.renumbered, person.homes = mate.ipv6, mate.renumbered, mate.homes
            mate.traits.add("household")
            person.traits.add("household")
        else:
            office = rng.choice(self.offices) if country is None and rng.random() < 0.2 else None
            person.office = office
            person.country = office.country if office else country or self.world.country(rng)
            person.city = office.city if office else networks.city(rng, person.country)
            person.asn = networks.provider(rng, person.country)
            person.ipv6 = rng.random() < networks.ipv6_share[person.asn]
            usual = person.country in RENUMBERING and rng.random() < 0.35
            person.renumbered = usual or rng.random() < 0.04
        person.utc_hours = COUNTRIES[person.country].utc_hours
        person.carrier = networks.provider(rng, person.country, mobile=True)

    def give_name(self, person):
        """A number or an address of the office, or whatever form of name the service likes."""
        rng, names, office = self.rng, self.world.names, person.office
        if office and office.numbers_people:
            person.form = "employee"
            office.last_number += rng.choice([1, 1, 1, 2, 3])
            person.name = office.number(office.last_number)
        elif office and rng.random() < 0.7:
            person.form = "email"
            while True:
                person.name = colleague(rng, office.domain, ["", "", "", "2", "3"])
                if person.name not in names.taken:
                    break
        else:
            person.name = names.new(rng, person.country)
            other = "phone" if person.name[0] == "+" else "handle"
            person.form = "email" if "@" in person.name else other
        names.taken.add(person.name)

    def give_habits(self, person):
        """How often the person comes, how clumsily, with which passwords, by which ways."""
        rng, world = self.rng, self.world
        person.visits_a_day = min(14, rng.lognormvariate(-0.3 if world.style.name_first else 0.02, 1.15))
        person.has_manager = rng.random() < 0.35
        person.clumsiness = rng.lognormvariate(0, 0.6)
        person.has_mfa = rng.random() < world.style.mfa_share
        person.old_passwords = ["o" + self.new_password()] if rng.random() < 0.5 else []
        person.breached = rng.random() < 0.06
        person.old_leaked = rng.random() < 0.3
        first = popular_password(rng) if rng.random() < 0.035 else self.new_password()
        person.passwords = [(LONG_AGO, first)]
        person.mobile_share = rng.betavariate(1.2, 2.2)
        person.hours_later = rng.gauss(0, 1.8)
        if rng.random() < 0.04:
            person.mobile_share = 1.0
            person.traits.add("cgnat_only")
        kind = rng.random()
        if kind < 0.12:
            person.vpn = "vpn" if kind < 0.05 else "relay" if kind < 0.09 else "pinned"
            person.traits.add("vpn_relay")
        if rng.random() < 0.06:
            country, begins = world.country(rng), rng.uniform(0, world.span)
            person.journey = Journey(country, begins, rng.choice([1, 2, 4]) * DAY * rng.uniform(0.4, 1))
            person.traits.add("traveller")

    def give_devices(self, person):
        """One to four devices. Some the service does not know yet; VPN users often keep no cookies."""
        rng, style = self.rng, self.world.style
        person.devices, person.known_devices = [], set()
        count = rng.choices([1, 2, 3, 4], [45, 35, 15, 5])[0]
        for at in range(count):
            if rng.random() < style.app_share:
                mobile = True
                client = new_phone_app(self.world, rng, "ios" if rng.random() < 0.5 else "android")
            else:
                mobile = rng.random() < (0.35 if at == 0 else 0.6)
                client = new_browser(self.world, rng, mobile)
            if rng.random() < 0.92:
                person.known_devices.add(client.device)
            person.devices.append(Device(client, mobile, rng.choice([1, 0.5, 0.3, 0.1]) if at else 1))
        if person.vpn and rng.random() < 0.25:
            for client, _, _ in person.devices:
                if client.app == "web":
                    client.token_mode = rng.choice(["none", "none", "fresh"])
        if all(client.token_mode != "stable" for client, _, _ in person.devices):
            person.traits.add("no_device")
        if count > 2:
            person.traits.add("several_devices")
