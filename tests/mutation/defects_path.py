"""What happens on the way and here: ARC, our own relays and filters, name servers that disagree."""
import time

from defects import defect
from sealer import Sealer
from world import txt

OURS = "inbox.test"


# -- ARC ---------------------------------------------------------------------------------------
def _forward(w, rng, hosts=1):
    """Each host on the way seals; the last one is the client and has an envelope of its own."""
    sealers = []
    for _ in range(hosts):
        domain = "%s-%d-alumni.test" % (w.name(), len(sealers))
        sealers.append(Sealer(w.keys.pick("rsa2048", rng), domain))
        w.publish_key("arc._domainkey." + domain, sealers[-1].key)
    w.client = w.address()
    w.helo = "out." + domain
    w.add_host(w.helo, w.client)
    w.add(domain, "MX", "10 %s." % w.helo)
    w.add_txt(domain, "v=spf1 ip4:%s -all" % w.client)
    w.mail_from = "forward+%d@%s" % (rng.randrange(999), domain)
    return sealers


def _results(w, sealer):
    return "%s; spf=pass smtp.mailfrom=%s; dkim=pass header.d=%s; dmarc=pass header.from=%s" % (
        sealer.domain, w.domain, w.domain, w.domain)


def _seal(w, sealers, **how):
    for sealer in sealers:
        sealer.seal(w.letter, _results(w, sealer), w.now - 20, **how)


@defect("arc-seal-invalid", after=True)
def arc_sealed_with_another_key(w, rng):
    sealers = _forward(w, rng, rng.choice([1, 2]))
    bad = rng.choice(sealers)
    bad.seal_key = w.keys.pick("rsa2048", rng, bad.key)
    _seal(w, sealers)


@defect("arc-seal-invalid", after=True)
def arc_results_rewritten(w, rng):
    _seal(w, _forward(w, rng, 2))
    at = rng.choice([i for i, f in enumerate(w.letter.fields) if f[0] == "ARC-Authentication-Results"])
    w.letter.fields[at] = (w.letter.fields[at][0], w.letter.fields[at][1].replace("spf=pass", "spf=softfail"))


@defect("arc-set-incomplete", after=True)
def arc_field_lost(w, rng):
    _seal(w, _forward(w, rng, 1))
    w.letter.remove(rng.choice(["ARC-Seal", "ARC-Message-Signature", "ARC-Authentication-Results"]))


@defect("arc-structure-broken", after=True)
def arc_instance_skipped(w, rng):
    first, last = _forward(w, rng, 2)
    _seal(w, [first])
    last.seal(w.letter, _results(w, last), w.now - 10, instance=rng.choice([1, 3, 4]))


@defect("arc-cv-inconsistent", after=True)
def arc_validation_wrong(w, rng):
    first, last = _forward(w, rng, 2)
    wrong = rng.choice([("pass", "pass"), ("none", "none")])
    first.seal(w.letter, _results(w, first), w.now - 20, validation=wrong[0])
    last.seal(w.letter, _results(w, last), w.now - 10, validation=wrong[1])


@defect("arc-cv-fail-upstream", after=True)
def arc_broken_before(w, rng):
    sealers = _forward(w, rng, rng.choice([2, 3]))
    _seal(w, sealers[:1])
    _seal(w, sealers[1:], validation="fail")


@defect("arc-key-missing", after=True)
def arc_key_withdrawn(w, rng):
    sealers = _forward(w, rng, rng.choice([1, 2]))
    w.drop("arc._domainkey." + rng.choice(sealers).domain)
    _seal(w, sealers)


@defect("dkim-body-altered-footer", after=True, beside={"arc-altered-after-last-seal"}, shape="plain", lists=False)
def arc_footer_behind_the_seal(w, rng):
    if w.letter.parts[0].cte == "base64":
        return False
    _seal(w, _forward(w, rng, 1))
    w.letter.raw_body += b"-- \r\nforwarded without a promise\r\n"


# -- here --------------------------------------------------------------------------------------
def _date(w, back):
    return time.strftime("%a, %d %b %Y %H:%M:%S +0000", time.gmtime(w.now - back))


