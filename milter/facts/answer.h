/* What DNS said, as plain data: the evidence of every verdict. "No name", "no record", "forged"
 * and "no reply" are four different facts and never mixed up. Immutable once made. */
#ifndef FACTS_ANSWER_H
#define FACTS_ANSWER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum rr_type {
	RR_A = 1,
	RR_NS = 2,
	RR_CNAME = 5,
	RR_PTR = 12,
	RR_MX = 15,
	RR_TXT = 16,
	RR_AAAA = 28,
	RR_SPF = 99, /* abolished by RFC 7208; asked by the diagnosis only */
};

/* How a question is put. Verifiers only ask normally; the rest is for the diagnosis. */
enum ask_mode {
	ASK_NORMAL,
	ASK_UNCHECKED, /* CD=1: the data even when DNSSEC says forged */
	ASK_AUTHORITY, /* RD=0 to one name server */
};

struct question {
	const char *name; /* lower case, no final dot; labels may hold any octet but NUL and '.' */
	enum rr_type type;
	enum ask_mode mode;
	const char *server; /* for ASK_AUTHORITY: its name, "[parent]" for the parent zone; else "" */
};

enum answer_kind {
	ANSWER_RECORDS,
	ANSWER_NO_RECORD, /* NODATA: the name exists, the type does not */
	ANSWER_NO_NAME,   /* NXDOMAIN */
	ANSWER_BOGUS,     /* DNSSEC validation failed */
	ANSWER_NO_REPLY,  /* anything else: SERVFAIL, timeout, refused, malformed, budget spent */
};

/* Why there was no reply. */
enum answer_trouble {
	TROUBLE_NONE,
	TROUBLE_TIMEOUT,
	TROUBLE_SERVFAIL,
	TROUBLE_REFUSED,
	TROUBLE_TCP,    /* truncated over UDP, and TCP does not connect */
	TROUBLE_LOOP,   /* CNAME chain too long or circular */
	TROUBLE_BROKEN, /* malformed, or larger than our limits */
	TROUBLE_BUDGET, /* our own limit of questions or time for this message */
	TROUBLE_LOCAL,  /* our resolver cannot work at all */
};

struct rdata {
	/* TXT: all strings joined, may contain any octet. A, AAAA: the address. MX: "10 host".
	 * Others: the name. Names are lower case without final dot; the root is ".". */
	const char *text;
	size_t len;             /* octets before the final NUL */
	const uint8_t *strings; /* TXT: length of each character-string; else NULL */
	size_t string_count;
};

struct answer {
	struct question asked;
	enum answer_kind kind;
	enum answer_trouble trouble;
	const char *trouble_text; /* words for the admin; "" when there was a reply */
	const char *final_name;   /* where the CNAME chain ended; equals asked.name without one */
	bool secure;              /* validated by DNSSEC */
	uint32_t ttl;             /* seconds left */
	int took_ms;              /* how long the message waited for it */
	size_t count;
	const struct rdata *values;
};

/* A slice of the list of answers that a message's client has collected, oldest first. */
struct evidence {
	const struct answer *const *answers;
	size_t count;
};

const char *rr_type_name(enum rr_type type); /* "TXT" */
enum rr_type rr_type_of(const char *name);   /* 0 when unknown */

/* "TXT of _dmarc.example.com: no such name", for logs. */
const char *answer_kind_name(enum answer_kind kind);

/* Does the answer say for certain that the record is not there? */
bool answer_is_negative(const struct answer *answer);

/* Did we fail to learn anything (no reply or bogus)? That is temperror, never "none" (RFC 7208 2.6.6). */
bool answer_is_trouble(const struct answer *answer);

#endif
