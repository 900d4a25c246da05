/* store/intake: rows come out as they went in, in their order, however many and however long they are. */
#include "base/arena.h"
#include "store/feed.h"
#include "store/intake.h"
#include "store/ring.h"
#include "store/row.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

enum { WAIT_MS = 5000, ROWS = 3000, SHORT = 10, AT_ONCE = 70 };

struct way {
	int sending;
	struct ring *ring;
	atomic_uint_fast64_t held;
	struct intake *intake;
	struct arena *arena;
};

static struct way *way_open(struct ring *ring)
{
	struct way *way = calloc(1, sizeof *way);
	struct fault fault = {""};
	int receiving = -1;

	assert_non_null(way);
	way->ring = ring;
	assert_true(feed_ends(&way->sending, &receiving, &fault));
	way->intake = intake_open(receiving, ring, &way->held, &fault);
	assert_non_null(way->intake);
	way->arena = arena_new();
	return way;
}

static void way_close(struct way *way)
{
	intake_close(&way->intake);
	arena_free(&way->arena);
	(void)close(way->sending);
	free(way);
}

/* Every seventh is long, one in a hundred as long as a row can be. */
static size_t record_length(unsigned number)
{
	return number % 100 == 99 ? 60000 : number % 7 == 0 ? 9000 : number % SHORT;
}

static struct row row_numbered(unsigned number, struct arena *arena)
{
	struct row row = {.time = number, .is_report = INT64_MIN + number, .spf_aligned = -1};
	char *record = arena_alloc(arena, record_length(number) + 1);

	memset(record, 'a' + (int)(number % 26), record_length(number));
	row.id = arena_printf(arena, "id%u", number);
	row.record = record;
	row_bound(&row, arena);
	return row;
}

static void assert_is(const struct row *row, unsigned number, struct arena *arena)
{
	struct row expected = row_numbered(number, arena);

	for (size_t i = 0; i < column_count; i++)
		if (columns[i].kind == COLUMN_TEXT)
			assert_string_equal(row_text(row, &columns[i]), row_text(&expected, &columns[i]));
		else
			assert_int_equal(row_number(row, &columns[i]), row_number(&expected, &columns[i]));
}

/* Blocks while the kernel's queue is full: here nothing may get lost. */
static void put(struct way *way, unsigned number)
{
	struct row row = row_numbered(number, way->arena);
	size_t len;
	const char *code = row_encode(&row, &len, way->arena);

	assert_int_equal(send(way->sending, code, len, MSG_NOSIGNAL), len);
	arena_reset(way->arena);
}

static void rows_come_in_their_order(void **state)
{
	static struct row rows[AT_ONCE];
	struct way *way = way_open(NULL);
	unsigned seen = 0;
	size_t broken = 0, count;

	(void)state;
	for (unsigned number = 0; number < ROWS / 2; number++)
		put(way, number);
	/* some are taken while others come; the end takes what is left */
	for (unsigned number = ROWS / 2; number < ROWS; number++) {
		put(way, number);
		if (number % AT_ONCE != 0)
			continue;
		count = intake_take(way->intake, rows, AT_ONCE, WAIT_MS, &broken);
		assert_true(count > 0 && count <= AT_ONCE);
		for (size_t i = 0; i < count; i++)
			assert_is(&rows[i], seen++, way->arena);
	}
	intake_finish(way->intake);
	while ((count = intake_take(way->intake, rows, AT_ONCE, 0, &broken)) > 0)
		for (size_t i = 0; i < count; i++)
			assert_is(&rows[i], seen++, way->arena);
	assert_int_equal(seen, ROWS);
	assert_int_equal(broken, 0);
	assert_int_equal(atomic_load(&way->held), ROWS); /* who brings them away subtracts */
	way_close(way);
}

/* As feed_put does, but where that loses a row this waits. */
static void put_somehow(struct way *way, unsigned number, unsigned *by_ring)
{
	struct row row = row_numbered(number, way->arena);
	size_t len;
	const char *code = row_encode(&row, &len, way->arena);

	if (ring_put(way->ring, getpid(), code, len))
		(*by_ring)++;
	else
		assert_int_equal(send(way->sending, code, len, MSG_NOSIGNAL), len);
	arena_reset(way->arena);
}

static void see(struct way *way, const struct row *rows, size_t count, bool *seen)
{
	for (size_t i = 0; i < count; i++) {
		unsigned number = (unsigned)rows[i].time;

		assert_true(number < ROWS && !seen[number]);
		seen[number] = true;
		assert_is(&rows[i], number, way->arena);
	}
}

/* Each row once; which way it takes depends on how fast they are read. */
static void rows_come_by_both_ways(void **state)
{
	static struct row rows[AT_ONCE];
	static bool seen[ROWS];
	struct fault fault = {""};
	int memory = ring_memory_new(&fault);
	struct ring *ring = ring_map(memory);
	struct way *way = way_open(ring);
	unsigned by_ring = 0;
	size_t broken = 0, count;

	(void)state;
	(void)close(memory);
	for (unsigned number = 0; number < ROWS; number++) {
		put_somehow(way, number, &by_ring);
		if (number % (5 * AT_ONCE) == 0)
			see(way, rows, intake_take(way->intake, rows, AT_ONCE, 0, &broken), seen);
	}
	intake_finish(way->intake);
	assert_false(ring_put(ring, getpid(), "late", 4));
	while ((count = intake_take(way->intake, rows, AT_ONCE, 0, &broken)) > 0)
		see(way, rows, count, seen);
	for (unsigned number = 0; number < ROWS; number++)
		assert_true(seen[number]);
	assert_int_equal(broken, 0);
	assert_int_equal(atomic_load(&way->held), ROWS);
	assert_in_range(by_ring, 1, ROWS - 1); /* both were used */
	way_close(way);
	ring_unmap(&ring);
}

static void what_is_no_row_is_counted(void **state)
{
	static const char *const wrong[] = {"", "x", "\x01", "\x02\xff\xff", "\x7f that is of next year"};
	struct row rows[4];
	struct way *way = way_open(NULL);
	size_t broken = 0, count = 0;

	(void)state;
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
		assert_int_equal(send(way->sending, wrong[i], strlen(wrong[i]) + 1, MSG_NOSIGNAL),
			strlen(wrong[i]) + 1);
	put(way, 7);
	while (count == 0)
		count = intake_take(way->intake, rows, 4, WAIT_MS, &broken);
	assert_int_equal(count, 1);
	assert_is(&rows[0], 7, way->arena);
	assert_int_equal(broken, sizeof wrong / sizeof wrong[0]);
	intake_finish(way->intake);
	way_close(way);
}

static void nothing_comes_of_nothing(void **state)
{
	struct row row;
	struct way *way = way_open(NULL);
	size_t broken = 0;

	(void)state;
	assert_int_equal(intake_take(way->intake, &row, 1, 10, &broken), 0);
	intake_finish(way->intake);
	assert_int_equal(intake_take(way->intake, &row, 1, 0, &broken), 0);
	assert_int_equal(broken, 0);
	way_close(way);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_come_in_their_order),
		cmocka_unit_test(rows_come_by_both_ways),
		cmocka_unit_test(what_is_no_row_is_counted),
		cmocka_unit_test(nothing_comes_of_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
