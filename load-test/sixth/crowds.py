"""Crowds apart from daily life: guests, stale clients, scripts, monitors, aggregators, kiosks and labs."""
from clients import CHROME, Client, DESKTOPS, DESKTOP_LIST, IOS_VERSIONS, POPULAR, TLS, TOOL_AGENTS, session_id, uuid
from days import HOUR_OF_DAY
from devices import Dev, Home
from draw import DAY, HOUR
from net import addr4, s6
from people import make_user, place
from visits import pick_dev

# Tools of stock watchers and of merchants
SCRIPT_TOOLS = ['py', 'curl', 'go', 'node', 'net', 'java', 'py', 'curl', 'httpx', 'go', 'okh', 'py2']
# Stock watchers that borrow a browser's or the app's agent
APP_AGENTS = [('Marlow/8.14.2 (Android 14) okhttp/4.12.0', 'android'), ('Marlow/8.14.2 (Android 13) okhttp/4.12.0', 'android'),
              ('Marlow/8.14.2 (iPhone; iOS 18.3.1; Scale/3.00)', 'ios')]
OLD_APP_AGENT = 'Marlow/6.2.1 (Android) okhttp/3.12.1'
BORROWED = ([(ua, k, 'web', 'web') for ua in POPULAR[:3] for k in ('py', 'curl', 'go', 'net')]
            + [(ua, k, 'v2', app) for ua, app in APP_AGENTS for k in ('py', 'go', 'net')]
            + [(OLD_APP_AGENT, k, 'v1', 'android') for k in ('py', 'go', 'net')])
# (AS number, TLS, share of people, logins a day, interface, app)
AGGREGATORS = [(16509, 'java', .02, 1.3, 'partner', 'partner'), (396982, 'py', .012, 1.0, 'web', 'web'),
               (8075, 'net', .008, 1.5, 'v2', 'android')]


def guests(w):
    """Guest checkouts look up addresses, known or not."""
    r = w.people_rng
    for day in range(w.days):
        for _ in range(int(w.size * .022)):
            u = r.choice(w.active)
            if not u.devs:
                continue
            t = day * DAY + ((HOUR_OF_DAY[0](r) + r.random() - 1) % 24) * HOUR
            d = pick_dev(w, r, u, t)
            a, c = place(w, r, u, d, t)
            cl = d.client(r, t)
            if r.random() < .5:
                w.emit(t, 'lookup', 0, a, w.names.fresh(r, u.cc), cl, None, 'unknown_user', cls='guest_checkout')
            else:
                w.emit(t, 'lookup', 1, a, r.choice([u, u, r.choice(w.dormant)]).name, cl, cls='guest_checkout')


def stale_clients(w):
    """Apps and browsers that go on with an old stored password: for days, or in one quick burst."""
    r = w.people_rng
    for u in r.sample(w.active, 17):
        d = Dev(w, r, 'phone', r.choice(['android', 'ios']))
        d.legacy = r.random() < .5
        if d.legacy and d.cli == 'android':
            d.eng = 'okho'
        t, gap = r.uniform(0, 1.5 * DAY), r.choice([1800, 3600, 2 * 3600, 4 * 3600, 6 * 3600, 6 * 3600])
        stop = t + r.uniform(.6, 4) * DAY * (1 if gap > 2000 else .25)
        while t < min(w.end, stop):
            a = u.home.addr(t, d.key, r, d.w6)
            w.emit(t, 'login', 0, a, u.name, d.client(r, t), 'u%dold9' % u.i, 'bad_password', cls='stale_client')
            t += gap * r.uniform(.95, 1.06)

    for u in r.sample([u for u in w.active if u.rate > .3], 12):
        d = Dev(w, r, 'phone', r.choice(['android', 'ios', 'web', 'web']))
        t = r.uniform(.1, w.days - .2) * DAY
        a = u.home.addr(t, d.key, r, d.w6)
        for _ in range(r.randrange(14, 34)):
            w.emit(t, 'login', 0, a, u.name, d.client(r, t), 'u%dold9' % u.i, 'bad_password', cls='stale_client')
            t += r.uniform(40, 75)


