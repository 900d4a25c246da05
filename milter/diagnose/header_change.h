/* What happened to the signed header fields between the signer and us: hypotheses that restore what
 * was signed. For RSA the signer's hash is known (it was recovered from b=), for Ed25519 each
 * hypothesis is verified. A hit is a proof, not a guess. */
#ifndef DIAGNOSE_HEADER_CHANGE_H
#define DIAGNOSE_HEADER_CHANGE_H

#include "base/digest.h"
#include "base/ed25519.h"
#include "message/canon.h"

struct effort;
struct header_list;

/* Limits of the search; ours. */
enum { HEADER_SINGLES_MAX = 2000, HEADER_PAIRS_MAX = 20000, HEADER_ED25519_MAX = 300 };

enum header_change_kind {
	HEADER_UNKNOWN,
	HEADER_OTHER_CANON,    /* to: the form that was really used */
	HEADER_SUBJECT_PREFIX, /* text: what was put in front or behind */
	HEADER_ALTERED,        /* original: the value that was signed */
	HEADER_ADDED,          /* signed as absent */
	HEADER_REMOVED,        /* original: the value */
	HEADER_REFOLDED,
	HEADER_REENCODED,   /* same meaning, other quoting or encoding */
	HEADER_FROM_MUNGED, /* original: the author's From */
	HEADER_SIGNER_BUG,  /* text: what the signer does wrong */
};

struct header_facts {
	const struct header_list *header;
	const struct header_field *signature;
	const char *signed_fields;             /* h= */
	const char *copied_fields;             /* z=, "" without */
	const struct header_list *part_header; /* of the part that the signed body became, or NULL */
	enum canon canon;
	enum digest_kind digest_kind;
	struct digest signed_hash; /* RSA: recovered from b= */
	bool ed25519;              /* then these instead of signed_hash */
	uint8_t key[ED25519_KEY_LEN];
	uint8_t signature_octets[ED25519_SIGNATURE_LEN];
};

struct header_change {
	enum header_change_kind kind;
	const char *name;     /* of the field */
	const char *text;     /* see the kinds; foreign */
	const char *original; /* foreign */
	const char *to;
	/* a second change that was needed as well; kind HEADER_UNKNOWN when one was enough */
	enum header_change_kind also_kind;
	const char *also_name;
};

/* Nothing found: HEADER_UNKNOWN, every text "". */
struct header_change header_change_none(void);

/* What was used is taken off the effort. */
struct header_change header_change_find(
	const struct header_facts *facts, struct effort *effort, struct arena *arena);

#endif
