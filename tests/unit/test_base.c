/* base/: memory, text, addresses, names, times. */
#include "base/arena.h"
#include "base/buf.h"
#include "base/chunk_pool.h"
#include "base/clock_watch.h"
#include "base/domain.h"
#include "base/netaddr.h"
#include "base/suffixes.h"
#include "base/text.h"
#include "base/timestamp.h"
#include "base/utf8.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static void arena_keeps_large_and_small(void **state)
{
	struct arena *arena = arena_new();

	(void)state;
	for (int round = 0; round < 3; round++) {
		char *small = arena_text(arena, "kept"), *large = arena_alloc(arena, 1000000);

		large[999999] = 'x';
		for (int i = 0; i < 10000; i++)
			assert_int_equal(arena_alloc(arena, 24) != NULL, 1);
		assert_string_equal(small, "kept");
		assert_string_equal(arena_printf(arena, "%s-%d", small, round), round == 0   ? "kept-0"
										: round == 1 ? "kept-1"
											     : "kept-2");
		arena_reset(arena);
		assert_int_equal(arena_used(arena), 0);
	}
	arena_free(&arena);
	assert_null(arena);
	arena_free(&arena);
}

/* What stood before the mark stands, what came behind it is forgotten, whatever its size. */
static void arena_goes_back_to_a_mark(void **state)
{
	static const size_t sizes[] = {1, 100, 2000, ARENA_HALF, ARENA_CHUNK - 32, ARENA_CHUNK, 300000};
	struct arena *arena = arena_new();

	(void)state;
	for (size_t i = 0; i < COUNT(sizes); i++) {
		const char *before = arena_text(arena, "before");
		struct arena_mark outer = arena_mark(arena), inner;
		size_t used = arena_used(arena);

		for (int round = 0; round < 20; round++) {
			memset(arena_room(arena, sizes[i]), 'x', sizes[i]);
			inner = arena_mark(arena);
			for (int more = 0; more < 3; more++)
				memset(arena_room(arena, sizes[i]), 'y', sizes[i]);
			arena_rewind(arena, inner);
		}
		arena_rewind(arena, outer);
		assert_int_equal(arena_used(arena), used);
		assert_string_equal(before, "before");
		assert_int_equal(*(char *)arena_alloc(arena, 1), '\0');
	}
	arena_free(&arena);
}

/* More than several slabs hold, taken and given in another order: no chunk is handed out twice. */
static void chunks_of_the_pool(void **state)
{
	enum { CHUNKS = 700 };
	static unsigned char *chunks[CHUNKS];

	(void)state;
	for (unsigned round = 0; round < 5; round++) {
		for (unsigned i = 0; i < CHUNKS; i++) {
			if (chunks[i] != NULL)
				continue;
			chunks[i] = chunk_pool.take();
			assert_non_null(chunks[i]);
			assert_int_equal((uintptr_t)chunks[i] % 16, 0);
			memset(chunks[i], (int)(i % 251), ARENA_CHUNK);
		}
		for (unsigned i = 0; i < CHUNKS; i++) {
			assert_int_equal(chunks[i][0], i % 251);
			assert_int_equal(chunks[i][ARENA_CHUNK - 1], i % 251);
		}
		for (unsigned i = 0; i < CHUNKS; i++) {
			if (round < 4 && i % (round + 2) == 0)
				continue;
			chunk_pool.give(chunks[i]);
			chunks[i] = NULL;
		}
	}
}

static void buf_grows(void **state)
{
	struct arena *arena = arena_new();
	struct buf buf = buf_in(arena);

	(void)state;
	assert_string_equal(buf.data, "");
	for (int i = 0; i < 1000; i++)
		buf_printf(&buf, "%d,", i);
	buf_char(&buf, '!');
	assert_int_equal(buf.len, 3891);
	assert_int_equal(strlen(buf.data), 3891);
	assert_string_equal(buf.data + buf.len - 5, "999,!");
	arena_free(&arena);
}

