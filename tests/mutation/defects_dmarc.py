"""DMARC records, From and alignment."""
from defects import defect


def _name(w):
    return "_dmarc." + w.domain


@defect("dmarc-no-record")
def dmarc_removed(w, rng):
    w.drop(_name(w))


@defect("dmarc-record-at-apex")
def dmarc_at_apex(w, rng):
    w.drop(_name(w))
    w.add_txt(w.domain, w.dmarc)


@defect("dmarc-zone-suffix-doubled")
def dmarc_doubled(w, rng):
    w.drop(_name(w))
    w.add_txt("_dmarc.%s.%s" % (w.domain, w.domain), w.dmarc)


@defect("dmarc-record-wrong-name")
def dmarc_wrong_name(w, rng):
    w.drop(_name(w))
    w.add_txt(rng.choice(["dmarc.", "_dmarc.www.", "dmarc._domainkey."]) + w.domain, w.dmarc)


@defect("dmarc-multiple-records")
def dmarc_two(w, rng):
    w.add_txt(_name(w), "v=DMARC1; p=none; rua=mailto:reports@%s" % w.provider)


@defect("dmarc-version-broken")
def dmarc_version(w, rng):
    rest = w.dmarc[len("v=DMARC1"):]
    w.replace_txt(_name(w), rng.choice(["v=dmarc1", " v=DMARC1", '"v=DMARC1', "v=DMARC", "v=DMARCl", "DMARC1", "V=DMARC1.0"]) + rest)


@defect("dmarc-version-broken")
def dmarc_version_last(w, rng):
    w.replace_txt(_name(w), "p=none; v=DMARC1")


@defect("dmarc-separator-wrong")
def dmarc_comma(w, rng):
    w.replace_txt(_name(w), "v=DMARC1" + rng.choice([", ", " ", ": ", "\uff1b"]) + "p=none")


@defect("dmarc-wildcard-txt")
def dmarc_wildcard(w, rng):
    w.drop(_name(w))
    w.add_txt("*." + w.domain, w.spf)


@defect("dmarc-cname-dangling")
def dmarc_cname(w, rng):
    w.drop(_name(w))
    w.add(_name(w), "CNAME", "%s._dmarc.%s." % (w.domain.replace(".", "-"), w.provider))


@defect("dmarc-policy-missing")
def dmarc_without_p(w, rng):
    w.replace_txt(_name(w), "v=DMARC1;" + rng.choice(["", " sp=none;", " adkim=r", " pct=100"]))


@defect("dmarc-policy-invalid")
def dmarc_bad_p(w, rng):
    w.replace_txt(_name(w), "v=DMARC1; p=%s" % rng.choice(["monitor", "no", "\"none\"", "block", "rejected", "none rua=mailto:a@b.test"]))


@defect("dmarc-tag-invalid")
def dmarc_bad_tag(w, rng):
    w.replace_txt(_name(w), "v=DMARC1; p=none; " + rng.choice(["adkim=x", "aspf=relaxed", "fo=9", "sp=monitor"]))


@defect("dmarc-rua-no-mailto")
def dmarc_bad_rua(w, rng):
    w.replace_txt(_name(w), "v=DMARC1; p=none; %s=dmarc@%s" % (rng.choice(["rua", "ruf"]), w.domain))


@defect("dmarc-dns-failure", near={"dns-servfail", "dns-timeout"})
def dmarc_servfail(w, rng):
    w.faults.append("%s. TXT %s" % (_name(w), rng.choice(["servfail", "timeout"])))


@defect("dmarc-from-missing", near={"dkim-sig-from-unsigned"})
def from_missing(w, rng):
    w.letter.remove("From")


@defect("dmarc-from-multiple", after=True)
def from_twice(w, rng):
    w.letter.fields.insert(rng.randrange(1, len(w.letter.fields)), ("From", " boss@%s.test" % w.name()))


@defect("dmarc-from-multiple")
def from_two_domains(w, rng):
    w.letter.set("From", " %s, partner@%s.test" % (w.mail_from, w.name()))


# A From without any address counts as missing, which is as true.
@defect("dmarc-from-unparseable", near={"dmarc-from-missing"})
def from_broken(w, rng):
    w.letter.set("From", rng.choice([" info", " <info@>", " Nora Whitfield", " info@%s@%s" % (w.domain, w.domain), " <>"]))


@defect("dmarc-from-domain-nxdomain", near={"dmarc-unaligned-spf-only", "dmarc-unaligned-both"})
def from_gone(w, rng):
    w.letter.set("From", " office@%s-nowhere.test" % w.name())


def _foreign_from(w):
    other = "%s-group.test" % w.name()
    w.add(other, "A", w.address())
    w.add(other, "MX", "10 mx.%s." % other)
    w.add("mx." + other, "A", w.address())
    w.add_txt(other, "v=spf1 mx -all")
    w.add_txt("_dmarc." + other, "v=DMARC1; p=reject")
    w.letter.set("From", " Nora <nora@%s>" % other)
    return other


@defect("dmarc-unaligned-both", house="own")
def unaligned_both(w, rng):
    _foreign_from(w)


@defect("dmarc-unaligned-spf-only", house="own")
def unaligned_spf(w, rng):
    _foreign_from(w)
    w.unsigned = True


@defect("dmarc-unaligned-dkim-only", house="own")
def unaligned_dkim(w, rng):
    _foreign_from(w)
    w.set_spf("ip4:" + w.address(), "-all")


@defect("dmarc-unaligned-hosting-default", house="rental", version=4)
def unaligned_hosting(w, rng):
    w.mail_from = "user%d@%s" % (rng.randrange(999), w.host)
    w.add_txt(w.host, "v=spf1 a -all")
    w.unsigned = True


@defect("dmarc-strict-alignment", house="own")
def strict(w, rng):
    w.mail_from = "bounce@news." + w.domain
    w.add_txt("news." + w.domain, " ".join("mx:" + w.domain if t == "mx" else t for t in w.spf.split()))
    w.add("news." + w.domain, "MX", "10 %s." % w.mx_host)
    w.replace_txt(_name(w), "v=DMARC1; p=reject; adkim=s; aspf=s")
    w.unsigned = True


@defect("dmarc-null-sender-unaligned", house="provider", version=4)
def bounce_unaligned(w, rng):
    w.mail_from, w.unsigned = "<>", True
    w.add_txt(w.host, "v=spf1 a -all")


@defect("dmarc-policy-sampled", house="own", near={"dmarc-nothing-passed"})
def sampled(w, rng):
    w.replace_txt(_name(w), "v=DMARC1; p=reject; t=y")
    w.signer.sign(w.letter)
    w.set_spf("ip4:" + w.address(), "-all")
    w.letter.fields = [f for f in w.letter.fields if f[0] != "DKIM-Signature"]
    w.unsigned = True
