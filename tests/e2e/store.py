"""The scenarios of store.sh: each function is one point; a false statement or an exception fails it."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from daemon import Daemon, await_true  # noqa: E402
from milter_client import Message, deliver  # noqa: E402
from points import check, point, run_points  # noqa: E402
from small_disk import end_disk, fill_up, small_disk  # noqa: E402


class Storing(Daemon):
    """A sekisho with a store in a folder of its own, which can be taken away."""

    def __init__(self, **options):
        super().__init__()
        self.place = self.path("store")
        os.mkdir(self.place)
        self.configure(store=f"sqlite:{self.place}/verdicts.db", store_spool=self.path("spool"), **options)

    def rows(self, what="*"):
        with sqlite3.connect(f"file:{self.place}/verdicts.db?mode=ro", uri=True) as database:
            database.row_factory = sqlite3.Row
            try:
                return database.execute(f"SELECT {what} FROM verdicts").fetchall()
            except sqlite3.OperationalError:
                return []

    def count(self):
        return len(self.rows("id")) if os.path.exists(f"{self.place}/verdicts.db") else 0

    def send(self, count):
        for _ in range(count):
            check(deliver(self.where, Message()).answer in "ca", "not served")

    def writer(self):
        for pid in self.workers():
            with open(f"/proc/{pid}/cmdline", "rb") as file:
                if b"--writer" in file.read():
                    return pid
        return None


@point("each message is a row, with what the log has")
def rows_are_records():
    with Storing().start() as daemon:
        daemon.send(5)
        check(await_true(lambda: daemon.count() == 5), f"{daemon.count()} rows")
        rows, records = daemon.rows(), daemon.records()
        check(sorted(row["record"] for row in rows) == sorted(json.dumps(record) for record in records) or
              [json.loads(row["record"]) for row in rows] == records, "not what the log has")
        row = rows[0]
        check((row["spf"], row["dmarc_domain"], row["disposition"]) == ("pass", "good.example", "none"), dict(row))
        check(row["dmarc_record"] == "v=DMARC1; p=none" and row["spf_aligned"] == 1, dict(row))
        check(len({row["id"] for row in rows}) == 5, "ids are not unique")
        check(os.stat(f"{daemon.place}/verdicts.db").st_mode & 0o77 == 0, "others may read it")


@point("sekisho log reads the store as it reads the log")
def log_of_store():
    with Storing().start() as daemon:
        daemon.send(7)
        check(await_true(lambda: daemon.count() == 7), "not stored")

        def log(*arguments):
            said = subprocess.run([os.path.join(os.path.dirname(Daemon.program), "sekisho"), "log", "--config",
                                   daemon.path("conf"), "--json", *arguments], capture_output=True, text=True, timeout=20,
                                  check=False).stdout
            return {name: value for name, value in json.loads(said).items() if name not in ("lines", "read")}

        check(log("store") == log(daemon.path("log.json")), f'{log("store")} {log(daemon.path("log.json"))}')
        check(log(f"sqlite:{daemon.place}/verdicts.db") == log("store"), "by its path it is another")
        check(log("--until", "2001-01-01", "store") != log("store"), "the period is not heeded")


@point("a stop and a reload lose nothing")
def stop_and_reload():
    with Storing().start() as daemon:
        daemon.send(20)
        daemon.signal(signal.SIGHUP)
        daemon.send(20)
        check(await_true(lambda: "reloaded" in daemon.said()), "no reload")
        daemon.send(20)
        check(daemon.end() == 0, "no clean stop")
        check(daemon.count() == 60, f"{daemon.count()} rows of 60")


@point("while the database is away mail goes on, the spool fills, and empties when it is back", timed=True)
def database_away():
    with Storing().start() as daemon:
        daemon.send(5)
        check(await_true(lambda: daemon.count() == 5), "not stored")
        os.rename(daemon.place, daemon.place + ".away")
        os.kill(daemon.writer(), signal.SIGKILL)  # SQLite would hold on to the file it has open
        check(await_true(lambda: "verdicts wait in the spool" in daemon.said(), 15), daemon.said())
        began = time.monotonic()
        daemon.send(30)
        check(time.monotonic() - began < 10, "mail waits for the store")
        check(await_true(lambda: os.path.getsize(daemon.path("spool")) > 0), "nothing in the spool")
        os.rename(daemon.place + ".away", daemon.place)
        check(await_true(lambda: daemon.count() == 35, 20), f"{daemon.count()} rows of 35")
        check(await_true(lambda: os.path.getsize(daemon.path("spool")) == 0), "the spool is not emptied")
        check("there again" in daemon.said(), daemon.said())


@point("a full disk costs no mail; told once a minute, counted, and as soon as there is space it goes on", timed=True)
def disk_full():
    with Storing() as daemon:
        if not small_disk(daemon.place, "600k"):
            print("# no small file system can be made here")
            return
        try:
            daemon.configure(store_spool=f"{daemon.place}/spool", metrics_socket="unix:" + daemon.path("metrics"))
            daemon.start()
            daemon.send(5)
            check(await_true(lambda: daemon.count() == 5), "not stored")
            fill_up(f"{daemon.place}/filler")
            began = time.monotonic()
            daemon.send(400)
            check(await_true(lambda: daemon.value("sekisho_store_rows_lost_total") > 200, 20), daemon.said())
            time.sleep(max(0.0, 12 - (time.monotonic() - began)))  # it tries again every five seconds
            daemon.send(1)
            check(await_true(lambda: len(daemon.records()) == 406), "the log lacks records")
            check(time.monotonic() - began < 60, "mail waits for the store")
            for words in ("are lost to the store", "the store is not there"):
                check(daemon.said().count(words) == 1, daemon.said())
            check("there again" not in daemon.said(), daemon.said())
            check(daemon.value("sekisho_store_failures_total") > 0, daemon.page())
            os.unlink(f"{daemon.place}/filler")
            lost = daemon.value("sekisho_store_rows_lost_total")
            daemon.send(20)
            check(await_true(lambda: "there again" in daemon.said(), 20), daemon.said())
            check(await_true(lambda: daemon.count() == 426 - lost), f"{daemon.count()} rows, {lost} lost")
            check(daemon.value("sekisho_store_rows_lost_total") == lost, "more are lost")
            check(daemon.end() == 0, "no clean stop")
        finally:
            end_disk(daemon.place)


@point("a store that rots while it is in use is set aside, told and counted; the rows go into a new one")
def rotten():
    with Storing() as daemon:
        daemon.configure(metrics_socket="unix:" + daemon.path("metrics"))
        daemon.start()
        path = f"{daemon.place}/verdicts.db"
        daemon.send(60)
        check(await_true(lambda: daemon.count() == 60), "not stored")
        with sqlite3.connect(path) as other:  # what another connection wrote makes ours read the file again
            other.execute("DELETE FROM verdicts WHERE n = 1")
        other.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        other.close()
        with open(path, "r+b") as file:
            file.seek(4096)
            file.write(b"no database page" * (os.path.getsize(path) // 16 - 256))
        daemon.send(10)
        check(await_true(lambda: "verdicts.db.damaged, and a new one begins" in daemon.said(), 15), daemon.said())
        daemon.send(10)
        check(await_true(lambda: os.path.exists(path) and daemon.count() == 20, 20), f"{daemon.count()} rows of 20")
        check(os.path.exists(path + ".damaged"), "the old one is gone")
        check(daemon.value("sekisho_store_failures_total") == 1 and daemon.value("sekisho_store_rows_lost_total") == 0,
              daemon.page())


@point("a writer that is killed takes what it held: that is counted, and told")
def held_rows():
    with Storing() as daemon:
        daemon.configure(metrics_socket="unix:" + daemon.path("metrics"))
        daemon.start()
        daemon.send(3)
        check(await_true(lambda: daemon.count() == 3), "not stored")
        with sqlite3.connect(f"{daemon.place}/verdicts.db", isolation_level=None) as other:
            other.execute("BEGIN IMMEDIATE")
            daemon.send(30)
            check(await_true(lambda: daemon.value("sekisho_store_rows_waiting") == 30), daemon.page())
            os.kill(daemon.writer(), signal.SIGKILL)
            check(await_true(lambda: "the writer held 30" in daemon.said()), daemon.said())
            other.execute("ROLLBACK")
        check(await_true(lambda: daemon.value("sekisho_store_rows_lost_total") == 30), daemon.page())
        daemon.send(2)
        check(await_true(lambda: daemon.count() == 5), f"{daemon.count()} rows of 5")


@point("an admin's open transaction does not hold up the stop: what waits for it goes into the spool", timed=True)
def stop_while_locked():
    with Storing().start() as daemon:
        daemon.send(3)
        check(await_true(lambda: daemon.count() == 3), "not stored")
        with sqlite3.connect(f"{daemon.place}/verdicts.db", isolation_level=None) as other:
            other.execute("BEGIN IMMEDIATE")
            daemon.send(30)
            began = time.monotonic()
            check(daemon.end() == 0 and time.monotonic() - began < 12, "no clean stop: " + daemon.said())
            check(os.path.getsize(daemon.path("spool")) > 0, "nothing in the spool")
            other.execute("ROLLBACK")
        daemon.start()
        check(await_true(lambda: daemon.count() == 33), f"{daemon.count()} rows of 33")


@point("a writer that dies is replaced; what was on its way is stored")
def writer_dies():
    with Storing().start() as daemon:
        daemon.send(3)
        check(await_true(lambda: daemon.count() == 3), "not stored")
        os.kill(daemon.writer(), signal.SIGSTOP)
        daemon.send(40)
        stopped = daemon.writer()
        os.kill(stopped, signal.SIGKILL)
        check(await_true(lambda: daemon.writer() not in (None, stopped), 10), "no new writer")
        # what the old one had read and not yet written would have gone with it: here it was stopped before
        check(await_true(lambda: daemon.count() == 43, 10), f"{daemon.count()} rows of 43")


Daemon.program = os.path.abspath(sys.argv[1])
sys.exit(run_points(sys.argv[2:]))
