"""Campaigns that need more than guessing: made accounts, stolen tokens, chosen victims, laundered standing."""
from clients import ANDROIDS, Client, DESKTOPS, JA4, TLS, session_id, uuid
from devices import Dev
from draw import DAY, HOUR, moment, spread
from exits import Combo, Tool, attempt, proxy
from names import BIG_DOMAINS, FIRST, LAST
from net import addr4


def a_fake(w, n, day):
    """Accounts made by a tool, and later logins of them."""
    r = w.attack_rng
    tool = Tool(w, r, r.choice(['pup', 'mobile', 'tls', 'rot']))
    doms = r.sample(['gmail.com', 'outlook.com', 'hotmail.com', 'mail.com', 'proton.me', 'yopmail.com', 'gmx.de',
                     'trashmail.com', 'outlook.de'], 3)
    k = int(n * .6)                             # the rest: look-ups before and logins after
    first, last = FIRST['DE'] + FIRST['GB'], LAST['DE'] + LAST['GB']
    for t in spread(r, moment(r, day, 0, 14), r.uniform(3, 9) * HOUR, k):
        while True:
            nm = r.choice(first) + r.choice(last) + str(r.randrange(10, 10000)) + '@' + r.choice(doms)
            if nm not in w.names.taken:
                break
        w.names.taken[nm] = 1
        a, cl = proxy(w, r, .9), tool(t)
        if r.random() < .3:
            w.emit(t - r.uniform(3, 20), 'lookup', 0, a, nm, cl, None, 'unknown_user', att=1, cls='fake_signup')
        if w.broken(r, t):
            w.emit(t, 'signup', 0, a, nm, cl, None, 'other', att=1, cls='fake_signup')
            continue
        w.emit(t, 'signup', 1, a, nm, cl, att=1, cls='fake_signup')
        pw = 'fk%d' % r.randrange(6) if r.random() < .4 else 'fk%x' % r.getrandbits(40)
        if r.random() < .55:
            for _ in range(r.choice([1, 1, 2])):
                tt = t + r.uniform(1, 20 if day == 2 else 30) * HOUR
                w.emit(tt, 'login', 1, proxy(w, r, .9), nm, tool(tt), pw, br=False, att=1, cls='fake_signup')