def _relay(w, rng):
    """The message comes through a relay of ours on a private address."""
    gateway, outside = "gw%d.%s" % (rng.randrange(9), OURS), w.client
    shape = rng.choice(["from %s (%s [%s])\r\n\tby %s with ESMTPS id 1; %s", "from %s (%s %s)\r\n\tby %s; %s"])
    w.letter.fields.insert(0, ("Received", " " + shape % (w.helo, w.host, outside, gateway, _date(w, 9))))
    w.client = rng.choice(["10.%d.0.9" % rng.randrange(255), "192.168.%d.2" % rng.randrange(255), "fd00::25"])
    w.helo = gateway
    return gateway


@defect("rx-behind-own-relay", after=True)
def rx_relay(w, rng):
    _relay(w, rng)


@defect("rx-altered-by-own-gateway", after=True, beside={
    "dkim-header-altered-subject-prefix", "dkim-body-altered-banner", "dkim-body-altered-inserted",
    "dkim-body-altered-mime-wrapped", "dmarc-nothing-passed"})
def rx_gateway_banner(w, rng):
    gateway = _relay(w, rng)
    w.letter.fields.insert(0, ("Authentication-Results", " %s; dkim=pass header.d=%s" % (gateway, w.domain)))
    if rng.random() < 0.5:
        w.letter.raw_body = b"[This came from outside]\r\n\r\n" + w.letter.raw_body
    else:
        w.letter.set("Subject", " [EXT]" + w.letter.get("Subject"))


@defect("rx-milter-order", after=True, beside={"dkim-header-altered-subject-prefix", "dmarc-nothing-passed"})
def rx_filter_before_us(w, rng):
    w.letter.set("Subject", " *** SPAM ***" + w.letter.get("Subject"))
    w.letter.fields.insert(0, rng.choice([("X-Virus-Scanned", " by scanner at mx." + OURS),
                                          ("X-Spam-Checker-Version", " 4.0 on mx." + OURS)]))


@defect("rx-resolver-failure")
def rx_resolver_dead(w, rng):
    w.faults = ["* * " + rng.choice(["servfail", "timeout"])]


@defect("rx-forged-ar-removed", after=True)
def rx_forged_results(w, rng):
    for _ in range(rng.choice([1, 3])):
        w.letter.fields.insert(0, ("Authentication-Results", " mx.%s; spf=pass; dkim=pass; dmarc=pass" % OURS))


@defect("rx-message-too-large")
def rx_too_large(w, rng):
    w.options.append("max-body %d" % rng.choice([1, 10]))


# -- name servers ------------------------------------------------------------------------------
def _servers(w):
    return [r[2] for r in w.zone if r[0] == w.domain + "." and r[1] == "NS"]


def _stale(w, rng):
    """A TXT that our cache has in an old form, or not at all; returns what the servers say now."""
    if rng.random() < 0.5:
        now, name = w.spf, w.domain
        w.replace_txt(name, *rng.choice([[], ["v=spf1 ip4:%s -all" % w.address()]]))
    else:
        now, name = w.key_record, w.key_name
        w.set_key_record(*rng.choice([[], [w.record_of(w.keys.pick(w.key_kind, rng, w.key))]]))
    old = any(r[0] == name + "." and r[1] == "TXT" for r in w.zone)
    return "%s. TXT %s" % (name, txt(now)), "dns-cached-old-answer" if old else "dns-negative-cached"


@defect("dns-cached-old-answer", key="rsa2048")
def dns_corrected_already(w, rng):
    line, code = _stale(w, rng)
    w.authority.append(line)
    return code


@defect("dns-ns-inconsistent", key="rsa2048")
def dns_servers_disagree(w, rng):
    line, _ = _stale(w, rng)
    w.authority.append("[%s] %s" % (rng.choice(_servers(w)), line))


@defect("dns-edited-at-wrong-provider", key="rsa2048", house="own", near=("dns-mx-old-host",))
def dns_entered_at_the_former_provider(w, rng):
    former = w.name() + "server.test"
    host, address = "v%d.%s" % (rng.randrange(99), former), w.address()
    w.add_host(host, address)
    w.add(former, "NS", "ns1.%s." % former)
    w.drop(w.domain, "MX")
    w.add(w.domain, "MX", "10 %s." % host)
    w.replace_txt(w.domain)
    w.authority.append("[ns1.%s.] %s. TXT %s" % (former, w.domain, txt("v=spf1 %s -all" % w.network())))


@defect("dns-delegation-mismatch")
def dns_delegation_left_behind(w, rng):
    for server in rng.choice([["ns1.gone.test."], _servers(w)[:1], ["ns1.gone.test.", _servers(w)[0]]]):
        w.authority.append("[parent] %s. NS %s" % (w.domain, server))
