"""Campaigns of guessing and asking: each takes the world, how many events, and the day."""
from draw import Choice, DAY, HOUR, moment, spread
from exits import Combo, Tool, attempt, proxy
from names import COMMON_PASSWORD, TLD
from net import MARKET, s6


def a_loud(w, n, day):
    """Many tries from a few rented machines."""
    r = w.attack_rng
    addrs = [w.net.host_addr(r) for _ in range(r.randrange(3, 10))]
    if r.random() < .6:
        addrs.append(r.choice(w.net.vpn_exits))
    if r.random() < .4:
        addrs.append(proxy(w, r))
    tool, cb = Tool(w, r, r.choice(['ob', 'py', 'go', 'mobile', 'curl', 'legacy', 'tls'])), Combo(w, r)
    source = Choice([(a, r.uniform(.4, 2)) for a in addrs])
    for t in spread(r, moment(r, day, 0, 19), r.uniform(.8, 4) * HOUR, n):
        attempt(w, t, source(r), *cb.next(), tool(t), 'stuffing_loud')


def a_resi(w, n, day, cls='stuffing_residential', kind=None, start=None, dur=None, home=.7, cc=None):
    """One to three tries from each exit of a residential proxy network."""
    r = w.attack_rng
    tool = Tool(w, r, kind or r.choice(['ob', 'tls', 'mobile', 'pup', 'mobile', 'legacy', 'go']))
    if cls == 'stuffing_rotating':
        tool = Tool(w, r, 'rot')
    cb = Combo(w, r)
    t0 = start if start is not None else moment(r, day, 0, 13)
    left, a = 0, None
    for t in spread(r, t0, dur or r.uniform(5, 10.5) * HOUR, n):
        if left <= 0 or r.random() < .4:
            a, left = proxy(w, r, home, cc), r.choice([1, 1, 1, 2, 2, 3])
        attempt(w, t, a, *cb.next(), tool(t), cls)
        left -= 1


def a_rot(w, n, day):
    a_resi(w, n, day, 'stuffing_rotating')


def a_lowslow(w, n, day):
    """One list over all days, from the same 120 addresses."""
    r = w.attack_rng
    if not w.low_slow:
        w.low_slow['tool'] = Tool(w, r, r.choice(['mobile', 'tls', 'pup', 'ob']))
        w.low_slow['cb'] = Combo(w, r, .45, .01)
        w.low_slow['a'] = [proxy(w, r, .85) if r.random() < .7 else w.net.host_addr(r) for _ in range(120)]
    for t in sorted(moment(r, day) for _ in range(n)):
        attempt(w, t, r.choice(w.low_slow['a']), *w.low_slow['cb'].next(), w.low_slow['tool'](t), 'low_and_slow')


