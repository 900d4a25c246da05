/* replay/evidence_ring and evidence_writer: bounded, shared, deleted at any time; message/local_part: what is
 * left of an address. */
#include "base/arena.h"
#include "message/local_part.h"
#include "replay/evidence_writer.h"
#include "support/scratch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <dirent.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

enum { WORKERS = 4, PUTS = 200 };

static void empty_folder(void)
{
	DIR *list = opendir(scratch);

	assert_non_null(list);
	for (struct dirent *entry; (entry = readdir(list)) != NULL;)
		if (entry->d_name[0] != '.')
			assert_int_equal(unlinkat(dirfd(list), entry->d_name, 0), 0);
	(void)closedir(list);
}

static size_t count_files(const char *ending)
{
	DIR *list = opendir(scratch);
	size_t count = 0, len = strlen(ending);

	assert_non_null(list);
	for (struct dirent *entry; (entry = readdir(list)) != NULL;) {
		size_t name = strlen(entry->d_name);

		count += name > len && strcmp(entry->d_name + name - len, ending) == 0;
	}
	(void)closedir(list);
	return count;
}

static bool put(struct evidence_ring *ring, const char *queue_id, size_t len)
{
	static char octets[100000];
	struct fault fault = {""};

	return evidence_ring_put(ring,
		&(struct evidence_item){.queue_id = queue_id,
			.now = 1795262400,
			.text = "# sekisho case 1\n",
			.message = octets,
			.message_len = len},
		&fault);
}

static bool is_kept(const char *queue_id)
{
	struct arena *arena = arena_new();
	struct fault fault = {""};
	const char *path = evidence_find(scratch, queue_id, arena, &fault);
	bool kept = path != NULL && access(path, R_OK) == 0;

	if (path == NULL)
		assert_true(fault.text[0] != '\0');
	arena_free(&arena);
	return kept;
}

static void oldest_go(void **state)
{
	struct fault fault = {""};
	struct evidence_ring *ring = evidence_ring_open(scratch, 3, 10000, &fault);

	(void)state;
	assert_non_null(ring);
	assert_true(put(ring, "A1", 100) && put(ring, "A2", 100) && put(ring, "A3", 100));
	assert_true(is_kept("A1") && is_kept("A3"));
	assert_false(is_kept("A"));
	assert_true(put(ring, "A4", 100));
	assert_false(is_kept("A1"));
	assert_int_equal(count_files(".case"), 3);
	/* by their octets too; one that is too large is refused and takes nobody's room */
	assert_true(put(ring, "A5", 4950));
	assert_true(put(ring, "A6", 4950));
	assert_int_equal(count_files(".eml"), 2);
	assert_false(put(ring, "A7", 6000));
	assert_true(is_kept("A5") && is_kept("A6"));
	/* a queue id is no path */
	assert_true(put(ring, "../../x", 10) && is_kept("../../x"));
	evidence_ring_close(&ring);
	assert_int_equal(count_files(".new"), 0);
	empty_folder();
}

static size_t octets_in(const char *name)
{
	char path[128];
	struct stat status;

	(void)snprintf(path, sizeof path, "%s/%s", scratch, name);
	return stat(path, &status) == 0 ? (size_t)status.st_size : 0;
}

/* The files of the oldest become those of the newest: nothing of the old message may be left in them, and
 * one that is not whole yet is not found. */
static void written_over(void **state)
{
	static const size_t lens[] = {3000, 100, 4000, 1};
	struct fault fault = {""};
	struct evidence_ring *ring = evidence_ring_open(scratch, 1, 10000, &fault);
	char path[96], queue_id[8], name[32];
	uint32_t octets = 0;
	FILE *ledger;

	(void)state;
	for (size_t i = 0; i < sizeof lens / sizeof lens[0]; i++) {
		(void)snprintf(queue_id, sizeof queue_id, "I%zu", i);
		(void)snprintf(name, sizeof name, "%s-6b0187c0.eml", queue_id);
		assert_true(put(ring, queue_id, lens[i]) && is_kept(queue_id));
		assert_int_equal(octets_in(name), lens[i]);
		assert_int_equal(count_files(".eml"), 1);
		assert_int_equal(count_files(".case"), 1);
	}
	(void)snprintf(path, sizeof path, "%s/ledger", scratch);
	ledger = fopen(path, "r+");
	assert_int_equal(fseek(ledger, 24 + 60, SEEK_SET), 0); /* behind the head and the name */
	assert_int_equal(fwrite(&octets, sizeof octets, 1, ledger), 1);
	(void)fclose(ledger);
	assert_false(is_kept("I3"));
	assert_true(put(ring, "I4", 10) && is_kept("I4"));
	assert_int_equal(count_files(".eml"), 1);
	evidence_ring_close(&ring);
	empty_folder();
}

