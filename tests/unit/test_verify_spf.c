/* verify_spf: verdict, fault and trace (RFC 7208), and the records that crash libspf2. */
#include "base/arena.h"
#include "records/spf_macro.h"
#include "support/spf_bench.h"
#include "verify/verify.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static const char *const zone[] = {
	"pass.example. TXT \"v=spf1 ip4:192.0.2.0/24 ip6:2001:db8::/32 -all\"",
	"empty.example. TXT \"v=spf1\"",
	"nothing.example. A 192.0.2.80",
	"two.example. TXT \"v=spf1 -all\"",
	"two.example. TXT \"v=spf1 +all\"",
	"slow.example. NS ns.slow.example.",
	"syntax.example. TXT \"v=spf1 a mx ip4:192.0.2.0/33 -all\"",
	"utf8.example. TXT \"v=spf1 ip4\\239\\188\\154192.0.2.25 ~all\"",
	"brokeninclude.example. TXT \"v=spf1 ip4:198.51.100.1 include:syntax.example ~all\"",
	"gone.example. TXT \"v=spf1 include:no.such.name.example -all\"",
	"bare.example. TXT \"v=spf1 include:nothing.example -all\"",
	"away.example. TXT \"v=spf1 redirect=nothing.example\"",
	"single.example. TXT \"v=spf1 include:%{d1} -all\"",
	"url.example. TXT \"v=spf1 include:https://pass.example ~all\"",
	"slowhost.example. TXT \"v=spf1 a:host.slow.example -all\"",
	"slowinclude.example. TXT \"v=spf1 include:slow.example -all\"",
	"bogus.example. TXT \"v=spf1 include:forged.example -all\"",
	"loop.example. TXT \"v=spf1 include:loop2.example -all\"",
	"loop2.example. TXT \"v=spf1 ip4:198.51.100.9 redirect=LOOP.example\"",
	"self.example. TXT \"v=spf1 include:%{d}\"",
	"many.example. TXT \"v=spf1 a:a.x.example a:a.x.example a:a.x.example a:a.x.example a:a.x.example\" "
	"\" a:a.x.example a:a.x.example a:a.x.example a:a.x.example a:a.x.example a:b.x.example -all\"",
	"ten.example. TXT \"v=spf1 a:a.x.example a:a.x.example a:a.x.example a:a.x.example a:a.x.example\" "
	"\" a:a.x.example a:a.x.example a:a.x.example a:a.x.example include:pass.example -all\"",
	"a.x.example. A 198.51.100.80",
	"only6.x.example. AAAA 2001:db8:9::1",
	"only4.x.example. A 198.51.100.80",
	"void3.example. TXT \"v=spf1 a:v1.x.example mx:v2.x.example exists:v3.x.example ip4:192.0.2.25 "
	"-all\"",
	"void2.example. TXT \"v=spf1 a:v1.x.example mx:v2.x.example ip4:192.0.2.25 -all\"",
	"family.example. TXT \"v=spf1 a:only6.x.example a:only6.x.example a:only6.x.example ~all\"",
	"families.example. TXT \"v=spf1 a:only6.x.example a:v1.x.example a:v2.x.example a:v3.x.example "
	"~all\"",
	"mxs.example. TXT \"v=spf1 mx -all\"",
	"mxs.example. MX 1 a.x.example.",
	"mxs.example. MX 2 a2.mxs.example.",
	"mxs.example. MX 3 a3.mxs.example.",
	"mxs.example. MX 4 a4.mxs.example.",
	"mxs.example. MX 5 a5.mxs.example.",
	"mxs.example. MX 6 a6.mxs.example.",
	"mxs.example. MX 7 a7.mxs.example.",
	"mxs.example. MX 8 a8.mxs.example.",
	"mxs.example. MX 9 a9.mxs.example.",
	"mxs.example. MX 20 eleventh.mxs.example.",
	"mxs.example. MX 10 tenth.mxs.example.",
	"tenth.mxs.example. A 192.0.2.10",
	"eleventh.mxs.example. A 192.0.2.11",
	"ptr.example. TXT \"v=spf1 ptr ?all\"",
	"25.2.0.192.in-addr.arpa. PTR slow.example.",
	"25.2.0.192.in-addr.arpa. PTR mail.ptr.example.",
	"mail.ptr.example. A 192.0.2.25",
	"forged.ptr.example. A 192.0.2.99",
	"26.2.0.192.in-addr.arpa. PTR forged.ptr.example.",
	"loopback.example. TXT \"v=spf1 -all\"",
	"exp.example. TXT \"v=spf1 -all exp=why.exp.example\"",
	"why.exp.example. TXT \"%{i} may not send for %{o}, says %{r}\"",
	"expinclude.example. TXT \"v=spf1 include:exp.example ?all exp=why.exp.example\"",
	"expredirect.example. TXT \"v=spf1 exp=not.this.example redirect=exp.example\"",
	"slowexp.example. TXT \"v=spf1 -all exp=slow.example\"",
	"mail.helo.example. TXT \"v=spf1 a -all\"",
	"mail.helo.example. A 192.0.2.25",
	"xn--wgv71a.example. TXT \"v=spf1 ip4:192.0.2.25 -all\"",
	"local.example. TXT \"v=spf1 exists:%{l}.%{h}.local.example -all\"",
	"to.mail.helo.example.local.example. A 127.0.0.2",
	"*.many.txt.example. A 192.0.2.1",
};

