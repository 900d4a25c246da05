"""Letters in several languages and shapes, and a DKIM signer of our own that can also sign wrongly."""
import base64
import quopri
import re
from email.header import Header

import keyring

PARAGRAPHS = {
    "en": ["The delivery for bay {n} leaves on Thursday.", "Please confirm the {n} chairs before noon.",
           "Our invoice {n} is attached; thank you for your order.", "Minutes of meeting {n} follow below.",
           "See https://shop.{d}/order/{n}?id=4711&lang=en for details.", "", "-- ", "Kind regards, the office"],
    "de": ["Die Lieferung Nr. {n} geht am Donnerstag ab.", "Bitte best\u00e4tigen Sie die {n} St\u00fchle f\u00fcr M\u00fcnchen.",
           "Unsere Rechnung {n} liegt bei. Viele Gr\u00fc\u00dfe!", "", "Siehe https://laden.{d}/auftrag/{n}?s=1"],
    "fr": ["La r\u00e9union {n} est d\u00e9plac\u00e9e \u00e0 mardi.", "Merci de confirmer les {n} tables.", "", "\u00c0 bient\u00f4t, l'\u00e9quipe"],
    "ja": ["\u3044\u3064\u3082\u304a\u4e16\u8a71\u306b\u306a\u3063\u3066\u304a\u308a\u307e\u3059\u3002", "\u3054\u6ce8\u6587\u756a\u53f7 {n} \u306e\u5546\u54c1\u3092\u767a\u9001\u3057\u307e\u3057\u305f\u3002",
           "\u4f1a\u8b70\u306e\u65e5\u7a0b\u306f {n} \u65e5\u306b\u5909\u66f4\u3067\u3059\u3002", "", "\u8a73\u7d30\u306f https://www.{d}/news/{n} \u3092\u3054\u89a7\u304f\u3060\u3055\u3044\u3002",
           "\u4ee5\u4e0a\u3001\u3088\u308d\u3057\u304f\u304a\u9858\u3044\u3044\u305f\u3057\u307e\u3059\u3002", "-- "],
}
SUBJECTS = {"en": ["Delivery {n} on Thursday", "Invoice {n}", "Re: chairs for room {n}"],
            "de": ["Rechnung {n} f\u00fcr M\u00e4rz", "Best\u00e4tigung {n}"],
            "fr": ["R\u00e9union {n} d\u00e9plac\u00e9e", "Votre commande {n} est pr\u00eate"],
            "ja": ["\u3054\u6ce8\u6587\u306e\u78ba\u8a8d {n}", "\u4f1a\u8b70\u306e\u65e5\u7a0b\u5909\u66f4\u306e\u304a\u77e5\u3089\u305b\uff08\u7b2c{n}\u56de\uff09"]}
NAMES = {"en": "Nora Whitfield", "de": "J\u00fcrgen Sch\u00e4fer", "fr": "C\u00e9line Dupr\u00e9", "ja": "\u9ad8\u6a4b \u79c0\u6a39"}


class Part:
    """One body part: text with a character set, or octets."""

    def __init__(self, ctype, text, charset, cte, columns=76):
        self.ctype, self.text, self.charset, self.cte, self.columns = ctype, text, charset, cte, columns

    def octets(self):
        return self.text if isinstance(self.text, bytes) else self.text.encode(self.charset)

    def encoded(self):
        raw = self.octets()
        if self.cte == "base64":
            coded = base64.b64encode(raw).decode()
            lines = [coded[i:i + self.columns] for i in range(0, len(coded), self.columns)]
            return ("\r\n".join(lines) + "\r\n").encode()
        if self.cte == "quoted-printable":
            coded = quopri.encodestring(raw.replace(b"\r\n", b"\n"))
            return coded.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
        return raw

    def content_type(self):
        if isinstance(self.text, bytes):
            return self.ctype
        return "%s; charset=%s" % (self.ctype, self.charset)


def make_text(rng, language, domain, lines, html):
    chosen = [rng.choice(PARAGRAPHS[language]).format(n=rng.randrange(10, 9999), d=domain) for _ in range(lines)]
    if not html:
        return "\r\n".join(chosen) + "\r\n"
    body = "\r\n".join("<p>%s</p>" % c for c in chosen)
    return "<html>\r\n<head><title>%d</title></head>\r\n<body>\r\n%s\r\n</body>\r\n</html>\r\n" % (lines, body)


