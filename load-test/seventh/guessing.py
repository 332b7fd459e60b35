"""Guessing: attacks that try many names or many passwords, and those that ask which names there are.

An attack is a source of fronts, a list of what to try, a size and a span of time. The classes differ in
these alone, as real ones do; nothing in an event is there to tell them apart.
"""
from airline import thief
from chance import HOUR, MINUTE


class Loot:
    """A list of stolen pairs: mostly of other services, some of them right here."""

    def __init__(self, chance, world):
        self.chance, self.world = chance, world
        self.hit = chance.between(0.003, 0.013)
        self.known = chance.between(0.35, 0.8)
        self.cards = chance.between(0.1, 0.3)
        self.last = None

    def name(self, account):
        return account.names[1] if len(account.names) > 1 and self.chance.yes(self.cards) else account.names[0]

    def account(self):
        members = self.world.members
        return self.chance.pick(members.living if self.chance.yes(0.45) else members.dormant)

    def stranger(self):
        chance, names = self.chance, self.world.names
        if chance.yes(self.cards):
            return names.card(chance)
        return names.mail(chance, self.world.networks.market.draw(chance))

    def pair(self):
        """A name, a password, and whether a list of breaches has the two."""
        chance, names, luck = self.chance, self.world.names, self.chance.random()
        if luck < self.hit:
            account = self.account()
            return self.name(account), account.password, chance.yes(0.2)
        if self.last and chance.yes(0.1):
            return self.last, names.password(chance), False  # the list has more than one for this name
        if luck < self.known:
            account = self.account()
            old = account.former[0] if account.former and chance.yes(0.3) else names.password(chance)
            self.last = self.name(account)
            return self.last, old, chance.yes(0.2)
        self.last = self.stranger()
        return self.last, names.password(chance), chance.yes(0.15)


class Guessing:
    def __init__(self, world, exits, chance):
        self.world, self.exits, self.chance = world, exits, chance

    def attempt(self, who, front, name, password, leaked=False):
        """One try; after a success the thief may look round."""
        if self.chance.yes(0.03):
            name = name[0].upper() + name[1:]
        answer = self.world.service.login(who, front, name, password, code=0.0, leaked=leaked)
        if not answer and self.chance.yes(0.35):
            self.world.clock.start(self.world.clock.now + self.chance.pause(2, 60),
                                   self.look_round(who, front, name, self.world.service.opened))
        return answer

    def look_round(self, who, front, name, session):
        self.world.service.token(who, front, name, session)
        yield None

    def stuff(self, label, source, size, span):
        """Stuffing at a random pace that ends after about `span` milliseconds."""
        who, loot = thief(label), Loot(self.chance, self.world)
        for _ in range(size):
            self.attempt(who, next(source), *loot.pair())
            yield self.world.clock.now + self.chance.wait(span / size)

    def low_and_slow(self, label, size, span):
        """A few dozen lines, each of which tries now and then, by day."""
        chance, who = self.chance, thief(label)
        lines = [self.exits.line() for _ in range(max(16, size // 22))]
        clones = [self.exits.wardrobe(2)[0] for _ in lines]
        loot, habit = Loot(chance, self.world), self.exits.habit()
        for _ in range(size):
            at = chance.randrange(len(lines))
            seen = self.exits.front(lines[at], clones[at], self.exits.token(habit, clones[at]))
            self.attempt(who, seen, *loot.pair())
            hour = self.world.clock.now // HOUR % 24
            yield self.world.clock.now + chance.wait(span / size * (1.6 if hour < 6 else 0.85))

    def spray(self, label, source, size, span):
        """A few common passwords for a long row of names."""
        chance, who, loot = self.chance, thief(label), Loot(self.chance, self.world)
        words = chance.sample(self.world.names.common[:12], chance.pick((1, 2, 3)))
        for word in words:
            for _ in range(size // len(words)):
                name = loot.stranger() if chance.yes(0.12) else loot.name(loot.account())
                self.attempt(who, next(source), name, word)
                yield self.world.clock.now + chance.wait(span / size)

    def brute(self, label, source, size, span, victims=1):
        """Variants of words for one name or for a few, past locks and all."""
        chance, who, names = self.chance, thief(label), self.world.names
        targets = [chance.pick(self.world.members.living) for _ in range(victims)]
        for _ in range(size):
            target = chance.pick(targets)
            luck = chance.random()
            if luck < 0.004:
                word = target.password
            elif luck < 0.3:
                word = chance.pick(names.common)
            else:
                word = names.password(chance)
            answer = self.attempt(who, next(source), target.names[0], word)
            idle = chance.pause(120, 700) if answer == "locked" and chance.yes(0.4) else 0
            yield self.world.clock.now + idle + chance.wait(0.7 * span / size)

    def names_to_ask(self):
        """Rows of cards, or addresses made of common names."""
        chance, names, loot = self.chance, self.world.names, Loot(self.chance, self.world)
        card = names.number + chance.randrange(60_000) * 7
        rows = chance.yes(0.5)
        while True:
            if rows:
                card += chance.randrange(1, 4)
                yield names.letters + str(card)
            elif chance.yes(0.45):
                yield loot.account().names[0]
            else:
                yield loot.stranger()

    def enumerate(self, label, source, size, span, by_login):
        chance, who, asked = self.chance, thief(label), self.names_to_ask()
        word = self.world.names.password(chance)
        for _ in range(size):
            front, name = next(source), next(asked)
            if by_login:
                if chance.yes(0.3):
                    word = self.world.names.password(chance)
                self.world.service.login(who, front, name, word, code=0.0)
            else:
                self.world.service.lookup(who, front, name)
            yield self.world.clock.now + chance.wait(span / size)

    def pacing(self, label, size, span):
        """Each address stays under ten failures in ten minutes, and rests when it comes near."""
        chance, who, loot = self.chance, thief(label), Loot(self.chance, self.world)
        places = self.exits.rented(max(6, min(60, int(size / max(1, span / MINUTE) * 1.4) + 6)))
        clones, habit = self.exits.wardrobe(4), self.exits.habit()
        tried = [[] for _ in places]
        clothes = [chance.pick(clones).clone(self.world.clients.token(chance)) for _ in places]
        done = 0
        while done < size:
            for at in chance.sample(range(len(places)), len(places)):
                now = self.world.clock.now
                tried[at] = [then for then in tried[at] if then > now - 10 * MINUTE]
                if len(tried[at]) < 8:
                    tried[at].append(now)
                    seen = self.exits.front(places[at], clothes[at], self.exits.token(habit, clothes[at]))
                    self.attempt(who, seen, *loot.pair())
                    done += 1
                yield self.world.clock.now + chance.wait(span / size * 0.8)

    def lock_out(self, label, source, size, span):
        """Wrong passwords until the door is shut, for a list of victims, again when it opens."""
        chance, who, service = self.chance, thief(label), self.world.service
        victims = chance.sample(self.world.members.people, max(3, size // 22))
        for _ in range(size // (service.fail_limit + 2) + 1):
            victim = chance.pick(victims)
            for _ in range(service.fail_limit + 2):
                service.login(who, next(source), victim.name, self.world.names.password(chance), code=0.0)
                yield self.world.clock.now + chance.wait(span / size)