static const char *const faults[] = {
	"slow.example. * timeout",
	"host.slow.example. * servfail",
	"forged.example. TXT bogus",
};

static struct spf_bench *bench_new(void)
{
	struct spf_bench *bench = spf_bench_new();

	for (size_t i = 0; i < COUNT(zone); i++)
		spf_bench_zone(bench, zone[i]);
	for (size_t i = 0; i < COUNT(faults); i++)
		spf_bench_fault(bench, faults[i]);
	return bench;
}

static const struct {
	const char *client, *mail;
	enum result result;
	enum spf_fault fault;
	const char *domain, *text; /* of the fault */
	size_t position;
	bool in_include;
	unsigned lookups, voids;
	const char *decided_by; /* "" when nothing did */
} verdict_rows[] = {
	{"192.0.2.25", "taro@pass.example", RESULT_PASS, SPFAULT_NONE, "", "", 0, false, 0, 0,
		"ip4:192.0.2.0/24"},
	{"2001:db8::25", "<taro@PASS.example>", RESULT_PASS, SPFAULT_NONE, "", "", 0, false, 0, 0,
		"ip6:2001:db8::/32"},
	{"::ffff:192.0.2.25", "taro@pass.example", RESULT_PASS, SPFAULT_NONE, "", "", 0, false, 0, 0,
		"ip4:192.0.2.0/24"},
	{"203.0.113.1", "taro@pass.example", RESULT_FAIL, SPFAULT_NONE, "", "", 0, false, 0, 0, "-all"},
	{"192.0.2.25", "taro@empty.example", RESULT_NEUTRAL, SPFAULT_NONE, "", "", 0, false, 0, 0, ""},
	/* a loopback client gets no free pass, nor does an unknown one count as loopback */
	{"127.0.0.1", "taro@loopback.example", RESULT_FAIL, SPFAULT_NONE, "", "", 0, false, 0, 0, "-all"},
	{"::1", "taro@loopback.example", RESULT_FAIL, SPFAULT_NONE, "", "", 0, false, 0, 0, "-all"},
	{"", "taro@pass.example", RESULT_NONE, SPFAULT_CLIENT_UNKNOWN, "", "", 0, false, 0, 0, ""},
	/* identities: 2.3, 2.4, 4.3 */
	{"192.0.2.25", "<>", RESULT_PASS, SPFAULT_NONE, "", "", 0, false, 1, 0, "a"},
	{"192.0.2.25", "taro@\xe6\x97\xa5\xe6\x9c\xac.example", RESULT_PASS, SPFAULT_NONE, "", "", 0, false,
		0, 0, "ip4:192.0.2.25"},
	{"192.0.2.25", "\"t\\o\"@local.example", RESULT_PASS, SPFAULT_NONE, "", "", 0, false, 1, 0,
		"exists:%{l}.%{h}.local.example"},
	{"192.0.2.25", "taro@localhost", RESULT_NONE, SPFAULT_SENDER_UNUSABLE, "", "only one label", 0, false,
		0, 0, ""},
	{"192.0.2.25", "taro@[192.0.2.25]", RESULT_NONE, SPFAULT_SENDER_UNUSABLE, "", "address literal", 0,
		false, 0, 0, ""},
	{"192.0.2.25", "taro@pass.example(.x.example", RESULT_NONE, SPFAULT_SENDER_UNUSABLE, "",
		"invalid character", 0, false, 0, 0, ""},
	{"192.0.2.25", "(taro@pass.example", RESULT_NONE, SPFAULT_SENDER_UNUSABLE, "",
		"invalid character in the local part", 0, false, 0, 0, ""},
	{"192.0.2.25", "postmaster", RESULT_NONE, SPFAULT_SENDER_UNUSABLE, "", "no domain", 0, false, 0, 0,
		""},
	/* record lookup: 4.4, 4.5 */
	{"192.0.2.25", "taro@no.such.name.example", RESULT_NONE, SPFAULT_NO_NAME, "no.such.name.example", "",
		0, false, 0, 0, ""},
	{"192.0.2.25", "taro@nothing.example", RESULT_NONE, SPFAULT_NO_RECORD, "nothing.example", "", 0,
		false, 0, 0, ""},
	{"192.0.2.25", "taro@two.example", RESULT_PERMERROR, SPFAULT_SEVERAL_RECORDS, "two.example",
		"2 records", 0, false, 0, 0, ""},
	{"192.0.2.25", "taro@slow.example", RESULT_TEMPERROR, SPFAULT_DNS, "slow.example", NULL, 0, false, 0,
		0, ""},
	/* syntax: 4.6 */
	{"192.0.2.25", "taro@syntax.example", RESULT_PERMERROR, SPFAULT_BAD_PREFIX, "syntax.example",
		"ip4:192.0.2.0/33", 12, false, 0, 0, ""},
	{"192.0.2.25", "taro@utf8.example", RESULT_PERMERROR, SPFAULT_NON_ASCII, "utf8.example",
		"\xef\xbc\x9a", 10, false, 0, 0, ""},
	{"192.0.2.25", "taro@brokeninclude.example", RESULT_PERMERROR, SPFAULT_BAD_PREFIX, "syntax.example",
		"ip4:192.0.2.0/33", 12, true, 1, 0, ""},
	/* include 5.2 and redirect 6.1 */
	{"192.0.2.25", "taro@gone.example", RESULT_PERMERROR, SPFAULT_INCLUDE_NO_NAME, "gone.example",
		"include:no.such.name.example", 7, false, 1, 0, ""},
	{"192.0.2.25", "taro@bare.example", RESULT_PERMERROR, SPFAULT_INCLUDE_NO_RECORD, "bare.example",
		"include:nothing.example", 7, false, 1, 0, ""},
	{"192.0.2.25", "taro@away.example", RESULT_PERMERROR, SPFAULT_REDIRECT_NO_RECORD, "away.example",
		"redirect=nothing.example", 7, false, 1, 0, ""},
	{"192.0.2.25", "taro@single.example", RESULT_PERMERROR, SPFAULT_INCLUDE_NO_NAME, "single.example",
		"include:%{d1}", 7, false, 1, 0, ""},
	{"192.0.2.25", "taro@url.example", RESULT_PERMERROR, SPFAULT_INCLUDE_NO_NAME, "url.example",
		"include:https://pass.example", 7, false, 1, 0, ""},
	{"192.0.2.25", "taro@slowhost.example", RESULT_TEMPERROR, SPFAULT_DNS, "host.slow.example", NULL, 0,
		true, 1, 0, ""},
	{"192.0.2.25", "taro@slowinclude.example", RESULT_TEMPERROR, SPFAULT_DNS, "slow.example", NULL, 0,
		true, 1, 0, ""},
	{"192.0.2.25", "taro@bogus.example", RESULT_TEMPERROR, SPFAULT_DNS, "forged.example", NULL, 0, true,
		1, 0, ""},
	/* limits: 4.6.4 */
	{"192.0.2.25", "taro@loop.example", RESULT_PERMERROR, SPFAULT_LOOP, "loop2.example",
		"loop.example -> loop2.example -> loop.example", 24, true, 2, 0, ""},
	{"192.0.2.25", "taro@self.example", RESULT_PERMERROR, SPFAULT_LOOP, "self.example",
		"self.example -> self.example", 7, false, 1, 0, ""},
	{"192.0.2.25", "taro@many.example", RESULT_PERMERROR, SPFAULT_TOO_MANY_LOOKUPS, "many.example",
		"a:b.x.example", 147, false, 11, 0, ""},
	{"192.0.2.25", "taro@ten.example", RESULT_PASS, SPFAULT_NONE, "", "", 0, false, 10, 0,
		"include:pass.example"},
	{"192.0.2.25", "taro@void3.example", RESULT_PERMERROR, SPFAULT_TOO_MANY_VOIDS, "void3.example",
		"v1.x.example, v2.x.example, v3.x.example", 38, false, 3, 3, ""},
	{"192.0.2.25", "taro@void2.example", RESULT_PASS, SPFAULT_NONE, "", "", 0, false, 2, 2,
		"ip4:192.0.2.25"},
	{"192.0.2.25", "taro@family.example", RESULT_SOFTFAIL, SPFAULT_NONE, "", "", 0, false, 3, 0, "~all"},
	{"192.0.2.25", "taro@families.example", RESULT_PERMERROR, SPFAULT_TOO_MANY_VOIDS, "families.example",
		"v1.x.example, v2.x.example, v3.x.example", 55, false, 4, 3, ""},
	{"192.0.2.10", "taro@mxs.example", RESULT_PASS, SPFAULT_NONE, "", "", 0, false, 1, 0, "mx"},
	{"192.0.2.11", "taro@mxs.example", RESULT_PERMERROR, SPFAULT_TOO_MANY_MX, "mxs.example", "mx", 7,
		false, 1, 0, ""},
	/* ptr 5.5: trouble with one name skips it; an unconfirmed name is none */
	{"192.0.2.25", "taro@ptr.example", RESULT_PASS, SPFAULT_NONE, "", "", 0, false, 1, 0, "ptr"},
	{"192.0.2.26", "taro@ptr.example", RESULT_NEUTRAL, SPFAULT_NONE, "", "", 0, false, 1, 0, "?all"},
	{"192.0.2.27", "taro@ptr.example", RESULT_NEUTRAL, SPFAULT_NONE, "", "", 0, false, 1, 1, "?all"},
};

