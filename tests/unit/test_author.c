/* message/author: one domain or a reason why not, for honest and hostile From fields. "A4 n" is a
 * row of the project's attack catalogue. */
#include "message/author.h"

#include "base/arena.h"
#include "message/header_list.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static struct author author_of_value(struct arena *arena, const char *value)
{
	struct header_list header = header_list_new(arena);

	header_list_add(&header, "To", " someone@else.example", 21);
	header_list_add(&header, "From", value, strlen(value));
	return author_of(&header, arena);
}

static void one_author(void **state)
{
	static const struct {
		const char *value, *domain, *address, *display_name;
	} rows[] = {
		{" taro@example.com", "example.com", "taro@example.com", ""},
		{"taro@example.com", "example.com", "taro@example.com", ""}, /* A4 46: no blank */
		{" <taro@example.com>", "example.com", "taro@example.com", ""},
		{" Taro Yamada <taro@example.com>", "example.com", "taro@example.com", "Taro Yamada"},
		{" \"Yamada, Taro\" <taro@example.com>", "example.com", "taro@example.com", "Yamada, Taro"},
		{" Taro Y. Yamada <taro@example.com>", "example.com", "taro@example.com", "Taro Y. Yamada"},
		{" =?UTF-8?B?5aSq6YOO?= <taro@example.com>", "example.com", "taro@example.com",
			"=?UTF-8?B?5aSq6YOO?="},
		{" \xe5\xa4\xaa\xe9\x83\x8e <taro@example.com>", "example.com", "taro@example.com",
			"\xe5\xa4\xaa\xe9\x83\x8e"}, /* RFC 6532 section 3.2 */
		{"\ttaro@EXAMPLE.com (Taro (the\\) one))", "example.com", "taro@EXAMPLE.com", ""},
		{" Taro\r\n\t<taro@example.com>\r\n ", "example.com", "taro@example.com", "Taro"},
		{" a..b.@docomo.example", "docomo.example", "a..b.@docomo.example", ""},
		/* the same domain several times is one author domain (A4 40) */
		{" a@example.com, B <b@Example.COM>,, c@example.com", "example.com", "a@example.com", ""},
		/* A4 45, RFC 6854 */
		{" Team: a@example.com;", "example.com", "a@example.com", ""},
		{" Team: a@example.com, B <b@example.com>; , c@example.com", "example.com", "a@example.com",
			""},
		/* A4 41: encoded-words are no addresses; the one that is there is judged */
		{" =?utf-8?q?admin=40victim.example?=, b@attacker.test", "attacker.test", "b@attacker.test",
			""},
		/* A4 42: the route is dropped */
		{" <@attacker.test,@any.test:admin@victim.example>", "victim.example", "admin@victim.example",
			""},
		/* A4 46: comments, blanks and folds in the domain (RFC 5322 section 4.4), final dot */
		{" admin@victim(x).(y)example", "victim.example", "admin@victim.example", ""},
		{" admin @ victim .\r\n example", "victim.example", "admin@victim.example", ""},
		{" ADMIN@VICTIM.EXAMPLE.", "victim.example", "ADMIN@VICTIM.EXAMPLE.", ""},
		/* A4 48 and complaint 33: what is quoted is no address */
		{" \"a <x@junk.test>\"@mine.example", "mine.example", "\"a <x@junk.test>\"@mine.example", ""},
		{" \"x@victim.example\\\"\"@attacker.test", "attacker.test",
			"\"x@victim.example\\\"\"@attacker.test", ""},
		{" \"a\\, b <c@victim.example>\" <x@mine.example>", "mine.example", "x@mine.example",
			"a, b <c@victim.example>"},
		/* A4 43: an address as name, only of the same domain */
		{" taro@example.com <taro@example.com>", "example.com", "taro@example.com",
			"taro@example.com"},
		/* A4 49, 50: UTS 46, then judged by the A-label */
		{" taro@\xe4\xbe\x8b\xe3\x81\x88.example", "xn--r8jz45g.example",
			"taro@\xe4\xbe\x8b\xe3\x81\x88.example", ""},
		{" admin@victim\xe3\x80\x82"
		 "example",
			"victim.example",
			"admin@victim\xe3\x80\x82"
			"example",
			""},
		{" admin@\xef\xbd\x96ictim.example", "victim.example", "admin@\xef\xbd\x96ictim.example", ""},
	};
	struct arena *arena = arena_new();

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct author author = author_of_value(arena, rows[i].value);

		assert_string_equal(author.why_not, "");
		assert_int_equal(author.kind, AUTHOR_ONE);
		assert_string_equal(author.domain.name, rows[i].domain);
		assert_string_equal(author.address, rows[i].address);
		assert_string_equal(author.display_name, rows[i].display_name);
		assert_int_equal(author.field_count, 1);
		assert_int_equal(author.domain_count, 1);
		assert_string_equal(author.domains, rows[i].domain);
	}
	arena_free(&arena);
}

