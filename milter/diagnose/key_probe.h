/* Is the key of a signature at this other name? Asked as inquiries; the proof is the key trial. */
#ifndef DIAGNOSE_KEY_PROBE_H
#define DIAGNOSE_KEY_PROBE_H

struct collection;
struct signature_verdict;

enum key_match {
	KEY_PENDING, /* asked, not known yet */
	KEY_ABSENT,  /* no key there */
	KEY_UNTRIED, /* a key, and no signature at hand to try it on (milter/survey/) */
	KEY_OTHER,   /* a key, but it did not make this signature */
	KEY_SAME,    /* the very key that is published at the signature's own name */
	KEY_FITS,    /* this key made the signature */
};

struct key_probe {
	enum key_match match;
	const char *name;   /* where */
	const char *record; /* "" when absent */
};

/* The signature is the one that the collection is at. */
struct key_probe key_probe(
	struct collection *collection, const struct signature_verdict *signature, const char *name);

/* The same for a record's text that is at hand. */
enum key_match key_match_of(
	struct collection *collection, const struct signature_verdict *signature, const char *record);

/* Did the key p= make the signature? KEY_PENDING, KEY_OTHER or KEY_FITS. */
enum key_match key_match_of_p(struct collection *collection, const char *p);

#endif
