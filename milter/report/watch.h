/* What only many messages show: our own trouble. A window over the last messages of this process and
 * the one loud line that they deserve; a function of plain data, without lock or clock. */
#ifndef REPORT_WATCH_H
#define REPORT_WATCH_H

#include "base/netaddr.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct findings;

/* The last messages looked at, how many are needed for a word, and how often the same is said. */
enum { WATCH_MESSAGES = 100, WATCH_ENOUGH = 50, WATCH_AGAIN_S = 3600 };

enum watch_kind {
	WATCH_ONE_PRIVATE_CLIENT, /* everything comes from one address of ours */
	WATCH_CLOCK,              /* signatures are from the future */
	WATCH_RESOLVER,           /* DNS fails for everybody */
	WATCH_GATEWAY,            /* bodies of all signers arrive changed, from a machine of ours */
	WATCH_KINDS,
};

struct observation {
	struct netaddr client;
	bool is_private; /* the client is no machine of the internet */
	bool signed_at_all, from_future, body_changed;
	bool asked, all_in_trouble; /* DNS */
};

struct watch {
	struct observation ring[WATCH_MESSAGES];
	size_t count, next;
	bool said[WATCH_KINDS];
	int64_t said_at[WATCH_KINDS];
};

struct observation observation_of(const struct findings *findings);

/* Takes one message; now in seconds, of the clock that never jumps. The line to be said, or "". */
const char *watch_note(
	struct watch *watch, const struct observation *observation, int64_t now, struct arena *arena);

#endif
