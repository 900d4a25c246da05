"""The scenarios of report.sh: each function is one point; a false statement or an exception fails it."""

import gzip
import os
import re
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from daemon import Daemon  # noqa: E402
from points import check, point, run_points  # noqa: E402
from reporting import Reporting, message  # noqa: E402

BUILD = os.path.abspath(sys.argv[1])
SCHEMA = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support", "aggregate_report.xsd")
ZONE = """\
good.example. TXT "v=spf1 ip4:192.0.2.25 -all"
mail.good.example. A 192.0.2.25
_dmarc.good.example. TXT "v=DMARC1; p=reject; sp=quarantine; fo=1; rua=mailto:dmarc@good.example, mailto:dmarc@good.example,mailto:all@agreed.example!10m,mailto:victim@elsewhere.example,mailto:x@small.example!1k"
good.example._report._dmarc.agreed.example. TXT "v=DMARC1; rua=mailto:instead@agreed.example"
good.example._report._dmarc.small.example. TXT "v=DMARC1"
_dmarc.silent.example. TXT "v=DMARC1; p=none"
_dmarc.shell.example. TXT "v=DMARC1; p=none; rua=mailto:-oQ/tmp/x@shell.example,mailto:a%0aBcc:b@shell.example,mailto:a b@shell.example,https://shell.example/x"
_dmarc.reporter.example. TXT "v=DMARC1; p=none; rua=mailto:dmarc@reporter.example"
reporter.example. TXT "v=spf1 -all"
"""
def validate(xml):
    done = subprocess.run(["xmllint", "--noout", "--schema", SCHEMA, "-"], input=xml, text=True, capture_output=True,
                          timeout=60, check=False)
    check(done.returncode == 0, done.stderr + xml)


def counted(xml):
    return sum(int(count) for count in re.findall(r"<count>(\d+)</count>", xml))


DAY_OF_MAIL = [message("good.example")] * 5 + [message("sub.good.example", client="2001:db8::25")] * 2 + \
    [message("good.example", client="198.51.100.7")] * 3 + [message("good.example", sender="<>")] + \
    [message("silent.example")] + [message("nobody.example")]


@point("a report is valid, named as the RFC says, and adds up")
def valid_report():
    with Reporting(DAY_OF_MAIL, ZONE) as reporting:
        status, said = reporting.run("--out", reporting.out)
        check(status == 0 and "2 domains, 12 messages, 1 reports written" in said, said)
        ((name, xml),) = reporting.files().items()
        check(re.fullmatch(r"mx\.rx\.example!good\.example!\d+!\d+\.xml\.gz", name), name)
        validate(xml)
        check(counted(xml) == 11, xml)
        check(xml.count("<record>") == 4, xml)
        for part in ("<p>reject</p>", "<sp>quarantine</sp>", "<np>quarantine</np>", "<fo>1</fo>",
                     "<source_ip>2001:db8::25</source_ip>", "<header_from>sub.good.example</header_from>",
                     "<disposition>pass</disposition>", "<type>local_policy</type>",
                     "<discovery_method>treewalk</discovery_method>"):
            check(part in xml, f"{part} is not in {xml}")
        check("silent.example 1: asks for no reports" in said, said)
        status, said = reporting.run("--out", reporting.out, "--form", "rfc7489")
        xml = next(iter(reporting.files().values()))
        check("<pct>100</pct>" in xml and "xmlns" not in xml and counted(xml) == 11, xml)


@point("it goes to those who asked and agreed, once, with a subject that machines know")
def sending():
    with Reporting(DAY_OF_MAIL, ZONE) as reporting:
        status, said = reporting.run("--send")
        sent = reporting.sent()
        check(status == 0 and sorted(sent) == ["dmarc@good.example", "instead@agreed.example"], said)
        check("victim@elsewhere.example (its domain has not agreed in DNS)" in said, said)
        check("x@small.example wants no mail of this size" in said, said)
        letter = sent["dmarc@good.example"]
        subject = re.sub(r"\s+", " ", letter["Subject"])
        check(re.fullmatch(r"Report Domain: good\.example Submitter: mx\.rx\.example Report-ID: <\S+>", subject), subject)
        check(letter["Auto-Submitted"] == "auto-generated" and letter["From"] == "<postmaster@mx.rx.example>", letter)
        part = letter.get_payload()[1]
        check(part.get_content_type() == "application/gzip" and "!good.example!" in part.get_filename(), part)
        xml = gzip.decompress(part.get_payload(decode=True)).decode()
        validate(xml)
        check(counted(xml) == 11, xml)
        for name in os.listdir(reporting.letters):
            os.unlink(os.path.join(reporting.letters, name))
        status, said = reporting.run("--send")
        check(status == 0 and not reporting.sent() and "has it already" in said, said)


