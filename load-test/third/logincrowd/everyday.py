"""Everyday crowds: who people are, what they hold, where they sit."""
from .agents import ja4_of
from .networks import mix
from .person import RHYTHMS, Visit, local_hour, visit_times, weekday

# crowd: (weight, kinds of devices, rhythm or None for the service's own, where)
CROWDS = {
    "home_desktop": (14, ("desktop",), None, "home"),
    "phone_roamer": (16, ("mobile",), "phone", "roam"),
    "app_user": (0, ("app",), "phone", "roam"),
    "office_worker": (9, ("desktop", "mobile"), "office", "office"),
    "household": (5, ("desktop", "mobile", "tablet"), None, "home"),
    "ipv6_home": (7, ("desktop", "mobile"), None, "home"),
    "renumbered_home": (7, ("desktop", "mobile"), None, "home"),
    "cookie_clearer": (4, ("desktop",), None, "home"),
    "no_device_id": (4, ("desktop", "mobile"), None, "roam"),
    "password_manager": (6, ("desktop", "mobile"), None, "roam"),
    "forgetful": (3, ("desktop", "tablet"), None, "home"),
    "vpn_user": (5, ("desktop", "mobile"), None, "vpn"),
    "relay_user": (3, ("mobile", "desktop"), "phone", "relay"),
    "web_gateway": (3, ("desktop",), "office", "gateway"),
    "tv_typist": (1.5, ("tv",), "night", "home"),
    "traveller": (1.2, ("mobile", "desktop"), "phone", "travel"),
    "cloud_desktop": (3, ("desktop",), "office", "cloud"),
    "far_flung": (2.5, ("mobile", "desktop"), None, "roam"),
}


