"""What goes wrong in SPF records, and around them."""
import random

from defects import defect
from world import quoted

V4 = dict(version=4)
KEEPERS = dict(spf="ip", version=4)


def _respell(w, old, new):
    """Our own term of the record, spelled differently."""
    terms = [new if t == old else t for t in w.spf_terms]
    w.set_spf(*terms, w.spf_all)


def _own(w):
    return w.spf_terms[[t.startswith(("ip4:" + w.client, "ip6:" + w.client, "a:", "mx", "include:")) for t in w.spf_terms].index(True)]


@defect("spf-no-record")
def spf_removed(w, rng):
    w.drop(w.domain, "TXT")
    if rng.random() < 0.5:
        w.add_txt(w.domain, "site-verification=%x" % rng.getrandbits(80))


@defect("spf-record-on-parent-only", house="own")
def spf_only_on_parent(w, rng):
    w.mail_from = "bounce@news." + w.domain
    w.add("news." + w.domain, "A", w.web)


@defect("spf-record-wrong-name")
def spf_at_wrong_name(w, rng):
    w.drop(w.domain, "TXT")
    w.add_txt(rng.choice(["www.", "mail.", "_spf.", "spf.", "smtp."]) + w.domain, w.spf)


@defect("spf-zone-suffix-doubled")
def spf_zone_doubled(w, rng):
    w.drop(w.domain, "TXT")
    w.add_txt("%s.%s" % (w.domain, w.domain), w.spf)


@defect("spf-type99-only")
def spf_type99(w, rng):
    text = next(r[2] for r in w.zone if r[0] == w.domain + "." and r[1] == "TXT")
    w.drop(w.domain, "TXT")
    w.add(w.domain, "SPF", text)


@defect("spf-version-broken")
def spf_version_misspelled(w, rng):
    w.replace_txt(w.domain, rng.choice(["v=spf ", "v=spfl ", "v=sfp1 ", "v=spf1, ", "v=spf1; ", "v = spf1 ", "\"v=spf1 ",
                                        "V\uff1dspf1 ", "\ufeffv=spf1 ", " v=spf1 ", "spf1 ", "v=spf1:"]) + w.spf[7:])


@defect("spf-senderid-only")
def spf_senderid(w, rng):
    w.replace_txt(w.domain, "spf2.0/mfrom,pra " + w.spf[7:])


@defect("spf-helo-none", house="own")
def spf_bounce_without_helo_record(w, rng):
    w.mail_from = "<>"


@defect("spf-sender-malformed")
def spf_sender_bad(w, rng):
    w.mail_from = "info@" + rng.choice(["localhost", "server7", "[%s]" % w.client4, "a..%s" % w.domain, "x" * 70 + ".test"])


@defect("spf-domain-nxdomain", near={"spf-no-record"})
def spf_domain_gone(w, rng):
    w.mail_from = "bounce@" + w.name() + "-gone.test"


@defect("spf-neutral-all", near={"spf-ip-not-listed", "spf-own-host-not-listed", "spf-mx-host-not-listed", "spf-provider-not-included",
                                 "spf-stale-after-move", "spf-multi-host-partial"}, house="provider")
def spf_neutral(w, rng):
    w.set_spf("ip4:" + w.address(), "?all")
    w.drop(w.include)


@defect("spf-no-all", near={"spf-ip-not-listed", "spf-own-host-not-listed", "spf-provider-not-included"}, house="provider")
def spf_without_all(w, rng):
    w.set_spf("ip4:" + w.address())
    w.drop(w.include)


@defect("spf-stale-after-move", house="rental", near={"spf-web-server-not-listed"}, version=4)
def spf_stale(w, rng):
    old = w.address()
    w.add_host("v%d.%ssrv.test" % (rng.randrange(9999), w.name()), old)
    w.set_spf("ip4:" + old, w.spf_all)


@defect("spf-web-server-not-listed", house="provider", version=4)
def spf_web_server(w, rng):
    w.drop(w.host)
    w.client, w.helo = w.web, w.web_host
    w.set_spf("mx", w.spf_all)
    w.letter.set("X-Mailer", " PHPMailer 6.%d.1 (https://github.com/PHPMailer/PHPMailer)" % rng.randrange(9))


