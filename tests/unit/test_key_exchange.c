/* service/key_exchange: what one machine saw the other knows a minute later, in portions, whatever the
 * database and the clocks do. The database is a table of this test; PostgreSQL's own is tried by
 * test_store.c. */
#include "service/key_exchange.h"

#include "base/arena.h"
#include "memory/key_memory.h"
#include "memory/key_store.h"
#include "store/database.h"
#include "support/scratch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { NOW = 1772355600, MINUTE = 60, PLACES = 4000, NAME_SIZE = 64 };

/* What all machines share. */
struct database {
	struct {
		char domain[NAME_SIZE], p[NAME_SIZE];
		int64_t seen, n;
	} keys[PLACES];
	size_t count;
	int64_t n;
	const char *origin;
	bool broken;
	unsigned asked;
};

static struct database shared;
bool database_keys_origin(struct database *database, char origin[KEYS_ORIGIN_SIZE], struct fault *fault)
{
	database->asked++;
	if (database->broken)
		fault_set(fault, "broken");
	(void)snprintf(origin, KEYS_ORIGIN_SIZE, "%s", database->origin);
	return !database->broken;
}

static void take(struct database *database, const struct remembered_key *key)
{
	size_t i = 0;

	while (i < database->count && (strcmp(database->keys[i].domain, key->domain) != 0 ||
					      strcmp(database->keys[i].p, key->p) != 0))
		i++;
	if (i < database->count && database->keys[i].seen >= key->last_seen)
		return;
	assert_true(i < PLACES);
	(void)snprintf(database->keys[i].domain, NAME_SIZE, "%s", key->domain);
	(void)snprintf(database->keys[i].p, NAME_SIZE, "%s", key->p);
	database->keys[i].seen = key->last_seen;
	database->keys[i].n = ++database->n;
	if (i == database->count)
		database->count++;
}

bool database_keys_put(struct database *database, const struct remembered_keys *keys, struct fault *fault)
{
	(void)fault;
	assert_in_range(keys->count, 0, 1000);
	for (size_t i = 0; i < keys->count; i++)
		take(database, &keys->items[i]);
	return true;
}

bool database_keys_since(struct database *database, struct key_parcel *parcel, size_t max,
	struct arena *arena, struct fault *fault)
{
	struct remembered_key *items = arena_array(arena, max, sizeof *items);
	int64_t last = parcel->mark;

	(void)fault;
	parcel->keys = (struct remembered_keys){items, 0};
	for (int64_t n = parcel->mark + 1; n <= database->n && parcel->keys.count < max; n++)
		for (size_t i = 0; i < database->count; i++)
			if (database->keys[i].n == n) {
				items[parcel->keys.count++] = (struct remembered_key){.selector = "s1",
					.domain = database->keys[i].domain,
					.p = database->keys[i].p,
					.last_seen = database->keys[i].seen};
				last = n;
			}
	parcel->mark = last;
	parcel->more = parcel->keys.count == max;
	return true;
}

struct machine {
	struct key_memory *workers; /* as another process has it open */
	struct key_exchange exchange;
};

static struct machine machine_named(const char *name)
{
	char path[SCRATCH_SIZE + NAME_SIZE];
	struct machine machine = {.workers = NULL};

	(void)snprintf(path, sizeof path, "%s/%s", scratch, name);
	machine.workers = key_memory_open(path, (struct key_memory_listener){NULL, NULL});
	machine.exchange.memory = key_memory_open(path, (struct key_memory_listener){NULL, NULL});
	return machine;
}

static void end(struct machine *machine)
{
	key_memory_close(&machine->workers);
	key_memory_close(&machine->exchange.memory);
}

static void see(struct machine *machine, const char *domain, const char *p, int64_t now)
{
	struct remembered_key key = {.selector = "s1", .domain = domain, .p = p};

	key_memory_remember(machine->workers, &key, now);
}

static bool tend(struct machine *machine, int64_t now)
{
	struct fault fault = {""};

	return key_exchange_tend(&machine->exchange, &shared, now, &fault);
}

/* When the machine's workers know the key to be last seen; -1: they do not. */
static int64_t seen_by(struct machine *machine, const char *domain, const char *p)
{
	struct arena *arena = arena_new();
	struct remembered_keys keys = key_memory_of(machine->workers, domain, arena);
	int64_t seen = -1;

	for (size_t i = 0; i < keys.count; i++)
		if (strcmp(keys.items[i].p, p) == 0)
			seen = keys.items[i].last_seen;
	arena_free(&arena);
	return seen;
}

static void what_one_saw_the_other_knows(void **state)
{
	struct machine a = machine_named("a1"), b = machine_named("b1");

	(void)state;
	see(&a, "a.example", "AAAA", NOW - 100000);
	see(&b, "b.example", "BBBB", NOW);
	assert_true(tend(&a, NOW));
	assert_int_equal(seen_by(&a, "b.example", "BBBB"), -1);
	assert_true(tend(&b, NOW));
	assert_int_equal(seen_by(&b, "a.example", "AAAA"), NOW - 100000);
	assert_true(tend(&a, NOW + MINUTE - 1)); /* not yet */
	assert_int_equal(seen_by(&a, "b.example", "BBBB"), -1);
	assert_true(tend(&a, NOW + MINUTE));
	assert_int_equal(seen_by(&a, "b.example", "BBBB"), NOW);
	/* what comes later, and what was written late */
	see(&a, "a.example", "LATE", NOW + MINUTE - 500);
	see(&a, "a.example", "CCCC", NOW + MINUTE + 10);
	assert_true(tend(&a, NOW + 2 * MINUTE));
	assert_true(tend(&b, NOW + 2 * MINUTE));
	assert_int_equal(seen_by(&b, "a.example", "CCCC"), NOW + MINUTE + 10);
	assert_int_equal(seen_by(&b, "a.example", "LATE"), NOW + MINUTE - 500);
	end(&a);
	end(&b);
}

