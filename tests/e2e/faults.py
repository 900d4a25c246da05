"""The faults of faults.sh: each function is one point; a false statement or an exception fails it."""

import ctypes
import errno
import fcntl
import os
import shutil
import signal
import socket
import struct
import subprocess
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from daemon import Daemon, await_true, sessions_of, test_folder  # noqa: E402
from faulty_name_server import SLOW_S, FaultyNameServer  # noqa: E402
from milter_client import Gone, Message, Milter, deliver  # noqa: E402
from points import check, point, run_points  # noqa: E402
from small_disk import end_disk, fill_up, small_disk  # noqa: E402

GOOD = {("good.example", "TXT"): ["v=spf1 ip4:192.0.2.25 -all"], ("mail.good.example", "A"): ["192.0.2.25"],
        ("_dmarc.good.example", "TXT"): ["v=DMARC1; p=reject"]}
DEADLINE_S = 6


def is_sanitized():
    """Built with a sanitizer, which preloads, needs memory, and is slow."""
    with open(Daemon.program, "rb") as file:
        octets = file.read()
    return b"__asan_init" in octets or b"__tsan_init" in octets


def results_of(result):
    check(result.answer in "ca" and result.inserted, f"answer {result.answer}, {result.inserted}")
    return result.inserted[-1][2]


def from_domain(domain, **options):
    return Message(sender=f"<taro@{domain}>", headers=[("From", f" taro@{domain}")], **options)


def faulty_daemon(server, **options):
    return Daemon(zone=None, nameservers=server.where, dns_timeout_ms="1500", message_deadline_ms="4000", **options)


def record_of(daemon, queue_id):
    check(await_true(lambda: any(r["queue_id"] == queue_id for r in daemon.records())), "no record of " + queue_id)
    return next(r for r in daemon.records() if r["queue_id"] == queue_id)


@point("each fault of a domain's name server is temperror within the deadline, never fail; others are served as ever",
       timed=True)
def name_server_faults():
    with FaultyNameServer(GOOD) as server, faulty_daemon(server).start() as daemon:
        for fault in ("servfail", "refused", "loop", "chain", "garbage", "short", "wrongid", "truncated", "silent"):
            began = time.monotonic()
            results = results_of(deliver(daemon.where, from_domain(f"x.{fault}.fault.example", queue_id=fault)))
            took = time.monotonic() - began
            check("spf=temperror" in results and "=fail" not in results, f"{fault}: {results}")
            check(took < DEADLINE_S, f"{fault}: {took:.1f} s")
            record = record_of(daemon, fault)
            check(record["action"] == "accept" and record["causes"], f"{fault}: {record}")
            check(record["spf"] == "temperror", f"{fault}: {record}")
        # an empty answer is "no such record", RFC 2308 section 2.2 type 3: that the server is lame, our resolver would say
        check("spf=none" in results_of(deliver(daemon.where, from_domain("x.lame.fault.example"))), "lame")
        results = results_of(deliver(daemon.where, Message()))
        check("spf=pass" in results and "dmarc=pass" in results, results)


@point("an SPF record of 60,000 octets is permerror, and costs nobody anything")
def huge_answer():
    with FaultyNameServer(GOOD) as server, faulty_daemon(server).start() as daemon:
        results = results_of(deliver(daemon.where, from_domain("x.huge.fault.example")))
        check("spf=pass" not in results and "spf=fail" not in results, results)
        check("spf=pass" in results_of(deliver(daemon.where, Message())), "others suffer")


