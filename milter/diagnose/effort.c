#include "diagnose/effort.h"

/* A tenth of a millisecond or so: what lies between two looks at the clock is no more than this. */
enum { LOOK_AFTER = 64 * 1024 };

static void look(struct effort *effort)
{
	effort->unwatched = 0;
	if (effort->is_time_up == NULL || !effort->is_time_up(effort->self))
		return;
	effort->stopped = true;
	effort->octets = 0;
}

static void watch(struct effort *effort, size_t octets)
{
	effort->unwatched += octets;
	if (effort->unwatched >= LOOK_AFTER)
		look(effort);
}

bool effort_spend(struct effort *effort, size_t octets)
{
	watch(effort, octets);
	if (effort->octets < octets || effort->stopped)
		return false;
	effort->octets -= octets;
	return true;
}

void effort_charge(struct effort *effort, size_t octets)
{
	effort->octets -= octets < effort->octets ? octets : effort->octets;
	watch(effort, octets);
}

bool effort_exceeds(struct effort *effort, size_t octets)
{
	look(effort);
	return effort->octets > octets;
}
