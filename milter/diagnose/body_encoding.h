/* Content-Transfer-Encoding (RFC 2045 section 6) undone, and done as different software does it. */
#ifndef DIAGNOSE_BODY_ENCODING_H
#define DIAGNOSE_BODY_ENCODING_H

#include "base/buf.h"
#include "base/text.h"

/* Encoders of quoted-printable differ in whether the last character of a line may fill the last
 * column: never, when it stands for itself, always. */
enum body_encoding {
	ENCODING_NONE,
	ENCODING_QP_NEVER,
	ENCODING_QP_LITERAL,
	ENCODING_QP_ALWAYS,
	ENCODING_BASE64,
	ENCODINGS,
};

/* The name is lower case; what is neither of the two encodings is copied. */
void body_decode(struct buf *out, struct span text, const char *encoding);

void body_encode(struct buf *out, struct span text, enum body_encoding encoding);

/* For the Content-Transfer-Encoding of such text: "7bit" or "8bit" without encoding. */
const char *body_encoding_name(enum body_encoding encoding, struct span text);

/* Is it the encoding of that name? "" and "binary" are none. */
bool body_encoding_is(enum body_encoding encoding, const char *name);

/* Nothing in it that needs an encoding or tells a character set: no octet above 127, no ESC. */
bool body_is_plain(struct span text);

#endif
