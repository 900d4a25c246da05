"""The scenarios of cases.sh: each .case of tests/cases, spoken to a running sekishod."""

import glob
import json
import os
import re
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "support"))
from daemon import Daemon, await_ends, await_true, is_alive  # noqa: E402
from milter_client import Message, deliver  # noqa: E402

CASES = os.path.join(HERE, "..", "cases")
# What a zone file cannot say, or what depends on the time of the case.
UNSUITABLE = ("fault ", "authority ", "seen-key ", "option    max-body", "option    skip", "auth ")


class Case:
    def __init__(self, path):
        self.path = path
        self.name = os.path.basename(path)[:-len(".case")]
        with open(path, encoding="utf-8") as file:
            self.lines = [line.rstrip("\n") for line in file]

    def all(self, keyword):
        return [line[len(keyword):].strip() for line in self.lines if re.match(keyword + r"\s", line)]

    def one(self, keyword):
        return (self.all(keyword) or [""])[0]

    def zone(self):
        return "\n".join(self.all("zone")) + "\n"

    def is_suitable(self):
        return not any(line.startswith(UNSUITABLE) for line in self.lines)

    def message(self):
        with open(os.path.join(CASES, self.one("message")), "rb") as file:
            header, _, body = file.read().partition(b"\r\n\r\n")
        fields = []
        for field in re.split(rb"\r\n(?![ \t])", header):
            name, colon, value = field.partition(b":")
            if colon:
                fields.append((name.decode("latin-1"), value.replace(b"\r\n", b"\n")))
        sender = self.one("mail")
        client = self.one("client")
        return Message(sender=sender if sender.startswith("<") else f"<{sender}>", headers=fields, body=body,
                       client=client, family="6" if ":" in client else "4", helo=self.one("helo"),
                       queue_id=self.name[:20])


def expected_header(build, case):
    """What the command line says, at the present time as the daemon sees it."""
    zone = os.path.join(os.environ.get("TMPDIR", "/tmp"), f"sekisho-cases-{os.getpid()}.zone")
    with open(zone, "w", encoding="utf-8") as file:
        file.write(case.zone())
    try:
        done = subprocess.run(
            [os.path.join(build, "sekisho"), "check", os.path.join(CASES, case.one("message")), "--client",
             case.one("client"), "--helo", case.one("helo"), "--mail-from", case.one("mail"), "--zone", zone,
             "--option", "authserv-id=mx.rx.example", "--json"] + options(case),
            capture_output=True, timeout=60, check=True)
    finally:
        os.unlink(zone)
    return json.loads(done.stdout)["header"]


def options(case):
    given = [line.split(None, 1) for line in case.all("option") if not line.startswith("authserv-id")]
    return [word for name, value in given for word in ("--option", f"{name}={value}")]


def spoken(case):
    """The case through a daemon of its own: our field, the log record, is everybody alive."""
    raw = "".join(f"{line.split(None, 1)[0]} = {line.split(None, 1)[1]}\n" for line in case.all("option")
                  if not line.startswith("authserv-id"))
    daemon = Daemon(zone=case.zone(), workers="1")
    daemon.configure(raw=raw)
    with daemon.start():
        workers = daemon.workers()
        result = deliver(daemon.where, case.message())
        await_true(daemon.records)
        alive = all(is_alive(pid) for pid in workers) and daemon.workers() == workers
        ours = [value for _, name, value in result.inserted if name == "Authentication-Results"]
        return ours[-1].strip() if ours else "", daemon.records(), alive


def crash_point(case):
    header, records, alive = spoken(case)
    if not alive:
        return "a worker died"
    if not header or not records:
        return "no header or no log record"
    bad = [word for word in ("fail", "permerror", "softfail", "neutral", "policy", "temperror")
           if re.search(rf"(spf|dkim|dmarc)={word}\b", header)]
    if bad and not records[-1].get("causes"):
        return f"{bad} without a cause"
    return ""


def same_point(build, case):
    header, _, alive = spoken(case)
    wanted = expected_header(build, case)
    if not alive:
        return "a worker died"
    if f"Authentication-Results: {header}" != wanted:
        return f"the daemon says\n{header}\nthe command line says\n{wanted}"
    return ""


def sample(cases):
    """Every eighth, to be quick; all with SEKISHO_ALL_CASES=1."""
    return cases if os.environ.get("SEKISHO_ALL_CASES") else cases[::8]


def main():
    build = os.path.abspath(sys.argv[1])
    Daemon.program = os.path.join(build, "sekishod")
    cases = [Case(path) for path in sorted(glob.glob(os.path.join(CASES, "*.case")))]
    points = [(f"{case.name} leaves the daemon alive, with a cause", crash_point, (case,))
              for case in cases if "-crash-" in case.name]
    points += [(f"{case.name}: the header of sekisho check", same_point, (build, case))
               for case in sample([case for case in cases if case.is_suitable() and "-crash-" not in case.name])]
    failed = 0
    for number, (title, function, arguments) in enumerate(points, 1):
        try:
            trouble = function(*arguments)
        except Exception as error:  # pylint: disable=broad-except
            trouble = repr(error)
        failed += bool(trouble)
        print(("not ok" if trouble else "ok") + f" {number} - {title}", flush=True)
        if trouble:
            print("  " + trouble.replace("\n", "\n  "), flush=True)
    complaints = await_ends()
    if complaints:
        failed += 1
        print("not ok - a sanitizer complains\n" + complaints)
    print(f"{len(points) - failed} passed, {failed} failed")
    return 1 if failed else 0


sys.exit(main())
