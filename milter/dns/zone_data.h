/* Inside of a zone, for zone.c and zone_answer.c only. Grows while it is read; immutable afterwards,
 * so that any number of threads may ask. */
#ifndef DNS_ZONE_DATA_H
#define DNS_ZONE_DATA_H

#include "dns/zone.h"

enum { ZONE_TTL = 3600 }; /* of records that name none */

enum zone_fault_kind { ZONE_SERVFAIL, ZONE_TIMEOUT, ZONE_BOGUS, ZONE_TCP_BLOCKED };

struct zone_record {
	struct zone_record *next; /* of the same name, in the order of the lines */
	enum rr_type type;
	uint32_t ttl;
	struct rdata data;
};

/* A name that exists, with records or only because a name below it has some. "" is the root. */
struct zone_name {
	struct zone_name *next; /* in the bucket */
	const char *name;
	struct zone_record *first, *last;
};

struct zone_fault {
	struct zone_fault *next;
	const char *name;  /* "*": any */
	enum rr_type type; /* 0: any */
	enum zone_fault_kind kind;
};

struct zone_authority {
	struct zone_authority *next;
	const char *server; /* "": every name server of the zone; "[parent]" */
	const char *name;
	enum rr_type type;
	bool absent; /* RDATA "-" */
	struct rdata data;
};

struct zone {
	struct arena *arena;
	struct zone_name **buckets;
	size_t bucket_count, name_count; /* bucket_count is a power of two */
	struct zone_fault *first_fault, *last_fault;
	struct zone_authority *first_authority, *last_authority;
};

/* NULL when the name does not exist. */
const struct zone_name *zone_find(const struct zone *zone, const char *name);

#endif
