/* Resource records as text (RFC 1035 section 5.1): one line's words, names and data. Strict: what
 * cannot be read is refused with the reason. */
#ifndef DNS_PRESENTATION_H
#define DNS_PRESENTATION_H

#include "base/fault.h"
#include "base/text.h"
#include "facts/answer.h"

struct arena;

/* Takes the next word off the line; a backslash keeps the octet behind it in the word. Empty at the end. */
struct span presentation_word(struct span *line);

/* A fully qualified name (final dot) in the form of facts/answer.h; "" for the root. NULL with the reason. */
const char *presentation_name(struct span word, struct arena *arena, struct fault *fault);

/* The rest of the line as data of that type. */
bool presentation_rdata(
	enum rr_type type, struct span text, struct arena *arena, struct rdata *data, struct fault *fault);

#endif