static void domains(void **state)
{
	static const struct {
		const char *raw, *name, *why_not;
	} rows[] = {
		{"Example.COM.", "example.com", ""},
		{"example.com..", "", "empty label"},
		{"", "", "empty"},
		{".", "", "empty"},
		{"a..b", "", "empty label"},
		{"sel._domainkey.x.jp", "sel._domainkey.x.jp", ""},
		{"example.com(.evil.example", "", "invalid character"},
		{"\xe6\x97\xa5\xe6\x9c\xac.example", "xn--wgv71a.example", ""},
		{"\xff\xfe.example", "", "not a valid internationalised name"},
		{"localhost", "localhost", ""},
		{"a.123456789012345678901234567890123456789012345678901234567890123",
			"a.123456789012345678901234567890123456789012345678901234567890123", ""},
		{"a.1234567890123456789012345678901234567890123456789012345678901234", "",
			"label longer than 63 octets"},
	};
	struct arena *arena = arena_new();

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct domain domain = domain_of(arena, rows[i].raw, strlen(rows[i].raw));

		assert_string_equal(domain.name, rows[i].name);
		assert_string_equal(domain.why_not, rows[i].why_not);
	}
	assert_string_equal(domain_of(arena, "a\0b.com", 7).why_not, "invalid character");
	assert_int_equal(domain_labels("a.b.c"), 3);
	assert_int_equal(domain_labels(""), 0);
	assert_string_equal(domain_parent("a.b"), "b");
	assert_string_equal(domain_parent("b"), "");
	assert_string_equal(domain_last_labels("a.b.c", 2), "b.c");
	assert_true(domain_is_below("a.b", "b"));
	assert_true(domain_is_below("b", "b"));
	assert_false(domain_is_below("ab", "b"));
	arena_free(&arena);
}

static void addresses(void **state)
{
	static const struct {
		const char *text, *shown, *reverse;
		bool is_private;
	} rows[] = {
		{"192.0.2.25", "192.0.2.25", "25.2.0.192.in-addr.arpa", false},
		{"::ffff:203.0.113.5", "203.0.113.5", "5.113.0.203.in-addr.arpa", false},
		{"2001:DB8:0:0::25", "2001:db8::25",
			"5.2.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa", false},
		{"IPv6:fe80::1", "fe80::1",
			"1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.e.f.ip6.arpa", true},
		{"10.1.2.3", "10.1.2.3", "3.2.1.10.in-addr.arpa", true},
		{"::1", "::1", "1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.ip6.arpa",
			true},
	};
	struct arena *arena = arena_new();
	char text[NETADDR_TEXT_SIZE];
	struct netaddr addr, other;
	struct network network;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		assert_true(netaddr_parse(rows[i].text, &addr));
		assert_string_equal(netaddr_format(&addr, text), rows[i].shown);
		assert_string_equal(netaddr_reverse_name(&addr, arena), rows[i].reverse);
		assert_int_equal(netaddr_is_private(&addr), rows[i].is_private);
	}
	assert_false(netaddr_parse("1.2.3", &addr));
	assert_string_equal(netaddr_format(&addr, text), "unknown");
	assert_true(netaddr_parse("192.0.2.129", &addr));
	assert_true(netaddr_parse("192.0.2.128", &other));
	assert_true(netaddr_match(&addr, &other, 31));
	assert_false(netaddr_match(&addr, &other, 32));
	assert_true(netaddr_match(&addr, &other, 0));
	assert_true(network_parse("192.0.2.0/25", &network));
	assert_false(network_contains(&network, &addr));
	assert_true(network_parse("::/0", &network));
	assert_false(network_contains(&network, &addr));
	assert_false(network_parse("192.0.2.0/33", &network));
	assert_false(network_parse("192.0.2.0/", &network));
	arena_free(&arena);
}