static void verdicts(void **state)
{
	struct spf_bench *bench = bench_new();

	(void)state;
	for (size_t i = 0; i < COUNT(verdict_rows); i++) {
		struct work work = spf_bench_work(
			bench, verdict_rows[i].client, "to.mail.helo.example", verdict_rows[i].mail);
		struct spf_verdict verdict;

		if (strcmp(verdict_rows[i].mail, "<>") == 0)
			work = spf_bench_work(bench, verdict_rows[i].client, "mail.helo.example", "<>");
		if (strstr(verdict_rows[i].mail, "local") != NULL)
			work = spf_bench_work(
				bench, verdict_rows[i].client, "mail.helo.example", verdict_rows[i].mail);
		verdict = verify_spf(&work);
		if (verdict.result != verdict_rows[i].result || verdict.fault != verdict_rows[i].fault)
			print_error("row %zu: %s\n", i, verdict_rows[i].mail);
		assert_int_equal(verdict.result, verdict_rows[i].result);
		assert_int_equal(verdict.fault, verdict_rows[i].fault);
		assert_string_equal(verdict.fault_domain, verdict_rows[i].domain);
		if (verdict_rows[i].text != NULL)
			assert_string_equal(verdict.fault_text, verdict_rows[i].text);
		assert_int_equal(verdict.fault_position, verdict_rows[i].position);
		assert_int_equal(verdict.fault_in_include, verdict_rows[i].in_include);
		assert_int_equal(verdict.lookups, verdict_rows[i].lookups);
		assert_int_equal(verdict.voids, verdict_rows[i].voids);
		assert_int_equal(verdict.void_count, verdict_rows[i].voids);
		assert_string_equal(verdict.decided_by == NULL ? "" : verdict.decided_by->text,
			verdict_rows[i].decided_by);
	}
	spf_bench_free(&bench);
}

