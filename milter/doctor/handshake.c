#include "doctor/handshake.h"

#include "base/clock.h"

#include <errno.h>
#include <netdb.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

enum {
	WAIT_MS = 3000,
	PROTOCOL_VERSION = 6,
	GREETING = 'O', /* option negotiation: version, actions, protocol steps, 4 octets each */
	FAREWELL = 'Q',
	WORDS_LEN = 13,
	ANSWER_MAX = 512, /* an answer to the greeting with its lists of macros is shorter */
};

static void put_number(uint8_t *octets, uint32_t number)
{
	for (int i = 0; i < 4; i++)
		octets[i] = (uint8_t)(number >> (24 - 8 * i));
}

static uint32_t number_at(const uint8_t *octets)
{
	return (uint32_t)octets[0] << 24 | (uint32_t)octets[1] << 16 | (uint32_t)octets[2] << 8 | octets[3];
}

static int connect_unix(const struct listen_address *address)
{
	struct sockaddr_un name = {.sun_family = AF_UNIX};
	const struct timeval patience = {.tv_sec = WAIT_MS / 1000}; /* a full queue makes connect wait */
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd >= 0)
		(void)setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
	(void)snprintf(name.sun_path, sizeof name.sun_path, "%s", address->path);
	if (fd >= 0 && connect(fd, (struct sockaddr *)&name, sizeof name) != 0) {
		(void)close(fd);
		return -1;
	}
	return fd;
}

/* An address of every interface is reached over the loopback. */
static int connect_inet(const struct listen_address *address)
{
	const struct addrinfo hints = {
		.ai_family = address->kind == LISTEN_INET6 ? AF_INET6 : AF_INET, .ai_socktype = SOCK_STREAM};
	bool any = strcmp(address->host, "*") == 0 || address->host[0] == '\0';
	struct addrinfo *list = NULL;
	int fd = -1;

	if (getaddrinfo(any ? NULL : address->host, address->port, &hints, &list) != 0) {
		errno = EADDRNOTAVAIL;
		return -1;
	}
	fd = socket(list->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd >= 0 && connect(fd, list->ai_addr, list->ai_addrlen) != 0) {
		struct pollfd waiting = {.fd = fd, .events = POLLOUT};
		int trouble = errno;
		socklen_t size = sizeof trouble;

		if (trouble != EINPROGRESS || poll(&waiting, 1, WAIT_MS) != 1 ||
			getsockopt(fd, SOL_SOCKET, SO_ERROR, &trouble, &size) != 0 || trouble != 0) {
			(void)close(fd);
			fd = -1;
			errno = trouble == EINPROGRESS ? ETIMEDOUT : trouble;
		}
	}
	freeaddrinfo(list);
	return fd;
}

/* So many octets, or false at the end of time or connection. */
static bool read_all(int fd, uint8_t *octets, size_t len, int64_t until_ms)
{
	while (len > 0) {
		struct pollfd waiting = {.fd = fd, .events = POLLIN};
		int64_t left_ms = until_ms - clock_monotonic_ms();
		ssize_t got;

		if (left_ms <= 0 || poll(&waiting, 1, (int)left_ms) != 1)
			return false;
		got = read(fd, octets, len);
		if (got <= 0)
			return false;
		octets += got;
		len -= (size_t)got;
	}
	return true;
}

static bool greet(int fd, struct handshake *handshake, int64_t until_ms)
{
	uint8_t words[4 + WORDS_LEN] = {0}, answer[ANSWER_MAX], farewell[5] = {0, 0, 0, 1, FAREWELL};
	uint32_t len;

	put_number(words, WORDS_LEN);
	words[4] = GREETING;
	put_number(words + 5, PROTOCOL_VERSION);
	put_number(words + 9, 0x1ff);     /* every action */
	put_number(words + 13, 0x1fffff); /* every step */
	if (send(fd, words, sizeof words, MSG_NOSIGNAL) != sizeof words || !read_all(fd, answer, 4, until_ms))
		return false;
	len = number_at(answer);
	if (len < WORDS_LEN || len > sizeof answer || !read_all(fd, answer, len, until_ms) ||
		answer[0] != GREETING)
		return false;
	handshake->version = number_at(answer + 1);
	(void)send(fd, farewell, sizeof farewell, MSG_NOSIGNAL);
	return true;
}

bool handshake_make(const struct listen_address *address, struct handshake *handshake, struct fault *fault)
{
	int64_t started_ms = clock_monotonic_ms();
	int fd = address->kind == LISTEN_UNIX ? connect_unix(address) : connect_inet(address);
	bool greeted;

	if (fd < 0) {
		fault_set(fault, "%s", strerror(errno));
		return false;
	}
	greeted = greet(fd, handshake, started_ms + WAIT_MS);
	(void)close(fd);
	handshake->took_ms = (int)(clock_monotonic_ms() - started_ms);
	if (!greeted)
		fault_set(fault, "it does not speak the milter protocol, or is too slow");
	return greeted;
}