static void no_author(void **state)
{
	static const struct {
		const char *value;
		enum author_kind kind;
		const char *why_not;
	} rows[] = {
		/* A4 39 */
		{"", AUTHOR_MISSING, "no address in From"},
		{" \r\n ", AUTHOR_MISSING, "no address in From"},
		{" (nobody)", AUTHOR_MISSING, "no address in From"},
		{" <>", AUTHOR_MISSING, "no address in From"},
		{" Nobody <>", AUTHOR_MISSING, "no address in From"},
		{" Undisclosed:;", AUTHOR_MISSING, "no address in From"}, /* A4 45 */
		{" <>, a@example.com", AUTHOR_UNPARSEABLE, "empty angle brackets"},
		/* A4 40, 45 */
		{" a@hoge.example, b@other.example", AUTHOR_MULTIPLE, "2 domains"},
		{" Team: a@hoge.example, b@other.example;", AUTHOR_MULTIPLE, "2 domains"},
		{" A: a@hoge.example;, B: b@other.example;", AUTHOR_MULTIPLE, "2 domains"},
		/* A4 41 */
		{" =?utf-8?q?admin=40victim.example?=", AUTHOR_UNPARSEABLE, "words without an address"},
		{" Taro Yamada (no address)", AUTHOR_UNPARSEABLE, "words without an address"},
		/* A4 43 */
		{" <a@x.example>\\, <b@y.example>", AUTHOR_UNPARSEABLE,
			"character that needs quotation marks"},
		{" <a@x.example>b", AUTHOR_UNPARSEABLE, "something unexpected behind an address"},
		{" a@x.example <b@y.example>", AUTHOR_UNPARSEABLE, "two addresses without a comma"},
		{" a@x.example <>", AUTHOR_UNPARSEABLE, "empty angle brackets"},
		{" <a@x.example> <b@y.example>", AUTHOR_UNPARSEABLE,
			"something unexpected behind an address"},
		{" x (<b@y.example>", AUTHOR_UNPARSEABLE, "comment without end"},
		{" Foo, Inc. <a@x.example>", AUTHOR_UNPARSEABLE, "words without an address"},
		/* A4 44: two @ with something between */
		{" a@x.example[b@y.example", AUTHOR_UNPARSEABLE, "address literal without end"},
		{" a@x.example{b@y.example", AUTHOR_UNPARSEABLE, "domain: invalid character"},
		{" a@x.example;b@y.example", AUTHOR_UNPARSEABLE, "something unexpected behind an address"},
		{" a@x.example\tb@y.example", AUTHOR_UNPARSEABLE, "something unexpected behind an address"},
		{" a@x.example\"b@y.example", AUTHOR_UNPARSEABLE, "quoted string without end"},
		{" a@x.example b@y.example", AUTHOR_UNPARSEABLE, "something unexpected behind an address"},
		{" a@x.example\xff"
		 "b@y.example",
			AUTHOR_UNPARSEABLE, "domain: not a valid internationalised name"},
		{" a@x.example,b@y.example", AUTHOR_MULTIPLE, "2 domains"},
		/* A4 46 */
		{" admin@victim.example>", AUTHOR_UNPARSEABLE, "something unexpected behind an address"},
		{" <admin@victim.example", AUTHOR_UNPARSEABLE, "address in angle brackets without end"},
		{" <<admin@victim.example>>", AUTHOR_UNPARSEABLE, "no @ in the address"},
		{" admin@victim..example.", AUTHOR_UNPARSEABLE, "domain: empty label"},
		{" admin@victim.exa mple", AUTHOR_UNPARSEABLE, "something unexpected behind an address"},
		/* A4 47 */
		{" \"a@x.example", AUTHOR_UNPARSEABLE, "quoted string without end"},
		{" mailto:a@x.example", AUTHOR_UNPARSEABLE, "group without end"},
		{" a@[192.0.2.1]", AUTHOR_UNPARSEABLE, "address literal instead of a domain"},
		{" a@192.0.2.1", AUTHOR_UNPARSEABLE, "domain: IP address"},
		{" a@x.ex\033ample", AUTHOR_UNPARSEABLE, "character that needs quotation marks"},
		{" a@x.ex)ample", AUTHOR_UNPARSEABLE, "closing bracket without comment"},
		{" a@", AUTHOR_UNPARSEABLE, "no domain behind @"},
		{" @x.example", AUTHOR_UNPARSEABLE, "no local part"},
		{" a b@x.example", AUTHOR_UNPARSEABLE, "blank in the local part"},
		{" \"a\"b@x.example", AUTHOR_UNPARSEABLE, "blank in the local part"},
		{" <@x.example a@y.example>", AUTHOR_UNPARSEABLE, "route without colon"},
		{" A: B: a@x.example;;", AUTHOR_UNPARSEABLE, "group inside a group"},
		{" :a@x.example;", AUTHOR_UNPARSEABLE, "group without a name"},
		/* A4 52: no author is a top-level domain */
		{" a@example", AUTHOR_UNPARSEABLE, "domain: only one label"},
		/* CVE-2020-12272 and friends */
		{" a@victim.example'.attacker.test", AUTHOR_UNPARSEABLE, "domain: invalid character"},
		{" a@victim.example=.attacker.test", AUTHOR_UNPARSEABLE, "domain: invalid character"},
	};
	struct arena *arena = arena_new();

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct author author = author_of_value(arena, rows[i].value);

		assert_string_equal(author.why_not, rows[i].why_not);
		assert_int_equal(author.kind, rows[i].kind);
		assert_string_equal(author.domain.name, "");
	}
	arena_free(&arena);
}

