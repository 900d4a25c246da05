/* Our resolver's answer against the name servers themselves: an old answer in the cache, servers that
 * disagree, a record entered at a provider that is not asked any more. Only where name servers may be
 * asked directly. */
#include "base/arena.h"
#include "base/buf.h"
#include "base/suffixes.h"
#include "base/text.h"
#include "diagnose/collection.h"
#include "diagnose/inquiry.h"
#include "diagnose/known_answers.h"
#include "diagnose/producers.h"
#include "diagnose/spf_proposal.h"
#include "message/envelope.h"

#include <string.h>

enum {
	SERVERS_ASKED = 2, /* ours */
	SHOWN_RECORD = 40,
};

/* A TXT that was looked up and did not help, and what would be an answer that does. */
struct subject {
	struct collection *collection;
	const char *name;
	const struct answer *ours;
	size_t signature;
	enum known (*helps)(const struct subject *subject, const struct answer *answer);
};

static const char *zone_of(const struct subject *subject)
{
	return suffixes_organization(subject->collection->facts->suffixes, subject->name);
}

static const struct answer *ask_server(const struct subject *subject, const char *server)
{
	return inquire_how(subject->collection,
		(struct question){
			.name = subject->name, .type = RR_TXT, .mode = ASK_AUTHORITY, .server = server});
}

/* The servers that the parent zone names, or those of the zone itself. */
static const struct answer *servers_of(struct collection *collection, const char *zone)
{
	const struct answer *servers = inquire_how(collection,
		(struct question){.name = zone, .type = RR_NS, .mode = ASK_AUTHORITY, .server = "[parent]"});

	if (servers != NULL && servers->kind != ANSWER_RECORDS)
		servers = inquire(collection, zone, RR_NS);
	return servers != NULL && servers->kind == ANSWER_RECORDS ? servers : NULL;
}

static void old_answer(const struct subject *subject)
{
	struct collection *collection = subject->collection;
	const char *ttl = arena_printf(collection->arena, "%u", (unsigned)subject->ours->ttl);

	if (subject->ours->kind == ANSWER_RECORDS)
		cause_found(collection, CAUSE_DNS_CACHED_OLD_ANSWER, CONFIDENCE_PROVEN,
			DETAILS({"name", subject->name}, {"ttl", ttl}));
	else
		cause_found(collection, CAUSE_DNS_NEGATIVE_CACHED, CONFIDENCE_PROVEN,
			DETAILS({"name", subject->name}, {"ttl", ttl}));
}

/* "ns1.example.net: v=spf1 …; ns2.example.net: nothing" */
static void add_server(struct buf *out, const char *server, const struct answer *answer)
{
	buf_printf(out, "%s%s: %.*s", out->len > 0 ? "; " : "", server, SHOWN_RECORD,
		answer->kind == ANSWER_RECORDS && answer->count > 0 ? answer->values[0].text : "nothing");
}

/* True when what the servers say explains the verdict; false also while they are being asked. */
static bool servers_explain(const struct subject *subject)
{
	struct collection *collection = subject->collection;
	const char *zone = zone_of(subject);
	const struct answer *servers = servers_of(collection, zone);
	size_t good = 0, bad = 0, open = 0;
	struct buf detail = buf_in(collection->arena);

	for (size_t i = 0; servers != NULL && i < servers->count && i < SERVERS_ASKED; i++) {
		const struct answer *answer = ask_server(subject, servers->values[i].text);
		enum known helps = answer == NULL || answer_is_trouble(answer)
					   ? KNOWN_NOT
					   : subject->helps(subject, answer);

		if (helps != KNOWN_NOT)
			add_server(&detail, servers->values[i].text, answer);
		good += helps == KNOWN_YES;
		bad += helps == KNOWN_NO;
		open += helps == KNOWN_NOT;
	}
	if (good == 0 || open > 0)
		return false;
	if (bad > 0)
		cause_found(collection, CAUSE_DNS_NS_INCONSISTENT, CONFIDENCE_PROVEN,
			DETAILS({"name", subject->name}, {"domain", zone}, {"detail", detail.data}));
	else
		old_answer(subject);
	return true;
}

/* The reverse name of the first host of the MX, or of a listed address: where the domain was, maybe. */
static const char *former_host(struct collection *collection)
{
	const struct spf_verdict *spf = &collection->facts->verdicts->spf;
	struct spf_words words = spf_words_of(spf->record, collection->arena);
	const struct answer *mx, *address;
	struct network network = {.prefix = 0};
	struct netaddr found = {.family = NETADDR_NONE};

	for (size_t i = 1; found.family == NETADDR_NONE && i < words.count; i++)
		if (spf_word_network(&words.items[i], &network) &&
			!netaddr_equal(&network.address, &collection->facts->envelope->client))
			found = network.address;
	if (found.family == NETADDR_NONE) {
		mx = inquire(collection, spf->domain, RR_MX);
		if (mx == NULL || mx->kind != ANSWER_RECORDS)
			return "";
		if (!text_equal(
			    suffixes_organization(collection->facts->suffixes, known_mx_host(&mx->values[0])),
			    suffixes_organization(collection->facts->suffixes, spf->domain)))
			return known_mx_host(&mx->values[0]);
		address = inquire(collection, known_mx_host(&mx->values[0]), RR_A);
		if (address == NULL || address->kind != ANSWER_RECORDS ||
			!netaddr_parse(address->values[0].text, &found))
			return "";
	}
	address = inquire(collection, netaddr_reverse_name(&found, collection->arena), RR_PTR);
	return address != NULL && address->kind == ANSWER_RECORDS ? address->values[0].text : "";
}

