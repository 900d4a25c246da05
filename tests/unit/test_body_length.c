/* message/body_length: the same count as the whole canonical body, however the body comes in. */
#include "base/arena.h"
#include "message/body_length.h"
#include "message/canon.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static uint64_t count(bool relaxed, const char *body, size_t len, size_t chunk)
{
	struct body_length length = body_length_new(relaxed);

	for (size_t at = 0; at < len; at += chunk)
		body_length_add(&length, body + at, len - at < chunk ? len - at : chunk);
	return body_length_result(&length);
}

/* RFC 6376 sections 3.4.3, 3.4.4 and 3.4.5. */
static void bodies(void **state)
{
	static const struct {
		const char *body;
		uint64_t simple, relaxed;
	} rows[] = {
		{"", 2, 0},
		{"\r\n", 2, 0},
		{"\r\n\r\n", 2, 0},
		{" \r\n\t\r\n", 6, 0},
		{"a\r\n", 3, 3},
		{"a\r\n\r\n\r\n", 3, 3},
		{" C \r\nD \t E\r\n\r\n\r\n", 12, 9},
		{"a\r\n\r\nb\r\n", 8, 8},
		{"a\r\n \r\nb\r\n", 9, 8},
		{"a\rb\nc\r\n", 7, 7},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		for (size_t chunk = 1; chunk < 4; chunk++) {
			size_t len = strlen(rows[i].body);

			assert_int_equal(count(false, rows[i].body, len, chunk), rows[i].simple);
			assert_int_equal(count(true, rows[i].body, len, chunk), rows[i].relaxed);
		}
}

static void agrees_with_the_canonical_body(void **state)
{
	static const char *const pieces[] = {"\r\n", "\r\n", " ", "\t", "a", "bc"};
	struct arena *arena = arena_new();

	(void)state;
	srand(1);
	for (int round = 0; round < 20000; round++) {
		char body[80] = "";
		struct span span;

		for (int n = rand() % 20; n > 0; n--)
			strcat(body, pieces[(size_t)rand() % COUNT(pieces)]);
		strcat(body, "\r\n");
		span = span_of(body);
		assert_int_equal(count(false, body, span.len, (size_t)rand() % 7 + 1),
			canon_body(CANON_SIMPLE, span, arena).len);
		assert_int_equal(count(true, body, span.len, (size_t)rand() % 7 + 1),
			canon_body(CANON_RELAXED, span, arena).len);
		arena_reset(arena);
	}
	arena_free(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bodies),
		cmocka_unit_test(agrees_with_the_canonical_body),
	};

	return cmocka_run_group_tests_name("body_length", tests, NULL, NULL);
}
