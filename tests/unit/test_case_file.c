/* replay/case_file: what a .case file says, and what is said about one that cannot be read. */
#include "base/arena.h"
#include "dns/zone.h"
#include "replay/case_file.h"
#include "settings/settings.h"

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static const char file_name[] = "test_case_file.case";

static struct case_file *read_text(const char *text, struct arena *arena, struct fault *fault)
{
	FILE *file = fopen(file_name, "w");
	struct case_file *read;

	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
	read = case_file_read(file_name, arena, fault);
	assert_int_equal(unlink(file_name), 0);
	return read;
}

#define FIRST "# sekisho case 1\n"
#define NOW "now 2026-03-01T09:00:00Z\n"
#define CLIENT "client 192.0.2.1\n"
#define HELO "helo mail.a.example\n"
#define MAIL "mail x@a.example\n"
#define MESSAGE "message a.eml\n"
#define SESSION FIRST NOW CLIENT HELO MAIL MESSAGE /* six lines */

static void whole_case(void **state)
{
	struct arena *arena = arena_new();
	struct fault fault = {""};
	struct settings *settings = settings_new();
	struct case_file *file =
		read_text(FIRST "about     A sentence with # and \"quotes\".\n"
				"\n"
				"# a comment\n"
				"now\t2026-03-01T09:00:00Z\n" CLIENT "helo      [192.0.2.1]  \n"
				"mail      <>\r\n"
				"rcpt      a@rx.example\n"
				"rcpt      \"b c\"@rx.example\n"
				"auth      taro\n"
				"option    authserv-id mx.rx.example\n"
				"option    public-suffix  rs.example\n"
				"option    public-suffix  rt.example\n"
				"option    skip-networks\n"
				"zone      a.example. TXT \"v=spf1 \" \"-all\"\n"
				"fault     b.example. * timeout\n"
				"authority [parent] a.example. NS ns.a.example.\n"
				"seen-key  s1 a.example 2026-02-01 p=AAAA\n"
				"seen-key  s2 a.example 2026-02-01T01:02:03Z p=\n"
				"message   some mail.eml\n"
				"expect    spf pass\n"
				"expect    dkim[2] permerror\n"
				"expect    cause spf-void-lookups\n"
				"expect    also helo-unresolvable\n"
				"expect    also dns-servfail",
			arena, &fault);
	struct question question = {.name = "a.example", .type = RR_TXT, .server = ""};

	(void)state;
	assert_string_equal(fault.text, "");
	assert_non_null(file);
	assert_string_equal(file->about, "A sentence with # and \"quotes\".");
	assert_int_equal(file->now, 1772355600);
	assert_int_equal(file->client.family, NETADDR_IPV4);
	assert_string_equal(file->client_name, "");
	assert_string_equal(file->helo, "[192.0.2.1]");
	assert_string_equal(file->mail_from, "<>");
	assert_string_equal(file->auth_user, "taro");
	assert_false(file->smtputf8);
	assert_int_equal(file->recipient_count, 2);
	assert_string_equal(file->recipients[1], "\"b c\"@rx.example");
	assert_int_equal(file->option_count, 4);
	assert_string_equal(file->options[1].name, "public-suffix");
	assert_string_equal(file->options[1].value, "rs.example");
	assert_int_equal(file->seen_keys.count, 2);
	assert_string_equal(file->seen_keys.items[0].selector, "s1");
	assert_string_equal(file->seen_keys.items[0].domain, "a.example");
	assert_string_equal(file->seen_keys.items[0].p, "AAAA");
	assert_int_equal(file->seen_keys.items[0].last_seen, 1769904000);
	assert_string_equal(file->message_path, "some mail.eml");
	assert_int_equal(file->expectation_count, 5);
	assert_string_equal(file->expectations[1].name, "dkim[2]");
	assert_string_equal(file->expectations[1].value, "permerror");
	assert_string_equal(file->expectations[4].value, "dns-servfail");
	assert_string_equal(zone_answer(file->zone, &question, arena)->values[0].text, "v=spf1 -all");

	assert_true(case_file_apply_options(file, settings, &fault));
	assert_string_equal(settings->authserv_id, "mx.rx.example");
	assert_int_equal(settings->public_suffixes.count, 2);
	assert_int_equal(settings->skip_networks.count, 0);
	settings_free(&settings);
	arena_free(&arena);
}

static void beyond_ascii(void **state)
{
	struct arena *arena = arena_new();
	struct fault fault = {""};
	struct case_file *file = read_text(
		FIRST NOW "client unknown\nhelo\nmail \xe5\xa4\xaa@a.example\n" MESSAGE, arena, &fault);

	(void)state;
	assert_string_equal(fault.text, "");
	assert_int_equal(file->client.family, NETADDR_NONE);
	assert_string_equal(file->helo, "");
	assert_true(file->smtputf8);
	arena_free(&arena);
}

