"""Tools: browsers, the service's own app, scripts; with their agents, JA4s and device tokens."""
import gzip
import hashlib
import json
import os
import re

SCRIPTS = ["python-requests/2.32.3", "okhttp/4.12.0", "Go-http-client/2.0", "curl/8.9.1",
           "python-httpx/0.27.2", "axios/1.7.7", "Apache-HttpClient/5.3.1 (Java/17.0.12)"]
VPN_AGENTS = ["AnyConnect Windows 5.1.4.74", "OpenConnect VPN Agent v9.12", "AnyConnect Darwin_x86_64 5.1.2.42"]
PHONES = ["iPhone16,2; iOS 26.6", "iPhone15,3; iOS 18.7", "iPhone17,1; iOS 26.5", "iPhone14,5; iOS 18.6",
          "SM-S921B; Android 15", "SM-A546B; Android 14", "Pixel 9; Android 16", "2201117TY; Android 13",
          "CPH2451; Android 14", "SM-G991U; Android 15"]


def ja4(name):
    """A fingerprint in JA4's form that depends on the name of the TLS stack."""
    h = hashlib.sha256(name.encode()).hexdigest()
    return "t13d%02d%02dh2_%s_%s" % (13 + int(h[0], 16) % 5, 10 + int(h[1], 16) % 7, h[2:14], h[14:26])


def stack(agent):
    """Name of the TLS stack that an honest browser with this agent has."""
    version = re.search(r"(?:Chrome|CriOS|Firefox|Version|Edg|FxiOS)/(\d+)", agent)
    era = int(version.group(1)) // 5 if version else 0
    if "iPhone" in agent or "iPad" in agent:
        return "ios%d" % (era // 8)
    for mark in ("Firefox", "Edg", "Chrome"):
        if mark in agent:
            return "%s%d%s" % ("Chrome" if mark == "Edg" else mark, era, "m" if "Android" in agent else "")
    return "safari%d" % (era // 8)


class Client:
    """One program on one machine, as the service sees it."""
    __slots__ = ("form", "agent", "tls", "device", "phone", "token_style", "updates")

    def __init__(self, form, agent, tls, device, phone=False, token_style="keeps", updates=0):
        self.form, self.agent, self.tls, self.device = form, agent, tls, device
        self.phone, self.token_style, self.updates = phone, token_style, updates

    def copy(self, **changes):
        values = {k: getattr(self, k) for k in self.__slots__}
        values.update(changes)
        return Client(**values)


class Tools:
    """Draws clients; people and bots share every distribution."""

    def __init__(self, rng, folder):
        with gzip.open(os.path.join(folder, "user-agents", "user-agents.json.gz")) as f:
            rows = json.load(f)
        weights = {}
        for row in rows:
            key = row["userAgent"], row["deviceCategory"] != "desktop"
            weights[key] = weights.get(key, 0) + row["weight"]
        self.agents = {phone: [a for a, p in weights if p == phone] for phone in (True, False)}
        self.cum, self.common = {}, {}
        for phone, agents in self.agents.items():
            total, cum = 0, []
            for agent in agents:
                total += weights[agent, phone]
                cum.append(total)
            self.cum[phone] = cum
            self.common[phone] = [(a, weights[a, phone]) for a in agents if weights[a, phone] > 0.008 * total]
        major = rng.randint(4, 9)
        self.versions = ["%d.%d.%d" % (major, i, rng.randint(0, 4)) for i in range(1, 5)]
        self.middleboxes = [ja4(x) for x in ("Go-http-client/2.0", "middlebox", "python-requests/2.32.3")]
        self.middlebox_share = rng.uniform(0.02, 0.05)
        self.tokenless = rng.uniform(0.04, 0.08)
        self.forgetful = rng.uniform(0.01, 0.03)
        self.release = None                     # time when the app's new version comes out

    def token(self, rng):
        return "d%016x" % rng.getrandbits(64)

    def style(self, rng):
        x = rng.random()
        return "none" if x < self.tokenless else "fresh" if x < self.tokenless + self.forgetful else "keeps"

    def browser(self, rng, phone, common=False):
        """A browser as people have it; `common`: one of the agents that many have, as careful bots choose."""
        if common:
            agents, weights = zip(*self.common[phone])
            agent = rng.choices(agents, weights)[0]
        else:
            agent = rng.choices(self.agents[phone], cum_weights=self.cum[phone])[0]
        tls = rng.choice(self.middleboxes) if rng.random() < self.middlebox_share else ja4(stack(agent))
        return Client("web", agent, tls, self.token(rng), phone, self.style(rng))

    def app(self, rng, current=False):
        model = rng.choice(PHONES)
        version = self.versions[2 if current else rng.choices((0, 1, 2), (1, 3, 12))[0]]
        tls = ja4("app" + model.split()[1].strip("; "))
        return Client("app", "Harbour/%s (%s)" % (version, model), tls, self.token(rng), True,
                      "none" if rng.random() < self.tokenless else "keeps", rng.expovariate(1 / 14400))

    def script(self, rng, agent=None):
        agent = agent or rng.choices(SCRIPTS, (8, 6, 4, 3, 2, 2, 3))[0]
        return Client("script", agent, ja4(agent), self.token(rng), False, "keeps" if rng.random() < 0.2 else "none")

    def vpn(self, rng):
        agent = rng.choice(VPN_AGENTS)
        return Client("vpn", agent, ja4(agent), None, False, "none")

    def agent_at(self, client, time):
        """The app's version changes, machine by machine, after a release."""
        if client.form == "app" and self.release is not None and time > self.release + client.updates:
            return re.sub(r"/[\d.]+", "/" + self.versions[3], client.agent, count=1), True
        return client.agent, False
