"""DKIM: fields, keys and what a signature may claim (families 14 to 17 and 53 to 71)."""
import base64
import os

import keyring
from battlefield import (ATTACKER, DICE, ED_KEY, HONEST, HONEST_MAIL, KEY, NOW, RECORDS, attack, check, dkim_is, dmarc_is, fire, key_text,
                         passes, publish, refused, signed)

BASE = [("From", " a@attacker.test"), ("To", " b@rx.example"), ("Subject", " x")]
SPOOF = [("From", " boss@victim.example"), ("To", " b@rx.example"), ("Subject", " x")]
GOOD = [("From", " taro@good.example"), ("To", " b@rx.example"), ("Subject", " x")]
INJECTION = "dmarc=pass header.from=victim.example"
AWAY = {**HONEST_MAIL, "client": "198.51.100.77", "sender": "<b@esp.example>"}  # good.example passes by DKIM alone
publish("esp.example", "TXT", "v=spf1 -all")


def good(**options):
    return signed(GOOD, domain=HONEST, **options)


def honest(headers=None, **options):
    """Signed by good.example and nothing else speaks for it."""
    return passes(fire(headers=good() if headers is None else headers, honest=True, **{**AWAY, **options}))


def no_pass(headers, **options):
    """Signed by good.example in a way that must not count."""
    shot = refused(fire(headers=headers, **{**AWAY, **options}))
    check("pass" not in shot.words("dkim"), shot.header)
    return shot


def spoofed(headers, **options):
    return refused(fire(headers=headers, **options))


@attack("i= that speaks Authentication-Results", 14)
def identity_results():
    for identity in (f"x {INJECTION}@attacker.test", "x=3B=20dmarc=3Dpass=20header.from=3Dvictim.example@attacker.test",
                     "=0D=0AAuthentication-Results:=20mx.rx.example=3B=20dmarc=3Dpass@attacker.test", f'"{INJECTION}"@attacker.test',
                     f"x)({INJECTION}@attacker.test", "@attacker.test)", "=", "x=@attacker.test", "x=0@attacker.test", "@", "",
                     "a" * 300 + "@attacker.test", "a@" + "b" * 300 + ".attacker.test", "victim.example", "\u202ex@attacker.test"):
        shot = spoofed(signed(SPOOF, i=identity))
        check(INJECTION not in shot.header and "victim" not in shot.rest("dkim"), shot.header)
    honest(good(i="taro=2Bhome@good.example"))
    honest(good(i='"taro=40home"@good.example'))
    honest(good(i="@mail.good.example"))


ODD = ("(x", '"x', "\\.x", "\x1b[2Jx", "\x07x", "\r\n x", " x", "x y", "'x", "@x", "%00x", ",x", ")x", ":x", "\udcffx", "\\000x", "..x",
       "x" * 64, ".", "", "*", "x\u202e")
for odd in ODD:
    for name in (f"sel{odd}._domainkey.attacker.test", f"sel._domainkey.victim.example{odd}.attacker.test"):
        if all(32 < ord(char) < 127 and char not in '()";\\@,:\'%*' for char in name) and ".." not in name and "x" * 64 not in name:
            if (name, "TXT") not in RECORDS:
                publish(name.strip("."), "TXT", key_text())


@attack("Selectors no name server has", 15)
def selectors():
    for odd in ODD:
        shot = spoofed(signed(SPOOF, selector="sel" + odd))
        check("pass" not in shot.words("dkim") or odd in ("", "."), f"{odd!r} {shot.header}")
        spoofed(signed(SPOOF, selector=odd))


@attack("Signing domains no name server has", 16)
def domains():
    for odd in ODD:
        for domain in (f"victim.example{odd}.attacker.test", f"victim.example{odd}attacker.test", f"victim.example{odd}"):
            shot = spoofed(signed(SPOOF, domain=domain))
            check(shot.record.get("align_dkim") in (None, "no") or "pass" not in shot.words("dkim"), shot.line)
    for domain in ("victim", "com", "192.0.2.66", "[192.0.2.66]", ".", "victim.example.", "VICTIM.EXAMPLE"):
        spoofed(signed(SPOOF, domain=domain))
    honest(good(tags=[("d", "Good.Example")]))


