/* report/watch: our own trouble, seen over many messages. */
#include "base/arena.h"
#include "report/watch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static struct observation honest(unsigned number)
{
	struct observation seen = {.signed_at_all = true, .asked = true};
	char text[NETADDR_TEXT_SIZE];

	(void)snprintf(text, sizeof text, "192.0.2.%u", number % 200);
	(void)netaddr_parse(text, &seen.client);
	return seen;
}

static struct observation private_client(unsigned number)
{
	struct observation seen = honest(number);

	(void)netaddr_parse("172.17.0.1", &seen.client);
	seen.is_private = true;
	return seen;
}

static struct observation altered(unsigned number)
{
	struct observation seen = private_client(number);

	seen.body_changed = true;
	return seen;
}

static struct observation from_future(unsigned number)
{
	struct observation seen = honest(number);

	seen.from_future = true;
	return seen;
}

static struct observation without_dns(unsigned number)
{
	struct observation seen = honest(number);

	seen.all_in_trouble = true;
	return seen;
}

static struct observation half_without_dns(unsigned number)
{
	struct observation seen = honest(number);

	seen.all_in_trouble = number % 2 == 0;
	return seen;
}

static void trouble_is_told_once_an_hour(void **state)
{
	static const struct {
		struct observation (*message)(unsigned);
		const char *word; /* of the line, NULL when there must be none */
	} rows[] = {
		{honest, NULL},
		{half_without_dns, NULL},
		{private_client, "trusted-relays = 172.17.0.1"},
		{altered, "a gateway of ours alters mail"},
		{from_future, "our clock is slow"},
		{without_dns, "check the resolver"},
	};
	struct arena *arena = arena_new();

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct watch watch;
		unsigned said = 0, with_word = 0;

		memset(&watch, 0, sizeof watch);
		for (unsigned n = 0; n < 1000; n++) {
			struct observation seen = rows[i].message(n);
			const char *line = watch_note(&watch, &seen, 1000000 + n, arena);

			said += line[0] != '\0';
			with_word += rows[i].word != NULL && strstr(line, rows[i].word) != NULL;
			assert_true(line[0] == '\0' || n + 1 >= WATCH_ENOUGH);
		}
		assert_int_equal(with_word, rows[i].word == NULL ? 0 : 1);
		assert_true(rows[i].word != NULL || said == 0);
		if (rows[i].word != NULL) {
			struct observation seen = rows[i].message(1);

			assert_string_not_equal(
				watch_note(&watch, &seen, 1001000 + WATCH_AGAIN_S, arena), "");
		}
	}
	arena_free(&arena);
}

/* A few odd messages among many say nothing. */
static void a_few_say_nothing(void **state)
{
	struct arena *arena = arena_new();
	struct watch watch;

	(void)state;
	memset(&watch, 0, sizeof watch);
	for (unsigned n = 0; n < 1000; n++) {
		struct observation seen = n % 5 == 0   ? without_dns(n)
					  : n % 5 == 1 ? from_future(n)
						       : honest(n);

		assert_string_equal(watch_note(&watch, &seen, n, arena), "");
	}
	arena_free(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(trouble_is_told_once_an_hour),
		cmocka_unit_test(a_few_say_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
