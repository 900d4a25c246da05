/* SPF permerror that is not the spelling of the domain's own record: several records, what it includes,
 * and the limits of RFC 7208 section 4.6.4. */
#include "base/arena.h"
#include "base/buf.h"
#include "diagnose/collection.h"
#include "diagnose/known_answers.h"
#include "diagnose/producers.h"
#include "diagnose/spf_proposal.h"

#include <string.h>

enum { RECORDS_MERGED_MAX = 10, NAMES_SHOWN = 6 };

static const char *number(const struct collection *collection, size_t value)
{
	return arena_printf(collection->arena, "%zu", value);
}

static void several_records(struct collection *collection)
{
	const struct spf_verdict *spf = &collection->facts->verdicts->spf;
	const struct answer *texts = known_answer(&collection->facts->evidence, spf->domain, RR_TXT);
	const char *records[RECORDS_MERGED_MAX];
	size_t count = 0, kept = 0;

	for (size_t i = 0; texts != NULL && i < texts->count; i++) {
		const char *text = texts->values[i].text;

		if (!text_starts(text, "v=spf1") || (text[6] != '\0' && text[6] != ' '))
			continue;
		if (kept < RECORDS_MERGED_MAX)
			records[kept++] = text;
		count++;
	}
	cause_found(collection, CAUSE_SPF_MULTIPLE_RECORDS, CONFIDENCE_PROVEN,
		DETAILS({"n", count > 1 ? number(collection, count) : "several"},
			{"fix", spf_publication(
					collection, spf_text_merged(records, kept, collection->arena))}));
}

static bool asks_dns(const struct spf_term *term)
{
	const char *text = term->text;

	text += strchr("+-~?", text[0]) != NULL && text[0] != '\0';
	return !text_starts(text, "ip4") && !text_starts(text, "ip6") && !text_starts(text, "all") &&
	       !text_starts(text, "exp=");
}

/* The term of the own record that costs most lookups with everything inside it. */
static const char *costliest_term(const struct spf_verdict *spf)
{
	const char *costliest = "", *current = "";
	size_t most = 0, cost = 0;

	for (size_t i = 0; i < spf->term_count; i++) {
		const struct spf_term *term = &spf->terms[i];

		if (term->depth == 0) {
			current = term->text;
			cost = 0;
		}
		cost += asks_dns(term);
		if (cost > most) {
			most = cost;
			costliest = current;
		}
	}
	return costliest[0] != '\0' ? costliest : spf->fault_text;
}

static const char *joined(const struct collection *collection, const char *const *names, size_t count)
{
	struct buf out = buf_in(collection->arena);

	for (size_t i = 0; i < count && i < NAMES_SHOWN; i++)
		buf_printf(&out, "%s%s", i > 0 ? ", " : "", names[i]);
	if (count > NAMES_SHOWN)
		buf_text(&out, ", …");
	return out.data;
}

static const char *loop_path(const struct collection *collection)
{
	const struct spf_verdict *spf = &collection->facts->verdicts->spf;

	if (spf->fault_domain[0] == '\0' || text_equal(spf->fault_domain, spf->domain))
		return arena_printf(collection->arena, "%s > … > %s", spf->domain, spf->domain);
	return arena_printf(
		collection->arena, "%s > … > %s > … > %s", spf->domain, spf->fault_domain, spf->fault_domain);
}

static const char *mx_count(const struct collection *collection)
{
	const struct spf_verdict *spf = &collection->facts->verdicts->spf;
	size_t most = 0;

	for (size_t i = 0; i < spf->evidence.count; i++) {
		const struct answer *answer = spf->evidence.answers[i];

		if (answer->asked.type == RR_MX && answer->kind == ANSWER_RECORDS && answer->count > most)
			most = answer->count;
	}
	return most > 0 ? number(collection, most) : "more than 10";
}

/* What stands in the way when the fault is in somebody else's record. */
static const char *fault_words(const struct collection *collection)
{
	const struct spf_verdict *spf = &collection->facts->verdicts->spf;

	if (spf->fault == SPFAULT_SEVERAL_RECORDS)
		return "several SPF records";
	return spf->fault_text[0] == '\0' ? "syntax error"
					  : arena_printf(collection->arena, "at \"%s\"", spf->fault_text);
}

