"""Envelope and HELO: confusion of identities, and text that wants to be a result (families 1 to 13, 20, 21)."""
import struct

from battlefield import (ATTACKER_IP, HONEST_IP, HONEST_MAIL, VICTIM, FIELD, attack, check, dmarc_is, fire, passes, publish,
                         refused, spf_is)
from milter_client import NR_CONN, NR_HELO, NR_MAIL, NR_RCPT, Gone, Message, Milter

SPOOF = [("From", " boss@victim.example"), ("Subject", " x")]
GOOD = [("From", " Taro <taro@good.example>"), ("Subject", " x")]
INJECTION = "dmarc=pass header.from=victim.example"

publish("victim.example(a.attacker.test", "TXT", "v=spf1 +all")
publish("strict.victim.example", "TXT", "v=spf1 -all")


def spoofed(sender, **options):
    """From the victim's author with that envelope sender: no pass, whatever it is."""
    shot = refused(fire(sender=sender, headers=SPOOF, **options))
    check(shot.record.get("dmarc") == "fail", shot.line)
    check("smtp.mailfrom=victim.example" not in shot.header or "spf=pass" not in shot.header, shot.header)
    return shot


@attack("A good HELO does not stand in for a MAIL FROM without record", 1)
def helo_lent():
    spf_is(spoofed("<any@notexist.victim.example>"), "none")
    spf_is(spoofed("<any@strict.victim.example>"), "fail")
    spf_is(passes(fire(headers=GOOD, honest=True, **HONEST_MAIL)), "pass")


@attack("Comments in the envelope sender hide nothing", 2)
def sender_comment():
    for sender in ("<(any@victim.example>", "<(any@victim.example)>", "<(x)any@victim.example>", "<any@victim.example(x)>",
                   "<any(@attacker.test)@victim.example>", "(<any@victim.example>"):
        check("spf=pass" not in spoofed(sender).header, sender)


@attack("A domain with a bracket is asked nowhere", 3)
def sender_bracket():
    for sender in ("<any@victim.example(a.attacker.test>", "<any@victim.example(.attacker.test>",
                   "<any@victim.example\\.attacker.test>", "<any@victim.example%00.attacker.test>"):
        shot = spoofed(sender)
        check("spf=pass" not in shot.header, shot.header)
        check("attacker.test" not in shot.record.get("spf_domain", ""), shot.line)


@attack("The last @ outside quotes parts the envelope sender", 4)
def sender_quotes():
    for sender in ("<any@victim.example'@any.attacker.test>", '<"any@victim.example"@attacker.test>',
                   '<"any@victim.example\\""@attacker.test>', '<"a\\"@victim.example"@attacker.test>'):
        shot = spoofed(sender)
        check("smtp.mailfrom=victim.example" not in shot.header and "@victim.example designates" not in shot.header, shot.header)
    publish_ok = fire(sender='<"taro o"@good.example>', headers=GOOD, honest=True, client=HONEST_IP, helo="mail.good.example")
    spf_is(passes(publish_ok), "pass")


@attack("Source routes: the first domain is never taken", 5)
def sender_routes():
    for sender in ("<@victim.example,@any.test:'any@attacker.test>", "<@attacker.test:any@victim.example>",
                   "<@attacker.test,@x.test:any@victim.example>", "<@victim.example:a@attacker.test>", "<@:a@victim.example>"):
        spoofed(sender)


@attack("Senders that are no address, short and very long", 6)
def sender_rubbish():
    rubbish = ["<a@b@victim.example>", "<@victim.example>", "<victim.example>", "<postmaster>", "<a@.>", "<a@victim..example>",
               "<a@victim.example.>", f"<a@{'x' * 64}.example>", f"<a@{'.'.join(['x' * 60] * 6)}>", f"<{'l' * 9000}@attacker.test>",
               "<a@[192.0.2.66]>", "<a@[IPv6:2001:db8::1]>", "<a@xn--\u00e9.example>", "<a@xn--zz.example>", "a@victim.example",
               "<>", "", " ", "<", ">", "<<a@victim.example>>", "<a@victim.example> <b@attacker.test>", "<a b@victim.example>",
               "<a@victim .example>", "<a@-.example>", "<@>", "<a@>", "<a>", "<\"@victim.example>", "<a@com>"]
    for sender in rubbish:
        shot = refused(fire(sender=sender, headers=SPOOF))
        check(len(shot.header) < 4096, f"{len(shot.header)} octets for {sender[:30]!r}")
        check(f"smtp.mailfrom=a@{VICTIM}" not in shot.header or "spf=fail" in shot.header, shot.header)


