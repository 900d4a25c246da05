#include "diagnose/half_width.h"

#include "base/buf.h"
#include "base/utf8.h"

#include <string.h>

uint32_t half_width_code_point(const char *text, size_t *len)
{
	uint32_t code = (unsigned char)text[0];

	*len = utf8_length(text, strlen(text), &code);
	if (*len > 0)
		return code;
	*len = 1;
	return (unsigned char)text[0];
}

/* The ASCII character that it looks like; NUL without one. */
static char lookalike(uint32_t code)
{
	if (code < 0x80)
		return (char)code;
	if (code >= 0xff01 && code <= 0xff5e) /* full-width forms */
		return (char)(code - 0xff01 + '!');
	if (code == 0xa0 || code == 0x3000 || (code >= 0x2000 && code <= 0x200a) || code == 0x202f)
		return ' ';
	if ((code >= 0x2010 && code <= 0x2015) || code == 0x2212 || code == 0x30fc || code == 0xfe63)
		return '-';
	if (code == 0x301c || code == 0x223c || code == 0x02dc) /* wave dash, tilde operator, small tilde */
		return '~';
	if (code == 0x3002 || code == 0xff61) /* ideographic full stop */
		return '.';
	if (code == 0x2236 || code == 0xfe55) /* ratio, small colon */
		return ':';
	return '\0';
}

const char *half_width(const char *text, struct arena *arena)
{
	struct buf out = buf_in(arena);

	for (size_t len; *text != '\0'; text += len) {
		char c = lookalike(half_width_code_point(text, &len));

		if (c != '\0')
			buf_char(&out, c);
	}
	return out.data;
}
