/* message/body_canon: the same octets as the whole canonical body, however the body comes in. */
#include "base/arena.h"
#include "message/body_canon.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static void keep(void *receiver, const char *octets, size_t len)
{
	buf_add(receiver, octets, len);
}

/* Returns the length; the octets go to out unless it is NULL. */
static uint64_t stream(struct span body, enum canon canon, size_t chunk, int64_t limit, struct buf *out)
{
	struct body_canon stream = body_canon_new(canon);

	stream.limit = limit;
	stream.sink = out == NULL ? NULL : keep;
	stream.receiver = out;
	for (size_t at = 0; at < body.len; at += chunk)
		body_canon_add(&stream, body.at + at, body.len - at < chunk ? body.len - at : chunk);
	return body_canon_end(&stream);
}

static uint64_t count(bool relaxed, const char *body, size_t len, size_t chunk)
{
	return stream((struct span){body, len}, relaxed ? CANON_RELAXED : CANON_SIMPLE, chunk, -1, NULL);
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
		{"a", 3, 3}, /* a last line without CRLF has one */
		{"a\r", 4, 4},
		{" \t", 4, 0},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		for (size_t chunk = 1; chunk < 4; chunk++) {
			size_t len = strlen(rows[i].body);

			assert_int_equal(count(false, rows[i].body, len, chunk), rows[i].simple);
			assert_int_equal(count(true, rows[i].body, len, chunk), rows[i].relaxed);
		}
}

static void expect_same(struct span body, enum canon canon, struct arena *arena)
{
	struct buf whole = canon_body(canon, body, arena), out = buf_in(arena), cut = buf_in(arena);
	int64_t limit = rand() % 90;

	assert_int_equal(stream(body, canon, (size_t)rand() % 7 + 1, -1, &out), whole.len);
	assert_int_equal(out.len, whole.len);
	assert_memory_equal(out.data, whole.data, whole.len);
	assert_int_equal(stream(body, canon, (size_t)rand() % 7 + 1, limit, &cut), whole.len);
	assert_int_equal(cut.len, whole.len < (size_t)limit ? whole.len : (size_t)limit);
	assert_memory_equal(cut.data, whole.data, cut.len);
}

static void agrees_with_the_canonical_body(void **state)
{
	static const char *const pieces[] = {"\r\n", "\r\n", " ", "\t", "a", "bc"};
	struct arena *arena = arena_new();

	(void)state;
	srand(1);
	for (int round = 0; round < 20000; round++) {
		char body[80] = "";

		for (int n = rand() % 20; n > 0; n--)
			strcat(body, pieces[(size_t)rand() % COUNT(pieces)]);
		strcat(body, "\r\n");
		expect_same(span_of(body), CANON_SIMPLE, arena);
		expect_same(span_of(body), CANON_RELAXED, arena);
		arena_reset(arena);
	}
	arena_free(&arena);
}

/* Longer than the buffer inside, l= in the middle of it. */
static void long_bodies(void **state)
{
	struct arena *arena = arena_new();
	struct buf body = buf_in(arena), out = buf_in(arena);

	(void)state;
	for (int i = 0; i < 5000; i++)
		buf_text(&body, i % 7 == 0 ? "\r\n" : "x  y \r\n");
	for (int64_t limit = 0; limit < 6000; limit += 1000) {
		struct buf whole = canon_body(CANON_SIMPLE, (struct span){body.data, body.len}, arena);

		out.len = 0;
		assert_int_equal(stream((struct span){body.data, body.len}, CANON_SIMPLE, 4096, limit, &out),
			whole.len);
		assert_int_equal(out.len, limit);
		assert_memory_equal(out.data, whole.data, out.len);
	}
	arena_free(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bodies),
		cmocka_unit_test(agrees_with_the_canonical_body),
		cmocka_unit_test(long_bodies),
	};

	return cmocka_run_group_tests_name("body_canon", tests, NULL, NULL);
}
