/* report/authres: the header fields we add, byte for byte as Gmail writes them. The first 37 rows are
 * the cases C01 to C37 of the format's description; each is a form seen in real mail unless it says
 * "ours". */
#include "base/arena.h"
#include "diagnose/findings.h"
#include "message/envelope.h"
#include "report/authres.h"
#include "report/authres_arc.h"
#include "report/authres_dkim.h"
#include "report/authres_spf.h"
#include "report/sanitise.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof(array)[0])
#define AR "mx.example.jp;\n       "
#define NEXT ";\n       "
#define BY "(mx.example.jp: "

enum { SIGNATURES = 2 };

struct signature {
	const char *domain, *identity, *selector, *b;
	enum result result;
	enum signature_fault fault;
	enum key_fault key_fault;
	bool test_mode;
};

struct dmarc {
	enum result result;
	enum dmarc_policy p, sp;
	const char *record_domain, *author_domain;
};

struct row {
	const char *name;
	const char *from, *helo, *client; /* no from: the null sender */
	bool smtputf8;
	enum result spf;
	enum spf_fault fault;
	const char *fault_text; /* the term */
	const char *target;     /* expanded, of that term */
	struct signature signatures[SIGNATURES];
	struct dmarc dmarc;
	enum action disposition;
	enum header_from header_from;
	const char *field;
};

#define NONE DMARC_POLICY_NONE
#define QUARANTINE DMARC_POLICY_QUARANTINE
#define REJECT DMARC_POLICY_REJECT
#define SIGNED(domain, selector, b)                                                                          \
	{                                                                                                    \
		domain, "", selector, b, RESULT_PASS, SIGFAULT_NONE, KEYFAULT_NONE, false                    \
	}
#define BROKEN(domain, selector, b, result, fault)                                                           \
	{                                                                                                    \
		domain, "", selector, b, result, fault, KEYFAULT_NONE, false                                 \
	}
#define SPF_PASS(address, client)                                                                            \
	"spf=pass " BY "domain of " address " designates " client " as permitted sender) "
#define SPF_AT(address, client) SPF_PASS(address, client) "smtp.mailfrom=" address

