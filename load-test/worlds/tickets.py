"""Labelled login traffic of a ticket shop for concerts and sport (synthetic), over five days.

Hard here: in the large sale most customers come within minutes after months away, half mistype, many on new phones,
while slow stuffing through home proxies runs in the same minutes; counters, stadiums and friends put many accounts
behind one address; farms behave like people (undecidable unless they share); takeovers come from near the victim.
"""

import argparse
import csv
import hashlib
import heapq
import json
import random
from collections import namedtuple
from datetime import datetime, timedelta, timezone
from types import SimpleNamespace


def table(text, line="\n"):
    """Read rows of fields parted by bars; digits become numbers."""
    return [tuple(int(x) if x.isdigit() else x for x in row.split("|")) for row in text.strip().split(line)]


DAY, HOUR, END = 86400.0, 3600.0, 5 * 86400.0
START = datetime(2025, 9, 8, tzinfo=timezone(timedelta(hours=1)))
RHYTHM = [3, 2, 1, 1, 1, 2, 4, 8, 12, 14, 14, 13, 16, 14, 12, 12, 13, 16, 19, 21, 21, 18, 12, 6]
ISPS = table("2856|GB|52|1 5089|GB|40|0 5607|GB|30|0 13285|GB|18|1 5466|IE|10|0 3320|DE|10|1", " ")
ISPS += table("33915|NL|6|0 7922|US|8|0 3352|ES|6|1 28573|BR|2|1 24560|IN|2|1 3215|FR|8|0", " ")
CARRIERS = table("12576|GB 25135|GB 206067|GB 15751|IE 21928|US 3209|DE", " ")
HOSTS = table("45|16509|US 65|24940|DE 51|16276|FR 138|14061|NL 95|20473|GB 185|9009|GB 146|212238|NL", " ")
PROGRAMS = table("""
Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/128.0.0.0 Safari/537.36|t13d1516h2_8daaf6152771|web
Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/128.0.0.0 Safari/537.36 Edg/128.0.0.0|t13d1516h2_8daaf615b0da|web
Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Version/17.6 Safari/605.1.15|t13d2014h2_a09f3c656075|web
Mozilla/5.0 (iPhone; CPU iPhone OS 17_6 like Mac OS X) Version/17.6 Mobile Safari/604.1|t13d2014h2_a09f3c656075|web
Mozilla/5.0 (Linux; Android 14; K) Chrome/128.0.0.0 Mobile Safari/537.36|t13d1516h2_8daaf6152771|web
StageDoor/7.12.1 (iPhone; iOS 17.6)|t13d2014h2_a09f3c6560e9|ios
StageDoor/7.12.0 (Android 14)|t13d1311h2_f57a46bbacb6|android
StageDoor/6.4.2 (Android 11)|t12d1209h1_d34a8e72043a|android
""")
BROWSERS, PHONES = PROGRAMS[:3], PROGRAMS[3:]
ISP_SHARES, PHONE_SHARES = [isp[2] for isp in ISPS], (0, 0, 0, 0, 1, 1, 1, 2, 2, 3, 4, 5)
SCRIPTS = table("Go-http-client/2.0|t13d1312h2_f57a46bbac00 axios/1.7.7|t13d5911h1_a33745022dd6", " ")
FIRST = "amy ben cara dan ella finn grace harry isla jack kate liam mia noah olivia paul rosa sam zoe".split()
LAST = "smith jones patel brown evans walker khan murphy kelly wood clarke hughes green lewis king".split()
MAIL = ["gmail.com", "hotmail.co.uk", "outlook.com", "yahoo.co.uk", "icloud.com", "btinternet.com"]
COMMON = [a + b for b in "1 123 2024 ! 2025".split() for a in "football arsenal password summer".split()]
FIELDS = "kind outcome username ip asn country user_agent ja4 app device_id endpoint".split()
PATHS = dict(table("login|/login signup|/join password_reset|/forgot lookup|/account token|/session", " "))
CODES, TICKETS = ("/voucher/check", "/presale/code"), ("/tickets/refresh",) * 3 + ("/tickets/transfer",)
Place, Client = namedtuple("Place", "ip asn country"), namedtuple("Client", "ua ja4 app device")
Src = namedtuple("Src", "cls attack place client und", defaults=(0,))


