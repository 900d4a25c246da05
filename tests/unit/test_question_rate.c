/* inspect/question_rate: catalogue section 6, at most 30 domains a minute. */
#include "inspect/question_rate.h"

#include "base/fault.h"
#include "base/suffixes.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

static struct suffixes *open_suffixes(void)
{
	struct fault fault;
	struct suffixes *suffixes = suffixes_open("", NULL, 0, &fault);

	assert_non_null(suffixes);
	return suffixes;
}

static bool one_message_asks(
	struct question_rate *rate, const struct suffixes *suffixes, const char *name, int64_t now)
{
	struct admissions admissions = {.rate = rate, .suffixes = suffixes};

	return admissions_allow(&admissions, name, now);
}

static void flood_of_domains(void **state)
{
	struct suffixes *suffixes = open_suffixes();
	struct question_rate rate;
	unsigned allowed = 0;
	char name[32];

	(void)state;
	question_rate_begin(&rate);
	for (unsigned i = 0; i < 1000; i++) {
		(void)snprintf(name, sizeof name, "s._domainkey.d%u.com", i);
		allowed += one_message_asks(&rate, suffixes, name, 600 + i / 100);
	}
	assert_int_equal(allowed, RATE_DOMAINS_MAX);
	assert_true(one_message_asks(&rate, suffixes, "d999.com", 660)); /* the next minute */
	question_rate_end(&rate);
	suffixes_close(&suffixes);
}

/* Random names below one domain are one domain. */
static void flood_at_one_domain(void **state)
{
	struct suffixes *suffixes = open_suffixes();
	struct question_rate rate;
	unsigned allowed = 0;
	char name[32];

	(void)state;
	question_rate_begin(&rate);
	for (unsigned i = 0; i < 100; i++) {
		(void)snprintf(name, sizeof name, "x%u.victim.com", i);
		allowed += one_message_asks(&rate, suffixes, name, 0);
	}
	assert_int_equal(allowed, RATE_MESSAGES_MAX);
	assert_true(one_message_asks(&rate, suffixes, "other.com", 0));
	question_rate_end(&rate);
	suffixes_close(&suffixes);
}

static void one_message_is_counted_once(void **state)
{
	struct suffixes *suffixes = open_suffixes();
	struct question_rate rate;
	struct admissions message = {.rate = &rate, .suffixes = suffixes}, unlimited = {.rate = NULL};
	char name[32];

	(void)state;
	question_rate_begin(&rate);
	for (unsigned i = 0; i < 20; i++)
		assert_true(admissions_allow(&message, "a.one.com", 0));
	for (unsigned i = 0; i < RATE_MESSAGES_MAX - 1; i++)
		assert_true(one_message_asks(&rate, suffixes, "one.com", 0));
	assert_false(one_message_asks(&rate, suffixes, "one.com", 0));
	for (unsigned i = 0; i < ADMISSIONS_MAX - 1; i++) {
		(void)snprintf(name, sizeof name, "n%u.com", i);
		assert_true(admissions_allow(&message, name, 0));
	}
	assert_false(admissions_allow(&message, "one-too-many.com", 0));
	assert_true(admissions_allow(&unlimited, "one-too-many.com", 0));
	question_rate_end(&rate);
	suffixes_close(&suffixes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(flood_of_domains),
		cmocka_unit_test(flood_at_one_domain),
		cmocka_unit_test(one_message_is_counted_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
