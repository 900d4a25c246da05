#include "verify/arc.h"

#include "base/arena.h"
#include "dns/dns.h"
#include "settings/settings.h"
#include "verify/libraries.h"
#include "verify/recovery.h"
#include "verify/signed_content.h"
#include "verify/verify.h"

#include <stdlib.h>
#include <string.h>

enum {
	CLOCK_DRIFT = 300,   /* seconds; as for DKIM */
	ARC_SETS_WARMED = 10 /* ours; longer chains wait for some of their keys */
};

static enum result result_of(enum arc_fault fault)
{
	switch (fault) {
	case ARCFAULT_NONE:
		return RESULT_PASS;
	case ARCFAULT_KEY_DNS:
	case ARCFAULT_BODY_TOO_LARGE:
		return RESULT_TEMPERROR;
	default:
		return RESULT_FAIL;
	}
}

void arc_settle(struct arc_chain *chain, enum arc_fault fault, unsigned instance, const char *text)
{
	chain->open = false;
	chain->verdict.fault = fault;
	chain->verdict.failed = instance;
	chain->verdict.fault_text = text;
	chain->verdict.result = result_of(fault);
}

static struct arc_set *newest_of(struct arc_chain *chain)
{
	return &chain->sets[chain->verdict.set_count - 1];
}

static enum canon body_canon_of(const struct arc_signature *signature)
{
	return signature->tags.relaxed_body ? CANON_RELAXED : CANON_SIMPLE;
}

const struct body_hash *arc_body_of(const struct arc_chain *chain, const struct arc_signature *signature)
{
	return body_hashes_find(&chain->bodies, body_canon_of(signature), signature->tags.body_length);
}

static void want_body(struct arc_chain *chain, enum canon canon, int64_t limit)
{
	if (chain->bodies.count < ARC_BODIES_MAX)
		body_hashes_want(&chain->bodies, canon, limit, chain->work->arena);
}

/* Newest first, as they are verified. No budget of the message holds here, so there is one of ours: nobody
 * makes us ask a hundred strangers with one message. */
static void warm(const struct arc_chain *chain)
{
	unsigned newest = chain->verdict.set_count;

	for (unsigned i = newest; i > 0 && newest - i < ARC_SETS_WARMED; i--) {
		dns_warm(chain->work->dns, chain->sets[i - 1].seal.tags.key_name, RR_TXT);
		dns_warm(chain->work->dns, chain->sets[i - 1].message.tags.key_name, RR_TXT);
	}
}

struct arc_chain *arc_begin(const struct work *work)
{
	struct arc_chain *chain = arena_alloc(work->arena, sizeof *chain);

	chain->work = work;
	chain->verdict = (struct arc_verdict){.fault_text = "", .key_name = ""};
	chain->looks_back = ARC_LOOKS_BACK_MAX;
	arc_collect(chain);
	if (!chain->open)
		return chain;
	warm(chain);
	for (unsigned i = chain->verdict.set_count; i > 0; i--) {
		const struct arc_signature *message = &chain->sets[i - 1].message;

		want_body(chain, body_canon_of(message), message->tags.body_length);
		if (message->undeclared_canon)
			want_body(chain, CANON_SIMPLE, message->tags.body_length);
	}
	return chain;
}

bool arc_wants_body(const struct arc_chain *chain)
{
	return chain->open;
}

void arc_body(struct arc_chain *chain, const char *octets, size_t len)
{
	uint64_t limit = (uint64_t)chain->work->settings->max_body;

	if (!chain->open)
		return;
	chain->body_octets += len;
	if (limit != 0 && chain->body_octets > limit) {
		arc_settle(chain, ARCFAULT_BODY_TOO_LARGE, chain->verdict.set_count, "");
		return;
	}
	body_hashes_add(&chain->bodies, octets, len);
}

static void settle_key(struct arc_chain *chain, enum arc_fault fault, unsigned instance,
	const struct arc_signature *signature, const char *text)
{
	arc_settle(chain, fault, instance, text);
	chain->verdict.key_name = signature->tags.key_name;
	chain->verdict.key_answer = signature->key_answer;
}

