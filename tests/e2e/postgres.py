"""The scenarios of postgres.sh: each function is one point; a false statement or an exception fails it."""

import base64
import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from daemon import ZONE, Daemon, await_true  # noqa: E402
from machines import Network, possible  # noqa: E402
from milter_client import Message, deliver  # noqa: E402
from points import check, point, run_points  # noqa: E402
from postgres_server import Postgres  # noqa: E402
from small_disk import end_disk, fill_up, small_disk  # noqa: E402

try:
    import dkim
except ImportError:
    dkim = None

BUILD = os.path.abspath(sys.argv[1])
AWAY_S = int(os.environ.get("SEKISHO_OUTAGE", "10"))  # make outage: 60
DAY_S = 86400


class Storing(Daemon):
    """A sekisho with this store, its metrics on a unix socket; on a machine of its own when there is one."""

    def __init__(self, server, machine=None, **options):
        super().__init__()
        self.prefix = machine.prefix if machine else []
        self.configure(**{"store": "postgresql:" + server.conninfo, "store_spool": self.path("spool"),
                          "metrics_socket": "unix:" + self.path("metrics"), **options})

    def send(self, count):
        for _ in range(count):
            check(deliver(self.where, Message()).answer in "ca", "not served")

    def spooled_octets(self):
        return os.path.getsize(self.path("spool"))

    def hears(self, words, seconds=30):
        check(await_true(lambda: words in self.said(), seconds), f"not said: {words}: {self.said()}")


class Site:
    """Two machines with a sekisho each, and a third with the database: all over TCP. Where no namespaces can be
    made the three share this machine."""

    def __init__(self):
        self.network = Network() if possible() else None
        machines = [self.network.machine() for _ in range(3)] if self.network else [None] * 3
        self.server = Postgres(machines[2]).start()
        self.daemons = [Storing(self.server, machine) for machine in machines[:2]]
        self.server_machine = machines[2]

    def start(self):
        for daemon in self.daemons:
            daemon.start()
        return self

    def total(self):
        """Rows in the store; 0 as long as no writer has made the table."""
        if not self.server.query("SELECT 1 FROM pg_class WHERE relname = 'verdicts'"):
            return 0
        return int(self.server.query("SELECT count(*) FROM verdicts")[0][0])

    def keys(self):
        """Those that the machines share."""
        if not self.server.query("SELECT 1 FROM pg_class WHERE relname = 'verdicts_keys'"):
            return []
        return self.server.query("SELECT domain, selector FROM verdicts_keys")

    def has_each_once(self, sent):
        check(await_true(lambda: self.total() == sent, 30), f"{sent} sent, {self.total()} stored")
        check(int(self.server.query("SELECT count(DISTINCT id) FROM verdicts")[0][0]) == sent, "verdicts are there twice")

    def __enter__(self):
        return self

    def __exit__(self, *arguments):
        for daemon in self.daemons:
            if daemon.process is not None:
                daemon.__exit__(*arguments)
        self.server.__exit__()
        if self.network:
            self.network.end()


class Load:
    """Two clients that send until told to stop, with what each message took and when."""

    def __init__(self, daemon, clients=2):
        self.daemon, self.stop, self.took, self.trouble = daemon, False, [], []
        self.threads = [threading.Thread(target=self.run, daemon=True) for _ in range(clients)]
        for thread in self.threads:
            thread.start()

    def run(self):
        while not self.stop:
            began = time.monotonic()
            try:
                result = deliver(self.daemon.where, Message())
                check(result.answer in "ca" and result.inserted and result.inserted[-1][1] == "Authentication-Results",
                      "no results")
            except Exception as trouble:  # pylint: disable=broad-except
                self.trouble.append(repr(trouble))
                return
            self.took.append((began, time.monotonic() - began))
            time.sleep(0.01)

    def end(self):
        self.stop = True
        for thread in self.threads:
            thread.join(30)
        check(not self.trouble, self.trouble)
        return len(self.took)


def rows_of(path):
    """Keys that a machine remembers."""
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as database:
        try:
            return database.execute("SELECT count(*) FROM keys").fetchone()[0]
        except sqlite3.OperationalError:
            return 0


def percentile(loads, share, since, until):
    """Milliseconds that so much of the messages begun in that time took at most."""
    took = sorted(took for load in loads for began, took in load.took if since <= began < until)
    check(len(took) >= 20, f"only {len(took)} messages")
    return 1000 * took[min(len(took) - 1, int(len(took) * share))]


