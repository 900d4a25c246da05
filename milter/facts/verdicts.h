/* All verdicts on one message. */
#ifndef FACTS_VERDICTS_H
#define FACTS_VERDICTS_H

#include "facts/arc_verdict.h"
#include "facts/dmarc_verdict.h"
#include "facts/iprev_verdict.h"
#include "facts/signature_verdict.h"
#include "facts/spf_verdict.h"

struct verdicts {
	bool skipped;            /* nothing was evaluated, see skip_reason */
	const char *skip_reason; /* "authenticated", "network", "sender-domain"; "" when evaluated */
	struct spf_verdict spf;
	const struct signature_verdict *signatures; /* in the order of the fields, top first */
	size_t signature_count;
	struct dmarc_verdict dmarc;
	struct iprev_verdict iprev;
	struct arc_verdict arc;
	bool body_too_large; /* over max-body: body hashes were not computed */
	uint64_t body_size;  /* octets received */
};

/* Best result over all signatures: pass, policy, neutral, temperror, fail, permerror; none without. */
enum result verdicts_dkim_best(const struct verdicts *verdicts);

/* The result of "spf", "dkim" (the best), "dmarc", "arc" or "iprev", as a word; "" for another name. */
const char *verdicts_word(const struct verdicts *verdicts, const char *method);

/* Did any signature's body hash not fit? */
bool verdicts_doubt_body(const struct verdicts *verdicts);

/* A trusted sealer vouches for a message that fails DMARC: the domain's policy is not applied. */
bool verdicts_arc_overrides(const struct verdicts *verdicts);

/* Everything at rest: nothing evaluated, every text "", every result none. */
struct verdicts verdicts_empty(void);

#endif
