#!/usr/bin/python3
"""usage: rows.py STORE WANTED: how many rows an SQLite store holds, when there are no more to come."""
import sqlite3
import sys
import time

SETTLE_S, PATIENCE_S = 1, 60
store = sqlite3.connect(f"file:{sys.argv[1]}?mode=ro", uri=True, timeout=PATIENCE_S)
before, now, end = -1, 0, time.monotonic() + PATIENCE_S
while now != before or (now < int(sys.argv[2]) and time.monotonic() < end):
    before = now
    time.sleep(SETTLE_S)
    now = store.execute("SELECT COUNT(*) FROM verdicts").fetchone()[0]
print(now)
