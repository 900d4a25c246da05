"""The scenarios of metrics.sh: each function is one point; a false statement or an exception fails it."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from daemon import Daemon, await_true, is_alive  # noqa: E402
from milter_client import Message, deliver  # noqa: E402
from points import check, point, run_points  # noqa: E402


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Measured(Daemon):
    """A sekishod with metrics on a port of its own."""

    def __init__(self, **options):
        self.port = free_port()
        super().__init__(**{"metrics_socket": f"inet:{self.port}@127.0.0.1", **options})

    def page(self, path="/metrics", **more):
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", **more)
        with urllib.request.urlopen(request, timeout=5) as answer:
            return answer.read().decode()

    def value(self, series):
        for line in self.page().splitlines():
            if line.startswith(series + " "):
                return float(line.rsplit(" ", 1)[1])
        return None

    def answers(self):
        try:
            return "sekisho_build_info" in self.page()
        except OSError:
            return False

    def exporter(self):
        for pid in self.workers():
            with open(f"/proc/{pid}/cmdline", "rb") as file:
                if b"--exporter" in file.read():
                    return pid
        return None


def reads(daemon, series, value):
    return await_true(lambda: daemon.value(series) == value, 5)


@point("verdicts, causes and actions of messages are counted, and promtool finds nothing")
def counts():
    with Measured().start() as daemon:
        check(await_true(daemon.answers), "no page: " + daemon.said())
        for _ in range(3):
            check(deliver(daemon.where, Message()).answer in "ca", "not served")
        for series, value in (("sekisho_messages_total", 3), ('sekisho_results_total{method="spf",result="pass"}', 3),
                              ('sekisho_actions_total{action="accept"}', 3), ("sekisho_message_seconds_count", 3),
                              ("sekisho_workers_started_total", 2), ("sekisho_workers_died_total", 0)):
            check(reads(daemon, series, value), f"{series} is {daemon.value(series)}")
        check(await_true(lambda: (daemon.value("sekisho_dns_questions_total") or 0) > 0, 5), "no questions of DNS")
        causes = sum(float(line.rsplit(" ", 1)[1]) for line in daemon.page().splitlines()
                     if line.startswith("sekisho_causes_total"))
        logged = sum(len(record.get("causes", [])) + int(record.get("causes_more", 0)) for record in daemon.records())
        check(causes == logged and logged > 0, f"{causes} causes counted, {logged} logged")
        if shutil.which("promtool"):
            done = subprocess.run(["promtool", "check", "metrics"], input=daemon.page(), text=True,
                                  capture_output=True, timeout=20, check=False)
            check(done.returncode == 0 and not done.stderr, done.stdout + done.stderr)


@point("what was counted survives a worker's death and a reload")
def survival():
    with Measured().start() as daemon:
        check(await_true(daemon.answers), "no page")
        check(deliver(daemon.where, Message()).answer in "ca", "not served")
        check(reads(daemon, "sekisho_messages_total", 1), "not counted")
        worker = next(pid for pid in daemon.workers() if pid != daemon.exporter())
        os.kill(worker, signal.SIGKILL)
        check(reads(daemon, "sekisho_workers_died_total", 1), "the death is not counted")
        check(reads(daemon, "sekisho_workers_started_total", 3), "no new worker")
        check(f'pid="{worker}"' not in daemon.page(), "the dead worker still has gauges")
        daemon.signal(signal.SIGHUP)
        check(await_true(lambda: daemon.answers() and daemon.value("sekisho_reloads_total") == 1), "no reload")
        check(daemon.value("sekisho_messages_total") == 1, "forgotten")


@point("the exporter is not needed for mail, and comes back when it dies")
def exporter_dies():
    with Measured().start() as daemon:
        check(await_true(daemon.answers), "no page")
        first = daemon.exporter()
        os.kill(first, signal.SIGKILL)
        check(await_true(lambda: not is_alive(first)), "does not die")
        check(deliver(daemon.where, Message()).answer in "ca", "mail waits for metrics")
        check(await_true(daemon.answers, 15) and daemon.exporter() != first, "does not come back")
        check(daemon.value("sekisho_messages_total") == 1, "forgotten")
        second = daemon.exporter()
        check(daemon.end() == 0 and not is_alive(second), "outlives the supervisor")


@point("a port that is taken is said, and mail goes on")
def port_taken():
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        with Measured(metrics_socket=f"inet:{other.getsockname()[1]}@127.0.0.1") as daemon:
            daemon.start()
            check(await_true(lambda: "no metrics for" in daemon.said()), daemon.said())
            check(deliver(daemon.where, Message()).answer in "ca", "mail does not go on")


@point("anything but GET /metrics is refused, and rubbish does no harm")
def refusals():
    with Measured().start() as daemon:
        check(await_true(daemon.answers), "no page")
        for path, more, status in (("/", {}, 404), ("/metrics/../../etc/passwd", {}, 404),
                                   ("/metrics", {"data": b"x" * 100000}, 405), ("/metrics", {"method": "DELETE"}, 405)):
            try:
                daemon.page(path, **more)
                check(False, f"{path} {more} is answered")
            except urllib.error.HTTPError as refusal:
                check(refusal.code == status, f"{path}: {refusal.code}")
        for rubbish in (b"\0" * 5000, b"GET " + b"/" * 100000 + b" HTTP/1.1\r\n\r\n", b"\x16\x03\x01\x02\x00"):
            with socket.create_connection(("127.0.0.1", daemon.port), timeout=5) as client:
                try:
                    client.sendall(rubbish)
                    client.shutdown(socket.SHUT_WR)
                    client.recv(65536)
                except OSError:
                    pass
        check(daemon.answers(), "no longer answers")


Daemon.program = os.path.abspath(sys.argv[1])
sys.exit(run_points(sys.argv[2:]))