static void several_fields(void **state)
{
	/* A4 37, 38: fields as the MTA hands them over */
	static const struct {
		const char *name[2], *value[2];
		enum author_kind kind;
		const char *domains, *text;
		size_t field_count;
	} rows[] = {
		{{"From", "From"}, {" a@x.example", " b@y.example"}, AUTHOR_MULTIPLE, "x.example, y.example",
			"a@x.example | b@y.example", 2},
		{{"From", "FROM"}, {" a@x.example", " a@x.example"}, AUTHOR_MULTIPLE, "x.example",
			"a@x.example | a@x.example", 2},
		{{"From", "From "}, {" a@x.example", " b@y.example"}, AUTHOR_MULTIPLE, "x.example, y.example",
			"a@x.example | b@y.example", 2},
		{{"From", "from"}, {" rubbish", " b@y.example"}, AUTHOR_MULTIPLE, "", "rubbish | b@y.example",
			2},
		{{"Sender", "Resent-From"}, {" a@x.example", " a@x.example"}, AUTHOR_MISSING, "", "", 0},
		{{"X-From", "Fromage"}, {" a@x.example", " a@x.example"}, AUTHOR_MISSING, "", "", 0},
	};
	struct arena *arena = arena_new();

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct header_list header = header_list_new(arena);
		struct author author;

		for (size_t n = 0; n < 2; n++)
			header_list_add(&header, rows[i].name[n], rows[i].value[n], strlen(rows[i].value[n]));
		author = author_of(&header, arena);
		assert_int_equal(author.kind, rows[i].kind);
		assert_string_equal(author.domains, rows[i].domains);
		assert_string_equal(author.text, rows[i].text);
		assert_int_equal(author.field_count, rows[i].field_count);
		assert_string_equal(author.domain.name, "");
		assert_true(author.why_not[0] != '\0');
	}
	arena_free(&arena);
}