static bool is_among(const struct answer *servers, const char *server)
{
	for (size_t i = 0; i < servers->count; i++)
		if (text_equal(servers->values[i].text, server))
			return true;
	return false;
}

/* A former provider's name server still answers for the domain, with the record that is wanted. */
static bool entered_elsewhere(const struct subject *subject)
{
	struct collection *collection = subject->collection;
	const struct suffixes *suffixes = collection->facts->suffixes;
	const struct answer *servers = servers_of(collection, zone_of(subject)), *others, *answer;
	const char *provider, *current;

	if (servers == NULL)
		return false;
	current = suffixes_organization(suffixes, servers->values[0].text);
	provider = suffixes_organization(suffixes, former_host(collection));
	if (provider[0] == '\0' || text_equal(provider, current) || text_equal(provider, zone_of(subject)))
		return false;
	others = inquire(collection, provider, RR_NS);
	if (others == NULL || others->kind != ANSWER_RECORDS || is_among(servers, others->values[0].text))
		return false;
	answer = ask_server(subject, others->values[0].text);
	if (answer == NULL || subject->helps(subject, answer) != KNOWN_YES)
		return false;
	cause_found(collection, CAUSE_DNS_EDITED_AT_WRONG_PROVIDER, CONFIDENCE_PROVEN,
		DETAILS({"old_provider", provider}, {"ns_provider", current}));
	return true;
}

static enum known record_helps(const struct subject *subject, const struct answer *answer)
{
	const struct rdata *record = known_text(answer, "v=spf1");
	struct spf_attempt attempt;

	if (record == NULL)
		return KNOWN_NO;
	attempt = spf_attempt_here(subject->collection, record->text);
	return attempt.outcome == SPF_TRY_PASS    ? KNOWN_YES
	       : attempt.outcome == SPF_TRY_OTHER ? KNOWN_NO
						  : KNOWN_NOT;
}

static bool explained(const struct subject *subject)
{
	size_t before = inquiry_size(subject->collection);

	return servers_explain(subject) ||
	       (inquiry_size(subject->collection) == before && entered_elsewhere(subject));
}

bool spf_authority_cause(struct collection *collection)
{
	const struct findings_so_far *facts = collection->facts;
	const char *domain = facts->verdicts->spf.domain;
	struct subject subject = {.collection = collection,
		.name = domain,
		.ours = known_answer(&facts->evidence, domain, RR_TXT),
		.helps = record_helps};

	return facts->servers_answer && subject.ours != NULL && explained(&subject);
}

/* The value of p= without blanks, as a trial takes it; "" without one. */
static const char *key_of(const struct rdata *record, struct arena *arena)
{
	struct buf key = buf_in(arena);
	const char *at = record->text;

	while (at != NULL && !text_starts(at, "p=")) {
		at = strchr(at, ';');
		while (at != NULL && (*at == ';' || text_is_space(*at)))
			at++;
	}
	for (at = at == NULL ? "" : at + 2; *at != '\0' && *at != ';'; at++)
		if (!text_is_space(*at))
			buf_char(&key, *at);
	return key.data;
}

static enum known key_helps(const struct subject *subject, const struct answer *answer)
{
	const char *key;
	const struct key_trial *trial;

	if (answer->kind != ANSWER_RECORDS || answer->count != 1)
		return KNOWN_NO;
	key = key_of(&answer->values[0], subject->collection->arena);
	if (key[0] == '\0')
		return KNOWN_NO;
	trial = inquire_key(subject->collection, subject->signature, key);
	if (trial == NULL)
		return KNOWN_NOT;
	return trial->recovery == RECOVERY_SAME_HEADER ? KNOWN_YES : KNOWN_NO;
}

void key_authority_causes(struct collection *collection)
{
	const struct findings_so_far *facts = collection->facts;
	const struct verdicts *verdicts = facts->verdicts;

	for (size_t i = 0; facts->servers_answer && i < verdicts->signature_count && i < ALTERATIONS_MAX;
		i++) {
		const struct signature_verdict *signature = &verdicts->signatures[i];
		const struct subject subject = {.collection = collection,
			.name = signature->key_name,
			.ours = signature->key_answer,
			.signature = i,
			.helps = key_helps};

		if (signature->key_answer != NULL && signature->result != RESULT_PASS &&
			!answer_is_trouble(signature->key_answer) &&
			(answer_is_negative(signature->key_answer) ||
				signature->recovery == RECOVERY_WRONG_KEY))
			collection->key_explained[i] = explained(&subject);
	}
}

static enum known policy_helps(const struct subject *subject, const struct answer *answer)
{
	(void)subject;
	return known_text(answer, "v=DMARC1") != NULL ? KNOWN_YES : KNOWN_NO;
}

void policy_authority_causes(struct collection *collection)
{
	const struct findings_so_far *facts = collection->facts;
	const struct dmarc_verdict *dmarc = &facts->verdicts->dmarc;
	struct subject subject = {.collection = collection, .helps = policy_helps};

	if (!facts->servers_answer || dmarc->fault != DMARCFAULT_NO_RECORD)
		return;
	subject.name = arena_printf(collection->arena, "_dmarc.%s", dmarc->author_organization);
	subject.ours = known_answer(&facts->evidence, subject.name, RR_TXT);
	if (subject.ours != NULL && !answer_is_trouble(subject.ours))
		(void)explained(&subject);
}