def spray(w, n, day, cls, src, dur):
    """A few common passwords, each over many names."""
    r = w.attack_rng
    tool = Tool(w, r)
    pws = [COMMON_PASSWORD(r) for _ in range(r.choice([1, 2, 3]))]
    names = [u.name if r.random() < .8 else w.names.fresh(r, 'DE') for u in r.sample(w.listed, min(len(w.listed), n))]
    t0 = moment(r, day, 0, 23 - dur / HOUR)
    per = max(1, n // len(pws))
    for i, t in enumerate(spread(r, t0, dur, n)):
        attempt(w, t, src(), names[i % per], pws[min(i // per, len(pws) - 1)], r.random() < .3, tool(t), cls)


def a_spray1(w, n, day):
    r = w.attack_rng
    a = w.net.host_addr(r) if r.random() < .7 else proxy(w, r)
    spray(w, n, day, 'spray_single', lambda: a, r.uniform(1, 4) * HOUR)


def a_sprayd(w, n, day):
    r = w.attack_rng
    pool = [proxy(w, r) for _ in range(max(40, n // 3))]
    spray(w, n, day, 'spray_distributed', lambda: r.choice(pool), r.uniform(5, 10) * HOUR)


def brute(w, n, day, cls, src, dur, victims):
    """Many passwords for a few names; sometimes one fits in the end."""
    r = w.attack_rng
    for _ in range(victims):
        u = r.choice(w.named)
        tool = Tool(w, r)
        k = n // victims
        ts = spread(r, moment(r, day, 0, 23 - dur / HOUR), dur, k)
        hit = int(k * r.uniform(.75, .98)) if r.random() < .3 and not u.sso else -1
        for i, t in enumerate(ts):
            pw = None if i == hit else (COMMON_PASSWORD(r) if r.random() < .3 else 'dict%d' % r.randrange(100000))
            if attempt(w, t, src(), u.name, pw, r.random() < .1, tool(t), cls):
                break


def a_brute1(w, n, day):
    r = w.attack_rng
    a = w.net.host_addr(r) if r.random() < .6 else proxy(w, r)
    brute(w, n, day, 'brute_single', lambda: a, r.uniform(.5, 3) * HOUR, 2)


def a_bruted(w, n, day):
    r = w.attack_rng
    pool = [proxy(w, r) for _ in range(max(30, n // 2))]
    brute(w, n, day, 'brute_distributed', lambda: r.choice(pool), r.uniform(6, 14) * HOUR, 2)


def a_enumlogin(w, n, day):
    """Which names exist, asked of the login."""
    r = w.attack_rng
    tool = Tool(w, r)
    pool = [w.net.host_addr(r) for _ in range(4)] if r.random() < .5 else [proxy(w, r) for _ in range(n // 4)]
    pws = ['enum%d' % r.getrandbits(30)] if r.random() < .5 else None
    un = r.uniform(.4, .75)
    for t in spread(r, moment(r, day, 0, 17), r.uniform(1.5, 6) * HOUR, n):
        nm = w.names.fresh(r, Choice(MARKET)(r)) if r.random() < un else r.choice(w.listed).name
        attempt(w, t, r.choice(pool), nm, pws[0] if pws else 'x%x' % r.getrandbits(40), False, tool(t), 'enumeration_login')


def a_enumlook(w, n, day):
    """Which names exist, asked of the look-up and sometimes of the reset."""
    r = w.attack_rng
    tool = Tool(w, r, r.choice(['py', 'go', 'mobile', 'tls', 'ob', 'pup']))
    pool = [w.net.host_addr(r) for _ in range(r.randrange(2, 6))] if r.random() < .5 else [proxy(w, r) for _ in range(n // 5)]
    resets = .15 if r.random() < .4 else 0
    un = r.uniform(.45, .8)
    for t in spread(r, moment(r, day, 0, 17), r.uniform(1.5, 6) * HOUR, n):
        ex = r.random() > un
        nm = r.choice(w.listed).name if ex else w.names.fresh(r, Choice(MARKET)(r))
        k = 'password_reset' if r.random() < resets else 'lookup'
        bad = w.broken(r, t)
        w.emit(t, k, ex and not bad, r.choice(pool), nm, tool(t), None, 'other' if bad else None if ex else 'unknown_user',
               att=1, cls='enumeration_lookup')


def a_ipv6(bits):
    """A campaign that takes a new address of one IPv6 prefix for each try."""
    def f(w, n, day):
        r = w.attack_rng
        tool, cb = Tool(w, r), Combo(w, r)
        if bits == 64:
            net = w.net.hosts[r.choice([24940, 16276, 20473, 63949, 51167])]
            base = net.p6 | r.getrandbits(30) << 64
            cc = net.cc
        elif bits == 56:
            net = r.choice([x for x in w.net.nets if x.v6 and x.cc in TLD])
            base = net.pre56(r.getrandbits(16), r.randrange(len(net.blocks)))
            cc = net.cc
        else:
            net = w.net.hosts[r.choice([6939, 24940, 16276, 20473])]
            base = net.p6 | r.getrandbits(14) << 80
            cc = net.cc
        for t in spread(r, moment(r, day, 0, 18), r.uniform(1.5, 5) * HOUR, n):
            a = (s6(base | r.getrandbits(128 - bits)), net.asn, cc)
            attempt(w, t, a, *cb.next(), tool(t), 'ipv6_hop_%d' % bits)
    return f


def a_peak(w, n, day):
    """In the hours when most people come, from their own country's lines."""
    a_resi(w, n, day, 'stuffing_peak_hour', start=day * DAY + w.attack_rng.uniform(17, 17.8) * HOUR,
           dur=w.attack_rng.uniform(2, 3) * HOUR, home=1.0)


def a_outage(w, n, day):
    """Under cover of the outage, when everybody fails and retries."""
    a_resi(w, n, day, 'stuffing_outage', start=w.outage_begin + w.attack_rng.uniform(60, 240),
           dur=w.outage_end - w.outage_begin + w.attack_rng.uniform(600, 1500), home=.85)


def a_lockout(w, n, day):
    """Shuts owners out: bursts of wrong passwords for the same few names."""
    r = w.attack_rng
    tool = Tool(w, r)
    pool = [w.net.host_addr(r) for _ in range(6)] + [proxy(w, r) for _ in range(25)]
    us = r.sample(w.named, max(4, n // 22))
    t0, dur = moment(r, day, 5, 14), r.uniform(3, 6) * HOUR
    made = 0
    while made < n:
        u = r.choice(us)
        t = t0 + r.uniform(0, dur)
        for _ in range(min(11, n - made)):
            attempt(w, t, r.choice(pool), u.name, 'lock%x' % r.getrandbits(36), False, tool(t), 'lockout')
            t += r.uniform(1, 15)
            made += 1


def a_pacing(w, n, day):
    """Just under 5 a minute and 60 an hour for an address, 4 for a name."""
    r = w.attack_rng
    k = r.randrange(5, 9)
    addrs = [w.net.host_addr(r) if r.random() < .6 else proxy(w, r) for _ in range(k)]
    tool, cb = Tool(w, r), Combo(w, r)
    t0 = moment(r, day, 0, max(.5, 23 - n / k / 57))
    for i, a in enumerate(addrs):
        t = t0 + r.uniform(0, 300)
        for j in range(n // k):
            attempt(w, t, a, *cb.next(), tool(t), 'pacing')
            t += 3600 / 57.0 + r.uniform(-2, 2)
