"""Who wrote it: ambiguity in From (families 37 to 52)."""
from battlefield import (HONEST_MAIL, RECORDS, Daemon, attack, check, dmarc_is, fire, passes, publish, refused, signed)
from name_server import TYPES, NameServer

publish("_dmarc.xn--mller-kva.example", "TXT", "v=DMARC1; p=reject")
publish("sel._domainkey.xn--mller-kva.example", "TXT", "")
for label in range(9):
    publish(f"l{label}.deep.example", "TXT", "x")


def spoof(*values, header="victim.example", **options):
    """Each From value, signed by the attacker and with his SPF pass: the victim's name gets no pass."""
    for value in values:
        headers = value if isinstance(value, list) else [("From", value)]
        headers = [*headers, ("Subject", " x")]
        refused(fire(headers=signed(headers), **options))


def is_error(*values, word="permerror"):
    """As spoof(), and said to be an error of the message."""
    for value in values:
        headers = value if isinstance(value, list) else [("From", value)]
        shot = refused(fire(headers=signed([*headers, ("Subject", " x")])))
        check(shot.record.get("dmarc") == word, f"{value!r}: {shot.record.get('dmarc')} {shot.header}")
        check("header.from" not in shot.header, shot.header)
        check(shot.record.get("from_why_not"), shot.line)


def honest(*values, **options):
    for value in values:
        shot = fire(headers=[("From", value), ("Subject", " x")], honest=True, **{**HONEST_MAIL, **options})
        passes(shot)
        check("header.from=good.example" in shot.header, shot.header)


@attack("Two From fields in either order and any spelling", 37)
def two_fields():
    victim, attacker = ("From", " boss@victim.example"), ("From", " a@attacker.test")
    is_error([victim, attacker], [attacker, victim], [victim, victim], [("FROM", victim[1]), ("from", attacker[1])],
             [attacker, ("From ", victim[1])], [("From\t", victim[1]), attacker], [attacker, *[("X", " y")] * 2100, victim])
    honest(" Taro <taro@good.example>")


@attack("A name with a blank in front, a mailbox line, a continued name", 38)
def no_field():
    is_error([(" From", " boss@victim.example")], [("From boss@victim.example Mon Jan", " x")], [("From\n", " x")],
             [("X-From", " boss@victim.example"), ("Sender", " boss@victim.example")])


@attack("No author: other fields do not stand in", 39)
def no_author():
    is_error([("Sender", " boss@victim.example")], [("Resent-From", " boss@victim.example")], [("Reply-To", " boss@victim.example")],
             [("From", "")], [("From", " ")], [("From", " <>")], [("From", ' "boss@victim.example"')], [("From", " (boss@victim.example)")],
             [("From", " Boss")], [("From", " <@victim.example>")], [("From", " boss@")], [("From", " @victim.example")], [])


def no_question_per_author(headers):
    """The verdicts ask 12 questions at most: the client's PTR and the 10 names behind it that count (RFC 8601 section
    2.7.3 with RFC 7208 section 5.5), and the envelope's SPF record. The diagnosis asks where the HELO is, and whether
    the envelope's domain takes mail (MX, A, AAAA). None is about an author."""
    with NameServer({key: texts for key, texts in RECORDS.items() if key[1] in TYPES}) as server:
        for further, most in (("0", 12), ("8", 16)):
            with Daemon(zone=None, nameservers=server.where, key_memory="", diagnosis_queries=further).start() as daemon:
                shot = refused(fire(daemon=daemon, headers=headers))
                check(0 < int(shot.record["dns_questions"]) <= most, shot.line)
                check("dkim-not-set-up" not in shot.line, shot.line)
        ours = ("attacker.test", "in-addr.arpa")
        check(server.asked and all(name.endswith(ours) for name, _ in server.asked), str(server.asked))


@attack("Several addresses: two domains are an error, one domain is judged, 10,000 cost one lookup", 40)
def several():
    is_error(" boss@victim.example, a@attacker.test", " a@attacker.test, boss@victim.example",
             " a@attacker.test,,boss@victim.example", ' "x" <a@attacker.test>, "y" <boss@victim.example>',
             " " + ", ".join(f"a{n}@d{n}.example" for n in range(2000)))
    honest(" a@good.example, b@good.example", " a@good.example, B <b@GOOD.example>", "," * 3 + " a@good.example,")
    shot = fire(headers=[("From", " " + ",\n ".join(f"a{n}@good.example" for n in range(10000)))], honest=True, **HONEST_MAIL)
    passes(shot)
    no_question_per_author([("From", " " + ",\n ".join(f"a{n}@d{n}.example" for n in range(10000)))])


