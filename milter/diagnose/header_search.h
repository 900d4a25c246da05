/* The octets a signature covers, cut into slots, and hypotheses that put other octets into some of them:
 * what header_change tries. */
#ifndef DIAGNOSE_HEADER_SEARCH_H
#define DIAGNOSE_HEADER_SEARCH_H

#include "diagnose/header_candidates.h"
#include "diagnose/header_hash.h"

enum { HEADER_SLOTS_MAX = 256, HYPOTHESIS_SLOTS_MAX = 8 };

struct header_hypothesis {
	const struct header_candidate *candidate;
	const char *name; /* of the field */
	size_t slots[HYPOTHESIS_SLOTS_MAX];
	struct span octets[HYPOTHESIS_SLOTS_MAX];
	size_t count;
};

/* One slot for each name of h=, and the last one for the signature itself. */
struct header_search {
	const struct header_facts *facts;
	struct arena *arena;
	struct canon_selection selection;
	struct span slots[HEADER_SLOTS_MAX + 1];
	size_t slot_count; /* without the signature */
	enum canon canon;
	struct header_hash hash;
	size_t tries_left;
	struct effort *effort;
	size_t octets; /* of all slots */
	struct header_hypothesis *hypotheses;
	size_t hypothesis_count;
};

/* Fills the slots as the signature's rules say, in that canonical form. */
void header_search_begin(struct header_search *search, enum canon canon);

/* The octets of a slot from now on. */
void header_search_put(struct header_search *search, size_t slot, struct span octets);

/* A value, behind the colon, in the form of the search. */
struct span header_search_field(const struct header_search *search, struct span name, const char *value);

/* Takes the candidate in for that slot, unless it is what is there already. */
void header_search_add(struct header_search *search, size_t slot, const struct header_candidate *candidate);

/* Does it fit with up to two hypotheses, each may be NULL? */
bool header_search_fits(struct header_search *search, const struct header_hypothesis *first,
	const struct header_hypothesis *second);

/* For Ed25519: was the data signed itself, instead of its hash (RFC 8463 section 3)? */
bool header_search_fits_unhashed(struct header_search *search);

#endif
