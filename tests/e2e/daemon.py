"""The scenarios of daemon.sh: each function is one point; a false statement or an exception fails it."""

import os
import random
import signal
import socket
import stat
import struct
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from daemon import (Daemon, await_true, cpu_seconds, descriptors_of, is_alive, sessions_of, settled_descriptors_of)  # noqa: E402
from milter_client import Gone, Message, Milter, deliver  # noqa: E402
from points import check, point, run_points  # noqa: E402

OURS = "Authentication-Results"


def serves(daemon, **options):
    """A message goes through and gets our field on top."""
    result = deliver(daemon.where, Message(**options))
    return result.answer in "ca" and result.inserted and result.inserted[-1][1] == OURS


def free_port(family=socket.AF_INET, host="127.0.0.1"):
    with socket.socket(family) as probe:
        probe.bind((host, 0))
        return probe.getsockname()[1]


def answers(daemon):
    try:
        Milter(daemon.where).close()
        return True
    except OSError:
        return False


class Load:
    """Clients that send message after message until told to stop; every failure is counted."""

    def __init__(self, daemon, clients=4, per_connection=5):
        self.daemon, self.per_connection = daemon, per_connection
        self.stop, self.done, self.failed = False, 0, []
        self.lock = threading.Lock()
        self.threads = [threading.Thread(target=self.run, daemon=True) for _ in range(clients)]
        for thread in self.threads:
            thread.start()

    def run(self):
        while not self.stop:
            try:
                with Milter(self.daemon.where) as milter:
                    milter.negotiate()
                    message = Message()
                    milter.connect(message)
                    milter.helo(message)
                    for _ in range(self.per_connection):
                        result = milter.next_message(message)
                        check(result.answer in "ca" and result.inserted, "no results")
                        with self.lock:
                            self.done += 1
                    milter.quit()
            except Exception as trouble:  # pylint: disable=broad-except
                with self.lock:
                    self.failed.append(repr(trouble))

    def end(self):
        self.stop = True
        for thread in self.threads:
            thread.join(40)
        check(not any(thread.is_alive() for thread in self.threads), "a client hangs")
        return self


@point("starts, says what runs, serves, and stops cleanly", timed=True)
def start_and_stop():
    with Daemon(socket_mode="0640").start() as daemon:
        check(stat.S_IMODE(os.stat(daemon.socket_path).st_mode) == 0o640, "socket mode")
        with open(daemon.path("pid"), encoding="ascii") as file:
            check(int(file.read()) == daemon.process.pid, "pid file")
        for part in ("authserv-id=mx.rx.example", "socket=unix:", "resolver=", "libmilter ", "libspf2 ", "libopendkim ",
                     "libopendmarc", "OpenSSL ", "tag only", "public suffix list of "):
            check(part in daemon.said(), "start line lacks " + part)
        check(serves(daemon), "does not serve")
        began = time.monotonic()
        check(daemon.end() == 0, "exit status")
        check(time.monotonic() - began < 6, "slow to stop")
        check(not os.path.exists(daemon.socket_path), "socket left behind")
        check(not os.path.exists(daemon.path("pid")), "pid file left behind")


@point("systemd hears of start, reload and stop")
def readiness():
    with Daemon().start() as daemon:
        if not daemon.notified("READY=1"):
            return  # built without libsystemd
        check(daemon.notified(f"MAINPID={daemon.process.pid}"), "main process")
        daemon.notices.clear()
        daemon.signal(signal.SIGHUP)
        check(await_true(lambda: daemon.notified("READY=1")), "not ready again")
        check(daemon.notified("RELOADING=1"), "reload not told")
        check(not daemon.notified("STOPPING=1"), "stopping too early")
        check(daemon.end() == 0 and daemon.notified("STOPPING=1"), "stop not told")


@point("-t accepts a good file and names the line of a bad one")
def test_option():
    with Daemon() as daemon:
        status, said = daemon.run("-t")
        check(status == 0, said)
        daemon.configure(raw="no-such-option = yes\n")
        status, said = daemon.run("-t")
        line = len(daemon.options) + 1
        check(status == 78 and f"{daemon.path('conf')}:{line}" in said, said)


