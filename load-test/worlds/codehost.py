"""Labelled sign-in traffic of a code-hosting and package platform.

People, build servers, bots and courses use it through browsers, git and scripts. Hard here: most traffic is
tokens from hosting networks, which is also how leaked ones are tried; audits, a forced rotation and old stored
passwords fail at length; most attackers make one to three tries an address. session_id: digest of the session
or token. A login event covers both factors; an mfa event is one further try of the second.
"""

import argparse
import hashlib
import heapq
import json
import random
from collections import namedtuple
from datetime import datetime, timedelta, timezone

DAY, DAYS = 86400.0, 5
Program, Source = namedtuple("Prog", "user_agent ja4 app device_id"), namedtuple("Source", "ip asn country")
ZONES = dict(US=-6, GB=0, DE=1, FR=1, IN=5, BR=-3, PL=1, JP=9, CN=8, NG=1, CA=-5, UA=2, VN=7, ID=7)
LANDS = "US US US US US GB GB DE DE FR IN IN IN BR BR PL JP CN CN NG CA UA VN ID".split()
FIRST = "anna ben carla david elif farah ivan julia kofi lena mateo omar priya rosa sam wei alex tom".split()
LAST = "smith jones novak kumar silva mueller tanaka chen okafor nguyen martin rossi garcia lee brown".split()
WORDS = "code rust linux pixel byte dev null stack cloud neo dark tiny open fast zen moon fox ninja".split()
ORGS = "acme northwind initech hooli vandelay globex umbra stark wayne tyrell soylent cyberdyne".split()
COMMON = [w + end for end in ("1", "123", "2024", "", "!", "2023", "1!", "01", "2024!", "99") for w in WORDS]
LOGIN_AT = dict(web="/session", git="/git/auth", registry="/registry/login", mobile="/oauth/token")
TOKEN_AT = dict(web="/web/session", git="/git/push", registry="/registry/publish", mobile="/oauth/refresh")
AGENTS = {
    "web": "chrome:Mozilla/5.0 (Windows) Chrome/V|firefox:Mozilla/5.0 (X11) Firefox/V|safari:Safari/605",
    "mobile": "okhttp:CodeApp/1.152 Android 14|okhttp:CodeApp/1.149 Android 13|apple:CodeApp/1.151 iOS 17.3",
    "git": "curl:git/2.43.0|curl:git/2.39.2|curlwin:git/2.44.windows.1|node:editor-git/1.86|jvm:ide-git/233",
    "registry": "node:npm/10.2.4 node/v20.11.0|node:npm/9.5.1 node/v18.16.0|python:twine/4.0.2|go:docker/25",
    "api": "python:python-requests/2.31.0|go:Go-http-client/2.0|curl:curl/8.5.0|go:code-cli/2.44.1",
}


def digest(*parts):
    """Return a stable digest of some values, in hexadecimal."""
    return hashlib.sha256("/".join(map(str, parts)).encode()).hexdigest()


def link(asn, country, key):
    """Return the connection that a network gives to a key, always with the same address."""
    h = digest(asn, key)
    a, b, c, d = 20 + asn % 80, asn // 7 % 256, int(h[:2], 16), 1 + int(h[2:5], 16) % 254
    return Source(f"{a}.{b}.{c}.{d}", asn, country)


