"""Turns the ARC validation suite (YAML) into one .case and .eml per test:
suite_cases.py SUITE.yml FOLDER. Exits 77 without python3-yaml."""
import pathlib
import sys

try:
    import yaml
except ImportError:
    sys.exit(77)

# The suite leaves open what a message is whose newest seal says cv=fail; RFC 8617 section 5.2 step 2 does not.
VERDICTS = {"none": "none", "pass": "pass", "fail": "fail", "": "fail"}


def txt(name, text):
    pieces = [text[i:i + 255].replace("\\", "\\\\").replace('"', '\\"') for i in range(0, len(text), 255)]
    return 'zone %s. TXT %s' % (name, " ".join('"%s"' % piece for piece in pieces))


folder = pathlib.Path(sys.argv[2])
for scenario in yaml.safe_load_all(open(sys.argv[1], encoding="utf-8")):
    zone = [txt(name, text) for name, text in scenario["txt-records"].items()]
    for name, test in scenario["tests"].items():
        verdict = VERDICTS[str("none" if test["cv"] is None else test["cv"]).lower()]
        message = test["message"].replace("\r\n", "\n").replace("\n", "\r\n")
        (folder / (name + ".eml")).write_bytes(message.encode("utf-8"))
        lines = ["# sekisho case 1", "about %s: %s" % (scenario["description"], test["description"]),
                 "now 2026-03-01T09:00:00Z", "client 192.0.2.25", "helo mail.example.org",
                 "mail jqd@d1.example.org", "option authserv-id mx.rx.example", *zone,
                 "message %s.eml" % name, "expect arc %s" % verdict]
        (folder / (name + ".case")).write_text("\n".join(lines) + "\n", encoding="utf-8")
