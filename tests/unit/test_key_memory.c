/* memory/: keys come back, from every opening; a file that is gone, damaged or out of reach costs nothing
 * but its contents. */
#include "base/arena.h"
#include "memory/key_memory.h"

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

enum { NOW = 1772355600, DAY = 86400 };

static char folder[] = "test_key_memory.XXXXXX";
static char path[64];
static unsigned complaints;
static char complaint[1024];

static void complain(void *self, const char *text)
{
	(void)self;
	complaints++;
	(void)snprintf(complaint, sizeof complaint, "%s", text);
}

static struct key_memory *opened(void)
{
	return key_memory_open(path, (struct key_memory_listener){complain, NULL});
}

static struct remembered_key key_of(const char *selector, const char *domain, const char *p)
{
	return (struct remembered_key){.selector = selector, .domain = domain, .p = p};
}

static void keep(struct key_memory *memory, const char *selector, const char *p, int64_t now)
{
	struct remembered_key key = key_of(selector, "hoge.example", p);

	key_memory_remember(memory, &key, now);
}

/* The keys of hoge.example as "selector p selector p". */
static const char *kept(struct key_memory *memory, struct arena *arena)
{
	struct remembered_keys keys = key_memory_of(memory, "hoge.example", arena);
	const char *all = "";

	for (size_t i = 0; i < keys.count; i++)
		all = arena_printf(
			arena, "%s%s%s %s", all, i > 0 ? " " : "", keys.items[i].selector, keys.items[i].p);
	return all;
}

static int begin(void **state)
{
	complaints = 0;
	*state = arena_new();
	(void)snprintf(folder, sizeof folder, "test_key_memory.XXXXXX");
	assert_non_null(mkdtemp(folder));
	(void)snprintf(path, sizeof path, "%s/keys.db", folder);
	return 0;
}

static int end(void **state)
{
	static const char *const endings[] = {"", "-wal", "-shm", ".damaged"};
	struct arena *arena = *state;
	char name[96];

	for (size_t i = 0; i < sizeof endings / sizeof endings[0]; i++) {
		(void)snprintf(name, sizeof name, "%s%s", path, endings[i]);
		(void)unlink(name);
	}
	assert_int_equal(rmdir(folder), 0);
	arena_free(&arena);
	return 0;
}

static void keys_come_back(void **state)
{
	struct key_memory *one = opened(), *other = opened();
	struct stat status;

	keep(one, "a", "AAAA", NOW - DAY);
	keep(one, "b", "BBBB", NOW);
	assert_string_equal(kept(other, *state), "b BBBB a AAAA");
	keep(other, "a", "AAAA", NOW + DAY);
	key_memory_close(&one);
	key_memory_close(&other);
	one = opened();
	assert_string_equal(kept(one, *state), "a AAAA b BBBB");
	assert_int_equal(key_memory_of(one, "hoge.example", *state).items[0].last_seen, NOW + DAY);
	assert_int_equal(key_memory_of(one, "other.example", *state).count, 0);
	assert_int_equal(stat(path, &status), 0);
	assert_int_equal(status.st_mode & 0777, 0600);
	assert_int_equal(complaints, 0);
	key_memory_close(&one);
	key_memory_close(&one);
}

static void once_a_day(void **state)
{
	struct key_memory *memory = opened();
	struct remembered_key key = key_of("a", "hoge.example", "AAAA");

	(void)state;
	assert_true(key_memory_is_due(memory, &key, NOW));
	key_memory_remember(memory, &key, NOW);
	assert_false(key_memory_is_due(memory, &key, NOW + 60));
	assert_true(key_memory_is_due(memory, &key, NOW + DAY));
	key.selector = "b";
	assert_true(key_memory_is_due(memory, &key, NOW));
	key_memory_close(&memory);
}

static void one_domain_has_few(void **state)
{
	struct key_memory *memory = opened();
	struct remembered_keys keys;

	for (int i = 0; i < 3 * KEYS_PER_DOMAIN; i++)
		keep(memory, arena_printf(*state, "s%d", i), "AAAA", NOW + i);
	keys = key_memory_of(memory, "hoge.example", *state);
	assert_int_equal(keys.count, KEYS_PER_DOMAIN);
	assert_string_equal(keys.items[0].selector, "s47");
	key_memory_close(&memory);
}

static void deleted_while_open(void **state)
{
	struct key_memory *memory = opened();

	keep(memory, "a", "AAAA", NOW);
	assert_int_equal(unlink(path), 0);
	assert_string_equal(kept(memory, *state), "");
	keep(memory, "b", "BBBB", NOW);
	assert_string_equal(kept(memory, *state), "b BBBB");
	assert_int_equal(complaints, 0);
	key_memory_close(&memory);
}

static void write_over(const char *octets, size_t len, long at)
{
	FILE *file = fopen(path, at == 0 ? "w" : "r+");

	assert_non_null(file);
	assert_int_equal(fseek(file, at, SEEK_SET), 0);
	assert_int_equal(fwrite(octets, 1, len, file), len);
	assert_int_equal(fclose(file), 0);
}

static void damaged(void **state)
{
	struct key_memory *memory;
	char noise[4096];

	memset(noise, 0x5a, sizeof noise);
	write_over(noise, sizeof noise, 0);
	memory = opened();
	assert_string_equal(kept(memory, *state), "");
	keep(memory, "a", "AAAA", NOW);
	assert_string_equal(kept(memory, *state), "a AAAA");
	assert_int_equal(access(arena_printf(*state, "%s.damaged", path), F_OK), 0);
	key_memory_close(&memory);

	/* The pages behind the first: found out only when they are read. */
	write_over(noise, sizeof noise, 4096);
	memory = opened();
	assert_string_equal(kept(memory, *state), "");
	assert_int_equal(complaints, 1);
	assert_non_null(strstr(complaint, "a new one is begun"));
	keep(memory, "b", "BBBB", NOW);
	assert_string_equal(kept(memory, *state), "b BBBB");
	key_memory_close(&memory);
}

static void out_of_reach(void **state)
{
	struct key_memory *memory;
	const char *target = arena_printf(*state, "%s/target", folder);

	assert_int_equal(symlink(target, path), 0);
	memory = opened();
	keep(memory, "a", "AAAA", NOW);
	keep(memory, "b", "BBBB", NOW);
	assert_string_equal(kept(memory, *state), "");
	assert_int_equal(complaints, 1);
	assert_non_null(strstr(complaint, path));
	assert_int_equal(access(target, F_OK), -1);
	key_memory_close(&memory);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(keys_come_back, begin, end),
		cmocka_unit_test_setup_teardown(once_a_day, begin, end),
		cmocka_unit_test_setup_teardown(one_domain_has_few, begin, end),
		cmocka_unit_test_setup_teardown(deleted_while_open, begin, end),
		cmocka_unit_test_setup_teardown(damaged, begin, end),
		cmocka_unit_test_setup_teardown(out_of_reach, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
