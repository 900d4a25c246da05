/* The stations of a DKIM-Signature on its way to a verdict; for verify/ alone. dkim.c leads through
 * them: pre-filter, choice, libopendkim, key, content. A signature is open until one of them settles
 * it; the first to do so decides. */
#ifndef VERIFY_DKIM_H
#define VERIFY_DKIM_H

#include "base/digest.h"
#include "facts/signature_verdict.h"
#include "message/body_canon.h"
#include "records/key_record.h"
#include "records/signature_tags.h"

#include <sys/types.h>

#include <opendkim/dkim.h>

struct header_field;
struct work;

struct signature {
	struct signature_verdict verdict;
	struct signature_tags tags;
	struct key_record key;
	struct body_canon body;            /* counted when there is an l=, hashed when we verify ourselves */
	struct digest_stream *body_digest; /* NULL unless own */
	const char *plain_key;             /* for libopendkim; "" when it shall have none */
	bool withheld;                     /* libopendkim makes the digests, we open b= with a kept key */
	bool open;                         /* no verdict yet */
	bool fed;                          /* libopendkim has the field */
	bool own;                          /* it cannot read it: we verify ourselves */
	DKIM_SIGINFO *info;                /* libopendkim's view of it; NULL when it has none */
};

struct signatures {
	const struct work *work;
	DKIM *opendkim; /* NULL when there is nothing for it to do */
	struct signature *items;
	size_t count;
	uint64_t body_octets;
	bool body_too_large;
	bool any_own;
	char last[2]; /* octets of the body so far */
};

/* Reads the field; settles what needs no DNS and no body. */
void signature_prefilter(struct signature *signature, const struct work *work, size_t field);

/* Of the open signatures, at most max-signatures stay open, those of the author's organisation first. */
void signatures_choose(struct signatures *signatures);

/* Asks for the key and settles what is wrong with it. Waits for DNS. */
void signature_find_key(struct signature *signature, const struct work *work);

/* libopendkim's callback; never asks anything. */
DKIM_CBSTAT signature_key_lookup(DKIM *opendkim, DKIM_SIGINFO *info, u_char *record, size_t size);

/* After the last octet of the body: takes over libopendkim's digests, or makes our own, then settles what is
 * still open. */
void signature_judge(struct signature *signature, const struct signatures *signatures);
void signature_judge_own(struct signature *signature, const struct signatures *signatures);

/* Verdict and result by the fault; text is foreign or ours, never NULL. */
void signature_settle(struct signature *signature, enum signature_fault fault, const char *text);

#endif
