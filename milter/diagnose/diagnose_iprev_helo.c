/* The client's reverse name and the name it introduces itself with. */
#include "base/arena.h"
#include "base/domain.h"
#include "base/suffixes.h"
#include "base/text.h"
#include "diagnose/collection.h"
#include "diagnose/inquiry.h"
#include "diagnose/known_answers.h"
#include "diagnose/producers.h"
#include "message/envelope.h"

#include <string.h>

static bool is_host_name(const char *name)
{
	if (name[0] == '\0' || strchr(name, '.') == NULL || domain_is_address(name) ||
		text_equal(name, "localhost.localdomain"))
		return false;
	for (const char *c = name; *c != '\0'; c++)
		if (!text_is_alnum(*c) && strchr("-._", *c) == NULL)
			return false;
	return true;
}

static void no_reverse_name(struct collection *collection)
{
	const struct findings_so_far *facts = collection->facts;
	const struct answer *four = NULL, *ptr;
	struct netaddr sibling;

	if (facts->envelope->client.family == NETADDR_IPV6)
		four = inquire_spare(collection, facts->envelope->helo_domain.name, RR_A);
	if (four != NULL && four->count > 0 && netaddr_parse(four->values[0].text, &sibling)) {
		ptr = inquire_spare(collection, netaddr_reverse_name(&sibling, collection->arena), RR_PTR);
		if (ptr != NULL && ptr->kind == ANSWER_RECORDS) {
			cause_found(collection, CAUSE_IPREV_IPV6_NO_PTR, CONFIDENCE_STRONG,
				DETAILS({"v4", four->values[0].text}));
			return;
		}
	}
	cause_found(collection, CAUSE_IPREV_NO_PTR, CONFIDENCE_STRONG, NULL);
}

static void mismatch(struct collection *collection)
{
	const struct iprev_verdict *iprev = &collection->facts->verdicts->iprev;
	const char *addresses = known_addresses(&collection->facts->evidence, iprev->name, collection->arena);

	if (!is_host_name(iprev->name))
		cause_found(collection, CAUSE_IPREV_PTR_MALFORMED, CONFIDENCE_STRONG, NULL);
	else if (iprev->name_without_address || addresses[0] == '\0')
		cause_found(collection, CAUSE_IPREV_PTR_DANGLING, CONFIDENCE_STRONG, NULL);
	else
		cause_found(collection, CAUSE_IPREV_MISMATCH, CONFIDENCE_STRONG,
			DETAILS({"addresses", addresses}));
}

static void no_answer(struct collection *collection)
{
	const struct iprev_verdict *iprev = &collection->facts->verdicts->iprev;
	const struct answer *broken = NULL;

	for (size_t i = 0; broken == NULL && i < iprev->evidence.count; i++)
		if (answer_is_trouble(iprev->evidence.answers[i]))
			broken = iprev->evidence.answers[i];
	cause_found(collection, CAUSE_IPREV_DNS_FAILURE, CONFIDENCE_STRONG,
		DETAILS({"reason", known_reason(broken, collection->arena)}));
}

void iprev_causes(struct collection *collection)
{
	const struct iprev_verdict *iprev = &collection->facts->verdicts->iprev;
	const struct netaddr *client = &collection->facts->envelope->client;

	if (receiver_is_behind_relay(collection))
		return; /* our own machine's name is nobody's fault outside */
	switch (iprev->result) {
	case RESULT_PERMERROR:
		no_reverse_name(collection);
		break;
	case RESULT_TEMPERROR:
		no_answer(collection);
		break;
	case RESULT_FAIL:
		mismatch(collection);
		break;
	default:
		break;
	}
	if (iprev->ptr_count > 10) /* RFC 7208 section 4.6.4, RFC 8601 section 2.7.3 */
		cause_found(collection, CAUSE_IPREV_TOO_MANY_PTR, CONFIDENCE_PROVEN,
			DETAILS({"n", arena_printf(collection->arena, "%zu", iprev->ptr_count)}));
	if (iprev->result == RESULT_PASS &&
		(name_is_of_pool(iprev->name) || name_shows_address(iprev->name, client, collection->arena)))
		cause_found(collection, CAUSE_IPREV_PTR_GENERIC, CONFIDENCE_LIKELY, NULL);
}

/* Is there an answer for the name's addresses that does not hold the client's? */
static bool leads_elsewhere(const struct collection *collection, const char *name)
{
	const struct netaddr *client = &collection->facts->envelope->client;

	return known_address(&collection->facts->evidence, name, client,
		       client->family == NETADDR_IPV6 ? 128 : 32) == KNOWN_NO;
}

/* Our own name, or that of the domain the mail is for, said by a host that is not there. */
static bool is_forged(const struct collection *collection, const char *name)
{
	const struct findings_so_far *facts = collection->facts;

	if (name[0] == '\0' || receiver_is_ours(collection))
		return false;
	if (text_equal(name, facts->authserv_id))
		return true;
	return strchr(facts->authserv_id, '.') != NULL && facts->verdicts->iprev.result != RESULT_TEMPERROR &&
	       text_equal(name, suffixes_organization(facts->suffixes, facts->authserv_id)) &&
	       !text_equal(name, suffixes_organization(facts->suffixes, facts->verdicts->iprev.name)) &&
	       (leads_elsewhere(collection, name) ||
		       known_without_address(&facts->evidence, name) == KNOWN_YES);
}

void helo_causes(struct collection *collection)
{
	const struct findings_so_far *facts = collection->facts;
	const struct envelope *envelope = facts->envelope;
	const char *name = envelope->helo_domain.name;
	bool decides = facts->verdicts->spf.identity == IDENTITY_HELO &&
		       facts->verdicts->spf.fault == SPFAULT_SENDER_UNUSABLE;
	const char *addresses;
	const struct answer *answer;

	if (collection->facts->envelope->relay.family != NETADDR_NONE)
		return; /* it is our own gateway's */
	answer = strchr(name, '.') == NULL || text_equal(name, facts->authserv_id) ||
				 receiver_is_behind_relay(collection)
			 ? NULL
			 : inquire_spare(collection, name,
				   envelope->client.family == NETADDR_IPV6 ? RR_AAAA : RR_A);
	if (answer != NULL && answer->kind == ANSWER_NO_RECORD)
		(void)inquire_spare(collection, name, answer->asked.type == RR_A ? RR_AAAA : RR_A);
	addresses = known_addresses(&facts->evidence, name, collection->arena);
	if (is_forged(collection, name))
		cause_found(collection, CAUSE_HELO_FORGED_OWN_NAME, CONFIDENCE_STRONG, NULL);
	else if (strchr(name, '.') == NULL)
		cause_found_in_group(collection, CAUSE_HELO_NOT_FQDN, CONFIDENCE_PROVEN,
			decides ? GROUP_SPF : GROUP_SENDER, NULL);
	else if (known_without_address(&facts->evidence, name) == KNOWN_YES)
		cause_found(collection, CAUSE_HELO_UNRESOLVABLE, CONFIDENCE_STRONG, NULL);
	else if (leads_elsewhere(collection, name) && !collection_has(collection, CAUSE_IPREV_MISMATCH))
		cause_found(collection, CAUSE_HELO_MISMATCH, CONFIDENCE_STRONG,
			DETAILS({"addresses", addresses[0] != '\0' ? addresses : "another address"}));
}
