/* The author: the one domain that the From header field names (RFC 5322 section 3.6.2, RFC 6532,
 * RFC 6854 groups), parsed strictly, once. Every later step uses this struct, never the text.
 * More than the grammar is accepted only where the domain stays certain: dots anywhere in a local
 * part, 8-bit octets outside the domain, empty list elements, and an unquoted address as display
 * name of an address in the same domain. */
#ifndef MESSAGE_AUTHOR_H
#define MESSAGE_AUTHOR_H

#include "base/domain.h"

struct arena;
struct header_list;

enum {
	AUTHOR_TEXT_MAX = 256,   /* for logs */
	AUTHOR_DOMAINS_MAX = 16, /* different domains told apart; more are not counted */
};

enum author_kind {
	AUTHOR_ONE,         /* one domain: .domain is usable */
	AUTHOR_MISSING,     /* no From field, or one without any address */
	AUTHOR_MULTIPLE,    /* several From fields, or several different domains */
	AUTHOR_UNPARSEABLE, /* anything a strict reader refuses */
};

struct author {
	enum author_kind kind;
	const char *text; /* From field's value unfolded, cut at 256 octets, for logs; " | " between fields */
	const char *why_not; /* "" for AUTHOR_ONE; else what a strict reader met, for the log */
	const char *address; /* first address, "local@domain" as written; "" if none */
	const char *local;
	struct domain domain;     /* name "" unless AUTHOR_ONE */
	const char *display_name; /* "" if none */
	const char *domains;      /* the different usable domains met, ", " between; "" if none */
	size_t field_count, address_count, domain_count;
};

struct author author_of(const struct header_list *header, struct arena *arena);

#endif
