/* DMARC: no record where receivers look. Is it somewhere else? */
#include "base/arena.h"
#include "base/text.h"
#include "diagnose/collection.h"
#include "diagnose/inquiry.h"
#include "diagnose/key_fix.h"
#include "diagnose/known_answers.h"
#include "diagnose/producers.h"
#include "diagnose/zone_shape.h"

#include <string.h>

struct search {
	struct collection *collection;
	struct arena *arena;
	const char *zone; /* the author's organisation */
	bool pending;     /* an answer is outstanding: do not go on to the next places */
};

static const char *record_in(const struct answer *answer)
{
	const struct rdata *text = known_text(answer, "v=DMARC1");

	return text == NULL ? NULL : text->text;
}

/* The line to publish. */
static const char *fix_with(const struct search *search, const char *record)
{
	return key_fix_txt(
		search->collection, arena_printf(search->arena, "_dmarc.%s", search->zone), record);
}

/* The record at another name, or NULL. */
static const char *look(struct search *search, const char *name)
{
	const struct answer *answer = inquire(search->collection, name, RR_TXT);

	search->pending = search->pending || answer == NULL;
	return record_in(answer);
}

/* The answers are there when somebody's SPF was looked up; they are not worth a question of their own. */
static bool is_at_apex(struct search *search)
{
	const struct findings_so_far *facts = search->collection->facts;
	const char *record = record_in(known_answer(&facts->evidence, search->zone, RR_TXT));

	if (record == NULL)
		record = record_in(
			known_answer(&facts->evidence, facts->verdicts->dmarc.author_domain, RR_TXT));
	if (record == NULL)
		return false;
	cause_found(search->collection, CAUSE_DMARC_RECORD_AT_APEX, CONFIDENCE_STRONG,
		DETAILS({"fix", fix_with(search, record)}));
	return true;
}

static bool is_cname(struct search *search, const struct answer *answer)
{
	if (answer == NULL || text_equal(answer->final_name, answer->asked.name))
		return false;
	cause_found(search->collection, CAUSE_DMARC_CNAME_DANGLING, CONFIDENCE_STRONG,
		DETAILS({"target", answer->final_name},
			{"fix", fix_with(search, arena_printf(search->arena,
							 "v=DMARC1; p=none; rua=mailto:postmaster@%s",
							 search->zone))}));
	return true;
}

/* Another text at _dmarc: of a wildcard, or put there by mistake. */
static bool is_wildcard(struct search *search, const struct answer *answer)
{
	enum known anything;

	if (answer == NULL || answer->kind != ANSWER_RECORDS)
		return false;
	anything = zone_answers_anything(
		search->collection, strchr(answer->asked.name, '.') + 1, answer, &search->pending);
	if (anything == KNOWN_NO)
		return false;
	cause_found(search->collection, CAUSE_DMARC_WILDCARD_TXT,
		anything == KNOWN_YES ? CONFIDENCE_STRONG : CONFIDENCE_LIKELY, NULL);
	return true;
}

static bool is_in_doubled_zone(struct search *search)
{
	enum known doubled = zone_is_doubled(search->collection, search->zone, &search->pending);
	const char *record = NULL;

	if (doubled == KNOWN_YES)
		record =
			look(search, arena_printf(search->arena, "_dmarc.%s.%s", search->zone, search->zone));
	if (record == NULL)
		return false;
	cause_found(search->collection, CAUSE_DMARC_ZONE_SUFFIX_DOUBLED, CONFIDENCE_PROVEN,
		DETAILS({"fix", fix_with(search, record)}));
	return true;
}

/* Names that people make of "_dmarc.domain", the likeliest first. */
static bool is_at_wrong_name(struct search *search)
{
	static const char *const labels[] = {
		"dmarc", "_dmarc.www", "dmarc._domainkey", "_dmarc._domainkey", "_dmarc_", "_dmarc.mail"};

	for (size_t i = 0; i < sizeof labels / sizeof labels[0]; i++) {
		const char *name = arena_printf(search->arena, "%s.%s", labels[i], search->zone);
		const char *record = look(search, name);

		if (record == NULL)
			continue;
		cause_found(search->collection, CAUSE_DMARC_RECORD_WRONG_NAME, CONFIDENCE_PROVEN,
			DETAILS({"found_at", name}, {"fix", fix_with(search, record)}));
		return true;
	}
	return false;
}

/* SPF and DKIM come first: the questions are few, and their causes are said before this one. */
static bool others_are_asking(const struct collection *collection)
{
	const struct inquiry *inquiry = collection->facts->inquiry;

	return inquiry != NULL && inquiry->question_count > 0;
}

void dmarc_absence_causes(struct collection *collection)
{
	const struct dmarc_verdict *dmarc = &collection->facts->verdicts->dmarc;
	const struct answer *answer = dmarc_policy_answer(collection);
	struct search search = {
		.collection = collection,
		.arena = collection->arena,
		.zone = dmarc->author_organization[0] != '\0' ? dmarc->author_organization
							      : dmarc->author_domain,
	};

	if (is_at_apex(&search) || is_cname(&search, answer) || is_wildcard(&search, answer))
		return;
	if (others_are_asking(collection))
		search.pending = true;
	else if (is_in_doubled_zone(&search) || is_at_wrong_name(&search))
		return;
	cause_found(collection, CAUSE_DMARC_NO_RECORD, search.pending ? CONFIDENCE_LIKELY : CONFIDENCE_STRONG,
		NULL);
}
