#!/usr/bin/python3
"""Makes signed messages and the DNS records they need, for the end-to-end tests.

usage: corpus.py FOLDER

Writes FOLDER/NAME.eml (CRLF), FOLDER/zone ("NAME TYPE RDATA" lines) and FOLDER/*.pem. Every domain is
below .example; the sender's address is 192.0.2.25 (IPv6 2001:db8::25).
"""
import base64
import os
import subprocess
import sys
import time

import dkim
import nacl.signing

FOLDER = sys.argv[1]
zone = []


def record(name, kind, data):
    zone.append(f"{name}. {kind} {data}")


def txt(name, text):
    pieces = [text[i:i + 255] for i in range(0, len(text), 255)] or [""]
    record(name, "TXT", " ".join('"%s"' % piece.replace('"', '\\"') for piece in pieces))


def rsa_key(name, bits=2048):
    path = os.path.join(FOLDER, name + ".pem")
    subprocess.run(["openssl", "genrsa", "-traditional", "-out", path, str(bits)],
                   check=True, stderr=subprocess.DEVNULL)
    public = subprocess.run(["openssl", "rsa", "-in", path, "-pubout", "-outform", "DER"],
                            check=True, capture_output=True).stdout
    with open(path, "rb") as file:
        return file.read(), base64.b64encode(public).decode()


def ed25519_key():
    key = nacl.signing.SigningKey.generate()
    return base64.b64encode(bytes(key)), base64.b64encode(bytes(key.verify_key)).decode()


def message(domain, subject="Invoice 42", body="Dear Hanako,\r\n\r\nplease find it attached.\r\n", sender="taro",
            extra=""):
    stamp = time.strftime("%a, %d %b %Y %H:%M:%S +0000", time.gmtime())
    return (f"{extra}From: Taro <{sender}@{domain}>\r\nTo: Hanako <hanako@rx.example>\r\nSubject: {subject}\r\n"
            f"Date: {stamp}\r\nMessage-ID: <{time.time_ns()}@{domain}>\r\nMIME-Version: 1.0\r\n"
            f"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n{body}").encode()


def sign(text, domain, selector, private, algorithm=b"rsa-sha256", **options):
    headers = [b"from", b"to", b"subject", b"date", b"message-id"]
    signature = dkim.sign(text, selector.encode(), domain.encode(), private, include_headers=headers,
                          canonicalize=(b"relaxed", b"relaxed"), signature_algorithm=algorithm, **options)
    return signature + text


def save(name, text):
    with open(os.path.join(FOLDER, name + ".eml"), "wb") as file:
        file.write(text)


def domain(name, spf, policy, selector="s1", key=None):
    if spf:
        txt(name, spf)
    record(name, "MX", f"10 mail.{name}.")
    record(name, "A", "192.0.2.25")
    record(f"mail.{name}", "A", "192.0.2.25")
    if policy:
        txt(f"_dmarc.{name}", policy)
    if key:
        txt(f"{selector}._domainkey.{name}", key)


def make_authentic(private, public):
    key = "v=DKIM1; k=rsa; p=" + public
    domain("good.example", "v=spf1 ip4:192.0.2.25 ip6:2001:db8::25 -all", "v=DMARC1; p=reject", key=key)
    save("pass", sign(message("good.example"), "good.example", "s1", private))
    save("unsigned", message("good.example"))
    forged = "".join(f"Authentication-Results: {i}; dmarc=pass header.from=bank{n}.example\r\n"
                     for n, i in enumerate(["mx.rx.example", "other.example", "MX.RX.example (a (b) c)",
                                            "mx.rx.example 1", "mx.rx.example", "third.example",
                                            "(x) mx.rx.example", '"mx.rx.example"', "mx.rx.example/1",
                                            "xmx.rx.example", "\r\n mx.rx.example"]))
    save("forged", sign(message("good.example", extra=forged), "good.example", "s1", private))
    save("two-from", message("good.example", extra="From: Bank <boss@bank.example>\r\n"))
    save("no-from", message("good.example").replace(b"From: Taro <taro@good.example>\r\n", b"Sender: x@good.example\r\n"))
    edward, edward_public = ed25519_key()
    domain("ed.example", "v=spf1 ip4:192.0.2.25 -all", "v=DMARC1; p=none",
           key="v=DKIM1; k=ed25519; p=" + edward_public)
    save("ed25519", sign(message("ed.example"), "ed.example", "s1", edward, b"ed25519-sha256"))
    record("good.example", "AAAA", "2001:db8::25")
    utf8 = message("good.example", sender="太郎", subject="請求書")
    save("smtputf8", utf8)
    record("25.2.0.192.in-addr.arpa", "PTR", "mail.good.example.")
    record("mail.good.example", "AAAA", "2001:db8::25")
    return key


def make_broken(private, key):
    good = sign(message("good.example"), "good.example", "s1", private)
    save("body-altered", good + b"-- \r\nThis list is run by fools.\r\n")
    save("subject-altered", good.replace(b"Subject: Invoice", b"Subject: [ml] Invoice"))
    save("key-missing", sign(message("good.example"), "good.example", "absent", private))
    other, other_public = rsa_key("other")
    txt("other._domainkey.good.example", "v=DKIM1; k=rsa; p=" + other_public)
    save("key-wrong", sign(message("good.example"), "good.example", "other", private))
    txt("cut._domainkey.good.example", key[:127])
    save("key-cut", sign(message("good.example"), "good.example", "cut", private))
    short, short_public = rsa_key("short", 1024)
    small, small_public = rsa_key("small", 768)
    txt("k1024._domainkey.good.example", "v=DKIM1; p=" + short_public)
    txt("k768._domainkey.good.example", "v=DKIM1; p=" + small_public)
    save("key-1024", sign(message("good.example"), "good.example", "k1024", short))
    save("key-768", sign(message("good.example"), "good.example", "k768", small))
    del other


def make_spf_family():
    for name, spf in {"fail": "v=spf1 ip4:192.0.2.99 -all", "softfail": "v=spf1 ip4:192.0.2.99 ~all",
                      "neutral": "v=spf1 ip4:192.0.2.99 ?all", "none": "",
                      "permerror": "v=spf1 include:gone.example -all",
                      "crash": "v=spf1 " + "%{d}" * 127 + "x -all"}.items():
        host = f"spf-{name}.example"
        domain(host, spf, "v=DMARC1; p=quarantine" if name == "softfail" else "v=DMARC1; p=reject" if name == "fail" else "")
        save("spf-" + name, message(host))


def main():
    os.makedirs(FOLDER, exist_ok=True)
    private, public = rsa_key("s1")
    key = make_authentic(private, public)
    make_broken(private, key)
    make_spf_family()
    with open(os.path.join(FOLDER, "zone"), "w", encoding="utf-8") as file:
        file.write("\n".join(zone) + "\n")


main()
