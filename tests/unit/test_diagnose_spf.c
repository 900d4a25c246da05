/* SPF verdicts → causes. Rows follow the order of the producers; sections are of RFC 7208. */
#include "base/arena.h"
#include "support/diagnose_bench.h"
#include "test_diagnose.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

struct row {
	const char *about, *codes;
	enum result result;
	enum spf_fault fault;
	const char *record; /* of the checked domain */
	const char *fault_domain, *fault_text;
	enum answer_trouble trouble;
	const char *client, *ptr, *helo, *mail; /* NULL: the bench's */
	const char *answers, *header;
	bool in_include, unsigned_mail, stranger; /* stranger: unsigned, and DMARC fails */
};

static const char *or_text(const char *text, const char *otherwise)
{
	return text != NULL ? text : otherwise;
}

static void arrange(struct bench *bench, const struct row *row)
{
	struct spf_verdict *spf = &bench->verdicts.spf;

	bench_client(bench, or_text(row->client, "192.0.2.25"), or_text(row->ptr, "mail.hoge.example"),
		or_text(row->helo, "mail.hoge.example"), or_text(row->mail, "<taro@hoge.example>"));
	spf->term_count = 0;
	spf->decided_by = NULL;
	bench_spf(bench, row->result, or_text(row->record, ""));
	spf->fault = row->fault;
	spf->trouble = row->trouble;
	spf->fault_domain = or_text(row->fault_domain, spf->domain);
	spf->fault_text = or_text(row->fault_text, "");
	spf->fault_in_include = row->in_include;
	if (row->header != NULL)
		bench_header(bench, row->header);
	if (row->answers != NULL)
		bench_answers(bench, row->answers);
	if (row->unsigned_mail || row->stranger)
		bench->verdicts.signature_count = 0;
	bench_dmarc(bench, row->stranger ? RESULT_FAIL : RESULT_PASS,
		row->stranger ? DMARCFAULT_NOTHING_ALIGNED : DMARCFAULT_NONE, "");
}

static void run(const struct row *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct bench bench;

		bench_begin(&bench);
		arrange(&bench, &rows[i]);
		bench_expect(&bench, rows[i].about, rows[i].codes);
		bench_end(&bench);
	}
}

#define NONE_ROW(words, expected, ...)                                                                       \
	{                                                                                                    \
		.about = words, .codes = expected, .result = RESULT_NONE, .fault = SPFAULT_NO_RECORD,        \
		__VA_ARGS__                                                                                  \
	}

static const struct row none_rows[] = {
	NONE_ROW("no record", "spf-no-record=likely dmarc-saved-by-dkim",
		.answers = "hoge.example TXT !nodata"),
	{.about = "no name",
		.codes = "spf-domain-nxdomain=strong",
		.result = RESULT_NONE,
		.fault = SPFAULT_NO_NAME,
		.answers = "hoge.example TXT !nxdomain"},
	NONE_ROW("leading blank", "spf-version-broken=proven !spf-no-record",
		.answers = "hoge.example TXT  v=spf1 ip4:192.0.2.25 ~all"),
	NONE_ROW("glued", "spf-version-broken", .answers = "hoge.example TXT v=spf1ip4:192.0.2.25 ~all"),
	NONE_ROW("byte order mark", "spf-version-broken",
		.answers = "hoge.example TXT \xef\xbb\xbfv=spf1 ip4:192.0.2.25 ~all"),
	NONE_ROW("full-width", "spf-version-broken",
		.answers = "hoge.example TXT \xef\xbc\xb6\xef\xbc\x9dspf1 ~all"),
	NONE_ROW("quoted", "spf-version-broken", .answers = "hoge.example TXT \"v=spf1 a ~all\""),
	NONE_ROW("Sender ID only (RFC 4406)", "spf-senderid-only",
		.answers = "hoge.example TXT spf2.0/pra a -all"),
	NONE_ROW("type 99 only (3.1)", "spf-type99-only",
		.answers = "hoge.example TXT !nodata\nhoge.example SPF v=spf1 a -all"),
	NONE_ROW("record of the parent (3.1)", "spf-record-on-parent-only", .mail = "<x@news.hoge.example>",
		.answers = "news.hoge.example TXT !nodata\nhoge.example TXT v=spf1 ip4:192.0.2.25 ~all"),
	NONE_ROW("alias", "dns-apex-cname spf-no-record",
		.answers = "hoge.example>shop.example TXT site-token=1"),
	NONE_ROW("null sender (2.4)", "spf-helo-none", .mail = "<>"),
	{.about = "null sender, HELO without name",
		.codes = "spf-helo-none",
		.mail = "<>",
		.result = RESULT_NONE,
		.fault = SPFAULT_NO_NAME},
	{.about = "null sender, HELO a literal (4.3)",
		.codes = "helo-not-fqdn=proven !spf-helo-none",
		.mail = "<>",
		.helo = "[192.0.2.25]",
		.result = RESULT_NONE,
		.fault = SPFAULT_SENDER_UNUSABLE},
	{.about = "single label (4.3)",
		.codes = "spf-sender-malformed=proven",
		.mail = "<root@localhost>",
		.result = RESULT_NONE,
		.fault = SPFAULT_SENDER_UNUSABLE},
	{.about = "the same as permerror",
		.codes = "spf-sender-malformed",
		.mail = "<a@b(c.example>",
		.result = RESULT_PERMERROR,
		.fault = SPFAULT_SENDER_UNUSABLE},
};

