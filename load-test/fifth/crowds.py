"""Crowds beside daily life: machines of customers and partners, shared computers, and the surges of some days."""
from clients import TOOLS
from people import reset, sign_in, steps, visit
from service import Try


def standing(w):
    """Actors that run through all days."""
    rng, size = w.rng, w.users / 20000
    daily = sum(monitor(w) for _ in range(rng.randint(1, 3)))
    for i in range(max(16, int(80 * size))):
        daily += 45
        w.at(w.t0 + rng.uniform(0, 3600), script(w, w.someone(), i), 0)
    for _ in range(max(4, int(w.users * 0.004))):
        w.at(w.t0 + rng.uniform(0, 86400 * (w.warm + w.mixed - 0.5)), stale(w, w.someone()), 0)
    for _ in range(rng.randint(1, 3)):
        aggregator(w, rng.sample(w.people, int(w.users * rng.uniform(0.004, 0.012))))
    days = w.warm + w.mixed
    for day in range(days):                         # what the actors above send, so that the attackers' share comes out
        w.planned[day] = w.planned.get(day, 0) + daily


def monitor(w):
    """A watchdog signs in with an account of its own every few minutes, from three places."""
    rng = w.rng
    name, every = "monitor%d" % rng.randint(1, 99) + ("" if w.handles else "@" + w.domains[-1]), rng.choice((120, 300, 600))
    w.service.add(name, "own-monitor")
    kind = rng.choice(("browser", "tool"))
    for _ in range(3):
        client = w.clients.browser(False) if kind == "browser" else w.clients.tool()
        place = w.net.hosted(16509)

        def watch(client=client, place=place):
            while True:
                yield from steps(w, client, name, "own-monitor", lambda: place, "monitor")
                yield every * 3 + rng.uniform(-1, 1)
        w.at(w.t0 + rng.uniform(0, every * 3), watch())
    return 86400 / every


def script(w, p, i):
    """A customer's own script or API client; some run with a wrong password for days."""
    rng = w.rng
    tools = sorted(TOOLS)
    client = w.clients.tool(tools[i % len(tools)], rng.choice(("api", "api", "web", "app")), device=rng.random() < 0.2)
    if rng.random() < 0.25:                           # headless browsers and scripts that say they are one
        ua = w.clients.agent(False)
        client = w.clients.browser(False, ua=ua) if rng.random() < 0.5 else w.clients.tool(client and tools[i % len(tools)], ua=ua)
    fixed = w.net.hosted() if rng.random() < 0.6 else None
    place = (lambda: fixed) if fixed else lambda: p.home.addr(w.day())
    pw = "own-old" if rng.random() < 0.12 else None
    every = rng.choice((900, 1800, 3600, 3600, 7200, 21600))
    if p.account.mfa:
        p.account.mfa = False                          # machines sign in with an app password
    while True:
        for _ in range(1 if rng.random() < 0.9 else 3):
            client.session = w.service.new_session()
            if w.service.logs_tokens and client.token is not None and rng.random() < 0.3:
                yield Try("token", p.name, client, place(), "script")
            else:
                yield from steps(w, client, p.name, pw or p.knows, place, "script", slow=0.1)
            yield rng.uniform(0.2, 5)
        yield every + rng.choice((0, rng.uniform(-20, 20)))


