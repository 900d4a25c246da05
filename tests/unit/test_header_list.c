/* message/header_list: order, numbers, folds, limits, and the splitting of files. */
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

static bool add(struct header_list *list, const char *name, const char *value)
{
	return header_list_add(list, name, value, strlen(value));
}

static void values_are_normalised(void **state)
{
	static const struct {
		const char *given;
		size_t len;
		const char *kept;
	} rows[] = {
		{" x", 2, " x"},
		{"x", 1, "x"},
		{"", 0, ""},
		{" a\n\tb", 5, " a\r\n\tb"},
		{" a\r\n\tb", 6, " a\r\n\tb"},
		{" a\n\n b\n", 7, " a\r\n\r\n b"},
		{" a\r b", 5, " a\r b"},
		{" a\r\n", 4, " a"},
		{"\n x", 3, "\r\n x"},
		{" a\0b", 4, " a"},
		{"\0", 1, ""},
	};
	struct arena *arena = arena_new();
	struct header_list list = header_list_new(arena);

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		assert_true(header_list_add(&list, "X", rows[i].given, rows[i].len));
		assert_string_equal(list.fields[i].value, rows[i].kept);
		assert_int_equal(list.fields[i].value_len, strlen(rows[i].kept));
	}
	arena_free(&arena);
}

static void fields_are_numbered_by_name(void **state)
{
	struct arena *arena = arena_new();
	struct header_list list = header_list_new(arena);

	(void)state;
	assert_null(header_list_find(&list, "From", 1));
	assert_int_equal(header_list_count(&list, "From"), 0);
	add(&list, "Received", " a");
	add(&list, "From", " b");
	add(&list, "RECEIVED \t", " c");
	add(&list, "Receive", " d");
	add(&list, "received", " e");
	assert_int_equal(list.fields[2].number, 2);
	assert_string_equal(list.fields[2].name, "RECEIVED \t");
	assert_int_equal(list.fields[2].name_len, 8);
	assert_true(header_field_is(&list.fields[2], "Received"));
	assert_false(header_field_is(&list.fields[3], "Received"));
	assert_int_equal(header_list_count(&list, "recEived"), 3);
	assert_string_equal(header_list_find(&list, "Received", 3)->value, " e");
	assert_null(header_list_find(&list, "Received", 4));
	assert_null(header_list_find(&list, "Received", 0));
	arena_free(&arena);
}

static void floods_are_counted_not_kept(void **state)
{
	struct arena *arena = arena_new();
	struct header_list list = header_list_new(arena);
	char name[32];

	(void)state;
	for (int i = 0; i < 100000; i++) {
		snprintf(name, sizeof name, "X-%d", i);
		assert_int_equal(add(&list, name, " x"), i < HEADER_FIELDS_MAX);
	}
	assert_int_equal(list.count, HEADER_FIELDS_MAX);
	assert_int_equal(list.dropped, 100000 - HEADER_FIELDS_MAX);
	assert_true(arena_used(arena) < 1000000);
	arena_free(&arena);
}

static void large_fields_are_dropped_alone(void **state)
{
	struct arena *arena = arena_new();
	struct header_list list = header_list_new(arena);
	char *large = arena_alloc(arena, HEADER_OCTETS_MAX + 1);

	(void)state;
	memset(large, 'x', HEADER_OCTETS_MAX);
	assert_false(add(&list, "X", large));
	assert_true(header_list_add(&list, "X", large, HEADER_OCTETS_MAX - 8));
	assert_true(add(&list, "Y", " 12345"));
	assert_false(add(&list, "Z", ""));
	assert_int_equal(list.count, 2);
	assert_int_equal(list.octets, HEADER_OCTETS_MAX);
	assert_int_equal(list.dropped, 2);
	arena_free(&arena);
}

/* A second author behind the limit must still be seen as a second author. */
static void authors_survive_floods(void **state)
{
	struct arena *arena = arena_new();
	struct header_list list = header_list_new(arena);

	(void)state;
	assert_true(add(&list, "From", " a@attacker.example"));
	for (int i = 0; i < HEADER_FIELDS_MAX; i++)
		add(&list, "X", " x");
	assert_false(add(&list, "FROM ", " b@victim.example"));
	assert_int_equal(header_list_count(&list, "From"), 2);
	assert_string_equal(header_list_find(&list, "From", 2)->value, "");
	for (int i = 0; i < 1000; i++)
		assert_false(add(&list, "From", " c@victim.example"));
	assert_int_equal(list.count, HEADER_FIELDS_MAX + 1);
	arena_free(&arena);
}

