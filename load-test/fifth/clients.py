"""What speaks to the service: browsers (agents from the data folder), its app, tools and scripts."""
import gzip
import hashlib
import json
import os
import re

# tool: (agent, JA4); machines of customers and bots of attackers are made from the same ones
TOOLS = {
    "requests": ("python-requests/2.32.3", "t13d1812h1_85036bcba153_b26ce05bbdd6"),
    "httpx": ("python-httpx/0.27.2", "t13d1811h2_85036bcba153_6e0d3d1c9f42"),
    "go": ("Go-http-client/2.0", "t13d1310h2_f57a46bbacb6_ab7e3b40a677"),
    "curl": ("curl/8.7.1", "t13d3112h2_e8f1e7e78f70_b26ce05bbdd6"),
    "node": ("axios/1.7.4", "t13d5212h1_b262b3658495_8e6e362c5eac"),
    "java": ("Apache-HttpClient/5.3 (Java/17.0.11)", "t13d4911h1_c7886603b240_6bf0c2a5d5b1"),
    "dotnet": ("RestSharp/110.2.0.0", "t13d1909h1_9dc949149365_97f8aa674fd9"),
    "okhttp": ("okhttp/4.12.0", "t13d1513h2_a09f3c656075_e7c285222651"),
}
ENGINES = {"chrome": "t13d1516h2_8daaf6152771", "firefox": "t13d1717h2_5b57614c22b0", "safari": "t13d2014h2_a09f3c656075"}


class Client:
    """One installed browser, app or tool; `where` is web, app or api."""
    __slots__ = ("where", "ua", "ja4s", "device", "session", "token", "system")

    def __init__(self, where, ua, ja4s, device=None, system="web"):
        self.where, self.ua, self.ja4s, self.device, self.system = where, ua, ja4s, device, system
        self.session = self.token = None


class Clients:
    def __init__(self, rng, data):
        self.rng = rng
        with gzip.open(os.path.join(data, "user-agents", "user-agents.json.gz"), "rt") as f:
            weights = {}
            for p in json.load(f):
                key = p["userAgent"], p["deviceCategory"] != "desktop"
                weights[key] = weights.get(key, 0) + p["weight"]
        # Each service sees its own mixture of builds.
        tilt = {k: w * rng.uniform(0.3, 1.7) for k, w in sorted(weights.items())}
        self.phones = split([(k[0], w) for k, w in tilt.items() if k[1]])
        self.desks = split([(k[0], w) for k, w in tilt.items() if not k[1]])
        self.ja4_by_build = rng.random() < 0.5
        self.id_form = rng.choice(("uuid", "hex", "short"))
        self.app_name = rng.choice(("Lumio", "MyShelf", "Parcelo", "Kontio", "TuneBay"))
        self.app_speaks = rng.random() < 0.65      # else the app sends no agent
        self.versions = ["%d.%d.%d" % (rng.randint(3, 9), rng.randint(2, 30), rng.randint(0, 4)) for _ in range(3)]
        self.next_version = self.versions[0].split(".")[0] + ".%d.0" % rng.randint(31, 40)

    def device(self):
        bits = self.rng.getrandbits(128)
        if self.id_form == "uuid":
            h = "%032x" % bits
            return "%s-%s-4%s-a%s-%s" % (h[:8], h[8:12], h[13:16], h[17:20], h[20:])
        return "%032x" % bits if self.id_form == "hex" else "d%015x" % (bits >> 68)

    def ja4_of(self, ua):
        """Fresh and resumed connections of one build differ; all users of the build share both."""
        m = re.search(r"(Firefox|CriOS|FxiOS|Version|GSA|Chrome)/(\d+)", ua)
        apple = "iPhone" in ua or "iPad" in ua or "Version/" in ua
        engine = "safari" if apple else "firefox" if m and m[1] == "Firefox" else "chrome"
        build = engine + (str(int(m[2]) // 4) if m and self.ja4_by_build else "")
        return tuple("%s_%s" % (ENGINES[engine], hashlib.md5((build + x).encode()).hexdigest()[:12]) for x in ("", "psk"))

    def agent(self, phone):
        agents, cumulative = self.phones if phone else self.desks
        return self.rng.choices(agents, cum_weights=cumulative)[0]

    def stock(self, phone):
        """One of the builds that many people have: what a bot's configuration is shipped with."""
        agents, sums = self.phones if phone else self.desks
        return self.rng.choice([a for i, a in enumerate(agents) if sums[i] - (sums[i - 1] if i else 0) > 0.012 * sums[-1]])

    def usual(self, phone):
        return self.browser(phone, ua=self.stock(phone))

    def browser(self, phone, device=True, ua=None):
        ua = ua or self.agent(phone)
        ja4s = self.ja4_of(ua)
        if self.rng.random() < 0.02:               # antivirus or company proxy in between
            ja4s = (TOOLS[self.rng.choice(("go", "curl", "java", "dotnet"))][1],)
        return Client("web", ua, ja4s, self.device() if device else None)

    def app(self, system=None, device=True):
        system = system or self.rng.choice(("ios", "android"))
        c = Client("app", None, None, self.device() if device else None, system)
        self.set_version(c, self.rng.choices(self.versions, (6, 3, 1))[0])
        return c

    def set_version(self, c, version):
        ios = c.system == "ios"
        c.ja4s = self.ja4_of("iPhone Version/18") if ios else (TOOLS["okhttp"][1],)
        if self.app_speaks:
            c.ua = "%s/%s (%s)" % (self.app_name, version, "iPhone; iOS 18.7; Scale/3.00" if ios else "Android 15; okhttp/4.12.0")

    def tool(self, name=None, where="api", device=False, ua=None):
        name = name or self.rng.choice(sorted(TOOLS))
        own, ja4 = TOOLS[name]
        return Client(where, ua or own, (ja4,), self.device() if device else None,
                      self.rng.choice(("ios", "android")) if where == "app" else where)


def split(pairs):
    total, sums = 0, []
    for _, w in pairs:
        total += w
        sums.append(total)
    return [a for a, _ in pairs], sums
