"""One visit of a person: logins with their slips, tokens, codes, forgotten passwords."""
from devices import Dev
from draw import Choice
from people import local_hour, place, weekday
from service import ENDPOINTS


def typo_name(r, n):
    """A slip in the mail domain or one letter lost, swapped or added."""
    if '@' in n:
        a, b = n.split('@')
        if r.random() < .45:
            bad = {'gmail.com': ['gmial.com', 'gmail.de', 'gmail.co', 'gamil.com', 'googlemail.com'],
                   'web.de': ['wbe.de', 'web.d'], 'gmx.de': ['gmx.net', 'gmx.d', 'gxm.de'],
                   'hotmail.com': ['hotmial.com', 'hotmail.de', 'hotmal.com']}.get(b)
            return a + '@' + (r.choice(bad) if bad else b[:-1])
        n0, tail = a, '@' + b
    else:
        n0, tail = n, ''
    i = r.randrange(len(n0))
    x = r.random()
    if x < .35:
        n1 = n0[:i] + n0[i + 1:]
    elif x < .7 and i + 1 < len(n0):
        n1 = n0[:i] + n0[i + 1] + n0[i] + n0[i + 2:]
    else:
        n1 = n0[:i] + r.choice('aeionrst') + n0[i:]
    return (n1 or n0 + 'x') + tail


def shown(r, u, d):
    """The name as typed: now and then with a capital, a blank, all in capitals."""
    n = u.name
    if d.cli != 'web' or d.typ == 'phone':
        if r.random() < .02:
            n = n[0].upper() + n[1:]
        if r.random() < .004:
            n = n + ' '
    elif r.random() < .004:
        n = n.upper()
    return n


def login(w, r, u, d, t, cls0=None, forget=1.0):
    """One login visit of a person, with all its errors; returns its end."""
    a, cls = place(w, r, u, d, t)
    if cls0:
        cls = cls0
    elif u.born >= 0 and cls in ('regular', 'mobile_cgnat'):
        cls = 'new_user'
    if d.mode == 'clear':
        d.newid(r)
    cl = d.client(r, t)
    n = shown(r, u, d)
    if u.sso and cl.api != 'v1':
        tries = 0
        while w.broken(r, t) and tries < 4:
            w.emit(t, 'login', 0, a, n, cl, None, 'other', cls='outage')
            t += r.uniform(5, 70)
            tries += 1
        w.emit(t, 'login', 1, a, n, cl, cls=cls, ep=ENDPOINTS[cl.api]['login'] + '/social')
        d.has = True
        return t
    tries = 0
    while w.outage_begin <= t < w.outage_end and tries < 7:  # outage: everybody retries
        if not w.broken(r, t):
            break
        w.emit(t, 'login', 0, a, n, cl, u.pw(t), 'other', cls='outage')
        t += r.choice([r.uniform(3, 20), r.uniform(10, 90)])
        tries += 1
        if r.random() < .12:
            return t
    x = r.random()
    if x < .006:  # other or mistyped name
        bn = typo_name(r, n) if r.random() < .7 else w.names.fresh(r, u.cc)
        if bn not in w.accounts:
            w.emit(t, 'login', 0, a, bn, cl, u.pw(t), 'unknown_user', 'unknown', cls=cls, br=False)
            t += r.uniform(4, 45)
            if r.random() < .15:
                w.emit(t, 'login', 0, a, bn, cl, u.pw(t), 'unknown_user', 'unknown', cls=cls, br=False)
                t += r.uniform(6, 60)
            if r.random() < .08:
                return t
    pf = (.004 if u.pm else .0175) * (1 if d.typ == 'desk' else 1.2)
    if d.cli != 'web' and d.has:
        pf *= .3
    k = 0
    forgot = r.random() < .0042 * forget
    if forgot:
        k = r.randrange(1, 5)
    elif r.random() < pf:
        k = 1 + (r.random() < .22) + (r.random() < .06)
    for j in range(k):
        wrong = '%s~%d' % (u.pw(t), r.randrange(40)) if not forgot else 'u%dold%d' % (u.i, r.randrange(4))
        w.emit(t, 'login', 0, a, n, cl, wrong, 'bad_password', cls=cls)
        t += r.uniform(4, 35) if not forgot else r.uniform(8, 80)
    if forgot:
        if r.random() < .12:
            return t
        reset(w, r, u, d, t, a, cl, cls)
        t += r.uniform(40, 500)
        cl = d.client(r, t)
    return success(w, r, u, d, t, a, n, cl, cls)


