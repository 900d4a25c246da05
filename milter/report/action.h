/* What to do with the message: a function of the verdicts and the settings. */
#ifndef REPORT_ACTION_H
#define REPORT_ACTION_H

#include "settings/settings.h"

struct arena;
struct findings;

struct decision {
	enum action action;       /* to be done; ACTION_ACCEPT in a dry run */
	enum action would;        /* what the options ask for, also in a dry run */
	const char *option;       /* the option that asked, "" for accept */
	const char *reply_code;   /* "550", "451"; "" unless would is reject or tempfail */
	const char *reply_status; /* RFC 3463/7372: "5.7.26"; "" likewise */
	const char *reply_text;   /* one line, printable ASCII, at most 400 octets; "" likewise */
};

struct decision decide(const struct findings *findings, const struct settings *settings, struct arena *arena);
const char *action_word(enum action action);

#endif
