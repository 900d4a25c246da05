/* settings/: what a configuration file may say, and what is said about one that may not. */
#include "base/arena.h"
#include "base/buf.h"
#include "base/text_file.h"
#include "settings/options.h"
#include "settings/print.h"
#include "settings/sample.h"
#include "settings/settings.h"

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

static const char file_name[] = "test_settings.conf";

static struct settings *read_octets(const char *octets, size_t len, struct fault *fault)
{
	FILE *file = fopen(file_name, "w");
	struct settings *settings;

	assert_non_null(file);
	assert_int_equal(fwrite(octets, 1, len, file), len);
	assert_int_equal(fclose(file), 0);
	settings = settings_read(file_name, fault);
	assert_int_equal(unlink(file_name), 0);
	return settings;
}

static struct settings *read_text(const char *text, struct fault *fault)
{
	return read_octets(text, strlen(text), fault);
}

static void defaults(void **state)
{
	struct settings *settings = settings_new();

	(void)state;
	assert_string_equal(settings->authserv_id, "");
	assert_string_equal(settings->socket, "unix:/run/sekisho/sekisho.sock");
	assert_int_equal(settings->workers, 1);
	assert_int_equal(settings->public_suffix_age, -1);
	assert_true(settings->skip_authenticated);
	assert_false(settings->dry_run);
	assert_int_equal(settings->skip_networks.count, 2);
	assert_int_equal(settings->trusted_relays.count, 0);
	assert_int_equal(settings->dmarc_discovery, DISCOVERY_TREE);
	assert_int_equal(settings->dmarc_reject_policy, ACTION_ACCEPT);
	settings_free(&settings);
	assert_null(settings);
	settings_free(&settings);
}

/* The enums of settings.h are the positions of the words in options.def. */
static void words_are_enums(void **state)
{
	static const struct {
		const char *option, *word;
		int value;
	} rows[] = {
		{"spf-fail", "accept", ACTION_ACCEPT},
		{"spf-fail", "quarantine", ACTION_QUARANTINE},
		{"spf-softfail", "reject", ACTION_REJECT},
		{"temperror", "tempfail", ACTION_TEMPFAIL},
		{"dmarc-header-from", "record", HEADER_FROM_RECORD},
		{"dmarc-header-from", "author", HEADER_FROM_AUTHOR},
		{"dkim-unsigned-tail", "policy", UNSIGNED_TAIL_POLICY},
		{"dkim-unsigned-tail", "pass", UNSIGNED_TAIL_PASS},
		{"dmarc-discovery", "tree", DISCOVERY_TREE},
		{"dmarc-discovery", "psl", DISCOVERY_PSL},
		{"log-sink", "auto", LOG_SINK_AUTO},
		{"log-sink", "journal", LOG_SINK_JOURNAL},
		{"log-sink", "syslog", LOG_SINK_SYSLOG},
		{"log-sink", "json", LOG_SINK_JSON},
		{"log-sink", "none", LOG_SINK_NONE},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct option_row *row = option_named(rows[i].option);

		assert_non_null(row);
		assert_int_equal(option_word_index(row->words, rows[i].word), rows[i].value);
	}
}

