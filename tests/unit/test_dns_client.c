/* dns/client: names, budgets, deadline and evidence of one message. */
#include "base/arena.h"
#include "base/clock.h"
#include "dns/backend.h"
#include "dns/zone.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

/* A back end that counts and remembers; names that start with "slow" are answered
 * never, "timeout" stands for a wait that is over. */
struct fake {
	unsigned asked, warmed;
	int last_wait_ms;
	char last_warmed[300];
	bool closed;
};

static const struct answer *fake_ask(
	void *self, const struct question *question, int wait_ms, struct arena *arena, bool *at_once)
{
	struct fake *fake = self;
	struct timespec pause = {.tv_sec = wait_ms / 1000, .tv_nsec = wait_ms % 1000 * 1000000L};
	struct answer *answer = answer_of_trouble(arena, question, TROUBLE_TIMEOUT, "no answer");

	fake->asked++;
	fake->last_wait_ms = wait_ms;
	*at_once = wait_ms == 0;
	if (strncmp(question->name, "timeout", 7) == 0)
		return answer;
	if (strncmp(question->name, "slow", 4) == 0) {
		(void)nanosleep(&pause, NULL);
		return answer;
	}
	answer->kind = ANSWER_NO_RECORD;
	answer->trouble = TROUBLE_NONE;
	answer->trouble_text = "";
	return answer;
}

static void fake_warm(void *self, const struct question *question)
{
	struct fake *fake = self;

	fake->warmed++;
	(void)strcpy(fake->last_warmed, question->name);
}

static void fake_close(void *self)
{
	((struct fake *)self)->closed = true;
}

static const struct dns_backend fake_backend = {fake_ask, fake_warm, fake_close, NULL, NULL};

static void names(void **state)
{
	static const char label63[] = "aaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffffggg1";
	struct arena *arena = arena_new();
	const struct {
		const char *name, *asked; /* asked "": DNS cannot carry it (RFC 1035 section 2.3.4) */
	} rows[] = {
		{"hoge.example", "hoge.example"},
		{"Hoge.EXAMPLE.", "hoge.example"},
		{"_dmarc.hoge.example", "_dmarc.hoge.example"},
		{"odd \\\x80;.example", "odd \\\x80;.example"},
		{"com", "com"},
		{"", ""},
		{".", ""},
		{"a..b", ""},
		{".a", ""},
		{"a..", ""},
		{arena_printf(arena, "%s.example", label63), arena_printf(arena, "%s.example", label63)},
		{arena_printf(arena, "%s1.example", label63), ""},
		/* 253 octets, and 254 */
		{arena_printf(arena, "%s.%s.%s.%.61s", label63, label63, label63, label63),
			arena_printf(arena, "%s.%s.%s.%.61s", label63, label63, label63, label63)},
		{arena_printf(arena, "%s.%s.%s.%.61s.", label63, label63, label63, label63),
			arena_printf(arena, "%s.%s.%s.%.61s", label63, label63, label63, label63)},
		{arena_printf(arena, "%s.%s.%s.%.62s", label63, label63, label63, label63), ""},
		{arena_printf(arena, "%s.%s.%s.%s.%s", label63, label63, label63, label63, label63), ""},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct fake fake = {.asked = 0};
		struct dns *dns = dns_new(&fake_backend, &fake, "fake");
		struct dns_client *client = dns_client_new(dns, arena, 1000, 10);
		const struct answer *answer = dns_ask(client, rows[i].name, RR_A);
		bool carried = rows[i].asked[0] != '\0';

		dns_warm(dns, rows[i].name, RR_A);
		assert_int_equal(fake.asked, carried);
		assert_int_equal(fake.warmed, carried);
		assert_int_equal(dns_question_count(client), carried);
		assert_string_equal(fake.last_warmed, rows[i].asked);
		assert_int_equal(answer->kind, carried ? ANSWER_NO_RECORD : ANSWER_NO_NAME);
		assert_string_equal(answer->asked.name, carried ? rows[i].asked : rows[i].name);
		assert_string_equal(answer->trouble_text, carried ? "" : "not a name that DNS can carry");
		dns_close(&dns);
		assert_true(fake.closed);
		assert_null(dns);
		dns_close(&dns);
	}
	arena_free(&arena);
}

