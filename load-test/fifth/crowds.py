"""Crowds beside daily life: machines of customers and partners, shared computers, and the surges of some days."""
from clients import TOOLS
from people import reset, sign_in, steps
from service import Try


def where(w, p, mobile=0.33):
    """Some are on their carrier, the others at home."""
    if w.rng.random() < mobile:
        return lambda: p.carrier.addr(p.id, w.now // 3600)
    return lambda: p.home.addr(w.day())


def standing(w):
    """Actors that run through all days."""
    rng, days = w.rng, w.warm + w.mixed
    daily = sum(monitor(w) for _ in range(rng.randint(1, 3)))
    for i in range(max(16, w.users // 250)):
        daily += 45
        every, fixed = rng.choice((900, 1800, 3600, 3600, 7200, 21600)), w.net.hosted() if rng.random() < 0.6 else None
        w.net.rented += [fixed.asn] * (21600 // every) if fixed else []
        w.at(w.t0 + rng.uniform(0, 3600), script(w, w.someone(), sorted(TOOLS)[i % len(TOOLS)], fixed, every))
    for _ in range(max(4, w.users // 250)):
        w.at(w.t0 + rng.uniform(0, 86400 * (days - 0.5)), stale(w, w.someone()))
    for _ in range(rng.randint(1, 3)):
        aggregator(w, rng.sample(w.people, int(w.users * rng.uniform(0.004, 0.012))))
    for day in range(days):                         # what these send, so that the attackers' share comes out
        w.planned[day] = w.planned.get(day, 0) + daily


def monitor(w):
    """A watchdog signs in with an account of its own every few minutes, from three places."""
    rng = w.rng
    name = "monitor%d" % rng.randint(1, 99) + ("" if w.handles else "@" + w.domains[-1])
    every = rng.choice((120, 300, 600)) if w.users >= 5000 else 1800
    w.service.add(name, "own-monitor")

    def watch(client, place):
        while True:
            yield from steps(w, client, name, "own-monitor", lambda: place, "monitor")
            yield every * 3 + rng.uniform(-1, 1)
    browser = rng.random() < 0.5
    for _ in range(3):
        client = w.clients.browser(False) if browser else w.clients.tool()
        w.at(w.t0 + rng.uniform(0, every * 3), watch(client, w.net.hosted(16509)))
    return 86400 / every


def script(w, p, tool, fixed, every):
    """A customer's own script or API client, some in a borrowed or real browser; some have a wrong password for days."""
    rng = w.rng
    if rng.random() < 0.75:
        client = w.clients.tool(tool, rng.choice(("api", "api", "web", "app")), device=rng.random() < 0.2)
    else:
        ua = w.clients.agent(False)
        client = w.clients.browser(False, ua=ua) if rng.random() < 0.5 else w.clients.tool(tool, ua=ua)
    home, pw = where(w, p, 0), "own-old" if rng.random() < 0.12 else None
    p.account.mfa = False                              # machines sign in with an app password
    while True:
        for _ in range(1 if rng.random() < 0.9 else 3):
            client.session, addr = w.service.new_session(), fixed or home()
            if w.service.logs_tokens and client.token is not None and rng.random() < 0.3:
                yield Try("token", p.name, client, addr, "script")
            else:
                yield from steps(w, client, p.name, pw or p.knows, lambda: addr, "script", slow=0.1)
            yield rng.uniform(0.2, 5)
        yield every + rng.choice((0, rng.uniform(-20, 20)))


def stale(w, p):
    """A forgotten device or a stored password goes on trying by itself, often for days."""
    rng, place = w.rng, where(w, p, 0.4)
    client = w.clients.app(device=not p.private) if rng.random() < 0.6 else w.clients.tool("okhttp", "app")
    old = p.account.leaked[-1] if p.account.leaked else w.password()
    every, stop = rng.choice((300, 900, 1800, 3600)), w.now + rng.expovariate(1 / 60000)
    while w.now < stop:
        r = yield Try("login", p.name, client, place(), "stale_client", pw=old)
        yield every * (2 if r == "locked" else rng.uniform(0.95, 1.1))


def aggregator(w, customers):
    """Signs in for hundreds of customers, by night and when they look; it learns of new passwords late."""
    rng = w.rng
    asn, kit = rng.choice((16509, 8075, 396982)), rng.choice(("java", "go", "node", "browser"))
    places = [w.net.hosted(asn) for _ in range(rng.randint(2, 5))]
    tool = w.clients.browser(False) if kit == "browser" else w.clients.tool(kit, rng.choice(("api", "web")))
    held = {p.id: p.knows if rng.random() < 0.95 else "own-old" for p in customers}

    def once(p):
        place = rng.choice(places)
        r = yield from steps(w, tool, p.name, held[p.id], lambda: place, "aggregator", code=0.9, slow=0.5)
        if r == "bad_password" and rng.random() < 0.3:
            held[p.id] = p.knows
    for day in range(w.warm + w.mixed):
        for i, p in enumerate(customers):
            w.at(w.start(day) + 7200 + i * 4 + rng.uniform(0, 3), once(p), 1.2)
            if rng.random() < 0.5:
                w.at(w.moment(day, p.country), once(p), 1.2)


def day(w, day, mixed):
    """A day's crowds; returns the surges as (name, begin, end) so that an attack may hide in one."""
    rng, some = w.rng, max(2, w.users // 4000)
    noon = w.start(day) + (12 - w.net.tz(w.country)) % 24 * 3600
    for _ in range(some):
        hours = [rng.uniform(-3, 7) * 3600 for _ in range(rng.randint(20, 60))]
        room(w, "kiosk", [noon + h for h in hours], [w.clients.browser(False) for _ in range(rng.randint(1, 3))])
    for _ in range(some if w.rhythm(day)[7] >= 8 else 0):
        bell, ua, n = noon - rng.randint(1, 4) * 3600, w.clients.agent(False), rng.randint(18, 32)
        room(w, "school_lab", [bell + abs(rng.gauss(60, 90)) for _ in range(n)],
             [w.clients.browser(False, rng.random() < 0.8, ua) for _ in range(n)])
    for _ in range(max(4, int(w.users * rng.uniform(0.006, 0.012)))):
        w.at(w.moment(day, w.country), new_user(w, "new_user"), 4.5)
    if rng.random() < 0.6:
        n = int(rng.uniform(300, 1500) * w.users / 20000) + 50
        w.at(w.start(day) + rng.uniform(0, 80000), partner(w, n), n)
    surges = []
    for surge in (outage, forced_change, app_release, signup_rush):
        if rng.random() < (0.38 if mixed else 0.06):
            begin = w.start(day) + rng.uniform(6, 20) * 3600
            surges.append((surge.__name__, begin, surge(w, begin)))
    return surges


def room(w, cls, times, machines):
    """Shared computers behind one address: a library's few, a class's that forget everything by night."""
    line = w.net.line()
    line.v6, line.moves = None, False
    for t, p in zip(times, w.rng.sample(w.locals, min(len(times), w.users // 20))):
        clumsy = w.rng.random() if cls == "school_lab" else None
        w.at(t, sign_in(w, p, w.rng.choice(machines), lambda: line.addr(w.day()), cls, clumsy), 1.6)


def new_user(w, cls):
    """Looks whether the name is free, signs up, and comes back now and then."""
    rng = w.rng
    name, pw, tenant = w.new_name(), w.password(), rng.randrange(len(w.service.tenants))
    country = w.country if rng.random() < 0.85 else rng.choices(w.abroad, w.abroad_weights)[0]
    line, phone = w.net.line(country), rng.randint(0, 9999)
    carrier = rng.choice(w.net.carriers[country]) if rng.random() < w.on_carrier else None
    client = w.clients.app() if rng.random() < w.app_share else w.clients.browser(rng.random() < 0.6, rng.random() > w.without_device)

    def place():
        return carrier.addr(phone, w.now // 3600) if carrier else line.addr(w.day())
    client.session = w.service.new_session()
    for _ in range(rng.choice((0, 1, 1, 2, 3))):
        yield Try("lookup", name, client, place(), cls, tenant=tenant)
        yield rng.uniform(5, 60)
    r = yield Try("signup", name, client, place(), cls, pw=pw, tenant=tenant)
    yield rng.uniform(1, 400)
    while r == "ok":
        yield from steps(w, client, name, pw if rng.random() < 0.93 else w.password(), place, cls)
        yield rng.expovariate(1 / 40000)
        client.session = w.service.new_session()


def partner(w, n):
    """A partner's import asks which of its names have accounts."""
    rng, place, client = w.rng, w.net.hosted(), w.clients.tool(w.rng.choice(("java", "go", "requests")))
    share = rng.uniform(0.2, 0.7)
    for _ in range(n):
        yield Try("lookup", rng.choice(w.people).name if rng.random() < share else w.new_name(), client, place, "partner_batch")
        yield rng.expovariate(4)


# Surges: each returns its end
def outage(w, begin):
    """For some minutes most requests fail; everybody tries again, and again when it is over."""
    rng, length = w.rng, w.rng.uniform(600, 3600)
    w.service.outages.append((begin, begin + length, rng.uniform(0.6, 0.98)))

    def retry(p):
        for _ in range(rng.randint(1, 5)):
            if (yield from sign_in(w, p, p.phone, where(w, p), "outage")) == "ok":
                return
            yield rng.expovariate(1 / 60)
    for _ in range(int(w.users * length / 3600 * 0.05)):
        w.at(begin + rng.uniform(0, length * 1.2), retry(w.someone()), 3)
    return begin + length


def forced_change(w, begin):
    """The passwords of a part of the users expire; they find out when they come, many at once after the mail."""
    rng = w.rng
    chosen = rng.sample(w.people, int(w.users * rng.uniform(0.02, 0.06)))

    def expire():
        for p in chosen:
            p.account.expired, p.account.epoch = True, p.account.epoch + 1
        yield 1.0

    def come(p):
        client = p.phone if p.desk is None or rng.random() < 0.6 else p.desk
        yield from (reset if rng.random() < 0.3 else sign_in)(w, p, client, where(w, p), "forced_change")
    w.at(begin, expire())
    for p in chosen:
        if rng.random() < 0.6:
            w.at(begin + 60 + rng.expovariate(1 / 4000), come(p), 3)
    return begin + 9000


def app_release(w, begin):
    """A new version of the app throws everybody out; agents change within hours."""
    rng, some = w.rng, [p for p in w.people if p.app]

    def update(p):
        w.clients.set_version(p.phone, w.clients.next_version)
        p.phone.token = None
        yield rng.uniform(1, 20)
        yield from sign_in(w, p, p.phone, where(w, p), "app_release")
    for p in rng.sample(some, int(len(some) * rng.uniform(0.1, 0.3))):
        w.at(begin + rng.expovariate(1 / 7000), update(p), 1.3)
    return begin + 14000


def signup_rush(w, begin):
    """A campaign on television or a voucher: thousands sign up within two hours."""
    for _ in range(int(w.users * w.rng.uniform(0.02, 0.06))):
        w.at(begin + w.rng.gammavariate(2, 1500), new_user(w, "signup_rush"), 4.5)
    return begin + 7000
