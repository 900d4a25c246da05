#!/usr/bin/python3
"""Makes the messages of a soak: packets as the MTA sends them, what each of them owes, and the zone.

usage: kinds.py FOLDER CORPUS

CORPUS is what tests/support/corpus.py wrote. Writes FOLDER/NAME.flow, FOLDER/manifest and FOLDER/zone.
"@SERIAL@" becomes the number of the message, so that names never seen before come again and again.
"""
import os
import struct
import sys
import time

import dkim

FOLDER, CORPUS = sys.argv[1:3]
SIGNERS = 150  # domains with keys of their own
CHUNK = 65535
manifest, zone = [], []
with open(os.path.join(CORPUS, "s1.pem"), "rb") as key_file:
    PRIVATE = key_file.read()


def txt(name, text):
    pieces = [text[at:at + 255] for at in range(0, len(text), 255)] or [""]
    zone.append(name + ". TXT " + " ".join('"%s"' % piece.replace('"', '\\"') for piece in pieces))


def packet(command, data=b""):
    return struct.pack("!I", len(data) + 1) + command + data


def fields_of(head):
    """(name, value) of each field; folds as Postfix gives them, with LF alone."""
    fields = []
    for line in head.replace(b"\r\n", b"\n").split(b"\n"):
        if line[:1] in (b" ", b"\t") and fields:
            fields[-1][1] += b"\n" + line
        elif line:
            name, _, value = line.partition(b":")
            fields.append([name, value])
    return fields


def kind(name, weight, text, words, sender=b"<taro@good.example>", helo=b"mail.good.example", client=b"192.0.2.25",
         ending="end", recipients=1):
    """One kind; words must be in its results, "!word" must not; "~" is a blank."""
    head, _, body = text.partition(b"\r\n\r\n")
    octets = packet(b"C", b"mail.good.example\0" + b"4" + struct.pack("!H", 25) + client + b"\0")
    octets += packet(b"H", helo + b"\0")
    octets += packet(b"M", sender + b"\0")
    octets += packet(b"R", b"<hanako@rx.example>\0") * recipients
    octets += b"".join(packet(b"L", field + b"\0" + value + b"\0") for field, value in fields_of(head))
    octets += packet(b"N")
    octets += b"".join(packet(b"B", body[at:at + CHUNK]) for at in range(0, len(body), CHUNK))
    octets += packet(b"D", b"Ei\0Q@SERIAL@\0") + packet(b"E")
    with open(os.path.join(FOLDER, name + ".flow"), "wb") as file:
        file.write(octets)
    manifest.append(" ".join([str(weight), ending, name + ".flow", "mx.rx.example;", *words]))


def corpus(name):
    with open(os.path.join(CORPUS, name + ".eml"), "rb") as file:
        return file.read()


def message(domain, body=b"Dear Hanako,\r\n\r\nit is done.\r\n", author=None, more=b""):
    stamp = time.strftime("%a, %d %b %Y %H:%M:%S +0000", time.gmtime()).encode()
    author = author if author is not None else b"Taro <taro@" + domain + b">"
    return (more + b"From: " + author + b"\r\nTo: Hanako <hanako@rx.example>\r\nSubject: order 4711\r\nDate: " + stamp +
            b"\r\nMessage-ID: <1@" + domain + b">\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n" +
            body)


def sign(text, domain, selector=b"s1", **options):
    return dkim.sign(text, selector, domain, PRIVATE, include_headers=[b"from", b"to", b"subject", b"date"],
                     canonicalize=(b"relaxed", b"relaxed"), **options) + text


def good_mail():
    kind("pass", 200, corpus("pass"), ["dkim=pass", "spf=pass", "dmarc=pass"])
    kind("pass-list", 20, corpus("pass"), ["dkim=pass", "spf=pass", "dmarc=pass"], recipients=50)
    kind("ed25519", 20, corpus("ed25519"), ["dkim=pass", "spf=pass", "dmarc=pass"], sender=b"<taro@ed.example>")
    kind("unsigned", 40, corpus("unsigned"), ["!dkim=", "spf=pass", "dmarc=pass"])
    kind("bounce", 20, corpus("pass"), ["dkim=pass", "dmarc=pass"], sender=b"<>")
    kind("forged-results", 20, corpus("forged"), ["dkim=pass", "dmarc=pass", "!bank"])
    with open(os.path.join(CORPUS, "zone"), encoding="utf-8") as file:
        record = next(line for line in file if line.startswith("s1._domainkey.good.example."))
    for number in range(SIGNERS):
        name = f"k{number}.example"
        zone.append(record.strip().replace("good.example", name))
        txt(name, "v=spf1 ip4:192.0.2.25 -all")
        txt("_dmarc." + name, "v=DMARC1; p=quarantine")
        kind(f"signer-{number}", 2, sign(message(name.encode()), name.encode()), ["dkim=pass", "spf=pass", "dmarc=pass"],
             sender=b"<taro@" + name.encode() + b">")


