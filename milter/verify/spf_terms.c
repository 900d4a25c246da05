#include "verify/spf_check.h"

#include "base/arena.h"
#include "base/buf.h"
#include "dns/dns.h"
#include "message/envelope.h"

#include <stdlib.h>
#include <string.h>

enum spf_step spf_lookup_count(struct spf_check *check, const struct spf_token *token)
{
	if (++check->verdict.lookups <= SPFLOOKUPS_MAX)
		return SPFSTEP_YES;
	return spf_fault_set(
		check, token->frame, SPFAULT_TOO_MANY_LOOKUPS, token->term->text, token->term->position);
}

const struct client_names *spf_client_names(struct spf_check *check)
{
	if (!check->client_names_known)
		check->client_names = client_names_ask(check->work);
	check->client_names_known = true;
	return &check->client_names;
}

/* RFC 7208 section 7.3, "p": the domain itself, else a name below it, else any that leads back. */
static const char *validated_name(struct spf_check *check, const char *domain)
{
	const struct client_names *client = spf_client_names(check);
	const char *below = NULL, *any = NULL;

	for (size_t i = client->count; i-- > 0;) { /* the first of each kind is taken */
		const char *name = client->names[i].name;

		if (!client->names[i].leads_back)
			continue;
		if (strcmp(name, domain) == 0)
			return name;
		any = name;
		if (domain_is_below(name, domain))
			below = name;
	}
	return below != NULL ? below : any != NULL ? any : "unknown";
}

const struct spf_macro_values *spf_values_for(struct spf_check *check, const char *domain, struct span text)
{
	check->values.domain = domain;
	if (spf_macro_uses(text, 'p'))
		check->values.validated = validated_name(check, domain);
	return &check->values;
}

const char *spf_target_of(struct spf_check *check, const struct spf_token *token)
{
	struct span spec = token->term->domain;
	const char *domain = token->frame->domain, *name;

	if (spec.len == 0)
		return domain;
	name = spf_macro_domain(check->arena, spec, spf_values_for(check, domain, spec));
	return text_lower(check->arena, name, strlen(name));
}

/* Names that exist in the other address family are no voids; only now is it worth asking. */
static void voids_confirm(struct spf_check *check)
{
	struct spf_verdict *verdict = &check->verdict;
	unsigned kept = 0;

	for (unsigned i = 0; i < verdict->voids; i++) {
		struct spf_void *found = &check->voids[i];

		if (found->other != 0 &&
			!answer_is_negative(dns_ask(check->work->client, found->name, found->other)))
			continue;
		found->other = 0;
		check->voids[kept++] = *found;
	}
	verdict->voids = kept;
}

static const char *void_names(struct spf_check *check)
{
	struct buf names = buf_in(check->arena);

	for (unsigned i = 0; i < check->verdict.voids; i++)
		buf_printf(&names, "%s%s", i == 0 ? "" : ", ", check->voids[i].name);
	return names.data;
}

/* The term's lookup found nothing. NO, or PERMERROR with the third. */
static enum spf_step void_note(
	struct spf_check *check, const struct spf_token *token, const struct answer *answer)
{
	struct spf_void *found = &check->voids[check->verdict.voids++];

	*found = (struct spf_void){.name = answer->asked.name};
	if (token->term->kind == SPFTERM_A && answer->kind == ANSWER_NO_RECORD)
		found->other = answer->asked.type == RR_A ? RR_AAAA : RR_A;
	if (check->verdict.voids > SPFVOIDS_MAX)
		voids_confirm(check);
	if (check->verdict.voids <= SPFVOIDS_MAX)
		return SPFSTEP_NO;
	return spf_fault_set(
		check, token->frame, SPFAULT_TOO_MANY_VOIDS, void_names(check), token->term->position);
}

/* The term's own question. YES: it has records. */
static enum spf_step term_ask(struct spf_check *check, const struct spf_token *token, const char *name,
	enum rr_type type, const struct answer **answer)
{
	*answer = dns_ask(check->work->client, name, type);
	if (answer_is_trouble(*answer))
		return spf_fault_dns(check, *answer);
	return answer_is_negative(*answer) ? void_note(check, token, *answer) : SPFSTEP_YES;
}

