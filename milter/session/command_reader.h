/* Reads the commands of one connection, many with one call of the kernel: an MTA sends a whole header at
 * once, and libmilter asks the kernel four times for each field of it. What came too early waits here for
 * the next command. */
#ifndef SESSION_COMMAND_READER_H
#define SESSION_COMMAND_READER_H

#include <stdbool.h>
#include <stddef.h>

enum { READ_AHEAD = 8192 }; /* ours: envelope and header of most mail; on the stack of a thread */

struct command_reader {
	int fd;         /* -1: none yet */
	size_t at, end; /* of what was read too early */
	char octets[READ_AHEAD];
};

struct command {
	char letter;
	size_t len;
	char *octets; /* the caller's to free, with a NUL behind; NULL when len is 0 */
};

/* For the stack: does not touch the octets. */
void command_reader_begin(struct command_reader *reader);

/* Is something here that the kernel does not have any more? */
bool command_reader_has(const struct command_reader *reader, int fd);

/* The next command; waits for each part of it at most wait_ms. False when there will be none: the end
 * of the connection, silence, an error, or one that is longer than len_max. */
bool command_read(struct command_reader *reader, int wait_ms, size_t len_max, struct command *command);

#endif
