/* DMARC verdicts → causes. Sections are of RFC 9989 unless named. */
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

static const struct {
	const char *about;
	enum result result;
	enum dmarc_fault fault;
	const char *text, *header, *answers, *codes;
} record_rows[] = {
	{"none", RESULT_NONE, DMARCFAULT_NO_RECORD, "", NULL, "_dmarc.hoge.example TXT !nxdomain",
		"dmarc-no-record=likely"},
	{"at the apex", RESULT_NONE, DMARCFAULT_NO_RECORD, "", NULL,
		"_dmarc.hoge.example TXT !nxdomain\nhoge.example TXT v=spf1 -all|v=DMARC1; p=none",
		"dmarc-record-at-apex=strong"},
	{"wildcard, perhaps", RESULT_NONE, DMARCFAULT_NO_RECORD, "", NULL,
		"_dmarc.hoge.example TXT v=spf1 -all", "dmarc-wildcard-txt=likely"},
	{"wildcard (RFC 4592)", RESULT_NONE, DMARCFAULT_NO_RECORD, "", NULL,
		"_dmarc.hoge.example TXT v=spf1 -all\nsekisho-asks-for-nobody.hoge.example TXT v=spf1 -all",
		"dmarc-wildcard-txt=strong"},
	{"text of somebody else", RESULT_NONE, DMARCFAULT_NO_RECORD, "", NULL,
		"_dmarc.hoge.example TXT v=spf1 -all\nsekisho-asks-for-nobody.hoge.example TXT !nxdomain",
		"dmarc-no-record"},
	{"doubled zone", RESULT_NONE, DMARCFAULT_NO_RECORD, "", NULL,
		"_dmarc.hoge.example TXT !nxdomain\nhoge.example.hoge.example TXT !nodata\n"
		"_dmarc.hoge.example.hoge.example TXT v=DMARC1; p=none",
		"dmarc-zone-suffix-doubled=proven"},
	{"without underscore", RESULT_NONE, DMARCFAULT_NO_RECORD, "", NULL,
		"_dmarc.hoge.example TXT !nxdomain\ndmarc.hoge.example TXT v=DMARC1; p=none",
		"dmarc-record-wrong-name=proven"},
	{"cancelled service", RESULT_NONE, DMARCFAULT_NO_RECORD, "", NULL,
		"_dmarc.hoge.example>h.gone.example TXT !nxdomain", "dmarc-cname-dangling"},
	{"two", RESULT_NONE, DMARCFAULT_SEVERAL_RECORDS, "", NULL,
		"_dmarc.hoge.example TXT v=DMARC1; p=none|v=DMARC1; p=reject",
		"dmarc-multiple-records=proven"},
	{"v= not first", RESULT_NONE, DMARCFAULT_VERSION, "p=none", NULL,
		"_dmarc.hoge.example TXT p=none; v=DMARC1", "dmarc-version-broken"},
	{"lower case", RESULT_NONE, DMARCFAULT_VERSION, "v=dmarc1", NULL,
		"_dmarc.hoge.example TXT v=dmarc1; p=none", "dmarc-version-broken"},
	{"comma", RESULT_NONE, DMARCFAULT_SYNTAX, ",", NULL, "_dmarc.hoge.example TXT v=DMARC1, p=none",
		"dmarc-separator-wrong"},
	{"blank", RESULT_NONE, DMARCFAULT_VERSION, "v=DMARC1 p", NULL,
		"_dmarc.hoge.example TXT v=DMARC1 p=none", "dmarc-separator-wrong"},
	{"no policy", RESULT_PERMERROR, DMARCFAULT_POLICY_MISSING, "", NULL,
		"_dmarc.hoge.example TXT v=DMARC1; sp=none", "dmarc-policy-missing"},
	{"p=monitor", RESULT_PERMERROR, DMARCFAULT_POLICY_INVALID, "p=monitor", NULL,
		"_dmarc.hoge.example TXT v=DMARC1; p=monitor", "dmarc-policy-invalid"},
	{"no reply", RESULT_TEMPERROR, DMARCFAULT_DNS, "", NULL, "_dmarc.hoge.example TXT !timeout",
		"dmarc-dns-failure dns-timeout"},
	{"no From", RESULT_PERMERROR, DMARCFAULT_FROM_MISSING, "", "Subject: x\n", "",
		"dmarc-from-missing=proven"},
	{"two From", RESULT_PERMERROR, DMARCFAULT_FROM_MULTIPLE, "", "From: a@a.example\nFrom: b@b.example\n",
		"", "dmarc-from-multiple=proven"},
	{"unreadable", RESULT_PERMERROR, DMARCFAULT_FROM_UNPARSEABLE, "", "From: a@@b.example <\n", "",
		"dmarc-from-unparseable"},
	{"no such domain", RESULT_NONE, DMARCFAULT_FROM_NO_NAME, "", "From: a@gone.example\n", "",
		"dmarc-from-domain-nxdomain"},
	{"a suffix", RESULT_NONE, DMARCFAULT_FROM_SUFFIX, "", "From: a@co.jp\n", "",
		"dmarc-from-public-suffix"},
};

