/* The client's names, DNS, our own side, and the order of what was found. */
#include "base/arena.h"
#include "diagnose/edit_distance.h"
#include "diagnose/hops.h"
#include "diagnose/spf_text.h"
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
	const char *about, *client, *ptr, *helo;
	enum result iprev;
	size_t ptr_count;
	bool without_address;
	const char *answers, *codes;
} name_rows[] = {
	{"no PTR", "192.0.2.25", "", "mail.hoge.example", RESULT_PERMERROR, 0, false, "",
		"iprev-no-ptr=strong"},
	{"only IPv4 has one", "2001:db8::25", "", "mail.hoge.example", RESULT_PERMERROR, 0, false,
		"mail.hoge.example A 192.0.2.25\n25.2.0.192.in-addr.arpa PTR mail.hoge.example",
		"iprev-ipv6-no-ptr"},
	{"dangling", "192.0.2.25", "old.hoge.example", "mail.hoge.example", RESULT_FAIL, 1, true,
		"old.hoge.example A !nxdomain", "iprev-ptr-dangling"},
	{"elsewhere", "192.0.2.25", "old.hoge.example", "mail.hoge.example", RESULT_FAIL, 1, false,
		"old.hoge.example A 198.51.100.1", "iprev-mismatch"},
	{"localhost", "192.0.2.25", "localhost", "mail.hoge.example", RESULT_FAIL, 1, false,
		"localhost A 127.0.0.1", "iprev-ptr-malformed"},
	{"lame reverse zone", "192.0.2.25", "", "mail.hoge.example", RESULT_TEMPERROR, 0, false,
		"25.2.0.192.in-addr.arpa PTR !servfail", "iprev-dns-failure !dns-servfail"},
	{"eleven (RFC 8601 2.7.3)", "192.0.2.25", "mail.hoge.example", "mail.hoge.example", RESULT_PASS, 11,
		false, "", "iprev-too-many-ptr"},
	{"pool", "192.0.2.25", "host-192-0-2-25.dyn.isp.example", "mail.hoge.example", RESULT_PASS, 1, false,
		"", "iprev-ptr-generic=likely"},
	{"bare name", "192.0.2.25", "mail.hoge.example", "PC-TARO", RESULT_PASS, 1, false, "",
		"helo-not-fqdn=proven"},
	{"literal", "192.0.2.25", "mail.hoge.example", "[192.0.2.25]", RESULT_PASS, 1, false, "",
		"helo-not-fqdn"},
	{"no address", "192.0.2.25", "mail.hoge.example", "gone.hoge.example", RESULT_PASS, 1, false,
		"gone.hoge.example A !nxdomain", "helo-unresolvable"},
	{"another host", "192.0.2.25", "mail.hoge.example", "www.hoge.example", RESULT_PASS, 1, false,
		"www.hoge.example A 192.0.2.80", "helo-mismatch"},
	{"our own name", "192.0.2.25", "mail.hoge.example", "MX.rx.example", RESULT_PASS, 1, false, "",
		"helo-forged-own-name"},
};

void names_of_the_client(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(name_rows); i++) {
		struct bench bench;

		bench_begin(&bench);
		bench_client(&bench, name_rows[i].client, name_rows[i].ptr, name_rows[i].helo,
			"<taro@hoge.example>");
		bench.verdicts.iprev.result = name_rows[i].iprev;
		bench.verdicts.iprev.ptr_count = name_rows[i].ptr_count;
		bench.verdicts.iprev.name_without_address = name_rows[i].without_address;
		bench_answers(&bench, name_rows[i].answers);
		bench_expect(&bench, name_rows[i].about, name_rows[i].codes);
		bench_end(&bench);
	}
}

