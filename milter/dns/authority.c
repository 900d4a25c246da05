#include "dns/authority.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/netaddr.h"
#include "dns/backend.h"
#include "dns/cache.h"
#include "dns/packet.h"

#include <netinet/in.h>
#include <poll.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
	REPLY_WAIT_MS = 1000, /* a name server that needs longer is not worth it: this is only a hint */
	RESEND_MS = 400,      /* then the packet is lost */
	PARENTS_MAX = 4,      /* names above a domain that are tried as its parent zone */
	DNS_PORT = 53,
	FIRST_MULTICAST = 224, /* first octet, RFC 5771 section 3; broadcast is above */
};

/* One question on its way. */
struct inquiry {
	struct cache *cache;
	struct arena *arena;
	struct answer *answer;
	int64_t end_ms;
};

static int left_ms(const struct inquiry *inquiry)
{
	int64_t left = inquiry->end_ms - clock_monotonic_ms();

	return left > 0 ? (int)left : 0;
}

static const struct answer *look_up(const struct inquiry *inquiry, const char *name, enum rr_type type)
{
	const struct question question = {.name = name, .type = type, .mode = ASK_NORMAL, .server = ""};
	bool at_once;

	return cache_ask(inquiry->cache, &question, left_ms(inquiry), inquiry->arena, &at_once);
}

static void no_reply(const struct inquiry *inquiry, enum answer_trouble trouble, const char *text)
{
	inquiry->answer->kind = ANSWER_NO_REPLY;
	inquiry->answer->trouble = trouble;
	inquiry->answer->trouble_text = text;
}

/* A socket that takes datagrams of that server only, or -1. */
static int connected(const struct netaddr *addr)
{
	struct sockaddr_in ipv4 = {.sin_family = AF_INET, .sin_port = htons(DNS_PORT)};
	struct sockaddr_in6 ipv6 = {.sin6_family = AF_INET6, .sin6_port = htons(DNS_PORT)};
	bool is_ipv4 = addr->family == NETADDR_IPV4;
	int fd = socket(is_ipv4 ? AF_INET : AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	int error;

	if (fd < 0)
		return -1;
	memcpy(&ipv4.sin_addr, addr->octets, sizeof ipv4.sin_addr);
	memcpy(&ipv6.sin6_addr, addr->octets, sizeof ipv6.sin6_addr);
	error = is_ipv4 ? connect(fd, (const struct sockaddr *)&ipv4, sizeof ipv4)
			: connect(fd, (const struct sockaddr *)&ipv6, sizeof ipv6);
	if (error == 0)
		return fd;
	(void)close(fd);
	return -1;
}

/* Sends, waits until end_ms, and reads past what is no reply to this question. False: nothing came. */
static bool exchange(
	const struct inquiry *inquiry, int fd, const uint8_t *question, size_t len, int64_t end_ms)
{
	bool asks_parent = strcmp(inquiry->answer->asked.server, "[parent]") == 0;
	uint16_t id = (uint16_t)(question[0] << 8 | question[1]);
	struct pollfd readable = {.fd = fd, .events = POLLIN};
	uint8_t reply[PACKET_REPLY_SIZE];
	int64_t now_ms = clock_monotonic_ms();

	if (send(fd, question, len, MSG_NOSIGNAL) < 0)
		return false;
	for (; now_ms < end_ms; now_ms = clock_monotonic_ms()) {
		ssize_t got;

		if (poll(&readable, 1, (int)(end_ms - now_ms)) <= 0)
			continue;
		got = recv(fd, reply, sizeof reply, 0);
		if (got < 0)
			return false; /* nobody listens there */
		if (packet_reply(reply, (size_t)got, id, asks_parent, inquiry->arena, inquiry->answer))
			return true;
	}
	return false;
}

static void ask_address(const struct inquiry *inquiry, const struct netaddr *addr)
{
	uint8_t question[PACKET_QUESTION_SIZE];
	int64_t start_ms = clock_monotonic_ms(), end_ms = start_ms + REPLY_WAIT_MS;
	uint16_t id;
	size_t len;
	int fd;

	if (netaddr_is_private(addr) || (addr->family == NETADDR_IPV4 ? addr->octets[0] >= FIRST_MULTICAST
								      : addr->octets[0] == 0xff)) {
		no_reply(inquiry, TROUBLE_LOCAL, "not asked: private address");
		return;
	}
	if (getrandom(&id, sizeof id, 0) != (ssize_t)sizeof id) {
		no_reply(inquiry, TROUBLE_LOCAL, "no random number for a question");
		return;
	}
	fd = connected(addr);
	if (fd < 0) {
		no_reply(inquiry, TROUBLE_LOCAL, "there is no route to the name server");
		return;
	}
	len = packet_question(&inquiry->answer->asked, id, question);
	if (end_ms > inquiry->end_ms)
		end_ms = inquiry->end_ms;
	if (!exchange(inquiry, fd, question, len,
		    start_ms + RESEND_MS < end_ms ? start_ms + RESEND_MS : end_ms) &&
		!exchange(inquiry, fd, question, len, end_ms))
		no_reply(inquiry, TROUBLE_TIMEOUT, "the name server did not answer");
	(void)close(fd);
}

static void ask_server(const struct inquiry *inquiry, const char *server)
{
	const struct answer *address = look_up(inquiry, server, RR_A);
	struct netaddr addr;

	if (address->kind != ANSWER_RECORDS)
		address = look_up(inquiry, server, RR_AAAA);
	if (address->kind == ANSWER_RECORDS && netaddr_parse(address->values[0].text, &addr))
		ask_address(inquiry, &addr);
	else
		no_reply(inquiry, TROUBLE_LOCAL, "the name server's address is not known");
}

/* The nearest name above that has name servers is the parent zone. */
static void ask_parent(const struct inquiry *inquiry)
{
	const char *parent = inquiry->answer->asked.name;

	for (int i = 0; i < PARENTS_MAX; i++) {
		const struct answer *servers;

		parent = strchr(parent, '.');
		if (parent == NULL)
			break;
		servers = look_up(inquiry, ++parent, RR_NS);
		if (servers->kind == ANSWER_RECORDS) {
			ask_server(inquiry, servers->values[0].text);
			return;
		}
	}
	no_reply(inquiry, TROUBLE_LOCAL, "the parent zone is not known");
}

const struct answer *authority_ask(
	struct cache *cache, const struct question *question, int wait_ms, struct arena *arena)
{
	struct inquiry inquiry = {.cache = cache,
		.arena = arena,
		.answer = answer_of_trouble(arena, question, TROUBLE_NONE, ""),
		.end_ms = clock_monotonic_ms() + wait_ms};

	if (strcmp(question->server, "[parent]") == 0)
		ask_parent(&inquiry);
	else
		ask_server(&inquiry, question->server);
	return inquiry.answer;
}
