#include "dns/rdata.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/domain.h"
#include "base/text.h"

#include <arpa/inet.h>
#include <string.h>

enum { WIRE_NAME_MAX = 255 }; /* RFC 1035 section 2.3.4, length octets and root included */

/* An octet of a label. NUL and '.' cannot stand for themselves in a text: such names exist only to
 * confuse, and are shown. */
static void add_octet(struct buf *name, uint8_t octet)
{
	if (octet == 0 || octet == '.')
		buf_printf(name, "\\%03u", octet);
	else
		buf_char(name, text_lower_char((char)octet));
}

/* Reads a name that ends exactly at the end. NULL when there is none. */
static const char *read_name(const uint8_t *wire, size_t len, struct arena *arena)
{
	struct buf name = buf_in(arena);
	size_t at = 0;

	if (len == 0 || len > WIRE_NAME_MAX)
		return NULL;
	while (wire[at] != 0) {
		size_t label = wire[at++];

		if (label > LABEL_MAX || len - at <= label)
			return NULL;
		if (name.len > 0)
			buf_char(&name, '.');
		for (; label > 0; label--)
			add_octet(&name, wire[at++]);
	}
	if (at + 1 != len)
		return NULL;
	return name.len == 0 ? "." : name.data;
}

static bool read_strings(const uint8_t *wire, size_t len, struct arena *arena, struct rdata *data)
{
	char *text = arena_alloc(arena, len + 1);
	uint8_t *strings = arena_alloc(arena, len + 1);
	size_t at = 0;

	while (at < len) {
		size_t string = wire[at++];

		if (len - at < string)
			return false;
		memcpy(text + data->len, wire + at, string);
		data->len += string;
		strings[data->string_count++] = (uint8_t)string;
		at += string;
	}
	data->text = text;
	data->strings = strings;
	return data->string_count > 0;
}

static bool read_address(int family, const uint8_t *wire, struct arena *arena, struct rdata *data)
{
	char text[INET6_ADDRSTRLEN];

	if (inet_ntop(family, wire, text, sizeof text) == NULL)
		return false;
	data->text = arena_text(arena, text);
	return true;
}

bool rdata_read(enum rr_type type, const uint8_t *wire, size_t len, struct arena *arena, struct rdata *data)
{
	const char *name;

	*data = (struct rdata){.text = "", .len = 0};
	switch (type) {
	case RR_TXT:
	case RR_SPF:
		return read_strings(wire, len, arena, data);
	case RR_A:
		if (len != sizeof(struct in_addr) || !read_address(AF_INET, wire, arena, data))
			return false;
		break;
	case RR_AAAA:
		if (len != sizeof(struct in6_addr) || !read_address(AF_INET6, wire, arena, data))
			return false;
		break;
	case RR_MX:
		name = len < 3 ? NULL : read_name(wire + 2, len - 2, arena);
		if (name == NULL)
			return false;
		data->text = arena_printf(arena, "%u %s", (unsigned)wire[0] << 8 | wire[1], name);
		break;
	case RR_NS:
	case RR_CNAME:
	case RR_PTR:
		data->text = read_name(wire, len, arena);
		if (data->text == NULL)
			return false;
		break;
	default:
		return false;
	}
	data->len = strlen(data->text);
	return true;
}
