"""One correct mail: an organisation, its hoster, the DNS of both, a letter and its signature."""
import calendar
import ipaddress
import time

from letter import NAMES, SUBJECTS, Letter, Signer, encoded_words

SYLLABLES = "ka mi to ra no shi ber lin dor fel gas ton mar vik hol sund yama kawa mori tani ost wex".split()
TRADES = "bakery works labs press clinic school optics tours paper union travel music".split()
SELECTORS = "mx1 sig2025 hana prod7 alpha2 post key3 north m2048 zen".split()
SHAPES = ("plain", "html", "alternative", "mixed")


def txt(text):
    """Text (str: UTF-8 octets go to \\DDD) as RFC 1035 strings of at most 255 octets."""
    raw = text.encode("utf-8")
    return " ".join(quoted(raw[i:i + 255]) for i in range(0, len(raw), 255)) or '""'


def quoted(raw):
    return '"%s"' % "".join("\\%c" % b if b in b'"\\' else chr(b) if 32 <= b < 127 else "\\%03d" % b for b in raw)


def reverse(address):
    return ipaddress.ip_address(address).reverse_pointer


class World:
    """build() makes it correct; a defect changes it; write() makes the .case and the .eml."""

    def __init__(self, rng, keys, language=None, shape=None, lines=None, key=None, canon=None, house=None,
                 spf=None, version=None, lists=None):
        self.rng, self.keys = rng, keys
        self.name = lambda: "".join(rng.sample(SYLLABLES, rng.choice([2, 3])))
        self.language = language or rng.choice(["en", "en", "de", "fr", "ja", "ja"])
        self.shape = shape or rng.choice(SHAPES)
        self.canon = canon or rng.choice(["relaxed/relaxed", "relaxed/simple", "simple/simple", "relaxed/relaxed"])
        self.house = house or rng.choice(["own", "provider", "rental"])
        self.version = version or (4 if rng.random() < 0.8 else 6)
        self.key_kind = key or rng.choice(["rsa2048"] * 5 + ["rsa1024", "ed25519", "ed25519"])
        self.zone, self.faults, self.authority, self.options, self.seen = [], [], [], [], []
        self.now = calendar.timegm((2026, 5, 4, 7, 0, 0)) + rng.randrange(20 * 86400)
        self.domain = "%s-%s.test" % (self.name(), rng.choice(TRADES))
        self.provider, self.web_company, self.registrar = (self.name() + suffix for suffix in
                                                           ("cloud.test", "hosting.test", "dns.test"))
        self._build_hosts()
        self._build_records(spf)
        self._build_letter(lines or int(rng.paretovariate(0.8)) % 180 + 2, rng.random() < 0.25 if lists is None else lists)
        self._build_signer()

    # -- addresses and names ------------------------------------------------------------------
    def address(self, version=4):
        if version == 6:
            return str(ipaddress.ip_address((0x24008500 << 96) + (self.rng.getrandbits(16) << 80) + self.rng.getrandbits(60)))
        return "%d.%d.%d.%d" % (self.rng.choice([45, 61, 87, 103, 133, 157, 185, 211]), self.rng.randrange(1, 254),
                                self.rng.randrange(1, 254), self.rng.randrange(2, 254))

    def add(self, name, kind, data):
        self.zone.append((name.rstrip(".") + ".", kind, data))

    def add_txt(self, name, text):
        self.add(name, "TXT", txt(text))

    def add_host(self, name, address, ptr=True):
        self.add(name, "AAAA" if ":" in address else "A", address)
        if ptr:
            self.add(reverse(address), "PTR", name + ".")

    def drop(self, name, kind=None):
        name = name.rstrip(".") + "."
        self.zone = [r for r in self.zone if not (r[0] == name and kind in (None, r[1]))]

    def replace_txt(self, name, *texts):
        self.drop(name, "TXT")
        for text in texts:
            self.add_txt(name, text)

    def _build_hosts(self):
        rng, d = self.rng, self.domain
        self.web = self.address()
        self.client = self.client4 = self.address()
        self.host = {"own": rng.choice(["mail.", "mx.", "out."]) + d, "provider": "out%d.%s" % (rng.randrange(9), self.provider),
                     "rental": "sv%d.%s" % (rng.randrange(100, 999), self.provider)}[self.house]
        if self.house == "rental":
            self.web = self.client
        self.add_host(self.host, self.client)
        self.client6 = self.address(6)
        if self.version == 6:
            self.client = self.client6
            self.add_host(self.host, self.client6)
        self.web_host = "web%d.%s" % (rng.randrange(90), self.web_company)
        if self.house == "rental":
            self.web_host = self.host
        else:
            self.add_host(self.web_host, self.web)
        self.helo = self.host
        for name in (d, "www." + d):
            self.add(name, "A", self.web)
        self.mx_host = self.host if self.house != "provider" else "in." + self.provider
        if self.mx_host != self.host:
            self.add_host(self.mx_host, self.address())
        self.add(d, "MX", "10 %s." % self.mx_host)
        for i in (1, 2):
            self.add(d, "NS", "ns%d.%s." % (i, self.registrar))
            self.add("ns%d.%s" % (i, self.registrar), "A", self.address())

    def network(self):
        return "ip6:%s" % self.client if self.version == 6 else "ip4:%s" % self.client

    def _build_records(self, style):
        rng = self.rng
        self.spf_style = style or rng.choice({"own": ["ip", "a", "mx"], "provider": ["include", "ip"],
                                              "rental": ["ip", "ahost"]}[self.house])
        self.include = "_spf." + self.provider
        term = {"ip": self.network(), "a": "a:" + self.host, "ahost": "a:" + self.host, "mx": "mx",
                "include": "include:" + self.include}[self.spf_style]
        self.add_txt(self.include, "v=spf1 %s ip4:%s/28 -all" % (self.network(), self.address()))
        others = rng.sample(["ip4:%s" % self.address(), "ip4:%s/24" % (self.address().rsplit(".", 1)[0] + ".0")],
                            rng.randrange(2))
        terms = [term] + others
        rng.shuffle(terms)
        self.spf_terms, self.spf_all = terms, rng.choice(["~all", "-all"])
        self.set_spf(*terms, self.spf_all)
        self.policy = rng.choice(["none", "quarantine", "reject"])
        self.dmarc = "v=DMARC1; p=%s%s" % (self.policy, rng.choice(["", "; rua=mailto:dmarc@%s" % self.domain, ";"]))
        self.replace_txt("_dmarc." + self.domain, self.dmarc)

    def set_spf(self, *terms):
        self.spf = "v=spf1 " + " ".join(terms)
        self.replace_txt(self.domain, self.spf)

    # -- the letter ---------------------------------------------------------------------------
    def _build_letter(self, lines, lists):
        rng, d, lang = self.rng, self.domain, self.language
        self.mail_from = "%s@%s" % (rng.choice(["info", "nora", "office.desk", "t-sato"]), d)
        letter = self.letter = Letter(rng, lang, self.shape, d, lines)
        charset = "ISO-2022-JP" if letter.parts[0].charset == "ISO-2022-JP" else "UTF-8"
        how = rng.choice([None, "q", "b"])
        self.subject = rng.choice(SUBJECTS[lang]).format(n=rng.randrange(100, 9999))
        date = time.strftime("%a, %d %b %Y %H:%M:%S +0000", time.gmtime(self.now - 40))
        if rng.random() < 0.5:
            letter.fields.append(("Received", " from [10.%d.2.3] (localhost [127.0.0.1])\r\n\tby %s (Postfix) with ESMTPSA id %08X;\r\n\t%s"
                                  % (rng.randrange(200), self.host, rng.getrandbits(32), date)))
        name = encoded_words(NAMES[lang], charset, how)
        letter.set("Date", " " + date)
        letter.set("From", " %s <%s>" % ('"%s"' % name if name == NAMES[lang] and rng.random() < 0.5 else name, self.mail_from))
        letter.set("To", " %s" % rng.choice(["reader@inbox.test", "Reader <reader@inbox.test>",
                                             "reader@inbox.test,\r\n second.reader@inbox.test"]))
        letter.set("Subject", " " + encoded_words(self.subject, charset, how))
        letter.set("Message-ID", " <%x.%d@%s>" % (rng.getrandbits(60), rng.randrange(99), self.host))
        if lists:
            letter.set("List-Id", " news <news.%s>" % d)
            letter.set("List-Unsubscribe", " <https://www.%s/u/%d>" % (d, rng.randrange(9999)))
        letter.set("MIME-Version", " 1.0")
        letter.set_mime_fields()
        if rng.random() < 0.4:
            letter.set("X-Mailer", " Paperboy %d.%d" % (rng.randrange(9), rng.randrange(20)))

    def _build_signer(self):
        rng, d = self.rng, self.domain
        self.selector = rng.choice(SELECTORS)
        self.key = self.keys.pick(self.key_kind, rng)
        names = ["From", "To", "Subject", "Date", "Message-ID", "MIME-Version", "Content-Type"]
        names += ["Content-Transfer-Encoding"] if self.letter.get("Content-Transfer-Encoding") and rng.random() < 0.5 else []
        names += ["List-Unsubscribe"] if self.letter.get("List-Unsubscribe") else []
        names += rng.choice([[], ["From"], ["From", "Subject", "Reply-To"]])
        self.signer = Signer(self.key, d, self.selector, names)
        self.signer.header_canon, self.signer.body_canon = self.canon.split("/")
        if rng.random() < 0.5:
            self.signer.at = self.now - 40
        if rng.random() < 0.2:
            self.signer.expires = self.now + 7 * 86400
        self.key_name = "%s._domainkey.%s" % (self.selector, d)
        self.key_record = self.record_of(self.key)
        if self.house == "provider" and rng.random() < 0.4:
            target = "%s._domainkey.%s" % (self.selector, self.provider)
            self.add(self.key_name, "CNAME", target + ".")
            self.key_record_name = target
        else:
            self.key_record_name = self.key_name
        self.replace_txt(self.key_record_name, self.key_record)

    def record_of(self, key):
        return "v=DKIM1; k=%s; p=%s" % (key.kind, key.published())

    def set_key_record(self, *texts):
        """At the signer's own name, whether it was a CNAME or not."""
        self.drop(self.key_name)
        self.drop(self.key_record_name)
        for text in texts:
            self.add_txt(self.key_name, text)
        self.key_record_name = self.key_name

    def publish_key(self, name, key=None):
        self.add_txt(name, self.record_of(key or self.key))

    # -- files --------------------------------------------------------------------------------
    def write(self, folder, name):
        out = ["# sekisho case 1", "now       " + time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(self.now)),
               "client    " + self.client, "helo      " + self.helo, "mail      " + self.mail_from,
               "rcpt      reader@inbox.test", "option    authserv-id mx.inbox.test"]
        out += ["option    " + o for o in self.options]
        out += ["zone      %s %s %s" % r for r in self.zone]
        out += ["fault     %s" % f for f in self.faults] + ["authority %s" % a for a in self.authority]
        out += ["seen-key  %s" % s for s in self.seen]
        out += ["message   %s.eml" % name]
        with open("%s/%s.case" % (folder, name), "w") as file:
            file.write("\n".join(out) + "\n")
        with open("%s/%s.eml" % (folder, name), "wb") as file:
            file.write(self.letter.octets())