@attack("b= that speaks Authentication-Results", 17)
def signature_text():
    for text in (f'";{INJECTION};x="', f";{INJECTION}", f"AAAA)({INJECTION}", "====", "\r\n\tAA", "%s%n", "A" * 8000, ""):
        headers = signed(SPOOF)
        value = headers[0][1][:headers[0][1].rindex(b" b=")] + b" b=" + text.encode()
        shot = spoofed([("DKIM-Signature", value), *SPOOF])
        check(INJECTION not in shot.header, shot.header)


@attack("NUL and its spellings in selector and domain", 53)
def nul():
    for selector in (b"sel\0", b"sel._domainkey.attacker.test.\0.any", b"sel\\000", b"sel%00", b"sel=00"):
        headers = signed(SPOOF, domain="victim.example")
        value = headers[0][1].replace(b"s=sel", b"s=" + selector)
        spoofed([("DKIM-Signature", value), *SPOOF])
    headers = good()
    no_pass([("DKIM-Signature", headers[0][1].replace(b"bh=", b"bh=\0")), *GOOD])


@attack("Octets behind l= are not signed", 54)
def unsigned_tail():
    body, more = b"Hello\r\n", b"Click here: http://evil.example/\r\n"
    for length in (0, 3, 7):
        headers = signed(GOOD, body, domain=HONEST, l=str(length))
        shot = no_pass(headers, body=body + more)
        check(shot.record["dkim_1"].startswith("policy"), shot.line)
    no_pass(signed(GOOD, body, domain=HONEST, l="99999"), body=body)
    no_pass(signed(GOOD, body, domain=HONEST, tags=[("l", "7" * 80)]), body=body)
    no_pass(signed(GOOD, body, domain=HONEST, tags=[("l", "-1")]), body=body)
    honest(signed(GOOD, body, domain=HONEST, l="7"), body=body)


@attack("A second Subject, To, Date or From under a signature", 55)
def second_fields():
    for name in ("Subject", "To", "Date", "Content-Type", "Reply-To"):
        shot = fire(headers=[(name, " another"), *good()], **AWAY)
        dkim_is(shot, "pass")
        oversigned = good(names=["From", "To", "Subject", name, name])
        no_pass([(name, " another"), *oversigned])
    no_pass([("From", " boss@victim.example"), *good(names=["From", "From", "To", "Subject"])])
    refused(fire(headers=[("From", " boss@victim.example"), *good()], **AWAY))
    honest(good(names=["From", "From", "To", "To", "Subject", "Subject", "Date", "Reply-To"]))


@attack("Expired, not yet valid, expiring before it was made, times without end", 56)
def times():
    for tags in ({"x": NOW - 1000}, {"t": NOW + 1000}, {"t": NOW, "x": NOW - 1}, {"t": NOW, "x": NOW}, {"t": "9" * 30}, {"x": "0"},
                 {"t": "-1"}, {"x": "1e9"}, {"t": ""}, {"x": "9" * 80}, {"t": "0x10"}, {"t": "1 2"}, {"t": str(2**63)}, {"x": f"-{2**63}"}):
        no_pass(good(**{name: str(value) for name, value in tags.items()}))
    honest(good(t=str(NOW - 60), x=str(NOW + 86400)))
    honest(good(t=str(NOW + 100)))
    honest(good(x="9" * 30))


WEAK = {bits: keyring.Rsa(bits, DICE) for bits in (512, 768)}
for bits, key in WEAK.items():
    publish(f"w{bits}._domainkey.{HONEST}", "TXT", key_text(key))
    publish(f"w{bits}._domainkey.{ATTACKER}", "TXT", key_text(key))


@attack("Short keys and rsa-sha1 never count", 57)
def weak():
    for bits, key in WEAK.items():
        shot = no_pass(good(key=key, selector=f"w{bits}"))
        check(shot.record["dkim_1"].startswith("policy"), shot.line)
    for algorithm in ("rsa-sha1", "RSA-SHA1", "rsa-md5", "none", "rsa-sha256-x", ""):
        no_pass(good(tags=[("a", algorithm)]))


for selector, front in {"hsha1": "h=sha1; ", "tlsrpt": "s=tlsrpt; ", "strict": "t=s; ", "ktype": "k=ed25519; ", "kdsa": "k=dsa; ",
                        "test": "t=y; "}.items():
    publish(f"{selector}._domainkey.{HONEST}", "TXT", f"v=DKIM1; {front}p={KEY.published()}")
