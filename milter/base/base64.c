#include "base/base64.h"

#include "base/arena.h"

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

enum { FOREIGN = 64 };

/* The value of each character, FOREIGN for those that have none. */
static const uint8_t values[256] = {64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64,
	64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64,
	62, 64, 64, 64, 63, 52, 53, 54, 55, 56, 57, 58, 59, 60, 61, 64, 64, 64, 64, 64, 64, 64, 0, 1, 2, 3, 4,
	5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 64, 64, 64, 64, 64, 64,
	26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40, 41, 42, 43, 44, 45, 46, 47, 48, 49, 50,
	51, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64,
	64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64,
	64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64,
	64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64,
	64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64,
	64, 64, 64, 64, 64, 64, 64, 64, 64};

static uint32_t value_of(char c)
{
	return values[(unsigned char)c];
}

/* What follows the data: nothing, or exactly the padding that it needs. */
static enum base64_fault tail_fault(const char *text, size_t len, size_t data)
{
	size_t padding = 0;

	while (data + padding < len && text[data + padding] == '=')
		padding++;
	if (data + padding < len)
		return BASE64_CHARACTER;
	if (data % 4 == 1)
		return BASE64_INCOMPLETE;
	return padding == 0 || padding == (4 - data % 4) % 4 ? BASE64_GOOD : BASE64_INCOMPLETE;
}

struct base64 base64_decode(struct arena *arena, const char *text, size_t len)
{
	uint8_t *octets = arena_alloc(arena, len / 4 * 3 + 3), *out = octets;
	uint32_t bits = 0;
	size_t data = 0;

	for (; len - data >= 4; data += 4) {
		uint32_t a = value_of(text[data]), b = value_of(text[data + 1]);
		uint32_t c = value_of(text[data + 2]), d = value_of(text[data + 3]);

		if (((a | b | c | d) & FOREIGN) != 0)
			break;
		bits = a << 18 | b << 12 | c << 6 | d;
		*out++ = (uint8_t)(bits >> 16);
		*out++ = (uint8_t)(bits >> 8);
		*out++ = (uint8_t)bits;
	}
	for (; data < len && value_of(text[data]) != FOREIGN; data++) {
		bits = bits << 6 | value_of(text[data]);
		if (data % 4 != 0)
			*out++ = (uint8_t)(bits >> (6 - 2 * (data % 4)));
	}
	return (struct base64){
		.octets = {octets, (size_t)(out - octets)},
		.fault = tail_fault(text, len, data),
		.position = data,
	};
}

char *base64_encode(struct arena *arena, struct octets octets)
{
	char *text = arena_alloc(arena, (octets.len + 2) / 3 * 4 + 1), *out = text;

	for (size_t i = 0; i < octets.len; i += 3) {
		size_t left = octets.len - i;
		uint32_t bits = (uint32_t)octets.at[i] << 16;

		bits |= left > 1 ? (uint32_t)octets.at[i + 1] << 8 : 0;
		bits |= left > 2 ? (uint32_t)octets.at[i + 2] : 0;
		*out++ = alphabet[bits >> 18];
		*out++ = alphabet[bits >> 12 & 63];
		*out++ = left > 1 ? alphabet[bits >> 6 & 63] : '=';
		*out++ = left > 2 ? alphabet[bits & 63] : '=';
	}
	return text;
}
