/* The rooms of the diagnosis: each looks at its part of the facts and adds what it finds. They run in
 * this order (diagnosis.c); a later one may ask the collection what the earlier ones found.
 * Each cause is produced at exactly one place (tests/lint/causes.sh). */
#ifndef DIAGNOSE_PRODUCERS_H
#define DIAGNOSE_PRODUCERS_H

#include "diagnose/diagnosis.h"

struct arena;
struct collection;
struct netaddr;

/* Everything found, not yet sorted and cut: what diagnose() does first. */
struct collection *diagnosis_collect(const struct findings_so_far *facts, struct arena *arena);

/* True when that is all there is to say: nothing was checked. */
bool receiver_skipped(struct collection *collection);
void receiver_causes(struct collection *collection);
bool receiver_is_ours(const struct collection *collection); /* the client is a machine of ours */
bool receiver_is_behind_relay(const struct collection *collection);
void receiver_remarks(struct collection *collection);

void resolver_causes(struct collection *collection); /* DNSSEC, TCP, SERVFAIL, timeouts */
void mail_exchanger_causes(struct collection *collection);
void zone_causes(struct collection *collection); /* delegation, several addresses */

/* Name servers asked themselves say something else that would change the verdict. */
bool spf_authority_cause(struct collection *collection);
void key_authority_causes(struct collection *collection);
void policy_authority_causes(struct collection *collection);

void spf_causes(struct collection *collection);
void spf_none_causes(struct collection *collection);
void spf_syntax_causes(struct collection *collection); /* permerror inside the checked domain's own record */
bool spf_truncated_cause(struct collection *collection);                  /* also of a record without "all" */
bool spf_target_cause(struct collection *collection, const char *target); /* include: of a web address */
bool spf_seam_cause(struct collection *collection); /* a blank is missing, and nothing matches */
void spf_separator_cause(struct collection *collection, const char *term, const char *meant);
void spf_tree_causes(struct collection *collection);     /* permerror in what it refers to, and the limits */
bool spf_path_causes(struct collection *collection);     /* forwarders and lists; true when one explains it */
bool spf_record_causes(struct collection *collection);   /* nothing matched, and the record says why */
bool spf_reliance_causes(struct collection *collection); /* nothing matched: what the record relies on */
bool spf_slip_cause(struct collection *collection);      /* an address misspelled */
bool spf_host_causes(struct collection *collection);     /* nothing matched: a host of the domain itself? */
bool spf_provider_causes(struct collection *collection); /* nothing matched: a provider's host? */
bool spf_access_line(const struct collection *collection);
void spf_pass_causes(struct collection *collection);

/* Do the signatures prove that this domain's organisation sent the message? */
bool spf_domain_signed(const struct collection *collection);

/* Does a host name look like one of thousands of a provider? */
bool name_is_of_pool(const char *name);
bool name_shows_address(const char *name, const struct netaddr *address, struct arena *arena);

/* What a mailing list calls itself in its header fields, "" when the message is from none. */
const char *list_name(const struct collection *collection);

struct signature_verdict;
void signature_causes(struct collection *collection);
/* The same for a key alone: the one signature is imagined, nothing can be tried on it. */
void selector_causes(struct collection *collection);
void signature_field_causes(struct collection *collection, const struct signature_verdict *signature);
/* Found at two places of the tree: a damaged b=, and what a verifier cannot work with. */
void signature_corrupt_cause(struct collection *collection, const struct signature_verdict *signature);
void signature_unsupported_cause(struct collection *collection, const char *term, enum confidence confidence);
void signature_absence_causes(struct collection *collection, const struct signature_verdict *signature);
/* The signature for whose key the neighbours in DNS are searched: one per message, questions are few. */
bool signature_is_searched(const struct collection *collection, const struct signature_verdict *signature);
/* True when it is known where the right key is, or whose the published one is. */
bool signature_wrong_key_causes(struct collection *collection, const struct signature_verdict *signature);
struct key_probe;
void signature_other_selector_cause(struct collection *collection, const struct signature_verdict *signature,
	const struct key_probe *probe);
void signature_several_records_causes(
	struct collection *collection, const struct signature_verdict *signature);
void signature_record_causes(struct collection *collection, const struct signature_verdict *signature);
void signature_key_type_cause(struct collection *collection, const char *type, enum confidence confidence);
void signature_key_causes(struct collection *collection, const struct signature_verdict *signature);
void signature_key_remarks(struct collection *collection, const struct signature_verdict *signature);
void signature_twin_remark(struct collection *collection, const struct signature_verdict *signature);
void signature_content_causes(struct collection *collection, const struct signature_verdict *signature);

/* Which of the two is accounted for by a proven change. */
struct explained {
	bool header, body;
	bool blanks; /* the body not surely: blanks that were added would explain it too */
};
struct explained signature_alteration_causes(
	struct collection *collection, const struct signature_verdict *signature);

/* need: octets as text, "" when nobody knows. */
void signature_cut_cause(
	struct collection *collection, const struct signature_verdict *signature, const char *need);
void signature_bug_cause(struct collection *collection, const char *detail, enum confidence confidence);

void from_causes(struct collection *collection);
void dmarc_absence_causes(struct collection *collection);
/* The answer at _dmarc of the author's domain, else of its organisation; NULL when never asked. */
struct answer;
const struct answer *dmarc_policy_answer(const struct collection *collection);
/* Fails only by the way in use of finding the organisation. */
bool dmarc_fails_by_discovery(const struct collection *collection);
void dmarc_record_causes(struct collection *collection);
void dmarc_alignment_causes(struct collection *collection);
void dmarc_remarks(struct collection *collection);
void arc_override_cause(struct collection *collection); /* DMARC fails, a trusted sealer vouches */
void arc_causes(struct collection *collection);
void iprev_causes(struct collection *collection);
void helo_causes(struct collection *collection);

#endif
