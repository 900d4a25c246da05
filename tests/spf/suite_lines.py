"""Turns the openspf test suite (YAML) into lines for tests/spf/rfc7208_suite: keyword, blank, value.
Zone data becomes the zone and fault lines of .case files. Exits 77 without python3-yaml."""
import sys

try:
    import yaml
except ImportError:
    sys.exit(77)

TYPES = ("A", "AAAA", "MX", "PTR", "TXT")


def escaped(text):
    plain = set(range(0x21, 0x7F)) - set(b'"\\;()@')
    return "".join(chr(o) if o in plain else "\\%03d" % o for o in text.encode("latin-1"))


def name(text):
    return (escaped(text.rstrip(".")) or "") + "."


def rdata(kind, value):
    if kind == "MX":
        return "%d %s" % (value[0], name(value[1]))
    if kind in ("PTR", "CNAME"):
        return name(value)
    if kind in ("TXT", "SPF"):
        strings = [value] if isinstance(value, str) else value
        pieces = [s[i:i + 255] for s in strings for i in range(0, max(len(s), 1), 255)] or [""]
        return " ".join('"%s"' % escaped(piece) for piece in pieces)
    return value


def zone(data):
    for owner, entries in data.items():
        records = [next(iter(e.items())) for e in entries if e != "TIMEOUT"]
        # type SPF is gone: its records count as TXT unless the name says what TXT holds
        if not any(kind == "TXT" for kind, _ in records):
            records += [("TXT", value) for kind, value in records if kind == "SPF"]
        records = [(kind, value) for kind, value in records if value != "NONE"]
        for kind, value in records:
            yield "zone", "%s %s %s" % (name(owner), kind, rdata(kind, value))
        if "TIMEOUT" in entries:
            for kind in TYPES:
                if not any(kind == other for other, _ in records):
                    yield "fault", "%s %s timeout" % (name(owner), kind)


for scenario in yaml.safe_load_all(open(sys.argv[1], encoding="utf-8")):
    print("scenario", scenario["description"])
    for line in zone(scenario["zonedata"]):
        print(*line)
    for case, fields in scenario["tests"].items():
        results = fields["result"]
        print("case", case)
        print("client", fields["host"])
        print("helo", fields["helo"])
        print("mail", fields["mailfrom"])
        if "explanation" in fields:
            text = fields["explanation"]
            print("explanation", "" if text == "DEFAULT" else text)
        print("result", results if isinstance(results, str) else " ".join(results))
