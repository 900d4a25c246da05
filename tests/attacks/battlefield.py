"""What every attack needs: DNS of a victim and of an attacker, keys, a signer, one sekishod, and a look at all that
a message left behind. An attack is a point that names the families of families.txt it stands for.

    @attack("A second From field hides the author", 37)
    def two_from_fields():
        shot = fire(headers=[("From", " boss@victim.example"), ("From", " a@attacker.test")])
        refused(shot)
"""
import atexit
import base64
import hashlib
import json
import os
import random
import re
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, "..", "support"), os.path.join(HERE, "..", "mutation")]
import keyring  # noqa: E402
from daemon import Daemon, await_true  # noqa: E402
from letter import canon_body, canon_field  # noqa: E402
from milter_client import Message, deliver  # noqa: E402
from points import POINTS, check, point  # noqa: E402

OUR_ID = "mx.rx.example"
OURS = "Authentication-Results"
VICTIM, ATTACKER, HONEST = "victim.example", "attacker.test", "good.example"
ATTACKER_IP, HONEST_IP = "192.0.2.66", "192.0.2.25"
NOW = int(time.time())
SLOW = 5.0  # seconds a message may take on a busy machine with DNS in memory
HONEST_MAIL = {"client": HONEST_IP, "helo": "mail.good.example", "sender": "<taro@good.example>"}

FAMILIES = {}  # number: points
COUNTS = {"attack": 0, "honest": 0}


def families():
    """{number: title} of families.txt."""
    with open(os.path.join(HERE, "families.txt"), encoding="utf-8") as file:
        rows = [line.split(None, 1) for line in file if line.strip() and not line.startswith("#")]
    return {int(number): title.strip() for number, title in rows}


def attack(title, *numbers):
    def note(function):
        for number in numbers:
            FAMILIES.setdefault(number, []).append(function.__name__)
        return point(title)(function)
    return note


# --- DNS

RECORDS = {}  # (name, type): [text]


def publish(name, kind, *texts):
    RECORDS.setdefault((name, kind), []).extend(texts)


def quoted(text):
    octets = text.encode("utf-8", "surrogateescape")
    pieces = [octets[at:at + 255] for at in range(0, len(octets), 255)] or [b""]
    return " ".join('"' + "".join("\\%c" % c if c in b'"\\' else chr(c) if 32 <= c < 127 else "\\%03d" % c
                                  for c in piece) + '"' for piece in pieces)


def zone_text():
    lines = []
    for (name, kind), texts in RECORDS.items():
        for text in texts:
            shown = quoted(text) if kind == "TXT" else text + "." * (kind in ("MX", "PTR", "CNAME"))
            lines.append(f"{name}. {kind} {shown}")
    return "\n".join(lines) + "\n"


DICE = random.Random(4)
KEY = keyring.Rsa(1024, DICE)
ED_KEY = keyring.Ed25519(DICE)


def key_text(key=KEY):
    kind = "" if key.kind == "rsa" else "k=ed25519; "
    return f"v=DKIM1; {kind}p={key.published()}"


for domain, address in ((ATTACKER, ATTACKER_IP), (HONEST, HONEST_IP)):
    publish(domain, "TXT", f"v=spf1 ip4:{address} -all")
    publish("sel._domainkey." + domain, "TXT", key_text())
    publish("mail." + domain, "A", address)
    publish("mail." + domain, "TXT", f"v=spf1 ip4:{address} -all")
publish("_dmarc." + HONEST, "TXT", "v=DMARC1; p=reject")
publish("_dmarc." + VICTIM, "TXT", "v=DMARC1; p=reject")
publish(VICTIM, "TXT", "v=spf1 ip4:198.51.100.1 -all")
publish("sel._domainkey." + VICTIM, "TXT", key_text(keyring.Rsa(1024, DICE)))
publish("s._domainkey." + ATTACKER, "TXT", key_text(ED_KEY))


# --- signing

def octets_of(text):
    return text if isinstance(text, bytes) else text.encode("utf-8", "surrogateescape")


def signed(headers, body=b"Hello\r\n", domain=ATTACKER, selector="sel", key=KEY, names=None, tags=(), drop=(),
           canon="relaxed", field="DKIM-Signature", **extra):
    """headers with a signature on top. names: of h=; tags: (name, text) that replace or follow the usual ones;
    drop: names of tags left out."""
    names = [name for name, _ in headers] if names is None else names
    data = canon_body(body, canon)
    if "l" in extra:
        data = data[:int(extra["l"])]
    values = {"v": "1", "a": f"{key.kind}-sha256", "c": f"{canon}/{canon}", "d": domain, "s": selector,
              "h": ":".join(names), "bh": base64.b64encode(hashlib.sha256(data).digest()).decode(), **extra}
    rows = [(name, text) for name, text in values.items() if name not in drop and name not in dict(tags)]
    own = " " + "; ".join(f"{name}={text}" for name, text in [*rows, *tags]) + "; b="
    octets, seen = b"", {}
    for name in names:
        fields = [row for row in headers if row[0].lower() == name.lower()]
        number = seen.get(name.lower(), 0)
        seen[name.lower()] = number + 1
        if number < len(fields):
            octets += canon_field(fields[-1 - number][0], octets_of(fields[-1 - number][1]), canon)
    octets += canon_field(field, octets_of(own), canon)[:-2]
    signature = key.sign("sha256", hashlib.sha256(octets).digest())
    return [(field, octets_of(own) + base64.b64encode(signature)), *headers]


# --- the daemon and what a message leaves behind

