"""What attackers rent or build: residential proxies, tools, lists of names and passwords; and the answer to one try."""
from clients import (
    ANDROIDS, ANDROID_VERSIONS, APP_NEW, APP_OLD, COMMON_DESKTOPS, Client, DESKTOPS, IOS_VERSIONS, IPHONES, JA4,
    POPULAR, TLS, TOOL_AGENTS, session_id, uuid)
from draw import Choice, DAY
from names import COMMON_PASSWORD
from net import COUNTRY, MARKET, TAIL, addr4, s4, s6


def victim(w):
    """The next account of which attackers have the right password."""
    w.next_victim += 1
    return w.victims[w.next_victim % len(w.victims)]


def proxy(w, r, home=.72, cc=None, mobile=.1):
    """One exit of a residential proxy network."""
    if cc is None:
        cc = Choice(MARKET)(r) if r.random() < home else Choice([(c, weight) for c, _, weight in TAIL])(r)
    x = r.random()
    if x < mobile:
        n = w.net.carriers[cc](r)
        if n.v6 and r.random() < .3:
            return (s6(n.p6 | 3 << 88 | r.getrandbits(24) << 64 | r.getrandbits(62) | 1), n.asn, cc)
        return (s4(r.choice(n.cgn)), n.asn, cc)
    # A customer's own home: a box in it is part of the proxy network.
    if x < mobile + .07:
        u = r.choice(w.active)
        return u.home.addr(r.uniform(2, w.days) * DAY, u.i + 5 * 10 ** 6, r, True)
    n = w.net.isps[cc](r)
    city = r.randrange(len(n.blocks))
    if n.dslite and r.random() < .35:
        return (s4(r.choice(n.cgn)), n.asn, cc)
    if n.v6 and r.random() < .22:
        return (s6(n.pre56(r.getrandbits(16), city) | r.getrandbits(64)), n.asn, cc)
    return addr4(n, r.getrandbits(16), city)


def app_ua(r, cli=None, old=True):
    if (cli or r.choice(['a', 'i'])) == 'a':
        return 'Marlow/%s (Android %s) okhttp/4.12.0' % (APP_OLD if old else APP_NEW, ANDROID_VERSIONS(r))
    return 'Marlow/%s (iPhone; iOS %s; Scale/3.00)' % (APP_OLD if old else APP_NEW, IOS_VERSIONS(r))


class Tool:
    """One tool with its TLS, agents and way with device identifiers; called, it gives a client.

    Kinds: ob (a checker with .NET's TLS), py, go, curl, tls (copies a browser's TLS), pup (drives a browser), mobile and
    legacy (speak as the app, new or old), rot (another client each time).
    """

    def __init__(self, w, r, kind=None):
        self.w, self.r = w, r
        self.k = kind or r.choice(['ob', 'py', 'go', 'tls', 'pup', 'mobile', 'mobile', 'curl', 'legacy', 'ob'])
        self.d = COMMON_DESKTOPS(r)
        if self.k == 'ob':
            self.d = (r.choice(POPULAR), 'net')
        if self.k == 'py':
            self.ua = r.choice([TOOL_AGENTS['py']] + POPULAR)
        if self.k in ('go', 'curl'):
            self.ua = r.choice(POPULAR)
        self.appua = 'Marlow/8.14.2 (Android %s) okhttp/4.12.0' % r.choice(['14', '14', '13'])
        self.iosua = 'Marlow/8.14.2 (iPhone; iOS 18.3.1; Scale/3.00)'
        self.mob = r.choice(['a', 'a', 'i'])
        self.mjs = r.choice(['okh', 'okh', 'okh', 'go', 'go', 'net', 'py'])
        if self.k == 'mobile':
            self.dev = r.choice([None, 'fixed', 'rand', 'rand'])
        else:
            self.dev = r.choice([None, None, 'rand', 'rand', 'fixed'])
        self.fix = '%016x' % r.getrandbits(64)
        self.page = r.random() < .4
        self.iosfix = uuid(r).upper()

    def dv(self, form):
        if self.dev is None:
            return None
        if self.dev == 'fixed':
            return self.iosfix if form == 'i' else self.fix if form == 'a' else self.iosfix.lower()
        if form == 'a':
            return '%016x' % self.r.getrandbits(64)
        return uuid(self.r).upper() if form == 'i' else uuid(self.r)

    def __call__(self, t):
        r, k = self.r, self.k
        sd = session_id(r) if self.page else None
        if k == 'ob':
            return Client('web', 'web', self.d[0], JA4['net'], self.dv('w'), sd)
        if k == 'py':
            return Client('web', 'web', self.ua, JA4['py'], self.dv('w'), sd)
        if k == 'go':
            return Client('web', 'web', self.ua, JA4['go'], self.dv('w'), sd)
        if k == 'curl':
            return Client('web', 'web', self.ua, JA4['curl'], None, sd)
        if k == 'tls':
            return Client('web', 'web', self.d[0], TLS[self.d[1]](r), self.dv('w'), sd)
        if k == 'pup':
            return Client('web', 'web', self.d[0], TLS[self.d[1]](r), uuid(r), session_id(r))
        if k == 'legacy':
            return Client('android', 'v1', 'Marlow/6.2.1 (Android) okhttp/3.12.1',
                          JA4[self.mjs if self.mjs != 'okh' else 'okh_old'], None, None)
        if k == 'rot':
            if r.random() < .3:
                old = t < self.w.release or r.random() < .4
                c = r.choice('ai')
                ua = app_ua(r, c, old)
                if c == 'a':
                    return Client('android', 'v2', ua, JA4['okh'], '%016x' % r.getrandbits(64), session_id(r))
                return Client('ios', 'v2', ua, JA4['ios'], uuid(r).upper(), session_id(r))
            ua, e = r.choice([DESKTOPS, DESKTOPS, ANDROIDS, IPHONES])(r)
            if r.random() < .35:
                e = r.choice(['cr', 'crn', 'ff', 'sf18', 'esr', 'cr_old'])
            return Client('web', 'web', ua, TLS[e](r), uuid(r), session_id(r))
        return Client('android' if self.mob == 'a' else 'ios', 'v2', self.appua if self.mob == 'a' else self.iosua,
                  JA4[self.mjs if self.mob == 'a' or self.mjs != 'okh' else 'ios'], self.dv(self.mob), sd or None)


