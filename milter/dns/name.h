/* Names as DNS carries them: labels of any octets. In our text form (facts/answer.h) a label holds
 * any octet but NUL and '.'; the few names that are not so are shown with "\DDD". */
#ifndef DNS_NAME_H
#define DNS_NAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { NAME_SIZE = 253 + 1 };

/* RFC 1035 section 2.3.4: labels of 1 to 63 octets, at most 253 in all. */
bool name_is_carried(const char *name);

/* Lower case, without one final dot. False when DNS cannot carry it. */
bool name_normal(const char *name, char normal[NAME_SIZE]);

/* For libraries that read presentation format: every octet but letters, digits, '-', '_' becomes
 * "\DDD", and there is a final dot. */
enum { NAME_ESCAPED_SIZE = 4 * 253 + 2 };
void name_escape(const char *name, char escaped[NAME_ESCAPED_SIZE]);

/* Spreads names over tables; the keys make it unguessable (SipHash-1-3). */
uint64_t name_hash(const uint64_t keys[2], const void *octets, size_t len);

#endif
