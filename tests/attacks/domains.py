"""SPF, DMARC and the records of domains (families 18, 19 and 72 to 82)."""
from battlefield import (ATTACKER_IP, HONEST_MAIL, attack, check, fire, passes, publish, refused, signed, spf_is)

INJECTION = "dmarc=pass header.from=victim.example"
SPOOF = [("From", " boss@victim.example")]


def judged(domain, *words):
    """SPF of a message from that domain and the attacker's address is one of the words."""
    shot = fire(sender=f"<a@{domain}>", headers=SPOOF)
    check(shot.words("spf")[0] in words, f"{domain}: {shot.header}")
    check(int(shot.record["dns_questions"]) <= 60, shot.line)
    return refused(shot)


def spf(domain, *texts):
    publish(domain, "TXT", *texts)
    return domain


DMARC_INJECTIONS = (f"v=DMARC1; p=none) header.from=victim.example ; {INJECTION} (", f"v=DMARC1; p=reject; x=\r\n{INJECTION}",
                    f'v=DMARC1; p="none; {INJECTION}"', "v=DMARC1; p=\x1b[2Jnone", "v=DMARC1; p=none\r\n; rua=mailto:x@y\r\nX: y",
                    "v=DMARC1; p=%s%n; sp=%n", "v=DMARC1; p=none; rua=mailto:\u202ex@y")
for number, text in enumerate(DMARC_INJECTIONS):
    publish(f"_dmarc.inject{number}.example", "TXT", text)


@attack("DMARC records that speak Authentication-Results", 18)
def record_results():
    for number in range(len(DMARC_INJECTIONS)):
        shot = refused(fire(headers=[("From", f" a@inject{number}.example")]))
        check("victim" not in shot.header and shot.header.count("dmarc=") <= 1, shot.header)


for number, text in enumerate((f"no\r\nAuthentication-Results: mx.rx.example; {INJECTION}", "\x1b[2J\x07", "x" * 60000, "%{s}%{l}%{h}" * 200,
                               "%{", "\udcff\udcfe", "\u202e", "%{p}%{r}%{t}%{c}", "%s%n")):
    spf(f"exp{number}.attacker.test", f"v=spf1 -all exp=why{number}.attacker.test")
    publish(f"why{number}.attacker.test", "TXT", text)


@attack("Explanations with line ends, escapes, macros without end", 19)
def explanations():
    for number in range(9):
        shot = judged(f"exp{number}.attacker.test", "fail")
        check("Authentication-Results" not in shot.header, shot.header)


spf("wide.attacker.test", "v=spf1 ip4:0.0.0.0/1 ip4:128.0.0.0/1 -all")
spf("all.attacker.test", "v=spf1 +all")


@attack("Shared hosts and half the world: a pass, said to be a permissive one", 72)
def permissive():
    shot = judged("wide.attacker.test", "pass")
    check("spf" in str(shot.record.get("causes")), shot.line)


publish("_dmarc.open.example", "TXT", "v=DMARC1; p=none")
spf("open.example", "v=spf1 +all")


@attack("+all passes for its own domain and for nobody else's", 78)
def plus_all():
    shot = judged("all.attacker.test", "pass")
    check("spf" in str(shot.record.get("causes")), shot.line)
    spf_is(passes(fire(sender="<a@open.example>", headers=[("From", " a@open.example")], honest=True)), "pass")


spf("eleven.attacker.test", "v=spf1 " + " ".join(f"a:n{number}.attacker.test" for number in range(11)) + " +all")
spf("ten.attacker.test", "v=spf1 " + " ".join(f"a:n{number}.attacker.test" for number in range(10)) + " +all")
for number in range(12):
    publish(f"n{number}.attacker.test", "A", "198.51.100.9")