static void same_question_is_asked_once(void **state)
{
	struct fake fake = {.asked = 0};
	struct dns *dns = dns_new(&fake_backend, &fake, "fake");
	struct arena *arena = arena_new();
	struct dns_client *client = dns_client_new(dns, arena, 1000, 3);
	const struct answer *first = dns_ask(client, "a.example", RR_A);
	struct question unchecked = {"a.example", RR_A, ASK_UNCHECKED, NULL};
	struct question authority = {"a.example", RR_A, ASK_AUTHORITY, "NS1.example."};

	(void)state;
	assert_ptr_equal(dns_ask(client, "A.example.", RR_A), first);
	assert_ptr_not_equal(dns_ask(client, "a.example", RR_TXT), first);
	assert_int_equal(fake.asked, 2);
	assert_ptr_not_equal(dns_ask_how(client, unchecked), first);
	assert_int_equal(dns_evidence_since(client, 0).count, 3);
	/* the third was the last allowed; over the budget too, the same question is one entry */
	assert_int_equal(dns_ask_how(client, authority)->trouble, TROUBLE_BUDGET);
	authority.server = "ns1.example";
	assert_int_equal(dns_ask_how(client, authority)->trouble, TROUBLE_BUDGET);
	assert_string_equal(dns_ask_how(client, authority)->asked.server, "ns1.example");
	assert_string_equal(
		dns_ask_how(client, authority)->trouble_text, "this message has asked its 3 questions");
	assert_int_equal(dns_evidence_since(client, 0).count, 4);
	assert_int_equal(dns_question_count(client), 3);
	assert_int_equal(fake.asked, 3);
	assert_int_equal(dns_counters(dns).asked, 3);
	dns_close(&dns);
	arena_free(&arena);
}

/* What strangers make us ask first must leave something for those behind. */
static void questions_are_kept_for_later(void **state)
{
	static const struct {
		unsigned most, kept;
		int before, after; /* asked while they are kept, and in all */
	} rows[] = {{5, 0, 5, 5}, {5, 2, 3, 5}, {5, 4, 3, 5}, {60, 12, 48, 60}, {60, 4000000000U, 30, 60}};

	(void)state;
	for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct fake fake = {.asked = 0};
		struct dns *dns = dns_new(&fake_backend, &fake, "fake");
		struct arena *arena = arena_new();
		struct dns_client *client = dns_client_new(dns, arena, 1000, rows[i].most);

		dns_client_reserve(client, rows[i].kept);
		for (int n = 0; n < 80; n++)
			(void)dns_ask(client, arena_printf(arena, "a%d.example", n), RR_A);
		assert_int_equal(fake.asked, rows[i].before);
		assert_int_equal(dns_ask(client, "a79.example", RR_A)->trouble, TROUBLE_BUDGET);
		dns_client_reserve(client, 0);
		for (int n = 0; n < 80; n++)
			(void)dns_ask(client, arena_printf(arena, "b%d.example", n), RR_A);
		assert_int_equal(fake.asked, rows[i].after);
		dns_close(&dns);
		arena_free(&arena);
	}
}

static void few_servers_are_asked(void **state)
{
	static const struct {
		const char *server, *name;
		bool asked;
	} rows[] = {
		{"[parent]", "a.example", true},
		{"ns1.example", "a.example", true},
		{"NS2.example.", "a.example", true},
		{"ns.former.example", "a.example", true},
		{"ns4.example", "a.example", false},
		{"ns1.example", "b.example", true},
		{"ns2.example", "b.example", true},
		{"ns4.example", "b.example", false},
		{"[parent]", "b.example", true},
	};
	struct fake fake = {.asked = 0};
	struct dns *dns = dns_new(&fake_backend, &fake, "fake");
	struct arena *arena = arena_new();
	struct dns_client *client = dns_client_new(dns, arena, 1000, 20);

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct question question = {rows[i].name, RR_TXT, ASK_AUTHORITY, rows[i].server};
		const struct answer *answer = dns_ask_how(client, question);

		assert_int_equal(answer->trouble, rows[i].asked ? TROUBLE_NONE : TROUBLE_BUDGET);
	}
	assert_int_equal(fake.asked, 7);
	dns_close(&dns);
	arena_free(&arena);
}