static void identities(void **state)
{
	struct spf_bench *bench = bench_new();
	struct work work = spf_bench_work(bench, "192.0.2.25", "MAIL.helo.example", "<>");
	struct spf_verdict verdict = verify_spf(&work);

	(void)state;
	assert_int_equal(verdict.identity, IDENTITY_HELO);
	assert_string_equal(verdict.sender, "postmaster@MAIL.helo.example");
	assert_string_equal(verdict.domain, "mail.helo.example");
	assert_string_equal(verdict.record, "v=spf1 a -all");
	work = spf_bench_work(bench, "192.0.2.25", "[192.0.2.25]", "<>");
	verdict = verify_spf(&work);
	assert_int_equal(verdict.result, RESULT_NONE);
	assert_int_equal(verdict.fault, SPFAULT_SENDER_UNUSABLE);
	assert_int_equal(verdict.evidence.count, 0);
	/* the result of HELO never stands in for that of MAIL FROM */
	work = spf_bench_work(bench, "192.0.2.25", "mail.helo.example", "<Taro@Nothing.example>");
	verdict = verify_spf(&work);
	assert_int_equal(verdict.identity, IDENTITY_MAIL_FROM);
	assert_int_equal(verdict.result, RESULT_NONE);
	assert_string_equal(verdict.sender, "Taro@Nothing.example");
	assert_string_equal(verdict.domain, "nothing.example");
	assert_string_equal(verdict.record, "");
	spf_bench_free(&bench);
}

