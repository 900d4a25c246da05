/* SPF passed: is the pass worth anything, and will it last? */
#include "base/arena.h"
#include "base/text.h"
#include "diagnose/collection.h"
#include "diagnose/producers.h"
#include "diagnose/spf_text.h"

#include <string.h>

enum {
	LOOKUPS_NEAR_LIMIT = 9,  /* of 10: RFC 7208 section 4.6.4 */
	OCTETS_NEAR_LIMIT = 450, /* RFC 7208 section 3.4 */
	WIDE_IPV4 = 8,           /* ours: nobody sends from so many hosts */
	WIDE_IPV6 = 20,
};

/* The term that matched, however deep: "all", "+all" or a network of everything. NULL when sound. */
static const char *matches_everybody(const struct spf_verdict *spf, struct arena *arena)
{
	for (size_t i = 0; i < spf->term_count; i++) {
		const struct spf_term *term = &spf->terms[i];
		struct spf_words words = spf_words_of(term->text, arena);
		struct network network;

		if (term->outcome != TERM_MATCH || term->qualifier != '+' || words.count == 0)
			continue;
		if (spf_word_is(&words.items[0], "all") ||
			(spf_word_network(&words.items[0], &network) && network.prefix == 0))
			return term->text;
	}
	return NULL;
}

struct size {
	double addresses;    /* IPv4, of all records met */
	const char *widest;  /* the term */
	unsigned narrowness; /* its prefix, in IPv4 bits */
	bool wide;
};

static void add_record(struct size *size, const char *record, struct arena *arena)
{
	struct spf_words words = spf_words_of(record, arena);

	for (size_t i = 1; i < words.count; i++) {
		const struct spf_word *word = &words.items[i];
		struct network network;
		bool six;

		if (!spf_word_network(word, &network) || word->qualifier != '+' || network.prefix == 0)
			continue;
		six = network.address.family == NETADDR_IPV6;
		if (!six) {
			size->addresses += (double)(1ull << (32 - network.prefix));
			if (size->widest == NULL || network.prefix < size->narrowness) {
				size->widest = word->text;
				size->narrowness = network.prefix;
			}
		}
		if (network.prefix < (six ? WIDE_IPV6 : WIDE_IPV4)) {
			size->wide = true;
			size->widest = word->text;
			size->narrowness = 0;
		}
	}
}

static void permissive(struct collection *collection)
{
	const struct spf_verdict *spf = &collection->facts->verdicts->spf;
	struct size size = {.widest = NULL};

	for (size_t i = 0; i < spf->record_count; i++)
		add_record(&size, spf->records[i].text, collection->arena);
	if (!size.wide && size.addresses <= 1048576.0) /* 2^20 */
		return;
	cause_found(collection, CAUSE_SPF_TOO_PERMISSIVE, CONFIDENCE_STRONG,
		DETAILS({"n", arena_printf(collection->arena, "%.0f", size.addresses)},
			{"mech", size.widest}));
}

/* Slow, and many receivers skip it (RFC 7208 section 5.5). */
static bool uses_ptr(const struct spf_verdict *spf, struct arena *arena)
{
	struct spf_words words = spf_words_of(spf->record, arena);

	for (size_t i = 1; i < words.count; i++)
		if (spf_word_is(&words.items[i], "ptr") && words.items[i].separator != '=')
			return true;
	return false;
}

void spf_pass_causes(struct collection *collection)
{
	const struct spf_verdict *spf = &collection->facts->verdicts->spf;
	const char *everybody = matches_everybody(spf, collection->arena);
	size_t len = strlen(spf->record);

	if (everybody != NULL)
		cause_found(collection, CAUSE_SPF_PASS_ALL, CONFIDENCE_PROVEN, DETAILS({"mech", everybody}));
	else
		permissive(collection);
	if (spf->lookups >= LOOKUPS_NEAR_LIMIT || len > OCTETS_NEAR_LIMIT || uses_ptr(spf, collection->arena))
		cause_found(collection, CAUSE_SPF_RECORD_NEAR_LIMIT, CONFIDENCE_STRONG,
			DETAILS({"n", arena_printf(collection->arena, "%u", spf->lookups)},
				{"len", arena_printf(collection->arena, "%zu", len)}));
}