def scripts(w):
    """Scripts of people, some at home, some on a rented host; the last ones borrow an agent of a browser or the app."""
    r = w.people_rng
    for i, u in enumerate(r.sample(w.active, 84 + len(BORROWED))):
        k = SCRIPT_TOOLS[i % 12]
        if i >= 84:
            k = BORROWED[i - 84][1]
        stale = r.random() < .08 and not (u.sso or u.mfa)
        eng = 'py' if k == 'py2' else k
        api, app = r.choice([('v2', 'android'), ('web', 'web'), ('web', 'web'), ('v1', 'android'), ('partner', 'partner'),
                             ('v2', 'ios')])
        ua = TOOL_AGENTS[k] if r.random() < .4 else r.choice(POPULAR)
        if api == 'v1' and r.random() < .8:
            ua = OLD_APP_AGENT
        if api == 'v2' and r.random() < .7:
            if app == 'android':
                ua = 'Marlow/8.14.2 (%s) okhttp/4.12.0' % r.choice(['Android 14', 'Android 13', 'Android 14'])
            else:
                ua = 'Marlow/8.14.2 (iPhone; iOS %s; Scale/3.00)' % IOS_VERSIONS(r)
        if i >= 84:
            ua, k, api, app = BORROWED[i - 84]
        hostd = r.random() < .62
        ha = w.net.host_addr(r)
        if hostd and r.random() < .25:
            n = w.net.hosts[r.choice([24940, 16276, 20473, 63949, 51167])]
            ha = (s6(n.p6 | r.getrandbits(24) << 64 | 1), n.asn, n.cc)
        dev = r.choice([None, None, uuid(r), '%016x' % r.getrandbits(64)])
        keep_sid = r.random() < .35
        gap = r.choice([1, 2, 2, 3, 4, 6, 8, 12, 24] if i < 84 else [1, 1.5, 2, 2.5, 3]) * HOUR
        t = r.uniform(0, gap)
        while t < w.end:
            a = ha if hostd else u.home.addr(t, 10 ** 7 + i, r, True)
            cl = Client(app, api, ua, TLS[eng](r), dev, session_id(r) if keep_sid else None)
            tt = t + r.uniform(0, 20)
            if w.broken(r, tt):
                w.emit(tt, 'login', 0, a, u.name, cl, u.pw(tt), 'other', cls='outage')
            elif stale and (t > 1e5 or i % 2):
                w.emit(tt, 'login', 0, a, u.name, cl, 'u%dold9' % u.i, 'bad_password', cls='script')
            elif u.sso or u.mfa:
                w.emit(tt, 'token', 1, a, u.name, cl, cls='script')
            elif r.random() > .012:
                w.emit(tt, 'login', 1, a, u.name, cl, u.pw(tt), br=u.br, cls='script')
            else:
                w.emit(tt, 'login', 0, a, u.name, cl, u.pw(tt), 'other', cls='script')
            t += gap


