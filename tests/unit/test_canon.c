/* message/canon: RFC 6376 section 3.4, with the RFC's own examples. */
#include "base/arena.h"
#include "base/digest.h"
#include "message/canon.h"
#include "message/header_list.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static void fields(void **state)
{
	static const struct {
		const char *name, *value, *relaxed, *simple;
	} rows[] = {
		/* section 3.4.5 */
		{"A", " X", "a:X\r\n", "A: X\r\n"},
		{"B ", " Y\t\r\n\tZ  ", "b:Y Z\r\n", "B : Y\t\r\n\tZ  \r\n"},
		{"Empty", "", "empty:\r\n", "Empty:\r\n"},
		{"Subject", "x", "subject:x\r\n", "Subject:x\r\n"},
	};
	struct arena *arena = arena_new();

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct buf relaxed = buf_in(arena), simple = buf_in(arena);

		canon_field(&relaxed, CANON_RELAXED, span_of(rows[i].name), span_of(rows[i].value));
		canon_field(&simple, CANON_SIMPLE, span_of(rows[i].name), span_of(rows[i].value));
		assert_string_equal(relaxed.data, rows[i].relaxed);
		assert_string_equal(simple.data, rows[i].simple);
	}
	arena_free(&arena);
}

static void bodies(void **state)
{
	static const struct {
		const char *body, *relaxed, *simple;
	} rows[] = {
		/* section 3.4.5 */
		{" C \r\nD \t E\r\n\r\n\r\n", " C\r\nD E\r\n", " C \r\nD \t E\r\n"},
		{"", "", "\r\n"},
		{"\r\n\r\n", "", "\r\n"},
		{"no line end", "no line end\r\n", "no line end\r\n"},
		{"a\r\n \t \r\n", "a\r\n", "a\r\n \t \r\n"},
		{"a\r\n\r\nb\r\n", "a\r\n\r\nb\r\n", "a\r\n\r\nb\r\n"},
	};
	struct arena *arena = arena_new();

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		assert_string_equal(
			canon_body(CANON_RELAXED, span_of(rows[i].body), arena).data, rows[i].relaxed);
		assert_string_equal(
			canon_body(CANON_SIMPLE, span_of(rows[i].body), arena).data, rows[i].simple);
	}
	arena_free(&arena);
}

/* Section 5.4.2: the last field of a name first; names without a field are empty; b= is emptied. */
static void signed_headers(void **state)
{
	static const char *const message[][2] = {
		{"DKIM-Signature", " a=x; b=AB\r\n CD; bh=ef"},
		{"From", " one"},
		{"Received", " 2"},
		{"Received", " 1"},
	};
	struct arena *arena = arena_new();
	struct header_list header = header_list_new(arena);
	struct canon_selection selection;

	(void)state;
	for (size_t i = 0; i < COUNT(message); i++)
		(void)header_list_add(&header, message[i][0], message[i][1], strlen(message[i][1]));
	selection = canon_select(&header, "received : From:received:received:x", arena);
	assert_int_equal(selection.count, 5);
	assert_null(selection.fields[3]);
	assert_null(selection.fields[4]);
	assert_string_equal(canon_header(&selection, CANON_RELAXED, &header.fields[0], arena).data,
		"received:1\r\nfrom:one\r\nreceived:2\r\ndkim-signature:a=x; b=; bh=ef");
	assert_string_equal(canon_header(&selection, CANON_SIMPLE, &header.fields[0], arena).data,
		"Received: 1\r\nFrom: one\r\nReceived: 2\r\nDKIM-Signature: a=x; b=; bh=ef");
	arena_free(&arena);
}

static void words(void **state)
{
	enum canon header, body;

	(void)state;
	assert_true(canon_parse("relaxed/simple", &header, &body));
	assert_int_equal(header, CANON_RELAXED);
	assert_int_equal(body, CANON_SIMPLE);
	assert_true(canon_parse("relaxed", &header, &body));
	assert_int_equal(body, CANON_SIMPLE);
	assert_true(canon_parse("", &header, &body));
	assert_int_equal(header, CANON_SIMPLE);
	assert_false(canon_parse("nowsp", &header, &body));
}

static void digests(void **state)
{
	struct digest_stream *stream = digest_stream_new(DIGEST_SHA256),
			     *other = digest_stream_new(DIGEST_SHA256);
	struct digest abc = digest_of(DIGEST_SHA256, "abc", 3), now;

	(void)state;
	assert_int_equal(abc.len, 32);
	assert_int_equal(abc.octets[0], 0xba); /* FIPS 180-4: ba7816bf… */
	assert_int_equal(abc.octets[31], 0xad);
	digest_stream_add(stream, "ab", 2);
	now = digest_stream_now(stream);
	assert_false(digest_equal(&now, &abc));
	digest_stream_copy(other, stream);
	digest_stream_add(stream, "c", 1);
	digest_stream_add(other, "c", 1);
	now = digest_stream_now(stream);
	assert_true(digest_equal(&now, &abc));
	now = digest_stream_now(other);
	assert_true(digest_equal(&now, &abc));
	digest_stream_free(&stream);
	digest_stream_free(&other);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fields),
		cmocka_unit_test(bodies),
		cmocka_unit_test(signed_headers),
		cmocka_unit_test(words),
		cmocka_unit_test(digests),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
