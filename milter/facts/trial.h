/* Counterfactuals: a check done once more with exactly one thing changed. The diagnosis names them,
 * the inspection has them done, the diagnosis reads the outcome: that is how a cause is proven and
 * a proposed record is tried before it is printed. */
#ifndef FACTS_TRIAL_H
#define FACTS_TRIAL_H

#include "base/netaddr.h"
#include "facts/result.h"
#include "facts/signature_verdict.h"

/* check_host() for another client, domain or record. */
struct spf_trial {
	struct netaddr client;
	const char *domain;
	const char *record; /* in place of what the domain publishes; "" for the published one */
	/* the outcome */
	enum result result;
	unsigned lookups;
	const char *matched; /* the term that decided, "" for none */
};

/* Another key for one signature. */
struct key_trial {
	size_t signature;  /* index among the message's signatures */
	const char *key_p; /* base64 without white space, as in p= */
	/* the outcome: SAME_HEADER verifies, OTHER_HEADER made the signature of a header since altered.
	 * For Ed25519 only SAME_HEADER and WRONG_KEY can be told. */
	enum recovery recovery;
};

struct trials {
	const struct spf_trial *spf;
	size_t spf_count;
	const struct key_trial *keys;
	size_t key_count;
};

#endif
