/* Text that grows, in an arena. There is always a NUL behind the octets. */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include <stddef.h>

struct arena;

struct buf {
	struct arena *arena;
	char *data;
	size_t len, size;
};

/* Starts empty; data is "" at once. */
struct buf buf_in(struct arena *arena);

void buf_add(struct buf *buf, const char *octets, size_t len);
void buf_text(struct buf *buf, const char *text);
void buf_char(struct buf *buf, char octet);

/* Where the next octets go, with room for so many and the NUL; whoever writes some there adds to len and puts
 * the NUL. */
char *buf_room(struct buf *buf, size_t len);
void buf_printf(struct buf *buf, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
