/* Who gets the report: the addresses of rua=, each asked whether it wants to (RFC 9990 section 4). */
#ifndef FEEDBACK_DESTINATION_H
#define FEEDBACK_DESTINATION_H

#include "base/buf.h"
#include "base/text.h"

#include <stdbool.h>
#include <stdint.h>

struct arena;
struct dns_client;
struct suffixes;

/* Our limit; RFC 9990 section 3.5 leaves it to the receiver. */
enum { DESTINATIONS_MAX = 5 };

struct destination {
	const char *address;  /* "local@domain", safe for a header and an argument */
	const char *domain;   /* usable name */
	uint64_t most_octets; /* the mail may have (RFC 7489 section 6.2, "!10m"); 0: any size */
};

struct destinations {
	struct destination items[DESTINATIONS_MAX];
	size_t count;
	const char *refused; /* URIs that are not used, each with the reason; "" when there are none */
};

/* rua: the tag's value. Addresses that come twice are one. What is outside the organisation of policy_domain
 * must have agreed in DNS; no answer counts as no. */
struct destinations destinations_of(const char *rua, const char *policy_domain, struct dns_client *dns,
	const struct suffixes *suffixes, struct arena *arena);

#endif
