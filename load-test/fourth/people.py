"""Daily life: visits of users with their mistakes, moves, new devices and journeys."""
import math

from world import DAY


def poisson(rng, mean):
    """Knuth for the small, normal for the large."""
    if mean > 30:
        return max(0, round(rng.gauss(mean, math.sqrt(mean))))
    limit, k, p = math.exp(-mean), 0, rng.random()
    while p > limit:
        k, p = k + 1, p * rng.random()
    return k


def mistype(rng, name):
    """One edit in the local part, or a wrong domain."""
    local, domain = name.split("@")
    x = rng.random()
    if x < 0.25:
        return local + "@" + {"gmail.com": "gmial.com", "outlook.com": "outlok.com"}.get(domain, domain[:-1])
    i = rng.randrange(len(local))
    if x < 0.5:
        return local[:i] + local[i + 1:] + "@" + domain
    if x < 0.75 and len(local) > 2:
        i = min(i, len(local) - 2)
        return local[:i] + local[i + 1] + local[i] + local[i + 2:] + "@" + domain
    return local[:i] + rng.choice("aeinorst1234") + local[i:] + "@" + domain


def place(world, user, client, t):
    """Where the user is now: (source, crowd)."""
    rng, day = world.rng, int(t // DAY)
    if user.trip and user.trip[0] <= t < user.trip[1]:
        if client.phone and rng.random() < 0.4:
            return world.nets.mobile(rng, user.trip[2].pool.country), "traveller"
        return user.trip[2].source(day, client.device), "traveller"
    if user.vpn and rng.random() < user.vpn_share:
        return rng.choice(user.vpn), "vpn_relay"
    hour = (t / 3600 + world_hours(user)) % 24
    if user.office and 8 <= hour < 18 and rng.random() < 0.75 and world.weekday(day) == 1:
        return user.office.source(rng), "office"
    if rng.random() < (user.outdoors if client.phone else 0.07):         # laptops by tethering
        return world.nets.mobile(rng, user.country, user.carrier), "mobile"
    return user.line.source(day, client.device), "regular"


def world_hours(user):
    from net import COUNTRIES
    return COUNTRIES[user.country][0]


def sign_in(world, user, client, source, cls, t, session=None, password=None):
    """One clean attempt of the owner, with the second step where he has one."""
    rng = world.rng
    if user.mfa and client.form in ("web", "app") and rng.random() < 0.5:
        if rng.random() < 0.03:
            world.attempt(t, user.name, client, source, cls, "failure", reason="bad_mfa", mfa="failed",
                          password=user.password, session=session)
            t += rng.uniform(8, 40)
        return world.attempt(t, user.name, client, source, cls, mfa="passed", password=user.password, session=session)
    return world.attempt(t, user.name, client, source, cls, password=password or user.password, session=session)


def blunder(world, user, client, source, t, session, cls="mistake"):
    """A wrong password, a wrong name, a forgotten password: then usually in."""
    rng, x = world.rng, world.rng.random()
    if x < 0.45:                                                        # slips
        for _ in range(1 + (rng.random() < 0.25) + (rng.random() < 0.06)):
            wrong = user.former if rng.random() < 0.35 else user.password + "~%d" % rng.randrange(40)
            world.attempt(t, user.name, client, source, cls, "failure", reason="bad_password",
                          password=wrong, session=session)
            t += rng.lognormvariate(2.3, 0.6)
    elif x < 0.82:                                                      # mistyped or other name, right password
        wrong = mistype(rng, user.name) if rng.random() < 0.55 else world.make_name(rng)
        if wrong not in world.names:
            for _ in range(1 + (rng.random() < 0.35)):
                world.attempt(t, wrong, client, source, cls, "failure", reason="unknown_user",
                              password=user.password, session=session)
                t += rng.lognormvariate(2.6, 0.6)
    else:                                                               # forgotten
        for k in range(rng.randint(2, 6)):
            wrong = world.popular(rng) if rng.random() < 0.15 else user.former + "~%d" % k
            world.attempt(t, user.name, client, source, cls, "failure",
                          reason="locked" if k > 2 and rng.random() < 0.5 else "bad_password", password=wrong, session=session)
            t += rng.lognormvariate(2.6, 0.7)
        if rng.random() < 0.75:
            t += rng.uniform(20, 200)
            world.attempt(t, user.name, client, source, cls, kind="password_reset", session=session)
            world.change(user, t, rng)
            t += rng.uniform(15, 120)
        elif rng.random() < 0.5:
            return
    if rng.random() < 0.96:
        sign_in(world, user, client, source, cls, t, session)


def visit(world, user, t):
    """One wish to be logged in, from one of the user's devices."""
    rng = world.rng
    if t < user.born:
        return
    session = rng.getrandbits(48)
    index = 0 if rng.random() < 0.68 else rng.randrange(len(user.devices))
    crowd = None
    if rng.random() < world.new_device_rate:
        phone = rng.random() < 0.6
        fresh = world.tools.app(rng) if phone and rng.random() < 0.55 else world.tools.browser(rng, phone)
        user.devices[index] = fresh
        crowd = "new_device"
    client = user.devices[index]
    source, where = place(world, user, client, t)
    if client.form == "web" and client.token_style == "keeps" and rng.random() < world.clearing_rate \
            and where in ("regular", "office"):
        client = user.devices[index] = client.copy(device=world.tools.token(rng))
        crowd = "cleared_cookies"
    if crowd == "new_device" and rng.random() > world.bold_rate and where != "regular":
        source, where = user.line.source(int(t // DAY), client.device), "regular"   # one sets devices up at home
    cls = crowd or ("cleared_cookies" if client.token_style == "fresh" and where == "regular" else where)
    if client.form == "app" and rng.random() < world.refresh_share and not crowd:
        world.attempt(t, user.name, client, source, cls, kind="token", session=session)
        return
    if client.form != "app" and rng.random() < 0.2 or crowd and rng.random() < 0.3:   # name first, password second
        ahead = rng.uniform(3, 12)
        if rng.random() < 0.12:
            wrong = mistype(rng, user.name) if rng.random() < 0.6 else world.make_name(rng)
            if wrong not in world.names:
                world.attempt(t - ahead - rng.uniform(5, 20), wrong, client, source, cls, "failure", kind="lookup",
                              reason="unknown_user", session=session)
        world.attempt(t - ahead, user.name, client, source, cls, kind="lookup", session=session)
    if world.in_outage(t):
        for _ in range(rng.randint(2, 7)):
            seen = sign_in(world, user, client, source, cls, t, session)
            if not seen or seen[0] == "success" or rng.random() < 0.1:
                return
            t += rng.lognormvariate(3.4, 0.8)
        return
    if rng.random() < world.mistakes:
        blunder(world, user, client, source, t, session, "mistake" if where == "regular" or rng.random() < 0.5 else cls)
        return
    sign_in(world, user, client, source, cls, t, session)


def plan_habits(world):
    """Rates of the rare things, journeys and households, once a seed."""
    rng = world.rng
    world.new_device_rate, world.clearing_rate = rng.uniform(0.002, 0.005), rng.uniform(0.004, 0.012)
    world.bold_rate, world.refresh_share = rng.uniform(0.005, 0.03), rng.uniform(0.1, 0.3)
    for user in world.users:
        if rng.random() < 0.02:
            from net import Line
            country = user.country if rng.random() < 0.5 else rng.choice(world.abroad)
            start = rng.uniform(-DAY, world.end)
            line = Line(rng, rng.choice(world.nets.home[country]), 0.2, 0.3)
            user.trip = (start, start + rng.uniform(0.5, 4) * DAY, line)
    previous = None
    for user in world.users:                                            # a fifth shares a home
        if previous and user.country == previous.country and rng.random() < 0.2:
            user.line = previous.line
            if rng.random() < 0.2:
                user.devices[-1] = previous.devices[-1]
        previous = user


def live(world):
    """Everybody's visits, day by day."""
    rng = world.rng
    for day in range(world.args.warmup_days + world.args.days):
        factor = world.weekday(day)
        for user in list(world.users):
            count = poisson(rng, user.rate * factor)
            for t in sorted(world.clock(rng, user.country, day) for _ in range(count)):
                visit(world, user, t)
