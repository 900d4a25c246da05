#!/usr/bin/python3
"""Writes a log as sekishod would: make_log.py json|syslog|iso HOW-MANY [SEED], to standard output.

The mail of a site that many domains write to: most of it is in order, some domains have a lasting fault, some
break in the second half or are mended by then, some clients forge, some pass mail on. The same seed gives the same log. It ends at 2026-11-21 12:00 UTC."""
import json
import random
import sys
import time

END = 1795262400
DAYS = 14
CAUSES = [
    ("spf-stale-after-move", "strong", "sd",
     "SPF softfail: {d} moved to {ip} (sv14.rental.example) but its SPF record still lists the old server 192.0.2.15 (v2005.old.example).",
     'Publish {d}. TXT "v=spf1 ip4:{ip} ~all" (host name "@"); also correct mail.{d} and the MX if they still point to 192.0.2.15.'),
    ("dkim-key-missing-selector", "strong", "sd",
     'DKIM permerror: the mail is signed with selector "default" but default._domainkey.{d} does not exist; {d} publishes only other selectors (names unknown).',
     'Publish the key of the host that signs ({ip}, mail.{d}): default._domainkey.{d}. TXT "v=DKIM1; k=rsa; p=…" (host name in the panel: default._domainkey); the value comes from that host\'s panel, not from another provider.'),
    ("spf-no-record", "proven", "sd",
     'SPF none: {d} publishes no SPF record (Gmail displays this as "neutral, best guess record"); host {ip} (mail.{d}) cannot be authorised.',
     'Publish {d}. TXT "v=spf1 ip4:{ip} ~all".'),
    ("dmarc-no-record", "proven", "sd", "DMARC none: {d} publishes no DMARC record.",
     'Publish _dmarc.{d}. TXT "v=DMARC1; p=none; rua=mailto:dmarc@{d}".'),
    ("spf-likely-forged", "likely", "nobody", "SPF fail: {ip} has nothing to do with {d}.", ""),
    ("rx-resolver-failure", "proven", "us", "The resolver of this site failed for {d}.",
     "Look at the resolver."),
    ("spf-forwarded", "likely", "fw", "SPF fail: {ip} passes on mail of {d}.",
     "The forwarder should rewrite the envelope sender (SRS)."),
]
BREAKS, MENDED, FORWARDED = 7, 8, 6


def record(random, domains, clients, late):
    d = random.choices(domains["names"], cum_weights=domains["weights"])[0]
    number = hash_of(d)
    ip = clients[number % len(clients)]
    fault = number % 23 if number % 23 < 5 else None
    if number % 23 == (BREAKS if late else MENDED):
        fault = number % 3
    if fault is None and random.random() < 0.01:
        fault = 5 if random.random() < 0.02 else 4
        ip = clients[random.randrange(len(clients))]
    name = "mail." + d
    if fault is None and random.random() < 0.012:
        fault, ip = FORWARDED, clients[number % 7]
        name = "out%d.%s" % (number % 5, ["forward.example", "lists.example", "alumni.example"][number % 3])
    spf = {None: "pass", 0: "softfail", 1: "pass", 2: "none", 3: "pass", 4: "fail", 5: "temperror", 6: "fail"}[fault]
    dkim = {None: "pass", 0: "none", 1: "permerror", 2: "none", 3: "pass", 4: "none", 5: "none", 6: "pass"}[fault]
    dmarc = {None: "pass", 0: "fail", 1: "pass", 2: "none", 3: "none", 4: "fail", 5: "temperror", 6: "pass"}[fault]
    policy = ["none", "quarantine", "reject"][number % 3]
    fields = [("queue_id", "%012X" % random.getrandbits(48)), ("client", ip),
              ("client_name", name), ("helo", "mail." + d),
              ("mail_from", "bounce-%06d@%s" % (random.randrange(10**6), d)), ("recipients", 1)]
    if random.random() < 0.03:
        fields += [("skipped", "authenticated")]
    else:
        fields += [("from", "info@" + d), ("from_domain", d), ("spf", spf), ("spf_domain", d)]
        if spf == "pass":
            fields += [("spf_by", "ip4:%s of %s" % (ip, d))]
        fields += [("dkim", dkim)]
        if dkim != "none":
            fields += [("dkim_1", "%s d=%s s=default a=rsa-sha256 bits=2048 align=strict" % (dkim, d))]
        fields += [("dmarc", dmarc)]
        if dmarc != "none":
            fields += [("dmarc_record_domain", d), ("dmarc_policy", policy)]
        fields += [("align_spf", "strict"), ("iprev", "pass"), ("iprev_name", "mail." + d)]
    causes = []
    if fault is not None and fields[-1][0] != "skipped":
        code, conf, act, text, fix = CAUSES[fault]
        causes = [("cause", code), ("conf", conf), ("act", act), ("text", text.format(d=d, ip=ip))]
        if fix:
            causes += [("fix", fix.format(d=d, ip=ip))]
    refused = dmarc == "fail" and policy == "reject" and fields[-1][0] != "skipped"
    end = [("action", "reject" if refused and number % 2 else "accept"), ("took_ms", random.randrange(40)), ("dns_ms", random.randrange(30)),
           ("dns_questions", random.randrange(4, 14))]
    return fields, causes, end


def hash_of(name):
    value = 5381
    for c in name:
        value = (value * 33 + ord(c)) & 0xFFFFFFFF
    return value >> 3


def quoted(value):
    value = str(value)
    if not value or any(c in value for c in ' "=\\'):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return value


def main():
    kind, count = sys.argv[1], int(sys.argv[2])
    generator = random.Random(int(sys.argv[3]) if len(sys.argv) > 3 else 1)
    names = ["%s%d.example" % (random.Random(i).choice(["shop", "news", "bank", "mail", "corp", "club"]), i)
             for i in range(min(120000, max(40, count // 20)))]
    total, weights = 0.0, []
    for i in range(len(names)):
        total += 1.0 / (i + 3)
        weights.append(total)
    domains = {"names": names, "weights": weights}
    clients = ["%d.%d.%d.%d" % (20 + i % 180, i * 7 % 256, i * 13 % 256, 1 + i % 254)
               for i in range(min(90000, max(30, count // 30)))]
    out = sys.stdout
    # A pool of messages, used again with other ids and times: enough for counting, and quick to write.
    size = min(count, 200000)
    pool = [record(generator, domains, clients, i >= size / 2) for i in range(size)]
    step = DAYS * 86400 / count
    for i in range(count):
        at = int(END - DAYS * 86400 + i * step)
        # in the order of time, as some things change with it
        fields, causes, end = pool[i * len(pool) // count]
        if count > len(pool):
            fields = [("queue_id", "%012X" % (i * 2654435761 & 0xFFFFFFFFFFFF))] + fields[1:]
        if kind == "json":
            object = {"time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(at))}
            object.update(fields)
            object.update(end)
            if causes:
                object["causes"] = [dict(causes)]
            out.write(json.dumps(object, ensure_ascii=False, separators=(",", ":")) + "\n")
        else:
            form = "%b %e %H:%M:%S" if kind == "syslog" else "%Y-%m-%dT%H:%M:%S.000000+00:00"
            out.write(time.strftime(form, time.gmtime(at)) + " mx sekishod[812]: " +
                      " ".join("%s=%s" % (n, quoted(v)) for n, v in fields + causes + end) + "\n")
            if kind == "iso" and i % 50 == 0:
                out.write(time.strftime(form, time.gmtime(at)) + " mx postfix/qmgr[77]: " +
                          fields[0][1] + ": removed\n")


main()