def monitors(w):
    """The shop's own probes, from nine hosts in turn."""
    r = w.people_rng
    for i in range(3):
        u = make_user(w, r, Home(w, r, 'DE'), False)
        u.mfa = u.sso = False
        del w.accounts[u.name]
        u.name = r.choice(['probe', 'synthetic', 'check']) + str(i + 1) + '@marlow-ops.net'
        w.accounts[u.name] = u
        w.names.taken[u.name] = 1
        locs = [w.net.host_addr(r) for _ in range(9)]
        k = r.choice(['go', 'node', 'crn'])
        ua = TOOL_AGENTS.get(k) or DESKTOP_LIST[0][0][0].replace('Windows NT 10.0; Win64; x64', 'X11; Linux x86_64')
        api, app = [('web', 'web'), ('v2', 'ios'), ('v2', 'android')][i]
        t, j = r.uniform(0, 900), 0
        while t < w.end:
            cl = Client(app, api, ua, TLS[k](r), None, session_id(r))
            if w.broken(r, t):
                w.emit(t, 'login', 0, locs[j % 9], u.name, cl, u.pw(), 'other', cls='outage')
            elif i == 1 and j % 12 == 5:
                w.emit(t, 'login', 0, locs[j % 9], u.name, cl, 'wrong-on-purpose', 'bad_password', cls='monitor')
            elif i == 2 and j % 5 == 0:
                w.emit(t, 'lookup', 1, locs[j % 9], u.name, cl, cls='monitor')
            else:
                w.emit(t, 'login', 1, locs[j % 9], u.name, cl, u.pw(), cls='monitor')
            t += 900 + r.uniform(-3, 3)
            j += 1


def aggregators(w):
    """Loyalty and budget apps; they hold the password as it was."""
    r = w.people_rng
    for g, (asn, k, share, per, api, app) in enumerate(AGGREGATORS):
        aa = [w.net.host_addr(r, asn) for _ in range(r.randrange(3, 7))]
        ua = [TOOL_AGENTS['java'], TOOL_AGENTS['py'], 'okhttp/4.12.0'][g]
        h0 = r.uniform(1, 5)
        for u in r.sample(w.active, int(w.size * share)):
            if u.sso or u.mfa:
                continue
            fails, dv = 0, uuid(r)
            p0 = u.pw(-1)
            for day in range(w.days):
                for second in range(1 if r.random() > per - 1 else 2):
                    t = day * DAY + (h0 + abs(r.gauss(0, 1.6)) + (12 if second else 0)) * HOUR
                    if fails > 2 or r.random() < .05:
                        continue
                    cl = Client(app, api, ua, TLS[k](r), None if g != 2 else dv, session_id(r) if g == 1 else None)
                    ok = u.pw(t) == p0
                    fails += not ok
                    if w.broken(r, t):
                        w.emit(t, 'login', 0, r.choice(aa), u.name, cl, p0, 'other', cls='outage')
                    else:
                        w.emit(t, 'login', ok, r.choice(aa), u.name, cl, p0, None if ok else 'bad_password', br=u.br,
                               cls='aggregator')


def kiosks(w):
    """Kiosks in shops, labs of colleges."""
    r = w.people_rng
    for i in range(9):
        cc = r.choice(['DE', 'DE', 'FR', 'GB', 'NL'])
        n = w.net.isps[cc](r)
        a = addr4(n, r.getrandbits(16), r.randrange(3))
        lab = i >= 6
        ua, eng = (DESKTOPS(r) if lab else (CHROME % ('Windows NT 10.0; Win64; x64', 109, '', ''), 'net'))
        dev = uuid(r)
        pool = [u for u in r.sample(w.active, 900) if u.cc == cc and not u.sso and not u.mfa]
        for day in range(w.days):
            if lab and (w.first_weekday + day) % 7 > 4:
                continue
            for _ in range(r.randrange(18, 50)):
                u = r.choice(pool)
                t = day * DAY + r.uniform(8, 19) * HOUR
                cl = Client('web' if lab else 'kiosk', 'web' if lab else 'v2', ua, TLS[eng](r), uuid(r) if lab else dev,
                            session_id(r))
                if r.random() < .07:
                    # A wrong password, or a card number read wrongly
                    name = u.name if r.random() < .6 else '27%08d' % r.randrange(10 ** 8)
                    reason, cred = ('bad_password', 'invalid') if name in w.accounts else ('unknown_user', 'unknown')
                    w.emit(t, 'login', 0, a, name, cl, 'k%d' % r.getrandbits(40), reason, cred, cls='kiosk')
                    t += r.uniform(6, 40)
                w.emit(t, 'login', 1, a, u.name, cl, u.pw(t), br=u.br, cls='kiosk')