def tell(text):
    print("# " + text, flush=True)


@point("the engine does what the one of SQLite does, also in a database without Unicode (the same unit tests)")
def unit_tests():
    with Postgres() as server:
        for name, ascii_only in (("UTF8", ""), ("SQL_ASCII", ""), ("LATIN1", "1")):
            base = name.lower()
            server.query(f"CREATE DATABASE {base} ENCODING '{name}' TEMPLATE template0 LC_COLLATE 'C' LC_CTYPE 'C'")
            where = {"SEKISHO_POSTGRES": server.conninfo.replace("dbname=postgres", "dbname=" + base)}
            if ascii_only:
                where["SEKISHO_POSTGRES_ASCII"] = ascii_only
            done = subprocess.run([os.path.join(BUILD, "tests/unit/test_store")], capture_output=True, text=True,
                                  timeout=120, env={**os.environ, **where}, check=False)
            check(done.returncode == 0, name + ": " + done.stdout + done.stderr)


@point(f"two machines, one database, gone for {AWAY_S} s under load: no mail notices, no verdict is lost, none double",
       timed=True)
def outage():
    with Site().start() as site:
        one, two = site.daemons
        loads = [Load(one), Load(two)]
        check(await_true(lambda: site.total() > 20, 20), "nothing comes into the database: " + one.said())
        began = time.monotonic()
        time.sleep(max(4, AWAY_S / 4))
        gone = time.monotonic()
        site.server.stop()
        for daemon in (one, two):
            daemon.hears("wait in the spool")
        time.sleep(max(0.0, gone + AWAY_S - time.monotonic()))
        check(min(daemon.spooled_octets() for daemon in (one, two)) > 0, "nothing in the spool")
        back = time.monotonic()
        site.server.start()
        for daemon in (one, two):
            daemon.hears("there again")
        again = time.monotonic()
        sent = sum(load.end() for load in loads)
        site.has_each_once(sent)
        before, during = percentile(loads, 0.99, began, gone), percentile(loads, 0.99, gone, back)
        check(await_true(lambda: one.spooled_octets() + two.spooled_octets() == 0), "the spool is not emptied")
        counts = {name: sum(daemon.value(f"sekisho_store_{name}") for daemon in (one, two)) for name in
                  ("rows_total", "rows_spooled_total", "rows_lost_total", "failures_total", "rows_waiting")}
        tell(f"{sent} mails in {again - began:.0f} s, all with their header; 99 of 100 within {before:.1f} ms before and "
             f"{during:.1f} ms while the database was away, the slowest {percentile(loads, 1, gone, back):.1f} ms "
             f"({percentile(loads, 1, began, gone):.1f}); there again after {again - back:.1f} s; {counts}")
        check(counts["rows_total"] == sent and counts["rows_lost_total"] == 0, counts)
        check(counts["rows_spooled_total"] > 0 and counts["failures_total"] >= 2 and counts["rows_waiting"] == 0, counts)
        for daemon in (one, two):
            warned = daemon.said().count("wait in the spool")
            check(1 <= warned <= 1 + AWAY_S / 60, f"told {warned} times")
        check(during < 2 * before + 100, "mail waits for the database")


@point("a machine that loses its power while the database is away, and another one: what was in the spool comes, once")
def power_cut():
    with Site().start() as site:
        one, two = site.daemons
        loads = [Load(one), Load(two)]
        check(await_true(lambda: site.total() > 20, 20), "nothing comes into the database: " + one.said())
        site.server.stop()
        one.hears("wait in the spool")
        time.sleep(2)
        sent = loads[0].end()
        check(await_true(lambda: one.value("sekisho_store_rows_total") +
                         one.value("sekisho_store_rows_spooled_total") == sent), "not all of it in the spool")
        promised = one.spooled_octets()
        one.kill()
        check(one.spooled_octets() == promised > 0, "the spool is gone")
        one.start()
        loads[0] = Load(one)
        time.sleep(1)
        site.server.start()
        one.hears("there again")
        two.hears("there again")
        sent += sum(load.end() for load in loads)
        site.has_each_once(sent)


@point("killed in the middle of bringing the spool away: nothing is lost, nothing is there twice")
def killed_in_replay():
    with Site() as site:
        one = site.daemons[0]
        site.server.stop()
        one.start()
        one.hears("wait in the spool")
        one.send(1500)
        check(await_true(lambda: one.value("sekisho_store_rows_spooled_total") == 1500), "not all of it in the spool")
        site.server.start()
        check(await_true(lambda: site.total() > 0, 20), "the spool is not read")
        one.kill()
        one.start()
        site.has_each_once(1500)
        check(await_true(lambda: one.spooled_octets() == 0), "the spool is not emptied")