@point("an address whose mail came back gets nothing more")
def refusal():
    zone = ZONE + '_dmarc.back.example. TXT "v=DMARC1; p=none; rua=mailto:broken@back.example,mailto:told@back.example"\n'
    with Reporting([message("back.example")], zone) as reporting:
        check(reporting.run("told@back.example", verb="refuse")[0] == 0, "cannot be told")
        status, said = reporting.run("--send")
        check(status == 1 and "broken@back.example" in said and "told@back.example was refused" in said, said)
        status, said = reporting.run("--send")
        check(status == 0 and "broken@back.example was refused before" in said and len(reporting.sent()) == 1, said)
        check(reporting.run("told@back.example", "--again", verb="refuse")[0] == 0, "cannot be told again")
        check(reporting.run("--send")[0] == 0 and "told@back.example" in reporting.sent(), "is still refused")


@point("what the sendmail command does not take today is sent by the next run, and nobody is refused for it")
def retry():
    zone = ZONE + '_dmarc.later.example. TXT "v=DMARC1; p=none; rua=mailto:busy@later.example"\n'
    with Reporting([message("later.example")], zone) as reporting:
        status, said = reporting.run("--send")
        check(status == 1 and "busy@later.example" in said and "status 75" in said, said)
        for name in os.listdir(reporting.letters):
            os.unlink(os.path.join(reporting.letters, name))
        with open(os.path.join(reporting.letters, "idle"), "w", encoding="ascii"):
            pass
        status, said = reporting.run("--send")
        check(status == 0 and "1 sent, 0 failed" in said, said)
        status, said = reporting.run("--send")
        check(status == 0 and "busy@later.example has it already" in said, said)


@point("hostile addresses, and reports about nothing but reports, go nowhere")
def hostile():
    messages = [message("shell.example")] * 2 + \
        [message("reporter.example", subject="Report Domain: mx.rx.example Submitter: reporter.example Report-ID: <1>")]
    with Reporting(messages, ZONE) as reporting:
        status, said = reporting.run("--send")
        check(status == 0 and not reporting.sent(), said)
        check(said.count("not an address") == 3 and "not a mailto: address" in said, said)
        check("reporter.example 1: sent nothing but reports" in said, said)


HISTORY = """\
job 4ABC
reporter mx.rx.example
received %d
ipaddr 192.0.2.25
from good.example
mfrom good.example
spf 0
pdomain good.example
policy 15
rua mailto:dmarc@good.example
pct 100
adkim 114
aspf 114
p 114
sp 113
align_dkim 5
align_spf 4
action 2
job 4ABD
received %d
ipaddr 198.51.100.7
from sub.good.example
mfrom <script>
spf 7
dkim good.example s1 7
pdomain good.example
policy 17
rua mailto:dmarc@good.example
p 114
sp 113
align_dkim 5
align_spf 5
action 4
job 4ABE
from nothing
"""


@point("OpenDMARC's history is taken over, once")
def history():
    with Reporting([message("good.example")], ZONE) as reporting:
        path = reporting.daemon.path("opendmarc.dat")
        with open(path, "w", encoding="ascii") as file:
            now = int(time.time())
            file.write(HISTORY % (now, now))
        for _ in range(2):
            status, said = reporting.run(path, verb="import-opendmarc")
            check(status == 1 and "2 messages, 1 that could not be read (the first begins in line 34)" in said, said)
        status, said = reporting.run("--out", reporting.out)
        check(status == 0 and "1 domains, 3 messages, 1 reports written" in said, said)
        xml = next(iter(reporting.files().values()))
        validate(xml)
        check(counted(xml) == 3 and "<disposition>quarantine</disposition>" in xml and "script" not in xml, xml)
        done = subprocess.run([os.path.join(BUILD, "sekisho"), "log", "--queue-id", "4ABD",
                               f"sqlite:{reporting.daemon.path('verdicts.db')}"], capture_output=True, text=True,
                              timeout=60, check=False)
        check(done.returncode == 0 and "4ABD" in done.stdout and "good.example" in done.stdout, done.stdout + done.stderr)
        status, said = reporting.run("/nonexistent/file", verb="import-opendmarc")
        check(status == 3 and "/nonexistent/file" in said, said)


@point("bad input gets a clear error")
def errors():
    with Reporting([message("good.example")], ZONE) as reporting:
        for arguments, status in ((("--day", "yesterday"), 2), (("--form", "xml"), 2), (("--store", "mysql:x"), 3),
                                  (("--store", "sqlite:/nonexistent/x"), 3), (("extra",), 2)):
            got, said = reporting.run(*arguments)
            check(got == status and said, f"{arguments}: {got} {said}")
        got, said = reporting.run("--out", "/nonexistent/folder")
        check(got == 1 and "/nonexistent/folder" in said, said)


Daemon.program = os.path.join(BUILD, "sekishod")
sys.exit(run_points(sys.argv[2:]))