@point("what is wrong is told before anybody can connect, with status 78, path and uid")
def refusals():
    for options, words in (({"socket": "unix:/nonexistent/sock"}, "/nonexistent/sock"),
                           ({"pid-file": "/nonexistent/pid"}, "/nonexistent/pid"),
                           ({"log-file": "/nonexistent/log"}, "/nonexistent/log"),
                           ({"socket": "tcp:25"}, "tcp:25"),
                           ({"socket-mode": "rw"}, "rw"),
                           ({"socket-group": "no-such-group"}, "no-such-group"),
                           ({"public-suffix-file": "/nonexistent/psl"}, "/nonexistent/psl")):
        with Daemon() as daemon:
            daemon.configure(**{name.replace("-", "_"): value for name, value in options.items()})
            status, said = daemon.run()
            check(status == 78 and words in said, f"{options}: {status} {said}")
            check(not os.path.exists(daemon.socket_path), "listened all the same")
            if "socket" in options and "nonexistent" in words:
                check(f"uid {os.geteuid()}" in said, said)
    with Daemon() as daemon:
        os.unlink(daemon.path("conf"))
        status, said = daemon.run()
        check(status == 78 and daemon.path("conf") in said, said)


@point("a second instance is refused, with and without pid file; the first serves on")
def second_instance():
    with Daemon().start() as daemon:
        status, said = daemon.run()
        check(status == 78 and "another sekishod is running" in said, said)
        daemon.configure(pid_file='""')
        status, said = daemon.run()
        check(status == 78 and "another process answers" in said, said)
        check(serves(daemon), "the first one suffered")


@point("supervisor killed with -9: the message in progress is finished, the next start takes the dead socket over",
       timed=True)
def supervisor_killed():
    kill_supervisor(Daemon())


@point("the same on an inet socket", timed=True)
def supervisor_killed_inet():
    kill_supervisor(Daemon(socket=f"inet:{free_port()}@127.0.0.1"))


def kill_supervisor(daemon):
    with daemon.start(), Milter(daemon.where) as milter:
        workers = daemon.workers()
        message = Message()
        milter.negotiate()
        milter.connect(message)
        milter.helo(message)
        milter.envelope(message)
        milter.content(message)
        daemon.process.kill()
        daemon.process.wait()
        os.truncate(daemon.path("said"), 0)
        began = time.monotonic()
        daemon.start()
        check(time.monotonic() - began < 4, "slow to start")
        check(milter.end().answer in "ca", "the message in progress was lost")
        milter.quit()
        check(serves(daemon), "does not serve")
        check(await_true(lambda: not any(map(is_alive, workers))), "orphaned workers stay")


@point("serves on inet and inet6 sockets")
def inet_sockets():
    with Daemon(socket=f"inet:{free_port()}@127.0.0.1").start() as daemon:
        check(serves(daemon), "inet")
    try:
        port = free_port(socket.AF_INET6, "::1")
    except OSError:
        print("# no IPv6 here")
        return
    with Daemon(socket=f"inet6:{port}@::1").start() as daemon:
        check(serves(daemon), "inet6")


def is_harmless(pid):
    with open(f"/proc/{pid}/status", encoding="ascii") as file:
        status = dict(line.split(":\t", 1) for line in file.read().splitlines() if ":\t" in line)
    return "0" not in status["Uid"].split() and status["NoNewPrivs"] == "1" and int(status["CapEff"], 16) == 0


@point("started by root, workers are somebody else for good, also after a reload")
def privileges():
    if os.geteuid() != 0:
        return
    with Daemon() as daemon:
        os.chmod(daemon.folder, 0o755)
        with open(daemon.path("log.json"), "w", encoding="ascii"):
            os.chmod(daemon.path("log.json"), 0o666)
        daemon.configure(user="nobody")
        os.chmod(daemon.path("conf"), 0o600)  # only root needs to read it
        daemon.start()
        for _ in range(2):
            check(await_true(lambda: all(map(is_harmless, daemon.workers()))), "workers are still root")
            check(serves(daemon), "does not serve")
            daemon.signal(signal.SIGHUP)
            check(await_true(lambda: "reloaded" in daemon.said()), daemon.said())
            check(await_true(lambda: len(daemon.workers()) == 2), "old workers stay")


