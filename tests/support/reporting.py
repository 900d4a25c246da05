"""A day of mail in a store, and the command that reports it, for tests."""

import email
import gzip
import os
import subprocess
import time

from daemon import Daemon
from milter_client import Message, deliver
from points import check

SENDMAIL = """#!/bin/sh
letter=$(mktemp "%s/letter.XXXXXX")
echo "$*" >"$letter.arguments"
cat >"$letter"
case "$*" in *broken*) exit 67 ;; *busy*) [ -e "%s/idle" ] || exit 75 ;; esac
"""


def message(domain, client="192.0.2.25", sender=None, subject="test", queue_id="4XYZ", headers=()):
    sender = f"<taro@{domain}>" if sender is None else sender
    return Message(sender=sender, client=client, queue_id=queue_id, family="6" if ":" in client else "4",
                   headers=[("From", f" <taro@{domain}>"), ("Subject", " " + subject), *headers])


DAY_S, ENOUGH_S = 86400, 60


def await_morning():
    """Mail of one day shall not be mail of two."""
    left = DAY_S - time.time() % DAY_S
    if left < ENOUGH_S:
        time.sleep(left)


class Reporting:
    """A day of mail in a store, and the command that reports it."""

    def __init__(self, messages, zone, **options):
        await_morning()
        self.daemon = Daemon(zone=zone)
        self.letters, self.out = self.daemon.path("letters"), self.daemon.path("out")
        os.mkdir(self.letters)
        os.mkdir(self.out)
        with open(self.daemon.path("sendmail"), "w", encoding="ascii") as file:
            file.write(SENDMAIL % (self.letters, self.letters))
        os.chmod(self.daemon.path("sendmail"), 0o755)
        self.daemon.configure(store=f"sqlite:{self.daemon.path('verdicts.db')}", store_spool=self.daemon.path("spool"),
                              report_sendmail=self.daemon.path("sendmail"),
                              report_ledger=self.daemon.path("reports.db"),
                              key_memory=self.daemon.path("keys.db"), **options)
        self.daemon.start()
        self.day = time.strftime("%Y-%m-%d", time.gmtime())
        for each in messages:
            check(deliver(self.daemon.where, each).answer in "ca", "not served")
        check(self.daemon.end() == 0, "no clean stop")

    def run(self, *arguments, verb="aggregate", day=True):
        more = [*(["--day", self.day] if day else []), "--zone", self.daemon.path("zone")] if verb in ("aggregate", "failure") else []
        done = subprocess.run([os.path.join(os.path.dirname(Daemon.program), "sekisho"), "report", verb, "--config", self.daemon.path("conf"),
                               *more, *arguments], capture_output=True, text=True, timeout=60, check=False)
        return done.returncode, done.stdout + done.stderr

    def files(self):
        found = {}
        for name in os.listdir(self.out):
            with gzip.open(os.path.join(self.out, name), "rt", encoding="utf-8") as file:
                found[name] = file.read()
        return found

    def sent(self):
        """Recipient → letter."""
        found = {}
        for name in os.listdir(self.letters):
            if not name.endswith(".arguments"):
                with open(os.path.join(self.letters, name + ".arguments"), encoding="ascii") as file:
                    arguments = file.read().split()
                with open(os.path.join(self.letters, name), encoding="ascii") as file:
                    found[arguments[-1]] = email.message_from_file(file)
        return found

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        self.daemon.__exit__(kind)
