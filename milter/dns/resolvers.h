/* Which name servers to ask: those of the option, else those of resolv.conf. */
#ifndef DNS_RESOLVERS_H
#define DNS_RESOLVERS_H

#include "base/fault.h"
#include "settings/settings.h"

enum { RESOLVERS_MAX = 8, RESOLVER_TEXT_SIZE = 80 };

struct resolvers {
	size_t count;
	char servers[RESOLVERS_MAX][RESOLVER_TEXT_SIZE]; /* "ADDRESS" or "ADDRESS@PORT" */
};

/* The option's list. False, with the reason, when one is not an address. */
bool resolvers_take(struct resolvers *resolvers, const struct text_list *list, struct fault *fault);

/* The nameserver lines of a file; others are ignored. False, with the reason, when there is none:
 * then no name can be resolved. */
bool resolvers_read(struct resolvers *resolvers, const char *path, struct fault *fault);

/* The option's, else those of /etc/resolv.conf. False when the option is wrong. That there are none at all is
 * no failure; then fault has the reason. */
bool resolvers_find(struct resolvers *resolvers, const struct text_list *list, struct fault *fault);

/* "192.0.2.53, 192.0.2.54" */
void resolvers_describe(const struct resolvers *resolvers, char *text, size_t size);

/* Does the machine have a way to one of them? Sends nothing. */
bool resolvers_are_routed(const struct resolvers *resolvers);

#endif
