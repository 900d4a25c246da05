/* Trying SPF records, and writing down what to publish. Nothing is proposed that would not let the
 * client pass. */
#ifndef DIAGNOSE_SPF_PROPOSAL_H
#define DIAGNOSE_SPF_PROPOSAL_H

#include "diagnose/diagnosis.h"
#include "diagnose/spf_text.h"

struct collection;

struct spf_attempt {
	enum spf_try outcome;
	bool real;          /* by our verifier; otherwise read off the answers that are here */
	unsigned lookups;   /* when real */
	enum result result; /* when real */
};

/* What would check_host() say for this client, domain and record ("": the one published)? Notes a
 * trial where the answers that are here do not exclude a pass (diagnose/inquiry.h). */
struct spf_attempt spf_attempt_of(
	struct collection *collection, const struct netaddr *client, const char *domain, const char *record);

/* The same for the message's client and checked domain. */
struct spf_attempt spf_attempt_here(struct collection *collection, const char *record);

/* "ip4:192.0.2.1" of the client. */
const char *spf_client_word(const struct collection *collection);

/* A pass by trial is a proof; a pass read off is as good as the answers; unknown is a guess. */
enum confidence spf_attempt_confidence(const struct spf_attempt *attempt);

/* The DNS line for the checked domain with this record: strings of at most 255 octets, the host name as
 * panels want it, and a variant for panels that take 127 characters. */
const char *spf_line(struct collection *collection, const char *record);

/* The same for a record that the domain has in some form and that only has to be put right: the rest of
 * its slips is mended too, and the client is added only when more than the envelope connects the two. */
const char *spf_publication(struct collection *collection, const char *record);

/* The same, tried first: when the record is known not to let the client pass or to be over the limits,
 * it is the published one with the client's address instead. */
const char *spf_proposal(struct collection *collection, const char *record);

#endif
