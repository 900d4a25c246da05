#include "verify/dmarc_alignment.h"

#include "base/domain.h"
#include "base/suffixes.h"

#include <string.h>

/* Both below one name: all that can be said without DNS when the walk met trouble. */
static enum alignment alignment_without_walk(
	const struct dmarc_search *search, const char *author, const char *identifier)
{
	const struct suffixes *suffixes = search->work->suffixes;
	const char *organization = suffixes_organization(suffixes, author);

	return strcmp(organization, suffixes_organization(suffixes, identifier)) == 0 ? ALIGNMENT_RELAXED
										      : ALIGNMENT_NO;
}

enum alignment dmarc_alignment_of(struct dmarc_search *search, const char *author,
	const struct dmarc_discovery *discovery, const char *identifier, bool passed,
	const struct answer **trouble)
{
	const char *organization;

	if (identifier[0] == '\0')
		return ALIGNMENT_NO;
	if (strcmp(identifier, author) == 0)
		return ALIGNMENT_STRICT;
	if (discovery->organization[0] == '\0') {
		enum alignment likely = alignment_without_walk(search, author, identifier);

		if (passed && likely != ALIGNMENT_NO)
			*trouble = discovery->trouble;
		return passed ? ALIGNMENT_NO : likely;
	}
	if (search->method == DISCOVERY_TREE && !domain_is_below(identifier, discovery->organization))
		return ALIGNMENT_NO;
	if (search->method == DISCOVERY_TREE && !passed)
		return ALIGNMENT_RELAXED;
	organization = dmarc_organization(search, identifier, trouble);
	return strcmp(organization, discovery->organization) == 0 ? ALIGNMENT_RELAXED : ALIGNMENT_NO;
}

bool alignment_suffices(enum alignment alignment, bool strict)
{
	return alignment == ALIGNMENT_STRICT || (alignment == ALIGNMENT_RELAXED && !strict);
}
