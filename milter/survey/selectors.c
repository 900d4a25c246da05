#include "survey/selectors.h"

#include "base/arena.h"
#include "base/domain.h"
#include "base/suffixes.h"
#include "base/text.h"
#include "dns/dns.h"
#include "survey/scene.h"

#include <string.h>

/* What services and their manuals call selectors, the most frequent first; Japanese hosts included. */
static const char *const common[] = {"default", "google", "selector1", "selector2", "s1", "s2", "k1", "k2",
	"k3", "mail", "dkim", "mx", "key1", "key2", "smtp", "mandrill", "mte1", "zmail", "zoho", "pm", "fm1",
	"fm2", "fm3", "protonmail", "s1024", "s2048", "20230601", "rs1", "shop", "20221208", "dkim1",
	"email"};

struct list {
	const struct work *work;
	const char *domain;
	struct selectors *selectors;
};

static const char *key_name(const struct list *list, const char *selector)
{
	return arena_printf(list->work->arena, "%s._domainkey.%s", selector, list->domain);
}

static void add(const struct list *list, const char *name, enum selector_origin origin)
{
	struct selectors *selectors = list->selectors;

	name = text_lower(list->work->arena, name, strlen(name));
	for (size_t i = 0; i < selectors->count; i++)
		if (strcmp(selectors->items[i].name, name) == 0)
			return;
	if (name[0] == '\0' || selectors->count == SELECTORS_TRIED_MAX)
		return;
	selectors->items[selectors->count++] =
		(struct selector){.name = name, .origin = origin, .alias_of = "", .same_as = ""};
	dns_warm(list->work->dns, key_name(list, name), RR_TXT);
}

/* "shop" of web80.shop.example: services name selectors after themselves. */
static void add_named_after(const struct list *list, const char *host)
{
	const char *organization;

	if (domain_labels(host) < 2 || domain_is_address(host))
		return;
	organization = suffixes_organization(list->work->suffixes, host);
	if (strcmp(organization, suffixes_organization(list->work->suffixes, list->domain)) != 0)
		add(list, arena_copy(list->work->arena, organization, strcspn(organization, ".")),
			SELECTOR_PROVIDER);
}

struct selectors selectors_to_try(const struct work *work, const char *domain,
	const struct asked_selectors *asked, const struct remembered_keys *remembered,
	const char *const *hosts, size_t host_count)
{
	struct selectors selectors = {
		.items = arena_array(work->arena, SELECTORS_TRIED_MAX, sizeof *selectors.items)};
	const struct list list = {.work = work, .domain = domain, .selectors = &selectors};

	for (size_t i = 0; i < asked->count; i++)
		add(&list, asked->names[i], SELECTOR_ASKED);
	for (size_t i = 0; i < remembered->count; i++)
		if (text_equal(remembered->items[i].domain, domain))
			add(&list, remembered->items[i].selector, SELECTOR_REMEMBERED);
	for (size_t i = 0; i < host_count; i++)
		add_named_after(&list, hosts[i]);
	for (size_t i = 0; i < sizeof common / sizeof common[0]; i++)
		add(&list, common[i], SELECTOR_COMMON);
	return selectors;
}

/* A wildcard that answers for every name says nothing about this one, nor does a text that is no key. */
static bool is_there(const struct selector *selector, const struct signature_verdict *anything)
{
	const struct signature_verdict *key = &selector->key;

	if (selector->origin != SELECTOR_ASKED && anything->key_answer->kind == ANSWER_RECORDS &&
		strcmp(anything->key_record, key->key_record) == 0)
		return false;
	if (key->fault == SIGFAULT_KEY_ABSENT)
		return selector->alias_of[0] != '\0';
	return key->fault != SIGFAULT_KEY_RECORD || key->key_fault != KEYFAULT_FOREIGN ||
	       selector->origin == SELECTOR_ASKED;
}

static void find_same(struct selectors *selectors, size_t index)
{
	struct selector *selector = &selectors->items[index];

	for (size_t i = 0; i < selectors->count && selector->key.key_p[0] != '\0'; i++)
		if (i != index && strcmp(selectors->items[i].key.key_p, selector->key.key_p) == 0 &&
			strcmp(selectors->items[i].key.key_answer->final_name,
				selector->key.key_answer->final_name) != 0)
			selector->same_as = selectors->items[i].name;
}

/* What was found is known from now on: a missing key's sentence names the others, those with a broken key
 * too. */
static struct remembered_keys with_found(
	const struct selectors *selectors, const struct scene *scene, const char *domain)
{
	struct remembered_keys keys = {.count = 0};
	struct remembered_key *items =
		arena_array(scene->work.arena, scene->remembered.count + selectors->count, sizeof *items);

	for (size_t i = 0; i < selectors->count; i++) {
		const struct selector *selector = &selectors->items[i];
		bool good = selector->key.result == RESULT_PASS;

		if (selector->found && (good || selector->key.key_p[0] != '\0'))
			items[keys.count++] = (struct remembered_key){.selector = selector->name,
				.domain = domain,
				.p = good ? selector->key.key_p : "",
				.last_seen = scene->work.now};
	}
	for (size_t i = 0; i < scene->remembered.count; i++)
		items[keys.count++] = scene->remembered.items[i];
	keys.items = items;
	return keys;
}

static void diagnose_one(struct selector *selector, struct scene *scene)
{
	scene->verdicts.signatures = &selector->key;
	scene->verdicts.signature_count = 1;
	selector->diagnoses = scene_diagnose(scene, TOPIC_KEY);
}

void selectors_judge(struct selectors *selectors, struct scene *scene, const char *domain)
{
	struct signature_verdict anything = verify_key(&scene->work, "sekisho-asks-for-nobody", domain);

	selectors->wildcard = anything.key_answer->kind == ANSWER_RECORDS;
	for (size_t i = 0; i < selectors->count; i++) {
		struct selector *selector = &selectors->items[i];
		const struct answer *answer;

		selector->key = verify_key(&scene->work, selector->name, domain);
		answer = selector->key.key_answer;
		if (!text_equal(answer->final_name, answer->asked.name))
			selector->alias_of = answer->final_name;
		selector->found = is_there(selector, &anything);
		selectors->found += selector->found && selector->key.fault != SIGFAULT_KEY_ABSENT &&
				    selector->key.fault != SIGFAULT_KEY_DNS;
	}
	scene->remembered = with_found(selectors, scene, domain);
	for (size_t i = 0; i < selectors->count; i++) {
		struct selector *selector = &selectors->items[i];
		bool silent = selector->key.fault == SIGFAULT_KEY_DNS && selector->origin != SELECTOR_ASKED;

		find_same(selectors, i);
		if ((selector->found && !silent) || selector->origin == SELECTOR_ASKED)
			diagnose_one(selector, scene);
	}
}
