/* DKIM: no key at the signature's name. Where is it? The places are asked for in the order of their
 * likelihood, a few at a time, and a place counts as proven when its key made the signature
 *. */
#include "base/arena.h"
#include "base/buf.h"
#include "base/domain.h"
#include "base/suffixes.h"
#include "base/text.h"
#include "diagnose/collection.h"
#include "diagnose/inquiry.h"
#include "diagnose/key_fix.h"
#include "diagnose/key_probe.h"
#include "diagnose/key_text.h"
#include "diagnose/known_answers.h"
#include "diagnose/producers.h"
#include "diagnose/providers.h"
#include "diagnose/zone_shape.h"

#include <string.h>

/* Questions in all, that for selectors included; see diagnosis-queries. */
enum { PLACES_MAX = 8, PROVIDERS_ASKED = 2, PROVIDERS_ASKED_FIRST = 1 };

struct search {
	struct collection *collection;
	const struct signature_verdict *signature;
	struct arena *arena;
	const char *selector; /* lower case */
	const char *domain, *zone;
	struct name_list others; /* selectors that do have a key */
	unsigned places;         /* looked at so far */
	struct { /* a key that did not make the signature: said when no other place has the right one */
		enum cause cause;
		struct key_probe probe;
	} otherwise;
	bool pending; /* an answer is outstanding: do not go on to the next places */
};

static struct key_probe look_at_known(struct search *search, const char *name)
{
	struct key_probe probe = key_probe(search->collection, search->signature, name);

	search->pending = search->pending || probe.match == KEY_PENDING;
	return probe;
}

/* One of the places that cost a question. */
static struct key_probe look(struct search *search, const char *name)
{
	if (search->places == PLACES_MAX)
		return (struct key_probe){.match = KEY_ABSENT, .name = name, .record = ""};
	search->places++;
	return look_at_known(search, name);
}

static enum confidence confidence_of(struct key_probe probe)
{
	if (probe.match == KEY_PENDING || probe.match == KEY_UNTRIED)
		return CONFIDENCE_STRONG;
	return probe.match == KEY_FITS ? CONFIDENCE_PROVEN : CONFIDENCE_LIKELY;
}

static bool is_key(struct key_probe probe)
{
	return probe.record[0] != '\0';
}

/* The domain in the name of a key. */
static const char *parent_of(const char *name)
{
	const char *part = strstr(name, "._domainkey.");

	return part == NULL ? name : part + strlen("._domainkey.");
}

static void key_is_at(const struct search *search, enum cause cause, struct key_probe probe)
{
	const char *name = search->signature->key_name;

	cause_found(search->collection, cause, confidence_of(probe),
		DETAILS({"found_at", probe.name}, {"parent", parent_of(probe.name)},
			{"host", key_fix_host(search->collection, name)},
			{"fix", key_fix_txt(search->collection, name, probe.record)}));
}

/* A key at a name that shows what was meant. */
static bool settle(struct search *search, enum cause cause, struct key_probe probe)
{
	if (!is_key(probe))
		return false;
	if (probe.match == KEY_OTHER) {
		if (search->otherwise.cause == CAUSE_NONE) {
			search->otherwise.cause = cause;
			search->otherwise.probe = probe;
		}
		return false;
	}
	key_is_at(search, cause, probe);
	return true;
}

/* Endings that configuration files put behind a selector, not signers. NULL when the name is plausible. */
static const char *plausible_selector(const char *selector, struct arena *arena)
{
	static const char *const endings[] = {".private", ".txt", ".key", ".pem", ".public", ".pub"};
	const char *key_part = text_find(selector, strlen(selector), "._domainkey");

	if (key_part != NULL && key_part > selector)
		return arena_copy(arena, selector, (size_t)(key_part - selector));
	for (size_t i = 0; i < sizeof endings / sizeof endings[0]; i++)
		if (text_ends(selector, endings[i]) && strlen(selector) > strlen(endings[i]))
			return arena_copy(arena, selector, strlen(selector) - strlen(endings[i]));
	return NULL;
}

static bool is_implausible(struct search *search)
{
	const char *plausible = plausible_selector(search->selector, search->arena);
	struct key_probe probe;

	if (plausible == NULL)
		return false;
	probe = look(search, arena_printf(search->arena, "%s._domainkey.%s", plausible, search->domain));
	cause_found(search->collection, CAUSE_DKIM_SIG_SELECTOR_IMPLAUSIBLE,
		probe.match == KEY_FITS ? CONFIDENCE_PROVEN : CONFIDENCE_LIKELY, DETAILS({"fix", plausible}));
	return true;
}

