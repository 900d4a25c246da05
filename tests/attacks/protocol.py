"""Chains, logs, bombs, states and the protocol itself (families 83 to 89)."""
import base64
import hashlib
import random
import socket
import struct
import time

from battlefield import (ATTACKER_IP, FIELD, HONEST_MAIL, KEY, OUR_ID, RECORDS, attack, canon_field, check, fire, passes, publish, refused,
                         signed)
from daemon import Daemon, await_true, descriptors_of
from milter_client import NR_CONN, Gone, Message, Milter, deliver
from name_server import NameServer



SPOOF = [("From", " boss@victim.example"), ("Subject", " x")]
GOOD = [("From", " taro@good.example"), ("Subject", " x")]


def sealed(headers, sets, domain="attacker.test", results=f" {OUR_ID}; dmarc=pass header.from=victim.example", cv=None):
    """headers under so many ARC sets, each made as RFC 8617 section 5.1 says."""
    stack = []
    for instance in range(1, sets + 1):
        aar = ("ARC-Authentication-Results", f" i={instance};{results}")
        ams = signed(headers, domain=domain, drop=["v"], field="ARC-Message-Signature", i=str(instance))[0]
        word = cv or ("none" if instance == 1 else "pass")
        own = f" i={instance}; a=rsa-sha256; d={domain}; s=sel; cv={word}; b="
        octets = b"".join(canon_field(name, value if isinstance(value, bytes) else value.encode(), "relaxed")
                          for one in [*stack, (aar, ams)] for name, value in one)
        octets += canon_field("ARC-Seal", own.encode(), "relaxed")[:-2]
        seal = ("ARC-Seal", own.encode() + base64.b64encode(KEY.sign("sha256", hashlib.sha256(octets).digest())))
        stack.append((aar, ams, seal))
    return [field for one in reversed(stack) for field in (one[2], one[1], one[0])] + headers


@attack("Forged, broken and endless chains turn nothing into a pass; an honest chain of 50 verifies", 83)
def chains():
    body = b"Hello\r\n"
    # whole, and sealed by a liar: his claims of what did not pass here are not repeated, not even in a comment
    claims = f" {OUR_ID}; spf=pass smtp.mailfrom=victim.example; dkim=pass header.d=victim.example; dmarc=pass header.from=victim.example"
    for results in (claims, claims.replace("victim.example", "x)dmarc=pass"), claims.replace("=victim.example", '="a;dmarc=pass"')):
        for sets in (1, 3):
            shot = refused(fire(headers=sealed(SPOOF, sets, results=results), body=body, client="192.0.2.77"))
            check(shot.words("arc") == ["pass"] and shot.words("dmarc") == ["fail"] and shot.record["dmarc"] == "fail", shot.header)
            check(shot.header.count("=pass") == 1 and f"arc=pass (i={sets})" in shot.header, shot.header)
    # where the same passed here, the sealer's words are repeated as Gmail does
    honest = claims.replace("victim", "good")
    shot = passes(fire(headers=sealed(GOOD, 1, results=honest), honest=True, body=body, **HONEST_MAIL))
    check("arc=pass (i=1 spf=pass spfdomain=good.example dmarc=pass fromdomain=good.example)" in shot.header, shot.header)
    for sets in (50, 3):
        shot = passes(fire(headers=sealed(GOOD, sets), honest=True, body=body, **HONEST_MAIL))
        check(shot.words("arc") == ["pass"] and f"(i={sets} " in shot.header, shot.header)
    for sets in (51, 200):
        check(refused(fire(headers=sealed(SPOOF, sets), body=body)).words("arc") == ["fail"], "too many")
    chain = sealed(SPOOF, 3)
    for broken in (chain[1:], [*chain[:2], *chain[3:]], [chain[0], *chain], [*chain[3:6], *chain[:3], *chain[6:]][1:],
                   sealed(SPOOF, 2, cv="none"), sealed(SPOOF, 2, cv="pass"), sealed(SPOOF, 1, cv="fail"), sealed(SPOOF, 1, cv="x")):
        check(refused(fire(headers=broken, body=body)).words("arc") == ["fail"], "a broken chain")
    check(refused(fire(headers=chain, body=b"Changed\r\n")).words("arc") == ["fail"], "changed body")
    for text in (" i=0; cv=none", " i=51; cv=none", " i=9999999999999999999999", " i=-1", " i=1; i=2", "", " ;", " i=1; cv=none; b=" + "A" * 60000,
                 " i=1; a=rsa-sha256; d=\x1b[2J; s=%n; cv=none; b=AAAA", " i = 1 ; cv = none"):
        for name in ("ARC-Seal", "ARC-Message-Signature", "ARC-Authentication-Results"):
            refused(fire(headers=[(name, text), *SPOOF]))


