"""DKIM keys that are missing, misplaced or damaged, and signatures that are wrong as such."""
import base64
import random

from defects import defect
from keyring import Rsa
from world import quoted, txt

RSA = dict(key="rsa2048")


@defect("dkim-not-set-up", near={"dkim-unsigned-this-path"})
def unsigned(w, rng):
    w.unsigned = True
    w.drop(w.key_name)


@defect("dkim-unsigned-this-path")
def unsigned_though_set_up(w, rng):
    w.unsigned = True


@defect("dkim-key-missing-selector")
def key_other_selector_exists(w, rng):
    w.set_key_record()
    w.publish_key("zz%d._domainkey.%s" % (rng.randrange(99), w.domain), w.keys.pick(w.key_kind, rng, w.key))


@defect("dkim-key-missing-all")
def key_missing(w, rng):
    w.set_key_record()


@defect("dkim-key-under-other-selector")
def key_under_common_selector(w, rng):
    w.set_key_record()
    w.publish_key("%s._domainkey.%s" % (rng.choice(["default", "google", "s1", "mail", "dkim", "selector1"]), w.domain))


@defect("dkim-key-only-at-provider", house="provider")
def key_at_provider(w, rng):
    w.set_key_record()
    w.publish_key("%s._domainkey.%s" % (w.selector, w.provider))


@defect("dkim-zone-suffix-doubled")
def key_zone_doubled(w, rng):
    w.set_key_record()
    w.publish_key("%s.%s" % (w.key_name, w.domain))


@defect("dkim-key-at-apex")
def key_at_apex(w, rng):
    w.set_key_record()
    w.publish_key(w.domain)


@defect("dkim-key-wrong-name")
def key_wrong_name(w, rng):
    w.set_key_record()
    w.publish_key(rng.choice(["%s.domainkey.%s", "%s.%s", "_domainkey.%s.%s", "%s_domainkey.%s"]) % (w.selector, w.domain))


@defect("dkim-key-at-parent-domain", house="own")
def key_at_parent(w, rng):
    w.signer.domain = "shop." + w.domain
    w.add("shop." + w.domain, "A", w.web)


@defect("dkim-key-cname-dangling")
def key_cname_dangling(w, rng):
    w.set_key_record()
    w.add(w.key_name, "CNAME", "%s.dkim.%s." % (w.selector, w.provider))


@defect("dkim-key-cname-zone-appended")
def key_cname_zone_appended(w, rng):
    w.set_key_record()
    w.publish_key("%s.dkim.%s" % (w.selector, w.provider))
    w.add(w.key_name, "CNAME", "%s.dkim.%s.%s." % (w.selector, w.provider, w.domain))


@defect("dkim-key-cname-pasted-as-txt")
def key_cname_as_txt(w, rng):
    target = "%s._domainkey.%s" % (w.selector, w.provider)
    w.set_key_record(target + rng.choice(["", "."]))
    w.publish_key(target)


@defect("dkim-sig-selector-implausible")
def selector_with_zone(w, rng):
    w.signer.selector = w.selector + rng.choice(["._domainkey", ".private", ".txt", "._domainkey." + w.domain])


@defect("dkim-key-dns-failure", near={"dns-servfail", "dns-timeout"})
def key_servfail(w, rng):
    w.faults.append("%s. TXT %s" % (w.key_name, rng.choice(["servfail", "timeout"])))


@defect("dns-dnssec-bogus", near={"dkim-key-dns-failure"})
def key_bogus(w, rng):
    w.faults.append("%s. TXT bogus" % w.key_name)


@defect("dns-negative-cached", near={"dkim-key-missing-all", "dkim-key-missing-selector"})
def key_negative_cached(w, rng):
    w.set_key_record()
    w.authority.append("%s. TXT %s" % (w.key_name, txt(w.key_record)))


@defect("dkim-key-revoked")
def key_revoked(w, rng):
    w.set_key_record("v=DKIM1; k=%s; p=%s" % (w.key.kind, rng.choice(["", ";"])))


@defect("dkim-key-truncated", **RSA)
def key_cut(w, rng):
    w.set_key_record(w.key_record[:rng.choice([127, 255, 256, 200 + rng.randrange(100)])])


