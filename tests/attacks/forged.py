"""Results on the incoming mail that somebody could take for ours (families 22 to 36)."""
from battlefield import OUR_ID, OURS, attack, check, fire, refused

AUTHOR = ("From", " a@attacker.test")
FOREIGN = (OURS, " other.example; spf=pass smtp.mailfrom=keep.example")
CLAIM = "dmarc=pass header.from=victim.example"


def kept(shot, name=OURS):
    """The fields of that name under ours."""
    return [value for have, value in shot.kept[1:] if have.strip().lower() == name.lower()]


def forged_goes(values, name=OURS, ids=""):
    """Each value alone, then all of them among foreign ones: the forged go, the foreign stay."""
    for value in values:
        shot = fire(headers=[AUTHOR, (name, value), FOREIGN])
        check(kept(shot) == [FOREIGN[1]], f"{ids} stays or too much went: {value!r} leaves {kept(shot)}")
        check(shot.record.get("forged") == 1 or str(shot.record.get("forged")) == "1", shot.line)
        refused(shot)
    headers = [AUTHOR]
    for value in values:
        headers += [(name, value), FOREIGN, ("X-Between", " 1")]
    shot = fire(headers=headers)
    check(kept(shot) == [FOREIGN[1]] * len(values), "interleaved")


def stays(values, name=OURS):
    for value in values:
        shot = fire(headers=[AUTHOR, (name, value)], honest=True)
        check(kept(shot, name) == [value] and not shot.result.deleted, f"went: {value!r}")


@attack("Our own field stays whole, however much a message brings along", 22)
def own_field_too_long():
    long = "a" * 60 + "." + ".".join(["b" * 60] * 3)
    headers = [("DKIM-Signature", f" v=1; a=rsa-sha256; d={'x' * 20}{number}.{long}; s={'s' * 60}; h=from; bh=AAAA; b=AAAA")
               for number in range(100)]
    shot = fire(headers=[*headers, AUTHOR], helo=long + ".example", sender=f"<{'l' * 300}@{long}.example>")
    check("more signatures not shown" in shot.header, shot.header[-300:])
    check(len(shot.header) < 16384, f"{len(shot.header)} octets")
    refused(shot)
    headers = [("DKIM-Signature", f" v=1; a=rsa-sha256; d=x{number}.example; s=sel; h=from; bh=AAAA; b=AAAA") for number in range(100)]
    shot = fire(headers=[*headers, AUTHOR])
    check("more signatures not shown" in shot.header and len(f"{OURS}: {shot.header}".replace("\n", "")) <= 998, shot.header)
    check(shot.words("spf"), shot.header)
    refused(shot)


@attack("Plain forgeries in every case and place", 23)
def plain():
    forged_goes([f" {OUR_ID}; {CLAIM}", f" {OUR_ID.upper()}; {CLAIM}", f"{OUR_ID};{CLAIM}", f" Mx.rX.eXample ; {CLAIM}",
                 f" {OUR_ID}", f" {OUR_ID};", f" {OUR_ID}; none", f"\t{OUR_ID}\t;\t{CLAIM}"])
    for name in ("AUTHENTICATION-RESULTS", "authentication-results", "aUTHENTICATION-rESULTS"):
        forged_goes([f" {OUR_ID}; {CLAIM}"], name)
    shot = fire(headers=[(OURS, f" {OUR_ID}; {CLAIM}"), AUTHOR, ("Subject", " x"), (OURS, f" {OUR_ID}; {CLAIM}")])
    check(not kept(shot), "before and after")


@attack("Folds, tabs, empty folds and bare line ends before and inside", 24)
def folded():
    forged_goes([f"\n {OUR_ID}; {CLAIM}", f" \n\t\n  {OUR_ID}; {CLAIM}", f"\n \n \n {OUR_ID}\n ;\n {CLAIM}",
                 f" \r\n {OUR_ID}; {CLAIM}", f" \r{OUR_ID}; {CLAIM}", f" mx.\n rx.example; {CLAIM}",
                 f" {OUR_ID}\n\t1\n\t; {CLAIM}", f" \x0b\x0c{OUR_ID}; {CLAIM}"])