/* Each file gives, as changed options, the text of the second column. */
static void files(void **state)
{
	static const struct {
		const char *text, *changed;
	} rows[] = {
		{"", ""},
		{"# nothing\n\n  # but comments\n", ""},
		{"workers = 4", "workers = 4\n"},
		{"workers=4\r\n", "workers = 4\n"},
		{"  workers\t=\t4   # two per core\n", "workers = 4\n"},
		{"workers = 1", ""},
		{"socket = unix:/run/x.sock\n", "socket = unix:/run/x.sock\n"},
		{"socket = inet6:8891@::1\n", "socket = inet6:8891@::1\n"},
		/* docker-mailserver#2291: quotes are not part of the value. */
		{"authserv-id = \"mx.rx.example\"\n", "authserv-id = mx.rx.example\n"},
		{"authserv-id = 'mx.rx.example' # ours\n", "authserv-id = mx.rx.example\n"},
		{"user =\n", "user =\n"},
		{"user = ''\n", "user =\n"},
		{"dry-run = Yes\nreceived-spf = on\nadd-iprev = TRUE\n",
			"received-spf = yes\nadd-iprev = yes\ndry-run = yes\n"},
		{"skip-authenticated = no\n", "skip-authenticated = no\n"},
		{"skip-authenticated = off\n", "skip-authenticated = no\n"},
		{"skip-authenticated = false\n", "skip-authenticated = no\n"},
		{"public-suffix-age = -1\n", ""},
		{"public-suffix-age = 400\n", "public-suffix-age = 400\n"},
		{"log-sink = JSON\nlog-file = /var/log/a b.json\n",
			"log-sink = json\nlog-file = /var/log/a b.json\n"},
		{"log-file = '/var/log/a #b' \n", "log-file = '/var/log/a #b'\n"},
		{"log-file = /var/log/a#b\n", "log-file = /var/log/a#b\n"},
		{"log-file = /it's/a\\b/${HOME}\n", "log-file = /it's/a\\b/${HOME}\n"},
		{"reply-url = https://x.example/why?a=b&c={d}\n",
			"reply-url = https://x.example/why?a=b&c={d}\n"},
		{"skip-networks = 192.0.2.1,  2001:db8::/32\n",
			"skip-networks = 192.0.2.1/32, 2001:db8::/32\n"},
		{"skip-networks = {\"192.0.2.1\", 2001:db8::/32}\n",
			"skip-networks = 192.0.2.1/32, 2001:db8::/32\n"},
		{"skip-networks = {\n  192.0.2.0/24, # one\n  # two\n  '198.51.100.0/24'\n}\nworkers = 3\n",
			"workers = 3\nskip-networks = 192.0.2.0/24, 198.51.100.0/24\n"},
		{"skip-networks =\n", "skip-networks =\n"},
		{"skip-networks = {}\n", "skip-networks =\n"},
		{"skip-networks += 192.0.2.0/24\nskip-networks += {2001:db8::1}\n",
			"skip-networks = 127.0.0.0/8, ::1/128, 192.0.2.0/24, 2001:db8::1/128\n"},
		{"skip-networks = 10.0.0.0/8\nskip-networks += 192.0.2.0/24, 10.0.0.0/8\n",
			"skip-networks = 10.0.0.0/8, 192.0.2.0/24, 10.0.0.0/8\n"},
		{"skip-networks += 10.0.0.0/8, 10.0.0.0/8\n",
			"skip-networks = 127.0.0.0/8, ::1/128, 10.0.0.0/8, 10.0.0.0/8\n"},
		{"nameservers = 127.0.0.1@5353, ::1\n", "nameservers = 127.0.0.1@5353, ::1\n"},
		{"skip-sender-domains = Example.COM., \"b.example\"\n",
			"skip-sender-domains = example.com, b.example\n"},
		{"override = Example.com  dmarc-reject-policy\tReject, .b.example spf-fail tempfail\n",
			"override = example.com dmarc-reject-policy reject, .b.example spf-fail tempfail\n"},
		{"authserv-id-also = a.example,b.example\n", "authserv-id-also = a.example, b.example\n"},
	};
	struct arena *arena = arena_new();

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct fault fault = {""};
		struct settings *settings = read_text(rows[i].text, &fault), *again;

		assert_string_equal(fault.text, "");
		assert_non_null(settings);
		assert_string_equal(settings_print(settings, PRINT_CHANGED, arena), rows[i].changed);
		again = read_text(settings_print(settings, PRINT_ALL, arena), &fault);
		assert_string_equal(fault.text, "");
		assert_string_equal(
			settings_print(again, PRINT_ALL, arena), settings_print(settings, PRINT_ALL, arena));
		settings_free(&settings);
		settings_free(&again);
	}
	arena_free(&arena);
}

#define FILE_LINE(line) "test_settings.conf:" line ": "
#define MX_LIKE "not a name such as mx.example.com, without blanks and ()<>@,;:\\\"/[]?="
#define SOCKET_LIKE "not unix:/PATH (at most 107 octets), inet:PORT@HOST or inet6:PORT@HOST"
#define NETWORK_LIKE "not a network such as 192.0.2.0/24 or 2001:db8::/32, or an address"
#define OVERRIDE_LIKE "not DOMAIN OPTION ACTION, such as: example.com dmarc-reject-policy reject"