@point("a database that hangs, and a cable that is out: the stop does not wait for them, and loses nothing",
       timed=True)
def hanging():
    with Site() as site:
        one, two = site.daemons
        for hang, resume in ((site.server.freeze, site.server.thaw),
                             *([(site.server_machine.unplug, site.server_machine.plug)] if site.network else [])):
            for daemon in (one, two):
                daemon.start()
            check(await_true(lambda: all(daemon.value("sekisho_store_rows_waiting") == 0 for daemon in (one, two))), "not idle")
            before = site.total()
            hang()
            for daemon in (one, two):
                daemon.send(150)
            began = time.monotonic()
            check(one.end() == 0 and two.end() == 0, "no clean stop: " + one.said() + two.said())
            took = time.monotonic() - began
            check(took < 30 and "was killed" not in one.said() + two.said(), f"{took:.0f} s: {one.said()} {two.said()}")
            check(min(daemon.spooled_octets() for daemon in (one, two)) > 0, "nothing in the spool")
            resume()
            for daemon in (one, two):
                daemon.start()
            site.has_each_once(before + 300)
            check(one.end() == 0 and two.end() == 0, "no clean stop")


@point("the disk of the spool is full: told once a minute, counted, and as soon as there is space it goes on", timed=True)
def spool_on_full_disk():
    with Postgres() as server, Storing(server) as daemon:
        disk = daemon.path("disk")
        if not small_disk(disk, "300k"):
            tell("no small file system can be made here")
            return
        try:
            daemon.configure(store_spool=os.path.join(disk, "spool"))
            server.stop()
            daemon.start()
            fill_up(os.path.join(disk, "filler"))
            began = time.monotonic()
            daemon.send(100)
            check(time.monotonic() - began < 30, "mail waits for the store")
            check(await_true(lambda: daemon.value("sekisho_store_rows_lost_total") == 100), daemon.page())
            check(daemon.said().count("are lost to the store") == 1, daemon.said())
            os.unlink(os.path.join(disk, "filler"))
            daemon.send(50)
            check(await_true(lambda: daemon.value("sekisho_store_rows_spooled_total") == 50), daemon.page())
            server.start()
            check(await_true(lambda: daemon.value("sekisho_store_rows_total") == 50, 20), daemon.said())
            check(server.query("SELECT count(*), count(DISTINCT id) FROM verdicts") == [["50", "50"]], "not each once")
            check(daemon.value("sekisho_store_rows_lost_total") == 100, "more are lost")
            check(daemon.end() == 0, "no clean stop")
        finally:
            end_disk(disk)


def key_pair():
    """A private key in PEM, and its public one as a record has it."""
    private = subprocess.run(["openssl", "genrsa", "-traditional", "2048"], capture_output=True, check=True).stdout
    public = subprocess.run(["openssl", "rsa", "-pubout", "-outform", "DER"], input=private, capture_output=True,
                            check=True).stdout
    return private, base64.b64encode(public).decode()


def signed(private):
    message = Message(headers=[("From", " Taro <taro@good.example>"), ("Subject", " Bill"), ("To", " <hanako@rx.example>"),
                               ("Date", " Sun, 22 Nov 2026 10:00:00 +0900"), ("Message-ID", " <1@good.example>")])
    text = "".join(f"{name}:{value}\r\n" for name, value in message.headers).encode() + b"\r\n" + message.body
    field = dkim.sign(text, b"s1", b"good.example", private, canonicalize=(b"relaxed", b"relaxed")).decode()
    message.headers.insert(0, ("DKIM-Signature", field.split(":", 1)[1].rstrip().replace("\r\n", "\n")))
    return message


