/* DKIM: the public key could not be had, is not there, or is not one. */
#include "base/arena.h"
#include "base/buf.h"
#include "base/domain.h"
#include "base/text.h"
#include "diagnose/collection.h"
#include "diagnose/key_text.h"
#include "diagnose/known_answers.h"
#include "diagnose/producers.h"

#include <string.h>

/* Endings that configuration files put behind a selector, not signers. NULL when the name is plausible. */
static const char *plausible_selector(const char *selector, struct arena *arena)
{
	static const char *const endings[] = {"._domainkey", ".private", ".txt", ".key", ".pem"};

	for (size_t i = 0; i < sizeof endings / sizeof endings[0]; i++)
		if (text_ends(selector, endings[i]) && strlen(selector) > strlen(endings[i]))
			return arena_copy(arena, selector, strlen(selector) - strlen(endings[i]));
	return NULL;
}

static bool key_at_apex(const struct collection *collection, const struct signature_verdict *signature)
{
	const struct answer *texts =
		known_answer(&collection->facts->evidence, signature->domain_name, RR_TXT);

	for (size_t i = 0; texts != NULL && texts->kind == ANSWER_RECORDS && i < texts->count; i++)
		if (key_text_is_key(texts->values[i].text))
			return true;
	return false;
}

void signature_absence_causes(struct collection *collection, const struct signature_verdict *signature)
{
	const struct answer *answer = signature->key_answer;
	const char *plausible = plausible_selector(signature->selector, collection->arena);
	const char *keys = arena_printf(collection->arena, "_domainkey.%s", signature->domain_name);
	const struct answer *others = known_answer(&collection->facts->evidence, keys, RR_TXT);
	bool japanese = collection->facts->language == LANGUAGE_JA;

	if (plausible != NULL)
		cause_found(collection, CAUSE_DKIM_SIG_SELECTOR_IMPLAUSIBLE, CONFIDENCE_LIKELY,
			DETAILS({"fix", plausible}));
	else if (answer != NULL && !text_equal(answer->final_name, answer->asked.name))
		cause_found(collection, CAUSE_DKIM_KEY_CNAME_DANGLING, CONFIDENCE_STRONG,
			DETAILS({"target", answer->final_name}));
	else if (key_at_apex(collection, signature))
		cause_found(collection, CAUSE_DKIM_KEY_AT_APEX, CONFIDENCE_STRONG, NULL);
	else if (others != NULL && others->kind == ANSWER_NO_NAME)
		cause_found(collection, CAUSE_DKIM_KEY_MISSING_ALL, CONFIDENCE_STRONG, NULL);
	else
		cause_found(collection, CAUSE_DKIM_KEY_MISSING_SELECTOR,
			others != NULL && !answer_is_trouble(others) ? CONFIDENCE_STRONG : CONFIDENCE_LIKELY,
			DETAILS({"others", japanese ? "名称不明" : "names unknown"}));
}

static void several_records(struct collection *collection, const struct signature_verdict *signature)
{
	const struct answer *answer = signature->key_answer;
	const char *count =
		answer == NULL ? "several" : arena_printf(collection->arena, "%zu", answer->count);
	const char *joined = answer == NULL ? NULL : key_text_joined(answer, collection->arena);
	bool japanese = collection->facts->language == LANGUAGE_JA;

	if (joined != NULL)
		cause_found(collection, CAUSE_DKIM_KEY_SPLIT_ACROSS_RECORDS, CONFIDENCE_STRONG,
			DETAILS({"n", count},
				{"fix", key_text_published(signature->key_name, joined, collection->arena)}));
	else
		cause_found(collection, CAUSE_DKIM_KEY_MULTIPLE_RECORDS, CONFIDENCE_STRONG,
			DETAILS({"n", count},
				{"ok", japanese ? "このメールに合う鍵は不明"
						: "which of them fits this mail is not known"}));
}

/* The fault's words and the record as it should be, for the sentences of this group. */
static const char *fault_words(const struct signature_verdict *signature, struct arena *arena)
{
	switch (signature->key_fault) {
	case KEYFAULT_TOO_LARGE:
		return "too large";
	case KEYFAULT_NON_ASCII:
		return arena_printf(
			arena, "non-ASCII character at position %zu", signature->key_fault_position + 1);
	case KEYFAULT_FOREIGN:
		return "another kind of text";
	case KEYFAULT_SYNTAX:
		return strchr(signature->key_record, ',') != NULL &&
				       strchr(signature->key_record, ';') == NULL
			       ? "commas instead of semicolons"
			       : arena_printf(arena, "syntax error at position %zu",
					 signature->key_fault_position + 1);
	case KEYFAULT_DUPLICATE_TAG:
		return "a tag occurs twice";
	case KEYFAULT_NO_P:
		return "no p= tag";
	case KEYFAULT_ED25519_LENGTH:
		return "an Ed25519 key has 32 octets";
	case KEYFAULT_BASE64:
		return arena_printf(arena, "damaged at position %zu", signature->key_fault_position + 1);
	default:
		return signature->fault_text[0] != '\0' ? signature->fault_text : "unusable";
	}
}