publish(f"revoked._domainkey.{HONEST}", "TXT", "v=DKIM1; p=")
publish(f"two._domainkey.{HONEST}", "TXT", key_text(), key_text(ED_KEY))
publish(f"sub._domainkey.mail.{HONEST}", "TXT", key_text())
publish(f"ed._domainkey.{HONEST}", "TXT", key_text(ED_KEY))


@attack("What the key forbids, and i= outside d=", 58)
def key_limits():
    for selector in ("hsha1", "tlsrpt", "revoked", "ktype", "kdsa", "two", "absent"):
        no_pass(good(selector=selector))
    no_pass(good(selector="strict", i="@mail.good.example"))
    for identity in ("@victim.example", "@good.example.attacker.test", "@xgood.example", "@example", "x@good.example@victim.example"):
        no_pass(good(i=identity))
    honest(good(selector="strict", i="@good.example"))
    honest(good(selector="strict", i="a@GOOD.EXAMPLE"))
    honest(good(selector="test"))
    honest(good(selector="ed", key=ED_KEY))


@attack("From left out of h=", 59)
def from_unsigned():
    for names in (["To", "Subject"], ["Subject"], ["From2", "To"], ["Fro", "To"], ["X-From"]):
        no_pass(good(names=names))
    honest(good(names=["FROM", "to"]))


@attack("Tags given twice, in odd case, too many, in pieces", 60)
def tags_twice():
    for tags in ([("d", HONEST), ("d", ATTACKER)], [("d", ATTACKER), ("d", HONEST)], [("s", "sel"), ("s", "s")], [("i", "@good.example")] * 2,
                 [("h", "from"), ("h", "subject")], [("v", "1"), ("v", "1")], [("l", "1"), ("l", "7")], [("bh", "AAAA"), ("bh", "AAAA")]):
        spoofed(signed(SPOOF, tags=tags))
        no_pass(signed(GOOD, domain=HONEST, tags=tags))
    no_pass(good(tags=[(f"n{number}", "1") for number in range(40)]))
    no_pass(good(drop=["d"], tags=[("D", HONEST)]))
    for name in ("v", "a", "d", "s", "h", "bh"):
        no_pass(good(drop=[name]))
    honest(good(tags=[("new", "1"), ("ab", "2")]))


publish("sel._domainkey.example", "TXT", key_text())
publish("sel._domainkey.co.jp", "TXT", key_text())
publish("sel._domainkey.github.io", "TXT", key_text())
for suffix in ("victim.co.jp", "victim.github.io"):
    publish("_dmarc." + suffix, "TXT", "v=DMARC1; p=reject")


@attack("The parent above a public suffix signs for nobody", 61)
def above_suffix():
    for author, domain in (("victim.example", "example"), ("victim.co.jp", "co.jp"), ("victim.github.io", "github.io"),
                           ("victim.co.jp", "attacker.co.jp"), ("victim.github.io", "attacker.github.io")):
        spoofed(signed([("From", f" a@{author}")], domain=domain))
    sub = [("From", " a@mail.good.example")]
    passes(fire(headers=signed(sub, domain=HONEST), honest=True, **AWAY))


@attack("100 and 1,000 signatures: at most ten count, the author's first, few lookups", 62)
def many_signatures():
    fakes = [("DKIM-Signature", f" v=1; a=rsa-sha256; d=d{number}.attacker.test; s=s{number}; h=from; "
              f"bh={'A' * 43}=; b={'A' * 172}") for number in range(1000)]
    for number in (100, 1000):
        shot = spoofed([*fakes[:number], *SPOOF])
        check(int(shot.record["dns_questions"]) <= 25, shot.line)
    for headers in ([*fakes[:100], *good()], [good()[0], *fakes[:100], *GOOD]):
        shot = honest(headers)
        check(int(shot.record["dns_questions"]) <= 30, shot.line)


