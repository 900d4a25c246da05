"""The scenarios of deferred.sh: what the diagnosis does when the MTA has its answer."""

import os
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from daemon import Daemon, await_true  # noqa: E402
from milter_client import Message, Milter, deliver  # noqa: E402
from name_server import NameServer  # noqa: E402
from points import check, point, run_points  # noqa: E402

HASH = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="
ZONE = """\
good.example. TXT "v=spf1 ip4:192.0.2.25 -all"
mail.good.example. A 192.0.2.25
25.2.0.192.in-addr.arpa. PTR mail.good.example.
_dmarc.good.example. TXT "v=DMARC1; p=none"
shop._domainkey.good.example. TXT "v=DKIM1; k=rsa; p=MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQC"
"""
TABLE = {
    ("good.example", "TXT"): ["v=spf1 ip4:192.0.2.25 -all"],
    ("mail.good.example", "A"): ["192.0.2.25"],
    ("25.2.0.192.in-addr.arpa", "PTR"): ["mail.good.example"],
    ("_dmarc.good.example", "TXT"): ["v=DMARC1; p=none"],
}
QUEUE = 64  # session/diagnosis_queue.c


def signed(selector="default", domain="good.example", **more):
    """Signed with a selector that is not published: the cause needs a question more."""
    field = (f" v=1; a=rsa-sha256; c=relaxed/relaxed; d={domain}; s={selector};\r\n"
             f"\th=from:subject; bh={HASH}; b={'A' * 171}=")
    return Message(headers=[("DKIM-Signature", field), ("From", " Taro <taro@good.example>"),
                            ("Subject", " test")], **more)


def causes(record):
    return [cause["cause"] for cause in record.get("causes", [])]


def slow_daemon(server, **options):
    return Daemon(zone=None, nameservers=server.where, dns_timeout_ms="2000", message_deadline_ms="4000",
                  workers="1", **options)


def silent_server():
    """Everything the verifiers ask is answered; the neighbours of the missing key are not."""
    server = NameServer(TABLE)
    server.is_silent = lambda name: "_domainkey" in name and not name.startswith("default.")
    return server


@point("what needs no further question is logged at once; the rest after the answer, complete")
def logged_after():
    with Daemon(zone=ZONE).start() as daemon:
        deliver(daemon.where, Message(queue_id="plain", macros={"auth_authen": "taro"}))
        check(await_true(lambda: len(daemon.records()) == 1), "no record")
        check("diagnosis" not in daemon.records()[0], daemon.records())
        result = deliver(daemon.where, signed(queue_id="deep"))
        check("no key for signature" in result.inserted[0][2], result.inserted)
        check(await_true(lambda: len(daemon.records()) == 2), "no record")
        record = daemon.records()[1]
        check(record["queue_id"] == "deep" and record["diagnosis"] == "complete", record)
        check("dkim-key-missing-selector" in causes(record), causes(record))
        check(record["dns_questions"] > daemon.records()[0]["dns_questions"], "asked nothing more")


@point("the connection goes on with its next message while the first is diagnosed", timed=True)
def connection_goes_on():
    with silent_server() as server, slow_daemon(server).start() as daemon, Milter(daemon.where) as milter:
        milter.negotiate()
        began = time.monotonic()
        check(milter.message(signed(queue_id="m0")).answer in "ca", "answer")
        for number in range(1, 4):
            result = milter.next_message(Message(queue_id=f"m{number}"))
            check("spf=pass" in result.inserted[0][2], "the client was forgotten: " + result.inserted[0][2])
        check(time.monotonic() - began < 1, "delayed")
        milter.quit()
        check(not daemon.records(), "nothing was slow: the test shows nothing")
        check(await_true(lambda: len(daemon.records()) == 4, 20), "records")
        check(daemon.records()[0]["queue_id"] == "m0", "the order of the queue")


@point("a name server that keeps silent delays the record, not the answer", timed=True)
def slow_server():
    with silent_server() as server, slow_daemon(server).start() as daemon:
        took = []
        for number in range(5):
            began = time.monotonic()
            result = deliver(daemon.where, signed(queue_id=f"s{number}"))
            took.append(time.monotonic() - began)
            check("no key for signature" in result.inserted[0][2], result.inserted)
        check(max(took) < 0.5, f"answers took {took}")
        check(len(daemon.records()) < 5, "nothing was slow: the test shows nothing")
        check(await_true(lambda: len(daemon.records()) == 5, 15), f"{len(daemon.records())} records")
        record = daemon.records()[0]
        check(record["diagnosis_ms"] > 1000 and record["took_ms"] < 500, record)
        print(f"# slowest answer {max(took) * 1000:.0f} ms, its diagnosis {record['diagnosis_ms']} ms")


def fill(daemon, count):
    with Milter(daemon.where) as milter:
        milter.negotiate()
        milter.connect(Message())
        milter.helo(Message())
        for number in range(count):
            result = milter.next_message(signed(queue_id=f"q{number}", selector=f"default.x{number}"))
            check(result.answer in "ca" and result.inserted, "answer")
        milter.quit()


@point("a full queue: the record comes at once and says partial; a stop loses none", timed=True)
def full_queue():
    with silent_server() as server, slow_daemon(server, drain_seconds="30").start() as daemon:
        began = time.monotonic()
        fill(daemon, QUEUE + 20)
        check(time.monotonic() - began < 10, "delayed")
        records = daemon.records()
        check(18 <= len(records) <= 25, f"{len(records)} records at once")
        check(sum(record["diagnosis"] == "partial" for record in records) >= 18, records[-1])
        began = time.monotonic()
        check(daemon.end() == 0, "exit status")
        check(time.monotonic() - began < 10, "slow to stop")
        records = daemon.records()
        check(len({record["queue_id"] for record in records}) == QUEUE + 20 == len(records), f"{len(records)} records")
        check(all("diagnosis" in record for record in records), "not told")


@point("a reload with a filled queue loses no record either, nor does an orphaned worker")
def reload_and_orphan():
    import signal  # pylint: disable=import-outside-toplevel
    with silent_server() as server, slow_daemon(server, drain_seconds="4").start() as daemon:
        fill(daemon, 10)
        daemon.signal(signal.SIGHUP)
        check(await_true(lambda: "reloaded" in daemon.said()), daemon.said())
        check(await_true(lambda: len(daemon.records()) == 10, 15), f"{len(daemon.records())} records")
        fill(daemon, 10)
        daemon.process.kill()
        daemon.process.wait()
        check(await_true(lambda: len(daemon.records()) == 20, 15), f"{len(daemon.records())} records")


@point("large bodies fill the queue by their octets", timed=True)
def large_bodies():
    body = b"x" * 76 + b"\r\n"
    with silent_server() as server, slow_daemon(server).start() as daemon:
        with Milter(daemon.where) as milter:
            milter.negotiate()
            milter.connect(Message())
            milter.helo(Message())
            for number in range(45):
                check(milter.next_message(signed(queue_id=f"b{number}", selector=f"default.b{number}",
                                                 body=body * 25000)).answer in "ca", "answer")
            milter.quit()
        early = [record for record in daemon.records() if record["diagnosis"] == "partial"]
        check(len(early) >= 5, f"{len(early)} of 45 bodies of 2 MB were refused")
        check(daemon.end() == 0, "exit status")
        check(len(daemon.records()) == 45, f"{len(daemon.records())} records")


Daemon.program = os.path.abspath(sys.argv[1])
sys.exit(run_points(sys.argv[2:]))