@attack("Comments before, behind, nested, unclosed, naming others, inside the id", 25)
def commented():
    forged_goes([f" (x) {OUR_ID}; {CLAIM}", f" (a (b) c;) {OUR_ID} (x) ; {CLAIM}", f" (other.example) {OUR_ID}; {CLAIM}",
                 f" (other.example;) {OUR_ID}; {CLAIM}", f" (unclosed {OUR_ID}; {CLAIM}", f" (\\)) {OUR_ID}; {CLAIM}",
                 f" ()()(){OUR_ID}(); {CLAIM}", f" ((((((x)))))){OUR_ID}; {CLAIM}", f" mx(x).rx(y).example(z); {CLAIM}",
                 f" mx.(\n )rx.example; {CLAIM}", f" (\\{OUR_ID}; {CLAIM}"])


@attack("The id in quotes and with escapes", 26)
def quoted():
    forged_goes([f' "{OUR_ID}"; {CLAIM}', f' "mx\\.rx\\.exam\\ple"; {CLAIM}', f' "mx"."rx"."example"; {CLAIM}',
                 f' "{OUR_ID}; {CLAIM}', f' mx."rx".example; {CLAIM}', f' "mx.rx.example"(x); {CLAIM}',
                 f" mx\\.rx.example; {CLAIM}"])


@attack("Versions and jobs behind the id", 27)
def versioned():
    forged_goes([f" {OUR_ID} 1; {CLAIM}", f" {OUR_ID} 99 ; {CLAIM}", f" {OUR_ID}/1; {CLAIM}", f" {OUR_ID}/4ABC; {CLAIM}",
                 f" {OUR_ID} / 1; {CLAIM}", f" {OUR_ID}\t1(x); {CLAIM}", f" {OUR_ID} 1 2; {CLAIM}",
                 f" {OUR_ID} version=1; {CLAIM}", f" 1 {OUR_ID}; {CLAIM}"])


@attack("Final dot, blanks inside, encoded-words", 28)
def dotted():
    forged_goes([f" {OUR_ID}.; {CLAIM}", f" mx . rx . example; {CLAIM}", f" =?utf-8?q?mx=2Erx=2Eexample?=; {CLAIM}",
                 f" =?us-ascii?B?bXgucnguZXhhbXBsZQ==?=; {CLAIM}", f" =?utf-8?q?mx?=.rx.example; {CLAIM}",
                 f" {OUR_ID}.\n ; {CLAIM}"])


@attack("No id at all", 29)
def without_id():
    forged_goes([f" {CLAIM}", f" {CLAIM}; spf=pass", f" ; {CLAIM}", " ", "", f" (x); {CLAIM}", f" dmarc = pass; {CLAIM}",
                 f" dmarc/1=pass; {CLAIM}"])


@attack("Forged among foreign, 1,000 forged, 3,000 fields between, behind a flood", 30)
def many():
    headers = [AUTHOR]
    for number in range(5):
        headers += [(OURS, f" {OUR_ID}; forged{number}=pass"), (OURS, f" keep{number}.example; spf=pass")]
    shot = fire(headers=headers)
    check(kept(shot) == [f" keep{number}.example; spf=pass" for number in range(5)], kept(shot))
    shot = fire(headers=[AUTHOR, *[(OURS, f" {OUR_ID}; {CLAIM}")] * 1000, FOREIGN])
    check(kept(shot) == [FOREIGN[1]], "1,000")
    shot = fire(headers=[AUTHOR, *[("X-Flood", " 1")] * 3000, (OURS, f" {OUR_ID}; {CLAIM}")])
    check(not kept(shot), "behind 3,000 fields")
    shot = fire(headers=[AUTHOR, ("X-Big", " " + "x" * 900000), ("X-Big", " " + "x" * 900000),
                         (OURS, f" {OUR_ID}; {CLAIM}")])
    check(not kept(shot), "behind 1.8 MB")


