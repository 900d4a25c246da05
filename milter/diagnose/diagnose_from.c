/* The From header field: why DMARC has no author domain to work with. */
#include "base/arena.h"
#include "diagnose/collection.h"
#include "diagnose/producers.h"
#include "message/author.h"

static const char *how_many(const struct author *author, struct arena *arena)
{
	return arena_printf(arena, "%zu",
		author->field_count > author->domain_count ? author->field_count : author->domain_count);
}

static void from_unparseable(struct collection *collection)
{
	cause_found(collection, CAUSE_DMARC_FROM_UNPARSEABLE, CONFIDENCE_PROVEN,
		DETAILS({"from", collection->facts->author->text}));
}

void from_causes(struct collection *collection)
{
	const struct author *author = collection->facts->author;

	switch (collection->facts->verdicts->dmarc.fault) {
	case DMARCFAULT_FROM_MISSING:
		if (author->field_count > 0)
			from_unparseable(
				collection); /* "undisclosed-recipients:;": it is there, and names nobody */
		else
			cause_found(collection, CAUSE_DMARC_FROM_MISSING, CONFIDENCE_PROVEN, NULL);
		break;
	case DMARCFAULT_FROM_MULTIPLE:
		cause_found(collection, CAUSE_DMARC_FROM_MULTIPLE, CONFIDENCE_PROVEN,
			DETAILS({"n", how_many(author, collection->arena)}, {"domains", author->text}));
		break;
	case DMARCFAULT_FROM_UNPARSEABLE:
		from_unparseable(collection);
		break;
	case DMARCFAULT_FROM_NO_NAME:
		cause_found(collection, CAUSE_DMARC_FROM_DOMAIN_NXDOMAIN, CONFIDENCE_STRONG, NULL);
		break;
	case DMARCFAULT_FROM_SUFFIX:
		cause_found(collection, CAUSE_DMARC_FROM_PUBLIC_SUFFIX, CONFIDENCE_PROVEN, NULL);
		break;
	default:
		break;
	}
}
