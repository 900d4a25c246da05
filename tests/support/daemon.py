"""One sekishod under test, in a folder of its own: started, asked, signalled, ended by its process id."""

import atexit
import json
import os
import resource
import shutil
import signal
import socket as sockets
import subprocess
import tempfile
import time

ZONE = """\
good.example. TXT "v=spf1 ip4:192.0.2.25 -all"
mail.good.example. A 192.0.2.25
_dmarc.good.example. TXT "v=DMARC1; p=none"
"""
BASE = {"authserv-id": "mx.rx.example", "user": "", "log-sink": "json", "drain-seconds": "10", "key-memory": "",
        "store": "none", "workers": "2"}


SOCKET_PATH_MAX = 107  # unix(7)
LEAVING_MAX = 8
COMPLAINTS = []
LONGEST_NAME = "/sekisho-daemon.12345678/metrics-of-its-own"


def test_folder(prefix):
    """A folder for a test: where everybody can come to, with room for the names of sockets."""
    base = os.path.abspath(tempfile.gettempdir())
    above = [base[:at] for at, letter in enumerate(base) if letter == "/" and at] + [base]
    if len(base + LONGEST_NAME) > SOCKET_PATH_MAX or not all(os.stat(folder).st_mode & 1 for folder in above):
        base = "/tmp"
    return tempfile.mkdtemp(prefix=prefix, dir=base)