static void deleted_and_broken(void **state)
{
	struct fault fault = {""};
	struct evidence_ring *ring = evidence_ring_open(scratch, 3, 10000, &fault);
	char path[96];
	FILE *ledger;

	(void)state;
	assert_true(put(ring, "B1", 100));
	empty_folder();
	assert_true(put(ring, "B2", 100) && is_kept("B2"));
	evidence_ring_close(&ring);
	/* a broken ledger, or one of another size, begins anew and leaves no files behind */
	(void)snprintf(path, sizeof path, "%s/ledger", scratch);
	ledger = fopen(path, "w");
	(void)fputs("rubbish", ledger);
	(void)fclose(ledger);
	ring = evidence_ring_open(scratch, 3, 10000, &fault);
	assert_true(put(ring, "B3", 100) && is_kept("B3"));
	assert_int_equal(count_files(".case"), 1);
	evidence_ring_close(&ring);
	ring = evidence_ring_open(scratch, 4, 10000, &fault);
	assert_false(is_kept("B3"));
	evidence_ring_close(&ring);
	empty_folder();
	assert_null(evidence_ring_open("/nonexistent/evidence", 3, 10000, &fault));
	assert_true(fault.text[0] != '\0');
}

/* Where the sum of the octets is in the ledger: behind the mark, the count and the next place. */
static uint64_t sum_in_ledger(const uint64_t *instead)
{
	char path[96];
	uint64_t sum = 0;
	FILE *ledger;

	(void)snprintf(path, sizeof path, "%s/ledger", scratch);
	ledger = fopen(path, "r+");
	assert_int_equal(fseek(ledger, 16, SEEK_SET), 0);
	if (instead != NULL)
		assert_int_equal(fwrite(instead, sizeof *instead, 1, ledger), 1);
	else
		assert_int_equal(fread(&sum, sizeof sum, 1, ledger), 1);
	(void)fclose(ledger);
	return sum;
}

/* Whoever died while it made room had not taken those octets off the sum: the ring held less and less. */
static void sum_of_the_dead(void **state)
{
	static const uint64_t wrong[] = {9999, UINT64_MAX, 0};
	struct fault fault = {""};

	(void)state;
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
		struct evidence_ring *ring = evidence_ring_open(scratch, 5, 10000, &fault);
		uint64_t right;

		assert_true(put(ring, "H1", 1000) && put(ring, "H2", 1000) && put(ring, "H3", 1000));
		right = sum_in_ledger(NULL);
		assert_in_range(right, 3000, 3100);
		(void)sum_in_ledger(&wrong[i]);
		evidence_ring_close(&ring);
		ring = evidence_ring_open(scratch, 5, 10000, &fault);
		assert_int_equal(sum_in_ledger(NULL), right);
		assert_true(put(ring, "H4", 1000));
		assert_true(is_kept("H1") && is_kept("H4"));
		evidence_ring_close(&ring);
		empty_folder();
	}
}

/* A process of its own, as workers are. As threads they would stop valgrind, which does not know that
 * F_OFD_SETLKW waits: it lets no other thread run meanwhile, not even the one that holds the lock. */
static pid_t start_worker(const char *name)
{
	struct fault fault = {""};
	struct evidence_ring *ring;
	char queue_id[32];
	bool good;
	pid_t pid = fork();

	if (pid != 0)
		return pid;
	ring = evidence_ring_open(scratch, 50, 1000000, &fault);
	good = ring != NULL;
	for (int i = 0; good && i < PUTS; i++) {
		(void)snprintf(queue_id, sizeof queue_id, "%s%d", name, i);
		good = put(ring, queue_id, 50);
	}
	evidence_ring_close(&ring);
	_exit(good ? 0 : 1);
}

static void workers_share(void **state)
{
	static const char *const names[WORKERS] = {"C", "D", "E", "F"};
	pid_t workers[WORKERS];
	int status;

	(void)state;
	for (int i = 0; i < WORKERS; i++)
		workers[i] = start_worker(names[i]);
	for (int i = 0; i < WORKERS; i++) {
		assert_true(workers[i] > 0);
		assert_int_equal(waitpid(workers[i], &status, 0), workers[i]);
		assert_int_equal(status, 0);
	}
	assert_int_equal(count_files(".case"), 50);
	assert_int_equal(count_files(".eml"), 50);
	empty_folder();
}

static void complain(void *self, const char *text)
{
	assert_true(text[0] != '\0');
	++*(int *)self;
}

static void writer_drains(void **state)
{
	int complaints = 0;
	struct evidence_listener listener = {complain, &complaints};
	struct evidence_writer *writer = evidence_writer_open(scratch, 20, 100000, listener);
	struct evidence_item item = {.queue_id = "G1", .text = "x", .message = "y", .message_len = 1};

	(void)state;
	evidence_writer_put(NULL, &item);
	for (int i = 0; i < 10; i++)
		evidence_writer_put(writer, &item);
	evidence_writer_close(&writer);
	assert_null(writer);
	assert_true(is_kept("G1"));
	assert_int_equal(complaints, 0);
	/* without a folder mail goes on, and it is said once */
	writer = evidence_writer_open("/nonexistent", 20, 100000, listener);
	evidence_writer_put(writer, &item);
	evidence_writer_put(writer, &item);
	evidence_writer_close(&writer);
	assert_int_equal(complaints, 1);
	empty_folder();
}

