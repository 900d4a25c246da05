/* SPF: which branch of the tree, and the causes of temperror. */
#include "base/arena.h"
#include "base/domain.h"
#include "base/suffixes.h"
#include "base/text.h"
#include "diagnose/collection.h"
#include "diagnose/inquiry.h"
#include "diagnose/known_answers.h"
#include "diagnose/producers.h"
#include "diagnose/spf_proposal.h"
#include "message/envelope.h"

#include <string.h>

static void temperror_causes(struct collection *collection)
{
	const struct spf_verdict *spf = &collection->facts->verdicts->spf;
	const char *reason = known_reason(NULL, collection->arena);

	for (size_t i = 0; i < spf->evidence.count; i++)
		if (answer_is_trouble(spf->evidence.answers[i]) &&
			text_equal(spf->evidence.answers[i]->asked.name, spf->fault_domain))
			reason = known_reason(spf->evidence.answers[i], collection->arena);
	if (spf->fault_domain[0] == '\0' ||
		(text_equal(spf->fault_domain, spf->domain) && spf->record[0] == '\0'))
		cause_found(
			collection, CAUSE_SPF_DNS_FAILURE, CONFIDENCE_STRONG, DETAILS({"reason", reason}));
	else if (spf->trouble == TROUBLE_BUDGET)
		cause_found(collection, CAUSE_SPF_LOOKUP_BUDGET, CONFIDENCE_STRONG,
			DETAILS({"target", spf->fault_domain}));
	else
		cause_found(collection, CAUSE_SPF_INCLUDE_TEMPERROR, CONFIDENCE_STRONG,
			DETAILS({"target", spf->fault_domain}, {"reason", reason}));
}

bool spf_domain_signed(const struct collection *collection)
{
	const struct findings_so_far *facts = collection->facts;
	const char *organization = suffixes_organization(facts->suffixes, facts->verdicts->spf.domain);

	for (size_t i = 0; i < facts->verdicts->signature_count; i++) {
		const struct signature_verdict *signature = &facts->verdicts->signatures[i];

		if (signature->result == RESULT_PASS &&
			text_equal(
				suffixes_organization(facts->suffixes, signature->domain_name), organization))
			return true;
	}
	return false;
}

/* The tests in their order. While one waits for an answer those behind it do without, so that nothing
 * is asked in vain; in the end the first that holds is the cause. */
static bool explained_by(struct collection *collection)
{
	static bool (*const tests[])(struct collection *) = {
		spf_authority_cause, /* the record that we have is not the one published now */
		spf_path_causes,     /* forwarders and lists */
		spf_record_causes,   /* the record itself */
		spf_reliance_causes, /* what it relies on */
		spf_host_causes,     /* the client is a host of the domain */
		spf_provider_causes, /* the client belongs to a provider */
	};
	bool found = false;

	for (size_t i = 0; !found && i < sizeof tests / sizeof tests[0]; i++) {
		size_t before = inquiry_size(collection);

		found = tests[i](collection);
		collection->holding = collection->holding || found || inquiry_size(collection) > before;
	}
	collection->holding = false;
	return found;
}

static void unexplained(struct collection *collection)
{
	if (spf_domain_signed(collection))
		cause_found(collection, CAUSE_SPF_IP_NOT_LISTED, CONFIDENCE_LIKELY,
			DETAILS({"fix", spf_proposal(collection,
						spf_text_with(collection->facts->verdicts->spf.record,
							spf_client_word(collection), collection->arena))}));
	else if (spf_access_line(collection))
		cause_found(collection, CAUSE_SPF_SENT_FROM_ACCESS_NETWORK, CONFIDENCE_LIKELY, NULL);
	else
		cause_found(collection, CAUSE_SPF_LIKELY_FORGED, CONFIDENCE_LIKELY, NULL);
}

/* fail, softfail, neutral: the record was evaluated and does not allow the client. */
static void no_match_causes(struct collection *collection)
{
	const struct spf_verdict *spf = &collection->facts->verdicts->spf;
	bool explained, neutral = spf->result == RESULT_NEUTRAL;
	int group = GROUP_SPF;

	if (receiver_is_behind_relay(collection))
		return; /* nothing of this may be blamed on the sender */
	explained = explained_by(collection);
	if (explained)
		group = GROUP_REMARKS;
	if (collection_has(collection, CAUSE_SPF_SPACE_MISSING))
		return; /* "…-all" is there: neutral comes from the blank that is not */
	if (neutral && spf->decided_by == NULL)
		cause_found_in_group(collection, CAUSE_SPF_NO_ALL,
			collection_has(collection, CAUSE_SPF_TRUNCATED) ? CONFIDENCE_LIKELY
									: CONFIDENCE_PROVEN,
			group, NULL);
	else if (neutral && !collection_has(collection, CAUSE_SPF_EXPLICIT_DENY)) /* "?ip4:…" is no "?all" */
		cause_found_in_group(collection, CAUSE_SPF_NEUTRAL_ALL, CONFIDENCE_PROVEN, group, NULL);
	else if (!explained)
		unexplained(collection);
}

static void permerror_causes(struct collection *collection)
{
	const struct spf_verdict *spf = &collection->facts->verdicts->spf;

	if (!spf->fault_in_include)
		(void)spf_authority_cause(collection); /* mended already, and not seen here yet? */
	if (spf->fault >= SPFAULT_SENDER_UNUSABLE && spf->fault <= SPFAULT_NO_RECORD)
		spf_none_causes(collection);
	else if (spf->fault >= SPFAULT_TOO_LARGE && spf->fault <= SPFAULT_DUPLICATE_MODIFIER &&
		 !spf->fault_in_include)
		spf_syntax_causes(collection);
	else
		spf_tree_causes(collection);
}

void spf_causes(struct collection *collection)
{
	switch (collection->facts->verdicts->spf.result) {
	case RESULT_NONE:
		spf_none_causes(collection);
		break;
	case RESULT_TEMPERROR:
		temperror_causes(collection);
		break;
	case RESULT_PERMERROR:
		permerror_causes(collection);
		break;
	case RESULT_FAIL:
	case RESULT_SOFTFAIL:
	case RESULT_NEUTRAL:
	case RESULT_POLICY:
		no_match_causes(collection);
		break;
	case RESULT_PASS:
		spf_pass_causes(collection);
		break;
	}
}
