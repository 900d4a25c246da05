/* The way the message says it came: its Received fields from the top. Anybody can write them, so
 * what rests on them alone is never proven. */
#ifndef DIAGNOSE_HOPS_H
#define DIAGNOSE_HOPS_H

#include "base/netaddr.h"

#include <stdint.h>

struct arena;
struct header_list;

enum { HOPS_MAX = 30 }; /* ours: longer ways are loops */

struct hop {
	struct netaddr from; /* NONE when no address is given */
	const char *by;      /* lower case, "" if none */
	int64_t at;          /* seconds since 1970, -1 when unreadable */
};

struct hops {
	struct hop items[HOPS_MAX]; /* newest first */
	size_t count;
};

struct hops hops_of(const struct header_list *header, struct arena *arena);

/* "Sun, 1 Mar 2026 18:28:34 +0900" (RFC 5322 section 3.3), comments behind it allowed; -1 if not. */
int64_t hop_date(const char *text);

#endif
