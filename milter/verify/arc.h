/* The stations of ARC (RFC 8617 section 5.2); for verify/ alone. arc.c leads through them: structure,
 * keys, seals, the newest message signature. The first that finds a fault settles it. */
#ifndef VERIFY_ARC_H
#define VERIFY_ARC_H

#include "facts/arc_verdict.h"
#include "records/arc_tags.h"
#include "records/key_record.h"
#include "records/signature_tags.h"
#include "verify/body_hashes.h"

struct header_field;
struct work;

enum {
	/* Ours: older message signatures verified for oldest-pass. With the seals and the newest message
	 * signature that is 61 at most, 0.2 ms each with the longest keys. */
	ARC_LOOKS_BACK_MAX = 10,
	ARC_BODIES_MAX = 4 /* ours: canonical forms and lengths hashed */
};

/* One of the two signatures of a set. */
struct arc_signature {
	const struct header_field *field;
	size_t index; /* of the field in the header list */
	struct signature_tags tags;
	struct key_record key;
	const struct answer *key_answer;
	const char *key_text; /* the record; "" */
	uint8_t digest[DIGEST_MAX];
	bool undeclared_canon;  /* no c=: tags hold the form in trial */
	enum recovery recovery; /* what is known of b=, for ed25519 only SAME_HEADER and NOT_RUN */
};

struct arc_set {
	const struct header_field *results;
	struct arc_signature message, seal;
	enum arc_cv cv;
	const char *cv_text;
};

struct arc_chain {
	const struct work *work;
	struct arc_verdict verdict;
	struct arc_set *sets; /* set_count of them, instance 1 first; none when there are too many */
	bool open;            /* no verdict yet */
	struct body_hashes bodies;
	uint64_t body_octets;
	unsigned looks_back; /* left */
};

/* The fault of that instance; text ours or foreign, never NULL. */
void arc_settle(struct arc_chain *chain, enum arc_fault fault, unsigned instance, const char *text);

/* Finds the sets and settles what is wrong with them; counts them in any case. */
void arc_collect(struct arc_chain *chain);

/* Asks for the key (waits) and looks whether it may be used. ARCFAULT_NONE when it may; *text says why
 * not. */
enum arc_fault arc_find_key(struct arc_signature *signature, const struct work *work, const char **text);

/* A message signature without c=: by RFC 6376 section 3.5 that is simple/simple, but the suite of the
 * protocol's authors and the sealers made after it mean relaxed/relaxed. Whichever fits is genuine. */
void arc_assume_canon(struct arc_signature *message, bool relaxed);

/* Compares b= with the digest, which must be there; sets recovery. */
bool arc_signature_verifies(const struct work *work, struct arc_signature *signature);

/* The same for a message signature, whose header digest is computed first. */
bool arc_message_verifies(struct arc_chain *chain, struct arc_signature *message);

/* Computes the digests of the seals of all sets. */
void arc_seal_digests(struct arc_chain *chain);

/* The body form of that message signature; NULL when it is not hashed. */
const struct body_hash *arc_body_of(const struct arc_chain *chain, const struct arc_signature *signature);

/* After a pass: how far back the message is unchanged, and who vouches for its author. */
void arc_look_back(struct arc_chain *chain);

#endif
