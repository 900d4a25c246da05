"""The scenarios of failure.sh: each function is one point; a false statement or an exception fails it."""

import email
import os
import re
import sqlite3
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from daemon import Daemon  # noqa: E402
from points import check, point, run_points  # noqa: E402
from reporting import Reporting, message  # noqa: E402

ZONE = """\
good.example. TXT "v=spf1 ip4:192.0.2.25 \\"x -all"
_dmarc.good.example. TXT "v=DMARC1; p=reject; fo=1; ruf=mailto:ruf@good.example,mailto:all@agreed.example,mailto:victim@elsewhere.example"
good.example._report._dmarc.agreed.example. TXT "v=DMARC1"
_dmarc.zero.example. TXT "v=DMARC1; p=none; ruf=mailto:ruf@zero.example"
zero.example. TXT "v=spf1 ip4:192.0.2.25 -all"
_dmarc.spf.example. TXT "v=DMARC1; p=none; fo=s; ruf=mailto:ruf@spf.example"
spf.example. TXT "v=spf1 -all"
_dmarc.dkim.example. TXT "v=DMARC1; p=none; fo=d; ruf=mailto:ruf@dkim.example"
_dmarc.silent.example. TXT "v=DMARC1; p=none; rua=mailto:rua@silent.example"
_dmarc.psd.example. TXT "v=DMARC1; p=none; psd=y; ruf=mailto:ruf@psd.example"
_dmarc.broken.example. TXT "v=DMARC1; p=none; ruf=mailto:broken@broken.example"
"""
# RFC 6591 section 3.1 and 3.2, RFC 5965 section 3.1, RFC 9991
REQUIRED = ("Feedback-Type", "Version", "User-Agent", "Auth-Failure", "Authentication-Results", "Identity-Alignment",
            "Original-Mail-From", "Source-IP", "Reported-Domain", "Arrival-Date", "Delivery-Result")
SIGNATURE = (" v=1; a=rsa-sha256; d=dkim.example; s=s1; i=taro@news.dkim.example; h=from; bh=MTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3"
             "ODkwMTI=; b=MTIzNA==")


def parts_of(letter):
    """The three parts of a report, taken apart by Python: the fields, and the header of the message."""
    check(letter.get_content_type() == "multipart/report" and letter.get_param("report-type") == "feedback-report",
          letter["Content-Type"])
    check(not letter.defects and letter["MIME-Version"] == "1.0" and letter["Auto-Submitted"] == "auto-generated", letter)
    words, report, header = letter.get_payload()
    check(words.get_content_type() == "text/plain", words)
    check(report.get_content_type() == "message/feedback-report", report)
    check(header.get_content_type() == "text/rfc822-headers", header)
    text = report.get_payload()
    fields = text[0] if isinstance(text, list) else email.message_from_string(text)
    shown = email.message_from_string(header.get_payload())
    for part in (fields, shown):
        check(not part.defects and not part.get_payload(), f"{part.defects} {part}")
    for name in REQUIRED:
        check(len(fields.get_all(name, [])) == 1, f"{name} in {fields}")
    check(fields["Feedback-Type"] == "auth-failure" and fields["Version"] == "1", fields)
    check(email.utils.parsedate_to_datetime(fields["Arrival-Date"]), fields["Arrival-Date"])
    return fields, shown


def reporting(messages, **options):
    return Reporting(messages, ZONE, failure_reports="yes", **options)


@point("off unless wanted: nothing of a message is kept for it, nothing is sent")
def off():
    with Reporting([message("zero.example", client="198.51.100.7")], ZONE) as it:
        status, said = it.run("--send", verb="failure")
        check(status == 0 and not it.sent() and "0 messages" in said, said)


