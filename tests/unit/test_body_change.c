/* diagnose/body_change: each thing that software on the way does to bodies is found again. */
#include "base/arena.h"
#include "diagnose/alteration.h"
#include "diagnose/body_change.h"
#include "message/header_list.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof(array)[0])
#define X100                                                                                                 \
	"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx" \
	"xx"
#define X990                                                                                                 \
	X100 X100 X100 X100 X100 X100 X100 X100 X100                                                         \
		"yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy"

static const struct row {
	enum body_change_kind kind;
	enum canon canon;
	const char *type, *encoding;
	const char *sent, *arrived;
	const char *text; /* expected first line of what was added */
	size_t added;
} rows[] = {
	{BODY_FOOTER, CANON_RELAXED, "", "", "Hello\r\n\r\nBye\r\n",
		"Hello\r\n\r\nBye\r\n\r\n-- \r\nThe list\r\nhttps://list.example/\r\n", "The list", 4},
	{BODY_FOOTER, CANON_SIMPLE, "", "", "a\r\n", "a\r\nb\r\n", "b", 1},
	{BODY_BANNER, CANON_RELAXED, "", "", "Hello\r\nBye\r\n", "CAUTION: external\r\n\r\nHello\r\nBye\r\n",
		"CAUTION: external", 2},
	{BODY_BANNER, CANON_RELAXED, "", "", "Hello\r\nBye\r\n", "[EXT]\r\nHello\r\nBye\r\nfooter\r\n",
		"[EXT]", 2},
	{BODY_INSERTED, CANON_RELAXED, "text/html", "", "<body>\r\nHi\r\n</body>\r\n",
		"<body>\r\nHi\r\n<p>Confidential</p>\r\n</body>\r\n", "<p>Confidential</p>", 1},
	{BODY_WRAPPED, CANON_RELAXED, "multipart/mixed; boundary=\"b1\"", "", "Hello\r\nBye\r\n",
		"--b1\r\nContent-Type: text/plain\r\n\r\nHello\r\nBye\r\n--b1\r\nContent-Type: "
		"text/plain\r\n\r\n"
		"footer\r\n--b1--\r\n",
		NULL, 0},
	{BODY_SIGNED_EMPTY, CANON_RELAXED, "", "", "", "Hello\r\n", "", 0},
	{BODY_LINE_ENDS, CANON_RELAXED, "", "", NULL, "Hello\r\nBye\r\n", "", 0},
	{BODY_DOTS, CANON_RELAXED, "", "", ".hidden\r\nx\r\n", "..hidden\r\nx\r\n", "", 1},
	{BODY_DOTS, CANON_RELAXED, "", "", "..hidden\r\nx\r\n", ".hidden\r\nx\r\n", "", 1},
	{BODY_FROM_LINES, CANON_RELAXED, "", "", "From me\r\nx\r\n", ">From me\r\nx\r\n", "", 1},
	{BODY_SPACES, CANON_SIMPLE, "", "", "Hi\r\n-- \r\nme\r\n", "Hi\r\n--\r\nme\r\n", "", 1},
	{BODY_LINE_WRAP, CANON_RELAXED, "", "", X990 "12345678tail\r\n", X990 "12345678\r\n tail\r\n", "", 1},
	{BODY_8BIT_CONVERTED, CANON_RELAXED, "text/plain; charset=utf-8", "quoted-printable",
		"gr\xc3\xbc\xc3\x9f \r\nend\r\n", "gr=C3=BC=C3=\r\n=9F=20\r\nend\r\n", "", 1},
	{BODY_8BIT_CONVERTED, CANON_RELAXED, "text/plain; charset=utf-8", "base64", "gr\xc3\xbc\xc3\x9f\r\n",
		"Z3LD\r\nvMOfDQo=\r\n", "", 1},
	{BODY_8BIT_CONVERTED, CANON_RELAXED, "multipart/alternative; boundary=q", "",
		"--q\r\nContent-Type: text/plain\r\nContent-Transfer-Encoding: "
		"8bit\r\n\r\n\xc3\xbc\r\n--q--\r\n",
		"--q\r\nContent-Type: text/plain\r\nContent-Transfer-Encoding: "
		"quoted-printable\r\n\r\n=C3=BC\r\n--q--\r\n",
		"", 1},
	{BODY_BASE64_WRAP, CANON_RELAXED, "text/plain", "base64",
		"QUJDQUJDQUJDQUJDQUJDQUJDQUJDQUJDQUJDQUJDQUJDQUJDQUJDQUJDQUJDQUJDQUJDQUJDQUJD\r\nQUJD\r\n",
		"QUJDQUJDQUJDQUJDQUJDQUJDQUJD\r\nQUJDQUJDQUJDQUJDQUJDQUJDQUJDQUJDQUJDQUJDQUJDQUJDQUJD\r\n",
		"", 1},
	{BODY_CHARSET, CANON_RELAXED, "text/plain; charset=UTF-8", "7bit", "\x1b$B$\"\x1b(B\r\n",
		"\xe3\x81\x82\r\n", "", 1},
	{BODY_LINKS, CANON_RELAXED, "text/html", "", "<a href=\"https://www.example.com/a_b-c?x=1\">\r\n",
		"<a "
		"href=\"https://urldefense.proofpoint.com/v2/"
		"url?u=https-3A__www.example.com_a-5Fb-2Dc-3Fx-3D1&d=DwMF&c=x\">\r\n",
		"", 1},
	{BODY_LINKS, CANON_RELAXED, "text/html", "", "<a href=\"https://www.example.com/a?x=1\">\r\n",
		"<a "
		"href=\"https://emea01.safelinks.protection.outlook.com/"
		"?url=https%3A%2F%2Fwww.example.com%2Fa%3Fx%3D1&amp;data=1\">\r\n",
		"", 1},
	{BODY_OTHER_CANON, CANON_RELAXED, "", "", NULL, "a  b\r\n", "", 0},
	{BODY_UNKNOWN, CANON_RELAXED, "", "", "Hello\r\n", "Good bye\r\n", "", 0},
};