@attack("Encoded-words are no addresses", 41)
def encoded():
    is_error(" =?utf-8?q?boss=40victim=2Eexample?=", " =?utf-8?b?PGJvc3NAdmljdGltLmV4YW1wbGU+?=")
    spoof(" =?utf-8?q?=3Cboss=40victim=2Eexample=3E?= <a@attacker.test>", " =?utf-8?q?x?=@victim.example",
          " <=?utf-8?q?boss?=@victim.example>", " boss@=?utf-8?q?victim.example?=")
    honest(" =?utf-8?B?5aSq6YOO?= <taro@good.example>", " =?iso-2022-jp?B?GyRCQkBPOhsoQg==?=\n <taro@good.example>")


@attack("Routes in From are dropped", 42)
def routes():
    spoof(" <@attacker.test,@any.test:admin@victim.example>", " <@attacker.test:admin@victim.example>",
          " x <@victim.example:@attacker.test:admin@victim.example>")
    honest(" <@other.example:taro@good.example>")


@attack("What stands behind an address does not change it", 43)
def behind():
    is_error(" <boss@victim.example>\\, <a@attacker.test>", " <boss@victim.example>a@attacker.test",
             " boss@victim.example <a@attacker.test>", " <boss@victim.example> <a@attacker.test>", " a@attacker.test <boss@victim.example>",
             " x (<boss@victim.example>", " <a@attacker.test> boss@victim.example", " a@attacker.test boss@victim.example",
             " <a@attacker.test>;boss@victim.example", " a@attacker.test;", ' "x" "y" z <a@attacker.test> "boss@victim.example"')
    honest(" taro@good.example (Taro)", " (x) taro@good.example", ' "taro@good.example" <taro@good.example>',
           " taro@good.example <taro@good.example>", ' "Taro, Hanako (Sales); <x>" <taro@good.example>')


@attack("Two @ with anything between", 44)
def two_ats():
    for between in ("[", "{", ";", "\t", '"', ",", " ", "@", "\\", "(", "\r\n ", "\x01", "\x7f", "", "!", "%", ":", "<", ">"):
        spoof(f" boss@victim.example{between}@attacker.test", f" <boss@victim.example{between}@attacker.test>",
              f" a@attacker.test{between}@victim.example", f" <a@attacker.test{between}boss@victim.example>")
    for octets in (b"\0", b"\xff", b"\xc2\xa0", b"\xe3\x80\x80"):
        spoof(b" <boss@victim.example" + octets + b"@attacker.test>", b" <boss@victim.example" + octets + b".attacker.test>",
              b" boss@victim.example" + octets + b"@attacker.test")


@attack("Groups: one member is judged, none or several domains are an error", 45)
def groups():
    is_error(" undisclosed:;", " g: a@attacker.test, boss@victim.example;", " g: a@attacker.test; boss@victim.example",
             " g: h: a@attacker.test;;", " g: a@attacker.test", " :a@attacker.test;", " g: (x) ;")
    spoof(" g: boss@victim.example;", " a: <boss@victim.example>;")
    honest(" Sales: taro@good.example;", " Sales: taro@good.example, hanako@good.example;")


@attack("The plain address in disguise is still the victim's", 46)
def disguised():
    spoof(" admin@victim.example>", " <admin@victim.example", " <<admin@victim.example>>", " <admin@victim.example.>",
          " admin@VICTIM.EXAMPLE", " <admin@victim(x).example>", " <admin@victim . example>", " <admin@victim\r\n .example>",
          "admin@victim.example", "\tadmin@victim.example", " <admin@victim.example..>", " <admin (x) @ (y) victim.example (z)>")
    for value in (" admin@VICTIM.example", " <admin@victim.example.>", " <admin@victim(x).example>", " admin@victim\r\n .example"):
        shot = refused(fire(headers=signed([("From", value)])))
        check(shot.record.get("dmarc") == "fail", f"{value!r}: no policy? {shot.line}")
    honest(" taro@GOOD.example", "taro@good.example", " <taro@good.example.>", " taro@good (x) . example")


