#!/usr/bin/python3
"""usage: rows.py STORE: how many rows an SQLite store holds, when there are no more to come."""
import sqlite3
import sys
import time

SETTLE_S = 1
store = sqlite3.connect(f"file:{sys.argv[1]}?mode=ro", uri=True, timeout=10)
before, now = -1, 0
while now != before:
    before = now
    time.sleep(SETTLE_S)
    now = store.execute("SELECT COUNT(*) FROM verdicts").fetchone()[0]
print(now)
