#include "message/body_length.h"

#include "base/text.h"

struct body_length body_length_new(bool relaxed)
{
	return (struct body_length){.relaxed = relaxed};
}

static void end_line(struct body_length *length)
{
	if (length->line == 0) {
		length->empty_lines++;
	} else {
		length->octets += length->empty_lines * 2 + length->line + 2;
		length->empty_lines = 0;
	}
	length->line = 0;
	length->blank = false;
}

static void add_octet(struct body_length *length, char c)
{
	if (length->relaxed && text_is_blank(c)) {
		length->blank = true;
		return;
	}
	length->line += length->blank ? 2 : 1; /* a run of blanks counts as one */
	length->blank = false;
}

void body_length_add(struct body_length *length, const char *octets, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		char c = octets[i];

		if (length->cr && c == '\n') {
			length->cr = false;
			end_line(length);
			continue;
		}
		if (length->cr)
			add_octet(length, '\r');
		length->cr = c == '\r';
		if (!length->cr)
			add_octet(length, c);
	}
}

uint64_t body_length_result(const struct body_length *length)
{
	/* An empty body is one CRLF for "simple", nothing for "relaxed" (sections 3.4.3 and 3.4.4). */
	return length->octets == 0 && !length->relaxed ? 2 : length->octets;
}
