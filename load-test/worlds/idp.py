"""Labelled sign-in traffic of an identity provider (single sign-on for twenty companies and public bodies).

A password step that waits for a second factor has log outcome "success" and an empty label. Hard: companies
behind one address; scripts looking up missing names; stored passwords failing for hours; an expiry wave and a
migration. Attackers make one or two tries through each home line; stolen sessions need no password at all.
"""

import argparse, csv, datetime as dt, hashlib, heapq, itertools, json, random
from collections import namedtuple
from types import SimpleNamespace

DAY, DAYS = 86400, 7
LANDS = {"GB": 0, "DE": 1, "FR": 1, "NL": 1, "SE": 1, "PL": 1, "IE": 0, "US": -5, "ES": 1}
APPS = ["mail", "intranet", "payroll", "files", "crm", "hr", "meetings", "vpn"]
PATHS = {"lookup": "/id/lookup", "login": "/id/pw", "mfa": "/id/factor", "token": "/oauth2/token"}
PATHS.update(signup="/scim/users", password_reset="/id/reset")
STEM = "an ber car dub emma fis gar hen ines jan ken lar mul nov olga pet ros sch tin".split()
GATE, GO, CHROME = "t13d1715h1_5b234860e130", "t13d1311h2_f57a46bbacb6", "t13d1516h2_8daaf6152771"
FOX, SAFARI, WIN = "t13d1717h2_5b57614c22b0", "t13d2014h2_a09f3c656075", "Mozilla/5.0 (Windows NT 10.0; x64"
BROWSERS = [(f"{WIN}) Chrome/{v}.0.0.0{e}", CHROME) for v in (138, 139, 140) for e in ("", " Edg/140")]
BROWSERS += [(f"{WIN}; rv:142.0) Firefox/142.0", FOX), ("Mozilla/5.0 (Macintosh) Safari/605.1.15", SAFARI)]
PHONES = [("Mozilla/5.0 (iPhone; CPU iPhone OS 18_6)", SAFARI), ("okhttp/4.12.0", "t13d1312h2_f57a46bbacb6")]
SCRIPTS = [("python-requests/2.32.3", "t13d1812h1_85036bcb"), ("Go-http-client/2.0", GO), ("curl/8.9", GATE)]
MAILERS = [("imap", "t12d1809h1_4b22cbed5bed"), ("smtp", "t12d1909h1_2bab15409345"), ("eas 16.0", CHROME)]
Client = namedtuple("Client", "net ip agent device")


class Net:
    """One provider's network; mobile networks put everybody behind a small pool of addresses."""

    def __init__(self, rng, kind, land):
        self.kind, self.land, self.asn = kind, land, rng.randrange(1200, 64000)
        self.v4 = [f"{rng.randrange(31, 99)}.{rng.randrange(256)}" for _ in range(5)]
        self.v6 = f"2a{rng.randrange(16):02x}:{rng.randrange(256, 65536):x}"
        self.daily, self.pool = kind == "home" and rng.random() < 0.4, None
        self.pool = [self.new(rng) for _ in range(70)] if kind == "mobile" else None

    def new(self, rng):
        """An address as a passer-by or a new customer would get it."""
        if self.pool:
            return rng.choice(self.pool)
        if rng.random() < {"home": 0.25, "host": 0.03}.get(self.kind, 0):
            return ":".join([self.v6] + [f"{rng.randrange(1, 65536):x}" for _ in range(6)])
        return f"{rng.choice(self.v4)}.{rng.randrange(256)}.{rng.randrange(1, 255)}"


