/* RFC 2047 encoded words: "=?utf-8?B?…?=". */
#ifndef MESSAGE_ENCODED_WORD_H
#define MESSAGE_ENCODED_WORD_H

#include "base/buf.h"
#include "base/text.h"

#include <stdbool.h>

struct encoded_word {
	struct span whole, charset, text; /* charset as written; text still encoded */
	char encoding;                    /* as written: B b Q q */
};

/* The first encoded word at or behind the place; false when there is none. */
bool encoded_word_find(struct span value, struct encoded_word *word);

/* The octets in the word's own character set. */
struct buf encoded_word_decode(const struct encoded_word *word, struct arena *arena);

/* Octets as one encoded word of that character set and encoding; Q with "_" for blanks. */
void encoded_word_write(struct buf *out, struct span charset, char encoding, struct span octets);

#endif
