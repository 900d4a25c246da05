/* Text added inside encoded parts, or to several parts at once: the parts decoded, blocks taken out,
 * and encoded again. */
#ifndef DIAGNOSE_BODY_RECODED_H
#define DIAGNOSE_BODY_RECODED_H

#include "diagnose/body_transcode.h"

/* A visitor gets each body to be tried; it returns true to end the search. */
struct recoded_visitor {
	bool (*fits)(void *context, struct body_variant *variant);
	void *context;
};

/* The variant that fitted, with the first line of what was taken out; kind BODY_FOOTER, BODY_BANNER or
 * BODY_INSERTED. BODY_UNKNOWN when none did. */
struct body_variant body_recoded_find(const struct body_texts *texts, const struct recoded_visitor *visitor,
	const char **text, struct arena *arena);

#endif
