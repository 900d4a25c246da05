/* Bodies as they may have been when they were signed: each undoes one thing that software on the
 * way does to bodies. */
#ifndef DIAGNOSE_BODY_VARIANTS_H
#define DIAGNOSE_BODY_VARIANTS_H

#include "diagnose/body_change.h"

/* One repaired body; kind BODY_UNKNOWN when the repair changes nothing or does not apply. */
struct body_variant {
	enum body_change_kind kind;
	struct buf body;
	size_t count;          /* places repaired */
	const char *from, *to; /* see struct body_change */
	bool sweep;            /* also look for added text around it */
};

/* How many repairs there are; body_variant takes 0 to this minus 1. */
size_t body_variant_count(void);
struct body_variant body_variant(size_t number, const struct body_facts *facts, struct arena *arena);

#endif
