#include "verify/dmarc_policy.h"

struct dmarc_choice dmarc_policy_choice(const struct dmarc_record *record, bool inherited, bool author_exists)
{
	if (!inherited)
		return (struct dmarc_choice){DMARC_TAG_P, record->p};
	if (!author_exists && record->np_given)
		return (struct dmarc_choice){DMARC_TAG_NP, record->np};
	return (struct dmarc_choice){record->sp_given ? DMARC_TAG_SP : DMARC_TAG_P, record->sp};
}

enum dmarc_policy dmarc_policy_milder(enum dmarc_policy policy)
{
	return policy == DMARC_POLICY_REJECT ? DMARC_POLICY_QUARANTINE : DMARC_POLICY_NONE;
}