static const struct {
	const char *about, *answers, *codes;
} mx_rows[] = {
	{"address", "hoge.example MX 10 192.0.2.25", "dns-mx-is-ip"},
	{"null MX (RFC 7505)", "hoge.example MX 0 .", "dns-mx-null"},
	{"no such host", "hoge.example MX 10 gone.example\ngone.example A !nxdomain", "dns-mx-unresolvable"},
	{"private", "hoge.example MX 10 m.example\nm.example A 10.0.0.1", "dns-mx-private"},
	{"alias (RFC 2181 10.3)", "hoge.example MX 10 m.example\nm.example>n.example A 192.0.2.1",
		"dns-mx-cname"},
	{"nowhere", "hoge.example MX !nodata\nhoge.example A !nodata\nhoge.example AAAA !nodata",
		"dns-no-mx-no-a"},
	{"sound", "hoge.example MX 10 m.example\nm.example A 192.0.2.1", "none"},
	{"not known", "hoge.example MX !timeout", "none"},
};

void dns_troubles(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(mx_rows); i++) {
		struct bench bench;

		bench_begin(&bench);
		bench_answers(&bench, mx_rows[i].answers);
		bench_expect(&bench, mx_rows[i].about, mx_rows[i].codes);
		bench_end(&bench);
	}
}

static const char from_outside[] = "Received: from mail.hoge.example ([192.0.2.25]) by gw.rx.example;\n"
				   "\tSun, 1 Mar 2026 18:00:00 +0900\n"
				   "Authentication-Results: gw.rx.example; dkim=pass header.d=hoge.example\n"
				   "From: taro@hoge.example\n";
static const char from_tomorrow[] = "Received: from a ([192.0.2.9]) by mail.hoge.example;\n"
				    "\tMon, 2 Mar 2026 18:00:00 +0900\nFrom: taro@hoge.example\n";

static void own_relay(struct bench *bench)
{
	bench_client(bench, "10.0.0.5", "", "gw.rx.example", "<taro@hoge.example>");
	bench_header(bench, from_outside);
	bench->verdicts.spf.result = RESULT_SOFTFAIL;
	bench->signatures[0].result = RESULT_FAIL;
	bench->signatures[0].fault = SIGFAULT_BODY_HASH;
	bench_dmarc(bench, RESULT_FAIL, DMARCFAULT_NOTHING_ALIGNED, "");
	bench_expect(bench, "altered by our gateway",
		"rx-altered-by-own-gateway rx-behind-own-relay dkim-body-altered !spf-likely-forged");
	bench_client(bench, "203.0.113.7", "", "gw.rx.example", "<taro@hoge.example>");
	bench_expect(bench, "a stranger's copy of our result",
		"dmarc-forwarded spf-forwarded !rx-behind-own-relay");
	(void)network_parse("203.0.113.0/24", &bench->relays[0]);
	bench->facts.trusted_relays = bench->relays;
	bench->facts.trusted_relay_count = 1;
	bench_expect(bench, "trusted relay", "rx-altered-by-own-gateway rx-behind-own-relay");
	bench->envelope.client = (struct netaddr){.family = NETADDR_NONE};
	bench_expect(bench, "no address", "rx-altered-by-own-gateway rx-client-unknown !rx-behind-own-relay");
}

/* The resolver failed while its answers of before were still in memory: they took no time. */
void a_cache_hides_no_outage(void **state)
{
	static const struct {
		const char *name, *control, *expected;
		int took_ms;
	} rows[] = {
		{"from memory", "com NS !timeout", "rx-resolver-failure=strong", 0},
		{"a control that answers", "com NS a.gtld.example", "!rx-resolver-failure", 0},
		{"asked and answered", "com NS !timeout", "!rx-resolver-failure", 20},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct bench bench;

		bench_begin(&bench);
		bench_answers(&bench, "25.2.0.192.in-addr.arpa PTR mail.hoge.example\n"
				      "hoge.example TXT !timeout\n"
				      "_dmarc.hoge.example TXT !timeout");
		bench_answers(&bench, rows[i].control);
		((struct answer *)bench.answers[0])->took_ms = rows[i].took_ms;
		bench_expect(&bench, rows[i].name, rows[i].expected);
		bench_end(&bench);
	}
}

