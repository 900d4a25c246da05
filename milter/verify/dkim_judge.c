#include "verify/dkim.h"

#include "base/arena.h"
#include "base/ed25519.h"
#include "message/header_list.h"
#include "settings/settings.h"
#include "verify/libraries.h"
#include "verify/recovery.h"
#include "verify/signed_content.h"
#include "verify/verify.h"

#include <string.h>

static enum result result_of(enum signature_fault fault)
{
	switch (fault) {
	case SIGFAULT_NONE:
		return RESULT_PASS;
	case SIGFAULT_NOT_EVALUATED:
	case SIGFAULT_DOMAIN_IS_SUFFIX:
	case SIGFAULT_SHA1:
	case SIGFAULT_KEY_TOO_SHORT:
	case SIGFAULT_KEY_TOO_LONG:
	case SIGFAULT_UNSIGNED_TAIL:
		return RESULT_POLICY;
	case SIGFAULT_KEY_DNS:
	case SIGFAULT_BODY_TOO_LARGE:
		return RESULT_TEMPERROR;
	case SIGFAULT_KEY_ABSENT:
	case SIGFAULT_KEY_SEVERAL:
	case SIGFAULT_KEY_RECORD:
	case SIGFAULT_KEY_REVOKED:
	case SIGFAULT_KEY_TYPE:
	case SIGFAULT_KEY_HASH:
	case SIGFAULT_KEY_SERVICE:
	case SIGFAULT_KEY_STRICT:
		return RESULT_PERMERROR;
	case SIGFAULT_B_CORRUPT:
	case SIGFAULT_LENGTH_EXCEEDS_BODY:
	case SIGFAULT_SIGNATURE:
	case SIGFAULT_BODY_HASH:
		return RESULT_FAIL;
	default:
		return RESULT_NEUTRAL; /* the field itself cannot be used (RFC 6376 section 6.1.1) */
	}
}

void signature_settle(struct signature *signature, enum signature_fault fault, const char *text)
{
	signature->open = false;
	signature->verdict.fault = fault;
	signature->verdict.fault_text = text;
	signature->verdict.result = result_of(fault);
}

/* Did libopendkim find nothing wrong with the form, so that only the key and the content are left to judge?
 */
static bool is_accepted(const struct signature *signature, const struct signatures *signatures)
{
	ssize_t received = 0, canonical = -1, signed_len = 0;

	return dkim_sig_getcanonlen(signatures->opendkim, signature->info, &received, &canonical,
		       &signed_len) == DKIM_STAT_OK &&
	       canonical >= 0;
}

static void make_digests(struct signature *signature, const struct signatures *signatures)
{
	struct signature_verdict *verdict = &signature->verdict;
	const struct signature_tags *tags = &signature->tags;
	const struct work *work = signatures->work;
	const struct body_hash *body = body_hashes_find(
		&signatures->bodies, tags->relaxed_body ? CANON_RELAXED : CANON_SIMPLE, tags->body_length);
	struct digest header = signed_header_digest(work, tags, &work->header->fields[verdict->field]);

	if (body == NULL || body->digest.len != DIGEST_MAX || header.len != DIGEST_MAX)
		return;
	memcpy(verdict->header_digest, header.octets, DIGEST_MAX);
	memcpy(verdict->body_digest, body->digest.octets, DIGEST_MAX);
	verdict->digest_len = DIGEST_MAX;
	verdict->digests_known = true;
	verdict->canonical_length = (int64_t)body->octets;
	verdict->body_hash_matches = memcmp(body->digest.octets, tags->body_hash.at, DIGEST_MAX) == 0;
}

/* Takes over what the body came to when it was there; it is not known of a live message. */
static void recall_body(struct signature *signature, const struct signatures *signatures)
{
	const struct body_digests *known = &signatures->work->body_digests;
	size_t index = (size_t)(signature - signatures->items);
	struct signature_verdict *verdict = &signature->verdict;
	const struct body_digest *digest;

	if (index >= known->count || !verdict->digests_known)
		return;
	digest = &known->items[index];
	if (digest->canonical_length < 0 || digest->len != signature->tags.digest_len)
		return;
	memcpy(verdict->body_digest, digest->octets, digest->len);
	verdict->canonical_length = digest->canonical_length;
	verdict->body_hash_matches = memcmp(digest->octets, signature->tags.body_hash.at, digest->len) == 0;
}

