"""Sixteen attacks, spread over each mixed day, with networks and tools that people use too."""
import clients
import net
from crowds import mixed_days
from world import DAY

# share of the day's attack attempts, before each seed's own variation
WEIGHTS = {
    "stuffing_loud": 14, "stuffing_proxies": 16, "stuffing_rotating": 14, "stuffing_slow": 7, "stuffing_surge": 8,
    "ipv6_hopping": 6, "laundering": 5, "spray_single": 4, "spray_distributed": 6, "brute_single": 3,
    "brute_distributed": 3, "enum_login": 5, "enum_lookup": 5, "fake_signup": 4, "token_replay": 0.3,
    "takeover_phished": 0.35,
}


class Campaign:
    """One attacker's exits, tools and list; draws what each attempt carries."""

    def __init__(self, world, kind, start, length, count):
        self.world, self.rng, self.kind = world, world.rng, kind
        self.start, self.length, self.count = start, length, max(8, int(count))
        rng = self.rng
        self.existing, self.good = rng.uniform(0.08, 0.5), 10 ** rng.uniform(-2.6, -1.7)
        self.popular = rng.uniform(0.03, 0.2)
        self.abroad = rng.uniform(0.3, 0.7)
        self.countries = rng.sample(world.abroad, rng.randint(3, len(world.abroad)))
        self.mix = [rng.random() * w for w in (6, 2, 1, 1.5, 1)]         # homes, carriers, victims' lines, VPN, servers
        self.habit = rng.choices(("fresh", "few", "none"), (5, 3, 1.2))[0]
        self.form = rng.choices(("web", "app", "script"), (6, 2.2, 1))[0]
        if self.kind == "stuffing_loud" and self.form == "app":
            self.form = "web"                                           # phones do not sit on servers
        if self.form == "script" and kind in ("fake_signup", "enum_lookup", "stuffing_surge", "stuffing_proxies"):
            self.form = "web"                                           # no scripts of people's do these things
        if self.form == "script":                                       # scripts run on servers, people's too
            self.abroad, self.mix = 0.1, [w * f for w, f in zip(self.mix, (0.3, 0.1, 1, 3, 8))]
        self.tools = [self.make_tool() for _ in range(rng.randint(4, 9))]
        self.taken = []                                                 # accounts that fell

    def make_tool(self):
        world, rng = self.world, self.rng
        if self.form == "web":
            tool = world.tools.browser(rng, rng.random() < 0.5, common=self.kind != "stuffing_rotating")
        elif self.form == "app":
            tool = world.tools.app(rng, current=True)
        else:
            tool = world.tools.script(rng, rng.choice((None, *clients.SCRIPTS[:3] * 4)))
        if self.form == "script" or self.habit == "none":
            return tool.copy(token_style="none" if rng.random() < 0.85 else "keeps")
        return tool.copy(token_style="keeps")

    def tool(self):
        """A tool for one attempt, after the campaign's habit with device tokens."""
        tool = self.rng.choice(self.tools)
        return tool.copy(device=self.world.tools.token(self.rng)) if self.habit == "fresh" else tool

    def exit(self):
        """An address for one attempt: mostly people's own networks."""
        world, rng = self.world, self.rng
        where = rng.choices(range(5), self.mix)[0]
        country = rng.choice(self.countries) if rng.random() < self.abroad else world.country
        if where == 0:
            pool, number = rng.choice(world.nets.home[country]), rng.getrandbits(40)
            if pool.six and rng.random() < 0.2:
                return net.v6(pool.v6_net(number) << 64 | rng.getrandbits(64)), pool.asn, country
            return pool.v4(number), pool.asn, country
        if where == 1:
            return world.nets.mobile(rng, country)
        if where == 2:
            return rng.choice(world.users).line.source(int(self.start // DAY), "proxy")
        return rng.choice(world.nets.vpn) if where == 3 else world.nets.server(rng)

    def times(self, profile=None):
        """When the attempts fall: steady, swelling, in bursts, or hidden in people's own rhythm."""
        rng, end = self.rng, min(self.start + self.length, self.world.end - 1)
        profile = profile or rng.choice(("steady", "swell", "bursts", "crowd"))
        n, span = self.count, end - self.start
        if profile == "crowd":
            return sorted(self.world.busy_times(rng, self.start, end, n))
        if profile == "swell":
            return sorted(self.start + span * rng.betavariate(2, 1.6) for _ in range(n))
        if profile == "bursts":
            hearts = [rng.random() for _ in range(rng.randint(3, 9))]
            return sorted(self.start + span * min(1, abs(rng.choice(hearts) + rng.gauss(0, 0.03))) for _ in range(n))
        return sorted(self.start + span * rng.random() for _ in range(n))

    def write(self, t, name, client, source, **more):
        return self.world.attempt(t, name, client, source, self.kind, attack=1, **more)

    def guess(self, t, user, name, password, client, source, right):
        """One try; a right password may still meet the second step."""
        if user is None:
            return self.write(t, name, client, source, outcome="failure", reason="unknown_user", password=password)
        if not right:
            return self.write(t, name, client, source, outcome="failure", reason="bad_password", password=password)
        if user.mfa and client.form in ("web", "app") and self.rng.random() < 0.7:
            return self.write(t, name, client, source, outcome="failure", reason="bad_mfa", mfa="failed",
                              password=user.password)
        seen = self.write(t, name, client, source, password=user.password)
        if seen and seen[0] == "success":
            self.taken.append(user)
            if self.rng.random() < 0.3:
                self.come_by_hand(user, t + self.rng.lognormvariate(7.5, 1))
        return seen

    def come_by_hand(self, user, t):
        """The thief looks at what he got, from another tool and network."""
        world, rng = self.world, self.rng
        client = world.tools.browser(rng, rng.random() < 0.5)
        source = rng.choice((world.nets.vpn[rng.randrange(len(world.nets.vpn))], self.exit()))
        for _ in range(rng.choice((1, 1, 2))):
            self.write(t, user.name, client, source, password=user.password)
            t += rng.uniform(60, 4000)

    def stuff(self, t, client, source, steps=False):
        """One pair from a breach list."""
        world, rng = self.world, self.rng
        user = rng.choice(world.users) if rng.random() < self.existing else None
        if user and user.born > t:
            user = None
        name = user.name if user else world.free_name(rng)
        right = user is not None and rng.random() < self.good / self.existing
        leaked = (world.popular(rng) if rng.random() < self.popular else
                  user.former if user and rng.random() < 0.1 else "u%x" % rng.getrandbits(48))
        if steps and rng.random() < 0.4:
            self.write(t - rng.uniform(2, 9), name, client, source, kind="lookup",
                       outcome="success" if user else "failure", reason="unknown_user")
        self.guess(t, user, name, leaked, client, source, right)


def stuffing_loud(c):
    """Few addresses, thousands of pairs; on some days paced just under published limits."""
    rng = c.rng
    quiet = rng.random() < 0.4
    sources = [c.exit() if quiet or rng.random() < 0.3 else c.world.nets.server(rng)
               for _ in range(rng.randint(25, 60) if quiet else rng.randint(3, 12))]
    for t in c.times():
        c.stuff(t, c.tool(), rng.choice(sources))


def stuffing_proxies(c):
    """Residential proxies, one to three tries an address; on some days every step of a browser."""
    rng, steps, source, left = c.rng, c.rng.random() < 0.4, None, 0
    for t in c.times():
        if left == 0:
            source, left, tool = c.exit(), rng.randint(1, 3), c.tool()
        left -= 1
        c.stuff(t, tool, source, steps)


def stuffing_rotating(c):
    """Proxies, and another agent, device and TLS stack for each try."""
    for t in c.times():
        c.form = c.rng.choices(("web", "app", "script"), (6, 2, 0.7))[0]
        c.stuff(t, c.make_tool(), c.exit(), steps=c.rng.random() < 0.1)


def stuffing_slow(c):
    """A few dozen addresses, each with a try every ten minutes or more, all day."""
    sources = [(c.exit(), c.tool()) for _ in range(max(25, c.count // c.rng.randint(8, 40)))]
    for i, t in enumerate(c.times("steady")):
        source, tool = sources[i % len(sources)]
        c.stuff(t, tool, source)


def stuffing_surge(c):
    """Begins while an outage or a rush runs, when nobody looks at failures."""
    for t in c.times("crowd"):
        c.stuff(t, c.tool(), c.exit())


def ipv6_hopping(c):
    """A new address in a /64, /56 or /48 for each try, and now and then a new customer line."""
    rng, world = c.rng, c.world
    pools = [p for country in c.countries[:3] + [world.country] * 3 for p in world.nets.home[country] if p.six]
    pools = pools or [p for p in world.nets.hosting if p.six]
    lines = [(rng.choice(pools), rng.getrandbits(16), rng.choice((0, 3, 255, 65535))) for _ in range(rng.randint(2, 9))]
    for t in c.times():
        pool, number, width = rng.choice(lines)
        upper = pool.v6_net(number) + (rng.getrandbits(16) & width)
        c.stuff(t, c.tool(), (net.v6(upper << 64 | rng.getrandbits(64)), pool.asn, pool.country))


def laundering(c):
    """Own accounts log in from the exits first, to earn standing and teach familiarity; then a list runs there."""
    rng, world = c.rng, c.world
    own = [world.free_name(rng) for _ in range(rng.randint(6, 25))]
    words = {name: world.new_password(rng) for name in own}
    sources = [c.exit() for _ in range(rng.randint(4, 14))]
    tools = {name: c.tool() for name in own}
    world.names.update(own)
    for name in own:
        signed = rng.uniform(0, max(1, c.start - 3600))
        c.write(signed, name, tools[name], sources[0], kind="signup", own=True, password=words[name], undecidable=1)
    for _ in range(c.count // 3):
        t, name = c.start + c.length * 0.6 * rng.random(), rng.choice(own)
        c.write(t, name, tools[name], rng.choice(sources), own=True, password=words[name], undecidable=1)
    c.count -= c.count // 3
    for t in c.times("steady"):
        c.stuff(c.start + (t - c.start) * 0.7 + c.length * 0.3, rng.choice(list(tools.values())), rng.choice(sources))


def spray(c, sources):
    """A few popular passwords over many names, existing ones for the most part."""
    rng, world = c.rng, c.world
    names = rng.sample(world.users, min(len(world.users), c.count))
    words, tool = ["p%d" % rng.randrange(12) for _ in range(rng.randint(1, 3))], None
    if rng.random() < 0.25:
        c.abroad, c.mix = 0.03, [w * f for w, f in zip(c.mix, (1, 0.5, 3, 3, 0.2))]
        c.form, c.tools = "vpn", [world.tools.vpn(rng) for _ in range(3)]
    c.habit = "few" if c.form == "vpn" else c.habit
    for i, t in enumerate(c.times()):
        user = names[i % len(names)] if rng.random() < 0.7 else None
        user = None if user and user.born > t else user
        word, tool = words[i * len(words) // c.count], c.tool()
        c.guess(t, user, user.name if user else world.free_name(rng), word, tool, sources(),
                user is not None and world.secret(user.password, t) == word)


def spray_single(c):
    sources = []                                                        # two, once the tool is known

    def pick():
        while len(sources) < 2:
            sources.append(c.exit())
        return sources[c.rng.random() < 0.2]
    spray(c, pick)


def spray_distributed(c):
    spray(c, c.exit)


def brute(c, source_of, victims):
    """Many passwords on one user; the service locks after some."""
    rng, world = c.rng, c.world
    targets = rng.sample([u for u in world.users if u.born < 0], victims)
    for i, t in enumerate(c.times()):
        user = targets[i * victims // c.count]
        word = world.popular(rng) if rng.random() < 0.3 else "g%d" % rng.randrange(10 ** 6)
        locked = i > 8 and rng.random() < 0.06
        tool, source = c.tool(), source_of()
        if locked:
            c.write(t, user.name, tool, source, outcome="failure", reason="locked", password=word)
        else:
            c.guess(t, user, user.name, word, tool, source, rng.random() < 0.0004 or word == world.secret(user.password, t))


def brute_single(c):
    sources = [c.exit() for _ in range(2)]
    brute(c, lambda: c.rng.choice(sources), max(1, c.count // c.rng.randint(150, 400)))


def brute_distributed(c):
    """From everywhere; on some days only to lock the owners out."""
    brute(c, c.exit, max(1, c.count // c.rng.randint(100, 400)))


def walk(c):
    """Names to probe: a number range, a dictionary, or at random from a list."""
    rng, world = c.rng, c.world
    way = rng.choice(("range", "dictionary", "random"))
    stem = world.free_name(rng)
    for i in range(c.count):
        if rng.random() < c.existing * 0.7:
            yield rng.choice(world.users).name
        elif way == "range":
            local, domain = stem.split("@")
            name = local.rstrip("0123456789") + "%d@%s" % (100 + i, domain)
            yield name
        else:
            yield world.free_name(rng) if way == "dictionary" or rng.random() < 0.6 else world.make_name(rng)


def enum_login(c):
    """Which names exist? Read from the login's error."""
    rng, world = c.rng, c.world
    by_name = {u.name: u for u in world.users}
    sources = [c.exit() for _ in range(max(3, c.count // rng.randint(2, 60)))]
    word = world.popular(rng)
    for t, name in zip(c.times(), walk(c)):
        user = by_name.get(name)
        user = None if user and user.born > t else user
        password = word if rng.random() < 0.5 else "u%x" % rng.getrandbits(48)
        c.guess(t, user, name, password, c.tool(), rng.choice(sources), False)


def enum_lookup(c):
    """The same by the look-up that sign-up and two-step login offer."""
    rng, world = c.rng, c.world
    born = {u.name: u.born for u in world.users}
    sources = [c.exit() for _ in range(max(3, c.count // rng.randint(2, 60)))]
    for t, name in zip(c.times(), walk(c)):
        found = born.get(name, 1e12) < t
        c.write(t, name, c.tool(), rng.choice(sources), kind="lookup", reason="unknown_user",
                outcome="success" if found else "failure")


def fake_signup(c):
    """Accounts made by a machine; some log in later."""
    rng, world = c.rng, c.world
    c.count, c.abroad = max(8, int(c.count * 0.7)), c.abroad * 0.4
    for t in c.times():
        name, tool, source, word = world.free_name(rng), c.tool(), c.exit(), world.new_password(rng)
        world.names.add(name)
        if rng.random() < 0.3:
            c.write(t - rng.uniform(2, 20), name, tool, source, kind="lookup", outcome="failure", reason="unknown_user")
        c.write(t, name, tool, source, kind="signup", own=True, password=word)
        at = t
        while rng.random() < 0.3:
            at += rng.lognormvariate(8, 1)
            c.write(at, name, tool, source if rng.random() < 0.5 else c.exit(), own=True, password=word)


def token_replay(c):
    """A stolen session token from a new network; on the same tool nobody can tell."""
    rng = c.rng
    victims = rng.sample([u for u in c.world.users if u.born < 0], c.count)
    for t, user in zip(c.times(), victims):
        mine = next((d for d in user.devices if d.form == "app"), user.devices[0])
        same = rng.random() < 0.6
        client = mine if same else c.world.tools.app(rng)
        c.write(t, user.name, client, c.exit(), kind="token", undecidable=int(same))


def takeover_phished(c):
    """The right password, from the victim's town and provider, with a copied agent; or from a VPN."""
    rng, world = c.rng, c.world
    victims = rng.sample([u for u in world.users if u.born < 0], c.count)
    for t, user in zip(c.times("crowd"), victims):
        copied = rng.choice(user.devices)
        client = copied.copy(device=world.tools.token(rng)) if rng.random() < 0.7 else world.tools.browser(rng, False)
        pool = user.line.pool
        source = (pool.v4(rng.getrandbits(30)), pool.asn, pool.country) if rng.random() < 0.6 else c.exit()
        if rng.random() < 0.2:
            c.guess(t - 40, user, user.name, user.password + "~", client, source, False)
        c.guess(t, user, user.name, user.password, client, source, True)


def run(world):
    """Background in the warm-up, then sixteen campaigns a mixed day, sized to the wanted share."""
    rng, args = world.rng, world.args
    honest = world.people_count() / max(1, args.days)
    for day in range(args.warmup_days):
        for kind in rng.sample(("stuffing_loud", "stuffing_proxies", "brute_single", "enum_login"), 2):
            count = honest * args.warmup_attack_share / 2
            if count >= 1:
                globals()[kind](Campaign(world, kind, day * DAY + rng.random() * 15 * 3600, 7200, count))
    if args.attack_share <= 0:
        return
    for day in mixed_days(world):
        total = honest * args.attack_share / (1 - args.attack_share)
        sizes = {k: w * rng.lognormvariate(0, 0.45) for k, w in WEIGHTS.items()}
        scale = total / sum(sizes.values())
        starts = [(i + rng.random()) * 20 / len(sizes) for i in range(len(sizes))]
        rng.shuffle(starts)
        for (kind, size), hour in zip(sizes.items(), starts):
            count, length = size * scale, rng.uniform(1, 4) * 3600
            start = day * DAY + hour * 3600
            if kind == "stuffing_slow":
                start, length = day * DAY + rng.uniform(0, 3) * 3600, rng.uniform(18, 21) * 3600
            elif kind == "stuffing_surge":
                start = max(day * DAY, world.outages[day - args.warmup_days][0] - rng.uniform(0, 600))
                length = rng.uniform(1, 3) * 3600
            elif kind in ("takeover_phished", "token_replay"):
                start, length = day * DAY + 600, 23 * 3600
                count = min(count, len(world.users) / 20)
            globals()[kind](Campaign(world, kind, start, min(length, (day + 1) * DAY - start), count))
