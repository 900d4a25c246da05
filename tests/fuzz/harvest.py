#!/usr/bin/python3
"""More seeds, out of the scenarios of tests/cases: what their zones publish and what their messages say.

usage: harvest.py FOLDER      writes FOLDER/NAME/… for the targets that can use it
"""
import hashlib
import pathlib
import re
import sys

CASES = pathlib.Path(__file__).resolve().parent.parent / "cases"
KINDS = (("spf_record", rb"v=spf1"), ("dmarc_record", rb"v *= *dmarc1"), ("key_record", rb"v=dkim|p="))
FIELDS = {b"from": "author", b"dkim-signature": "signature_tags", b"authentication-results": "forged_results"}


def unquoted(data):
    """The octets of a TXT record as a zone file writes it."""
    pieces = re.findall(rb'"((?:[^"\\]|\\.)*)"', data)
    one = lambda match: bytes([int(match[1]) & 255]) if match[1].isdigit() else match[1]
    return re.sub(rb"\\(\d{3}|.)", one, b"".join(pieces))


def harvest(folder):
    def keep(target, octets):
        if 0 < len(octets) <= 8192:
            place = folder / target
            place.mkdir(parents=True, exist_ok=True)
            (place / hashlib.sha1(octets).hexdigest()).write_bytes(octets)

    for case in sorted(CASES.glob("*.case")):
        octets = case.read_bytes()
        keep("case_file", octets)
        for line in octets.split(b"\n"):
            found = re.match(rb"zone +\S+ +TXT +(.*)", line)
            if found is None:
                continue
            text = unquoted(found[1])
            keep("dns_rdata", b"\x07" + found[1])
            keep("diagnose", text)
            for target, pattern in KINDS:
                if re.match(rb"\s*" + pattern, text, re.IGNORECASE):
                    keep(target, text)
    for message in sorted(CASES.glob("*.eml")):
        octets = message.read_bytes()
        keep("mime", octets)
        keep("dkim_body", hashlib.sha1(octets).digest()[:3] + octets)
        if b"\nARC-Seal:" in octets:
            keep("arc", b"@" + octets)
        signature = re.search(rb"(?s)[;\s]h=([^;]*)", octets)
        if signature is not None:
            keep("change", b"\x01" + re.sub(rb"\s", b"", signature[1]) + b"\n" + octets)
        received = re.findall(rb"(?im)^received:((?:.*\r?\n[ \t])*.*)", octets.split(b"\r\n\r\n")[0])
        keep("received", b"\x01".join(received))
        for field in re.split(rb"\r\n(?![ \t])", octets.split(b"\r\n\r\n")[0]):
            name, _, value = field.partition(b":")
            if name.lower() in FIELDS:
                keep(FIELDS[name.lower()], value)


harvest(pathlib.Path(sys.argv[1]))
