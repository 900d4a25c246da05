/* An SPF record as the words somebody typed, read leniently: for finding what is wrong with it, for
 * trying a repaired record, and for printing one. The strict reading is records/ and verify/. */
#ifndef DIAGNOSE_SPF_TEXT_H
#define DIAGNOSE_SPF_TEXT_H

#include "base/netaddr.h"
#include "base/text.h"
#include "facts/answer.h"

struct arena;

enum { SPF_WORDS_MAX = 300 };

struct spf_word {
	const char *text; /* "-ip4:192.0.2.1" */
	size_t position;
	char qualifier;    /* + - ~ ?; '+' when not written */
	const char *name;  /* "ip4", lower case */
	char separator;    /* ':' '=' '/' or NUL */
	const char *value; /* behind the separator; with '/', "/24" */
};

struct spf_words {
	struct spf_word *items;
	size_t count;
};

/* Split at blanks, "v=spf1" included. */
struct spf_words spf_words_of(const char *record, struct arena *arena);

bool spf_word_is(const struct spf_word *word, const char *name);

/* The network of an ip4: or ip6: word; false for others and for rubbish. */
bool spf_word_network(const struct spf_word *word, struct network *network);

enum spf_try { SPF_TRY_UNKNOWN, SPF_TRY_PASS, SPF_TRY_OTHER };

/* Would the record let the client pass? Asks nothing: UNKNOWN when an answer would be needed that the
 * evidence does not hold. Honours order and qualifiers; redirect= is followed at the end. */
enum spf_try spf_text_try(const struct evidence *evidence, const char *domain, const char *record,
	const struct netaddr *client, struct arena *arena);

/* Proposed records. */
const char *spf_text_with(
	const char *record, const char *word, struct arena *arena);     /* before all/redirect */
const char *spf_text_all_last(const char *record, struct arena *arena); /* one version, "all" at the end */
const char *spf_text_merged(const char *const *records, size_t count, struct arena *arena);
const char *spf_text_replaced(
	const char *record, size_t position, size_t len, const char *with, struct arena *arena);

#endif
