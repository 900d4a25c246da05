/* The order of the rooms. What each found is sorted by the order of causes in the end. */
#include "diagnose/diagnosis.h"

#include "base/arena.h"
#include "diagnose/collection.h"
#include "diagnose/inquiry.h"
#include "diagnose/producers.h"

static bool all_is_answered(const struct collection *collection)
{
	const struct evidence *evidence = &collection->facts->evidence;

	for (size_t i = 0; i < evidence->count; i++)
		if (answer_is_trouble(evidence->answers[i]))
			return false;
	return !collection->forgone && inquiry_size(collection) == 0;
}

/* What the sender's zone and host give reason for, beside the verdicts. */
static void surroundings(struct collection *collection)
{
	size_t before = collection->count;

	collection->unremarkable = collection->facts->unremarkable;
	if (collection->unremarkable)
		return;
	collection->holding = inquiry_size(collection) > 0; /* remarks wait until the causes are known */
	mail_exchanger_causes(collection);
	zone_causes(collection);
	iprev_causes(collection);
	helo_causes(collection);
	collection->unremarkable = collection->count == before && all_is_answered(collection);
}

struct collection *diagnosis_collect(const struct findings_so_far *facts, struct arena *arena)
{
	struct collection *collection = arena_alloc(arena, sizeof *collection);
	size_t known;

	collection_begin(collection, facts, arena);
	if (receiver_skipped(collection))
		return collection;
	receiver_causes(collection);
	spf_causes(collection);
	known = inquiry_size(collection);
	key_authority_causes(collection);
	collection->holding =
		inquiry_size(collection) > known; /* its neighbours are asked when it is not there */
	signature_causes(collection);
	collection->holding = false;
	policy_authority_causes(collection);
	resolver_causes(collection);
	from_causes(collection);
	dmarc_record_causes(collection);
	arc_override_cause(collection);
	dmarc_alignment_causes(collection);
	dmarc_remarks(collection);
	arc_causes(collection);
	surroundings(collection);
	receiver_remarks(collection);
	return collection;
}

struct diagnoses diagnose(const struct findings_so_far *facts, struct arena *arena)
{
	return collection_end(diagnosis_collect(facts, arena));
}

struct diagnoses diagnose_domain(const struct findings_so_far *facts, enum topic topic, struct arena *arena)
{
	struct collection *collection = arena_alloc(arena, sizeof *collection);

	collection_begin(collection, facts, arena);
	switch (topic) {
	case TOPIC_SENDER:
		spf_causes(collection);
		resolver_causes(collection);
		mail_exchanger_causes(collection);
		zone_causes(collection);
		break;
	case TOPIC_KEY:
		selector_causes(collection);
		resolver_causes(collection);
		break;
	case TOPIC_POLICY:
		from_causes(collection);
		dmarc_record_causes(collection);
		dmarc_remarks(collection);
		resolver_causes(collection);
		break;
	}
	return collection_all(collection);
}
