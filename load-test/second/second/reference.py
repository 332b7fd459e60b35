"""Reference: real ranges of networks and real user agents, read from a folder outside of the project.

They are not ours to ship, and a second opinion should not rest on the first one's tables. The folder is named
by `--data` or by the environment variable CREDSIEVE_DATA, and holds

    asn/asn-ipv4.csv.gz, asn/asn-ipv6.csv.gz    lines of first address, last address, AS number, name
    user-agents/user-agents.json.gz             a list of objects with userAgent, deviceCategory and weight

as the packages `@ip-location-db/asn` (CC-BY-4.0) and `user-agents` (BSD-2-Clause) of npm have them, each file
packed with gzip. Another edition of either is other traffic.
"""

import bisect
import gzip
import ipaddress
import json
import os
from collections import defaultdict
from pathlib import Path

from second.tables import COUNTRIES, HOSTING, RELAYS

VARIABLE = "CREDSIEVE_DATA"
IPV4 = "asn/asn-ipv4.csv.gz"
IPV6 = "asn/asn-ipv6.csv.gz"
USER_AGENTS = "user-agents/user-agents.json.gz"

# An IPv6 range counts from a /36 on: smaller ones have no room for homes.
LEAST_IPV6 = 1 << 92


class Missing(Exception):
    """There is no folder, or a file is not in it."""


def folder(named):
    """The folder that `--data` names, else CREDSIEVE_DATA; with every file that is needed."""
    where = named or os.environ.get(VARIABLE)
    expected = f"expected is a folder with {IPV4}, {IPV6} and {USER_AGENTS} (README.md says from where)"
    if not where:
        raise Missing(f"{VARIABLE} names no folder, and there is no --data; {expected}")
    for name in (IPV4, IPV6, USER_AGENTS):
        if not (Path(where) / name).is_file():
            raise Missing(f"no {name} in {where}; {expected}")
    return Path(where)


class Reference:
    """What the folder says."""

    def __init__(self, where):
        needed = set(HOSTING) | set(RELAYS)
        for country in COUNTRIES.values():
            needed |= set(country.homes) | set(country.mobiles)
        self.ipv4 = read_ipv4(where / IPV4, needed)
        self.ipv6 = read_ipv6(where / IPV6, needed)
        self.agents, self.agents_up_to = read_user_agents(where / USER_AGENTS)

    def user_agent(self, rng, mobile=None):
        """A browser's user agent, as often as it is seen; only phones' and tablets', or only others'."""
        while True:
            at = bisect.bisect_left(self.agents_up_to, rng.random() * self.agents_up_to[-1])
            agent, category = self.agents[min(at, len(self.agents) - 1)]
            if mobile is None or (category != "desktop") == mobile:
                return agent


def ranges(path, needed):
    """(AS number, first address, last address) of the networks that are needed."""
    with gzip.open(path, "rt") as lines:
        for line in lines:
            first, last, number = line.split(",", 3)[:3]
            if number.isdigit() and int(number) in needed:
                yield int(number), int(ipaddress.ip_address(first)), int(ipaddress.ip_address(last))


def read_ipv4(path, needed):
    """All ranges of each network that are a /24 or more."""
    found = defaultdict(list)
    for asn, first, last in ranges(path, needed):
        if last - first >= 255:
            found[asn].append((first, last))
    return found


def read_ipv6(path, needed):
    """The largest range of each network, as (first address, size)."""
    largest = {}
    for asn, first, last in ranges(path, needed):
        if last - first > largest.get(asn, (0, 0))[1]:
            largest[asn] = (first, last - first)
    return {asn: found for asn, found in largest.items() if found[1] >= LEAST_IPV6}


def read_user_agents(path):
    """(user agent, category) in order, and up to where each reaches on the scale of weights.

    Weights are flattened a little (to the power of 0.85): the few most frequent agents would else leave
    hardly any rare ones among a few thousand people.
    """
    weights = defaultdict(float)
    with gzip.open(path) as text:
        for profile in json.load(text):
            weights[(profile["userAgent"], profile["deviceCategory"])] += profile["weight"]
    agents, up_to, total = [], [], 0
    for agent, weight in sorted(weights.items()):
        total += weight**0.85
        agents.append(agent)
        up_to.append(total)
    return agents, up_to