void spf_without_record(void **state)
{
	(void)state;
	run(none_rows, COUNT(none_rows));
}

#define SPELLED(words, expected, text, kind)                                                                 \
	{                                                                                                    \
		.about = words, .codes = expected, .result = RESULT_PERMERROR, .record = text, .fault = kind \
	}

static const char cut_record[] = "v=spf1 ip4:198.51.100.101 ip4:198.51.100.102 ip4:198.51.100.103 "
				 "ip4:198.51.100.104 ip4:198.51.100.105 ip4:198.51.100.106 includ";

static const struct row spelling_rows[] = {
	SPELLED("full-width colon", "spf-non-ascii=proven",
		"v=spf1 ip4\xef\xbc\x9a"
		"192.0.2.25 ~all",
		SPFAULT_NON_ASCII),
	SPELLED("broken UTF-8", "spf-non-ascii", "v=spf1 \xff ~all", SPFAULT_NON_ASCII),
	SPELLED("tab", "spf-control-chars", "v=spf1 ip4:192.0.2.25\t~all", SPFAULT_CONTROL_CHARACTER),
	SPELLED("NUL ends our copy", "spf-control-chars", "v=spf1 ip4:192", SPFAULT_CONTROL_CHARACTER),
	SPELLED("quotes", "spf-quotes-inside", "v=spf1 ip4:192.0.2.25 \" \"include:spf.prov.example ~all",
		SPFAULT_UNKNOWN_MECHANISM),
	SPELLED("comma", "spf-comma-separated", "v=spf1 ip4:192.0.2.25, ~all", SPFAULT_BAD_ADDRESS),
	SPELLED("comma without blank", "spf-comma-separated", "v=spf1 ip4:192.0.2.25,a:x.example ~all",
		SPFAULT_BAD_ADDRESS),
	SPELLED("blank behind the colon", "spf-space-inside-term", "v=spf1 ip4: 192.0.2.25 ~all",
		SPFAULT_MISPLACED_ARGUMENT),
	SPELLED("blank behind the colon of IPv6", "spf-space-inside-term", "v=spf1 ip6: 2001:db8::25 ~all",
		SPFAULT_MISPLACED_ARGUMENT),
	SPELLED("nothing behind the colon, a term of its own next",
		"spf-domain-spec-bad !spf-space-inside-term", "v=spf1 include: mx ~all",
		SPFAULT_BAD_DOMAIN_SPEC),
	SPELLED("blank behind the qualifier", "spf-space-inside-term", "v=spf1 a ~ all",
		SPFAULT_UNKNOWN_MECHANISM),
	SPELLED("strings joined without a blank (3.3)", "spf-space-missing",
		"v=spf1 ip4:192.0.2.25include:spf.prov.example ~all", SPFAULT_BAD_ADDRESS),
	SPELLED("glued all", "spf-space-missing", "v=spf1 include:spf.prov.example~all",
		SPFAULT_BAD_DOMAIN_SPEC),
	SPELLED("redirect twice (6)", "spf-modifier-duplicated",
		"v=spf1 redirect=spf.prov.example redirect=_spf.hoge.example", SPFAULT_DUPLICATE_MODIFIER),
	SPELLED("cut at 127", "spf-truncated=strong", cut_record, SPFAULT_UNKNOWN_MECHANISM),
	SPELLED("redirect:", "spf-separator-swapped=proven", "v=spf1 redirect:_spf.hoge.example",
		SPFAULT_UNKNOWN_MECHANISM),
	SPELLED("bare address", "spf-mechanism-name-missing", "v=spf1 +ip4:198.51.100.44 192.0.2.25 ~all",
		SPFAULT_UNKNOWN_MECHANISM),
	SPELLED("bare host", "spf-mechanism-name-missing", "v=spf1 spf.prov.example ~all",
		SPFAULT_UNKNOWN_MECHANISM),
	SPELLED("ipv4:", "spf-mechanism-misspelled", "v=spf1 ipv4:192.0.2.25 ~all",
		SPFAULT_UNKNOWN_MECHANISM),
	SPELLED("swapped letters", "spf-mechanism-misspelled", "v=spf1 inlcude:spf.prov.example ~all",
		SPFAULT_UNKNOWN_MECHANISM),
	SPELLED("octet over 255", "spf-bad-ip", "v=spf1 ip4:192.0.2.444 ip4:192.0.2.25 ~all",
		SPFAULT_BAD_ADDRESS),
	SPELLED("host name in ip4", "spf-bad-ip", "v=spf1 ip4:mail.hoge.example ~all", SPFAULT_BAD_ADDRESS),
	SPELLED("IPv6 in ip4", "spf-bad-ip", "v=spf1 ip4:2001:db8::1 ~all", SPFAULT_BAD_ADDRESS),
	SPELLED("prefix over 32", "spf-bad-cidr", "v=spf1 ip4:192.0.2.0/64 ~all", SPFAULT_BAD_PREFIX),
	SPELLED("mask", "spf-bad-cidr", "v=spf1 ip4:192.0.2.0/255.255.255.0 ~all", SPFAULT_BAD_PREFIX),
	SPELLED("wildcard", "spf-bad-cidr", "v=spf1 ip4:192.0.2.* ~all", SPFAULT_BAD_ADDRESS),
	SPELLED("range", "spf-bad-cidr", "v=spf1 ip4:192.0.2.1-192.0.2.9 ~all", SPFAULT_BAD_ADDRESS),
	SPELLED("prefix of a name", "spf-bad-cidr", "v=spf1 a:x.example/33 ~all", SPFAULT_BAD_PREFIX),
	SPELLED("web address", "spf-domain-spec-bad", "v=spf1 include:https://spf.prov.example ~all",
		SPFAULT_BAD_DOMAIN_SPEC),
	SPELLED("include without a name", "spf-domain-spec-bad", "v=spf1 include ~all",
		SPFAULT_MISPLACED_ARGUMENT),
	SPELLED("macro (7.1)", "spf-macro-bad", "v=spf1 exists:%{q}.spf.hoge.example ~all",
		SPFAULT_BAD_MACRO),
	SPELLED("lone percent", "spf-macro-bad", "v=spf1 exists:%i.spf.hoge.example ~all", SPFAULT_BAD_MACRO),
	SPELLED("all with argument", "spf-unknown-term", "v=spf1 all:hoge.example",
		SPFAULT_MISPLACED_ARGUMENT),
	SPELLED("nonsense", "spf-unknown-term", "v=spf1 wolperdinger:7 ~all", SPFAULT_UNKNOWN_MECHANISM),
	SPELLED("over our limits", "spf-unknown-term", "v=spf1 ~all", SPFAULT_TOO_LARGE),
};

