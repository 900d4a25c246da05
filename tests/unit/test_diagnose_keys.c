/* Where the right key is: neighbours in DNS, providers, the key memory. "p=RIGHT" made the signature,
 * "p=OTHER" did not. Sections are of RFC 6376 unless named. */
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
#define ABSENT "default._domainkey.hoge.example TXT !nxdomain\n"
#define NO_KEYS ABSENT "_domainkey.hoge.example TXT !nxdomain\n"
#define NOT_DOUBLED "hoge.example.hoge.example TXT !nxdomain\n"
#define NO_APEX "hoge.example TXT v=spf1 -all\n"
#define RIGHT_KEY "v=DKIM1; p=RIGHT"
#define OTHER_KEY "v=DKIM1; p=OTHER"

static void try_keys(struct bench *bench)
{
	bench_trial(bench, "RIGHT", RECOVERY_SAME_HEADER);
	bench_trial(bench, "OTHER", RECOVERY_WRONG_KEY);
	bench_dmarc(bench, RESULT_PASS, DMARCFAULT_NONE, "");
}

static const struct {
	const char *about, *answers, *codes, *fix; /* fix: a piece of it */
} absent_rows[] = {
	{"apex, right", ABSENT "hoge.example TXT " RIGHT_KEY, "dkim-key-at-apex=proven",
		"default._domainkey.hoge.example. TXT \"v=DKIM1; p=RIGHT\""},
	{"apex, another key, the right one elsewhere",
		NO_KEYS NOT_DOUBLED "hoge.example TXT " OTHER_KEY
				    "\ndefault.domainkey.hoge.example TXT " RIGHT_KEY,
		"dkim-key-wrong-name=proven !dkim-key-at-apex", ""},
	{"apex, another key", NO_KEYS NOT_DOUBLED "hoge.example TXT " OTHER_KEY, "dkim-key-at-apex=likely",
		""},
	{"doubled zone",
		NO_KEYS NO_APEX "hoge.example.hoge.example TXT !nodata\n"
				"default._domainkey.hoge.example.hoge.example TXT " RIGHT_KEY,
		"dkim-zone-suffix-doubled=proven", "only \"default._domainkey\""},
	{"key without selector", ABSENT NO_APEX NOT_DOUBLED "_domainkey.hoge.example TXT " RIGHT_KEY,
		"dkim-key-wrong-name=proven", ""},
	{"blank for dot", NO_KEYS NO_APEX NOT_DOUBLED "default_domainkey.hoge.example TXT " RIGHT_KEY,
		"dkim-key-wrong-name=proven", "host name in the panel: default._domainkey)"},
	{"selector alone", NO_KEYS NO_APEX NOT_DOUBLED "default.hoge.example TXT " RIGHT_KEY,
		"dkim-key-wrong-name=proven", ""},
	{"turned round", NO_KEYS NO_APEX NOT_DOUBLED "_domainkey.default.hoge.example TXT " RIGHT_KEY,
		"dkim-key-wrong-name=proven", ""},
	{"other selector",
		ABSENT NO_APEX NOT_DOUBLED "_domainkey.hoge.example TXT !nodata\n"
					   "mail._domainkey.hoge.example TXT " RIGHT_KEY,
		"dkim-key-under-other-selector=proven", "mail._domainkey.hoge.example"},
	{"other selector, other key",
		ABSENT NO_APEX NOT_DOUBLED "_domainkey.hoge.example TXT !nodata\n_dmarc.hoge.example TXT "
					   "!nxdomain\nmail._domainkey.hoge.example TXT " OTHER_KEY,
		"dkim-key-missing-selector=strong", ""},
	{"target with the zone behind it (RFC 1035 5.1)",
		"default._domainkey.hoge.example>default._domainkey.prov.example.hoge.example TXT !nxdomain\n"
		"default._domainkey.prov.example TXT " RIGHT_KEY,
		"dkim-key-cname-zone-appended=proven", "CNAME default._domainkey.prov.example."},
	{"target with the zone behind it, and nothing before",
		"default._domainkey.hoge.example>default._domainkey.prov.example.hoge.example TXT !nxdomain\n"
		"default._domainkey.prov.example TXT !nxdomain",
		"dkim-key-cname-dangling=strong", ""},
};

static void absent(struct bench *bench, const char *answers)
{
	bench_begin(bench);
	bench_answers(bench, answers);
	bench->signatures[0].key_answer = bench->answers[0];
	bench->signatures[0].result = RESULT_PERMERROR;
	bench->signatures[0].fault = SIGFAULT_KEY_ABSENT;
	bench->signatures[0].key_record = bench->signatures[0].key_p = "";
	try_keys(bench);
}