static bool addresses_match(
	const struct spf_check *check, const struct spf_record_term *term, const struct answer *addresses)
{
	const struct netaddr *client = &check->work->envelope->client;

	return client_is_among(
		client, addresses, client->family == NETADDR_IPV6 ? term->ip6_prefix : term->ip4_prefix);
}

static enum spf_step a_match(struct spf_check *check, const struct spf_token *token, const char *target)
{
	enum rr_type type = client_address_type(&check->work->envelope->client);
	const struct answer *addresses;
	enum spf_step step = term_ask(check, token, target, type, &addresses);

	if (step != SPFSTEP_YES)
		return step;
	return addresses_match(check, token->term, addresses) ? SPFSTEP_YES : SPFSTEP_NO;
}

struct mail_host {
	unsigned long preference;
	const char *name;
};

static int host_order(const void *a, const void *b)
{
	const struct mail_host *one = a, *other = b;

	if (one->preference != other->preference)
		return one->preference < other->preference ? -1 : 1;
	return strcmp(one->name, other->name);
}

/* The hosts of an MX answer, best first, so that the order of the answer decides nothing. */
static size_t hosts_read(struct arena *arena, const struct answer *answer, struct mail_host **hosts)
{
	size_t count = 0;

	*hosts = arena_array(arena, answer->count, sizeof **hosts);
	for (size_t i = 0; i < answer->count; i++) {
		const char *text = answer->values[i].text, *blank = strchr(text, ' ');

		if (blank == NULL || strcmp(blank + 1, ".") == 0) /* null MX, RFC 7505 */
			continue;
		(*hosts)[count++] = (struct mail_host){strtoul(text, NULL, 10), blank + 1};
	}
	qsort(*hosts, count, sizeof **hosts, host_order);
	return count;
}

static enum spf_step mx_match(struct spf_check *check, const struct spf_token *token, const char *target)
{
	enum rr_type type = client_address_type(&check->work->envelope->client);
	const struct answer *answer;
	enum spf_step step = term_ask(check, token, target, RR_MX, &answer);
	struct mail_host *hosts;
	size_t count;

	if (step != SPFSTEP_YES)
		return step;
	count = hosts_read(check->arena, answer, &hosts);
	for (size_t i = 1; check->work->dns != NULL && i < count && i < SPFMX_MAX; i++)
		dns_warm(check->work->dns, hosts[i].name, type);
	for (size_t i = 0; i < count; i++) {
		const struct answer *addresses;

		if (i == SPFMX_MAX)
			return spf_fault_set(check, token->frame, SPFAULT_TOO_MANY_MX, token->term->text,
				token->term->position);
		addresses = dns_ask(check->work->client, hosts[i].name, type);
		if (answer_is_trouble(addresses))
			return spf_fault_dns(check, addresses);
		if (addresses_match(check, token->term, addresses))
			return SPFSTEP_YES;
	}
	return SPFSTEP_NO;
}

/* Trouble is no match here, and never an error (RFC 7208 section 5.5). */
static enum spf_step ptr_match(struct spf_check *check, const struct spf_token *token, const char *target)
{
	const struct client_names *client = spf_client_names(check);

	for (size_t i = 0; i < client->count; i++)
		if (client->names[i].leads_back && domain_is_below(client->names[i].name, target))
			return SPFSTEP_YES;
	if (client->ptr != NULL && answer_is_negative(client->ptr))
		return void_note(check, token, client->ptr);
	return SPFSTEP_NO;
}

enum spf_step spf_term_match(struct spf_check *check, const struct spf_token *token, const char *target)
{
	const struct answer *answer;

	switch (token->term->kind) {
	case SPFTERM_A:
		return a_match(check, token, target);
	case SPFTERM_MX:
		return mx_match(check, token, target);
	case SPFTERM_PTR:
		return ptr_match(check, token, target);
	case SPFTERM_EXISTS: /* always A, whatever the client's family (RFC 7208 section 5.7) */
		return term_ask(check, token, target, RR_A, &answer);
	default:
		return SPFSTEP_NO;
	}
}