@point("reloads under load: SIGHUP and SIGUSR1, no message fails, new settings hold")
def reload_good():
    with Daemon().start() as daemon:
        load = Load(daemon)
        before = set(daemon.workers())
        for number, name in enumerate((signal.SIGHUP, signal.SIGUSR1, signal.SIGHUP)):
            daemon.configure(authserv_id=f"mx{number}.rx.example")
            daemon.signal(name)
            check(await_true(lambda n=number: daemon.said().count("reloaded") == n + 1), daemon.said())
        check(await_true(lambda: deliver(daemon.where, Message()).inserted[0][2].startswith(" mx2.rx.example;")),
              "old settings")
        load.end()
        check(not load.failed, f"{len(load.failed)} of {load.done}: {load.failed[:3]}")
        check(load.done >= 20, f"only {load.done} messages")
        check(await_true(lambda: len(daemon.workers()) == 2), "old workers stay")
        check(not before & set(daemon.workers()), "workers were not replaced")


@point("a connection open during a reload is served to its end by the old worker")
def reload_keeps_connections():
    with Daemon().start() as daemon, Milter(daemon.where) as milter:
        message = Message()
        milter.negotiate()
        check(milter.message(message).answer in "ca", "before")
        daemon.configure(authserv_id="new.rx.example")
        daemon.signal(signal.SIGHUP)
        check(await_true(lambda: "reloaded" in daemon.said()), daemon.said())
        time.sleep(1.5)
        result = milter.next_message(message)
        check(result.inserted[0][2].startswith(" mx.rx.example;"), "not the old worker")
        milter.quit()
        check(await_true(lambda: len(daemon.workers()) == 2), "the old worker stays")


@point("a broken file at reload: old settings stay, the log names file and line, no message fails")
def reload_bad():
    with Daemon().start() as daemon:
        load = Load(daemon)
        workers = set(daemon.workers())
        good = len(daemon.options)
        daemon.configure(authserv_id="new.rx.example", raw="workers = many\n")
        daemon.signal(signal.SIGHUP)
        check(await_true(lambda: "reload refused" in daemon.said()), daemon.said())
        check(f"{daemon.path('conf')}:{good + 1}" in daemon.said(), daemon.said())
        victim = sorted(workers)[0]
        load.end()
        check(not load.failed, f"{len(load.failed)} of {load.done}: {load.failed[:3]}")
        check(set(daemon.workers()) == workers, "workers changed")
        os.kill(victim, signal.SIGKILL)  # its successor must not read the broken file
        check(await_true(lambda: len(daemon.workers()) == 2 and victim not in daemon.workers()), daemon.said())
        for _ in range(6):
            result = deliver(daemon.where, Message())
            check(result.inserted[0][2].startswith(" mx.rx.example;"), "settings changed")


@point("a worker killed with -9 takes only its own messages; another one starts")
def worker_killed():
    with Daemon(workers="2").start() as daemon:
        workers = daemon.workers()
        message = Message()
        milters = []
        for _ in range(12):
            milter = Milter(daemon.where)
            milters.append(milter)
            milter.negotiate()
            milter.connect(message)
            milter.helo(message)
            milter.envelope(message)
            milter.content(message)
        held = {pid: sessions_of(pid, daemon.socket_path) for pid in workers}
        check(sum(held.values()) == 12, held)
        victim = max(workers, key=lambda pid: held[pid])
        os.kill(victim, signal.SIGKILL)
        lost = 0
        for milter in milters:
            try:
                check(milter.end().answer in "ca", "wrong answer")
            except (Gone, OSError):
                lost += 1
            milter.close()
        check(lost == held[victim], f"{lost} lost, but the worker held {held[victim]}")
        check(await_true(lambda: len(daemon.workers()) == 2 and victim not in daemon.workers()), "not replaced")
        check("signal 9" in daemon.said(), "not told")
        check(all(serves(daemon) for _ in range(5)), "does not serve")


