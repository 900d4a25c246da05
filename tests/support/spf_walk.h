/* check_host() once more, as plain recursion without libspf2, tokens or trace: the oracle that
 * verify_spf must agree with. It shares the parser, the macros and the client's names. */
#ifndef TESTS_SPF_WALK_H
#define TESTS_SPF_WALK_H

#include "verify/verify.h"

struct spf_walked {
	enum result result;
	unsigned lookups, voids;
	size_t questions; /* distinct ones asked, those for exp= not among them */
};

/* For MAIL FROM with a usable domain and a known client. */
struct spf_walked spf_walk(const struct work *work);

#endif