static void evidence_is_sliced(void **state)
{
	struct fake fake = {.asked = 0};
	struct dns *dns = dns_new(&fake_backend, &fake, "fake");
	struct arena *arena = arena_new();
	struct dns_client *client = dns_client_new(dns, arena, 1000, 1000);
	struct evidence early, late;
	size_t mark;

	(void)state;
	(void)dns_ask(client, "first.example", RR_A);
	early = dns_evidence_since(client, 0);
	mark = dns_mark(client);
	for (int i = 0; i < 500; i++)
		(void)dns_ask(client, arena_printf(arena, "n%d.example", i), RR_A);
	late = dns_evidence_since(client, mark);
	assert_int_equal(early.count, 1);
	assert_string_equal(early.answers[0]->asked.name, "first.example");
	assert_int_equal(late.count, 500);
	assert_string_equal(late.answers[499]->asked.name, "n499.example");
	assert_int_equal(dns_evidence_since(client, 9999).count, 0);
	dns_close(&dns);
	arena_free(&arena);
}

static void deadline_is_the_sum(void **state)
{
	struct fake fake = {.asked = 0};
	struct dns *dns = dns_new(&fake_backend, &fake, "fake");
	struct arena *arena = arena_new();
	struct dns_client *client = dns_client_new(dns, arena, 100, 10);
	const struct answer *answer;
	int64_t start_ms = clock_monotonic_ms();

	(void)state;
	assert_int_equal(dns_ask(client, "fast.example", RR_A)->trouble, TROUBLE_NONE);
	answer = dns_ask(client, "slow.example", RR_A);
	assert_int_equal(answer->trouble, TROUBLE_BUDGET);
	assert_string_equal(answer->trouble_text, "this message has waited its 100 ms for DNS");
	assert_in_range(answer->took_ms, 95, 1000);
	assert_in_range(dns_waited_ms(client), 95, 100);
	for (int i = 0; i < 5; i++) {
		answer = dns_ask(client, arena_printf(arena, "slow%d.example", i), RR_A);
		assert_int_equal(answer->trouble, TROUBLE_BUDGET);
	}
	assert_int_equal(fake.last_wait_ms, 0);
	assert_in_range(clock_monotonic_ms() - start_ms, 95, 1000);
	/* what is known at once is still answered */
	assert_int_equal(dns_ask(client, "fast2.example", RR_A)->kind, ANSWER_NO_RECORD);
	dns_close(&dns);
	arena_free(&arena);
}

static void one_timeout_shortens_the_next_waits(void **state)
{
	struct fake fake = {.asked = 0};
	struct dns *dns = dns_new(&fake_backend, &fake, "fake");
	struct arena *arena = arena_new();
	struct dns_client *client = dns_client_new(dns, arena, 20000, 10);

	(void)state;
	(void)dns_ask(client, "fast.example", RR_A);
	assert_in_range(fake.last_wait_ms, 19900, 20000);
	assert_int_equal(dns_ask(client, "timeout.example", RR_A)->trouble, TROUBLE_TIMEOUT);
	(void)dns_ask(client, "fast2.example", RR_A);
	assert_int_equal(fake.last_wait_ms, 2000);
	assert_int_equal(dns_counters(dns).timeouts, 1);
	assert_int_equal(dns_counters(dns).failed, 1);
	dns_close(&dns);
	arena_free(&arena);
}

static void zones_answer(void **state)
{
	struct arena *arena = arena_new();
	struct zone *zone = zone_new(arena);
	struct dns *dns = dns_open_zone(zone);
	struct dns_client *client = dns_client_new(dns, arena, 20000, 10);

	(void)state;
	assert_string_equal(dns_description(dns), "case zone");
	assert_true(zone_add_fault(zone, "slow.example. A timeout", NULL));
	assert_true(zone_add_record(zone, "fast.example. A 192.0.2.1", NULL));
	dns_warm(dns, "fast.example", RR_A);
	assert_int_equal(dns_ask(client, "slow.example", RR_A)->trouble, TROUBLE_TIMEOUT);
	assert_string_equal(dns_ask(client, "FAST.example", RR_A)->values[0].text, "192.0.2.1");
	assert_int_equal(dns_counters(dns).cached, 2);
	dns_close(&dns);
	arena_free(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names),
		cmocka_unit_test(same_question_is_asked_once),
		cmocka_unit_test(questions_are_kept_for_later),
		cmocka_unit_test(few_servers_are_asked),
		cmocka_unit_test(evidence_is_sliced),
		cmocka_unit_test(deadline_is_the_sum),
		cmocka_unit_test(one_timeout_shortens_the_next_waits),
		cmocka_unit_test(zones_answer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