@attack("Null sender: HELO alone, and only as a name", 7)
def null_sender():
    headers = [("From", " MAILER-DAEMON@attacker.test"), ("Subject", " x")]
    spf_is(fire(sender="<>", headers=headers, helo="mail.attacker.test"), "pass")
    for helo in (VICTIM, "notexist.victim.example", "[192.0.2.66]", "localhost", "", "victim.example.", "VICTIM.EXAMPLE"):
        shot = refused(fire(sender="<>", headers=SPOOF, helo=helo))
        check("spf=pass" not in shot.header, f"{helo}: {shot.header}")
    bounce = [("From", " MAILER-DAEMON@mail.good.example"), ("Subject", " Undelivered")]
    passes(fire(sender="<>", headers=bounce, helo="mail.good.example", client=HONEST_IP, honest=True))


@attack("A client without address is nobody, not 127.0.0.1", 8)
def client_unknown():
    publish_local = [("From", " a@local.example")]
    for family, client in (("U", ""), ("L", "/var/run/sock"), ("4", "no address"), ("4", ""), ("6", "1.2.3"), ("4", "999.1.1.1")):
        if family in "46" and not reaches(family, client):
            continue  # libmilter closes the connection: the MTA asks the sender to come again
        shot = refused(fire(family=family, client=client, sender="<a@local.example>", headers=publish_local))
        check("spf=pass" not in shot.header and shot.record.get("skipped") is None, shot.header)


def reaches(family, client):
    """Does libmilter take such an address?"""
    try:
        with Milter(FIELD.up().where) as milter:
            milter.negotiate()
            milter.connect(Message(family=family, client=client))
            milter.helo(Message())
            milter.mail(Message())
            return milter.end().answer in "ca"
    except (Gone, OSError):
        return False


publish("local.example", "TXT", "v=spf1 ip4:127.0.0.1 ip6:::1 -all")
publish("_dmarc.local.example", "TXT", "v=DMARC1; p=reject")


@attack("IPv4 written as IPv6 is IPv4", 9)
def mapped():
    for client in ("::ffff:192.0.2.66", "IPv6:::ffff:192.0.2.66"):
        shot = fire(family="6", client=client, headers=[("From", " a@attacker.test")])
        spf_is(shot, "pass")
        check("192.0.2.66" in shot.header and "ffff" not in shot.header, shot.header)
        refused(fire(family="6", client=client, sender="<a@victim.example>", headers=SPOOF))
    passes(fire(headers=GOOD, honest=True, family="6", **{**HONEST_MAIL, "client": "::ffff:192.0.2.25"}))


@attack('A host that calls itself "localhost" is judged by its address', 10)
def localhost():
    daemon = FIELD.up()
    with Milter(daemon.where) as milter:
        milter.negotiate()
        for name in (b"localhost", b"localhost.localdomain", b"[127.0.0.1]", b"mx.rx.example"):
            milter.command("C", name + b"\0" + b"4" + struct.pack("!H", 25) + ATTACKER_IP.encode() + b"\0", NR_CONN)
            milter.command("H", b"localhost\0", NR_HELO)
            milter.command("M", b"<boss@victim.example>\0", NR_MAIL)
            milter.command("R", b"<b@rx.example>\0", NR_RCPT)
            milter.header(*SPOOF[0])
            milter.end_of_headers()
            result = milter.end()
            check(len(result.inserted) == 1 and "dmarc=fail" in result.inserted[0][2], result.inserted)
        milter.quit()


HELO_TEXTS = [f"victim.example; {INJECTION}", f"x) ; {INJECTION} (", f'"; {INJECTION}; x="', f"a\r\nX: {INJECTION}",
              f"a\r\nAuthentication-Results: mx.rx.example; {INJECTION}", f"a\n {INJECTION}", "a\tb", "a=b", f"a;{INJECTION}",
              "victim.example\\", "x\x1b[2J", "(", ")", '"', "x" * 20000, f"x;\n\t{INJECTION}", "a\x00b"]


@attack("HELO that speaks our language", 11)
def helo_results():
    for helo in HELO_TEXTS:
        for sender in ("<>", "<a@attacker.test>"):
            shot = refused(fire(sender=sender, headers=SPOOF, helo=helo))
            check("header.from=victim.example" not in shot.header.split("dmarc=")[0], shot.header)


