/* A domain name that may be used: letters, digits, hyphens and underscores in labels of 1 to 63,
 * at most 253 in all, after exactly: one final dot stripped, lower case, U-labels to A-labels
 * (UTS 46, RFC 5891). Anything else is no domain, with the reason; never a closest guess. */
#ifndef BASE_DOMAIN_H
#define BASE_DOMAIN_H

#include <stdbool.h>
#include <stddef.h>

struct arena;

enum { DOMAIN_MAX = 253, LABEL_MAX = 63 }; /* RFC 1035 section 2.3.4 */

struct domain {
	const char *raw;     /* as it came, NUL-terminated, for logs only */
	const char *name;    /* "" when unusable */
	const char *why_not; /* "" when usable */
};

/* The domain without text: name "", why_not "empty". */
struct domain domain_none(void);

struct domain domain_of(struct arena *arena, const char *raw, size_t len);

/* These take usable names (lower case, no final dot) or "". */
size_t domain_labels(const char *name);
const char *domain_parent(const char *name);                    /* behind the first dot, "" at the top */
const char *domain_last_labels(const char *name, size_t count); /* the whole name when it has fewer */
bool domain_is_below(const char *name, const char *ancestor);   /* true also when equal */
bool domain_is_address(const char *name);                       /* an IP address where a name belongs */

#endif
