#include "feedback/failure_letter.h"

#include "base/buf.h"
#include "feedback/mail_date.h"

#include <inttypes.h>
#include <stdbool.h>
#include <string.h>

static const char boundary[] = "=_sekisho_failure_=";

/* The store is a file: what stands in it could have been changed, and must not become another part. */
static bool ends_part(const char *line, size_t len)
{
	return len >= 2 && line[0] == '-' && line[1] == '-';
}

/* Lines of printable ASCII and no others. */
static void add_lines(struct buf *text, const char *lines, size_t len)
{
	for (size_t at = 0; at < len; at++) {
		size_t line = strcspn(lines + at, "\n");

		if (line > len - at)
			line = len - at;
		if (!ends_part(lines + at, line)) {
			for (size_t i = at; i < at + line; i++)
				buf_char(text, lines[i] >= ' ' && lines[i] <= '~' ? lines[i] : '?');
			buf_char(text, '\n');
		}
		at += line;
	}
}

static void add_head(struct buf *text, const struct failure_letter *letter)
{
	buf_printf(text, "From: <%s>\n", letter->from);
	if (letter->to[0] != '\0')
		buf_printf(text, "To: <%s>\n", letter->to);
	buf_printf(text,
		"Date: %s\nMessage-ID: <%s@%s>\n"
		"Subject: DMARC failure report about mail from\n %s\n"
		"Auto-Submitted: auto-generated\nMIME-Version: 1.0\n"
		"Content-Type: multipart/report; report-type=feedback-report;\n boundary=\"%s\"\n\n",
		mail_date(letter->now, text->arena), letter->id, letter->receiver, letter->domain, boundary);
}

static void add_words(struct buf *text, const struct failure_letter *letter)
{
	buf_printf(text,
		"--%s\nContent-Type: text/plain; charset=us-ascii\n\n"
		"This is a failure report about mail that says it is from\n%s\n"
		"and that did not authenticate. It was received by\n%s\non %s.\n",
		boundary, letter->domain, letter->receiver, mail_date(letter->arrival, text->arena));
	if (letter->incidents > 1)
		buf_printf(text, "It is the first of %" PRIu64 " messages of its kind.\n", letter->incidents);
	buf_text(text, "It was asked for by the ruf= tag of the DMARC record.\n");
}

const char *failure_letter_text(const struct failure_letter *letter, struct arena *arena)
{
	const char *header = strstr(letter->failure, "\n\n");
	size_t fields = header != NULL ? (size_t)(header - letter->failure) : strlen(letter->failure);
	struct buf text = buf_in(arena);

	add_head(&text, letter);
	add_words(&text, letter);
	buf_printf(&text, "--%s\nContent-Type: message/feedback-report\n\n", boundary);
	add_lines(&text, letter->failure, fields);
	buf_printf(&text, "Arrival-Date: %s\nReporting-MTA: dns; %s\n", mail_date(letter->arrival, arena),
		letter->receiver);
	if (letter->incidents > 1)
		buf_printf(&text, "Incidents: %" PRIu64 "\n", letter->incidents);
	buf_printf(&text, "\n--%s\nContent-Type: text/rfc822-headers\n\n", boundary);
	if (header != NULL)
		add_lines(&text, header + 2, strlen(header + 2));
	buf_printf(&text, "\n--%s--\n", boundary);
	return text.data;
}