@attack("HELO that ends comments, quotations and lines", 12)
def helo_brackets():
    for helo in HELO_TEXTS:
        shot = refused(fire(sender="<>", headers=SPOOF, helo=helo))
        check(balanced(shot.header), shot.header)
        check(len(shot.result.inserted) == 1, "a second field")


def balanced(header):
    depth, quoted = 0, False
    for char in header:
        if char == '"' and depth == 0:
            quoted = not quoted
        if not quoted:
            depth += (char == "(") - (char == ")")
        if depth not in (0, 1):
            return False
    return depth == 0 and not quoted


@attack("Local parts that speak our language", 13)
def sender_results():
    for local in (f'"x; {INJECTION}; a="', f'"x\\" ; {INJECTION}"', f'")(; {INJECTION}"', '"a\r\nX: y"', "a b", "a'b", '"a\\\nb"',
                  f"x;{INJECTION}", "dmarc=pass", "a(b)c", "a)b", "\u200ea", "a\x1b[31m", "%s%n%99999s", "a" * 2000, "\\", '"'):
        for domain in ("attacker.test", "victim.example"):
            shot = fire(sender=f"<{local}@{domain}>", headers=SPOOF)
            check("pass" not in shot.words("dmarc") and shot.record.get("dmarc") == "fail", shot.header)
            check(balanced(shot.header), shot.header)
    shot = passes(fire(honest=True, headers=GOOD, **{**HONEST_MAIL, "sender": "<SRS0=x+y=Z=other.example=taro@good.example>"}))
    check('"SRS0=x+y=Z=other.example=taro@good.example"' in shot.header, shot.header)


@attack("Macros of the MTA are input like any other", 20)
def macros():
    evil = "x\r\nAuthentication-Results: mx.rx.example; dmarc=pass"
    for macros_given in ({"i": evil}, {"daemon_name": evil}, {"j": evil}, {"mail_addr": evil}, {"client_addr": evil},
                         {"v": "%n%s" * 100}, {"x" * 5000: "y"}, {"client_name": evil}, {"if_addr": "\x1b[2J"}):
        refused(fire(headers=SPOOF, macros=macros_given))
    shot = refused(fire(headers=SPOOF, queue_id="Q\t\x1b[2J\u202e1", known=False))
    check(shot.record["queue_id"].startswith("Q"), shot.line)


@attack("Direction marks, C1 and 8-bit octets never reach the header", 21)
def direction_marks():
    for text in ("\u202evictim", "\u2066x\u2069", "\x85x", "\udcff\udcfe", "\u200bx", "\ufeffx", "\u00e9", "\U0001f600", "\udcc0\udcaf"):
        for options in ({"helo": text + ".example", "sender": "<>"}, {"sender": f"<{text}@attacker.test>"},
                        {"sender": f"<a@{text}.example>"}, {"sender": f"<{text}@attacker.test>", "arguments": ("SMTPUTF8",)}):
            refused(fire(headers=SPOOF, **options))
    dmarc_is(fire(headers=GOOD, honest=True, **HONEST_MAIL), "pass")
    # RFC 8616: a local part of an SMTPUTF8 session is shown as it is, of any other session with question marks
    name = "taro\u592a\u90ce"
    mail = {**HONEST_MAIL, "sender": f"<{name}@good.example>", "headers": GOOD, "honest": True}
    check(f"smtp.mailfrom={name}@good.example" in passes(fire(arguments=("SMTPUTF8",), **mail)).header, "not shown")
    check(name not in passes(fire(**mail)).header, "8-bit octets in a 7-bit session")
    for arguments in (("BODY=8BITMIME", "smtputf8", "SIZE=1"), ("XSMTPUTF8",), ("SMTPUTF8=1",), ("SIZE=1 SMTPUTF8",)):
        shown = name in fire(arguments=("SMTPUTF8",) if arguments[0].startswith("BODY") else arguments, **mail).header
        check(shown == arguments[0].startswith("BODY"), arguments)
    # RFC 8616 section 4: names are shown as A-labels
    for helo in ("m\u00fcller.example", "xn--mller-kva.example"):
        shot = fire(sender="<>", helo=helo, headers=GOOD, client=HONEST_IP, honest=True)
        check("smtp.helo=xn--mller-kva.example" in shot.header, shot.header)