@point("workers killed under load: each message goes through at the first or second try")
def killed_under_load():
    with Daemon().start() as daemon:
        load = Load(daemon, clients=4)
        for number in range(3):
            before = load.done
            check(await_true(lambda b=before: load.done > b + 20 and len(daemon.workers()) == 2), f"stuck after {load.done}")
            os.kill(daemon.workers()[0], signal.SIGKILL)
            check(await_true(lambda n=number: daemon.said().count("signal 9") == n + 1), daemon.said())
        before = load.done
        check(await_true(lambda: load.done > before + 20), f"stuck after {load.done}")
        load.end()
        check(len(load.failed) <= 12, f"{len(load.failed)} failures by 3 deaths and 4 clients: {load.failed[:3]}")
        check(load.done > 50, f"only {load.done} messages")
        check(await_true(lambda: len(daemon.workers()) == 2), "not replaced")


@point("workers that die at once are started again after 1 s, then 2 s, and each death is told", waits=True)
def back_off():
    with Daemon(workers="1").start() as daemon:
        for number in (1, 2):
            victim = daemon.workers()[0]
            os.kill(victim, signal.SIGKILL)
            check(await_true(lambda n=number: f"starts in {n} s" in daemon.said()), daemon.said())
            check(await_true(lambda v=victim: daemon.workers() and v not in daemon.workers()), "no new worker")
        check(daemon.said().count("signal 9") == 2, daemon.said())
        check(serves(daemon), "does not serve")


def survives(daemon, abuse):
    """The abuse may cost its connection, never a worker or anybody else's message."""
    workers = set(daemon.workers())
    for one in abuse:
        try:
            with Milter(daemon.where, timeout=3) as milter:
                one(milter)
        except (Gone, OSError, struct.error):
            pass
    check(set(daemon.workers()) == workers, "a worker died: " + daemon.said()[-400:])
    check(serves(daemon), "does not serve")
    check(set(daemon.workers()) == workers, "a worker died: " + daemon.said()[-400:])


@point("commands out of order, without negotiation, and twice")
def out_of_order():
    packets = {
        "C": b"host\0" + b"4" + struct.pack("!H", 25) + b"192.0.2.1\0", "H": b"helo\0", "M": b"<a@good.example>\0",
        "R": b"<b@rx.example>\0", "L": b"From\0 a@good.example\0", "N": b"", "B": b"body\r\n", "E": b"", "A": b"",
        "K": b"", "T": b"", "U": b"NOOP\0", "Q": b"", "D": b"Mi\0Q1\0", "O": struct.pack("!III", 6, 0x1ff, 0x1fffff)}

    def sequence(letters, negotiate):
        def run(milter):
            if negotiate:
                milter.negotiate(protocol=0)
            for letter in letters:
                milter.send(letter, packets[letter])
            milter.socket.shutdown(socket.SHUT_WR)
            while milter.socket.recv(4096):
                pass
        return run

    orders = list(packets) + [a + b for a in packets for b in "MRLNBEAK"] + [
        "MLNBE", "LNBE", "CLNBE", "CHLNBE", "CHNE", "CHBE", "CHE", "CHMRLNBEE", "CHMRLNBEMRE", "CHMMM", "CHMRNLB",
        "CHMRLNBELNBE", "CHMRLNBEKCHMRLNBE", "KMRLNBE", "CHMRLNAE", "CHMRANBE", "OOO", "CHMRLNBECHMRLNBE", "CCC"]
    with Daemon().start() as daemon:
        survives(daemon, [sequence(letters, negotiate) for letters in orders for negotiate in (True, False)])