static void troubles(void **state)
{
	struct spf_bench *bench = bench_new();
	struct work work = spf_bench_work(bench, "192.0.2.25", "h.example", "taro@slow.example");
	struct spf_verdict verdict = verify_spf(&work);

	(void)state;
	assert_int_equal(verdict.trouble, TROUBLE_TIMEOUT);
	assert_false(verdict.bogus);
	work = spf_bench_work(bench, "192.0.2.25", "h.example", "taro@bogus.example");
	verdict = verify_spf(&work);
	assert_true(verdict.bogus);
	spf_bench_free(&bench);
}

/* depth, outcome, text and target of every term that was evaluated, in that order */
static const struct {
	const char *mail;
	enum result result;
	const char *trace;
} trace_rows[] = {
	{"a@one.example", RESULT_PASS, /* static terms behind the match are not evaluated */
		"0 no ip4:198.51.100.1|0 no ip6:::1|0 yes +ip4:192.0.2.25|"},
	{"a@tree.example", RESULT_FAIL,
		"0 no a:h.x.example=h.x.example|0 no include:in.example=in.example|1 no ip4:198.51.100.7|"
		"1 no include:deep.example=deep.example|2 yes -ip4:192.0.2.0/24|1 yes ~all|0 no "
		"ip4:198.51.100.8|"
		"0 yes -all|"},
	{"a@red.example", RESULT_PASS, /* redirect comes last wherever it is written (6.1) */
		"0 no ip4:198.51.100.1|0 yes redirect=to.example=to.example|1 no ?ip4:198.51.100.2|"
		"1 yes include:yes.example=yes.example|2 yes ip4:192.0.2.25|"},
	{"a@minus.example", RESULT_FAIL, "0 yes -include:yes.example=yes.example|1 yes ip4:192.0.2.25|"},
	{"a@err.example", RESULT_PERMERROR,
		"0 no ip4:198.51.100.1|0 perm include:mid.example=mid.example|"
		"1 perm include:many.mid.example=many.mid.example|"},
	{"a@tmp.example", RESULT_TEMPERROR,
		"0 temp include:mid2.example=mid2.example|1 temp mx:slow.example=slow.example|"},
};