def success(w, r, u, d, t, a, n, cl, cls):
    """The right password, with its code where the account has one."""
    if u.mfa and cl.api != 'v1':
        if r.random() < .05:
            if r.random() < .4:
                w.emit(t, 'mfa', 0, a, n, cl, None, 'bad_mfa', 'valid', 'failed', cls=cls)
            else:
                w.emit(t, 'login', 0, a, n, cl, u.pw(t), 'bad_mfa', 'valid', 'failed', br=u.br, cls=cls)
            t += r.uniform(8, 60)
        w.emit(t, 'login', 1, a, n, cl, u.pw(t), cred='valid', mfa='passed', br=u.br, cls=cls)
    else:
        w.emit(t, 'login', 1, a, n, cl, u.pw(t), br=u.br, cls=cls)
    d.has = True
    d.sid = cl.sid or d.sid
    if r.random() < .012:
        if u.mfa:
            w.emit(t + r.uniform(60, 900), 'mfa', r.random() < .94, a, n, cl, None, cred='valid', mfa='passed', cls=cls)
    u.tok = (cl, a, t)
    return t


def reset(w, r, u, d, t, a, cl, cls):
    """Asks for a new password and sets it; most of the person's devices are logged out."""
    n = u.name
    if r.random() < .15:
        w.emit(t, 'lookup', 1, a, n, cl, cls=cls)
        t += r.uniform(3, 20)
    if r.random() < .1:
        bn = typo_name(r, n) if r.random() < .6 else w.names.fresh(r, u.cc)
        if bn not in w.accounts:
            w.emit(t, 'password_reset', 0, a, bn, cl, None, 'unknown_user', cls=cls)
            t += r.uniform(15, 90)
    w.emit(t, 'password_reset', 1, a, n, cl, cls=cls)
    if r.random() < .2:
        w.emit(t + r.uniform(40, 200), 'password_reset', 1, a, n, cl, cls=cls)
    u.nover += 1
    u.pws.append((t + 20, 'u%dp%d' % (u.i, u.nover)))
    u.br = False
    for dv, _ in u.devs:
        dv.has = False if r.random() < .7 else dv.has


def token(w, r, u, d, t, cls='token'):
    """Comes with a token; where it has expired, a login follows."""
    a, c = place(w, r, u, d, t)
    cl = d.client(r, t, newsid=False)
    if d.cli == 'web':
        cl.sid = d.sid
    if cl.api == 'v1':
        cl.api = 'v2'
    if w.broken(r, t):
        for _ in range(r.randrange(1, 4)):
            w.emit(t, 'token', 0, a, u.name, cl, None, 'other', cls='outage')
            t += r.uniform(10, 120)
            if not w.broken(r, t):
                break
    if r.random() < .012:
        w.emit(t, 'token', 0, a, u.name, cl, None, 'expired', cls=cls)
        d.has = False
        return login(w, r, u, d, t + r.uniform(2, 60), None)
    w.emit(t, 'token', 1, a, u.name, cl, cls=cls)
    u.tok = (cl, a, t)
    return t


def pick_dev(w, r, u, t):
    """The device for the hour: the office's in office hours."""
    h = local_hour(u, t)
    wd = weekday(w, u, t)
    atw = wd < 5 and 8 <= h < 17.5
    ws = [(d, weight * ((3 if atw else 0.02) if d.work else (.35 if atw and u.office and d.typ != 'phone' else 1)))
          for d, weight in u.devs]
    return Choice(ws)(r) if len(ws) > 1 else ws[0][0]


def visit(w, r, u, t):
    """One visit as it comes: with a new device, after the release, by token or by login. Returns its end."""
    if u.newdev and t > u.newdev:
        d0, weight = u.devs[0]
        d = Dev(w, r, d0.typ, d0.cli if r.random() < .8 else 'web', d0.work)
        d.has = False
        u.devs[0] = (d, weight)
        u.newdev = None
        return login(w, r, u, d, t, 'new_device')
    d = pick_dev(w, r, u, t)
    if d.cli != 'web' and not d.upd and t > w.release + d.late and not d.legacy:
        d.upd = True
        if r.random() < .5:
            return login(w, r, u, d, t, 'release', forget=1.6)
        d.has = True
        return token(w, r, u, d, t, 'release')
    if d.mode == 'id' and r.random() < .006:
        d.newid(r)
        d.has = False
    if d.has and r.random() < (.62 if d.cli != 'web' else .2):
        t = token(w, r, u, d, t)
        if r.random() < .1:
            token(w, r, u, d, t + r.uniform(900, 3700))
        return t
    if r.random() < .014:
        a, c = place(w, r, u, d, t)
        cl = d.client(r, t)
        w.emit(t, 'lookup', 1, a, u.name, cl, cls=c)
        t += r.uniform(3, 15)
    return login(w, r, u, d, t)