@point("half packets, garbage, absurd lengths, missing NULs")
def garbage():
    def raw(octets, negotiate=False):
        def run(milter):
            if negotiate:
                milter.negotiate()
            milter.send_raw(octets)
            milter.socket.shutdown(socket.SHUT_WR)
            while milter.socket.recv(4096):
                pass
        return run

    hello = struct.pack("!I", 13) + b"O" + struct.pack("!III", 6, 0x1ff, 0x1fffff)
    pieces = [raw(hello[:size]) for size in range(len(hello))]
    pieces += [raw(octets, negotiate) for negotiate in (False, True) for octets in (
        b"\0\0\0\0", b"\0\0\0\0E", b"\xff\xff\xff\xffC", b"\x7f\xff\xff\xffL", b"GET / HTTP/1.0\r\n\r\n",
        b"EHLO example.org\r\n", bytes(range(256)) * 8, b"\0\0\0\1\0", b"\0\0\0\1E", b"\0\0\0\1C", b"\0\0\0\1M",
        b"\0\0\0\1L", b"\0\0\0\2L\0", b"\0\0\0\5LFrom", b"\0\0\0\6Mabcde", b"\0\0\0\3D\0\0", b"\0\0\0\2DM", b"\0\0\0\4DMi\0\0\0\0\4M<>\0",
        b"\0\0\0\x08DMA\0B\0C\0\0\0\0\4M<>\0",
        b"\0\0\0\4Ci\x004", b"\0\0\0\7Ci\x004\0\x19x", b"\0\0\0\7Ci\x006\0\x19x", b"\0\0\0\3Ci\0", b"\0\0\0\4Ci\0Z",
        b"\0\0\0\5O\0\0\0\6", b"\0\0\0\x0dO" + b"\xff" * 12, b"\0\0\0\x0dO" + b"\0" * 12)]
    with Daemon().start() as daemon:
        survives(daemon, pieces)


@point("a packet sent octet by octet, header fields of 200 KB, values that are not text")
def odd_packets():
    with Daemon().start() as daemon:
        with Milter(daemon.where) as milter:
            for octet in struct.pack("!I", 13) + b"O" + struct.pack("!III", 6, 0x1ff, 0x1fffff):
                milter.send_raw(bytes([octet]))
            check(milter.receive()[0] == "O", "negotiation")
        huge = Message(headers=[("From", " a@good.example"), ("X-Huge", " " + "x" * 200000), ("X-\udcff", " \udcfe\x01")])
        huge.headers[2] = ("X-Odd", b" \xff\xfe\x01\x1b[2J")
        check(serves(daemon, headers=huge.headers), "not served")
        check(serves(daemon, sender="<\x1b[2J\r\nX: y@good.example>", helo="a\r\nb; dmarc=pass", queue_id="Q\r\nX: 1"),
              "not served")


@point("abort at every stage leaves nothing behind for the next message of the connection")
def aborts():
    forged = Message(headers=[(OURS, " mx.rx.example; dmarc=pass")] * 3, sender="<aborted@good.example>", queue_id="BAD")
    with Daemon().start() as daemon, Milter(daemon.where) as milter:
        milter.negotiate()
        milter.connect(forged)
        milter.helo(forged)
        for stage in range(5):
            if stage > 0:
                milter.mail(forged)
            if stage > 1:
                milter.recipient("<b@rx.example>")
            if stage > 2:
                milter.header(*forged.headers[0])
            if stage > 3:
                milter.end_of_headers()
            milter.abort()
            result = milter.next_message(Message(queue_id=f"OK{stage}"))
            check(result.answer in "ca" and len(result.inserted) == 1 and not result.deleted, f"stage {stage}")
        milter.quit()
        check(await_true(lambda: len(daemon.records()) == 5), "records")
        check([record["queue_id"] for record in daemon.records()] == [f"OK{n}" for n in range(5)], "queue ids")


