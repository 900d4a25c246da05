/* report/sink: JSON lines in a file that is rotated, filled up or shared by threads. */
#include "base/arena.h"
#include "base/clock.h"
#include "report/record.h"
#include "report/sink.h"
#include "support/scratch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <fcntl.h>
#include <jansson.h>
#include <poll.h>
#include <pthread.h>
#include <sys/stat.h>
#include <syslog.h>
#include <unistd.h>

#include <cmocka.h>

static struct record_field fields[] = {
	{.name = "queue_id", .value = "4bX1yz"}, {.name = "helo", .value = "a"}};
static const struct record record = {.fields = fields, .count = 2, .time = 1772355600, .priority = LOG_INFO};

#define LINE "{\"time\":\"2026-03-01T09:00:00Z\",\"queue_id\":\"4bX1yz\",\"helo\":\"a\"}\n"

static void write_record(struct sink *sink, const struct record *what)
{
	struct arena *arena = arena_new();

	sink_write(sink, what, arena);
	arena_free(&arena);
}

struct place {
	char folder[SCRATCH_SIZE + 8], file[96], old[96];
};

static void place_open(struct place *place)
{
	(void)snprintf(place->folder, sizeof place->folder, "%s/sink", scratch);
	assert_int_equal(mkdir(place->folder, 0700), 0);
	(void)snprintf(place->file, sizeof place->file, "%s/log.json", place->folder);
	(void)snprintf(place->old, sizeof place->old, "%s/log.json.1", place->folder);
}

static void place_close(struct place *place)
{
	(void)unlink(place->file);
	(void)unlink(place->old);
	assert_int_equal(rmdir(place->folder), 0);
}

static void read_file(const char *path, char *text, size_t size)
{
	FILE *file = fopen(path, "r");
	size_t len;

	assert_non_null(file);
	len = fread(text, 1, size - 1, file);
	text[len] = '\0';
	(void)fclose(file);
}

static struct sink *open_json(const char *path)
{
	struct settings settings = {.log_sink = LOG_SINK_JSON, .log_file = path, .user = ""};
	struct fault fault = {""};
	struct sink *sink = sink_open(&settings, &fault);

	if (sink == NULL)
		print_error("%s\n", fault.text);
	assert_non_null(sink);
	return sink;
}

static void appends_and_follows_rotation(void **state)
{
	struct place place;
	struct sink *sink;
	struct stat status;
	char text[1000];

	(void)state;
	place_open(&place);
	sink = open_json(place.file);
	write_record(sink, &record);
	sink_close(&sink);
	assert_null(sink);
	sink_close(&sink);
	sink = open_json(place.file);
	write_record(sink, &record);
	read_file(place.file, text, sizeof text);
	assert_string_equal(text, LINE LINE);
	assert_int_equal(stat(place.file, &status), 0);
	assert_int_equal(status.st_mode & 0777 & ~0640u, 0);
	assert_int_equal(rename(place.file, place.old), 0);
	write_record(sink, &record); /* within a second it may still go to the old file: nothing is lost */
	(void)poll(NULL, 0, 1100);
	write_record(sink, &record);
	read_file(place.file, text, sizeof text);
	assert_string_equal(text, LINE);
	read_file(place.old, text, sizeof text);
	assert_string_equal(text, LINE LINE LINE);
	assert_int_equal(sink_lost(sink), 0);
	sink_close(&sink);
	place_close(&place);
}

/* What standard error says meanwhile goes to a file. */
static int divert(int fd, const char *path)
{
	int saved = dup(fd), file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	assert_true(saved >= 0 && file >= 0);
	assert_int_equal(dup2(file, fd), fd);
	assert_int_equal(close(file), 0);
	return saved;
}

static void restore(int fd, int saved)
{
	assert_int_equal(dup2(saved, fd), fd);
	assert_int_equal(close(saved), 0);
}

static void full_disk_is_said_once(void **state)
{
	struct place place;
	struct sink *sink;
	char text[1000];
	int saved, lines = 0;

	(void)state;
	if (access("/dev/full", W_OK) != 0)
		skip();
	place_open(&place);
	sink = open_json("/dev/full");
	(void)fflush(stderr);
	saved = divert(STDERR_FILENO, place.old);
	for (int i = 0; i < 100; i++)
		write_record(sink, &record);
	(void)fflush(stderr);
	restore(STDERR_FILENO, saved);
	assert_int_equal(sink_lost(sink), 100);
	sink_close(&sink);
	read_file(place.old, text, sizeof text);
	for (const char *at = text; (at = strchr(at, '\n')) != NULL; at++)
		lines++;
	assert_int_equal(lines, 1);
	assert_string_equal(text,
		"sekishod: the log cannot be written (No space left on device), 1 records lost so far\n");
	place_close(&place);
}

