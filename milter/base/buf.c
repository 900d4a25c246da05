#include "base/buf.h"

#include "base/arena.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_SIZE = 128 };

struct buf buf_in(struct arena *arena)
{
	struct buf buf = {.arena = arena, .data = arena_room(arena, FIRST_SIZE), .size = FIRST_SIZE};

	buf.data[0] = '\0';
	return buf;
}

/* Makes room for len further octets and the NUL. */
static void make_room(struct buf *buf, size_t len)
{
	size_t size = buf->size;
	char *data;

	if (len < buf->size - buf->len)
		return;
	while (size - buf->len <= len)
		size *= 2;
	data = arena_room(buf->arena, size);
	memcpy(data, buf->data, buf->len);
	data[buf->len] = '\0';
	buf->data = data;
	buf->size = size;
}

void buf_add(struct buf *buf, const char *octets, size_t len)
{
	if (len == 0)
		return;
	make_room(buf, len);
	memcpy(buf->data + buf->len, octets, len);
	buf->len += len;
	buf->data[buf->len] = '\0';
}

char *buf_room(struct buf *buf, size_t len)
{
	make_room(buf, len);
	return buf->data + buf->len;
}

void buf_text(struct buf *buf, const char *text)
{
	buf_add(buf, text, strlen(text));
}

void buf_char(struct buf *buf, char octet)
{
	make_room(buf, 1);
	buf->data[buf->len++] = octet;
	buf->data[buf->len] = '\0';
}

void buf_printf(struct buf *buf, const char *format, ...)
{
	size_t room = buf->size - buf->len;
	va_list args, again;
	int len;

	va_start(args, format);
	va_copy(again, args);
	len = vsnprintf(buf->data + buf->len, room, format, args);
	va_end(args);
	if (len < 0)
		abort();
	if ((size_t)len >= room) {
		make_room(buf, (size_t)len);
		(void)vsnprintf(buf->data + buf->len, (size_t)len + 1, format, again);
	}
	va_end(again);
	buf->len += (size_t)len;
}
