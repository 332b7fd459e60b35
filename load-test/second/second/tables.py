"""What people and attacks are drawn from: countries, networks, mail providers, names, tools.

One table each, for people and attackers alike. An attacker with a table of his own would be given away by it,
and a detector measured on that would have learned the table. The AS numbers are real ones, so that addresses
come from ranges that these networks announce (`reference.py`); nothing that happens at them here is real.
"""

from typing import NamedTuple


class Country(NamedTuple):
    """A country: its clock, who connects homes there and who connects phones."""

    utc_hours: float
    homes: list
    mobiles: list


COUNTRIES = {
    "DE": Country(1, [3320, 3209, 6805, 8881], [3320, 3209, 6805]),
    "FR": Country(1, [3215, 12322, 15557, 5410], [3215, 12322, 5410]),
    "GB": Country(0, [2856, 5089, 5607], [25135, 60339, 2856]),
    "IT": Country(1, [3269, 1267, 30722, 12874], [1267, 30722]),
    "ES": Country(1, [3352, 12479, 12430], [12479, 12430, 3352]),
    "US": Country(-6, [7922, 701, 20001, 7018, 22773], [21928, 6167, 20057]),
    "BR": Country(-3, [28573, 27699], [26599, 26615]),
    "IN": Country(5.5, [9829, 24560], [45609, 55836]),
    "NL": Country(1, [1136, 33915, 50266], [31615, 1136]),
    "PL": Country(1, [5617, 12912, 29314], [8374, 12912]),
    "TR": Country(3, [9121, 47331, 12735], [16135]),
    "ID": Country(7, [7713], [23693]),
    "MX": Country(-6, [8151], [8151]),
    "JP": Country(9, [4713, 2516, 17676], [9605, 17676]),
    "VN": Country(7, [7552, 45899], [7552]),
    "UA": Country(2, [6849, 15895], [15895]),
    "RU": Country(3, [12389, 8402], [8402]),
    "AU": Country(10, [1221, 7545], [4804, 1221]),
    "CA": Country(-5, [812, 577, 852], [812, 852]),
    "ZA": Country(2, [37457], [16637]),
    "NG": Country(1, [29465], [29465]),
    "AR": Country(-3, [7303, 22927], [7303]),
    "CH": Country(1, [3303], [3303]),
    "AT": Country(1, [8447], [8447]),
    "SE": Country(1, [3301, 1257], [1257]),
    "PT": Country(0, [3243, 2860, 12353], [3243, 12353]),
    "RO": Country(2, [8708], [8708]),
    "HU": Country(1, [5483], [5483]),
    "CZ": Country(1, [5610], [5610]),
    "GR": Country(2, [6799, 3329], [3329]),
    "PH": Country(8, [9299], [9299]),
    "MY": Country(8, [4788], [4788]),
    "KR": Country(9, [4766, 9318], [4766]),
    "BE": Country(1, [5432], [5432]),
    "FI": Country(2, [1759, 719], [719]),
}

# Hosting companies, and the countries of their data centres. Servers and VPN exits stand in the same /24s.
HOSTING = {
    9009: ["NL", "DE", "US", "GB", "RO"],
    14061: ["US", "NL", "DE"],
    24940: ["DE", "FI"],
    16276: ["FR", "DE", "GB", "CA"],
    16509: ["US", "DE", "FR"],
    212238: ["US", "GB", "NL", "FR", "DE", "IT"],
    60068: ["GB", "US", "ES", "CZ"],
    20473: ["US", "NL", "JP"],
    63949: ["US", "DE", "GB"],
    51167: ["DE", "US"],
    36352: ["US", "NL"],
    396982: ["US", "NL", "DE"],
    8075: ["US", "NL", "FR"],
    31898: ["US", "DE", "GB"],
    39351: ["SE", "NL", "DE"],
    47583: ["US", "GB", "NL"],
    136787: ["US", "FR", "IT", "GB"],
}

# Relays of browsers and operating systems. Their exits lie in the user's own country.
RELAYS = [13335, 36183, 54113]

FIRST_NAMES = """
anna ben carla david elena felix greta hugo ines jan karin leo maria nils olga paul rosa sven tina uwe vera
will xenia yusuf zoe james mary john linda robert susan michael karen daniel nancy kevin laura brian emily
jason amy ryan megan eric jessica adam nicole pierre camille lucas chloe antoine manon julien lea marco
giulia luca sara paolo chiara diego lucia javier carmen pablo sofia mehmet ayse mustafa fatma emre elif raj
priya amit neha vikram anjali joao ana pedro beatriz rafael larissa kenji yuki hiro sakura piotr agnieszka
tomasz kasia ivan natasha sergei irina andrei ioana minh linh budi siti ahmed leila omar nadia kwame thabo
grace chidi peter eva mark lisa tom julia stefan monika frank sabine oliver petra martin claudia simon nora
""".split()

