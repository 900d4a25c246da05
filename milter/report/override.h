/* Actions for single domains: the "override" option, "DOMAIN OPTION ACTION". "example.com" means that
 * domain, ".example.com" all domains below it; the longest match decides, the later of equals.
 * settings/ has refused unreadable ones; should one come here, it counts for nothing. */
#ifndef REPORT_OVERRIDE_H
#define REPORT_OVERRIDE_H

#include "settings/settings.h"

/* The action of the option for that domain (a usable name or ""): an override's, else usual. */
enum action override_action(
	const struct settings *settings, const char *domain, const char *option, enum action usual);

#endif