@attack("Padding of 4 kB, 50 kB and 200 kB around the id", 31)
def padded():
    for size in (4100, 50000, 200000):
        forged_goes([f" ({'x' * size}) {OUR_ID}; {CLAIM}", f" {OUR_ID} ({'(' * 50}{'x' * size}{')' * 50}); {CLAIM}",
                     "\n" + " \n" * (size // 2) + f" {OUR_ID}; {CLAIM}"])


@attack("50 results, 300 properties, names of 8 kB", 32)
def overfull():
    forged_goes([f" {OUR_ID}" + "; dkim=pass header.d=victim.example" * 50 + f"; {CLAIM}",
                 f" {OUR_ID}; dmarc=pass" + " header.from=victim.example" * 300,
                 f" {OUR_ID}; {'m' * 8192}=pass; {CLAIM}", f" {OUR_ID}; dmarc=pass reason=\"{'x' * 8192}\""])


@attack("Fields nobody can parse, with our id in them", 33)
def unparsable():
    forged_goes([f" {OUR_ID} {CLAIM}", f' {OUR_ID}; dmarc="pass', f" {OUR_ID}; dmarc=pass (", f" {OUR_ID};;;; {CLAIM}",
                 f" {OUR_ID}; = pass", f' "x {OUR_ID}; {CLAIM}', f" {OUR_ID}\\; {CLAIM}"])
    forged_goes([f" {OUR_ID}, {CLAIM};", f" {OUR_ID}: {CLAIM};", f" <{OUR_ID}>; {CLAIM}", f" [{OUR_ID}]; {CLAIM}", f" x@{OUR_ID}; {CLAIM}"])
    forged_goes([f" {OUR_ID}".encode() + octets + f"; {CLAIM}".encode() for octets in (b"\xff", b"\xc2\xa0", b"\x01", b"\x7f")])
    shot = fire(headers=[AUTHOR, (OURS, f" {OUR_ID}".encode() + b"\0; junk")])
    check(not kept(shot), "NUL behind the id")
    shot = fire(headers=[AUTHOR, (OURS, b" \xef\xbb\xbf" + f"{OUR_ID}; {CLAIM}".encode())])
    check(not kept(shot), "a byte order mark in front")
    shot = fire(headers=[AUTHOR, (OURS, b" \xe2\x80\x8b" + f"{OUR_ID}; {CLAIM}".encode())])
    check(not kept(shot), "a zero-width space in front")


@attack("Blanks between the name and its colon", 34)
def blank_name():
    for name in ("Authentication-Results ", "Authentication-Results\t", "Authentication-Results  \t "):
        shot = fire(headers=[AUTHOR, (name, f" {OUR_ID}; {CLAIM}")])
        check(not kept(shot) or shot.record.get("forged"), f"{name!r} was not seen")
        refused(shot)


@attack("ARC, X- and Received-SPF relatives are neither believed nor harmed; our own X-Sekisho- fields go", 35)
def relatives():
    aar = ("ARC-Authentication-Results", f" i=1; {OUR_ID}; {CLAIM}")
    others = [("X-Authentication-Results", f" {OUR_ID}; {CLAIM}"), ("Received-SPF", " pass (x) client-ip=192.0.2.66;"),
              ("X-Original-Authentication-Results", f" {OUR_ID}; {CLAIM}"), ("Authentication-Results-Original", f" {OUR_ID}; x=y")]
    shot = refused(fire(headers=[("From", " boss@victim.example"), aar, *others]))
    check(shot.kept[1:] == [("From", " boss@victim.example"), aar, *others], shot.kept)
    check(shot.words("arc") == ["fail"], shot.header)
    for name in ("X-Sekisho-Cause", "x-sekisho-cause", "X-SEKISHO-CAUSE "):
        shot = refused(fire(headers=[AUTHOR, (name, " all is well"), ("Subject", " x")]))
        check((1, "X-Sekisho-Cause") in shot.result.deleted, shot.result.steps)


@attack("Ids that only look like ours stay", 36)
def look_alikes():
    stays([f" {OUR_ID}.evil.example; {CLAIM}", f" x{OUR_ID}; {CLAIM}", f" x.{OUR_ID}; {CLAIM}", f" mx.rx.example2; {CLAIM}",
           f" mx-rx.example; {CLAIM}", f" other.example; spf=pass smtp.mailfrom={OUR_ID}", f" other.example (for {OUR_ID}); x=y",
           " mx.example; spf=pass smtp.mailfrom=a@b.example", f' "other.example"; spf=pass smtp.helo="{OUR_ID}"',
           " other.example; none", " xn--mx-rx.example 1; spf=pass smtp.mailfrom=c.example"])
