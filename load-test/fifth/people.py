"""Daily life: who signs in when, where, with what, and what goes wrong on the way."""
from service import Try


def steps(w, client, name, pw, place, cls, tenant=0, code=0.92, slow=4.0, **mark):
    """One pass of a sign-in form as the service leads it: name, password, code. Returns the last answer."""
    s, rng = w.service, w.rng
    if client.where == "web" and s.identifier_first:
        r = yield Try("lookup", name, client, place(), cls, tenant=tenant, **mark)
        yield rng.uniform(0.5, 1.5) * slow
        if r != "ok":
            return r
    right = rng.random() < code
    r = yield Try("login", name, client, place(), cls, pw=pw, code=right, tenant=tenant, **mark)
    for _ in range(3):
        if r == "mfa" or r == "bad_mfa":
            if r == "bad_mfa" and rng.random() < 0.25:
                return r
            yield rng.uniform(1.5, 6) * slow
            right = rng.random() < code
            if s.mfa_steps:
                r = yield Try("mfa", name, client, place(), cls, code=right, tenant=tenant, **mark)
            elif r == "bad_mfa":
                r = yield Try("login", name, client, place(), cls, pw=pw, code=right, tenant=tenant, **mark)
    return r


def reset(w, p, client, place, cls):
    """Forgotten: asks for a mail, follows it most times, and signs in with a new password."""
    rng = w.rng
    r = yield Try("password_reset", p.name, client, place(), cls)
    yield 20 + rng.expovariate(1 / 90)
    if r != "ok" or rng.random() < 0.15:
        return r
    p.knows = w.password()
    yield Try("password_reset", p.name, client, place(), cls, pw=p.knows)
    yield 3 + rng.expovariate(1 / 8)
    return (yield from steps(w, client, p.name, p.knows, place, cls))


def slip(w, text):
    """A typing mistake: two letters swapped, one lost, one doubled."""
    i = w.rng.randrange(max(1, len(text) - 1))
    return w.rng.choice((text[:i] + text[i + 1:i + 2] + text[i:i + 1] + text[i + 2:], text[:i] + text[i + 1:],
                         text[:i + 1] + text[i:]))


def sign_in(w, p, client, place, cls, clumsy=None):
    """A person's sign-in with its mistakes: name or password mistyped, an old password, a reset in the end."""
    rng, a = w.rng, p.account
    client.session = w.service.new_session()
    clumsy = p.clumsy if clumsy is None else clumsy
    chance = clumsy * (0.06 if p.manager or client.where == "app" else 0.35)
    if not p.manager and rng.random() < 0.012 + chance * 0.2:
        wrong = slip(w, p.name)
        r = yield from steps(w, client, wrong, p.knows, place, "typo", tenant=a.tenant)
        yield 4 + rng.expovariate(1 / 10)
    name = p.name if p.manager or rng.random() < 0.97 else p.name.capitalize() if rng.random() < 0.7 else p.name + " "
    for attempt in range(5):
        pw = p.knows
        if rng.random() < (0.02 + chance if attempt == 0 else 0.4 * chance + 0.1 * attempt):
            pw = slip(w, p.knows) if rng.random() < 0.6 or not a.leaked else a.leaked[0]
        r = yield from steps(w, client, name, pw, place, cls if pw == p.knows else "typo", slow=2 if p.manager else 5)
        if r == "ok":
            return r
        if r == "expired":
            p.knows = w.password()
            yield 15 + rng.expovariate(1 / 30)
            yield Try("password_reset", p.name, client, place(), cls, pw=p.knows)
        elif r == "locked":
            if rng.random() < 0.5:
                return (yield from reset(w, p, client, place, "forgotten"))
            yield rng.uniform(300, 1500)
        elif r == "bad_mfa":
            cls = "mfa_trouble"
            yield rng.uniform(30, 400)
        elif r == "other":
            if rng.random() < 0.35:
                return r
            yield 2 + rng.expovariate(1 / (20 * (attempt + 1)))
        elif attempt > 1 and rng.random() < 0.5:
            return (yield from reset(w, p, client, place, "forgotten"))
        yield 2 + rng.expovariate(1 / 9)
        if rng.random() < 0.07:
            return r
    return r