static const struct row rows[] = {
	{"C01 everything passes", "taro@example.com", "", "192.0.2.10", .spf = RESULT_PASS,
		.signatures = {SIGNED("example.com", "sel1", "AbCd1234EfGh")},
		.dmarc = {RESULT_PASS, REJECT, REJECT, "example.com", "example.com"},
		.field = AR "dkim=pass header.i=@example.com header.s=sel1 header.b=AbCd1234" NEXT SPF_AT(
			"taro@example.com", "192.0.2.10") NEXT
		"dmarc=pass (p=REJECT sp=REJECT dis=NONE) header.from=example.com"},
	{"C02 b with a slash is quoted, with a plus not", "u@a.example", "", "2001:db8::25",
		.spf = RESULT_PASS,
		.signatures = {SIGNED("a.example", "s1", "Q//IkjTExyz="),
			SIGNED("b.example", "s2", "bUKN+4Kzxyz")},
		.field = AR "dkim=pass header.i=@a.example header.s=s1 header.b=\"Q//IkjTE\"" NEXT
			    "dkim=pass header.i=@b.example header.s=s2 header.b=bUKN+4Kz" NEXT SPF_AT(
				    "u@a.example", "2001:db8::25")},
	{"C03 only spf", "mailer@example.net", "", "198.51.100.7", .spf = RESULT_PASS,
		.field = AR SPF_AT("mailer@example.net", "198.51.100.7")},
	{"C04 spf neutral", "info@dm.example", "", "192.0.2.10", .spf = RESULT_NEUTRAL,
		.field = AR "spf=neutral " BY "192.0.2.10 is neither permitted nor denied by domain of "
			    "info@dm.example) smtp.mailfrom=info@dm.example"},
	{"C05 spf softfail", "info@dm.example", "", "192.0.2.10", .spf = RESULT_SOFTFAIL,
		.dmarc = {RESULT_FAIL, NONE, NONE, "dm.example", "dm.example"},
		.field = AR "spf=softfail " BY "domain of transitioning info@dm.example does not designate "
			    "192.0.2.10 as permitted sender) smtp.mailfrom=info@dm.example" NEXT
			    "dmarc=fail (p=NONE sp=NONE dis=NONE) header.from=dm.example"},
	{"C06 spf fail", "info@dm.example", "", "192.0.2.10", .spf = RESULT_FAIL,
		.field = AR "spf=fail " BY "domain of info@dm.example does not designate 192.0.2.10 as "
			    "permitted sender) smtp.mailfrom=info@dm.example"},
	{"C07 spf none", "hanako@example.org", "", "192.0.2.10", .spf = RESULT_NONE,
		.fault = SPFAULT_NO_RECORD,
		.field = AR "spf=none " BY "hanako@example.org does not designate permitted sender hosts) "
			    "smtp.mailfrom=hanako@example.org"},
	{"C08 spf temperror", "jan@example.org", "", "192.0.2.10", .spf = RESULT_TEMPERROR,
		.fault = SPFAULT_DNS,
		.field = AR "spf=temperror " BY "error in processing during lookup of jan@example.org: DNS "
			    "error) smtp.mailfrom=jan@example.org"},
	{"C09 include without record", "jan@example.org", "", "192.0.2.10", .spf = RESULT_PERMERROR,
		.fault = SPFAULT_INCLUDE_NO_RECORD, .fault_text = "include:spf.gone.example",
		.target = "spf.gone.example",
		.field = AR "spf=permerror " BY "permanent error in processing during lookup of "
			    "jan@example.org: spf.gone.example not found) smtp.mailfrom=jan@example.org"},
	{"C10 ours: too many lookups", "jan@example.org", "", "192.0.2.10", .spf = RESULT_PERMERROR,
		.fault = SPFAULT_TOO_MANY_LOOKUPS, .fault_text = "include:x.example",
		.field = AR "spf=permerror " BY "permanent error in processing during lookup of "
			    "jan@example.org: too many DNS lookups) smtp.mailfrom=jan@example.org"},
	{"C11 SRS", "SRS0=EH6w=D7=fygo.example=Yu@kernel.example", "", "2001:db8::25", .spf = RESULT_PASS,
		.dmarc = {RESULT_FAIL, QUARANTINE, QUARANTINE, "fygo.example", "fygo.example"},
		.disposition = ACTION_QUARANTINE,
		.field = AR SPF_PASS("srs0=eh6w=d7=fygo.example=yu@kernel.example",
			"2001:db8::25") "smtp.mailfrom=\"SRS0=EH6w=D7=fygo.example=Yu@kernel.example\"" NEXT
					"dmarc=fail (p=QUARANTINE sp=QUARANTINE dis=QUARANTINE) "
					"header.from=fygo.example"},
	{"C12 upper case", "Markus.Elfring@Web.example", "", "192.0.2.10", .spf = RESULT_PASS,
		.field = AR SPF_PASS("markus.elfring@web.example",
			"192.0.2.10") "smtp.mailfrom=Markus.Elfring@Web.example"},
	{"C13 plus, underscore, dash, dot", "bounce+a_b-c.d@example.com", "", "192.0.2.10",
		.spf = RESULT_PASS, .field = AR SPF_AT("bounce+a_b-c.d@example.com", "192.0.2.10")},
	{"C14 null sender", NULL, "Mail-Sor-F69.Example.COM", "192.0.2.10", .spf = RESULT_NONE,
		.field = AR "spf=none " BY "postmaster@mail-sor-f69.example.com does not designate permitted "
			    "sender hosts) smtp.helo=Mail-Sor-F69.Example.COM"},
	{"C15 null sender passes", NULL, "mail02.example.com", "203.0.113.8", .spf = RESULT_PASS,
		.field = AR SPF_PASS(
			"postmaster@mail02.example.com", "203.0.113.8") "smtp.helo=mail02.example.com"},
	{"C16 no local part of i=", "m@web.example", "", "192.0.2.10", .spf = RESULT_PASS,
		.signatures = {{"other.example", "web.example", "s29768273", "dw6mKfdjEOw1", RESULT_PASS,
			SIGFAULT_NONE, KEYFAULT_NONE, false}},
		.field =
			AR "dkim=pass header.i=@web.example header.s=s29768273 header.b=dw6mKfdj" NEXT SPF_AT(
				"m@web.example", "192.0.2.10")},
	{"C17 body hash", "u@example.com", "", "192.0.2.10", .spf = RESULT_PASS,
		.signatures = {BROKEN("example.com", "sel1", "KrmaoKDUxx", RESULT_FAIL, SIGFAULT_BODY_HASH)},
		.field = AR "dkim=neutral (body hash did not verify) header.i=@example.com header.s=sel1 "
			    "header.b=KrmaoKDU" NEXT SPF_AT("u@example.com", "192.0.2.10")},
	{"C18 bad signature", "u@example.com", "", "192.0.2.10", .spf = RESULT_PASS,
		.signatures = {BROKEN(
			"example.com", "default", "bdYzz5VQxx", RESULT_FAIL, SIGFAULT_SIGNATURE)},
		.dmarc = {RESULT_PASS, QUARANTINE, NONE, "example.com", "example.com"},
		.disposition = ACTION_QUARANTINE,
		.field = AR "dkim=fail header.i=@example.com header.s=default header.b=bdYzz5VQ" NEXT SPF_AT(
			"u@example.com", "192.0.2.10") NEXT
		"dmarc=pass (p=QUARANTINE sp=NONE dis=NONE) header.from=example.com"},
	{"C19 no key", "u@example.com", "", "192.0.2.10", .spf = RESULT_PASS,
		.signatures = {BROKEN(
			"example.com", "xneelo", "x8fUCB7zxx", RESULT_PERMERROR, SIGFAULT_KEY_ABSENT)},
		.field = AR "dkim=permerror (no key for signature) header.i=@example.com header.s=xneelo "
			    "header.b=x8fUCB7z" NEXT SPF_AT("u@example.com", "192.0.2.10")},
	{"C20 key lookup", "u@infradead.example", "", "2001:db8::25", .spf = RESULT_PASS,
		.signatures = {BROKEN(
			"infradead.example", "bombadil", "m6Don+I+xx", RESULT_TEMPERROR, SIGFAULT_KEY_DNS)},
		.field = AR
		"dkim=temperror (dns failure for signature) header.i=@infradead.example "
		"header.s=bombadil header.b=m6Don+I+" NEXT SPF_AT("u@infradead.example", "2001:db8::25")},
	{"C21 unusable key", "ralf@vmexit.example", "", "192.0.2.10", .spf = RESULT_PASS,
		.signatures = {{"vmexit.example", "", "20180813", "RaBtFvowxx", RESULT_PERMERROR,
			SIGFAULT_KEY_RECORD, KEYFAULT_TRUNCATED, false}},
		.field = AR "dkim=neutral (invalid public key) header.i=@vmexit.example header.s=20180813 "
			    "header.b=RaBtFvow" NEXT SPF_AT("ralf@vmexit.example", "192.0.2.10")},
	{"C22 test mode", "u@codeweavers.example", "", "192.0.2.10", .spf = RESULT_PASS,
		.signatures = {{"codeweavers.example", "", "6377696661", "l1XCxit8xx", RESULT_PASS,
			SIGFAULT_NONE, KEYFAULT_NONE, true}},
		.field = AR "dkim=pass (test mode) header.i=@codeweavers.example header.s=6377696661 "
			    "header.b=l1XCxit8" NEXT SPF_AT("u@codeweavers.example", "192.0.2.10")},
	{"C23 in header order", "u@suse.example", "", "192.0.2.10", .spf = RESULT_PASS,
		.signatures =
			{BROKEN("suse.example", "ed1", "A7eYUasHxx", RESULT_NEUTRAL, SIGFAULT_ALGORITHM),
				SIGNED("suse.example", "rsa1", "PZUS77tyxx")},
		.field = AR "dkim=neutral (no key) header.i=@suse.example header.s=ed1 header.b=A7eYUasH" NEXT
			    "dkim=pass header.i=@suse.example header.s=rsa1 header.b=PZUS77ty" NEXT SPF_AT(
				    "u@suse.example", "192.0.2.10")},
	{"C24 record of the organisation", "x@linux.ibm.example", "", "192.0.2.10", .spf = RESULT_PASS,
		.signatures = {SIGNED("ibm.example", "pp1", "oD2Z+sefxx")},
		.dmarc = {RESULT_PASS, REJECT, NONE, "ibm.example", "linux.ibm.example"},
		.field = AR "dkim=pass header.i=@ibm.example header.s=pp1 header.b=oD2Z+sef" NEXT SPF_AT(
			"x@linux.ibm.example", "192.0.2.10") NEXT
		"dmarc=pass (p=REJECT sp=NONE dis=NONE) header.from=ibm.example"},
	{"C24 the same with dmarc-header-from author", "x@linux.ibm.example", "", "192.0.2.10",
		.spf = RESULT_PASS, .dmarc = {RESULT_PASS, REJECT, NONE, "ibm.example", "linux.ibm.example"},
		.header_from = HEADER_FROM_AUTHOR,
		.field = AR SPF_AT("x@linux.ibm.example", "192.0.2.10") NEXT
		"dmarc=pass (p=REJECT sp=NONE dis=NONE) header.from=linux.ibm.example"},
	{"C25 sp is p", "b@bulk.example", "", "192.0.2.10", .spf = RESULT_PASS,
		.dmarc = {RESULT_FAIL, QUARANTINE, QUARANTINE, "example.com", "example.com"},
		.field = AR SPF_AT("b@bulk.example", "192.0.2.10") NEXT
		"dmarc=fail (p=QUARANTINE sp=QUARANTINE dis=NONE) header.from=example.com"},
	{"C26 rejected", "b@bulk.example", "", "192.0.2.10", .spf = RESULT_PASS,
		.dmarc = {RESULT_FAIL, REJECT, REJECT, "example.com", "example.com"},
		.disposition = ACTION_REJECT,
		.field = AR SPF_AT("b@bulk.example", "192.0.2.10") NEXT
		"dmarc=fail (p=REJECT sp=REJECT dis=REJECT) header.from=example.com"},
	{"C27 ours: dmarc temperror", "b@bulk.example", "", "192.0.2.10", .spf = RESULT_PASS,
		.dmarc = {RESULT_TEMPERROR, NONE, NONE, "", "example.com"},
		.field = AR SPF_AT("b@bulk.example", "192.0.2.10") NEXT
		"dmarc=temperror header.from=example.com"},
	{"C31 injection: quoted local part", "\"x); dmarc=pass header.from=bank.example; y(\"@evil.example",
		"", "203.0.113.9", .spf = RESULT_PASS,
		.field = AR SPF_PASS("?x???dmarc=pass?header.from=bank.example??y??@evil.example",
			"203.0.113.9") "smtp.mailfrom=\"?x???dmarc=pass?header.from=bank.example??y??@evil."
				       "example\""},
	{"C32 injection: HELO", NULL, "a);dmarc=pass\r\nX: y", "203.0.113.9", .spf = RESULT_NONE,
		.field = AR "spf=none " BY
			    "postmaster@a??dmarc?pass??x:?y does not designate permitted sender "
			    "hosts) smtp.helo=\"a??dmarc?pass??X:?y\""},
	{"C33 address literal", NULL, "[192.0.2.10]", "192.0.2.10", .spf = RESULT_NONE,
		.field = AR "spf=none " BY
			    "postmaster@[192.0.2.10] does not designate permitted sender hosts) "
			    "smtp.helo=\"[192.0.2.10]\""},
	{"C34 injection: text from DNS", "u@evil.example", "", "203.0.113.9", .spf = RESULT_PERMERROR,
		.fault = SPFAULT_INCLUDE_NO_NAME, .fault_text = "include:x.example);dmarc=pass(.evil.example",
		.field = AR "spf=permerror " BY
			    "permanent error in processing during lookup of u@evil.example: "
			    "x.example??dmarc?pass?.evil.example not found) smtp.mailfrom=u@evil.example"},
	{"C35 injection: signature", "u@evil.example", "", "203.0.113.9", .spf = RESULT_PASS,
		.signatures = {BROKEN(
			"evil.example", "a;dmarc=pass", "zz;z()zz", RESULT_NEUTRAL, SIGFAULT_SELECTOR)},
		.field = AR "dkim=neutral (bad format) header.i=@evil.example header.s=\"a?dmarc?pass\" "
			    "header.b=\"zz?z??zz\"" NEXT SPF_AT("u@evil.example", "203.0.113.9")},
	{"C36 a legal address", "dmarc=pass@evil.example", "", "203.0.113.9", .spf = RESULT_PASS,
		.field = AR SPF_PASS("dmarc=pass@evil.example",
			"203.0.113.9") "smtp.mailfrom=\"dmarc=pass@evil.example\""},
	{"C37 eight bits", "caf\xc3\xa9@example.com", "", "192.0.2.10", .spf = RESULT_PASS,
		.field =
			AR SPF_PASS("caf??@example.com", "192.0.2.10") "smtp.mailfrom=\"caf??@example.com\""},

	/* beyond the 37; all ours */
	{"a redirect with macros: the name as it was asked", "jan@example.org", "", "192.0.2.10",
		.spf = RESULT_PERMERROR, .fault = SPFAULT_REDIRECT_NO_RECORD,
		.fault_text = "redirect=%{d}.gone.example", .target = "example.org.gone.example",
		.field = AR
		"spf=permerror " BY "permanent error in processing during lookup of "
		"jan@example.org: example.org.gone.example not found) smtp.mailfrom=jan@example.org"},
	{"UTF-8 where the session has SMTPUTF8 (RFC 8616)",
		"caf\xc3\xa9@b\xc3\xbc"
		"cher.example",
		"", "192.0.2.10", .smtputf8 = true, .spf = RESULT_PASS,
		.field = AR SPF_AT("caf\xc3\xa9@b\xc3\xbc"
				   "cher.example",
			"192.0.2.10")},
	{"SMTPUTF8: invalid UTF-8, C1, bidi",
		"a\xff"
		"b\xc2\x85"
		"c\xe2\x80\xae@example.com",
		"", "192.0.2.10", .smtputf8 = true, .spf = RESULT_PASS,
		.field = AR SPF_PASS(
			"a?b??c???@example.com", "192.0.2.10") "smtp.mailfrom=\"a?b??c???@example.com\""},
	{"A-labels without SMTPUTF8",
		"taro@B\xc3\xbc"
		"cher.example",
		"", "192.0.2.10", .spf = RESULT_PASS,
		.field = AR SPF_AT("taro@xn--bcher-kva.example", "192.0.2.10")},
	{"HELO with U-labels", NULL,
		"b\xc3\xbc"
		"cher.example",
		"192.0.2.10", .spf = RESULT_NONE,
		.field = AR "spf=none " BY
			    "postmaster@xn--bcher-kva.example does not designate permitted sender "
			    "hosts) smtp.helo=xn--bcher-kva.example"},
	{"d= with U-labels, case kept otherwise", "u@example.com", "", "192.0.2.10", .spf = RESULT_PASS,
		.signatures = {SIGNED("b\xc3\xbc"
				      "cher.example",
				       "s", "aaaaaaaaa"),
			SIGNED("Nvidia.COM", "S_1", "b")},
		.field = AR "dkim=pass header.i=@xn--bcher-kva.example header.s=s header.b=aaaaaaaa" NEXT
			    "dkim=pass header.i=@Nvidia.COM header.s=S_1 header.b=b" NEXT SPF_AT(
				    "u@example.com", "192.0.2.10")},
	{"a signature of which nothing is readable", "u@example.com", "", "192.0.2.10", .spf = RESULT_PASS,
		.signatures = {BROKEN(NULL, "", "", RESULT_NEUTRAL, SIGFAULT_SYNTAX)},
		.field = AR "dkim=neutral (bad format)" NEXT SPF_AT("u@example.com", "192.0.2.10")},
	{"wrong version in the key record", "u@example.com", "", "192.0.2.10", .spf = RESULT_PASS,
		.signatures = {{"example.com", "", "s", "aaaaaaaa", RESULT_PERMERROR, SIGFAULT_KEY_RECORD,
				       KEYFAULT_VERSION, false},
			BROKEN("example.com", "t", "bbbbbbbb", RESULT_POLICY, SIGFAULT_KEY_TOO_SHORT)},
		.field = AR
		"dkim=neutral (bad version) header.i=@example.com header.s=s header.b=aaaaaaaa" NEXT
		"dkim=policy (weak key) header.i=@example.com header.s=t header.b=bbbbbbbb" NEXT SPF_AT(
			"u@example.com", "192.0.2.10")},
	{"injection: d=", "u@evil.example", "", "203.0.113.9", .spf = RESULT_PASS,
		.signatures = {BROKEN("victim.example\"; dmarc=pass (\r\n", "x", "a\"b\\c\x1b\x07!",
			RESULT_NEUTRAL, SIGFAULT_DOMAIN)},
		.field = AR
		"dkim=neutral (bad format) header.i=\"@victim.example???dmarc?pass????\" header.s=x "
		"header.b=\"a?b?c???\"" NEXT SPF_AT("u@evil.example", "203.0.113.9")},
	{"injection: the address", "\"a\r\nX: y\"@evil.example", "", "203.0.113.9", .spf = RESULT_PASS,
		.field = AR SPF_PASS(
			"?a??x??y?@evil.example", "203.0.113.9") "smtp.mailfrom=\"?a??X??y?@evil.example\""},
	{"empty HELO", NULL, "", "203.0.113.9", .spf = RESULT_NONE,
		.field = AR "spf=none " BY
			    "postmaster@ does not designate permitted sender hosts) smtp.helo=\"\""},
	{"IPv4-mapped client, no usable author", "u@example.com", "", "::ffff:192.0.2.10", .spf = RESULT_PASS,
		.dmarc = {RESULT_PERMERROR, NONE, NONE, "", ""},
		.field = AR SPF_AT("u@example.com", "192.0.2.10") NEXT "dmarc=permerror"},
	{"dmarc permerror", "u@example.com", "", "192.0.2.10", .spf = RESULT_PASS,
		.dmarc = {RESULT_PERMERROR, NONE, NONE, "example.com", "a.example.com"},
		.field = AR SPF_AT("u@example.com", "192.0.2.10") NEXT
		"dmarc=permerror header.from=example.com"},
	{"deferred mail has no disposition", "u@example.com", "", "192.0.2.10", .spf = RESULT_PASS,
		.dmarc = {RESULT_FAIL, REJECT, REJECT, "example.com", "example.com"},
		.disposition = ACTION_TEMPFAIL,
		.field = AR SPF_AT("u@example.com", "192.0.2.10") NEXT
		"dmarc=fail (p=REJECT sp=REJECT dis=NONE) header.from=example.com"},
};

