"""Labelled login traffic of a regional web and mail hoster in the Alps, Monday to Wednesday.

The service: 6,000 mailboxes of some 800 small firms (one, a league of towns, has 300) by IMAP, POP3, SMTP
AUTH, web mail and a control panel. Clients log in every few minutes; the log keeps one success in some hours,
failures more often. Only the web has a user agent and a password fingerprint; one of two front ends (by hash
of the address) writes JA4, for TLS. Six wrong tries in 10 minutes lock an address, twenty lock a mailbox.
The people: desktops behind a firm's NAT, phones between home, office and carrier (or hotel, VPN), clouds that
fetch for apps and backups, web mail with typos and forgotten passwords, printers and web shops, some with
last year's password, clients of deleted mailboxes, monitoring, sign-ups. Five firms change all passwords and
have stale clients for days. A tool imports 300 mailboxes from one address in an hour.
The attacks, at all hours: a botnet on SMTP AUTH (each address once an hour), a dictionary of local parts, a
spray of passwords made from names, breached combos (1 % right), POP3 enumeration, a loud cloud address, a
slow regional one, web mail phishers (one in five by malware on the victim's own PC: alone undecidable). Most
stolen passwords go to a spammer with bots in many countries, until the abuse desk changes them.
"""

import argparse
import datetime
import heapq
import hmac
import itertools
import json
import random
import zlib
from collections import namedtuple

HOUR, DAY, DAYS, END, NEVER = 3600.0, 86400.0, 3, 3 * 86400.0, float("inf")
START = datetime.datetime(2026, 3, 9, tzinfo=datetime.timezone(datetime.timedelta(hours=1)))
Host = namedtuple("Host", "ip asn country")
Tool = namedtuple("Tool", "ja4 agent", defaults=(None,))
Firm = namedtuple("Firm", "trade domain scheme office days boxes")
# ASN / country / IPv4 prefix / IPv6 prefix
REGIONAL = """8447/AT/80.120/2001:871 8412/AT/84.112/2a02:8388 8447/AT/91.112/2001:871 1901/AT/193.81
8412/AT/213.47/2a02:8388 3320/DE/79.192/2003:c0 3303/CH/85.0/2a02:1200 3269/IT/79.20""".split()
MOBILE = "25255/AT/77.116 8447/AT/194.166 8412/AT/46.125".split()
CLOUD = "24940/DE/88.198/2a01:4f8 16276/FR/51.75 16509/IE/52.48 14061/US/167.99 9009/GB/185.94".split()
AZURE, GOOGLE, VPN = ["8075/NL/40.113"], ["15169/US/209.85"], ["9009/GB/185.94", "212238/AT/146.70"]
WORLD = """4134/CN/117.28 7922/US/73.140 28573/BR/177.32 9829/IN/117.200 45899/VN/14.160 8151/MX/189.144
12389/RU/95.24 9121/TR/78.160 17974/ID/36.68 6799/GR/79.128 5391/HR/93.136 3269/IT/87.4 3352/ES/83.32
5617/PL/83.0 8708/RO/79.112 20845/HU/84.0 3215/FR/90.0 2856/GB/81.128 8452/EG/41.32 7303/AR/181.0""".split()
JA4 = [hmac.new(b"ja4", b"%d" % n, "sha256").hexdigest() for n in range(11)]
JA4 = [f"t13d{n + 12}{n + 9:02}h{1 + n // 9}_{digest[:12]}_{digest[12:24]}" for n, digest in enumerate(JA4)]
OUTLOOK, THUNDERBIRD, APPLE, ANDROID, OLD_SSL, OPENSSL, GOLANG, JAVA, PYTHON, CHROME, FIREFOX = map(Tool, JA4)
PYTHON, AGENT = PYTHON._replace(agent="python-requests/2.32.3"), "Mozilla/5.0 (Windows NT 10.0; Win64; x64"
KHTML = AGENT + ") AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{0}.0.0.0 Safari/537.36"
BROWSERS = [Tool(CHROME.ja4, KHTML.format(v)) for v in (142, 143, 144, 144, 145, 145, 145)]
BROWSERS += [Tool(FIREFOX.ja4, f"{AGENT}; rv:{v}.0) Gecko/20100101 Firefox/{v}.0") for v in (140, 147, 148)]
SCRIPTS, MAILERS = (OPENSSL, OPENSSL, PYTHON, GOLANG, JAVA, OLD_SSL), (OUTLOOK, OUTLOOK, THUNDERBIRD, APPLE)
DOORS = """imaps imap 993|imap imap 143|pop3s pop3 995|pop3 pop3 110|smtps smtp 465|smtp smtp 25|
submission smtp 587|web webmail /login|admin panel /session|sign panel /signup|reset panel /reset"""
DOORS = {row.split()[0]: row.split()[1:] for row in DOORS.split("|")}
SENDING = "submission submission smtps smtp".split()
FETCHING = "imaps imaps imaps imaps imap pop3s pop3".split()
FIRSTS = "anna lukas maria david laura tobias sarah julia thomas andreas sabine peter ivana emre".split()
LASTS = """gruber huber bauer wagner pichler steiner moser hofer leitner berger fuchs fischer schmid winkler
weber reiter wimmer egger brunner auer lechner wolf novak yilmaz horvat rossi kofler plank""".split()
TRADES = "holzbau elektro hotel steuer dach metall garten reisen optik software immobilien weine".split()
ROLES = "info office sales rechnung verkauf scan lager bestellung".split()
LOCALS = "test admin support contact webmaster mail postmaster hr backup user noreply root shop".split()
COMMON = """123456 password 12345678 qwertz hallo123 passwort 123456789 sommer2025 test123 willkommen schatz
abc123 winter2025 iloveyou admin123 start123 master letmein info123 office2025 1q2w3e4r""".split()
FORMS = "{first}2025 {first}123 {last}123 {last}2025 {first}1 {last}1! {trade}2025 {trade}123".split()


