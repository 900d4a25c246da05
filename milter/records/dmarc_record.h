/* A DMARC policy record (RFC 9989 section 4.7 and 4.8), read strictly where it decides and leniently
 * where the RFCs say so: "v=DMARC1" is exact, the order of the other tags is free, unknown tags and
 * the removed ones are ignored, an optional tag with a bad value is ignored and named. Where p= is
 * absent or invalid, a usable rua= makes it p=none (section 4.10.1). An invalid sp= or np= is
 * ignored as well and p= stands in: a domain that asks for reject is not left open by a typing
 * error in another tag. */
#ifndef RECORDS_DMARC_RECORD_H
#define RECORDS_DMARC_RECORD_H

#include "facts/dmarc_verdict.h"

#include <stdbool.h>
#include <stddef.h>

struct arena;

enum { DMARC_RECORD_MAX = 4096 }; /* octets, our limit: more is no policy for mail */

enum dmarc_record_fault {
	DMARCRECORD_OK,
	DMARCRECORD_FOREIGN, /* other text, such as SPF from a wildcard */
	/* meant to be a record, but it is none: RFC 9989 section 4.10 discards it */
	DMARCRECORD_VERSION,   /* does not begin with v=DMARC1 */
	DMARCRECORD_SEPARATOR, /* something else than ";" behind v=DMARC1 */
	/* a record without a usable policy */
	DMARCRECORD_TOO_LARGE,
	DMARCRECORD_POLICY_MISSING,
	DMARCRECORD_POLICY_INVALID, /* also p= given twice */
};

enum dmarc_psd { DMARC_PSD_UNKNOWN, DMARC_PSD_YES, DMARC_PSD_NO };

struct dmarc_record {
	enum dmarc_record_fault fault;
	const char *fault_text; /* the piece that is wrong, cut; foreign text; "" without fault */
	size_t fault_position;  /* octet offset of that piece */

	enum dmarc_policy p, sp, np; /* sp defaults to p, np to sp */
	bool p_given, sp_given, np_given;
	enum dmarc_psd psd;
	bool testing;                 /* t=y */
	bool strict_dkim, strict_spf; /* adkim=s, aspf=s */
	int pct;                      /* 100 unless given; removed by RFC 9989 */
	const char *rua, *ruf, *fo;   /* as written, "" when absent */
	const char *bad_tag;          /* the first optional tag that was ignored, "fo=9"; "" if none */
	size_t bad_tag_position;
};

/* Never fails: see fault. */
struct dmarc_record dmarc_record_parse(const char *text, size_t len, struct arena *arena);

/* Does it count as a DMARC record of its name, usable or not (RFC 9989 section 4.10 step 2)? */
bool dmarc_record_counts(const struct dmarc_record *record);

/* The same policy in our own words, "v=DMARC1; p=none; sp=none; adkim=r; aspf=r": no foreign text. */
const char *dmarc_record_normal_form(const struct dmarc_record *record, struct arena *arena);

#endif
