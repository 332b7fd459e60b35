"""User names, passwords and the slips people make while typing them."""
import hashlib
import hmac

FIRST = {
    "en": "james mary john linda robert susan emily jack olivia harry grace oliver chloe noah emma "
          "liam sophie thomas megan daniel ruth peter karen steve joan kevin laura paul anne mark",
    "de": "anna lukas lena jonas mia felix leonie max julia paul sabine uwe petra jan katrin sven "
          "heike bernd silke dirk lars maja erik ingrid",
    "fr": "camille louis manon hugo chloe lucas lea jules ines arthur claire pierre sophie luc "
          "margaux antoine elodie nicolas",
    "es": "lucia hugo martina mateo sofia pablo maria diego carmen javier elena jorge ana luis "
          "rosa miguel isabel carlos",
    "it": "giulia luca sofia marco chiara matteo elena andrei ioana paolo sara davide laura stefano",
    "pl": "anna piotr kasia tomasz ola pawel magda marcin olena taras iryna jan ewa michal",
    "tr": "mehmet ayse mustafa fatma emre zeynep can elif burak merve",
    "pt": "joao maria pedro ana lucas beatriz gabriel julia rafael camila thiago fernanda",
    "in": "rahul priya amit neha arjun pooja sanjay kavya budi siti ahmed fatima minh linh omar nour",
    "jp": "haruto yui sota hina yuto aoi ren sakura kaito mei takashi yuki",
}
LAST = {
    "en": "smith jones taylor brown wilson davies evans walker white green hall clark lewis young "
          "king wright hill scott moore baker carter turner cooper ward",
    "de": "mueller schmidt schneider fischer weber meyer wagner becker hoffmann koch richter klein "
          "wolf jansen devries larsson berg lund",
    "fr": "martin bernard dubois thomas robert petit durand leroy moreau simon laurent michel garcia",
    "es": "garcia martinez lopez sanchez perez gomez fernandez ruiz diaz torres ramirez flores cruz",
    "it": "rossi russo ferrari esposito bianchi romano popescu ionescu ricci marino greco conti",
    "pl": "nowak kowalski wisniewski wojcik kaminski lewandowski shevchenko bondarenko zielinski",
    "tr": "yilmaz kaya demir celik sahin yildiz aydin ozturk arslan",
    "pt": "silva santos oliveira souza lima pereira costa rodrigues almeida nascimento",
    "in": "sharma patel singh kumar gupta reddy khan nguyen tran le santoso wijaya hassan ibrahim",
    "jp": "sato suzuki takahashi tanaka watanabe ito yamamoto nakamura kobayashi",
}
FIRST = {k: v.split() for k, v in FIRST.items()}
LAST = {k: v.split() for k, v in LAST.items()}
DOMAINS = {
    "en": ["gmail.com"] * 5 + ["outlook.com", "yahoo.com", "icloud.com", "hotmail.co.uk", "aol.com"],
    "de": ["gmail.com"] * 2 + ["web.de", "gmx.de", "gmx.net", "t-online.de", "outlook.de"],
    "fr": ["gmail.com"] * 3 + ["orange.fr", "free.fr", "laposte.net", "hotmail.fr"],
    "es": ["gmail.com"] * 4 + ["hotmail.com", "hotmail.es", "yahoo.es"],
    "it": ["gmail.com"] * 3 + ["libero.it", "virgilio.it", "yahoo.com"],
    "pl": ["gmail.com"] * 2 + ["wp.pl", "onet.pl", "o2.pl", "ukr.net"],
    "tr": ["gmail.com"] * 3 + ["hotmail.com", "yandex.com"],
    "pt": ["gmail.com"] * 4 + ["hotmail.com", "uol.com.br", "bol.com.br"],
    "in": ["gmail.com"] * 6 + ["yahoo.com", "rediffmail.com", "yahoo.co.id"],
    "jp": ["gmail.com"] * 2 + ["yahoo.co.jp", "docomo.ne.jp", "icloud.com"],
}
WORDS = ("dragon tiger shadow sunny moon river happy lucky ninja wolf star magic coffee pixel "
         "rocket blue silver panda ghost storm cookie robin lemon echo maple otter fox").split()
