"""Where people are and what they hold: homes, offices, devices."""
from clients import (
    ANDROIDS, ANDROID_VERSIONS, APP_LEGACY, APP_NEW, APP_OLD, Client, DESKTOPS, IOS_VERSIONS, IPHONES, MODELS,
    TLS, session_id, uuid)
from draw import DAY, HOUR
from net import addr4, s4, s6


class Home:
    """A household's line; ren: a new address each night at hour, dsl: IPv4 shared behind IPv6, he: an IPv6 tunnel."""

    def __init__(self, w, r, cc):
        w.homes += 1
        self.w, self.id, self.cc = w, w.homes, cc
        self.net = w.net.isps[cc](r)
        self.city = r.randrange(len(self.net.blocks))
        self.v6 = self.net.v6 and r.random() < .62
        self.dsl = self.net.dslite and r.random() < .6
        self.ren = self.net.renumber and r.random() < .8
        self.hour = r.uniform(1, 5)
        self.he = False

    def addr(self, t, devkey, r, want6):
        d = int((t / HOUR - self.hour + 24) // 24) if self.ren else 0
        if self.he:
            prefix = self.w.net.hosts[6939].p6 | (self.w.mix(self.id, 9) & 0xFFFF) << 80
            sub = self.w.mix(self.id, r.randrange(2)) & 0xFFFF
            return (s6(prefix | sub << 64 | self.w.mix(devkey, int(t // DAY))), 6939, self.cc)
        if self.v6 and want6:
            pre = self.net.pre56(self.w.mix(self.id, d), self.city)
            sub = self.w.mix(devkey, 5) % 10
            sub = 0 if sub < 8 else 1 if sub == 8 else 2
            return (s6(pre | sub << 64 | self.w.mix(devkey, int(t // DAY), 0 if r.random() < .8 else r.randrange(9))),
                    self.net.asn, self.cc)
        if self.dsl:
            return (s4(self.net.cgn[self.w.mix(self.id, d) % len(self.net.cgn)]), self.net.asn, self.cc)
        return (s4(self.net.v4(self.w.mix(self.id, d, 3), self.city)), self.net.asn, self.cc)


class Office:
    """A company: its addresses, a proxy that opens TLS (mitm), a business customer (biz), one browser for all."""

    def __init__(self, w, r, cc, size):
        self.w, self.cc, self.size = w, cc, size
        if r.random() < .15:
            self.a = [addr4(w.net.hosts[62044], r.getrandbits(16), 0, cc)]
        else:
            n = w.net.isps[cc](r)
            self.a = [addr4(n, r.getrandbits(16), r.randrange(len(n.blocks))) for _ in range(1 + (size > 120))]
        self.mitm = 'zs' if self.a[0][1] == 62044 else (r.choice(['zs', 'av', 'net', 'go']) if r.random() < .12 else None)
        self.biz = r.random() < .35
        self.stdagent = DESKTOPS(r) if r.random() < .5 else None


class Dev:
    """A device with a browser or the app; mode: keeps its identifier, clears it or has none; late: when it takes the
    release; has: still logged in; w6: prefers IPv6; upd: has met the release."""

    def __init__(self, w, r, typ, cli, work=None):
        w.devices += 1
        self.w, self.key, self.typ, self.cli, self.work = w, w.devices, typ, cli, work
        self.mitm = None
        self.mode = 'id'
        self.legacy = False
        self.late = 0.0
        if cli == 'web':
            self.ua, self.eng = (DESKTOPS(r) if typ != 'phone' else (IPHONES if r.random() < .48 else ANDROIDS)(r))
            if work and work.stdagent:
                self.ua, self.eng = work.stdagent
            x = r.random()
            # 'none': refused the cookie banner
            self.mode = 'none' if x < .15 else 'clear' if x < .20 else 'id'
            if r.random() < (.045 if typ != 'phone' else .02):
                self.mitm = r.choice(['av', 'av', 'go', 'go', 'net', 'net', 'java', 'zs'])
            if work and work.mitm:
                self.mitm = work.mitm
        elif cli == 'ios':
            self.os, self.eng = IOS_VERSIONS(r), 'ios'
            # Not shown any more; drawn so that a seed's later draws stay the same.
            r.choice([12, 13, 14, 15, 16, 17])
            r.randrange(1, 6)
        else:
            self.os, self.eng = ANDROID_VERSIONS(r), 'okh'
            r.choice(MODELS)                    # likewise
            if r.random() < .06:
                self.legacy, self.eng = True, 'okho'
        if cli == 'ios' and r.random() < .03:
            self.legacy = True
        if cli != 'web' and r.random() < .04:
            self.mode = 'none'
        if cli != 'web' and r.random() < .035:
            self.mitm = r.choice(['go', 'go', 'go', 'net', 'av', 'zs'])
        self.newid(r)
        if r.random() < .10:
            self.late = r.expovariate(1 / DAY)
        self.sid = session_id(r)
        self.has = r.random() < (.85 if cli != 'web' else .45)
        self.w6 = r.random() < .85
        self.upd = False

    def newid(self, r):
        if self.mode == 'none':
            self.id = None
        elif self.cli == 'web':
            self.id = uuid(r)
        elif self.cli == 'ios':
            self.id = uuid(r).upper()
        else:
            self.id = '%016x' % r.getrandbits(64)

    def client(self, r, t, newsid=True):
        if self.cli == 'web':
            return Client('web', 'web', self.ua, TLS[self.mitm or self.eng](r), self.id, session_id(r) if newsid else self.sid,
                          'business' if self.work and self.work.biz else None)
        if self.legacy:
            v, api, d = APP_LEGACY, 'v1', None
        else:
            v, api, d = APP_NEW if t > self.w.release + self.late else APP_OLD, 'v2', self.id
        if self.cli == 'ios':
            ua = 'Marlow/%s (iPhone; iOS %s; Scale/3.00)' % (v, self.os)
        elif self.legacy:
            ua = 'Marlow/6.2.1 (Android) okhttp/3.12.1'
        else:
            ua = 'Marlow/%s (Android %s) okhttp/4.12.0' % (v, self.os)
        return Client(self.cli, api, ua, TLS[self.mitm or self.eng](r), d, None if self.legacy else self.sid)
