/* A DKIM key record (RFC 6376 section 3.6.1, RFC 8463), read strictly: usable, or the precise fault
 * with its place. Libraries have one error for most of these; the admin needs to know which. */
#ifndef RECORDS_KEY_RECORD_H
#define RECORDS_KEY_RECORD_H

#include "base/base64.h"
#include "base/ed25519.h"
#include "facts/signature_verdict.h"

#include <stdbool.h>

struct arena;

enum {
	KEY_RECORD_MAX = 4096, /* our limit: a 4096-bit key needs 760 octets */
	RSA_BITS_MIN = 1024,   /* RFC 8301 section 3.2 */
	RSA_BITS_MAX = 4096    /* our limit */
};

enum key_type { KEYTYPE_RSA, KEYTYPE_ED25519, KEYTYPE_UNKNOWN };

struct key_record {
	enum key_fault fault;
	size_t fault_position;  /* octet offset in the record */
	const char *fault_text; /* the piece that is wrong, foreign text; "" without one */
	enum key_type type;
	const char *type_text; /* k= as written, "rsa" when absent */
	const char *hashes;    /* h=, "" when absent */
	const char *services;  /* s=, "" when absent */
	bool testing, strict;  /* t=y, t=s */
	bool revoked;          /* p= is there and empty; no fault */
	const char *p;         /* without white space */
	struct octets octets;  /* p= decoded */
	unsigned bits;         /* of the RSA modulus, exact; 256 for ed25519; 0 when unknown */
};

/* The text may hold any octet. */
struct key_record key_record_read(struct arena *arena, const char *text, size_t len);

bool key_record_allows_hash(const struct key_record *key, const char *hash); /* "sha256" */
bool key_record_serves_email(const struct key_record *key);

/* A usable key in the plainest form, for a library that shall not see the original. */
char *key_record_plain(const struct key_record *key, struct arena *arena);

#endif