@point("200 messages on one connection, connect-only probes, connections cut in the middle: nothing leaks")
def many():
    with Daemon(workers="1").start() as daemon:
        check(serves(daemon), "does not serve")
        before = settled_descriptors_of(daemon.workers()[0])
        with Milter(daemon.where) as milter:
            milter.negotiate()
            milter.connect(Message())
            for _ in range(200):
                check(milter.next_message(Message()).answer in "ca", "answer")
        for number in range(200):
            with Milter(daemon.where) as milter:
                if number % 4 > 0:
                    milter.negotiate()
                if number % 4 > 1:
                    milter.connect(Message())
                    milter.mail(Message())
                if number % 4 > 2:
                    milter.header("From", " a@good.example")
        worker = daemon.workers()[0]
        check(await_true(lambda: descriptors_of(worker) <= before), f"{descriptors_of(worker)} descriptors, {before} before")
        check(serves(daemon), "does not serve")
        check(daemon.end() == 0, "exit status")  # waits until no session is counted any more


@point("SIGTERM with 20 messages in progress: 20 answered, then the end", timed=True)
def stop_in_flight():
    stop_20(Daemon())


@point("the same on an inet socket", timed=True)
def stop_in_flight_inet():
    stop_20(Daemon(socket=f"inet:{free_port()}@127.0.0.1"))


def stop_20(daemon):
    with daemon.start():
        milters = []
        message = Message()
        for _ in range(20):
            milter = Milter(daemon.where)
            milters.append(milter)
            milter.negotiate()
            milter.connect(message)
            milter.helo(message)
            milter.envelope(message)
            milter.content(message)
        began = time.monotonic()
        daemon.signal(signal.SIGTERM)
        for pid in daemon.workers():  # as a whole control group gets it
            os.kill(pid, signal.SIGTERM)
        check(await_true(lambda: not answers(daemon)), "still listening")
        time.sleep(1.5)
        answered = sum(milter.end().answer in "ca" for milter in milters)
        check(answered == 20, f"{answered} answered")
        check(daemon.process.wait(15) == 0, "exit status")
        check(time.monotonic() - began < 12, "slow")
        for milter in milters:
            milter.close()


@point("SIGTERM with idle connections does not wait for drain-seconds", timed=True)
def stop_idle():
    with Daemon(drain_seconds="60").start() as daemon:
        milters = [Milter(daemon.where) for _ in range(3)]
        for milter in milters:
            milter.negotiate()
            check(milter.message(Message()).answer in "ca", "answer")
        began = time.monotonic()
        check(daemon.end() == 0, "exit status")
        check(time.monotonic() - began < 10, "slow")
        for milter in milters:
            milter.close()


@point("8 forged results among foreign ones: deleted from the highest number down, ours on top")
def forged():
    headers = []
    for number in range(8):
        headers.append((OURS, f" mx.rx.example; dmarc=pass header.from=forged{number}.example"))
        headers.append((OURS, f" other.example; spf=pass smtp.mailfrom=keep{number}.example"))
        headers.append(("X-Between", f" {number}"))
    with Daemon().start() as daemon:
        result = deliver(daemon.where, Message(headers=headers))
        numbers = [number for number, _ in result.deleted]
        check(numbers == [15, 13, 11, 9, 7, 5, 3, 1], f"order {numbers}")
        kept = result.final_headers(headers)
        check(kept[0][0] == OURS and kept[0][1].startswith(" mx.rx.example;"), "ours is not on top")
        check(len(kept) == 17 and not any("forged" in value for _, value in kept), "forged ones stay")
        result = deliver(daemon.where, Message(headers=headers, macros={"auth_authen": "taro"}))
        check(len(result.deleted) == 8 and not result.inserted, "authenticated mail")
        check(await_true(lambda: len(daemon.records()) == 2), "records")


@point("old MTAs: protocol 2, no leave to change headers, no leave to quarantine")
def old_mtas():
    headers = [("From", " a@good.example"), (OURS, " mx.rx.example; dmarc=pass")]
    with Daemon().start() as daemon:
        result = deliver(daemon.where, Message(headers=headers), version=2, actions=0x3F, protocol=0x7F)
        check(result.answer in "ca" and result.inserted[0][2].startswith("mx.rx.example;"), "protocol 2")
        check(result.deleted == [(1, OURS)], "protocol 2")
        result = deliver(daemon.where, Message(headers=headers), actions=0x02)
        check(result.answer in "ca" and not result.inserted and not result.deleted, "no actions")
        check(await_true(lambda: len(daemon.records()) == 2), "not logged")


