/* The outcome of check_host() (RFC 7208) with everything needed to say why. */
#ifndef FACTS_SPF_VERDICT_H
#define FACTS_SPF_VERDICT_H

#include "facts/answer.h"
#include "facts/result.h"

/* What decided a verdict of none, temperror or permerror. Every other result has SPFAULT_NONE. */
enum spf_fault {
	SPFAULT_NONE,
	SPFAULT_SENDER_UNUSABLE, /* no domain to check; text says why */
	SPFAULT_CLIENT_UNKNOWN,  /* the MTA gave no IP address */
	SPFAULT_NO_NAME,         /* NXDOMAIN for the checked domain */
	SPFAULT_NO_RECORD,
	SPFAULT_SEVERAL_RECORDS,
	/* syntax of a record: domain, text and position say where */
	SPFAULT_TOO_LARGE, /* over our limits of octets or terms */
	SPFAULT_NON_ASCII,
	SPFAULT_CONTROL_CHARACTER,
	SPFAULT_UNKNOWN_MECHANISM,
	SPFAULT_MISPLACED_ARGUMENT, /* all:x, missing or empty argument, two arguments */
	SPFAULT_BAD_ADDRESS,
	SPFAULT_BAD_PREFIX,
	SPFAULT_BAD_DOMAIN_SPEC,
	SPFAULT_BAD_MACRO,
	SPFAULT_BAD_MODIFIER,
	SPFAULT_DUPLICATE_MODIFIER,
	/* the tree */
	SPFAULT_TOO_MANY_LOOKUPS, /* the 11th term; RFC 7208 section 4.6.4 */
	SPFAULT_TOO_MANY_VOIDS,   /* the 3rd void lookup */
	SPFAULT_TOO_MANY_MX,      /* the 11th name of one mx term */
	SPFAULT_LOOP,             /* too many lookups because a record includes itself */
	SPFAULT_INCLUDE_NO_NAME,
	SPFAULT_INCLUDE_NO_RECORD,
	SPFAULT_REDIRECT_NO_RECORD,
	SPFAULT_DNS, /* a lookup ended in trouble; domain is the name asked, answer has the details */
};

enum spf_identity { IDENTITY_MAIL_FROM, IDENTITY_HELO };

enum term_outcome {
	TERM_NOT_REACHED,
	TERM_NO_MATCH,
	TERM_MATCH,
	TERM_TEMPERROR,
	TERM_PERMERROR,
};

/* One evaluated term, in the order of evaluation. */
struct spf_term {
	const char *domain;        /* whose record */
	const char *text;          /* as published, "include:spf.example.com" */
	size_t position;           /* octet offset in that record */
	int depth;                 /* 0 for the checked domain's own record */
	char qualifier;            /* + - ~ ? */
	enum term_outcome outcome; /* a redirect that was followed to a result is a match */
	const char *target;        /* the expanded domain, "" when the term has none */
};

/* One record met on the way. */
struct spf_record_seen {
	const char *domain;
	const char *text; /* NUL octets cut it; the evidence has the octets */
	int depth;
};

struct spf_verdict {
	enum result result;
	enum spf_identity identity;
	const char *sender;      /* the address checked, "postmaster@helo" for the null sender; as it came */
	const char *domain;      /* checked, A-labels, lower case; "" when unusable */
	const char *record;      /* the checked domain's own record; "" without one */
	const char *explanation; /* exp= text on fail (RFC 7208 section 6.2), else "" */

	enum spf_fault fault;
	const char *fault_domain;    /* whose record, or the name that was asked; "" if none */
	const char *fault_text;      /* the offending piece of the record, the limit's names, or words */
	size_t fault_position;       /* octet offset of fault_text in the record of fault_domain */
	bool fault_in_include;       /* the checked domain's own record was fetched and is not at fault */
	enum answer_trouble trouble; /* for SPFAULT_DNS */
	bool bogus;                  /* for SPFAULT_DNS: DNSSEC validation failed */

	const struct spf_term *decided_by; /* the matching term of the outermost record, or NULL */
	unsigned lookups, voids;
	const char *const *void_names;
	size_t void_count;
	const struct spf_term *terms;
	size_t term_count;
	const struct spf_record_seen *records;
	size_t record_count;
	struct evidence evidence;
};

#endif
