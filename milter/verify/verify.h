/* Message + DNS → verdicts. Nothing here can fail; trouble is part of the verdict. The only folder
 * that includes libspf2, libopendkim and libopendmarc. */
#ifndef VERIFY_VERIFY_H
#define VERIFY_VERIFY_H

#include "base/fault.h"
#include "facts/body_digest.h"
#include "facts/verdicts.h"

#include <stdint.h>

struct arena;
struct author;
struct dns;
struct dns_client;
struct envelope;
struct header_list;
struct settings;
struct suffixes;

/* What the libraries need once per process; immutable afterwards, shared by all threads. */
struct libraries;

/* fixed_now: seconds since 1970 that libopendkim shall take for the present, 0 for the real clock. */
struct libraries *libraries_open(int64_t fixed_now, struct fault *fault);
void libraries_close(struct libraries **libraries);

/* "libspf2 1.2.10, libopendkim 2.11.0, libopendmarc, OpenSSL 3.0.16": what runs, for the start line. */
const char *libraries_versions(char *text, size_t size);

/* What a verification may look at; borrowed, unchanged while it runs. */
struct work {
	const struct libraries *libraries;
	const struct settings *settings;
	const struct suffixes *suffixes;
	const struct envelope *envelope;
	const struct header_list *header; /* complete when DKIM or DMARC run; SPF and iprev need none */
	const struct author *author;      /* as above */
	struct dns *dns;                  /* for dns_warm */
	struct dns_client *client;
	struct arena *arena;
	int64_t now;                      /* seconds since 1970 */
	struct body_digests body_digests; /* of a replay without the body; none otherwise */

	/* for a trial: what this domain publishes instead; "" otherwise (facts/trial.h) */
	const char *assumed_domain, *assumed_record;
};

/* RFC 7208 check_host() for MAIL FROM or, for the null sender, HELO. */
struct spf_verdict verify_spf(const struct work *work);

/* RFC 8601 section 2.7.3. */
struct iprev_verdict verify_iprev(const struct work *work);

/* Starts the lookups that the author alone tells; returns at once. */
void verify_dmarc_warm(const struct work *work);

/* How many questions it has a right to, whatever the others asked: those about the author, and a few. */
unsigned verify_dmarc_questions(const struct work *work);

/* RFC 9989, or RFC 7489's discovery by option. Looks at work->author and the verdicts so far. */
struct dmarc_verdict verify_dmarc(const struct work *work, const struct verdicts *so_far);

/* DKIM (RFC 6376, 8301, 8463): begun when the header is complete, then the body streams through. */
struct signatures;

/* Pre-filters the DKIM-Signature fields, warms their keys, feeds libopendkim. Never NULL.
 * The work must stay valid until signatures_end. */
struct signatures *signatures_begin(const struct work *work);

/* The keys that signatures_finish will ask for, at most max-signatures. */
unsigned signatures_questions(const struct signatures *signatures);

/* False when no signature needs the body: the caller may stop sending it. */
bool signatures_want_body(const struct signatures *signatures);
void signatures_body(struct signatures *signatures, const char *octets, size_t len);

/* The verdicts, in the order of the fields; sets signatures, signature_count, body_too_large. */
void signatures_finish(struct signatures *signatures, struct verdicts *verdicts);

/* Frees the libraries' state; in every path, also after an abort. */
void signatures_end(struct signatures **signatures);

/* Without a message: pass when a signature by this selector of the (usable) domain would find a key that
 * it can use, else what it would meet. Waits for DNS. */
struct signature_verdict verify_key(const struct work *work, const char *selector, const char *domain);

/* ARC (RFC 8617): the same steps. arc_begin never returns NULL; arc_finish sets arc, body_too_large. */
struct arc_chain;
struct arc_chain *arc_begin(const struct work *work);
bool arc_wants_body(const struct arc_chain *chain);
void arc_body(struct arc_chain *chain, const char *octets, size_t len);
void arc_finish(struct arc_chain *chain, struct verdicts *verdicts);
void arc_end(struct arc_chain **chain);

#endif
