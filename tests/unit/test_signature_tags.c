/* records/signature_tags, tag_list: the DKIM-Signature field, read strictly. */
#include "base/arena.h"
#include "records/signature_tags.h"
#include "records/tag_list.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

#define BH "bh=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="
#define B                                                                                                    \
	"b=dGhpcyBpcyBub3QgYSByZWFsIHNpZ25hdHVyZSwgYnV0IGl0IGhhcyB0aGUgbGVu"                                 \
	"Z3RoIG9mIG9uZSwgd2hpY2ggaXMgZW5vdWdoLi4uLi4uLg=="
#define REST "; d=example.com; s=sel; h=from; " BH "; " B
#define WHOLE "v=1; a=rsa-sha256" REST

/* RFC 6376 section 3.2. */
static void tag_lists(void **state)
{
	static const struct {
		const char *text;
		enum tag_list_fault fault;
		size_t position, count;
	} rows[] = {
		{"a=1", TAGLIST_GOOD, 0, 1},
		{"a=1;", TAGLIST_GOOD, 0, 1},
		{"a=1; \r\n\t", TAGLIST_GOOD, 0, 1},
		{" a = 1 ; b\t=\r\n 2 ; ", TAGLIST_GOOD, 0, 2},
		{"a=", TAGLIST_GOOD, 0, 1},
		{"a=;b=", TAGLIST_GOOD, 0, 2},
		{"a=x=y==", TAGLIST_GOOD, 0, 1},
		{"a_1=x;A_1=y", TAGLIST_GOOD, 0, 2}, /* names are case-sensitive */
		{"", TAGLIST_SYNTAX, 0, 0},
		{" ", TAGLIST_SYNTAX, 1, 0},
		{";", TAGLIST_SYNTAX, 0, 0},
		{"a=1;;b=2", TAGLIST_SYNTAX, 4, 1},
		{"a=1; ;b=2", TAGLIST_SYNTAX, 5, 1},
		{"a", TAGLIST_SYNTAX, 1, 0},
		{"a b=1", TAGLIST_SYNTAX, 2, 0},
		{"1a=1", TAGLIST_SYNTAX, 0, 0},
		{"a-b=1", TAGLIST_SYNTAX, 1, 0},
		{"=1", TAGLIST_SYNTAX, 0, 0},
		{"a=\x01", TAGLIST_SYNTAX, 2, 0},
		{"a=x\xc3\xa9", TAGLIST_SYNTAX, 3, 0},
		{"a=1;b=2;a=1", TAGLIST_DUPLICATE, 8, 2},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct tag_list list = tag_list_read(rows[i].text, strlen(rows[i].text));

		assert_int_equal(list.fault, rows[i].fault);
		assert_int_equal(list.fault_position, rows[i].position);
		assert_int_equal(list.count, rows[i].count);
	}
	assert_int_equal(tag_list_read("a=\0", 3).fault, TAGLIST_SYNTAX);
}

static void tag_values_and_items(void **state)
{
	static const char text[] = "h = From : To\r\n\t: :Subject ; x=";
	struct tag_list list = tag_list_read(text, strlen(text));
	struct span at = tag_list_find(&list, "h")->value, item;
	static const char *const items[] = {"From", "To", "", "Subject"};
	struct arena *arena = arena_new();

	(void)state;
	assert_true(list.tags[0].blank_behind_name);
	assert_false(list.tags[1].blank_behind_name);
	assert_null(tag_list_find(&list, "H"));
	assert_string_equal(tag_value_joined(arena, at), "From:To::Subject");
	for (size_t i = 0; i < COUNT(items); i++) {
		assert_true(tag_item_next(&at, &item));
		assert_true(span_is(item, items[i]));
	}
	assert_false(tag_item_next(&at, &item));
	at = tag_list_find(&list, "x")->value;
	assert_true(tag_item_next(&at, &item));
	assert_int_equal(item.len, 0);
	assert_false(tag_item_next(&at, &item));
	arena_free(&arena);
}

