/* Verdicts and answers as plain data → causes. The last test says which causes no row showed. */
#include "test_diagnose.h"

#include "base/text.h"
#include "support/diagnose_bench.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* Is the code in tests/lint/causes-pending.txt? */
static bool is_pending(const char *pending, const char *code)
{
	size_t len = strlen(code);

	for (const char *at = strstr(pending, code); at != NULL; at = strstr(at + 1, code))
		if ((at == pending || at[-1] == '\n') && at[len] == ' ')
			return true;
	return false;
}

static void every_cause_was_shown(void **state)
{
	const char *folder = getenv("srcdir");
	char path[4096], pending[16384];
	size_t len;
	FILE *file;

	(void)state;
	(void)snprintf(path, sizeof path, "%s/tests/lint/causes-pending.txt", folder == NULL ? "." : folder);
	file = fopen(path, "r");
	if (file == NULL)
		skip();
	len = fread(pending, 1, sizeof pending - 1, file);
	pending[len] = '\0';
	(void)fclose(file);
	for (int i = CAUSE_NONE + 1; i < CAUSE_COUNT; i++) {
		const char *code = cause_row((enum cause)i)->code;

		if (!bench_saw((enum cause)i) && !is_pending(pending, code))
			fail_msg("%s: no row shows it", code);
		if (bench_saw((enum cause)i) && is_pending(pending, code))
			fail_msg("%s: pending, but found", code);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(spf_without_record),
		cmocka_unit_test(spf_record_spelling),
		cmocka_unit_test(spf_tree_and_limits),
		cmocka_unit_test(spf_no_match),
		cmocka_unit_test(neighbours_of_the_record),
		cmocka_unit_test(hosts_of_the_domain),
		cmocka_unit_test(servers_asked_themselves),
		cmocka_unit_test(zone_remarks),
		cmocka_unit_test(spf_passes),
		cmocka_unit_test(dkim_unsigned),
		cmocka_unit_test(dkim_fields),
		cmocka_unit_test(dkim_keys),
		cmocka_unit_test(dkim_key_places),
		cmocka_unit_test(dkim_wrong_keys),
		cmocka_unit_test(culprits),
		cmocka_unit_test(culprits_by_seals),
		cmocka_unit_test(dkim_contents),
		cmocka_unit_test(dkim_alterations),
		cmocka_unit_test(dmarc_records),
		cmocka_unit_test(dmarc_failures),
		cmocka_unit_test(dmarc_passes),
		cmocka_unit_test(arc_chains),
		cmocka_unit_test(arc_trust),
		cmocka_unit_test(names_of_the_client),
		cmocka_unit_test(dns_troubles),
		cmocka_unit_test(receiver_faults),
		cmocka_unit_test(a_cache_hides_no_outage),
		cmocka_unit_test(order_and_limits),
		cmocka_unit_test(helpers_of_the_diagnosis),
		cmocka_unit_test(every_cause_was_shown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
