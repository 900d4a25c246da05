/* Text parts as they may have been encoded before: other transfer encodings, other character sets,
 * other base64 line lengths. */
#ifndef DIAGNOSE_BODY_TRANSCODE_H
#define DIAGNOSE_BODY_TRANSCODE_H

#include "diagnose/body_encoding.h"
#include "diagnose/body_variants.h"

/* The text parts of a body, decoded once for all variants. */
struct body_texts {
	const struct body_facts *facts;
	struct mime_text *items;
	size_t count;
	bool multipart, plain; /* plain: ASCII throughout */
};

struct mime_text {
	const struct mime_part *part;
	struct span decoded;
};

struct body_texts body_texts_of(const struct body_facts *facts, struct arena *arena);

enum { RECODING_TAILS = 4 };

/* What the parts were before somebody converted them. */
struct recoding {
	const char *from;    /* only parts that now have this transfer encoding; NULL: all */
	const char *charset; /* as it was written; NULL: the present one */
	enum body_encoding encoding;
	unsigned tail; /* below RECODING_TAILS: who the line end before a delimiter belongs to */
};

/* Kind BODY_CHARSET or BODY_8BIT_CONVERTED. */
struct body_variant variant_recoding(
	const struct body_texts *texts, const struct recoding *recoding, struct arena *arena);

/* base64 parts with lines of that many characters. */
struct body_variant variant_rewrapped(const struct body_texts *texts, size_t columns, struct arena *arena);

/* The body with some of the text parts replaced by other decoded text, one for each part; "at" is NULL
 * where a part stays. Parts keep their kind of encoding; that one says how it is done. */
struct buf body_texts_with(const struct body_texts *texts, const struct span *replacements,
	enum body_encoding encoding, struct arena *arena);

#endif