spf("loop.attacker.test", "v=spf1 include:loop.attacker.test +all")
spf("ping.attacker.test", "v=spf1 include:pong.attacker.test +all")
spf("pong.attacker.test", "v=spf1 redirect=ping.attacker.test")
spf("redirect.attacker.test", "v=spf1 redirect=redirect.attacker.test")
for level in range(8):  # a tree as wide as the limit and eight deep
    spf(f"tree{level}.attacker.test", "v=spf1 " + " ".join([f"include:tree{level + 1}.attacker.test"] * 10) + " -all")
spf("tree8.attacker.test", "v=spf1 -all")
spf("macrotree.attacker.test", "v=spf1 include:%{l}.macrotree.attacker.test exists:%{i}.x.attacker.test include:%{d} +all")


@attack("Eleven terms, loops, trees of includes", 73)
def too_many_terms():
    for domain in ("eleven", "loop", "ping", "redirect", "tree0", "macrotree"):
        shot = judged(domain + ".attacker.test", "permerror")
        check(shot.seconds < 2, f"{domain}: {shot.seconds:.1f} s")
    judged("ten.attacker.test", "pass")


for number in range(40):
    publish(f"host{number}.attacker.test", "A", f"198.51.100.{number}")
publish("mx25.attacker.test", "MX", *[f"{number} host{number}.attacker.test" for number in range(25)])
publish("mx10.attacker.test", "MX", *[f"{number} host{number}.attacker.test" for number in range(9)], "99 mail.attacker.test")
spf("mx25.attacker.test", "v=spf1 mx +all")
spf("mx10.attacker.test", "v=spf1 mx -all")
spf("mxmx.attacker.test", "v=spf1 " + " ".join(["mx:mx10x.attacker.test"] * 10) + " -all")
publish("mx10x.attacker.test", "MX", *[f"{number} host{number}.attacker.test" for number in range(10)])
publish("66.2.0.192.in-addr.arpa", "PTR", *[f"host{number}.attacker.test" for number in range(30)], "mail.attacker.test")
spf("ptr.attacker.test", "v=spf1 ptr -all")


@attack("25 MX hosts, ten times ten, 60 names behind the address", 74)
def too_many_hosts():
    judged("mx25.attacker.test", "permerror")
    judged("mx10.attacker.test", "pass")
    judged("mxmx.attacker.test", "fail", "permerror", "temperror")
    judged("ptr.attacker.test", "fail", "pass", "permerror")


for mail_host in range(100):
    publish(f"h{mail_host}.many.test", "A", f"198.51.100.{mail_host}")
for list_number in range(10):
    publish(f"mx{list_number}.many.test", "MX", *[f"{number} h{list_number * 10 + number}.many.test" for number in range(10)])
spf("starve.attacker.test", "v=spf1 " + " ".join(f"mx:mx{number}.many.test" for number in range(10)) + " -all")


@attack("An SPF record that asks for all questions of a message: the policy of the author is found all the same", 74)
def starvation():
    for headers in (signed(SPOOF), SPOOF):
        shot = refused(fire(sender="<a@starve.attacker.test>", headers=headers))
        check(shot.words("spf")[0] in ("permerror", "temperror") and shot.words("dmarc") == ["fail"], shot.header)
        check(int(shot.record["dns_questions"]) <= 60 + 8, shot.line)  # and the diagnosis


spf("void3.attacker.test", "v=spf1 a:v1.attacker.test a:v2.attacker.test a:v3.attacker.test +all")
spf("void2.attacker.test", "v=spf1 a:v1.attacker.test a:v2.attacker.test +all")
spf("voidmx.attacker.test", "v=spf1 mx:v1.attacker.test exists:v2.attacker.test mx:v3.attacker.test +all")


@attack("Three void lookups end the check, two do not", 75)
def voids():
    judged("void3.attacker.test", "permerror")
    judged("voidmx.attacker.test", "permerror")
    judged("void2.attacker.test", "pass")


