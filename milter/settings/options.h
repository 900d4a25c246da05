/* The table of options as constant data, one row for each row of options.def, in its order. */
#ifndef SETTINGS_OPTIONS_H
#define SETTINGS_OPTIONS_H

#include "base/text.h"

#include <stdbool.h>
#include <stddef.h>

enum option_kind {
	OPTION_SECTION, /* no option: the heading of those that follow */
	OPTION_TEXT,
	OPTION_FLAG,
	OPTION_NUMBER,
	OPTION_CHOICE,
	OPTION_LIST,
	OPTION_NETWORKS,
};

/* What a text, or an item of a list, may look like (shape.h checks it). */
enum option_shape {
	SHAPE_NONE,     /* not a text */
	SHAPE_TOKEN,    /* RFC 2045 token */
	SHAPE_PATH,     /* absolute path */
	SHAPE_SOCKET,   /* unix:PATH, inet:PORT@HOST, inet6:PORT@HOST */
	SHAPE_MODE,     /* octal permissions */
	SHAPE_ACCOUNT,  /* user or group */
	SHAPE_URL,      /* http:// or https:// */
	SHAPE_DOMAIN,   /* stored in lower case, U-labels as A-labels */
	SHAPE_RESOLVER, /* ADDRESS or ADDRESS@PORT */
	SHAPE_TEXT,     /* words for people */
	SHAPE_ADDRESS,  /* local@domain */
	SHAPE_STORE,    /* sqlite:/PATH, postgresql:CONNINFO, none */
	SHAPE_OVERRIDE, /* DOMAIN OPTION ACTION */
};

struct option_row {
	const char *name; /* title of a section */
	enum option_kind kind;
	enum option_shape shape;
	const char *initial; /* default, as one would write it */
	long least, most;    /* of a number */
	const char *words;   /* of a choice, with blanks between; else "" */
	const char *help;
	size_t offset; /* of the field in struct settings */
};

extern const struct option_row option_rows[];
extern const size_t option_count;

/* NULL when there is none. */
const struct option_row *option_named(const char *name);

/* The name most like a misspelt one, or NULL when none is near. */
const char *option_near(const char *name);

/* Index of a word in a blank-separated list, ignoring case; -1 when it is none of them. */
int option_word_index(const char *words, const char *word);

/* The word of that index; len 0 behind the last. */
struct span option_word(const char *words, int index);

bool option_is_list(const struct option_row *row);

#endif
