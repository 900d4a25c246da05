/* ASCII text, the same in every locale: case, blanks, comparison. Octets above 127 are never letters. */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>

struct arena;

/* A piece of somebody else's text. */
struct span {
	const char *at;
	size_t len;
};

/* SP or TAB */
static inline bool text_is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* SP TAB CR LF */
static inline bool text_is_space(char c)
{
	return text_is_blank(c) || c == '\r' || c == '\n';
}

static inline bool text_is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static inline bool text_is_alpha(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static inline bool text_is_alnum(char c)
{
	return text_is_alpha(c) || text_is_digit(c);
}

/* 0x20 to 0x7e */
static inline bool text_is_printable(char c)
{
	return c >= 0x20 && c <= 0x7e;
}

static inline char text_lower_char(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static inline char text_upper_char(char c)
{
	return c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
}

bool text_is_hex(char c);
int text_hex_value(char c); /* -1 when it is none */

char *text_lower(struct arena *arena, const char *octets, size_t len);
char *text_upper(struct arena *arena, const char *octets, size_t len);
bool text_equal(const char *a, const char *b); /* ignores case */
bool text_equal_n(const char *a, const char *b, size_t len);
bool text_starts(const char *text, const char *start); /* ignores case */
bool text_ends(const char *text, const char *end);     /* ignores case */

/* First place of the needle, ignoring case, or NULL. */
const char *text_find(const char *octets, size_t len, const char *needle);

/* Every place of the old text, which is not empty, replaced. */
char *text_replaced(struct arena *arena, const char *text, const char *old, const char *with);

struct span span_of(const char *text);
struct span span_trim(struct span span);          /* CR LF SP TAB off both ends */
bool span_is(struct span span, const char *text); /* ignores case */
char *span_text(struct arena *arena, struct span span);

/* Unsigned decimal number of digits only, at most max: false when it is not. */
bool span_number(struct span span, unsigned long max, unsigned long *number);

#endif
