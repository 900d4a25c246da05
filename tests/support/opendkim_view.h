/* What libopendkim alone makes of a message, hashing and verifying all of it by itself: to hold our own
 * verdicts against. */
#ifndef TESTS_OPENDKIM_VIEW_H
#define TESTS_OPENDKIM_VIEW_H

#include "facts/verdicts.h"
#include "message/header_list.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum opendkim_word {
	OPENDKIM_SILENT,
	OPENDKIM_PASS,
	OPENDKIM_HEADER,
	OPENDKIM_BODY,
	OPENDKIM_LENGTH,
	OPENDKIM_OTHER
};

struct opendkim_view {
	bool hashed; /* the next two are set */
	uint8_t header_digest[DIGEST_MAX], body_digest[DIGEST_MAX];
	enum opendkim_word word; /* why not, if not PASS */
	const char *error;       /* in its words */
};

struct opendkim;
struct opendkim *opendkim_new(int64_t now);
void opendkim_free(struct opendkim **opendkim);

/* One view for each signature of the verdicts, whose keys it gets, in their order. Of those that our verdicts
 * have no digests of it does not see the field: it is not safe to feed. */
void opendkim_look(struct opendkim *opendkim, const struct header_list *header, const char *body, size_t len,
	const struct verdicts *ours, struct opendkim_view *views);

#endif
