"""Whereabouts: from where a person comes at a given time.

With the chance of people, also where an attacker asks: who uses somebody's home as a proxy comes from the
address that the home has at that time.
"""

from second.chance import DAY, HOUR, digest
from second.networks import Place, ipv4, ipv6


class Whereabouts:
    """Where people are."""

    def __init__(self, world, rng):
        self.world, self.networks, self.rng = world, world.networks, rng

    def home(self, person, time):
        """The home's address of the day: another each day where the provider renumbers.

        On IPv6 the host part is another every day, as operating systems do it, and a home that keeps its
        prefix moves between four of its networks.
        """
        networks, rng = self.networks, self.rng
        day = int((time + person.utc_hours * HOUR) // DAY)
        since = day if person.renumbered else 0
        key = ("6" if person.ipv6 else "4", since)
        if person.ipv6:
            if key not in person.homes:
                person.homes[key] = networks.home_prefix6(rng, person.asn, person.city)
            subnet = 0 if person.renumbered else day // 2 % 4
            host = int(digest("%s%d%d" % (person.name, day, 1), 16), 16)
            return Place(ipv6(person.homes[key] + (subnet << 64) + host), person.asn, person.country)
        if key not in person.homes:
            person.homes[key] = networks.home_ipv4(rng, person.asn, person.country, person.city)
        return Place(ipv4(person.homes[key]), person.asn, person.country)

    def of(self, person, time, mobile):
        """Where the person is with a device, which may be one that is carried about."""
        networks, rng = self.networks, self.rng
        if person.is_away(time):
            return self.abroad(person, time, mobile)
        if person.vpn and rng.random() < 0.75:
            return self.behind_vpn(person)
        office = person.office
        if office and self.world.is_office_hour(time, person.utc_hours) and rng.random() < 0.85:
            return rng.choice(office.places)
        if mobile and rng.random() < person.mobile_share or person.mobile_share == 1.0:
            return self.phone(person)
        if mobile and rng.random() < 0.05:
            return networks.hotspot(rng, person.country, person.city)
        return self.home(person, time)

    def phone(self, person):
        """On the network of the person's carrier."""
        return self.networks.carrier(self.rng, person.carrier, person.country)

    def abroad(self, person, time, mobile):
        """On a journey: the phone through the carrier at home, or what the hotel of the day has."""
        rng, networks, there = self.rng, self.networks, person.journey.country
        if mobile and rng.random() < 0.5:
            return self.phone(person)
        asn, key = networks.provider(rng, there), ("journey", int(time // DAY))
        if key not in person.homes:
            person.homes[key] = networks.home4(rng, asn, there, networks.city(rng, there))
        return person.homes[key]

    def behind_vpn(self, person):
        """An exit: another each time, of a relay, or always the same."""
        networks, rng = self.networks, self.rng
        if person.vpn == "vpn":
            return networks.host(rng, person.country if rng.random() < 0.5 else None)
        if person.vpn == "relay":
            return networks.relay(rng, person.country)
        if "pinned" not in person.homes:
            near = person.country if rng.random() < 0.6 else None
            person.homes["pinned"] = networks.host(rng, near)
        return person.homes["pinned"]