COMMON = ("123456 password 123456789 qwerty 12345678 111111 abc123 iloveyou 1q2w3e4r password1 "
          "monkey letmein dragon sunshine princess welcome1 football charlie Passw0rd! Summer2025 "
          "Winter2025! Spring2026 Welcome123 qwertz azerty 000000 superman michael liverpool "
          "Qwerty123! hello123 Changeme1 P@ssw0rd asdfgh 1234 bailey hunter2 starwars pokemon "
          "Company2026 Password2026!").split()


def make_name(rng, style, lang):
    """A user name in the style of the service (not yet checked for being free)."""
    first, last = rng.choice(FIRST[lang]), rng.choice(LAST[lang])
    if style == "mixed":
        style = "email" if rng.random() < 0.7 else "nick"
    if style == "number":
        return "%08d" % rng.randint(10_000_000, 10_000_000 + 180_000)
    if style == "nick":
        shape = rng.random()
        if shape < 0.45:
            return "%s%s%d" % (rng.choice(WORDS), rng.choice(("", "_", ".")) + rng.choice(WORDS),
                               rng.randint(1, 999))
        if shape < 0.75:
            return "%s_%s%d" % (first, rng.choice(WORDS), rng.randint(1, 99))
        return "%s%s%02d" % (first, last[:1], rng.randint(0, 9999))
    shape = rng.random()
    tail = "" if rng.random() < 0.15 else str(rng.choice((rng.randint(1, 99), rng.randint(1955, 2010),
                                                          rng.randint(100, 9999))))
    if shape < 0.5:
        local = "%s.%s%s" % (first, last, tail)
    elif shape < 0.75:
        local = "%s%s%s" % (first[0], last, tail)
    elif shape < 0.9:
        local = "%s%s%s" % (first, rng.choice(WORDS), tail)
    else:
        local = "%s_%s%s" % (last, first, tail)
    return local + "@" + rng.choice(DOMAINS[lang])


def make_password(rng, name=""):
    shape = rng.random()
    if shape < 0.06:
        return rng.choice(COMMON)
    if shape < 0.30:
        return "%s%d" % (rng.choice(WORDS).capitalize(), rng.randint(1950, 2026))
    if shape < 0.55:
        return "%s%s%d" % (rng.choice(WORDS), rng.choice(WORDS), rng.randint(0, 999))
    if shape < 0.75:
        return "%s%d%s" % (name[:4].capitalize(), rng.randint(10, 9999), rng.choice("!.#?"))
    return "%x" % rng.getrandbits(56)


def tweak(rng, password):
    """The next password of somebody who only changes what he must."""
    digits = "".join(c for c in password if c.isdigit())
    if digits and rng.random() < 0.6:
        return password.replace(digits, str(int(digits) + 1), 1)
    return rng.choice((password + "!", password + "1", password.capitalize(), password + "2026"))


def slip(rng, text):
    """One wrong key: a doubled, lost, swapped or neighbouring letter."""
    if len(text) < 2:
        return text + "1"
    at = rng.randrange(len(text) - 1)
    shape = rng.randrange(4)
    if shape == 0:
        return text[:at] + text[at] + text[at:]
    if shape == 1:
        return text[:at] + text[at + 1:]
    if shape == 2 and text[at] != text[at + 1]:
        return text[:at] + text[at + 1] + text[at] + text[at + 2:]
    return text[:at] + rng.choice("qweasdzxc12") + text[at + 1:]


def slip_name(rng, name):
    """A mistyped user name; e-mail addresses often go wrong at the domain."""
    if "@" in name and rng.random() < 0.45:
        local, domain = name.split("@")
        swaps = {"gmail.com": ("gmial.com", "gmail.co", "gamil.com", "googlemail.com"),
                 "hotmail.com": ("hotmial.com", "hotmail.co"), "outlook.com": ("outlok.com",)}
        return local + "@" + rng.choice(swaps.get(domain, (domain[:-1], slip(rng, domain))))
    return slip(rng, name)


def digest(key, password):
    """The keyed digest by which equal passwords can be seen to be equal."""
    return hmac.new(key, password.encode(), hashlib.sha256).hexdigest()[:24]
