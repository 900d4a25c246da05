/* Which policy a record asks for (RFC 9989 section 4.7). */
#ifndef VERIFY_DMARC_POLICY_H
#define VERIFY_DMARC_POLICY_H

#include "records/dmarc_record.h"

struct dmarc_choice {
	enum dmarc_policy_tag tag;
	enum dmarc_policy policy; /* before t=y */
};

/* inherited: the record stands above the author domain, so sp= or np= speak. */
struct dmarc_choice dmarc_policy_choice(
	const struct dmarc_record *record, bool inherited, bool author_exists);

/* t=y: one step milder. */
enum dmarc_policy dmarc_policy_milder(enum dmarc_policy policy);

#endif
