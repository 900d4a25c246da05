#include "diagnose/transcode.h"

#include <iconv.h>

bool transcode_text(struct buf *out, struct span text, const char *from, const char *to)
{
	iconv_t converter = iconv_open(to, from);
	char *in = (char *)(size_t)text.at;
	size_t left = text.len;
	bool done = true;

	if (converter == (iconv_t)-1)
		return false;
	while (done) {
		char piece[4096], *end = piece;
		size_t room = sizeof piece, before = left;
		/* The final call, without input, returns ISO-2022-JP to ASCII. */
		size_t result = left > 0 ? iconv(converter, &in, &left, &end, &room)
					 : iconv(converter, NULL, NULL, &end, &room);
		bool full = result == (size_t)-1 && end > piece;

		buf_add(out, piece, (size_t)(end - piece));
		if (before == 0)
			break;
		done = result != (size_t)-1 || full;
	}
	(void)iconv_close(converter);
	return done;
}
