/* The DKIM keys of a domain that can be found without a message: under the selectors that somebody names,
 * that verified here before, that the domain's providers use, and that are common. DNS does not list names.
 */
#ifndef SURVEY_SELECTORS_H
#define SURVEY_SELECTORS_H

#include "diagnose/diagnosis.h"

struct exchangers;
struct scene;
struct work;

enum { SELECTORS_TRIED_MAX = 48 }; /* ours */

enum selector_origin { SELECTOR_ASKED, SELECTOR_REMEMBERED, SELECTOR_PROVIDER, SELECTOR_COMMON };

struct selector {
	const char *name; /* lower case */
	enum selector_origin origin;
	struct signature_verdict key; /* what a signature would meet; pass: a usable key */
	bool found;                   /* there is something under the name */
	const char *alias_of;         /* where a CNAME leads; "" */
	const char *same_as;          /* another selector with the same key; "" */
	struct diagnoses diagnoses;
};

struct selectors {
	struct selector *items;
	size_t count, found;
	bool wildcard; /* a name that nobody has is answered too */
};

struct asked_selectors {
	const char *const *names;
	size_t count;
};

/* Which names to try; starts their lookups. */
struct selectors selectors_to_try(const struct work *work, const char *domain,
	const struct asked_selectors *asked, const struct remembered_keys *remembered,
	const char *const *hosts, size_t host_count);

/* Looks up all, and finds the causes of those that were asked for or are there. Waits for DNS. */
void selectors_judge(struct selectors *selectors, struct scene *scene, const char *domain);

#endif
