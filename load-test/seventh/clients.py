"""Clients: browsers and apps, their agents and TLS, and the devices on which they run.

Attackers dress in clones of these, drawn from the same shelf with the same weights. A share of honest
devices sits behind software that opens TLS and closes it again, so even an agent whose TLS is that of
something else is nothing unusual.
"""
from chance import HOUR, Table

DESKTOP = {"chrome_windows": 38, "edge_windows": 13, "chrome_mac": 11, "safari_mac": 12, "firefox_windows": 7,
           "firefox_linux": 2}
POCKET = {"safari_ios": 50, "chrome_android": 38, "samsung": 9}
IPHONES = ("iPhone14,5", "iPhone15,2", "iPhone15,4")
ANDROIDS = ("SM-A546B", "SM-S911B", "Pixel 7a")
NAMES = ("Aerolane", "Meridia", "Nordwing", "SolAir", "Transvia", "BlueKite", "Atlantica", "Corvair")


class Device:
    """A browser profile or an app on something that somebody owns."""

    __slots__ = ("token", "kind", "agents", "ja4", "app", "updated", "session", "stored")

    def __init__(self, token, kind, agents, ja4, app, updated):
        self.token, self.kind, self.agents, self.ja4, self.app = token, kind, agents, ja4, app
        self.updated = updated  # the moment at which the new release arrives here
        self.session = None     # (account, session id), while it stays signed in
        self.stored = None      # a password that the app remembers

    def agent(self, now):
        return self.agents[now >= self.updated]

    def clone(self, token):
        return Device(token, self.kind, self.agents, self.ja4, self.app, self.updated)


class Clients:
    """The shelf: what is in use in the weeks of this draw."""

    def __init__(self, chance, release):
        self.release = release
        self.name = chance.pick(NAMES)
        self.chrome = chance.randrange(124, 142)
        self.version = (chance.randrange(4, 12), chance.randrange(0, 30))
        self.ios = chance.randrange(16, 19)
        self.ja4 = {}
        for family, front in (("chrome", "t13d1516h2"), ("edge", "t13d1516h2"), ("firefox", "t13d1715h2"),
                              ("safari", "t13d2014h2"), ("samsung", "t13d1516h2"), ("ios", "t13d2014h2"),
                              ("android", "t13d1613h2")):
            self.ja4[family] = [front + "_" + chance.hex(12) + "_" + chance.hex(12) for _ in range(2)]
        self.ja4["chrome"][0] = self.ja4["edge"][0]
        self.middle = ["t13d%02d%02dh2_" % (chance.randrange(10, 40), chance.randrange(8, 13)) + chance.hex(12)
                       + "_" + chance.hex(12) for _ in range(3)]
        self.desktop, self.pocket = Table(DESKTOP.items()), Table(POCKET.items())

    def browser(self, kind, age):
        """The agent of a browser, `age` versions behind the newest."""
        windows, mac = "Windows NT 10.0; Win64; x64", "Macintosh; Intel Mac OS X 10_15_7"
        blink = "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/%d.0.0.0" % (self.chrome - age)
        fox = self.chrome - age + 1
        apple = "%d.%d" % (self.ios - (age > 1), 5 - age if age < 2 else 6)
        return {
            "chrome_windows": f"Mozilla/5.0 ({windows}) {blink} Safari/537.36",
            "edge_windows": f"Mozilla/5.0 ({windows}) {blink} Safari/537.36 Edg/{self.chrome - age}.0.0.0",
            "chrome_mac": f"Mozilla/5.0 ({mac}) {blink} Safari/537.36",
            "safari_mac": f"Mozilla/5.0 ({mac}) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/{apple} Safari/605.1.15",
            "firefox_windows": f"Mozilla/5.0 ({windows}; rv:{fox}.0) Gecko/20100101 Firefox/{fox}.0",
            "firefox_linux": f"Mozilla/5.0 (X11; Linux x86_64; rv:{fox}.0) Gecko/20100101 Firefox/{fox}.0",
            "safari_ios": f"Mozilla/5.0 (iPhone; CPU iPhone OS {apple.replace('.', '_')} like Mac OS X) AppleWebKit/605.1.15 "
                          f"(KHTML, like Gecko) Version/{apple} Mobile/15E148 Safari/604.1",
            "chrome_android": f"Mozilla/5.0 (Linux; Android 10; K) {blink} Mobile Safari/537.36",
            "samsung": f"Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/"
                       f"{self.chrome // 5}.0 Chrome/{self.chrome - 8}.0.0.0 Mobile Safari/537.36",
        }[kind]

    def make(self, chance, kind):
        """A device of a kind: `desktop`, `pocket` (a browser on a telephone) or `app`."""
        token = self.token(chance)
        if kind == "app":
            apple = chance.yes(0.54)
            system = "ios" if apple else "android"
            model = chance.pick(IPHONES if apple else ANDROIDS)
            level = self.ios if apple else 14
            first, second = self.version
            agents = tuple(f"{self.name}/{first}.{minor} ({model}; {'iOS' if apple else 'Android'} {level})"
                           for minor in (second, second + 1))
            updated = self.release + chance.wait(6 * HOUR) if chance.yes(0.86) else 1 << 60
            return Device(token, model, agents, self.tls(chance, system), system, updated)
        sort = (self.desktop if kind == "desktop" else self.pocket).draw(chance)
        age = chance.pick((0, 0, 0, 0, 0, 0, 1, 1, 1, 3))
        agent = self.browser(sort, age)
        return Device(token, sort, (agent, agent), self.tls(chance, sort.split("_")[0]), "web", 1 << 60)

    def tls(self, chance, family):
        if chance.yes(0.06):
            return chance.pick(self.middle)
        return self.ja4[family][chance.yes(0.25)]

    @staticmethod
    def token(chance):
        return "dv-" + chance.hex(20)
