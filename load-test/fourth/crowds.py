"""Honest crowds that look like attackers to simple rules."""
import net
from people import blunder, mistype, place, sign_in, visit
from world import DAY


class Office:
    """Many people behind one to three addresses."""

    def __init__(self, rng, pool):
        self.addresses = [pool.v4(rng.getrandbits(30)) for _ in range(rng.randint(1, 3))]
        self.pool, self.people = pool, []

    def source(self, rng):
        return rng.choice(self.addresses), self.pool.asn, self.pool.country


def prepare(world):
    """What must stand before anybody logs in: offices, outages, the app's release."""
    rng = world.rng
    home = [u for u in world.users if u.country == world.country]
    rng.shuffle(home)
    world.offices, i = [], 0
    budget = int(len(home) * rng.uniform(0.15, 0.25))
    while i < budget:
        size = min(400, int(12 * rng.paretovariate(0.9)))
        office = Office(rng, rng.choice(world.nets.home[world.country]))
        office.people = home[i:i + size]
        for user in office.people:
            user.office = office
        i += size
        world.offices.append(office)
    world.offices.sort(key=lambda o: -len(o.people))
    for day in mixed_days(world):
        start = day * DAY + world_hour(world, rng.uniform(9, 20)) * 3600
        world.outages.append((start, start + rng.uniform(8, 25) * 60))
    world.tools.release = world.warm + rng.uniform(0.1, 0.7) * DAY


def mixed_days(world):
    return range(world.args.warmup_days, world.args.warmup_days + world.args.days)


def world_hour(world, local):
    return (local - net.COUNTRIES[world.country][0]) % 24


