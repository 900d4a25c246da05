#include "session/negotiate.h"

#include <libmilter/mfapi.h>

static const unsigned long wanted_actions = SMFIF_ADDHDRS | SMFIF_CHGHDRS | SMFIF_QUARANTINE;

/* No round trip before the end of the message, but for the body, which we may cut short. */
static const unsigned long wanted_protocol = SMFIP_NOUNKNOWN | SMFIP_NODATA | SMFIP_SKIP | SMFIP_HDR_LEADSPC |
					     SMFIP_NR_CONN | SMFIP_NR_HELO | SMFIP_NR_MAIL | SMFIP_NR_RCPT |
					     SMFIP_NR_HDR | SMFIP_NR_EOH;

struct agreement negotiate(unsigned long actions_offered, unsigned long protocol_offered)
{
	return (struct agreement){
		.actions = wanted_actions & actions_offered,
		.protocol = wanted_protocol & protocol_offered,
	};
}

bool agreement_may_insert(struct agreement agreement)
{
	return (agreement.actions & SMFIF_ADDHDRS) != 0;
}

bool agreement_may_delete(struct agreement agreement)
{
	return (agreement.actions & SMFIF_CHGHDRS) != 0;
}

bool agreement_may_quarantine(struct agreement agreement)
{
	return (agreement.actions & SMFIF_QUARANTINE) != 0;
}

bool agreement_may_skip_body(struct agreement agreement)
{
	return (agreement.protocol & SMFIP_SKIP) != 0;
}

bool agreement_keeps_leading_space(struct agreement agreement)
{
	return (agreement.protocol & SMFIP_HDR_LEADSPC) != 0;
}

bool agreement_is_silent(struct agreement agreement, unsigned long stage)
{
	return (agreement.protocol & stage) != 0;
}
