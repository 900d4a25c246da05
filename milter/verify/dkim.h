/* The stations of a DKIM-Signature on its way to a verdict; for verify/ alone. dkim.c leads through
 * them: pre-filter, choice, libopendkim, key, content. libopendkim judges the form of the field, and keys
 * that OpenSSL does not take from us; hashes and verification are ours. A signature is open until a station
 * settles it; the first to do so decides. */
#ifndef VERIFY_DKIM_H
#define VERIFY_DKIM_H

#include "facts/signature_verdict.h"
#include "records/key_record.h"
#include "records/signature_tags.h"
#include "verify/body_hashes.h"

#include <sys/types.h>

#include <opendkim/dkim.h>

struct header_field;
struct work;

struct signature {
	struct signature_verdict verdict;
	struct signature_tags tags;
	struct key_record key;
	const char *plain_key; /* for libopendkim; "" when it shall have none */
	bool open;             /* no verdict yet */
	bool fed;              /* libopendkim has the field */
	bool own;              /* it cannot read it: we judge its form ourselves */
	DKIM_SIGINFO *info;    /* libopendkim's view of it; NULL when it has none */
};

struct signatures {
	const struct work *work;
	DKIM *opendkim; /* NULL when there is nothing for it to do */
	struct signature *items;
	size_t count;
	struct body_hashes bodies;
	uint64_t body_octets;
	bool body_too_large;
};

/* Reads the field; settles what needs no DNS and no body. */
void signature_prefilter(struct signature *signature, const struct work *work, size_t field);

/* Of the open signatures, at most max-signatures stay open, those of the author's organisation first. */
void signatures_choose(struct signatures *signatures);

/* Asks for the key and settles what is wrong with it. Waits for DNS. */
void signature_find_key(struct signature *signature, const struct work *work);

/* libopendkim's callback; never asks anything. */
DKIM_CBSTAT signature_key_lookup(DKIM *opendkim, DKIM_SIGINFO *info, u_char *record, size_t size);

/* After the last octet of the body: makes the digests, then settles what is still open. */
void signature_judge(struct signature *signature, const struct signatures *signatures);

/* Verdict and result by the fault; text is foreign or ours, never NULL. */
void signature_settle(struct signature *signature, enum signature_fault fault, const char *text);

#endif