def machines(world):
    """Monitors and an account aggregator: steady, from hosting networks; and user's scripts, VPN clients."""
    rng, total = world.rng, len(world.items)
    days = world.end / DAY
    count = rng.randint(2, 3)
    share = rng.uniform(0.03, 0.05)
    for i in range(count):
        name = "monitor%d@mail.com" % (i + 1)
        world.names.add(name)
        client = world.tools.script(rng).copy(token_style="none")
        password, sources = world.new_password(rng), [world.nets.server(rng) for _ in range(rng.randint(1, 4))]
        gap, t = max(15, world.end / max(1, total * share / count)), rng.random() * 60
        while t < world.end:
            world.attempt(t, name, client, rng.choice(sources), "monitor", password=password)
            t += gap + rng.uniform(-0.05, 0.05) * gap
    client = world.tools.script(rng, "okhttp/4.12.0" if rng.random() < 0.5 else None).copy(token_style="none")
    sources = [world.nets.server(rng) for _ in range(rng.randint(4, 10))]
    linked = rng.sample(world.users, int(len(world.users) * rng.uniform(0.04, 0.07)))
    fetches = max(1, total * rng.uniform(0.04, 0.06) / days / len(linked))
    for user in linked:
        stale = rng.random() < 0.03
        gone = world.free_name(rng) if rng.random() < 0.03 else None
        phase, source = rng.random(), rng.choice(sources)
        for k in range(int(fetches * days)):
            t = (k + phase) / fetches * DAY + rng.gauss(0, 300)
            if stale:
                world.attempt(t, user.name, client, source, "aggregator", "failure", reason="bad_password",
                              password=user.former)
            elif gone:
                world.attempt(t, gone, client, source, "aggregator", "failure", reason="unknown_user",
                              password=user.former)
            else:
                world.attempt(t, user.name, client, source, "aggregator", password=user.password)
    for user in rng.sample(world.users, max(8, len(world.users) // 80)):
        client, server = world.tools.script(rng), rng.random() < 0.6
        if rng.random() < 0.15:
            client = client.copy(agent=rng.choice(user.devices).agent)
        source = world.nets.server(rng) if server else None
        gap = rng.choice((1800, 3600, 7200, 14400, 21600, 43200)) * rng.uniform(0.9, 1.1)
        t = rng.random() * gap
        while t < world.end:
            here = source or user.line.source(int(t // DAY), client.device)
            if rng.random() < 0.05:                                     # a new version, wrongly configured
                bad = rng.choice((("unknown_user", mistype(rng, user.name)), ("bad_password", user.name)))
                for k in range(rng.randint(1, 6)):
                    world.attempt(t - 40 * k, bad[1], client, here, "script", "failure", reason=bad[0],
                                  password=user.former)
            world.attempt(t, user.name, client, here, "script", password=user.password)
            t += gap + rng.gauss(0, 20)
    for user in [u for o in world.offices for u in o.people if rng.random() < 0.35]:
        client = world.tools.vpn(rng)
        for day in range(int(days)):
            for _ in range(rng.choice((0, 1, 1, 2, 3)) if world.weekday(day) == 1 else 0):
                t = world.clock(rng, user.country, day)
                source = place(world, user, client, t)[0] if rng.random() < 0.7 else \
                    user.line.source(day, client.device)
                if rng.random() < 0.07:
                    blunder(world, user, client, source, t, rng.getrandbits(48), "script")
                else:
                    sign_in(world, user, client, source, "script", t)


def stale_clients(world):
    """Stored passwords that changed, accounts that are gone: the same wrong thing for days."""
    rng = world.rng
    for user in rng.sample(world.users, max(6, len(world.users) // 400)):
        form = rng.random()
        client = world.tools.script(rng) if form < 0.4 else user.devices[0] if form < 0.8 else world.tools.vpn(rng)
        gap, dead = rng.uniform(900, 7200), rng.random() < 0.2
        name = world.free_name(rng) if dead else user.name
        t = rng.uniform(0, world.end * 0.7)
        stop = min(world.end, t + rng.uniform(0.3, 3) * DAY)
        word = world.secret(user.former, t)
        if not dead and rng.random() < 0.6:                             # the change itself lies within the log
            word, before = world.secret(user.password, t), max(0, t - DAY) + rng.random() * gap
            world.change(user, t, rng)
            while before < t:
                world.attempt(before, name, client, user.line.source(int(before // DAY), client.device),
                              "stale_client", password=word)
                before += gap * rng.uniform(0.8, 1.2)
        while t < stop:
            source = user.line.source(int(t // DAY), client.device)
            if client.phone and rng.random() < user.outdoors:
                source = world.nets.mobile(rng, user.country, user.carrier)
            world.attempt(t, name, client, source, "stale_client", "failure", password=word,
                          reason="unknown_user" if dead else "bad_password")
            t += gap * rng.uniform(0.8, 1.2)


def kiosks(world):
    """School labs: a few dozen shared machines, one address, one starting password."""
    rng = world.rng
    home = [u for u in world.users if u.country == world.country and not u.office]
    for _ in range(max(1, round(3 * len(world.users) / 20000 + rng.random()))):
        pool = rng.choice(world.nets.home[world.country])
        source = pool.v4(rng.getrandbits(30)), pool.asn, pool.country
        model = world.tools.browser(rng, False)
        machines_ = [model.copy(device=world.tools.token(rng)) for _ in range(rng.randint(15, 40))]
        pupils, default = rng.sample(home, min(len(home) // 10, rng.randint(100, 300))), world.popular(rng)
        for day in range(int(world.end / DAY)):
            for lesson in range(8, 15):
                if world.weekday(day) < 1 or rng.random() < 0.3:
                    continue
                start = day * DAY + world_hour(world, lesson) * 3600
                for pupil in rng.sample(pupils, min(len(machines_), len(pupils))):
                    t, client = start + rng.expovariate(1 / 150), rng.choice(machines_)
                    while rng.random() < 0.12:
                        wrong = default if rng.random() < 0.5 else pupil.password + "~%d" % rng.randrange(9)
                        world.attempt(t, pupil.name, client, source, "kiosk", "failure", reason="bad_password",
                                      password=wrong)
                        t += rng.uniform(6, 30)
                    world.attempt(t, pupil.name, client, source, "kiosk", password=pupil.password)


def forced_change(world):
    """A whole office's passwords expire one morning; and a mail that asks everybody to reset."""
    rng = world.rng
    for day in mixed_days(world):
        eligible = [o for o in world.offices if 20 <= len(o.people) <= 400] or world.offices
        for office in rng.sample(eligible, min(2, len(eligible))):
            start = day * DAY + world_hour(world, rng.uniform(7.5, 10)) * 3600
            people = [(u, office.source(rng)) for u in office.people]
            people += [(u, u.line.source(day, u.devices[0].device)) for u in
                       rng.sample(world.users, len(world.users) // 200)]
            for user, source in people:
                t, client, session = start + rng.expovariate(1 / 2400), rng.choice(user.devices), rng.getrandbits(48)
                world.attempt(t, user.name, client, source, "forced_change", "failure", reason="expired",
                              password=user.password, session=session)
                t += rng.uniform(20, 120)
                world.attempt(t, user.name, client, source, "forced_change", kind="password_reset", session=session)
                world.change(user, t, rng)
                for _ in range(rng.choice((0, 0, 0, 1, 1, 2, 3))):
                    t += rng.uniform(10, 900)
                    world.attempt(t, user.name, client, source, "forced_change", "failure", reason="bad_password",
                                  password=user.former, session=session)
                t += rng.uniform(10, 60)
                world.attempt(t, user.name, client, source, "forced_change", password=user.password, session=session)


def sign_up(world, t, country, cls, returns):
    """A new account: look-up of the name, sign-up, then logins by and by."""
    rng = world.rng
    user = world.add_user(rng, country, born=t)
    client = user.devices[0]
    source, session = place(world, user, client, t)[0], rng.getrandbits(48)
    if rng.random() < 0.5:
        for _ in range(rng.randint(1, 3)):
            tried = user.name if rng.random() < 0.5 else world.make_name(rng)
            taken = tried in world.names and tried != user.name
            world.attempt(t - rng.uniform(4, 60), tried, client, source, cls, "success" if taken else "failure",
                          kind="lookup", reason="unknown_user", session=session)
    if rng.random() < 0.06:
        world.attempt(t - 3, user.name, client, source, cls, "failure", kind="signup", reason="other", session=session)
    world.attempt(t, user.name, client, source, cls, kind="signup", password=user.password, session=session)
    if rng.random() < returns:
        at = t + rng.lognormvariate(6.5, 1.6)
        while at < world.end and rng.random() < 0.85:
            if rng.random() < 0.8:
                sign_in(world, user, client, place(world, user, client, at)[0], cls, at)
            else:
                visit(world, user, at)
            at += rng.expovariate(1 / 15000)


def newcomers(world):
    """New users every day, a marketing rush, the launch in another country."""
    rng, size = world.rng, len(world.users)
    for day in range(int(world.end / DAY)):
        for _ in range(max(3, int(size * rng.uniform(0.004, 0.008)))):
            country = world.country if rng.random() < world.home_share else rng.choice(world.abroad)
            sign_up(world, world.clock(rng, country, day), country, "new_user", 0.6)
    for day in mixed_days(world):
        start, length = rng.uniform(0.3, 0.8) * DAY, rng.uniform(1.5, 4) * 3600
        for _ in range(int(size * rng.uniform(0.03, 0.06))):
            t = day * DAY + start + length * rng.betavariate(1.3, 3)
            sign_up(world, t, world.country if rng.random() < world.home_share else rng.choice(world.abroad),
                    "signup_rush", 0.6)
        for _ in range(int(size * rng.uniform(0.015, 0.03))):
            sign_up(world, world.clock(rng, world.unborn, day), world.unborn, "country_launch", 0.7)


def run(world):
    """All crowds, after daily life."""
    machines(world)
    stale_clients(world)
    kiosks(world)
    newcomers(world)
    forced_change(world)