@defect("dkim-key-split-across-records", **RSA)
def key_in_two_records(w, rng):
    cut = rng.choice([127, 255, rng.randrange(100, 300)])
    pieces = [w.key_record[:cut], w.key_record[cut:]]
    rng.shuffle(pieces)
    w.set_key_record(*pieces)


@defect("dkim-key-multiple-records")
def key_two_keys(w, rng):
    w.set_key_record(w.key_record)
    w.publish_key(w.key_name, w.keys.pick(w.key_kind, rng, w.key))


@defect("dkim-key-plus-lost", **RSA)
def key_plus_lost(w, rng):
    if "+" not in w.key_record:
        return False
    w.set_key_record(w.key_record.replace("+", " "))


@defect("dkim-key-base64-damaged", near={"dkim-key-truncated", "dkim-key-record-syntax"}, **RSA)
def key_letter_lost(w, rng):
    at = rng.randrange(40, len(w.key_record) - 30)
    w.set_key_record(w.key_record[:at] + rng.choice(["", "_"]) + w.key_record[at + 1:])


@defect("dkim-key-pem-pasted", **RSA)
def key_pem(w, rng):
    w.set_key_record("v=DKIM1; k=rsa; p=-----BEGIN PUBLIC KEY-----%s-----END PUBLIC KEY-----" % w.key.published())


@defect("dkim-key-private-published", **RSA)
def key_private(w, rng):
    w.set_key_record("v=DKIM1; k=rsa; p=%s" % base64.b64encode(w.key.private).decode())


@defect("dkim-key-pkcs1", **RSA)
def key_pkcs1(w, rng):
    w.set_key_record("v=DKIM1; k=rsa; p=%s" % base64.b64encode(w.key.pkcs1).decode())


@defect("dkim-key-backslash")
def key_backslash(w, rng):
    w.set_key_record(w.key_record.replace(";", "\\;"))


@defect("dkim-key-quotes-inside")
def key_quotes(w, rng):
    cut = rng.randrange(30, 60)
    w.set_key_record(w.key_record[:cut] + '" "' + w.key_record[cut:])


@defect("dkim-key-wildcard-txt")
def key_wildcard(w, rng):
    w.set_key_record()
    w.add_txt("*." + w.domain, w.spf)


@defect("dkim-key-version-wrong")
def key_version(w, rng):
    w.set_key_record(rng.choice(["v=DKIM2;", "v=dkim1;", "v=DKIM 1;", "v=DKIM;"]) + w.key_record[len("v=DKIM1;"):])


@defect("dkim-key-record-syntax")
def key_syntax(w, rng):
    w.set_key_record(rng.choice([w.key_record.replace(";", ","), w.key_record.replace("p=", "q="),
                                 w.key_record.replace(";", "\uff1b"), "IN TXT ( " + w.key_record + " )"]))


@defect("dkim-key-type-mismatch", key="ed25519")
def key_type_rsa(w, rng):
    w.set_key_record("v=DKIM1; k=rsa; p=%s" % w.key.published())


@defect("dkim-key-type-mismatch", **RSA)
def key_type_ed25519(w, rng):
    w.set_key_record("v=DKIM1; k=ed25519; p=%s" % w.keys.pick("ed25519", rng).published())


@defect("dkim-key-ed25519-wrapped", key="ed25519")
def key_spki(w, rng):
    w.set_key_record("v=DKIM1; k=ed25519; p=%s" % base64.b64encode(w.key.spki).decode())


@defect("dkim-key-hash-not-allowed")
def key_sha1_only(w, rng):
    w.set_key_record("v=DKIM1; h=sha1; k=%s; p=%s" % (w.key.kind, w.key.published()))


@defect("dkim-key-service-not-email")
def key_service(w, rng):
    w.set_key_record("v=DKIM1; s=%s; k=%s; p=%s" % (rng.choice(["tlsrpt", "chat"]), w.key.kind, w.key.published()))


@defect("dkim-key-strict-subdomain")
def key_strict(w, rng):
    w.signer.identity = "@news." + w.domain
    w.set_key_record("v=DKIM1; t=s; k=%s; p=%s" % (w.key.kind, w.key.published()))