@attack("20,000 names in h=, 200 kB of matching fields, 58 kB in z=", 63)
def many_names():
    names = ["From"] + ["X-A"] * 20000
    no_pass([("DKIM-Signature", b" v=1; a=rsa-sha256; d=good.example; s=sel; h=" +
            ":".join(names).encode() + b"; bh=" + b"A" * 43 + b"=; b=" + b"A" * 172), *GOOD])
    padding = [("X-A", " " + "x" * 1000)] * 200
    honest(signed([*GOOD, *padding], domain=HONEST, names=["From"] + ["X-A"] * 200))
    no_pass(good(z="|".join(["Subject:=20x"] * 5000)))
    honest(good(z="|".join(["Subject:=20x"] * 100)))
    honest(good(names=["From", "To", "DKIM-Signature", "X-Not-There"]))
    spoofed([("DKIM-Signature", " v=1; a=rsa-sha256; d=attacker.test; s=sel; h=from:to:subject:dkim-signature:x; bh=" + "A" * 43 +
              "=; b=" + "A" * 172), *SPOOF])


publish(f"big._domainkey.{HONEST}", "TXT", "v=DKIM1; n=" + "x" * 9000 + "; p=" + KEY.published())
publish(f"noisy._domainkey.{HONEST}", "TXT", *[f"noise {number}" for number in range(100)], key_text())
publish(f"empty._domainkey.{HONEST}", "TXT", "")


@attack("Key answers of 9 kB, of 100 records, of nothing", 64)
def large_answers():
    for selector in ("noisy", "empty"):
        no_pass(good(selector=selector))
    shot = fire(headers=good(selector="big"), **AWAY)
    check(shot.record.get("dkim_1"), shot.line)


for number, text in enumerate(("n=\x1b[2J", "n=\r\nX: y", "n=\u202ex", "n=\udcff\udcfe", "t=\x07", "x=\x7f", "n=;;", "=", "n", "p=" + "A" * 50)):
    publish(f"odd{number}._domainkey.{HONEST}", "TXT", f"v=DKIM1; {text}; p={KEY.published()}")


@attack("Key records with controls, marks and wrong tags", 65)
def odd_records():
    for number in range(10):
        shot = fire(headers=good(selector=f"odd{number}"), **AWAY)
        check("\x1b" not in shot.line and "\u202e" not in shot.line, ascii(shot.line))
        check("pass" not in shot.words("dkim") or number == 1, f"odd{number}: {shot.header}")  # 1: a fold is legal


def key_der(n, e):
    algorithm = keyring._der(0x30, bytes.fromhex("06092a864886f70d010101") + b"\x05\x00")
    return keyring._der(0x30, algorithm + keyring._der(3, b"\0" + keyring._der(0x30, keyring._der_int(n) + keyring._der_int(e))))


BROKEN = {"e1": key_der(KEY.n, 1), "e0": key_der(KEY.n, 0), "e2": key_der(KEY.n, 2), "ehuge": key_der(KEY.n, KEY.n - 2),
          "eneg": key_der(KEY.n, 65537)[:-3] + b"\xff\xff\xff", "n0": key_der(0, 65537), "n1": key_der(1, 65537),
          "even": key_der(KEY.n - 1, 65537), "cut": KEY.public[:-20], "long": KEY.public + b"x" * 40, "pkcs1": KEY.pkcs1,
          "overrun": KEY.public[:2] + b"\xff" + KEY.public[3:], "deep": b"\x30\x80" * 300, "zero": b"\0" * 162, "private": KEY.private}
for name, der in BROKEN.items():
    publish(f"{name}._domainkey.{HONEST}", "TXT", "v=DKIM1; p=" + base64.b64encode(der).decode())
for size in (0, 1, 31, 33, 57, 3000):
    publish(f"ed{size}._domainkey.{HONEST}", "TXT", "v=DKIM1; k=ed25519; p=" + base64.b64encode(b"\x01" * size).decode())
publish(f"edzero._domainkey.{HONEST}", "TXT", "v=DKIM1; k=ed25519; p=" + base64.b64encode(bytes(32)).decode())
publish(f"edone._domainkey.{HONEST}", "TXT", "v=DKIM1; k=ed25519; p=" + base64.b64encode(b"\1" + bytes(31)).decode())