/* The CNAME's target without the zone that a panel or a missing dot put behind it; "" when it is none. */
static const char *target_meant(const struct search *search, const char *target)
{
	const char *zones[] = {search->domain, search->zone};

	for (size_t i = 0; i < sizeof zones / sizeof zones[0]; i++) {
		size_t len = strlen(target), zone_len = strlen(zones[i]);

		if (len > zone_len + 1 && domain_is_below(target, zones[i])) {
			const char *meant = arena_copy(search->arena, target, len - zone_len - 1);

			/* Providers keep keys below "_domainkey", a name like "dkim", or where they like:
			 * only what is left of a name in the own zone is no name at all. */
			if (strstr(meant, "dkim") != NULL || strstr(meant, "domainkey") != NULL
					? domain_labels(meant) > 2
					: domain_labels(meant) > 1)
				return meant;
		}
	}
	return "";
}

static bool is_cname(struct search *search)
{
	const struct answer *answer = search->signature->key_answer;
	const char *target = answer == NULL ? "" : answer->final_name, *meant;
	struct key_probe probe = {.match = KEY_ABSENT, .record = ""};

	if (answer == NULL || text_equal(target, answer->asked.name))
		return false;
	meant = target_meant(search, target);
	if (meant[0] != '\0')
		probe = look(search, meant);
	if (is_key(probe))
		cause_found(search->collection, CAUSE_DKIM_KEY_CNAME_ZONE_APPENDED, confidence_of(probe),
			DETAILS({"target", target}, {"fix", key_fix_cname(search->collection,
								    search->signature->key_name, meant)}));
	else
		cause_found(search->collection, CAUSE_DKIM_KEY_CNAME_DANGLING, CONFIDENCE_STRONG,
			DETAILS({"target", target}));
	return true;
}

static bool is_at_apex(struct search *search)
{
	/* Mostly the domain whose SPF was checked: then it takes no question. */
	search->places += !text_equal(search->domain, search->collection->facts->verdicts->spf.domain);
	return settle(search, CAUSE_DKIM_KEY_AT_APEX, look_at_known(search, search->domain));
}

static bool is_in_doubled_zone(struct search *search)
{
	const char *name = arena_printf(search->arena, "%s.%s", search->signature->key_name, search->zone);

	if (search->places + 2 > PLACES_MAX)
		return false;
	search->places++;
	return zone_is_doubled(search->collection, search->zone, &search->pending) == KNOWN_YES &&
	       settle(search, CAUSE_DKIM_ZONE_SUFFIX_DOUBLED, look(search, name));
}

static bool is_at_provider(struct search *search, size_t max)
{
	struct name_list providers = providers_of(search->collection, search->signature);

	for (size_t i = 0; i < providers.count && i < max; i++) {
		const char *target =
			arena_printf(search->arena, "%s._domainkey.%s", search->selector, providers.names[i]);
		struct key_probe probe = look(search, target);

		if (probe.match != KEY_FITS)
			continue;
		cause_found(search->collection, CAUSE_DKIM_KEY_ONLY_AT_PROVIDER, CONFIDENCE_PROVEN,
			DETAILS({"provider", providers.names[i]},
				{"fix", key_fix_cname(
						search->collection, search->signature->key_name, target)},
				{"txt", key_fix_strings(search->collection, probe.record)}));
		return true;
	}
	return false;
}

static bool is_at_parent(struct search *search)
{
	const char *parents[] = {search->zone, domain_parent(search->domain)};

	for (size_t i = 0; i < sizeof parents / sizeof parents[0]; i++) {
		const char *name =
			arena_printf(search->arena, "%s._domainkey.%s", search->selector, parents[i]);

		if (strcmp(search->domain, search->zone) == 0 ||
			(i > 0 && strcmp(parents[i], parents[0]) == 0))
			return false;
		if (settle(search, CAUSE_DKIM_KEY_AT_PARENT_DOMAIN, look(search, name)))
			return true;
	}
	return false;
}

/* Names that people make of "selector._domainkey.domain". */
static bool is_at_wrong_name(struct search *search)
{
	const char *s = search->selector, *d = search->domain;
	const char *names[] = {
		arena_printf(search->arena, "_domainkey.%s", d), /* asked for before */
		arena_printf(search->arena, "%s.domainkey.%s", s, d),
		arena_printf(search->arena, "%s_domainkey.%s", s, d),
		arena_printf(search->arena, "%s.%s", s, d),
		arena_printf(search->arena, "_domainkey.%s.%s", s, d),
		arena_printf(search->arena, "%s._domainkeys.%s", s, d),
	};

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		struct key_probe probe = i == 0 ? look_at_known(search, names[i]) : look(search, names[i]);

		if (settle(search, CAUSE_DKIM_KEY_WRONG_NAME, probe))
			return true;
	}
	return false;
}

