"""Which campaign runs on which day and how large; what follows from accounts taken over."""
from attacks import (
    a_brute1, a_bruted, a_enumlogin, a_enumlook, a_ipv6, a_lockout, a_loud, a_lowslow, a_outage, a_pacing, a_peak,
    a_resi, a_rot, a_spray1, a_sprayd)
from clients import Client, DESKTOPS, TLS, session_id, uuid
from draw import DAY, HOUR, spread
from exits import Combo, Tool, attempt, proxy
from names import BIG_DOMAINS
from thefts import a_fake, a_launder, a_targeted, a_token, launder_setup

# (kind, campaign, weight): shared out over the mixed days so that no day gets two of a kind before each has one
RUNS = [
    ('loud', a_loud, 1300), ('loud', a_loud, 1300), ('loud', a_loud, 1300), ('resi', a_resi, 2100), ('resi', a_resi, 2100),
    ('rot', a_rot, 1750), ('rot', a_rot, 1750), ('s1', a_spray1, 700), ('s1', a_spray1, 700), ('sd', a_sprayd, 1300),
    ('b1', a_brute1, 320), ('b1', a_brute1, 320), ('bd', a_bruted, 420), ('bd', a_bruted, 420), ('el', a_enumlogin, 1200),
    ('lk', a_enumlook, 900), ('lk', a_enumlook, 800), ('v64', a_ipv6(64), 500), ('v56', a_ipv6(56), 500),
    ('v48', a_ipv6(48), 550), ('pk', a_peak, 1000), ('pk', a_peak, 900), ('lo', a_lockout, 400), ('lo', a_lockout, 350),
    ('pc', a_pacing, 800), ('pc', a_pacing, 700),
]
CLASSES = """stuffing_loud stuffing_residential stuffing_rotating stuffing_peak_hour stuffing_outage low_and_slow spray_single
    spray_distributed brute_single brute_distributed enumeration_login enumeration_lookup fake_signup token_replay ipv6_hop_64
    ipv6_hop_56 ipv6_hop_48 targeted_takeover takeover_return laundering lockout pacing""".split()
QUIET_DAYS = 2


def prepare(w):
    """What attackers start from: counts of people's events, lists of accounts, passwords that fit."""
    r = w.attack_rng
    for o in w.service.log:
        w.people_events[int(o[0] // DAY)] += 1
    w.listed = [u for u in w.users if u.born < 0 and '@marlow-ops' not in u.name]
    w.victims = [u for u in w.listed if (u.br or r.random() < .02) and not u.sso]
    r.shuffle(w.victims)
    w.named = [u for u in w.active if '@' in u.name and u.name.split('@')[1] in BIG_DOMAINS]


def plan(w):
    """{day: [(kind, campaign, weight)]}"""
    r, days = w.attack_rng, range(QUIET_DAYS, w.days)
    of_day = {d: [('ls', a_lowslow, 480), ('tk', a_token, 80), ('tg', a_targeted, 42)] for d in days}
    of_day[w.outage_day].append(('ou', a_outage, 750))
    of_day[2].append(('fk', a_fake, 700))
    of_day[3 if w.days > 3 else 2].append(('fk', a_fake, 700))
    for d in (w.days - 2, w.days - 1):
        of_day[d].append(('la', a_launder, 450))
    for x in sorted(RUNS, key=lambda x: (-x[2], x[0])):
        has = {d: sum(1 for p in of_day[d] if p[0] == x[0]) for d in days}
        least = min(has.values())
        free = [d for d in days if has[d] == least]
        weights = {d: sum(p[2] for p in of_day[d]) for d in free}
        of_day[min(free, key=lambda d: weights[d] * r.uniform(.8, 1.2))].append(x)
    return of_day


def run(w):
    """Shares out each mixed day's attacks, runs them, then what follows."""
    r = w.attack_rng
    prepare(w)
    of_day = plan(w)
    launder_setup(w, 260)
    for d, campaigns in of_day.items():
        share = r.uniform(.262, .288)           # of the day's events
        target = w.people_events[d] * (share / (1 - share)) - 60
        total = sum(p[2] for p in campaigns)
        for _, campaign, weight in campaigns:
            campaign(w, max(8, int(target * weight / total)), d)
    quiet_probes(w, r)
    buyers_return(w, r)
    owners_recover(w, r)


def quiet_probes(w, r):
    """A few tries on the quiet days too."""
    for _ in range(3):
        begin = r.uniform(0, 2) * DAY
        a, tool, combo = w.net.host_addr(r), Tool(w, r), Combo(w, r, .7, 0)
        for t in spread(r, begin, 1800, r.randrange(15, 40)):
            attempt(w, t, a, *combo.next(), tool(t), 'stuffing_loud')


def buyers_return(w, r):
    """Buyers of stolen accounts come back by hand."""
    for t0, u in list(w.compromised):
        if r.random() < .35:
            t = t0 + r.uniform(.3, 24) * HOUR
            a = r.choice(w.net.vpn_exits) if r.random() < .4 else proxy(w, r, cc=u.cc)
            ua, e = DESKTOPS(r)
            if u.pw(t) == u.pw(t0):
                cl = Client('web', 'web', ua, TLS[e](r), uuid(r), session_id(r))
                attempt(w, t, a, u.name, u.pw(t), u.br, cl, 'takeover_return')


def owners_recover(w, r):
    """Some thieves change the password: the owner fails, then resets. Rewrites the owner's later logins."""
    log, logins = w.service.log, {}
    for k, (_, e, att, *_) in enumerate(log):
        if not att and e['kind'] == 'login' and 'username' in e:
            logins.setdefault(e['username'].strip().lower(), []).append(k)
    for t0, u in w.compromised:
        if r.random() > .15:
            continue
        later = sorted((log[k][0], k) for k in logins.get(u.name, []) if log[k][0] > t0
                       and log[k][1]['outcome'] == 'success' and 'password_fingerprint' in log[k][1]
                       and log[k][3] in ('regular', 'mobile_cgnat', 'office'))
        if not later:
            continue
        new = w.service.fingerprint('u%drec' % u.i)
        t, k = later[0]
        for _, k2 in later[1:]:
            log[k2][1]['password_fingerprint'] = new
        e = dict(log[k][1])
        bad = dict(e, outcome='failure', failure_reason='bad_password')
        bad.pop('mfa', None)
        if 'credential' in bad:
            bad['credential'] = 'invalid'
        log[k][1], log[k][3] = bad, 'victim_recovers'
        reset = {x: e[x] for x in ('ip', 'username', 'asn', 'country', 'device_id', 'user_agent', 'ja4', 'app', 'session_id',
                                   'tenant') if x in e}
        reset.update(kind='password_reset', outcome='success', endpoint=e['endpoint'].replace('/login', '/forgot'))
        ok = dict(e, password_fingerprint=new)
        if 'breached_password' in ok:
            ok['breached_password'] = False
        for later_by, event in ((12, dict(bad)), (60, reset), (300, ok)):
            log.append([t + later_by, event, 0, 'victim_recovers', 0, 0])
