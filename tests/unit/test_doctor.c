/* The doctor's readers: Postfix's files, and what an account may do. */
#include "base/arena.h"
#include "doctor/main_cf.h"
#include "doctor/person.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static char folder[] = "/tmp/sekisho-test-doctor.XXXXXX";

static void write_file(const char *name, const char *text)
{
	char path[256];
	FILE *file;

	(void)snprintf(path, sizeof path, "%s/%s", folder, name);
	file = fopen(path, "w");
	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
}

static int folder_make(void **state)
{
	(void)state;
	return mkdtemp(folder) == NULL ? -1 : 0;
}

static int folder_remove(void **state)
{
	static const char *const names[] = {"main.cf", "master.cf", "open", "closed"};
	char path[256];

	(void)state;
	for (size_t i = 0; i < COUNT(names); i++) {
		(void)snprintf(path, sizeof path, "%s/%s", folder, names[i]);
		(void)remove(path);
	}
	return rmdir(folder);
}

/* postconf(5): the last one counts, a line that begins with blanks goes on, "#" begins a comment line. */
static void main_cf_values(void **state)
{
	static const struct {
		const char *text, *name, *value;
	} rows[] = {
		{"smtpd_milters = unix:/a\n", "smtpd_milters", "unix:/a"},
		{"x=1\nx = 2\n", "x", "2"},
		{"x = 1\n  2\n# no\n\t3\ny = 4\n", "x", "1 2 3"},
		{"  # a comment\nx = 1 # not one\n", "x", "1 # not one"},
		{"x = $y/$(z)-${y}\ny = 1\nz = 2", "x", "1/2-1"},
		{"x = $x$x$x$x$x$x$x$x$x$x\n", "y", ""},
		{"x = ${y\ny = 1\n", "x", "${y"},
		{"x = a$\n", "x", "a$"},
		{"no equals sign\n", "no equals sign", ""},
		{"", "milter_default_action", "tempfail"},
		{"milter_default_action =\n", "milter_default_action", ""},
	};
	struct arena *arena = arena_new();

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct main_cf *postfix;

		write_file("main.cf", rows[i].text);
		postfix = main_cf_read(folder, arena);
		assert_non_null(postfix);
		assert_string_equal(main_cf_value(postfix, rows[i].name, arena), rows[i].value);
		/* whatever refers to itself ends, and stays small */
		assert_true(strlen(main_cf_value(postfix, "x", arena)) < 40000);
	}
	assert_null(main_cf_read("/nonexistent", arena));
	arena_free(&arena);
}

static void milter_lists(void **state)
{
	static const struct {
		const char *value;
		size_t count;
		const char *last, *action;
	} rows[] = {
		{"", 0, "", ""},
		{"unix:/a", 1, "unix:/a", ""},
		{"unix:/a, inet:localhost:8891 unix:b", 3, "unix:b", ""},
		{"{ unix:/a, default_action = accept }", 1, "unix:/a", "accept"},
		{"inet:h:1 {unix:/a,connect_timeout=3s,default_action=reject}", 2, "unix:/a", "reject"},
		{"{ unix:/a", 1, "unix:/a", ""},
		{"{}", 1, "", ""},
		{"{", 1, "", ""},
	};
	struct arena *arena = arena_new();

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct milter milters[MILTERS_MAX];
		size_t count = milters_of(rows[i].value, milters, arena);

		assert_int_equal(count, rows[i].count);
		if (count == 0)
			continue;
		assert_string_equal(milters[count - 1].endpoint, rows[i].last);
		assert_string_equal(milters[count - 1].default_action, rows[i].action);
	}
	arena_free(&arena);
}

/* master(5) */
static void master_cf_services(void **state)
{
	static const struct {
		const char *text;
		bool found, chrooted;
		const char *milters;
	} rows[] = {
		{"smtp inet n - y - - smtpd\n", true, true, NULL},
		{"smtp inet n - - - - smtpd\n", true, false, NULL},
		{"smtp inet n - n - - smtpd -o smtpd_milters=unix:/a -o x=y\n", true, false, "unix:/a"},
		{"smtp inet n - n - - smtpd\n  -o smtpd_milters=\n", true, false, ""},
		{"192.0.2.1:25 inet n - n - - smtpd\n", true, false, NULL},
		{"smtp unix - - y - - smtp\nsubmission inet n - y - - smtpd\n", false, false, NULL},
		{"smtp\n", false, false, NULL},
	};
	struct arena *arena = arena_new();

	(void)state;
	write_file("main.cf", "");
	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct service *service;

		write_file("master.cf", rows[i].text);
		service = main_cf_smtpd(main_cf_read(folder, arena));
		assert_int_equal(service != NULL, rows[i].found);
		if (service == NULL)
			continue;
		assert_int_equal(service->chrooted, rows[i].chrooted);
		assert_int_equal(service->milters != NULL, rows[i].milters != NULL);
		if (service->milters != NULL)
			assert_string_equal(service->milters, rows[i].milters);
	}
	arena_free(&arena);
}

static void person_permissions(void **state)
{
	static const struct {
		mode_t mode;
		bool owner, member;
		int kinds;
		enum access_answer answer;
	} rows[] = {
		{0600, true, false, ACCESS_READ | ACCESS_WRITE, ACCESS_YES},
		{0060, true, true, ACCESS_READ,
			ACCESS_NO}, /* the owner's bits decide, though the group may */
		{0060, false, true, ACCESS_READ | ACCESS_WRITE, ACCESS_YES},
		{0640, false, true, ACCESS_WRITE, ACCESS_NO},
		{0604, false, false, ACCESS_READ, ACCESS_YES},
		{0660, false, false, ACCESS_READ, ACCESS_NO},
	};
	char path[256];

	(void)state;
	write_file("open", "");
	(void)snprintf(path, sizeof path, "%s/open", folder);
	assert_int_equal(chmod(folder, 0755), 0);
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct person person = {.known = true,
			.user = rows[i].owner ? geteuid() : 54321,
			.groups = {rows[i].member ? getegid() : 54321},
			.group_count = 1};

		if (rows[i].owner && geteuid() == 0)
			continue; /* root may do everything */
		assert_int_equal(chmod(path, rows[i].mode), 0);
		assert_int_equal(person_may(&person, path, rows[i].kinds).answer, rows[i].answer);
	}
	assert_int_equal(person_may(&(struct person){.user = 54321}, "/nonexistent/x", ACCESS_READ).answer,
		ACCESS_NOT_THERE);
	assert_int_equal(person_may(&(struct person){.user = 54321}, "relative", ACCESS_READ).answer,
		ACCESS_NOT_THERE);
	assert_false(person_named("no-such-account-here").known);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(main_cf_values),
		cmocka_unit_test(milter_lists),
		cmocka_unit_test(master_cf_services),
		cmocka_unit_test(person_permissions),
	};

	return cmocka_run_group_tests_name("doctor", tests, folder_make, folder_remove);
}