/* The include: or redirect= whose target has no record. */
static const char *dead_target(const struct spf_verdict *spf)
{
	for (size_t i = spf->term_count; i-- > 0;)
		if (spf->terms[i].outcome == TERM_PERMERROR && spf->terms[i].target[0] != '\0')
			return spf->terms[i].target;
	return spf->fault_domain;
}

/* "spf.example.com" that became "spf.example.com.example.org" because the panel appended the zone. */
static const char *include_hint(const struct collection *collection, const char *target)
{
	const char *domain = collection->facts->verdicts->spf.domain;
	size_t len = strlen(target), tail = strlen(domain);

	if (len > tail + 1 && text_ends(target, domain) && target[len - tail - 1] == '.' &&
		memchr(target, '.', len - tail - 1) != NULL)
		return arena_printf(collection->arena, "perhaps %.*s", (int)(len - tail - 1), target);
	return "no such name";
}

static void dead_include(struct collection *collection)
{
	const struct spf_verdict *spf = &collection->facts->verdicts->spf;
	const char *target = dead_target(spf);

	if (spf_target_cause(collection, target))
		return;
	if (spf->fault == SPFAULT_INCLUDE_NO_NAME)
		cause_found(collection, CAUSE_SPF_INCLUDE_NXDOMAIN, CONFIDENCE_PROVEN,
			DETAILS({"target", target}, {"hint", include_hint(collection, target)}));
	else if (spf->fault == SPFAULT_INCLUDE_NO_RECORD)
		cause_found(collection, CAUSE_SPF_INCLUDE_NO_RECORD, CONFIDENCE_PROVEN,
			DETAILS({"target", target}));
	else
		cause_found(collection, CAUSE_SPF_REDIRECT_NO_RECORD, CONFIDENCE_PROVEN,
			DETAILS({"target", target}));
}

static void over_limit(struct collection *collection)
{
	const struct spf_verdict *spf = &collection->facts->verdicts->spf;

	if (spf->fault == SPFAULT_TOO_MANY_LOOKUPS)
		cause_found(collection, CAUSE_SPF_TOO_MANY_LOOKUPS, CONFIDENCE_PROVEN,
			DETAILS({"n", arena_printf(collection->arena, "%u+",
					      spf->lookups > 10 ? spf->lookups : 11)},
				{"top", costliest_term(spf)}));
	else if (spf->fault == SPFAULT_TOO_MANY_VOIDS)
		cause_found(collection, CAUSE_SPF_TOO_MANY_VOID_LOOKUPS, CONFIDENCE_PROVEN,
			DETAILS({"n", number(collection, spf->voids)},
				{"names", joined(collection, spf->void_names, spf->void_count)}));
	else if (spf->fault == SPFAULT_TOO_MANY_MX)
		cause_found(collection, CAUSE_SPF_MX_TOO_MANY, CONFIDENCE_PROVEN,
			DETAILS({"n", mx_count(collection)}));
	else
		cause_found(collection, CAUSE_SPF_INCLUDE_LOOP, CONFIDENCE_PROVEN,
			DETAILS({"path", loop_path(collection)}));
}

void spf_tree_causes(struct collection *collection)
{
	const struct spf_verdict *spf = &collection->facts->verdicts->spf;

	switch (spf->fault) {
	case SPFAULT_TOO_MANY_LOOKUPS:
	case SPFAULT_TOO_MANY_VOIDS:
	case SPFAULT_TOO_MANY_MX:
	case SPFAULT_LOOP:
		over_limit(collection);
		return;
	case SPFAULT_INCLUDE_NO_NAME:
	case SPFAULT_INCLUDE_NO_RECORD:
	case SPFAULT_REDIRECT_NO_RECORD:
		if (!spf->fault_in_include) {
			dead_include(collection);
			return;
		}
		break;
	case SPFAULT_SEVERAL_RECORDS:
		if (!spf->fault_in_include) {
			several_records(collection);
			return;
		}
		break;
	default:
		break;
	}
	cause_found(collection, CAUSE_SPF_INCLUDE_PERMERROR, CONFIDENCE_PROVEN,
		DETAILS({"target", spf->fault_domain}, {"detail", fault_words(collection)}));
}