def bad_mail():
    forwarded = {"sender": b"<taro@good.example>", "client": b"192.0.2.77"}
    kind("body-altered", 60, corpus("body-altered"), ["dkim=neutral", "spf=fail", "dmarc=fail"], **forwarded)
    kind("subject-altered", 60, corpus("subject-altered"), ["dkim=fail", "spf=fail", "dmarc=fail"], **forwarded)
    kind("key-missing", 30, corpus("key-missing"), ["dkim=permerror", "spf=fail", "dmarc=fail"], **forwarded)
    kind("key-wrong", 30, corpus("key-wrong"), ["dkim=fail", "spf=fail", "dmarc=fail"], **forwarded)
    kind("key-cut", 20, corpus("key-cut"), ["!dkim=pass", "dmarc=fail"], **forwarded)
    kind("key-768", 10, corpus("key-768"), ["!dkim=pass", "dmarc=fail"], **forwarded)
    kind("forged-author", 60, corpus("unsigned"), ["spf=fail", "dmarc=fail"], client=b"192.0.2.66", helo=b"evil.example")
    for name, result in (("fail", "fail"), ("softfail", "softfail"), ("neutral", "neutral"), ("none", "none"),
                         ("permerror", "permerror"), ("crash", "permerror")):
        kind("spf-" + name, 20, corpus("spf-" + name), ["spf=" + result, "!dmarc=pass"],
             sender=f"<taro@spf-{name}.example>".encode())


def new_names():
    """Names that no cache has seen: they exist by wildcard, or not at all."""
    txt("*.wild.example", "v=spf1 ip4:192.0.2.25 -all")
    zone.append("*.wild.example. A 192.0.2.25")
    name = b"h@SERIAL@.wild.example"
    kind("new-name", 150, message(name), ["spf=pass"], sender=b"<taro@" + name + b">", helo=name)
    name = b"h@SERIAL@.gone.example"
    kind("no-such-name", 100, message(name), ["spf=none", "!dmarc=pass"], sender=b"<taro@" + name + b">", helo=name)
    signed = sign(message(b"good.example"), b"good.example", b"s1").replace(b"s=s1;", b"s=n@SERIAL@;", 1)
    kind("new-selector", 60, signed, ["dkim=permerror", "spf=fail", "dmarc=fail"], client=b"192.0.2.77")


def hostile_mail():
    good = message(b"good.example")
    evil = {"client": b"192.0.2.66", "helo": b"evil.example; dmarc=pass header.from=good.example"}
    kind("two-authors", 20, corpus("two-from"), ["!dmarc=pass"])
    kind("no-author", 20, corpus("no-from"), ["!dmarc=pass"])
    kind("helo-injection", 30, good, ["dmarc=fail", "!dmarc=pass~(", "!dmarc=pass~header"], **evil)
    kind("sender-injection", 30, good, ["dmarc=fail", "!dmarc=pass~(", "!dmarc=pass~header"], client=b"192.0.2.66",
         sender=b'<"x; dmarc=pass header.from=good.example; a="@evil.example>')
    kind("10000-authors", 2, message(b"good.example", author=b", ".join(b"a%d@e%d.example" % (n, n) for n in range(5000))),
         ["!dmarc=pass"], client=b"192.0.2.66")
    kind("1000-fields", 5, message(b"good.example", more=b"".join(b"X-%d: %s\r\n" % (n, b"y" * 60) for n in range(1000))),
         ["dmarc=pass"])
    kind("huge-field", 5, message(b"good.example", more=b"X-Huge: " + b"z" * 200000 + b"\r\n"), ["dmarc=pass"])
    kind("comments", 10, message(b"good.example", author=b"(" * 900 + b")" * 900 + b" a@evil.example"), ["!dmarc=pass"])
    signature = sign(good, b"good.example").split(b"From:", 1)[0]
    kind("80-signatures", 3, signature * 80 + good, ["dmarc=pass"])
    broken = signature.replace(b"bh=", b"l=99999999999999999999; bh=", 1)
    kind("odd-length", 10, broken + good, ["!dkim=pass"], client=b"192.0.2.66")
    kind("odd-domain", 10, signature.replace(b"d=good.example", b"d=good.example(.evil.example", 1) + good,
         ["!dkim=pass", "!dmarc=pass"], client=b"192.0.2.66")
    kind("octets", 10, message(b"good.example", body=bytes(range(256)) * 200, more=b"X-\xff\xfe: \x1b[2J\x01\r\n"),
         ["dmarc=pass"])
    deep = b"".join(b"--b%d\r\nContent-Type: multipart/mixed; boundary=b%d\r\n\r\n" % (n, n + 1) for n in range(200))
    kind("deep-mime", 5, sign(message(b"good.example", body=deep), b"good.example") + b"altered", ["dkim=neutral"])


def big_mail():
    line = b"The quick brown fox jumps over the lazy dog, again and again and again.\r\n"
    big = sign(message(b"good.example", body=line * 20000), b"good.example")
    kind("big", 3, big, ["dkim=pass", "dmarc=pass"])
    kind("big-altered", 2, big + b"-- \r\nA footer.\r\n", ["dkim=neutral", "spf=fail"], client=b"192.0.2.77")
    kind("big-unsigned", 3, message(b"good.example", body=line * 60000), ["!dkim=", "dmarc=pass"])


def left_mail():
    kind("aborted", 30, corpus("pass"), [], ending="abort")
    kind("left", 30, corpus("body-altered"), [], ending="gone", client=b"192.0.2.77")
    line = b"Half a message is worse than none.\r\n"
    kind("left-big", 1, sign(message(b"good.example", body=line * 20000), b"good.example"), [], ending="gone")


os.makedirs(FOLDER, exist_ok=True)
good_mail()
bad_mail()
new_names()
hostile_mail()
big_mail()
left_mail()
with open(os.path.join(FOLDER, "manifest"), "w", encoding="ascii") as manifest_file:
    manifest_file.write("\n".join(manifest) + "\n")
with open(os.path.join(CORPUS, "zone"), encoding="utf-8") as zone_file:
    zone += zone_file.read().splitlines()
with open(os.path.join(FOLDER, "zone"), "w", encoding="utf-8") as zone_file:
    zone_file.write("\n".join(zone) + "\n")