void spf_record_spelling(void **state)
{
	(void)state;
	run(spelling_rows, COUNT(spelling_rows));
}

static const struct row tree_rows[] = {
	{.about = "two records (3.2)",
		.codes = "spf-multiple-records=proven",
		.result = RESULT_PERMERROR,
		.fault = SPFAULT_SEVERAL_RECORDS,
		.answers = "hoge.example TXT v=spf1 a ~all|token|v=spf1 include:spf.prov.example ~all"},
	{.about = "eleven lookups (4.6.4)",
		.codes = "spf-too-many-lookups",
		.result = RESULT_PERMERROR,
		.fault = SPFAULT_TOO_MANY_LOOKUPS,
		.record = "v=spf1 a:a1.hoge.example a:a2.hoge.example ~all"},
	{.about = "three voids (4.6.4)",
		.codes = "spf-too-many-void-lookups",
		.result = RESULT_PERMERROR,
		.fault = SPFAULT_TOO_MANY_VOIDS,
		.record = "v=spf1 a:v1.hoge.example ~all"},
	{.about = "eleven MX (4.6.4)",
		.codes = "spf-mx-too-many",
		.result = RESULT_PERMERROR,
		.fault = SPFAULT_TOO_MANY_MX,
		.record = "v=spf1 mx ~all",
		.answers = "hoge.example MX 1 a|2 b|3 c|4 d|5 e|6 f|7 g|8 h|9 i|10 j|11 k"},
	{.about = "loop",
		.codes = "spf-include-loop",
		.result = RESULT_PERMERROR,
		.fault = SPFAULT_LOOP,
		.record = "v=spf1 include:hoge.example"},
	{.about = "include without name (5.2)",
		.codes = "spf-include-nxdomain",
		.result = RESULT_PERMERROR,
		.fault = SPFAULT_INCLUDE_NO_NAME,
		.record = "v=spf1 include:spf.dead.example ~all"},
	{.about = "include of a web address",
		.codes = "spf-domain-spec-bad=proven !spf-include-nxdomain",
		.result = RESULT_PERMERROR,
		.fault = SPFAULT_INCLUDE_NO_NAME,
		.record = "v=spf1 include:https://spf.prov.example ~all",
		.fault_domain = "https://spf.prov.example"},
	{.about = "include without record (5.2)",
		.codes = "spf-include-no-record",
		.result = RESULT_PERMERROR,
		.fault = SPFAULT_INCLUDE_NO_RECORD},
	{.about = "redirect without record (6.1)",
		.codes = "spf-redirect-no-record",
		.result = RESULT_PERMERROR,
		.fault = SPFAULT_REDIRECT_NO_RECORD},
	{.about = "broken third party",
		.codes = "spf-include-permerror",
		.result = RESULT_PERMERROR,
		.fault = SPFAULT_UNKNOWN_MECHANISM,
		.fault_domain = "spf.prov.example",
		.fault_text = "ipv4:x",
		.in_include = true},
	{.about = "third party includes nothing",
		.codes = "spf-include-permerror",
		.result = RESULT_PERMERROR,
		.fault = SPFAULT_INCLUDE_NO_NAME,
		.fault_domain = "spf.prov.example",
		.in_include = true},
	{.about = "no reply (4.4)",
		.codes = "spf-dns-failure=strong dns-timeout",
		.result = RESULT_TEMPERROR,
		.fault = SPFAULT_DNS,
		.answers = "hoge.example TXT !timeout"},
	{.about = "third party's name servers",
		.codes = "spf-include-temperror dns-servfail",
		.result = RESULT_TEMPERROR,
		.fault = SPFAULT_DNS,
		.fault_domain = "spf.prov.example",
		.record = "v=spf1 include:spf.prov.example ~all",
		.in_include = true,
		.answers = "hoge.example TXT v=spf1 include:spf.prov.example ~all\n"
			   "spf.prov.example TXT !servfail"},
	{.about = "our limit of lookups is no fault of the next host's operator",
		.codes = "spf-lookup-budget=strong",
		.result = RESULT_TEMPERROR,
		.fault = SPFAULT_DNS,
		.trouble = TROUBLE_BUDGET,
		.fault_domain = "h48.many.example",
		.record = "v=spf1 mx:many.example ~all"},
};