static void a_torn_line_is_ended(void **state)
{
	static char large[200000];
	struct record_field field = {.name = "x", .value = large};
	struct record big = {.fields = &field, .count = 1};
	struct place place;
	struct sink *sink;
	char buffer[65536], *last;
	ssize_t got;
	size_t len = 0;
	int pipe_end, saved;

	(void)state;
	place_open(&place);
	assert_int_equal(mkfifo(place.file, 0600), 0);
	pipe_end = open(place.file, O_RDONLY | O_NONBLOCK);
	assert_true(pipe_end >= 0);
	sink = open_json(place.file);
	memset(large, 'x', sizeof large - 1);
	saved = divert(STDERR_FILENO, place.old);
	write_record(sink, &big); /* more than a pipe holds: cut, and we do not wait */
	write_record(sink, &record);
	restore(STDERR_FILENO, saved);
	assert_int_equal(sink_lost(sink), 2);
	while ((got = read(pipe_end, buffer, sizeof buffer)) > 0)
		len += (size_t)got;
	assert_in_range(len, 4096, sizeof large);
	write_record(sink, &record);
	got = read(pipe_end, buffer, sizeof buffer - 1);
	assert_true(got > 0);
	buffer[got] = '\0';
	last = strchr(buffer, '\n');
	assert_non_null(last);
	assert_string_equal(last, "\n" LINE);
	sink_close(&sink);
	assert_int_equal(close(pipe_end), 0);
	place_close(&place);
}

enum { THREADS = 4, LINES = 200 };

static void *write_lines(void *argument)
{
	for (int i = 0; i < LINES; i++) {
		write_record(argument, &record);
		if (i % 50 == 0)
			sink_say(argument, LOG_INFO, "line %d", i);
	}
	return NULL;
}

static void threads_do_not_mix_lines(void **state)
{
	pthread_t threads[THREADS];
	struct place place;
	struct sink *sink;
	char line[1000];
	int lines = 0, records = 0, saved;
	FILE *file;

	(void)state;
	place_open(&place);
	sink = open_json(place.file);
	saved = divert(STDERR_FILENO, place.old);
	for (int i = 0; i < THREADS; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, write_lines, sink), 0);
	for (int i = 0; i < THREADS; i++)
		assert_int_equal(pthread_join(threads[i], NULL), 0);
	restore(STDERR_FILENO, saved);
	sink_close(&sink);
	file = fopen(place.file, "r");
	assert_non_null(file);
	while (fgets(line, sizeof line, file) != NULL) {
		json_t *json = json_loads(line, 0, NULL);

		assert_non_null(json);
		json_decref(json);
		lines++;
		records += strcmp(line, LINE) == 0;
	}
	(void)fclose(file);
	assert_int_equal(records, THREADS * LINES);
	assert_int_equal(lines, THREADS * (LINES + LINES / 50));
	place_close(&place);
}

static void standard_output(void **state)
{
	struct place place;
	struct sink *sink;
	char text[1000];
	int saved;

	(void)state;
	place_open(&place);
	(void)fflush(stdout);
	saved = divert(STDOUT_FILENO, place.file);
	sink = open_json("");
	write_record(sink, &record);
	sink_close(&sink);
	restore(STDOUT_FILENO, saved);
	read_file(place.file, text, sizeof text);
	assert_string_equal(text, LINE);
	place_close(&place);
}

static void says_things_about_us(void **state)
{
	struct settings settings = {.log_sink = LOG_SINK_NONE, .log_file = "", .user = ""};
	struct place place;
	struct sink *sink;
	struct fault fault;
	char text[1000];
	int saved;

	(void)state;
	place_open(&place);
	sink = sink_open(&settings, &fault);
	assert_non_null(sink);
	(void)fflush(stderr);
	saved = divert(STDERR_FILENO, place.old);
	write_record(sink, &record);
	sink_say(sink, LOG_NOTICE, "started: %s", "a\nb\x1b");
	(void)fflush(stderr);
	restore(STDERR_FILENO, saved);
	sink_close(&sink);
	read_file(place.old, text, sizeof text);
	assert_string_equal(text, "sekishod: started: a\\x0ab\\x1b\n");
	sink = open_json(place.file);
	saved = divert(STDERR_FILENO, place.old);
	sink_say(sink, LOG_NOTICE, "reloaded");
	restore(STDERR_FILENO, saved);
	sink_close(&sink);
	read_file(place.file, text, sizeof text);
	assert_non_null(strstr(text, ",\"priority\":5,\"message\":\"reloaded\"}\n"));
	place_close(&place);
}

static void what_cannot_be_opened_is_said(void **state)
{
	struct settings settings = {
		.log_sink = LOG_SINK_JSON, .log_file = "/nonexistent/log.json", .user = ""};
	struct fault fault = {""};

	(void)state;
	assert_null(sink_open(&settings, &fault));
	assert_string_equal(fault.text, "cannot open /nonexistent/log.json: No such file or directory");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(appends_and_follows_rotation),
		cmocka_unit_test(full_disk_is_said_once),
		cmocka_unit_test(a_torn_line_is_ended),
		cmocka_unit_test(threads_do_not_mix_lines),
		cmocka_unit_test(standard_output),
		cmocka_unit_test(says_things_about_us),
		cmocka_unit_test(what_cannot_be_opened_is_said),
	};

	return cmocka_run_group_tests(tests, scratch_make, scratch_remove);
}