static const struct {
	const char *text, *fault;
} bad_files[] = {
	{"workers\n", FILE_LINE("1") "expected \"name = value\""},
	{"\n= 3\n", FILE_LINE("2") "expected \"name = value\""},
	{"workers + 3\n", FILE_LINE("1") "expected \"name = value\""},
	{"# a\nworker = 3\n", FILE_LINE("2") "there is no option \"worker\"; did you mean workers?"},
	{"skip_networks = 3\n",
		FILE_LINE("1") "there is no option \"skip_networks\"; did you mean skip-networks?"},
	{"milter = 3\n", FILE_LINE("1") "there is no option \"milter\""},
	{"SECTION = 3\n", FILE_LINE("1") "there is no option \"SECTION\""},
	{"DNS = 3\n", FILE_LINE("1") "there is no option \"DNS\""},
	{"workers = 3\n\nworkers = 4\n", FILE_LINE("3") "workers: already given in line 1"},
	{"nameservers = ::1\nnameservers = ::1\n", FILE_LINE("2") "nameservers: already given in line 1"},
	{"workers += 4\n", FILE_LINE("1") "workers: += is for lists only"},
	{"nameservers += ::1\nnameservers = ::1\n",
		FILE_LINE("2") "nameservers: = behind += would forget what line 1 added"},
	{"workers = 0\n", FILE_LINE("1") "workers: \"0\" is not a number from 1 to 64"},
	{"workers = 65\n", FILE_LINE("1") "workers: \"65\" is not a number from 1 to 64"},
	{"workers = two\n", FILE_LINE("1") "workers: \"two\" is not a number from 1 to 64"},
	{"workers = 2 3\n", FILE_LINE("1") "workers: \"2 3\" is not a number from 1 to 64"},
	{"workers = 0x10\n", FILE_LINE("1") "workers: \"0x10\" is not a number from 1 to 64"},
	{"workers =\n", FILE_LINE("1") "workers: \"\" is not a number from 1 to 64"},
	{"workers = 99999999999999999999\n",
		FILE_LINE("1") "workers: \"99999999999999999999\" is not a number from 1 to 64"},
	{"public-suffix-age = -2\n",
		FILE_LINE("1") "public-suffix-age: \"-2\" is not a number from -1 to 100000"},
	{"workers = \"2\n\"\n", FILE_LINE("1") "the \" is never closed"},
	{"user = 'a' b\n", FILE_LINE("1") "unexpected text behind the quoted value"},
	{"dry-run = maybe\n", FILE_LINE("1") "dry-run: \"maybe\" is not yes or no"},
	{"\n\ndmarc-header-from = both\n",
		FILE_LINE("3") "dmarc-header-from: \"both\" is not record or author"},
	{"spf-fail = drop\n",
		FILE_LINE("1") "spf-fail: \"drop\" is not accept, quarantine, reject or tempfail"},
	{"socket = /run/x.sock\n", FILE_LINE("1") "socket: \"/run/x.sock\" is " SOCKET_LIKE},
	{"socket = unix:x.sock\n", FILE_LINE("1") "socket: \"unix:x.sock\" is " SOCKET_LIKE},
	{"socket = inet:8891\n", FILE_LINE("1") "socket: \"inet:8891\" is " SOCKET_LIKE},
	{"socket = inet:0@localhost\n", FILE_LINE("1") "socket: \"inet:0@localhost\" is " SOCKET_LIKE},
	{"socket =\n", FILE_LINE("1") "socket: \"\" is " SOCKET_LIKE},
	{"socket-mode = 0888\n",
		FILE_LINE("1") "socket-mode: \"0888\" is not permissions in octal, such as 0660"},
	{"socket-mode = 4755\n",
		FILE_LINE("1") "socket-mode: \"4755\" is not permissions in octal, such as 0660"},
	{"pid-file = run/x\n", FILE_LINE("1") "pid-file: \"run/x\" is not a path that begins with /"},
	{"user = a b\n", FILE_LINE("1") "user: \"a b\" is not the name of an account"},
	{"authserv-id = mx rx\n", FILE_LINE("1") "authserv-id: \"mx rx\" is " MX_LIKE},
	{"authserv-id = mx;rx\n", FILE_LINE("1") "authserv-id: \"mx;rx\" is " MX_LIKE},
	{"reply-url = x.example\n", FILE_LINE("1") "reply-url: \"x.example\" is not an address that begins "
						   "with https:// or http://"},
	{"nameservers = ::1, resolver.example\n",
		FILE_LINE("1") "nameservers: \"resolver.example\" is not an IP address, or ADDRESS@PORT"},
	{"nameservers = ::1@99999\n",
		FILE_LINE("1") "nameservers: \"::1@99999\" is not an IP address, or ADDRESS@PORT"},
	{"skip-networks = 192.0.2.0/33\n", FILE_LINE("1") "skip-networks: \"192.0.2.0/33\" is " NETWORK_LIKE},
	{"skip-networks = 127.0.0.0/8 ::1/128\n",
		FILE_LINE("1") "skip-networks: \"127.0.0.0/8 ::1/128\" is " NETWORK_LIKE},
	{"skip-networks = {\n127.0.0.0/8,\n#\nlocalhost}\n",
		FILE_LINE("4") "skip-networks: \"localhost\" is " NETWORK_LIKE},
	{"skip-networks = 127.0.0.0/8,,::1\n",
		FILE_LINE("1") "an item of the list is empty: one comma too many?"},
	{"skip-networks = 127.0.0.0/8,\n",
		FILE_LINE("1") "an item of the list is empty: one comma too many?"},
	{"skip-networks = \"::1\" \"::2\"\n", FILE_LINE("1") "a comma is missing behind the quoted item"},
	{"skip-networks = {\"::1\" \"::2\"}\n", FILE_LINE("1") "unexpected token '::2'"},
	{"workers = 3\nskip-networks = {\"::1\"\n\n", FILE_LINE("2") "the { is never closed"},
	{"skip-networks = {::1} ::2\n", FILE_LINE("1") "unexpected text behind the }"},
	{"skip-networks = {\"::1}\n", FILE_LINE("1") "the \" is never closed"},
	{"skip-sender-domains = a..b\n", FILE_LINE("1") "skip-sender-domains: \"a..b\" is not a domain name"},
	{"public-suffix = ''\n", FILE_LINE("1") "public-suffix: an item of the list is empty"},
	{"authserv-id-also = ''\n", FILE_LINE("1") "authserv-id-also: an item of the list is empty"},
	{"override = a.example reject\n", FILE_LINE("1") "override: \"a.example reject\" is " OVERRIDE_LIKE},
	{"override = a.example log-sink json\n",
		FILE_LINE("1") "override: \"a.example log-sink json\" is " OVERRIDE_LIKE},
	{"override = a.example spf-fail drop\n",
		FILE_LINE("1") "override: \"a.example spf-fail drop\" is " OVERRIDE_LIKE},
	{"override = a.example spf-fail accept now\n",
		FILE_LINE("1") "override: \"a.example spf-fail accept now\" is " OVERRIDE_LIKE},
	{"override = a..b spf-fail accept\n",
		FILE_LINE("1") "override: \"a..b spf-fail accept\" is " OVERRIDE_LIKE},
	{"user = a\tb\n", FILE_LINE("1") "user: the value has a control character in it"},
	{"skip-sender-domains = "
	 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.example\n",
		FILE_LINE("1") "skip-sender-domains: "
			       "\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa...\" is not "
			       "a domain name"},
};