static void every_tag_is_read(void **state)
{
	static const char text[] =
		" v=1; a=Rsa-Sha256; c=relaxed;\r\n\td=Example.COM; s=Sel.A; i=a=20b=40x@news.example.com;"
		"\r\n\th=From : To:\r\n\tSubject; t=100; x=200; l=7; q=dns/txt; z=From:a=40b|To:c; " BH
		";\r\n\tb=AAAA AAAA\r\n\tAAAA AAAA AAAA AAAA AAAA AAAA AAAA AAAA AAAA AAAA=; new=1";
	struct arena *arena = arena_new();
	struct signature_tags tags = signature_tags_read(arena, text, strlen(text));

	(void)state;
	assert_int_equal(tags.fault, SIGFAULT_B_CORRUPT);
	tags = signature_tags_read(arena, text, strlen(text) - sizeof "=; new=1" + 1);
	assert_int_equal(tags.fault, SIGFAULT_NONE);
	assert_string_equal(tags.domain, "Example.COM");
	assert_string_equal(tags.domain_name, "example.com");
	assert_string_equal(tags.selector, "Sel.A");
	assert_string_equal(tags.key_name, "sel.a._domainkey.example.com");
	assert_string_equal(tags.identity, "a=20b=40x@news.example.com");
	assert_string_equal(tags.identity_domain, "news.example.com");
	assert_string_equal(tags.algorithm, "Rsa-Sha256");
	assert_string_equal(tags.canonicalization, "relaxed");
	assert_true(tags.relaxed_header);
	assert_false(tags.relaxed_body);
	assert_string_equal(tags.signed_fields, "From:To:Subject");
	assert_string_equal(tags.copied_fields, "From:a=40b|To:c");
	assert_int_equal(tags.signed_at, 100);
	assert_int_equal(tags.expires_at, 200);
	assert_int_equal(tags.body_length, 7);
	assert_int_equal(tags.signature.len, 36);
	assert_int_equal(tags.body_hash.len, 32);
	assert_string_equal(tags.body_hash_b64, &BH[3]);
	arena_free(&arena);
}

