/* DKIM: what is wrong with the DKIM-Signature field itself, before any key was looked up. */
#include "base/arena.h"
#include "diagnose/collection.h"
#include "diagnose/producers.h"

static void too_many(struct collection *collection)
{
	const struct verdicts *verdicts = collection->facts->verdicts;
	size_t evaluated = 0;

	for (size_t i = 0; i < verdicts->signature_count; i++)
		evaluated += verdicts->signatures[i].fault != SIGFAULT_NOT_EVALUATED;
	cause_found(collection, CAUSE_DKIM_TOO_MANY_SIGNATURES, CONFIDENCE_PROVEN,
		DETAILS({"n", arena_printf(collection->arena, "%zu", verdicts->signature_count)},
			{"max", arena_printf(collection->arena, "%zu", evaluated)}));
}

/* The tag to blame: its letter, with the value where the verifier quotes it. */
static const char *blamed_tag(const struct signature_verdict *signature, struct arena *arena)
{
	static const struct {
		enum signature_fault fault;
		const char *tag;
	} tags[] = {
		{SIGFAULT_DOMAIN, "d"},
		{SIGFAULT_SELECTOR, "s"},
		{SIGFAULT_IDENTITY, "i"},
		{SIGFAULT_VERSION, "v"},
		{SIGFAULT_ALGORITHM, "a"},
		{SIGFAULT_CANONICALIZATION, "c"},
		{SIGFAULT_QUERY_METHOD, "q"},
	};

	for (size_t i = 0; i < sizeof tags / sizeof tags[0]; i++)
		if (tags[i].fault == signature->fault)
			return arena_printf(arena, "%s=%s", tags[i].tag, signature->fault_text);
	return signature->fault_text[0] != '\0' ? signature->fault_text : "=";
}

static void timing(struct collection *collection, const struct signature_verdict *signature)
{
	int64_t now = collection->facts->now;

	if (signature->fault == SIGFAULT_EXPIRED)
		cause_found(collection, CAUSE_DKIM_SIG_EXPIRED, CONFIDENCE_PROVEN,
			DETAILS({"delay",
				sentence_duration(now - signature->expires_at, collection->arena)}));
	else if (!collection_has(collection, CAUSE_RX_CLOCK_SKEW))
		cause_found(collection, CAUSE_DKIM_SIG_FUTURE, CONFIDENCE_STRONG,
			DETAILS({"delay", sentence_duration(signature->signed_at - now, collection->arena)}));
}

static size_t octets_of(const char *base64)
{
	size_t digits = 0;

	for (; *base64 != '\0'; base64++)
		digits += *base64 != '=';
	return digits * 6 / 8;
}

/* The size of signature that the key at hand makes; the usual one when there is no key. */
void signature_corrupt_cause(struct collection *collection, const struct signature_verdict *signature)
{
	size_t have = octets_of(signature->signature_b64);
	size_t need = signature->key_bits >= 512 ? (signature->key_bits + 7) / 8 : have <= 128 ? 128 : 256;

	cause_found(collection, CAUSE_DKIM_SIG_B_CORRUPT, CONFIDENCE_STRONG,
		DETAILS({"have", arena_printf(collection->arena, "%zu", have)},
			{"need", arena_printf(collection->arena, "%zu", need)}));
}

void signature_unsupported_cause(struct collection *collection, const char *term, enum confidence confidence)
{
	cause_found(collection, CAUSE_DKIM_SIG_UNSUPPORTED, confidence, DETAILS({"term", term}));
}

void signature_field_causes(struct collection *collection, const struct signature_verdict *signature)
{
	switch (signature->fault) {
	case SIGFAULT_NOT_EVALUATED:
		too_many(collection);
		break;
	case SIGFAULT_VERSION:
	case SIGFAULT_ALGORITHM:
	case SIGFAULT_CANONICALIZATION:
	case SIGFAULT_QUERY_METHOD:
	case SIGFAULT_TOO_LARGE:
		signature_unsupported_cause(
			collection, blamed_tag(signature, collection->arena), CONFIDENCE_PROVEN);
		break;
	case SIGFAULT_IDENTITY_OUTSIDE_DOMAIN:
		cause_found(collection, CAUSE_DKIM_SIG_IDENTITY_MISMATCH, CONFIDENCE_PROVEN, NULL);
		break;
	case SIGFAULT_FROM_NOT_SIGNED:
		cause_found(collection, CAUSE_DKIM_SIG_FROM_UNSIGNED, CONFIDENCE_PROVEN, NULL);
		break;
	case SIGFAULT_B_CORRUPT:
		signature_corrupt_cause(collection, signature);
		break;
	case SIGFAULT_EXPIRED:
	case SIGFAULT_FUTURE:
		timing(collection, signature);
		break;
	case SIGFAULT_DOMAIN_IS_SUFFIX:
		cause_found(collection, CAUSE_DKIM_SIG_DOMAIN_SUFFIX, CONFIDENCE_PROVEN, NULL);
		break;
	case SIGFAULT_SHA1:
		cause_found(collection, CAUSE_DKIM_SIG_SHA1, CONFIDENCE_PROVEN, NULL);
		break;
	default:
		cause_found(collection, CAUSE_DKIM_SIG_MISSING_TAG, CONFIDENCE_PROVEN,
			DETAILS({"tag", blamed_tag(signature, collection->arena)}));
		break;
	}
}
