#include "support/spf_walk.h"

#include "base/arena.h"
#include "dns/dns.h"
#include "message/envelope.h"
#include "records/spf_macro.h"
#include "records/spf_record.h"
#include "verify/client_names.h"

#include <stdlib.h>
#include <string.h>

enum { LOOKUPS_MAX = 10, VOIDS_MAX = 2, HOSTS_MAX = 10 };

struct walk {
	const struct work *work;
	const struct netaddr *client;
	unsigned lookups, voids;
	const char *void_names[VOIDS_MAX + 1];
	enum rr_type void_others[VOIDS_MAX + 1];
};

/* MATCH and NO, or an error. */
enum found { FOUND_MATCH, FOUND_NO, FOUND_TEMPERROR, FOUND_PERMERROR };

static enum result check_host(struct walk *walk, const char *domain);

static const char *validated(struct walk *walk, const char *domain)
{
	struct client_names client = client_names_ask(walk->work);
	const char *best = "unknown";
	int rank = 0;

	for (size_t i = 0; i < client.count; i++) {
		const char *name = client.names[i].name;
		int its = strcmp(name, domain) == 0 ? 3 : domain_is_below(name, domain) ? 2 : 1;

		if (client.names[i].leads_back && its > rank) {
			best = name;
			rank = its;
		}
	}
	return best;
}

static const char *target_of(struct walk *walk, const struct spf_record_term *term, const char *domain)
{
	const struct envelope *envelope = walk->work->envelope;
	const char *local = envelope->sender.local[0] == '\0' ? "postmaster" : envelope->sender.local;
	struct arena *arena = walk->work->arena;
	struct spf_macro_values values = {
		.sender = arena_printf(arena, "%s@%s", local, envelope->sender.domain.name),
		.local = local,
		.sender_domain = envelope->sender.domain.name,
		.domain = domain,
		.helo = envelope->helo,
		.receiver = "unknown",
		.validated = "unknown",
		.client = *walk->client,
	};
	const char *name;

	if (term->domain.len == 0)
		return domain;
	if (spf_macro_uses(term->domain, 'p'))
		values.validated = validated(walk, domain);
	name = spf_macro_domain(arena, term->domain, &values);
	return text_lower(arena, name, strlen(name));
}

static enum found void_found(
	struct walk *walk, const struct spf_record_term *term, const struct answer *answer)
{
	bool may_have_other = term->kind == SPFTERM_A && answer->kind == ANSWER_NO_RECORD;
	unsigned kept = 0;

	walk->void_names[walk->voids] = answer->asked.name;
	walk->void_others[walk->voids++] = !may_have_other ? 0 : answer->asked.type == RR_A ? RR_AAAA : RR_A;
	if (walk->voids <= VOIDS_MAX)
		return FOUND_NO;
	for (unsigned i = 0; i < walk->voids; i++) {
		enum rr_type other = walk->void_others[i];

		if (other != 0 &&
			!answer_is_negative(dns_ask(walk->work->client, walk->void_names[i], other)))
			continue;
		walk->void_names[kept] = walk->void_names[i];
		walk->void_others[kept++] = 0;
	}
	walk->voids = kept;
	return kept > VOIDS_MAX ? FOUND_PERMERROR : FOUND_NO;
}

/* FOUND_MATCH here: there are records. */
static enum found ask(struct walk *walk, const struct spf_record_term *term, const char *name,
	enum rr_type type, const struct answer **answer)
{
	*answer = dns_ask(walk->work->client, name, type);
	if ((*answer)->kind == ANSWER_RECORDS)
		return FOUND_MATCH;
	if ((*answer)->kind == ANSWER_NO_NAME || (*answer)->kind == ANSWER_NO_RECORD)
		return void_found(walk, term, *answer);
	return FOUND_TEMPERROR;
}

static bool has_client(struct walk *walk, const struct spf_record_term *term, const struct answer *answer)
{
	unsigned prefix = walk->client->family == NETADDR_IPV6 ? term->ip6_prefix : term->ip4_prefix;

	return client_is_among(walk->client, answer, prefix);
}

static enum found mx_found(struct walk *walk, const struct spf_record_term *term, const struct answer *answer)
{
	bool done[100] = {false};
	unsigned hosts = 0;

	for (size_t turn = 0; turn < answer->count; turn++) {
		const struct answer *addresses;
		size_t best = answer->count;

		for (size_t i = 0; i < answer->count; i++) {
			const char *one = answer->values[i].text;
			const char *other = best < answer->count ? answer->values[best].text : NULL;
			int order = other == NULL ? -1 : atoi(one) - atoi(other);

			if (!done[i] && (order < 0 || (order == 0 && strcmp(one, other) < 0)))
				best = i;
		}
		done[best] = true;
		if (strcmp(strchr(answer->values[best].text, ' '), " .") == 0)
			continue;
		if (hosts++ == HOSTS_MAX)
			return FOUND_PERMERROR;
		addresses = dns_ask(walk->work->client, strchr(answer->values[best].text, ' ') + 1,
			client_address_type(walk->client));
		if (answer_is_trouble(addresses))
			return FOUND_TEMPERROR;
		if (has_client(walk, term, addresses))
			return FOUND_MATCH;
	}
	return FOUND_NO;
}

