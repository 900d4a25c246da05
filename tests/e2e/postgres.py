"""The scenarios of postgres.sh: each function is one point; a false statement or an exception fails it."""

import os
import subprocess
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from daemon import Daemon, await_true  # noqa: E402
from milter_client import Message, deliver  # noqa: E402
from points import check, point, run_points  # noqa: E402
import postgres_server  # noqa: E402

BUILD = os.path.abspath(sys.argv[1])
SERVER = postgres_server.Postgres()


def rows(what="count(*)"):
    return SERVER.query(f"SELECT {what} FROM verdicts")


def total():
    """Rows in the store; 0 as long as no writer has made the table."""
    if not SERVER.query("SELECT 1 FROM pg_class WHERE relname = 'verdicts'"):
        return 0
    return int(rows()[0][0])


def daemon_of(server):
    daemon = Daemon()
    daemon.configure(store="postgresql:" + server.conninfo, store_spool=daemon.path("spool"))
    return daemon


class Load:
    """One client that sends until told to stop, with the time of the slowest message."""

    def __init__(self, daemon):
        self.daemon, self.stop, self.sent, self.slowest, self.trouble = daemon, False, 0, 0.0, []
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()

    def run(self):
        while not self.stop:
            began = time.monotonic()
            try:
                check(deliver(self.daemon.where, Message()).answer in "ca", "not served")
            except Exception as trouble:  # pylint: disable=broad-except
                self.trouble.append(repr(trouble))
                return
            self.slowest = max(self.slowest, time.monotonic() - began)
            self.sent += 1
            time.sleep(0.01)

    def end(self):
        self.stop = True
        self.thread.join(30)
        check(not self.trouble, self.trouble)
        return self.sent


@point("the engine does what the one of SQLite does (the same unit tests)")
def unit_tests():
    done = subprocess.run([os.path.join(BUILD, "tests/unit/test_store")], capture_output=True, text=True, timeout=120,
                          env={**os.environ, "SEKISHO_POSTGRES": SERVER.conninfo}, check=False)
    check(done.returncode == 0, done.stdout + done.stderr)
    SERVER.query("DROP TABLE IF EXISTS verdicts, verdicts_version")


@point("two daemons write into one database; it is killed under load and comes back: no verdict lost, none double")
def two_daemons():
    with daemon_of(SERVER) as one, daemon_of(SERVER) as two:
        one.start()
        two.start()
        loads = [Load(one), Load(two)]
        check(await_true(lambda: total() > 20, 20), "nothing comes into the database: " + one.said())
        SERVER.stop()
        check(await_true(lambda: "wait in the spool" in one.said() and "wait in the spool" in two.said(), 30), one.said())
        time.sleep(3)
        check(os.path.getsize(one.path("spool")) > 0, "nothing in the spool")
        SERVER.start()
        check(await_true(lambda: "there again" in one.said() and "there again" in two.said(), 30), one.said())
        sent = sum(load.end() for load in loads)
        check(max(load.slowest for load in loads) < 5, "mail waited for the database")
        check(await_true(lambda: total() == sent, 20), f"{sent} sent, {total()} stored")
        check(int(rows("count(distinct id)")[0][0]) == sent, "verdicts are there twice")
        check(os.path.getsize(one.path("spool")) == 0, "the spool is not emptied")


@point("a day is a partition, and old days go")
def partitions():
    names = [row[0] for row in SERVER.query(
        "SELECT relname FROM pg_class JOIN pg_inherits ON inhrelid = pg_class.oid ORDER BY 1")]
    check(names and all(name.startswith("verdicts_2") for name in names), names)
    SERVER.query("CREATE TABLE verdicts_20200101 PARTITION OF verdicts FOR VALUES FROM (1577836800) TO (1577923200)")
    with daemon_of(SERVER).start() as daemon:
        check(deliver(daemon.where, Message()).answer in "ca", "not served")
        check(await_true(lambda: not SERVER.query("SELECT 1 FROM pg_class WHERE relname = 'verdicts_20200101'"), 15),
              "the old day is still there")


Daemon.program = os.path.join(BUILD, "sekishod")
with SERVER:
    STATUS = run_points(sys.argv[2:])
sys.exit(STATUS)
