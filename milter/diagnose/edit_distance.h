/* How many keystrokes lie between two words: one inserted, dropped, replaced or swapped pair each. */
#ifndef DIAGNOSE_EDIT_DISTANCE_H
#define DIAGNOSE_EDIT_DISTANCE_H

enum { EDIT_WORD_MAX = 64 };

/* Words over EDIT_WORD_MAX octets are far from everything: EDIT_WORD_MAX. */
unsigned edit_distance(const char *a, const char *b);

#endif
