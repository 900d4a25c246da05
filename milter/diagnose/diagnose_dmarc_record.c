/* The DMARC record: not there, several, misspelled, without a policy. */
#include "base/arena.h"
#include "base/text.h"
#include "base/utf8.h"
#include "diagnose/collection.h"
#include "diagnose/known_answers.h"
#include "diagnose/producers.h"
#include "message/author.h"

#include <string.h>

enum { SHOWN_START = 20 };

const struct answer *dmarc_policy_answer(const struct collection *collection)
{
	const struct dmarc_verdict *dmarc = &collection->facts->verdicts->dmarc;
	const char *places[] = {dmarc->record_domain, dmarc->author_domain, dmarc->author_organization};
	const struct answer *first = NULL;

	for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
		const struct answer *answer;

		if (places[i][0] == '\0')
			continue;
		answer = known_answer(&collection->facts->evidence,
			arena_printf(collection->arena, "_dmarc.%s", places[i]), RR_TXT);
		if (answer == NULL)
			continue;
		if (answer->kind == ANSWER_RECORDS || answer_is_trouble(answer))
			return answer;
		if (first == NULL || !text_equal(answer->final_name, answer->asked.name))
			first = answer;
	}
	return first;
}

static const char *location_of(const struct collection *collection)
{
	const struct dmarc_verdict *dmarc = &collection->facts->verdicts->dmarc;
	const struct answer *answer = dmarc_policy_answer(collection);

	if (dmarc->record_domain[0] != '\0')
		return arena_printf(collection->arena, "_dmarc.%s", dmarc->record_domain);
	if (answer != NULL)
		return answer->asked.name;
	return arena_printf(collection->arena, "_dmarc.%s", dmarc->author_domain);
}

/* The text at _dmarc that was meant as a record: the verdict's, else the first that names DMARC. */
static const char *record_text(const struct collection *collection)
{
	const struct dmarc_verdict *dmarc = &collection->facts->verdicts->dmarc;
	const struct answer *answer = dmarc_policy_answer(collection);

	if (dmarc->record[0] != '\0')
		return dmarc->record;
	for (size_t i = 0; answer != NULL && answer->kind == ANSWER_RECORDS && i < answer->count; i++)
		if (text_find(answer->values[i].text, answer->values[i].len, "dmarc") != NULL)
			return answer->values[i].text;
	return dmarc->fault_text;
}

/* The value of p= in a record whose separators may be anything; "none" when it is no policy. */
static const char *policy_in(const char *record)
{
	static const char *const policies[] = {"none", "quarantine", "reject"};
	size_t len = strlen(record);

	for (const char *at = record; (at = text_find(at, len - (size_t)(at - record), "p=")) != NULL;
		at += 2)
		for (size_t i = 0; i < sizeof policies / sizeof policies[0]; i++)
			if (text_starts(at + 2, policies[i]) && (at == record || !text_is_alpha(at[-1])))
				return policies[i];
	return "none";
}

static const char *repaired(const struct collection *collection, const char *record)
{
	size_t len = strlen(record);
	const char *rua = text_find(record, len, "rua=");
	const char *policy = policy_in(record);

	if (rua == NULL)
		return arena_printf(collection->arena, "v=DMARC1; p=%s", policy);
	return arena_printf(
		collection->arena, "v=DMARC1; p=%s; %.*s", policy, (int)strcspn(rua, "; \t\""), rua);
}

/* What stands where the first ";" belongs; "" when it is the version itself that is wrong. */
static const char *wrong_separator(const struct collection *collection, const char *record)
{
	const char *behind = record + strlen("v=DMARC1");
	const char *blank = behind;
	size_t len;

	if (strncmp(record, "v=DMARC1", strlen("v=DMARC1")) != 0)
		return "";
	while (text_is_blank(*blank))
		blank++;
	if (*blank == ';' || *blank == '\0')
		return *blank == '\0' ? "" : ";";
	if (blank > behind && text_is_alpha(*blank))
		return " ";
	if (text_is_alnum(*blank))
		return "";
	len = utf8_length(blank, strlen(blank), NULL);
	return arena_copy(collection->arena, blank, len > 0 ? len : 1);
}

static void misspelled(struct collection *collection)
{
	const char *record = record_text(collection), *location = location_of(collection);
	const char *separator = wrong_separator(collection, record);
	const char *fix = repaired(collection, record);

	if (separator[0] == ';') /* the first is right, a later one is not */
		separator = strchr(record, ',') != NULL ? "," : " ";
	if (separator[0] != '\0')
		cause_found(collection, CAUSE_DMARC_SEPARATOR_WRONG, CONFIDENCE_PROVEN,
			DETAILS({"location", location}, {"char", separator}, {"fix", fix}));
	else
		cause_found(collection, CAUSE_DMARC_VERSION_BROKEN, CONFIDENCE_PROVEN,
			DETAILS({"location", location},
				{"shown", sentence_quote(record, SHOWN_START, collection->arena)},
				{"fix", fix}));
}

static void several_records(struct collection *collection)
{
	const struct answer *answer = dmarc_policy_answer(collection);
	const char *first = "";
	size_t count = 0;

	for (size_t i = 0; answer != NULL && answer->kind == ANSWER_RECORDS && i < answer->count; i++) {
		if (!text_starts(answer->values[i].text, "v=DMARC1"))
			continue;
		if (count++ == 0)
			first = answer->values[i].text;
	}
	cause_found(collection, CAUSE_DMARC_MULTIPLE_RECORDS, CONFIDENCE_PROVEN,
		DETAILS({"location", location_of(collection)},
			{"n", count > 1 ? arena_printf(collection->arena, "%zu", count) : "several"},
			{"fix", first}));
}

