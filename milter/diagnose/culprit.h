/* Who changed a signed message, as far as its header says: for the sentence, never as proof. */
#ifndef DIAGNOSE_CULPRIT_H
#define DIAGNOSE_CULPRIT_H

struct collection;
struct signature_verdict;

/* The mailing list; the hop that still saw the signature pass; a converter or scanner that signs its
 * work; else the newest host that is neither ours nor the signer's. Never "". */
const char *culprit_of(const struct collection *collection, const struct signature_verdict *signature);

#endif
