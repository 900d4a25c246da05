/* One check_host() in progress: what verify/spf*.c share. Nobody else includes this. */
#ifndef VERIFY_SPF_CHECK_H
#define VERIFY_SPF_CHECK_H

#include "records/spf_macro.h"
#include "records/spf_record.h"
#include "verify/client_names.h"
#include "verify/spf_engine.h"
#include "verify/verify.h"

enum {
	SPFLOOKUPS_MAX = 10, /* RFC 7208 section 4.6.4: terms that look up, over the whole tree */
	SPFVOIDS_MAX = 2,    /* RFC 7208 section 4.6.4: lookups that find nothing */
	SPFMX_MAX = 10,      /* RFC 7208 section 4.6.4: names of one mx term */
};

/* A record being evaluated; the stack of them leads from the newest to the checked domain's own. */
struct spf_frame {
	struct spf_frame *parent; /* NULL for the checked domain's own record */
	const char *domain;
	struct spf_record record;
	int depth;
	bool redirected;  /* by redirect=, not include */
	size_t entry;     /* trace row of the term that led here */
	size_t next_term; /* the first one not yet traced */
	size_t match;     /* trace row of the term that matched, SPFROW_NONE */
};

#define SPFROW_NONE SIZE_MAX

struct spf_token {
	struct spf_frame *frame;
	const struct spf_record_term *term;
};

/* A lookup that found nothing. */
struct spf_void {
	const char *name;
	enum rr_type other; /* still to be asked before it counts for certain; 0 when certain */
};

/* One per term that looks up, of one record more than may be entered. */
enum { SPFTOKENS_MAX = (SPFLOOKUPS_MAX + 1) * (SPFLOOKUPS_MAX + 1) };

struct spf_check {
	const struct work *work;
	struct arena *arena;
	struct spf_macro_values values;
	struct client_names client_names;
	bool client_names_known;
	struct spf_frame *top;     /* the record evaluated now */
	struct spf_frame *speaker; /* whose exp= counts: the own record, or where redirects led */
	struct spf_token tokens[SPFTOKENS_MAX + 1]; /* from 1 on */
	unsigned token_count, warmed;
	struct spf_void voids[SPFVOIDS_MAX + 1];
	struct spf_term *rows; /* the trace */
	size_t row_count, row_size;
	struct spf_record_seen *seen;
	struct spf_verdict verdict;
};

/* Only the first fault counts. Returns SPFSTEP_PERMERROR. */
enum spf_step spf_fault_set(struct spf_check *check, const struct spf_frame *frame, enum spf_fault fault,
	const char *text, size_t position);

/* The answer is trouble. Returns SPFSTEP_TEMPERROR. */
enum spf_step spf_fault_dns(struct spf_check *check, const struct answer *answer);

/* The trace (spf_trace.c). Reaching a term ends the records above its own and traces the terms
 * before it; the row is the term's. */
size_t spf_trace_reach(struct spf_check *check, const struct spf_token *token);
void spf_trace_finish(struct spf_check *check, enum result result);

/* The terms (spf_terms.c): target_of expands the domain-spec, or gives the record's domain. */
enum spf_step spf_lookup_count(struct spf_check *check, const struct spf_token *token);
const char *spf_target_of(struct spf_check *check, const struct spf_token *token);
enum spf_step spf_term_match(struct spf_check *check, const struct spf_token *token, const char *target);

/* The macro values for this record's domain; asks for the client's names only if the text needs them. */
const struct spf_macro_values *spf_values_for(struct spf_check *check, const char *domain, struct span text);
const struct client_names *spf_client_names(struct spf_check *check);

/* The records (spf_tree.c): the steps of the engine; host is the check. */
enum spf_step spf_tree_load(void *host, unsigned token, const char **program);
enum spf_step spf_tree_match(void *host, unsigned token);

/* The text of exp= (spf_explain.c), "" without one; asks once. */
const char *spf_explanation(struct spf_check *check);

#endif
