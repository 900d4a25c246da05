#include "verify/dkim.h"

#include "base/arena.h"
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

/* dkim_sig_gethashes() aborts on a signature that the library has not accepted; the length of the
 * canonicalised body tells whether it has. */
static void take_digests(struct signature *signature, const struct signatures *signatures)
{
	struct signature_verdict *verdict = &signature->verdict;
	size_t want = signature->tags.digest_len, header_len = 0, body_len = 0;
	ssize_t received = 0, canonical = -1, signed_len = 0;
	void *header = NULL, *body = NULL;

	if (signature->info == NULL ||
		dkim_sig_getcanonlen(signatures->opendkim, signature->info, &received, &canonical,
			&signed_len) != DKIM_STAT_OK ||
		canonical < 0)
		return;
	if (dkim_sig_gethashes(signature->info, &header, &header_len, &body, &body_len) != DKIM_STAT_OK ||
		header_len != want || body_len != want)
		return;
	memcpy(verdict->header_digest, header, want);
	memcpy(verdict->body_digest, body, want);
	verdict->digest_len = want;
	verdict->digests_known = true;
	verdict->canonical_length = canonical;
	if (signature->tags.body_length >= 0)
		verdict->canonical_length = (int64_t)body_canon_end(&signature->body);
	verdict->body_hash_matches = memcmp(body, signature->tags.body_hash.at, want) == 0;
}

static bool has_passed(const struct signature *signature)
{
	unsigned flags = dkim_sig_getflags(signature->info);

	return (flags & DKIM_SIGFLAG_PROCESSED) != 0 && (flags & DKIM_SIGFLAG_PASSED) != 0;
}

static void judge_pass(struct signature *signature, const struct signatures *signatures)
{
	int64_t signed_octets = signature->tags.body_length;
	bool tail = signed_octets >= 0 && signed_octets < signature->verdict.canonical_length;

	if (tail && signatures->work->settings->dkim_unsigned_tail != UNSIGNED_TAIL_PASS)
		signature_settle(signature, SIGFAULT_UNSIGNED_TAIL, "l");
	else
		signature_settle(signature, SIGFAULT_NONE, "");
}

/* The header part decides first; with RSA it is certain whether it verified, with ed25519 the
 * library's word has to do. */
static void judge_mismatch(struct signature *signature, const struct signatures *signatures, bool header_good)
{
	struct signature_verdict *verdict = &signature->verdict;

	if (verdict->digests_known && !signature->tags.ed25519) {
		recovery_run(verdict, signature->tags.signature, signature->key.octets,
			signatures->work->libraries->keys);
		header_good |= verdict->recovery == RECOVERY_SAME_HEADER;
	}
	if (signature->tags.body_length > verdict->canonical_length && verdict->digests_known)
		signature_settle(signature, SIGFAULT_LENGTH_EXCEEDS_BODY, "l");
	else if (header_good)
		signature_settle(signature, SIGFAULT_BODY_HASH, "bh");
	else
		signature_settle(signature, SIGFAULT_SIGNATURE, "b");
}

/* Takes over what the body came to when it was there. False when it is not known, as with every live message.
 */
static bool recall_body(struct signature *signature, const struct signatures *signatures)
{
	const struct body_digests *known = &signatures->work->body_digests;
	size_t index = (size_t)(signature - signatures->items);
	struct signature_verdict *verdict = &signature->verdict;
	const struct body_digest *digest;

	if (index >= known->count || !verdict->digests_known)
		return false;
	digest = &known->items[index];
	if (digest->canonical_length < 0 || digest->len != signature->tags.digest_len)
		return false;
	memcpy(verdict->body_digest, digest->octets, digest->len);
	verdict->canonical_length = digest->canonical_length;
	verdict->body_hash_matches = memcmp(digest->octets, signature->tags.body_hash.at, digest->len) == 0;
	return true;
}

/* The library has not come to this signature at all: that may be better next time. */
static void judge_library_error(struct signature *signature, struct arena *arena)
{
	DKIM_SIGERROR error = dkim_sig_geterror(signature->info);
	const char *words = dkim_sig_geterrorstr(error);

	signature_settle(signature, SIGFAULT_LIBRARY,
		words == NULL ? "libopendkim gave no reason" : arena_text(arena, words));
	if (error == DKIM_SIGERROR_UNKNOWN)
		signature->verdict.result = RESULT_TEMPERROR;
}

/* Of the digests and b=, libopendkim's part was at most the digests, and perhaps of another body. */
static void judge_digests(struct signature *signature, const struct signatures *signatures)
{
	const struct signature_verdict *verdict = &signature->verdict;
	enum recovery recovery;
	bool header_good = signed_digest_verifies(
		signatures->work, &signature->tags, &signature->key, verdict->header_digest, &recovery);

	if (header_good && verdict->body_hash_matches &&
		signature->tags.body_length <= verdict->canonical_length)
		judge_pass(signature, signatures);
	else
		judge_mismatch(signature, signatures, header_good);
}

static void judge_open(struct signature *signature, const struct signatures *signatures)
{
	DKIM_SIGERROR error = dkim_sig_geterror(signature->info);

	if (signature->withheld && error == DKIM_SIGERROR_NOKEY && signature->verdict.digests_known)
		judge_digests(signature, signatures);
	else if (error == DKIM_SIGERROR_OK && has_passed(signature) &&
		 dkim_sig_getbh(signature->info) == DKIM_SIGBH_MATCH && signature->verdict.body_hash_matches)
		judge_pass(signature, signatures);
	else if (error == DKIM_SIGERROR_BADSIG || error == DKIM_SIGERROR_TOOLARGE_L)
		judge_mismatch(signature, signatures, has_passed(signature));
	else
		judge_library_error(signature, signatures->work->arena);
}

void signature_judge(struct signature *signature, const struct signatures *signatures)
{
	bool recalled;

	take_digests(signature, signatures);
	recalled = recall_body(signature, signatures);
	if (!signature->open || signature->info == NULL)
		return;
	if (recalled)
		judge_digests(signature, signatures);
	else
		judge_open(signature, signatures);
}

/* As libopendkim would have left it. */
static void make_digests(struct signature *signature, const struct signatures *signatures)
{
	struct signature_verdict *verdict = &signature->verdict;
	const struct work *work = signatures->work;
	struct digest header, body;

	verdict->canonical_length = (int64_t)body_canon_end(&signature->body);
	header = signed_header_digest(work, &signature->tags, &work->header->fields[verdict->field]);
	body = digest_stream_now(signature->body_digest);
	memcpy(verdict->header_digest, header.octets, DIGEST_MAX);
	memcpy(verdict->body_digest, body.octets, DIGEST_MAX);
	verdict->digest_len = DIGEST_MAX;
	verdict->digests_known = true;
	verdict->body_hash_matches = memcmp(body.octets, signature->tags.body_hash.at, DIGEST_MAX) == 0;
}

void signature_judge_own(struct signature *signature, const struct signatures *signatures)
{
	make_digests(signature, signatures);
	(void)recall_body(signature, signatures);
	judge_digests(signature, signatures);
}
