/* diagnose/header_change: each thing that software on the way does to header fields is found again. */
#include "base/arena.h"
#include "diagnose/alteration.h"
#include "diagnose/header_change.h"
#include "message/header_list.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof(array)[0])
#define SIGNED "from:to:subject:date:message-id:reply-to:content-type:mime-version"

static const struct row {
	enum header_change_kind kind;
	enum canon canon;
	const char *field;                 /* the one that changed */
	const char *sent, *arrived;        /* NULL: absent */
	const char *beside, *beside_value; /* another field of the arrived message, or NULL */
	const char *text;                  /* expected: what was added, or the original */
} rows[] = {
	{HEADER_SUBJECT_PREFIX, CANON_RELAXED, "Subject", " Invoice", " [ml 12] Invoice", NULL, NULL,
		"[ml 12]"},
	{HEADER_SUBJECT_PREFIX, CANON_SIMPLE, "Subject", " Invoice", " [ml] Invoice", NULL, NULL, "[ml]"},
	{HEADER_SUBJECT_PREFIX, CANON_RELAXED, "Subject", " Re: Invoice", " Re: [ml] Invoice", NULL, NULL,
		"[ml]"},
	{HEADER_SUBJECT_PREFIX, CANON_RELAXED, "Subject", " Re: Invoice", " [ml] Re: Invoice", NULL, NULL,
		"[ml]"},
	{HEADER_SUBJECT_PREFIX, CANON_RELAXED, "Subject", " Invoice", " *****SPAM***** Invoice", NULL, NULL,
		"*****SPAM*****"},
	{HEADER_SUBJECT_PREFIX, CANON_RELAXED, "Subject", " Invoice", " (ml:0042) Invoice", NULL, NULL,
		"(ml:0042)"},
	{HEADER_SUBJECT_PREFIX, CANON_RELAXED, "Subject", " Invoice", " SPAM: Invoice", NULL, NULL, "SPAM:"},
	{HEADER_SUBJECT_PREFIX, CANON_RELAXED, "Subject", " Invoice", " Invoice [ml]", NULL, NULL, "[ml]"},
	{HEADER_SUBJECT_PREFIX, CANON_RELAXED, "Subject", " Invoice",
		" \xe3\x80\x90\xe5\xba\x83\xe5\x91\x8a\xe3\x80\x91Invoice", NULL, NULL,
		"\xe3\x80\x90\xe5\xba\x83\xe5\x91\x8a\xe3\x80\x91"},
	{HEADER_SUBJECT_PREFIX, CANON_RELAXED, "Subject",
		" =?utf-8?B?44GC?=", " =?utf-8?B?W21sXSDjgYI=?=", NULL, NULL, "[ml]"},
	{HEADER_SUBJECT_PREFIX, CANON_RELAXED, "Subject", " =?ISO-2022-JP?B?GyRCJCIbKEI=?=",
		" =?ISO-2022-JP?B?W21sXSAbJEIkIhsoQg==?=", NULL, NULL, "[ml]"},
	{HEADER_SUBJECT_PREFIX, CANON_RELAXED, "Subject", " =?utf-8?B?44GC?=", " [ml] =?utf-8?B?44GC?=", NULL,
		NULL, "[ml]"},
	{HEADER_ALTERED, CANON_RELAXED, "Date", " Sun, 1 Mar 2026 19:00:00 +0900",
		" Sun, 01 Mar 2026 19:00:00 +0900", NULL, NULL, " Sun, 1 Mar 2026 19:00:00 +0900"},
	{HEADER_ALTERED, CANON_RELAXED, "Message-ID", " <a@x>", " <b@y>", "X-Google-Original-Message-ID",
		" <a@x>", " <a@x>"},
	{HEADER_ALTERED, CANON_RELAXED, "Subject", " Invoice", " Win", "Thread-Topic", " Invoice",
		" Invoice"},
	{HEADER_ALTERED, CANON_RELAXED, "Content-Type", " text/plain; charset=utf-8",
		" text/plain; charset=\"UTF-8\"", NULL, NULL, " text/plain; charset=utf-8"},
	{HEADER_FROM_MUNGED, CANON_RELAXED, "From", " a@x", " \"a via list\" <l@y>", "X-Original-From",
		" a@x", " a@x"},
	{HEADER_ADDED, CANON_RELAXED, "Reply-To", NULL, " l@y", NULL, NULL, ""},
	{HEADER_REMOVED, CANON_RELAXED, "MIME-Version", " 1.0", NULL, NULL, NULL, " 1.0"},
	{HEADER_REFOLDED, CANON_SIMPLE, "To", " a@x, b@x", " a@x,\r\n b@x", NULL, NULL, " a@x, b@x"},
	{HEADER_REFOLDED, CANON_SIMPLE, "To", " a@x,\r\n\tb@x", " a@x, b@x", NULL, NULL, " a@x,\r\n\tb@x"},
	{HEADER_REENCODED, CANON_RELAXED, "To", " \"Hana Ko\" <a@x>", " Hana Ko <a@x>", NULL, NULL,
		" \"Hana Ko\" <a@x>"},
	{HEADER_REENCODED, CANON_RELAXED, "To", " Hana Ko <a@x>", " \"Hana Ko\" <a@x>", NULL, NULL,
		" Hana Ko <a@x>"},
	{HEADER_REENCODED, CANON_RELAXED, "Subject", " =?UTF-8?Q?pr=C3=AAt=20ici?=",
		" =?UTF-8?B?cHLDqnQgaWNp?=", NULL, NULL, " =?UTF-8?Q?pr=C3=AAt=20ici?="},
	{HEADER_UNKNOWN, CANON_RELAXED, "Subject", " Invoice", " Win a prize", NULL, NULL, ""},
};

