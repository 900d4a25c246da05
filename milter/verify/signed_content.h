/* What a signature of DKIM or ARC covers of the header, and whether its b= fits. For verify/ alone. */
#ifndef VERIFY_SIGNED_CONTENT_H
#define VERIFY_SIGNED_CONTENT_H

#include "base/digest.h"
#include "records/key_record.h"
#include "records/signature_tags.h"

struct header_field;
struct work;

/* The part of a verdict that its tags alone say; field: its index in the header list. */
struct signature_verdict signature_verdict_of(const struct signature_tags *tags, size_t field);

/* Of the header fields that the signature in that field covers, itself included (RFC 6376 section 3.7). */
struct digest signed_header_digest(
	const struct work *work, const struct signature_tags *tags, const struct header_field *field);

/* Compares b= with the digest. For RSA *recovery says what b= holds; ed25519 tells only RECOVERY_SAME_HEADER
 * and RECOVERY_NOT_RUN. */
bool signed_digest_verifies(const struct work *work, const struct signature_tags *tags,
	const struct key_record *key, const uint8_t digest[static DIGEST_MAX], enum recovery *recovery);

#endif
