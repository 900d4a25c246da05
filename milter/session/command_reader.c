#include "session/command_reader.h"

#include <errno.h>
#include <poll.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>

enum { HEAD_OCTETS = 5 }; /* the length of what follows, in four octets, and the letter */

void command_reader_begin(struct command_reader *reader)
{
	reader->fd = -1;
	reader->at = reader->end = 0;
}

bool command_reader_has(const struct command_reader *reader, int fd)
{
	return reader->fd == fd && reader->at < reader->end;
}

static bool wait_readable(int fd, int wait_ms)
{
	struct pollfd readable = {.fd = fd, .events = POLLIN};
	int ready;

	do
		ready = poll(&readable, 1, wait_ms);
	while (ready < 0 && errno == EINTR);
	return ready > 0;
}

/* What is there now, or comes in time, into these places. 0: nothing will come. */
static size_t receive(int fd, struct iovec *places, size_t count, int wait_ms)
{
	struct msghdr message = {.msg_iov = places, .msg_iovlen = count};

	for (;;) {
		ssize_t got = recvmsg(fd, &message, MSG_DONTWAIT);

		if (got >= 0)
			return (size_t)got;
		if (errno != EINTR &&
			((errno != EAGAIN && errno != EWOULDBLOCK) || !wait_readable(fd, wait_ms)))
			return 0;
	}
}

static size_t take(struct command_reader *reader, char *to, size_t len)
{
	size_t here = reader->end - reader->at;

	if (len > here)
		len = here;
	memcpy(to, reader->octets + reader->at, len);
	reader->at += len;
	return len;
}

/* Exactly so many octets; what comes with them stays here. */
static bool read_octets(struct command_reader *reader, char *to, size_t len, int wait_ms)
{
	size_t have = take(reader, to, len);

	while (have < len) {
		struct iovec places[] = {{to + have, len - have}, {reader->octets, sizeof reader->octets}};
		size_t got = receive(reader->fd, places, 2, wait_ms);

		if (got == 0)
			return false;
		reader->at = 0;
		reader->end = got > len - have ? got - (len - have) : 0;
		have += got - reader->end;
	}
	return true;
}

bool command_read(struct command_reader *reader, int wait_ms, size_t len_max, struct command *command)
{
	unsigned char head[HEAD_OCTETS];
	uint32_t announced;

	*command = (struct command){.len = 0};
	if (!read_octets(reader, (char *)head, sizeof head, wait_ms))
		return false;
	announced = (uint32_t)head[0] << 24 | (uint32_t)head[1] << 16 | (uint32_t)head[2] << 8 | head[3];
	*command = (struct command){.letter = (char)head[4], .len = announced > 0 ? announced - 1 : 0};
	if (command->len == 0)
		return true;
	command->octets = command->len <= len_max ? malloc(command->len + 1) : NULL;
	if (command->octets != NULL && read_octets(reader, command->octets, command->len, wait_ms)) {
		command->octets[command->len] = '\0';
		return true;
	}
	free(command->octets);
	command->octets = NULL;
	return false;
}
