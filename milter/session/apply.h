/* The end of a message: the findings become header changes, quarantine and the SMTP answer. What was decided
 * comes from report/action; here it is only carried out. */
#ifndef SESSION_APPLY_H
#define SESSION_APPLY_H

#include "session/negotiate.h"

#include <libmilter/mfapi.h>

struct arena;
struct decision;
struct findings;
struct settings;
struct sink;

struct apply_tools {
	const struct settings *settings;
	struct sink *sink;
	struct arena *arena;
	struct agreement agreement;
};

/* Returns what to answer the MTA; *decision: what was really done, for the log. Its reply text is of the
 * tools' arena. */
sfsistat apply_findings(SMFICTX *context, const struct findings *findings, const struct apply_tools *tools,
	struct decision *decision);

#endif
