/* A DKIM key record as somebody typed it, read leniently, and as it should be published. */
#ifndef DIAGNOSE_KEY_TEXT_H
#define DIAGNOSE_KEY_TEXT_H

#include "facts/signature_verdict.h"

struct arena;

/* Could the text be a key record that lost its way? */
bool key_text_is_key(const char *text);

/* The value of a tag without white space; "" when there is none. */
const char *key_text_tag(const char *record, const char *tag, struct arena *arena);

/* Octets that p= decodes to, and that its DER header announces (0 when it is no DER). */
struct key_text_size {
	size_t have, need;
};
struct key_text_size key_text_size(const char *p, struct arena *arena);

/* Is this a length at which control panels cut? */
bool key_text_is_cut(size_t len);

/* One key out of records that are its pieces, joined in one of KEY_TEXT_ORDERS orders; NULL when that gives
 * no key or they are several whole keys. */
enum { KEY_TEXT_ORDERS = 6 };
const char *key_text_joined(const struct answer *answer, size_t order, struct arena *arena);

/* The record without what does not belong there: marks, commas, PEM lines, a wrapper. "p=…" when the key
 * itself cannot be read. */
const char *key_text_repaired(const struct signature_verdict *signature, struct arena *arena);

#endif