@point("a report has every field, and goes to those who asked and agreed, from nobody")
def whole_report():
    mail = message("good.example", client="198.51.100.7", queue_id="4QID", headers=[
        ("To", " hanako@rx.example"), ("Message-ID", " <id.1@good.example>"), ("Date", " Sun, 22 Nov 2026 00:00:00 +0000"),
        ("Received", " from x (taro@y)\r\n\tby z for <hanako@rx.example>;\r\n\tSun, 22 Nov 2026 00:00:00 +0000")])
    with reporting([mail] * 3) as it:
        status, said = it.run("--send", verb="failure")
        sent = it.sent()
        check(status == 0 and sorted(sent) == ["all@agreed.example", "ruf@good.example"], said)
        check("victim@elsewhere.example (its domain has not agreed in DNS)" in said, said)
        for name in os.listdir(it.letters):
            if name.endswith(".arguments"):
                with open(os.path.join(it.letters, name), encoding="ascii") as file:
                    check(file.read().startswith("-i -f <> -- "), "the sender is somebody")
        fields, shown = parts_of(sent["ruf@good.example"])
        check((fields["Auth-Failure"], fields["Identity-Alignment"], fields["Reported-Domain"], fields["Source-IP"],
               fields["Original-Envelope-Id"], fields["Incidents"], fields["Delivery-Result"]) ==
              ("dmarc", "dkim, spf", "good.example", "198.51.100.7", "4QID", "3", "delivered"), fields)
        check(fields["SPF-DNS"] == 'txt : good.example : "v=spf1 ip4:192.0.2.25 \\"x -all"' or
              "permerror" in fields["Authentication-Results"], fields)
        check(re.search(r"dmarc=fail.*header\.from=good\.example", fields["Authentication-Results"], re.S), fields)
        check(re.fullmatch(r"<#[0-9a-f]{16}@good\.example>", fields["Original-Mail-From"]), fields["Original-Mail-From"])
        check(re.fullmatch(r"<#[0-9a-f]{16}@good\.example>", shown["From"]), shown["From"])
        check(shown["Message-ID"] == "<id.1@good.example>" and shown["Date"] and "by z" in shown["Received"], shown)
        check(shown["Subject"] is None and shown["To"] is None, shown)
        whole = sent["ruf@good.example"].as_string()
        check("taro" not in whole and "hanako" not in whole, whole)


@point("fo= decides: 0 when nothing is aligned, 1 when something is not, d and s whatever is aligned")
def options():
    messages = [message("zero.example")] + \
        [message("silent.example", client="198.51.100.7")] + [message("psd.example", client="198.51.100.7")] + \
        [message("spf.example", client="198.51.100.7")] + \
        [message("dkim.example", client="198.51.100.7", headers=[("DKIM-Signature", SIGNATURE)])] + \
        [message("zero.example", client="198.51.100.7")]
    with reporting(messages) as it:
        status, said = it.run("--send", verb="failure")
        sent = it.sent()
        check(status == 0 and sorted(sent) == ["ruf@dkim.example", "ruf@spf.example", "ruf@zero.example"],
              f"{sorted(sent)} {said}")
        fields, _ = parts_of(sent["ruf@dkim.example"])
        check((fields["Auth-Failure"], fields["DKIM-Domain"], fields["DKIM-Identity"], fields["DKIM-Selector"]) ==
              ("signature", "dkim.example", "@news.dkim.example", "s1"), fields)
        fields, _ = parts_of(sent["ruf@spf.example"])
        check((fields["Auth-Failure"], fields["SPF-DNS"]) == ("spf", 'txt : spf.example : "v=spf1 -all"'), fields)
        fields, _ = parts_of(sent["ruf@zero.example"])
        check(fields["Auth-Failure"] == "dmarc" and fields["Source-IP"] == "198.51.100.7", fields)
        check("Incidents" not in fields, fields)


@point("each message is reported once, each kind once a day, and few to one domain")
def once_and_few():
    messages = [message("zero.example", client=f"198.51.100.{i}") for i in range(1, 9)] * 2
    with reporting(messages, failure_report_domain_limit="3") as it:
        status, said = it.run("--out", it.out, verb="failure")
        check(status == 0 and "3 reports written" in said and "5 held back" in said, said)
        for name in os.listdir(it.out):
            with open(os.path.join(it.out, name), encoding="ascii") as file:
                check(parts_of(email.message_from_file(file))[0]["Incidents"] == "2", name)
        status, said = it.run("--send", verb="failure", day=False)
        check(status == 0 and "0 messages" in said, said)  # they are not two minutes old
        with sqlite3.connect(it.daemon.path("verdicts.db")) as database:
            database.execute("UPDATE verdicts SET time = time - 300")
        with sqlite3.connect(it.daemon.path("reports.db")) as ledger:
            ledger.execute("DELETE FROM failures_until")
        status, said = it.run("--send", verb="failure", day=False)
        check(status == 0 and "3 sent, 0 failed, 5 held back" in said, said)
        status, said = it.run("--send", verb="failure", day=False)
        check(status == 0 and "0 messages" in said, said)
        status, said = it.run("--send", verb="failure")
        check(status == 0 and "16 messages" in said and "0 sent" in said, said)