void spf_tree_and_limits(void **state)
{
	(void)state;
	run(tree_rows, COUNT(tree_rows));
}

/* What the record gave although somebody expected a pass. */
#define MISSED(words, expected, given, ...)                                                                  \
	{                                                                                                    \
		.about = words, .codes = expected, .result = given, .record = __VA_ARGS__                    \
	}

static const char forwarded[] = "Received: from mail.hoge.example (mail.hoge.example [192.0.2.25])\n"
				"\tby fw.fwd.example with ESMTPS; Sun, 1 Mar 2026 17:55:25 +0900\n"
				"From: taro@hoge.example\nTo: other@rx.example\n";
static const char listed[] = "List-Id: Members <ml.list.example>\n"
			     "Received: from mail.hoge.example (mail.hoge.example [192.0.2.25])\n"
			     "\tby lists.list.example with ESMTP; Sun, 1 Mar 2026 17:55:25 +0900\n"
			     "From: taro@hoge.example\nTo: ml@list.example\n";

static const char from_localhost[] = "Received: from [10.1.2.3] (localhost [127.0.0.1])\n"
				     "\tby mail.hoge.example with ESMTPSA; Sun, 1 Mar 2026 17:55:25 +0900\n"
				     "From: taro@hoge.example\nTo: other@rx.example\n";

