"""The worst messages we could think of for the diagnosis: signatures that recover to digests of nothing,
so that every search runs to its end. Writes NAME.eml and zone into a folder; with a sekisho, measures what
"sekisho check" spends on each, verification included. 20 s end it.

    python3 tests/support/worst_message.py FOLDER [SEKISHO]
"""

import base64
import os
import resource
import subprocess
import sys

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ed25519, padding, rsa, utils

DOMAIN = "worst.example"
SIGNATURES = 10
RSA = rsa.generate_private_key(public_exponent=65537, key_size=2048)
ED25519 = ed25519.Ed25519PrivateKey.generate()


def b64(octets):
    return base64.b64encode(octets).decode()


def zone():
    public = RSA.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    small = ED25519.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    text = "v=DKIM1; k=rsa; p=" + b64(public)
    strings = " ".join('"' + text[at:at + 255] + '"' for at in range(0, len(text), 255))
    return (f'r._domainkey.{DOMAIN}. TXT {strings}\ne._domainkey.{DOMAIN}. TXT "v=DKIM1; k=ed25519; p={b64(small)}"\n'
            f'{DOMAIN}. TXT "v=spf1 ip4:192.0.2.1 ~all"\n_dmarc.{DOMAIN}. TXT "v=DMARC1; p=reject"\n')


def signature(number, names, canon, small):
    if small:
        b, tags = os.urandom(64), "a=ed25519-sha256; s=e"
    else:
        b = RSA.sign(os.urandom(32), padding.PKCS1v15(), utils.Prehashed(hashes.SHA256()))
        tags = "a=rsa-sha256; s=r"
    return (f"DKIM-Signature: v=1; {tags}; d={DOMAIN}; c={canon};\r\n i=u{number}@{DOMAIN};\r\n"
            f" h={':'.join(names)};\r\n bh={b64(os.urandom(32))};\r\n b={b64(b)}\r\n")


def header(names, values, canon, small=False):
    signatures = "".join(signature(number, names, canon, small) for number in range(SIGNATURES))
    return signatures + f"From: a@{DOMAIN}\r\n" + "".join(f"{name}: {value}\r\n" for name, value in values) + \
        "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b0\r\n\r\n"


def parts_body(size=2000000):
    """Many parts, short lines, everything that a hypothesis likes: quoted-printable, base64, links, footers."""
    part = ("--b0\r\nContent-Type: text/html; charset=iso-2022-jp\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
            "=E3=81=82 <a href=3D\"https://urldefense.proofpoint.com/v2/url?u=3Dhttp-3A__x.example&d=3Dx\">x</a>\r\n"
            ">From here\r\n..\r\n-- \r\n</body></html>\r\n\r\n"
            "--b0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n"
            + b64("あいう\r\n".encode() * 8) + "\r\n\r\n")
    return part * (size // len(part)) + "--b0--\r\n"


def short_lines_body(size=2000000):
    return "x\r\n" * (size // 3)


FOLDED = " ".join("a b" for _ in range(15000))       # 60 KB with a blank in every second place
MANY = [("Subject", "[x] Re: =?UTF-8?B?44GC?= (x:1) ***SPAM***"), ("To", '"A, B" <a@x.example>, <b@x.example>'),
        ("Date", "Sun, 1 Mar 2026 18:28:34 +0000 (UTC)"), ("Message-ID", "<1@x.example>"),
        ("Reply-To", "c@x.example"), ("Sender", "d@x.example"), ("Content-Transfer-Encoding", "8bit")]
WIDE = ["from", "subject", "to", "date", "message-id", "reply-to", "sender", "content-type", "mime-version",
        "content-transfer-encoding"]
MESSAGES = {
    "parts": lambda: header(WIDE, MANY, "relaxed/relaxed") + parts_body(),
    "parts-simple": lambda: header(WIDE, MANY, "simple/simple") + parts_body(),
    "lines": lambda: header(WIDE, MANY, "relaxed/relaxed") + short_lines_body(),
    "fields": lambda: header(["from"] + ["subject"] * 15, [("Subject", FOLDED)] * 15, "simple/simple") + parts_body(),
    "wide": lambda: header(["from"] + [f"x{n}" for n in range(200)] + ["subject", "to"],
                           [(f"X{n}", "v w" * 1000) for n in range(200)] + MANY, "simple/simple") + parts_body(),
    "long-field": lambda: header(["from", "to", "subject"], [("To", FOLDED * 14)], "simple/simple") + "x\r\n",
    "preserved": lambda: header(["from"] + ["subject"] * 100,
                                [("Subject", "x")] * 100 + [("X-Original-Subject", "y" * 300000)] * 3,
                                "relaxed/relaxed") + "x\r\n",
    "ed25519": lambda: header(WIDE, MANY, "relaxed/relaxed", small=True) + parts_body(),
    "ed25519-simple": lambda: header(["from"] + ["subject"] * 15, [("Subject", FOLDED)] * 15, "simple/simple",
                                     small=True) + short_lines_body(),
}


def spent(command):
    """CPU seconds and the largest memory in MB."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        subprocess.run(["timeout", "20"] + command, stdout=subprocess.DEVNULL, check=False)
        usage = resource.getrusage(resource.RUSAGE_CHILDREN)
        os.write(writer, f"{usage.ru_utime + usage.ru_stime} {usage.ru_maxrss / 1024}".encode())
        os._exit(0)
    os.waitpid(child, 0)
    cpu, memory = os.read(reader, 100).split()
    return float(cpu), float(memory)


def main():
    folder = sys.argv[1]
    with open(os.path.join(folder, "zone"), "w", encoding="ascii") as file:
        file.write(zone())
    for name, make in MESSAGES.items():
        path = os.path.join(folder, name + ".eml")
        with open(path, "w", encoding="utf-8", newline="") as file:
            file.write(make())
        if len(sys.argv) < 3:
            continue
        cpu, memory = spent([sys.argv[2], "check", "--zone", os.path.join(folder, "zone"), "--client", "203.0.113.9",
                             "--mail-from", "a@" + DOMAIN, "--helo", "mail." + DOMAIN, path])
        print(f"{name:16} {os.path.getsize(path) / 1e6:5.1f} MB  {cpu * 1000:7.0f} ms CPU  {memory:6.0f} MB")


if __name__ == "__main__":
    main()