static char *repeated(
	struct arena *arena, const char *start, const char *piece, size_t times, const char *end)
{
	size_t start_len = strlen(start), piece_len = strlen(piece);
	char *text = arena_alloc(arena, start_len + piece_len * times + strlen(end) + 1);

	memcpy(text, start, start_len);
	for (size_t i = 0; i < times; i++)
		memcpy(text + start_len + i * piece_len, piece, piece_len);
	memcpy(text + start_len + times * piece_len, end, strlen(end));
	return text;
}

/* A4 51, 40: depth and length cost only their octets. */
static void floods(void **state)
{
	static const struct {
		const char *start, *piece;
		size_t times;
		const char *end;
		enum author_kind kind;
	} rows[] = {
		{" ", "(", 29000, "a@x.example", AUTHOR_UNPARSEABLE},
		{" (", "()", 29000, ") a@x.example", AUTHOR_ONE},
		{" \"", "\\\"", 29000, "\" <a@x.example>", AUTHOR_ONE},
		{" \"", "\\\"", 500000, "\"@x.example", AUTHOR_ONE},
		{" a@x.example", "\r\n ", 1000, "", AUTHOR_ONE},
		{" a@x.example", ", a@x.example", 10000, "", AUTHOR_ONE},
		{" a@x.example", ",a@y.example,a@x.example", 40000, "", AUTHOR_MULTIPLE},
		{" a@x.example", ",", 900000, "", AUTHOR_ONE},
		{" <", "@a.example,", 50000, ":b@x.example>", AUTHOR_ONE},
		{" ", "<", 900000, "", AUTHOR_UNPARSEABLE},
		{" ", "a ", 400000, "<b@x.example>", AUTHOR_ONE},
		{" b@", "x.", 400000, "example", AUTHOR_UNPARSEABLE},
		{" ", "G:a@x.example;,", 60000, "", AUTHOR_ONE},
		{" a@x.example, ", "=?a?b?c?=,", 90000, "", AUTHOR_ONE},
		/* cut by the MTA at 60,000 octets */
		{" \"", "a", 59998, "", AUTHOR_UNPARSEABLE},
	};
	struct arena *arena = arena_new();

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		char *value = repeated(arena, rows[i].start, rows[i].piece, rows[i].times, rows[i].end);
		struct author author = author_of_value(arena, value);

		assert_int_equal(author.kind, rows[i].kind);
		assert_true(strlen(author.text) <= AUTHOR_TEXT_MAX);
		assert_true(arena_used(arena) < 16 * 1024 * 1024);
		arena_reset(arena);
	}
	arena_free(&arena);
}

/* Sixteen domains are told apart; what comes behind them is not worth memory. */
static void many_domains(void **state)
{
	struct arena *arena = arena_new();
	struct header_list header = header_list_new(arena);
	char value[40 * 64] = "";
	struct author author;

	(void)state;
	for (int i = 0; i < 40; i++)
		strcat(value, arena_printf(arena, "%sa@d%d.example", i > 0 ? "," : " ", i));
	header_list_add(&header, "From", value, strlen(value));
	author = author_of(&header, arena);
	assert_int_equal(author.kind, AUTHOR_MULTIPLE);
	assert_int_equal(author.address_count, 40);
	assert_int_equal(author.domain_count, AUTHOR_DOMAINS_MAX);
	assert_string_equal(author.address, "a@d0.example");
	arena_free(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_author),
		cmocka_unit_test(no_author),
		cmocka_unit_test(several_fields),
		cmocka_unit_test(floods),
		cmocka_unit_test(many_domains),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
