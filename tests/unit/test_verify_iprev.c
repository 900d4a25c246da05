/* verify_iprev: RFC 8601 section 2.7.3. */
#include "support/spf_bench.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static const char *const zone[] = {
	"1.2.0.192.in-addr.arpa. PTR mail.x.example.",
	"mail.x.example. A 192.0.2.1",
	"mail.x.example. A 192.0.2.200",
	"mail.x.example. AAAA 2001:db8::1",
	"1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa. PTR mail.x.example.",
	"3.2.0.192.in-addr.arpa. PTR mail.x.example.", /* leads elsewhere */
	"4.2.0.192.in-addr.arpa. PTR gone.x.example.",
	"5.2.0.192.in-addr.arpa. PTR only6.x.example.",
	"only6.x.example. AAAA 2001:db8::5",
	"6.2.0.192.in-addr.arpa. PTR text.x.example.",
	"text.x.example. TXT \"no address\"",
	"7.2.0.192.in-addr.arpa. PTR slow.x.example.",
	"8.2.0.192.in-addr.arpa. PTR slow.x.example.",
	"8.2.0.192.in-addr.arpa. PTR second.x.example.",
	"second.x.example. A 192.0.2.8",
	"10.2.0.192.in-addr.arpa. PTR n0.x.example.",
	"10.2.0.192.in-addr.arpa. PTR n1.x.example.",
	"10.2.0.192.in-addr.arpa. PTR n2.x.example.",
	"10.2.0.192.in-addr.arpa. PTR n3.x.example.",
	"10.2.0.192.in-addr.arpa. PTR n4.x.example.",
	"10.2.0.192.in-addr.arpa. PTR n5.x.example.",
	"10.2.0.192.in-addr.arpa. PTR n6.x.example.",
	"10.2.0.192.in-addr.arpa. PTR n7.x.example.",
	"10.2.0.192.in-addr.arpa. PTR n8.x.example.",
	"10.2.0.192.in-addr.arpa. PTR n9.x.example.",
	"10.2.0.192.in-addr.arpa. PTR eleventh.x.example.",
	"eleventh.x.example. A 192.0.2.10",
	"11.2.0.192.in-addr.arpa. PTR .",
};

static const char *const faults[] = {
	"9.2.0.192.in-addr.arpa. PTR servfail",
	"slow.x.example. * timeout",
};

static void verdicts(void **state)
{
	static const struct {
		const char *client;
		enum result result;
		const char *name;
		size_t ptr_count, name_count;
		bool name_without_address;
		enum answer_trouble trouble;
	} rows[] = {
		{"192.0.2.1", RESULT_PASS, "mail.x.example", 1, 1, false, TROUBLE_NONE},
		{"::ffff:192.0.2.1", RESULT_PASS, "mail.x.example", 1, 1, false, TROUBLE_NONE},
		{"2001:db8::1", RESULT_PASS, "mail.x.example", 1, 1, false, TROUBLE_NONE},
		{"192.0.2.2", RESULT_PERMERROR, "", 0, 0, false, TROUBLE_NONE},
		{"192.0.2.3", RESULT_FAIL, "mail.x.example", 1, 1, false, TROUBLE_NONE},
		{"192.0.2.4", RESULT_FAIL, "gone.x.example", 1, 1, true, TROUBLE_NONE},
		{"192.0.2.5", RESULT_FAIL, "only6.x.example", 1, 1, false, TROUBLE_NONE},
		{"192.0.2.6", RESULT_FAIL, "text.x.example", 1, 1, true, TROUBLE_NONE},
		{"192.0.2.7", RESULT_TEMPERROR, "slow.x.example", 1, 1, false, TROUBLE_TIMEOUT},
		{"192.0.2.8", RESULT_PASS, "second.x.example", 2, 2, false, TROUBLE_NONE},
		{"192.0.2.9", RESULT_TEMPERROR, "", 0, 0, false, TROUBLE_SERVFAIL},
		{"192.0.2.10", RESULT_FAIL, "n0.x.example", 11, 10, true, TROUBLE_NONE},
		{"192.0.2.11", RESULT_FAIL, "", 1, 0, false, TROUBLE_NONE},
		{"", RESULT_NONE, "", 0, 0, false, TROUBLE_NONE},
	};
	struct spf_bench *bench = spf_bench_new();

	(void)state;
	for (size_t i = 0; i < COUNT(zone); i++)
		spf_bench_zone(bench, zone[i]);
	for (size_t i = 0; i < COUNT(faults); i++)
		spf_bench_fault(bench, faults[i]);
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct work work = spf_bench_work(bench, rows[i].client, "h.example", "a@b.example");
		struct iprev_verdict verdict = verify_iprev(&work);

		assert_int_equal(verdict.result, rows[i].result);
		assert_string_equal(verdict.name, rows[i].name);
		assert_int_equal(verdict.ptr_count, rows[i].ptr_count);
		assert_int_equal(verdict.name_count, rows[i].name_count);
		assert_int_equal(verdict.name_without_address, rows[i].name_without_address);
		assert_int_equal(verdict.trouble, rows[i].trouble);
		assert_int_equal(verdict.evidence.count == 0, rows[i].client[0] == '\0');
		for (size_t k = 0; k < verdict.name_count; k++)
			assert_true(verdict.names[k][0] != '\0');
	}
	spf_bench_free(&bench);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(verdicts)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
