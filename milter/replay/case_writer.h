/* A verdict as a new .case file: the session, the settings that differ from the defaults, and every
 * DNS answer that was used, so that it can be replayed anywhere (sekisho.case(5)). */
#ifndef REPLAY_CASE_WRITER_H
#define REPLAY_CASE_WRITER_H

#include "base/fault.h"
#include "facts/answer.h"

#include <stdbool.h>
#include <stdint.h>

struct arena;
struct envelope;
struct settings;

struct case_recording {
	int64_t now;
	const struct envelope *envelope;
	const struct settings *settings;
	const char *authserv_id;
	struct evidence evidence;
	const char *message_name; /* for the "message" line */
};

const char *case_text(const struct case_recording *recording, struct arena *arena);

/* Writes path and, beside it, the message's octets as message_name. False with the reason in fault. */
bool case_write(const char *path, const struct case_recording *recording, const char *message, size_t len,
	struct arena *arena, struct fault *fault);

#endif