/* "policy=none" where p= belongs, as p= was meant to be read; NULL when there is nothing like it. */
static const char *misnamed_policy(const struct collection *collection)
{
	static const char *const names[] = {"policy=", "pol=", "mode="};
	const char *record = collection->facts->verdicts->dmarc.record;

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		const char *found = text_find(record, strlen(record), names[i]);

		if (found != NULL && found > record && !text_is_alnum(found[-1]))
			return arena_printf(collection->arena, "(%.*s)", (int)strcspn(found, "; \t"), found);
	}
	return NULL;
}

static void policy_unusable(struct collection *collection)
{
	const struct dmarc_verdict *dmarc = &collection->facts->verdicts->dmarc;
	bool missing = dmarc->fault == DMARCFAULT_POLICY_MISSING;
	const char *location = location_of(collection), *value = dmarc->fault_text;

	if (missing)
		value = misnamed_policy(collection);
	else if (text_starts(value, "p="))
		value += 2;
	if (value == NULL)
		cause_found(collection, CAUSE_DMARC_POLICY_MISSING, CONFIDENCE_PROVEN,
			DETAILS({"location", location}));
	else
		cause_found(collection, CAUSE_DMARC_POLICY_INVALID, CONFIDENCE_PROVEN,
			DETAILS({"location", location}, {"value", value}));
}

void dmarc_record_causes(struct collection *collection)
{
	const struct dmarc_verdict *dmarc = &collection->facts->verdicts->dmarc;

	switch (dmarc->fault) {
	case DMARCFAULT_NO_RECORD:
		dmarc_absence_causes(collection);
		break;
	case DMARCFAULT_SEVERAL_RECORDS:
		several_records(collection);
		break;
	case DMARCFAULT_VERSION:
	case DMARCFAULT_SYNTAX:
		misspelled(collection);
		break;
	case DMARCFAULT_POLICY_MISSING:
	case DMARCFAULT_POLICY_INVALID:
		policy_unusable(collection);
		break;
	case DMARCFAULT_DNS:
		cause_found(collection, CAUSE_DMARC_DNS_FAILURE, CONFIDENCE_STRONG,
			DETAILS({"location", location_of(collection)},
				{"reason",
					known_reason(dmarc_policy_answer(collection), collection->arena)}));
		break;
	default:
		break;
	}
}

/* What is wrong with a list of report addresses; both NULL when nothing is. */
struct report_slip {
	const char *bare;  /* an address without "mailto:" */
	const char *wrong; /* no URI at all: "<mailto:a@b.jp>" */
};

static struct report_slip report_slip_of(const char *list, struct arena *arena)
{
	struct report_slip slip = {.bare = NULL};

	while (*list != '\0' && slip.bare == NULL && slip.wrong == NULL) {
		size_t len = strcspn(list, ",");
		const char *uri = span_text(arena, span_trim((struct span){list, len}));

		if (uri[0] != '\0' && !text_starts(uri, "mailto:") && strstr(uri, "://") == NULL) {
			if (text_find(uri, strlen(uri), "mailto:") == NULL)
				slip.bare = uri;
			else
				slip.wrong = uri;
		}
		list += len + (list[len] == ',');
	}
	return slip;
}

/* What does no harm to the verdict but is wrong all the same. */
static void tag_remarks(struct collection *collection)
{
	const struct dmarc_verdict *dmarc = &collection->facts->verdicts->dmarc;
	const char *bad = dmarc->bad_tag;
	const char *ignored = text_starts(bad, "rua=") || text_starts(bad, "ruf=") ? bad + 4 : "";
	const char *lists[] = {dmarc->rua, dmarc->ruf, ignored};
	const char *tag = bad[0] != '\0' ? arena_copy(collection->arena, bad, strcspn(bad, "= ")) : "";
	const char *bare = NULL;

	for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++) {
		struct report_slip slip = report_slip_of(lists[i], collection->arena);

		if (bare == NULL)
			bare = slip.bare;
		if (tag[0] == '\0' && slip.wrong != NULL)
			tag = i == 0 ? "rua" : "ruf";
	}
	if (bare != NULL)
		cause_found(collection, CAUSE_DMARC_RUA_NO_MAILTO, CONFIDENCE_PROVEN,
			DETAILS({"location", location_of(collection)}, {"address", bare}));
	else if (tag[0] != '\0')
		cause_found(collection, CAUSE_DMARC_TAG_INVALID, CONFIDENCE_PROVEN,
			DETAILS({"location", location_of(collection)}, {"tag", tag}));
}

void dmarc_remarks(struct collection *collection)
{
	const struct dmarc_verdict *dmarc = &collection->facts->verdicts->dmarc;
	const char *by_list = result_word(dmarc->psl_discovery ? dmarc->result : dmarc->other_result);
	const char *by_walk = result_word(dmarc->psl_discovery ? dmarc->other_result : dmarc->result);

	if (dmarc->record[0] != '\0')
		tag_remarks(collection);
	if (dmarc->other_discovery_differs)
		cause_found_in_group(collection, CAUSE_DMARC_RFC9989_DIFFERS, CONFIDENCE_PROVEN,
			dmarc_fails_by_discovery(collection) ? GROUP_DMARC_FAIL : GROUP_REMARKS,
			DETAILS({"result", by_list}, {"result2", by_walk}));
	if (dmarc->result == RESULT_FAIL && (dmarc->testing || dmarc->pct < 100))
		cause_found(collection, CAUSE_DMARC_POLICY_SAMPLED, CONFIDENCE_PROVEN,
			DETAILS({"location", location_of(collection)},
				{"mode", dmarc->testing
						 ? "t=y"
						 : arena_printf(collection->arena, "pct=%d", dmarc->pct)}));
}
