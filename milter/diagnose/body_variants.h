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

struct body_variant body_variant_none(void);

struct body_texts;

/* The likely repairs come first; some may have text added around them besides. */
enum { BODY_VARIANTS_LIKELY = 17, BODY_VARIANT_DOUBLE_DOTS = 1 };

/* How many repairs there are; body_variant takes 0 to this minus 1. */
size_t body_variant_count(void);
size_t body_variant_swept_count(void); /* behind these, none is to be swept */
struct body_variant body_variant(size_t number, const struct body_texts *texts, struct arena *arena);

#endif