static void add(struct header_list *list, const char *name, const char *value)
{
	if (value != NULL)
		(void)header_list_add(list, name, value, strlen(value));
}

/* A message whose other fields never change. */
static struct header_list message(const struct row *row, const char *value, struct arena *arena)
{
	static const char *const others[][2] = {{"From", " taro@hoge.example"}, {"To", " hanako@rx.example"},
		{"Subject", " Hello"}, {"Date", " Mon, 2 Mar 2026 10:00:00 +0900"}};
	struct header_list list = header_list_new(arena);

	add(&list, "DKIM-Signature", " a=rsa-sha256; h=x; b=QUJD; bh=x");
	add(&list, row->field, value);
	for (size_t i = 0; i < COUNT(others); i++)
		if (strcmp(others[i][0], row->field) != 0)
			add(&list, others[i][0], others[i][1]);
	return list;
}

static struct header_facts facts_of(const struct row *row, struct header_list *sent,
	const struct header_list *arrived, struct arena *arena)
{
	struct canon_selection selection = canon_select(sent, SIGNED, arena);
	struct buf octets = canon_header(&selection, row->canon, &sent->fields[0], arena);

	return (struct header_facts){.header = arrived,
		.signature = &arrived->fields[0],
		.signed_fields = SIGNED,
		.copied_fields = "",
		.canon = row->canon,
		.signed_hash = digest_of(DIGEST_SHA256, octets.data, octets.len)};
}

static void changes_are_found(void **state)
{
	struct arena *arena = arena_new();

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct header_list sent = message(&rows[i], rows[i].sent, arena);
		struct header_list arrived = message(&rows[i], rows[i].arrived, arena);
		struct header_facts facts;
		struct header_change change;

		if (rows[i].beside != NULL)
			add(&arrived, rows[i].beside, rows[i].beside_value);
		facts = facts_of(&rows[i], &sent, &arrived, arena);
		change = header_change_find(&facts, &(struct effort){.octets = SEARCH_BUDGET}, arena);
		if (change.kind != rows[i].kind)
			print_error("row %zu: kind %d\n", i, change.kind);
		assert_int_equal(change.kind, rows[i].kind);
		if (change.kind == HEADER_UNKNOWN)
			continue;
		assert_true(text_equal(change.name, rows[i].field));
		assert_string_equal(
			change.kind == HEADER_SUBJECT_PREFIX ? change.text : change.original, rows[i].text);
		assert_int_equal(change.also_kind, HEADER_UNKNOWN);
		arena_reset(arena);
	}
	arena_free(&arena);
}

/* Two changes at once, z= copies, a signer that used the other form. */
static void combinations_are_found(void **state)
{
	struct arena *arena = arena_new();
	const struct row row = {
		HEADER_SUBJECT_PREFIX, CANON_RELAXED, "Subject", " Invoice", " [ml] Invoice", NULL, NULL, ""};
	struct header_list sent = message(&row, row.sent, arena), arrived = message(&row, row.arrived, arena);
	struct header_facts facts;
	struct header_change change;

	(void)state;
	add(&arrived, "Reply-To", " ml@list.example");
	facts = facts_of(&row, &sent, &arrived, arena);
	change = header_change_find(&facts, &(struct effort){.octets = SEARCH_BUDGET}, arena);
	assert_int_equal(change.kind, HEADER_SUBJECT_PREFIX);
	assert_int_equal(change.also_kind, HEADER_ADDED);
	assert_string_equal(change.also_name, "reply-to");

	arrived = message(&row, " Something else", arena);
	facts = facts_of(&row, &sent, &arrived, arena);
	facts.copied_fields = "From:x@y|Subject:=20Invoice";
	change = header_change_find(&facts, &(struct effort){.octets = SEARCH_BUDGET}, arena);
	assert_int_equal(change.kind, HEADER_ALTERED);
	assert_string_equal(change.original, " Invoice");

	facts = facts_of(&row, &sent, &sent, arena);
	facts.canon = CANON_SIMPLE;
	change = header_change_find(&facts, &(struct effort){.octets = SEARCH_BUDGET}, arena);
	assert_int_equal(change.kind, HEADER_OTHER_CANON);
	assert_string_equal(change.to, "relaxed");
	arena_free(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(changes_are_found),
		cmocka_unit_test(combinations_are_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
