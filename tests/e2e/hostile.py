"""The scenarios of hostile.sh: each function is one point; a false statement or an exception fails it."""

import email
import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree
from html.parser import HTMLParser

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from daemon import Daemon  # noqa: E402
from milter_client import Message  # noqa: E402
from points import check, point, run_points  # noqa: E402
from reporting import Reporting, message  # noqa: E402

SEKISHO = os.path.join(os.path.abspath(sys.argv[1]), "sekisho")
SCHEMA = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support", "aggregate_report.xsd")
ZONE = """\
_dmarc.zero.example. TXT "v=DMARC1; p=none; rua=mailto:rua@zero.example; ruf=mailto:ruf@zero.example"
"""
# Each plants an element "zzz", a script that changes the title, or what would end where it stands.
FAMILIES = [
    "<script>document.title='zzz'</script>", "<zzz onzzz=1>", '"><img src=x onerror="document.title=\'zzz\'">',
    "' onmouseover='document.title=\"zzz\"' x='", "javascript:document.title='zzz'", "&lt;zzz&gt;&#60;zzz&#62;&quot;&amp;",
    "</title></style></svg></pre><script>document.title='zzz'</script>", "]]><zzz/>", "<!--", "--><zzz>", "<![CDATA[<zzz>",
    "<!DOCTYPE x [<!ENTITY y SYSTEM 'file:///etc/passwd'>]>&y;", "\u202e\u2066evil\u2069", "\x1b[31m\x07\x7f\x85\u2028",
    "\ufffe\uffff\ud83d\ude00".encode("utf-16", "surrogatepass").decode("utf-16"), "a" * 10240 + ".example",
    "'; DROP TABLE verdicts; --", "%s%n%x", "a\r\nBcc: zzz@zzz.example\r\n\r\n<zzz>", "../../../../tmp/zzz", "`id`$(id)",
    "{{7*7}}${7*7}", "\u30c6\u30b9\u30c8", "",
]
TAGS = set("html head meta title style body main h1 h2 p div section b span small i a svg g line text rect code details summary"
           " pre table tr th td footer".split())
ATTRIBUTES = {  # each with what its values look like
    "lang": "en|ja", "charset": "utf-8", "http-equiv": "Content-Security-Policy", "name": "viewport|color-scheme",
    "content": "default-src 'none'; style-src 'unsafe-inline'|width=device-width, initial-scale=1|light dark",
    "id": "top|m[0-9]+", "href": "#top|#m[0-9]+", "class": "[a-z0-9 ]*", "viewbox": "[0-9 ]+", "role": "img",
    "aria-label": "[^<>\"]*", "aria-hidden": "true", "preserveaspectratio": "none", "style": "height:[0-9]+px;border-radius:5px",
    "text-anchor": "end|middle", **{name: r"-?[0-9.]+" for name in ("x", "y", "x1", "x2", "y1", "y2", "width", "height", "rx")},
}