#define AT(line) "test_case_file.case:" line ": "

static const struct {
	const char *text, *fault;
} bad_cases[] = {
	{"", AT("1") "the first line must be \"# sekisho case 1\""},
	{NOW, AT("1") "the first line must be \"# sekisho case 1\""},
	{"# sekisho case 2\n", AT("1") "the first line must be \"# sekisho case 1\""},
	{"# sekisho case 11\n", AT("1") "the first line must be \"# sekisho case 1\""},
	{" # sekisho case 1\n", AT("1") "the first line must be \"# sekisho case 1\""},
	{FIRST CLIENT HELO MAIL MESSAGE, AT("5") "the file ends without a \"now\" line"},
	{FIRST NOW HELO MAIL MESSAGE, AT("5") "the file ends without a \"client\" line"},
	{FIRST NOW CLIENT MAIL MESSAGE, AT("5") "the file ends without a \"helo\" line"},
	{FIRST NOW CLIENT HELO MESSAGE, AT("5") "the file ends without a \"mail\" line"},
	{FIRST NOW CLIENT HELO MAIL, AT("5") "the file ends without a \"message\" line"},
	{FIRST "about a\nabout b\n", AT("3") "a second \"about\" line"},
	{FIRST NOW NOW, AT("3") "a second \"now\" line"},
	{FIRST CLIENT CLIENT, AT("3") "a second \"client\" line"},
	{FIRST HELO "\n" HELO, AT("4") "a second \"helo\" line"},
	{FIRST MAIL MAIL, AT("3") "a second \"mail\" line"},
	{FIRST "auth a\nauth b\n", AT("3") "a second \"auth\" line"},
	{FIRST MESSAGE MESSAGE, AT("3") "a second \"message\" line"},
	{FIRST "frm x@a.example\n", AT("2") "there is no keyword \"frm\""},
	{FIRST "Now 2026-03-01T09:00:00Z\n", AT("2") "there is no keyword \"Now\""},
	{FIRST "mailx@a.example\n", AT("2") "there is no keyword \"mailx@a.example\""},
	{FIRST "about\n", AT("2") "about: the value is missing"},
	{FIRST "now\n", AT("2") "now: the value is missing"},
	{FIRST "rcpt \n", AT("2") "rcpt: the value is missing"},
	{FIRST "zone\n", AT("2") "zone: the value is missing"},
	{FIRST "now yesterday\n", AT("2") "now: \"yesterday\" is not a time such as 2026-03-01T09:00:00Z"},
	{FIRST "now 2026-02-30T09:00:00Z\n",
		AT("2") "now: \"2026-02-30T09:00:00Z\" is not a time such as 2026-03-01T09:00:00Z"},
	{FIRST "client mail.a.example\n",
		AT("2") "client: \"mail.a.example\" is not an IPv4 or IPv6 address"},
	{FIRST "option workers none\n", AT("2") "option: workers: \"none\" is not a number from 1 to 64"},
	{FIRST "option worker 3\n", AT("2") "option: there is no option \"worker\"; did you mean workers?"},
	{FIRST "option authserv-id a b\n", AT("2") "option: authserv-id: \"a b\" is not a name such as "
						   "mx.example.com, without blanks and "
						   "()<>@,;:\\\"/[]?="},
	{FIRST "zone a.example TXT \"x\"\n", AT("2") "zone: the name \"a.example\" has no final dot"},
	{FIRST "zone a.example. HINFO \"x\"\n",
		AT("2") "zone: unknown type \"HINFO\" (A AAAA MX NS TXT PTR CNAME SPF)"},
	{FIRST "zone a.example. A 192.0.2.256\n", AT("2") "zone: \"192.0.2.256\" is not an address for A"},
	{FIRST "zone a.example. TXT v=spf1\n", AT("2") "zone: a string must be in double quotes"},
	{FIRST "zone a.example. TXT \"v=spf1\n", AT("2") "zone: a string has no closing quote"},
	{FIRST "zone a.example. TXT \"\\256\"\n", AT("2") "zone: bad escape in a string"},
	{FIRST "zone a.example. MX mail.a.example.\n",
		AT("2") "zone: MX needs a preference from 0 to 65535 and a host"},
	{FIRST "fault a.example. TXT refused\n",
		AT("2") "fault: \"refused\" is none of servfail, timeout, bogus, tcp-blocked"},
	{FIRST "authority [ns.a.example.] a.example.\n", AT("2") "authority: the type is missing"},
	{FIRST "seen-key s1 a.example yesterday p=A\n",
		AT("2") "seen-key: expected SELECTOR DOMAIN DATE p=KEY, the date as 2026-03-01"},
	{FIRST "seen-key s1 a.example 2026-03-01 AAAA\n",
		AT("2") "seen-key: expected SELECTOR DOMAIN DATE p=KEY, the date as 2026-03-01"},
	{FIRST "message /etc/hostname\n",
		AT("2") "message: \"/etc/hostname\" is not the name of a file in the folder of the case"},
	{FIRST "message ..\n", AT("2") "message: \"..\" is not the name of a file in the folder of the case"},
	{FIRST "expect spf good\n", AT("2") "expect: \"good\" is not pass, none, neutral, policy, softfail, "
					    "fail, temperror or permerror"},
	{FIRST "expect spf\n", AT("2") "expect: \"\" is not pass, none, neutral, policy, softfail, fail, "
				       "temperror or permerror"},
	{FIRST "expect bimi pass\n",
		AT("2") "expect: \"bimi\" is not spf, dkim, dkim[N], dmarc, arc, iprev, cause or also"},
	{FIRST "expect dkim[0] pass\n",
		AT("2") "expect: \"dkim[0]\" is not spf, dkim, dkim[N], dmarc, arc, iprev, cause or also"},
	{FIRST "expect dkim[ pass\n",
		AT("2") "expect: \"dkim[\" is not spf, dkim, dkim[N], dmarc, arc, iprev, cause or also"},
	{FIRST "expect dkim[] pass\n",
		AT("2") "expect: \"dkim[]\" is not spf, dkim, dkim[N], dmarc, arc, iprev, cause or also"},
	{FIRST "expect spf pass\nexpect spf fail\n", AT("3") "expect: a second \"spf\""},
	{FIRST "expect cause Bad!\n", AT("2") "expect: \"Bad!\" is not the code of a cause"},
	{FIRST "expect also\n", AT("2") "expect: \"\" is not the code of a cause"},
};