static void clocks(struct bench *bench)
{
	struct signature_verdict *signature = &bench->signatures[0];

	signature->result = RESULT_NEUTRAL;
	signature->fault = SIGFAULT_FUTURE;
	signature->signed_at = bench->facts.now + 86400;
	bench_dmarc(bench, RESULT_PASS, DMARCFAULT_NONE, "");
	bench_expect(bench, "only the signer", "dkim-sig-future !rx-clock-skew");
	bench_header(bench, from_tomorrow);
	bench_expect(bench, "everybody", "rx-clock-skew=likely !dkim-sig-future");
}

void receiver_faults(void **state)
{
	struct bench bench;

	(void)state;
	bench_begin(&bench);
	own_relay(&bench);
	bench_end(&bench);

	bench_begin(&bench);
	clocks(&bench);
	bench_end(&bench);

	bench_begin(&bench);
	bench.facts.forged_results = 3;
	bench_expect(&bench, "forged results", "rx-forged-ar-removed=proven");
	bench.facts.suffixes_age_days = 400;
	bench_expect(&bench, "an old list that decided nothing", "rx-forged-ar-removed !rx-psl-outdated");
	bench.verdicts.dmarc.fault = DMARCFAULT_NOTHING_ALIGNED;
	bench_expect(&bench, "an old list", "rx-forged-ar-removed rx-psl-outdated");
	bench.verdicts.dmarc.fault = DMARCFAULT_NONE;
	bench.verdicts.body_too_large = true;
	bench.signatures[0].result = RESULT_TEMPERROR;
	bench.signatures[0].fault = SIGFAULT_BODY_TOO_LARGE;
	bench_dmarc(&bench, RESULT_PASS, DMARCFAULT_NONE, "");
	bench_expect(&bench, "too large", "rx-message-too-large rx-forged-ar-removed");
	bench_answers(&bench, "hoge.example TXT !local");
	bench_expect(&bench, "dead resolver", "rx-resolver-failure=strong");
	bench.verdicts.skipped = true;
	bench.verdicts.skip_reason = "authenticated";
	bench_expect(&bench, "skipped", "rx-skipped-authenticated !rx-message-too-large");
	bench_end(&bench);
}

/* Every combination of results must have a code for what is not pass, and never break. */
void order_and_limits(void **state)
{
	static const enum result results[] = {RESULT_NONE, RESULT_PASS, RESULT_POLICY, RESULT_NEUTRAL,
		RESULT_SOFTFAIL, RESULT_TEMPERROR, RESULT_FAIL, RESULT_PERMERROR};

	(void)state;
	for (int spf_fault = SPFAULT_NONE; spf_fault <= SPFAULT_DNS; spf_fault++)
		for (size_t r = 0; r < COUNT(results); r++) {
			struct bench bench;
			struct diagnoses diagnoses;

			bench_begin(&bench);
			bench.verdicts.spf.result = results[r];
			bench.verdicts.spf.fault = (enum spf_fault)spf_fault;
			bench.verdicts.spf.fault_domain = bench.verdicts.spf.fault_text = "";
			bench.verdicts.spf.record = "";
			bench_expect(&bench, result_word(results[r]), "");
			diagnoses = diagnose(&bench.facts, bench.arena);
			if (results[r] != RESULT_PASS && spf_fault != SPFAULT_CLIENT_UNKNOWN)
				assert_true(diagnoses.count > 0);
			bench_end(&bench);
		}
	for (int fault = SIGFAULT_NONE; fault <= SIGFAULT_LIBRARY; fault++)
		for (int key_fault = KEYFAULT_NONE; key_fault <= KEYFAULT_ED25519_WEAK; key_fault++) {
			struct bench bench;

			bench_begin(&bench);
			bench.signatures[0].result = RESULT_FAIL;
			bench.signatures[0].fault = (enum signature_fault)fault;
			bench.signatures[0].key_fault = (enum key_fault)key_fault;
			bench.signatures[0].key_record = bench.signatures[0].key_p = "";
			bench_dmarc(&bench, RESULT_PASS, DMARCFAULT_NONE, "");
			bench_expect(&bench, "signature fault", "");
			if (fault != SIGFAULT_BODY_TOO_LARGE)
				assert_true(diagnose(&bench.facts, bench.arena).count > 1);
			bench_end(&bench);
		}
}

