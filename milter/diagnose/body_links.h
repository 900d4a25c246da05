/* Links that a mail gateway has rewritten, put back: the rewritten form holds the original, escaped,
 * in a parameter or in its path. */
#ifndef DIAGNOSE_BODY_LINKS_H
#define DIAGNOSE_BODY_LINKS_H

#include "diagnose/body_transcode.h"

/* Ways to put links back; the number is below this. */
enum { LINK_VARIANTS = 8 };
struct body_variant variant_links(size_t number, const struct body_texts *texts, struct arena *arena);

#endif
