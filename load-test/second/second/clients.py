"""Clients: what sends an attempt. Its app, user agent, TLS stack, device token and session.

A TLS fingerprint follows from the stack, and the stack from the user agent, except where something stands in
between: an antivirus program or a company's proxy opens TLS, a local filter ends it with its own library.
Honest people have such things, so a browser's name with a script's fingerprint is no proof of an attack.
"""

import re

from second.chance import DAY, digest, hex_id, weighted
from second.tables import PHONE_MODELS, TOOLS, VPN_CLIENTS

PHONE_APPS = ("ios", "android")
SIGN_IN = "/account/sign-in"
LOGIN_ENDPOINTS = {
    "web": SIGN_IN,
    "ios": "/mobile/v3/session",
    "android": "/mobile/v3/session",
    "api": "/oauth2/token",
    "vpn": "vpn-gw",
}
LOOKUP_ENDPOINTS = {
    "web": "/account/identify",
    "ios": "/mobile/v3/identify",
    "android": "/mobile/v3/identify",
}
OTHER_ENDPOINTS = {
    "signup": "/account/join",
    "password_reset": "/account/recover",
    "mfa": "/account/step-up",
    "token": "/oauth2/token",
}

# Of each kind of TLS stack: ciphers and extensions, and the protocol that it asks for.
TLS_SHAPES = {
    "chr": ("1516", "h2"),
    "ios": ("2013", "h2"),
    "saf": ("2014", "h2"),
    "ff": ("1715", "h2"),
    "preq": ("1812", "h1"),
    "curl": ("3112", "h2"),
    "go": ("1312", "h2"),
    "okhttp": ("1411", "h2"),
    "node": ("5910", "h1"),
    "java": ("4913", "h1"),
    "mbox": ("1009", "h1"),
    "cfn": ("2012", "h2"),
}


class Client:
    """What sends the attempt. `token_mode` is what it does with a device token: `stable`, `fresh`, `none`."""

    __slots__ = (
        "app",
        "user_agent",
        "stack",
        "device",
        "token_mode",
        "quic",
        "variant",
        "has_session",
        "endpoint",
        "model",
        "os_version",
        "opened_tls",
        "update_delay",
    )

    def __init__(
        self, app, user_agent, stack, device=None, token_mode="stable", quic=0.0, variant=0, has_session=True
    ):
        self.app, self.user_agent, self.stack = app, user_agent, stack
        self.device, self.token_mode = device, token_mode
        self.quic, self.variant = quic, variant
        self.has_session = has_session
        self.endpoint = None  # where it logs in, if not where its app does
        self.model = self.os_version = None
        self.opened_tls = False
        self.update_delay = 0

    def copy(self):
        """Another client like this one, with the same device token."""
        twin = Client.__new__(Client)
        for field in Client.__slots__:
            setattr(twin, field, getattr(self, field))
        return twin

    def with_new_device(self, rng):
        """Another client like this one, on a device of its own."""
        twin = self.copy()
        twin.device = new_device(rng, twin.app)
        return twin

    def agent_at(self, world, time):
        """The user agent; an app's moves on with its release, sooner on some phones than on others."""
        if self.app not in PHONE_APPS:
            return self.user_agent
        late = time > world.released_at + self.update_delay
        version = world.new_version if late else world.old_version
        if self.app == "ios":
            kind = "(iPhone; iOS %s; Scale/3.00) CFNetwork" % self.os_version
        else:
            kind = "(Android %s; %s) okhttp/4.12.0" % (self.os_version, self.model)
        return "%s/%s %s" % (world.style.app_name, version, kind)

    def ja4(self, rng):
        """The TLS fingerprint of one connection."""
        stack = self.stack
        if self.opened_tls:
            stack = "mbox%d" % (int(digest(self.user_agent or self.model or "", 6), 16) % 3)
        return ja4_of(stack, self.quic and rng.random() < self.quic, self.variant)

    def endpoint_for(self, kind):
        """Where an attempt of that kind goes."""
        if kind == "login":
            return self.endpoint or LOGIN_ENDPOINTS[self.app]
        if kind == "lookup":
            return LOOKUP_ENDPOINTS.get(self.app, "/v1/users/exists")
        return OTHER_ENDPOINTS[kind]


