"""The days of people: who comes when and for what, and what each then does."""
from devices import Dev, Home
from draw import Choice, DAY, HOUR, poisson
from names import FIRST, LAST
from net import COUNTRY, UTC_OFFSET
from people import make_user, place
from visits import login, pick_dev, reset, success, visit

WORKDAY = [1, .5, .3, .2, .2, .4, 1.2, 2.3, 3.1, 3.5, 3.8, 4, 4.3, 4.1, 3.8, 3.7, 3.8, 4.3, 5.1, 6.2, 6.7, 6, 4.3, 2.4]
WEEKEND = [1.6, 1, .6, .3, .2, .3, .6, 1.2, 2.4, 3.8, 4.8, 5, 4.9, 4.6, 4.6, 4.7, 4.8, 5, 5.4, 6, 6.4, 5.7, 4.2, 2.6]
WEEKDAY_FACTOR = [1.03, .98, .97, 1.0, .95, 1.0, 1.12]
HOUR_OF_DAY = [Choice([(h, weight) for h, weight in enumerate(WORKDAY)]),
               Choice([(h, weight) for h, weight in enumerate(WEEKEND)])]

VOUCHER_DOMAINS = ['gmail.com', 'outlook.com', 'yopmail.com', 'trashmail.com', 'duck.com', 'mail.com', 'hotmail.com', 'proton.me',
                   'outlook.de']


def times(w, r, u, day, rate):
    """When somebody comes on a day: at hours of his own or at everybody's."""
    wd = int((w.first_weekday + day) % 7)
    for _ in range(poisson(r, rate * WEEKDAY_FACTOR[wd])):
        x = r.random()
        if x < .35 and u.pref:
            h = r.gauss(u.pref[0 if x < .2 else 1], .9) % 24
        else:
            h = HOUR_OF_DAY[wd >= 5](r) + r.random()
        yield day * DAY + ((h - UTC_OFFSET.get(u.cc, 1)) % 24) * HOUR


def everyday(w):
    """Ordinary visits, and who gets a new device."""
    r = w.people_rng
    for u in w.active:
        for day in range(w.days):
            for t in times(w, r, u, day, u.rate):
                u.tasks.append((t, 'visit'))
        if r.random() < .0025 * w.days:
            u.newdev = r.uniform(0, w.end)


def events(w):
    """A forced change in an office, a wave of resets, the outage, the rush: people come because of them."""
    r = w.people_rng
    forced, offset = w.forced_office, UTC_OFFSET.get(w.forced_office.cc, 1)
    for u in [u for u in w.active if u.office is forced]:
        if r.random() < .85:
            # The chance of the hour is drawn first: most come at the begin of work.
            if r.random() < .75:
                t = w.forced_day * DAY + max(7.0, r.gauss(8.6, .5) - offset) * HOUR
            else:
                t = w.forced_day * DAY + r.uniform(9, 15) * HOUR
            u.tasks.append((t, 'forced'))
    for u in r.sample(w.active, int(w.size * .045)):
        if u.sso:
            continue
        u.tasks.append((w.reset_wave + min(r.expovariate(1 / (2.2 * HOUR)), 14 * HOUR), 'wave'))
    # Push notices bring people into the outage.
    for u in r.sample(w.active, int(w.size * .03)):
        u.tasks.append((r.uniform(w.outage_begin - 60, w.outage_end + 300), 'out'))
    # Old customers come to the rush too.
    for u in r.sample(w.active, int(w.size * .05)):
        u.tasks.append((w.rush + r.expovariate(1 / 1500.0), 'rush'))


def returning(w):
    """People who had not come for long."""
    r = w.people_rng
    for u in r.sample(w.dormant, int(w.size * .006 * w.days)):
        d = Dev(w, r, r.choice(['desk', 'phone']), 'web')
        d.has = False
        u.devs = [(d, 1)]
        u.car = w.net.carriers[u.cc](r)
        u.tasks.append(((list(times(w, r, u, r.randrange(w.days), 3)) or [r.uniform(0, w.end)])[0], 'back'))


