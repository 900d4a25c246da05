/* The value of a DKIM-Signature field (RFC 6376 section 3.5, RFC 8301, RFC 8463), read strictly:
 * every tag, or the first fault in the order of enum signature_fault with the offending piece. Also
 * with a fault the tags that could be read are there. What needs a clock, a public suffix list or
 * the key is judged elsewhere. */
#ifndef RECORDS_SIGNATURE_TAGS_H
#define RECORDS_SIGNATURE_TAGS_H

#include "base/base64.h"
#include "facts/signature_verdict.h"

#include <stdbool.h>

struct arena;
struct tag_list;

/* Our limits: libopendkim's work grows with the square of them. */
enum { SIGNATURE_MAX = 8192, SIGNED_FIELDS_MAX = 256, IDENTITY_MAX = 254 };

struct signature_tags {
	enum signature_fault fault;
	const char *fault_text;

	/* as written, without white space; "" when absent */
	const char *domain, *selector, *identity, *identity_domain;
	const char *algorithm, *canonicalization;
	const char *signature_b64, *body_hash_b64;
	const char *signed_fields, *copied_fields;
	int64_t signed_at, expires_at, body_length; /* -1 when absent */

	const char *domain_name, *key_name; /* to compare and to ask for; "" when unusable */
	bool ed25519, sha1;
	bool relaxed_header, relaxed_body;
	size_t digest_len; /* 20 or 32 */
	struct octets signature, body_hash;
};

struct signature_tags signature_tags_read(struct arena *arena, const char *value, size_t len);

/* Also the tags as they are written: none when the value is longer than SIGNATURE_MAX. */
struct signature_tags signature_tags_read_listed(
	struct arena *arena, const char *value, size_t len, struct tag_list *list);

/* The same tags in the fields of ARC (RFC 8617 sections 4.1.2 and 4.1.3): no v=, i= is a number, the
 * message signature need not sign From and must not sign seals, the seal has neither h= nor bh=. */
enum signature_form { FORM_DKIM, FORM_ARC_MESSAGE, FORM_ARC_SEAL };
struct signature_tags signature_tags_read_as(
	enum signature_form form, struct arena *arena, const char *value, size_t len);

#endif
