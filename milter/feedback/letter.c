#include "feedback/letter.h"

#include "base/arena.h"
#include "base/base64.h"
#include "base/buf.h"
#include "feedback/mail_date.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

enum { BASE64_LINE = 76, GZIP_WINDOW = 15 + 16 };

const char *gzip_of(const char *text, size_t len, size_t *gzip_len, struct arena *arena)
{
	z_stream stream = {.next_in = (Bytef *)text, .avail_in = (uInt)len};
	char *out;

	if (deflateInit2(&stream, Z_BEST_COMPRESSION, Z_DEFLATED, GZIP_WINDOW, 9, Z_DEFAULT_STRATEGY) != Z_OK)
		abort(); /* memory ended */
	stream.avail_out = (uInt)deflateBound(&stream, (uLong)len);
	out = arena_alloc(arena, stream.avail_out);
	stream.next_out = (Bytef *)out;
	(void)deflate(&stream, Z_FINISH);
	*gzip_len = stream.total_out;
	(void)deflateEnd(&stream);
	return out;
}

static void add_attachment(struct buf *text, const struct letter *letter, struct arena *arena)
{
	const char *code = base64_encode(
		arena, (struct octets){(const uint8_t *)letter->attachment, letter->attachment_len});
	size_t left = strlen(code);

	buf_printf(text,
		"Content-Type: application/gzip; name=\"%s\"\n"
		"Content-Transfer-Encoding: base64\n"
		"Content-Disposition: attachment; filename=\"%s\"\n\n",
		letter->file_name, letter->file_name);
	for (; left > 0; code += left < BASE64_LINE ? left : BASE64_LINE,
		left -= left < BASE64_LINE ? left : BASE64_LINE)
		buf_printf(text, "%.*s\n", left < BASE64_LINE ? (int)left : BASE64_LINE, code);
}

/* Auto-Submitted keeps responders quiet (RFC 3834); a report about this mail is recognised by its subject. */
const char *letter_text(const struct letter *letter, struct arena *arena)
{
	static const char boundary[] = "=_sekisho_report_=";
	struct buf text = buf_in(arena);

	buf_printf(&text,
		"From: <%s>\nTo: <%s>\nDate: %s\nMessage-ID: <%s>\n"
		"Subject: Report Domain: %s\n Submitter: %s\n Report-ID: <%s>\n"
		"Auto-Submitted: auto-generated\nMIME-Version: 1.0\n"
		"Content-Type: multipart/mixed; boundary=\"%s\"\n\n"
		"--%s\nContent-Type: text/plain; charset=us-ascii\n\n"
		"This is a DMARC aggregate report about mail that says it is from\n%s.\n"
		"It was asked for by the rua= tag of its DMARC record.\n--%s\n",
		letter->from, letter->to, mail_date(letter->now, arena), letter->report_id, letter->domain,
		letter->submitter, letter->report_id, boundary, boundary, letter->domain, boundary);
	add_attachment(&text, letter, arena);
	buf_printf(&text, "--%s--\n", boundary);
	return text.data;
}