@defect("spf-mx-host-not-listed", house="own", version=4, near={"spf-own-host-not-listed"})
def spf_mx_not_listed(w, rng):
    w.set_spf("ip4:" + w.address(), w.spf_all)


@defect("spf-own-host-not-listed", house="own", version=4)
def spf_own_not_listed(w, rng):
    w.drop(w.domain, "MX")
    w.add(w.domain, "MX", "10 in.%s." % w.provider)
    w.add_host("in." + w.provider, w.address())
    w.set_spf("mx", w.spf_all)


@defect("spf-multi-host-partial", house="own", version=4, near={"spf-mx-host-not-listed"})
def spf_two_mx_one_listed(w, rng):
    other = w.address()
    w.add_host("mx2." + w.domain, other)
    w.add(w.domain, "MX", "20 mx2.%s." % w.domain)
    w.set_spf("ip4:" + other, w.spf_all)


@defect("spf-ipv6-not-listed", version=6)
def spf_v4_only(w, rng):
    if w.spf_style not in ("ip",):
        return False
    w.set_spf("ip4:" + w.client4, w.spf_all)


@defect("spf-provider-not-included", house="provider", spf="include")
def spf_include_missing(w, rng):
    w.set_spf("ip4:" + w.address(), w.spf_all)


@defect("spf-wrong-include", house="provider", spf="include")
def spf_include_wrong(w, rng):
    wrong = rng.choice(["relay", "mkt", "eu"]) + "-spf." + w.provider
    w.add_txt(wrong, "v=spf1 ip4:%s -all" % w.address())
    w.set_spf("include:" + wrong, w.spf_all)


@defect("spf-ip-near-listed", house="provider", spf="ip", version=4, near={"spf-provider-not-included"})
def spf_neighbour_listed(w, rng):
    head, last = w.client.rsplit(".", 1)
    near = "%s.%d" % (head, (int(last) + rng.randrange(30, 120)) % 250 + 1)
    w.add_host("out77." + w.provider, near)
    w.drop(w.include)
    w.set_spf("ip4:" + near, w.spf_all)


@defect("spf-ip-typo", **KEEPERS)
def spf_digit_wrong(w, rng):
    place = rng.choice([i for i, c in enumerate(w.client) if c.isdigit()])
    for digit in rng.sample("123456789", 9):
        typo = w.client[:place] + digit + w.client[place + 1:]
        if typo != w.client and all(0 < int(p) < 256 and p == str(int(p)) for p in typo.split(".")):
            _respell(w, "ip4:" + w.client, "ip4:" + typo)
            w.drop(w.include)
            return None
    return False


@defect("spf-placeholder-ip", **KEEPERS)
def spf_placeholder(w, rng):
    _respell(w, "ip4:" + w.client, "ip4:" + rng.choice(["0.0.0.0", "127.0.0.1", "192.168.%d.1" % rng.randrange(250),
                                                       "10.1.%d.4" % rng.randrange(250), "192.0.2.7", "172.16.5.5"]))
    w.drop(w.include)


@defect("spf-cidr-too-narrow", **KEEPERS)
def spf_no_prefix(w, rng):
    _respell(w, "ip4:" + w.client, "ip4:%s.0" % w.client.rsplit(".", 1)[0])
    w.drop(w.include)


@defect("spf-mechanism-stale-name", house="own", spf="a", version=4, near={"spf-own-host-not-listed", "spf-mx-host-not-listed"})
def spf_a_points_elsewhere(w, rng):
    w.helo = w.host
    w.drop(w.host, "A")
    w.add(w.host, "A", w.address())
    w.drop(w.domain, "MX")
    w.add(w.domain, "MX", "10 in.%s." % w.provider)
    w.add_host("in." + w.provider, w.address())


@defect("spf-mx-mechanism-broken", house="own", spf="mx", version=4, near={"dns-mx-is-ip"})
def spf_mx_is_address(w, rng):
    w.drop(w.domain, "MX")
    w.add(w.domain, "MX", "10 %s." % rng.choice([w.client, "gone." + w.domain]))


