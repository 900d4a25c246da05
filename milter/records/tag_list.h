/* A tag=value list (RFC 6376 section 3.2), read strictly: DKIM signatures and key records. Names are
 * case-sensitive; values keep their inner white space. The spans point into the text. */
#ifndef RECORDS_TAG_LIST_H
#define RECORDS_TAG_LIST_H

#include "base/text.h"

enum { TAGS_MAX = 32 }; /* our limit: libopendkim compares each tag with all others */

enum tag_list_fault {
	TAGLIST_GOOD,
	TAGLIST_SYNTAX,
	TAGLIST_DUPLICATE,
	TAGLIST_TOO_MANY,
};

struct tag {
	struct span name, value; /* without the white space around them */
	bool blank_behind_name;  /* white space between name and "=": legal, but a trap for libraries */
};

struct tag_list {
	enum tag_list_fault fault;
	struct span fault_piece; /* the tag where reading stopped, or the second of two */
	size_t fault_position;   /* octet offset of what is wrong */
	struct tag tags[TAGS_MAX];
	size_t count; /* the tags before the fault are here, too */
};

struct tag_list tag_list_read(const char *text, size_t len);

/* The same for header fields of an internationalised message: values may hold UTF-8 (RFC 8616 section 4). */
struct tag_list tag_list_read_utf8(const char *text, size_t len);

/* The tag of that name, or NULL. */
const struct tag *tag_list_find(const struct tag_list *list, const char *name);

/* Takes the next item off a colon-separated value, trimmed. False when there is none left; an empty
 * value is one empty item. Start with *at = value. */
bool tag_item_next(struct span *at, struct span *item);

/* A value without any white space. */
char *tag_value_joined(struct arena *arena, struct span value);

#endif
