"""The service: what it is, where its people live, what its log holds."""
import random

from .agents import TOOLS
from .names import digest
from .networks import COUNTRIES, HOSTING

# sector: (name styles, mfa share, app share, visits per user and day, rhythm)
SECTORS = {
    "shop": (("email",), 0.05, 0.35, 2.6, "evening"),
    "bank": (("number", "email"), 0.55, 0.55, 2.5, "office"),
    "game": (("nick", "mixed"), 0.15, 0.25, 3.3, "night"),
    "forum": (("nick",), 0.03, 0.15, 2.7, "evening"),
    "streaming": (("email",), 0.02, 0.45, 3.0, "night"),
    "payroll": (("email", "mixed"), 0.35, 0.2, 2.4, "office"),
    "delivery": (("email", "mixed"), 0.04, 0.65, 2.9, "lunch"),
    "clinic": (("mixed", "number"), 0.25, 0.3, 2.3, "office"),
}

FIELDS = ["event_id", "time", "outcome", "ip", "kind", "credential", "failure_reason", "username",
          "asn", "country", "device_id", "user_agent", "ja4", "password_fingerprint", "mfa",
          "endpoint", "session_id"]
DROPPED = {
    "full": set(),
    "no_devices": {"device_id", "session_id"},
    "no_fingerprints": {"ja4", "password_fingerprint"},
    "bare": set(FIELDS) - {"event_id", "time", "outcome", "ip", "kind", "username"},
}


class Service:
    """Everything about the service that the seed decides."""

    def __init__(self, seed, users, days, fields):
        rng = random.Random("service:%s" % seed)
        self.seed, self.users, self.days = seed, users, days
        self.sector = sorted(SECTORS)[seed * 5 % len(SECTORS)]   # neighbours differ
        styles, mfa, app, visits, self.rhythm = SECTORS[self.sector]
        self.style = rng.choice(styles)
        self.mfa_share = min(0.9, mfa * rng.uniform(0.4, 1.7))
        self.app_share = min(0.8, app * rng.uniform(0.5, 1.5))
        self.token_use = rng.uniform(0.15, 0.75) if rng.random() < 0.85 else 0.0
        self.lookups = rng.choice(("none", "none", "some", "some", "always"))
        # A visit makes more events where names are looked up first.
        habit = {"none": 0.0, "some": 0.35, "always": 0.85}[self.lookups]
        self.visits = visits * rng.uniform(0.85, 1.15) / (1 + (1 - self.token_use) * habit)
        self.separate_mfa = rng.random() < 0.4
        self.step_up = rng.random() < 0.35
        self.typo_rate = rng.uniform(0.021, 0.036)
        self.v6_share = rng.uniform(0.1, 0.75)
        self.flatten = rng.uniform(0.8, 1.0)
        self.reasons = rng.choice(("fine", "fine", "merged", "other", "absent"))
        self.lock = rng.choice((None, None, (10, 900, 900), (20, 3600, 1800), (6, 600, 600), (15, 600, 3600)))
        self.start = 1_768_176_000 + 86400 * rng.randrange(0, 240) + 3600 * rng.choice((0, 0, 5, 12, 22))
        self.rfc3339 = rng.random() < 0.5
        self.id_style = rng.choice(("hex", "ulid", "counter"))
        self.token_style = rng.choice(("hex", "uuid", "short"))
        self.countries = self._countries(rng)
        self.endpoints = rng.choice((
            {"web": "/login", "app": "/api/v2/session", "token": "/api/v2/refresh"},
            {"web": "/account/signin", "app": "/oauth/token", "token": "/oauth/token"},
            {"web": "/auth", "app": "/auth", "token": "/auth/refresh"},
            {"web": "/users/sign_in", "app": "/mobile/login", "token": "/mobile/resume"}))
        self.app_name = rng.choice(("Larkspur", "Brightmart", "Pennant", "Oakline", "Tidewater",
                                    "Quillo", "Marigold", "Fernway"))
        self.app_version = "%d.%d.%d" % (rng.randint(2, 11), rng.randint(0, 30), rng.randint(0, 9))
        # The scripting clients and hosting networks that are common around this service;
        # honest scripts and attackers draw from the same boxes.
        self.tools = rng.sample(TOOLS, 4)
        self.hosting = rng.sample(HOSTING, 7)
        self.app_models = rng.sample(["Android 14; SM-S918B", "Android 13; SM-A546B",
                                      "Android 15; Pixel 8", "Android 14; Pixel 7a",
                                      "Android 12; M2101K6G", "Android 13; CPH2451"], 4) + \
            ["iOS %d.%d; iPhone" % (rng.randint(16, 19), n) for n in range(rng.randint(2, 4))]
        self.key = rng.getrandbits(256).to_bytes(32, "big")
        self.filled = self._filled(rng) - DROPPED[fields]
        self.fill_gap = rng.choice((0.0, 0.0, 0.02, 0.05))
        self.crowd_bias = {}
        self._rng = rng

    @staticmethod
    def _countries(rng):
        """One to four main markets and a long tail of everywhere else."""
        codes = sorted(COUNTRIES)
        main = rng.sample(codes, rng.choice((1, 2, 2, 3, 4)))
        weights = {code: rng.uniform(0.25, 0.8) for code in codes}
        left = 100.0 - sum(weights.values())
        cuts = [rng.uniform(0.3, 1.0) ** 2 for _ in main]
        for code, cut in zip(main, cuts):
            weights[code] += left * cut / sum(cuts)
        return weights

    @staticmethod
    def _filled(rng):
        chances = {"credential": 0.5, "failure_reason": 1.0, "asn": 0.85, "country": 0.75,
                   "device_id": 0.85, "user_agent": 0.95, "ja4": 0.65, "mfa": 0.8,
                   "password_fingerprint": 0.75, "endpoint": 0.7, "session_id": 0.6}
        kept = {"event_id", "time", "outcome", "ip", "kind", "username"}
        for name in sorted(chances):
            if rng.random() < chances[name]:
                kept.add(name)
        return kept

    def bias(self, crowd):
        """How much more or less common a crowd is here than elsewhere."""
        if crowd not in self.crowd_bias:
            self.crowd_bias[crowd] = random.Random("bias:%s:%s" % (self.seed, crowd)).uniform(0.4, 1.8)
        return self.crowd_bias[crowd]

    def fingerprint(self, password):
        return digest(self.key, password)

    def app_agent(self, rng, version=None):
        version = version or self.app_version
        return "%s/%s (%s)" % (self.app_name, version, rng.choice(self.app_models))

    def summary(self):
        main = sorted(self.countries.items(), key=lambda kv: -kv[1])[:4]
        return ("%s, names: %s, reasons: %s, lookups: %s, mfa %.0f %%, apps %.0f %%, tokens %.0f %%, "
                "lock %s, %s; not filled: %s" % (
                    self.sector, self.style, self.reasons, self.lookups, 100 * self.mfa_share,
                    100 * self.app_share, 100 * self.token_use, self.lock,
                    " ".join("%s %.0f %%" % kv for kv in main),
                    ", ".join(f for f in FIELDS if f not in self.filled) or "none"))