static void organizations(void **state)
{
	static const char *const extra[] = {"rs.example"};
	static const struct {
		const char *name, *organization;
		bool is_suffix;
	} rows[] = {
		{"a.b.example.co.jp", "example.co.jp", false},
		{"co.jp", "co.jp", true},
		{"a.b.c.kawasaki.jp", "b.c.kawasaki.jp", false},
		{"x.com", "x.com", false},
		{"shop.rs.example", "shop.rs.example", false},
		{"a.shop.rs.example", "shop.rs.example", false},
		{"rs.example", "rs.example", true},
		{"hoge.example", "hoge.example", false},
		{"a.hoge.example", "hoge.example", false},
	};
	struct fault fault;
	struct suffixes *suffixes = suffixes_open("", extra, 1, &fault);

	(void)state;
	assert_non_null(suffixes);
	for (size_t i = 0; i < COUNT(rows); i++) {
		assert_string_equal(suffixes_organization(suffixes, rows[i].name), rows[i].organization);
		assert_int_equal(suffixes_has(suffixes, rows[i].name), rows[i].is_suffix);
	}
	suffixes_close(&suffixes);
	assert_null(suffixes_open("/nonexistent", NULL, 0, &fault));
	assert_string_equal(fault.text, "cannot read the public suffix list /nonexistent");
}

static void clocks(void **state)
{
	static const struct {
		const char *what;
		int64_t ahead_ms, back_ms;
	} rows[] = {
		{"nothing", 1000000, 0},
		{"a day forward", 87400000, 0},
		{"and back", 1000000, 86400000},
		{"once only", 1000000, 0},
		{"slewed", 999500, 0},
		{"and slewed", 999001, 0},
		{"until it is a second", 999000, 1000},
		{"before 1970", -5000000, 5999000},
		{"slewed forward", -4999900, 0},
		{"back from there", -5000900, 1000},
	};
	struct clock_watch watch = {.ahead_ms = 1000000};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		if (clock_watch_note(&watch, rows[i].ahead_ms) != rows[i].back_ms)
			fail_msg("%s", rows[i].what);
	clock_watch_begin(&watch);
	assert_int_equal(clock_watch_look(&watch), 0);
	watch.ahead_ms += 3600000;
	assert_in_range(clock_watch_look(&watch), 3599000, 3601000);
}

static void times(void **state)
{
	static const struct {
		const char *text;
		int64_t seconds;
	} rows[] = {
		{"1970-01-01T00:00:00Z", 0},
		{"2026-03-01T09:12:57Z", 1772356377},
		{"2000-02-29T23:59:59Z", 951868799},
		{"2024-12-31T00:00:00Z", 1735603200},
	};
	char text[TIMESTAMP_SIZE];
	int64_t seconds;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		assert_true(timestamp_parse(rows[i].text, &seconds));
		assert_int_equal(seconds, rows[i].seconds);
		assert_string_equal(timestamp_format(seconds, text), rows[i].text);
	}
	assert_false(timestamp_parse("2026-13-01T00:00:00Z", &seconds));
	assert_false(timestamp_parse("2026-02-29T00:00:00Z", &seconds));
	assert_false(timestamp_parse("2026-04-31T00:00:00Z", &seconds));
	assert_true(timestamp_parse("2028-02-29T00:00:00Z", &seconds));
	assert_true(timestamp_parse("2026-12-31T00:00:00Z", &seconds));
	assert_false(timestamp_parse("2026-03-01 00:00:00Z", &seconds));
}