class Shot:
    """All that one message left behind."""

    def __init__(self, result, header, kept, record, line, seconds):
        self.result, self.header, self.kept = result, header, kept
        self.record, self.line, self.seconds = record, line, seconds
        self.results = results_of(header)

    def words(self, method):
        return [word for name, word, _ in self.results if name == method]

    def rest(self, method):
        """The text behind the results of the method."""
        return " ".join(text for name, _, text in self.results if name == method)


def results_of(header):
    """Read as the simplest reader would: parted by ";", whatever quotes and comments say."""
    found = []
    for piece in header.split(";")[1:]:
        match = re.match(r"\s*([a-z]+)=([a-z]+)(.*)", piece, re.S)
        check(match is not None, "no result in " + repr(piece))
        found.append(match.groups())
    return found


class Field:
    """The one sekishod of the suite; started anew when an attack needs other options."""

    def __init__(self):
        self.daemon, self.number, self.offset = None, 0, 0

    def up(self):
        if self.daemon is None:
            self.daemon = Daemon(zone=zone_text(), key_memory="").start()
            atexit.register(self.down)
        return self.daemon

    def down(self):
        if self.daemon is not None:
            self.daemon.__exit__(None, None, None)
            self.daemon = None


FIELD = Field()


def record_of(daemon, queue_id, offset):
    """The log line of that message (None: the next one): (text, object), or None."""
    with open(daemon.path("log.json"), "rb") as file:
        file.seek(offset)
        for line in file.read().split(b"\n")[:-1]:
            record = json.loads(line.decode("utf-8"))  # must be one object of valid UTF-8 in a line
            if record.get("queue_id") == queue_id or (queue_id is None and "queue_id" in record):
                return line.decode("utf-8"), record
    return None


def fire(daemon=None, honest=False, pause=0, known=True, **options):
    """Delivers one message and looks at everything that must hold for every message. pause: seconds more that it
    may take; known=False: the queue id is not written to the log as it is."""
    COUNTS["honest" if honest else "attack"] += 1
    daemon = daemon or FIELD.up()
    FIELD.number += 1
    options = {"client": ATTACKER_IP, "helo": "mail.attacker.test", "sender": "<a@attacker.test>",
               "queue_id": f"Q{FIELD.number}", **options}
    message = Message(**options)
    workers = daemon.workers()
    log = daemon.path("log.json")
    offset = os.path.getsize(log) if os.path.exists(log) else 0
    began = time.monotonic()
    result = deliver(daemon.where, message)
    seconds = time.monotonic() - began
    check(result.answer in "ca", f"answer {result.answer}")
    check(daemon.workers() == workers, "a worker died: " + daemon.said()[-300:])
    check(seconds < SLOW + pause, f"took {seconds:.1f} s")
    ours = [value for _, name, value in result.inserted if name == OURS]
    check(len(ours) == 1 and len(result.inserted) == 1, f"inserted {result.inserted}")
    clean(ours[0], "SMTPUTF8" in options.get("arguments", ()))
    found = []
    check(await_true(lambda: found.append(record_of(daemon, message.queue_id if known else None, offset)) or found[-1], 15), "no log record")
    line, record = found[-1]
    bad = re.search("[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]", line)
    check(bad is None, "in the log: " + ascii(line))
    return Shot(result, ours[0], result.final_headers(message.headers), record, line, seconds)


HIDDEN = "[\x00-\x09\x0b-\x1f\x7f-\xa0\xad\u061c\u180e\u2000-\u200b\u200e-\u200f\u2028-\u202f\u205f-\u206f\u3000\ud800-\udfff\ufeff]"


def clean(header, utf8):
    """Our field: 7-bit, or what can be seen in an SMTPUTF8 session; each line short, folds right, our id in front."""
    check(header.startswith(f" {OUR_ID};"), header)
    check(utf8 or header.isascii(), ascii(header))
    check(re.search(HIDDEN, header) is None, ascii(header))
    lines = header.split("\n")
    check(all(len(line) <= 990 for line in lines), "a long line")
    check(all(line[:1] == " " and line.strip() for line in lines), "a fold that is none: " + ascii(header))


# --- what may be said about a shot

def refused(shot, *domains):
    """Nobody's DMARC pass, and not a word that a reader could take for one."""
    check("pass" not in shot.words("dmarc"), shot.header)
    check(shot.record.get("dmarc") != "pass", shot.line)
    check("dmarc=pass" not in shot.header, shot.header)
    for domain in domains:
        check(domain not in shot.header, shot.header)
    return shot


def dmarc_is(shot, word):
    check(shot.record.get("dmarc", "none") == word, f"dmarc={shot.record.get('dmarc')}, not {word}: {shot.header}")
    check("pass" not in shot.words("dmarc") or word == "pass", shot.header)
    return shot


def passes(shot):
    """Honest mail: DMARC pass and nothing lost."""
    dmarc_is(shot, "pass")
    check(shot.words("dmarc") == ["pass"], shot.header)
    return shot


def spf_is(shot, word):
    check(shot.words("spf") == [word], f"not spf={word}: {shot.header}")
    return shot


def dkim_is(shot, *words):
    """The verdicts in the log, in the order of the fields."""
    have = [shot.record[name].split()[0] for name in sorted(shot.record) if re.fullmatch(r"dkim_\d+", name)]
    check(have == list(words), f"dkim {have}, not {list(words)}: {shot.line}")
    return shot


def uncovered():
    """Families of families.txt without a test, and numbers that are no family."""
    known = families()
    return [f"{number} {title}" for number, title in known.items() if number not in FAMILIES] + \
        [f"{number} is no family" for number in FAMILIES if number not in known]


__all__ = [name for name in globals() if not name.startswith("_")]
assert POINTS is not None
