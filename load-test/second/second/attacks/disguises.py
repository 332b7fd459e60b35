"""Disguises: with which clients an attack shows itself.

One client for all, a few, one for each address, or another with each attempt; copied from people's, or a
tool's. Its device token is absent, new each time, or kept. A quarter of browser attacks run, on some of
their attempts, on a library whose TLS does not fit the browser's name.
"""

from second.chance import weighted
from second.clients import SIGN_IN, new_browser, new_client, new_tool, stack_of

MODES = ("one", "few", "by_address", "each")


class Disguise:
    """The clients of one attack."""

    def __init__(self, gang, mode=None, app=None, token=None):
        """What is not given is drawn. `token`: `none`, `fresh`, `keep`, or `as_is` in the copied client."""
        rng = self.rng = gang.rng
        self.gang = gang
        self.app = app or rng.choices(["web", "ios", "android", "api"], [64, 13, 13, 10])[0]
        self.mode = mode or rng.choices(MODES, [30, 20, 30, 20])[0]
        self.token = token or self.draw_token()
        self.misfits = rng.random() < 0.25 and self.app == "web" and self.mode != "one"
        self.library = rng.choice(["go", "go", "preq", "node", "proxy"])
        count = 1
        if self.mode == "few":
            count = rng.choice([3, 5, 8, 15])
        like_many = self.mode in ("one", "few")
        self.clients = [self.worn(model(gang, self.app, like_many)) for _ in range(count)]
        self.by_address = {}

    def draw_token(self):
        """What becomes of the device token."""
        if self.app == "web":
            return self.rng.choices(["none", "fresh", "keep", "as_is"], [10, 25, 35, 30])[0]
        return self.rng.choice(["fresh", "keep", "keep"]) if self.app != "api" else "none"

    def at(self, address):
        """The client of the next attempt from the address of that number."""
        if self.mode == "one":
            return self.clients[0]
        if self.mode == "few":
            return self.clients[(address * 7 + 3) % len(self.clients)]
        if self.mode == "each":
            return self.worn(model(self.gang, self.app))
        if address not in self.by_address:
            self.by_address[address] = self.worn(model(self.gang, self.app))
        return self.by_address[address]

    def worn(self, client):
        """The client as the attack has it."""
        client = client.with_new_device(self.rng)
        if self.app == "api":
            return client
        if self.token in ("none", "fresh"):
            client.token_mode = self.token
        elif self.token == "keep":
            client.token_mode = "stable"
        if self.misfits and not client.opened_tls and self.rng.random() < 0.16:
            if self.library == "proxy":
                client.opened_tls = True
            else:
                client.stack = self.library
        return client


def model(gang, app, like_many=False):
    """A client of the app, as people have it; `like_many`: with a user agent that many have."""
    rng, world = gang.rng, gang.world
    if app == "web" and like_many:
        client = new_browser(world, rng)
        client.user_agent = weighted(rng, gang.frequent_agents)[0]
        client.stack = stack_of(client.user_agent)
        client.quic, client.opened_tls, client.variant = 0, False, 0
        return client
    if app == "api":
        client = new_tool(rng)
        client.endpoint = SIGN_IN if rng.random() < 0.2 else None
        return client
    for _ in range(200):
        client = rng.choice(gang.peoples_clients)
        if client.app == app:
            return client.with_new_device(rng)
    return new_client(world, rng, app).with_new_device(rng)
