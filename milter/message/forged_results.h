/* Authentication-Results fields on the incoming mail that a reader could take for ours
 * (RFC 8601 section 5): a tolerant reader, because each consumer is tolerant in its own way. */
#ifndef MESSAGE_FORGED_RESULTS_H
#define MESSAGE_FORGED_RESULTS_H

#include <stdbool.h>
#include <stddef.h>

struct header_list;

/* Could any consumer take this field value for one with the id? Case, comments, folds, quotes,
 * version tokens, a final dot, no id at all, unparsable fields that mention the id: true.
 * Look-alikes such as "xid" or "id.evil.example": false. */
bool forged_results_claims(const char *value, const char *authserv_id);

/* Writes the numbers (header_field.number) of such fields of the given name, highest first, and
 * returns how many. numbers has room for max; ids are ours. */
size_t forged_results_find(const struct header_list *header, const char *field_name, const char *const *ids,
	size_t id_count, size_t *numbers, size_t max);

#endif
