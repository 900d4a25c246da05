/* libspf2 as the engine of check_host(): it decides order, qualifiers, include and redirect. It
 * only ever reads programs of our own making, in which numbered tokens stand for what the records
 * say; no text of a stranger reaches it (its parser overruns the stack on a 516-octet TXT record:
 * CVE-2023-42118 is open in Debian 12's 1.2.10-7.2). */
#ifndef VERIFY_SPF_ENGINE_H
#define VERIFY_SPF_ENGINE_H

#include "facts/result.h"

struct netaddr;

enum spf_step { SPFSTEP_YES, SPFSTEP_NO, SPFSTEP_TEMPERROR, SPFSTEP_PERMERROR };

/* The program that evaluation starts with; all other tokens are the host's, from 1 on. */
enum { SPFTOKEN_START = 0 };

/* How a token is written in a program. */
#define SPFTOKEN_FORMAT "t%u.invalid"

/* What the engine asks its host. Programs hold, separated by one space: "v=spf1", then
 * [qualifier] include:TOKEN, exists:TOKEN, ip4:ADDRESS, ip6:ADDRESS or all, last perhaps
 * redirect=TOKEN; at most 11 tokens, so that they stay within libspf2's 511 octets. */
struct spf_steps {
	void *host;
	/* The program behind an include, a redirect or the start. NO: there is no record. */
	enum spf_step (*load)(void *host, unsigned token, const char **program);
	/* Does this term match? */
	enum spf_step (*match)(void *host, unsigned token);
};

/* Runs until the result is certain; the first error of a step is the last step. */
enum result spf_engine_run(const struct netaddr *client, const struct spf_steps *steps);

/* Once per process, before any thread runs the engine: libspf2 would print to stdout and stderr. */
void spf_engine_silence(void);

#endif
