/* Links that a mail gateway has rewritten, put back: URL Defense v2 and Safe Links, whose rewritten
 * form holds the original. */
#ifndef DIAGNOSE_BODY_LINKS_H
#define DIAGNOSE_BODY_LINKS_H

#include "diagnose/body_variants.h"

struct body_variant variant_links(const struct body_facts *facts, struct arena *arena);

#endif
