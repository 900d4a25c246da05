/* SPF: which branch of the tree, and the causes of none and temperror. */
#include "base/arena.h"
#include "base/domain.h"
#include "base/suffixes.h"
#include "base/text.h"
#include "diagnose/collection.h"
#include "diagnose/known_answers.h"
#include "diagnose/producers.h"
#include "diagnose/spf_text.h"
#include "message/envelope.h"

#include <string.h>

enum { SHOWN_START = 16 };

/* "v=spf1 ip4:192.0.2.1 ~all" for the client as it is. */
static const char *first_record(const struct collection *collection)
{
	const struct findings_so_far *facts = collection->facts;
	const struct iprev_verdict *iprev = &facts->verdicts->iprev;
	char ip[NETADDR_TEXT_SIZE];

	if (iprev->result == RESULT_PASS && domain_is_below(iprev->name, facts->verdicts->spf.domain))
		return arena_printf(collection->arena, "v=spf1 a:%s ~all", iprev->name);
	return arena_printf(collection->arena, "v=spf1 %s:%s ~all",
		facts->envelope->client.family == NETADDR_IPV6 ? "ip6" : "ip4",
		netaddr_format(&facts->envelope->client, ip));
}

/* Marks in front of the version that only a hexdump shows: BOM, blanks, quotes. */
static const char *behind_marks(const char *text)
{
	for (;;) {
		if (text_is_space(*text) || *text == '"' || *text == '\'')
			text++;
		else if (strncmp(text, "\xef\xbb\xbf", 3) == 0 || strncmp(text, "\xe3\x80\x80", 3) == 0)
			text += 3;
		else if (strncmp(text, "\xc2\xa0", 2) == 0)
			text += 2;
		else
			return text;
	}
}

/* The octets behind what was meant as "v=spf1", or NULL when the text is something else. */
static const char *behind_lookalike(const char *text)
{
	static const char *const starts[] = {"v=spf1", "v=spfl", "v=sfp1", "v=psf1", "v=spf2", "v=spf",
		"v:spf1", "v-spf1", "v =spf1", "v= spf1", "v = spf1", "spf1", "spf=", "\xef\xbd\x96=spf1",
		"v\xef\xbc\x9dspf1", "\xef\xbc\xb6=spf1", "\xef\xbc\xb6\xef\xbc\x9dspf1"};

	text = behind_marks(text);
	for (size_t i = 0; i < sizeof starts / sizeof starts[0]; i++)
		if (text_starts(text, starts[i]))
			return text + strlen(starts[i]);
	return NULL;
}

static const char *retyped(const char *rest, struct arena *arena)
{
	struct span words = span_of(rest);

	while (words.len > 0 && !text_is_alnum(words.at[0]) && strchr("+-~?", words.at[0]) == NULL) {
		words.at++;
		words.len--;
	}
	words = span_trim(words);
	while (words.len > 0 && words.at[words.len - 1] == '"')
		words.len--;
	return arena_printf(arena, "v=spf1%s%s", words.len > 0 ? " " : "", span_text(arena, words));
}

static bool broken_version(struct collection *collection, const struct answer *texts)
{
	for (size_t i = 0; texts != NULL && texts->kind == ANSWER_RECORDS && i < texts->count; i++) {
		const char *rest = behind_lookalike(texts->values[i].text);
		const char *shown;

		if (rest == NULL)
			continue;
		shown = sentence_quote(texts->values[i].text, SHOWN_START, collection->arena);
		cause_found(collection, CAUSE_SPF_VERSION_BROKEN, CONFIDENCE_PROVEN,
			DETAILS({"shown", arena_printf(collection->arena, "\"%s\"", shown)},
				{"fix", retyped(rest, collection->arena)}));
		return true;
	}
	return false;
}

/* The record is where nobody looks, as far as the answers already here can tell. */
static bool record_elsewhere(struct collection *collection, const char *domain)
{
	const struct findings_so_far *facts = collection->facts;
	const struct rdata *old = known_text(known_answer(&facts->evidence, domain, RR_SPF), "v=spf1");
	const char *parent = domain_parent(domain);
	const struct rdata *above;
	enum spf_try result;

	if (old != NULL) {
		cause_found(collection, CAUSE_SPF_TYPE99_ONLY, CONFIDENCE_STRONG, NULL);
		return true;
	}
	if (strcmp(suffixes_organization(facts->suffixes, domain), domain) == 0)
		return false;
	above = known_text(known_answer(&facts->evidence, parent, RR_TXT), "v=spf1");
	if (above == NULL)
		return false;
	result = spf_text_try(
		&facts->evidence, parent, above->text, &facts->envelope->client, collection->arena);
	cause_found(collection, CAUSE_SPF_RECORD_ON_PARENT_ONLY, CONFIDENCE_STRONG,
		DETAILS({"parent", parent}, {"parent_result", result == SPF_TRY_PASS    ? "pass"
							      : result == SPF_TRY_OTHER ? "no pass"
											: "not tried"}));
	return true;
}

static void no_record_causes(struct collection *collection)
{
	const struct findings_so_far *facts = collection->facts;
	const char *domain = facts->verdicts->spf.domain;
	const struct answer *texts = known_answer(&facts->evidence, domain, RR_TXT);
	const struct rdata *sender_id = known_text(texts, "spf2.0/");

	if (texts != NULL && !text_equal(texts->final_name, domain))
		cause_found(collection, CAUSE_DNS_APEX_CNAME, CONFIDENCE_STRONG,
			DETAILS({"target", texts->final_name}));
	if (sender_id != NULL) {
		cause_found(collection, CAUSE_SPF_SENDERID_ONLY, CONFIDENCE_PROVEN,
			DETAILS({"record", sender_id->text}));
		return;
	}
	if (broken_version(collection, texts) || record_elsewhere(collection, domain))
		return;
	cause_found(collection, CAUSE_SPF_NO_RECORD, CONFIDENCE_LIKELY,
		DETAILS({"fix", first_record(collection)}));
}

static void none_causes(struct collection *collection)
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

/* fail, softfail, neutral: the record was evaluated and does not allow the client. */
static void no_match_causes(struct collection *collection)
{
	const struct spf_verdict *spf = &collection->facts->verdicts->spf;
	bool explained, neutral = spf->result == RESULT_NEUTRAL;
	int group = GROUP_SPF;

	if (receiver_is_behind_relay(collection))
		return; /* nothing of this may be blamed on the sender */
	explained = spf_path_causes(collection) || spf_record_causes(collection) ||
		    spf_relation_causes(collection);
	if (explained)
		group = GROUP_REMARKS;
	if (neutral && spf->decided_by == NULL)
		cause_found_in_group(collection, CAUSE_SPF_NO_ALL, CONFIDENCE_PROVEN, group, NULL);
	else if (neutral)
		cause_found_in_group(collection, CAUSE_SPF_NEUTRAL_ALL, CONFIDENCE_PROVEN, group, NULL);
	else if (!explained && spf_domain_signed(collection))
		cause_found(collection, CAUSE_SPF_IP_NOT_LISTED, CONFIDENCE_LIKELY, NULL);
	else if (!explained)
		cause_found(collection, CAUSE_SPF_LIKELY_FORGED, CONFIDENCE_LIKELY, NULL);
}

static void permerror_causes(struct collection *collection)
{
	const struct spf_verdict *spf = &collection->facts->verdicts->spf;

	if (spf->fault >= SPFAULT_SENDER_UNUSABLE && spf->fault <= SPFAULT_NO_RECORD)
		none_causes(collection);
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
		none_causes(collection);
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