class Combo:
    """A list of name:password pairs."""

    def __init__(self, w, r, unknown=None, rate=None):
        self.w, self.r = w, r
        self.unknown = unknown if unknown is not None else r.uniform(.35, .8)
        self.rate = rate if rate is not None else r.uniform(.004, .015)
        self.known = r.uniform(.08, .5)
        self.last = None
        self.cc = Choice(MARKET) if r.random() < .7 else COUNTRY
        self.loud = r.random() < .1

    def next(self):
        """Returns name, password (None: the right one), breached."""
        r = self.r
        if self.last and r.random() < .12:
            n, self.last = self.last, None
            return n, 'c%x' % r.getrandbits(48), r.random() < self.known
        x = r.random()
        if x < self.rate:
            u = victim(self.w)
            return u.name, None, u.br or r.random() < self.known
        if x < self.rate + (1 - self.rate) * self.unknown:
            n = self.w.names.fresh(r, self.cc(r))
        else:
            n = r.choice(self.w.listed).name
        u = self.w.accounts.get(n)
        y = r.random()
        if y < .07:
            pw = COMMON_PASSWORD(r)
        elif u and y < .2:
            pw = 'u%dold%d' % (u.i, r.randrange(4))
        else:
            pw = 'c%x' % r.getrandbits(48)
        if self.loud and r.random() < .3:
            n = n[0].upper() + n[1:]
        self.last = n
        return n, pw, r.random() < self.known


def attempt(w, t, a, name, pw, br, cl, cls, und=0):
    """One try of a thief; the service answers. Returns whether he got in."""
    if not 0 <= t < w.end:
        return False
    u = w.accounts.get(name) or w.accounts.get(name.lower())
    if u and 0 <= u.born and t < u.born:
        u = None
    if pw is None:
        pw = u.pw(t)
    if w.broken(w.attack_rng, t):
        w.emit(t, 'login', 0, a, name, cl, pw, 'other', 'unknown', att=1, cls=cls, und=und)
        return False
    if u is None:
        w.emit(t, 'login', 0, a, name, cl, pw, 'unknown_user', 'unknown', br=br, att=1, cls=cls, und=und)
        return False
    if pw != u.pw(t):
        w.emit(t, 'login', 0, a, name, cl, pw, 'bad_password', br=br, att=1, cls=cls, und=und)
        return False
    if u.mfa and cl.api != 'v1':
        w.emit(t, 'login', 0, a, name, cl, pw, 'bad_mfa', 'valid', 'failed', br=br, att=1, cls=cls, und=und)
        return False
    w.emit(t, 'login', 1, a, name, cl, pw, br=br, att=1, cls=cls, und=und, other=1)
    w.compromised.append((t, u))
    return True
