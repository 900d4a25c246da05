/* SPF none: no record, or one that nobody finds because of what or where it is. */
#include "base/arena.h"
#include "base/domain.h"
#include "base/suffixes.h"
#include "base/text.h"
#include "diagnose/collection.h"
#include "diagnose/edit_distance.h"
#include "diagnose/half_width.h"
#include "diagnose/inquiry.h"
#include "diagnose/known_answers.h"
#include "diagnose/producers.h"
#include "diagnose/spf_proposal.h"
#include "message/envelope.h"

#include <string.h>

enum { SHOWN_START = 16 };

/* "v=spf1 ip4:192.0.2.1 ~all" for the client as it is. */
static const char *first_record(const struct collection *collection)
{
	const struct findings_so_far *facts = collection->facts;
	const struct iprev_verdict *iprev = &facts->verdicts->iprev;

	if (iprev->result == RESULT_PASS && domain_is_below(iprev->name, facts->verdicts->spf.domain))
		return arena_printf(collection->arena, "v=spf1 a:%s ~all", iprev->name);
	return arena_printf(collection->arena, "v=spf1 %s ~all", spf_client_word(collection));
}

/* Behind the marks in front of the version that only a hexdump shows, and what was copied out of a zone
 * file along with it. */
static const char *behind_marks(const char *text)
{
	static const char *const copied[] = {"@ in txt", "in txt", "txt", "spf:"};

	text += strspn(text, " \t\"'\\");
	for (size_t i = 0; i < sizeof copied / sizeof copied[0]; i++)
		if (text_starts(text, copied[i])) {
			text += strlen(copied[i]);
			break;
		}
	return text + strspn(text, " \t\"'\\");
}

/* One keystroke away from "v=spf1", and followed by what only such a record says. */
static size_t misspelled_version(const char *text, struct arena *arena)
{
	size_t len = strcspn(text, " \t,;");
	bool record = text_find(text, strlen(text), "all") != NULL ||
		      text_find(text, strlen(text), "include:") != NULL ||
		      text_find(text, strlen(text), "ip4:") != NULL;

	return record && edit_distance(text_lower(arena, text, len), "v=spf1") <= 1 ? len : 0;
}

/* The text behind what was meant as "v=spf1", in ASCII, or NULL when it is something else. */
static const char *behind_lookalike(const char *text, struct arena *arena)
{
	static const char *const starts[] = {"v=spf1", "v=spfl", "v=sfp1", "v=psf1", "v=spf2", "v=spf",
		"v:spf1", "v-spf1", "v =spf1", "v= spf1", "v = spf1", "v spf1", "spf1", "spf=v1", "spf="};
	size_t len;

	text = behind_marks(half_width(text, arena));
	for (size_t i = 0; i < sizeof starts / sizeof starts[0]; i++)
		if (text_starts(text, starts[i]))
			return text + strlen(starts[i]);
	len = misspelled_version(text, arena);
	return len > 0 ? text + len : NULL;
}

/* The record with its version in order; what is left of a wrong one (".0", ",", "+") goes. */
static const char *retyped(const char *rest, struct arena *arena)
{
	struct span words = span_of(rest);

	while (words.len > 0 &&
		(text_is_digit(words.at[0]) ||
			(!text_is_alnum(words.at[0]) && strchr("+-~?", words.at[0]) == NULL))) {
		words.at++;
		words.len--;
	}
	words = span_trim(words);
	while (words.len > 0 && strchr("\"'", words.at[words.len - 1]) != NULL)
		words.len--;
	return arena_printf(arena, "v=spf1%s%s", words.len > 0 ? " " : "", span_text(arena, words));
}

static bool broken_version(struct collection *collection, const struct answer *texts)
{
	for (size_t i = 0; texts != NULL && texts->kind == ANSWER_RECORDS && i < texts->count; i++) {
		const char *rest = behind_lookalike(texts->values[i].text, collection->arena);
		const char *shown;

		if (rest == NULL)
			continue;
		shown = sentence_quote(texts->values[i].text, SHOWN_START, collection->arena);
		cause_found(collection, CAUSE_SPF_VERSION_BROKEN, CONFIDENCE_PROVEN,
			DETAILS({"shown", arena_printf(collection->arena, "\"%s\"", shown)},
				{"fix", spf_publication(collection, retyped(rest, collection->arena))}));
		return true;
	}
	return false;
}

static const struct rdata *record_at(struct collection *collection, const char *name)
{
	return known_text(inquire(collection, name, RR_TXT), "v=spf1");
}

/* A wildcard with the record answers for every name: then nothing is to be learned from one. */
static bool is_wildcard(struct collection *collection, const char *domain, const struct rdata *found)
{
	const struct rdata *other = record_at(collection, made_up_name(domain, collection->arena));

	return other != NULL && strcmp(other->text, found->text) == 0;
}

static bool on_parent(struct collection *collection, const char *domain, const char *organization)
{
	const struct findings_so_far *facts = collection->facts;
	const char *parent = domain;
	struct spf_attempt attempt;

	while (!text_equal(parent, organization)) {
		parent = domain_parent(parent);
		if (parent[0] == '\0')
			return false;
		if (record_at(collection, parent) == NULL)
			continue;
		attempt = spf_attempt_of(collection, &facts->envelope->client, parent, "");
		cause_found(collection, CAUSE_SPF_RECORD_ON_PARENT_ONLY, CONFIDENCE_STRONG,
			DETAILS({"parent", parent},
				{"parent_result", attempt.real ? result_word(attempt.result)
						  : attempt.outcome == SPF_TRY_PASS  ? "pass"
						  : attempt.outcome == SPF_TRY_OTHER ? "no pass"
										     : "not tried"},
				{"fix", spf_publication(collection, arena_printf(collection->arena,
									    "v=spf1 redirect=%s", parent))}));
		return true;
	}
	return false;
}

