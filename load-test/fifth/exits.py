"""What attackers rent and build: exits to come from, kits to come with."""
from clients import TOOLS
from net import Addr


class Exits:
    """Rented servers (hosted), a VPN's exits, other people's lines and phones (home), a SIM farm, an IPv6 prefix."""

    def __init__(self, w, kind, count=8):
        rng = w.rng
        self.w, self.kind = w, kind
        self.fixed = [w.net.hosted(rng.choice(w.net.rented)) for _ in range(count)] if kind == "hosted" else \
            rng.sample(w.net.vpn_exits, min(count, 20)) if kind == "vpn" else []
        self.local = rng.choice((0.15, 0.6, 0.95))    # the share of exits that are bought in the service's own country
        self.abroad = rng.sample(w.abroad, 6)
        self.carrier = rng.choice(w.net.carriers[w.country])
        fixed = [a for a in w.net.countries[w.country][1] if a in w.net.six]
        self.asn = rng.choice([a for a in w.net.rented if a in w.net.six][:4] + fixed)
        self.prefix, self.place = w.net.prefix64(self.asn), w.country if self.asn in fixed else rng.choice((w.country, "US", "DE"))

    def next(self):
        w, rng = self.w, self.w.rng
        if self.fixed:
            return rng.choice(self.fixed)
        if self.kind == "sim":
            return self.carrier.addr(rng.randint(0, 99999), w.now // 3600)
        if self.kind == "v6":
            return Addr(w.net.in64(self.prefix + rng.choice((0, rng.getrandbits(10)))), self.asn, self.place)
        country = w.country if rng.random() < self.local else rng.choice(self.abroad)
        x = rng.random()
        if x < 0.14:
            return rng.choice(w.net.carriers[country]).addr(rng.randint(0, 99999), w.now // 3600)
        if x < 0.24:                                  # a customer's own household lends its line without knowing
            return rng.choice(w.people).home.addr(w.day())
        return w.net.line(country).addr(w.day())


class Kit:
    """A tool as it is, a tool with a borrowed agent (spoof), a browser's own stack, or the app imitated."""

    def __init__(self, w, kinds=("tool", "spoof", "browser", "browser", "app"), rotate=False):
        self.w, rng = w, w.rng
        self.kind, self.rotate = rng.choice(kinds), rotate
        self.tool, self.phone = rng.choice(sorted(TOOLS)), rng.random() < 0.4
        self.ua, self.device, self.kept = w.clients.stock(self.phone), rng.choice(("none", "fresh", "kept")), w.clients.device()
        self.where = rng.choice(("web", "web", "api")) if self.kind in ("tool", "spoof") else "app" if self.kind == "app" else "web"
        self.deep = True                              # its list of agents holds rare ones too
        self.skips = rng.random() < 0.5               # posts straight to the password step

    def agent(self):
        c, phone = self.w.clients, self.w.rng.random() < 0.55
        return self.ua if not self.rotate else c.agent(phone) if self.deep else c.stock(phone)

    def client(self):
        w, rng = self.w, self.w.rng
        if self.kind == "browser":
            c = w.clients.browser(self.phone, ua=self.agent())
        elif self.kind == "app":
            c = w.clients.app("android" if rng.random() < 0.7 else "ios")
        else:
            c = w.clients.tool(rng.choice(sorted(TOOLS)) if self.rotate else self.tool, self.where,
                               ua=None if self.kind == "tool" else self.agent())
        c.device = None if self.device == "none" else self.kept if self.device == "kept" and not self.rotate else w.clients.device()
        return c
