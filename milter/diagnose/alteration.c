#include "diagnose/alteration.h"

#include "base/base64.h"
#include "diagnose/collection.h"
#include "diagnose/inquiry.h"
#include "message/header_list.h"

#include <string.h>

void alterations_begin(struct alterations *alterations)
{
	for (size_t i = 0; i < ALTERATIONS_MAX; i++)
		alterations->of[i] =
			(struct alteration){.header = header_change_none(), .body = body_change_none()};
	alterations->of_arc = (struct alteration){.header = header_change_none(), .body = body_change_none()};
	alterations->effort = (struct effort){.octets = SEARCH_BUDGET};
}

static struct digest digest_from(const uint8_t *octets, size_t len)
{
	struct digest digest = {.len = len <= sizeof digest.octets ? len : 0};

	memcpy(digest.octets, octets, digest.len);
	return digest;
}

static struct body_change search_body(
	struct collection *collection, const struct signature_verdict *signature, struct effort *effort)
{
	const struct findings_so_far *facts = collection->facts;
	struct base64 hash =
		base64_decode(collection->arena, signature->body_hash_b64, strlen(signature->body_hash_b64));
	struct body_facts body = {
		.header = facts->header,
		.body = facts->body,
		.length = signature->body_length,
		.digest_kind = text_ends(signature->algorithm, "sha1") ? DIGEST_SHA1 : DIGEST_SHA256,
		.signed_hash = digest_from(hash.octets.at, hash.octets.len),
	};
	enum canon header_canon;

	if (hash.fault != BASE64_GOOD || !facts->body_kept ||
		!canon_parse(signature->canonicalization, &header_canon, &body.canon))
		return body_change_none();
	return body_change_find(&body, effort, collection->arena);
}

/* For Ed25519 the key and the signature; false when they are not what they should be. */
static bool take_ed25519(
	struct collection *collection, const struct signature_verdict *signature, struct header_facts *header)
{
	struct base64 key = base64_decode(collection->arena, signature->key_p, strlen(signature->key_p));
	struct base64 octets =
		base64_decode(collection->arena, signature->signature_b64, strlen(signature->signature_b64));

	if (key.octets.len != ED25519_KEY_LEN || octets.octets.len != ED25519_SIGNATURE_LEN)
		return false;
	header->ed25519 = true;
	memcpy(header->key, key.octets.at, ED25519_KEY_LEN);
	memcpy(header->signature_octets, octets.octets.at, ED25519_SIGNATURE_LEN);
	return true;
}

static struct header_change search_header(struct collection *collection,
	const struct signature_verdict *signature, const struct body_change *body, struct effort *effort)
{
	const struct findings_so_far *facts = collection->facts;
	struct header_facts header = {
		.header = facts->header,
		.signature = &facts->header->fields[signature->field],
		.signed_fields = signature->signed_fields,
		.copied_fields = signature->copied_fields,
		.digest_kind = signature->digest_len == 20 ? DIGEST_SHA1 : DIGEST_SHA256,
		.signed_hash = digest_from(signature->recovered_digest, signature->digest_len),
	};
	struct header_list part = header_list_new(collection->arena);
	enum canon body_canon;
	bool known = signature->recovery == RECOVERY_OTHER_HEADER ||
		     (text_starts(signature->algorithm, "ed25519") &&
			     take_ed25519(collection, signature, &header));

	if (!known || !canon_parse(signature->canonicalization, &header.canon, &body_canon))
		return header_change_none();
	if (body->part_header.len > 0) {
		(void)header_list_read(&part, body->part_header.at, body->part_header.len);
		header.part_header = &part;
	}
	return header_change_find(&header, effort, collection->arena);
}

static const struct alteration *search(struct collection *collection,
	const struct signature_verdict *signature, struct alteration *alteration)
{
	struct alterations *alterations = collection->facts->alterations;

	if (alteration->searched)
		return alteration;
	alteration->searched = true;
	if (!effort_exceeds(&alterations->effort, 0)) {
		alteration->body.out_of_budget = true;
		return alteration;
	}
	if (signature->digests_known && !signature->body_hash_matches)
		alteration->body = search_body(collection, signature, &alterations->effort);
	if (signature->fault == SIGFAULT_SIGNATURE)
		alteration->header =
			search_header(collection, signature, &alteration->body, &alterations->effort);
	collection->partial = collection->partial || alterations->effort.stopped;
	return alteration;
}

/* When searching is not allowed now, it is noted that it is wanted. */
static bool may_search(struct collection *collection)
{
	if (collection->facts->alterations == NULL && collection->facts->inquiry != NULL)
		collection->facts->inquiry->alterations_wanted = true;
	return collection->facts->alterations != NULL;
}

const struct alteration *alteration_of(
	struct collection *collection, const struct signature_verdict *signature)
{
	size_t index = (size_t)collection->signature;

	if (!may_search(collection) || collection->signature < 0 || index >= ALTERATIONS_MAX)
		return NULL;
	return search(collection, signature, &collection->facts->alterations->of[index]);
}

const struct alteration *alteration_of_arc(struct collection *collection)
{
	const struct signature_verdict *signature = collection->facts->verdicts->arc.message_signature;

	if (signature == NULL || !may_search(collection))
		return NULL;
	return search(collection, signature, &collection->facts->alterations->of_arc);
}
