#include "verify/dmarc_discovery.h"

#include "base/arena.h"
#include "base/domain.h"
#include "base/suffixes.h"
#include "dns/dns.h"

#include <string.h>

/* The names asked so far, longest first. */
struct walk {
	const char *start;
	struct dmarc_level *levels;
	size_t count;
	const struct answer *trouble; /* ended the walk */
};

size_t dmarc_walk_names(const char *domain, const char *names[DMARC_WALK_MAX])
{
	size_t count = 0;

	names[count++] = domain;
	/* 8 labels or more: the next name has 7 (RFC 9989 section 4.10 step 4) */
	domain = domain_labels(domain) < DMARC_WALK_MAX ? domain_parent(domain)
							: domain_last_labels(domain, DMARC_WALK_MAX - 1);
	for (; domain[0] != '\0' && count < DMARC_WALK_MAX; domain = domain_parent(domain))
		names[count++] = domain;
	return count;
}

static const char *record_name(const struct work *work, const char *domain)
{
	return arena_printf(work->arena, "_dmarc.%s", domain);
}

void dmarc_discovery_warm(const struct work *work, const char *domain)
{
	const char *names[DMARC_WALK_MAX];
	size_t count = dmarc_walk_names(domain, names);

	if (work->settings->dmarc_discovery == DISCOVERY_PSL) {
		names[1] = suffixes_organization(work->suffixes, domain);
		count = 2;
	}
	for (size_t i = 0; i < count; i++)
		dns_warm(work->dns, record_name(work, names[i]), RR_TXT);
}

static bool is_known(const struct work *work, const char *name)
{
	struct evidence evidence = dns_evidence_since(work->client, 0);

	for (size_t i = 0; i < evidence.count; i++) {
		const struct question *asked = &evidence.answers[i]->asked;

		if (asked->type == RR_TXT && asked->mode == ASK_NORMAL && strcmp(asked->name, name) == 0)
			return true;
	}
	return false;
}

/* NULL when the search may not ask any more. */
static const struct answer *ask(struct dmarc_search *search, const char *domain)
{
	const char *name = record_name(search->work, domain);

	if (search->limited && !is_known(search->work, name)) {
		if (search->questions == 0) {
			search->exceeded = true;
			return NULL;
		}
		search->questions--;
	}
	return dns_ask(search->work->client, name, RR_TXT);
}

/* Reads what the answer holds: RFC 9989 section 4.10 step 2. */
static void read_level(struct dmarc_level *level, struct arena *arena)
{
	for (size_t i = 0; i < level->answer->count; i++) {
		const struct rdata *value = &level->answer->values[i];
		struct dmarc_record record = dmarc_record_parse(value->text, value->len, arena);

		if (record.fault == DMARCRECORD_FOREIGN)
			continue;
		if (dmarc_record_counts(&record)) {
			if (level->records++ > 0)
				continue;
		} else if (level->text[0] != '\0') {
			continue;
		}
		level->record = record;
		level->text = arena_copy(arena, value->text, value->len);
	}
}

/* Adds the name to the walk. False when the walk cannot go on. */
static bool visit(struct dmarc_search *search, struct walk *walk, const char *domain)
{
	struct dmarc_level *level = &walk->levels[walk->count];

	*level = (struct dmarc_level){
		.domain = domain,
		.text = "",
		.record = {.fault_text = "", .rua = "", .ruf = "", .fo = "", .bad_tag = "", .pct = 100},
	};
	level->answer = ask(search, domain);
	if (level->answer == NULL)
		return false;
	if (answer_is_trouble(level->answer)) {
		walk->trouble = level->answer;
		return false;
	}
	walk->count++;
	read_level(level, search->work->arena);
	return true;
}

static bool has_record(const struct dmarc_level *level)
{
	return level->records == 1;
}

static struct walk walk_new(const struct dmarc_search *search, const char *start)
{
	return (struct walk){
		.start = start,
		.levels = arena_array(search->work->arena, DMARC_WALK_MAX, sizeof(struct dmarc_level)),
	};
}

static struct walk walk_tree(struct dmarc_search *search, const char *start)
{
	const char *names[DMARC_WALK_MAX];
	size_t count = dmarc_walk_names(start, names);
	struct walk walk = walk_new(search, start);

	for (size_t i = 0; i < count; i++) {
		const struct dmarc_level *level = &walk.levels[walk.count];

		if (!visit(search, &walk, names[i]))
			break;
		if (has_record(level) && level->record.psd != DMARC_PSD_UNKNOWN)
			break;
	}
	return walk;
}

