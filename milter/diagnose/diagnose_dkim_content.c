/* DKIM: the key is there, and the signature does not fit: another key, another header, another
 * body. RSA recovery tells which, and only that is proof. */
#include "base/arena.h"
#include "base/buf.h"
#include "base/text.h"
#include "diagnose/alteration.h"
#include "diagnose/collection.h"
#include "diagnose/producers.h"
#include "message/header_list.h"

#include <string.h>

/* Hashes of an empty body, "simple" (one CRLF) and "relaxed" (nothing), SHA-256 and SHA-1. */
static const char *const empty_hashes[] = {
	"frcCV1k9oG9oKj3dpUqdJg1PxRT2RSN/XKdLCPjaYaY=",
	"47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=",
	"uoq1oCgLlTqpdDX/iUbLy7J1Wic=",
	"2jmj7l5rSw0yVb/vlWAYkK/YBwk=",
};

static const char *number(const struct collection *collection, long long value)
{
	return arena_printf(collection->arena, "%lld", value);
}

/* Another signature passes: then the message is as it was, and only this signature is wrong. */
static bool another_passes(const struct collection *collection)
{
	return verdicts_dkim_best(collection->facts->verdicts) == RESULT_PASS;
}

static bool lists_field(const char *signed_fields, struct span name)
{
	for (const char *at = signed_fields; *at != '\0';) {
		size_t len = strcspn(at, ":");
		struct span listed = span_trim((struct span){at, len});

		if (listed.len == name.len && text_equal_n(listed.at, name.at, name.len))
			return true;
		at += len + (at[len] == ':');
	}
	return false;
}

static bool is_covered(const struct verdicts *verdicts, struct span name)
{
	for (size_t i = 0; i < verdicts->signature_count; i++)
		if (verdicts->signatures[i].result == RESULT_PASS &&
			lists_field(verdicts->signatures[i].signed_fields, name))
			return true;
	return false;
}

/* Signed fields that no passing signature covers as well; all of them without one. */
static const char *suspects(const struct collection *collection, const struct signature_verdict *signature)
{
	struct buf out = buf_in(collection->arena);

	for (const char *at = signature->signed_fields; *at != '\0' && out.len <= DETAIL_MAX;) {
		size_t len = strcspn(at, ":");
		struct span name = span_trim((struct span){at, len});

		if (name.len > 0 && !is_covered(collection->facts->verdicts, name))
			buf_printf(&out, "%s%.*s", out.len > 0 ? ", " : "", (int)name.len, name.at);
		at += len + (at[len] == ':');
	}
	return out.len > 0 ? out.data : "?";
}

static void wrong_key(
	struct collection *collection, const struct signature_verdict *signature, enum confidence confidence)
{
	bool japanese = collection->facts->language == LANGUAGE_JA;
	const char *intact = japanese ? "別の署名により無傷" : "intact: another signature passes";
	const char *unknown = japanese ? "確認できず" : "not verifiable";

	if (!signature_wrong_key_causes(collection, signature))
		cause_found(collection, CAUSE_DKIM_KEY_MISMATCH, confidence,
			DETAILS({"integrity", another_passes(collection) ? intact : unknown}));
}

/* b= and key of different sizes: a size that no key has means a damaged b=. */
static void other_size(struct collection *collection, const struct signature_verdict *signature)
{
	if (signature->signature_bits % 512 != 0 || signature->signature_bits == 0) {
		signature_corrupt_cause(collection, signature);
		return;
	}
	if (signature_wrong_key_causes(collection, signature))
		return;
	cause_found(collection, CAUSE_DKIM_KEY_SIZE_MISMATCH, CONFIDENCE_PROVEN,
		DETAILS({"sigbits", number(collection, signature->signature_bits)},
			{"keybits", number(collection, signature->key_bits)}));
}

static void altered_header(struct collection *collection, const struct signature_verdict *signature)
{
	cause_found(collection, CAUSE_DKIM_HEADER_ALTERED_UNKNOWN, CONFIDENCE_LIKELY,
		DETAILS({"suspects", suspects(collection, signature)}));
}

static bool is_empty_hash(const struct signature_verdict *signature)
{
	for (size_t i = 0; i < sizeof empty_hashes / sizeof empty_hashes[0]; i++)
		if (strcmp(signature->body_hash_b64, empty_hashes[i]) == 0)
			return true;
	return false;
}

/* What we can see without trying to undo it: a list, a scanner, another transfer encoding. */
static const char *alteration_hint(const struct collection *collection)
{
	const struct header_list *header = collection->facts->header;
	const char *list = list_name(collection);
	static const char *const marks[] = {"X-MIME-Autoconverted", "X-Virus-Scanned",
		"X-Content-Filtered-By", "X-Proofpoint-Virus-Version", "X-Barracuda-Connect", "ARC-Seal"};

	if (list[0] != '\0')
		return arena_printf(collection->arena, "mailing list %s", list);
	for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++)
		if (header_list_find(header, marks[i], 1) != NULL)
			return marks[i];
	return collection->facts->language == LANGUAGE_JA ? "手掛かりなし" : "no trace of who did it";
}

