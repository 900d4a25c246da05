/* The causes found so far, with everything a producer needs: the facts, what the other producers
 * found, and details that every sentence may use. Private to diagnose/. */
#ifndef DIAGNOSE_COLLECTION_H
#define DIAGNOSE_COLLECTION_H

#include "diagnose/alteration.h"
#include "diagnose/diagnosis.h"
#include "diagnose/sentence.h"

/* Room for more than can be true at once; what is over it is dropped, and partial says so. */
enum { FOUND_MAX = 64, BASE_DETAILS = 9 };

struct found {
	struct diagnosis diagnosis;
	int group;           /* order of causes; a remark beside a better cause goes to GROUP_REMARKS */
	const char *missing; /* a template's word that nobody filled, or NULL: a bug the tests look for */
};

enum { GROUP_DMARC_FAIL = 4, GROUP_SPF = 5, GROUP_SENDER = 9, GROUP_REMARKS = 10 };

struct collection {
	const struct findings_so_far *facts;
	struct arena *arena;
	struct found found[FOUND_MAX];
	size_t count;
	bool partial;
	bool forgone; /* an answer was left out for lack of budget */
	bool holding; /* something decisive is being found out: nothing else is noted meanwhile */
	bool unremarkable;
	int signature;                       /* the one being diagnosed; -1 otherwise */
	bool key_explained[ALTERATIONS_MAX]; /* by signature: the name servers have its right key */
	struct detail base_items[BASE_DETAILS];
	struct details base;         /* domain ip ptr helo sender from_domain org_domain record result */
	const struct details *scope; /* base, or the details of the signature in front of it */
};

/* The base details point into the collection: it must not move. */
void collection_begin(
	struct collection *collection, const struct findings_so_far *facts, struct arena *arena);

/* Each cause is kept once: the first finding counts. details may be NULL. */
void cause_found(struct collection *collection, enum cause cause, enum confidence confidence,
	const struct details *details);

/* The same in another group of the order of causes than its row says. */
void cause_found_in_group(struct collection *collection, enum cause cause, enum confidence confidence,
	int group, const struct details *details);

bool collection_has(const struct collection *collection, enum cause cause);

/* The code of the first cause of the method, or the given word when there is none. */
const char *collection_code_of(
	const struct collection *collection, const char *method, const char *otherwise);

/* Sorted, cut and ready. */
struct diagnoses collection_end(struct collection *collection);

/* Sorted, and all of them. */
struct diagnoses collection_all(struct collection *collection);

/* DETAILS({"target", x}, {"hint", y}) as an argument. */
#define DETAILS(...)                                                                                         \
	(&(const struct details){.items = (const struct detail[]){__VA_ARGS__},                              \
		.count = sizeof((const struct detail[]){__VA_ARGS__}) / sizeof(struct detail)})

#endif
