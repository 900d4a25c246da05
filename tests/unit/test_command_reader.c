/* session/command_reader: commands come out as they were sent, however the octets arrive. */
#include "session/command_reader.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

enum { WAIT_MS = 2000, LONGEST = 100000, STREAM_MAX = 300000 };

static const struct row {
	const char *what;
	char letter;
	size_t len;
} commands[] = {
	{"a command without octets", 'N', 0},
	{"one octet", 'D', 1},
	{"a field", 'L', 40},
	{"a body as long as what is read ahead", 'B', READ_AHEAD},
	{"a body", 'B', 65535},
	{"the longest", 'B', LONGEST},
	{"what follows", 'E', 0},
	{"the end", 'Q', 0},
};
enum { COMMANDS = sizeof commands / sizeof commands[0] };

static char octet_of(size_t command, size_t at)
{
	return (char)((command * 31 + at * 7) % 251);
}

static size_t put_command(char *to, size_t number)
{
	size_t len = commands[number].len;
	uint32_t announced = (uint32_t)len + 1;

	for (int i = 0; i < 4; i++)
		to[i] = (char)(announced >> (24 - 8 * i));
	to[4] = commands[number].letter;
	for (size_t i = 0; i < len; i++)
		to[5 + i] = octet_of(number, i);
	return 5 + len;
}

static char stream[STREAM_MAX];
static size_t stream_len;

struct sender {
	int fd;
	size_t piece;
};

static void *send_pieces(void *argument)
{
	const struct sender *sender = argument;

	for (size_t at = 0; at < stream_len;) {
		size_t len = stream_len - at < sender->piece ? stream_len - at : sender->piece;
		ssize_t sent = write(sender->fd, stream + at, len);

		if (sent <= 0)
			break;
		at += (size_t)sent;
	}
	(void)close(sender->fd);
	return NULL;
}

static void expect_all(struct command_reader *reader)
{
	struct command command;

	for (size_t i = 0; i < COMMANDS; i++) {
		if (!command_read(reader, WAIT_MS, LONGEST, &command) ||
			command.letter != commands[i].letter || command.len != commands[i].len)
			fail_msg("%s: not what was sent", commands[i].what);
		for (size_t at = 0; at < command.len; at++)
			assert_int_equal(command.octets[at], octet_of(i, at));
		if (command.octets != NULL)
			assert_int_equal(command.octets[command.len], '\0');
		free(command.octets);
	}
	assert_false(command_read(reader, WAIT_MS, LONGEST, &command)); /* closed */
	assert_null(command.octets);
}

static void test_pieces(void **state)
{
	static const size_t pieces[] = {1, 3, 5, 4096, READ_AHEAD, READ_AHEAD + 1, STREAM_MAX};

	(void)state;
	stream_len = 0;
	for (size_t i = 0; i < COMMANDS; i++)
		stream_len += put_command(stream + stream_len, i);
	for (size_t i = 0; i < sizeof pieces / sizeof pieces[0]; i++) {
		struct command_reader reader;
		struct sender sender = {.piece = pieces[i]};
		pthread_t thread;
		int ends[2];

		assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
		sender.fd = ends[0];
		assert_int_equal(pthread_create(&thread, NULL, send_pieces, &sender), 0);
		command_reader_begin(&reader);
		reader.fd = ends[1];
		expect_all(&reader);
		(void)pthread_join(thread, NULL);
		(void)close(ends[1]);
	}
}

static void test_refusals(void **state)
{
	static const struct refusal {
		const char *what, *octets;
		size_t len;
	} rows[] = {
		{"the end inside the length", "\0\0\0", 3},
		{"the end inside the octets", "\0\0\0\x05L:x", 7},
		{"longer than the longest",
			"\0\x01\x86\xa2"
			"B",
			5},
		{"4 GB",
			"\xff\xff\xff\xff"
			"B",
			5},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct command_reader reader;
		struct command command;
		int ends[2];

		assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
		assert_int_equal(write(ends[0], rows[i].octets, rows[i].len), rows[i].len);
		(void)close(ends[0]);
		command_reader_begin(&reader);
		reader.fd = ends[1];
		if (command_read(&reader, WAIT_MS, LONGEST, &command))
			fail_msg("%s: taken", rows[i].what);
		(void)close(ends[1]);
	}
}

static void test_silence(void **state)
{
	struct command_reader reader;
	struct command command;
	int ends[2];

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
	command_reader_begin(&reader);
	reader.fd = ends[1];
	assert_int_equal(write(ends[0], "\0\0\0\1Q\0\0", 7), 7);
	assert_true(command_read(&reader, WAIT_MS, LONGEST, &command));
	assert_true(command_reader_has(&reader, ends[1]));
	assert_false(command_reader_has(&reader, ends[0]));
	assert_false(command_read(&reader, 20, LONGEST, &command));
	(void)close(ends[0]);
	(void)close(ends[1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pieces),
		cmocka_unit_test(test_refusals),
		cmocka_unit_test(test_silence),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