class Box:
    """A mailbox and its owner: what he remembers, where he lives, where he reads web mail."""

    def __init__(self, w, firm, local=None):
        rng, region = w.rng, WORLD if w.rng.random() < 0.05 else REGIONAL
        self.firm, self.first, self.last = firm, rng.choice(FIRSTS), rng.choice(LASTS)
        self.local = local or firm.scheme.format(first=self.first, last=self.last)
        while f"{self.local}@{firm.domain}" in w.boxes:
            self.local += str(rng.randrange(2, 10))
        self.name = f"{self.local}@{firm.domain}"
        self.password = f"{rng.choice(LASTS)}{rng.getrandbits(40):x}"
        self.change(w)
        self.known, self.changed, fixed = self.password, NEVER, w.host(region, v6=0.35)
        self.homes = [fixed if rng.random() < 0.8 else w.host(region, v6=0.35) for _ in range(DAYS)]
        self.desks = [firm.office] * DAYS if rng.random() < 0.5 else self.homes
        self.browser, self.carrier = rng.choice(BROWSERS), rng.choice(w.carriers)

    def change(self, w):
        draw, self.old, self.changed = w.rng.random(), self.password, w.now
        self.password = f"{w.rng.choice(LASTS).capitalize()}{w.rng.getrandbits(40):x}"
        if draw < 0.09:
            self.password = w.rng.choice(COMMON) if draw < 0.03 else self.derived(w.rng.choice(FORMS))

    def derived(self, form):
        return form.format(first=self.first, last=self.last, trade=self.firm.trade).capitalize()