BAD_SPF = ("v=spf1 a:\x01 +all", "v=spf1 ip4:1.2.3 +all", "v=spf1 ip4:1.2.3.4/33 +all", "v=spf1 ip6:::/129 +all", "v=spf1 foo:bar +all",
           "v=spf1 +all\udcff", "v=spf1\t+all\x07", "v=spf1 include: +all", "v=spf1 redirect=x redirect=y +all", "v=spf1 a:%{x} +all",
           "v=spf1 a:%{d0} +all", "v=spf1 exp=a exp=b +all", "v=spf1 a:%( +all", "v=spf1 a//129 +all", "v=spf1 -all:x", "v=spf1 ?all=",
           "v=spf1 \u00e9 +all", "v=spf1 include:" + "a" * 300 + " +all", "v=spf1 =x +all", "v=spf1 a/999999999999999999999 +all")
for number, text in enumerate(BAD_SPF):
    spf(f"bad{number}.attacker.test", text)
spf("two.attacker.test", "v=spf1 +all", "v=spf1 -all")
spf("near.attacker.test", "v=spf10 +all", "v=spf1x +all", "spf1 +all", " v=spf1 +all", "V=SPF2 +all")
spf("nul.attacker.test", "v=spf1 a:x\0y +all")
spf("noise.attacker.test", *[f"noise {number}" for number in range(200)], f"v=spf1 ip4:{ATTACKER_IP} -all")
spf("huge.attacker.test", "v=spf1 " + "ip4:198.51.100.1 " * 3500 + "+all")


@attack("Two records, controls, unknown words, bad numbers", 76)
def bad_records():
    for number in range(len(BAD_SPF)):
        judged(f"bad{number}.attacker.test", "none" if "\t" in BAD_SPF[number] else "permerror")
    judged("two.attacker.test", "permerror")
    judged("near.attacker.test", "none")
    judged("nul.attacker.test", "permerror", "none")
    judged("huge.attacker.test", "permerror", "pass")
    judged("noise.attacker.test", "pass")


MACROS = ("%{L}", "%{l99r+-/_=}", "%{d2147483648}", "%{d99999999999999999999}", "%{s}" * 400, "%{l1r}" * 60, "%{h}" * 100, "%{i}" * 400,
          "%{p}", "%{p}.%{p}.%{p}", "%{v}%{t}%{c}", "%%%_%-" * 300, "%{S128R.}" * 50, "%{ir}.%{v}._spf.%{d2}", "%{o}%{H}%{D1r/}")
for number, text in enumerate(MACROS):
    spf(f"macro{number}.attacker.test", f"v=spf1 exists:{text}.attacker.test -all")


@attack("Macros with 8-bit senders, digits without end, 400 of them, names of 60 kB", 77)
def macro_bombs():
    for number in range(len(MACROS)):
        for local in ("a", "a" * 1000, "\udcff\udcfe%{s}", "a.b-c+d=e/f_g" * 40, "%{l}"):
            shot = refused(fire(sender=f"<{local}@macro{number}.attacker.test>", headers=SPOOF))
            check(shot.seconds < 2, f"{shot.seconds:.1f} s")


BAD_DMARC = ("v=DMARC1", "v=DMARC1;", "v=DMARC1; p=", "v=DMARC1; sp=none", "v=DMARC1; p=nonsense", "p=none; v=DMARC1", "v=DMARC1 p=none", "v=dmarc1; p=none",
             "v=DMARC1, p=none", "v=DMARC1; p=none; p=reject", "v=DMARC1; =;=;=", "v=DMARC1; p", ";;;;;;", "v=DMARC1\\; p=none", "v=DMARC1;;p=none",
             "v=DMARC1; p=none; pct=" + "9" * 400, "v=DMARC1; p=none; ri=-1; fo=" + "1:" * 500, "v=DMARC1; p=none; rua=" + "mailto:a@b," * 400,
             "v=DMARC1; p=reject; x=" + "y" * 60000, "v=DMARC1; p=no\x00ne", "v=DMARC1; p=none; rf=" + "afrf:" * 100, "v=DMARC1; \udcff=none")