@attack("One message of 1,000 signatures, 50 chains, 40 labels and a tree of SPF asks at most 100 questions", 62, 83)
def amplification():
    table = dict(RECORDS)
    table["amp.attacker.test", "TXT"] = ["v=spf1 " + " ".join(f"include:i{number}.amp.attacker.test" for number in range(10)) + " mx -all"]
    for number in range(10):
        table[f"i{number}.amp.attacker.test", "TXT"] = [f"v=spf1 a:x{number}.attacker.test mx:y{number}.attacker.test -all"]
    headers = [("DKIM-Signature", f" v=1; a=rsa-sha256; d=d{number}.attacker.test; s=s{number}; h=from; bh={'A' * 43}=; b={'A' * 172}")
               for number in range(1000)]
    for instance in range(50, 0, -1):
        rest = f"s=k; bh={'A' * 43}=; b={'A' * 172}"
        headers += [("ARC-Seal", f" i={instance}; a=rsa-sha256; cv={'none' if instance == 1 else 'pass'}; d=a{instance}.attacker.test; s=k; b={'A' * 172}"),
                    ("ARC-Message-Signature", f" i={instance}; a=rsa-sha256; d=m{instance}.attacker.test; h=from; {rest}"),
                    ("ARC-Authentication-Results", f" i={instance}; x.example; none")]
    author = ".".join(f"l{number}" for number in range(40)) + ".victim.example"
    with NameServer(table) as server, Daemon(zone=None, nameservers=server.where).start() as daemon:
        refused(fire(daemon=daemon, headers=[*headers, ("From", f" a@{author}")], sender="<a@amp.attacker.test>", helo="x.attacker.test"))
        time.sleep(1)
        check(len(server.asked) <= 100, f"{len(server.asked)} questions")


EVIL = ("\x1b[2J\x1b]0;x\x07", "a\r\nb: c", "a\nsekishod[1]: fake", "\x9b31m", "\u202egnp.exe", "\u2028x", "%n%s", '","spf":"pass', "\\x41", '"}\n{"dmarc":"pass"',
        "\udcff\udcc0\udcaf\udced\udca0\udc80", "\x7f\x08\x08", "\ufeff", "\U000e0041", "x" * 70000)
for number, text in enumerate(EVIL[:9]):
    publish(f"note{number}._domainkey.attacker.test", "TXT", f"v=DKIM1; n={text}; p=A")


@attack("Escapes, line ends, JSON and half characters from everywhere: one record, one line, nothing raw", 84)
def log_injection():
    for text in EVIL:
        shot = refused(fire(headers=[("From", f' "{text}" <boss@victim.example>'), ("Subject", " " + text), ("Message-ID", f" <{text}@x>"),
                                     ("DKIM-Signature", f" v=1; a={text}; d={text}; s={text}; h=from; bh=AA; b={text}"), ("X-" + text[:50], " x")],
                            helo=text, sender=f"<{text}@attacker.test>", recipients=(f"<{text}@rx.example>",)))
        check("\\u" not in shot.line or "\\u00" not in shot.line, shot.line)
        refused(fire(headers=[("From", f" boss@{text}.example")], sender=f"<a@{text}>", queue_id=f"Q{text[:100]}", known=False))
        refused(fire(headers=[("From", " " + text)], sender="<>", helo=text))
    for number in range(9):
        refused(fire(headers=signed(SPOOF, selector=f"note{number}")))