static const struct row no_match_rows[] = {
	MISSED("denied by name", "spf-explicit-deny=proven", RESULT_SOFTFAIL, "v=spf1 -ip4:192.0.2.25 ~all"),
	MISSED("only all", "spf-nothing-listed=likely", RESULT_SOFTFAIL, "v=spf1 ~all"),
	MISSED("parked", "spf-parked-domain-forged dmarc-nothing-passed", RESULT_FAIL, "v=spf1 -all",
		.answers = "hoge.example MX 0 .", .stranger = true),
	MISSED("SRS", "spf-srs-domain-unlisted", RESULT_SOFTFAIL, "v=spf1 ip4:198.51.100.1 -all",
		.mail = "<SRS0=abc=XY=hoge.example=taro@fwd.example>"),
	MISSED("forwarded", "dmarc-forwarded=likely spf-forwarded dmarc-nothing-passed", RESULT_SOFTFAIL,
		"v=spf1 ip4:192.0.2.25 ~all", .client = "192.0.2.200", .ptr = "fw.fwd.example",
		.helo = "fw.fwd.example", .header = forwarded, .stranger = true),
	MISSED("list keeps the sender", "dmarc-mailing-list spf-list-envelope-kept", RESULT_SOFTFAIL,
		"v=spf1 ip4:192.0.2.25 ~all", .client = "192.0.2.210", .ptr = "lists.list.example",
		.helo = "lists.list.example", .header = listed, .stranger = true),
	MISSED("version twice", "spf-version-repeated=proven", RESULT_SOFTFAIL,
		"v=spf1 ip4:198.51.100.44 ~all v=spf1 ip4:192.0.2.25 ~all"),
	MISSED("behind all", "spf-mechanism-after-all=proven", RESULT_SOFTFAIL,
		"v=spf1 a:x.example ~all ip4:192.0.2.25", .answers = "x.example A 198.51.100.1"),
	MISSED("redirect beside all, unknown", "spf-redirect-ignored=likely", RESULT_SOFTFAIL,
		"v=spf1 ip4:198.51.100.44 ~all redirect=_spf.hoge.example"),
	MISSED("redirect beside all, known", "spf-redirect-ignored=proven", RESULT_SOFTFAIL,
		"v=spf1 ip4:198.51.100.44 ~all redirect=_spf.hoge.example",
		.answers = "_spf.hoge.example TXT v=spf1 ip4:192.0.2.25 -all"),
	MISSED("redirect that would not help", "spf-own-host-not-listed !spf-redirect-ignored",
		RESULT_SOFTFAIL, "v=spf1 ip4:198.51.100.44 ~all redirect=_spf.hoge.example",
		.answers = "_spf.hoge.example TXT v=spf1 ip4:198.51.100.45 -all"),
	MISSED("include=", "spf-separator-swapped=strong", RESULT_SOFTFAIL, "v=spf1 ip4=192.0.2.25 ~all"),
	MISSED("placeholder", "spf-placeholder-ip=strong", RESULT_SOFTFAIL, "v=spf1 +ip4:0.0.0.0 ~all"),
	MISSED("placeholder that an inner hop has", "spf-placeholder-ip=strong !spf-forwarded",
		RESULT_SOFTFAIL, "v=spf1 ip4:127.0.0.1 ~all", .header = from_localhost),
	MISSED("glued to a name: nothing matches, no error", "spf-space-missing=proven !spf-no-all",
		RESULT_NEUTRAL, "v=spf1 a:mail.hoge.example~all",
		.answers = "mail.hoge.example A 192.0.2.25"),
	MISSED("no prefix length", "spf-cidr-too-narrow=strong", RESULT_SOFTFAIL,
		"v=spf1 ip4:192.0.2.0 ~all"),
	MISSED("prefix too long", "spf-cidr-too-narrow=likely", RESULT_SOFTFAIL,
		"v=spf1 ip4:192.0.2.16/29 ~all"),
	MISSED("neighbour in the pool", "spf-ip-near-listed=likely", RESULT_FAIL,
		"v=spf1 ip4:198.51.100.8 -all", .client = "198.51.100.7", .ptr = "sv7.prov.example",
		.helo = "sv7.prov.example"),
	MISSED("near by chance", "spf-likely-forged !spf-ip-near-listed", RESULT_SOFTFAIL,
		"v=spf1 ip4:198.51.100.8 -all", .client = "198.51.100.7", .ptr = "sv7.prov.example",
		.helo = "sv7.prov.example", .stranger = true),
	MISSED("swapped digits", "spf-ip-typo=likely", RESULT_SOFTFAIL, "v=spf1 ip4:192.0.2.52 ~all"),
	MISSED("IPv6 sibling", "spf-ipv6-not-listed=proven", RESULT_SOFTFAIL, "v=spf1 ip4:192.0.2.25 ~all",
		.client = "2001:db8:1::25", .answers = "mail.hoge.example A 192.0.2.25"),
	MISSED("mx names an address", "spf-mx-mechanism-broken dns-mx-is-ip", RESULT_SOFTFAIL,
		"v=spf1 +mx ~all", .answers = "hoge.example MX 0 192.0.2.25"),
	MISSED("macro service", "spf-macro-exists-refused", RESULT_FAIL,
		"v=spf1 exists:%{i}.spf.hoge.example -all"),
	MISSED("ptr only", "spf-ptr-unmatched iprev-no-ptr", RESULT_FAIL, "v=spf1 ptr -all", .ptr = ""),
	MISSED("moved host", "spf-mechanism-stale-name", RESULT_SOFTFAIL, "v=spf1 a:smtp.hoge.example ~all",
		.client = "192.0.2.26", .helo = "smtp.hoge.example", .ptr = "x.prov.example",
		.answers = "smtp.hoge.example A 192.0.2.25"),
	MISSED("MX host", "spf-mx-host-not-listed", RESULT_SOFTFAIL, "v=spf1 ip4:198.51.100.44 ~all",
		.answers = "hoge.example MX 10 mail.hoge.example\nmail.hoge.example A 192.0.2.25"),
	MISSED("own host", "spf-own-host-not-listed=strong", RESULT_SOFTFAIL,
		"v=spf1 ip4:198.51.100.44 ~all"),
	MISSED("signed stranger", "spf-ip-not-listed=likely dmarc-saved-by-dkim", RESULT_SOFTFAIL,
		"v=spf1 ip4:198.51.100.44 ~all", .client = "192.0.2.252", .ptr = "app1.saas.example",
		.helo = "app1.saas.example"),
	MISSED("access line", "spf-sent-from-access-network=likely dmarc-nothing-passed", RESULT_SOFTFAIL,
		"v=spf1 ip4:198.51.100.44 ~all", .client = "192.0.2.250",
		.ptr = "dyn-192-0-2-250.isp.example", .helo = "PC-TARO", .stranger = true),
	MISSED("forged", "spf-likely-forged=likely", RESULT_SOFTFAIL, "v=spf1 ip4:192.0.2.25 ~all",
		.client = "192.0.2.251", .ptr = "host251.vps.example", .helo = "host251.vps.example",
		.stranger = true),
	{.about = "?all",
		.codes = "spf-neutral-all=proven",
		.result = RESULT_NEUTRAL,
		.record = "v=spf1 ip4:198.51.100.44 ?all",
		.client = "192.0.2.251",
		.ptr = "host251.vps.example",
		.helo = "host251.vps.example",
		.stranger = true},
	{.about = "no all, own host",
		.codes = "spf-own-host-not-listed spf-no-all",
		.result = RESULT_NEUTRAL,
		.record = "v=spf1 ip4:198.51.100.1"},
	{.about = "no all because it was cut within an address, of which an address is left",
		.codes = "spf-truncated=likely spf-no-all=likely",
		.result = RESULT_NEUTRAL,
		.record = "v=spf1 ip4:198.51.100.101 ip4:198.51.100.102 ip4:198.51.100.103 "
			  "ip4:198.51.100.104 ip4:198.51.100.105 ip4:9.5.1.6 ip4:198.5.1.7"},
	{.about = "as long, with an end",
		.codes = "spf-own-host-not-listed !spf-truncated",
		.result = RESULT_NEUTRAL,
		.record = "v=spf1 ip4:198.51.100.101 ip4:198.51.100.102 ip4:198.51.100.103 "
			  "ip4:198.51.100.104 ip4:198.51.100.105 ip4:9.5.1.6 a:exa.jp ?all"},
	{.about = "nearly as long",
		.codes = "spf-own-host-not-listed spf-no-all=proven !spf-truncated",
		.result = RESULT_NEUTRAL,
		.record = "v=spf1 ip4:198.51.100.101 ip4:198.51.100.102 ip4:198.51.100.103 "
			  "ip4:198.51.100.104 ip4:198.51.100.105 ip4:9.5.1.6 ip4:198.5.1.70"},
	{.about = "no all because it was cut",
		.codes = "spf-truncated=strong spf-no-all=likely",
		.result = RESULT_NEUTRAL,
		.record = "v=spf1 ip4:198.51.100.101 ip4:198.51.100.102 ip4:198.51.100.103 "
			  "ip4:198.51.100.104 ip4:198.51.100.105 ip4:198.51.100.106 ip4:19"},
};

