#include "logbook/pairs_line.h"

#include <string.h>

static bool is_name_char(char c)
{
	return (c >= 'a' && c <= 'z') || c == '_' || text_is_digit(c);
}

static bool is_octet_code(const char *at, const char *end)
{
	return end - at >= 4 && at[1] == 'x' && text_is_hex(at[2]) && text_is_hex(at[3]);
}

/* Behind the opening quote: the value moves to the left over its backslashes. Where it goes on, or NULL. */
static char *take_quoted(char *at, char *end, struct span *value)
{
	char *start = at, *to = at;

	while (at < end && *at != '"') {
		if (*at == '\\' && !is_octet_code(at, end))
			at++;
		if (at == end)
			return NULL;
		*to++ = *at++;
	}
	*value = (struct span){start, (size_t)(to - start)};
	return at == end ? NULL : at + 1;
}

static char *take_plain(char *at, char *end, struct span *value)
{
	char *blank = memchr(at, ' ', (size_t)(end - at));
	char *stop = blank == NULL ? end : blank;

	*value = (struct span){at, (size_t)(stop - at)};
	return stop;
}

bool pairs_line_read(char *text, size_t len, struct entry *entry)
{
	char *at = text, *end = text + len;

	while (at < end && text_is_space(end[-1]))
		end--;
	while (at < end) {
		struct span name = {at, 0}, value;

		while (at < end && is_name_char(*at))
			at++;
		name.len = (size_t)(at - name.at);
		if (name.len == 0 || at == end || *at != '=')
			return false;
		at++;
		at = at < end && *at == '"' ? take_quoted(at + 1, end, &value) : take_plain(at, end, &value);
		if (at == NULL)
			return false;
		entry_add(entry, name, value);
		if (at < end && *at != ' ')
			return false;
		at += at < end;
	}
	return true;
}