@attack("A good message, then a spoof on the same connection; abort and a second HELO in between", 85)
def next_message():
    daemon = FIELD.up()
    good = Message(**HONEST_MAIL, headers=signed(GOOD, domain="good.example"))
    spoof = Message(client=ATTACKER_IP, helo="mail.attacker.test", sender="<a@attacker.test>", headers=SPOOF)
    with Milter(daemon.where) as milter:
        milter.negotiate()
        milter.connect(good)
        milter.helo(good)
        for stage in range(6):
            check("dmarc=pass" in milter.next_message(good).inserted[0][2], "the good one")
            if stage > 0:
                milter.envelope(good)
            if stage > 1:
                milter.header(*good.headers[0])
            if stage > 2:
                milter.header(*good.headers[1])
            if stage > 3:
                milter.end_of_headers()
            if stage > 4:
                milter.body(b"Hello\r\n")
            milter.abort()
            if stage % 2:
                milter.helo(spoof)
            header = milter.next_message(Message(sender="<a@attacker.test>", headers=SPOOF)).inserted[0][2]
            check("dmarc=fail" in header and "dkim" not in header, header)
            if stage < 5:
                milter.helo(good)
        milter.send("K")  # the MTA hands this connection to the next client
        milter.command("C", b"evil\0" + b"4" + struct.pack("!H", 25) + ATTACKER_IP.encode() + b"\0", NR_CONN)
        milter.helo(spoof)
        header = milter.next_message(Message(sender="<taro@good.example>", headers=GOOD)).inserted[0][2]
        check("spf=fail" in header and "dmarc=fail" in header, header)
        milter.quit()


def memory_of(pid):
    with open(f"/proc/{pid}/status", encoding="ascii") as file:
        return next(int(line.split()[1]) for line in file if line.startswith("VmRSS"))


@attack("100,000 fields, 10,000 Received, names of 60 kB, lines of 1 MB: bounded, and still a verdict", 86)
def header_bombs():
    daemon = FIELD.up()
    refused(fire(headers=SPOOF))
    before = sum(map(memory_of, daemon.workers()))
    odd = [("X" * 60000, " x"), ("X-\x01", " x"), (" ", " x"), ("X Y", " x"), ("X:Y", " x"), ("\udcff", b" \xff\x00\xfe")]
    for headers in ([("X-A", " 1")] * 100000 + SPOOF, SPOOF + [("Received", " from x by y; z")] * 10000, odd + SPOOF, [("X-A", " " + "x" * 1000000), *SPOOF],
                    [("X-A", "\n x" * 300000), *SPOOF], [("X-A", " " + "x" * (3 << 20)), *SPOOF], [("From", " boss@victim.example"), *[("X-B", " " + "y" * 900000)] * 5],
                    [("DKIM-Signature", " " + "v=1; " * 180000), *SPOOF], [("ARC-Seal", " i=1; " + "x" * 900000), *SPOOF]):
        shot = refused(fire(headers=headers, pause=20))
        check(shot.record.get("dmarc") in ("fail", "permerror"), shot.line)  # an author behind a flood is no author
    refused(fire(headers=[]))
    grown = sum(map(memory_of, daemon.workers())) - before
    check(grown < 64 * 1024, f"{grown} kB more")
    passes(fire(headers=[*[("X-A", " 1")] * 900, *GOOD], honest=True, **HONEST_MAIL))