static void texts(void **state)
{
	struct arena *arena = arena_new();
	unsigned long number;

	(void)state;
	assert_true(text_equal("aBc", "AbC"));
	assert_false(text_equal("abc", "abcd"));
	assert_true(text_starts("v=SPF1 x", "v=spf1"));
	assert_true(text_ends("x.JP", ".jp"));
	assert_string_equal(text_find("hello WORLD", 11, "wor"), "WORLD");
	assert_string_equal(text_replaced(arena, "a, b, c", ", ", ","), "a,b,c");
	assert_string_equal(text_replaced(arena, "aaa", "a", "aa"), "aaaaaa");
	assert_string_equal(text_replaced(arena, "abc", "x", "y"), "abc");
	assert_null(text_find("hello", 5, "world wide"));
	assert_int_equal(span_trim(span_of(" \t a b\r\n")).len, 3);
	assert_true(span_number(span_of("128"), 128, &number));
	assert_int_equal(number, 128);
	assert_false(span_number(span_of("129"), 128, &number));
	assert_false(span_number(span_of(""), 128, &number));
	assert_false(span_number(span_of("99999999999999999999999"), 128, &number));
	arena_free(&arena);
}

static void utf8_characters(void **state)
{
	static const struct {
		const char *octets;
		size_t length, visible;
	} rows[] = {
		{"", 0, 0},
		{"a", 1, 1},
		{"\n", 1, 0},
		{"\x7f", 1, 0},
		{"\xc3\xa9", 2, 2},
		{"\xc2\x85", 2, 0}, /* C1: NEL */
		{"\xe9\x96\xa2", 3, 3},
		{"\xe2\x80\xae", 3, 0},     /* right-to-left override */
		{"\xe2\x81\xa6", 3, 0},     /* left-to-right isolate */
		{"\xe2\x80\xa8", 3, 0},     /* line separator */
		{"\xd8\x9c", 2, 0},         /* Arabic letter mark */
		{"\xe2\x80\x8b", 3, 0},     /* zero-width space */
		{"\xef\xbb\xbf", 3, 0},     /* byte order mark */
		{"\xc2\xad", 2, 0},         /* soft hyphen */
		{"\xf3\xa0\x81\xa1", 4, 0}, /* a tag letter */
		{"\xe2\x80\x8d", 3, 3},     /* zero-width joiner: several scripts need it */
		{"\xe3\x80\x80", 3, 3},     /* ideographic space */
		{"\xf0\x9f\x98\x80", 4, 4}, /* beyond the first plane */
		{"\xc0\xaf", 0, 0},         /* overlong, RFC 3629 section 3 */
		{"\xe0\x80\xaf", 0, 0},     /* overlong */
		{"\xed\xa0\x80", 0, 0},     /* surrogate */
		{"\xf4\x90\x80\x80", 0, 0}, /* above U+10FFFF */
		{"\xe9\x96", 0, 0},         /* cut */
		{"\x80", 0, 0},
		{"\xff", 0, 0},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		assert_int_equal(utf8_length(rows[i].octets, strlen(rows[i].octets), NULL), rows[i].length);
		assert_int_equal(
			utf8_visible_length(rows[i].octets, strlen(rows[i].octets)), rows[i].visible);
	}
	/* wherever it stands among others */
	for (size_t i = 0; i < COUNT(rows); i++)
		for (int before = 0; before < 18; before++)
			for (int behind = 0; behind < 18; behind++) {
				char text[64];
				int len = snprintf(text, sizeof text, "%.*s%s%.*s", before,
					"abcdefghijklmnopqr", rows[i].octets, behind, "ABCDEFGHIJKLMNOPQR");

				assert_int_equal(
					utf8_is_whole(text, (size_t)len), i == 0 || rows[i].length > 0);
			}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(arena_keeps_large_and_small),
		cmocka_unit_test(arena_goes_back_to_a_mark),
		cmocka_unit_test(chunks_of_the_pool),
		cmocka_unit_test(buf_grows),
		cmocka_unit_test(domains),
		cmocka_unit_test(addresses),
		cmocka_unit_test(organizations),
		cmocka_unit_test(clocks),
		cmocka_unit_test(times),
		cmocka_unit_test(texts),
		cmocka_unit_test(utf8_characters),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
