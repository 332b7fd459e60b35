"""A week of logins at a hospital group: patient portal, staff system, GP look-ups and a lab interface.

1,800 active patients, 700 staff, from Monday 9 March 2026. Nurses sign in at shared ward machines at shift
change, then tap a badge (kind `token`); the administration sits at thin clients behind two addresses, others
come by VPN or read the roster on their own phone. Staff passwords expire on Monday 0 h and are changed at the
next sign-in; phones with the old one hammer on, the helpdesk resets by telephone. Patients use an app,
phones, old browsers; parents enter children's accounts, some travel or use a commercial VPN. GP practices
look up referrals. A lab's account renews its token. On Thursday 60 test accounts are trained.

Attacks, 3 to 15 % of their days' attempts. Wednesday: stuffing (400 breached pairs by slow home proxies),
lookups (patient numbers counted upwards). Friday: spray_cloud (first.last, last season's password),
brute_force on three administrators. Saturday: spray_homes (the new season's, 200 homes), fake_signup,
stolen_session (replayed from elsewhere). Friday to Sunday: phished staff, from a VPN provider, with relayed
codes. Sunday: more of most, and insider, a colleague's password at the ward's own machine (undecidable).
"""

import argparse
import csv
import heapq
import json
import random
from collections import namedtuple
from datetime import datetime, timedelta, timezone
from itertools import chain, count
from types import SimpleNamespace

START = datetime(2026, 3, 9, tzinfo=timezone(timedelta(hours=1)))
MINUTE, HOUR, DAY, END = 60, 3600, 86400, 7 * 86400
ATTACKS = "stuffing lookups spray_cloud spray_homes brute_force phished fake_signup stolen_session insider"

# Address pools: ASN, country, first two octets. Attackers rent in the same pools that people use.
HOMES = [(3320, "DE", "84.132"), (3320, "DE", "v6"), (3209, "DE", "91.64"), (6805, "DE", "77.180")]
MOBILE = [(3320, "DE", "80.187"), (3209, "DE", "109.43"), (6805, "DE", "176.4")]
ABROAD = [(8447, "AT", "91.115"), (5617, "PL", "83.8"), (1136, "NL", "77.161"), (9121, "TR", "78.180")]
CLOUD = [(24940, "DE", "167.235"), (16276, "FR", "51.75"), (14061, "NL", "188.166")]
VPN = [(9009, "DE", "193.176"), (212238, "NL", "156.146"), (39351, "SE", "185.213")]

