/* report/receiver_view: the rules for senders that receivers have published, row by row. */
#include "base/arena.h"
#include "facts/verdicts.h"
#include "report/receiver_view.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

/* Short names for the columns. */
enum {
	PASS = RESULT_PASS,
	FAIL = RESULT_FAIL,
	SOFT = RESULT_SOFTFAIL,
	NONE = RESULT_NONE,
	TEMP = RESULT_TEMPERROR,
	PERM = RESULT_PERMERROR
};
enum {
	ASKS_NONE = DMARC_POLICY_NONE,
	ASKS_QUARANTINE = DMARC_POLICY_QUARANTINE,
	ASKS_REJECT = DMARC_POLICY_REJECT
};

static const struct {
	int spf, dkim, dmarc, policy, iprev;
	const char *gmail, *outlook, *docomo;
} rows[] = {
	{PASS, PASS, PASS, ASKS_NONE, PASS, "accept", "accept", "accept"},
	{PASS, PASS, PASS, ASKS_REJECT, NONE, "accept", "accept", "accept"},
	/* Gmail: one of both is enough for a small sender, both for a large one */
	{PASS, NONE, PASS, ASKS_NONE, PASS, "accept; bulk defer: 4.7.30 DKIM",
		"accept; bulk refuse 5.7.515: DKIM", "accept"},
	{SOFT, PASS, PASS, ASKS_NONE, PASS, "accept; bulk defer: 4.7.27 SPF",
		"accept; bulk refuse 5.7.515: SPF", "accept"},
	{SOFT, FAIL, FAIL, ASKS_NONE, PASS, "refuse 5.7.26: neither SPF nor DKIM passes",
		"accept; bulk refuse 5.7.515: SPF, DKIM, DMARC", "warning: DMARC fails"},
	{NONE, NONE, NONE, ASKS_NONE, PASS, "refuse 5.7.26: neither SPF nor DKIM passes",
		"accept; bulk refuse 5.7.515: SPF, DKIM, no DMARC policy", "warning: no DMARC policy"},
	{PASS, PERM, NONE, ASKS_NONE, PASS, "accept; bulk defer: 4.7.30 DKIM, no DMARC policy",
		"accept; bulk refuse 5.7.515: DKIM, no DMARC policy", "warning: no DMARC policy"},
	/* alignment, and what the domain asks for */
	{PASS, PASS, FAIL, ASKS_NONE, PASS, "accept; bulk defer: 4.7.32 From not aligned",
		"accept; bulk refuse 5.7.515: DMARC", "warning: DMARC fails"},
	{PASS, PASS, FAIL, ASKS_QUARANTINE, PASS, "spam folder: DMARC fails, the domain asks for quarantine",
		"accept; bulk refuse 5.7.515: DMARC", "warning: DMARC fails"},
	{PASS, PASS, FAIL, ASKS_REJECT, PASS, "refuse 5.7.26: DMARC fails, the domain asks for reject",
		"accept; bulk refuse 5.7.515: DMARC", "warning: DMARC fails"},
	{PASS, PASS, PERM, ASKS_REJECT, PASS, "accept; bulk defer: no DMARC policy",
		"accept; bulk refuse 5.7.515: no DMARC policy", "warning: no DMARC policy"},
	/* the name of the client */
	{PASS, PASS, PASS, ASKS_NONE, FAIL,
		"defer 4.7.23: the client's address and name do not lead to each other", "accept", "accept"},
	{PASS, PASS, PASS, ASKS_NONE, PERM,
		"defer 4.7.23: the client's address and name do not lead to each other", "accept", "accept"},
	{PASS, PASS, PASS, ASKS_NONE, TEMP, "accept", "accept", "accept"},
	/* no answer is no verdict */
	{TEMP, NONE, FAIL, ASKS_NONE, PASS, "unknown: DNS", "unknown: DNS", "unknown: DNS"},
	{FAIL, TEMP, FAIL, ASKS_NONE, PASS, "unknown: DNS", "unknown: DNS", "unknown: DNS"},
	{PASS, PASS, TEMP, ASKS_NONE, PASS, "unknown: DNS", "unknown: DNS", "unknown: DNS"},
	{TEMP, PASS, PASS, ASKS_NONE, PASS, "accept; bulk defer: 4.7.27 SPF",
		"accept; bulk refuse 5.7.515: SPF", "accept"},
};

static void published_rules(void **state)
{
	struct arena *arena = arena_new();

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct signature_verdict signature = {.result = (enum result)rows[i].dkim};
		struct verdicts verdicts = verdicts_empty();

		verdicts.spf.result = (enum result)rows[i].spf;
		verdicts.signatures = &signature;
		verdicts.signature_count = rows[i].dkim == NONE ? 0 : 1;
		verdicts.dmarc.result = (enum result)rows[i].dmarc;
		verdicts.dmarc.policy = (enum dmarc_policy)rows[i].policy;
		verdicts.iprev.result = (enum result)rows[i].iprev;
		assert_string_equal(receiver_opinion(RECEIVER_GMAIL, &verdicts, arena), rows[i].gmail);
		assert_string_equal(receiver_opinion(RECEIVER_OUTLOOK, &verdicts, arena), rows[i].outlook);
		assert_string_equal(receiver_opinion(RECEIVER_DOCOMO, &verdicts, arena), rows[i].docomo);
	}
	arena_free(&arena);
}

static void field_names(void **state)
{
	(void)state;
	assert_string_equal(receiver_field(RECEIVER_GMAIL), "gmail_rules");
	assert_string_equal(receiver_field(RECEIVER_OUTLOOK), "outlook_rules");
	assert_string_equal(receiver_field(RECEIVER_DOCOMO), "docomo_rules");
	assert_string_equal(receiver_field(RECEIVER_COUNT), "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(published_rules),
		cmocka_unit_test(field_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