void spf_no_match(void **state)
{
	(void)state;
	run(no_match_rows, COUNT(no_match_rows));
}

static const struct row pass_rows[] = {
	{.about = "sound",
		.codes = "none",
		.result = RESULT_PASS,
		.record = "v=spf1 ip4:192.0.2.25 -ip4:192.0.2.9"},
	{.about = "+all", .codes = "spf-pass-all=proven", .result = RESULT_PASS, .record = "v=spf1 +all"},
	{.about = "millions",
		.codes = "spf-too-permissive",
		.result = RESULT_PASS,
		.record = "v=spf1 ip4:192.0.0.0/8"},
	{.about = "long",
		.codes = "spf-record-near-limit",
		.result = RESULT_PASS,
		.record =
			"v=spf1 ip4:198.51.100.101 ip4:198.51.100.102 ip4:198.51.100.103 ip4:198.51.100.104 "
			"ip4:198.51.100.101 ip4:198.51.100.102 ip4:198.51.100.103 ip4:198.51.100.104 "
			"ip4:198.51.100.101 ip4:198.51.100.102 ip4:198.51.100.103 ip4:198.51.100.104 "
			"ip4:198.51.100.101 ip4:198.51.100.102 ip4:198.51.100.103 ip4:198.51.100.104 "
			"ip4:198.51.100.101 ip4:198.51.100.102 ip4:198.51.100.103 ip4:198.51.100.104 "
			"ip4:198.51.100.101 ip4:198.51.100.102 ip4:198.51.100.103 ip4:198.51.100.104"},
};

void spf_passes(void **state)
{
	(void)state;
	run(pass_rows, COUNT(pass_rows));
}
