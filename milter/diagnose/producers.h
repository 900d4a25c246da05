/* The rooms of the diagnosis: each looks at its part of the facts and adds what it finds. They run in
 * this order (diagnosis.c); a later one may ask the collection what the earlier ones found.
 * Each cause is produced at exactly one place (tests/lint/causes.sh). */
#ifndef DIAGNOSE_PRODUCERS_H
#define DIAGNOSE_PRODUCERS_H

#include <stdbool.h>

struct collection;
struct netaddr;

/* True when that is all there is to say: nothing was checked. */
bool receiver_skipped(struct collection *collection);
void receiver_causes(struct collection *collection);
bool receiver_is_behind_relay(const struct collection *collection);
void receiver_remarks(struct collection *collection);

void resolver_causes(struct collection *collection); /* DNSSEC, TCP, SERVFAIL, timeouts */
void mail_exchanger_causes(struct collection *collection);

void spf_causes(struct collection *collection);
void spf_syntax_causes(struct collection *collection); /* permerror inside the checked domain's own record */
bool spf_truncated_cause(struct collection *collection); /* also of a record without "all" */
void spf_separator_cause(struct collection *collection, const char *term, const char *meant);
void spf_tree_causes(struct collection *collection);     /* permerror in what it refers to, and the limits */
bool spf_path_causes(struct collection *collection);     /* forwarders and lists; true when one explains it */
bool spf_record_causes(struct collection *collection);   /* nothing matched, and the record says why */
bool spf_relation_causes(struct collection *collection); /* nothing matched: who is the client? */
void spf_pass_causes(struct collection *collection);

/* Do the signatures prove that this domain's organisation sent the message? */
bool spf_domain_signed(const struct collection *collection);

/* What a mailing list calls itself in its header fields, "" when the message is from none. */
const char *list_name(const struct collection *collection);

void dkim_causes(struct collection *collection);

struct signature_verdict;
void dkim_field_causes(struct collection *collection, const struct signature_verdict *signature);
void dkim_absence_causes(struct collection *collection, const struct signature_verdict *signature);
void dkim_record_causes(struct collection *collection, const struct signature_verdict *signature);
void dkim_content_causes(struct collection *collection, const struct signature_verdict *signature);
void dkim_key_remarks(struct collection *collection, const struct signature_verdict *signature);

void from_causes(struct collection *collection);
void dmarc_record_causes(struct collection *collection);
void dmarc_causes(struct collection *collection);
void iprev_causes(struct collection *collection);
void helo_causes(struct collection *collection);

#endif
