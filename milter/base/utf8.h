/* UTF-8 of strangers: what is well-formed (RFC 3629), and what may be shown to people. */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Octets of the well-formed character at the start, 0 when there is none. code may be NULL. */
size_t utf8_length(const char *octets, size_t len, uint32_t *code);

/* Is all of it well-formed? What is ASCII is looked at eight octets at a time. */
bool utf8_is_whole(const char *octets, size_t len);

/* As utf8_length, but 0 also for what plays tricks on a terminal or a reader: C0 and C1 controls, DEL,
 * bidirectional controls, line and paragraph separators, characters that nobody sees. */
size_t utf8_visible_length(const char *octets, size_t len);

/* Looks like a blank above ASCII: fine in a name, but could part two words where one was meant. */
bool utf8_is_blank(uint32_t code);

#endif