def whereabouts(w, p, client, hour, weekend):
    """(class, place): a place is asked again at each step, for addresses change under way."""
    rng, day = w.rng, w.day()
    if p.trip is not None and p.id % 3 != day % 3:
        if client is p.phone and rng.random() < 0.4:   # roaming comes out at home, at the carrier's own gateway
            return "traveller", lambda: p.carrier.addr(p.id, w.now // 3600)
        return "traveller", lambda: p.trip.addr(day)
    if client is p.work:
        return "office", lambda: p.office[0].addr(day)
    if p.vpn is not None and rng.random() < 0.7:
        return "vpn_relay", lambda: p.vpn
    if p.relay and client is p.phone:
        exit_ = rng.choice(w.net.relay_exits)
        return "vpn_relay", lambda: exit_
    commute = not weekend and (7 <= hour < 9 or 16 <= hour < 19)
    if client is p.phone and rng.random() < (1.6 if commute else 0.8 if 9 <= hour < 22 else 0.3) * w.on_carrier:
        if rng.random() < 0.7:
            return "cgnat", lambda: p.carrier.addr(p.id, w.now // 3600)
        back = w.now + rng.uniform(0, 30)              # comes home, or leaves it, in the midst of it
        ways = (lambda: p.carrier.addr(p.id, w.now // 3600), lambda: p.home.addr(day))[::rng.choice((1, -1))]
        return "phone_moving", lambda: ways[w.now > back]()
    return "family" if p.home.people > 1 else "daily", lambda: p.home.addr(day)


def visit(w, p, client=None):
    """One visit: the app renews its token where it can, else the person signs in."""
    rng, s = w.rng, w.service
    hour, weekend = w.local_hour(p.country), w.rhythm(w.day())[7] < 8
    if client is None:
        if p.work and not weekend and 8 <= hour < 18 and rng.random() < 0.6:
            client = p.work
        elif p.desk and rng.random() < 0.4:
            client = p.desk
        else:
            client = p.phone
    cls, place = whereabouts(w, p, client, hour, weekend)
    if client.where == "app" and client.token is not None and rng.random() < 0.93:
        if not s.logs_tokens:
            if rng.random() < 0.55:
                return
        else:
            client.session = s.new_session()
            r = yield Try("token", p.name, client, place(), cls)
            if r == "ok":
                return
            client.token = None
            yield 1 + rng.expovariate(1 / 15)
    if client.device is None and cls in ("daily", "family"):
        cls = "no_device"
    elif client.device and rng.random() < 0.025:
        client.device, cls = w.clients.device(), "cleared_cookies"
    elif rng.random() < 0.012:
        client, cls = w.clients.browser(rng.random() < 0.6, not p.private), "new_device"
        if rng.random() < 0.6:
            p.phone = p.phone if p.app else client
    if not p.manager and rng.random() < 0.006 + 0.01 * p.clumsy:
        yield from steps(w, client, p.name, slip(w, p.knows), place, "forgotten")
        yield 5 + rng.expovariate(1 / 20)
        if rng.random() < 0.3:
            yield Try("password_reset", slip(w, p.name), client, place(), "forgotten", tenant=p.account.tenant)
            yield 30
        yield from reset(w, p, client, place, "forgotten")
        return
    yield from sign_in(w, p, client, place, cls)


def schedule(w, day):
    """All visits of a day; many people do not come, a few come often, some twice within minutes on two devices."""
    rng = w.rng
    level = 0.85 if w.rhythm(day)[7] < 8 else 1.0
    for p in w.people:
        left = rng.expovariate(1)
        while left < p.rate * level * 1.05:
            t = w.moment(day, p.country, p.shift)
            w.at(t, visit(w, p), 1.3)
            if p.desk and rng.random() < 0.03:
                w.at(t + rng.uniform(60, 900), visit(w, p, p.desk), 1.3)
            left += rng.expovariate(1)