static void expect_fix(struct bench *bench, const char *about, const char *codes, const char *fix)
{
	struct diagnoses diagnoses;

	bench_expect(bench, about, codes);
	diagnoses = diagnose(&bench->facts, bench->arena);
	if (strstr(diagnoses.items[0].fix, fix) == NULL)
		fail_msg("%s: %s", about, diagnoses.items[0].fix);
}

void dkim_key_places(void **state)
{
	struct bench bench;

	(void)state;
	for (size_t i = 0; i < COUNT(absent_rows); i++) {
		absent(&bench, absent_rows[i].answers);
		expect_fix(&bench, absent_rows[i].about, absent_rows[i].codes, absent_rows[i].fix);
		bench_end(&bench);
	}
	absent(&bench, NO_KEYS NO_APEX NOT_DOUBLED "default._domainkey.prov.example TXT " RIGHT_KEY);
	bench_client(&bench, "198.51.100.7", "sv7.prov.example", "sv7.prov.example", "<taro@hoge.example>");
	expect_fix(&bench, "only at the provider", "dkim-key-only-at-provider=proven",
		"CNAME default._domainkey.prov.example. (host name in the panel: default._domainkey)");
	bench_end(&bench);
	absent(&bench, "default._domainkey.news.hoge.example TXT !nxdomain\n" NO_APEX NOT_DOUBLED
		       "_domainkey.news.hoge.example TXT !nxdomain\nnews.hoge.example TXT !nodata\n"
		       "default._domainkey.hoge.example TXT " RIGHT_KEY);
	bench.signatures[0].domain = bench.signatures[0].domain_name = "news.hoge.example";
	bench.signatures[0].key_name = "default._domainkey.news.hoge.example";
	expect_fix(&bench, "at the parent", "dkim-key-at-parent-domain=proven",
		"host name in the panel: default._domainkey.news)");
	bench_end(&bench);
	absent(&bench, "default.private._domainkey.hoge.example TXT !nxdomain\n"
		       "default._domainkey.hoge.example TXT " RIGHT_KEY);
	bench.signatures[0].selector = "default.private";
	bench_expect(&bench, "file name, proven", "dkim-sig-selector-implausible=proven");
	bench_end(&bench);
}

static const struct {
	const char *about, *answers, *codes;
	const char *remembered; /* p= of a key of "default", or NULL */
} wrong_rows[] = {
	{"nothing known", "", "dkim-key-mismatch=proven", NULL},
	{"another remembered", "", "dkim-key-mismatch=proven", "OTHER"},
	{"changed too early", "", "dkim-key-changed-too-early=proven", "RIGHT"},
	{"rotated", "default._domainkey.prov.example TXT " RIGHT_KEY, "dkim-key-rotated-at-provider=proven",
		NULL},
	{"the provider's, and another signed", "default._domainkey.prov.example TXT v=DKIM1; p=MIIB",
		"dkim-key-of-other-signer=strong", NULL},
	{"the shop's key",
		"default._domainkey.prov.example TXT !nxdomain\nhoge.example A 192.0.2.80\n"
		"80.2.0.192.in-addr.arpa PTR web80.shop.example\n"
		"shop._domainkey.shop.example TXT !nxdomain\n"
		"shop._domainkey.hoge.example TXT v=DKIM1; p=MIIB",
		"dkim-key-of-other-signer=strong", NULL},
	{"the shop's key, at the shop",
		"default._domainkey.prov.example TXT !nxdomain\nhoge.example A 192.0.2.80\n"
		"80.2.0.192.in-addr.arpa PTR web80.shop.example\n"
		"shop._domainkey.shop.example TXT v=DKIM1; p=MIIB",
		"dkim-key-of-other-signer=strong", NULL},
	{"right one under another selector",
		"default._domainkey.prov.example TXT !nxdomain\nhoge.example A !nodata\n"
		"mail._domainkey.hoge.example TXT " RIGHT_KEY,
		"dkim-key-under-other-selector=proven", NULL},
};

void dkim_wrong_keys(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(wrong_rows); i++) {
		struct bench bench;

		bench_begin(&bench);
		bench_answers(&bench, wrong_rows[i].answers);
		bench_client(&bench, "198.51.100.7", "sv7.prov.example", "sv7.prov.example",
			"<taro@hoge.example>");
		if (wrong_rows[i].remembered != NULL)
			bench_remember(&bench, "default", wrong_rows[i].remembered);
		bench.signatures[0].result = RESULT_FAIL;
		bench.signatures[0].fault = SIGFAULT_SIGNATURE;
		bench.signatures[0].recovery = RECOVERY_WRONG_KEY;
		bench.signatures[0].digests_known = bench.signatures[0].body_hash_matches = true;
		try_keys(&bench);
		bench_expect(&bench, wrong_rows[i].about, wrong_rows[i].codes);
		bench_end(&bench);
	}
}
