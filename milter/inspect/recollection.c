#include "inspect/recollection.h"

#include "base/arena.h"
#include "base/suffixes.h"
#include "base/text.h"
#include "facts/verdicts.h"
#include "inspect/inspection.h"
#include "memory/key_memory.h"
#include "message/author.h"
#include "verify/verify.h"

#include <string.h>

enum { DOMAINS_MAX = 8, KEY_P_MAX = 1024 }; /* ours; a 4096-bit key has 736 characters */

struct domains {
	const char *names[DOMAINS_MAX];
	size_t count;
};

static void add_domain(struct domains *domains, const char *name)
{
	for (size_t i = 0; i < domains->count; i++)
		if (strcmp(domains->names[i], name) == 0)
			return;
	if (name[0] != '\0' && domains->count < DOMAINS_MAX)
		domains->names[domains->count++] = name;
}

static struct domains domains_of(const struct work *work, const struct verdicts *verdicts)
{
	const char *author = work->author->domain.name;
	struct domains domains = {.count = 0};

	add_domain(&domains, author);
	if (author[0] != '\0')
		add_domain(&domains, suffixes_organization(work->suffixes, author));
	for (size_t i = 0; i < verdicts->signature_count; i++)
		add_domain(&domains, verdicts->signatures[i].domain_name);
	return domains;
}

struct remembered_keys recollection_of(
	const struct inspector *inspector, const struct work *work, const struct verdicts *verdicts)
{
	struct domains domains = domains_of(work, verdicts);
	size_t given = inspector->remembered.count, count = 0;
	struct remembered_key *items;

	if (inspector->key_memory == NULL)
		return inspector->remembered;
	items = arena_array(work->arena, given + DOMAINS_MAX * KEYS_PER_DOMAIN, sizeof *items);
	for (; count < given; count++)
		items[count] = inspector->remembered.items[count];
	for (size_t i = 0; i < domains.count; i++) {
		struct remembered_keys keys =
			key_memory_of(inspector->key_memory, domains.names[i], work->arena);

		for (size_t k = 0; k < keys.count; k++)
			items[count++] = keys.items[k];
	}
	return (struct remembered_keys){items, count};
}

/* False when the key did not verify or does not belong into the memory. */
static bool key_of(const struct signature_verdict *signature, struct arena *arena, struct remembered_key *key)
{
	if (signature->result != RESULT_PASS || signature->key_p[0] == '\0' ||
		strlen(signature->key_p) > KEY_P_MAX)
		return false;
	*key = (struct remembered_key){
		.selector = text_lower(arena, signature->selector, strlen(signature->selector)),
		.domain = signature->domain_name,
		.p = signature->key_p,
	};
	return true;
}

bool recollection_is_due(
	const struct inspector *inspector, const struct work *work, const struct verdicts *verdicts)
{
	struct remembered_key key;

	for (size_t i = 0; inspector->key_memory != NULL && i < verdicts->signature_count; i++)
		if (key_of(&verdicts->signatures[i], work->arena, &key) &&
			key_memory_is_due(inspector->key_memory, &key, work->now))
			return true;
	return false;
}

void recollection_keep(
	const struct inspector *inspector, const struct work *work, const struct verdicts *verdicts)
{
	struct remembered_key key;

	for (size_t i = 0; inspector->key_memory != NULL && i < verdicts->signature_count; i++)
		if (key_of(&verdicts->signatures[i], work->arena, &key))
			key_memory_remember(inspector->key_memory, &key, work->now);
}