class Pace:
    """Seconds that honest messages took, one after the other, each on a connection of its own. Some from a domain
    whose answers are in memory, some from domains that nobody asked for before."""

    def __init__(self, daemon, count, mark=None):
        took = []
        for number in range(count):
            fresh = mark is not None and number % 2
            began = time.monotonic()
            results = results_of(deliver(daemon.where, from_domain(f"{mark}{number}.fresh.example") if fresh else Message()))
            took.append(time.monotonic() - began)
            check(("spf=none" if fresh else "spf=pass") in results, f"honest mail: {results}")
        self.p95, self.worst = sorted(took)[count * 95 // 100], max(took)

    def check_beside(self, other, p95):
        """A machine that is busy with other things was busy before too."""
        check(other.p95 <= p95 + 2 * self.p95, f"p95 {other.p95:.3f} s, {self.p95:.3f} s before")
        check(other.worst <= 0.8 + 2 * self.worst, f"the worst waited {other.worst:.3f} s, {self.worst:.3f} s before")


@point("200 mails of zones that are silent, or answer after 3 s: p95 of others stays within 0.3 s, cached or not",
       timed=True)
def slow_zone():
    for fault in ("silent", "slow"):
        with FaultyNameServer(GOOD) as server, faulty_daemon(server, workers="1").start() as daemon:
            alone = Pace(daemon, 60, "before")
            slow = [threading.Thread(target=deliver, daemon=True,
                                     args=(daemon.where, from_domain(f"n{number}.{fault}.fault.example")))
                    for number in range(200)]
            for thread in slow:
                thread.start()
            time.sleep(0.3)
            alone.check_beside(Pace(daemon, 60, "beside"), 0.3)
            check(sum(thread.is_alive() for thread in slow) > 100, "too few were there at the same time")
            for thread in slow:
                thread.join(DEADLINE_S + SLOW_S)
            check(not any(thread.is_alive() for thread in slow), "slow mail was never answered")
            alone.check_beside(Pace(daemon, 20, "after"), 0.3)


@point("a single zone that is silent takes nothing from others, however often it is asked for", timed=True)
def silent_zone():
    with FaultyNameServer(GOOD) as server, faulty_daemon(server, workers="1").start() as daemon:
        alone, over = Pace(daemon, 40, "before"), threading.Event()

        def ask():
            for number in range(1000):
                if over.is_set():
                    return
                deliver(daemon.where, from_domain(f"n{number}.silent.fault.example"))

        asking = threading.Thread(target=ask, daemon=True)
        asking.start()
        for turn in range(8):  # whatever libunbound remembers of the silence comes and goes by the second
            time.sleep(0.7)
            alone.check_beside(Pace(daemon, 40, f"turn{turn}-"), 0.3)
        over.set()
        asking.join(DEADLINE_S)


@point("the resolver is gone: temperror, and the log says that the trouble is ours; back again: right within 5 s",
       timed=True)
def resolver_restarted():
    server = FaultyNameServer(GOOD)
    port = server.socket.getsockname()[1]
    with faulty_daemon(server).start() as daemon:
        check("spf=pass" in results_of(deliver(daemon.where, Message(queue_id="A"))), "before")
        server.__exit__()
        server.thread.join(0.1)
        for number in range(4):
            queue_id = f"OUT{number}"
            results = results_of(deliver(daemon.where, from_domain(f"new{number}.example", queue_id=queue_id)))
            check("spf=temperror" in results and "=fail" not in results, results)
            # the client's names are in memory from before: they do not hide whose trouble it is
            causes = {cause["cause"]: cause["act"] for cause in record_of(daemon, queue_id)["causes"]}
            check(causes.get("rx-resolver-failure") == "us", str(causes))
        with FaultyNameServer({**GOOD, ("late.example", "TXT"): ["v=spf1 ip4:192.0.2.25 -all"]}, port):
            began = time.monotonic()
            check(await_true(lambda: "spf=pass" in results_of(deliver(daemon.where, from_domain("late.example"))), 8),
                  "not right again")
            check(time.monotonic() - began < 6, f"right again after {time.monotonic() - began:.1f} s")


@point("no resolver from the start: temperror, and the log says that the trouble is ours")
def resolver_never_there():
    with FaultyNameServer(GOOD) as server:
        where = server.where
    with Daemon(zone=None, nameservers=where, dns_timeout_ms="500", message_deadline_ms="4000").start() as daemon:
        results = results_of(deliver(daemon.where, Message(queue_id="DEAD")))
        check("spf=temperror" in results and "dmarc=temperror" in results, results)
        causes = {cause["cause"]: cause["act"] for cause in record_of(daemon, "DEAD")["causes"]}
        check(causes.get("rx-resolver-failure") == "us", str(causes))


@point("the disk is full under the log and the key memory: mail goes on, it is told once a minute, whole lines after")
def disk_full():
    daemon = Daemon(workers="1")
    disk = daemon.path("disk")
    if not small_disk(disk, "200k"):
        return  # not root
    try:
        daemon.configure(log_file=os.path.join(disk, "log.json"), key_memory=os.path.join(disk, "keys.db"))
        with daemon.start():
            fill_up(os.path.join(disk, "filler"))
            for number in range(30):
                check("spf=pass" in results_of(deliver(daemon.where, Message(queue_id=f"F{number}"))), "mail suffers")
            check(await_true(lambda: "the log cannot be written" in daemon.said()), daemon.said())
            check(daemon.said().count("the log cannot be written") == 1, "told too often")
            os.unlink(os.path.join(disk, "filler"))
            results_of(deliver(daemon.where, Message(queue_id="AFTER")))

            def told():
                shutil.copy(os.path.join(disk, "log.json"), daemon.path("log.json"))
                return any(record["queue_id"] == "AFTER" for record in daemon.records())

            check(await_true(told, 20), "the log does not go on: " + subprocess.run(
                ["sh", "-c", f"df {disk}; ls -lR {disk}"], capture_output=True, text=True, check=False).stdout)
            check(len(daemon.workers()) == 1 and "signal" not in daemon.said(), "the worker died")
    finally:
        end_disk(disk)


def preloaded(folder, name):
    """The library of tests/support/NAME.c, or None where it cannot be made, or not be loaded."""
    source = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support", name + ".c")
    library = os.path.join(folder, name + ".so")
    if is_sanitized() or shutil.which("cc") is None:
        return None
    made = subprocess.run(["cc", "-D_GNU_SOURCE", "-shared", "-fPIC", "-o", library, source], check=False)
    return library if made.returncode == 0 else None


class Clock:
    """The wall clock of a daemon, moved while it runs (tests/support/moved_clock.c)."""

    def __init__(self, folder):
        self.library, self.path = preloaded(folder, "moved_clock"), os.path.join(folder, "clock")
        with open(self.path, "wb") as file:
            file.write(struct.pack("=q", 0))

    def move(self, seconds):
        with open(self.path, "r+b") as file:
            file.write(struct.pack("=q", seconds))

    def environment(self):
        return {"LD_PRELOAD": self.library, "SEKISHO_CLOCK_FILE": self.path}


@point("the clock jumps a day forward and back: no message waits, none fails, questions time out as ever", timed=True)
def clock_jump():
    with FaultyNameServer(GOOD) as server, faulty_daemon(server) as daemon:
        clock = Clock(daemon.folder)
        if clock.library is None:
            return
        daemon.start(environment=clock.environment())
        for number, jump in enumerate((0, 86400, -86400, 0)):
            waiting = threading.Thread(target=deliver, daemon=True, args=(daemon.where, from_domain(f"n{number}.silent.fault.example")))
            waiting.start()
            time.sleep(0.3)
            clock.move(jump)
            began = time.monotonic()
            results = results_of(deliver(daemon.where, Message()))
            check("spf=pass" in results, f"after {jump}: {results}")
            check(time.monotonic() - began < 2, f"slow after {jump}")
            began = time.monotonic()
            results = results_of(deliver(daemon.where, from_domain(f"n{number}.fresh.example", queue_id=f"N{number}")))
            check("spf=none" in results, f"a name in no cache after {jump}: {record_of(daemon, f'N{number}')}")
            check(time.monotonic() - began < 2, f"a name in no cache is slow after {jump}")
            waiting.join(DEADLINE_S)
            check(not waiting.is_alive(), f"a question hangs after {jump}")
            results = results_of(deliver(daemon.where, from_domain(f"n{number}.late.example")))
            check("spf=none" in results, f"later after {jump}: {results}")
        check(await_true(lambda: len({record["time"][:10] for record in daemon.records()}) == 3), "the clock did not jump")
        check("signal" not in daemon.said() and daemon.said().count("was set back by 172") == 1, daemon.said())


@point("a worker at its memory limit ends, its messages are tried again; another starts, the others go on")
def memory_ceiling():
    with Daemon(workers="2", worker_memory_limit="192").start() as daemon:
        if is_sanitized():
            return
        before = set(daemon.workers())
        victim = min(before)  # the other one shall not come to its limit at the same time
        held, lost, others = [], 0, 0
        message = Message(headers=[("From", " taro@good.example")] + [(f"X-{n}", " " + "y" * 60000) for n in range(15)])
        while len(held) < 400 and others < 2000 and set(daemon.workers()) == before:
            known = sessions_of(victim, daemon.socket_path)
            milter = Milter(daemon.where)
            try:
                milter.negotiate()
                if sessions_of(victim, daemon.socket_path) <= known:
                    others += 1
                    milter.close()
                    continue
                held.append(milter)
                milter.connect(message)
                milter.helo(message)
                milter.envelope(message)
                milter.content(message)
            except (Gone, OSError):
                lost += 1
                break
        check(lost > 0 or set(daemon.workers()) != before, f"{len(held)} messages of 900 KB held without an end")
        for milter in held:
            milter.close()
        check(await_true(lambda: len(daemon.workers()) == 2 and set(daemon.workers()) != before), daemon.said())
        check(await_true(lambda: "worker-memory-limit" in daemon.said()), daemon.said())
        check(before - set(daemon.workers()) == {victim}, "the other worker died")
        for number in range(5):
            check("spf=pass" in results_of(deliver(daemon.where, Message(queue_id=f"M{number}"))), "does not serve")


@point("200 clients that stop in the middle of a packet: p95 of others stays within 0.2 s", timed=True)
def half_packets():
    if is_sanitized():
        return  # sanitizers stand where session/pool_guard.c would
    with Daemon(workers="1").start() as daemon:
        alone = Pace(daemon, 60)
        stalled = [Milter(daemon.where) for _ in range(200)]
        for number, milter in enumerate(stalled):
            milter.negotiate()
            milter.send_raw(b"\0\0\0\x20L" + b"From\0 a@"[:number % 9])
        alone.check_beside(Pace(daemon, 60), 0.2)
        for milter in stalled:
            milter.close()


@point("workers are in their sandbox, and say so; a forbidden call ends one of them, with a word on why")
def sandbox():
    with Daemon(workers="1").start() as daemon:
        if "sandbox=calls" not in daemon.said():
            check("sandbox=" in daemon.said(), daemon.said())
            return  # a sanitized build, or without libseccomp
        with open(f"/proc/{daemon.workers()[0]}/status", encoding="ascii") as file:
            check("Seccomp:\t2" in file.read(), "no filter")
        os.kill(daemon.workers()[0], signal.SIGSYS)
        check(await_true(lambda: "forbidden system call" in daemon.said()), daemon.said())
        check("spf=pass" in results_of(deliver(daemon.where, Message())), "does not serve")


class Burglar:
    """Lets a worker try to open files for writing (tests/support/burglar.c)."""
    FORMAT = "=ii8i" + "200s" * 8

    def __init__(self, folder):
        self.library, self.path = preloaded(folder, "burglar"), os.path.join(folder, "burglar")
        with open(self.path, "wb") as file:
            file.write(bytes(struct.calcsize(self.FORMAT)))
        os.chmod(self.path, 0o666)

    def environment(self):
        return {"LD_PRELOAD": self.library, "SEKISHO_BURGLAR_FILE": self.path}

    def results(self, pid, *paths):
        """What became of each path, as the name of an error, or "opened"."""
        texts = [path.encode() for path in paths] + [b""] * (8 - len(paths))
        with open(self.path, "r+b") as file:
            file.write(struct.pack(self.FORMAT, 0, 0, *[-1] * 8, *texts))
            file.seek(0)
            file.write(struct.pack("=i", pid))

        def outcome():
            with open(self.path, "rb") as file:
                return struct.unpack(self.FORMAT, file.read())
        check(await_true(lambda: outcome()[1] == 1), "nobody tried")
        return ["opened" if number == 0 else errno.errorcode[number] for number in outcome()[2:2 + len(paths)]]


def break_out(user, sandbox="auto"):
    """A worker of that user tries to write where it must not, though the files' modes would let it."""
    outside = test_folder("sekisho-outside.")
    with Daemon(workers="1", user=user, sandbox=sandbox) as daemon:
        burglar = Burglar(daemon.folder)
        if burglar.library is None:
            return
        try:
            for path, mode in ((daemon.folder, 0o777), (outside, 0o777), (os.path.join(outside, "open"), 0o666)):
                if not os.path.exists(path):
                    with open(path, "w", encoding="ascii"):
                        pass
                os.chmod(path, mode)
            daemon.start(environment=burglar.environment())
            worker = daemon.workers()[0]
            if sandbox == "no":
                check(burglar.results(worker, os.path.join(outside, "open")) == ["opened"], "the attempt is none")
                return
            if "sandbox=calls and files" not in daemon.said():
                return  # a kernel without Landlock: said in the log, looked at by another point
            kept, *refused = burglar.results(worker, daemon.path("beside-the-log"), "/etc/passwd", "/etc/sekisho-was-here",
                                             os.path.join(outside, "open"), os.path.join(outside, "new"), "/proc/self/mem")
            check(kept == "opened", f"{user}: its own folder: {kept}")
            check(refused == ["EACCES"] * 5, f"{user}: {refused}")
            check(not os.path.exists("/etc/sekisho-was-here") and os.listdir(outside) == ["open"], "something was made")
            check("spf=pass" in results_of(deliver(daemon.where, Message())), "does not serve")
            check(daemon.workers() == [worker], "the worker died")
        finally:
            shutil.rmtree(outside)


@point("a worker in its sandbox writes nowhere but beside its own files: not as nobody, not even as root")
def sandbox_holds():
    if os.geteuid() != 0:
        break_out("")
        return
    for user in ("nobody", ""):
        break_out(user)
    break_out("nobody", sandbox="no")  # what the sandbox is good for


@point("a reload that hangs on a file is refused after 20 s; mail goes on meanwhile", waits=True)
def hanging_reload():
    with Daemon().start() as daemon:
        os.mkfifo(daemon.path("list"))
        daemon.configure(public_suffix_file=daemon.path("list"))
        daemon.signal(signal.SIGHUP)
        began = time.monotonic()
        while "reload refused" not in daemon.said() and time.monotonic() - began < 40:
            check("spf=pass" in results_of(deliver(daemon.where, Message())), "mail suffers")
            time.sleep(0.5)
        check("reload refused" in daemon.said() and "took longer than 20 s" in daemon.said(), daemon.said())
        check(len(daemon.workers()) == 2, "a process is left")


@point("a worker of a version that counts other things, as between an upgrade and its restart, serves all the same")
def worker_of_another_version():
    with Daemon() as daemon, socket.socket(socket.AF_UNIX) as listening:
        listening.bind(daemon.socket_path)
        listening.listen(10)
        ours, theirs = socket.socketpair()
        settings = os.open(daemon.path("conf"), os.O_RDONLY)
        counters = os.memfd_create("other")
        os.ftruncate(counters, 100)

        def hand_over():
            spare = [fcntl.fcntl(fd, fcntl.F_DUPFD, 20) for fd in (listening.fileno(), theirs.fileno(), settings, counters)]
            for at, fd in enumerate(spare):
                os.dup2(fd, 3 + at)

        with subprocess.Popen([Daemon.program, "--worker", "--zone", daemon.path("zone")], preexec_fn=hand_over,
                              close_fds=False, stderr=subprocess.PIPE, text=True) as worker:
            ours.settimeout(10)
            check(ours.recv(1) == b"R", "not ready")
            check("spf=pass" in results_of(deliver(daemon.where, Message())), "does not serve")
            ours.close()
            theirs.close()
            listening.close()
            check("not in the metrics" in worker.communicate(timeout=20)[1], "not told")
            check(worker.returncode == 0, f"status {worker.returncode}")


class Instruction(ctypes.Structure):
    _fields_ = [("code", ctypes.c_ushort), ("jt", ctypes.c_ubyte), ("jf", ctypes.c_ubyte), ("k", ctypes.c_uint)]


class Program(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("filter", ctypes.POINTER(Instruction))]


def refuse_sandboxes():
    """The kernel of our children has neither seccomp() nor Landlock: x86_64 and arm64 number them so."""
    seccomp = 317 if os.uname().machine == "x86_64" else 277
    steps = (Instruction * 6)((0x20, 0, 0, 0), (0x15, 2, 0, seccomp), (0x15, 1, 0, 444), (0x06, 0, 0, 0x7FFF0000),
                              (0x06, 0, 0, 0x00050000 | 38), (0x06, 0, 0, 0))
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(38, 1, 0, 0, 0)
    if libc.prctl(22, 2, ctypes.byref(Program(6, steps)), 0, 0) != 0:
        os._exit(99)


@point("a kernel that refuses the sandbox: told loudly; with sandbox = yes nothing starts")
def sandbox_refused():
    with Daemon() as daemon:
        daemon.start()
        has_sandbox = "sandbox=calls" in daemon.said()
        daemon.end()
        if not has_sandbox or os.uname().machine not in ("x86_64", "aarch64"):
            return
        daemon.configure(sandbox="yes")
        done = subprocess.run(daemon.command(), capture_output=True, timeout=20, check=False, text=True,
                              preexec_fn=refuse_sandboxes)
        check(done.returncode == 78 and "sandbox" in done.stderr and "kernel" in done.stderr, done.stderr)
        check(not os.path.exists(daemon.socket_path), "listened all the same")
        daemon.configure(sandbox="auto")
        with subprocess.Popen(daemon.command(), stderr=subprocess.PIPE, text=True, preexec_fn=refuse_sandboxes) as process:
            check(await_true(lambda: os.path.exists(daemon.socket_path)), "does not start")
            check("spf=pass" in results_of(deliver(daemon.where, Message())), "does not serve")
            process.send_signal(signal.SIGTERM)
            said = process.communicate(timeout=20)[1]
        check("sandbox=off" in said and "is not whole" in said, said)


Daemon.program = os.path.abspath(sys.argv[1])
sys.exit(run_points(sys.argv[2:]))