/* Section 5.2 step 6, newest first. */
static void verify_seals(struct arc_chain *chain)
{
	const char *text;

	arc_seal_digests(chain);
	for (unsigned i = chain->verdict.set_count; i > 0 && chain->open; i--) {
		struct arc_signature *seal = &chain->sets[i - 1].seal;
		enum arc_fault fault = arc_find_key(seal, chain->work, &text);

		if (fault != ARCFAULT_NONE) {
			settle_key(chain, fault, i, seal, text);
			return;
		}
		if (arc_signature_verifies(chain->work, seal))
			continue;
		arc_settle(chain, ARCFAULT_SEAL, i, "");
		chain->verdict.key_name = seal->tags.key_name;
		chain->verdict.recovery = seal->recovery;
	}
}

/* As the diagnosis of DKIM knows signatures. */
static struct signature_verdict *view_of(
	const struct arc_signature *signature, const struct body_hash *body, struct arena *arena)
{
	struct signature_verdict *view = arena_alloc(arena, sizeof *view);

	*view = signature_verdict_of(&signature->tags, signature->index);
	view->key_answer = signature->key_answer;
	view->key_record = signature->key_text;
	view->key_bits = signature->key.bits;
	view->key_p = signature->key.p;
	view->digests_known = true;
	view->digest_len = DIGEST_MAX;
	view->canonical_length = (int64_t)body->octets;
	view->recovery = signature->recovery;
	view->result = RESULT_PASS;
	view->body_hash_matches = memcmp(body->digest.octets, signature->tags.body_hash.at, DIGEST_MAX) == 0;
	memcpy(view->header_digest, signature->digest, DIGEST_MAX);
	memcpy(view->body_digest, body->digest.octets, DIGEST_MAX);
	return view;
}

static void settle_content(struct arc_chain *chain, struct signature_verdict *view, enum arc_fault fault,
	enum signature_fault as)
{
	arc_settle(chain, fault, chain->verdict.set_count, "");
	chain->verdict.key_name = view->key_name;
	view->fault = as;
	view->result = RESULT_FAIL;
}

/* What was recovered from b= is needed to say what happened to the header. */
static void keep_recovered(
	const struct arc_chain *chain, const struct arc_signature *signature, struct signature_verdict *view)
{
	if (!signature->tags.ed25519)
		recovery_run(
			view, signature->tags.signature, signature->key.octets, chain->work->libraries->keys);
}

/* Section 5.2 step 4. */
static void verify_newest(struct arc_chain *chain)
{
	struct arc_signature *newest = &newest_of(chain)->message;
	struct signature_verdict *view;
	const char *text;
	enum arc_fault fault = arc_find_key(newest, chain->work, &text);
	bool verified;

	if (fault != ARCFAULT_NONE) {
		settle_key(chain, fault, chain->verdict.set_count, newest, text);
		return;
	}
	verified = arc_message_verifies(chain, newest);
	view = view_of(newest, arc_body_of(chain, newest), chain->work->arena);
	chain->verdict.message_signature = view;
	if (!verified) {
		settle_content(chain, view, ARCFAULT_SIGNATURE, SIGFAULT_SIGNATURE);
		keep_recovered(chain, newest, view);
	} else if (!view->body_hash_matches) {
		settle_content(chain, view, ARCFAULT_BODY_HASH, SIGFAULT_BODY_HASH);
	} else if (view->body_length >= 0 && view->body_length < view->canonical_length) {
		settle_content(chain, view, ARCFAULT_UNSIGNED_TAIL, SIGFAULT_UNSIGNED_TAIL);
	} else if (view->expires_at >= 0 && view->expires_at < chain->work->now - CLOCK_DRIFT) {
		arc_settle(chain, ARCFAULT_FIELD_BROKEN, chain->verdict.set_count,
			"ARC-Message-Signature: expired");
	}
}

void arc_finish(struct arc_chain *chain, struct verdicts *verdicts)
{
	if (chain->open) {
		body_hashes_end(&chain->bodies);
		verify_seals(chain);
	}
	if (chain->open)
		verify_newest(chain);
	if (chain->open) {
		arc_settle(chain, ARCFAULT_NONE, 0, "");
		arc_look_back(chain);
	}
	if (chain->verdict.fault == ARCFAULT_BODY_TOO_LARGE)
		verdicts->body_too_large = true;
	verdicts->arc = chain->verdict;
}

void arc_end(struct arc_chain **chain)
{
	if (chain == NULL || *chain == NULL)
		return;
	body_hashes_free(&(*chain)->bodies);
	*chain = NULL;
}
