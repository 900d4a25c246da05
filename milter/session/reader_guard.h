/* In front of libmilter's reader of commands. A command of macros without its last value, with which
 * libmilter reads behind its list and crashes, loses that name here (macro_guard.h); and what an MTA
 * sends at once is read at once (command_reader.h), for as long as one thread works on the connection. */
#ifndef SESSION_READER_GUARD_H
#define SESSION_READER_GUARD_H

#include <stddef.h>

/* The longest command, as it is told to libmilter too; before libmilter starts. Until then nothing is
 * read ahead. */
void reader_guard_arm(size_t len_max);

#endif