@attack("Keys that are none: exponents 0 and 1, moduli 0, 1 and even, DER that overruns, Ed25519 of any size", 66)
def broken_keys():
    for name in BROKEN:
        no_pass(good(selector=name))
    for size in (0, 1, 31, 33, 57, 3000, "zero", "one"):
        no_pass(good(selector=f"ed{size}", key=ED_KEY))
    # A signature that exponent 1, or the point of order one, would accept
    headers = good(selector="e1")
    digest = base64.b64encode(b"\0\1" + b"\xff" * 74 + b"\0" + bytes(51)).decode()
    no_pass([("DKIM-Signature", headers[0][1][:headers[0][1].rindex(b"b=")] + b"b=" + digest.encode()), *GOOD])
    headers = good(selector="edone", key=ED_KEY)
    trivial = base64.b64encode(b"\1" + bytes(63))
    no_pass([("DKIM-Signature", headers[0][1][:headers[0][1].rindex(b"b=")] + b"b=" + trivial), *GOOD])
    for length in (0, 1, 16, 19, 31, 33, 64, 3000):
        no_pass(good(tags=[("bh", base64.b64encode(b"x" * length).decode())]))
        no_pass(good(selector="ed", key=ED_KEY, tags=[("bh", base64.b64encode(b"x" * length).decode())]))


for bits in (4104, 8192, 16384):
    huge = (DICE.getrandbits(bits) | 1 | 1 << (bits - 1))
    publish(f"h{bits}._domainkey.{HONEST}", "TXT", "v=DKIM1; p=" + base64.b64encode(key_der(huge, 65537)).decode())


@attack("Keys over 4096 bits are not even tried", 67)
def huge_keys():
    for bits in (4104, 8192, 16384):
        signature = base64.b64encode(os.urandom(bits // 8)).decode()
        headers = [("DKIM-Signature", f" v=1; a=rsa-sha256; d=good.example; s=h{bits}; h=from; bh={'A' * 43}=; b={signature}")] * 8
        shot = no_pass([*headers, *GOOD])
        check(shot.seconds < 2, f"{shot.seconds:.1f} s")


@attack("Unknown versions, algorithms, forms and methods", 68)
def unknown_words():
    for tags in ([("v", "2")], [("v", "")], [("v", "1.0")], [("v", "01")], [("a", "rsa-sha512")], [("a", "ed25519-sha512")], [("c", "nowsp")],
                 [("c", "relaxed/relaxed/relaxed")], [("q", "http")], [("q", "dns/mx")], [("c", "relaxed\r\n /relaxed x")], [("h", "")], [("h", ":")]):
        no_pass(good(tags=tags))
    honest(good(q="dns/txt:future"))


@attack("A stranger's good signature beside the victim's bad one, in both orders", 69)
def beside():
    stranger = signed(SPOOF)[0]
    victim = signed(SPOOF, domain="victim.example")[0]
    sub = signed(SPOOF, domain="mail.victim.example")[0]
    for headers in ([stranger, victim], [victim, stranger], [sub, stranger, victim], [victim, sub, stranger]):
        shot = spoofed([*headers, *SPOOF])
        check("pass" in shot.words("dkim"), shot.header)
        dmarc_is(shot, "fail")
    honest([signed(GOOD)[0], *good()])
    honest([good()[0], signed(GOOD)[0], *GOOD])


@attack("Format directives in every field", 70)
def directives():
    text = "%s%n%x%99999999d%p%*s%%"
    spoofed([("DKIM-Signature", f" v=1; a={text}; d={text}; s={text}; h=from; bh={text}; b={text}"),
             ("From", f" {text} <boss@victim.example>"), ("Subject", " " + text), ("Message-ID", f" <{text}@x>"),
             ("Authentication-Results", f" {text}; {text}"), ("ARC-Seal", f" i={text}; cv={text}")], helo=text, sender=f"<{text}@attacker.test>",
            recipients=(f"<{text}@rx.example>",), queue_id="Q%s%n")
    spoofed([(text, " x"), ("From", " boss@victim.example")], sender="<>", helo=text)


@attack("Replay of a genuine message passes by design; the envelope is in the log", 71)
def replay():
    headers = good(t=str(NOW - 86400))
    shot = passes(fire(headers=headers, client="203.0.113.7", helo="mail.attacker.test", sender="<x@attacker.test>",
                       recipients=tuple(f"<r{number}@rx.example>" for number in range(200))))
    check(int(shot.record["recipients"]) == 200 and "d=good.example" in shot.record["dkim_1"], shot.line)
    no_pass([("DKIM-Signature", headers[0][1]), ("From", " taro@good.example"), ("To", " b@rx.example"), ("Subject", " another")])