CHROME, GO = "t13d1516h2_8daaf6152771_02713d6af862", "t13d1312h2_f57a46bbacb6_ab7e3b40a677"
SAFARI, OLD_TLS = "t13d2014h2_a09f3c656075_7f0f34a4126d", "t12d190800_d83cc789557e_7af1ed941c26"
OKHTTP, PYTHON = "t13d1513h2_8daaf6152771_eca864cca44a", "t13d1812h1_85036bcba153_b26ce05bbdd6"
BLINK = "AppleWebKit/537.36 (KHTML, like Gecko) Chrome"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS %s like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)"
CHROME_WIN = (f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {BLINK}/145.0.0.0 Safari/537.36", CHROME)
EDGE_WIN = (CHROME_WIN[0].replace("145", "144") + " Edg/144.0.0.0", CHROME)
SCANNED = (CHROME_WIN[0], GO)  # a virus scanner opens the TLS in between; some attack tools look the same
OLD_IE = ("Mozilla/5.0 (Windows NT 6.1; WOW64; Trident/7.0; rv:11.0) like Gecko", OLD_TLS)
BROWSERS = [CHROME_WIN, CHROME_WIN, CHROME_WIN, EDGE_WIN, SCANNED, OLD_IE]
PHONES = [(f"Mozilla/5.0 (Linux; Android 10; K) {BLINK}/145.0.0.0 Mobile Safari/537.36", CHROME)] * 3
PHONES += [(IPHONE % "18_6" + " Version/18.6 Mobile/15E148 Safari/604.1", SAFARI)] * 2
PHONES += [(IPHONE % "12_5_7" + " Version/12.1.2 Mobile/15E148 Safari/604.1", OLD_TLS)]
APPS = [("KlinikPortal/4.7.1 (Android 15)", OKHTTP), ("KlinikPortal/4.7.1 (iPhone; iOS 18.6)", SAFARI)]
SCRIPTS = [("python-requests/2.32.3", PYTHON), ("Go-http-client/2.0", GO)]
MAIL_AGENT, LAB_AGENT = ("Outlook-iOS/2.0", SAFARI), ("okhttp/4.12.0", OKHTTP)

FIRST = """anna lena julia maria sabine petra claudia monika nina laura sarah eva katrin heike birgit aylin
ines jan lukas felix thomas michael stefan andreas peter markus jonas tobias ralf emre pavel uwe""".split()
LAST = """mueller schmidt schneider fischer weber meyer wagner becker schulz hoffmann koch bauer richter klein
wolf neumann schwarz braun krueger lange werner krause lehmann maier kaya nowak jung hahn""".split()
WINTER, SPRING = "Winter2025!", "Fruehling2026!"
KNOWN = [number for number in range(200000, 260000) if number * number % 97 < 48]  # numbers of patients

Client = namedtuple("Client", "app net agent device", defaults=[None])
Reply = namedtuple("Reply", "reason session")
rng = random.Random()


def address(*pools):
    """An address with its ASN and country; those of carriers and VPN exits are few for many people."""
    pool = rng.choice(pools)
    asn, country, prefix = rng.choice(pool)
    if prefix == "v6":
        return "2003:e4:%x:%x::%x" % tuple(rng.randrange(4096, 65536) for _ in range(3)), asn, country
    third, fourth = (rng.randrange(2), 40) if pool in (MOBILE, VPN) else (rng.randrange(256), 254)
    return f"{prefix}.{third}.{rng.randint(1, fourth)}", asn, country


def desk(app, ip, device=None):
    return Client(app, (ip, None, None), EDGE_WIN, device or "pc-" + ip.replace(".", "-"))


def mail():
    name = rng.choice(FIRST) + rng.choice(["", ".", "_"]) + rng.choice(LAST) + str(rng.randrange(40, 99999))
    return f"{name}@{rng.choice(['gmx.de', 'web.de', 'gmail.com', 't-online.de', 'outlook.com'])}"


class Server:
    """Answers everyone by the same rules, and writes the log and its labels."""

    def __init__(self):
        self.now, self.rows, self.labels, self.accounts = -DAY, [], [], {}
        self.sessions, self.web_sessions = {"lab": ("svc-lab", END), "dead": ("svc-lab", -END)}, []

    def open_session(self, name, client):
        session = f"{rng.getrandbits(64):016x}"
        life = rng.uniform(2, 30) * DAY if client.app == "portal-app" else 12 * HOUR
        self.sessions[session] = (name, self.now + life)
        if client.app == "portal-web" and self.accounts[name].role == "patient":
            self.web_sessions.append(session)
        return session

    def record(self, crowd, client, kind, name, reason=None, credential="unknown", session=None, mfa=None):
        if not 0 <= self.now < END:
            return Reply(reason, session)
        event_id, moment = f"{rng.getrandbits(64):016x}", int(self.now * 1000)
        when = (START + timedelta(milliseconds=moment)).isoformat(timespec="milliseconds")
        row = dict(event_id=event_id, time=when, username=name, credential=credential, session_id=session)
        row.update(outcome="failure" if reason else "success", failure_reason=reason, kind=kind)
        row.update(zip(("ip", "asn", "country"), client.net), app=client.app, device_id=client.device)
        row.update(user_agent=client.agent[0], ja4=rng.choice([client.agent[1], None]), mfa=mfa)
        self.rows.append({field: value for field, value in row.items() if value is not None})
        plain = (name or "").casefold()
        own = getattr(self.accounts.get(plain), "role", None) == "fake"
        entered = not reason and kind in ("login", "mfa", "token") and not own
        label = [event_id, int(crowd in ATTACKS.split()), crowd, "success" if entered else "failure"]
        self.labels.append(label + [moment, plain, int(crowd == "insider")])
        return Reply(reason, session)

    def login(self, crowd, client, name, password, code_right=True, kind="login"):
        """A password, with a code where asked for; kind `mfa` is the code typed once more."""
        account = self.accounts.get(name.casefold())
        if account is None:
            return self.record(crowd, client, kind, name, "unknown_user", "invalid", mfa="none")
        right, mfa, session = password == account.password, "none", None
        reason = "locked" if self.now < account.locked_until else None if right else "bad_password"
        if not reason and account.must_change:
            reason = "expired"
        elif not reason and account.code and client.app not in ("ward", "office", "gp"):
            reason, mfa = (None, "passed") if code_right else ("bad_mfa", "failed")
        if reason in ("bad_password", "bad_mfa"):
            account.fails += 1
            if account.fails >= 9:
                account.fails, account.locked_until = 0, self.now + 20 * MINUTE
        elif reason is None:
            account.fails, session = 0, self.open_session(account.name, client)
        return self.record(crowd, client, kind, name, reason, "valid" if right else "invalid", session, mfa)

    def token(self, crowd, client, session):
        name, until = self.sessions[session]
        reason, credential = ("expired", "invalid") if self.now > until else (None, "valid")
        return self.record(crowd, client, "token", name, reason, credential, session)


class Clinic(Server):
    """The server with its people, and a clock that runs their doings (generators of pauses) in order."""

    def __init__(self, users):
        super().__init__()
        self.queue, self.turns, self.patients = [], count(), []
        names = [f"{first}.{last}" for first in FIRST for last in LAST]
        self.names = rng.sample(names, len(names))
        self.staff = [self.person("staff", name, EDGE_WIN, "nb", 0.55) for name in self.names[:700]]
        self.admins = [self.person("admin", f"adm.{name}", EDGE_WIN, "nb", 1) for name in LAST[4:25:8]]
        tools, names = BROWSERS[:5] + SCRIPTS * 2, self.names[-45:]
        self.practices = [self.person("gp", f"praxis.{name}", rng.choice(tools)) for name in names]
        self.trainees = [self.person("test", f"schulung{number:02d}", EDGE_WIN) for number in range(60)]
        for place, number in enumerate(rng.sample(KNOWN, users)):
            kind, child = rng.choices([APPS, PHONES, BROWSERS], [48, 27, 25])[0], place % 8 == 7
            device, name = "app" if kind is APPS else None, f"p{number}" if child else mail()
            self.patients.append(self.person("patient", name, rng.choice(kind), device, 0.08))
            if child:
                self.patients[rng.randrange(place)].children.append(self.patients[-1])

    def person(self, role, name, agent, device=None, code=0.0):
        human = SimpleNamespace(role=role, name=name, agent=agent, session=None, old="old", children=[])
        human.password = WINTER if role == "staff" and rng.random() < 0.03 else rng.random()
        human.code, human.must_change, human.fails, human.locked_until = rng.random() < code, False, 0, -DAY
        human.device = device and f"{device}-{rng.getrandbits(48):012x}"
        human.home = address(*([CLOUD, HOMES] if agent in SCRIPTS else [ABROAD] + [HOMES] * 30))
        human.vpn, human.roams, human.ward = rng.random() < 0.05, rng.random() / 3, rng.randrange(24)
        human.spare, human.stale = rng.choice(BROWSERS + PHONES), role == "staff" and rng.random() < 0.09
        human.work = rng.choices(["ward", "office", "home"], [58, 25, 17])[0] if role == "staff" else "office"
        human.shift, human.off = rng.choices([6, 14, 22], [45, 35, 20])[0], rng.sample(range(7), 2)
        return self.accounts.setdefault(name, human)

    def at(self, time, *doings):
        heapq.heappush(self.queue, (time, next(self.turns), chain(*doings)))

    def run(self):
        while self.queue:
            self.now, _, doing = heapq.heappop(self.queue)
            pause = next(doing, None)
            if pause is not None and self.now + pause < END:
                self.at(self.now + pause, doing)

    def own_client(self, human, app):
        """A private machine: at home, on the mobile network, behind a commercial VPN, or abroad."""
        if rng.random() < 0.05:
            human.home = address(ABROAD, *[HOMES] * 6)
        net = address(MOBILE) if rng.random() < human.roams else human.home
        net = address(VPN) if human.vpn and rng.random() < 0.7 else net
        if app == "staff-web" or app != "vpn" and rng.random() < 0.05:
            return Client(app.replace("-app", "-web"), net, human.spare)
        return Client(app, net, human.agent, human.device)

    def forgotten_phone(self, human, password):
        for left in reversed(range(rng.randint(5, 24))):
            client = Client("staff-web", address(MOBILE) if left % 2 else human.home, MAIL_AGENT)
            self.login("stale_client", client, human.name, password if left else human.password)
            yield rng.choice([120, 600, 900, 1800]) * rng.uniform(0.95, 1.05)

    def new_password(self, crowd, client, human):
        """Forced, forgotten (by mail), or by a call to the helpdesk, whose passwords serve once."""
        human.old, human.password = human.password, SPRING if rng.random() < 0.03 else rng.random()
        human.must_change, human.fails, human.locked_until = crowd == "helpdesk", 0, 0
        client = desk("office", "10.200.0.12", "tc-0007") if crowd == "helpdesk" else client
        self.record(crowd, client, "password_reset", human.name)
        if human.stale:
            self.at(self.now + rng.uniform(60, 900), self.forgotten_phone(human, human.old))

    def visit(self, crowd, client, human, renewals=0, gap=HOUR, clumsy=0.08):
        """At a login form until let in or tired of it, with slips and changes; then renewals."""
        muddled, kind, human.session = rng.randint(2, 5) if rng.random() < 0.012 else 0, "login", None
        for turn in range(8):
            yield rng.uniform(4, 40)
            slip = kind == "login" and (turn < muddled or rng.random() < clumsy)
            name = human.name.capitalize() if rng.random() < 0.03 else human.name
            name += "x" if slip and rng.random() < 0.15 else ""
            guess = rng.choice([human.old, "slip"]) if slip else human.password
            reply = self.login("typo" if slip else crowd, client, name, guess, rng.random() > 0.06, kind)
            kind = "mfa" if reply.reason == "bad_mfa" else "login"
            if reply.session:
                human.session = reply.session
                yield from self.renew(crowd, client, reply.session, renewals, gap)
                return
            if reply.reason == "expired":
                self.new_password("forced_change", client, human)
            elif turn + 1 == muddled:
                yield rng.uniform(1, 12) * MINUTE
                self.new_password("forgot" if human.role == "patient" else "helpdesk", client, human)
            elif reply.reason == "locked":
                yield 20 * MINUTE

    def renew(self, crowd, client, session, times, gap):
        session = session or self.web_sessions[-2]
        for _ in range(times):
            yield rng.uniform(0.5, 1.5) * gap
            self.token(crowd, client, session)

    def taps(self, human):
        for _ in range(rng.randint(8, 14) if human.session else 0):
            yield rng.uniform(6, 70) * MINUTE
            machine = desk("ward", f"10.20.{rng.choice([human.ward] * 30 + [3])}.{rng.randint(11, 15)}")
            if rng.random() < 0.02:
                self.record("misread", machine, "token", None, "other")
            self.token("ward", machine, self.open_session(human.name, machine))

    def patient_visit(self, human):
        client = self.own_client(human, "portal-app" if human.device else "portal-web")
        kept = human.session if client.device else None
        if not kept or self.token("patient", client, kept).reason:
            yield from self.visit("patient", client, human, rng.choice([0, 0, 1]), 12 * MINUTE)
        for child in human.children:
            yield from self.visit("parent", client, child)

    def look_up(self, crowd, clients, numbers, pause):
        for number in numbers:
            reason = None if number * number % 97 < 48 else "unknown_user"
            self.record(crowd, rng.choice(clients), "lookup", f"p{number}", reason)
            yield rng.expovariate(1 / pause)

    def sign_up(self, crowd, client):
        while rng.random() < 0.08:
            self.record(crowd, client, "signup", mail(), "other")
            yield rng.uniform(20, 90)
        human = self.person("fake" if crowd == "fake_signup" else "patient", mail(), client.agent)
        self.record(crowd, client, "signup", human.name)
        yield rng.uniform(20, 400)
        self.login(crowd, client, human.name, human.password)

    def guess(self, crowd, clients, tries, pause, relay=0.0):
        """Names and passwords at a steady pace; relay is the chance to have the victim's code as well."""
        for name, password in tries:
            client = rng.choice(clients)
            reply = self.login(crowd, client, name, password, rng.random() < relay)
            if reply.session:
                self.at(self.now, self.renew(crowd, client, reply.session, rng.randint(2, 5), 400))
            yield rng.expovariate(1 / pause)

    def rent(self, size, app, agents, *pools):
        lines = [human.home for human in self.patients[:60] if HOMES in pools]  # shared with a patient
        nets = [rng.choice(lines) if lines and rng.random() < 0.2 else address(*pools) for _ in range(size)]
        tag = "app-%012x" if app == "portal-app" else None
        return [Client(app, net, rng.choice(agents), tag and tag % rng.getrandbits(48)) for net in nets]

    def live(self, day):
        """Everyone's plan for one day, and on to the next; day -1 warms up sessions and is not logged."""
        start, weekday = day * DAY, day % 7 < 5
        for human in self.staff + self.admins:
            human.must_change |= day == 0
            if rng.random() < 0.12:
                look = self.visit("own_device", self.own_client(human, "staff-web"), human, 2, 10 * MINUTE)
                self.at(start + rng.uniform(6, 23) * HOUR, look)
            if human.work == "ward" and day % 7 not in human.off:
                machine = desk("ward", f"10.20.{human.ward}.{rng.randint(11, 15)}")
                shift = self.visit("ward", machine, human), self.taps(human)
                self.at(start + human.shift * HOUR + rng.gauss(0, 8) * MINUTE, *shift)
            elif human.work != "ward" and weekday and rng.random() < 0.85:
                terminal, entry = f"tc-{rng.randrange(150):04d}", []
                place = desk("office", f"10.200.0.{rng.choice([11, 12])}", terminal)
                if human.work == "home" and rng.random() < 0.7:
                    place = desk("office", f"10.250.0.{rng.randint(10, 250)}", human.device)
                    entry = [self.visit("home_office", self.own_client(human, "vpn"), human)]
                work = self.visit("office", place, human, rng.randint(1, 5), 100 * MINUTE)
                self.at(start + rng.gauss(8, 0.8) * HOUR, *entry, work)
        for human in rng.choices(self.patients, k=int(len(self.patients) * (0.8 if weekday else 0.66))):
            self.at(start + rng.gauss(15, 4.5) % 24 * HOUR, self.patient_visit(human))
        for human in self.practices if weekday else []:
            whole_list = day == 2 and human is self.practices[0]
            many, faults, pause = (90, 5, 20) if whole_list else (rng.randint(4, 17), 25, 30 * MINUTE)
            numbers = [rng.choice(KNOWN) + (rng.randrange(faults) == 0) for _ in range(many)]
            client = Client("gp", human.home, human.agent)
            work = self.visit("practice", client, human), self.look_up("practice", [client], numbers, pause)
            self.at(start + rng.gauss(8, 0.4) * HOUR, *work)
        newcomers = self.rent(15, "portal-web", PHONES + BROWSERS, MOBILE, HOMES)
        for client in newcomers + self.rent(7, "portal-app", APPS, MOBILE, HOMES):
            numbers = [rng.choice(KNOWN) + slip for slip in rng.choice([[], [0], [9, 0], [90, 1, 0]])]
            arrival = self.look_up("newcomer", [client], numbers, 40), self.sign_up("newcomer", client)
            self.at(start + rng.uniform(7, 23) * HOUR, *arrival)
        for seat, human in enumerate(self.trainees if day == 3 else []):
            room = desk("office", "10.40.7.5", f"room-{seat % 20:02d}")
            self.at(start + rng.choice([9, 13]) * HOUR, self.visit("training", room, human, 2, HOUR, 0.4))
        lab = Client("lab", ("10.60.1.5", None, None), LAB_AGENT)
        self.at(start, self.renew("lab", lab, "lab", 540, 160))
        self.at(start + 21.5 * HOUR, self.renew("stale_client", lab, "dead", 80 if day == 1 else 0, 30))
        yield DAY
        yield from self.live(day + 1)

    def attack(self):
        proxies = self.rent(90, "portal-web", BROWSERS + PHONES + [SCANNED] * 6, HOMES, HOMES, ABROAD)
        proxies += self.rent(50, "portal-app", APPS, HOMES, HOMES, ABROAD)
        pairs = [(mail(), 0) for _ in range(220)]
        pairs += [(human.name, rng.random() < 0.08 and human.password) for human in self.patients[-180:]]
        rng.shuffle(pairs)
        counters = self.rent(14, "portal-web", BROWSERS, CLOUD, VPN, HOMES)
        for day, part, low in (2, pairs[:270], 211000), (6, pairs[270:], 218000):
            self.at(day * DAY + 7 * HOUR, self.guess("stuffing", proxies, part, 210))
            self.at(day * DAY + 9 * HOUR, self.look_up("lookups", counters, range(low, low + 400, 2), 120))
        hosts = self.rent(4, "staff-web", [CHROME_WIN, SCRIPTS[0], SCANNED], CLOUD)
        homes = self.rent(200, "staff-web", BROWSERS + PHONES, HOMES, HOMES, ABROAD)
        names, more = rng.sample(self.names[:820], 480), rng.sample(self.names[:820], 430)
        self.at(4 * DAY + 6 * HOUR, self.guess("spray_cloud", hosts, [(name, WINTER) for name in names], 40))
        self.at(5 * DAY + 7 * HOUR, self.guess("spray_homes", homes, [(name, SPRING) for name in more], 110))
        siege = self.rent(7, "staff-web", [CHROME_WIN, SCANNED], CLOUD, VPN)
        for day, found in (4, [0] * 40), (6, [0] * 23 + [self.admins[1].name] * 2):  # right at last
            tries = ((boss.name, boss.name == hit and boss.password) for hit in found for boss in self.admins)
            self.at(day * DAY + 11 * HOUR, self.guess("brute_force", siege, tries, 90))
        victims = ((human.name, human.password) for human in rng.sample(self.staff, 9))
        phishers = self.rent(6, "staff-web", [CHROME_WIN, PHONES[0]], VPN)
        self.at(4 * DAY + 9 * HOUR, self.guess("phished", phishers, victims, 6 * HOUR, relay=0.8))
        farm = self.rent(12, "portal-app", APPS, MOBILE, HOMES)
        farm += self.rent(16, "portal-web", PHONES, HOMES, MOBILE)
        for day in [5] * 45 + [6] * 30:
            self.at(day * DAY + rng.uniform(9, 14) * HOUR, self.sign_up("fake_signup", rng.choice(farm)))
        thief = self.rent(1, "portal-web", BROWSERS, VPN)[0]
        self.at(5 * DAY + 15 * HOUR, self.renew("stolen_session", thief, None, 4, 8 * MINUTE))
        nurse = next(human for human in self.staff if human.work == "ward" and human.shift == 22)
        deed = ((human.name, human.password) for human in [nurse])
        self.at(6.14 * DAY, self.guess("insider", [desk("ward", f"10.20.{nurse.ward}.12")], deed, 60))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for option, default in ("seed", 1), ("out", "clinic.ndjson"), ("labels", "clinic.csv"), ("users", 1800):
        parser.add_argument(f"--{option}", type=type(default), default=default)
    options = parser.parse_args()
    rng.seed(options.seed)
    clinic = Clinic(options.users)
    clinic.at(-DAY, clinic.live(-1))
    clinic.attack()
    clinic.run()
    with open(options.out, "w") as log, open(options.labels, "w", newline="") as table:
        log.writelines(json.dumps(row) + "\n" for row in clinic.rows)
        writer = csv.writer(table, lineterminator="\n")
        writer.writerow("event_id attack class outcome time username undecidable".split())
        first = clinic.labels[0][4]
        writer.writerows([*label[:4], (label[4] - first) / 1000, *label[5:]] for label in clinic.labels)


if __name__ == "__main__":
    main()
