#include "base/utf8.h"

#include <stdbool.h>

/* How many octets a character needs by its first octet, and the smallest code that needs so many. */
struct shape {
	size_t len;
	uint32_t bits, least;
};

static struct shape shape_of(unsigned char first)
{
	if (first < 0x80)
		return (struct shape){1, first, 0};
	if (first >= 0xc2 && first <= 0xdf)
		return (struct shape){2, first & 0x1fu, 0x80};
	if (first >= 0xe0 && first <= 0xef)
		return (struct shape){3, first & 0x0fu, 0x800};
	if (first >= 0xf0 && first <= 0xf4)
		return (struct shape){4, first & 0x07u, 0x10000};
	return (struct shape){0, 0, 0};
}

size_t utf8_length(const char *octets, size_t len, uint32_t *code)
{
	struct shape shape;
	uint32_t sum;

	if (len == 0)
		return 0;
	shape = shape_of((unsigned char)octets[0]);
	if (shape.len == 0 || shape.len > len)
		return 0;
	sum = shape.bits;
	for (size_t i = 1; i < shape.len; i++) {
		unsigned char next = (unsigned char)octets[i];

		if ((next & 0xc0) != 0x80)
			return 0;
		sum = sum << 6 | (next & 0x3fu);
	}
	if (sum < shape.least || sum > 0x10ffff || (sum >= 0xd800 && sum <= 0xdfff))
		return 0;
	if (code != NULL)
		*code = sum;
	return shape.len;
}

static bool is_control(uint32_t code)
{
	return code < 0x20 || (code >= 0x7f && code <= 0x9f);
}

/* Unicode's Bidi_Control property, and the separators that some readers take for a line end. */
static bool is_layout_control(uint32_t code)
{
	return code == 0x061c || code == 0x200e || code == 0x200f || (code >= 0x2028 && code <= 0x202e) ||
	       (code >= 0x2066 && code <= 0x2069);
}

size_t utf8_visible_length(const char *octets, size_t len)
{
	uint32_t code = 0;
	size_t used = utf8_length(octets, len, &code);

	return used > 0 && (is_control(code) || is_layout_control(code)) ? 0 : used;
}
