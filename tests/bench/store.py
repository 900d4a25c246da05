#!/usr/bin/python3
"""The store and its reports with a day of mail: store.py BUILD-FOLDER [ROWS [DOMAINS]], a million of 10,000 unless said.

SQLite and a private PostgreSQL take the same rows; then a report is made for each domain, looked at by xmllint, and
its counts are added up. Says rows a second, octets a row on disk, seconds and memory of the reports."""

import glob
import gzip
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "support"))
from postgres_server import Postgres, programs  # noqa: E402

DAY, DAY_NAME = 1795132800, "2026-11-20"
SCHEMA = os.path.join(HERE, "..", "support", "aggregate_report.xsd")
VALIDATED_AT_ONCE = 500


def fill(where):
    done = subprocess.run([os.path.join(BUILD, "tests/bench/rows"), where, str(ROWS), str(DOMAINS), str(DAY)],
                          capture_output=True, text=True, check=True)
    print(f"  {done.stdout.strip()}", flush=True)


def folder_size(folder):
    return sum(os.lstat(name).st_size for name in glob.glob(os.path.join(folder, "**"), recursive=True)
               if os.path.isfile(name))


def invalid(folder):
    """How many of the reports are not valid; and the sum of their counts."""
    names, bad, counted = sorted(os.listdir(folder)), 0, 0
    with tempfile.TemporaryDirectory(prefix="sekisho-xml.") as plain:
        for at in range(0, len(names), VALIDATED_AT_ONCE):
            paths = []
            for name in names[at:at + VALIDATED_AT_ONCE]:
                with gzip.open(os.path.join(folder, name), "rt", encoding="utf-8") as file:
                    xml = file.read()
                counted += sum(int(count) for count in re.findall(r"<count>(\d+)</count>", xml))
                paths.append(os.path.join(plain, f"{len(paths)}.xml"))
                with open(paths[-1], "w", encoding="utf-8") as file:
                    file.write(xml)
            done = subprocess.run(["xmllint", "--noout", "--schema", SCHEMA, *paths], capture_output=True, text=True,
                                  check=False)
            bad += len(paths) - done.stderr.count(" validates\n")
    return len(names), bad, counted


def report(where, *more):
    """Makes the reports of the day, and looks at them."""
    with tempfile.TemporaryDirectory(prefix="sekisho-reports.") as folder:
        start = time.monotonic()
        with subprocess.Popen([os.path.join(BUILD, "sekisho"), "report", "aggregate", "--store", where, "--day",
                               DAY_NAME, "--config", os.path.join(HERE, "..", "..", "conf", "sekisho.conf"), "--out",
                               folder, *more], stdout=subprocess.PIPE, text=True) as process:
            said = process.stdout.read()
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = status
        took = time.monotonic() - start
        files, bad, counted = invalid(folder)
        print(f"  {said.splitlines()[-1]}\n  {took:.1f} s ({usage.ru_utime + usage.ru_stime:.1f} s of the processor),"
              f" at most {usage.ru_maxrss / 1024:.0f} MB; {files} files, {folder_size(folder) / 1e6:.1f} MB,"
              f" {bad} not valid, counts add up to {counted}", flush=True)
        return status == 0 and bad == 0 and counted == ROWS


def with_sqlite(folder):
    path = os.path.join(folder, "verdicts.db")
    print("SQLite", flush=True)
    fill("sqlite:" + path)
    size = sum(os.path.getsize(name) for name in glob.glob(path + "*"))
    print(f"  {size / ROWS:.0f} octets a row on disk ({size / 1e6:.0f} MB)", flush=True)
    return report("sqlite:" + path)


def with_postgres():
    if programs() is None:
        print("PostgreSQL is not installed")
        return True
    print("PostgreSQL", flush=True)
    with Postgres() as server:
        fill("postgresql:" + server.conninfo)
        ((tables,), (log,)) = (server.query(sql)[0] for sql in (
            "SELECT sum(pg_total_relation_size(inhrelid)) FROM pg_inherits WHERE inhparent = 'verdicts'::regclass",
            "SELECT sum(size) FROM pg_ls_waldir()"))
        print(f"  {int(tables) / ROWS:.0f} octets a row on disk ({int(tables) / 1e6:.0f} MB, and {int(log) / 1e6:.0f} MB of"
              " write-ahead log)", flush=True)
        return report("postgresql:" + server.conninfo)


def main():
    folder = tempfile.mkdtemp(prefix="sekisho-store.")
    try:
        good = with_sqlite(folder)
    finally:
        shutil.rmtree(folder)
    return 0 if with_postgres() and good else 1


if __name__ == "__main__":
    BUILD = os.path.abspath(sys.argv[1])
    ROWS = int(sys.argv[2]) if len(sys.argv) > 2 else 1000000
    DOMAINS = int(sys.argv[3]) if len(sys.argv) > 3 else 10000
    sys.exit(main())