/* Equal and nearly equal long names: numbering must not compare each octet with each field. */
static void long_names_are_cheap(void **state)
{
	struct arena *arena = arena_new();
	struct header_list list = header_list_new(arena);
	char name[512];

	(void)state;
	memset(name, 'n', sizeof name);
	name[511] = '\0';
	for (int i = 0; i < HEADER_FIELDS_MAX; i++) {
		snprintf(name + 500, 12, "%d", i % 1000);
		assert_true(add(&list, name, ""));
	}
	assert_int_equal(list.fields[1999].number, 2);
	arena_free(&arena);
}

static void files_are_split(void **state)
{
	static const struct {
		const char *message, *fields; /* "name=value|" each */
		const char *body;
	} rows[] = {
		{"A: 1\r\nB: 2\r\n\r\nbody", "A= 1|B= 2|", "body"},
		{"A: 1\nB: 2\n\nbody\n", "A= 1|B= 2|", "body\n"},
		{"A: 1\r\n 2\r\n\t3\r\nB:\r\n\r\n", "A= 1\r\n 2\r\n\t3|B=|", ""},
		{"A: 1\r\n \r\nB: 2\r\n\r\nx", "A= 1\r\n |B= 2|", "x"}, /* RFC 5322 section 4.2 */
		{"A : 1\r\n\r\n", "A = 1|", ""},
		{"A: 1", "A= 1|", ""},
		{"A: 1\r\n", "A= 1|", ""},
		{"", "", ""},
		{"\r\nA: 1\r\n", "", "A: 1\r\n"},
		{" x: 1\r\nA: 1\r\n", "", " x: 1\r\nA: 1\r\n"},
		{"A: 1\r\nno colon\r\nB: 2\r\n", "A= 1|", "no colon\r\nB: 2\r\n"},
		{"A: 1\r\n: empty\r\n", "A= 1|", ": empty\r\n"},
		{"A: 1\rB: 2\r\n\r\n", "A= 1\rB: 2|", ""},
		{"From x@example.com Mon\r\nA: 1\r\n", "", "From x@example.com Mon\r\nA: 1\r\n"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct arena *arena = arena_new();
		struct header_list list = header_list_new(arena);
		size_t body = header_list_read(&list, rows[i].message, strlen(rows[i].message));
		char seen[256] = "";

		for (size_t f = 0; f < list.count; f++) {
			strcat(strcat(seen, list.fields[f].name), "=");
			strcat(strcat(seen, list.fields[f].value), "|");
		}
		assert_string_equal(seen, rows[i].fields);
		assert_string_equal(rows[i].message + body, rows[i].body);
		arena_free(&arena);
	}
}

/* Forged results behind a flood keep their numbers, so that they can be deleted. */
static void results_behind_a_flood(void **state)
{
	struct arena *arena = arena_new();
	struct header_list list = header_list_new(arena);

	(void)state;
	assert_true(header_list_add(&list, "Authentication-Results", " a", 2));
	for (size_t i = 0; i < HEADER_FIELDS_MAX; i++)
		(void)header_list_add(&list, "X-Flood", " x", 2);
	assert_false(header_list_add(&list, "authentication-results ", " mx; dmarc=pass", 15));
	assert_false(header_list_add(&list, "Subject", " x", 2));
	assert_int_equal(header_list_count(&list, "Authentication-Results"), 2);
	assert_string_equal(header_list_find(&list, "Authentication-Results", 2)->value, "");
	assert_null(header_list_find(&list, "Subject", 1));
	arena_free(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values_are_normalised),
		cmocka_unit_test(fields_are_numbered_by_name),
		cmocka_unit_test(floods_are_counted_not_kept),
		cmocka_unit_test(large_fields_are_dropped_alone),
		cmocka_unit_test(authors_survive_floods),
		cmocka_unit_test(long_names_are_cheap),
		cmocka_unit_test(files_are_split),
		cmocka_unit_test(results_behind_a_flood),
	};

	return cmocka_run_group_tests_name("header_list", tests, NULL, NULL);
}
