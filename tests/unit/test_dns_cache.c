/* dns/cache: time to live, bounds, one flight for equal questions; with a source and, where answers grow old,
 * a clock that the test drives. */
#include "base/arena.h"
#include "base/clock.h"
#include "dns/cache.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

enum { THREADS = 8, HELD = 64 };

static int64_t stopped_at_ms; /* 0: the clock goes */

int64_t __real_clock_monotonic_ms(void); /* NOLINT: the linker's names (--wrap) */
int64_t __wrap_clock_monotonic_ms(void); /* NOLINT */

int64_t __wrap_clock_monotonic_ms(void) /* NOLINT */
{
	return stopped_at_ms != 0 ? stopped_at_ms : __real_clock_monotonic_ms();
}

/* Answers at once, or keeps flights for the test to land. Every answer says how many there were. */
struct source {
	atomic_uint started;
	bool hold;
	enum answer_kind kind;
	uint32_t ttl;
	pthread_mutex_t lock;
	pthread_cond_t arrived;
	struct flight *held[HELD];
	size_t held_count;
};

static void land(struct source *source, struct flight *flight, unsigned number)
{
	char text[32];
	struct rdata value = {.text = text};
	struct answer answer = {.kind = source->kind,
		.trouble_text = "",
		.final_name = "",
		.ttl = source->ttl,
		.count = source->kind == ANSWER_RECORDS,
		.values = &value};

	value.len = (size_t)snprintf(text, sizeof text, "answer %u", number);
	flight_land(flight, &answer);
}

static void source_start(void *self, const struct question *question, struct flight *flight)
{
	struct source *source = self;
	unsigned number = atomic_fetch_add(&source->started, 1) + 1;

	(void)question;
	if (!source->hold) {
		land(source, flight, number);
		return;
	}
	(void)pthread_mutex_lock(&source->lock);
	source->held[source->held_count++] = flight;
	(void)pthread_cond_signal(&source->arrived);
	(void)pthread_mutex_unlock(&source->lock);
}

static void source_init(struct source *source, uint32_t ttl, bool hold)
{
	memset(source, 0, sizeof *source);
	source->kind = ANSWER_RECORDS;
	source->ttl = ttl;
	source->hold = hold;
	(void)pthread_mutex_init(&source->lock, NULL);
	(void)pthread_cond_init(&source->arrived, NULL);
}

static struct cache *cache_on(struct source *source, size_t max_entries, int timeout_ms)
{
	return cache_new((struct cache_source){source_start, source}, max_entries, timeout_ms);
}

static const struct answer *ask(struct cache *cache, const char *name, int wait_ms, struct arena *arena)
{
	const struct question question = {.name = name, .type = RR_TXT, .server = ""};
	bool at_once;

	return cache_ask(cache, &question, wait_ms, arena, &at_once);
}

static void pause_ms(long ms)
{
	(void)nanosleep(&(struct timespec){.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000L}, NULL);
}

static void answers_are_kept_for_their_ttl(void **state)
{
	static const struct {
		enum answer_kind kind;
		uint32_t ttl;
		long pause_ms;
		unsigned started; /* after asking, pausing, asking */
		uint32_t left;
	} rows[] = {
		{ANSWER_RECORDS, 300, 0, 1, 300},
		{ANSWER_RECORDS, 300, 1100, 1, 299},
		{ANSWER_RECORDS, 1, 1100, 2, 1},
		{ANSWER_RECORDS, 0, 100, 1, 0}, /* for the message that asked it */
		{ANSWER_RECORDS, 0, 1100, 2, 0},
		{ANSWER_NO_NAME, 60, 0, 1, 60},
		{ANSWER_NO_NAME, 1, 1100, 2, 1},
		{ANSWER_NO_RECORD, 1, 500, 1, 1},
		{ANSWER_NO_REPLY, 0, 1000, 1, 0}, /* calms a storm */
		{ANSWER_NO_REPLY, 0, 2100, 2, 0},
		{ANSWER_BOGUS, 300, 2100, 2, 300},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct arena *arena = arena_new();
		struct source source;
		struct cache *cache;
		const struct answer *answer;

		source_init(&source, rows[i].ttl, false);
		source.kind = rows[i].kind;
		stopped_at_ms = clock_monotonic_ms();
		cache = cache_on(&source, 100, 1000);
		(void)ask(cache, "a.example", 1000, arena);
		stopped_at_ms += rows[i].pause_ms;
		answer = ask(cache, "a.example", 1000, arena);
		assert_int_equal(source.started, rows[i].started);
		assert_int_equal(answer->kind, rows[i].kind);
		assert_int_equal(answer->ttl, rows[i].left);
		assert_string_equal(answer->asked.name, "a.example");
		assert_string_equal(answer->final_name, "a.example");
		if (rows[i].kind == ANSWER_RECORDS)
			assert_string_equal(
				answer->values[0].text, rows[i].started == 1 ? "answer 1" : "answer 2");
		cache_free(&cache);
		assert_null(cache);
		arena_free(&arena);
		stopped_at_ms = 0;
	}
}