static const struct {
	enum key_fault fault;
	enum cause cause;
} key_faults[] = {
	{KEYFAULT_QUOTES, CAUSE_DKIM_KEY_QUOTES_INSIDE}, {KEYFAULT_BACKSLASH, CAUSE_DKIM_KEY_BACKSLASH},
	{KEYFAULT_HOST_NAME, CAUSE_DKIM_KEY_CNAME_PASTED_AS_TXT},
	{KEYFAULT_VERSION, CAUSE_DKIM_KEY_VERSION_WRONG}, {KEYFAULT_PEM, CAUSE_DKIM_KEY_PEM_PASTED},
	{KEYFAULT_PRIVATE, CAUSE_DKIM_KEY_PRIVATE_PUBLISHED}, {KEYFAULT_PKCS1, CAUSE_DKIM_KEY_PKCS1},
	{KEYFAULT_PLUS_LOST, CAUSE_DKIM_KEY_PLUS_LOST}, {KEYFAULT_BASE64, CAUSE_DKIM_KEY_BASE64_DAMAGED},
	{KEYFAULT_ED25519_WRAPPED, CAUSE_DKIM_KEY_ED25519_WRAPPED},
	{KEYFAULT_TRUNCATED, CAUSE_DKIM_KEY_TRUNCATED}, {KEYFAULT_FOREIGN, CAUSE_DKIM_KEY_WILDCARD_TXT},
	{KEYFAULT_UNKNOWN_TYPE, CAUSE_DKIM_KEY_TYPE_MISMATCH},
	{KEYFAULT_NONE, CAUSE_DKIM_KEY_RECORD_SYNTAX}, /* all others */
};

/* The same harm can show as another fault of the record. */
static enum key_fault fault_meant(const struct signature_verdict *signature, struct arena *arena)
{
	const char *record = signature->key_record;
	struct key_text_size size = key_text_size(signature->key_p, arena);
	bool cut = key_text_is_cut(strlen(record));

	switch (signature->key_fault) {
	case KEYFAULT_NO_P:
	case KEYFAULT_SYNTAX:
		return cut && signature->key_p[0] == '\0' && text_starts(record, "v=DKIM1")
			       ? KEYFAULT_TRUNCATED
			       : signature->key_fault;
	case KEYFAULT_TRUNCATED:
	case KEYFAULT_BASE64:
		return size.need > size.have && (cut || size.need - size.have > 8) ? KEYFAULT_TRUNCATED
										   : KEYFAULT_BASE64;
	case KEYFAULT_FOREIGN:
		return text_starts(record, "v=spf1") ? KEYFAULT_FOREIGN : KEYFAULT_NONE;
	case KEYFAULT_NOT_RSA:
		return KEYFAULT_UNKNOWN_TYPE;
	case KEYFAULT_ED25519_LENGTH:
		return KEYFAULT_BASE64;
	default:
		return signature->key_fault;
	}
}

static enum cause cause_of_fault(enum key_fault fault)
{
	size_t last = sizeof key_faults / sizeof key_faults[0] - 1, i = 0;

	while (i < last && key_faults[i].fault != fault)
		i++;
	return key_faults[i].cause;
}

static void record_fault(struct collection *collection, const struct signature_verdict *signature)
{
	enum key_fault fault = fault_meant(signature, collection->arena);
	struct arena *arena = collection->arena;
	struct key_text_size size = key_text_size(signature->key_p, arena);
	const char *version = key_text_tag(signature->key_record, "v", arena);
	const char *type = key_text_tag(signature->key_record, "k", arena);

	cause_found(collection, cause_of_fault(fault),
		fault == KEYFAULT_HOST_NAME || fault == KEYFAULT_FOREIGN ? CONFIDENCE_LIKELY
									 : CONFIDENCE_STRONG,
		DETAILS({"detail", fault_words(signature, arena)}, {"value", version},
			{"ktype", type[0] != '\0' ? type : "non-RSA"},
			{"target", span_text(arena, span_trim(span_of(signature->key_record)))},
			{"len", arena_printf(arena, "%zu", strlen(signature->key_record))},
			{"have", arena_printf(arena, "%zu", size.have)},
			{"need", size.need > 0 ? arena_printf(arena, "%zu", size.need) : "294"},
			{"fix", key_text_published(
					signature->key_name, key_text_repaired(signature, arena), arena)}));
}

static void restriction(struct collection *collection, const struct signature_verdict *signature)
{
	struct arena *arena = collection->arena;
	const char *type = key_text_tag(signature->key_record, "k", arena);
	const char *hashes = key_text_tag(signature->key_record, "h", arena);
	const char *service = key_text_tag(signature->key_record, "s", arena);

	switch (signature->fault) {
	case SIGFAULT_KEY_TYPE:
		cause_found(collection, cause_of_fault(KEYFAULT_UNKNOWN_TYPE), CONFIDENCE_PROVEN,
			DETAILS({"ktype", type[0] != '\0' ? type : "rsa"}));
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
		several_records(collection, signature);
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
		record_fault(collection, signature);
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
