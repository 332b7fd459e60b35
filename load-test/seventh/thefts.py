"""Thefts: attacks that need no guessing, and those that first earn some standing.

Here is what a log can hardly tell or cannot tell at all. Such events are marked undecidable: a token from
its owner's own line and client, a thief on the victim's network with the victim's agent and TLS, and what
an attacker does at home with accounts of his own.
"""
from airline import Account, thief
from chance import HOUR, MINUTE
from guessing import Guessing, Loot


class Thefts(Guessing):
    def own_account(self):
        """An account that a thief makes for himself; not there before its sign-up."""
        chance, names = self.chance, self.world.names
        name = names.mail(chance, self.world.networks.market.draw(chance))
        return Account([name], names.password(chance), "thief")

    def fake_signups(self, label, source, size, span):
        """Accounts by the dozen, which sign in later and then look harmless."""
        chance, who, service = self.chance, thief(label), self.world.service
        for _ in range(max(4, int(size / 2.2))):
            account, front = self.own_account(), next(source)
            if chance.yes(0.2):
                service.lookup(who, front, account.names[0])
                yield self.world.clock.now + chance.pause(2, 20)
            if not service.signup(who, front, account):
                later = chance.wait(9 * HOUR) if chance.yes(0.7) else chance.wait(10 * MINUTE)
                self.world.clock.start(self.world.clock.now + later,
                                       self.later_login(who, account, front if chance.yes(0.4) else next(source)))
            yield self.world.clock.now + chance.wait(span / size * 2.2)

    def later_login(self, who, account, front):
        for _ in range(self.chance.pick((1, 1, 2))):
            self.world.service.login(who, front, account.names[0], account.password)
            yield self.world.clock.now + self.chance.wait(2 * HOUR)

    def replay(self, label, source, size, span):
        """Stolen sessions used elsewhere; a part from the very machine that they were stolen from."""
        chance, world = self.chance, self.world
        done = 0
        while done < size:
            someone = world.members.active.draw(chance)
            device = next((each for each in someone.devices if each.session), None)
            if device is None:
                done += 0.05
                continue
            at_home = chance.yes(0.2)
            if at_home:
                front = self.exits.front(someone.home, device, device.token)
            else:
                front = next(source)
                if chance.yes(0.3):
                    front = front._replace(device=device.token)
            who = thief(label, int(at_home))
            for _ in range(chance.pick((1, 1, 2, 4))):
                world.service.token(who, front, someone.name, device.session or "s" + chance.hex(18))
                done += 1
                yield world.clock.now + chance.pause(20, 900)
            yield world.clock.now + chance.wait(span / size)

    def takeover(self, label, size, span):
        """Right credentials, from the victim's city and provider, one victim after the other."""
        chance, world = self.chance, self.world
        done = 0
        while done < size:
            someone = world.members.active.draw(chance)
            if someone.account.mfa and chance.yes(0.8):
                continue
            carrier = someone.home.carrier
            place = type(someone.home)(carrier, "near", [carrier.four(chance)])
            model = chance.pick(someone.devices)
            twin = chance.yes(0.3)
            clone = model.clone(world.clients.token(chance)) if twin else self.exits.costume(model.app != "web")
            token = clone.token if chance.yes(0.75) else model.token
            if chance.yes(0.08):
                place = someone.home
            front = self.exits.front(place, clone, token)
            same = int(clone.agents == model.agents and clone.ja4 == model.ja4)
            world.clock.start(world.clock.now, self.rob(thief(label, same), front, someone))
            done += 2.6
            yield world.clock.now + chance.wait(span / size * 2.6)

    def rob(self, who, front, someone):
        """Sign in, look round, perhaps change the password, perhaps come back another day."""
        chance, world, service = self.chance, self.world, self.world.service
        name, account = someone.account.names[0] if chance.yes(0.6) else someone.name, someone.account
        if chance.yes(0.2):
            service.login(who, front, name, account.former[0] if account.former else world.names.password(chance), 0.0)
            yield world.clock.now + chance.pause(5, 40)
        if service.login(who, front, name, account.password, code=0.1):
            return
        session, word = service.opened, account.password
        yield world.clock.now + chance.pause(20, 300)
        luck = chance.random()
        if luck < 0.35:
            service.token(who, front, name, session)
        elif luck < 0.5:
            service.step_up(who, front, name, chance.yes(0.3))
        elif luck < 0.6 and not service.reset(who, front, name):
            word = world.names.password(chance)
            service.change(account, word)
        for _ in range(chance.pick((0, 0, 1, 2))):
            yield world.clock.now + chance.wait(14 * HOUR)
            service.login(who, front, name, word, code=0.1)

    def launder(self, label, size, span, start):
        """A farm of own accounts signs in quietly first; later the same lines and devices guess."""
        chance, world = self.chance, self.world
        farm = max(8, size // 28)
        lines, clones = [self.exits.line() for _ in range(farm)], [self.exits.costume() for _ in range(farm)]
        own = [self.own_account() for _ in range(farm)]
        for at in range(farm):
            first = int(chance.random() ** 1.5 * start * 0.6)
            world.clock.start(first, self.quiet(label, own[at], lines[at], clones[at], start))
        world.clock.start(start, self.harvest(label, lines, clones, own, int(size * 0.8), span))

    def quiet(self, label, account, line, clone, until):
        """Undecidable: nothing but an account's owner, at home."""
        chance, world, who = self.chance, self.world, thief(label, 1)
        if chance.yes(0.5):
            world.service.add(account)  # was made, or bought, long before
        elif world.service.signup(who, self.exits.front(line, clone, clone.token), account):
            return
        while True:
            yield world.clock.now + chance.wait(max(2 * HOUR, until / 5))
            if world.clock.now >= until:
                return
            front = self.exits.front(line, clone, clone.token)
            word = world.names.slip(chance, account.password) if chance.yes(0.06) else account.password
            world.service.login(who, front, account.names[0], word)

    def harvest(self, label, lines, clones, own, size, span):
        chance, world, who, loot = self.chance, self.world, thief(label), Loot(self.chance, self.world)
        for _ in range(size):
            at = chance.randrange(len(lines))
            front = self.exits.front(lines[at], clones[at], clones[at].token)
            if chance.yes(0.15):
                world.service.login(who, front, own[at].names[0], own[at].password)
            else:
                self.attempt(who, front, *loot.pair())
            yield world.clock.now + chance.wait(span / size)