static void questions_differ_by_everything(void **state)
{
	static const struct question questions[] = {
		{"a.example", RR_TXT, ASK_NORMAL, ""},
		{"b.example", RR_TXT, ASK_NORMAL, ""},
		{"a.example", RR_A, ASK_NORMAL, ""},
		{"a.example", RR_TXT, ASK_UNCHECKED, ""},
		{"a.example", RR_TXT, ASK_AUTHORITY, "ns1.example"},
		{"a.example", RR_TXT, ASK_AUTHORITY, "ns2.example"},
	};
	struct arena *arena = arena_new();
	struct source source;
	struct cache *cache;
	char expected[32];
	bool at_once;

	(void)state;
	source_init(&source, 300, false);
	cache = cache_on(&source, 5000, 1000);
	for (int round = 0; round < 2; round++) {
		for (unsigned i = 0; i < sizeof questions / sizeof questions[0]; i++) {
			const struct answer *answer = cache_ask(cache, &questions[i], 1000, arena, &at_once);

			(void)snprintf(expected, sizeof expected, "answer %u", i + 1);
			assert_string_equal(answer->values[0].text, expected);
			assert_int_equal(at_once, round == 1);
		}
	}
	assert_int_equal(cache_size(cache).entries, 6);
	cache_free(&cache);
	arena_free(&arena);
}

static void the_longest_unused_gives_way(void **state)
{
	struct arena *arena = arena_new();
	struct source source;
	struct cache *cache;

	(void)state;
	source_init(&source, 300, false);
	cache = cache_on(&source, 100, 1000);
	for (int i = 0; i < 100; i++)
		(void)ask(cache, arena_printf(arena, "n%d.example", i), 1000, arena);
	assert_int_equal(cache_size(cache).entries, 100);
	(void)ask(cache, "n0.example", 1000, arena); /* used again */
	(void)ask(cache, "one-more.example", 1000, arena);
	assert_int_equal(cache_size(cache).entries, 100);
	assert_int_equal(source.started, 101);
	assert_string_equal(ask(cache, "n0.example", 0, arena)->values[0].text, "answer 1");
	assert_int_equal(ask(cache, "n1.example", 0, arena)->kind, ANSWER_NO_REPLY);
	assert_int_equal(ask(cache, "n2.example", 0, arena)->kind, ANSWER_RECORDS);
	assert_int_equal(source.started, 101);
	cache_free(&cache);
	arena_free(&arena);
}

static void a_large_cache_is_bounded_too(void **state)
{
	struct arena *arena = arena_new();
	struct source source;
	struct cache *cache;

	(void)state;
	source_init(&source, 300, false);
	cache = cache_on(&source, 2000, 1000);
	for (int i = 0; i < 20000; i++) {
		char name[32];

		(void)snprintf(name, sizeof name, "n%d.example", i);
		(void)ask(cache, name, 1000, arena);
		if (i % 1000 == 0)
			arena_reset(arena);
	}
	assert_in_range(cache_size(cache).entries, 1900, 2000);
	assert_in_range(cache_size(cache).octets, 1, 16 * 256 * 1024);
	cache_free(&cache);
	arena_free(&arena);
}

static void waiting_ends(void **state)
{
	struct arena *arena = arena_new();
	const struct answer *answer;
	struct source source;
	struct cache *cache;
	int64_t start_ms;

	(void)state;
	source_init(&source, 300, true);
	cache = cache_on(&source, 100, 200);
	start_ms = clock_monotonic_ms();
	stopped_at_ms = start_ms; /* no millisecond passes between a question and its wait */
	answer = ask(cache, "a.example", 50, arena); /* its own deadline */
	assert_int_equal(answer->trouble, TROUBLE_TIMEOUT);
	assert_string_equal(answer->trouble_text, "no answer within 50 ms");
	assert_in_range(__real_clock_monotonic_ms() - start_ms, 50, 150);
	stopped_at_ms = __real_clock_monotonic_ms();
	answer = ask(cache, "b.example", 5000, arena); /* the limit per question */
	assert_string_equal(answer->trouble_text, "no answer within 200 ms");
	stopped_at_ms = 0;
	assert_in_range(clock_monotonic_ms() - start_ms, 250, 1000);
	assert_int_equal(source.started, 2);
	assert_int_equal(cache_size(cache).under_way, 2);
	/* too late for those, in time for the next */
	land(&source, source.held[0], 1);
	assert_string_equal(ask(cache, "a.example", 0, arena)->values[0].text, "answer 1");
	assert_int_equal(source.started, 2);
	cache_free(&cache); /* b.example is still under way */
	arena_free(&arena);
}

