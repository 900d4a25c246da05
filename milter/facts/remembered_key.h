/* Keys that verified messages here before, as far as they concern the domains of one message. */
#ifndef FACTS_REMEMBERED_KEY_H
#define FACTS_REMEMBERED_KEY_H

#include <stddef.h>
#include <stdint.h>

struct remembered_key {
	const char *selector, *domain; /* lower case */
	const char *p;                 /* base64 without white space, as in p= */
	int64_t last_seen;             /* seconds since 1970 */
};

struct remembered_keys {
	const struct remembered_key *items;
	size_t count;
};

#endif
