"""Visits: what somebody honest does from the first try to the last.

People mistype, remember an older password, have two addresses of mail and give up. All of it looks a little
like guessing, and it is what a detector must not take for guessing.
"""
from airline import person
from chance import HOUR
from members import front


class Visits:
    def __init__(self, world):
        self.world, self.chance = world, world.chance.branch("visits")

    def whereabouts(self, someone, device, now):
        """The place of a visit and the kind of person that it makes."""
        chance, networks = self.chance, self.world.networks
        moving = device.app != "web" or device.kind in ("safari_ios", "chrome_android", "samsung")
        if someone.trip and someone.trip[0] <= now < someone.trip[1]:
            _, _, where, hotel = someone.trip
            luck = chance.random()
            if luck < 0.4:
                return hotel, "hotel_wifi"
            if luck < 0.62:
                return chance.pick(networks.airports[where]), "airport_wifi"
            return (someone.pocket if luck < 0.85 else networks.pocket(chance, where)), "traveller"
        if someone.vpn and chance.yes(0.8):
            return someone.vpn, "vpn"
        if someone.relay and device.kind.startswith(("safari", "iPhone")) or someone.relay and chance.yes(0.5):
            return someone.relay, "relay"
        hour = (now // HOUR + networks.offset(someone.country)) % 24
        if someone.office and 8 <= hour < 18 and chance.yes(0.7):
            return someone.office, "office"
        if moving and chance.yes(0.45):
            return someone.pocket, "mobile_cgnat"
        if chance.yes(0.015):
            return chance.pick(networks.airports[someone.country]), "airport_wifi"
        return someone.home, "ipv6_home" if someone.home.block is not None else "regular"

    def visit(self, someone, kind=None, device=None, place=None):
        """One visit; `kind` names it where it has a reason of its own."""
        world, chance, service = self.world, self.chance, self.world.service
        now = world.clock.now
        device = device or (someone.devices[0] if chance.yes(0.55) else chance.pick(someone.devices))
        where, label = self.whereabouts(someone, device, now)
        where = place or where
        if someone.clears and device.app == "web" and chance.yes(0.5):
            device.token = world.clients.token(chance)
            label = "cleared_cookies"
        token = world.members.keeps_token(someone, device)
        if not token:
            label = "no_device"
        elif chance.yes(0.06):
            token = False  # a private window
        if someone.kind and chance.yes(0.8):
            label = someone.kind
        start, end = world.calendar.outage
        if start <= now < end:
            label = "outage"
        elif device.app != "web" and world.calendar.release <= device.updated <= now < device.updated + 12 * HOUR:
            label = "release"
        who = person(kind or label)
        seen = front(where, device, now, chance, token)
        if device.session and chance.yes(0.8):
            for turn in range(chance.pick((1, 1, 1, 2))):
                answer = service.token(who, seen, someone.name, device.session)
                if answer == "other":
                    yield world.clock.now + chance.pause(5, 120)
                    continue
                if answer:
                    device.session = None
                    break
                yield world.clock.now + chance.pause(300, 3000)
            if device.session:
                return
            yield world.clock.now + chance.pause(3, 20)
        if chance.yes(0.03):
            friend = chance.pick(world.members.people).name  # miles for a friend
            if chance.yes(0.12):
                service.lookup(who, seen, world.names.slipped_name(chance, friend))
                yield world.clock.now + chance.pause(8, 40)
            service.lookup(who, seen, friend)
            yield world.clock.now + chance.pause(15, 90)
        yield from self.sign_in(someone, who, seen, device)

    def sign_in(self, someone, who, seen, device):
        world, chance, service = self.world, self.chance, self.world.service
        wrong, stubborn = 0, chance.yes(0.12)
        asks = chance.yes(0.16)  # by the newer page, which asks for the name first
        for attempt in range(22 if stubborn else 9):
            name, password = self.typed(someone)
            if stubborn and wrong:
                password = someone.account.former[0] if someone.account.former else password
            if asks:
                unknown = service.lookup(who, seen, name) == "unknown_user"
                yield world.clock.now + chance.pause(2, 20)
                if unknown and chance.yes(0.7):
                    continue
            answer = service.login(who, seen, name, password)
            if not answer:
                yield from self.inside(someone, who, seen, device)
                return
            if answer == "other":
                if chance.yes(0.35):
                    return
                yield world.clock.now + chance.pause(6, 240)
            elif answer == "locked":
                if stubborn and chance.yes(0.7):
                    yield world.clock.now + chance.pause(5, 90)
                elif chance.yes(0.5):
                    yield world.clock.now + chance.pause(600, 3600)
                elif chance.yes(0.6):
                    yield from self.forgotten(someone, who, seen)
                else:
                    return
            elif answer == "expired":
                yield world.clock.now + chance.pause(8, 60)
                yield from self.forgotten(someone, who, seen)
            else:
                wrong += answer == "bad_password"
                if wrong >= 3 and chance.yes(0.15 if stubborn else 0.55):
                    yield from self.forgotten(someone, who, seen)
                elif not stubborn and (wrong >= 2 and chance.yes(0.2) or chance.yes(0.06)):
                    return
                yield world.clock.now + chance.pause(4, 45)

    def typed(self, someone):
        """What comes off the keyboard."""
        chance, names, account = self.chance, self.world.names, someone.account
        name, password = someone.name, someone.thinks
        luck = chance.random() / someone.clumsy
        if luck < 0.026:
            name = names.slipped_name(chance, name)
        elif luck < 0.052:
            name = names.mail(chance, someone.country)  # another mailbox, not known here
            names.used.discard(name)
        elif luck < 0.1:
            password = names.slip(chance, password)
        elif luck < 0.125:
            password = chance.pick(account.former) if account.former else names.password(chance)
        if chance.yes(0.04):
            name = name[0].upper() + name[1:]
        return name, password

    def inside(self, someone, who, seen, device):
        world, chance, service = self.world, self.chance, self.world.service
        if chance.yes(0.85 if device.app != "web" else 0.4):
            device.session = service.opened
        if chance.yes(0.09):
            yield world.clock.now + chance.pause(40, 400)
            if service.step_up(who, seen, someone.name, chance.yes(0.88)) == "bad_mfa":
                yield world.clock.now + chance.pause(10, 40)
                service.step_up(who, seen, someone.name, True)
        elif chance.yes(0.08):
            yield world.clock.now + chance.pause(900, 7200)
            service.login(who, seen, someone.name, someone.thinks)  # signed out for idling

    def forgotten(self, someone, who, seen):
        """A lookup perhaps, a mail, a new password."""
        world, chance, service = self.world, self.chance, self.world.service
        if chance.yes(0.3):
            yield world.clock.now + chance.pause(5, 30)
            service.lookup(who, seen, someone.account.names[0] if chance.yes(0.7) else self.typed(someone)[0])
        yield world.clock.now + chance.pause(10, 60)
        if service.reset(who, seen, someone.name):
            return
        yield world.clock.now + chance.pause(30, 400)
        fresh = world.names.password(chance)
        service.change(someone.account, fresh)
        someone.thinks = fresh
        for other in someone.account.people:
            if chance.yes(0.6):
                other.thinks = fresh  # the rest of the family was told