class Letter:
    """Header fields (name, raw value behind the colon) and parts; rendered to wire octets."""

    def __init__(self, rng, language, shape, domain, lines):
        self.fields, self.language, self.shape = [], language, shape
        self.boundary = "=_b%08x" % rng.getrandbits(32)
        charset, cte = {
            "en": [("us-ascii", "7bit"), ("UTF-8", "quoted-printable"), ("UTF-8", "base64")],
            "de": [("iso-8859-1", "quoted-printable"), ("UTF-8", "8bit"), ("UTF-8", "quoted-printable")],
            "fr": [("UTF-8", "quoted-printable"), ("iso-8859-1", "8bit"), ("UTF-8", "base64")],
            "ja": [("ISO-2022-JP", "7bit"), ("UTF-8", "base64"), ("UTF-8", "8bit"), ("Shift_JIS", "base64")],
        }[language][rng.randrange(3 if language != "ja" else 4)]
        text = lambda html: Part("text/html" if html else "text/plain",
                                 make_text(rng, language, domain, lines, html), charset, cte)
        blob = lambda: Part("application/pdf; name=doc.pdf",
                            bytes(rng.getrandbits(8) for _ in range(rng.randrange(300, 3000))), "", "base64")
        self.parts = {"plain": lambda: [text(False)], "html": lambda: [text(True)],
                      "alternative": lambda: [text(False), text(True)],
                      "mixed": lambda: [text(False), blob()]}[shape]()
        self.raw_body = None  # once set, the parts no longer matter

    def get(self, name):
        return next((v for n, v in self.fields if n.lower() == name.lower()), None)

    def set(self, name, value, at=None):
        for i, (n, _) in enumerate(self.fields):
            if n.lower() == name.lower():
                self.fields[i] = (n, value)
                return
        self.fields.insert(len(self.fields) if at is None else at, (name, value))

    def remove(self, name):
        self.fields = [f for f in self.fields if f[0].lower() != name.lower()]

    def set_mime_fields(self):
        if len(self.parts) == 1:
            self.set("Content-Type", " " + self.parts[0].content_type())
            self.set("Content-Transfer-Encoding", " " + self.parts[0].cte)
        else:
            kind = "alternative" if self.shape == "alternative" else "mixed"
            self.set("Content-Type", " multipart/%s; boundary=\"%s\"" % (kind, self.boundary))

    def body(self):
        if self.raw_body is not None:
            return self.raw_body
        if len(self.parts) == 1:
            return self.parts[0].encoded()
        out = b"This is a multi-part message in MIME format.\r\n"
        for part in self.parts:
            out += b"\r\n--%s\r\nContent-Type: %s\r\nContent-Transfer-Encoding: %s\r\n\r\n" % (
                self.boundary.encode(), part.content_type().encode(), part.cte.encode()) + part.encoded()
        return out + b"\r\n--%s--\r\n" % self.boundary.encode()

    def freeze(self):
        self.raw_body = self.body()

    def octets(self):
        head = b"".join(b"%s:%s\r\n" % (n.encode(), v if isinstance(v, bytes) else v.encode("utf-8"))
                        for n, v in self.fields)
        return head + b"\r\n" + self.body()


def encoded_words(text, charset="UTF-8", how=None):
    """RFC 2047 words; folded when long. how: "q" or "b" (None: what suits the character set)."""
    if all(ord(c) < 128 for c in text):
        return text
    if how is None or charset.lower() != "utf-8":
        return Header(text, charset).encode(linesep="\r\n")
    raw = text.encode("utf-8")
    if how == "b":
        return "=?UTF-8?B?%s?=" % base64.b64encode(raw).decode()
    return "=?UTF-8?Q?%s?=" % "".join(chr(b) if chr(b).isalnum() and b < 128 else "=%02X" % b for b in raw)


def canon_body(body, canon):
    if canon == "relaxed":
        lines = [re.sub(rb"[ \t]+", b" ", line).rstrip(b" ") for line in body.split(b"\r\n")]
    else:
        lines = body.split(b"\r\n")
    while lines and lines[-1] == b"":
        lines.pop()
    if not lines:
        return b"" if canon == "relaxed" else b"\r\n"
    return b"\r\n".join(lines) + b"\r\n"


def canon_field(name, value, canon):
    raw = value if isinstance(value, bytes) else value.encode("utf-8")
    if canon == "simple":
        return name.encode() + b":" + raw + b"\r\n"
    raw = re.sub(rb"[ \t]+", b" ", raw.replace(b"\r\n", b"")).strip(b" ")
    return name.lower().encode() + b":" + raw + b"\r\n"


class Signer:
    """How a letter is signed. The wrong_* members make a signer that does not do what it says."""

    def __init__(self, key, domain, selector, fields):
        self.key, self.domain, self.selector, self.fields = key, domain, selector, fields
        self.header_canon, self.body_canon, self.digest = "relaxed", "relaxed", "sha256"
        self.identity = self.length = self.expires = self.at = self.copied = None
        self.wrong_body_canon = self.wrong_header_canon = self.wrong_body = None
        self.extra, self.raw_digest, self.algorithm = "", False, None

    def header_hash(self, letter, own):
        canon, data, seen = self.wrong_header_canon or self.header_canon, b"", {}
        for name in self.fields:
            rows = [f for f in letter.fields if f[0].lower() == name.lower()]
            number = seen.get(name.lower(), 0)
            seen[name.lower()] = number + 1
            if number < len(rows):
                data += canon_field(*rows[len(rows) - 1 - number], canon)
        return keyring.digest(self.digest, data + canon_field("DKIM-Signature", own, canon)[:-2])

    def sign(self, letter):
        body = letter.body() if self.wrong_body is None else self.wrong_body
        data = canon_body(body, self.wrong_body_canon or self.body_canon)
        data = data if self.length is None else data[:self.length]
        tags = [("v", "1"), ("a", self.algorithm or "%s-%s" % (self.key.kind, self.digest)),
                ("c", self.header_canon + "/" + self.body_canon), ("d", self.domain), ("s", self.selector)]
        tags += [("i", self.identity)] if self.identity else []
        tags += [("t", str(self.at))] if self.at else []
        tags += [("x", str(self.expires))] if self.expires else []
        tags += [("l", str(self.length))] if self.length is not None else []
        names = ":".join(self.fields)
        tags += [("h", names), ("bh", base64.b64encode(keyring.digest(self.digest, data)).decode())]
        own = " " + ";\r\n\t".join("%s=%s" % t for t in tags) + self.extra + ";\r\n\tb="
        signature = self.key.sign(self.digest, self.header_hash(letter, own), self.raw_digest)
        coded = base64.b64encode(signature).decode()
        lines = [coded[i:i + 72] for i in range(0, len(coded), 72)]
        letter.fields.insert(0, ("DKIM-Signature", own + "\r\n\t ".join(lines)))
