/* Text for the log: one line of valid UTF-8 without controls, whatever a stranger wrote. */
#ifndef REPORT_ESCAPE_H
#define REPORT_ESCAPE_H

#include <stddef.h>

struct arena;

/* Controls, DEL, C1, bidi controls and invalid UTF-8 become \xHH, and so does a backslash: whoever
 * sees \xHH knows that the octet was there. At most max octets; what is cut ends in "...". */
const char *escape_foreign(const char *text, size_t max, struct arena *arena);

/* The same for sentences of ours, whose foreign pieces are escaped already: backslashes stay. */
const char *escape_sentence(const char *text, size_t max, struct arena *arena);

/* A foreign word inside a value of several words: blanks become \x20 as well. */
const char *escape_word(const char *text, size_t max, struct arena *arena);

#endif