class World:
    """The clock, the address plan, and the server with its accounts, guard and log."""

    def __init__(self, seed, users):
        self.rng, self.key, self.now = random.Random(seed), b"mailhost%d" % seed, 0.0
        self.queue, self.order, self.boxes, self.readers, self.rows = [], itertools.count(), {}, [], []
        self.failures, self.closed, self.firms, self.share = {}, {}, [], users / 6000
        self.carriers, self.vpn = [self.pool([row], 60) for row in MOBILE], self.pool(VPN, 24)
        while len(self.boxes) < users:
            size = max(2, int(self.rng.lognormvariate(1.8, 0.75))) if self.firms else users // 19
            roles = self.rng.sample(ROLES, min(self.rng.randint(1, 6), size // 2))
            trade, scheme = self.rng.choice(TRADES), self.rng.choice(("{first}.{last}", "{last}", "{first}"))
            domain, office = f"{self.rng.choice(LASTS)}-{trade}{len(self.firms)}.example", self.host(REGIONAL)
            hours = [((h + self.rng.gauss(7.7, 0.6)) * HOUR, (h + 17) * HOUR, [office]) for h in (0, 24, 48)]
            self.firms.append(Firm(trade, domain, scheme, office, hours, []))
            for local in roles + [None] * (size - len(roles)):
                box = Box(self, self.firms[-1], local)
                self.boxes[box.name] = box
                box.firm.boxes.append(box)
        self.all = list(self.boxes.values())
        self.ghosts = [Box(self, self.rng.choice(self.firms)) for _ in range(self.scaled(1500))]

    def scaled(self, count):
        return max(2, round(count * self.share))

    def pick(self, people, count):
        return self.rng.sample(people, min(len(people), self.scaled(count)))

    def host(self, table, v6=0.0):
        asn, country, v4, *prefix = self.rng.choice(table).split("/")
        ip = f"{v4}.{self.rng.randrange(256)}.{self.rng.randrange(1, 255)}"
        if prefix and self.rng.random() < v6:
            ip = ":".join(prefix + [f"{self.rng.randrange(4096, 65536):x}" for _ in range(6)])
        return Host(ip, int(asn), country)

    def pool(self, table, count):
        return [self.host(table) for _ in range(count)]

    def bot(self):
        """A rented or infected machine: mostly abroad, sometimes next door or behind a carrier's NAT."""
        near, table = self.rng.random() < 0.04, self.rng.choices((REGIONAL, CLOUD, WORLD), (8, 15, 73))[0]
        return self.rng.choice(self.rng.choice(self.carriers)) if near else self.host(table, v6=0.1)

    def spawn(self, process):
        """A process is a generator of the times at which it wants to go on."""
        at = next(process, NEVER)
        if at < END:
            heapq.heappush(self.queue, (max(at, self.now), next(self.order), process))

    def login(self, label, name, password, host, tool, door, slip=None, undecidable=0):
        """Answer one attempt; returns why it failed, or None. Honest failures are labelled by their slip."""
        key, reason = name.lower(), None
        box = self.boxes.get(key)
        if max(self.closed.get(host.ip, 0), self.closed.get(key, 0)) > self.now:
            reason, label = "locked", "locked_out" if slip else label
        elif not box or box.password != password:
            reason, label = "bad_password" if box else "unknown_user", slip or label
            for struck, limit, hold in ((host.ip, 6, HOUR / 2), (key, 20, HOUR / 4)):
                recent = [at for at in self.failures.get(struck, ()) if at > self.now - 600] + [self.now]
                self.failures[struck] = recent
                if len(recent) >= limit:
                    self.closed[struck] = self.now + hold
        self.record(label, "login", name, host, tool, door, reason, password, slip is None, undecidable)
        return reason

    def record(self, label, kind, name, host, tool, door, reason, password=None, attack=False, undecidable=0):
        (app, port), outcome = DOORS[door], "failure" if reason else "success"
        time = (START + datetime.timedelta(seconds=self.now)).isoformat(timespec="milliseconds")
        event = dict(event_id=f"{len(self.rows):06x}{self.rng.getrandbits(40):010x}", time=time, kind=kind)
        event |= dict(outcome=outcome, username=name, **host._asdict(), app=app, endpoint=port)
        event |= dict(failure_reason=reason) if reason and kind == "login" else {}
        event |= dict(ja4=tool.ja4) if door != app and zlib.crc32(host.ip.encode()) & 1 else {}
        if port[0] == "/":
            event["user_agent"] = tool.agent
        if port[0] == "/" and password:
            event["password_fingerprint"] = hmac.new(self.key, password.encode(), "sha256").hexdigest()[:24]
        let_in = outcome if kind == "login" else "failure"
        self.rows.append((event, f"{int(attack)},{label},{let_in}", self.now, undecidable))


def client(w, box, kind, tool, door, stays, gap, patience, stale=0.012):
    """What stores a password: logs in during its stays; once stale, nags until the owner cares."""
    secret, lag = box.old if w.rng.random() < stale else box.password, w.rng.expovariate(1 / patience / HOUR)
    name = box.name if w.rng.random() < 0.96 else box.name.capitalize()
    for start, end, hosts in stays:
        at = start + w.rng.uniform(0, min(end - start, gap * HOUR) / 2)
        while at < end:
            yield at
            secret = box.password if w.now >= box.changed + lag else secret
            now_by = "submission" if tool in MAILERS and w.rng.random() < 0.2 else door
            reason = w.login(kind, name, secret, w.rng.choice(hosts), tool, now_by, slip="stale_client")
            pause = w.rng.choice((30, 90, 2400, 5400, 5400)) if reason else gap * HOUR
            at = w.now + pause * w.rng.uniform(0.5, 1.5)


def route(w, box):
    """A phone from home by carrier to the office and back; some are abroad, some always behind a VPN."""
    draw, office, air = w.rng.random(), [box.firm.office], box.carrier
    away = w.pool(WORLD, 2) if draw < 0.05 else w.vpn if draw < 0.08 else None
    for day, home in enumerate(box.homes):
        for begin, hosts in zip((6, 7.3, 8, 12, 13, 17, 18), ([home], air, office, air, office, air, [home])):
            if w.rng.random() < 0.4:
                yield (24 * day + begin) * HOUR, (24 * day + begin + 2) * HOUR, [w.rng.choice(away or hosts)]


def sit_down(w, box, host, label, door, at):
    """A person types a password: a wrong name, the old one, typos, or a reset after a few guesses."""
    rng, right, draw = w.rng, box.password, w.rng.random()
    yield at
    tries = [(rng.choice((box.local, box.name[:-1])), right, "typo")] if draw < 0.03 else []
    tries += [(box.name, box.known, "stale_client")] if box.known != right else []
    slips = (right[:-1], right[1:], right + right[-1], right[:-2] + right[:-3:-1])
    tries += [(box.name, slip, "typo") for slip in slips if rng.random() < 0.025]
    if draw > 0.988:
        tries += [(box.name, guess, "forgotten") for guess in (box.old, right + "!", box.old + "1")]
    for name, password, slip in tries:
        w.login(label, name, password, host, box.browser, door, slip=slip)
        yield w.now + rng.uniform(4, 60)
    if draw > 0.988:
        w.record("forgotten", "password_reset", box.name, host, box.browser, "reset", None)
        box.change(w)
        yield w.now + rng.uniform(20, 200)
    box.known = box.password
    while w.login(label, box.name, box.known, host, box.browser, door, slip="typo") == "locked":
        yield w.now + rng.uniform(60, 2400)


def web_reader(w, box, label, door, visits):
    for day, host in enumerate(box.desks):
        at = day * DAY + w.rng.uniform(7.5, 20 if box.desks is box.homes else 10) * HOUR
        for _ in range(w.rng.choice(visits)):
            yield from sit_down(w, box, host, label, door, at)
            at = w.now + w.rng.uniform(1, 4) * HOUR


def settle(w, box):
    """Give a mailbox its people and clients; some are only an address on a business card."""
    rng, pocket = w.rng, w.rng.choice((APPLE, ANDROID))
    if rng.random() < 0.68:
        w.spawn(client(w, box, "office", rng.choice(MAILERS), rng.choice(FETCHING), box.firm.days, 6, 6))
    if rng.random() < 0.38:
        w.spawn(client(w, box, "phone", pocket, "imaps", route(w, box), 5, 22))
    if rng.random() < 0.22:
        w.readers.append(box)
        w.spawn(web_reader(w, box, "webmail", "web", (0, 1, 1, 2)))


def machines(w):
    """Printers, web shops, clouds that fetch for apps, mail providers and backups, and monitoring."""
    for box in w.pick(w.all, 170):
        door = w.rng.choice(SENDING[2:])
        w.spawn(client(w, box, "printer", OLD_SSL, door, box.firm.days, 3, 400, stale=0.3))
    for box in w.pick(w.all, 130):
        tool, door, stays = w.rng.choice(SCRIPTS), w.rng.choice(SENDING), [(0, END, [w.host(CLOUD, v6=0.3)])]
        w.spawn(client(w, box, "web_shop", tool, door, stays, 6, 60, stale=0.06))
    for table, size, count, door, tool, gap in (
        (AZURE, 30, 300, "imaps", OUTLOOK, 8),
        (GOOGLE, 14, 130, "pop3s", JAVA, 7),
        (CLOUD, 2, 140, "imaps", GOLANG, 14),
    ):
        hosts = w.pool(table, size)
        for box in w.pick(w.all, count) + w.pick(w.ghosts, count // 25):
            w.spawn(client(w, box, "fetcher", tool, door, [(0, END, hosts)], gap, 40, stale=0.03))
    for door, host in itertools.product(("imaps", "pop3s", "submission", "web"), w.pool(CLOUD, 2)):
        w.spawn(client(w, w.all[0], "monitoring", PYTHON, door, [(0, END, [host])], 0.6, 1, stale=0))


def change_passwords(w, boxes, at):
    yield at
    for box in boxes:
        box.change(w)


def sign_ups(w):
    while True:
        yield w.now + w.rng.expovariate(max(w.share, 0.1)) * (1000 if 7 < w.now / HOUR % 24 < 22 else 6000)
        box = Box(w, w.rng.choice(w.firms))
        w.boxes[box.name] = box
        w.record("signup", "signup", box.name, box.homes[0], box.browser, "sign", None)
        w.spawn(sit_down(w, box, box.homes[0], "panel", "admin", w.now + w.rng.uniform(60, 900)))


def guesser(w, label, hosts, guesses, doors, start, gap, slip=None):
    """One hand of an attack, or an honest importer (with slip). Most hits end with the spammer."""
    yield start
    for name, password in guesses:
        door, host = w.rng.choice(doors), w.rng.choice(hosts)
        tools = BROWSERS + [PYTHON] * 3 if door in ("web", "admin") else SCRIPTS + MAILERS[2:]
        tool = tools[zlib.crc32(host.ip.encode()) // 2 % len(tools)]
        if not w.login(label, name, password, host, tool, door, slip) and not slip and w.rng.random() < 0.6:
            w.spawn(spammer(w, w.boxes[name], w.now + w.rng.uniform(1, 14) * HOUR))
        yield w.now + w.rng.uniform(*gap)


def spammer(w, box, at):
    rng, password, patience, tool = w.rng, box.password, w.rng.randint(4, 14), w.rng.choice(SCRIPTS)
    if rng.random() < 0.75:
        w.spawn(change_passwords(w, [box], at + rng.uniform(5, 30) * HOUR))
    while patience:
        yield at
        patience -= w.login("spam_relay", box.name, password, w.bot(), tool, rng.choice(SENDING)) is not None
        at = w.now + (rng.expovariate(1 / 400) if rng.random() < 0.88 else rng.uniform(1, 5) * HOUR)


def phisher(w, box, own_pc):
    """Reads a victim's mail in a real browser, by a proxy or, through malware, from the victim's own one."""
    rng, stolen, browser = w.rng, box.password, box.browser if own_pc else w.rng.choice(BROWSERS)
    proxy = rng.choice((w.host(REGIONAL), rng.choice(w.vpn), w.bot(), w.host(CLOUD)))
    at = DAY + (rng.uniform(9, 13) if own_pc else rng.uniform(10, 28)) * HOUR
    for wrong in [not own_pc and rng.random() < 0.3] + [False] * rng.randint(1, 5):
        yield at
        host, password = box.desks[int(w.now // DAY)] if own_pc else proxy, stolen[:-1] if wrong else stolen
        w.login("phish", box.name, password, host, browser, "web", undecidable=int(own_pc))
        at = w.now + (30 if wrong else rng.uniform(0.5, 1.5 if own_pc else 12) * HOUR)


def attacks(w):
    def harvested(known, right):
        while True:
            box, wrong = rng.choice(w.all if rng.random() < known else w.ghosts), rng.random() > right
            yield box.name, (box.old if right else rng.choice(COMMON)) if wrong else box.password

    def at_firms(locals_):
        while True:
            local, domain = rng.choice(locals_), rng.choice(w.firms).domain
            yield f"{local}@{domain}", rng.choice((local, local + "123", rng.choice(COMMON)))

    rng, count, sprayed, proxies = w.rng, w.scaled(3500), w.pick(w.all, 780), [w.bot() for _ in range(900)]
    people = FIRSTS + LASTS + [f"{a}.{b}" for a in FIRSTS for b in LASTS[:12]]
    bots = harvested(0.6, 0)
    for label, size, guesses, tries, doors, gap in (
        ("botnet", 2700, bots, (1, 8), SENDING, (3600, 4300)),
        ("dictionary", 95, at_firms(ROLES[:4] + LOCALS), (20, 75), SENDING, (70, 400)),
        ("enumeration", 34, at_firms(people), (40, 140), ("pop3", "pop3", "pop3s"), (90, 240)),
    ):
        for host in [w.bot() for _ in range(w.scaled(size))]:
            mine, start = itertools.islice(guesses, rng.randint(*tries)), rng.uniform(-2 * HOUR, END)
            w.spawn(guesser(w, label, [host], mine, doors, max(0, start), gap))
    spray = ((box.name, box.derived(form)) for form in rng.sample(FORMS, 4) for box in sprayed)
    w.spawn(guesser(w, "name_spray", proxies, spray, ("imaps",), 400, (0, END / len(sprayed) / 2)))
    combos = itertools.islice(harvested(0.45, 0.022), count)
    w.spawn(guesser(w, "combo", proxies, combos, ("web", "web", "admin", "imaps"), 700, (0, 2 * END / count)))
    loud, slow, town = [w.host(CLOUD)], [w.host(REGIONAL)], rng.choice(w.firms[1:]).boxes
    for start in (rng.uniform(2, 30) * HOUR, rng.uniform(34, 70) * HOUR):
        w.spawn(guesser(w, "loud", loud, itertools.islice(bots, w.scaled(900)), FETCHING, start, (0.5, 4)))
    patient = ((box.name, box.derived(form)) for form in FORMS for box in w.firms[0].boxes[:20] + town)
    w.spawn(guesser(w, "slow", slow, patient, ("imaps",), 900, (900, 2000)))
    for box in w.pick(w.all, 12):
        w.spawn(spammer(w, box, rng.uniform(0, 40) * HOUR))
    for number, box in enumerate(w.pick(w.readers, 26)):
        w.spawn(phisher(w, box, number % 5 == 0))


def simulate(seed, users):
    w = World(seed, users)
    for box in w.all + w.pick(w.ghosts, 40):
        settle(w, box)
    machines(w)
    for number, firm in enumerate(sorted(w.firms[1:], key=lambda firm: -len(firm.boxes))[2:30:6]):
        w.spawn(change_passwords(w, firm.boxes, (7 + 11 * number) * HOUR))
    jobs = [(box.name, box.old if w.rng.random() < 0.025 else box.password) for box in w.firms[0].boxes[:300]]
    w.spawn(guesser(w, "migration", w.pool(CLOUD, 1), jobs, ("imaps",), 42.5 * HOUR, (4, 19), "migration"))
    for firm in w.firms:
        w.spawn(web_reader(w, firm.boxes[-1], "panel", "admin", (0, 0, 0, 0, 0, 1)))
    w.spawn(sign_ups(w))
    attacks(w)
    while w.queue:
        w.now, _, process = heapq.heappop(w.queue)
        w.spawn(process)
    return w.rows


def main():
    parser = argparse.ArgumentParser(description="labelled logins of a mail hoster")
    defaults = {"--seed": 1, "--out": "mailhost.ndjson", "--labels": "mailhost.csv", "--users": 6000}
    for option, default in defaults.items():
        parser.add_argument(option, type=type(default), default=default)
    args = parser.parse_args()
    rows = simulate(args.seed, args.users)
    with open(args.out, "w") as log, open(args.labels, "w") as labels:
        labels.write("event_id,attack,class,outcome,time,username,undecidable\n")
        for event, label, at, undecidable in rows:
            log.write(json.dumps(event) + "\n")
            name, seconds = event["username"], at - rows[0][2]
            labels.write(f"{event['event_id']},{label},{seconds:.3f},{name},{undecidable}\n")


if __name__ == "__main__":
    main()