static void dates(void)
{
	static const struct {
		const char *text;
		int64_t seconds;
	} rows[] = {
		{"Sun, 1 Mar 2026 18:00:00 +0900", 1772355600},
		{"1 Mar 2026 09:00 GMT", 1772355600},
		{"Thu, 01 Jan 1970 00:00:00 +0000 (UTC)", 0},
		{"Thu, 29 Feb 2024 23:59:60 -0100", 1709254800},
		{"yesterday", -1},
		{"1 Foo 2026 09:00:00 +0000", -1},
		{"1 Mar 2026 25:00:00 +0000", -1},
		{"", -1},
	};

	for (size_t i = 0; i < COUNT(rows); i++)
		assert_int_equal(hop_date(rows[i].text), rows[i].seconds);
}

static void tried_records(struct arena *arena)
{
	static const struct {
		const char *record, *client;
		enum spf_try expected;
	} rows[] = {
		{"v=spf1 ip4:192.0.2.0/24 -all", "192.0.2.7", SPF_TRY_PASS},
		{"v=spf1 -ip4:192.0.2.7 ip4:192.0.2.0/24 -all", "192.0.2.7", SPF_TRY_OTHER},
		{"v=spf1 a -all", "192.0.2.7", SPF_TRY_UNKNOWN},
		{"v=spf1 include:hoge.example -all", "192.0.2.7", SPF_TRY_UNKNOWN},
		{"v=spf1 ip6:2001:db8::/32 -all", "192.0.2.7", SPF_TRY_OTHER},
		{"v=spf1", "192.0.2.7", SPF_TRY_OTHER},
	};
	const struct evidence nothing = {0};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct netaddr client;

		assert_true(netaddr_parse(rows[i].client, &client));
		assert_int_equal(spf_text_try(&nothing, "hoge.example", rows[i].record, &client, arena),
			rows[i].expected);
	}
}

void helpers_of_the_diagnosis(void **state)
{
	static const char *const two[] = {
		"v=spf1 ip4:192.0.2.25 ~all", "v=spf1 ip4:192.0.2.25 include:spf.prov.example -all"};
	struct arena *arena = arena_new();

	(void)state;
	assert_int_equal(edit_distance("192.0.2.25", "192.0.2.52"), 1);
	assert_int_equal(edit_distance("include", "inlcude"), 1);
	assert_int_equal(edit_distance("mx", "mix"), 1);
	assert_int_equal(edit_distance("exists", "exist"), 1);
	assert_int_equal(edit_distance("ip4", "ip6"), 1);
	assert_int_equal(edit_distance("", "abc"), 3);
	assert_int_equal(edit_distance("same", "same"), 0);
	assert_string_equal(
		spf_text_merged(two, 2, arena), "v=spf1 ip4:192.0.2.25 include:spf.prov.example -all");
	assert_string_equal(spf_text_with("v=spf1 a ~all", "mx", arena), "v=spf1 a mx ~all");
	assert_string_equal(spf_text_with("v=spf1 a", "mx", arena), "v=spf1 a mx ~all");
	assert_string_equal(spf_text_all_last("v=spf1 a ~all mx", arena), "v=spf1 a mx ~all");
	assert_string_equal(spf_text_replaced("abc", 1, 1, "--", arena), "a--c");
	assert_string_equal(spf_text_replaced("abc", 9, 9, "x", arena), "abcx");
	dates();
	tried_records(arena);
	arena_free(&arena);
}