@point("the body of an unsigned message is not wanted; of a 2 MB one either")
def body_skipped():
    with Daemon().start() as daemon:
        result = deliver(daemon.where, Message(body=b"x" * 70 + b"\r\n" * 1000000))
        check(result.body_chunks == 1 and result.answer in "ca", f"{result.body_chunks} chunks")


@point("64 descriptors and 150 connections: waits without spinning, recovers", timed=True)
def descriptors_short():
    with Daemon(workers="1").start(descriptors=64) as daemon:
        worker = daemon.workers()[0]
        milters = [Milter(daemon.where) for _ in range(150)]
        time.sleep(1.5)
        before = cpu_seconds(worker)
        time.sleep(2)
        spent = cpu_seconds(worker) - before
        check(spent < 0.2, f"{spent:.2f} s of CPU in 2 s")
        for milter in milters:
            milter.close()
        began = time.monotonic()
        check(serves(daemon), "does not serve")
        check(time.monotonic() - began < 8, "slow to recover")
        check(daemon.workers() == [worker], "the worker was lost")


@point("500 idle connections do not disturb", timed=True)
def idle_connections():
    with Daemon().start() as daemon:
        milters = [Milter(daemon.where) for _ in range(500)]
        for milter in milters:
            milter.negotiate()
        began = time.monotonic()
        check(serves(daemon), "does not serve")
        check(time.monotonic() - began < 1, "slow")
        for milter in milters:
            milter.close()


@point("no DNS at all: temperror, accepted, logged, within the deadline", timed=True)
def dns_dead():
    with Daemon(zone=None, nameservers=f"127.0.0.1@{free_port()}", dns_timeout_ms="1500",
                message_deadline_ms="3000").start() as daemon:
        began = time.monotonic()
        result = deliver(daemon.where, Message())
        check(result.answer in "ca" and "temperror" in result.inserted[0][2], result.inserted)
        check(time.monotonic() - began < 6, "slow")


@point("random streams of half-right packets (SEKISHO_STREAMS of them, seed SEKISHO_SEED)")
def random_streams():
    dice = random.Random(int(os.environ.get("SEKISHO_SEED", "1")))
    texts = [b"", b"<a@good.example>\0", b"From\0 a@good.example\0", b"Authentication-Results\0 mx.rx.example; spf=pass\0",
             b"DKIM-Signature\0 v=1; a=rsa-sha256; d=good.example; s=s; h=from:x; bh=AA==; b=AA==\0", b"Mi\0Q\0",
             b"host\x004\0\x19192.0.2.25\0", b"host\x006\0\x19IPv6:2001:db8::1\0", b"hostU", b"x" * 3000, b"a\r\nb\0\0c",
             b"<\xff\xfe(\\\"@;>\0SMTPUTF8\0", struct.pack("!III", 6, 0x1ff, 0x1fffff)]

    def stream(milter):
        if dice.random() < 0.8:
            milter.negotiate(protocol=dice.choice((0x1fffff, 0, 0x7f)))
        for _ in range(dice.randrange(1, 25)):
            data = bytearray(dice.choice(texts))
            if data and dice.random() < 0.3:
                data[dice.randrange(len(data))] = dice.randrange(256)
            size = len(data) + 1 if dice.random() < 0.97 else dice.choice((0, 1, 2, 70000, 0xffffffff))
            milter.send_raw(struct.pack("!I", size) + dice.choice(b"CHMRLLNBEADKTUQO").to_bytes(1, "big") + data)
        milter.socket.shutdown(socket.SHUT_WR)
        while milter.socket.recv(65536):
            pass

    with Daemon().start() as daemon:
        survives(daemon, [stream] * int(os.environ.get("SEKISHO_STREAMS", "300")))


Daemon.program = os.path.abspath(sys.argv[1])
sys.exit(run_points(sys.argv[2:]))
