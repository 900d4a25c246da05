#include "base/text.h"

#include "base/arena.h"
#include "base/buf.h"

#include <string.h>

bool text_is_hex(char c)
{
	return text_hex_value(c) >= 0;
}

int text_hex_value(char c)
{
	if (text_is_digit(c))
		return c - '0';
	c = text_lower_char(c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

char *text_lower(struct arena *arena, const char *octets, size_t len)
{
	char *copy = arena_copy(arena, octets, len);

	for (size_t i = 0; i < len; i++)
		copy[i] = text_lower_char(copy[i]);
	return copy;
}

char *text_upper(struct arena *arena, const char *octets, size_t len)
{
	char *copy = arena_copy(arena, octets, len);

	for (size_t i = 0; i < len; i++)
		copy[i] = text_upper_char(copy[i]);
	return copy;
}

bool text_equal_n(const char *a, const char *b, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (text_lower_char(a[i]) != text_lower_char(b[i]))
			return false;
	return true;
}

bool text_equal(const char *a, const char *b)
{
	size_t len = strlen(a);

	return len == strlen(b) && text_equal_n(a, b, len);
}

bool text_starts(const char *text, const char *start)
{
	size_t len = strlen(start);

	return strlen(text) >= len && text_equal_n(text, start, len);
}

bool text_ends(const char *text, const char *end)
{
	size_t text_len = strlen(text), len = strlen(end);

	return text_len >= len && text_equal_n(text + text_len - len, end, len);
}

const char *text_find(const char *octets, size_t len, const char *needle)
{
	size_t needle_len = strlen(needle);
	char lower = text_lower_char(needle[0]), upper = lower;
	const char *last = octets + len;

	if (needle_len == 0)
		return octets;
	if (needle_len > len)
		return NULL;
	if (lower >= 'a' && lower <= 'z')
		upper = (char)(lower - 'a' + 'A');
	last -= needle_len;
	for (const char *at = octets; at <= last; at++)
		if ((*at == lower || *at == upper) && text_equal_n(at, needle, needle_len))
			return at;
	return NULL;
}

struct span span_of(const char *text)
{
	return (struct span){.at = text, .len = strlen(text)};
}

struct span span_trim(struct span span)
{
	while (span.len > 0 && text_is_space(span.at[0])) {
		span.at++;
		span.len--;
	}
	while (span.len > 0 && text_is_space(span.at[span.len - 1]))
		span.len--;
	return span;
}

bool span_is(struct span span, const char *text)
{
	return span.len == strlen(text) && text_equal_n(span.at, text, span.len);
}

char *span_text(struct arena *arena, struct span span)
{
	return arena_copy(arena, span.at, span.len);
}

bool span_number(struct span span, unsigned long max, unsigned long *number)
{
	unsigned long sum = 0;

	if (span.len == 0)
		return false;
	for (size_t i = 0; i < span.len; i++) {
		unsigned long digit;

		if (!text_is_digit(span.at[i]))
			return false;
		digit = (unsigned long)(span.at[i] - '0');
		if (digit > max || sum > (max - digit) / 10)
			return false;
		sum = sum * 10 + digit;
	}
	*number = sum;
	return true;
}

char *text_replaced(struct arena *arena, const char *text, const char *old, const char *with)
{
	struct buf out = buf_in(arena);
	const char *found;

	while ((found = strstr(text, old)) != NULL) {
		buf_add(&out, text, (size_t)(found - text));
		buf_text(&out, with);
		text = found + strlen(old);
	}
	buf_text(&out, text);
	return out.data;
}