static void bad_files_are_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(bad_files); i++) {
		struct fault fault = {""};
		struct settings *settings = read_text(bad_files[i].text, &fault);

		if (settings != NULL)
			fail_msg("accepted: %s", bad_files[i].text);
		assert_string_equal(fault.text, bad_files[i].fault);
		assert_null(read_text(bad_files[i].text, NULL));
	}
}

static void unreadable_files(void **state)
{
	struct fault fault = {""};

	(void)state;
	assert_null(settings_read("no/such/file", &fault));
	assert_string_equal(fault.text, "no/such/file: No such file or directory");
	assert_null(settings_read("/", &fault));
	assert_string_equal(fault.text, "/: Is a directory");
	assert_null(read_octets("user = a\0b\n", 11, &fault));
	assert_string_equal(fault.text, "test_settings.conf: has a NUL octet in it: not a text file");
}

static void set_one_by_one(void **state)
{
	static const struct {
		const char *name, *value, *changed, *fault;
	} rows[] = {
		{"workers", "4", "workers = 4\n", ""},
		{"authserv-id", "mx.rx.example", "authserv-id = mx.rx.example\n", ""},
		{"public-suffix", "rs.example", "public-suffix = rs.example\n", ""},
		{"skip-networks", "192.0.2.0/24", "skip-networks = 127.0.0.0/8, ::1/128, 192.0.2.0/24\n", ""},
		{"skip-networks", "", "skip-networks =\n", ""},
		{"trusted-relays", "192.0.2.1, 192.0.2.2", "trusted-relays = 192.0.2.1/32, 192.0.2.2/32\n",
			""},
		{"trusted-relays", "192.0.2.1,", "", "trusted-relays: an item of the list is empty"},
		{"workers", "x", "", "workers: \"x\" is not a number from 1 to 64"},
		{"Workers", "1", "", "there is no option \"Workers\"; did you mean workers?"},
		{"frobnicate", "1", "", "there is no option \"frobnicate\""},
		{"DNS", "1", "", "there is no option \"DNS\""},
	};
	struct arena *arena = arena_new();

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct settings *settings = settings_new();
		struct fault fault = {""};
		bool done = settings_set(settings, rows[i].name, rows[i].value, &fault);

		assert_string_equal(fault.text, rows[i].fault);
		assert_int_equal(done, *rows[i].fault == '\0');
		if (done)
			assert_string_equal(settings_print(settings, PRINT_CHANGED, arena), rows[i].changed);
		settings_free(&settings);
	}
	arena_free(&arena);
}