void dmarc_records(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(record_rows); i++) {
		struct bench bench;

		bench_begin(&bench);
		if (record_rows[i].header != NULL)
			bench_header(&bench, record_rows[i].header);
		bench_answers(&bench, record_rows[i].answers);
		bench_dmarc(&bench, record_rows[i].result, record_rows[i].fault, record_rows[i].text);
		bench.verdicts.dmarc.record = bench.verdicts.dmarc.record_domain = "";
		bench_expect(&bench, record_rows[i].about, record_rows[i].codes);
		bench_end(&bench);
	}
}

static const struct {
	const char *about, *from, *mail, *helo; /* mail: also the SPF domain */
	enum result spf;
	const char *signer; /* d=, "" unsigned */
	enum result dkim;
	enum alignment spf_alignment, dkim_alignment;
	const char *list, *codes;
} fail_rows[] = {
	{"service without setup", "hoge.example", "<b@bounce.esp.example>", "out1.esp.example", RESULT_PASS,
		"", RESULT_NONE, ALIGNMENT_NO, ALIGNMENT_NO, "",
		"dmarc-unaligned-spf-only !dmarc-nothing-passed"},
	{"signed by the service", "hoge.example", "<b@hoge.example>", "out1.esp.example", RESULT_SOFTFAIL,
		"esp.example", RESULT_PASS, ALIGNMENT_STRICT, ALIGNMENT_NO, "", "dmarc-unaligned-dkim-only"},
	{"both foreign", "hoge.example", "<b@bounce.esp.example>", "out1.esp.example", RESULT_PASS,
		"esp.example", RESULT_PASS, ALIGNMENT_NO, ALIGNMENT_NO, "", "dmarc-unaligned-both"},
	{"web form", "hoge.example", "<hoge@sv7.prov.example>", "sv7.prov.example", RESULT_PASS, "",
		RESULT_NONE, ALIGNMENT_NO, ALIGNMENT_NO, "", "dmarc-unaligned-hosting-default"},
	{"bounce", "hoge.example", "<>", "sv14.prov.example", RESULT_PASS, "", RESULT_NONE, ALIGNMENT_NO,
		ALIGNMENT_NO, "", "dmarc-null-sender-unaligned"},
	{"strict", "hoge.example", "<b@news.hoge.example>", "out1.esp.example", RESULT_PASS,
		"news.hoge.example", RESULT_PASS, ALIGNMENT_RELAXED, ALIGNMENT_RELAXED, "",
		"dmarc-strict-alignment=proven"},
	{"rented names", "a.rental.example", "<x@b.rental.example>", "out1.esp.example", RESULT_PASS, "",
		RESULT_NONE, ALIGNMENT_NO, ALIGNMENT_NO, "", "dmarc-public-suffix-boundary"},
	{"registry names are no surprise", "a.co.jp", "<x@b.co.jp>", "out1.esp.example", RESULT_PASS, "",
		RESULT_NONE, ALIGNMENT_NO, ALIGNMENT_NO, "", "dmarc-unaligned-spf-only"},
	{"list", "hoge.example", "<b@hoge.example>", "lists.list.example", RESULT_SOFTFAIL, "hoge.example",
		RESULT_FAIL, ALIGNMENT_STRICT, ALIGNMENT_STRICT, "<ml.list.example>",
		"dmarc-mailing-list=strong"},
	{"ours from outside", "rx.example", "<b@evil.example>", "h.evil.example", RESULT_PASS, "",
		RESULT_NONE, ALIGNMENT_NO, ALIGNMENT_NO, "",
		"dmarc-spoofed-own-domain dmarc-unaligned-spf-only"},
	{"nothing", "hoge.example", "<b@hoge.example>", "h.vps.example", RESULT_SOFTFAIL, "", RESULT_NONE,
		ALIGNMENT_STRICT, ALIGNMENT_NO, "", "spf-likely-forged dkim-not-set-up dmarc-nothing-passed"},
};

