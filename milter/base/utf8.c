#include "base/utf8.h"

#include <string.h>

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

enum { EIGHT = 8 };

static bool are_eight_ascii(const char *octets)
{
	uint64_t eight;

	memcpy(&eight, octets, EIGHT);
	return (eight & 0x8080808080808080u) == 0;
}

bool utf8_is_whole(const char *octets, size_t len)
{
	for (size_t at = 0, step; at < len; at += step) {
		if (len - at >= EIGHT && are_eight_ascii(octets + at))
			step = EIGHT;
		else if ((unsigned char)octets[at] < 0x80)
			step = 1;
		else if ((step = utf8_length(octets + at, len - at, NULL)) == 0)
			return false;
	}
	return true;
}

static bool is_control(uint32_t code)
{
	return code < 0x20 || (code >= 0x7f && code <= 0x9f);
}

struct range {
	uint32_t first, last;
};

static bool is_in(const struct range *ranges, size_t count, uint32_t code)
{
	for (size_t i = 0; i < count; i++)
		if (code >= ranges[i].first && code <= ranges[i].last)
			return true;
	return false;
}

/* Unicode's Bidi_Control property, the separators that some readers take for a line end, and what nobody
 * sees. The joiners U+200C and U+200D are not here: several scripts are written with them. */
static bool is_hidden(uint32_t code)
{
	static const struct range ranges[] = {{0xad, 0xad}, {0x034f, 0x034f}, {0x061c, 0x061c},
		{0x180e, 0x180e}, {0x200b, 0x200b}, {0x200e, 0x200f}, {0x2028, 0x202e}, {0x2060, 0x206f},
		{0xfeff, 0xfeff}, {0xfff9, 0xfffb}, {0xe0000, 0xe007f}};

	return is_in(ranges, sizeof ranges / sizeof ranges[0], code);
}

bool utf8_is_blank(uint32_t code)
{
	/* Unicode's White_Space above ASCII, and letters and patterns that are drawn as nothing */
	static const struct range ranges[] = {{0xa0, 0xa0}, {0x115f, 0x1160}, {0x1680, 0x1680},
		{0x2000, 0x200a}, {0x202f, 0x202f}, {0x205f, 0x205f}, {0x2800, 0x2800}, {0x3000, 0x3000},
		{0x3164, 0x3164}, {0xffa0, 0xffa0}};

	return is_in(ranges, sizeof ranges / sizeof ranges[0], code);
}

size_t utf8_visible_length(const char *octets, size_t len)
{
	uint32_t code = 0;
	size_t used = utf8_length(octets, len, &code);

	return used > 0 && (is_control(code) || is_hidden(code)) ? 0 : used;
}