/* Everything a message's findings point to, in one place. */
struct stage {
	struct arena *arena;
	struct envelope envelope;
	struct verdicts verdicts;
	struct spf_term terms[2];
	struct signature_verdict signatures[SIGNATURES];
	struct findings findings;
	struct settings settings;
};

static void stage_open(struct stage *stage)
{
	memset(stage, 0, sizeof *stage);
	stage->arena = arena_new();
	stage->verdicts = verdicts_empty();
	stage->envelope.helo = "";
	stage->envelope.helo_domain = domain_none();
	stage->envelope.sender.raw = "";
	stage->envelope.sender.domain = domain_none();
	stage->findings.envelope = &stage->envelope;
	stage->findings.verdicts = &stage->verdicts;
	stage->findings.authserv_id = "mx.example.jp";
}

static struct signature_verdict signature_verdict_of(const struct signature *signature)
{
	const char *domain = signature->domain != NULL ? signature->domain : "";

	return (struct signature_verdict){
		.result = signature->result,
		.fault = signature->fault,
		.fault_text = "",
		.test_mode = signature->test_mode,
		.domain = domain,
		.identity_domain = signature->identity[0] != '\0' ? signature->identity : domain,
		.selector = signature->selector,
		.signature_b64 = signature->b,
		.key_fault = signature->key_fault,
	};
}