@defect("spf-mechanism-after-all", **V4)
def spf_all_first(w, rng):
    w.set_spf(w.spf_all, *w.spf_terms)


@defect("spf-redirect-ignored", house="provider")
def spf_redirect_and_all(w, rng):
    w.set_spf("redirect=" + w.include, w.spf_all)


@defect("spf-version-repeated")
def spf_pasted_twice(w, rng):
    w.replace_txt(w.domain, "v=spf1 ip4:%s %s v=spf1 %s %s" % (w.address(), rng.choice(["~all", "-all"]), " ".join(w.spf_terms), w.spf_all))


@defect("spf-separator-swapped", near={"spf-unknown-term"})
def spf_equals_sign(w, rng):
    own = _own(w)
    if ":" not in own:
        return False
    _respell(w, own, own.replace(":", "=", 1))


@defect("spf-explicit-deny")
def spf_minus_own(w, rng):
    own = _own(w)
    _respell(w, own, rng.choice("-~?") + own)


@defect("spf-nothing-listed")
def spf_only_all(w, rng):
    if w.house == "provider" and w.spf_style == "include":
        return False
    w.drop(w.include)
    w.set_spf("-all" if rng.random() < 0.5 else "~all")


@defect("spf-ptr-unmatched", house="provider")
def spf_ptr_only(w, rng):
    w.drop(w.include)
    w.set_spf("ptr", w.spf_all)


@defect("spf-macro-exists-refused", house="provider")
def spf_exists(w, rng):
    w.drop(w.include)
    w.set_spf("exists:%{ir}.allow." + w.domain, w.spf_all)
    w.add("192.0.2.1.allow." + w.domain, "A", "127.0.0.2")


@defect("spf-ip-not-listed", house="own", near={"spf-own-host-not-listed", "spf-mx-host-not-listed"})
def spf_unrelated_source(w, rng):
    w.client = w.address()
    w.helo = "app%d.%s" % (rng.randrange(50), w.name() + "saas.test")
    w.add_host(w.helo, w.client)


@defect("spf-sent-from-access-network", house="own", near={"spf-ip-not-listed"},
        beside={"dmarc-nothing-passed", "helo-not-fqdn"})
def spf_from_home(w, rng):
    w.client, w.unsigned = w.address(), True
    w.helo = rng.choice(["LAPTOP-%d" % rng.randrange(9999), "desktop"])
    pool = "ppp-%s.%sisp.test" % (w.client.replace(".", "-"), w.name())
    w.add_host(pool, w.client)


@defect("spf-likely-forged", near={"spf-ip-not-listed"}, beside={"dmarc-nothing-passed"}, house="own")
def spf_stranger(w, rng):
    w.client, w.unsigned = w.address(), True
    w.helo = "mail.%s.test" % w.name()
    w.add_host(w.helo, w.client)


@defect("spf-parked-domain-forged", beside={"dmarc-nothing-passed"}, house="provider")
def spf_parked(w, rng):
    w.drop(w.domain, "MX")
    w.set_spf("-all")
    w.unsigned = True


@defect("spf-forwarded", house="own", near={"dmarc-forwarded"}, version=4)
def spf_forwarder(w, rng):
    w.signer.sign(w.letter)
    hop = "fwd%d.%salumni.test" % (rng.randrange(9), w.name())
    w.letter.fields[0:0] = [("Delivered-To", " old-address@%s" % hop.split(".", 1)[1]), (
        "Received", " from %s (%s [%s])\r\n\tby %s (Postfix) with ESMTPS id %X\r\n\tfor <old-address@%s>; Tue, 5 May 2026 08:00:00 +0000"
        % (w.host, w.host, w.client, hop, rng.getrandbits(32), hop.split(".", 1)[1]))]
    w.client, w.helo = w.address(), hop
    w.add_host(hop, w.client)


