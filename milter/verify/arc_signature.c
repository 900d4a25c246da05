/* One signature of a chain: its key, its digest, its verification. */
#include "base/arena.h"
#include "base/buf.h"
#include "dns/dns.h"
#include "message/canon.h"
#include "message/header_list.h"
#include "verify/arc.h"
#include "verify/signed_content.h"
#include "verify/verify.h"

#include <string.h>

static const char *key_complaint(const struct key_record *key, const struct signature_tags *tags)
{
	if (key->fault != KEYFAULT_NONE)
		return "unusable key record";
	if (key->revoked)
		return "revoked";
	if (key->type != (tags->ed25519 ? KEYTYPE_ED25519 : KEYTYPE_RSA))
		return "of another type";
	if (!key_record_allows_hash(key, "sha256"))
		return "not for SHA-256";
	if (!key_record_serves_email(key))
		return "not for email";
	if (key->type == KEYTYPE_RSA && key->bits < RSA_BITS_MIN)
		return "shorter than 1024 bits";
	if (key->type == KEYTYPE_RSA && key->bits > RSA_BITS_MAX)
		return "longer than 4096 bits";
	return NULL;
}

enum arc_fault arc_find_key(struct arc_signature *signature, const struct work *work, const char **text)
{
	const struct answer *answer = dns_ask(work->client, signature->tags.key_name, RR_TXT);
	const char *complaint;

	*text = "";
	signature->key_answer = answer;
	if (answer_is_trouble(answer)) {
		*text = answer->trouble_text;
		return ARCFAULT_KEY_DNS;
	}
	if (answer->kind != ANSWER_RECORDS || answer->count == 0)
		return ARCFAULT_KEY_ABSENT;
	if (answer->count > 1) {
		*text = "several key records";
		return ARCFAULT_KEY_UNUSABLE;
	}
	signature->key_text = answer->values[0].text;
	signature->key = key_record_read(work->arena, answer->values[0].text, answer->values[0].len);
	complaint = key_complaint(&signature->key, &signature->tags);
	if (complaint == NULL)
		return ARCFAULT_NONE;
	*text = complaint;
	return ARCFAULT_KEY_UNUSABLE;
}

bool arc_signature_verifies(const struct work *work, struct arc_signature *signature)
{
	return signed_digest_verifies(
		work, &signature->tags, &signature->key, signature->digest, &signature->recovery);
}

static void set_digest(struct arc_signature *signature, const struct digest *digest)
{
	memcpy(signature->digest, digest->octets, DIGEST_MAX);
}

void arc_assume_canon(struct arc_signature *message, bool relaxed)
{
	message->undeclared_canon = true;
	message->tags.relaxed_header = message->tags.relaxed_body = relaxed;
	message->tags.canonicalization = relaxed ? "relaxed/relaxed" : "simple/simple";
}

static void message_digest(struct arc_signature *signature, const struct work *work)
{
	struct digest digest = signed_header_digest(work, &signature->tags, signature->field);

	set_digest(signature, &digest);
}

bool arc_message_verifies(struct arc_chain *chain, struct arc_signature *message)
{
	message_digest(message, chain->work);
	if (arc_signature_verifies(chain->work, message))
		return true;
	if (!message->undeclared_canon)
		return false;
	arc_assume_canon(message, false);
	message_digest(message, chain->work);
	return arc_signature_verifies(chain->work, message);
}

static void add_field(struct digest_stream *stream, const struct header_field *field, struct arena *arena)
{
	struct buf octets = buf_in(arena);

	canon_field(&octets, CANON_RELAXED, (struct span){field->name, field->name_len},
		(struct span){field->value, field->value_len});
	digest_stream_add(stream, octets.data, octets.len);
}

/* RFC 8617 section 5.1.1: all sets up to its own, in their order, the fields of each in this order, the
 * seal itself last with an empty b=. Each seal goes on from where the one before was. */
void arc_seal_digests(struct arc_chain *chain)
{
	struct digest_stream *all = digest_stream_new(DIGEST_SHA256);
	struct digest_stream *own = digest_stream_new(DIGEST_SHA256);
	struct arena *arena = chain->work->arena;

	for (unsigned i = 0; i < chain->verdict.set_count; i++) {
		struct arc_set *set = &chain->sets[i];
		struct buf seal = buf_in(arena);
		struct digest digest;

		add_field(all, set->results, arena);
		add_field(all, set->message.field, arena);
		digest_stream_copy(own, all);
		canon_signature(&seal, CANON_RELAXED, set->seal.field);
		digest_stream_add(own, seal.data, seal.len);
		digest = digest_stream_now(own);
		set_digest(&set->seal, &digest);
		add_field(all, set->seal.field, arena);
	}
	digest_stream_free(&all);
	digest_stream_free(&own);
}