@point("never to an address whose mail came back, to whom opted out, about a report")
def never():
    report = [("Content-Type", " multipart/report; report-type=feedback-report; boundary=x")]
    messages = [message("broken.example", client="198.51.100.7"), message("zero.example", client="198.51.100.7"),
                message("good.example", client="198.51.100.7", headers=report),
                message("spf.example", client="198.51.100.7", subject="Report Domain: x Submitter: y Report-ID: <1>")]
    with reporting(messages, report_opt_out="zero.example") as it:
        status, said = it.run("--send", verb="failure")
        check(status == 1 and "broken@broken.example" in said and sorted(it.sent()) == ["broken@broken.example"], said)
        with sqlite3.connect(it.daemon.path("reports.db")) as ledger:
            ledger.execute("DELETE FROM failures")
        status, said = it.run("--send", verb="failure")
        check(status == 0 and "0 sent, 0 failed" in said and "zero.example 1: is in report-opt-out" in said, said)


HOSTILE = (("Received", " from <script>alert(1)</script>\r\n --=_sekisho_failure_=--\r\n\tby \x1b[31mx"),
           ("Message-ID", " <x\x00y@z>\x85\u202e"), ("--=_sekisho_failure_=", " x"), ("Content-Type", " x\r\n\r\n"),
           ("Date", " " + "x" * 5000), ("List-ID", "\r\n" * 50 + " y"), ("DKIM-Signature", " d=<script>; s=\";|$(id)"),
           ("X: y\r\nBcc", " z"))


@point("nothing that a stranger writes ends a line, a part or a field", waits=True)
def hostile():
    for sender in ("<\"a\r\nBcc: x\"@good.example>", "<a>b\u202e@good.example>", "<" + "x" * 3000 + "@good.example>",
                   "<<script>alert(1)</script>@good.example>"):
        for shown_as in ("technical", "full"):
            mail = message("good.example", client="198.51.100.7", sender=sender, queue_id="<b>\r\nX: y",
                           headers=HOSTILE)
            with reporting([mail], failure_report_header=shown_as, failure_report_local_part="full") as it:
                status, said = it.run("--send", verb="failure")
                check(status == 0 and len(it.sent()) == 2, said)
                letter = it.sent()["ruf@good.example"]
                fields, shown = parts_of(letter)
                known = {name.lower() for name in (*REQUIRED, "Original-Envelope-Id", "Reporting-MTA", "SPF-DNS",
                                                   "DKIM-Domain", "DKIM-Identity", "DKIM-Selector", "Incidents")}
                check({name.lower() for name in fields.keys()} <= known, fields.keys())
                check(set(shown.keys()) <= {"From", "Subject", "Received", "Message-ID", "Content-Type", "Date", "List-ID",
                                            "DKIM-Signature"}, shown.keys())
                check("Bcc" not in letter.keys() and "\x1b" not in letter.as_string(), letter)


@point("bad input gets a clear error")
def errors():
    with reporting([message("good.example")]) as it:
        for arguments in (("--day", "yesterday"), ("--send", "--out", it.out), ("extra",)):
            status, said = it.run(*arguments, verb="failure")
            check(status == 2 and "usage" in said, f"{arguments}: {status} {said}")
        status, said = it.run("--store", "sqlite:/nonexistent/x", verb="failure")
        check(status == 3 and said, said)


Daemon.program = os.path.join(os.path.abspath(sys.argv[1]), "sekishod")
sys.exit(run_points(sys.argv[2:]))