class Dice(random.Random):
    """Chance, and what it makes: names, addresses, programs and people."""

    def tag(r, letter):
        """A random token or secret."""
        return f"{letter}{r.getrandbits(60):x}"

    def mobile(r, k=None):
        """A carrier address that many phones share at the same time."""
        k = r.choice(PHONE_SHARES) if k is None else k
        return Place(f"{92 + k}.40.{k}.{r.randrange(1, 71)}", *CARRIERS[k][:2])

    def moment(r):
        """A moment that follows the daily rhythm."""
        return r.randrange(5) * DAY + r.choices(range(24), RHYTHM)[0] * HOUR + r.random() * HOUR

    def hosted(r):
        """An address at a hosting firm or a VPN exit."""
        head, asn, country = r.choice(HOSTS)
        return Place(f"{head}.{r.randrange(20, 60)}.{r.randrange(256)}.{r.randrange(1, 255)}", asn, country)

    def home_ip(r, isp=None):
        """An address of a home line, sometimes of version 6."""
        isp = isp or r.choices(ISPS, ISP_SHARES)[0]
        k, a, b, c = ISPS.index(isp), r.randrange(16, 220), r.randrange(256), r.randrange(1, 255)
        ip = f"{70 + k}.{a}.{b}.{c}"
        ip = ip if k % 3 != 1 or c < 128 else f"2a0{k % 10}:{4096 + k:x}:{a:x}{b:02x}:{c:x}00::1"
        return Place(ip, *isp[:2])

    def program(r, phone=None):
        """A browser or app with a fresh device token; a few sit behind filters that change the TLS fingerprint."""
        rows = PHONES if phone or phone is None and r.random() < 0.55 else BROWSERS
        ua, ja4, app = r.choices(rows, (20, 12, 23, 16, 3)[: len(rows)])[0]
        ja4 = r.choice(BROWSERS + SCRIPTS)[1] if r.random() < 0.05 else ja4
        return Client(ua, ja4, app, None if "6.4.2" in ua else r.tag("d"))

    def email(r):
        """A mail name as people choose them; it may or may not have an account."""
        end = r.choice(("", str(r.randrange(100)), r.choice("abcdef"), str(r.randrange(1950, 2010)) + "x"))
        return r.choice(FIRST) + r.choice((".", "", "_")) + r.choice(LAST) + end + "@" + r.choice(MAIL)

    def new_user(r):
        """Make an account with its networks, programs and habits."""
        u = SimpleNamespace(fails=0, fail_t=-1e9)
        u.name, u.isp, u.carrier = r.email(), r.choices(ISPS, ISP_SHARES)[0], r.choice(PHONE_SHARES)
        u.home, u.pc, u.phone = r.home_ip(u.isp), r.program(False), r.program(True)
        u.pw = r.choice(COMMON) if r.random() < 0.04 else r.tag("p")
        u.alt = r.choice(COMMON) if r.random() < 0.1 else r.tag(r.choice("ppq"))
        u.mfa, u.private, u.leaked, u.season = (r.random() < share for share in (0.09, 0.1, 0.028, 0.11))
        u.err, u.rate, u.session = r.betavariate(1.5, 6), min(r.paretovariate(1.15), 60), r.tag("s")
        return u