@defect("dkim-key-too-short", key="rsa768")
def key_short(w, rng):
    pass


@defect("dkim-key-weak", key="rsa1024")
def key_weak(w, rng):
    pass


@defect("dkim-key-testing")
def key_testing(w, rng):
    w.set_key_record("v=DKIM1; t=y; k=%s; p=%s" % (w.key.kind, w.key.published()))


@defect("dkim-key-of-other-signer", house="provider", beside={"dkim-key-mismatch"}, **RSA)
def key_of_other_signer(w, rng):
    other = w.keys.pick("rsa2048", rng, w.key)
    w.set_key_record(w.record_of(other))
    w.publish_key("%s._domainkey.%s" % (rng.choice(["default", "s1", "google", "mail"]), w.domain), other)


@defect("dkim-key-rotated-at-provider", house="provider", **RSA)
def key_rotated(w, rng):
    w.set_key_record(w.record_of(w.keys.pick("rsa2048", rng, w.key)))
    w.drop("%s._domainkey.%s" % (w.selector, w.provider))
    w.publish_key("%s._domainkey.%s" % (w.selector, w.provider))


@defect("dkim-key-changed-too-early")
def key_changed(w, rng):
    w.set_key_record(w.record_of(w.keys.pick(w.key_kind, rng, w.key) if w.key_kind != "rsa1024" else w.keys.pick("rsa2048", rng)))
    w.seen.append("%s %s 2026-04-%02d p=%s" % (w.selector, w.domain, rng.randrange(1, 29), w.key.published()))


@defect("dkim-key-size-mismatch", key="rsa1024")
def key_other_size(w, rng):
    w.set_key_record(w.record_of(w.keys.pick("rsa2048", rng)))


@defect("dkim-key-mismatch", **RSA)
def key_wrong(w, rng):
    w.set_key_record(w.record_of(w.keys.pick("rsa2048", rng, w.key)))


@defect("dkim-key-mismatch", key="ed25519", near={"dkim-header-altered-unknown"})
def key_wrong_ed25519(w, rng):
    w.set_key_record(w.record_of(w.keys.pick("ed25519", rng, w.key)))


# -- the signature itself ---------------------------------------------------------------------
@defect("dkim-sig-expired")
def sig_expired(w, rng):
    w.signer.at, w.signer.expires = w.now - 90000, w.now - rng.randrange(400, 80000)


@defect("dkim-sig-future", near={"rx-clock-skew"})
def sig_future(w, rng):
    w.signer.at, w.signer.expires = w.now + rng.randrange(90000, 900000), None


@defect("dkim-sig-missing-tag", after=True)
def sig_tag_missing(w, rng):
    name, value = w.letter.fields[0]
    tag = rng.choice(["\r\n\ta=", "\r\n\td=", "\r\n\ts=", "\r\n\tbh=", "\r\n\th="])
    at = value.index(tag)
    w.letter.fields[0] = (name, value[:at] + value[value.index(";", at) + 1:])


@defect("dkim-sig-from-unsigned")
def sig_without_from(w, rng):
    w.signer.fields = [f for f in w.signer.fields if f != "From"]


@defect("dkim-sig-identity-mismatch")
def sig_identity(w, rng):
    w.signer.identity = "@" + w.provider


@defect("dkim-sig-unsupported")
def sig_unsupported(w, rng):
    w.signer.algorithm = rng.choice(["rsa-sha512", "ecdsa-sha256", "rsa-md5"])


@defect("dkim-sig-sha1", **RSA)
def sig_sha1(w, rng):
    w.signer.digest = "sha1"


@defect("dkim-sig-b-corrupt", after=True, near={"dkim-key-size-mismatch"})
def sig_b_cut(w, rng):
    name, value = w.letter.fields[0]
    w.letter.fields[0] = (name, value[:-rng.randrange(3, 60)])


@defect("dkim-sig-domain-suffix", near={"dmarc-unaligned-spf-only"})
def sig_suffix(w, rng):
    w.signer.domain = rng.choice(["co.jp", "com.au", "gov.uk"])
    w.publish_key("%s._domainkey.%s" % (w.selector, w.signer.domain))