def stale(w, p):
    """A forgotten device or a stored password goes on trying by itself, often for days."""
    rng = w.rng
    client = w.clients.app(device=not p.private) if rng.random() < 0.6 else w.clients.tool("okhttp", "app")
    old = p.account.leaked[-1] if p.account.leaked else w.password()
    every, stop = rng.choice((300, 900, 1800, 3600)), w.now + rng.expovariate(1 / 60000)
    place = (lambda: p.carrier.addr(p.id, w.now // 3600)) if rng.random() < 0.4 else lambda: p.home.addr(w.day())
    while w.now < stop:
        r = yield Try("login", p.name, client, place(), "stale_client", pw=old)
        yield every * rng.uniform(0.95, 1.1) if r != "locked" else every * 2


def aggregator(w, clients_of):
    """Signs in for hundreds of customers, by night and when they look; it learns of new passwords late."""
    rng = w.rng
    places = [w.net.hosted(a) for a in [rng.choice((16509, 8075, 396982))] for _ in range(rng.randint(2, 5))]
    kit = rng.choice(("java", "go", "node", "browser"))
    tool = w.clients.browser(False) if kit == "browser" else w.clients.tool(kit, rng.choice(("api", "web")))
    held = {p.id: p.knows if rng.random() < 0.95 else "own-old" for p in clients_of}

    def once(p):
        place = rng.choice(places)
        tool.token = None
        r = yield from steps(w, tool, p.name, held[p.id], lambda: place, "aggregator", code=0.9, slow=0.5)
        if r == "bad_password" and rng.random() < 0.3:
            held[p.id] = p.knows
    for day in range(w.warm + w.mixed):
        for i, p in enumerate(clients_of):
            w.at(w.start(day) + 7200 + i * 4 + rng.uniform(0, 3), once(p), 1.2)
            if rng.random() < 0.5:
                w.at(w.moment(day, p.country), once(p), 1.2)


def day(w, day, mixed):
    """A day's crowds; returns the surges as (name, begin, end) so that an attack may hide in one."""
    rng, size, surges = w.rng, w.users / 20000, []
    workday = w.rhythm(day)[7] >= 8
    noon = w.start(day) + (12 - w.net.tz(w.country)) % 24 * 3600
    for _ in range(max(2, int(5 * size))):
        kiosk(w, noon, w.net.line(), rng.randint(20, 60))
    if workday:
        for _ in range(max(1, int(4 * size))):
            school(w, noon - 4 * 3600 + rng.choice((0, 3600, 7200, 10800)), w.net.line())
    for _ in range(max(4, int(w.users * rng.uniform(0.004, 0.008)))):
        w.at(w.moment(day, w.country), new_user(w, "new_user"), 3)
    if rng.random() < 0.6:
        partner(w, w.start(day) + rng.uniform(0, 80000), int(rng.uniform(300, 1500) * size) + 50)
    kinds = ("outage", "forced_change", "app_release", "signup_rush")
    chosen = [k for k in kinds if rng.random() < (0.38 if mixed else 0.06)]
    for k in chosen:
        begin = w.start(day) + rng.uniform(6, 20) * 3600
        surges.append((k, begin, globals()[k](w, begin)))
    return surges


def kiosk(w, noon, line, n):
    """A library's or hotel's computers: few devices, one address, many users."""
    rng, line.v6, line.moves = w.rng, None, False
    machines = [w.clients.browser(False) for _ in range(rng.randint(1, 3))]
    for p in rng.sample(w.locals, min(n, w.users // 10)):
        client = rng.choice(machines)
        w.at(noon + rng.uniform(-3, 7) * 3600, sign_in(w, p, client, lambda: line.addr(w.day()), "kiosk"), 1.5)


def school(w, bell, line):
    """A class signs in within minutes on computers that forget everything by night."""
    rng, line.v6, line.moves = w.rng, None, False
    ua = w.clients.agent(False)
    for p in rng.sample(w.locals, min(rng.randint(18, 32), w.users // 20)):
        client = w.clients.browser(False, device=rng.random() < 0.8, ua=ua)
        w.at(bell + abs(rng.gauss(60, 90)), sign_in(w, p, client, lambda: line.addr(w.day()), "school_lab", clumsy=rng.random()), 1.8)


def new_user(w, cls):
    """Looks whether the name is free, signs up, and comes back now and then."""
    rng = w.rng
    name, pw, tenant = w.new_name(), w.password(), rng.randrange(len(w.service.tenants))
    country = w.country if rng.random() < 0.85 else rng.choices(w.abroad, w.abroad_weights)[0]
    line, phone = w.net.line(country), rng.randint(0, 9999)
    app = rng.random() < w.app_share
    client = w.clients.app() if app else w.clients.browser(rng.random() < 0.6, rng.random() > w.without_device)
    carrier = rng.choice(w.net.carriers[country]) if rng.random() < w.on_carrier else None

    def place():
        return carrier.addr(phone, w.now // 3600) if carrier else line.addr(w.day())
    client.session = w.service.new_session()
    if rng.random() < 0.5:
        yield Try("lookup", name, client, place(), cls, tenant=tenant)
        yield rng.uniform(5, 60)
    r = yield Try("signup", name, client, place(), cls, pw=pw, tenant=tenant)
    if r != "ok":
        return
    yield rng.uniform(1, 400)
    while True:
        client.session = w.service.new_session()
        yield from steps(w, client, name, pw if rng.random() < 0.93 else w.password(), place, cls)
        yield rng.expovariate(1 / 40000)


def partner(w, begin, n):
    """A partner's import asks which of its names have accounts."""
    rng, place, client = w.rng, w.net.hosted(), w.clients.tool(w.rng.choice(("java", "go", "requests")))
    share = rng.uniform(0.2, 0.7)

    def run():
        for _ in range(n):
            yield Try("lookup", rng.choice(w.people).name if rng.random() < share else w.new_name(), client, place, "partner_batch")
            yield rng.expovariate(4)
    w.at(begin, run(), n)


def outage(w, begin):
    """For some minutes most requests fail; everybody tries again, and again when it is over."""
    rng, length = w.rng, w.rng.uniform(600, 3600)
    w.service.outages.append((begin, begin + length, rng.uniform(0.6, 0.98)))
    for _ in range(int(w.users * length / 3600 * 0.05)):
        w.at(begin + rng.uniform(0, length * 1.2), retry(w, w.someone()), 3)
    return begin + length


def retry(w, p):
    for _ in range(w.rng.randint(1, 5)):
        place = (lambda: p.carrier.addr(p.id, w.now // 3600)) if p.id % 3 == 0 else lambda: p.home.addr(w.day())
        if (yield from sign_in(w, p, p.phone, place, "outage")) == "ok":
            return
        yield w.rng.expovariate(1 / 60)


def forced_change(w, begin):
    """The passwords of a part of the users expire; they find out when they come, many at once after the mail."""
    rng = w.rng

    def expire(chosen):
        for p in chosen:
            p.account.expired, p.account.epoch = True, p.account.epoch + 1
        yield 1.0
    chosen = rng.sample(w.people, int(w.users * rng.uniform(0.02, 0.06)))
    w.at(begin, expire(chosen))
    for p in chosen:
        if rng.random() < 0.6:
            w.at(begin + 60 + rng.expovariate(1 / 4000), changed(w, p), 3)
    return begin + 9000


def changed(w, p):
    client = p.phone if p.desk is None or w.rng.random() < 0.6 else p.desk

    def place():
        return p.home.addr(w.day())
    if w.rng.random() < 0.3:
        yield from reset(w, p, client, place, "forced_change")
    else:
        yield from sign_in(w, p, client, place, "forced_change")


def app_release(w, begin):
    """A new version of the app throws everybody out; agents change within hours."""
    rng, c = w.rng, w.clients
    some = [p for p in w.people if p.app]

    def update(p):
        c.set_version(p.phone, c.next_version)
        p.phone.token = None
        yield rng.uniform(1, 20)
        place = (lambda: p.carrier.addr(p.id, w.now // 3600)) if p.id % 3 == 0 else lambda: p.home.addr(w.day())
        yield from sign_in(w, p, p.phone, place, "app_release")
    for p in rng.sample(some, int(len(some) * rng.uniform(0.1, 0.3))):
        w.at(begin + rng.expovariate(1 / 7000), update(p), 1.3)
    return begin + 14000


def signup_rush(w, begin):
    """A campaign on television or a voucher: thousands sign up within two hours."""
    rng = w.rng
    for _ in range(int(w.users * rng.uniform(0.02, 0.06))):
        w.at(begin + rng.gammavariate(2, 1500), new_user(w, "signup_rush"), 3)
    return begin + 7000
