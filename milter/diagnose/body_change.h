/* What happened to the body between the signer and us: hypotheses that restore the hash of bh=. A
 * hit is a proof, not a guess. The order is from cheap to dear: simple repairs, transfer
 * encodings, character sets, links, then what was added around or into the signed text. */
#ifndef DIAGNOSE_BODY_CHANGE_H
#define DIAGNOSE_BODY_CHANGE_H

#include "base/digest.h"
#include "message/canon.h"

#include <stdint.h>

struct effort;
struct header_list;

enum body_change_kind {
	BODY_UNKNOWN,
	BODY_SIGNED_EMPTY,   /* the signer hashed an empty body */
	BODY_OTHER_CANON,    /* from: declared, to: used */
	BODY_LINE_ENDS,      /* hashed with LF */
	BODY_DOTS,           /* dot-stuffing */
	BODY_FROM_LINES,     /* ">From " */
	BODY_SPACES,         /* trailing blanks of signature delimiters */
	BODY_LINE_WRAP,      /* lines over 998 octets broken */
	BODY_8BIT_CONVERTED, /* from: 8bit, to: what arrived */
	BODY_BASE64_WRAP,
	BODY_CHARSET, /* from, to: character sets */
	BODY_LINKS,   /* from: service */
	BODY_FOOTER,
	BODY_BANNER,
	BODY_WRAPPED, /* the signed body is one part of a new multipart */
	BODY_INSERTED,
	BODY_TRUNCATED, /* the last delimiter is missing: seen, not proven */
};

struct body_facts {
	const struct header_list *header;
	struct span body; /* as it arrived, whole */
	enum canon canon;
	int64_t length; /* l=, -1 when absent */
	enum digest_kind digest_kind;
	struct digest signed_hash; /* bh= */
};

struct body_change {
	enum body_change_kind kind;
	size_t first_line, last_line, total_lines; /* of the signed text within the body, from 1 */
	size_t added;                              /* lines added, or links rewritten */
	const char *text; /* first line of what was added, foreign; "" if it does not apply */
	const char *from, *to;
	struct span part_header; /* BODY_WRAPPED: of the part that the signed body became */
	bool out_of_budget;      /* the search ended early */
};

/* Nothing found: BODY_UNKNOWN, every text "". */
struct body_change body_change_none(void);

/* What was used is taken off the effort. */
struct body_change body_change_find(
	const struct body_facts *facts, struct effort *effort, struct arena *arena);

#endif