def sign_ups(w):
    """New accounts: everyday ones, and the rush for a voucher."""
    r = w.people_rng
    a_day = int(w.size * .0068)
    sched = []
    for day in range(w.days):
        for _ in range(a_day):
            sched.append((day * DAY + ((HOUR_OF_DAY[0](r) + r.random() - 1) % 24) * HOUR, 'new_user'))
    for _ in range(int(w.size * .055)):
        sched.append((w.rush + r.expovariate(1 / 1700.0), 'marketing_rush'))
    last = None
    for t, c in sched:
        if r.random() < .15:
            h = r.choice(w.active).home
        elif not (last and c == 'marketing_rush' and r.random() < .06):
            h = Home(w, r, COUNTRY(r))
        else:                                   # several vouchers for one household
            h = last
        last = h
        u = make_user(w, r, h, True, born=t)
        if c == 'marketing_rush' and r.random() < .3:  # voucher hunters
            del w.accounts[u.name]
            w.names.taken.pop(u.name)
            stem = r.choice(FIRST['DE']) + r.choice(LAST['DE']) + str(r.randrange(100, 9999))
            u.name = stem + '@' + r.choice(VOUCHER_DOMAINS)
            w.names.taken[u.name] = 1
            w.accounts[u.name] = u
        u.mfa, u.office = False, None
        u.devs = [x for x in u.devs if not x[0].work]
        if not u.devs:
            u.devs = [(Dev(w, r, 'phone', 'web'), 1)]
        for dv, _ in u.devs:                    # new to the shop, so the app is today's
            dv.has, dv.upd, dv.legacy = False, True, False
            if dv.eng == 'okho':
                dv.eng = 'okh'
        u.rate = r.choice([.2, .5, .9, 1.6])
        u.tasks.append((t, 'signup:' + c))
        for day in range(int(t // DAY), w.days):
            for tt in times(w, r, u, day, u.rate):
                if tt > t + 600:
                    u.tasks.append((tt, 'visit'))


def run(w):
    """Carries out everybody's tasks, one person after the other."""
    r = w.people_rng
    for u in w.users:
        if not u.tasks:
            continue
        u.tasks.sort()
        end = -1
        for t, task in u.tasks:
            t = max(t, end + 20)
            if t >= w.end:
                break
            if task == 'visit':
                end = visit(w, r, u, t)
            elif task == 'forced':
                end = forced_change(w, r, u, t)
            elif task == 'wave':
                end = asked_to_reset(w, r, u, t)
            elif task in ('out', 'rush', 'back'):
                cls = {'out': 'outage', 'rush': 'marketing_rush', 'back': 'returning'}[task]
                end = login(w, r, u, pick_dev(w, r, u, t), t, cls, forget=60 if task == 'back' else 1)
            elif task.startswith('signup'):
                end = sign_up(w, r, u, t, task[7:])


def forced_change(w, r, u, t):
    """The office's passwords have expired: people try the old one, then reset it."""
    cls = 'office_forced_change'
    d = next(d for d, _ in u.devs if d.work)
    a = r.choice(d.work.a)
    cl = d.client(r, t)
    old = u.pw(t)
    for _ in range(r.choice([1, 1, 2, 3])):
        reason = r.choice(['expired', 'expired', 'bad_password'])
        w.emit(t, 'login', 0, a, u.name, cl, old, reason, None, br=u.br, cls=cls)
        t += r.uniform(5, 60)
    reset(w, r, u, d, t, a, cl, cls)
    t += r.uniform(60, 400)
    if r.random() < .2:
        w.emit(t, 'login', 0, a, u.name, cl, u.pw(t) + '~1', 'bad_password', cls=cls)
        t += r.uniform(5, 40)
    return success(w, r, u, d, t, a, u.name, d.client(r, t), cls)


def asked_to_reset(w, r, u, t):
    """The shop asked for a new password by mail."""
    d = pick_dev(w, r, u, t)
    a, _ = place(w, r, u, d, t)
    cl = d.client(r, t)
    if r.random() < .12:
        w.emit(t, 'login', 0, a, u.name, cl, u.pw(t), 'expired', cls='reset_wave', br=u.br)
        t += r.uniform(10, 60)
    reset(w, r, u, d, t, a, cl, 'reset_wave')
    return login(w, r, u, d, t + r.uniform(60, 900), 'reset_wave')


def sign_up(w, r, u, t, cls):
    d = u.devs[0][0]
    a, _ = place(w, r, u, d, t)
    cl = d.client(r, t)
    if r.random() < .55:
        w.emit(t, 'lookup', 0, a, u.name, cl, None, 'unknown_user', cls=cls)
        t += r.uniform(8, 60)
    if r.random() < .05:
        w.emit(t, 'signup', 0, a, u.name, cl, None, 'other', cls=cls)
        t += r.uniform(10, 60)
    w.emit(t, 'signup', 1, a, u.name, cl, cls=cls)
    u.born = t
    d.has, d.sid = True, cl.sid or d.sid
    if r.random() < .45:
        return login(w, r, u, d, t + r.uniform(20, 400), cls)
    return t
