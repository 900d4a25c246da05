#include "message/body_canon.h"

#include <string.h>

enum {
	PIECE = 256, /* from so many octets on a piece goes to the sink directly */
	BLOCK = 32   /* octets looked at together */
};

struct body_canon body_canon_new(enum canon canon)
{
	return (struct body_canon){.canon = canon, .limit = -1};
}

static void flush(struct body_canon *body)
{
	if (body->buffered > 0)
		body->sink(body->receiver, body->buffer, body->buffered);
	body->buffered = 0;
}

static void give(struct body_canon *body, const char *octets, size_t len)
{
	body->octets += len;
	if (body->limit >= 0 && len > (uint64_t)body->limit - body->given)
		len = (size_t)((uint64_t)body->limit - body->given);
	body->given += len;
	if (len == 0 || body->sink == NULL)
		return;
	if (len >= PIECE || len > sizeof body->buffer - body->buffered)
		flush(body);
	if (len >= PIECE) {
		body->sink(body->receiver, octets, len);
		return;
	}
	memcpy(body->buffer + body->buffered, octets, len);
	body->buffered += len;
}

static void give_line_ends(struct body_canon *body)
{
	static const char ends[] = "\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n";
	const uint64_t most = (sizeof ends - 1) / 2;

	while (body->line_ends > 0) {
		uint64_t count = body->line_ends < most ? body->line_ends : most;

		give(body, ends, (size_t)count * 2);
		body->line_ends -= count;
	}
}

/* Octets that are canonical but for line ends at the very end of the body: those are held back. */
static void add_verbatim(struct body_canon *body, const char *octets, size_t len)
{
	size_t kept;

	if (len == 0)
		return;
	if (body->cr && octets[0] == '\n') {
		body->line_ends++;
		octets++;
		len--;
	} else if (body->cr) {
		give_line_ends(body);
		give(body, "\r", 1);
	}
	kept = len > 0 && octets[len - 1] == '\r' ? len - 1 : len;
	while (kept >= 2 && octets[kept - 2] == '\r' && octets[kept - 1] == '\n')
		kept -= 2;
	if (kept > 0) {
		give_line_ends(body);
		give(body, octets, kept);
	}
	body->line_ends += (len - kept) / 2;
	body->cr = (len - kept) % 2 == 1;
}

/* Section 3.4.4 changes a tab and a blank with white space or a line end behind it; we look closer at a blank
 * before any control character. */
static bool changes(char octet, char next)
{
	return octet == '\t' || (octet == ' ' && (unsigned char)next <= ' ');
}

/* None of so many octets changes. Reads one more. Without a way out of the loop, so that the compiler does
 * them all at once. */
static bool block_stays(const char *octets)
{
	unsigned char any = 0;

	for (size_t i = 0; i < BLOCK; i++)
		any |= (unsigned char)((octets[i] == '\t') |
				       ((octets[i] == ' ') & ((unsigned char)octets[i + 1] <= ' ')));
	return any == 0;
}

const char *body_canon_change(const char *octets, const char *end)
{
	while (end - octets > BLOCK && block_stays(octets))
		octets += BLOCK;
	while (octets + 1 < end && !changes(octets[0], octets[1]))
		octets++;
	return octets == end || (octets + 1 == end && !text_is_blank(*octets)) ? end : octets;
}

/* Behind white space, or behind white space and a CR. Returns where to go on. */
static const char *leave_blank(struct body_canon *body, const char *octets, const char *end)
{
	if (body->blank_cr) {
		if (*octets != '\n')
			add_verbatim(body, " ", 1);
		add_verbatim(body, "\r", 1);
		body->blank = body->blank_cr = false;
		return octets;
	}
	while (octets < end && text_is_blank(*octets))
		octets++;
	if (octets == end)
		return end;
	if (*octets == '\r' && octets + 1 == end) {
		body->blank_cr = true;
		return end;
	}
	if (*octets != '\r' || octets[1] != '\n')
		add_verbatim(body, " ", 1); /* a run of blanks is one */
	body->blank = false;
	return octets;
}

static void add_relaxed(struct body_canon *body, const char *octets, const char *end)
{
	while (octets < end) {
		const char *change;

		if (body->blank) {
			octets = leave_blank(body, octets, end);
			continue;
		}
		change = body_canon_change(octets, end);
		add_verbatim(body, octets, (size_t)(change - octets));
		body->blank = change < end;
		octets = change;
	}
}

void body_canon_add(struct body_canon *body, const char *octets, size_t len)
{
	if (body->canon == CANON_RELAXED)
		add_relaxed(body, octets, octets + len);
	else
		add_verbatim(body, octets, len);
}

uint64_t body_canon_end(struct body_canon *body)
{
	if (body->blank_cr)
		add_verbatim(body, " \r", 2);
	if (body->cr) {
		give_line_ends(body);
		give(body, "\r", 1);
	}
	/* One CRLF stays of those at the end; an empty body is one CRLF for "simple", nothing for "relaxed"
	 * (sections 3.4.3 and 3.4.4). */
	if (body->octets > 0 || body->canon == CANON_SIMPLE)
		give(body, "\r\n", 2);
	if (body->sink != NULL)
		flush(body);
	return body->octets;
}
