"""Names of accounts, as people of a country choose them, and common passwords."""
from draw import Choice

FIRST = {
    'DE': """anna lena laura julia sarah lisa marie katharina sabine petra monika thomas michael stefan andreas peter
        lukas jonas felix max paul jan tim florian markus martin christian daniel tobias kevin uwe klaus heike
        birgit claudia nicole sandra anja nina sophie""".split(),
    'FR': """marie camille lea manon chloe emma julie sophie celine nathalie isabelle sylvie pierre jean lucas hugo
        thomas nicolas julien antoine maxime alexandre philippe laurent olivier david sebastien guillaume quentin
        amelie aurelie""".split(),
    'GB': """emma olivia sophie jessica chloe emily hannah lucy charlotte kate james jack harry tom oliver george daniel
        matthew chris andrew mark paul steve john david michael karen susan linda rachel amy josh ryan""".split(),
    'PL': """anna katarzyna magda agnieszka ewa monika joanna piotr krzysztof tomasz pawel marcin michal jakub kamil
        mateusz ola karolina""".split(),
    'IT': """giulia francesca chiara sara martina elena marco andrea luca matteo alessandro davide simone stefano paolo
        federico""".split(),
    'ES': """maria carmen lucia laura paula marta javier carlos pablo alejandro sergio david jorge manuel antonio jose
        raquel cristina""".split(),
}
LAST = {
    'DE': """mueller schmidt schneider fischer weber meyer wagner becker schulz hoffmann koch bauer richter klein wolf
        schroeder neumann schwarz zimmermann braun krueger hartmann lange werner krause lehmann koehler maier huber
        kaiser fuchs peters lang scholz jung vogel keller""".split(),
    'FR': """martin bernard dubois thomas robert richard petit durand leroy moreau simon laurent lefebvre michel garcia
        roux fournier girard bonnet dupont lambert fontaine rousseau vincent muller faure blanc guerin""".split(),
    'GB': """smith jones taylor brown williams wilson johnson davies robinson wright thompson evans walker white roberts
        green hall wood jackson clarke harris lewis king baker turner patel khan ward cooper""".split(),
    'PL': """nowak kowalski wisniewski wojcik kowalczyk kaminski lewandowski zielinski szymanski wozniak dabrowski
        kozlowski mazur krawczyk""".split(),
    'IT': """rossi russo ferrari esposito bianchi romano colombo ricci marino greco bruno gallo conti costa fontana
        moretti""".split(),
    'ES': """garcia rodriguez gonzalez fernandez lopez martinez sanchez perez gomez martin jimenez ruiz hernandez diaz
        moreno alvarez""".split(),
}
LANGUAGE = dict(DE='DE', AT='DE', CH='DE', FR='FR', GB='GB', NL='DE', PL='PL', IT='IT', ES='ES', US='GB', BE='FR', MX='ES',
                CO='ES', AR='ES', PT='ES', BR='IT', MA='FR')
NICKS = """sunny tiger moon star pixel blue shadow lucky happy wolf dragon coffee berry ninja magic silver storm rocky
    bunny honey panda luna echo zorro biker gamer garden skater fox""".split()
DOMAINS = {
    'DE': [('gmail.com', 30), ('gmx.de', 18), ('web.de', 17), ('t-online.de', 8), ('outlook.de', 4), ('hotmail.de', 4),
           ('yahoo.de', 4), ('icloud.com', 5), ('freenet.de', 3), ('googlemail.com', 3), ('posteo.de', 1.5),
           ('gmx.net', 3)],
    'FR': [('gmail.com', 42), ('orange.fr', 12), ('hotmail.fr', 12), ('free.fr', 8), ('laposte.net', 6), ('sfr.fr', 5),
           ('yahoo.fr', 6), ('outlook.fr', 4), ('icloud.com', 4), ('wanadoo.fr', 3)],
    'GB': [('gmail.com', 42), ('hotmail.co.uk', 14), ('yahoo.co.uk', 10), ('btinternet.com', 8), ('outlook.com', 8),
           ('icloud.com', 7), ('hotmail.com', 6), ('sky.com', 4), ('live.co.uk', 3)],
    'PL': [('gmail.com', 38), ('wp.pl', 24), ('o2.pl', 14), ('onet.pl', 14), ('interia.pl', 10)],
    'IT': [('gmail.com', 44), ('libero.it', 25), ('hotmail.it', 10), ('virgilio.it', 6), ('alice.it', 6),
           ('yahoo.it', 7)],
    'ES': [('gmail.com', 52), ('hotmail.com', 24), ('hotmail.es', 7), ('yahoo.es', 8), ('outlook.es', 5)],
    'NL': [('gmail.com', 40), ('hotmail.com', 20), ('ziggo.nl', 10), ('kpnmail.nl', 6), ('live.nl', 8),
           ('outlook.com', 8), ('planet.nl', 3)],
}
OTHER_DOMAINS = [('proton.me', 5), ('hotmail.com', 8), ('yahoo.com', 8), ('outlook.com', 8), ('gmail.com', 40),
                 ('mail.com', 2), ('aol.com', 2), ('duck.com', 1.5), ('privaterelay.appleid.com', 2.5), ('yandex.com', 1),
                 ('mailbox.org', 1), ('trashmail.com', .6), ('yopmail.com', .7), ('tutanota.com', .8)]