static void many_go_in_portions(void **state)
{
	enum { MANY = 2500 };
	struct machine a = machine_named("a2"), b = machine_named("b2");
	struct arena *arena = arena_new();

	(void)state;
	for (unsigned i = 0; i < MANY; i++)
		see(&a, arena_printf(arena, "d%u.example", i), "AAAA", NOW + i / 1000);
	for (unsigned i = 0; i < 5; i++) {
		assert_true(tend(&a, NOW + MINUTE + i));
		assert_true(tend(&b, NOW + MINUTE + i));
	}
	assert_int_equal(seen_by(&b, "d0.example", "AAAA"), NOW);
	assert_int_equal(seen_by(&b, "d2499.example", "AAAA"), NOW + 2);
	assert_in_range(b.exchange.got, MANY, MANY + 10);
	/* a minute later there is nothing to bring, and little to tell */
	b.exchange.got = a.exchange.sent = 0;
	assert_true(tend(&a, NOW + MINUTE * 40));
	assert_true(tend(&b, NOW + MINUTE * 40));
	assert_int_equal(b.exchange.got, 0);
	a.exchange.sent = 0;
	assert_true(tend(&a, NOW + MINUTE * 41));
	assert_int_equal(a.exchange.sent, 0);
	arena_free(&arena);
	end(&a);
	end(&b);
}

static void trouble_costs_a_minute(void **state)
{
	struct machine a = machine_named("a3"), b = machine_named("b3");

	(void)state;
	see(&a, "a.example", "AAAA", NOW);
	shared.broken = true;
	assert_false(tend(&a, NOW));
	shared.broken = false;
	assert_true(tend(&a, NOW + MINUTE));
	/* a clock years ahead: nothing was seen later than now */
	shared.keys[0].seen = NOW + 1000 * MINUTE;
	assert_true(tend(&b, NOW + MINUTE));
	assert_int_equal(seen_by(&b, "a.example", "AAAA"), NOW + MINUTE);
	/* ours is set back by a day: we do not wait for it */
	shared.asked = 0;
	assert_true(tend(&b, NOW - 86400));
	assert_int_equal(shared.asked, 1);
	/* another database knows nothing: it is told everything */
	memset(&shared, 0, sizeof shared);
	shared.origin = "another";
	assert_true(tend(&a, NOW + 3 * MINUTE));
	assert_int_equal(shared.count, 1);
	/* a file that shares nothing is not looked into */
	shared.origin = "";
	see(&a, "a.example", "BBBB", NOW + 4 * MINUTE);
	assert_true(tend(&a, NOW + 5 * MINUTE));
	assert_int_equal(shared.count, 1);
	end(&a);
	end(&b);
}

/* A clock runs a year ahead for an hour: what is seen when it is right again is told all the same. */
static void a_clock_is_set_back(void **state)
{
	enum { YEAR = 365 * 86400, AHEAD = 1000 };
	struct machine a = machine_named("a4"), b = machine_named("b4");
	struct arena *arena = arena_new();

	(void)state;
	see(&a, "a.example", "BEFORE", NOW - MINUTE);
	for (unsigned i = 0; i < AHEAD; i++)
		see(&a, arena_printf(arena, "d%u.example", i), "AHEAD", NOW + YEAR + i / 10);
	for (unsigned i = 0; i < 3; i++)
		assert_true(tend(&a, NOW + YEAR + MINUTE + i));
	assert_int_equal(shared.count, AHEAD + 1);
	see(&a, "a.example", "AFTER", NOW);
	assert_true(tend(&a, NOW + 1));
	for (unsigned i = 1; i < 4; i++)
		assert_true(tend(&a, NOW + i * MINUTE));
	/* once a minute, though a whole portion of keys is of the future */
	a.exchange.sent = 0;
	for (unsigned i = 1; i < MINUTE; i++)
		assert_true(tend(&a, NOW + 4 * MINUTE + i));
	assert_in_range(a.exchange.sent, 0, AHEAD + 1);
	for (unsigned i = 1; i < 5; i++)
		assert_true(tend(&b, NOW + 5 * MINUTE + i));
	assert_int_equal(seen_by(&b, "a.example", "AFTER"), NOW);
	arena_free(&arena);
	end(&a);
	end(&b);
}

static int begin_one(void **state)
{
	(void)state;
	memset(&shared, 0, sizeof shared);
	shared.origin = "here";
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(what_one_saw_the_other_knows, begin_one),
		cmocka_unit_test_setup(many_go_in_portions, begin_one),
		cmocka_unit_test_setup(trouble_costs_a_minute, begin_one),
		cmocka_unit_test_setup(a_clock_is_set_back, begin_one),
	};

	return cmocka_run_group_tests(tests, scratch_make, scratch_remove);
}