@defect("spf-srs-domain-unlisted", house="own", near={"dmarc-forwarded"})
def spf_srs(w, rng):
    forwarder = w.name() + "fwd.test"
    w.mail_from = "SRS0=a%d=QX=%s=%s@%s" % (rng.randrange(999), w.domain, "info", forwarder)
    w.add_txt(forwarder, "v=spf1 ip4:%s -all" % w.address())
    w.add(forwarder, "MX", "10 in.%s." % forwarder)
    w.add("in." + forwarder, "A", w.address())


@defect("spf-multiple-records")
def spf_two_records(w, rng):
    w.add_txt(w.domain, "v=spf1 ip4:%s ~all" % w.address())


@defect("spf-too-many-lookups")
def spf_eleven(w, rng):
    count = rng.randrange(11, 16)
    for i in range(count):
        w.add_txt("s%d.%s" % (i, w.provider), "v=spf1 ip4:%s -all" % w.address())
    w.set_spf(*["include:s%d.%s" % (i, w.provider) for i in range(count)], *w.spf_terms, w.spf_all)


@defect("spf-too-many-void-lookups")
def spf_voids(w, rng):
    w.set_spf(*["a:old%d.%s" % (i, w.domain) for i in range(rng.randrange(3, 6))], *w.spf_terms, w.spf_all)


@defect("spf-include-no-record")
def spf_include_empty(w, rng):
    w.add("sub." + w.provider, "A", w.address())
    w.set_spf("include:sub." + w.provider, *w.spf_terms, w.spf_all)


@defect("spf-include-nxdomain")
def spf_include_gone(w, rng):
    w.set_spf("include:spf.%s.test" % w.name(), *w.spf_terms, w.spf_all)


@defect("spf-redirect-no-record")
def spf_redirect_empty(w, rng):
    w.set_spf("redirect=" + rng.choice(["spf.%s.test" % w.name(), "www." + w.domain]))


@defect("spf-include-loop")
def spf_loop(w, rng):
    middle = "loop." + w.provider
    w.add_txt(middle, "v=spf1 include:%s -all" % w.domain)
    w.set_spf("include:" + rng.choice([middle, w.domain]), *w.spf_terms, w.spf_all)


@defect("spf-include-permerror")
def spf_include_bad(w, rng):
    w.add_txt("bad." + w.provider, "v=spf1 ip4:300.1.1.1 -all")
    if rng.random() < 0.5:
        w.replace_txt("bad." + w.provider, "v=spf1 -all", "v=spf1 ~all")
    w.set_spf("include:bad." + w.provider, *w.spf_terms, w.spf_all)


@defect("spf-mechanism-misspelled", spf="ip", version=4)
def spf_misspelled(w, rng):
    _respell(w, "ip4:" + w.client, rng.choice(["ipv4:", "ip:", "ip4v:", "lp4:", "ipv4=", "i4:"]) .replace("=", ":") + w.client)


@defect("spf-mechanism-misspelled", spf="include", house="provider")
def spf_include_misspelled(w, rng):
    _respell(w, "include:" + w.include, rng.choice(["inlcude:", "includes:", "inclue:", "includ:", "incude:"]) + w.include)


@defect("spf-mechanism-name-missing", **KEEPERS)
def spf_bare_address(w, rng):
    _respell(w, "ip4:" + w.client, rng.choice([w.client, w.client + "/32", "ip4:%s %s" % (w.client, w.address())]))


@defect("spf-comma-separated")
def spf_commas(w, rng):
    w.replace_txt(w.domain, "v=spf1 " + rng.choice([", ", ",", "; "]).join(w.spf_terms + ["ip4:" + w.address()]) + " " + w.spf_all)


@defect("spf-space-missing")
def spf_glued(w, rng):
    w.replace_txt(w.domain, "v=spf1 " + " ".join(w.spf_terms) + w.spf_all)


@defect("spf-space-missing")
def spf_glued_at_string_seam(w, rng):
    w.drop(w.domain, "TXT")
    w.add(w.domain, "TXT", quoted(("v=spf1 ip4:" + w.address()).encode()) + " " + quoted((" ".join(w.spf_terms) + " " + w.spf_all).encode()))


