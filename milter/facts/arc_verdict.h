/* The outcome of ARC (RFC 8617) with everything needed to say why. */
#ifndef FACTS_ARC_VERDICT_H
#define FACTS_ARC_VERDICT_H

#include "facts/answer.h"
#include "facts/result.h"
#include "facts/signature_verdict.h"

enum { ARC_SETS_MAX = 50 }; /* RFC 8617 section 4.2.1 */

/* In the order in which they are looked for; the first one decides. */
enum arc_fault {
	ARCFAULT_NONE,
	ARCFAULT_TOO_MANY_SETS,
	ARCFAULT_INSTANCES,     /* not 1 to N once each; text lists them */
	ARCFAULT_FIELD_MISSING, /* text: the field's name */
	ARCFAULT_FIELD_BROKEN,  /* text: the field's name and what is wrong in it */
	ARCFAULT_CV,            /* a chain validation value where it cannot be; text: the value */
	ARCFAULT_CV_FAIL,       /* the newest sealer found the chain broken already */
	ARCFAULT_KEY_DNS,       /* the key could not be looked up, see key_answer */
	ARCFAULT_KEY_ABSENT,
	ARCFAULT_KEY_UNUSABLE,   /* text: why */
	ARCFAULT_SEAL,           /* does not verify; see recovery */
	ARCFAULT_BODY_TOO_LARGE, /* over max-body; the hash was not computed */
	ARCFAULT_SIGNATURE,      /* of the newest ARC-Message-Signature: header altered, or wrong key */
	ARCFAULT_BODY_HASH,      /* of the same */
	ARCFAULT_UNSIGNED_TAIL,  /* of the same: octets behind l= are unsigned */
};

/* What an ARC-Authentication-Results field says has passed, never more than a claim. */
enum { ARC_DKIM_PASSES_MAX = 4 }; /* ours; as many as Gmail was seen to print twice */

struct arc_results {
	bool spf, dmarc;
	const char *spf_domain, *author_domain; /* usable names or "" */
	const char *dkim_domains[ARC_DKIM_PASSES_MAX];
	size_t dkim_count;
};

struct arc_hop {
	const char *sealer; /* d= of the seal; a usable name or "" */
	struct arc_results results;
};

struct arc_verdict {
	enum result result; /* none without any ARC field */
	enum arc_fault fault;
	const char *fault_text;     /* "" if it does not apply; may be foreign text */
	unsigned set_count;         /* sets, or the most fields of one kind */
	unsigned limit;             /* of sets, when there are too many */
	unsigned failed;            /* the instance the fault is about, 0 when it is about none */
	const struct arc_hop *hops; /* instance 1 first; NULL unless the structure is good */

	const char *key_name;            /* of the failed instance's key; "" */
	const struct answer *key_answer; /* for the three faults of a key; else NULL */
	enum recovery recovery;          /* for a seal */

	/* the newest ARC-Message-Signature, as if it were a DKIM-Signature; NULL unless evaluated */
	const struct signature_verdict *message_signature;

	unsigned oldest_pass;       /* the message is as this instance and all newer ones left it; 0: none */
	bool altered_before_oldest; /* the instance before that has seen another message */

	/* The newest instance of which this can be told for certain (oldest_pass or newer) that claims DMARC
	 * pass for the author's organisation; 0 when there is none. */
	unsigned vouching;
	bool vouching_trusted; /* and its sealer is a trusted-arc-sealer, and From is signed */
};

#endif
