/* Remarks on the sender's zone: where replies go, names hidden behind others, addresses at several
 * providers, the delegation. They cost one or two questions that the cache mostly has, after everything
 * else and only while the budget lasts. */
#include "base/arena.h"
#include "base/buf.h"
#include "base/domain.h"
#include "base/netaddr.h"
#include "base/suffixes.h"
#include "base/text.h"
#include "diagnose/collection.h"
#include "diagnose/inquiry.h"
#include "diagnose/known_answers.h"
#include "diagnose/producers.h"
#include "diagnose/spf_proposal.h"
#include "message/envelope.h"

#include <string.h>

enum { MX_HOSTS_LOOKED_AT = 2, APEX_ADDRESSES_NAMED = 2 }; /* ours */

static bool all_private(const struct answer *answer)
{
	size_t found = 0;

	for (size_t i = 0; answer != NULL && i < answer->count; i++) {
		struct netaddr address;

		if (!netaddr_parse(answer->values[i].text, &address))
			continue;
		if (!netaddr_is_private(&address))
			return false;
		found++;
	}
	return found > 0;
}

/* All known addresses of one family are private: who has only that one cannot reach the host. */
static bool is_private_host(const struct evidence *evidence, const char *host)
{
	return all_private(known_answer(evidence, host, RR_A)) ||
	       all_private(known_answer(evidence, host, RR_AAAA));
}

/* Asks what is needed to know whether the name has an address at all. */
static void ask_addresses(struct collection *collection, const char *host)
{
	const struct answer *four = inquire_spare(collection, host, RR_A);

	if (four != NULL && four->kind == ANSWER_NO_RECORD)
		(void)inquire_spare(collection, host, RR_AAAA);
}

/* The host without the domain behind it: "192.0.2.1.example.jp" is an address that a panel completed. */
static const char *in_front_of_zone(const struct collection *collection, const char *host)
{
	const char *zone =
		suffixes_organization(collection->facts->suffixes, collection->facts->verdicts->spf.domain);
	size_t len = strlen(host), end = strlen(zone) + 1;

	return len > end && domain_is_below(host, zone) ? arena_copy(collection->arena, host, len - end)
							: host;
}

static void host_causes(struct collection *collection, const char *host)
{
	const struct evidence *evidence = &collection->facts->evidence;
	const struct answer *address = known_answer(evidence, host, RR_A);

	if (domain_is_address(host) || (known_without_address(evidence, host) == KNOWN_YES &&
					       domain_is_address(in_front_of_zone(collection, host))))
		cause_found(collection, CAUSE_DNS_MX_IS_IP, CONFIDENCE_STRONG,
			DETAILS({"mx", in_front_of_zone(collection, host)}));
	else if (strcmp(host, ".") == 0)
		cause_found(collection, CAUSE_DNS_MX_NULL, CONFIDENCE_STRONG, NULL);
	else if (known_without_address(evidence, host) == KNOWN_YES)
		cause_found(collection, CAUSE_DNS_MX_UNRESOLVABLE, CONFIDENCE_STRONG, DETAILS({"mx", host}));
	else if (is_private_host(evidence, host))
		cause_found(collection, CAUSE_DNS_MX_PRIVATE, CONFIDENCE_STRONG,
			DETAILS({"addresses", known_addresses(evidence, host, collection->arena)}));
	else if (address != NULL && address->kind == ANSWER_RECORDS && !text_equal(address->final_name, host))
		cause_found(collection, CAUSE_DNS_MX_CNAME, CONFIDENCE_STRONG,
			DETAILS({"mx", host}, {"target", address->final_name}));
}

static bool same_organization(const struct collection *collection, const char *a, const char *b)
{
	const struct suffixes *suffixes = collection->facts->suffixes;

	if (a[0] == '\0' || b[0] == '\0')
		return false;
	return text_equal(a, b) ||
	       text_equal(suffixes_organization(suffixes, a), suffixes_organization(suffixes, b));
}

/* Mail leaves from another place than the MX, a host under the domain's own name whose address the
 * SPF record does not know any more: the MX stayed behind when the domain moved. */
static void old_exchanger(struct collection *collection, const char *host)
{
	const struct findings_so_far *facts = collection->facts;
	const struct spf_verdict *spf = &facts->verdicts->spf;
	const char *ptr = facts->verdicts->iprev.name;
	const struct answer *address = known_answer(&facts->evidence, host, RR_A), *name;
	struct netaddr old;

	if (facts->envelope->client.family != NETADDR_IPV4 ||
		!same_organization(collection, host, spf->domain) || ptr[0] == '\0' ||
		same_organization(collection, ptr, spf->domain) || address == NULL ||
		address->kind != ANSWER_RECORDS || !netaddr_parse(address->values[0].text, &old) ||
		netaddr_is_private(&old) ||
		(spf->result == RESULT_PASS &&
			spf_attempt_of(collection, &old, spf->domain, spf->record).outcome !=
				SPF_TRY_OTHER) ||
		(spf->result != RESULT_PASS && !collection_has(collection, CAUSE_SPF_STALE_AFTER_MOVE)))
		return;
	if (inquire_spare(collection, spf->domain, RR_A) == NULL ||
		known_address(&facts->evidence, spf->domain, &facts->envelope->client, 32) != KNOWN_YES)
		return;
	name = inquire_spare(collection, netaddr_reverse_name(&old, collection->arena), RR_PTR);
	if (name == NULL || name->kind != ANSWER_RECORDS ||
		same_organization(collection, name->values[0].text, ptr) ||
		same_organization(collection, name->values[0].text, spf->domain))
		return;
	cause_found(collection, CAUSE_DNS_MX_OLD_HOST, CONFIDENCE_STRONG,
		DETAILS({"mx", host}, {"old_ip", address->values[0].text},
			{"old_ptr", name->values[0].text}));
}