static void long_lists(void **state)
{
	struct settings *settings = settings_new();
	struct netaddr addr;
	char text[32];

	(void)state;
	for (int i = 0; i < 5000; i++) {
		(void)snprintf(text, sizeof text, "10.%d.%d.0/24", i / 256, i % 256);
		assert_true(settings_set(settings, "trusted-relays", text, NULL));
	}
	assert_int_equal(settings->trusted_relays.count, 5000);
	assert_true(netaddr_parse("10.19.135.9", &addr));
	assert_true(network_list_contains(&settings->trusted_relays, &addr));
	assert_true(netaddr_parse("10.19.136.9", &addr));
	assert_false(network_list_contains(&settings->trusted_relays, &addr));
	assert_true(netaddr_parse("::ffff:10.0.0.9", &addr));
	assert_true(network_list_contains(&settings->trusted_relays, &addr));
	assert_true(netaddr_parse("::1", &addr));
	assert_false(network_list_contains(&settings->trusted_relays, &addr));
	assert_true(network_list_contains(&settings->skip_networks, &addr));
	settings_free(&settings);
}

/* A file of the source. */
static const char *source_text(const char *name, struct arena *arena)
{
	const char *srcdir = getenv("srcdir");
	struct fault fault = {""};
	const char *text = text_file_read(
		arena_printf(arena, "%s/%s", srcdir == NULL ? "." : srcdir, name), 1000000, arena, &fault);

	assert_string_equal(fault.text, "");
	return text;
}

/* The first line that differs says more than two whole texts. */
static void assert_same_lines(const char *a, const char *b, struct arena *arena)
{
	while (*a != '\0' || *b != '\0') {
		size_t a_len = strcspn(a, "\n"), b_len = strcspn(b, "\n");

		assert_string_equal(arena_copy(arena, a, a_len), arena_copy(arena, b, b_len));
		assert_int_equal(a[a_len], b[b_len]);
		a += a_len + (a[a_len] != '\0');
		b += b_len + (b[b_len] != '\0');
	}
}

static void sample_is_the_table(void **state)
{
	struct arena *arena = arena_new();

	(void)state;
	assert_same_lines(source_text("conf/sekisho.conf", arena), settings_sample(arena), arena);
	arena_free(&arena);
}

/* The sample says the truth about the defaults: with each "#name = value" in force nothing changes. */
static void sample_is_the_default(void **state)
{
	struct arena *arena = arena_new();
	struct buf text = buf_in(arena);
	const char *sample = settings_sample(arena);
	struct fault fault = {""};
	struct settings *settings;
	size_t options = 0;

	(void)state;
	for (; *sample != '\0'; sample++) {
		if (sample[0] == '#' && text_is_alpha(sample[1])) {
			options++;
			continue;
		}
		buf_char(&text, *sample);
	}
	settings = read_text(text.data, &fault);
	assert_string_equal(fault.text, "");
	assert_string_equal(settings_print(settings, PRINT_CHANGED, arena), "");
	for (size_t i = 0; i < option_count; i++)
		options -= option_rows[i].kind != OPTION_SECTION;
	assert_int_equal(options, 0);
	settings_free(&settings);
	arena_free(&arena);
}

static void manual_is_the_table(void **state)
{
	struct arena *arena = arena_new();
	const char *page = source_text("packaging/man/sekisho.conf.5", arena);
	const char *begin = strstr(page, ".\\\" options begin"), *end = strstr(page, ".\\\" options end");

	(void)state;
	assert_non_null(begin);
	assert_non_null(end);
	begin = strchr(begin, '\n') + 1;
	assert_same_lines(arena_copy(arena, begin, (size_t)(end - begin)), settings_manual(arena), arena);
	arena_free(&arena);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(defaults),
		cmocka_unit_test(words_are_enums),
		cmocka_unit_test(files),
		cmocka_unit_test(bad_files_are_refused),
		cmocka_unit_test(unreadable_files),
		cmocka_unit_test(set_one_by_one),
		cmocka_unit_test(long_lists),
		cmocka_unit_test(sample_is_the_table),
		cmocka_unit_test(sample_is_the_default),
		cmocka_unit_test(manual_is_the_table),
	};

	return cmocka_run_group_tests_name("settings", tests, NULL, NULL);
}