def await_true(what, seconds=10.0):
    """Asks until it is so; False when the time is over."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if what():
            return True
        time.sleep(0.02)
    return False


class Daemon:
    program = "sekishod"
    leaving = []  # told to end, and not yet awaited: that takes libmilter a second each

    def __init__(self, socket=None, zone=ZONE, **options):
        self.folder = test_folder("sekisho-daemon.")
        self.process = None
        self.prefix = []   # in front of the command: where it runs
        self.notices = []  # what it told systemd
        self.notify = sockets.socket(sockets.AF_UNIX, sockets.SOCK_DGRAM | sockets.SOCK_NONBLOCK)
        self.notify.bind(self.path("notify"))
        self.zone = zone
        self.socket_path = os.path.join(self.folder, "sock")
        self.options = dict(BASE)
        self.options["socket"] = socket or "unix:" + self.socket_path
        self.options["pid-file"] = os.path.join(self.folder, "pid")
        self.options["log-file"] = os.path.join(self.folder, "log.json")
        self.configure(**options)
        if zone is not None:
            with open(self.path("zone"), "w", encoding="ascii") as file:
                file.write(zone)

    def path(self, name):
        return os.path.join(self.folder, name)

    @property
    def where(self):
        return self.options["socket"]

    def configure(self, raw="", **options):
        """Writes the file anew; a_b names option a-b, None leaves it out; raw is added as it is."""
        for name, value in options.items():
            self.options[name.replace("_", "-")] = value
        lines = [f"{name} = {value}" for name, value in self.options.items() if value is not None]
        with open(self.path("conf"), "w", encoding="utf-8") as file:
            file.write("\n".join(lines) + "\n" + raw)

    def command(self, *more):
        zone = ["--zone", self.path("zone")] if self.zone is not None else []
        return [*self.prefix, self.program, "-c", self.path("conf"), *zone, *more]

    def run(self, *more):
        """To its end: for -t and for starts that fail. Returns status and everything it said."""
        done = subprocess.run(self.command(*more), capture_output=True, timeout=20, check=False, text=True)
        return done.returncode, done.stdout + done.stderr

    def start(self, wait=True, descriptors=None, environment=None):
        def limit():
            resource.setrlimit(resource.RLIMIT_NOFILE, (descriptors, descriptors))

        with open(self.path("said"), "ab") as said:
            self.process = subprocess.Popen(self.command(), stdout=said, stderr=said, stdin=subprocess.DEVNULL,
                                            preexec_fn=limit if descriptors else None,
                                            env={**os.environ, "NOTIFY_SOCKET": self.path("notify"), **(environment or {})})
        if wait and not await_true(lambda: "started:" in self.said() or self.process.poll() is not None):
            self.end()
            raise RuntimeError("sekishod does not start: " + self.said())
        if wait and self.process.poll() is not None:
            raise RuntimeError("sekishod ended: " + self.said())
        if wait:
            await_true(lambda: sum(map(is_worker, self.workers())) == int(self.options.get("workers", "2")))
            await_true(lambda: self.notified("READY=1"), 5)  # all of them serve; never comes without libsystemd
        return self

    def notified(self, word):
        """Has it told systemd this word so far?"""
        while True:
            try:
                self.notices += self.notify.recv(4096).decode().split("\n")
            except BlockingIOError:
                return word in self.notices

    def said(self):
        """What it told about itself, on standard error."""
        if not os.path.exists(self.path("said")):
            return ""
        with open(self.path("said"), encoding="utf-8", errors="replace") as file:
            return file.read()

    def records(self):
        """The log records of messages."""
        found = []
        with open(self.path("log.json"), encoding="utf-8", errors="replace") as file:
            for line in file:
                try:
                    record = json.loads(line)
                except ValueError:
                    continue
                if "queue_id" in record:
                    found.append(record)
        return found

    def workers(self):
        with open(f"/proc/{self.process.pid}/task/{self.process.pid}/children", encoding="ascii") as file:
            return [int(pid) for pid in file.read().split()]

    def signal(self, number):
        self.process.send_signal(number)

    def end(self, seconds=20):
        """SIGTERM; returns the exit status, or None when it had to be killed."""
        if self.process is None:
            return None
        status = self.process.poll()
        if status is None:
            self.signal(signal.SIGTERM)
            try:
                status = self.process.wait(seconds)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        return status

    def kill(self):
        """All of its processes at once, as if the machine had lost its power."""
        for pid in [self.process.pid, *self.workers()]:
            os.kill(pid, signal.SIGKILL)
        self.process.wait()

    def page(self):
        """The metrics; metrics-socket is a unix socket then."""
        with sockets.socket(sockets.AF_UNIX) as client:
            client.settimeout(5)
            client.connect(self.options["metrics-socket"].removeprefix("unix:"))
            client.sendall(b"GET /metrics HTTP/1.0\r\n\r\n")
            answer = b""
            while piece := client.recv(65536):
                answer += piece
        return answer.decode()

    def value(self, series):
        """A number of the metrics; 0 while there is no page."""
        try:
            return next((int(line.split()[1]) for line in self.page().splitlines() if line.startswith(series + " ")), 0)
        except OSError:
            return 0

    def __enter__(self):
        return self

    def __exit__(self, *_):
        """Nobody waits for its end, who looks for it calls end() before."""
        if self.process is not None and self.process.poll() is None:
            self.signal(signal.SIGTERM)
        Daemon.leaving.append(self)
        while len(Daemon.leaving) > LEAVING_MAX:
            Daemon.leaving.pop(0).bury()

    def bury(self):
        """When it is used no more: waits for its end, and has it leave nothing behind but what a sanitizer said."""
        self.end()
        said = self.said()
        self.notify.close()
        shutil.rmtree(self.folder, ignore_errors=True)
        if "Sanitizer" in said or "runtime error" in said:
            COMPLAINTS.append(said)


def await_ends():
    """At the end of a test: what sanitizers said of its daemons."""
    while Daemon.leaving:
        Daemon.leaving.pop().bury()
    return "\n".join(COMPLAINTS)


atexit.register(await_ends)


def is_alive(pid):
    try:
        with open(f"/proc/{pid}/stat", encoding="ascii") as file:
            return file.read().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def descriptors_of(pid):
    try:
        return len(os.listdir(f"/proc/{pid}/fd"))
    except OSError:
        return 0


def is_worker(pid):
    """And no companion, nor a process that is gone."""
    try:
        with open(f"/proc/{pid}/cmdline", "rb") as file:
            return b"--worker" in file.read().split(b"\0")
    except OSError:
        return False


def sessions_of(pid, path):
    """How many of a process's descriptors are connections that it accepted on that socket."""
    with open("/proc/net/unix", encoding="utf-8", errors="replace") as file:
        rows = [line.split() for line in file]
    ours = {f"socket:[{row[6]}]" for row in rows if row[-1] == path and row[5] == "03"}  # connected
    found = 0
    try:
        names = os.listdir(f"/proc/{pid}/fd")
    except OSError:
        return 0  # the process is gone
    for name in names:
        try:
            found += os.readlink(f"/proc/{pid}/fd/{name}") in ours
        except OSError:
            pass  # closed meanwhile
    return found


def settled_descriptors_of(pid, quiet_seconds=1.0, seconds=20):
    """When a process has begun: its threads open files of their own (evidence) behind the word that it is ready."""
    known, since, end = descriptors_of(pid), time.monotonic(), time.monotonic() + seconds
    while time.monotonic() - since < quiet_seconds and time.monotonic() < end:
        time.sleep(0.05)
        now = descriptors_of(pid)
        if now != known:
            known, since = now, time.monotonic()
    return known


def cpu_seconds(pid):
    with open(f"/proc/{pid}/stat", encoding="ascii") as file:
        fields = file.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