class World:
    """The shop (`w` in its methods): networks, accounts, a queue of actions and rows."""

    def __init__(w, seed, users, log, labels):
        """Build the networks and the accounts that exist at the start."""
        w.seed, w.scale, w.log = seed, users / 16000, log
        w.labels, c = csv.writer(labels, lineterminator="\n"), Dice(f"{seed}-calendar")
        big = c.choice((2, 3)) * DAY + c.choice((9, 10, 11, 18)) * HOUR
        w.sales, w.cancelled = [c.choice((9, 10, 12)) * HOUR, big], (1 + 2 * c.randrange(2)) * DAY + 15 * HOUR
        w.shows = [d * DAY + c.uniform(18, 20) * HOUR for d in range(5)]
        w.labels.writerow("event_id attack class outcome time username undecidable".split())
        w.actions, w.n, w.written, w.first = [], 0, 0, None
        w.r, w.a, net = Dice(f"{seed}-honest"), Dice(f"{seed}-attack"), Dice(f"{seed}-networks")
        w.vpn, w.offices = [net.hosted() for _ in range(60)], [net.home_ip() for _ in range(40)]
        w.people = [net.new_user() for _ in range(users)]

    def proxy(w, r):
        """An address sold as home proxy: mostly home lines, some customers' own, some carriers'."""
        return r.choice((r.choice(w.people).home, r.mobile(), r.home_ip(), r.home_ip(r.choice(ISPS))))

    def at(w, t, action, *args, **more):
        """Put an action in the queue, if it falls in the days of the log."""
        w.n += 1
        if 0 <= t < END:
            heapq.heappush(w.actions, (t, w.n, action, args, more))

    def token(w, t, src, user, ok=True, path="/session"):
        """A session or ticket token of an account is shown."""
        more = dict(session_id=user.session, failure_reason=None if ok else "expired", endpoint=path)
        w.row(t, src, "token", ok, user.name, ok, **more)

    def row(w, t, src, kind, ok, name, let_in=False, **more):
        """Queue one event; `let_in` says whether it opened an account (for an attack: another's account)."""
        values = (kind, "success" if ok else "failure", name, *src.place, *src.client, PATHS[kind])
        shown, e = "success" if let_in else "" if ok else "failure", {**dict(zip(FIELDS, values)), **more}
        w.at(t, w.write, e, src, shown)

    def write(w, t, e, src, shown):
        """Write one event and its label."""
        w.first, w.written = t if w.first is None else w.first, w.written + 1
        when = (START + timedelta(seconds=t)).isoformat(timespec="milliseconds")
        e = {"event_id": f"{(w.written * 0x9E3779B97F4B + 77) % (1 << 48):012x}", "time": when, **e}
        w.log.write(json.dumps({k: v for k, v in e.items() if v is not None}) + "\n")
        label = src.attack, src.cls, shown, f"{t - w.first:.3f}", e["username"], src.und
        w.labels.writerow((e["event_id"], *label))

    def secret(w, pw):
        """The keyed digest of a tried password and whether it is in known leaks (q marks pairs from leaks)."""
        h = hashlib.sha256(f"{w.seed}|{pw}".encode()).hexdigest()
        known = pw in COMMON or int(h[-4:], 16) % 100 < (70 if pw[0] == "q" else 18)
        return dict(password_fingerprint=h[:16], breached_password=known)

    def attempt(w, t, src, user, name, pw, code=0.93, own=False):
        """One try of a name and a password, perhaps with a one-time code; says whether it was let in."""
        r, more = w.a if src.attack else w.r, w.secret(pw)
        if user is None:
            w.row(t, src, "login", 0, name, credential="invalid", failure_reason="unknown_user", **more)
            return False
        user.fails = user.fails if t - user.fail_t < 900 else 0
        good, locked = pw == user.pw, user.fails >= 9
        needs = good and user.mfa and not locked
        ok = good and not locked and (not needs or r.random() < code)
        user.fails, user.fail_t = (0, t) if ok else (user.fails + (not good), t)
        reason = "locked" if locked else "bad_password" if not good else "bad_mfa"
        more.update(failure_reason=None if ok else reason, session_id=r.tag("s") if ok else None)
        more.update(credential="unknown" if locked else "valid" if good else "invalid")
        more["mfa"] = "none" if not needs else "passed" if ok else "failed"
        w.row(t, src, "login", ok, name, ok and not own, **more)
        return ok

    def sign_in(w, t, src, user, err=None, forget=0.45):
        """A person signs in, mistypes, tries old passwords, perhaps resets or gives up."""
        r, err, typo = w.r, user.err if err is None else err, f"{user.pw}~{w.r.randrange(4)}"
        if user.private and src.client.device:
            src = src._replace(client=src.client._replace(device=r.tag("d")))
        for wrong in range(9):
            x, name, pw, who = r.random(), user.name, user.pw, user
            if r.random() < err:
                pw = typo if x < 0.42 else user.alt if x < 0.68 else f"{user.pw}old" if x < 0.84 else pw
                if x >= 0.84:
                    name, who = name[1:] if x < 0.92 else r.email(), None
            if w.attempt(t, src, who, name, pw) or r.random() < 0.1:
                break
            t += r.lognormvariate(2.7, 0.7)
            if wrong and r.random() < forget:
                w.row(t, src, "password_reset", 1, user.name)
                t, user.alt, user.pw, err = t + r.expovariate(0.007), user.pw, r.tag("p"), 0.08
                user.fails, user.leaked = 0, False

    def where(w, user, t, away=0.4):
        """The network and the program of a person at a moment."""
        r, x = w.r, w.r.random() - away
        if x < 0.12:
            far = r.choice(w.offices if x < 0.08 else w.vpn), user.pc
            return (r.mobile(user.carrier), user.phone) if x < 0 else far
        if user.isp[3]:
            user.home = Dice(f"{w.seed}-{user.name}-{int(t // DAY)}").home_ip(user.isp)
        return user.home, user.pc if r.random() < 0.6 else user.phone

    def visit(w, t, u, cls, err=None, away=0.4, renew=0.08, forget=0.45):
        """An ordinary visit: an app mostly shows its token, a browser signs in; sometimes the program is new."""
        place, client = w.where(u, t, away)
        if w.r.random() < renew:
            client = w.r.program(client is u.phone)
            u.phone, u.pc = (client, u.pc) if client.app != "web" else (u.phone, client)
        src, ok = Src(cls, 0, place, client), w.r.random() < 0.95
        if client.app != "web" and w.r.random() < 0.55 and renew < 0.2:
            w.token(t, src, u, ok, w.r.choice(TICKETS) if w.r.random() < 0.1 else PATHS["token"])
            t = -99 if ok else t
        w.at(t + 5, w.sign_in, src, u, err, forget)

    def honest_fans(w):
        """Ordinary fans, refunds, travellers, shared accounts, newcomers."""
        r = w.r
        for u in r.choices(w.people, [u.rate for u in w.people], k=int(15000 * w.scale)):
            w.at(r.moment(), w.visit, u, r.choice(("fan_phone", "fan_at_home")))
        for u in r.sample(w.people, int(w.scale * 1400)):
            w.at(w.cancelled + r.expovariate(1 / 9000), w.visit, u, "refund_rush", 0.45, 0.5, 0.2, 0.6)
        for k, u in enumerate(r.sample(w.people, int(w.scale * 340))):
            for place in r.choices((u.home, r.choice(w.vpn), r.mobile()) if k % 2 else w.vpn[k % 60 :], k=5):
                src = Src(("traveller_or_vpn", "shared_account")[k % 2], 0, place, r.choice((u.pc, u.phone)))
                w.at(r.moment(), w.sign_in, src, u, 0.22)
        for u in [r.new_user() for _ in range(int(1300 * w.scale))]:
            t, old = r.choice((r.moment(), r.choice(w.sales) - r.expovariate(1 / HOUR))), r.choice(w.people)
            place, new = r.choice(((u.home, u.pc), (r.mobile(u.carrier), u.phone))), r.random() < 0.8
            src, who = Src("newcomer", 0, *place), u if new else old
            more = {**w.secret(u.pw), "failure_reason": None if new else "other"}
            w.at(t, w.row, src, "signup", new, who.name, new, **more)
            w.at(t + r.choice((30, DAY, 2 * DAY)) * r.random(), w.sign_in, src, who, u.err if new else 0.6)

    def honest_sales(w):
        """The rushes, the fan-club presale, gift vouchers, friends who help, gates and the stadium's network."""
        r = w.r
        for t0, n in zip(w.sales, (1600, 9900)):
            for u in r.sample(w.people, int(w.scale * n)):
                w.at(t0 - 800 + r.gammavariate(2.2, 420), w.visit, u, "onsale_rush", 0.5, 0.4, 0.3)
            for u in r.sample(w.people, int(w.scale * 130)):
                src = Src("friend_helps", 0, u.home, u.pc)
                for v in r.sample(w.people, r.randrange(2, 8)):
                    w.at(t0 - r.uniform(100, 2400), w.sign_in, src, v, 0.3, 0.1)
        for k, u in enumerate(r.sample(w.people, int(w.scale * 1300))):
            t = r.moment() if k % 3 == 0 else t0 - DAY + r.gammavariate(1.5, 900)
            src = Src("fan_club_presale" if k % 3 else "gift_voucher", 0, *w.where(u, t))
            w.at(t - 30 if k % 2 else -1, w.sign_in, src, u)
            for _ in range(r.choice((1, 1, 1, 2, 3, 6))):
                t += r.lognormvariate(2.6, 0.6)
                w.at(t, w.look, r, src, 0.5, "lookup", CODES[k % 3 > 0])
        for t0 in w.shows:
            for u in r.sample(w.people, int(w.scale * 1000)):
                gate = (r.choice(w.offices[:3]), r.mobile(u.carrier))[not u.season and r.random() < 0.9]
                app = u.phone if u.phone.app != "web" else Client(*PHONES[2], u.phone.device)
                cls = "stadium_network" if gate in w.offices[:3] else "mobile_ticket_gate"
                t, src = t0 - r.gammavariate(2, 1700), Src(cls, 0, gate, app)
                for _ in range(r.choice((1, 1, 2, 3, 4))):
                    t, ok = t + r.expovariate(1 / 200), r.random() < 0.88
                    w.at(t, w.token, src, u, ok, r.choice(TICKETS))
                    w.at(-1 if ok else t + 9, w.sign_in, src, u, 0.35)

    def look(w, t, r, src, known, kind="lookup", path=None):
        """Somebody asks whether a mail name has an account (or a code is good)."""
        u, coded = r.choice(w.people) if r.random() < known else None, path in CODES
        ok = u is None if kind == "signup" else u is not None or kind == "password_reset"
        more = w.secret(r.tag("p")) if kind == "signup" else {}
        more["failure_reason"] = None if ok else "other" if coded or kind == "signup" else "unknown_user"
        name = None if coded else u.name if u else r.email()
        w.row(t, src, kind, ok, name, endpoint=path or PATHS[kind], **more)

    def honest_programs(w):
        """Alerting services, browser helpers, partners; counters with many people's accounts."""
        r, servers = w.r, [w.r.hosted() for _ in range(12)]
        for k, u in enumerate(r.sample(w.people, int(w.scale * 470))):
            program = r.choice((Client(*SCRIPTS[k % 2], "api", None), r.program(False)))
            src, every, n = Src("alerting_service", 0, r.choice(servers), program), 4 * HOUR, 50
            if k % 3 == 0:
                src, every, n = Src("browser_helper", 0, u.home, program), r.choice((90, 600, 3600)), 25
            t, pw = r.moment() / 5, r.choice([u.pw] * 8 + [u.alt])
            for _ in range(r.randrange(4, n)):
                t += r.uniform(0.7, 1.3) * every
                w.at(t, w.attempt, src, u, u.name, pw, 0.5)
        for k in range(6 + int(110 * w.scale)):
            t, src = r.moment(), Src("resale_partner", 0, servers[k % 5], Client(*SCRIPTS[0], "api", None))
            for _ in range(r.choice((2, 5, 10, 30, 90))):
                t += r.expovariate(0.2)
                w.at(t, w.look, r, src, 0.75, "lookup", "/partner/v2/accounts")
        for k in range(max(4, int(14 * w.scale))):
            src = Src(("hotel_concierge", "box_office")[k % 2], 0, r.home_ip(), r.program(False))
            for _ in range(r.randrange(90, 280)):
                t, desk = r.randrange(5) * DAY + r.uniform(9, 21) * HOUR, r.random() < 0.6 or k % 2 == 0
                args = (w.sign_in, src, r.choice(w.people), 0.25, 0.15) if desk else (w.look, r, src, 0.8)
                w.at(t, *args)

    def stuff(w, t, src, known, spray=None):
        """Try one pair from a leaked list, of which few still fit, or one usual password."""
        u = w.a.choice(w.people) if w.a.random() < known else None
        pw = u.pw if u and u.leaked else u.alt if u and w.a.random() < 0.6 else w.a.tag("q")
        w.attempt(t, src, u, u.name if u else w.a.email(), spray or pw, 0.02)

    def quiet(w, cls, n, begin, length, action, *args):
        """A campaign of one to three tries an address through home proxies; no length means all days."""
        a, kit = w.a, [Client(*SCRIPTS[1], "api", None)] + [w.a.program() for _ in range(6)]
        for _ in range(int(n * w.scale)):
            t, client = begin + a.betavariate(2, 3) * length, a.choice(kit + [a.program() for _ in range(12)])
            place, few = w.proxy(a) if a.random() < 0.93 else a.choice(w.vpn), a.choice(w.vpn[:7])
            t, place = t if length else a.moment(), few if "few" in cls else place
            src = Src(cls, 1, place, client._replace(device=a.choice((None, client.device, a.tag("d")))))
            for _ in range(a.choice((1, 1, 2, 3))):
                w.at(t, action, *(src if arg is None else arg for arg in args))
                t += a.lognormvariate(3, 1)

    def attack_campaigns(w):
        """Stuffing loud, quiet, in the rush and slow; names tested, codes guessed, usual passwords sprayed."""
        a, big, late = w.a, w.sales[1], [w.a.uniform(0.2, 4) * DAY for _ in range(3)]
        w.quiet("stuffing_few_addresses", 1900, big - 9 * HOUR, 3 * HOUR, w.stuff, None, 0.35)
        w.quiet("stuffing_home_proxies", 2100, big - 30 * HOUR, 18 * HOUR, w.stuff, None, 0.4)
        w.quiet("stuffing_in_rush", 1500, big - 800, 3600, w.stuff, None, 0.6)
        w.quiet("stuffing_slow", 650, 0, 0, w.stuff, None, 0.5)
        w.quiet("voucher_guessing", 700, late[0], 14 * HOUR, w.look, a, None, 0.006, "lookup", CODES[0])
        w.quiet("signup_name_testing", 600, late[1], 20 * HOUR, w.look, a, None, 0.4, "signup")
        w.quiet("reset_name_testing", 450, 0, 0, w.look, a, None, 0.4, "password_reset")
        for pw in a.sample(COMMON, 4):
            w.quiet("password_spray", 280, late[2], 14 * HOUR, w.stuff, None, 1, pw)

    def attack_accounts(w):
        """Single users guessed at and thefts before shows; two farms, one careful, one that shares all."""
        a, lines = w.a, [(w.proxy(w.a), w.a.program(), w.a.tag("p")) for _ in range(40)]
        for u in a.sample(w.people, 3 + int(6 * w.scale)):
            t, places = a.choice(w.shows) - a.uniform(4, 20) * HOUR, a.sample(lines, a.choice((1, 4, 12)))
            for pw in [a.choice((a.tag("p"), u.alt, a.choice(COMMON))) for _ in range(a.randrange(20, 80))]:
                t += a.choice((20, 60, 300)) * a.uniform(0.5, 1.5)
                w.at(t, w.attempt, Src("guessing_one_user", 1, *a.choice(places)[:2]), u, u.name, pw)
        for u, v in zip(*[iter(a.sample(w.people, 10 + 2 * int(170 * w.scale)))] * 2):
            w.at(a.choice(w.shows) - a.gammavariate(2, 4500), w.take_over, v)
            t, places = a.choice(w.shows) - a.gammavariate(2, 5000), (a.mobile(u.carrier), w.proxy(a))
            src = Src("stolen_token", 1, a.choice(places), a.choice((u.phone, a.program(True))))
            for k in range(a.choice((1, 2, 2, 4))):
                w.at(t + k * a.expovariate(0.003), w.token, src, u, a.random() < 0.7, a.choice(TICKETS))
        for k in range(int(620 * w.scale)):
            u, begin, line = a.new_user(), a.uniform(-1, 1.5) * DAY, a.choice(lines)
            place, client, u.pw = line if k % 2 else (u.home, a.choice((u.pc, u.phone)), u.pw)
            src = Src("farm_signup", 1, place, client, 1 - k % 2)
            w.at(begin, w.row, src, "signup", 1, u.name, **w.secret(u.pw))
            for t in [a.moment(), a.moment(), a.moment(), w.sales[1] - a.expovariate(1 / 500)]:
                pw, src = u.pw if a.random() < 0.93 else f"{u.pw}~1", src._replace(cls="farm_own_login")
                w.at(t if t > begin else -1, w.attempt, src, u, u.name, pw, 0.95, True)

    def take_over(w, t, u):
        """A thief signs in near the victim's region and hands the tickets on; the owner notices later."""
        a, places = w.a, (w.a.home_ip(u.isp), w.a.home_ip(u.isp), w.a.mobile(u.carrier), w.proxy(w.a))
        src = Src("takeover_transfer", 1, a.choice(places), a.program())
        if w.attempt(t, src, u, u.name, u.pw, 0.4):
            for k in range(1, a.choice((2, 3, 4))):
                w.token(t + k * a.uniform(60, 90), src, u, True, a.choice(TICKETS[2:]))
            u.alt, u.pw = (u.pw, a.tag("p")) if a.random() < 0.4 else (u.alt, u.pw)
            w.at(t + a.expovariate(1 / 9000), w.visit, u, "owner_after_theft", 0.4, 0.5, 0.1, 0.9)


def main():
    """Read the options and write both files."""
    p = argparse.ArgumentParser(description="Labelled login traffic of a ticket shop")
    for option in "seed=1 out=log.ndjson labels=labels.csv users=16000".split():
        p.add_argument("--" + option.split("=")[0], default=option.split("=")[1])
    o = p.parse_args()
    with open(o.out, "w", encoding="utf-8") as log, open(o.labels, "w", encoding="utf-8") as labels:
        w = World(o.seed, int(o.users), log, labels)
        for part in (w.honest_fans, w.honest_sales, w.honest_programs, w.attack_campaigns, w.attack_accounts):
            part()
        while w.actions:
            t, _, action, args, more = heapq.heappop(w.actions)
            action(t, *args, **more)


if __name__ == "__main__":
    main()
