/* DNS data from text: the "zone", "fault" and "authority" lines of a .case file (its format
 * description is in packaging/man/sekisho.case.5), or a zone file of "NAME [TTL] [IN] TYPE RDATA" lines. */
#ifndef DNS_ZONE_H
#define DNS_ZONE_H

#include "base/fault.h"
#include "facts/answer.h"

#include <stdbool.h>

struct arena;
struct zone;

/* Lives in the arena. */
struct zone *zone_new(struct arena *arena);

/* One line's value. False with the reason in fault. */
bool zone_add_record(struct zone *zone, const char *line, struct fault *fault);
bool zone_add_fault(struct zone *zone, const char *line, struct fault *fault);
bool zone_add_authority(struct zone *zone, const char *line, struct fault *fault);

/* Reads a whole file; the fault names the line. */
bool zone_read_file(struct zone *zone, const char *path, struct fault *fault);

/* Does any line say what a name server answers when it is asked itself? */
bool zone_has_servers(const struct zone *zone);

/* The answer in the arena, never NULL. */
const struct answer *zone_answer(
	const struct zone *zone, const struct question *question, struct arena *arena);

#endif
