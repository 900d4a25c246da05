/* store/ring: whole packets in their order or none, whoever puts them and however they die. */
#include "store/ring.h"

#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

enum { MOST = 90000, OURS = 1, OTHER = 2, PRODUCERS = 3, PACKETS = 20000, KILLS = 200 };

/* A packet says in its first octets what the others are. */
struct mark {
	uint32_t number;
	uint32_t len;
};

static size_t packet_make(uint32_t number, char *packet)
{
	size_t len = sizeof(struct mark) + number * 2654435761u % (number % 50 == 0 ? 60000 : 1500);

	memcpy(packet, &(struct mark){number, (uint32_t)len}, sizeof(struct mark));
	memset(packet + sizeof(struct mark), (int)(number % 251), len - sizeof(struct mark));
	return len;
}

static uint32_t assert_whole(const char *packet, size_t len)
{
	static char expected[MOST];
	struct mark mark;

	assert_true(len >= sizeof mark);
	memcpy(&mark, packet, sizeof mark);
	assert_int_equal(mark.len, len);
	assert_int_equal(packet_make(mark.number, expected), len);
	assert_memory_equal(packet, expected, len);
	return mark.number;
}

static struct ring *ring_new(void)
{
	struct fault fault = {""};
	int memory = ring_memory_new(&fault);
	struct ring *ring = ring_map(memory);

	assert_non_null(ring);
	assert_int_equal(ftruncate(memory, 1), -1); /* sealed: who takes is not cut off by who puts */
	(void)close(memory);
	return ring;
}

static void packets_go_round_in_their_order(void **state)
{
	static char packet[MOST], got[MOST];
	struct ring *ring = ring_new();
	uint32_t next_put = 0, next_taken = 0;

	(void)state;
	ring_open(ring, true);
	for (int round = 0; round < 300; round++) { /* filled up and emptied, each time from another place */
		size_t len;

		while (ring_put(ring, OURS, packet, packet_make(next_put, packet)))
			next_put++;
		for (int i = 0; i < 1 + round % 40 && (len = ring_take(ring, got, sizeof got)) > 0; i++)
			assert_int_equal(assert_whole(got, len), next_taken++);
	}
	assert_true(next_put > 5000 && next_taken < next_put);
	for (size_t len; (len = ring_take(ring, got, sizeof got)) > 0;)
		assert_int_equal(assert_whole(got, len), next_taken++);
	assert_int_equal(next_taken, next_put);
	ring_unmap(&ring);
	assert_null(ring);
}

static void only_an_open_one_takes(void **state)
{
	struct ring *ring = ring_new();
	char got[8];

	(void)state;
	assert_false(ring_put(ring, OURS, "before", 6));
	ring_open(ring, true);
	assert_true(ring_put(ring, OURS, "one", 3));
	ring_open(ring, false);
	assert_false(ring_put(ring, OURS, "late", 4));
	assert_int_equal(ring_take(ring, got, sizeof got), 3); /* what is in it comes out */
	assert_memory_equal(got, "one", 3);
	assert_int_equal(ring_take(ring, got, sizeof got), 0);
	ring_unmap(&ring);
}

/* What no worker of ours puts: it is thrown away, and the next one is read. */
static void what_is_too_long_is_passed_over(void **state)
{
	static const char huge[2 * 1024 * 1024];
	struct ring *ring = ring_new();
	char got[8];

	(void)state;
	ring_open(ring, true);
	assert_false(ring_put(ring, OURS, huge, sizeof huge));
	assert_true(ring_put(ring, OURS, huge, 1000));
	assert_true(ring_put(ring, OURS, "", 0));
	assert_int_equal(ring_take(ring, got, sizeof got), 0);
	assert_true(ring_put(ring, OURS, "next", 4));
	assert_int_equal(ring_take(ring, got, sizeof got), 4);
	assert_memory_equal(got, "next", 4);
	assert_true(ring_put(ring, OURS, "", 0));
	assert_int_equal(ring_take(ring, got, sizeof got), 0);
	assert_true(ring_put(ring, OURS, "last", 4));
	assert_int_equal(ring_take(ring, got, sizeof got), 4);
	ring_unmap(&ring);
}