/* RFC 9989 section 4.10.2; *psd becomes the level of the public suffix domain's own record. */
static const char *organization_of(
	const struct walk *walk, const struct suffixes *suffixes, const struct dmarc_level **psd)
{
	const struct dmarc_level *highest = NULL;

	for (size_t i = 0; i < walk->count; i++) {
		const struct dmarc_level *level = &walk->levels[i];

		if (!has_record(level))
			continue;
		if (level->record.psd == DMARC_PSD_NO)
			return level->domain;
		if (level->record.psd == DMARC_PSD_YES && i > 0) {
			*psd = level;
			return domain_last_labels(walk->start, domain_labels(level->domain) + 1);
		}
		highest = level;
	}
	if (highest == NULL)
		return suffixes_organization(suffixes, walk->start);
	if (highest != walk->levels && suffixes_has(suffixes, highest->domain)) {
		*psd = highest;
		return suffixes_organization(suffixes, walk->start);
	}
	return highest->domain;
}

static const struct dmarc_level *level_at(const struct walk *walk, const char *domain)
{
	for (size_t i = 0; i < walk->count; i++)
		if (has_record(&walk->levels[i]) && strcmp(walk->levels[i].domain, domain) == 0)
			return &walk->levels[i];
	return NULL;
}

/* The first level that was meant to have a record, public suffixes left out: their texts say
 * nothing about this domain. */
static const struct dmarc_level *faulty_level(const struct walk *walk, const struct suffixes *suffixes)
{
	for (size_t i = 0; i < walk->count; i++) {
		const struct dmarc_level *level = &walk->levels[i];

		if (level->text[0] != '\0' && !has_record(level) &&
			(i == 0 || !suffixes_has(suffixes, level->domain)))
			return level;
	}
	return NULL;
}

/* The author domain's record, else its organisation's, else its public suffix domain's
 * (RFC 9989 section 4.10.1). */
static struct dmarc_discovery discover_by_tree(struct dmarc_search *search, const char *domain)
{
	struct walk walk = walk_tree(search, domain);
	struct dmarc_discovery discovery = {.organization = "", .trouble = walk.trouble};
	const struct suffixes *suffixes = search->work->suffixes;
	const struct dmarc_level *psd = NULL;
	const char *organization = organization_of(&walk, suffixes, &psd);

	discovery.policy = level_at(&walk, domain);
	if (walk.trouble != NULL || search->exceeded)
		return discovery;
	discovery.organization = organization;
	if (discovery.policy == NULL)
		discovery.policy = level_at(&walk, organization);
	/* a bare "psd=y" marks a boundary and wants nothing from mail */
	if (discovery.policy == NULL && psd != NULL && psd->record.fault == DMARCRECORD_OK)
		discovery.policy = psd;
	if (discovery.policy == NULL)
		discovery.faulty = faulty_level(&walk, suffixes);
	return discovery;
}

/* RFC 7489 section 6.6.3: the author domain, else the organisation; several records at one of them
 * end the search. */
static struct dmarc_discovery discover_by_list(struct dmarc_search *search, const char *domain)
{
	struct walk walk = walk_new(search, domain);
	const struct dmarc_level *last = walk.levels; /* that was asked */
	const char *organization = suffixes_organization(search->work->suffixes, domain);
	struct dmarc_discovery discovery = {.organization = organization};

	if (visit(search, &walk, domain) && last->records == 0 && strcmp(organization, domain) != 0 &&
		visit(search, &walk, organization))
		last++;
	discovery.trouble = walk.trouble;
	if (walk.count > 0 && has_record(last))
		discovery.policy = last;
	else if (walk.trouble == NULL)
		discovery.faulty = faulty_level(&walk, search->work->suffixes);
	return discovery;
}

struct dmarc_discovery dmarc_discover(struct dmarc_search *search, const char *domain)
{
	return search->method == DISCOVERY_PSL ? discover_by_list(search, domain)
					       : discover_by_tree(search, domain);
}

const char *dmarc_organization(struct dmarc_search *search, const char *domain, const struct answer **trouble)
{
	const struct dmarc_level *psd = NULL;
	struct walk walk;

	if (search->method == DISCOVERY_PSL)
		return suffixes_organization(search->work->suffixes, domain);
	walk = walk_tree(search, domain);
	if (walk.trouble == NULL && !search->exceeded)
		return organization_of(&walk, search->work->suffixes, &psd);
	*trouble = walk.trouble;
	return "";
}