static void arrange_failure(struct bench *bench, size_t i)
{
	const char *helo = fail_rows[i].helo;
	struct signature_verdict *signature = &bench->signatures[0];

	bench_client(bench, "203.0.113.130", helo, helo, fail_rows[i].mail);
	bench_header(bench, arena_printf(bench->arena, "From: a@%s\n%s%s%s", fail_rows[i].from,
				    fail_rows[i].list[0] != '\0' ? "List-Id: " : "", fail_rows[i].list,
				    fail_rows[i].list[0] != '\0' ? "\n" : ""));
	bench->verdicts.spf.term_count = 0;
	bench->verdicts.spf.decided_by = NULL;
	bench_spf(bench, fail_rows[i].spf, "v=spf1 ip4:198.51.100.1 ~all");
	bench->verdicts.signature_count = fail_rows[i].signer[0] != '\0';
	signature->domain = signature->domain_name = fail_rows[i].signer;
	signature->result = fail_rows[i].dkim;
	if (signature->result == RESULT_FAIL)
		signature->fault = SIGFAULT_BODY_HASH;
	bench_dmarc(bench, RESULT_FAIL, DMARCFAULT_NOTHING_ALIGNED, "");
	bench->verdicts.dmarc.spf_alignment = fail_rows[i].spf_alignment;
	bench->alignments[0] = fail_rows[i].dkim_alignment;
	bench->verdicts.dmarc.strict_dkim = bench->verdicts.dmarc.strict_spf =
		fail_rows[i].dkim_alignment == ALIGNMENT_RELAXED;
}

void dmarc_failures(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(fail_rows); i++) {
		struct bench bench;

		bench_begin(&bench);
		arrange_failure(&bench, i);
		bench_expect(&bench, fail_rows[i].about, fail_rows[i].codes);
		bench_end(&bench);
	}
}

static void remark(struct bench *bench, int pct, bool testing, bool differs)
{
	bench_dmarc(bench, RESULT_FAIL, DMARCFAULT_NOTHING_ALIGNED, "");
	bench->verdicts.dmarc.pct = pct;
	bench->verdicts.dmarc.testing = testing;
	bench->verdicts.dmarc.other_discovery_differs = differs;
	bench->verdicts.dmarc.other_result = RESULT_PASS;
}

void dmarc_passes(void **state)
{
	struct bench bench;

	(void)state;
	bench_begin(&bench);
	bench_expect(&bench, "all is well", "none");
	bench.verdicts.dmarc.bad_tag = "fo=9";
	bench_expect(&bench, "bad optional tag (4.7)", "dmarc-tag-invalid=proven");
	bench.verdicts.dmarc.bad_tag = "rua=postmaster@hoge.example";
	bench_expect(&bench, "no mailto (RFC 9990)", "dmarc-rua-no-mailto !dmarc-tag-invalid");
	bench.verdicts.dmarc.bad_tag = "";
	bench.verdicts.dmarc.rua = "mailto:postmaster@hoge.example";
	bench_expect(&bench, "a good address", "none");
	bench_dmarc(&bench, RESULT_TEMPERROR, DMARCFAULT_INPUT_TEMPERROR, "");
	bench.signatures[0].result = RESULT_TEMPERROR;
	bench.signatures[0].fault = SIGFAULT_KEY_DNS;
	bench_expect(&bench, "a key was missing", "dmarc-temperror dkim-key-dns-failure");
	remark(&bench, 20, false, false);
	bench_expect(&bench, "pct (RFC 7489 6.3)", "dmarc-unaligned-spf-only dmarc-policy-sampled");
	remark(&bench, 100, true, true);
	bench_expect(
		&bench, "t=y (4.7)", "dmarc-rfc9989-differs dmarc-policy-sampled !dmarc-unaligned-spf-only");
	bench_end(&bench);
}
