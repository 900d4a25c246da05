"""A private PostgreSQL for one test: in a folder of its own, on a unix socket, ended by its process id."""

import glob
import os
import pwd
import shutil
import signal
import subprocess
import time

from daemon import test_folder


def programs():
    """Where initdb and postgres are; None when they are not installed."""
    found = sorted(glob.glob("/usr/lib/postgresql/*/bin/initdb")) or [shutil.which("initdb")]
    return os.path.dirname(found[-1]) if found[-1] else None


class Postgres:
    """machine: where it listens, besides its unix socket (machines.py)."""

    def __init__(self, machine=None):
        self.bin, self.machine = programs(), machine
        self.folder = test_folder("sekisho-pg.")
        self.process = None
        self.frozen = []
        self.user = pwd.getpwnam("nobody") if os.geteuid() == 0 else None  # it refuses to run as root
        if self.user:
            os.chown(self.folder, self.user.pw_uid, self.user.pw_gid)
        os.chmod(self.folder, 0o755)
        self.run("initdb", "-D", self.data, "-U", "sekisho", "-A", "trust", "-E", "UTF8", "--locale=C", "-N")
        if machine:
            with open(os.path.join(self.data, "pg_hba.conf"), "a", encoding="ascii") as file:
                file.write("host all sekisho samenet trust\n")

    @property
    def data(self):
        return os.path.join(self.folder, "data")

    @property
    def conninfo(self):
        """For those on other machines, or on this one."""
        if self.machine:
            return f"host={self.machine.address} user=sekisho dbname=postgres"
        return self.local

    @property
    def local(self):
        return f"host={self.folder} user=sekisho dbname=postgres"

    def become(self):
        if self.user:
            os.setgroups([])
            os.setgid(self.user.pw_gid)
            os.setuid(self.user.pw_uid)

    def run(self, program, *arguments):
        done = subprocess.run([os.path.join(self.bin, program), *arguments], preexec_fn=self.become, cwd=self.folder,
                              capture_output=True, text=True, timeout=120, check=False)
        if done.returncode != 0:
            raise RuntimeError(f"{program}: {done.stdout}{done.stderr}")
        return done.stdout

    def start(self):
        with open(os.path.join(self.folder, "log"), "ab") as log:
            command = [os.path.join(self.bin, "postgres"), "-D", self.data, "-k", self.folder, "-c", "listen_addresses=" +
                       (self.machine.address if self.machine else ""), "-c", "unix_socket_permissions=0777"]
            if self.machine:  # to enter it takes root, to serve another
                command = [*self.machine.prefix, "setpriv", "--reuid", str(self.user.pw_uid), "--regid",
                           str(self.user.pw_gid), "--clear-groups", *command]
            self.process = subprocess.Popen(command, preexec_fn=None if self.machine else self.become, cwd=self.folder,
                                            stdout=log, stderr=log)
        end = time.monotonic() + 30
        while time.monotonic() < end:
            if subprocess.run([os.path.join(self.bin, "pg_isready"), "-q", "-h", self.folder], check=False).returncode == 0:
                return self
            time.sleep(0.1)
        raise RuntimeError("PostgreSQL does not start")

    def stop(self):
        """At once, as if the power had gone."""
        self.thaw()
        if self.process is not None:
            self.process.send_signal(signal.SIGQUIT)
            self.process.wait(30)
        self.process = None

    def processes(self):
        with open(f"/proc/{self.process.pid}/task/{self.process.pid}/children", encoding="ascii") as file:
            return [self.process.pid, *(int(pid) for pid in file.read().split())]

    def freeze(self):
        """It holds its connections, and says nothing any more."""
        self.frozen = self.processes()
        for pid in self.frozen:
            os.kill(pid, signal.SIGSTOP)

    def thaw(self):
        while self.frozen:
            try:
                os.kill(self.frozen.pop(), signal.SIGCONT)
            except ProcessLookupError:
                pass  # whoever spoke to it has gone

    def query(self, sql):
        """The rows, as texts."""
        done = subprocess.run(["psql", "-q", "-t", "-A", "-F", "\t", self.local, "-c", sql], capture_output=True,
                              text=True, timeout=60, check=False)
        if done.returncode != 0:
            raise RuntimeError(done.stderr)
        return [line.split("\t") for line in done.stdout.splitlines()]

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)