static void faults_are_named(void **state)
{
	static const struct {
		const char *text;
		enum signature_fault fault;
		const char *piece;
	} rows[] = {
		{WHOLE, SIGFAULT_NONE, ""},
		{"v=1; a=rsa-sha256; x=2; t=1; i=@example.com; q=dns/txt; c=simple/relaxed" REST,
			SIGFAULT_NONE, ""},
		{"v=1; a=rsa-sha256; q=http:dns/txt" REST, SIGFAULT_NONE, ""},
		{"v=1; a=rsa-sha256; x=99999999999999999999999999" REST, SIGFAULT_NONE, ""},
		{"", SIGFAULT_SYNTAX, ""},
		{WHOLE "; oops", SIGFAULT_SYNTAX, "oops"},
		{"t=; " WHOLE, SIGFAULT_SYNTAX, "t"},
		{"t=1x; " WHOLE, SIGFAULT_SYNTAX, "t"},
		{"x=-1; " WHOLE, SIGFAULT_SYNTAX, "x"},
		{"l=1 0; " WHOLE, SIGFAULT_SYNTAX, "l"},
		{"l=; " WHOLE, SIGFAULT_SYNTAX, "l"},
		{WHOLE "; d=evil.example", SIGFAULT_DUPLICATE_TAG, "d=evil.example"},
		{WHOLE "; new=1; new=1", SIGFAULT_DUPLICATE_TAG, "new=1"},
		{"a=rsa-sha256" REST, SIGFAULT_MISSING_TAG, "v"},
		{"v=1" REST, SIGFAULT_MISSING_TAG, "a"},
		{"v=1; a=" REST, SIGFAULT_MISSING_TAG, "a"},
		{"v=1; a=rsa-sha256; d=example.com; s=sel; h=from; " BH, SIGFAULT_MISSING_TAG, "b"},
		{"v=1; a=rsa-sha256; d=example.com; s=sel; h=from; " B, SIGFAULT_MISSING_TAG, "bh"},
		{"v=1; a=rsa-sha256; s=sel; h=from; " BH ";" B, SIGFAULT_MISSING_TAG, "d"},
		{"v=1; a=rsa-sha256; d=example.com; s=sel; " BH ";" B, SIGFAULT_MISSING_TAG, "h"},
		{"v=1; a=rsa-sha256; d=example.com; s=; h=from; " BH ";" B, SIGFAULT_MISSING_TAG, "s"},
		{"v=2; a=rsa-sha256" REST, SIGFAULT_VERSION, "2"},
		{"v=1; a=rsa-sha512" REST, SIGFAULT_ALGORITHM, "rsa-sha512"},
		{"v=1; a=rsa-sha256; c=nofws" REST, SIGFAULT_CANONICALIZATION, "nofws"},
		{"v=1; a=rsa-sha256; c=relaxed/x" REST, SIGFAULT_CANONICALIZATION, "relaxed/x"},
		{"v=1; a=rsa-sha256; c=relaxed/" REST, SIGFAULT_CANONICALIZATION, "relaxed/"},
		{"v=1; a=rsa-sha256; c=" REST, SIGFAULT_CANONICALIZATION, ""},
		{"v=1; a=rsa-sha256; q=http" REST, SIGFAULT_QUERY_METHOD, "http"},
		{"v=1; a=rsa-sha256; d=victim.example(.attacker.example; s=sel; h=from; " BH ";" B,
			SIGFAULT_DOMAIN, "victim.example(.attacker.example"}, /* CVE-2020-12272 */
		{"v=1; a=rsa-sha256; d=exam ple.com; s=sel; h=from; " BH ";" B, SIGFAULT_DOMAIN,
			"exam ple.com"},
		{"v=1; a=rsa-sha256; d=com; s=sel; h=from; " BH ";" B, SIGFAULT_DOMAIN, "com"},
		{"v=1; a=rsa-sha256; d=192.0.2.1; s=sel; h=from; " BH ";" B, SIGFAULT_DOMAIN, "192.0.2.1"},
		{"v=1; a=rsa-sha256; d=a..com; s=sel; h=from; " BH ";" B, SIGFAULT_DOMAIN, "a..com"},
		{"v=1; a=rsa-sha256; d=example.com; s=x!y; h=from; " BH ";" B, SIGFAULT_SELECTOR, "x!y"},
		{"v=1; a=rsa-sha256; d=example.com; s=sel(x; h=from; " BH ";" B, SIGFAULT_SELECTOR, "sel(x"},
		{"v=1; a=rsa-sha256; i=a@b=" REST, SIGFAULT_IDENTITY, "a@b="},
		{"v=1; a=rsa-sha256; i=a=4@example.com" REST, SIGFAULT_IDENTITY, "a=4@example.com"},
		{"v=1; a=rsa-sha256; i=example.com" REST, SIGFAULT_IDENTITY, "example.com"},
		{"v=1; a=rsa-sha256; i=" REST, SIGFAULT_IDENTITY, ""},
		{"v=1; a=rsa-sha256; i=a@" REST, SIGFAULT_IDENTITY, "a@"},
		{"v=1; a=rsa-sha256; i=@xexample.com" REST, SIGFAULT_IDENTITY_OUTSIDE_DOMAIN, "xexample.com"},
		{"v=1; a=rsa-sha256; d=example.com; s=sel; h=to:fromage; " BH ";" B, SIGFAULT_FROM_NOT_SIGNED,
			"h"},
		{"v=1; a=rsa-sha256; d=example.com; s=sel; h=to:from:; " BH ";" B, SIGFAULT_NONE, ""},
		{"v=1; a=rsa-sha256; d=example.com; s=sel; h=FROM; " BH "; b=****", SIGFAULT_B_CORRUPT, "b"},
		{"v=1; a=rsa-sha256; d=example.com; s=sel; h=from; " BH "; b=AAAA", SIGFAULT_B_CORRUPT, "b"},
		{"v=1; a=ed25519-sha256" REST, SIGFAULT_B_CORRUPT, "b"},
		{"v=1; a=rsa-sha1" REST, SIGFAULT_BODY_HASH_CORRUPT, "bh"},
		{"v=1; a=rsa-sha256; d=example.com; s=sel; h=from; bh=AAAA;" B, SIGFAULT_BODY_HASH_CORRUPT,
			"bh"},
		{"v=1; a=rsa-sha256; d=example.com; s=sel; h=from; bh=A*AA;" B, SIGFAULT_BODY_HASH_CORRUPT,
			"bh"},
		{"v=1; a=rsa-sha256; t=1; x=1" REST, SIGFAULT_EXPIRES_BEFORE_SIGNED, "x"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct arena *arena = arena_new();
		struct signature_tags tags = signature_tags_read(arena, rows[i].text, strlen(rows[i].text));

		if (tags.fault != rows[i].fault)
			print_error("%s\n", rows[i].text);
		assert_int_equal(tags.fault, rows[i].fault);
		assert_string_equal(tags.fault_text, rows[i].piece);
		arena_free(&arena);
	}
}

/* What is over these limits never reaches libopendkim. */
static void sizes_are_limited(void **state)
{
	struct arena *arena = arena_new();
	char *text = arena_alloc(arena, 20000);
	struct signature_tags tags;

	(void)state;
	memset(strcpy(text, WHOLE "; z=") + strlen(WHOLE "; z="), 'x', SIGNATURE_MAX - strlen(WHOLE "; z="));
	assert_int_equal(signature_tags_read(arena, text, SIGNATURE_MAX).fault, SIGFAULT_NONE);
	text[SIGNATURE_MAX] = 'x';
	tags = signature_tags_read(arena, text, SIGNATURE_MAX + 1);
	assert_int_equal(tags.fault, SIGFAULT_TOO_LARGE);
	assert_string_equal(tags.domain, "");

	for (unsigned names = SIGNED_FIELDS_MAX; names <= SIGNED_FIELDS_MAX + 1; names++) {
		strcpy(text, "v=1; a=rsa-sha256; d=example.com; s=sel; " BH "; " B "; h=from");
		for (unsigned i = 1; i < names; i++)
			strcat(text, ":x");
		assert_int_equal(signature_tags_read(arena, text, strlen(text)).fault,
			names > SIGNED_FIELDS_MAX ? SIGFAULT_TOO_LARGE : SIGFAULT_NONE);
	}
	for (unsigned extra = 24; extra <= 26; extra++) {
		strcpy(text, WHOLE);
		for (unsigned i = 0; i < extra; i++)
			strcat(text, arena_printf(arena, "; x%u=", i));
		assert_int_equal(signature_tags_read(arena, text, strlen(text)).fault,
			extra + 7 > TAGS_MAX ? SIGFAULT_TOO_LARGE : SIGFAULT_NONE);
	}
	memcpy(text, "v=1; a=rsa-sha256; i=", 21);
	memset(text + 21, 'x', 300);
	strcpy(text + 21 + 300, "@example.com" REST);
	assert_int_equal(signature_tags_read(arena, text, strlen(text)).fault, SIGFAULT_IDENTITY);
	arena_free(&arena);
}

/* RFC 8616 section 5: UTF-8 where names and people are, well-formed (RFC 3629). */
static void utf8_in_tags(void **state)
{
	static const struct {
		const char *text;
		enum signature_fault fault;
		const char *piece;
	} rows[] = {
		{WHOLE "; n=\xe6\x97\xa5", SIGFAULT_NONE, ""},
		{WHOLE "; i=\xe5\xa4\xaa@example.com; z=x:\xc3\xa9", SIGFAULT_NONE, ""},
		{WHOLE "; n=\xe6\x97", SIGFAULT_SYNTAX, "n=\xe6\x97"},
		{WHOLE "; n=\xc0\xaf", SIGFAULT_SYNTAX, "n=\xc0\xaf"},
		{WHOLE "; q=dns/txt:\xc3\xa9", SIGFAULT_SYNTAX, "dns/txt:\xc3\xa9"},
		{WHOLE "; c=simpl\xc3\xa9", SIGFAULT_SYNTAX, "simpl\xc3\xa9"},
	};
	struct arena *arena = arena_new();

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct signature_tags tags = signature_tags_read(arena, rows[i].text, strlen(rows[i].text));

		assert_int_equal(tags.fault, rows[i].fault);
		assert_string_equal(tags.fault_text, rows[i].piece);
	}
	arena_free(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tag_lists),
		cmocka_unit_test(tag_values_and_items),
		cmocka_unit_test(every_tag_is_read),
		cmocka_unit_test(faults_are_named),
		cmocka_unit_test(sizes_are_limited),
		cmocka_unit_test(utf8_in_tags),
	};

	return cmocka_run_group_tests_name("signature_tags", tests, NULL, NULL);
}
