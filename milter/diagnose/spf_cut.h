/* SPF records that a control panel cut off. */
#ifndef DIAGNOSE_SPF_CUT_H
#define DIAGNOSE_SPF_CUT_H

#include <stdbool.h>

struct arena;

/* Cut at one of the lengths that control panels know, in the middle of a word? */
bool spf_cut_is_seen(const char *record, struct arena *arena);

/* Has no end of its own, and exactly one of the two lengths at which most panels cut? Then it may have been
 * cut where nobody sees it: "ip4:192.0.2.1" is what is left of "ip4:192.0.2.108". */
bool spf_cut_is_possible(const char *record, struct arena *arena);

#endif
