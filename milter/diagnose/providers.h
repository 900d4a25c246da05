/* Who may have signed: the organisations that a message and its DNS name, and the selectors that
 * signers use. Guesses; a key found with their help counts only when it made the signature. */
#ifndef DIAGNOSE_PROVIDERS_H
#define DIAGNOSE_PROVIDERS_H

#include <stdbool.h>
#include <stddef.h>

struct collection;
struct signature_verdict;

enum { PROVIDERS_MAX = 6, SELECTORS_MAX = 24 };

struct name_list {
	const char *names[SELECTORS_MAX];
	size_t count;
};

/* Domains of the organisations behind reverse name, HELO, SPF includes, other signatures and known MX
 * hosts, the likeliest first; never the signer's own. */
struct name_list providers_of(const struct collection *collection, const struct signature_verdict *signature);

/* The organisation whose machine the domain's web site is on; "" when none or not known yet. It takes
 * two inquiries; *pending is set while an answer is outstanding. */
const char *provider_of_web(struct collection *collection, const char *domain, bool *pending);

/* Selectors that the signer may publish besides the one it used, the likeliest first. */
struct name_list selectors_of(const struct collection *collection, const struct signature_verdict *signature);

/* Adds what is neither there nor empty, as long as there is room. */
void name_list_add(struct name_list *list, const char *name);

#endif