@point("a key that one machine saw is known at the other: it can say that the key was changed too early")
def keys_are_shared():
    if dkim is None:
        tell("python3-dkim is not installed")
        return
    private, old = key_pair()
    _, new = key_pair()
    with Site() as site:
        for daemon, public in zip(site.daemons, (old, new)):
            pieces = " ".join(f'"{text[at:at + 200]}"' for text in [f"v=DKIM1; k=rsa; p={public}"]
                              for at in range(0, len(text), 200))
            with open(daemon.path("zone"), "w", encoding="ascii") as file:
                file.write(ZONE + f"s1._domainkey.good.example. TXT {pieces}\n")
            daemon.configure(key_memory=daemon.path("keys.db"))
        one, two = site.daemons
        one.start()
        check("dkim=pass" in deliver(one.where, signed(private)).inserted[-1][2], "the signature is not good")
        check(await_true(lambda: os.path.exists(one.path("keys.db")) and rows_of(one.path("keys.db")) == 1), "not remembered")
        for pid in one.workers():  # a new writer does not wait for the minute to pass
            with open(f"/proc/{pid}/cmdline", "rb") as file:
                if b"--writer" in file.read():
                    os.kill(pid, signal.SIGKILL)
        check(await_true(lambda: site.keys() == [["good.example", "s1"]], 15), "not told: " + one.said())
        two.start()
        check(await_true(lambda: os.path.exists(two.path("keys.db")) and rows_of(two.path("keys.db")) == 1, 15),
              "not heard: " + two.said())
        check("dkim=fail" in deliver(two.where, signed(private)).inserted[-1][2], "the other key is not another one")
        check(await_true(lambda: two.records()), "no record")
        causes = [cause["cause"] for cause in two.records()[0].get("causes", [])]
        check("dkim-key-changed-too-early" in causes, causes)
        site.server.stop()  # what is known stays known
        check("dkim=fail" in deliver(two.where, signed(private)).inserted[-1][2], "mail waits for the database")
        check(await_true(lambda: len(two.records()) == 2), "no record")
        check("dkim-key-changed-too-early" in [cause["cause"] for cause in two.records()[1]["causes"]], two.records())


def store_one(server):
    with Storing(server).start() as daemon:
        daemon.send(1)
        check(await_true(lambda: daemon.value("sekisho_store_rows_total") == 1), "not stored")


def make_old_day(server):
    server.query("CREATE TABLE verdicts_20200101 PARTITION OF verdicts FOR VALUES FROM (1577836800) TO (1577923200)")


def has_old_day(server):
    return server.query("SELECT 1 FROM pg_class WHERE relname = 'verdicts_20200101'")


@point("a day is a partition, and old days go")
def partitions():
    with Postgres() as server:
        store_one(server)
        names = [row[0] for row in server.query(
            "SELECT relname FROM pg_class JOIN pg_inherits ON inhrelid = pg_class.oid"
            " WHERE inhparent = 'verdicts'::regclass ORDER BY 1")]
        today = time.strftime("verdicts_%Y%m%d", time.gmtime())
        check(names and names[-1] in (today, time.strftime("verdicts_%Y%m%d", time.gmtime(time.time() - DAY_S))), names)
        recent = int(time.time()) // DAY_S * DAY_S - 3 * DAY_S
        kept = time.strftime("verdicts_%Y%m%d", time.gmtime(recent))
        make_old_day(server)
        server.query(f"CREATE TABLE {kept} PARTITION OF verdicts FOR VALUES FROM ({recent}) TO ({recent + DAY_S})")
        with Storing(server, store_days="3").start():
            check(await_true(lambda: not has_old_day(server), 15), "the old day is still there")
            check(server.query(f"SELECT 1 FROM pg_class WHERE relname = '{kept}'"), "a day went that is to be kept")


@point("somebody who reads for long, a backup, holds up neither a new day nor, for more than a second, old ones that go",
       timed=True)
def long_reader():
    with Postgres() as server:
        store_one(server)
        today = server.query("SELECT relname FROM pg_class WHERE relname ~ '^verdicts_[0-9]{8}$'")
        server.query("; ".join(f"DROP TABLE {row[0]}" for row in today))
        make_old_day(server)
        with subprocess.Popen(["psql", "-q", "-t", server.local], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                              text=True) as reader:
            reader.stdin.write("BEGIN; SELECT count(*) FROM verdicts;\n")
            reader.stdin.flush()
            check(reader.stdout.readline().strip() == "0", "it does not read")
            with Storing(server, store_days="3").start() as daemon:
                daemon.send(1)
                check(await_true(lambda: daemon.value("sekisho_store_rows_total") == 1), "the new day waits")
                check(daemon.value("sekisho_store_failures_total") == 0, "the store is said to be away")
                check(has_old_day(server), "a day that is read went")
            reader.stdin.close()
            reader.wait(10)
        with Storing(server, store_days="3").start():
            check(await_true(lambda: not has_old_day(server), 15), "the old day is still there")


Daemon.program = os.path.join(BUILD, "sekishod")
sys.exit(run_points(sys.argv[2:]))