static void bad_cases_are_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(bad_cases); i++) {
		struct arena *arena = arena_new();
		struct fault fault = {""};
		struct case_file *file = read_text(bad_cases[i].text, arena, &fault);

		if (file != NULL)
			fail_msg("accepted: %s", bad_cases[i].text);
		assert_string_equal(fault.text, bad_cases[i].fault);
		assert_null(read_text(bad_cases[i].text, arena, NULL));
		arena_free(&arena);
	}
}

static void unreadable_cases(void **state)
{
	struct arena *arena = arena_new();
	struct fault fault = {""};

	(void)state;
	assert_null(case_file_read("no/such.case", arena, &fault));
	assert_string_equal(fault.text, "no/such.case: No such file or directory");
	assert_null(case_file_read("/", arena, &fault));
	assert_string_equal(fault.text, "/: Is a directory");
	arena_free(&arena);
}

/* Every .case of a folder reads, and its message is there. Says how many. */
static size_t read_folder(const char *path)
{
	DIR *folder = opendir(path);
	const struct dirent *entry;
	size_t count = 0;

	assert_non_null(folder);
	while ((entry = readdir(folder)) != NULL) {
		size_t len = strlen(entry->d_name);
		struct arena *arena = arena_new();
		struct fault fault = {""};

		if (len > 5 && strcmp(entry->d_name + len - 5, ".case") == 0) {
			struct case_file *file = case_file_read(
				arena_printf(arena, "%s/%s", path, entry->d_name), arena, &fault);

			assert_string_equal(fault.text, "");
			assert_non_null(file);
			assert_true(file->expectation_count > 0);
			assert_int_equal(access(file->message_path, R_OK), 0);
			count++;
		}
		arena_free(&arena);
	}
	assert_int_equal(closedir(folder), 0);
	return count;
}

static void own_cases(void **state)
{
	struct arena *arena = arena_new();
	const char *srcdir = getenv("srcdir");

	(void)state;
	assert_true(read_folder(arena_printf(arena, "%s/tests/cases", srcdir == NULL ? "." : srcdir)) > 0);
	arena_free(&arena);
}

/* The collection beside the project, where there is one. */
static void shared_cases(void **state)
{
	const char *shared = getenv("SEKISHO_SHARED");
	struct arena *arena;

	(void)state;
	if (shared == NULL || access(shared, R_OK) != 0) {
		print_message("SEKISHO_SHARED is not set: skipped\n");
		skip();
	}
	arena = arena_new();
	assert_true(read_folder(arena_printf(arena, "%s/cases", shared)) >= 169);
	arena_free(&arena);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(whole_case),
		cmocka_unit_test(beyond_ascii),
		cmocka_unit_test(bad_cases_are_refused),
		cmocka_unit_test(unreadable_cases),
		cmocka_unit_test(own_cases),
		cmocka_unit_test(shared_cases),
	};

	return cmocka_run_group_tests_name("case_file", tests, NULL, NULL);
}