def make_tenant(rng, i, nets):
    """A company or public body with its policy, its addresses and what it lets be logged."""
    new = SimpleNamespace(land=rng.choice([*LANDS]), style=i % 3, lock=rng.choice([5, 8, 20]), users=[])
    new.code, new.first_pw = f"{rng.choice(['nord', 'vale', 'city', 'health'])}{i:02d}", f"Welcome{i:02d}!"
    new.domain, new.legacy, new.floor, new.checks = f"@{new.code}.example", i % 3 != 2, i % 5 == 0, i % 2 == 0
    new.devices, new.ja4, new.digests, new.inspects = i % 5 != 3, i % 6 != 4, i % 7 != 6, i % 6 == 2
    new.factor, new.trusting = [0.95, 0.7, 0.35, 0.85][i % 4], i % 2 == 0
    lines = [n for n in nets["home"] if n.land == new.land]
    pools = [(lines, rng.randrange(1, 6)), (nets["host"] + lines, 2), (nets["gate"], 6)]
    new.places = [[(n, n.new(rng)) for n in rng.choices(pool, k=size)] for pool, size in pools]
    new.modes = rng.choice([(6, 1, 0, 2), (3, 4, 0, 2), (1, 0, 6, 2), (2, 2, 1, 5), (5, 0, 3, 1)])
    return new


