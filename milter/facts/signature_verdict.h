/* The outcome of one DKIM-Signature field (RFC 6376) with everything needed to say why. */
#ifndef FACTS_SIGNATURE_VERDICT_H
#define FACTS_SIGNATURE_VERDICT_H

#include "facts/answer.h"
#include "facts/key_fault.h"
#include "facts/result.h"

#include <stdint.h>

/* What decided a verdict other than pass, in the order of the checks. */
enum signature_fault {
	SIGFAULT_NONE,
	SIGFAULT_NOT_EVALUATED, /* over the limit of signatures per message */
	/* the field itself */
	SIGFAULT_TOO_LARGE, /* over 8 KB, 32 tags or 256 names in h= */
	SIGFAULT_SYNTAX,    /* not a tag list; also a broken b=, bh=, t=, x=, l= value */
	SIGFAULT_DUPLICATE_TAG,
	SIGFAULT_MISSING_TAG, /* text names it */
	SIGFAULT_VERSION,
	SIGFAULT_ALGORITHM, /* unknown a= */
	SIGFAULT_CANONICALIZATION,
	SIGFAULT_QUERY_METHOD,
	SIGFAULT_DOMAIN,   /* d= is not a usable domain */
	SIGFAULT_SELECTOR, /* s= is not usable */
	SIGFAULT_IDENTITY, /* i= malformed */
	SIGFAULT_IDENTITY_OUTSIDE_DOMAIN,
	SIGFAULT_FROM_NOT_SIGNED,
	SIGFAULT_B_CORRUPT,             /* b= is not base64, or cut */
	SIGFAULT_BODY_HASH_CORRUPT,     /* bh= has the wrong length for its algorithm */
	SIGFAULT_EXPIRES_BEFORE_SIGNED, /* x= not after t=: RFC 6376 section 3.5 */
	SIGFAULT_EXPIRED,
	SIGFAULT_FUTURE,           /* t= more than 5 minutes ahead of our clock */
	SIGFAULT_DOMAIN_IS_SUFFIX, /* d= is a public suffix */
	SIGFAULT_SHA1,             /* RFC 8301 */
	/* the key */
	SIGFAULT_KEY_DNS,       /* trouble looking it up; see answer */
	SIGFAULT_KEY_ABSENT,    /* no name or no record: see answer->kind */
	SIGFAULT_KEY_SEVERAL,   /* more than one TXT record at the name */
	SIGFAULT_KEY_RECORD,    /* unusable; see key_fault */
	SIGFAULT_KEY_REVOKED,   /* empty p= */
	SIGFAULT_KEY_TYPE,      /* k= does not fit a= */
	SIGFAULT_KEY_HASH,      /* h= forbids the algorithm */
	SIGFAULT_KEY_SERVICE,   /* s= is not for email */
	SIGFAULT_KEY_STRICT,    /* t=s and i= in a subdomain */
	SIGFAULT_KEY_TOO_SHORT, /* RFC 8301: under 1024 bits */
	SIGFAULT_KEY_TOO_LONG,  /* over 4096 bits, our limit */
	/* the content */
	SIGFAULT_BODY_TOO_LARGE,      /* over max-body; the hash was not computed */
	SIGFAULT_LENGTH_EXCEEDS_BODY, /* l= larger than the body */
	SIGFAULT_SIGNATURE,           /* b= does not verify: wrong key or altered header, see recovery */
	SIGFAULT_BODY_HASH,           /* b= verifies, bh= differs */
	SIGFAULT_UNSIGNED_TAIL,       /* verified, but octets behind l= are unsigned */
	SIGFAULT_LIBRARY,             /* the library could not do its work; text says what */
};

/* RSA recovery: what the signer hashed, from b= and the published key. */
enum recovery {
	RECOVERY_NOT_RUN,      /* no key, ed25519, or the signature is good */
	RECOVERY_OTHER_SIZE,   /* b= has another length than the key's modulus */
	RECOVERY_WRONG_KEY,    /* padding invalid: this key did not make this b= */
	RECOVERY_BAD_DIGEST,   /* padding right, but no digest of the a= algorithm inside */
	RECOVERY_SAME_HEADER,  /* the recovered hash is our header hash */
	RECOVERY_OTHER_HEADER, /* key right; the signed header fields differ from what was signed */
};

enum { DIGEST_MAX = 32 };

struct signature_verdict {
	enum result result;
	enum signature_fault fault;
	const char *fault_text; /* the tag or piece that is wrong, "" without one; foreign text */
	size_t field;           /* index of the field in the message's header list */
	bool aligned_first;     /* its domain could align with the author's */
	bool test_mode;         /* key has t=y */

	/* the tags, as written; "" when absent or unreadable */
	const char *domain;          /* d=, case kept for display */
	const char *identity_domain; /* domain of i=, else d=; case kept */
	const char *selector;
	const char *algorithm;         /* "rsa-sha256" */
	const char *canonicalization;  /* "relaxed/simple", as written or the default "simple/simple" */
	const char *signature_b64;     /* b= without white space */
	const char *body_hash_b64;     /* bh= without white space */
	const char *signed_fields;     /* h= */
	const char *copied_fields;     /* z= raw */
	int64_t signed_at, expires_at; /* t=, x=; -1 when absent */
	int64_t body_length;           /* l=, -1 when absent */

	/* comparable names, "" when unusable */
	const char *domain_name; /* d= lower case, A-labels */
	const char *key_name;    /* selector._domainkey.domain, lower case */

	/* the key */
	const struct answer *key_answer; /* NULL when never asked */
	const char *key_record;          /* the TXT used, "" without one */
	enum key_fault key_fault;
	size_t key_fault_position;
	unsigned key_bits; /* 0 when unknown */
	const char *key_p; /* p= without white space */

	/* the content */
	bool digests_known; /* the next four are set */
	bool body_hash_matches;
	uint8_t header_digest[DIGEST_MAX], body_digest[DIGEST_MAX]; /* ours */
	size_t digest_len;                                          /* 20 or 32 */
	int64_t canonical_length;                                   /* octets of the canonicalised body */
	enum recovery recovery;
	uint8_t recovered_digest[DIGEST_MAX]; /* the signer's header digest, SAME or OTHER_HEADER only */
	unsigned signature_bits;              /* length of b= in bits */
};

#endif
