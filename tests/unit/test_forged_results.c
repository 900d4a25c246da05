/* message/forged_results: which incoming fields somebody could take for ours. "A3 n" is a row of the
 * project's attack catalogue. */
#include "message/forged_results.h"

#include "base/arena.h"
#include "message/header_list.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static void claims(void **state)
{
	static const struct {
		const char *value;
		bool claims;
	} rows[] = {
		/* A3 23 */
		{" mx.suite.test; dmarc=pass", true}, {"mx.suite.test; dmarc=pass", true},
		{" MX.Suite.TEST; dmarc=pass", true},
		/* A3 24 */
		{"\r\n\tmx.suite.test;\r\n dmarc=pass", true},
		{" \r\n \t \r\n mx.suite.test; dmarc=pass", true}, {"\r mx.suite.test; dmarc=pass", true},
		/* A3 25 */
		{" (a (b) c;) mx.suite.test (x) ; dmarc=pass", true},
		{" (other.example) mx.suite.test; dmarc=pass", true},
		{" (never closed mx.suite.test; dmarc=pass", true}, {" mx.suite.test(x); dmarc=pass", true},
		{" (closed) (not closed; dmarc=pass", true}, /* no id either */
		/* A3 26 */
		{" \"mx.suite.test\"; dmarc=pass", true}, {" \"mx\\.sui\\te.test\"; dmarc=pass", true},
		{" \" mx.suite.test \"; dmarc=pass", true},
		/* A3 27 */
		{" mx.suite.test 1; dmarc=pass", true}, {" mx.suite.test 99 ; dmarc=pass", true},
		{" mx.suite.test/1; dmarc=pass", true}, {" mx.suite.test/4ABC; dmarc=pass", true},
		/* A3 28 */
		{" mx.suite.test.; dmarc=pass", true}, {" mx. suite .test; dmarc=pass", true},
		{" =?utf-8?q?mx=2Esuite.test?=; dmarc=pass", true},
		{" =?utf-8?b?bXguc3VpdGUudGVzdA?=; dmarc=pass", true},
		{" mx.suite\xc2\xad.test; dmarc=pass", true},
		/* A3 29 */
		{" dmarc=pass header.from=victim.example", true}, {" dmarc = pass; spf=pass", true},
		{" ; dmarc=pass", true}, {"", true},
		/* A3 33 */
		{" mx.suite.test", true}, {" mx.suite.test dmarc=pass", true},
		{" \"mx.suite.test; dmarc=pass", true}, {" x mx.suite.test; dmarc=pass", true},
		{" foo bar dmarc=pass by mx.suite.test", true}, {" mx.suite.test, dmarc=pass; x", true},
		{" mx.suite.test: x; dmarc=pass", true}, {" <mx.suite.test>; dmarc=pass", true},
		{" [mx.suite.test]; dmarc=pass", true}, {" x@mx.suite.test; dmarc=pass", true},
		{" other.example,mx.suite.test; dmarc=pass", true},
		/* A3 36 and other people's */
		{" mx.suite.test.evil.example; dmarc=pass", false}, {" xmx.suite.test; dmarc=pass", false},
		{" mx.suite.tes; dmarc=pass", false}, {" mx-suite.test; dmarc=pass", false},
		{" a.mx.suite.test; dmarc=pass", false}, {" mx.suite.test1; dmarc=pass", false},
		{" other.example; spf=pass smtp.helo=mx.suite.test", false},
		{" other.example; dkim=pass (mx.suite.test) header.d=x.example", false},
		{" <a.mx.suite.test>; dmarc=pass", false}, {" x@mx.suite.test.evil.example; none", false},
		{" other.example 1; none", false}, {" other.example (via mx.suite.test); none", false},
		{" i=1; mx.suite.test; dmarc=pass", true}, /* an AAR pasted under this name */
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		if (forged_results_claims(rows[i].value, "mx.suite.test") != rows[i].claims)
			fail_msg("%s", rows[i].value);
	assert_false(forged_results_claims(" mx.suite.test; none", ""));
	assert_true(forged_results_claims(" mx.suite.test; none", "MX.suite.test."));
	assert_true(forged_results_claims(" \"[2001:db8::25]\"; none", "[2001:db8::25]"));
}

/* A3 31, 32: no fixed buffer, no array. */
static void floods(void **state)
{
	static const struct {
		const char *start, *piece, *end;
		bool claims;
	} rows[] = {
		{" (", "padding ", ") mx.suite.test; dmarc=pass", true},
		{" ", "(", " mx.suite.test; dmarc=pass", true},
		{" mx.suite.test; ", "dkim=pass header.d=x; ", "", true},
		{" other.example; ", "dkim=pass header.d=mx.suite.test; ", "", false},
		{" ", "mx.suite.test", "; none", false},
		{" \"", "mx.suite.tes", "", false},
	};
	struct arena *arena = arena_new();

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		size_t piece_len = strlen(rows[i].piece), len = strlen(rows[i].start);
		char *value = arena_alloc(arena, 60000);

		strcpy(value, rows[i].start);
		for (; len + piece_len < 50000; len += piece_len)
			memcpy(value + len, rows[i].piece, piece_len);
		strcpy(value + len, rows[i].end);
		assert_int_equal(forged_results_claims(value, "mx.suite.test"), rows[i].claims);
	}
	arena_free(&arena);
}

/* A3 30, 34, 35: exact numbers, from the last to the first, of this field name only. */
static void numbers_from_the_bottom(void **state)
{
	static const struct {
		const char *name, *value;
	} fields[] = {
		{"Authentication-Results", " mx.suite.test; dmarc=pass"},
		{"Authentication-Results", " other.example; dmarc=pass"},
		{"AUTHENTICATION-Results", " old.suite.test; dmarc=pass"},
		{"ARC-Authentication-Results", " i=1; mx.suite.test; dmarc=pass"},
		{"X-Authentication-Results", " mx.suite.test; dmarc=pass"},
		{"Received-SPF", " pass"},
		{"Authentication-Results ", " MX.suite.test; dmarc=pass"},
	};
	static const char *const ids[] = {"mx.suite.test", "old.suite.test"};
	struct arena *arena = arena_new();
	struct header_list header = header_list_new(arena);
	size_t numbers[HEADER_FIELDS_MAX];

	(void)state;
	for (size_t i = 0; i < COUNT(fields); i++)
		header_list_add(&header, fields[i].name, fields[i].value, strlen(fields[i].value));
	assert_int_equal(forged_results_find(&header, "Authentication-Results", ids, 2, numbers, 10), 3);
	assert_int_equal(numbers[0], 4);
	assert_int_equal(numbers[1], 3);
	assert_int_equal(numbers[2], 1);
	assert_int_equal(forged_results_find(&header, "Authentication-Results", ids, 2, numbers, 1), 1);
	assert_int_equal(numbers[0], 4);
	assert_int_equal(forged_results_find(&header, "Authentication-Results", ids, 0, numbers, 10), 0);

	header = header_list_new(arena);
	for (size_t i = 0; i < 1000; i++) {
		header_list_add(&header, "Authentication-Results", " mx.suite.test; spf=pass", 24);
		header_list_add(&header, "X-Other", " mx.suite.test; spf=pass", 24);
	}
	assert_int_equal(
		forged_results_find(&header, "authentication-results", ids, 2, numbers, HEADER_FIELDS_MAX),
		1000);
	assert_int_equal(numbers[0], 1000);
	assert_int_equal(numbers[999], 1);
	arena_free(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(claims),
		cmocka_unit_test(floods),
		cmocka_unit_test(numbers_from_the_bottom),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