class Everyday:
    """Creates the everyday accounts and lets them live through the days."""

    def __init__(self, world, rng):
        self.world, self.rng, self.people = world, rng, []
        main = world.main_countries(4)
        self.offices = {c: [] for c in main}
        for code in main:
            for _ in range(max(3, int(world.service.users * 0.004))):
                self.offices[code].append(world.site(rng, code, rng.choice((1, 1, 1, 2))))
        self.gateways = [world.hosted_site(rng, rng.randint(2, 5)) for _ in range(4)]
        self.clouds = [world.hosted_site(rng, 2, n) for n in range(len(world.hosters))]
        self.hotels = [world.site(rng, world.any_country(rng)) for _ in range(12)]

    def populate(self, count):
        world, rng, service = self.world, self.rng, self.world.service
        crowds = sorted(CROWDS)
        weights = [CROWDS[c][0] * service.bias(c) for c in crowds]
        weights[crowds.index("app_user")] = sum(weights) * service.app_share / (1 - service.app_share)
        made = 0
        while made < count:
            crowd = rng.choices(crowds, weights)[0]
            size = rng.choice((2, 2, 3, 4, 5)) if crowd == "household" else 1
            first = None
            for _ in range(size):
                account = self.person(crowd, first.home if first else None,
                                      first.country if first else None)
                first = first or account
                made += 1
        total = sum(a.rate for a in world.accounts)
        scale = service.visits * len(world.accounts) / total
        for account in world.accounts:
            account.rate *= scale
        self.people = list(world.accounts)

    def person(self, crowd, home=None, code=None):
        world, rng = self.world, self.rng
        if crowd == "far_flung":
            code = rng.choice(world.codes)
        if crowd in ("office_worker", "web_gateway"):
            code = code or rng.choices(sorted(self.offices), [world.service.countries[c]
                                                              for c in sorted(self.offices)])[0]
        code = code or world.any_country(rng)
        if home is None:
            habits = {}
            if crowd == "ipv6_home":
                habits = {"v6_share": 0.92, "moving64": rng.random() < 0.5}
            elif crowd == "renumbered_home":
                habits = {"renumbered": True}
            home = world.new_home(rng, code, **habits)
        account = world.account(rng, crowd, code=code, home=home)
        self.equip(account)
        return account

    def equip(self, account):
        """Devices and habits that go with the crowd."""
        world, rng, crowd = self.world, self.rng, account.crowd
        kinds = CROWDS.get(crowd, CROWDS["household"])[1]
        bare = crowd == "no_device_id" or rng.random() < 0.06
        forgets = {"cookie_clearer": rng.choice((0.5, 1.0)), "relay_user": 0.1}.get(
            crowd, rng.choice((0, 0, 0.01, 0.05)))
        for kind in kinds if len(kinds) == 1 else rng.sample(kinds, rng.randint(1, len(kinds))):
            account.devices.append(world.device(rng, kind, not bare, forgets))
        if crowd == "app_user" and rng.random() < 0.35:
            account.devices.append(world.device(rng, "desktop"))
            account.token_habit = min(0.9, account.token_habit * 1.5)
        if crowd == "password_manager":
            account.typo, account.forgets = account.typo * 0.1, 0.0
            account.history[0] = (-1e9, "%x" % rng.getrandbits(72))
        elif crowd == "forgetful":
            account.forgets, account.typo = 0.03, account.typo * 2
        elif crowd == "tv_typist":
            account.typo *= 4
        elif crowd == "office_worker":
            account.work = rng.choice(self.offices[account.country])
        elif crowd == "web_gateway":
            account.work = self.gateways[mix(account.name) % len(self.gateways)]
            for device in account.devices:
                device.agent, device.switch = world.wardrobe.common(rng, "desktop", 5), None
                device.ja4 = rng.choice(world.middlebox)
        elif crowd == "cloud_desktop":
            account.work = self.clouds[len(world.accounts) % len(self.clouds)]
            for device in account.devices:
                device.agent = world.wardrobe.common(rng, "desktop", 5)
                device.ja4, device.switch = ja4_of(rng, device.agent), None
        if crowd == "vpn_user":
            account.vpn = rng.choice(world.vpns)
        elif crowd == "relay_user" and world.relays:
            account.vpn = rng.choice(world.relays)
        elif rng.random() < 0.045:
            account.vpn = rng.choice(world.vpns)

    def place(self, account, device, t):
        """Where the person is at that time of day."""
        world, rng = self.world, self.rng
        where = CROWDS.get(account.crowd, (0, 0, 0, "roam"))[3]
        hour = local_hour(world, t, account.tz)
        working = 8 <= hour < 18 and weekday(world, t, account.tz) < 5
        if where == "travel" and t > account.traits.setdefault("leaves", rng.uniform(0, world.span)):
            if rng.random() < 0.55:
                return account.traits.setdefault("hotel", rng.choice(self.hotels))
            return account.carrier or account.home      # roaming is routed through home
        if where in ("office", "gateway", "cloud") and (working or where != "office"):
            return account.work if rng.random() < 0.9 or not account.carrier else account.carrier
        if where in ("vpn", "relay") or account.vpn:
            if rng.random() < 0.8 and account.vpn:
                return account.vpn
        if device.kind in ("mobile", "app") and account.carrier:
            away = 0.6 if 8 <= hour < 19 else 0.2
            if rng.random() < away:
                return account.carrier
        if account.carrier and rng.random() < 0.06:     # tethered, or a home on mobile data
            return account.carrier
        return account.home

    def live(self):
        """Every everyday account through every day."""
        world, rng = self.world, self.rng
        for account in self.people:
            rhythm = CROWDS.get(account.crowd, (0, 0, None))[2] or world.service.rhythm
            for t in visit_times(world, rng, account.rate, account.tz, rhythm):
                if t < account.created:
                    continue
                device = account.devices[0] if rng.random() < 0.75 else rng.choice(account.devices)
                visit = Visit(world, rng, account, device, self.place(account, device, t), account.crowd)
                visit.sign_in(t)

    def newcomers(self, per_day, cls="newcomer", start=0.0, end=None, code=None, place=None):
        """People who sign up, some of whom come back."""
        world, rng = self.world, self.rng
        end = world.span if end is None else end
        for _ in range(int(per_day * (end - start) / 86400)):
            account = world.account(rng, cls, code=code or world.any_country(rng))
            kind = rng.choices(("mobile", "desktop", "app"), (5, 4, 6 * world.service.app_share))[0]
            account.devices.append(world.device(rng, kind, rng.random() > 0.05))
            account.rate = rng.uniform(0.3, 2.0)
            t = rng.uniform(start, end)
            while rng.random() > RHYTHMS["evening"][int(local_hour(world, t, account.tz))] / 12:
                t = rng.uniform(start, end)
            account.created = t
            where = place or self.place(account, account.devices[0], t)
            visit = Visit(world, rng, account, account.devices[0], where, cls)
            if rng.random() < 0.15:     # the wished-for name was taken
                visit.event(t, "signup", False, reason="other", account=None)
                t += visit.pause()
            visit.event(t, "signup", True, password=account.password_at(t))
            if rng.random() < 0.8:
                visit.attempt(t + rng.uniform(3, 90), account.password_at(t))
            for later in visit_times(world, rng, account.rate * 0.6, account.tz, "evening"):
                if later > t + 600:
                    Visit(world, rng, account, account.devices[0],
                          self.place(account, account.devices[0], later), cls).sign_in(later)

    def recover(self):
        """Victims of a theft who notice it reset their password soon after."""
        world, rng = self.world, self.rng
        thefts = [e for e in world.journal.events if e["_attack"] and e["ok"] and not e["_own"]
                  and e["kind"] == "login" and e["_account"] is not None and e["_account"].devices]
        for event in thefts:
            if rng.random() < 0.2:
                account, t = event["_account"], event["t"] + rng.lognormvariate(9.0, 1.0)
                device = account.devices[0]
                visit = Visit(world, rng, account, device, account.home, "victim_recovery")
                visit.event(t, "password_reset", True)
                visit.event(t + rng.uniform(40, 300), "login", True,
                            password=account.password_at(t), credential="valid", mfa="none")
