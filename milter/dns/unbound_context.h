/* A libunbound context set up for us: everything goes to the resolvers, a thread does the work, nothing
 * is answered out of libunbound's own lists, and it caches next to nothing (our cache is in front). */
#ifndef DNS_UNBOUND_CONTEXT_H
#define DNS_UNBOUND_CONTEXT_H

#include "dns/resolvers.h"
#include "facts/answer.h"

#include <stdio.h>

struct ub_ctx;

/* trust_anchor_file: "" does not validate; NULL asks with CD=1 and takes what comes. NULL with the
 * reason in fault. */
struct ub_ctx *unbound_context_new(const struct resolvers *resolvers, const struct settings *settings,
	const char *trust_anchor_file, FILE *log, struct fault *fault);
void unbound_context_free(struct ub_ctx **context);

/* So that the next question is asked anew, even if it just failed. Does not wait. */
void unbound_context_forget_failure(struct ub_ctx *context);

/* How long a question waits for the resolver until it is sent again. */
int unbound_context_first_wait_ms(int timeout_ms, size_t resolvers);

#endif
