#include "diagnose/providers.h"

#include "base/arena.h"
#include "base/domain.h"
#include "base/netaddr.h"
#include "base/suffixes.h"
#include "base/text.h"
#include "diagnose/collection.h"
#include "diagnose/inquiry.h"
#include "diagnose/known_answers.h"
#include "message/envelope.h"

#include <string.h>

void name_list_add(struct name_list *list, const char *name)
{
	for (size_t i = 0; i < list->count; i++)
		if (strcmp(list->names[i], name) == 0)
			return;
	if (name[0] != '\0' && list->count < SELECTORS_MAX)
		list->names[list->count++] = name;
}

/* The organisation of a host, unless it is the signer's own or no real one. */
static void add_organisation(
	struct name_list *list, const struct collection *collection, const char *own, const char *host)
{
	const struct suffixes *suffixes = collection->facts->suffixes;
	const char *organisation;

	if (host[0] == '\0' || domain_is_address(host) || domain_labels(host) < 2)
		return;
	organisation = suffixes_organization(suffixes, host);
	if (list->count < PROVIDERS_MAX && !suffixes_has(suffixes, organisation) &&
		strcmp(organisation, suffixes_organization(suffixes, own)) != 0)
		name_list_add(list, organisation);
}

/* Also those behind the term that matched, which the verifier never looked at. */
static void add_included(struct name_list *list, const struct collection *collection, const char *own)
{
	const char *record = collection->facts->verdicts->spf.record;
	const char *end = record + strlen(record);

	for (const char *at = record; (at = text_find(at, (size_t)(end - at), "include:")) != NULL;) {
		struct domain target;

		at += strlen("include:");
		target = domain_of(collection->arena, at, strcspn(at, " "));
		add_organisation(list, collection, own, target.name);
	}
}

struct name_list providers_of(const struct collection *collection, const struct signature_verdict *signature)
{
	const struct verdicts *verdicts = collection->facts->verdicts;
	const char *own = signature->domain_name;
	const struct answer *mx = known_answer(&collection->facts->evidence, own, RR_MX);
	struct name_list list = {.count = 0};

	add_organisation(&list, collection, own, verdicts->iprev.name);
	add_organisation(&list, collection, own, collection->facts->envelope->helo_domain.name);
	for (size_t i = 0; i < verdicts->signature_count; i++)
		add_organisation(&list, collection, own, verdicts->signatures[i].domain_name);
	add_included(&list, collection, own);
	for (size_t i = 0; mx != NULL && mx->kind == ANSWER_RECORDS && i < mx->count; i++)
		add_organisation(&list, collection, own, known_mx_host(&mx->values[i]));
	return list;
}

const char *provider_of_web(struct collection *collection, const char *domain, bool *pending)
{
	const struct answer *address = inquire(collection, domain, RR_A), *host;
	struct name_list list = {.count = 0};
	struct netaddr first;

	*pending = *pending || address == NULL;
	if (address == NULL || address->kind != ANSWER_RECORDS ||
		!netaddr_parse(address->values[0].text, &first))
		return "";
	host = inquire(collection, netaddr_reverse_name(&first, collection->arena), RR_PTR);
	*pending = *pending || host == NULL;
	if (host == NULL || host->kind != ANSWER_RECORDS)
		return "";
	add_organisation(&list, collection, domain, host->values[0].text);
	return list.count > 0 ? list.names[0] : "";
}

/* What large services call their selectors, by the domain that a customer's SPF record includes. */
static const struct {
	const char *organisation, *selector;
} habits[] = {
	{"google.com", "google"},
	{"outlook.com", "selector1"},
	{"outlook.com", "selector2"},
	{"sendgrid.net", "s1"},
	{"sendgrid.net", "s2"},
	{"mcsv.net", "k2"},
	{"mcsv.net", "k3"},
	{"mandrillapp.com", "mte1"},
	{"zoho.com", "zmail"},
	{"mailgun.org", "mx"},
};

/* Where nothing hints at another one. */
static const char *const common_selectors[] = {
	"default", "mail", "dkim", "google", "selector1", "s1", "k1", "selector2", "s2", "k2"};

static void add_habits(struct name_list *list, const struct name_list *providers)
{
	for (size_t i = 0; i < providers->count; i++)
		for (size_t k = 0; k < sizeof habits / sizeof habits[0]; k++)
			if (strcmp(habits[k].organisation, providers->names[i]) == 0)
				name_list_add(list, habits[k].selector);
}

static const char *first_label(const char *name, struct arena *arena)
{
	return domain_labels(name) < 2 ? "" : arena_copy(arena, name, strcspn(name, "."));
}

/* "mail" of mail.example.com, when the host is the signer's own. */
static void add_own_host(
	struct name_list *list, const struct collection *collection, const char *own, const char *host)
{
	const char *organisation = suffixes_organization(collection->facts->suffixes, own);

	if (host[0] != '\0' && domain_is_below(host, organisation) && strcmp(host, organisation) != 0)
		name_list_add(list, first_label(host, collection->arena));
}

struct name_list selectors_of(const struct collection *collection, const struct signature_verdict *signature)
{
	const struct findings_so_far *facts = collection->facts;
	struct name_list providers = providers_of(collection, signature), all = {.count = 0}, others;

	for (size_t i = 0; i < facts->remembered.count; i++)
		if (strcmp(facts->remembered.items[i].domain, signature->domain_name) == 0)
			name_list_add(&all, facts->remembered.items[i].selector);
	for (size_t i = 0; i < facts->verdicts->signature_count; i++) {
		const char *selector = facts->verdicts->signatures[i].selector;

		name_list_add(&all, text_lower(collection->arena, selector, strlen(selector)));
	}
	add_habits(&all, &providers);
	add_own_host(&all, collection, signature->domain_name, facts->envelope->helo_domain.name);
	add_own_host(&all, collection, signature->domain_name, facts->verdicts->iprev.name);
	for (size_t i = 0; i < sizeof common_selectors / sizeof common_selectors[0]; i++)
		name_list_add(&all, common_selectors[i]);
	for (size_t i = 0; i < providers.count; i++)
		name_list_add(&all, first_label(providers.names[i], collection->arena));
	others.count = 0;
	for (size_t i = 0; i < all.count; i++)
		if (!text_equal(all.names[i], signature->selector))
			name_list_add(&others, all.names[i]);
	return others;
}