class Page(HTMLParser):
    """Takes the page apart; every element and attribute must be one of ours."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.text, self.open = [], []
        self.feed(text)
        self.close()
        check(self.open == [], f"not closed: {self.open}")

    def handle_starttag(self, tag, attrs):
        check(tag in TAGS, f"<{tag}>")
        for name, value in attrs:
            check(name in ATTRIBUTES and re.fullmatch(ATTRIBUTES[name], value or ""), f"<{tag} {name}={value!r}>")
        if tag not in ("meta",):
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        self.open.pop()

    def handle_endtag(self, tag):
        check(self.open and self.open.pop() == tag, f"</{tag}>")

    def handle_data(self, data):
        self.text.append(data)

    def handle_comment(self, data):
        check(False, f"<!--{data}-->")

    def unknown_decl(self, data):
        check(False, f"<![{data}")

    handle_pi = unknown_decl


def page_of(where, language="en"):
    with tempfile.TemporaryDirectory(prefix="sekisho-hostile.") as folder:
        path = os.path.join(folder, "page.html")
        done = subprocess.run([SEKISHO, "log", "--html", path, "--language", language, "--config", "/dev/null", where],
                              capture_output=True, text=True, timeout=60, check=False)
        check(done.returncode == 0, done.stderr)
        with open(path, "rb") as file:
            return file.read().decode("utf-8")  # valid UTF-8, or an exception


def reports_of(it):
    """Both kinds of reports of the store, each valid."""
    status, said = it.run("--out", it.out)
    check(status == 0, said)
    for name, text in it.files().items():
        check("/" not in name and name.isascii() and len(name) < 256, name)
        done = subprocess.run(["xmllint", "--noout", "--schema", SCHEMA, "-"], input=text, text=True, capture_output=True,
                              timeout=60, check=False)
        check(done.returncode == 0, done.stderr + text)
        for element in xml.etree.ElementTree.fromstring(text).iter():
            check("zzz" not in element.tag and not any("zzz" in name for name in element.attrib), element.tag)
    return it.files()


def rows_of(values, now):
    """Rows as no daemon writes them: somebody had the database in his hands."""
    for number, value in enumerate(values):
        for where in ("from_domain", "mail_domain", "spf_domain", "signatures", "queue_id", "dmarc_domain", "dmarc_record",
                      "receiver", "failure"):
            row = {"id": f"h{number}.{where}", "time": now, "receiver": "mx", "queue_id": "Q", "client": "192.0.2.1",
                   "from_domain": "zero.example", "mail_domain": "zero.example", "spf": "fail", "spf_domain": "zero.example",
                   "spf_scope": "mfrom", "signatures": "fail zero.example s1", "dmarc": "fail",
                   "dmarc_domain": "zero.example", "dmarc_record": "v=DMARC1; p=none; rua=mailto:rua@zero.example",
                   "dkim_aligned": 0, "spf_aligned": 0, "disposition": "none", "override": "", "is_report": 0, "cause": "",
                   "failure": "Feedback-Type: auth-failure\n\nFrom: <x@y.example>\n"}
            row[where] = f"v=DMARC1; p=none; rua=mailto:{value}@zero.example; x={value}" if where == "dmarc_record" else value
            hostile = {name: value for name in (
                "queue_id", "client", "client_name", "helo", "mail_from", "from", "from_domain", "spf", "spf_domain", "spf_by",
                "dkim", "dmarc", "dmarc_policy", "action", "skipped" if number % 7 == 0 else "dkim_1", value[:40] or "x")}
            hostile["causes"] = [{"cause": value, "act": "fw", "text": value, "fix": value}]
            row["record"] = json.dumps({"time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(now)), **hostile})
            yield row


def poisoned(it):
    """Puts the rows into the store of it, invalid UTF-8 among them."""
    with sqlite3.connect(it.daemon.path("verdicts.db")) as database:
        now = int(time.time())
        for row in rows_of(FAMILIES, now):
            names = ", ".join(row)
            database.execute(f"INSERT INTO verdicts ({names}) VALUES ({', '.join('?' * len(row))})", list(row.values()))
        database.execute("UPDATE verdicts SET from_domain = CAST(x'fffe3c7a7a7a3e' AS TEXT) WHERE id LIKE 'h2.%'")
        database.execute("UPDATE verdicts SET record = CAST(x'7b22636c69656e74223a22fffe3c7a7a7a3e227d' AS TEXT)"
                         " WHERE id LIKE 'h3.from%'")


def store():
    return Reporting([message("zero.example")], ZONE, failure_reports="yes")


@point("rows that somebody poisoned: reports are valid XML, letters and names of files are whole")
def poisoned_reports():
    with store() as it:
        poisoned(it)
        check(len(reports_of(it)) > 5, "too few reports")
        shutil.rmtree(it.out)
        os.mkdir(it.out)
        status, said = it.run("--out", it.out, verb="failure")
        check(status == 0 and "reports written" in said, said)
        for name in os.listdir(it.out):
            with open(os.path.join(it.out, name), encoding="ascii") as file:
                letter = email.message_from_file(file)
            check(len(letter.get_payload()) == 3 and "Bcc" not in letter and not letter.defects, name)
        status, said = it.run("--send")
        check(all(address == "rua@zero.example" for address in it.sent()), f"{list(it.sent())} {said}")
        check("\x1b" not in said and "\u202e" not in said, said)


@point("rows that somebody poisoned: every element of the page is ours, strangers' are text")
def poisoned_page():
    with store() as it:
        poisoned(it)
        where = f"sqlite:{it.daemon.path('verdicts.db')}"
        for language in ("en", "ja"):
            text = "".join(Page(page_of(where, language)).text)
            check("<script>document.title='zzz'</script>" in text and "<zzz onzzz=1>" in text, "it is not shown as text")
            check(not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", text), "controls")
        check(len(page_of(where)) < 3000000, "the page is very long")


@point("mail of strangers: the same by the way that mail takes")
def by_mail():
    messages = [message("zero.example", client="198.51.100.7")]
    for value in FAMILIES:
        value = value.encode("utf-8", "replace").decode().replace("\x00", "")
        line = re.sub(r"[\r\n]", " ", value)
        messages.append(Message(sender=f"<{line[:900]}@zero.example>", helo=line[:900] or "x", client="198.51.100.7",
                                queue_id=line[:60] or "Q",
                                headers=[("From", f" {line[:900]} <taro@zero.example>"), ("Subject", " " + line[:900]),
                                         ("DKIM-Signature", f" v=1; d={line[:300]}; s={line[:300]}; b=x")]))
        messages.append(Message(client="198.51.100.7", headers=[("From", f" <taro@{line[:900]}>")]))
    with Reporting(messages, ZONE, failure_reports="yes") as it:
        check(len(reports_of(it)) == 1, "too few reports")
        where = f"sqlite:{it.daemon.path('verdicts.db')}"
        text = "".join(Page(page_of(where)).text)
        check("zero.example" in text and "\u202e" not in text, text)
        Page(page_of(it.daemon.path("log.json")))


@point("a browser runs nothing of it, even without the page's own policy against scripts")
def in_a_browser():
    if shutil.which("chromium") is None:
        print("# chromium is not installed")
        return
    with store() as it, tempfile.TemporaryDirectory(prefix="sekisho-hostile.") as folder:
        poisoned(it)
        page = page_of(f"sqlite:{it.daemon.path('verdicts.db')}")
        bare = re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", page)
        check(bare != page, "the page has no policy")
        for name, text, title in (("page", bare, "Mail authentication"),
                                  ("control", bare.replace("</main>", "<script>document.title='zzz'</script></main>"), "zzz")):
            path = os.path.join(folder, name + ".html")
            with open(path, "w", encoding="utf-8") as file:
                file.write(text)
            done = subprocess.run(["env", "TMPDIR=/tmp", "chromium", "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={folder}/profile",
                                   "--virtual-time-budget=2000", "--dump-dom", "file://" + path], capture_output=True,
                                  timeout=120, check=False)
            dom = done.stdout.decode("utf-8", "replace")
            check(re.search(f"<title>{title}", dom), f"{name}: {dom[:400]} {done.stderr[-400:]}")
        check(dom.count("<script") == 1, "more than the one that was planted")


Daemon.program = os.path.join(os.path.abspath(sys.argv[1]), "sekishod")
sys.exit(run_points(sys.argv[2:]))
