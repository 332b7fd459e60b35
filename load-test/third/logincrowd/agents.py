"""User agents, TLS fingerprints and devices."""
import gzip
import json
import os
import re

# TLS client fingerprints in the JA4 form, by family of client.
JA4 = {
    "chrome": ["t13d1516h2_8daaf6152771_d8a2da3f94cd", "t13d1516h2_8daaf6152771_02713d6af862",
               "t13d1517h2_8daaf6152771_b0da82dd1658"],
    "firefox": ["t13d1717h2_5b57614c22b0_3cbfd9057e0d", "t13d1715h2_5b57614c22b0_5c2c66f702b0"],
    "safari": ["t13d2014h2_a09f3c656075_14788d8d241b", "t13d2013h2_a09f3c656075_7f0f34a4126d"],
    "android": ["t13d1412h2_e8f1e7e78f70_9bca5e7d1b1c", "t13d1411h2_e8f1e7e78f70_b26ce05bbdd6"],
    "ios": ["t13d2613h2_2802a3db6c62_845d286b0d67"],
    "python": ["t13d1812h1_85036bcba153_b26ce05bbdd6", "t13d1811h1_85036bcba153_d41ae481755e"],
    "go": ["t13d1311h2_f57a46bbacb6_e7c285222651"],
    "openssl": ["t13d3112h2_e8f1e7e78f70_6bebaf5329ac", "t13d4907h2_0d8feac7bc37_7395dae3b2f3"],
    "java": ["t13d1713h1_ab0a1bf427ad_8e6e362c5eac"],
    "node": ["t13d5212h1_b262b3658495_8e6e362c5eac"],
}

# Scripting clients: agent text and fingerprint family.
TOOLS = [
    ("python-requests/2.32.3", "python"), ("python-requests/2.28.1", "python"),
    ("curl/8.5.0", "openssl"), ("curl/7.88.1", "openssl"), ("okhttp/4.12.0", "android"),
    ("Go-http-client/2.0", "go"), ("axios/1.7.2", "node"), ("node-fetch/1.0", "node"),
    ("Apache-HttpClient/4.5.14 (Java/17.0.9)", "java"), ("PostmanRuntime/7.39.0", "node"),
    ("aiohttp/3.9.5", "python"), ("Wget/1.21.4", "openssl"),
]

TELEVISIONS = [
    "Mozilla/5.0 (SMART-TV; Linux; Tizen 7.0) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Version/7.0 TV Safari/537.36",
    "Mozilla/5.0 (Web0S; Linux/SmartTV) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/108.0.5359.211 Safari/537.36 WebAppManager",
    "Mozilla/5.0 (PlayStation; PlayStation 5/9.00) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/15.4 Safari/605.1.15",
]


class Wardrobe:
    """The browsers people of one service use, with weights."""

    def __init__(self, folder, rng, flatten):
        path = os.path.join(folder, "user-agents", "user-agents.json")
        if os.path.exists(path + ".gz"):
            with gzip.open(path + ".gz", "rt", encoding="utf-8") as handle:
                rows = json.load(handle)
        else:
            with open(path, encoding="utf-8") as handle:
                rows = json.load(handle)
        sums = {}
        for row in rows:
            key = (row["deviceCategory"], row["userAgent"])
            sums[key] = sums.get(key, 0.0) + row.get("weight", 0.0001)
        self.kinds, self._best = {}, {}
        for kind in ("desktop", "mobile", "tablet"):
            pairs = sorted((agent, w ** flatten * rng.uniform(0.3, 1.7))
                           for (k, agent), w in sums.items() if k == kind)
            agents, total, cumulative = [], 0.0, []
            for agent, weight in pairs:
                total += weight
                agents.append(agent)
                cumulative.append(total)
            self.kinds[kind] = (agents, cumulative)

    def pick(self, rng, kind="desktop"):
        agents, cumulative = self.kinds[kind]
        return rng.choices(agents, cum_weights=cumulative)[0]

    def common(self, rng, kind="desktop", best=8):
        """One of the few browsers that most people have."""
        agents, cumulative = self.kinds[kind]
        if kind not in self._best:
            weights = [b - a for a, b in zip([0.0] + cumulative, cumulative)]
            self._best[kind] = [a for _, a in sorted(zip(weights, agents), reverse=True)]
        return rng.choice(self._best[kind][:best])

    def rare(self, rng):
        """Any browser, all alike: what a rotating bot's list looks like."""
        return rng.choice(self.kinds[rng.choice(("desktop", "desktop", "mobile"))][0])


def family(agent):
    """The TLS family that an honest client of this agent text would show."""
    for text, name in TOOLS:
        if text == agent:
            return name
    if "Android" in agent and "Mozilla" not in agent:
        return "android"
    if "iOS" in agent and "Mozilla" not in agent:
        return "ios"
    if "Firefox/" in agent or "FxiOS" in agent:
        return "safari" if "FxiOS" in agent else "firefox"
    if "iPhone" in agent or "iPad" in agent:
        return "safari"
    if "Chrome/" in agent:
        return "chrome"
    if "Safari/" in agent:
        return "safari"
    return "openssl"


def ja4_of(rng, agent):
    options = JA4[family(agent)]
    if any(agent == text for text, _ in TOOLS):
        return options[len(agent) % len(options)]
    return options[0] if rng.random() < 0.7 else rng.choice(options)


def next_version(agent):
    """The same browser after its next automatic update."""
    def bump(match):
        return "%s/%d.%s" % (match.group(1), int(match.group(2)) + 1, match.group(3))
    return re.sub(r"\b(Chrome|Firefox|CriOS|Edg)/(\d+)\.(\d)", bump, agent)


class Device:
    """One client of one person (or of many, in a lab or at a kiosk)."""

    __slots__ = ("kind", "agent", "later", "switch", "ja4", "token", "forgets", "key", "endpoint")

    def __init__(self, kind, agent, ja4, token, key, endpoint, forgets=0.0):
        self.kind, self.agent, self.ja4, self.token = kind, agent, ja4, token
        self.key, self.endpoint, self.forgets = key, endpoint, forgets
        self.later, self.switch = None, None

    def agent_at(self, t):
        return self.later if self.switch is not None and t >= self.switch else self.agent

    def token_at(self, rng):
        """The device token, renewed when cookies have been cleared."""
        if self.token is not None and self.forgets and rng.random() < self.forgets:
            self.token = "%032x" % rng.getrandbits(128)
        return self.token
