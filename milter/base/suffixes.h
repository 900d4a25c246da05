/* The public suffix list (libpsl): where one organisation's names begin. Immutable after opening,
 * shared by all threads. Names are usable domain names (base/domain.h). */
#ifndef BASE_SUFFIXES_H
#define BASE_SUFFIXES_H

#include "base/fault.h"

#include <stdbool.h>
#include <stddef.h>
#include <time.h>

struct suffixes;

/* path "" takes the system's newest list. extra: further suffixes of the site; may be NULL when
 * count is 0; borrowed until closed. NULL with the reason in fault. */
struct suffixes *suffixes_open(const char *path, const char *const *extra, size_t count, struct fault *fault);
void suffixes_close(struct suffixes **suffixes);

/* The date of the list, for the start line and "rx-psl-outdated"; 0 when unknown. */
time_t suffixes_date(const struct suffixes *suffixes);

bool suffixes_has(const struct suffixes *suffixes, const char *name);

/* Is the suffix somebody's who rents out names below it (private section, or the site's own), not a
 * registry's? */
bool suffixes_is_private(const struct suffixes *suffixes, const char *name);

/* The registrable domain: one label below the longest public suffix; the name itself when it is
 * a suffix or cannot have one. Points into name. */
const char *suffixes_organization(const struct suffixes *suffixes, const char *name);

#endif