@attack("32 MB, one line without end, blank lines, nested parts: streamed, no memory", 87)
def body_bombs():
    daemon = FIELD.up()
    headers = signed(GOOD, domain="good.example")
    refused(fire(headers=headers, **{**HONEST_MAIL, "client": "198.51.100.77"}, body=b"x" * (1 << 20)))
    before = sum(map(memory_of, daemon.workers()))
    nested = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n) for n in range(3000))
    mime = [*GOOD, ("Content-Type", ' multipart/mixed; boundary="b"')]
    for fields, body in ((headers, b"line of text\r\n" * (32 << 16)), (headers, b"x" * (8 << 20)), (headers, b"\r\n" * (4 << 20)), (headers, b" \t" * (4 << 20)),
                         (signed(mime, domain="good.example"), b"--b\r\n" + nested), (signed(mime, domain="good.example"), b"--b\r\n\r\n" * 100000),
                         (headers, b"=\r\n" * 500000), (headers, b"\0" * 100000), (headers, b"\r" * 100000), (headers, b"\n" * 100000)):
        refused(fire(headers=fields, body=body, pause=20, **{**HONEST_MAIL, "client": "198.51.100.77"}))
    grown = sum(map(memory_of, daemon.workers())) - before
    check(grown < 48 * 1024, f"{grown} kB more")
    big = b"line of text\r\n" * (1 << 16)
    passes(fire(headers=signed(GOOD, big, domain="good.example"), body=big, honest=True, pause=10, **{**HONEST_MAIL, "client": "198.51.100.77"}))


@attack("The protocol out of order, cut, too long, octet by octet; end of message without end", 88)
def protocol_abuse():
    daemon = FIELD.up()
    workers = daemon.workers()
    dice = random.Random(4)
    pieces = [b"", b"\0", b"From\0 a@b\0", b"<a@b>\0", b"x" * 3000, b"h\x004\0\x19192.0.2.1\0", b"Mi\0", b"MA\0B\0C\0", struct.pack("!III", 6, 0x1ff, 0x1fffff)]
    for number in range(400):
        try:
            with Milter(daemon.where, timeout=3) as milter:
                if number % 4:
                    milter.negotiate()
                for _ in range(dice.randrange(1, 20)):
                    data = dice.choice(pieces)
                    size = len(data) + 1 if dice.random() < 0.95 else dice.choice((0, 1, 70000, 0x7fffffff, 0xffffffff))
                    packet = struct.pack("!I", size) + dice.choice(b"CHMRLNBEADKTUQOZ\0\xff").to_bytes(1, "big") + data
                    for at in range(0, len(packet), 1 if number % 50 == 0 else len(packet)):
                        milter.send_raw(packet[at:at + (1 if number % 50 == 0 else len(packet))])
                milter.socket.shutdown(socket.SHUT_WR)
                while milter.socket.recv(65536):
                    pass
        except (Gone, OSError, struct.error):
            pass
    with Milter(daemon.where) as milter:
        milter.negotiate()
        milter.connect(Message())
        milter.send_raw(struct.pack("!I", 1) + b"E" + (struct.pack("!I", 1) + b"E") * 200)
    check(daemon.workers() == workers, "a worker died: " + daemon.said()[-300:])
    check(await_true(lambda: all(descriptors_of(pid) < 60 for pid in workers), 0.3), [descriptors_of(pid) for pid in workers])
    passes(fire(headers=GOOD, honest=True, **HONEST_MAIL))


@attack("Bare line ends, NULs and a second message inside a body are octets of that body", 89)
def smuggled():
    second = (b"\r\n.\r\nMAIL FROM:<boss@victim.example>\r\nRCPT TO:<b@rx.example>\r\nDATA\r\nFrom: boss@victim.example\r\n"
              b"Authentication-Results: mx.rx.example; dmarc=pass\r\n\r\nhi\r\n")
    for start in (b"Hello\n.\n", b"Hello\r.\r", b"Hello\n.\r\n", b"Hello\r\n.\n", b"Hello\0\r\n.\r\n", b"\n\n", b""):
        shot = refused(fire(headers=SPOOF, body=start + second))
        check(len(shot.result.inserted) == 1 and not shot.result.deleted, "read as a header")
    daemon = FIELD.up()
    count = len(daemon.records())
    deliver(daemon.where, Message(headers=SPOOF, body=second, queue_id="QSMUGGLE"))
    check(await_true(lambda: len(daemon.records()) > count, 0.5), "no record")
    time.sleep(0.5)
    check(len(daemon.records()) == count + 1, "two records")
