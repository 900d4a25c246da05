#include "support/milter_flow.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

enum { HEAD_SIZE = 4, SERIAL_LEN = 8, ANSWER_MAX = 1048576, PATIENCE_S = 60 };

static const char serial_mark[] = "@SERIAL@";

/* What Postfix offers, and what sekisho takes: no answers before the end but to the body. */
static const unsigned char offer[] = {0, 0, 0, 13, 'O', 0, 0, 0, 6, 0, 0, 1, 0xff, 0, 0x1f, 0xff, 0xff};
enum { SILENT = 0x1000 | 0x2000 | 0x4000 | 0x8000 | 0x80 | 0x40000 };

static uint32_t number_at(const char *octets)
{
	const unsigned char *o = (const unsigned char *)octets;

	return (uint32_t)o[0] << 24 | (uint32_t)o[1] << 16 | (uint32_t)o[2] << 8 | o[3];
}

/* The length of the packet there, 0 when it does not fit. */
static size_t packet_at(const struct flow *flow, size_t at)
{
	size_t len;

	if (flow->len - at <= HEAD_SIZE)
		return 0;
	len = HEAD_SIZE + number_at(flow->octets + at);
	return len > HEAD_SIZE && len <= flow->len - at ? len : 0;
}

/* Finds where the message begins: at MAIL, or at the macros for it. */
static bool measure(struct flow *flow)
{
	size_t at = 0;
	bool in_head = true;

	flow->packets = 0;
	while (at < flow->len) {
		size_t len = packet_at(flow, at);
		const char *command = flow->octets + at + HEAD_SIZE;

		if (len == 0)
			return false;
		if (in_head && (command[0] == 'M' ||
				       (command[0] == 'D' && len > HEAD_SIZE + 1 && command[1] == 'M'))) {
			flow->head_len = at;
			in_head = false;
		}
		flow->packets += !in_head;
		at += len;
	}
	return !in_head;
}

static bool find_serial(const struct flow *flow)
{
	return memmem(flow->octets, flow->len, serial_mark, SERIAL_LEN) != NULL;
}

bool flow_read(struct flow *flow, const char *path)
{
	FILE *file = fopen(path, "rb");
	long len = -1;

	*flow = (struct flow){.octets = NULL};
	if (file == NULL)
		return false;
	if (fseek(file, 0, SEEK_END) == 0 && (len = ftell(file)) > 0 && fseek(file, 0, SEEK_SET) == 0) {
		flow->octets = malloc((size_t)len);
		if (flow->octets != NULL)
			flow->len = fread(flow->octets, 1, (size_t)len, file);
	}
	(void)fclose(file);
	flow->has_serial = flow->len > 0 && find_serial(flow);
	return flow->len > 0 && measure(flow);
}

void flow_free(struct flow *flow)
{
	free(flow->octets);
	*flow = (struct flow){.octets = NULL};
}

void flow_room_free(struct flow_room *room)
{
	free(room->octets);
	*room = (struct flow_room){.octets = NULL};
}

static bool send_all(int fd, const char *octets, size_t len)
{
	while (len > 0) {
		ssize_t sent = send(fd, octets, len, MSG_NOSIGNAL);

		if (sent <= 0)
			return false;
		octets += sent;
		len -= (size_t)sent;
	}
	return true;
}

static bool receive_all(int fd, char *octets, size_t len)
{
	while (len > 0) {
		ssize_t got = recv(fd, octets, len, 0);

		if (got <= 0)
			return false;
		octets += got;
		len -= (size_t)got;
	}
	return true;
}

/* One packet; what is longer than size is thrown away. '\0' when the milter is gone. */
static char receive(int fd, char *data, size_t size, size_t *len)
{
	char head[HEAD_SIZE + 1];
	char waste[4096];
	size_t left;

	if (!receive_all(fd, head, sizeof head) || number_at(head) == 0 || number_at(head) > ANSWER_MAX)
		return '\0';
	left = number_at(head) - 1;
	*len = left < size ? left : size;
	if (!receive_all(fd, data, *len))
		return '\0';
	for (left -= *len; left > 0; left -= left < sizeof waste ? left : sizeof waste)
		if (!receive_all(fd, waste, left < sizeof waste ? left : sizeof waste))
			return '\0';
	return head[HEAD_SIZE];
}

static int connect_unix(const char *path)
{
	struct sockaddr_un name = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	(void)snprintf(name.sun_path, sizeof name.sun_path, "%s", path);
	if (fd >= 0 && connect(fd, (const struct sockaddr *)&name, sizeof name) == 0)
		return fd;
	if (fd >= 0)
		(void)close(fd);
	return -1;
}