static bool is_under_other_selector(struct search *search)
{
	struct name_list selectors = selectors_of(search->collection, search->signature);

	for (size_t i = 0; i < selectors.count && i < PLACES_MAX; i++) {
		struct key_probe probe = look(search,
			arena_printf(search->arena, "%s._domainkey.%s", selectors.names[i], search->domain));

		if (probe.match == KEY_OTHER || probe.match == KEY_UNTRIED)
			name_list_add(&search->others, selectors.names[i]);
		if (probe.match != KEY_FITS)
			continue;
		signature_other_selector_cause(search->collection, search->signature, &probe);
		return true;
	}
	return false;
}

/* Also when a wrong key is at the right name. */
void signature_other_selector_cause(struct collection *collection, const struct signature_verdict *signature,
	const struct key_probe *probe)
{
	cause_found(collection, CAUSE_DKIM_KEY_UNDER_OTHER_SELECTOR, CONFIDENCE_PROVEN,
		DETAILS({"found_at", probe->name},
			{"fix", key_fix_txt(collection, signature->key_name, probe->record)}));
}

static const char *others_named(const struct search *search)
{
	struct buf out = buf_in(search->arena);

	for (size_t i = 0; i < search->others.count; i++)
		buf_printf(&out, "%s%s", i > 0 ? ", " : "", search->others.names[i]);
	if (out.len > 0)
		return out.data;
	return search->collection->facts->language == LANGUAGE_JA ? "名称不明" : "names unknown";
}

/* As it verified here before, else as far as it can be known. */
static const char *record_to_publish(const struct search *search)
{
	const struct remembered_keys *keys = &search->collection->facts->remembered;
	const char *type = text_starts(search->signature->algorithm, "ed25519") ? "ed25519" : "rsa";

	for (size_t i = 0; i < keys->count; i++)
		if (text_equal(keys->items[i].selector, search->selector) &&
			text_equal(keys->items[i].domain, search->domain) &&
			key_match_of_p(search->collection, keys->items[i].p) == KEY_FITS)
			return arena_printf(search->arena, "v=DKIM1; k=%s; p=%s", type, keys->items[i].p);
	return arena_printf(search->arena, "v=DKIM1; k=%s; p=…", type);
}

static void key_is_missing(const struct search *search, struct keys_below keys)
{
	const char *fix =
		key_fix_txt(search->collection, search->signature->key_name, record_to_publish(search));

	if (keys.exist == KNOWN_NO)
		cause_found(search->collection, CAUSE_DKIM_KEY_MISSING_ALL,
			keys.certain ? CONFIDENCE_STRONG : CONFIDENCE_LIKELY, DETAILS({"fix", fix}));
	else
		cause_found(search->collection, CAUSE_DKIM_KEY_MISSING_SELECTOR,
			keys.exist == KNOWN_YES && keys.certain ? CONFIDENCE_STRONG : CONFIDENCE_LIKELY,
			DETAILS({"others", others_named(search)}, {"fix", fix}));
}

/* There are keys: so names are entered rightly here, and another selector is likelier than all else. */
static bool is_among_keys(struct search *search)
{
	return is_at_provider(search, PROVIDERS_ASKED_FIRST) || is_at_parent(search) ||
	       is_under_other_selector(search) || is_in_doubled_zone(search) || is_at_wrong_name(search);
}

static bool is_anywhere(struct search *search)
{
	return is_in_doubled_zone(search) || is_at_provider(search, PROVIDERS_ASKED) ||
	       (!search->pending && (is_at_parent(search) || is_at_wrong_name(search)));
}

void signature_absence_causes(struct collection *collection, const struct signature_verdict *signature)
{
	struct search search = {
		.collection = collection,
		.signature = signature,
		.arena = collection->arena,
		.selector = text_lower(collection->arena, signature->selector, strlen(signature->selector)),
		.domain = signature->domain_name,
		.zone = suffixes_organization(collection->facts->suffixes, signature->domain_name),
	};
	struct keys_below keys = {.exist = KNOWN_NOT};

	if (is_implausible(&search) || is_cname(&search))
		return;
	if (!signature_is_searched(collection, signature)) {
		key_is_missing(&search, keys);
		return;
	}
	keys = zone_keys_below(collection, search.domain, &search.pending);
	search.places = keys.asked_nobody ? 2 : 1;
	if (is_at_apex(&search))
		return;
	if (!search.pending && (keys.exist == KNOWN_NO ? is_anywhere(&search) : is_among_keys(&search)))
		return;
	if (search.otherwise.cause != CAUSE_NONE)
		key_is_at(&search, search.otherwise.cause, search.otherwise.probe);
	else
		key_is_missing(&search, keys);
}
