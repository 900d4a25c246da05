#include "verify/signed_content.h"

#include "message/canon.h"
#include "message/header_list.h"
#include "verify/libraries.h"
#include "verify/recovery.h"
#include "verify/verify.h"

#include <string.h>

struct signature_verdict signature_verdict_of(const struct signature_tags *tags, size_t field)
{
	return (struct signature_verdict){
		.fault_text = "",
		.field = field,
		.domain = tags->domain,
		.identity_domain = tags->identity_domain,
		.selector = tags->selector,
		.algorithm = tags->algorithm,
		.canonicalization = tags->canonicalization,
		.signature_b64 = tags->signature_b64,
		.body_hash_b64 = tags->body_hash_b64,
		.signed_fields = tags->signed_fields,
		.copied_fields = tags->copied_fields,
		.signed_at = tags->signed_at,
		.expires_at = tags->expires_at,
		.body_length = tags->body_length,
		.domain_name = tags->domain_name,
		.key_name = tags->key_name,
		.key_record = "",
		.key_p = "",
		.signature_bits = (unsigned)tags->signature.len * 8,
	};
}

struct digest signed_header_digest(
	const struct work *work, const struct signature_tags *tags, const struct header_field *field)
{
	struct canon_selection selection = canon_select(work->header, tags->signed_fields, work->arena);
	struct buf octets;

	/* A signer never saw his own field, whatever h= says. */
	for (size_t i = 0; i < selection.count; i++)
		if (selection.fields[i] == field)
			selection.fields[i] = NULL;
	octets = canon_header(
		&selection, tags->relaxed_header ? CANON_RELAXED : CANON_SIMPLE, field, work->arena);
	return digest_of(DIGEST_SHA256, octets.data, octets.len);
}

bool signed_digest_verifies(const struct work *work, const struct signature_tags *tags,
	const struct key_record *key, const uint8_t digest[static DIGEST_MAX], enum recovery *recovery)
{
	struct signature_verdict verdict;

	*recovery = RECOVERY_NOT_RUN;
	if (tags->ed25519) {
		if (ed25519_verifies(key->octets.at, tags->signature.at, digest, DIGEST_MAX))
			*recovery = RECOVERY_SAME_HEADER;
		return *recovery == RECOVERY_SAME_HEADER;
	}
	memcpy(verdict.header_digest, digest, DIGEST_MAX);
	verdict.recovery = RECOVERY_NOT_RUN;
	recovery_run(&verdict, tags->signature, key->octets, work->libraries->keys);
	*recovery = verdict.recovery;
	return verdict.recovery == RECOVERY_SAME_HEADER;
}
