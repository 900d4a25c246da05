/* Sentences of causes, read back from a log that was written in the other language. */
#ifndef LOGBOOK_TRANSLATION_H
#define LOGBOOK_TRANSLATION_H

#include "diagnose/diagnosis.h"

/* The sentence of a cause in the other language: what was filled into the one template goes into the other.
 * The text itself when it does not fit the template (cut, or of another version), or is in that language. */
const char *sentence_in(enum language language, const char *code, const char *text, struct arena *arena);

/* The same for what to do. */
const char *fix_in(enum language language, const char *code, const char *text, struct arena *arena);

#endif
