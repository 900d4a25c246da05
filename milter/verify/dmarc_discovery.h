/* Which DMARC record speaks for a domain, and which organisation the domain belongs to: by the tree
 * walk of RFC 9989 section 4.10, or by RFC 7489 section 6.6.3 and the public suffix list.
 *
 * One rule is ours: the public suffix list guards the walk. A record at a public suffix that says
 * neither psd=y nor psd=n does not make all names below it one organisation; the walk then takes
 * the name one label below the suffix and the record as that of a public suffix domain. A domain
 * without any record in the walk belongs to its organisation on the list; it has no policy anyway. */
#ifndef VERIFY_DMARC_DISCOVERY_H
#define VERIFY_DMARC_DISCOVERY_H

#include "records/dmarc_record.h"
#include "settings/settings.h"
#include "verify/verify.h"

enum { DMARC_WALK_MAX = 8 }; /* names asked at most; RFC 9989 section 4.10 */

/* How to look: shared by all lookups of one evaluation. */
struct dmarc_search {
	const struct work *work;
	enum discovery method;
	bool limited;       /* new questions are limited to the next figure */
	unsigned questions; /* still allowed */
	bool exceeded;      /* a question was not asked */
};

/* What stands at one name. */
struct dmarc_level {
	const char *domain;
	const struct answer *answer;
	size_t records; /* that count; a single one is in record */
	struct dmarc_record record;
	const char *text; /* of the record, or of the first text that was meant to be one; "" if none */
};

struct dmarc_discovery {
	const char *organization;         /* "" when trouble hides it */
	const struct answer *trouble;     /* the lookup that hides organisation or policy, or NULL */
	const struct dmarc_level *policy; /* NULL when there is none, or trouble hides it */
	/* where no policy was found, the first thing that was meant to be one */
	const struct dmarc_level *faulty; /* NULL if none */
};

/* The names whose _dmarc record is asked, longest first. Returns how many. */
size_t dmarc_walk_names(const char *domain, const char *names[DMARC_WALK_MAX]);

/* Starts the lookups that dmarc_discover will need; returns at once. */
void dmarc_discovery_warm(const struct work *work, const char *domain);

/* Waits for DNS. The domain is usable (base/domain.h) and not "". */
struct dmarc_discovery dmarc_discover(struct dmarc_search *search, const char *domain);

/* The organisation alone; "" with *trouble set when a lookup hides it. */
const char *dmarc_organization(
	struct dmarc_search *search, const char *domain, const struct answer **trouble);

#endif