LAST_NAMES = """
mueller schmidt schneider fischer weber meyer wagner becker schulz hoffmann koch bauer richter klein wolf
neumann schwarz braun zimmermann krueger smith johnson williams brown jones miller davis wilson anderson
taylor thomas moore martin jackson white harris clark lewis walker hall allen young king wright scott green
baker adams nelson carter dubois moreau laurent lefebvre girard bonnet lambert fontaine rossi russo ferrari
bianchi romano gallo costa greco conti garcia lopez gonzalez perez sanchez ramirez torres flores ruiz silva
santos oliveira souza pereira lima yilmaz kaya demir celik sahin sharma patel singh kumar gupta reddy tanaka
suzuki sato watanabe kowalski nowak wisniewski petrov ivanov sokolov popescu ionescu nguyen tran pham wijaya
santoso okafor adeyemi dlamini jansen devries bakker novak horvath svensson larsson korhonen virtanen
papadopoulos kim park lee choi
""".split()

NICKNAME_WORDS = """
sun wolf dark blue star moon fire ice cat dog fox bear gold silver rock metal night pixel cyber turbo ghost
tiger happy lucky crazy little big ninja storm river
""".split()

# Mail providers of everybody, with their weight.
MAIL_DOMAINS = [
    ("gmail.com", 40),
    ("outlook.com", 8),
    ("hotmail.com", 9),
    ("yahoo.com", 9),
    ("icloud.com", 6),
    ("proton.me", 2),
    ("live.com", 2),
    ("aol.com", 1.5),
    ("me.com", 1),
    ("zoho.com", 0.5),
    ("mailbox.org", 0.4),
    ("yandex.com", 0.4),
]

# Mail providers that a country has of its own.
NATIONAL_MAIL_DOMAINS = {
    "DE": ["web.de", "gmx.de", "t-online.de", "freenet.de"],
    "FR": ["orange.fr", "free.fr", "laposte.net", "sfr.fr"],
    "GB": ["btinternet.com", "sky.com", "yahoo.co.uk", "hotmail.co.uk"],
    "IT": ["libero.it", "alice.it", "virgilio.it"],
    "ES": ["telefonica.net", "hotmail.es", "yahoo.es"],
    "US": ["comcast.net", "att.net", "verizon.net", "msn.com"],
    "BR": ["uol.com.br", "bol.com.br", "terra.com.br"],
    "PL": ["wp.pl", "o2.pl", "onet.pl"],
    "RU": ["mail.ru", "yandex.ru", "rambler.ru"],
    "NL": ["ziggo.nl", "kpnmail.nl", "planet.nl"],
    "IN": ["rediffmail.com", "yahoo.co.in"],
    "JP": ["yahoo.co.jp", "docomo.ne.jp"],
    "KR": ["naver.com", "daum.net"],
    "CZ": ["seznam.cz"],
    "UA": ["ukr.net", "i.ua"],
}

DISPOSABLE_MAIL_DOMAINS = [
    "mailinator.com", "tempmail.dev", "guerrillamail.com", "yopmail.com", "maildrop.cc",
]

# How the mobile numbers of a country begin; elsewhere OTHER_DIAL_PREFIX.
DIAL_PREFIXES = {
    "DE": "+4915",
    "FR": "+336",
    "GB": "+447",
    "IT": "+393",
    "ES": "+346",
    "US": "+1",
    "BR": "+5511",
    "IN": "+919",
    "NL": "+316",
    "PL": "+485",
}
OTHER_DIAL_PREFIX = "+3069"

PHONE_MODELS = [
    "SM-S918B", "SM-A546B", "SM-G991B", "SM-A137F", "Pixel 8", "Pixel 7a", "Pixel 9", "2201117TY",
    "23049PCD8G", "CPH2471", "moto g84", "RMX3521", "SM-A256B", "M2101K6G", "V2247",
]

# Libraries that send requests without a browser: user agent, TLS stack, weight. Honest scripts use them too.
TOOLS = [
    ("python-requests/2.31.0", "preq", 20),
    ("python-requests/2.32.3", "preq", 14),
    ("curl/8.5.0", "curl", 8),
    ("curl/7.88.1", "curl", 6),
    ("Go-http-client/2.0", "go", 14),
    ("okhttp/4.12.0", "okhttp", 10),
    ("axios/1.7.2", "node", 10),
    ("node-fetch/3.3.2", "node", 4),
    ("Java/17.0.10", "java", 5),
    ("Apache-HttpClient/4.5.14 (Java/17.0.9)", "java", 5),
    ("PostmanRuntime/7.39.0", "node", 3),
    ("aiohttp/3.9.5", "preq", 4),
    ("Python/3.11 aiohttp/3.9.3", "preq", 3),
]

# Programs of people who dial into their office.
VPN_CLIENTS = [
    "AnyConnect Windows 4.10.07061", "AnyConnect Windows 5.1.2.42", "AnyConnect Darwin_x86_64 5.1.2.42",
    "OpenConnect-GUI v9.12", "FortiClient 7.2.4",
]

# How much of a day's visits begin in each hour of the local clock.
VISITS_BY_HOUR = [
    0.25, 0.15, 0.1, 0.1, 0.15, 0.35, 0.8, 1.3, 1.7, 1.7, 1.5, 1.4,
    1.5, 1.4, 1.3, 1.2, 1.25, 1.4, 1.6, 1.8, 1.9, 1.6, 1.1, 0.6,
]
