/* An SPF record as published (RFC 7208 sections 3, 4.5, 5, 6 and 12), parsed strictly: kind, place
 * and text of the first fault, and every term whether good or not. Nothing is looked up here. */
#ifndef RECORDS_SPF_RECORD_H
#define RECORDS_SPF_RECORD_H

#include "base/netaddr.h"
#include "base/text.h"
#include "facts/spf_verdict.h"

struct arena;

/* Ours: no honest record is near them; the longest useful one has 341 terms in 4096 octets. */
enum { SPFRECORD_OCTETS_MAX = 4096, SPFRECORD_TERMS_MAX = 500 };

enum spf_term_kind {
	SPFTERM_BROKEN, /* not understood: see the record's fault */
	SPFTERM_ALL,
	SPFTERM_IP4,
	SPFTERM_IP6,
	SPFTERM_A,
	SPFTERM_MX,
	SPFTERM_PTR,
	SPFTERM_EXISTS,
	SPFTERM_INCLUDE,
	SPFTERM_REDIRECT,
	SPFTERM_EXP,
	SPFTERM_UNKNOWN_MODIFIER,
};

struct spf_record_term {
	enum spf_term_kind kind;
	char qualifier;                  /* + - ~ ?; '+' when none is written, and for modifiers */
	const char *text;                /* as published, with its qualifier */
	size_t position;                 /* octet offset in the record */
	struct span domain;              /* domain-spec with its macros, points into text; len 0 when none */
	struct network network;          /* ip4, ip6 */
	unsigned ip4_prefix, ip6_prefix; /* a, mx: 32 and 128 unless written */
};

struct spf_record {
	enum spf_fault fault; /* SPFAULT_NONE: the whole record is good */
	const char *fault_text;
	size_t fault_position;
	const struct spf_record_term *terms;
	size_t term_count;
	const struct spf_record_term *redirect, *exp; /* NULL without one */
	bool has_all;
};

/* Is this TXT an SPF record: "v=spf1", then a space or the end (section 4.5)? */
bool spf_record_claims(const char *octets, size_t len);

/* Takes what spf_record_claims. Octets outside 0x20 to 0x7e anywhere come first as faults, then
 * the terms from the left; the text of a fault is the term, or the octets or the macro in it. */
struct spf_record spf_record_parse(struct arena *arena, const char *octets, size_t len);

/* a, mx, ptr, exists, include, redirect: the terms that count as lookups (section 4.6.4). */
bool spf_term_looks_up(const struct spf_record_term *term);

/* For ip4, ip6 and all: does it match this client? */
bool spf_term_covers(const struct spf_record_term *term, const struct netaddr *client);

#endif
