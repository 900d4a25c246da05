/* What to do with the message: a function of the verdicts and the settings. Each action option whose
 * condition holds asks for its action, overrides first; the strictest wins: reject, tempfail,
 * quarantine, accept. spf-fail and spf-softfail look at SPF alone, also when DMARC passes.
 * A trusted-arc-sealer that vouches for the author takes the DMARC options out (RFC 8617 section 7.2).
 *
 * Trouble of our own never loses mail. When the message came through a relay of ours (a private
 * address, trusted-relays) or another lasting cause on our side explains the verdicts, the SPF, DKIM
 * and DMARC options ask for nothing; when it will pass (our resolver, our clock), reject becomes
 * tempfail. A bad From is nobody's trouble but the sender's. */
#ifndef REPORT_ACTION_H
#define REPORT_ACTION_H

#include "settings/settings.h"

struct arena;
struct findings;

enum { REPLY_TEXT_MAX = 400 }; /* RFC 5321 section 4.5.3.1.5 has 512 for the whole line */

struct decision {
	enum action action;       /* to be done; ACTION_ACCEPT in a dry run */
	enum action would;        /* what the options ask for, also in a dry run */
	const char *option;       /* the option that asked, "" for accept */
	const char *reply_code;   /* "550", "451"; "" unless would is reject or tempfail */
	const char *reply_status; /* RFC 3463/7372: "5.7.26"; "" likewise */
	/* One line, printable ASCII, at most REPLY_TEXT_MAX octets; "" likewise. May hold "%": libmilter
	 * reads replies like a printf format, so the session doubles each before smfi_setreply(). */
	const char *reply_text;
};

struct decision decide(const struct findings *findings, const struct settings *settings, struct arena *arena);
const char *action_word(enum action action);

#endif