class World:
    """The service, its people, its attackers and the clock."""

    def __init__(self, seed, users, log, labels):
        """Build the networks and the people, and lay down the plans."""
        self.seed, self.log, self.labels, r = seed, log, labels, random.Random(f"{seed}-nets")
        self.rng, self.scale, self.end = random.Random(f"{seed}-traffic"), max(0.3, users / 9000), DAYS * DAY
        self.jobs, self.seq, self.written, self.first = [], 0, 0, 0.0
        self.base = datetime(2024, 3, 4, tzinfo=timezone.utc) + timedelta(days=r.randrange(300))
        self.names, self.accounts, self.breached = {}, [], set(COMMON)
        self.isp = {c: [r.randrange(3000, 60000) for _ in range(5)] for c in ZONES}
        self.hosts = [(r.randrange(8000, 400000), r.choice(("US", "US", "DE", "GB", "FR"))) for _ in range(9)]
        self.offices = {o: link(self.isp[c][1], c, o) for o, c in zip(ORGS, r.choices(LANDS, k=len(ORGS)))}
        for _ in range(users):
            self.new_account()
        self.labels.write("event_id,attack,class,outcome,time,username,undecidable\n")
        self.plan(random.Random(f"{seed}-plan"))

    def at(self, t, fn, *args):
        """Plan a piece of work."""
        self.seq += 1
        heapq.heappush(self.jobs, (t, self.seq, fn, args))

    def run(self):
        """Do the plans in order of time; writing an event is one of them."""
        while self.jobs and self.jobs[0][0] < self.end:
            t, _, fn, args = heapq.heappop(self.jobs)
            fn(t, *args)

    def write(self, t, e, who, label):
        """Write one event and its label."""
        self.first, self.written = self.first or t, self.written + 1
        when, eid = self.base + timedelta(seconds=t), digest(self.seed, self.written)[:20]
        e = {"event_id": eid, "time": when.isoformat(timespec="milliseconds"), **e}
        self.log.write(json.dumps(e) + "\n")
        row = (eid, who[1], who[0], label, round(t - self.first, 3), e.get("username", ""), who[3])
        self.labels.write(",".join(map(str, row)) + "\n")

    def emit(self, t, who, kind, ok, src, prog, name, page, reason=None, pw=None, **more):
        """Queue one event; `who` is an honest crowd or (class, attack, thief's own account, undecidable)."""
        who, outcome = (who, 0, 0, 0) if isinstance(who, str) else who, "success" if ok else "failure"
        e = dict(kind=kind, outcome=outcome, **src._asdict(), **prog._asdict())
        e.update(endpoint=page, username=name, failure_reason=None if ok else reason, **more)
        e["ja4"] = e["ja4"] if self.rng.random() > 0.03 else None
        if pw is not None:
            e.update(password_fingerprint=digest(self.seed, pw)[:16], breached_password=pw in self.breached)
        entered = kind in ("login", "token", "mfa", "signup") or page == "/password_reset/finish"
        label, e = "" if ok and (who[2] or not entered) else outcome, {k: e[k] for k in e if e[k] is not None}
        self.at((int(t * 1000) + 1) / 1000, self.write, e, who, label)

    def drip(self, t, end, per_day, fn, args=(), tz=None):
        """Call fn again and again at random moments, by daylight if a time zone is given."""
        local = self.base + timedelta(seconds=t, hours=tz or 0)
        level = 0.08 + 0.92 * 2.718 ** -(((local.hour + local.minute / 60 - 15) / 4.6) ** 2)
        if t < end:
            if tz is None or self.rng.random() < level * (0.45 if local.weekday() > 4 else 1):
                fn(t, *args)
            self.at(t + self.rng.expovariate(per_day / DAY), self.drip, end, per_day, fn, args, tz)

    def make_name(self, org=None):
        """Return a handle that people of such a service might choose; it may be taken."""
        r, f, l, w = self.rng, self.rng.choice(FIRST), self.rng.choice(LAST), self.rng.choice(WORDS)
        if org:
            return f"{r.choice((f, f[0] + l, f + '-' + l))}{r.choice(('', '', r.randrange(2, 30)))}-{org}"
        n = r.choice(("", r.randrange(1, 100), r.randrange(1970, 2010), r.randrange(1000)))
        return f"{r.choice((f + l, f'{f}-{l}', f[0] + l, f + w, w + r.choice(WORDS), f'{w}-{f}'))}{n}"

    def new_account(self, name=None, country=None, pw=None, t=0.0, visits=True):
        """Create an account with its owner's habits, passwords, machines and networks."""
        r, u = self.rng, argparse.Namespace(i=len(self.accounts), fails=[], name=name)
        u.org = r.choice(ORGS) if r.random() < 0.22 and not country else None
        u.country = country or (self.offices[u.org].country if u.org else r.choice(LANDS))
        u.tz, u.asn, u.cell = ZONES[u.country], r.choice(self.isp[u.country][1:]), self.isp[u.country][0]
        while not u.name or u.name in self.names:
            u.name = self.make_name(u.org if r.random() < 0.5 else None)
        u.dormant, u.moves, u.vpn, u.maintainer = (r.random() < share for share in (0.2, 0.2, 0.06, 0.03))
        words = (f"own{u.i}", r.choice(COMMON), f"{u.org or u.name}2024!".capitalize())
        u.old, u.pw = f"old{u.i}", pw or r.choices(words, (93, 5, 2))[0]
        u.leaked = r.choices((None, u.old, u.pw), (680, 306, 14))[0]
        self.breached.update([u.leaked] if u.leaked and r.random() < 0.85 else [])
        u.linked = [self.pick()] if r.random() < 0.03 and u.i else []
        u.mfa = r.choices((None, "totp", "push"), (1, 5, 3) if u.maintainer else (6, 2.5, 1.5))[0]
        apps = ["web"] * r.choice((1, 1, 2, 2, 3)) + ["mobile"] * r.choice((0, 0, 1))
        u.programs, u.sessions = [self.program(app) for app in apps], [self.fresh("s") for _ in apps]
        tools = r.sample(("git", "git", "git", "registry", "api"), r.choice((1, 2, 3)))
        u.tokens = [[self.fresh("t"), self.program(app), True, False] for app in tools]
        self.names[u.name], rate = u, min(22.0, 0.75 * r.paretovariate(1.15)) / (4 if u.dormant else 1)
        self.accounts.append(u)
        self.at(t + r.expovariate(rate / DAY), self.drip, self.end * visits, rate, self.visit, (u,), u.tz)
        return u

    def fresh(self, kind):
        """Return a new identifier of a device, session or token."""
        return f"{kind}{self.rng.getrandbits(56):014x}"

    def program(self, *apps):
        """Return a newly met program; browsers and phones mostly keep a device token."""
        r, app, v = self.rng, self.rng.choice(apps), self.rng.choice((122, 122, 121, 120, 115, 109))
        family, ua = r.choice(AGENTS["api" if app == "script" else app].split("|")).split(":")
        h = digest(family, v // 8 if app == "web" else 0)
        device = self.fresh("d") if app in ("web", "mobile") and r.random() < 0.9 else None
        ja4 = f"t13d{15 + int(h[0], 16) % 4}12h2_{h[1:13]}_{h[13:25]}"
        return Program(ua.replace("V", f"{v}.0"), ja4, "web" if app == "script" else app, device)

    def pick(self, **want):
        """Pick an account, of some random ones the first that meets the wishes."""
        some = self.rng.choices(self.accounts, k=200 if want else 1)
        return next((u for u in some if all(getattr(u, k) == v for k, v in want.items())), some[0])

    def home(self, t, u):
        """Return somebody's home connection at a moment."""
        return link(u.asn, u.country, f"{u.i}-{t // DAY if u.moves else 0}")

    def proxy(self, t, country=None):
        """Return a residential connection: a home, a shared mobile address, or the home of a known user."""
        r, x, country = self.rng, self.rng.random(), country or self.rng.choice(LANDS)
        if x < 0.1:
            return self.home(t, self.pick(country=country))
        asn = self.isp[country][0 if x < 0.25 else r.randrange(1, 5)]
        return link(asn, country, r.randrange(40 if x < 0.25 else 1 << 40))

    def place(self, t, u):
        """Return where somebody is now, and the name of the crowd if that is remarkable."""
        r, local = self.rng, self.base + timedelta(seconds=t, hours=u.tz)
        if u.org and 8 <= local.hour < 19 and local.weekday() < 5 and r.random() < 0.75:
            return self.offices[u.org], "office_worker"
        if u.vpn and r.random() < 0.7:
            return link(*r.choice(self.hosts[:3]), r.randrange(60)), "vpn_user"
        return (link(u.cell, u.country, r.randrange(40)) if r.random() < 0.12 else self.home(t, u)), None

    def password(self, t, who, name, pw, src, prog, second=0.0):
        """Try a name and a password as the service would; `second` is the chance to pass a second factor."""
        u, sid, mfa, reason, credential = self.names.get(name), None, None, "unknown_user", "unknown"
        if u:
            u.fails = [x for x in u.fails if t - 1800 < x] + [t] * (pw != u.pw)
            reason, credential = ("locked", "unknown") if len(u.fails) > 9 else ("bad_password", "invalid")
        if u and pw == u.pw and len(u.fails) <= 9:
            skip = not u.mfa or second > 0.5 and self.rng.random() < 0.4
            mfa = "none" if skip else "passed" if self.rng.random() < second else "failed"
            reason, credential, sid = "bad_mfa", "valid", None if mfa == "failed" else self.fresh("s")
        page, more = LOGIN_AT.get(prog.app, "/api/auth"), dict(mfa=mfa, session_id=sid, credential=credential)
        self.emit(t, who, "login", bool(sid), src, prog, name, page, reason, pw, **more)
        return sid

    def show(self, t, who, u, sid, src, prog, reason=None):
        """Show a session or token; the service knows the owner of an expired one, not of an unknown one."""
        more = dict(credential="invalid" if reason else "valid", session_id=sid)
        page = TOKEN_AT.get(prog.app, "/api/user")
        self.emit(t, who, "token", not reason, src, prog, u.name if u else None, page, reason, **more)

    def probe(self, t, who, names, source, prog=None, page="/api/users", gap=2):
        """Ask of some names, one after another, whether they exist."""
        src, prog = source(t), prog or self.program("web", "api")
        for n, name in enumerate(names()):
            when, known = t + n * gap * self.rng.uniform(0.9, 1.1), name in self.names
            self.emit(when, who, "lookup", known, src, prog, name, page, "unknown_user")

    def reset(self, t, who, u, src, prog):
        """Ask for a new password and perhaps finish."""
        self.emit(t, who, "password_reset", True, src, prog, u.name, "/password_reset")
        if self.rng.random() < 0.85:
            u.old, u.pw, u.fails, t = u.pw, self.fresh("new"), [], t + self.rng.uniform(40, 900)
            more = dict(session_id=self.fresh("s"), credential="valid", pw=u.pw)
            self.emit(t, who, "password_reset", True, src, prog, u.name, "/password_reset/finish", **more)

    def second_factor(self, t, who, u, src, prog, fails, passed, gap=25):
        """Repeat a second factor some times, with or without a good end."""
        for n in range(fails + passed):
            more = dict(mfa="passed", session_id=self.fresh("s")) if n == fails else dict(mfa="failed")
            args = (u.name, f"/session/two-factor/{u.mfa}", "bad_mfa")
            when = t + (n + self.rng.uniform(0, 0.9)) * gap
            self.emit(when, who, "mfa", n == fails, src, prog, *args, credential="valid", **more)

    def visit(self, t, u):
        """One visit of one person: a session, a token, a fresh login, or an invitation."""
        r, x, (src, where) = self.rng, self.rng.random(), self.place(t, u)
        k = len(u.programs) - 1 if src.asn == u.cell else r.randrange(len(u.programs))
        prog, dead, here = u.programs[k], "expired" if r.random() < 0.06 else None, lambda _: src
        if u.dormant and r.random() < 0.3:
            u.dormant = self.sign_in(t, u, src, self.program("web"), "return_after_years")
        elif x < 0.42:
            self.show(t, where or "session_return", u, u.sessions[k], src, prog, dead)
        elif x < 0.82:
            self.use_tool(t, where or "cli_token", [u], here)
        elif x > 0.96:
            names = [self.pick().name[:n] for n in range(4, r.choice((5, 8, 14)), 2)] + [self.pick().name]
            self.probe(t, "invite_lookup", lambda: names, here, prog, "/invitations/suggest")
        if 0.82 < x < 0.96 or x < 0.42 and dead:
            prog = prog if x < 0.93 else self.program("web", "web", "git", "registry", "script")
            u.sessions[k] = self.sign_in(t + 9, u, src, prog, where or "web_developer") or u.sessions[k]
            for n, other in enumerate(u.linked, 1):
                self.sign_in(t + n * r.uniform(60, 400), other, src, prog, "multi_account")

    def sign_in(self, t, u, src, prog, who):
        """Log in as a person does: with slips, old passwords and second-factor trouble."""
        r, x = self.rng, 1.0 if who == "return_after_years" else self.rng.random()
        if r.random() < (0.5 if x == 1 else 0.05):
            self.password(t, who, r.choice((u.name[:-1], f"{u.name}1", self.make_name())), u.pw, src, prog)
        who, ideas = "forgot_password" if 0.96 < x < 1 else who, (u.old, f"{u.pw}~1", f"{u.pw}~2", COMMON[-1])
        for pw in r.choices(ideas, k=r.randint(2, 7) if x > 0.96 else r.choice((1, 1, 2)) if x < 0.19 else 0):
            t += r.uniform(4, 40)
            self.password(t, who, u.name, pw, src, prog)
        if x > 0.96:
            return self.reset(t + r.uniform(20, 200), who, u, src, prog)
        sid = self.password(t + r.uniform(3, 25), who, u.name, u.pw, src, prog, 0.9)
        if sid is None and u.mfa and len(u.fails) < 9:
            self.second_factor(t + 40, "mfa_trouble", u, src, prog, r.randint(0, 6), r.random() < 0.85)
        return sid

    def use_tool(self, t, who, owners, source, renew=0.6):
        """Use git, an editor or a build job with a stored token, which may be dead and is then replaced."""
        r, u, src = self.rng, self.rng.choice(owners), source(t)
        token = r.choice(u.tokens) if len(owners) == 1 else u.tokens[0]
        revoked = u.i % 7 == 0 and t > self.rotation and not token[3]
        token[2] = token[2] and not revoked and r.random() > (0.008 if len(owners) == 1 else 0.0002)
        bad, gone = None if token[2] else "expired", "forced_rotation" if revoked else "expired_token"
        for n in range(r.choice((1, 2, 3, 6, 14) if bad and renew > 0.5 else (1, 1, 2, 3))):
            self.show(t + n * r.uniform(2, 40), gone if bad else who, u, token[0], src, token[1], bad)
        if bad and r.random() < renew:
            token[0], token[2], token[3] = self.fresh("t"), True, t > self.rotation
            self.sign_in(t + 90, u, self.home(t, u), u.programs[0], gone)
            self.show(t + r.uniform(200, 900), gone, u, token[0], src, token[1])

    def newcomer(self, t, who, source, prefix=None, farm=False):
        """Somebody checks handles and signs up; courses and farms share first passwords."""
        r, src, prog = self.rng, source(t), self.program("web", "web", "web", "mobile")
        name, start = (f"{prefix}-{self.make_name()}", f"Welcome-{prefix}") if prefix else (None, None)
        start = f"Stars-{r.randrange(4)}" if farm and r.random() < 0.4 else start
        names = [name or self.make_name() for _ in range(r.choice((0, 1, 1, 2, 4)))]
        self.probe(t, who, lambda: names, lambda _: src, prog, "/signup_check", 8)
        u, t = self.new_account(name, src.country, start, t + 9000, not farm), t + 60
        u.mfa, u.programs, u.sessions, u.dormant, u.asn = None, [prog], [self.fresh("s")], False, src.asn
        self.emit(t, who, "signup", True, src, prog, u.name, "/join", pw=u.pw, session_id=u.sessions[0])
        first, u.pw = u.pw, self.fresh("own") if prefix and r.random() < 0.5 else u.pw
        for n, pw in enumerate([first, u.pw][r.choice((0, 1, 2)) :], 1):
            self.password(t + n * r.uniform(200, 3000), who, u.name, pw, source(t) if farm else src, prog)

    def guess(self, t, who, target, word, source, prog=None, apps=("web",), tries=(1, 1, 2, 3), second=0.01):
        """Try names and passwords from one address; whoever gets in may look around with the session."""
        r, prog, src = self.rng, prog or self.program(*apps), source(t)
        for _ in range(r.choice(tries)):
            name, t = target(), t + r.uniform(1, 30)
            u = self.names.get(name)
            sid = self.password(t, who, name, word(u), src, prog, second)
            for k in range(r.choice((0, 1, 3, 6)) if sid else 0):
                self.show(t + 20 + k * r.uniform(5, 900), who, u, sid, src, prog)
            if who[0] == "mfa_fatigue" and not sid and u.mfa:
                self.second_factor(t + 30, who, u, src, prog, r.randint(1, 9), r.random() < 0.06, 90)

    def tokens(self, t, who, source, known, live, count, web=False):
        """Show found tokens or sessions: an audit by their company, or a thief's trial and use."""
        r, src, prog = self.rng, source(t), self.program("api", "git", "registry")
        for _ in range(r.choice(count)):
            u, x, t = self.pick(), r.random(), t + r.expovariate(0.5)
            token, k = r.choice(u.tokens), r.randrange(len(u.programs))
            if web:
                src, prog = self.proxy(t, u.country), u.programs[k]
                prog = r.choice((prog, self.program(prog.app)._replace(device_id=prog.device_id)))
            reason = None if x < live and token[2] else "expired" if x < known else "other"
            sid = self.fresh("t") if reason else u.sessions[k] if web else token[0]
            for n in range(1 if reason else r.choice((1, 2, 5))):
                self.show(t + n * x * 99, who, None if reason == "other" else u, sid, src, prog, reason)

    def plan(self, r):
        """Lay down crowds and campaigns: who, first day, hours, steps in all, what is done, and with what."""
        rows, proxy, s, rng, guess, probe = [], self.proxy, self.scale, self.rng, self.guess, self.probe
        web, lib, script, check = ("web", "mobile"), ("web", "registry"), ("script", "git"), "/signup_check"
        any_of = lambda *values: lambda *_: rng.choice(values)
        some = lambda known: self.pick().name if rng.random() < known else self.make_name()
        list_of = lambda known, *n: lambda: [some(known) for _ in range(rng.choice(n))]
        leaked = lambda u: (u and u.leaked or rng.choice(COMMON)) + rng.choice(("", "", "", "!"))
        cloud = lambda n: lambda _, net=r.choice(self.hosts): link(*net, rng.randrange(n))
        vpn = lambda t: link(*self.hosts[t % 3 > 1], rng.randrange(60)) if rng.random() < 0.5 else proxy(t)
        at_home = lambda u: lambda t: self.home(t, u)
        own = lambda share: lambda u: u.pw if rng.random() < share else u.old
        for u in r.sample(self.accounts, len(self.accounts) // 40):
            more = (any_of(u.name), own(0.02), at_home(u), u.tokens[0][1], (), (1, 3, 3, 9))
            rows.append(("old_client_password", r.random() * 3, 40, 8 / s, guess, *more))
        for n in range(int(30 * s)):
            u, prog = self.new_account(f"{r.choice(ORGS)}-bot{n}"), self.program("script", "registry")
            who = any_of(u.name), own(n % 6), cloud(1)
            rows.append(("bot_account", n / 300, 120, 25 / s, guess, *who, prog, (), (1,), 1))
            owners = r.sample(self.accounts, r.choice((2, 6, 15)))
            owners[0].tokens[0][2], steps, pool = n % 3 > 0, r.choice((60, 150, 1000)), r.choice((3, 40, 999))
            rows.append(("build_server", n / 400, 120, steps, self.use_tool, owners, cloud(pool), 0.01))
        for n, prefix in enumerate((None, "cs101", None, "web24")):
            venue, who = proxy(0), "course" if prefix else "hackathon"
            source = lambda t, v=venue: v if rng.random() < 0.85 else proxy(t, v.country)
            rows.append((who, n + r.uniform(0.3, 0.8), 2, 200, self.newcomer, source, prefix))
            rows.append(("lookup_tool", r.random(), 96, 35, probe, list_of(0.2 + n / 5, 8, 25, 90), cloud(1)))
        rows.append(("new_user", 0, 120, 1300, self.newcomer, proxy))
        rows.append(("token_audit", r.random(), 96, 12, self.tokens, cloud(1), 0.5, 0.05, (60, 130, 200)))
        target, any_user, victim = lambda: some(0.4), lambda: some(1), self.pick().name
        self.rotation, org, sold = r.uniform(1.3, 2.5) * DAY, r.choice(ORGS), self.new_account()
        rare, push = lambda: self.pick(maintainer=True).name, lambda: self.pick(mfa="push").name
        staff = lambda: self.pick(org=org).name if rng.random() < 0.3 else self.make_name(org)
        season = any_of("welcome1", "spring2024!", f"{org.title()}2024!")
        attacks = [
            ("stuffing_residential", 60, 3600, guess, target, leaked, proxy, None, (*web, *script)),
            ("loud_git_stuffing", 2, 1100, guess, target, leaked, cloud(4), None, script, (2, 3)),
            ("maintainer_stuffing", 90, 900, guess, rare, leaked, proxy, None, lib, (1, 1, 2)),
            ("company_spray", 70, 1500, guess, staff, season, vpn, None, script, (1, 1, 2)),
            ("guess_one_user", 40, 400, guess, any_of(victim), any_of(*COMMON), proxy, None, web, (1, 1, 2)),
            ("handle_test_loud", 2, 60, probe, list_of(0.4, 10, 40), cloud(2), None, check, 1),
            ("handle_test_quiet", 80, 1300, probe, list_of(0.5, 1, 1, 2, 3), proxy, None, check, 9),
            ("leaked_token_trial", 80, 420, self.tokens, vpn, 0.5, 0.03, (1, 1, 2, 3, 20)),
            ("fake_signup_farm", 60, 550, self.newcomer, proxy, None, True),
            ("session_theft", 90, 130, self.tokens, proxy, 1, 0.6, (1,), True),
            ("mfa_fatigue", 70, 40, guess, push, own(1), proxy, None, web, (1,), 0),
            ("infostealer_takeover", 90, 160, guess, any_user, own(0.3), proxy, None, web, (1,)),
            ("bought_account", 90, 25, guess, any_of(sold.name), own(1), at_home(sold), sold.programs[0]),
        ]
        for cls, hours, steps, *more in attacks:
            who = (cls, 1, cls in ("fake_signup_farm", "bought_account"), int(cls == "bought_account"))
            rows.append((who, r.uniform(0.1, DAYS - hours / 24), hours, steps * r.uniform(0.8, 1.2), *more))
        for who, start, hours, steps, fn, *more in rows:
            end, tz = start * DAY + hours * 3600, 0 if who in ("new_user", "lookup_tool") else None
            self.at(start * DAY, self.drip, min(end, self.end), steps * s * 24 / hours, fn, (who, *more), tz)


def main():
    """Read the options and write the log and its labels."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for name in ("--seed", "--out", "--labels", "--users"):
        parser.add_argument(name, required=name != "--users", default=9000)
    a = parser.parse_args()
    with open(a.out, "w", encoding="utf-8") as log, open(a.labels, "w", encoding="utf-8") as labels:
        World(a.seed, int(a.users), log, labels).run()


if __name__ == "__main__":
    main()