static void trace_zone(struct spf_bench *bench)
{
	static const char *const lines[] = {
		"one.example. TXT \"v=spf1 ip4:198.51.100.1 ip6:::1 +ip4:192.0.2.25 ip4:192.0.2.26 -all\"",
		"tree.example. TXT \"v=spf1 a:h.x.example include:in.example ip4:198.51.100.8 -all\"",
		"h.x.example. A 198.51.100.80",
		"in.example. TXT \"v=spf1 ip4:198.51.100.7 include:deep.example ~all\"",
		"deep.example. TXT \"v=spf1 -ip4:192.0.2.0/24 all\"",
		"red.example. TXT \"v=spf1 redirect=to.example ip4:198.51.100.1\"",
		"to.example. TXT \"v=spf1 ?ip4:198.51.100.2 include:yes.example -all\"",
		"yes.example. TXT \"v=spf1 ip4:192.0.2.25 -all\"",
		"minus.example. TXT \"v=spf1 -include:yes.example +all\"",
		"err.example. TXT \"v=spf1 ip4:198.51.100.1 include:mid.example -all\"",
		"mid.example. TXT \"v=spf1 include:many.mid.example\"",
		"tmp.example. TXT \"v=spf1 include:mid2.example -all\"",
		"mid2.example. TXT \"v=spf1 mx:slow.example -all\"",
	};

	for (size_t i = 0; i < COUNT(lines); i++)
		spf_bench_zone(bench, lines[i]);
	spf_bench_fault(bench, "slow.example. * timeout");
}

static const char *trace_of(struct arena *arena, const struct spf_verdict *verdict)
{
	static const char *const outcomes[] = {"not", "no", "yes", "temp", "perm"};
	const char *trace = "";

	for (size_t i = 0; i < verdict->term_count; i++) {
		const struct spf_term *term = &verdict->terms[i];

		trace = arena_printf(arena, "%s%d %s %s%s%s|", trace, term->depth, outcomes[term->outcome],
			term->text, term->target[0] == '\0' ? "" : "=", term->target);
	}
	return trace;
}

static void traces(void **state)
{
	struct spf_bench *bench = spf_bench_new();
	struct arena *arena = arena_new();

	(void)state;
	trace_zone(bench);
	for (size_t i = 0; i < COUNT(trace_rows); i++) {
		struct work work = spf_bench_work(bench, "192.0.2.25", "h.example", trace_rows[i].mail);
		struct spf_verdict verdict = verify_spf(&work);

		assert_int_equal(verdict.result, trace_rows[i].result);
		assert_string_equal(trace_of(arena, &verdict), trace_rows[i].trace);
	}
	arena_free(&arena);
	spf_bench_free(&bench);
}

static void records_seen(void **state)
{
	struct spf_bench *bench = spf_bench_new();
	struct work work;
	struct spf_verdict verdict;

	(void)state;
	trace_zone(bench);
	work = spf_bench_work(bench, "192.0.2.25", "h.example", "a@red.example");
	verdict = verify_spf(&work);
	assert_int_equal(verdict.record_count, 3);
	assert_string_equal(verdict.records[0].text, verdict.record);
	assert_string_equal(verdict.records[1].domain, "to.example");
	assert_int_equal(verdict.records[1].depth, 1);
	assert_string_equal(verdict.records[2].domain, "yes.example");
	assert_int_equal(verdict.records[2].depth, 2);
	assert_int_equal(verdict.evidence.count, 3);
	assert_string_equal(verdict.evidence.answers[0]->asked.name, "red.example");
	assert_string_equal(verdict.decided_by->text, "include:yes.example");
	spf_bench_free(&bench);
}

static void explanations(void **state)
{
	static const struct {
		const char *mail, *explanation;
	} rows[] = {
		{"taro@exp.example", "192.0.2.25 may not send for exp.example, says unknown"},
		{"taro@expredirect.example", "192.0.2.25 may not send for expredirect.example, says unknown"},
		{"taro@expinclude.example", ""}, /* only on fail, and an include's never (6.2) */
		{"taro@slowexp.example", ""},
		{"taro@loopback.example", ""},
		{"taro@exp2.example", ""},
		{"taro@exp8bit.example", ""},
		{"taro@expbad.example", ""},
	};
	struct spf_bench *bench = bench_new();

	(void)state;
	spf_bench_zone(bench, "exp2.example. TXT \"v=spf1 -all exp=two.exp2.example\"");
	spf_bench_zone(bench, "two.exp2.example. TXT \"one\"");
	spf_bench_zone(bench, "two.exp2.example. TXT \"two\"");
	spf_bench_zone(bench, "exp8bit.example. TXT \"v=spf1 -all exp=t.exp8bit.example\"");
	spf_bench_zone(bench, "t.exp8bit.example. TXT \"ah\\013\\010X-Header: forged\"");
	spf_bench_zone(bench, "expbad.example. TXT \"v=spf1 -all exp=t.expbad.example\"");
	spf_bench_zone(bench, "t.expbad.example. TXT \"100% sure\"");
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct work work = spf_bench_work(bench, "192.0.2.25", "h.example", rows[i].mail);
		struct spf_verdict verdict = verify_spf(&work);

		assert_string_equal(verdict.explanation, rows[i].explanation);
		assert_int_equal(verdict.voids, 0);
	}
	spf_bench_free(&bench);
}

