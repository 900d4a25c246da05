/* What to do about a cause, broken into lines for a reader: each zone record on a line of its own, as
 * it goes into a zone file, and each sentence. The log and JSON have it on one line. */
#ifndef DIAGNOSE_FIX_LAYOUT_H
#define DIAGNOSE_FIX_LAYOUT_H

struct arena;

/* The lines but the first begin with the indent; no line end behind the last. */
const char *fix_layout(const char *fix, const char *indent, struct arena *arena);

#endif