@attack("Comments, quotations and labels without end; literals; marks in front", 47)
def endless():
    is_error(" (boss@victim.example", ' "boss@victim.example', " <boss@victim..example>", " <boss@.victim.example>", " <boss@[192.0.2.66]>",
             " <boss@192.0.2.66>", " mailto:boss@victim.example", " <boss@localhost>", " <boss@victim.example\x1b[2J>",
             " <boss@-\x01.example>", " <boss@victim_example>")
    is_error(b" <boss@vic\xfftim.example>", b" <boss@\xed\xa0\x80.example>")
    spoof(b" \xef\xbb\xbfboss@victim.example", b"\xef\xbb\xbf<boss@victim.example>")


@attack("Quoted local parts with @, brackets and escapes", 48)
def quoted_local():
    spoof(' "a@attacker.test"@victim.example', ' <"a\\"@attacker.test"@victim.example>', ' "<a@attacker.test>"@victim.example')
    for value in (' "boss@victim.example"@attacker.test', ' <"boss@victim.example\\""@attacker.test>'):
        shot = fire(headers=signed([("From", value)]))
        check(shot.record.get("from_domain") == "attacker.test", shot.line)
    honest(' "ta ro"@good.example', ' <"taro@other.example"@good.example>')


@attack("Full stops, letters and blanks that only look like ASCII", 49)
def confusables():
    for text in ("boss@victim\u3002example", "boss@victim\uff0eexample", "boss@\uff56ictim.example", "boss@vic\u00adtim.example",
                 "boss@vic\u200btim.example", "boss@victim.example\u2000", "boss@victim.ex\u2060ample", "boss@victim\uff61example",
                 "boss\uff20victim.example", "boss@\u0184ictim.example", "boss@victim.example\u3000@attacker.test"):
        spoof(f" <{text}>", f" {text}")
        shot = refused(fire(headers=signed([("From", f" <{text}>")])))
        check(shot.record.get("dmarc") in ("fail", "permerror", None) and shot.record.get("dmarc") is not None
              or "\u0184" in text, f"{text!r}: {shot.line}")


@attack("Non-existing, empty and broken From names never fall through to a policy of none", 50)
def internationalised():
    for value in (" a@m\u00fcller.example", " a@M\u00dcLLER.example", " a@xn--mller-kva.example", " a@mu\u0308ller.example"):
        shot = refused(fire(headers=signed([("From", value)])))
        check(shot.record.get("dmarc") == "fail", f"{value!r}: {shot.line}")
        check("header.from=xn--mller-kva.example" in shot.header, shot.header)


@attack("Nesting, folding and length: linear and without a crash", 51)
def bombs():
    spoof(" " + "(" * 29000 + ")" * 29000 + "boss@victim.example", " " + "(" * 59000, ' "' + "\\a" * 29000 + '" <boss@victim.example>',
          " x" + "\r\n x" * 1000 + " <boss@victim.example>", " " + "<" * 30000, " " + "@" * 30000, " " + "a." * 30000 + "@victim.example",
          " boss@" + "a." * 30000 + "victim.example", " " + '"' * 30001, " " + ":" * 30000, " " + "a:;" * 20000, " " + "\\" * 59999,
          " x" * 30000 + "<boss@victim.example>", " boss@victim.example" + " " * 60000 + "x")
    shot = refused(fire(headers=[("From", " <boss@victim.example" + "x" * 1000000)]))
    check(shot.record.get("dmarc") == "permerror", "the cut address")
    honest(" (" + "x" * 50000 + ") taro@good.example")


@attack("110 labels, 40 labels, one label, a public suffix", 52)
def labels():
    deep = ".".join(["a"] * 110) + ".victim.example"
    for domain in (deep, ".".join(["b"] * 40) + ".victim.example", ".".join("c" * 9) + ".victim.example"):
        shot = refused(fire(headers=signed([("From", f" a@{domain}")])))
        check(int(shot.record.get("dns_questions", 0)) <= 30, shot.line)
        dmarc_is(shot, "fail")
    is_error(" a@com", " a@example", " a@test")
    refused(fire(headers=signed([("From", " a@co.jp")])))
    refused(fire(headers=signed([("From", " a@gov.uk")])))