static enum found ptr_found(struct walk *walk, const struct spf_record_term *term, const char *target)
{
	struct client_names client = client_names_ask(walk->work);

	for (size_t i = 0; i < client.count; i++)
		if (client.names[i].leads_back && domain_is_below(client.names[i].name, target))
			return FOUND_MATCH;
	return answer_is_negative(client.ptr) ? void_found(walk, term, client.ptr) : FOUND_NO;
}

static enum found include_found(struct walk *walk, const char *target)
{
	switch (check_host(walk, target)) {
	case RESULT_PASS:
		return FOUND_MATCH;
	case RESULT_TEMPERROR:
		return FOUND_TEMPERROR;
	case RESULT_PERMERROR:
	case RESULT_NONE:
		return FOUND_PERMERROR;
	default:
		return FOUND_NO;
	}
}

static enum found term_found(struct walk *walk, const struct spf_record_term *term, const char *domain)
{
	const struct answer *answer;
	const char *target;
	enum found found;

	if (!spf_term_looks_up(term))
		return spf_term_covers(term, walk->client) ? FOUND_MATCH : FOUND_NO;
	if (++walk->lookups > LOOKUPS_MAX)
		return FOUND_PERMERROR;
	target = target_of(walk, term, domain);
	switch (term->kind) {
	case SPFTERM_INCLUDE:
		return include_found(walk, target);
	case SPFTERM_PTR:
		return ptr_found(walk, term, target);
	case SPFTERM_EXISTS:
		return ask(walk, term, target, RR_A, &answer);
	case SPFTERM_MX:
		found = ask(walk, term, target, RR_MX, &answer);
		return found == FOUND_MATCH ? mx_found(walk, term, answer) : found;
	default:
		found = ask(walk, term, target, client_address_type(walk->client), &answer);
		return found == FOUND_MATCH && !has_client(walk, term, answer) ? FOUND_NO : found;
	}
}

static enum result record_result(struct walk *walk, const struct spf_record *record, const char *domain)
{
	static const struct {
		char qualifier;
		enum result result;
	} results[] = {{'+', RESULT_PASS}, {'-', RESULT_FAIL}, {'~', RESULT_SOFTFAIL}, {'?', RESULT_NEUTRAL}};
	enum result result;

	for (size_t i = 0; i < record->term_count; i++) {
		enum found found = record->terms[i].kind == SPFTERM_REDIRECT
					   ? FOUND_NO
					   : term_found(walk, &record->terms[i], domain);

		if (found == FOUND_TEMPERROR || found == FOUND_PERMERROR)
			return found == FOUND_TEMPERROR ? RESULT_TEMPERROR : RESULT_PERMERROR;
		for (size_t k = 0; found == FOUND_MATCH && k < 4; k++)
			if (results[k].qualifier == record->terms[i].qualifier)
				return results[k].result;
	}
	if (record->redirect == NULL || record->has_all)
		return RESULT_NEUTRAL;
	if (++walk->lookups > LOOKUPS_MAX)
		return RESULT_PERMERROR;
	result = check_host(walk, target_of(walk, record->redirect, domain));
	return result == RESULT_NONE ? RESULT_PERMERROR : result;
}

static enum result check_host(struct walk *walk, const char *domain)
{
	const struct rdata *found = NULL;
	const struct answer *answer;
	struct spf_record record;

	if (strchr(domain, '.') == NULL)
		return RESULT_NONE;
	answer = dns_ask(walk->work->client, domain, RR_TXT);
	if (answer_is_trouble(answer))
		return RESULT_TEMPERROR;
	for (size_t i = 0; i < answer->count; i++) {
		if (!spf_record_claims(answer->values[i].text, answer->values[i].len))
			continue;
		if (found != NULL)
			return RESULT_PERMERROR;
		found = &answer->values[i];
	}
	if (found == NULL)
		return RESULT_NONE;
	record = spf_record_parse(walk->work->arena, found->text, found->len);
	return record.fault == SPFAULT_NONE ? record_result(walk, &record, domain) : RESULT_PERMERROR;
}

struct spf_walked spf_walk(const struct work *work)
{
	struct walk walk = {.work = work, .client = &work->envelope->client};
	size_t mark = dns_mark(work->client);
	struct spf_walked walked = {.result = check_host(&walk, work->envelope->sender.domain.name)};

	walked.lookups = walk.lookups;
	walked.voids = walk.voids;
	walked.questions = dns_evidence_since(work->client, mark).count;
	return walked;
}
