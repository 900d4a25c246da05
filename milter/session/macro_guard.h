/* libmilter reads behind the end of its list of macros when an MTA sends a name without a value, and
 * the process crashes. reader_guard takes such a name away. */
#ifndef SESSION_MACRO_GUARD_H
#define SESSION_MACRO_GUARD_H

#include <stddef.h>

/* How much of a macro command (behind its letter) is whole pairs of name and value. */
size_t macro_pairs_len(const char *octets, size_t len);

#endif
