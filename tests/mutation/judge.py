"""Right, near, unknown or wrong: how a cause that was named compares with the defect that was applied."""
import collections

WORDS = ("right", "near", "unknown", "wrong", "wrong proven", "crash")

# Honest parents: they say that something of this family happened, and do not pretend to know what.
PARENTS = {
    "dkim-body-altered": ("dkim-body-altered-", "dkim-signer-", "dkim-body-", "dkim-altered-by-mailing-list"),
    "dkim-header-altered-unknown": ("dkim-header-", "dkim-altered-by-mailing-list", "dkim-signer-"),
    "dkim-key-mismatch": ("dkim-key-",),
    "spf-ip-not-listed": ("spf-",),
    "spf-likely-forged": ("spf-",),
    "spf-unknown-term": ("spf-",),
    "spf-no-record": ("spf-", "dns-"),
    "spf-dns-failure": ("dns-", "spf-"),
    "dkim-key-missing-selector": ("dkim-key-", "dkim-zone-", "dns-"),
    "dkim-key-missing-all": ("dkim-key-", "dkim-zone-", "dns-"),
    "dkim-key-record-syntax": ("dkim-key-",),
    "dmarc-no-record": ("dmarc-", "dns-"),
    "dmarc-nothing-passed": ("dmarc-", "spf-", "dkim-"),
}

# True of a message beside whatever else is wrong with it; nobody's mail is in trouble. See README.md.
REMARKS = {
    "spf-record-near-limit", "dkim-key-weak", "dkim-key-testing", "dkim-key-granularity", "dmarc-rfc9989-differs",
    "dmarc-saved-by-dkim", "dmarc-saved-by-spf", "dmarc-policy-sampled", "arc-sealer-untrusted", "arc-broken-at-hop",
    "dmarc-nothing-passed", "iprev-ptr-generic", "helo-mismatch", "helo-not-fqdn", "dns-multiple-a", "rx-diagnosis-budget", "rx-psl-outdated",
}

# One change has two codes: what was altered stands beside who or what did it.
PARTS = {"dkim-altered-by-mailing-list": ("dkim-body-altered-", "dkim-header-"),
         "rx-altered-by-own-gateway": ("dkim-body-altered-", "dkim-header-"),
         "rx-milter-order": ("dkim-body-altered-", "dkim-header-"),
         "dmarc-from-multiple": ("dkim-header-added-oversigned",)}


def judge_correct(outcomes):
    """How many correct messages do not pass, or draw more than a remark; each is printed."""
    count = 0
    for name, said in sorted(outcomes.items()):
        if isinstance(said, str):
            print("%s: %s" % (name, said))
            count += 1
            continue
        results = [said["spf"]["result"], said["dmarc"]["result"]] + [s["result"] for s in said["dkim"]]
        codes = [c["code"] for c in said["causes"] if c["code"] not in REMARKS]
        if set(results) != {"pass"} or codes:
            print("%s: %s %s" % (name, " ".join(results), " ".join(codes)))
            count += 1
    return count


def is_false_proof(cause, defect, expected):
    """Proven, and not what was done, at any place among the causes."""
    code = cause["code"]
    return (cause["confidence"] == "proven" and code != expected and code not in defect.near
            and code not in defect.beside and code not in REMARKS and not code.startswith(PARTS.get(expected, ("?",))))


def word_for(said, defect, expected):
    if isinstance(said, str):
        return "crash"
    if any(is_false_proof(c, defect, expected) for c in said["causes"]):
        return "wrong proven"
    causes = [c["code"] for c in said["causes"]]
    if not causes:
        return "wrong"
    first = causes[0]
    if first == expected:
        return "right"
    if first in defect.near or expected in causes:
        return "near"
    return "unknown" if expected.startswith(PARENTS.get(first, ("?",))) else "wrong"


def judge_broken(outcomes, broken, verbose):
    table, bad = collections.OrderedDict(), 0
    for name, (defect, expected) in broken.items():
        said = outcomes[name]
        word = word_for(said, defect, expected)
        bad += word in ("wrong proven", "crash")
        table.setdefault((defect.name, defect.code), collections.Counter())[word] += 1
        if word in ("wrong", "wrong proven", "crash") or verbose and word != "right":
            told = said if isinstance(said, str) else "spf=%s dkim=%s dmarc=%s: %s" % (
                said["spf"]["result"], ",".join(s["result"] for s in said["dkim"]) or "none", said["dmarc"]["result"],
                " ".join("%s(%s)" % (c["code"], c["confidence"]) for c in said["causes"]) or "no cause")
            print("%-12s %s: expected %s, %s" % (word, name, expected, told))
    return table, bad


def print_table(table):
    print("\n%-34s %-38s" % ("defect", "cause") + " ".join("%7s" % w.replace("wrong proven", "proven!") for w in WORDS))
    for (name, code), row in table.items():
        print("%-34s %-38s" % (name, code) + " ".join("%7s" % (row[w] or ".") for w in WORDS))
