"""Names and passwords, as members choose them and as lists of stolen ones hold them.

Names that nobody has come from the same maker as names of members; otherwise a form or a mail domain
would tell an attacker's list from a member's slip.
"""
from chance import Table, by_rank

FIRST = """anna ben carla david elena felix grace hugo irene jonas karin luca maria nils olga paul quentin rosa
samir tanja umar vera willem xenia yusuf zoe adele bruno clara diego emma fabio gina henrik ines james kemal lena
marco nora oscar priya rafael sofia tomas ursula victor wanda yara amir bianca claire dario eva frank helen ivan
julia kurt laura miguel nadia otto petra ravi sara theo valeria aylin burak chloe dylan ewa finn hana igor joana""".split()
LAST = """silva martin schmidt jones garcia rossi kowalski yilmaz jansen larsson murphy dubois santos weber taylor
lopez bianchi nowak demir bakker nilsson walsh moreau costa fischer brown perez ricci wisniewski kaya visser olsen
kelly laurent ferreira wagner wilson sanchez marino wojcik sahin smit hansen byrne simon pereira becker evans romero
greco kaminski celik meijer johansen ryan michel oliveira hoffmann thomas torres bruno lewandowski arslan mulder
patel sharma tanaka suzuki singh khan ali chen kim nguyen cohen levy novak horvat popov""".split()
WORDS = """falcon sunset river tiger maple coffee guitar lisbon madrid winter storm rocket silver panda violet
harbour mountain cherry dragon ocean thunder cookie shadow summer orange castle diamond monkey flower purple""".split()
DOMAINS = {"gmail.com": 46, "outlook.com": 12, "hotmail.com": 11, "yahoo.com": 9, "icloud.com": 9}
LOCAL = {"GB": ("btinternet.com", "yahoo.co.uk"), "DE": ("gmx.de", "web.de"), "FR": ("orange.fr", "free.fr"),
         "ES": ("telefonica.net", "hotmail.es"), "IT": ("libero.it", "virgilio.it"), "NL": ("ziggo.nl", "kpnmail.nl"),
         "PT": ("sapo.pt",), "IE": ("eircom.net",), "SE": ("telia.com",), "NO": ("online.no",),
         "PL": ("wp.pl", "onet.pl"), "TR": ("mynet.com",), "US": ("aol.com", "comcast.net"), "CA": ("rogers.com",),
         "BR": ("uol.com.br",), "MX": ("prodigy.net.mx",), "AE": ("emirates.net.ae",), "IN": ("rediffmail.com",),
         "JP": ("docomo.ne.jp",), "AU": ("bigpond.com",)}
COMMON = """123456 password Welcome1 Summer2024! qwerty123 Password1 12345678 travel2024 iloveyou Holiday1 abc123
Passw0rd! letmein Winter2024! monkey1 sunshine football1 Welcome123 dragon12 111111 Barcelona1 princess qwertyuiop
charlie1 P@ssw0rd liverpool1 freedom1 Spring2024 master12 flyaway1 hello123 Autumn2024 superman1 trustno1""".split()


class Names:
    """The maker of names; it never makes the same one twice."""

    def __init__(self, chance):
        self.used = set()
        self.letters = "".join(chance.pick("ABCDEFGHKLMNPRSTVWX") for _ in range(2))
        self.number = chance.randrange(10 ** 7, 6 * 10 ** 7)
        self.common = COMMON[:]
        chance.shuffle(self.common)
        self.common_table = Table(zip(self.common, by_rank(len(self.common), 2, 1.0)))
        self.domains = Table(DOMAINS.items())

    def mail(self, chance, country):
        while True:
            first, last = chance.pick(FIRST), chance.pick(LAST)
            form = chance.random()
            if form < 0.3:
                local = first + "." + last
            elif form < 0.5:
                local = first[0] + last
            elif form < 0.75:
                local = first + chance.pick(("", ".", "_")) + last
            else:
                local = first + chance.pick(WORDS)
            if chance.yes(0.68):
                local += str(chance.randrange(1, 9999) if chance.yes(0.5) else chance.randrange(60, 110) % 100)
            if chance.yes(0.22) and country in LOCAL:
                domain = chance.pick(LOCAL[country])
            else:
                domain = self.domains.draw(chance)
            name = local + "@" + domain
            if name not in self.used:
                self.used.add(name)
                return name

    def card(self, chance):
        """A number of a loyalty card; they were given out in rows with gaps."""
        while True:
            name = self.letters + str(self.number + chance.randrange(0, 90_000) * 7)
            if name not in self.used:
                self.used.add(name)
                return name

    def password(self, chance):
        if chance.yes(0.09):
            return self.common_table.draw(chance)
        return chance.pick(WORDS).capitalize() + chance.pick(LAST) + str(chance.randrange(10 ** 6))

    @staticmethod
    def slip(chance, text):
        """The text with one slip of a finger."""
        at = chance.randrange(len(text))
        form = chance.random()
        if form < 0.35:
            return text[:at] + text[at + 1:]
        if form < 0.7:
            return text[:at] + text[at] + text[at:]
        return text[:at] + chance.pick("aeiostrn1234") + text[at + 1:]

    def slipped_name(self, chance, name):
        """A slip in a name: in what stands before the domain, or in a digit of a card."""
        if "@" in name:
            local, domain = name.split("@")
            return self.slip(chance, local) + "@" + domain if len(local) > 3 else local + "x@" + domain
        at = chance.randrange(3, len(name))
        return name[:at] + chance.pick("0123456789") + name[at + 1:]
