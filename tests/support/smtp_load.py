#!/usr/bin/python3
"""Sends one message many times over several connections at once, like an MTA's queue: a temporary
refusal or a lost connection is tried again.

usage: smtp_load.py FILE COUNT CONNECTIONS [PER-CONNECTION] [ADDRESS]

Prints "sent N, refused for now N, lost connections N, given up N, longest N ms"; exit status 1 when any was
given up. Each message has its own number in the recipient's address: hanako+N@rx.example.
"""
import smtplib
import socket
import sys
import threading
import time

PATIENCE = 60  # seconds for one message, over all attempts

text = open(sys.argv[1], "rb").read()
count, connections = int(sys.argv[2]), int(sys.argv[3])
per_connection = int(sys.argv[4]) if len(sys.argv) > 4 else 20
address = sys.argv[5] if len(sys.argv) > 5 else "192.0.2.25"
lock = threading.Lock()
numbers = list(range(count))
tally = {"sent": 0, "refused": 0, "lost": 0, "gave_up": 0, "longest": 0}


def add(name, amount=1):
    with lock:
        tally[name] += amount


def connect():
    return smtplib.SMTP("127.0.0.1", 25, local_hostname="mail.good.example", timeout=30,
                        source_address=(address, 0))


def deliver(session, number):
    """One attempt; the session to go on with, or None, and whether it was taken."""
    try:
        if session is None:
            session = connect()
        session.sendmail("taro@good.example", [f"hanako+{number}@rx.example"], text)
        return session, True
    except smtplib.SMTPServerDisconnected:
        add("lost")
    except smtplib.SMTPResponseException as reply:
        add("refused" if 400 <= reply.smtp_code < 500 else "lost")
        if 400 <= reply.smtp_code < 500:
            session.quit()  # Postfix tries a milter that died again only on the next connection
    except (OSError, socket.timeout):
        add("lost")
    return None, False


def work():
    session, carried = None, 0
    while True:
        with lock:
            if not numbers:
                break
            number = numbers.pop()
        start, taken = time.monotonic(), False
        while not taken and time.monotonic() - start < PATIENCE:
            try:
                session, taken = deliver(session, number)
            except (smtplib.SMTPException, OSError):
                session = None
            if not taken:
                time.sleep(0.2)
        took = int((time.monotonic() - start) * 1000)
        with lock:
            tally["longest"] = max(tally["longest"], took)
        add("sent" if taken else "gave_up")
        carried += 1
        if session is not None and carried % per_connection == 0:
            session.quit()
            session = None


threads = [threading.Thread(target=work) for _ in range(connections)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print("sent %(sent)d, refused for now %(refused)d, lost connections %(lost)d, given up %(gave_up)d, "
      "longest %(longest)d ms" % tally)
sys.exit(1 if tally["gave_up"] else 0)