DOMAIN_OF = {k: Choice(v + [(d, x * .06) for d, x in OTHER_DOMAINS]) for k, v in DOMAINS.items()}
OTHER_DOMAIN = Choice(OTHER_DOMAINS)
TRADES = """bau technik medien handel logistik design consult immo energie druck metall garten service studio labor
    praxis""".split()
TLD = dict(DE='de', AT='at', CH='ch', FR='fr', GB='co.uk', NL='nl', PL='pl', IT='it', ES='es', US='com')
# Mail domains that are no single company's
BIG_DOMAINS = {d for l in DOMAINS.values() for d, _ in l} | {d for d, x in OTHER_DOMAINS if x > 4}
COMMON_PASSWORDS = ['123456', '123456789', 'qwerty123', 'passwort', 'password1', 'hallo123', 'azerty', 'schatz',
                    'Sommer2025', 'marlow123', 'iloveyou', 'Winter2025!', '111111', 'qwertz', 'abc123', 'Berlin2024',
                    'doudou', 'liverpool1', 'Passw0rd!', 'test1234'] + ['word%02d!' % i for i in range(60)]
COMMON_PASSWORD = Choice([(p, 1 / (i + 1.5)) for i, p in enumerate(COMMON_PASSWORDS)])


def make_name(r, cc, form=None):
    """A mail address, a card number or an old handle; form: the share below which it is which."""
    lg = LANGUAGE.get(cc, 'GB')
    f, l = r.choice(FIRST[lg]), r.choice(LAST[lg])
    form = form or r.random()
    if form > .955:  # loyalty card number
        return '27%08d' % r.randrange(10 ** 8)
    if form > .93:  # handle of old days
        stem = r.choice(NICKS) + r.choice(['', '_', '.']) + r.choice(NICKS + FIRST[lg])
        return stem + r.choice(['', str(r.randrange(1, 100)), str(r.randrange(1950, 2010))])
    p = r.random()
    y = r.choice(['', '', str(r.randrange(1, 100)), '%02d' % r.randrange(100), str(r.randrange(1955, 2010)),
                  str(r.randrange(100, 1000))])
    if p < .33:
        loc = f + '.' + l + (y if r.random() < .45 else '')
    elif p < .48:
        loc = f + l + y
    elif p < .58:
        loc = f[0] + r.choice(['.', '']) + l + y
    elif p < .66:
        loc = l + '.' + f + (y if r.random() < .3 else '')
    elif p < .76:
        loc = f + (y or str(r.randrange(1960, 2010)))
    elif p < .82:
        loc = f + '_' + l + y
    elif p < .94:
        loc = r.choice(NICKS) + r.choice(['', '.', '_', '-']) + r.choice(NICKS + [f, l]) + y
    else:
        loc = l + y + r.choice(['', 'x', '.' + r.choice('abcdefghijklmnoprst')])
    if r.random() < .05:
        d = r.choice([l, r.choice(LAST[lg])]) + r.choice(['-', '', '-']) + r.choice(TRADES) + '.' + TLD.get(cc, 'com')
        if r.random() < .25:
            loc = r.choice(['info', 'kontakt', 'office', 'shop', 'einkauf', 'mail'])
    else:
        d = (DOMAIN_OF[cc if cc in DOMAIN_OF else lg] if (cc in TLD and r.random() < .93) else OTHER_DOMAIN)(r)
    if d == 'privaterelay.appleid.com':
        loc = ''.join(r.choice('abcdefghjkmnpqrstvwxyz23456789') for _ in range(10))
    if r.random() < .012:
        loc += '+' + r.choice(['shop', 'marlow', 'spam', '1', 'order'])
    return loc + '@' + d


class Names:
    def __init__(self):
        self.taken = {}

    def fresh(self, r, cc, form=None):
        """A name that no account has."""
        while True:
            n = make_name(r, cc, form)
            if n not in self.taken:
                return n
            if r.random() < .5 and '@' in n:
                a, b = n.split('@')
                n = a + str(r.randrange(1, 10000)) + '@' + b
                if n not in self.taken:
                    return n
