/* Repairs of MIME parts: transfer encodings, base64 line lengths, character sets. */
#ifndef DIAGNOSE_BODY_TRANSCODE_H
#define DIAGNOSE_BODY_TRANSCODE_H

#include "diagnose/body_variants.h"

/* Parts of that transfer encoding decoded to 8bit. */
struct body_variant variant_decoded(
	const struct body_facts *facts, const char *encoding, struct arena *arena);

/* Parts that came as 8bit, encoded again. The manner is below VARIANT_ENCODINGS: three habits of
 * quoted-printable, then base64. */
enum { VARIANT_ENCODINGS = 4 };
struct body_variant variant_encoded(const struct body_facts *facts, unsigned manner, struct arena *arena);

/* base64 parts with lines of that many characters. */
struct body_variant variant_rewrapped(const struct body_facts *facts, size_t columns, struct arena *arena);

/* Unencoded text parts converted back to that character set. */
struct body_variant variant_charset(const struct body_facts *facts, const char *charset, struct arena *arena);

#endif
