/* Questions to one name server and its replies, as packets (RFC 1035 section 4). Pure functions. */
#ifndef DNS_PACKET_H
#define DNS_PACKET_H

#include "facts/answer.h"

struct arena;

enum {
	PACKET_QUESTION_SIZE = 12 + 255 + 4 + 11, /* header, name, type and class, OPT record */
	PACKET_REPLY_SIZE = 1232,                 /* what we offer to take over UDP, as other resolvers do */
};

/* RD=0: the server is to say only what it knows itself. The length. */
size_t packet_question(
	const struct question *question, uint16_t id, uint8_t packet[static PACKET_QUESTION_SIZE]);

/* False when this is no reply to that question. Records count only from an authoritative reply; with
 * asks_parent also the NS records of a referral to the name. */
bool packet_reply(const uint8_t *packet, size_t len, uint16_t id, bool asks_parent, struct arena *arena,
	struct answer *answer);

#endif