/* What the signer of the row hashed. */
static struct digest signed_hash(const struct row *row, struct arena *arena)
{
	struct buf canonical;

	if (row->kind == BODY_LINE_ENDS)
		return digest_of(DIGEST_SHA256, "Hello\nBye\n", 10);
	if (row->kind == BODY_OTHER_CANON)
		return digest_of(DIGEST_SHA256, "a  b\r\n", 6);
	canonical = canon_body(row->canon, span_of(row->sent), arena);
	return digest_of(DIGEST_SHA256, canonical.data, canonical.len);
}

static void changes_are_found(void **state)
{
	struct arena *arena = arena_new();

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct header_list header = header_list_new(arena);
		struct body_facts facts = {.header = &header,
			.body = span_of(rows[i].arrived),
			.canon = rows[i].canon,
			.length = -1,
			.signed_hash = signed_hash(&rows[i], arena)};
		struct effort effort = {.octets = SEARCH_BUDGET};
		struct body_change change;

		if (rows[i].type[0] != '\0')
			(void)header_list_add(&header, "Content-Type", rows[i].type, strlen(rows[i].type));
		if (rows[i].encoding[0] != '\0')
			(void)header_list_add(&header, "Content-Transfer-Encoding", rows[i].encoding,
				strlen(rows[i].encoding));
		change = body_change_find(&facts, &effort, arena);
		if (change.kind != rows[i].kind)
			print_error("row %zu\n", i);
		assert_int_equal(change.kind, rows[i].kind);
		if (rows[i].text != NULL) {
			assert_string_equal(change.text, rows[i].text);
			assert_int_equal(change.added, rows[i].added);
		}
		assert_true(effort.octets < SEARCH_BUDGET || rows[i].kind == BODY_SIGNED_EMPTY);
	}
	arena_free(&arena);
}

/* A large body without a match ends within the budget and says so. */
static void the_budget_holds(void **state)
{
	enum { SIZE = 2000000 };
	struct arena *arena = arena_new();
	struct header_list header = header_list_new(arena);
	char *body = arena_alloc(arena, SIZE + 1);
	struct body_facts facts = {
		.header = &header, .body = {body, SIZE}, .canon = CANON_RELAXED, .length = -1};
	struct effort effort = {.octets = SEARCH_BUDGET};
	struct body_change change;

	(void)state;
	for (size_t i = 0; i < SIZE; i++)
		body[i] = i % 40 == 38 ? '\r' : i % 40 == 39 ? '\n' : '-';
	facts.signed_hash = digest_of(DIGEST_SHA256, "x", 1);
	change = body_change_find(&facts, &effort, arena);
	assert_int_equal(change.kind, BODY_UNKNOWN);
	assert_true(change.out_of_budget);
	arena_free(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(changes_are_found),
		cmocka_unit_test(the_budget_holds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