class World:
    """Holds everybody, the clock and the sign-in machinery."""

    def __init__(self, seed, size):
        rng = self.rng = random.Random(f"{seed}-world")
        self.seed, self.heap, self.scale, self.names, self.people = seed, [], size / 5000, {}, []
        self.token, self.tick = lambda: f"{rng.getrandbits(64):016x}", itertools.count()
        weak = lambda: rng.choice([*self.common] + [f"leak-{self.token()}"] * 32)
        self.secret = lambda: weak() if rng.random() < 0.11 else f"pw-{self.token()}"
        self.push = lambda t, flow: heapq.heappush(self.heap, (t, next(self.tick), flow, None))
        self.zero = dt.datetime(2025, 1, 31, tzinfo=dt.timezone.utc) + dt.timedelta(7 * rng.randrange(44))
        words = "Winter Spring Summer Autumn".split()[self.zero.month % 12 // 3], f"{self.zero:%B}"
        self.common = [w + end for end in ("2025", "2025!", "25!", "@2025", "25", "!2025") for w in words]
        lands = [*LANDS, "IN", "BR", "VN", "RO", "TR", "ZA", "IT", "CA"]
        plan = {"home": lands * 3, "mobile": lands * 2, "host": lands[:8], "gate": lands[:2]}
        self.nets = {kind: [Net(rng, kind, land) for land in where] for kind, where in plan.items()}
        self.tenants = rng.sample([make_tenant(rng, i, self.nets) for i in range(20)], 20)
        for tenant in self.tenants + rng.choices(self.tenants, [1 / k**1.1 for k in range(1, 21)], k=size):
            self.join(tenant)

    def make_name(self, tenant, real=0):
        """A user's name (in the given share of cases) or one in the tenant's style that need not exist."""
        rng = self.rng
        if rng.random() < real:
            return rng.choice(tenant.users).name
        if tenant.style == 2:
            return f"{40000 + rng.randrange(max(60, len(tenant.users) * 2))}{tenant.domain}"
        first, last = rng.choice(STEM), rng.choice(STEM) + rng.choice(STEM) + rng.choice(["", "", "1", "2"])
        return (f"{first}.{last}" if tenant.style == 0 else first[0] + last) + tenant.domain

    def join(self, tenant, name=None, pw=None, kind=""):
        """Create a person (or a room or service) with habits, home line, programs and password."""
        rng, name = self.rng, name or self.make_name(tenant)
        while name in self.names:
            name = self.make_name(tenant).replace("@", "@" if tenant.style == 2 else f"{rng.randrange(99)}@")
        pw = pw or self.secret()
        user = self.names[name] = SimpleNamespace(tenant=tenant, name=name, pw=pw, session=None)
        user.fix_at = user.fails = user.fail_at = user.locked = user.moved = user.left = user.expired = 0
        user.kind = kind or ("shop_floor" if tenant.floor and rng.random() < 0.4 else "")
        user.forgot, user.fresh, user.trusted, user.old = False, False, {}, f"old-{self.token()}"
        user.mfa = kind == "" and rng.random() < tenant.factor
        user.rate = min(4.0, rng.lognormvariate(-1.1, 1.0)) if kind == "" else 0
        user.line = rng.choice([n for n in self.nets["home"] if n.land == tenant.land])
        user.cell = rng.choice([n for n in self.nets["mobile"] if n.land == tenant.land])
        user.ip, user.agent, user.handset = user.line.new(rng), rng.choice(BROWSERS), rng.choice(PHONES)
        user.device, user.home_device, user.phone = self.token(), self.token(), self.token()
        user.legacy, user.private = tenant.legacy and rng.random() < 0.035, rng.random() < 0.05
        user.mailer = rng.choice(MAILERS)
        if rng.random() < 0.025 and self.people and kind == "":
            twin, user.kind, user.rate = rng.choice(self.people), "contractor", 0.8
            user.line, user.ip, user.device, user.old = twin.line, twin.ip, twin.device, twin.pw
        tenant.users.append(user)
        self.people.append(user)
        return user

    def at_home(self, user, t, out):
        """The person's network and address: mobile when out, else the home line (some renumber daily)."""
        if self.rng.random() < out:
            return user.cell, user.cell.new(self.rng)
        daily = random.Random(f"{self.seed}-{user.ip}-{int(t // DAY)}") if user.line.daily else None
        return user.line, user.line.new(daily) if daily else user.ip

    def event(self, t, kind, client, name, tag, reason=None, won=False, user=None, pw=None, doubt=0, **more):
        """Build one event and its label row, leaving out what the tenant does not log."""
        user = user or self.names.get(name)
        tenant = user.tenant if user else next((x for x in self.tenants if name.endswith(x.domain)), None)
        row = {"outcome": "failure" if reason else "success", "failure_reason": reason, "kind": kind}
        (agent, ja4), net = client.agent, client.net
        row.update(username=name, ip=client.ip, device_id=client.device)
        row.update(asn=net.asn, country=net.land, user_agent=agent, endpoint=PATHS[kind], ja4=ja4)
        if tenant:
            row.update(tenant=tenant.code, device_id=client.device if tenant.devices else None)
            row["ja4"] = (GATE if net.kind == "gate" and tenant.inspects else ja4) if tenant.ja4 else None
        if pw and tenant and tenant.digests:
            row["password_fingerprint"] = hashlib.sha256(f"{self.seed}|{pw}".encode()).hexdigest()[:20]
            row["breached_password"] = (pw in self.common or pw[:4] == "leak") if tenant.checks else None
        label = "success" if won else "failure" if reason and kind != "lookup" else ""
        return t, {k: v for k, v in {**row, **more}.items() if v is not None}, (*tag, label, name, doubt)

    def verify(self, user, pw, t):
        """Check a password; give the reason for refusing it or None; keep count for the lock."""
        if user is None or user.left or t < user.locked:
            return "unknown_user" if user is None else "other" if user.left else "locked"
        if pw == user.pw:
            return "expired" if user.expired else None
        user.fails, user.fail_at = user.fails + 1 if t - user.fail_at < 1800 else 1, t
        if user.fails >= user.tenant.lock and user.kind != "service":
            user.locked, user.fails = t + 1800, 0
        return "bad_password"

    def signin(self, t, name, pw, client, tag, ask=0.8, factor=0.97, legacy=False):
        """One try to sign in: look-up, password, factor. Returns the time and why it failed or None."""
        rng, user, more = self.rng, self.names.get(name), {"app": "mail" if legacy else self.rng.choice(APPS)}
        if not legacy and rng.random() < ask:
            yield self.event(t, "lookup", client, name, tag, None if user else "unknown_user", **more)
            t += rng.lognormvariate(1.4, 0.8)
            if user is None or pw is None:
                return t, "unknown_user"
        reason, more["user"] = self.verify(user, pw, t), user
        state = {"bad_password": "invalid", "expired": "valid", None: "valid"}.get(reason, "unknown")
        step = {"pw": pw, "credential": state, "endpoint": "/legacy" if legacy else PATHS["login"]}
        places, trusted = (user.tenant.places[0] * user.tenant.trusting, user.trusted) if user else ((), ())
        known = client.device in trusted or (client.net, client.ip) in places
        if reason or not user.mfa or legacy or (known and rng.random() < 0.65):
            if reason is None:
                user.session = step["session_id"] = self.token()
                step["mfa"] = "none"
            yield self.event(t, "login", client, name, tag, reason, reason is None, **more, **step)
            return t, reason
        yield self.event(t, "login", client, name, tag, **more, **step)
        t += rng.lognormvariate(2.2, 0.6)
        if rng.random() > factor:
            yield self.event(t, "mfa", client, name, tag, "bad_mfa", mfa="failed", **more)
            t += rng.lognormvariate(2.6, 0.6)
            if factor < 0.5 or rng.random() < 0.25:
                return t, "bad_mfa"
        user.session = more["session_id"] = self.token()
        user.trusted.update({client.device: 1} if client.device and not tag[0] else {})
        yield self.event(t, "mfa", client, name, tag, None, True, mfa="passed", **more)
        return t, None

    def change(self, user, t):
        """Give the account a new password; stored copies stay old for some hours."""
        user.old, user.pw, user.expired, user.locked, user.fails = user.pw, self.secret(), False, 0, 0
        user.fix_at = t + self.rng.lognormvariate(9.6, 1.0)

    def person(self, t, user, mobile=False):
        """A working person's sign-in with slips, forgotten passwords, resets and later renewals."""
        rng, tenant, name, moved = self.rng, user.tenant, user.name, user.moved
        typo = lambda text, k: text[:k] + rng.choice(["", text[k - 1 : k], *"aeionst"]) + text[k + 1 :]
        work = 0 if user.kind == "shop_floor" else rng.choices(range(4), tenant.modes)[0]
        mode = ["office_desktop", "vpn_concentrator", "cloud_gateway", "home_worker"][work]
        place = rng.choice(tenant.places[work]) if work < 3 else self.at_home(user, t, 0.12)
        device = rng.choice([None, self.token()]) if user.private else user.device
        client = Client(*place, user.agent, user.home_device if work == 3 and rng.random() < 0.4 else device)
        if mobile:
            mode, client = "mobile_app", Client(*self.at_home(user, t, 0.6), user.handset, user.phone)
        elif user.kind:
            mode, shared = user.kind, tenant.users[len(name) % len(tenant.users)].home_device
            client = client._replace(agent=BROWSERS[0], device=shared) if mode == "shop_floor" else client
        elif rng.random() < 0.03:
            mode, net = "traveller", rng.choice(self.nets["mobile"] + self.nets["home"])
            client = client._replace(net=net, ip=net.new(rng))
        elif rng.random() < 0.012:
            user.device, user.agent = self.token(), rng.choice(BROWSERS)
        forgot = user.forgot or rng.random() < (0.001 if mobile else 0.009)
        slips = rng.randrange(2, 8) if forgot else rng.choices([0, 1, 2], [91, 7, 2])[0]
        flags = {"new_joiner": user.fresh, "expiry_wave": user.expired, "tenant_migration": moved}
        mode = next((k for k, on in flags.items() if on), "forgotten_password" if forgot else mode)
        tag, reason, user.forgot, user.fresh = (0, mode), "", False, False
        if mobile and user.session and mode == "mobile_app" and rng.random() < 0.95:
            yield from self.renew(t, user, client, tag, 1, 3.0)
            return
        if rng.random() < (0.5 if moved else 0.03):
            t, _ = yield from self.signin(t, moved or typo(name, rng.randrange(1, 5)), user.pw, client, tag)
            t += rng.uniform(4, 40)
        user.moved = moved if rng.random() < 0.3 else 0
        for k in range(slips + (not forgot)):
            slip = user.old if rng.random() < 0.4 else typo(user.pw, rng.randrange(1, 8))
            pw = slip if k < slips else user.pw
            t, reason = yield from self.signin(t, name, pw, client, tag, 0.15 if k else 0.8)
            t += rng.lognormvariate(2.3, 0.8) + (rng.choice([0, 2400]) if reason == "locked" else 0)
        if (forgot or reason in ("expired", "locked")) and not user.left:
            t += rng.uniform(40, 600)
            yield self.event(t, "password_reset", client, name, tag, user=user)
            self.change(user, t)
            t, reason = yield from self.signin(t + rng.uniform(5, 60), name, user.pw, client, tag, 0.5)
        if reason is None:
            yield from self.renew(t, user, client, tag, rng.choices([0, 1, 2, 4], [50, 25, 15, 10])[0])

    def renew(self, t, user, client, tag, times, spread=9.0):
        """Show the session's token again later, at times from another address."""
        more = {"session_id": user.session, "user": user, "app": self.rng.choice(APPS)}
        for _ in range(times):
            t += self.rng.lognormvariate(spread, 0.8)
            yield t, None
            bad = "expired" if user.left or self.rng.random() < 0.04 else None
            if self.rng.random() < 0.2 and not tag[0]:
                client = Client(*self.at_home(user, t, 0.1), client.agent, client.device)
            yield self.event(t, "token", client, user.name, tag, bad, not bad, **more)

    def machine(self, t, user, cls, client, gap, bad):
        """A program that signs in again and again: a mail poller, service account, room or monitor."""
        stale, wrong, mail = 0, "", cls == "legacy_mail"
        while True:
            yield t, None
            place = self.rng.choice([self.at_home(user, t, 0.5)] * 5 + user.tenant.places[1])
            client = Client(*place, user.mailer, None) if mail else client
            if self.rng.random() < bad:
                stale, wrong = t + self.rng.lognormvariate(9.0, 0.8), f"pw-{self.token()}"
            pw = user.old if t < user.fix_at else wrong if t < stale else user.pw
            t, reason = yield from self.signin(t, user.name, pw, client, (0, cls), 0.1, 0.98, mail)
            t += self.rng.lognormvariate(0, 0.4) * (gap / 4 if reason else gap)

    def script(self, t, tenant, cls):
        """Administrators' scripts for new people and leavers, and the help desk by hand."""
        yield t, None
        rng, hand, tag = self.rng, cls == "help_desk", (0, cls)
        agent, device = (rng.choice(BROWSERS), self.token()) if hand else (rng.choice(SCRIPTS), None)
        client = Client(*rng.choice(tenant.places[0] + tenant.places[1] * (not hand)), agent, device)
        for _ in range(rng.randrange(1, 4) if hand else rng.randrange(20, 160)):
            t += rng.expovariate(1 / 200 if hand else 1.5)
            name = self.make_name(tenant, {"onboarding_script": 0, "help_desk": 0.9}.get(cls, 0.6))
            user, path = self.names.get(name), {"endpoint": "/directory/users"}
            yield self.event(t, "lookup", client, name, tag, None if user else "unknown_user", **path)
            if hand and user:
                t += rng.uniform(30, 200)
                yield self.event(t, "password_reset", client, name, tag, endpoint="/directory/reset")
                self.change(user, t)
            elif cls == "onboarding_script" and not user and rng.random() < 0.12:
                user = self.join(tenant, name, tenant.first_pw)
                user.fresh = user.expired = True
                yield self.event(t + 0.5, "signup", client, name, tag)
                self.push(t + 9000, self.person(t + 9000, user))
            elif cls == "offboarding_script" and user:
                user.left = user.left or rng.random() < 0.02

    def day(self, d):
        """Put one day's honest doings on the clock, with a sharp rush on Monday morning."""
        rng, start, weight = self.rng, d * DAY, [1, 0.1, 0.1, 1.5, 1, 1, 1][d]
        if d == 5:
            for user in self.tenants[3].users:
                user.moved, user.trusted = user.name, {}
                user.name = user.name.replace(".example", ".group.example")
                self.names[user.name] = self.names.pop(user.moved)
        many = lambda mean: int(rng.gammavariate(3, mean / 3) + rng.random()) if mean > 0.04 else 0
        local = lambda: rng.gauss(
            *rng.choice([(8.6, 0.35 if d == 3 else 0.8)] * 2 + [(13.2, 0.6), (14, 3.5)])
        )
        clock = lambda tenant: start + (local() - LANDS[tenant.land]) % 24 * 3600
        for user in list(self.people):
            user.expired = user.expired or d == 4 and user.tenant is self.tenants[1] and rng.random() < 0.3
            for k in range(many(user.rate * weight)):
                shift = user.kind == "shop_floor"
                t = start + rng.gauss(rng.choice([6, 14, 22]) * 3600, 500) if shift else clock(user.tenant)
                self.push(t, self.person(t, user))
            for t in [clock(user.tenant) for _ in range(many(0.25 if user.rate else 0))]:
                self.push(t, self.person(t, user, True))
        for cls, mean in [("onboarding_script", 4), ("offboarding_script", 5), ("help_desk", 60)]:
            for tenant in rng.choices(self.tenants[:14], k=many(mean * weight * min(1, 0.2 + self.scale))):
                self.push(start, self.script(clock(tenant), tenant, cls))
        yield start, None

    def honest(self):
        """Start the days and the programs that never sleep."""
        rng = self.rng
        for d in range(DAYS):
            self.push(d * DAY, self.day(d))
        for user in [u for u in self.people if u.legacy]:
            gap = rng.lognormvariate(9.4, 0.6)
            self.push(0, self.machine(rng.uniform(0, gap), user, "legacy_mail", None, gap, 0.004))
        plan = [("service_account", 60, 5000, 0.004), ("conference_room", 50, 14000, 0.012)]
        for cls, number, gap, bad in plan + [("monitor_probe", 4, 1500, 0.01)]:
            for k in range(max(2, int(number * self.scale))):
                tenant, room = rng.choice(self.tenants[:12]), cls[0] == "c"
                name, net = f"{cls[:4]}-{rng.randrange(999)}{k}{tenant.domain}", rng.choice(self.nets["host"])
                user = self.join(tenant, name, tenant.first_pw if room else None, "service")
                place = rng.choice(tenant.places[0]) if room else (net, net.new(rng))
                agent, device = (user.agent, user.device) if room else (rng.choice(SCRIPTS), None)
                self.push(k * 60, self.machine(k * 60, user, cls, Client(*place, agent, device), gap, bad))

    def shady(self, where="proxy", agents=BROWSERS):
        """A program of an attacker, in a cloud or behind somebody's home or mobile line."""
        rng, roll, user = self.rng, self.rng.random(), self.rng.choice(self.people)
        net = rng.choice(self.nets["host" if where == "cloud" else "mobile" if roll < 0.15 else "home"])
        net, ip = (user.line, user.ip) if where == "proxy" and roll > 0.92 else (net, net.new(rng))
        device = self.token() if agents is BROWSERS and rng.random() < 0.75 else None
        return Client(net, ip, rng.choice(agents), device)

    def campaign(self, cls, start, hours, number, pick, fixed=0, ask=0.5, agents=BROWSERS):
        """Many tries over some hours, from a few cloud addresses or a new home line for each one or two."""
        rng, t, number = self.rng, start * 3600, max(30, int(number * self.scale))
        pool = [self.shady("cloud", agents) for _ in range(fixed)]
        for k in range(number):
            yield t, None
            client = rng.choice(pool) if fixed else self.shady()
            for _ in range(1 if fixed or rng.random() < 0.8 else 2):
                self.push(t, self.signin(t, *pick(k), client, (1, cls), ask, 0.02, agents is MAILERS))
            t += rng.expovariate(number / hours / 3600)

    def takeover(self, t, user, cls):
        """A targeted theft of one account: relay, session, factor or help desk."""
        rng, tag, client = self.rng, (1, cls), self.shady(self.rng.choice(["cloud", "proxy"]))
        yield t, None
        reason = None if user.session and cls == "stolen_session" else "other"
        if cls == "relay_phishing":
            client = client._replace(agent=(user.agent[0], rng.choice([GATE, CHROME, CHROME])))
            t, reason = yield from self.signin(t, user.name, user.pw, client, tag, 1, 0.8)
            client = rng.choice([client, self.shady()])
        elif cls == "help_desk_fraud":
            desk = Client(*rng.choice(user.tenant.places[0]), rng.choice(BROWSERS), self.token())
            for kind, path in (("lookup", "/directory/users"), ("password_reset", "/directory/reset")):
                yield self.event(t, kind, desk, user.name, tag, endpoint=path, doubt=1)
                t += rng.uniform(30, 200)
            self.change(user, t)
            user.forgot = True
            t, reason = yield from self.signin(t + 90, user.name, user.pw, client, tag, 1, 0.95)
        for _ in range(rng.randrange(3, 10) if cls == "factor_fatigue" else 0):
            if reason:
                t, reason = yield from self.signin(t, user.name, user.pw, client, tag, 0.2, 0.1)
                t += rng.uniform(20, 240)
        if reason is None:
            yield from self.renew(t, user, client, tag, rng.randrange(1, 7), 7.5)

    def attackers(self):
        """Put the campaigns and the targeted thefts on the clock."""
        rng, common, big, mid = self.rng, self.common, self.tenants[:2], self.tenants[:12]
        execs = [u for t in self.tenants for u in t.users[: 2 + len(t.users) // 150]]
        some = lambda tenants, real: self.make_name(rng.choice(tenants), real)

        def stuffed(k):
            """A name and password from a leaked list; about one in a hundred is still right."""
            name, pw = some(mid, 0.5), f"{rng.choice(['leak', 'leak', 'pw'])}-{self.token()}"
            right = name in self.names and self.names[name].pw[:4] == "leak" and rng.random() < 0.12
            return name, self.names[name].pw if right else pw

        plan = [("spray_cloud", 30, 3, 2600, lambda k: (some(big, 0.8), common[k // 1300]), 5, 0.2)]
        plan += [("spray_cloud", 83, 5, 1500, lambda k: (some(mid, 0.8), common[3]), 40, 0.7)]
        plan += [("spray_proxy_slow", 20, 140, 4200, lambda k: (some(mid, 0.85), common[k // 400 % 12]))]
        plan += [("name_testing_loud", 50, 2, 2200, lambda k: (some(big[:1], 0.3), None), 3, 1)]
        plan += [("name_testing_proxy", 60, 70, 3200, lambda k: (some(mid, 0.45), None), 0, 1)]
        plan += [("executive_guessing", 26, 130, 1300, lambda k: (execs[k % 9].name, rng.choice(common)))]
        mail = ("stuffing_legacy", 100, 20, 1400, stuffed, 60, 0, MAILERS)
        plan += [mail, ("stuffing_proxy", 76, 44, 3600, stuffed)]
        plan += [("lockout_attack", 128, 2, 800, lambda k: (big[1].users[k // 22].name, f"pw-{k}"), 90, 0.1)]
        plan += [("first_password_guess", 90, 60, 350, lambda k: (some(big[:1], 0.6), big[0].first_pw))]
        for item in plan:
            self.push(item[1] * 3600, self.campaign(*item))
        plan = {"relay_phishing": 70, "stolen_session": 80, "factor_fatigue": 45, "help_desk_fraud": 25}
        for cls, number in plan.items():
            for user in rng.sample([u for u in self.people if u.mfa], max(4, int(number * self.scale))):
                t = DAY * (3.35 + rng.expovariate(4) if cls == "relay_phishing" else rng.uniform(1, 6.9))
                self.push(t, self.takeover(t, user, cls))

    def run(self, log, labels):
        """Take events off the clock in order and write them at once."""
        out, number, origin = csv.writer(labels, lineterminator="\n"), 0, None
        out.writerow("event_id attack class outcome time username undecidable".split())
        while self.heap and self.heap[0][0] < DAYS * DAY:
            t, _, flow, item = heapq.heappop(self.heap)
            if item:
                number, stamp = number + 1, self.zero + dt.timedelta(seconds=t)
                origin = t if origin is None else origin
                head = {"event_id": f"s{number:07d}", "time": stamp.isoformat(timespec="milliseconds")}
                log.write(json.dumps({**head, **item[0]}) + "\n")
                out.writerow([head["event_id"], *item[1][:3], f"{t - origin:.3f}", *item[1][3:]])
            step = next(flow, None)
            if step:
                rest = step[1:] if step[1] else None
                heapq.heappush(self.heap, (max(t, step[0]), next(self.tick), flow, rest))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for option, default in [("--seed", "1"), ("--out", None), ("--labels", None), ("--users", "5000")]:
        parser.add_argument(option, default=default, required=default is None)
    args = parser.parse_args()
    world = World(args.seed, int(args.users))
    world.honest()
    world.attackers()
    with open(args.out, "w", encoding="utf-8") as log, open(args.labels, "w", encoding="utf-8") as labels:
        world.run(log, labels)
