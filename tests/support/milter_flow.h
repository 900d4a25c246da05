/* The MTA's side of the milter protocol for tests that need speed: messages are files of packets made
 * beforehand (tests/soak/kinds.py). One connection is used by one thread at a time. */
#ifndef SUPPORT_MILTER_FLOW_H
#define SUPPORT_MILTER_FLOW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { FLOW_RESULTS_SIZE = 16384 };

/* The packets of one message as they go over the wire: first, up to head_len, those that say who the
 * client is, then those of the message, the last one being the end of the message. */
struct flow {
	char *octets;
	size_t len, head_len;
	unsigned packets;
	bool has_serial; /* "@SERIAL@" stands for a number of eight digits */
};

/* Where a message is left: never, in favour of an abort, or with the connection. */
enum flow_ending { FLOW_END, FLOW_ABORT, FLOW_GONE };

struct flow_answer {
	char word;                       /* the last one: 'c', 'a', 'r', 't', 'y'; '-' when none is due */
	char results[FLOW_RESULTS_SIZE]; /* value of the Authentication-Results field on top; or "" */
};

/* Memory of one connection's thread. */
struct flow_room {
	char *octets;
	size_t size;
};

bool flow_read(struct flow *flow, const char *path);
void flow_free(struct flow *flow);
void flow_room_free(struct flow_room *room);

/* "unix:PATH" or "inet:PORT@ADDRESS"; negotiated. -1 when nobody answers. */
int flow_connect(const char *where);

bool flow_introduce(int fd, const struct flow *flow, struct flow_room *room, uint32_t serial);

/* cut: after how many packets of the message to end otherwise. False when the milter is gone or says
 * what no milter may. */
bool flow_send(
	int fd, const struct flow *flow, struct flow_room *room, uint32_t serial, struct flow_answer *answer);
bool flow_cut(int fd, const struct flow *flow, struct flow_room *room, uint32_t serial, unsigned packets,
	enum flow_ending ending);

#endif
