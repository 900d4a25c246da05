#include "message/body_canon.h"

struct body_canon body_canon_new(enum canon canon)
{
	return (struct body_canon){.canon = canon, .limit = -1};
}

static void flush(struct body_canon *body)
{
	size_t len = body->buffered;

	body->buffered = 0;
	if (body->limit >= 0 && len > (uint64_t)body->limit - body->given)
		len = (size_t)((uint64_t)body->limit - body->given);
	body->given += len;
	if (len > 0)
		body->sink(body->receiver, body->buffer, len);
}

static void give(struct body_canon *body, char octet)
{
	if (body->sink == NULL)
		return;
	if (body->buffered == sizeof body->buffer)
		flush(body);
	body->buffer[body->buffered++] = octet;
}

static void give_line_end(struct body_canon *body)
{
	give(body, '\r');
	give(body, '\n');
}

static void end_line(struct body_canon *body)
{
	if (body->line == 0) {
		body->empty_lines++;
	} else {
		body->octets += body->line + 2;
		give_line_end(body);
	}
	body->line = 0;
	body->blank = false;
}

/* The line is not empty: now the empty ones before it count. */
static void begin_line(struct body_canon *body)
{
	body->octets += body->empty_lines * 2;
	for (; body->empty_lines > 0; body->empty_lines--)
		give_line_end(body);
}

static void add_octet(struct body_canon *body, char octet)
{
	if (body->canon == CANON_RELAXED && text_is_blank(octet)) {
		body->blank = true;
		return;
	}
	if (body->line == 0)
		begin_line(body);
	if (body->blank) {
		give(body, ' '); /* a run of blanks is one */
		body->line++;
	}
	give(body, octet);
	body->line++;
	body->blank = false;
}

void body_canon_add(struct body_canon *body, const char *octets, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		char c = octets[i];

		if (body->cr && c == '\n') {
			body->cr = false;
			end_line(body);
			continue;
		}
		if (body->cr)
			add_octet(body, '\r');
		body->cr = c == '\r';
		if (!body->cr)
			add_octet(body, c);
	}
}

uint64_t body_canon_end(struct body_canon *body)
{
	if (body->cr)
		add_octet(body, '\r');
	body->cr = false;
	if (body->line > 0)
		end_line(body);
	/* An empty body is one CRLF for "simple", nothing for "relaxed" (sections 3.4.3 and 3.4.4). */
	if (body->octets == 0 && body->canon == CANON_SIMPLE) {
		body->octets = 2;
		give_line_end(body);
	}
	if (body->sink != NULL)
		flush(body);
	return body->octets;
}