/* The key is right (or nobody can tell): what was changed, as far as it can be undone, and the nearest
 * words for the rest. */
static void altered(struct collection *collection, const struct signature_verdict *signature, bool header)
{
	bool body = signature->fault == SIGFAULT_BODY_HASH ||
		    (signature->digests_known && !signature->body_hash_matches);
	bool empty = body && is_empty_hash(signature) && signature->canonical_length > 2;
	struct explained explained = signature_alteration_causes(collection, signature);
	const char *blanks = collection->facts->language == LANGUAGE_JA
				     ? "空白の追加でもこうなります"
				     : "blanks that were added would do it";

	if (empty)
		cause_found(collection, CAUSE_DKIM_SIGNER_EMPTY_BODY, CONFIDENCE_PROVEN, NULL);
	if (header && !explained.header)
		altered_header(collection, signature);
	if (body && !empty && !explained.body)
		cause_found(collection, CAUSE_DKIM_BODY_ALTERED, CONFIDENCE_LIKELY,
			DETAILS({"hint", explained.blanks ? blanks : alteration_hint(collection)}));
}

static void signer_bug(struct collection *collection, const struct signature_verdict *signature)
{
	signature_bug_cause(collection,
		signature->recovery == RECOVERY_BAD_DIGEST
			? arena_printf(collection->arena, "b= holds no %s digest", signature->algorithm)
			: "b= holds the right digest in a wrong form",
		CONFIDENCE_STRONG);
}

/* Does anything say that somebody had this message in hand: a list, a sealer, one who sent it again? */
static bool was_handled(const struct collection *collection)
{
	static const char *const marks[] = {"ARC-Seal", "Resent-From", "X-Forwarded-To", "X-Forwarded-For",
		"X-BeenThere", "X-Loop", "X-Original-Subject", "X-Original-From"};

	for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++)
		if (header_list_find(collection->facts->header, marks[i], 1) != NULL)
			return true;
	return list_name(collection)[0] != '\0';
}

/* Ed25519: nothing proves the key, and no change that is known explains it. An untouched body that
 * nobody had in hand speaks for another key; settings fail more often than transport. */
static void unproven_key(struct collection *collection, const struct signature_verdict *signature)
{
	const struct alteration *alteration = alteration_of(collection, signature);
	bool intact = signature->digests_known && signature->body_hash_matches;
	bool explained = alteration != NULL && alteration->header.kind != HEADER_UNKNOWN;
	bool sibling = another_passes(collection);

	if (intact && !explained && (sibling || (alteration != NULL && !was_handled(collection)))) {
		wrong_key(collection, signature, CONFIDENCE_LIKELY);
		if (!sibling)
			altered_header(collection, signature); /* nor can it be excluded */
	} else if (explained || alteration == NULL || !signature_wrong_key_causes(collection, signature)) {
		altered(collection, signature, true);
	}
}

/* b= did not verify. Without RSA recovery (Ed25519) nobody can tell a wrong key from another header,
 * unless the body or another signature speaks. */
static void broken_signature(struct collection *collection, const struct signature_verdict *signature)
{
	switch (signature->recovery) {
	case RECOVERY_OTHER_SIZE:
		other_size(collection, signature);
		return;
	case RECOVERY_WRONG_KEY:
		wrong_key(collection, signature, CONFIDENCE_PROVEN);
		return;
	case RECOVERY_BAD_DIGEST:
	case RECOVERY_SAME_HEADER:
		signer_bug(collection, signature);
		altered(collection, signature, false);
		return;
	case RECOVERY_OTHER_HEADER:
		altered(collection, signature, true);
		return;
	case RECOVERY_NOT_RUN:
		unproven_key(collection, signature);
		return;
	}
}

static void body_length(struct collection *collection, const struct signature_verdict *signature)
{
	if (signature->fault == SIGFAULT_LENGTH_EXCEEDS_BODY)
		signature_cut_cause(collection, signature, number(collection, signature->body_length));
	else
		cause_found(collection, CAUSE_DKIM_BODY_APPENDED_BEYOND_L, CONFIDENCE_PROVEN,
			DETAILS({"l", number(collection, signature->body_length)},
				{"added", number(collection,
						  signature->canonical_length - signature->body_length)}));
}

void signature_content_causes(struct collection *collection, const struct signature_verdict *signature)
{
	switch (signature->fault) {
	case SIGFAULT_BODY_TOO_LARGE:
		return; /* receiver_causes says it */
	case SIGFAULT_LENGTH_EXCEEDS_BODY:
	case SIGFAULT_UNSIGNED_TAIL:
		body_length(collection, signature);
		return;
	case SIGFAULT_SIGNATURE:
		broken_signature(collection, signature);
		return;
	case SIGFAULT_BODY_HASH:
		altered(collection, signature, false);
		return;
	default:
		signature_unsupported_cause(collection,
			signature->fault_text[0] != '\0' ? signature->fault_text : "signature",
			CONFIDENCE_LIKELY);
		return;
	}
}