def stack_of(agent):
    """Which TLS stack a browser has. All browsers of iPhones have Apple's."""
    if re.search(r"(CriOS|FxiOS|EdgiOS|GSA)/", agent) or "iPhone" in agent or "iPad" in agent:
        version = re.search(r"OS (\d+)_", agent)
        return "ios" + (version.group(1) if version else "17")
    version = re.search(r"Chrome/(\d+)", agent)
    if version:
        return "chr%d" % (int(version.group(1)) // 8)
    version = re.search(r"Firefox/(\d+)", agent)
    if version:
        return "ff%d" % (int(version.group(1)) // 15)
    version = re.search(r"Version/(\d+)", agent)
    return "saf" + (version.group(1) if version else "17")


def ja4_of(stack, quic=False, variant=0):
    """A text of the form of JA4 that follows from the stack; its digests are made up."""
    counts, protocol = TLS_SHAPES[re.match(r"[a-z]+", stack).group(0)]
    start = "%s13d%s%s" % ("q" if quic else "t", counts, "h3" if quic else protocol)
    extensions = "e" + stack + ("q" if quic else "") + str(variant)
    return "%s_%s_%s" % (start, digest("c" + stack, 12), digest(extensions, 12))


def new_device(rng, app="web"):
    """A device token as the service's pages, or its app, make it."""
    if app == "web":
        return "d_" + hex_id(rng, 20)
    return "-".join([hex_id(rng, 8), hex_id(rng, 4), hex_id(rng, 4), hex_id(rng, 12)])


def new_browser(world, rng, mobile=None):
    """A browser: of a phone, of a computer, or of any."""
    agent = world.reference.user_agent(rng, mobile)
    stack = stack_of(agent)
    is_chrome = stack.startswith("chr")
    device = new_device(rng)
    quic = 0.25 if is_chrome and rng.random() < 0.5 else 0
    client = Client("web", agent, stack, device, quic=quic, variant=int(rng.random() < 0.15))
    kind = rng.random()
    if kind < 0.06:
        client.token_mode = "none"
    elif kind < 0.09:
        client.token_mode = "fresh"
    if is_chrome and rng.random() < 0.035:
        client.opened_tls = True  # an antivirus program or a proxy
    elif rng.random() < 0.035:
        client.stack = rng.choice(["go", "go", "node", "preq"])  # a local filter or blocker of advertisements
    return client


def new_phone_app(world, rng, app):
    """The service's own app on a phone."""
    stack = "cfn%d" % rng.choice([17, 18, 18, 26]) if app == "ios" else "okhttp4"
    client = Client(app, None, stack, new_device(rng, app))
    client.model = rng.choice(PHONE_MODELS)
    versions = ["17.6", "18.1", "18.5", "26.0"] if app == "ios" else ["12", "13", "14", "15"]
    client.os_version = rng.choice(versions)
    client.update_delay = 0 if rng.random() < 0.6 else rng.expovariate(1 / (1.2 * DAY))
    client.opened_tls = rng.random() < 0.02
    return client


def new_tool(rng):
    """A script's library."""
    agent, stack, _ = weighted(rng, TOOLS)
    return Client("api", agent, stack, None, "none", has_session=False)


def new_vpn_client(rng):
    """The program of somebody who dials into the office."""
    agent = rng.choice(VPN_CLIENTS)
    device = new_device(rng) if rng.random() < 0.5 else None
    return Client("vpn", agent, "mbox", device, "stable", has_session=False)


def new_client(world, rng, app):
    """Any client of the app."""
    if app == "web":
        return new_browser(world, rng)
    if app in PHONE_APPS:
        return new_phone_app(world, rng, app)
    return new_tool(rng) if app == "api" else new_vpn_client(rng)