static int connect_inet(const char *text)
{
	const char *at = strchr(text, '@');
	struct sockaddr_in name = {.sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(text))};
	int on = 1;
	int fd;

	if (at == NULL || inet_pton(AF_INET, at + 1, &name.sin_addr) != 1)
		return -1;
	fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd >= 0 && connect(fd, (const struct sockaddr *)&name, sizeof name) == 0) {
		(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
		return fd;
	}
	if (fd >= 0)
		(void)close(fd);
	return -1;
}

int flow_connect(const char *where)
{
	const struct timeval patience = {.tv_sec = PATIENCE_S};
	int fd = strncmp(where, "unix:", 5) == 0 ? connect_unix(where + 5) : connect_inet(where + 5);
	char data[64];
	size_t len = 0;

	if (fd < 0)
		return -1;
	(void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
	if (send_all(fd, (const char *)offer, sizeof offer) && receive(fd, data, sizeof data, &len) == 'O' &&
		len >= 12 && (number_at(data + 8) & SILENT) == SILENT)
		return fd;
	(void)close(fd);
	return -1;
}

/* The octets to send: with the serial number where its mark is. */
static const char *prepared(const struct flow *flow, struct flow_room *room, uint32_t serial)
{
	char text[SERIAL_LEN + 1];
	char *mark;

	if (!flow->has_serial)
		return flow->octets;
	if (room->size < flow->len) {
		free(room->octets);
		room->octets = malloc(flow->len);
		room->size = flow->len;
		if (room->octets == NULL)
			abort();
	}
	memcpy(room->octets, flow->octets, flow->len);
	(void)snprintf(text, sizeof text, "%08u", (unsigned)(serial % 100000000));
	mark = room->octets;
	while ((mark = memmem(mark, flow->len - (size_t)(mark - room->octets), serial_mark, SERIAL_LEN)) !=
		NULL)
		memcpy(mark, text, SERIAL_LEN);
	return room->octets;
}

bool flow_introduce(int fd, const struct flow *flow, struct flow_room *room, uint32_t serial)
{
	return send_all(fd, prepared(flow, room, serial), flow->head_len);
}

/* Field added: its index, name and value. Only the first one on top is of interest. */
static void note_field(struct flow_answer *answer, const char *data, size_t len)
{
	static const char name[] = "Authentication-Results";
	size_t value = 4 + sizeof name;

	if (answer->results[0] != '\0' || len <= value || memcmp(data + 4, name, sizeof name) != 0)
		return;
	(void)snprintf(answer->results, sizeof answer->results, "%.*s", (int)(len - value), data + value);
}

static bool await_end(int fd, struct flow_answer *answer)
{
	static _Thread_local char data[FLOW_RESULTS_SIZE];
	size_t len = 0;

	for (;;) {
		answer->word = receive(fd, data, sizeof data, &len);
		switch (answer->word) {
		case 'i':
			note_field(answer, data, len);
			break;
		case 'h':
		case 'm':
		case 'p':
		case 'q':
			break;
		default:
			return strchr("cartyd", answer->word) != NULL && answer->word != '\0';
		}
	}
}

/* After each piece of the body the milter speaks; it may have enough. */
static bool send_body_piece(int fd, const char *octets, size_t len, bool *enough)
{
	char data[16];
	size_t got = 0;
	char word;

	if (*enough)
		return true;
	if (!send_all(fd, octets, len))
		return false;
	word = receive(fd, data, sizeof data, &got);
	*enough = word == 's';
	return word == 'c' || word == 's';
}

bool flow_send(
	int fd, const struct flow *flow, struct flow_room *room, uint32_t serial, struct flow_answer *answer)
{
	const char *octets = prepared(flow, room, serial);
	size_t from = flow->head_len; /* what was not sent yet: small packets go together */
	bool enough = false;

	answer->word = '-';
	answer->results[0] = '\0';
	for (size_t at = from, len; at < flow->len; at += len) {
		len = packet_at(flow, at);
		if (octets[at + HEAD_SIZE] != 'B')
			continue;
		if (!send_all(fd, octets + from, at - from) ||
			!send_body_piece(fd, octets + at, len, &enough))
			return false;
		from = at + len;
	}
	return send_all(fd, octets + from, flow->len - from) && await_end(fd, answer);
}

bool flow_cut(int fd, const struct flow *flow, struct flow_room *room, uint32_t serial, unsigned packets,
	enum flow_ending ending)
{
	static const char abort_packet[] = {0, 0, 0, 1, 'A'};
	const char *octets = prepared(flow, room, serial);
	size_t at = flow->head_len;
	bool enough = false;

	for (unsigned i = 0; i < packets; i++) {
		size_t len = packet_at(flow, at);
		char command;

		if (len == 0 || (command = octets[at + HEAD_SIZE]) == 'E')
			break;
		if (!(command == 'B' ? send_body_piece(fd, octets + at, len, &enough)
				     : send_all(fd, octets + at, len)))
			return false;
		at += len;
	}
	return ending == FLOW_GONE || send_all(fd, abort_packet, sizeof abort_packet);
}