for number, text in enumerate(BAD_DMARC):
    publish(f"_dmarc.badm{number}.example", "TXT", text)
publish("_dmarc.twom.example", "TXT", "v=DMARC1; p=none", "v=DMARC1; p=reject")
publish("_dmarc.noisym.example", "TXT", *[f"noise {number}" for number in range(1000)], "v=DMARC1; p=reject")


@attack("DMARC records that are none, or not only one", 79)
def bad_policies():
    for number in range(len(BAD_DMARC)):
        refused(fire(headers=[("From", f" a@badm{number}.example")]))
    refused(fire(headers=[("From", " a@twom.example")]))
    shot = refused(fire(headers=[("From", " a@noisym.example")]))
    check(shot.record.get("dmarc") in ("fail", "temperror"), shot.line)


publish("_dmarc.org.example", "TXT", "v=DMARC1; p=reject; sp=none; np=reject")
publish("www.org.example", "A", "198.51.100.1")
publish("_dmarc.inherit.example", "TXT", "v=DMARC1; p=quarantine")
publish("x.inherit.example", "A", "198.51.100.1")
publish("_dmarc.strict.example", "TXT", "v=DMARC1; p=reject; adkim=s; aspf=s")
publish("_dmarc.testing.example", "TXT", "v=DMARC1; p=reject; t=y")


@attack("Subdomains: np for those that are not there, sp or p for the others, t=y one step milder", 80)
def subdomains():
    for author, asked in (("nothing.org.example", "reject"), ("www.org.example", "none"), ("org.example", "reject"), ("x.inherit.example", "quarantine"),
                          ("no.inherit.example", "quarantine"), ("a.b.c.d.e.f.g.h.i.org.example", "reject"), ("testing.example", "quarantine")):
        shot = refused(fire(headers=signed([("From", f" a@{author}")])))
        check(shot.record.get("dmarc") == "fail" and shot.record.get("dmarc_policy") == asked, f"{author}: {shot.line}")


for name in ("a.co.jp", "b.co.jp", "me.github.io", "you.github.io", "evilvictim.example", "victim.example.attacker.test", "mail.strict.example"):
    publish(name, "TXT", f"v=spf1 ip4:{ATTACKER_IP} -all")
for name in ("a.co.jp", "me.github.io"):
    publish("_dmarc." + name, "TXT", "v=DMARC1; p=reject")


@attack("Organisations are not suffixes, and names are compared label by label", 81)
def organisations():
    for author, sender in (("a.co.jp", "b.co.jp"), ("me.github.io", "you.github.io"), ("victim.example", "evilvictim.example"),
                           ("victim.example", "victim.example.attacker.test"), ("strict.example", "mail.strict.example")):
        shot = refused(fire(headers=[("From", f" x@{author}")], sender=f"<x@{sender}>"))
        check(shot.words("spf") == ["pass"] and shot.record["align_spf"] in ("no", "relaxed"), shot.line)


publish("_dmarc.shop.unlisted-tld", "TXT", "v=DMARC1; p=reject")
spf("shop.unlisted-tld", "v=spf1 ip4:192.0.2.25 -all")
spf("other.unlisted-tld", f"v=spf1 ip4:{ATTACKER_IP} -all")


@attack("A top-level domain nobody listed is a public suffix", 82)
def unlisted():
    refused(fire(headers=[("From", " x@shop.unlisted-tld")], sender="<x@other.unlisted-tld>"))
    refused(fire(headers=[("From", " x@mail.shop.unlisted-tld")], sender="<x@other.unlisted-tld>"))
    passes(fire(headers=[("From", " x@mail.shop.unlisted-tld")], honest=True, **{**HONEST_MAIL, "sender": "<x@shop.unlisted-tld>"}))