@defect("spf-space-inside-term")
def spf_inner_space(w, rng):
    own = _own(w)
    if ":" in own and rng.random() < 0.7:
        _respell(w, own, own.replace(":", rng.choice([": ", " :"]), 1))
    else:
        w.set_spf(*w.spf_terms, w.spf_all[0] + " all")


@defect("spf-bad-ip", **KEEPERS)
def spf_impossible_address(w, rng):
    _respell(w, "ip4:" + w.client, "ip4:" + rng.choice([w.client + ".1", w.client.rsplit(".", 1)[0], "300." + w.client.split(".", 1)[1],
                                                       w.client6, w.host, w.client + "."]))


@defect("spf-bad-cidr", **KEEPERS)
def spf_impossible_network(w, rng):
    _respell(w, "ip4:" + w.client, "ip4:" + w.client + rng.choice(["/33", "/255.255.255.0", "-250", "/", "/24/8", "/2a"]))


@defect("spf-non-ascii")
def spf_full_width(w, rng):
    own = _own(w)
    _respell(w, own, rng.choice([own.replace(":", "\uff1a") if ":" in own else own + "\u3000", "\u00a0" + own, own + "\u200b", "\u201c" + own]))


@defect("spf-quotes-inside")
def spf_quotes(w, rng):
    w.replace_txt(w.domain, rng.choice(['v=spf1 "%s" %s', '"v=spf1 %s" "%s"', 'v=spf1 %s" "%s'][::2]) % (" ".join(w.spf_terms), w.spf_all))


@defect("spf-control-chars")
def spf_tab(w, rng):
    w.replace_txt(w.domain, "v=spf1 " + rng.choice(["\t", "\r\n", "\x01"]).join(w.spf_terms + [w.spf_all]))


@defect("spf-truncated")
def spf_cut(w, rng):
    size = rng.choice([127, 255])
    text = "v=spf1 " + " ".join("ip4:%s" % w.address() for _ in range(30))
    w.replace_txt(w.domain, text[:size])
    if text[:size].endswith(" ") or text[size] == " ":
        return False


@defect("spf-modifier-duplicated")
def spf_two_redirects(w, rng):
    w.set_spf(*w.spf_terms, "redirect=" + w.include, "redirect=" + w.include)


@defect("spf-macro-bad")
def spf_macro(w, rng):
    w.set_spf("exists:%s.%s" % (rng.choice(["%{y}", "%{i", "%x", "%"]), w.domain), *w.spf_terms, w.spf_all)


@defect("spf-mx-too-many", house="own")
def spf_eleven_mx(w, rng):
    for i in range(rng.randrange(11, 14)):
        w.add_host("mx%d.%s" % (i, w.provider), w.address())
        w.add("many." + w.domain, "MX", "10 mx%d.%s." % (i, w.provider))
    w.set_spf("mx:many." + w.domain, *w.spf_terms, w.spf_all)


@defect("spf-domain-spec-bad")
def spf_url(w, rng):
    w.set_spf(rng.choice(["include:https://%s/" % w.provider, "include:", "a:%s:25" % w.host, "include:%s," % w.include][:3]), *w.spf_terms, w.spf_all)


@defect("spf-dns-failure", near={"dns-servfail", "dns-timeout", "dmarc-temperror"})
def spf_servfail(w, rng):
    w.faults.append("%s. TXT %s" % (w.domain, rng.choice(["servfail", "timeout"])))


@defect("spf-include-temperror", house="provider", spf="include", near={"dmarc-temperror"})
def spf_include_servfail(w, rng):
    w.faults.append("%s. TXT %s" % (w.include, rng.choice(["servfail", "timeout"])))


@defect("dns-dnssec-bogus", near={"spf-dns-failure"})
def spf_bogus(w, rng):
    w.faults.append("%s. TXT bogus" % w.domain)


@defect("spf-pass-all")
def spf_plus_all(w, rng):
    w.set_spf(*(["+all"] if rng.random() < 0.5 else ["ip4:%s" % w.address(), "all"]))