static void stage_set(struct stage *stage, const struct row *row)
{
	struct verdicts *verdicts = &stage->verdicts;

	assert_true(netaddr_parse(row->client, &stage->envelope.client));
	stage->envelope.helo = row->helo;
	stage->envelope.helo_domain = helo_domain_of(row->helo, stage->arena);
	stage->envelope.smtputf8 = row->smtputf8;
	verdicts->spf.result = row->spf;
	verdicts->spf.fault = row->fault;
	if (row->fault_text != NULL)
		verdicts->spf.fault_text = row->fault_text;
	stage->terms[0] = (struct spf_term){.domain = "", .text = "include:other", .target = "other"};
	stage->terms[1] = (struct spf_term){.domain = "", .text = verdicts->spf.fault_text, .target = ""};
	if (row->target != NULL)
		stage->terms[1].target = row->target;
	verdicts->spf.terms = stage->terms;
	verdicts->spf.term_count = COUNT(stage->terms);
	verdicts->spf.identity = row->from == NULL ? IDENTITY_HELO : IDENTITY_MAIL_FROM;
	if (row->from != NULL) {
		const char *domain = strrchr(row->from, '@') + 1;

		verdicts->spf.sender = stage->envelope.sender.raw = row->from;
		stage->envelope.sender.domain = domain_of(stage->arena, domain, strlen(domain));
	} else {
		verdicts->spf.sender = arena_printf(stage->arena, "postmaster@%s", row->helo);
	}
	for (size_t i = 0; i < SIGNATURES && row->signatures[i].selector != NULL; i++) {
		stage->signatures[i] = signature_verdict_of(&row->signatures[i]);
		verdicts->signature_count = i + 1;
	}
	verdicts->signatures = stage->signatures;
	if (row->dmarc.record_domain != NULL) {
		verdicts->dmarc.result = row->dmarc.result;
		verdicts->dmarc.p = row->dmarc.p;
		verdicts->dmarc.sp = row->dmarc.sp;
		verdicts->dmarc.sp_given = row->dmarc.sp != row->dmarc.p;
		verdicts->dmarc.record_domain = row->dmarc.record_domain;
		verdicts->dmarc.author_domain = row->dmarc.author_domain;
	}
	stage->settings.dmarc_header_from = row->header_from;
}

/* For checks with other programs: SEKISHO_SHOW=1 prints the fields. */
static void show(const char *value)
{
	if (getenv("SEKISHO_SHOW") != NULL)
		printf("Authentication-Results: %s\n\n", value);
}

static void gmail_format(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct stage stage;
		const char *value;

		stage_open(&stage);
		stage_set(&stage, &rows[i]);
		value = authres_value(&stage.findings, &stage.settings, rows[i].disposition, stage.arena);
		show(value);
		if (strcmp(value, rows[i].field) != 0)
			print_error("%s\n", rows[i].name);
		assert_string_equal(value, rows[i].field);
		arena_free(&stage.arena);
	}
}