static void another_memory_is_no_ring(void **state)
{
	FILE *file = tmpfile();

	(void)state;
	assert_non_null(file);
	assert_null(ring_map(fileno(file)));
	assert_null(ring_map(-1));
	(void)fclose(file);
}

struct producer {
	pthread_t thread;
	struct ring *ring;
	uint32_t first;
	int process;
};

static void *produce(void *argument)
{
	static _Thread_local char packet[MOST];
	const struct producer *producer = argument;

	for (uint32_t i = 0; i < PACKETS; i++) {
		size_t len = packet_make(producer->first + i, packet);

		while (!ring_put(producer->ring, producer->process, packet, len))
			(void)usleep(10); /* NOLINT(concurrency-mt-unsafe) */
	}
	return NULL;
}

static void many_put_at_once(void **state)
{
	static char got[MOST];
	struct ring *ring = ring_new();
	struct producer producers[PRODUCERS];
	uint32_t seen[PRODUCERS] = {0};

	(void)state;
	ring_open(ring, true);
	for (int i = 0; i < PRODUCERS; i++) {
		producers[i] = (struct producer){
			.ring = ring, .first = (uint32_t)i * PACKETS, .process = i == 0 ? OURS : OTHER};
		assert_int_equal(pthread_create(&producers[i].thread, NULL, produce, &producers[i]), 0);
	}
	for (uint32_t count = 0; count < PRODUCERS * PACKETS;) {
		size_t len = ring_take(ring, got, sizeof got);
		uint32_t number;

		if (len == 0) {
			(void)usleep(10); /* NOLINT(concurrency-mt-unsafe): the others' turn */
			continue;
		}
		number = assert_whole(got, len);
		assert_int_equal(number % PACKETS, seen[number / PACKETS]++); /* each one's in their order */
		count++;
	}
	for (int i = 0; i < PRODUCERS; i++)
		assert_int_equal(pthread_join(producers[i].thread, NULL), 0);
	assert_int_equal(ring_take(ring, got, sizeof got), 0);
	ring_unmap(&ring);
}

static _Noreturn void put_for_ever(struct ring *ring)
{
	static char packet[MOST];

	for (uint32_t number = 0;; number++)
		(void)ring_put(ring, getpid(), packet, packet_make(number, packet));
}

/* Killed while it puts, wherever that is. */
static void what_the_dead_began_was_never_there(void **state)
{
	static char packet[MOST], got[MOST];
	struct ring *ring = ring_new();
	size_t len;

	(void)state;
	ring_open(ring, true);
	for (int i = 0; i < KILLS; i++) {
		pid_t pid = fork();

		if (pid == 0)
			put_for_ever(ring);
		assert_true(pid > 0);
		for (int j = 0; j < 20 + i; j++)
			if ((len = ring_take(ring, got, sizeof got)) > 0)
				(void)assert_whole(got, len);
		(void)kill(pid, SIGKILL);
		assert_int_equal(waitpid(pid, NULL, 0), pid);
		ring_bury(ring, pid);
		while ((len = ring_take(ring, got, sizeof got)) > 0)
			(void)assert_whole(got, len);
		assert_true(ring_put(ring, OURS, packet, packet_make((uint32_t)i, packet)));
		len = ring_take(ring, got, sizeof got);
		assert_int_equal(assert_whole(got, len), i);
	}
	ring_unmap(&ring);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(packets_go_round_in_their_order),
		cmocka_unit_test(only_an_open_one_takes),
		cmocka_unit_test(what_is_too_long_is_passed_over),
		cmocka_unit_test(another_memory_is_no_ring),
		cmocka_unit_test(many_put_at_once),
		cmocka_unit_test(what_the_dead_began_was_never_there),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