@defect("spf-too-permissive", house="own", version=4)
def spf_huge(w, rng):
    w.set_spf("ip4:%s.0.0.0/%d" % (w.client.split(".")[0], rng.randrange(3, 8)), "-all")
    bits = int(w.client.split(".")[0])
    size = 5
    w.set_spf("ip4:%d.0.0.0/%d" % (bits >> (8 - size) << (8 - size), size), "-all")


@defect("spf-record-near-limit")
def spf_nine_lookups(w, rng):
    for i in range(9):
        w.add_txt("s%d.%s" % (i, w.provider), "v=spf1 ip4:%s -all" % w.address())
    w.set_spf(*["include:s%d.%s" % (i, w.provider) for i in range(9)], *w.spf_terms, w.spf_all)


# -- the DNS around, iprev, HELO, MX ----------------------------------------------------------
@defect("dns-mx-is-ip", spf="ip")
def mx_is_address(w, rng):
    w.drop(w.domain, "MX")
    w.add(w.domain, "MX", "10 %s." % w.client4)


@defect("dns-mx-cname", spf="ip")
def mx_is_cname(w, rng):
    w.drop(w.domain, "MX")
    w.add(w.domain, "MX", "10 post.%s." % w.domain)
    w.add("post." + w.domain, "CNAME", w.mx_host + ".")


@defect("dns-mx-unresolvable", spf="ip")
def mx_gone(w, rng):
    w.drop(w.domain, "MX")
    w.add(w.domain, "MX", "10 old-mx.%s." % rng.choice([w.domain, w.name() + ".test"]))


@defect("dns-mx-private", spf="ip")
def mx_private(w, rng):
    w.drop(w.domain, "MX")
    w.add(w.domain, "MX", "10 exchange.%s." % w.domain)
    w.add("exchange." + w.domain, "A", rng.choice(["192.168.1.10", "10.0.0.5", "127.0.0.1"]))


@defect("dns-mx-null", spf="ip")
def mx_null(w, rng):
    w.drop(w.domain, "MX")
    w.add(w.domain, "MX", "0 .")


@defect("dns-no-mx-no-a", spf="ip")
def no_mx_no_a(w, rng):
    w.drop(w.domain, "MX")
    w.drop(w.domain, "A")


@defect("iprev-no-ptr", version=4)
def ptr_missing(w, rng):
    from world import reverse
    w.drop(reverse(w.client))


@defect("iprev-ipv6-no-ptr", version=6)
def ptr6_missing(w, rng):
    from world import reverse
    w.drop(reverse(w.client))


@defect("iprev-ptr-dangling")
def ptr_dangling(w, rng):
    from world import reverse
    w.drop(reverse(w.client))
    w.add(reverse(w.client), "PTR", "gone%d.%s." % (rng.randrange(99), w.provider))


@defect("iprev-mismatch")
def ptr_elsewhere(w, rng):
    from world import reverse
    w.drop(reverse(w.client))
    w.add(reverse(w.client), "PTR", "other.%s." % w.provider)
    w.add_host("other." + w.provider, w.address(), ptr=False)


@defect("iprev-ptr-malformed", near={"iprev-ptr-dangling"})
def ptr_nonsense(w, rng):
    from world import reverse
    w.drop(reverse(w.client))
    w.add(reverse(w.client), "PTR", rng.choice(["localhost.", "server.", "%s." % w.client4]))


@defect("iprev-dns-failure")
def ptr_servfail(w, rng):
    from world import reverse
    w.faults.append("%s. PTR %s" % (reverse(w.client), rng.choice(["servfail", "timeout"])))


@defect("helo-not-fqdn")
def helo_bare(w, rng):
    w.helo = rng.choice(["localhost", "mailserver", "[%s]" % w.client4, w.client4])


@defect("helo-unresolvable")
def helo_gone(w, rng):
    w.helo = "srv%d.%s" % (rng.randrange(99), rng.choice([w.domain, w.name() + ".test"]))


@defect("helo-mismatch")
def helo_elsewhere(w, rng):
    w.helo = "gw.%s" % w.provider
    w.add_host(w.helo, w.address())


@defect("helo-forged-own-name")
def helo_is_ours(w, rng):
    w.helo = "mx.inbox.test"
