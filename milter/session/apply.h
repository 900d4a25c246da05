/* The end of a message: the findings become header changes, quarantine, the SMTP answer and the
 * log record. What was decided comes from report/action; here it is only carried out. */
#ifndef SESSION_APPLY_H
#define SESSION_APPLY_H

#include "session/negotiate.h"

#include <libmilter/mfapi.h>

struct arena;
struct findings;
struct settings;
struct sink;

struct apply_tools {
	const struct settings *settings;
	struct sink *sink;
	struct arena *arena;
	struct agreement agreement;
};

/* Returns what to answer the MTA. */
sfsistat apply_findings(SMFICTX *context, const struct findings *findings, const struct apply_tools *tools);

#endif