/* C28 to C30. */
static void received_spf(void **state)
{
	static const struct {
		struct row row;
		const char *value;
	} fields[] = {
		{{"C28", "taro@example.com", "", "192.0.2.10", .spf = RESULT_PASS},
			"pass " BY "domain of taro@example.com designates 192.0.2.10 as permitted sender) "
			"client-ip=192.0.2.10;"},
		{{"C29", "info@dm.example", "", "2001:db8:0:0:0:0:0:25", .spf = RESULT_SOFTFAIL},
			"softfail " BY "domain of transitioning info@dm.example does not designate "
			"2001:db8::25 as permitted sender) client-ip=2001:db8::25;"},
		{{"C30", NULL, "Mail-Sor-F69.Example.COM", "192.0.2.10", .spf = RESULT_NONE},
			"none " BY "postmaster@mail-sor-f69.example.com does not designate permitted sender "
			"hosts) client-ip=192.0.2.10;"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(fields); i++) {
		struct stage stage;

		stage_open(&stage);
		stage_set(&stage, &fields[i].row);
		assert_string_equal(received_spf_value(&stage.findings, stage.arena), fields[i].value);
		arena_free(&stage.arena);
	}
}

static void skipped_mail_gets_nothing(void **state)
{
	struct stage stage;

	(void)state;
	stage_open(&stage);
	stage.verdicts.skipped = true;
	assert_string_equal(authres_value(&stage.findings, &stage.settings, ACTION_ACCEPT, stage.arena), "");
	assert_string_equal(received_spf_value(&stage.findings, stage.arena), "");
	assert_string_equal(show_original_table(&stage.findings, stage.arena), "");
	assert_string_equal(cause_header_value(&stage.findings, stage.arena), "");
	arena_free(&stage.arena);
}

/* Gmail's forms, and ours in their shape; RFC 8617 section 4.1 says that what a set reports is a claim. */
static void arc_results(void **state)
{
	static const struct {
		enum result result;
		enum arc_fault fault;
		unsigned sets;
		struct arc_results newest;
		const char *shown; /* NULL: not at all */
	} lines[] = {
		{RESULT_NONE, ARCFAULT_NONE, 0, {.spf_domain = "", .author_domain = ""}, NULL},
		{RESULT_PASS, ARCFAULT_NONE, 1,
			{true, true, "list.example", "hoge.example", {"hoge.example"}, 1},
			"arc=pass (i=1 spf=pass spfdomain=list.example dkim=pass dkdomain=hoge.example "
			"dmarc=pass fromdomain=hoge.example)"},
		{RESULT_PASS, ARCFAULT_NONE, 2,
			{true, true, "list.example", "hoge.example", {"hoge.example", "esp.example"}, 2},
			"arc=pass (i=2 spf=pass spfdomain=list.example dkim=pass dkdomain=hoge.example "
			"dkim=pass dkdomain=esp.example dmarc=pass fromdomain=hoge.example)"},
		{RESULT_PASS, ARCFAULT_NONE, 3, {true, false, "list.example", "", {""}, 0},
			"arc=pass (i=3 spf=pass spfdomain=list.example)"},
		{RESULT_PASS, ARCFAULT_NONE, 50, {.spf_domain = "", .author_domain = ""}, "arc=pass (i=50)"},
		{RESULT_PASS, ARCFAULT_NONE, 1, {false, true, "", "x) dmarc=pass;y", {""}, 0},
			"arc=pass (i=1 dmarc=pass fromdomain=x??dmarc?pass?y)"},
		{RESULT_FAIL, ARCFAULT_SEAL, 2, {.spf_domain = "", .author_domain = ""},
			"arc=fail (signature failed)"},
		{RESULT_FAIL, ARCFAULT_SIGNATURE, 2, {.spf_domain = "", .author_domain = ""},
			"arc=fail (signature failed)"},
		{RESULT_FAIL, ARCFAULT_BODY_HASH, 2, {.spf_domain = "", .author_domain = ""},
			"arc=fail (body hash mismatch)"},
		{RESULT_FAIL, ARCFAULT_TOO_MANY_SETS, 51, {.spf_domain = "", .author_domain = ""},
			"arc=fail (too many sets)"},
		{RESULT_FAIL, ARCFAULT_CV_FAIL, 2, {.spf_domain = "", .author_domain = ""},
			"arc=fail (failed before)"},
		{RESULT_TEMPERROR, ARCFAULT_KEY_DNS, 1, {.spf_domain = "", .author_domain = ""},
			"arc=temperror (dns failure for signature)"},
	};
	static const struct row row = {"", "u@example.com", "", "192.0.2.10", .spf = RESULT_PASS};

	(void)state;
	for (size_t i = 0; i < COUNT(lines); i++) {
		struct arc_hop hops[50];
		struct stage stage;
		const char *value;

		stage_open(&stage);
		stage_set(&stage, &row);
		for (size_t hop = 0; hop < COUNT(hops); hop++)
			hops[hop] = (struct arc_hop){.sealer = "list.example",
				.results = {.spf_domain = "old.example", .author_domain = ""}};
		if (lines[i].sets > 0 && lines[i].sets <= COUNT(hops))
			hops[lines[i].sets - 1].results = lines[i].newest;
		stage.verdicts.arc.result = lines[i].result;
		stage.verdicts.arc.fault = lines[i].fault;
		stage.verdicts.arc.set_count = lines[i].sets;
		stage.verdicts.arc.hops = hops;
		stage.verdicts.arc.vouching = lines[i].sets;
		stage.verdicts.arc.vouching_trusted = true;
		value = authres_value(&stage.findings, &stage.settings, ACTION_ACCEPT, stage.arena);
		if (lines[i].shown == NULL)
			assert_null(strstr(value, "arc="));
		else
			assert_string_equal(value, arena_printf(stage.arena, "%s%s%s", AR, lines[i].shown,
							   NEXT SPF_AT("u@example.com", "192.0.2.10")));
		arena_free(&stage.arena);
	}
}

/* Anybody can seal that something passed: unless he is trusted, it is repeated where it passed here too. */
static void arc_claims(void **state)
{
	static const struct {
		enum result spf, dkim, dmarc;
		unsigned vouching;
		bool trusted;
		const char *shown;
	} lines[] = {
		{RESULT_PASS, RESULT_PASS, RESULT_PASS, 2, false,
			"arc=pass (i=2 spf=pass spfdomain=a.example dkim=pass dkdomain=b.example "
			"dmarc=pass fromdomain=c.example)"},
		{RESULT_PASS, RESULT_FAIL, RESULT_FAIL, 2, false,
			"arc=pass (i=2 spf=pass spfdomain=a.example)"},
		{RESULT_SOFTFAIL, RESULT_PASS, RESULT_FAIL, 0, false,
			"arc=pass (i=2 dkim=pass dkdomain=b.example)"},
		{RESULT_FAIL, RESULT_PASS, RESULT_PASS, 2, false,
			"arc=pass (i=2 dkim=pass dkdomain=b.example dmarc=pass fromdomain=c.example)"},
		{RESULT_TEMPERROR, RESULT_NEUTRAL, RESULT_PERMERROR, 2, false, "arc=pass (i=2)"},
		{RESULT_NONE, RESULT_POLICY, RESULT_NONE, 2, false, "arc=pass (i=2)"},
		{RESULT_FAIL, RESULT_FAIL, RESULT_FAIL, 1, true, "arc=pass (i=2)"},
		{RESULT_FAIL, RESULT_FAIL, RESULT_FAIL, 2, true,
			"arc=pass (i=2 spf=pass spfdomain=a.example dkim=pass dkdomain=b.example "
			"dmarc=pass fromdomain=c.example)"},
	};
	static const struct arc_hop hops[] = {
		{"list.example", {.spf_domain = "", .author_domain = ""}},
		{"list.example", {true, true, "a.example", "c.example", {"b.example"}, 1}},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(lines); i++) {
		struct arena *arena = arena_new();
		struct verdicts verdicts = verdicts_empty();
		struct signature_verdict signature = {.result = lines[i].dkim};

		verdicts.spf.result = lines[i].spf;
		verdicts.dmarc.result = lines[i].dmarc;
		verdicts.signatures = &signature;
		verdicts.signature_count = 1;
		verdicts.arc.result = RESULT_PASS;
		verdicts.arc.set_count = COUNT(hops);
		verdicts.arc.hops = hops;
		verdicts.arc.vouching = lines[i].vouching;
		verdicts.arc.vouching_trusted = lines[i].trusted;
		assert_string_equal(arc_result(&verdicts, arena), lines[i].shown);
		arena_free(&arena);
	}
}

static void iprev_and_arc(void **state)
{
	static const struct row row = {"", "u@example.com", "", "2001:db8::25", .spf = RESULT_PASS,
		.signatures = {SIGNED("example.com", "s", "abcdefghi")}};
	struct stage stage;
	const char *value;

	(void)state;
	stage_open(&stage);
	stage_set(&stage, &row);
	stage.verdicts.arc.result = RESULT_FAIL;
	stage.verdicts.iprev.result = RESULT_PASS;
	stage.verdicts.iprev.name = "mail.example.com);x";
	value = authres_value(&stage.findings, &stage.settings, ACTION_ACCEPT, stage.arena);
	assert_string_equal(value, AR "dkim=pass header.i=@example.com header.s=s header.b=abcdefgh" NEXT
				      "arc=fail" NEXT SPF_AT("u@example.com", "2001:db8::25"));
	stage.settings.add_iprev = true;
	value = authres_value(&stage.findings, &stage.settings, ACTION_ACCEPT, stage.arena);
	show(value);
	assert_non_null(strstr(value, NEXT "iprev=pass (mail.example.com??x) policy.iprev=\"2001:db8::25\""));
	stage.verdicts.iprev.result = RESULT_NONE;
	value = authres_value(&stage.findings, &stage.settings, ACTION_ACCEPT, stage.arena);
	assert_null(strstr(value, "iprev"));
	arena_free(&stage.arena);
}

static void assert_lines_short(const char *value)
{
	size_t first = strlen("Authentication-Results: ");

	while (*value != '\0') {
		size_t len = strcspn(value, "\n");

		assert_true(first + len <= 990);
		first = 0;
		value += len + (value[len] == '\n');
		assert_true(*value == '\0' || strncmp(value, "       ", 7) == 0);
	}
}

static size_t times(const char *text, const char *piece)
{
	size_t count = 0;

	while ((text = strstr(text, piece)) != NULL) {
		text++;
		count++;
	}
	return count;
}

enum { MANY = 100 };

/* The largest field there can be: everything at its limit. */
static void limits(void **state)
{
	struct signature_verdict signatures[MANY];
	char address[2000], name[1000];
	struct row row = {"", address, "", "2001:db8:1111:2222:3333:4444:5555:6666", .spf = RESULT_PERMERROR,
		.fault = SPFAULT_REDIRECT_NO_RECORD, .fault_text = name, .target = name,
		.dmarc = {RESULT_FAIL, QUARANTINE, QUARANTINE, name, name}};
	struct stage stage;
	const char *value;

	(void)state;
	memset(address, ';', sizeof address - 1);
	address[sizeof address - 1] = '\0';
	address[1500] = '@';
	memset(name, 'x', sizeof name - 1);
	name[sizeof name - 1] = '\0';
	stage_open(&stage);
	stage_set(&stage, &row);
	stage.findings.authserv_id = name + sizeof name - 1 - 253;
	for (size_t i = 0; i < MANY; i++) {
		signatures[i] = signature_verdict_of(&(struct signature){name, "", name, name, RESULT_NEUTRAL,
			i < 10 || i > 20 ? SIGFAULT_NOT_EVALUATED : SIGFAULT_SYNTAX, KEYFAULT_NONE, false});
		if (i == 99)
			signatures[i].result = RESULT_PASS;
	}
	stage.verdicts.signatures = signatures;
	stage.verdicts.signature_count = MANY;
	value = authres_value(&stage.findings, &stage.settings, ACTION_QUARANTINE, stage.arena);
	show(value);
	assert_true(strlen(value) < 65000);
	assert_int_equal(times(value, "dkim="), 1); /* the names alone fill the field */
	assert_int_equal(times(value, "dkim=pass"), 1);
	assert_int_equal(times(value, " (99 more signatures not shown);\n"), 1);
	assert_int_equal(times(value, "spf=permerror"), 1);
	assert_int_equal(times(value, "\n       smtp.mailfrom=\""), 1);
	assert_lines_short(value);
	arena_free(&stage.arena);
}

/* 998 octets with the name, unfolded: fastmail's authentication_milter issue 110. What DMARC may rest on is
 * shown first, then what passes; the order is that of the fields. */
static void signatures_give_way(void **state)
{
	static const struct {
		size_t count, shown, passes, evaluated;
		bool note;
	} crowds[] = {{4, 4, 2, 4, false}, {8, 8, 2, 8, false}, {12, 8, 2, 8, true}, {100, 8, 2, 8, true}};

	(void)state;
	for (size_t n = 0; n < COUNT(crowds); n++) {
		struct signature_verdict signatures[MANY];
		struct row row = {"", "taro@hoge.example", "", "192.0.2.1", .spf = RESULT_PASS,
			.dmarc = {RESULT_PASS, QUARANTINE, QUARANTINE, "hoge.example", "hoge.example"}};
		struct stage stage;
		const char *value;

		stage_open(&stage);
		stage_set(&stage, &row);
		for (size_t i = 0; i < crowds[n].count; i++) {
			bool last = i + 2 >= crowds[n].count;

			signatures[i] = signature_verdict_of(
				&(struct signature){"hoge.example", "", "default", "hpbBmGxJ", RESULT_NEUTRAL,
					i < 10 || last ? SIGFAULT_SYNTAX : SIGFAULT_NOT_EVALUATED,
					KEYFAULT_NONE, false});
			if (last)
				signatures[i].result = RESULT_PASS;
		}
		signatures[crowds[n].count - 1].aligned_first = true;
		stage.verdicts.signatures = signatures;
		stage.verdicts.signature_count = crowds[n].count;
		value = authres_value(&stage.findings, &stage.settings, ACTION_ACCEPT, stage.arena);
		show(value);
		assert_in_range(
			strlen(value) + strlen("Authentication-Results: ") - times(value, "\n"), 300, 998);
		assert_int_equal(times(value, "dkim="), crowds[n].shown);
		assert_int_equal(times(value, "dkim=pass"), crowds[n].passes);
		assert_int_equal(times(value, "not evaluated"), crowds[n].shown - crowds[n].evaluated);
		assert_int_equal(times(value, "more signatures not shown"), crowds[n].note);
		assert_int_equal(times(value, "dmarc=pass"), 1);
		arena_free(&stage.arena);
	}
}

/* Octets that mean something to somebody come more often than others. */
static const char *random_text(struct arena *arena, uint32_t *seed)
{
	static const char special[] = "();\"\\\r\n\t <>@=,:[]?/.%\x1b\x7f\xff\xc2\x85\xe2\x80\xae"
				      "dmarc=pass";
	char text[64];
	size_t len;

	*seed = *seed * 1664525u + 1013904223u;
	len = (*seed >> 16) % sizeof text;
	for (size_t i = 0; i < len; i++) {
		*seed = *seed * 1664525u + 1013904223u;
		text[i] = (*seed >> 30) != 0 ? special[(*seed >> 16) % (sizeof special - 1)]
					     : (char)((*seed >> 16) % 255 + 1);
	}
	return arena_copy(arena, text, len);
}

/* A reader that knows nothing of quotes and comments still sees our results and no others. */
static void assert_only_our_structure(const char *value, size_t results)
{
	size_t depth = 0, quotes = 0, separators = 0;

	for (const char *at = value; *at != '\0'; at++) {
		assert_true(*at == '\n' || (*at >= 0x20 && *at < 0x7f));
		assert_true(*at != '\n' || strncmp(at, "\n       ", 8) == 0);
		assert_true(*at != '\\');
		depth += *at == '(';
		assert_true(depth <= 1);
		depth -= *at == ')';
		quotes += *at == '"';
		separators += *at == ';';
	}
	assert_int_equal(depth, 0);
	assert_int_equal(quotes % 2, 0);
	assert_int_equal(separators, results);
	assert_int_equal(times(value, NEXT), results);
}

static void random_text_adds_no_result(void **state)
{
	uint32_t seed = 20260301;

	(void)state;
	for (int i = 0; i < 3000; i++) {
		struct stage stage;
		struct signature_verdict *signature = &stage.signatures[0];

		stage_open(&stage);
		stage.verdicts.spf.result = (enum result)(i % (RESULT_PERMERROR + 1));
		stage.verdicts.spf.identity = i % 2 == 0 ? IDENTITY_HELO : IDENTITY_MAIL_FROM;
		stage.verdicts.spf.fault = (enum spf_fault)(i % (SPFAULT_DNS + 1));
		stage.verdicts.spf.sender = random_text(stage.arena, &seed);
		stage.verdicts.spf.fault_text = random_text(stage.arena, &seed);
		stage.envelope.helo = random_text(stage.arena, &seed);
		signature->domain = random_text(stage.arena, &seed);
		signature->identity_domain = random_text(stage.arena, &seed);
		signature->selector = random_text(stage.arena, &seed);
		signature->signature_b64 = random_text(stage.arena, &seed);
		signature->fault = (enum signature_fault)(i % (SIGFAULT_LIBRARY + 1));
		stage.verdicts.signatures = stage.signatures;
		stage.verdicts.signature_count = 1;
		stage.verdicts.dmarc.result = RESULT_FAIL;
		stage.verdicts.dmarc.author_domain = random_text(stage.arena, &seed);
		stage.verdicts.dmarc.record_domain = random_text(stage.arena, &seed);
		stage.verdicts.iprev.result = RESULT_FAIL;
		stage.verdicts.iprev.name = random_text(stage.arena, &seed);
		stage.settings.add_iprev = true;
		assert_only_our_structure(
			authres_value(&stage.findings, &stage.settings, ACTION_ACCEPT, stage.arena), 4);
		arena_free(&stage.arena);
	}
}

/* Every fault has words, in the header without structure characters; and only a pass is shown as one. */
static void every_fault_has_words(void **state)
{
	(void)state;
	for (int fault = SIGFAULT_NONE + 1; fault <= SIGFAULT_LIBRARY; fault++) {
		struct signature_verdict signature = {
			.result = RESULT_FAIL, .fault = (enum signature_fault)fault};
		struct signature_words words = signature_words_of(&signature);

		assert_string_not_equal(signature_fault_words(signature.fault), "");
		assert_true(words.reason[0] != '\0' || fault == SIGFAULT_SIGNATURE);
		assert_null(strpbrk(words.reason, "();\"\\"));
		assert_int_not_equal(words.shown, RESULT_PASS);
		assert_int_not_equal(words.shown, RESULT_NONE);
		signature.result = RESULT_PASS;
		assert_int_equal(signature_words_of(&signature).shown, RESULT_PASS);
	}
	for (int fault = SPFAULT_NONE + 1; fault <= SPFAULT_DNS; fault++) {
		assert_string_not_equal(spf_fault_words((enum spf_fault)fault), "");
		assert_null(strpbrk(spf_fault_words((enum spf_fault)fault), "();\"\\"));
	}
}

static void sanitising(void **state)
{
	static const struct {
		enum sanitise_kind kind;
		bool utf8;
		const char *text, *sanitised, *value;
	} texts[] = {
		{SANITISE_ADDRESS, false, "a!#$%&'*+/=?^_`{|}~-.b@c", "a!#$%&'*+/=?^_`{|}~-.b@c",
			"\"a!#$%&'*+/=?^_`{|}~-.b@c\""},
		{SANITISE_ADDRESS, false, "a!#$%&'*+^_`{|}~-.b@c", "a!#$%&'*+^_`{|}~-.b@c",
			"a!#$%&'*+^_`{|}~-.b@c"},
		{SANITISE_ADDRESS, false, "\t\r\n\x7f\\\"(),:;<>[] \x01", "?????????????????", NULL},
		{SANITISE_DOMAIN, false, "A-z_0.9@/=", "A-z_0.9???", NULL},
		{SANITISE_DOMAIN, true, "\xe9\x96\xa2.example", "\xe9\x96\xa2.example",
			"\xe9\x96\xa2.example"},
		/* blanks above ASCII could part two words (RFC 8616 section 4 lets UTF-8 in) */
		{SANITISE_ADDRESS, true,
			"a\xc2\xa0"
			"b\xe3\x80\x80"
			"c\xe2\x80\x8b"
			"d\xc3\xa9",
			"a??b???c???d\xc3\xa9", NULL},
		{SANITISE_HELO, false, "[IPv6:2001:db8::1]", "[IPv6:2001:db8::1]", "\"[IPv6:2001:db8::1]\""},
		{SANITISE_BASE64, false, "aZ09+/=-", "aZ09+/=?", NULL},
		{SANITISE_ADDRESS, false, "", "", "\"\""},
	};
	struct arena *arena = arena_new();
	char text[1001];

	(void)state;
	for (size_t i = 0; i < COUNT(texts); i++) {
		const char *sanitised = sanitise(texts[i].kind, texts[i].text, texts[i].utf8, arena);

		assert_string_equal(sanitised, texts[i].sanitised);
		if (texts[i].value != NULL)
			assert_string_equal(property_value(sanitised, arena), texts[i].value);
	}
	memset(text, 'a', 1000);
	text[320] = '\0';
	assert_string_equal(sanitise(SANITISE_ADDRESS, text, false, arena), text);
	text[320] = 'a';
	text[1000] = '\0';
	assert_int_equal(strlen(sanitise(SANITISE_ADDRESS, text, false, arena)), 320);
	assert_int_equal(sanitise(SANITISE_ADDRESS, text, false, arena)[319], '?');
	assert_int_equal(strlen(sanitise(SANITISE_DOMAIN, text, false, arena)), 255);
	memcpy(text + 318, "\xe9\x96\xa2", 3); /* a character across the limit goes as a whole */
	assert_int_equal(strlen(sanitise(SANITISE_ADDRESS, text, true, arena)), 319);
	arena_free(&arena);
}

static void show_original(void **state)
{
	static const enum alignment alignments[] = {ALIGNMENT_NO, ALIGNMENT_RELAXED};
	static const struct {
		struct row row;
		const char *table;
	} tables[] = {
		{{"", "u@example.com", "", "192.0.2.1", .spf = RESULT_PASS,
			 .signatures = {SIGNED("esp.example", "s", "a"), SIGNED("example.com", "s", "a")},
			 .dmarc = {RESULT_PASS, REJECT, REJECT, "example.com", "example.com"}},
			"SPF:\tPASS with IP 192.0.2.1\nDKIM:\t'PASS' with domain "
			"example.com\nDMARC:\t'PASS'\n"},
		{{"", "u@example.com", "", "2607:f8b0:4001:c0b::22b", .spf = RESULT_NEUTRAL},
			"SPF:\tNEUTRAL with IP 2607:f8b0:4001:c0b:0:0:0:22b\n"},
		{{"", "u@example.com", "", "192.0.2.1", .spf = RESULT_SOFTFAIL,
			 .signatures = {BROKEN("example.com", "s", "a", RESULT_FAIL, SIGFAULT_BODY_HASH)}},
			"SPF:\tSOFTFAIL with IP 192.0.2.1\nDKIM:\t'NEUTRAL' with domain example.com\n"},
		{{"", "u@example.com", "", "192.0.2.1", .spf = RESULT_NONE,
			 .signatures = {BROKEN(NULL, "", "", RESULT_NEUTRAL, SIGFAULT_SYNTAX)}},
			"SPF:\tNONE with IP 192.0.2.1\nDKIM:\t'NEUTRAL'\n"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(tables); i++) {
		struct stage stage;

		stage_open(&stage);
		stage_set(&stage, &tables[i].row);
		stage.verdicts.dmarc.dkim_alignments = alignments;
		stage.verdicts.dmarc.dkim_count = stage.verdicts.signature_count;
		assert_string_equal(show_original_table(&stage.findings, stage.arena), tables[i].table);
		arena_free(&stage.arena);
	}
}

static void cause_header(void **state)
{
	struct diagnosis items[30] = {
		{.cause = CAUSE_SPF_NO_RECORD, .summary = "", .fix = ""},
		{.cause = CAUSE_DMARC_NO_RECORD, .summary = "DMARC none.", .fix = ""},
	};
	struct stage stage;
	const char *value;

	(void)state;
	stage_open(&stage);
	stage.findings.diagnoses.items = items;
	stage.findings.diagnoses.count = 2;
	items[0].summary = "SPF none: \x01 =?utf-8?q?x?=";
	assert_string_equal(cause_header_value(&stage.findings, stage.arena),
		"spf-no-record; SPF none: ? =_utf-8?q?x?=\n       dmarc-no-record; DMARC none.");
	items[0].summary = "\xe9\x96\xa2\xe6\x89\x80";
	stage.findings.diagnoses.count = 1;
	assert_string_equal(cause_header_value(&stage.findings, stage.arena),
		"spf-no-record;\n       =?UTF-8?B?6Zai5omA?=");
	for (size_t i = 0; i < COUNT(items); i++)
		items[i] = (struct diagnosis){.cause = CAUSE_SPF_NO_RECORD,
			.summary = "\xe9\x96\xa2\xe6\x89\x80\xe9\x96\xa2\xe6\x89\x80\xe9\x96\xa2\xe6\x89\x80"
				   "\xe9\x96"
				   "\xa2\xe6\x89\x80\xe9\x96\xa2\xe6\x89\x80\xe9\x96\xa2\xe6\x89\x80\xe9\x96"
				   "\xa2\xe6\x89",
			.fix = ""};
	stage.findings.diagnoses.count = COUNT(items);
	value = cause_header_value(&stage.findings, stage.arena);
	assert_in_range(strlen(value), 500, 998);
	for (const char *line = value; line != NULL; line = strchr(line + 1, '\n'))
		assert_true(strcspn(line + 1, "\n") <= 83);
	arena_free(&stage.arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(gmail_format),
		cmocka_unit_test(received_spf),
		cmocka_unit_test(skipped_mail_gets_nothing),
		cmocka_unit_test(arc_results),
		cmocka_unit_test(arc_claims),
		cmocka_unit_test(iprev_and_arc),
		cmocka_unit_test(limits),
		cmocka_unit_test(signatures_give_way),
		cmocka_unit_test(random_text_adds_no_result),
		cmocka_unit_test(every_fault_has_words),
		cmocka_unit_test(sanitising),
		cmocka_unit_test(show_original),
		cmocka_unit_test(cause_header),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