/* Neither MX nor address. Below the organisation's own name a wildcard may have provided them until a
 * record of the name itself hid it (RFC 4592 section 2.2.1). */
static void without_exchanger(struct collection *collection, const char *domain)
{
	const struct findings_so_far *facts = collection->facts;
	const char *parent = domain_parent(domain);
	const struct answer *wild;

	ask_addresses(collection, domain);
	if (known_without_address(&facts->evidence, domain) != KNOWN_YES)
		return;
	if (!text_equal(domain, suffixes_organization(facts->suffixes, domain))) {
		wild = inquire_spare(collection, made_up_name(parent, collection->arena), RR_A);
		if (wild == NULL && facts->inquiry != NULL && inquiry_size(collection) > 0)
			return;
		if (wild != NULL && wild->kind == ANSWER_RECORDS) {
			cause_found(collection, CAUSE_DNS_WILDCARD_SHADOWED, CONFIDENCE_STRONG,
				DETAILS({"name", domain}, {"domain", parent}, {"types", "A"}));
			return;
		}
	}
	cause_found(collection, CAUSE_DNS_NO_MX_NO_A, CONFIDENCE_STRONG, NULL);
}

void mail_exchanger_causes(struct collection *collection)
{
	const struct findings_so_far *facts = collection->facts;
	const struct spf_verdict *spf = &facts->verdicts->spf;
	const struct answer *mx;

	if (spf->identity == IDENTITY_HELO || spf->fault == SPFAULT_NO_NAME || spf->domain[0] == '\0' ||
		receiver_is_behind_relay(collection))
		return;
	mx = inquire_spare(collection, spf->domain, RR_MX);
	if (mx == NULL || answer_is_trouble(mx))
		return;
	for (size_t i = 0; mx->kind == ANSWER_RECORDS && i < mx->count; i++) {
		const char *host = known_mx_host(&mx->values[i]);

		if (i < MX_HOSTS_LOOKED_AT && !domain_is_address(host) && strcmp(host, ".") != 0)
			ask_addresses(collection, host);
		host_causes(collection, host);
		if (i == 0)
			old_exchanger(collection, host);
	}
	if (answer_is_negative(mx))
		without_exchanger(collection, spf->domain);
}

/* Addresses of the domain at several organisations, where the answer is here anyway. */
static void several_addresses(struct collection *collection)
{
	const struct findings_so_far *facts = collection->facts;
	const char *domain = facts->verdicts->spf.domain, *ptr = facts->verdicts->iprev.name;
	const struct answer *address = known_answer(&facts->evidence, domain, RR_A);
	const char *seen =
		known_address(&facts->evidence, domain, &facts->envelope->client, 32) == KNOWN_YES ? ptr : "";

	for (size_t i = 0;
		address != NULL && address->count > 1 && i < address->count && i < APEX_ADDRESSES_NAMED;
		i++) {
		const struct answer *name;
		struct netaddr one;

		if (!netaddr_parse(address->values[i].text, &one) ||
			netaddr_equal(&one, &facts->envelope->client))
			continue;
		name = inquire_spare(collection, netaddr_reverse_name(&one, collection->arena), RR_PTR);
		if (name == NULL || name->kind != ANSWER_RECORDS)
			continue;
		if (seen[0] != '\0' && !same_organization(collection, seen, name->values[0].text))
			cause_found(collection, CAUSE_DNS_MULTIPLE_A, CONFIDENCE_STRONG,
				DETAILS({"addresses",
					known_addresses(&facts->evidence, domain, collection->arena)}));
		seen = name->values[0].text;
	}
}

static bool has_server(const struct answer *servers, const char *name)
{
	for (size_t i = 0; i < servers->count; i++)
		if (text_equal(servers->values[i].text, name))
			return true;
	return false;
}

static void add_missing(
	struct buf *out, const char *where, const struct answer *here, const struct answer *there)
{
	for (size_t i = 0; i < here->count; i++)
		if (!has_server(there, here->values[i].text))
			buf_printf(
				out, "%s%s only %s", out->len > 0 ? ", " : "", here->values[i].text, where);
}

/* What the parent zone delegates to, and what the zone says itself. */
static void delegation(struct collection *collection)
{
	const struct findings_so_far *facts = collection->facts;
	const char *zone = facts->verdicts->spf.domain;
	const struct answer *child, *parent;
	struct buf detail = buf_in(collection->arena);

	if (!facts->servers_answer || zone[0] == '\0' || facts->verdicts->spf.identity == IDENTITY_HELO)
		return;
	zone = suffixes_organization(facts->suffixes, zone);
	child = inquire_spare(collection, zone, RR_NS);
	if (child == NULL || child->kind != ANSWER_RECORDS)
		return;
	parent = inquire_how(collection,
		(struct question){.name = zone, .type = RR_NS, .mode = ASK_AUTHORITY, .server = "[parent]"});
	if (parent == NULL || parent->kind != ANSWER_RECORDS)
		return;
	add_missing(&detail, "at the parent", parent, child);
	add_missing(&detail, "in the zone", child, parent);
	if (detail.len > 0)
		cause_found(collection, CAUSE_DNS_DELEGATION_MISMATCH, CONFIDENCE_STRONG,
			DETAILS({"domain", zone}, {"detail", detail.data}));
}

void zone_causes(struct collection *collection)
{
	several_addresses(collection);
	delegation(collection);
}