struct asker {
	pthread_t thread;
	struct cache *cache;
	char text[32];
};

static void *ask_shared(void *own)
{
	struct asker *asker = own;
	struct arena *arena = arena_new();
	const struct answer *answer = ask(asker->cache, "shared.example", 5000, arena);

	(void)snprintf(asker->text, sizeof asker->text, "%s",
		answer->count == 1 ? answer->values[0].text : answer->trouble_text);
	arena_free(&arena);
	return NULL;
}

static void equal_questions_fly_once(void **state)
{
	struct asker askers[THREADS];
	struct source source;
	struct cache *cache;
	const struct question question = {.name = "shared.example", .type = RR_TXT, .server = ""};

	(void)state;
	source_init(&source, 300, true);
	cache = cache_on(&source, 100, 5000);
	cache_warm(cache, &question);
	cache_warm(cache, &question);
	for (int i = 0; i < THREADS; i++) {
		askers[i].cache = cache;
		assert_int_equal(pthread_create(&askers[i].thread, NULL, ask_shared, &askers[i]), 0);
	}
	pause_ms(50);
	assert_int_equal(source.held_count, 1);
	land(&source, source.held[0], 7);
	for (int i = 0; i < THREADS; i++) {
		(void)pthread_join(askers[i].thread, NULL);
		assert_string_equal(askers[i].text, "answer 7");
	}
	cache_warm(cache, &question);
	assert_int_equal(source.started, 1);
	assert_int_equal(cache_size(cache).under_way, 0);
	cache_free(&cache);
}

/* Lands what is held, from a thread of its own, until it has landed so many. */
static void *land_all(void *own)
{
	struct source *source = own;

	for (;;) {
		struct flight *flight;

		(void)pthread_mutex_lock(&source->lock);
		while (source->held_count == 0 && source->hold)
			(void)pthread_cond_wait(&source->arrived, &source->lock);
		flight = source->held_count == 0 ? NULL : source->held[--source->held_count];
		(void)pthread_mutex_unlock(&source->lock);
		if (flight == NULL)
			return NULL;
		land(source, flight, 1);
	}
}

static void *ask_many(void *own)
{
	struct asker *asker = own;
	struct arena *arena = arena_new();
	unsigned seed = (unsigned)(uintptr_t)asker, bad = 0;

	for (int i = 0; i < 3000; i++) {
		char name[32];

		seed = seed * 1103515245 + 12345;
		(void)snprintf(name, sizeof name, "n%u.example", seed / 65536 % 200);
		bad += ask(asker->cache, name, 5000, arena)->count != 1;
		if (i % 64 == 0)
			arena_reset(arena);
	}
	(void)snprintf(asker->text, sizeof asker->text, "%u bad", bad);
	arena_free(&arena);
	return NULL;
}

static void threads_share_it(void **state)
{
	struct asker askers[THREADS];
	struct source source;
	struct cache *cache;
	pthread_t lander;

	(void)state;
	source_init(&source, 300, true);
	cache = cache_on(&source, 100, 5000); /* half of the names fit */
	assert_int_equal(pthread_create(&lander, NULL, land_all, &source), 0);
	for (int i = 0; i < THREADS; i++) {
		askers[i].cache = cache;
		assert_int_equal(pthread_create(&askers[i].thread, NULL, ask_many, &askers[i]), 0);
	}
	for (int i = 0; i < THREADS; i++) {
		(void)pthread_join(askers[i].thread, NULL);
		assert_string_equal(askers[i].text, "0 bad");
	}
	(void)pthread_mutex_lock(&source.lock);
	source.hold = false;
	(void)pthread_cond_signal(&source.arrived);
	(void)pthread_mutex_unlock(&source.lock);
	(void)pthread_join(lander, NULL);
	assert_int_equal(cache_size(cache).under_way, 0);
	assert_in_range(cache_size(cache).entries, 1, 100);
	assert_in_range(source.started, 200, THREADS * 3000);
	cache_free(&cache);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(answers_are_kept_for_their_ttl),
		cmocka_unit_test(questions_differ_by_everything),
		cmocka_unit_test(the_longest_unused_gives_way),
		cmocka_unit_test(a_large_cache_is_bounded_too),
		cmocka_unit_test(waiting_ends),
		cmocka_unit_test(equal_questions_fly_once),
		cmocka_unit_test(threads_share_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
