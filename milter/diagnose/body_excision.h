/* Text that was put into the middle of the signed body: which block, taken out, leaves what was
 * signed? Blocks end where software inserts (before a MIME delimiter or a closing HTML tag) or start
 * there (behind the header of a part or an opening HTML tag); or one of each in two alternatives. */
#ifndef DIAGNOSE_BODY_EXCISION_H
#define DIAGNOSE_BODY_EXCISION_H

#include "diagnose/body_lines.h"

/* BODY_INSERTED, BODY_BANNER (at the start of a text), or BODY_UNKNOWN. */
struct body_change body_excision(struct body_search *search);

#endif
