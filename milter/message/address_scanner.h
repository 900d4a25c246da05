/* The words of an address header field (RFC 5322 section 3.2, RFC 6532), one at a time. Comments
 * and white space between them are skipped, nested comments with a counter, so that any depth
 * costs nothing but its length. */
#ifndef MESSAGE_ADDRESS_SCANNER_H
#define MESSAGE_ADDRESS_SCANNER_H

#include "base/text.h"

enum address_word {
	WORD_END,
	WORD_ATOM,    /* atext and 8-bit octets */
	WORD_QUOTED,  /* with its quotation marks */
	WORD_LITERAL, /* with its square brackets */
	WORD_SPECIAL, /* one octet: . < > @ , ; : */
	WORD_BAD,     /* why_not says what */
};

struct address_scanner {
	const char *next, *end;
	/* the current word */
	enum address_word word;
	struct span text;
	const char *why_not; /* "" unless WORD_BAD */
};

/* Stands on the first word. The text is borrowed. */
struct address_scanner address_scanner_of(struct span field);

void address_scanner_step(struct address_scanner *scanner);
bool address_scanner_at(const struct address_scanner *scanner, char special);

#endif