def a_token(w, n, day):
    """Stolen sessions played again: with the owner's own client, or with the thief's tool."""
    r = w.attack_rng
    have = [u for u in w.active if u.tok]
    pool = [proxy(w, r, .9) for _ in range(6)] + [r.choice(w.net.vpn_exits) for _ in range(3)]
    tool = Tool(w, r, r.choice(['py', 'tls', 'mobile', 'go']))
    for _ in range(n):
        u = r.choice(have)
        c = u.tok[0]
        t = moment(r, day)
        if t < u.tok[2] and r.random() < .5:
            t = u.tok[2] + r.uniform(600, max(700, min(40000, w.end - u.tok[2])))
        if t >= w.end or int(t // DAY) < 2:
            continue
        ok = r.random() < .72
        same = r.random() < .45
        if same:
            app, ua, ja = c.app, c.ua, c.ja4
            if r.random() < .55:
                a = addr4(u.home.net, r.getrandbits(16), u.home.city)
                und = 1
            else:
                a, und = (proxy(w, r, cc=u.cc) if r.random() < .5 else r.choice(pool)), 0
            cl = Client(app, c.api, ua, ja, c.dev, c.sid)
        else:
            x = tool(t)
            a, und = r.choice(pool), 0
            cl = Client(c.app, c.api, x.ua, x.ja4, c.dev if r.random() < .6 else x.dev, c.sid)
        bad = w.broken(r, t)
        w.emit(t, 'token', ok and not bad, a, u.name, cl, None, 'other' if bad else None if ok else 'expired', att=1,
               cls='token_replay', und=und, other=1)
        if ok and not bad:
            w.compromised.append((t, u))


def a_targeted(w, n, day):
    """Chosen victims, the right password, an address of the victim's own town."""
    r = w.attack_rng
    ua, e = DESKTOPS(r)
    sloppy = Client('web', 'web', ua, TLS[e](r), uuid(r), None)
    i = 0
    while i < n:
        i += 1
        u = r.choice(w.active)
        if u.sso:
            continue
        t = moment(r, day, 6, 23)
        a = addr4(u.home.net, r.getrandbits(16), u.home.city)
        x = r.random()
        und = 0
        webd = [d for d, _ in u.devs if d.cli == 'web']
        if x < .4:  # relay of a phishing page: the victim's agent, the kit's TLS
            cl = Client('web', 'web', r.choice(webd).ua if webd else ANDROIDS(r)[0], JA4['go'], uuid(r), session_id(r))
        elif x < .78:  # a browser made to look ordinary
            if webd:
                d = r.choice(webd)
                ua, e, und = d.ua, d.eng, 1
            else:
                ua, e = DESKTOPS(r)
            cl = Client('web', 'web', ua, TLS[e](r), uuid(r), session_id(r))
        else:
            cl = Client('web', 'web', sloppy.ua, sloppy.ja4, sloppy.dev, session_id(r))
        pw = u.pw(t)
        if r.random() < .12:
            attempt(w, t, a, u.name, pw + '~%d' % r.randrange(40), False, cl, 'targeted_takeover', 0)
            t += r.uniform(5, 40)
            i += 1
        if u.mfa and x < .4:
            w.emit(t, 'login', 1, a, u.name, cl, pw, cred='valid', mfa='passed', br=u.br, att=1, cls='targeted_takeover',
                   und=und, other=1)
            w.compromised.append((t, u))
        else:
            attempt(w, t, a, u.name, pw, u.br, cl, 'targeted_takeover', und)


def launder_setup(w, n):
    """Own accounts with a quiet history, from the addresses and devices that attack later."""
    r = w.attack_rng
    w.laundry['own'], w.laundry['src'] = [], []
    for _ in range(r.randrange(5, 8)):
        net = w.net.isps[r.choice(['DE', 'PL', 'NL', 'RO', 'FR'])](r)
        ad = addr4(net, r.getrandbits(16), r.randrange(3))
        d = Dev(w, r, 'desk', 'web')
        d.mode, d.mitm = 'id', None
        d.newid(r)
        w.laundry['src'].append((ad, d))
    per = max(2, n // len(w.laundry['src']) // 7)
    for ad, d in w.laundry['src']:
        for _ in range(r.randrange(2, 4)):
            nm = w.names.fresh(r, 'DE', form=.5)
            while nm.split('@')[1] not in BIG_DOMAINS:
                nm = w.names.fresh(r, 'DE', form=.5)
            w.names.taken[nm] = 1
            t0 = r.uniform(0, 1) * DAY
            pw = 'lau%x' % r.getrandbits(40)
            w.emit(t0, 'signup', 1, ad, nm, d.client(r, t0), att=1, cls='laundering', und=1)
            w.laundry['own'].append((nm, pw, ad, d))
            for _ in range(per):
                t = r.uniform(t0 + 300, 2.6 * DAY)
                w.emit(t, 'login', 1, ad, nm, d.client(r, t), pw, br=False, att=1, cls='laundering', und=1)


def a_launder(w, n, day):
    """The attack of those addresses and devices, own logins among it."""
    r = w.attack_rng
    cb = Combo(w, r, r.uniform(.3, .6), .015)
    for t in spread(r, moment(r, day, 6, 14), r.uniform(4, 8) * HOUR, n):
        nm, pw, ad, d = r.choice(w.laundry['own'])
        if r.random() < .35:
            w.emit(t, 'login', 1, ad, nm, d.client(r, t), pw, br=False, att=1, cls='laundering')
        else:
            attempt(w, t, ad, *cb.next(), d.client(r, t), 'laundering')