/* A TXT record of "before", count times "%{d}", "after", in strings of at most 250 octets. */
static void macro_bomb_zone(
	struct spf_bench *bench, const char *name, const char *before, unsigned count, const char *after)
{
	char text[2000], line[3000];
	size_t len = (size_t)snprintf(text, sizeof text, "%s", before), at;

	for (unsigned i = 0; i < count; i++)
		len += (size_t)snprintf(text + len, sizeof text - len, "%%{d}");
	len += (size_t)snprintf(text + len, sizeof text - len, "%s", after);
	at = (size_t)snprintf(line, sizeof line, "%s TXT", name);
	for (size_t i = 0; i < len; i += 250)
		at += (size_t)snprintf(line + at, sizeof line - at, " \"%.250s\"", text + i);
	spf_bench_zone(bench, line);
}

/* CVE-2023-42118: 127 macros and a literal overrun the stack of libspf2's parser. */
static void crash_records(void **state)
{
	static const struct {
		const char *mail;
		enum result result;
		const char *explanation;
	} rows[] = {
		{"a@mechanism.example", RESULT_FAIL, ""},
		{"a@modifier.example", RESULT_FAIL, ""},
		{"a@exists.example", RESULT_FAIL, ""},
		{"a@redirect.example", RESULT_PERMERROR, ""},
		{"a@exp.example", RESULT_FAIL, NULL},
	};
	struct spf_bench *bench = spf_bench_new();
	struct work work;

	(void)state;
	macro_bomb_zone(bench, "mechanism.example.", "v=spf1 a:", 127, ".literal.example -all");
	macro_bomb_zone(bench, "exists.example.", "v=spf1 exists:", 127, ".AAAAAAAAAAAAAAAAAAAAAAAA -all");
	macro_bomb_zone(bench, "modifier.example.", "v=spf1 x=", 127, "AAAAAAAAAAAAAAAAAAAAAAAA -all");
	macro_bomb_zone(bench, "redirect.example.", "v=spf1 redirect=", 127, ".AAAAAAAAAAAAAAAAAAAAAAAA");
	spf_bench_zone(bench, "exp.example. TXT \"v=spf1 -all exp=t.exp.example\"");
	macro_bomb_zone(bench, "t.exp.example.", "", 127, "AAAAAAAA");
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct spf_verdict verdict;

		work = spf_bench_work(bench, "192.0.2.25", "h.example", rows[i].mail);
		verdict = verify_spf(&work);
		assert_int_equal(verdict.result, rows[i].result);
		if (rows[i].explanation != NULL)
			assert_string_equal(verdict.explanation, rows[i].explanation);
		else
			assert_int_equal(strlen(verdict.explanation), SPFMACRO_EXPLANATION_MAX);
	}
	spf_bench_free(&bench);
}