/* "hoge.example.hoge.example": the panel appended the zone to a full name. */
static bool doubled(struct collection *collection, const char *domain, const char *zone)
{
	const char *name = arena_printf(collection->arena, "%s.%s", domain, zone);
	const struct rdata *record = record_at(collection, name);
	struct spf_attempt attempt;

	if (record == NULL || is_wildcard(collection, zone, record))
		return false;
	attempt = spf_attempt_here(collection, record->text);
	cause_found(collection, CAUSE_SPF_ZONE_SUFFIX_DOUBLED,
		attempt.real && attempt.outcome == SPF_TRY_PASS ? CONFIDENCE_PROVEN : CONFIDENCE_STRONG,
		DETAILS({"found_at", name}, {"fix", spf_publication(collection, record->text)}));
	return true;
}

static bool under_other_name(struct collection *collection, const char *domain)
{
	static const char *const labels[] = {"_spf", "spf", "www", "mail", "smtp"};

	for (size_t i = 0; i < sizeof labels / sizeof labels[0]; i++) {
		const char *name = arena_printf(collection->arena, "%s.%s", labels[i], domain);
		const struct rdata *record = known_text(inquire_spare(collection, name, RR_TXT), "v=spf1");
		struct spf_attempt attempt;

		if (record == NULL || is_wildcard(collection, domain, record))
			continue;
		attempt = spf_attempt_here(collection, record->text);
		if (attempt.outcome == SPF_TRY_OTHER && i >= 2)
			continue; /* the record of that host's own mail */
		cause_found(collection, CAUSE_SPF_RECORD_WRONG_NAME,
			attempt.real && attempt.outcome == SPF_TRY_PASS ? CONFIDENCE_PROVEN
									: CONFIDENCE_STRONG,
			DETAILS({"found_at", name}, {"fix", spf_publication(collection, record->text)}));
		return true;
	}
	return false;
}

static bool as_type_99(struct collection *collection, const char *domain)
{
	const struct rdata *old = known_text(inquire(collection, domain, RR_SPF), "v=spf1");

	if (old == NULL)
		return false;
	cause_found(collection, CAUSE_SPF_TYPE99_ONLY, CONFIDENCE_STRONG,
		DETAILS({"fix", spf_publication(collection, old->text)}));
	return true;
}

/* The record is where nobody looks. The likeliest places are asked for together. */
static bool record_elsewhere(struct collection *collection, const char *domain)
{
	const char *organization = suffixes_organization(collection->facts->suffixes, domain);
	size_t before = inquiry_size(collection);

	if (as_type_99(collection, domain) || doubled(collection, domain, domain) ||
		(!text_equal(domain, organization) && doubled(collection, domain, organization)))
		return true;
	if (inquiry_size(collection) > before)
		return false;
	return on_parent(collection, domain, organization) || under_other_name(collection, domain);
}

static void no_record_causes(struct collection *collection)
{
	const struct findings_so_far *facts = collection->facts;
	const char *domain = facts->verdicts->spf.domain;
	const struct answer *texts = known_answer(&facts->evidence, domain, RR_TXT);
	const struct rdata *sender_id = known_text(texts, "spf2.0/");
	const struct answer *twice;
	size_t before = inquiry_size(collection);

	if (texts != NULL && !text_equal(texts->final_name, domain))
		cause_found(collection, CAUSE_DNS_APEX_CNAME, CONFIDENCE_STRONG,
			DETAILS({"target", texts->final_name}));
	if (sender_id != NULL) {
		cause_found(collection, CAUSE_SPF_SENDERID_ONLY, CONFIDENCE_PROVEN,
			DETAILS({"record", sender_id->text}));
		return;
	}
	if (broken_version(collection, texts))
		return;
	if (!collection_has(collection, CAUSE_DNS_APEX_CNAME) && !spf_authority_cause(collection) &&
		inquiry_size(collection) == before && record_elsewhere(collection, domain))
		return;
	twice = known_answer(
		&facts->evidence, arena_printf(collection->arena, "%s.%s", domain, domain), RR_TXT);
	cause_found(collection, CAUSE_SPF_NO_RECORD,
		twice != NULL && answer_is_negative(twice) ? CONFIDENCE_STRONG : CONFIDENCE_LIKELY,
		DETAILS({"fix", spf_proposal(collection, first_record(collection))}));
}

void spf_none_causes(struct collection *collection)
{
	const struct spf_verdict *spf = &collection->facts->verdicts->spf;
	bool null_sender = spf->identity == IDENTITY_HELO;

	switch (spf->fault) {
	case SPFAULT_CLIENT_UNKNOWN:
		return; /* receiver_causes says it */
	case SPFAULT_SENDER_UNUSABLE:
		if (!null_sender) /* helo_causes says the other */
			cause_found(collection, CAUSE_SPF_SENDER_MALFORMED, CONFIDENCE_PROVEN, NULL);
		return;
	case SPFAULT_NO_NAME:
		if (!null_sender) {
			cause_found(collection, CAUSE_SPF_DOMAIN_NXDOMAIN, CONFIDENCE_STRONG, NULL);
			return;
		}
		break;
	default:
		break;
	}
	if (null_sender)
		cause_found(collection, CAUSE_SPF_HELO_NONE, CONFIDENCE_STRONG, NULL);
	else
		no_record_causes(collection);
}