static void addresses(void **state)
{
	static const struct {
		enum local_part_kept kept;
		const char *text, *expected;
	} rows[] = {
		{LOCAL_PART_FULL, "taro@a.example", "taro@a.example"},
		{LOCAL_PART_NONE, "taro@a.example", "@a.example"},
		{LOCAL_PART_NONE, "\"a b@c\"@a.example", "@a.example"},
		{LOCAL_PART_NONE, "<>", "<>"},
		{LOCAL_PART_NONE, "", ""},
		{LOCAL_PART_NONE, "login", ""},
		/* what openssl dgst -mac HMAC gives with a key of zeros; case does not matter */
		{LOCAL_PART_HASH, "taro@a.example", "#c38095d9686f7000@a.example"},
		{LOCAL_PART_HASH, "Taro@A.example", "#c38095d9686f7000@A.example"},
	};
	struct arena *arena = arena_new();
	struct local_part_mask mask = {.kept = LOCAL_PART_HASH},
			       other = {.kept = LOCAL_PART_HASH, .secret = {1}};
	const char *hash = local_part_masked(&mask, "taro@a.example", arena);

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		mask.kept = rows[i].kept;
		assert_string_equal(local_part_masked(&mask, rows[i].text, arena), rows[i].expected);
	}
	assert_string_not_equal(hash, local_part_masked(&other, "taro@a.example", arena));
	assert_memory_not_equal(hash, local_part_masked(&other, "taro@b.example", arena), 17);
	assert_string_equal(local_part_masked(NULL, "taro@a.example", arena), "taro@a.example");
	arena_free(&arena);
}

static void texts(void **state)
{
	static const struct {
		const char *text, *expected;
	} rows[] = {
		{" Taro <taro@a.example>, \"x y\"@b.example\r\n", " Taro <@a.example>, @b.example\r\n"},
		{"@", "@"},
		{"a@b@c.example", "@c.example"}, /* "a@b" is a local part, if any is */
		{"no address", "no address"},
		{"<日本@a.example>", "<@a.example>"},
		{"\"@a.example", "@a.example"},
		{"\"john\\\"doe\"@a.example", "@a.example"},
		/* RFC 5322 section 3.4.1: comments and blanks in front of the "@" */
		{"x, john(doe)@a.example", "x, @a.example"},
		{"x, john (doe (of \\) course)) @a.example", "x, @a.example"},
		{"x, john\r\n @a.example", "x, @a.example"},
		{"(john) doe@a.example", "(john) @a.example"},
		{"x, \"john\" (d) @a.example", "x, @a.example"},
		{"x, @a.example", "x, @a.example"},
		{"<a>(c)@a.example", "<a>(c)@a.example"},
		/* section 4.4: words with dots between them, each quoted or not */
		{"x, \"john\".doe@a.example", "x, @a.example"},
		{"x, john.\"d o e\"@a.example", "x, @a.example"},
		{"x, \"john\".\"doe\"@a.example", "x, @a.example"},
		{"x, john . doe @a.example", "x, @a.example"},
		{"x, john (a) . (b) \"d\" .e@a.example", "x, @a.example"},
		{"x john doe@a.example", "x john @a.example"},
		/* a backslash behind a backslash makes nothing ordinary */
		{"x, \"john\\\\\"@a.example", "x, @a.example"},
		{"\"x\\\\\" \"john\"@a.example", "\"x\\\\\" @a.example"},
		{"x, \"jo\"hn@a.example", "x, @a.example"},
		/* never opened: rather all of it */
		{"john doe)@a.example", "@a.example"},
		{"john doe\"@a.example, x y)@b.example", "@a.example@b.example"},
		{"john@", "@"},
		{"john@@a.example", "@a.example"},
	};
	const struct local_part_mask mask = {.kept = LOCAL_PART_NONE};
	struct arena *arena = arena_new();

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		assert_string_equal(local_parts_masked(&mask, rows[i].text, strlen(rows[i].text), arena),
			rows[i].expected);
	assert_string_equal(
		local_part_masked_in(&mask, "sender taro@a.example, b@a.example", "taro@a.example", arena),
		"sender @a.example, b@a.example");
	arena_free(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(oldest_go),
		cmocka_unit_test(written_over),
		cmocka_unit_test(deleted_and_broken),
		cmocka_unit_test(sum_of_the_dead),
		cmocka_unit_test(workers_share),
		cmocka_unit_test(writer_drains),
		cmocka_unit_test(addresses),
		cmocka_unit_test(texts),
	};

	return cmocka_run_group_tests_name("evidence", tests, scratch_make, scratch_remove);
}
