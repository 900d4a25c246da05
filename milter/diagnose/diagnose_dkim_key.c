/* DKIM: the public key could not be had, or must not be used for this signature. */
#include "base/arena.h"
#include "base/buf.h"
#include "base/domain.h"
#include "base/text.h"
#include "diagnose/collection.h"
#include "diagnose/key_text.h"
#include "diagnose/known_answers.h"
#include "diagnose/producers.h"

#include <string.h>

static void restriction(struct collection *collection, const struct signature_verdict *signature)
{
	struct arena *arena = collection->arena;
	const char *type = key_text_tag(signature->key_record, "k", arena);
	const char *hashes = key_text_tag(signature->key_record, "h", arena);
	const char *service = key_text_tag(signature->key_record, "s", arena);

	switch (signature->fault) {
	case SIGFAULT_KEY_TYPE:
		signature_key_type_cause(collection, type[0] != '\0' ? type : "rsa", CONFIDENCE_PROVEN);
		break;
	case SIGFAULT_KEY_HASH:
		cause_found(collection, CAUSE_DKIM_KEY_HASH_NOT_ALLOWED, CONFIDENCE_PROVEN,
			DETAILS({"hashes", hashes}));
		break;
	case SIGFAULT_KEY_SERVICE:
		cause_found(collection, CAUSE_DKIM_KEY_SERVICE_NOT_EMAIL, CONFIDENCE_PROVEN,
			DETAILS({"service", service}));
		break;
	default:
		cause_found(collection, CAUSE_DKIM_KEY_STRICT_SUBDOMAIN, CONFIDENCE_PROVEN, NULL);
		break;
	}
}

void signature_key_causes(struct collection *collection, const struct signature_verdict *signature)
{
	const char *bits = arena_printf(collection->arena, "%u", signature->key_bits);

	switch (signature->fault) {
	case SIGFAULT_KEY_DNS:
		cause_found(collection, CAUSE_DKIM_KEY_DNS_FAILURE, CONFIDENCE_STRONG,
			DETAILS({"reason", known_reason(signature->key_answer, collection->arena)}));
		break;
	case SIGFAULT_KEY_SEVERAL:
		signature_several_records_causes(collection, signature);
		break;
	case SIGFAULT_KEY_REVOKED:
		cause_found(collection, CAUSE_DKIM_KEY_REVOKED, CONFIDENCE_PROVEN, NULL);
		break;
	case SIGFAULT_KEY_TOO_SHORT:
		cause_found(collection, CAUSE_DKIM_KEY_TOO_SHORT, CONFIDENCE_PROVEN, DETAILS({"bits", bits}));
		break;
	case SIGFAULT_KEY_TOO_LONG:
		signature_unsupported_cause(collection,
			arena_printf(collection->arena, "key of %s bits", bits), CONFIDENCE_PROVEN);
		break;
	case SIGFAULT_KEY_RECORD:
		signature_record_causes(collection, signature);
		break;
	default:
		restriction(collection, signature);
		break;
	}
}

void signature_key_remarks(struct collection *collection, const struct signature_verdict *signature)
{
	const char *granularity = key_text_tag(signature->key_record, "g", collection->arena);

	if (signature->test_mode)
		cause_found(collection, CAUSE_DKIM_KEY_TESTING, CONFIDENCE_PROVEN, NULL);
	if (granularity[0] != '\0' && strcmp(granularity, "*") != 0)
		cause_found(collection, CAUSE_DKIM_KEY_GRANULARITY, CONFIDENCE_PROVEN, NULL);
	if (signature->result == RESULT_PASS && text_starts(signature->algorithm, "rsa") &&
		signature->key_bits >= 1024 && signature->key_bits < 2048)
		cause_found(collection, CAUSE_DKIM_KEY_WEAK, CONFIDENCE_PROVEN,
			DETAILS({"bits", arena_printf(collection->arena, "%u", signature->key_bits)}));
}