/* Includes ten wide and five deep cost libspf2 111,111 lookups. */
static void include_tree(void **state)
{
	struct spf_bench *bench = spf_bench_new();
	struct work work;
	struct spf_verdict verdict;

	(void)state;
	for (int level = 0; level < 5; level++) {
		for (int node = 0; node < 10; node++) {
			char line[1000];
			int at = snprintf(line, sizeof line, "n%d-%d.example. TXT \"v=spf1", level, node);

			for (int child = 0; child < 10; child++) {
				if (child == 5)
					at += snprintf(line + at, sizeof line - (size_t)at, "\" \"");
				at += snprintf(line + at, sizeof line - (size_t)at, " include:n%d-%d.example",
					level + 1, child);
			}
			(void)snprintf(line + at, sizeof line - (size_t)at, "\"");
			spf_bench_zone(bench, line);
		}
	}
	for (int node = 0; node < 10; node++) {
		char line[100];

		(void)snprintf(line, sizeof line, "n5-%d.example. TXT \"v=spf1 ?all\"", node);
		spf_bench_zone(bench, line);
	}
	work = spf_bench_work(bench, "192.0.2.25", "h.example", "a@n0-0.example");
	verdict = verify_spf(&work);
	assert_int_equal(verdict.result, RESULT_PERMERROR);
	assert_int_equal(verdict.fault, SPFAULT_TOO_MANY_LOOKUPS);
	assert_string_equal(verdict.fault_domain, "n4-0.example");
	assert_string_equal(verdict.fault_text, "include:n5-6.example");
	assert_int_equal(verdict.evidence.count, 11);
	spf_bench_free(&bench);
}

/* libspf2 drops what is behind 511 compiled octets, "-all" included, and says neutral. */
static void hundred_networks(void **state)
{
	struct spf_bench *bench = spf_bench_new();
	char line[4000];
	int at = snprintf(line, sizeof line, "long.example. TXT \"v=spf1\"");
	struct work work;

	(void)state;
	for (int i = 0; i < 100; i++)
		at += snprintf(line + at, sizeof line - (size_t)at, " \" ip4:198.51.100.%d\"", i);
	(void)snprintf(line + at, sizeof line - (size_t)at, " \" -all\"");
	spf_bench_zone(bench, line);
	work = spf_bench_work(bench, "192.0.2.25", "h.example", "a@long.example");
	assert_int_equal(verify_spf(&work).result, RESULT_FAIL);
	assert_int_equal(verify_spf(&work).term_count, 101);
	work = spf_bench_work(bench, "198.51.100.99", "h.example", "a@long.example");
	assert_int_equal(verify_spf(&work).result, RESULT_PASS);
	assert_int_equal(verify_spf(&work).term_count, 100);
	spf_bench_free(&bench);
}

static void too_large(void **state)
{
	struct spf_bench *bench = spf_bench_new();
	char line[8000];
	int at = snprintf(line, sizeof line, "large.example. TXT \"v=spf1\"");
	struct work work;
	struct spf_verdict verdict;

	(void)state;
	for (int i = 0; i < 300; i++)
		at += snprintf(line + at, sizeof line - (size_t)at, " \" ip4:198.51.%d.100\"", i % 250);
	spf_bench_zone(bench, line);
	work = spf_bench_work(bench, "192.0.2.25", "h.example", "a@large.example");
	verdict = verify_spf(&work);
	assert_int_equal(verdict.result, RESULT_PERMERROR);
	assert_int_equal(verdict.fault, SPFAULT_TOO_LARGE);
	assert_string_equal(verdict.fault_text, "record too large");
	spf_bench_free(&bench);
}

/* A sender's text may be long, 8-bit and full of macros: it is a value, never a template. */
static void foreign_values(void **state)
{
	struct spf_bench *bench = spf_bench_new();
	char mail[9100] = "%{d}%{p}\xff", helo[] = "%{h}\xfe'; x";
	struct work work;
	struct spf_verdict verdict;

	(void)state;
	memset(mail + strlen(mail), 'a', 9000);
	strcat(mail, "@macro.example");
	spf_bench_zone(bench, "macro.example. TXT \"v=spf1 exists:%{l}.%{h}.example exp=%{S}.example -all\"");
	work = spf_bench_work(bench, "192.0.2.25", helo, mail);
	verdict = verify_spf(&work);
	assert_int_equal(verdict.result, RESULT_FAIL);
	assert_int_equal(verdict.voids, 1);
	assert_string_equal(verdict.terms[0].target, "%{h}\xfe'; x.example");
	spf_bench_free(&bench);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(verdicts),
		cmocka_unit_test(identities),
		cmocka_unit_test(troubles),
		cmocka_unit_test(traces),
		cmocka_unit_test(records_seen),
		cmocka_unit_test(explanations),
		cmocka_unit_test(crash_records),
		cmocka_unit_test(include_tree),
		cmocka_unit_test(hundred_networks),
		cmocka_unit_test(too_large),
		cmocka_unit_test(foreign_values),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