/* What b= holds says in the same stroke what else it is when it does not fit. */
static bool header_verifies(struct signature *signature, const struct work *work)
{
	struct signature_verdict *verdict = &signature->verdict;
	const struct signature_tags *tags = &signature->tags;

	if (tags->ed25519)
		return ed25519_verifies(
			signature->key.octets.at, tags->signature.at, verdict->header_digest, DIGEST_MAX);
	recovery_run(verdict, tags->signature, signature->key.octets, work->libraries->keys);
	return verdict->recovery == RECOVERY_SAME_HEADER;
}

static void judge_pass(struct signature *signature, const struct signatures *signatures)
{
	struct signature_verdict *verdict = &signature->verdict;
	int64_t signed_octets = signature->tags.body_length;
	bool tail = signed_octets >= 0 && signed_octets < verdict->canonical_length;

	verdict->recovery = RECOVERY_NOT_RUN; /* there is nothing to tell apart */
	memset(verdict->recovered_digest, 0, sizeof verdict->recovered_digest);
	if (tail && signatures->work->settings->dkim_unsigned_tail != UNSIGNED_TAIL_PASS)
		signature_settle(signature, SIGFAULT_UNSIGNED_TAIL, "l");
	else
		signature_settle(signature, SIGFAULT_NONE, "");
}

/* Of what does not fit the header part decides: without it bh= is nobody's word. */
static void judge_digests(struct signature *signature, const struct signatures *signatures)
{
	struct signature_verdict *verdict = &signature->verdict;
	bool header_good;

	if (!verdict->digests_known) {
		signature_settle(signature, SIGFAULT_LIBRARY, "libcrypto made no hash");
		verdict->result = RESULT_TEMPERROR;
		return;
	}
	header_good = header_verifies(signature, signatures->work);
	if (signature->tags.body_length > verdict->canonical_length)
		signature_settle(signature, SIGFAULT_LENGTH_EXCEEDS_BODY, "l");
	else if (!header_good)
		signature_settle(signature, SIGFAULT_SIGNATURE, "b");
	else if (!verdict->body_hash_matches)
		signature_settle(signature, SIGFAULT_BODY_HASH, "bh");
	else
		judge_pass(signature, signatures);
}

/* libopendkim's word on a form or on a key. When it has none that may be better next time. */
static void judge_library_error(struct signature *signature, struct arena *arena)
{
	DKIM_SIGERROR error = dkim_sig_geterror(signature->info);
	const char *words = dkim_sig_geterrorstr(error);

	signature_settle(signature, SIGFAULT_LIBRARY,
		words == NULL ? "libopendkim gave no reason" : arena_text(arena, words));
	if (error == DKIM_SIGERROR_UNKNOWN)
		signature->verdict.result = RESULT_TEMPERROR;
}

static void judge_fed(struct signature *signature, const struct signatures *signatures)
{
	bool accepted = is_accepted(signature, signatures);
	bool ours = accepted && dkim_sig_geterror(signature->info) == DKIM_SIGERROR_UNKNOWN;

	if (accepted)
		make_digests(signature, signatures);
	recall_body(signature, signatures);
	if (!signature->open)
		return;
	if (ours && signature->plain_key[0] == '\0') {
		judge_digests(signature, signatures);
		return;
	}
	if (ours)
		(void)dkim_sig_process(signatures->opendkim, signature->info);
	judge_library_error(signature, signatures->work->arena);
}

void signature_judge(struct signature *signature, const struct signatures *signatures)
{
	if (signature->own && signature->open) {
		make_digests(signature, signatures);
		recall_body(signature, signatures);
		judge_digests(signature, signatures);
	} else if (signature->fed && signature->info != NULL) {
		judge_fed(signature, signatures);
	}
}
