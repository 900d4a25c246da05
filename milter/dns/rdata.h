/* The data of one record, from the octets on the wire (names there uncompressed, as libunbound gives
 * them) to struct rdata. Strict: every octet must be accounted for. */
#ifndef DNS_RDATA_H
#define DNS_RDATA_H

#include "facts/answer.h"

struct arena;

/* False when it is malformed, or of a type that we never ask for. */
bool rdata_read(enum rr_type type, const uint8_t *wire, size_t len, struct arena *arena, struct rdata *data);

#endif
