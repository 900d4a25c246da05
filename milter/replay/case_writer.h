/* A verdict as a new .case file: the session, the settings that differ from the defaults, and every
 * DNS answer that was used, so that it can be replayed anywhere (sekisho.case(5)). */
#ifndef REPLAY_CASE_WRITER_H
#define REPLAY_CASE_WRITER_H

#include "base/fault.h"
#include "facts/answer.h"
#include "facts/body_digest.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct case_pair;
struct envelope;
struct settings;

struct case_recording {
	const char *about; /* one sentence, or NULL */
	int64_t now;
	const struct envelope *envelope;
	const struct settings *settings;
	const char *authserv_id;
	struct evidence evidence;
	struct body_digests body_digests;     /* for a message without its body */
	const struct case_pair *expectations; /* "expect" lines */
	size_t expectation_count;
	const char *message_name; /* for the "message" line; NULL: without one */
};

const char *case_text(const struct case_recording *recording, struct arena *arena);

/* Writes path and, beside it, the message's octets as message_name. False with the reason in fault. */
bool case_write(const char *path, const struct case_recording *recording, const char *message, size_t len,
	struct arena *arena, struct fault *fault);

#endif
