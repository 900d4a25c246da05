/* The outcome of DMARC (RFC 9989, or RFC 7489 by option) with everything needed to say why. */
#ifndef FACTS_DMARC_VERDICT_H
#define FACTS_DMARC_VERDICT_H

#include "facts/answer.h"
#include "facts/result.h"

enum dmarc_fault {
	DMARCFAULT_NONE,
	DMARCFAULT_FROM_MISSING,
	DMARCFAULT_FROM_MULTIPLE, /* several fields, or several author domains */
	DMARCFAULT_FROM_UNPARSEABLE,
	DMARCFAULT_FROM_NO_NAME, /* NXDOMAIN for the author domain and no policy */
	DMARCFAULT_FROM_SUFFIX,  /* the author domain is a public suffix without a policy */
	DMARCFAULT_NO_RECORD,
	DMARCFAULT_SEVERAL_RECORDS,
	DMARCFAULT_VERSION,         /* looks like a record, v=DMARC1 is not first or misspelled */
	DMARCFAULT_SYNTAX,          /* separators wrong (none), or far too long (permerror) */
	DMARCFAULT_POLICY_MISSING,  /* no p= and no rua= */
	DMARCFAULT_POLICY_INVALID,  /* p= unknown and no rua= */
	DMARCFAULT_DNS,             /* trouble looking up the policy */
	DMARCFAULT_INPUT_TEMPERROR, /* an identifier that could have aligned ended in temperror */
	DMARCFAULT_NOTHING_ALIGNED, /* fail */
};

enum dmarc_policy { DMARC_POLICY_NONE, DMARC_POLICY_QUARANTINE, DMARC_POLICY_REJECT };

enum dmarc_policy_tag { DMARC_TAG_P, DMARC_TAG_SP, DMARC_TAG_NP };

enum alignment { ALIGNMENT_NO, ALIGNMENT_RELAXED, ALIGNMENT_STRICT };

struct dmarc_verdict {
	enum result result;
	enum dmarc_fault fault;
	const char *fault_text; /* the offending piece of the record, the domains or the reason of a From
				 * fault, the trouble of DNS, the identifier in temperror, the number of
				 * records; "" if none; may be foreign text */
	const char
		*fault_domain; /* DNS name whose records or lookup are at fault, with "_dmarc."; "" if none */
	const char *author_domain;       /* A-labels, lower case; "" when none */
	const char *author_organization; /* organisational domain by the discovery in use; "" if none */

	/* the record */
	const char *record_domain; /* where it was found, without "_dmarc."; "" when not found */
	const char *record;        /* its text, also of a faulty one; foreign text */
	const char *bad_tag;       /* first tag whose value was ignored as invalid, e.g. "fo=9"; "" if none */
	enum dmarc_policy p, sp, np;                    /* sp and np default as the RFC says */
	bool p_given, sp_given, np_given, psd, testing; /* testing: t=y */
	bool strict_dkim, strict_spf;                   /* adkim=s, aspf=s */
	int pct;               /* 100 unless given; not applied (RFC 9989), a fact for the log */
	const char *rua, *ruf; /* "" without one */
	bool author_exists;    /* false: NXDOMAIN, np applies */

	enum dmarc_policy_tag policy_tag;
	enum dmarc_policy policy; /* asked for by the domain for this message, t=y applied */

	/* alignment per identifier */
	enum alignment spf_alignment;          /* of the SPF domain, whatever its result */
	const enum alignment *dkim_alignments; /* one per signature */
	size_t dkim_count;
	bool spf_aligned_pass, dkim_aligned_pass;
	bool psl_discovery;           /* RFC 7489's way was in use, the tree walk is the other */
	bool other_discovery_differs; /* the other discovery (PSL or tree walk) would give another result */
	enum result other_result;
	struct evidence evidence;
};

const char *dmarc_policy_word(enum dmarc_policy policy); /* "quarantine" */

#endif
