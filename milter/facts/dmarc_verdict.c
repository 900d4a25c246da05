#include "facts/dmarc_verdict.h"

const char *dmarc_policy_word(enum dmarc_policy policy)
{
	static const char *const words[] = {
		[DMARC_POLICY_NONE] = "none",
		[DMARC_POLICY_QUARANTINE] = "quarantine",
		[DMARC_POLICY_REJECT] = "reject",
	};

	return words[policy];
}
