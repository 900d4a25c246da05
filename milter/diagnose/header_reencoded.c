/* The Subject as other software may have encoded it: the same text, or the text without the tag that
 * was put into it, in the usual character sets, encodings and word lengths. */
#include "base/arena.h"
#include "diagnose/header_candidates.h"
#include "diagnose/transcode.h"
#include "message/encoded_word.h"
#include "message/header_list.h"

#include <string.h>

enum {
	SUBJECT_MAX = 400, /* octets of decoded text */
	TAGS_MAX = 3,
};

/* How software cuts a long text into words: octets of a whole word, fewer in the first line. */
static const struct layout {
	size_t word, first;
} layouts[] = {{SUBJECT_MAX * 6, SUBJECT_MAX * 6}, {75, 75}, {76, 76}, {75, 66}, {76, 67}};

/* All words decoded to UTF-8; false when one cannot be. Blanks between words are not text (RFC 2047
 * section 6.2). */
static bool decode_all(struct span value, struct buf *text)
{
	struct encoded_word word;
	struct span rest = value;
	bool behind_word = false;

	while (encoded_word_find(rest, &word)) {
		struct span before = {rest.at, (size_t)(word.whole.at - rest.at)};
		struct buf octets = encoded_word_decode(&word, text->arena);

		if (!behind_word || span_trim(before).len > 0)
			buf_add(text, before.at, before.len);
		if (!transcode_text(text, (struct span){octets.data, octets.len},
			    span_text(text->arena, word.charset), "utf-8"))
			return false;
		rest.at = word.whole.at + word.whole.len;
		rest.len = (size_t)(value.at + value.len - rest.at);
		behind_word = true;
	}
	buf_add(text, rest.at, rest.len);
	return behind_word && text->len <= SUBJECT_MAX;
}

/* Octets of the UTF-8 character at the start. */
static size_t character_length(struct span text)
{
	size_t len = 1;

	while (len < text.len && ((unsigned char)text.at[len] & 0xc0) == 0x80)
		len++;
	return len;
}

static bool write_word(struct buf *out, struct span text, const char *charset, char encoding)
{
	struct buf octets = buf_in(out->arena);

	if (!text_equal(charset, "utf-8")) {
		if (!transcode_text(&octets, text, "utf-8", charset))
			return false;
		text = (struct span){octets.data, octets.len};
	}
	encoded_word_write(out, span_of(charset), encoding, text);
	return true;
}

/* The longest start of the text that fits one word of so many octets, found by halving the number of
 * its characters. */
static size_t fitting(struct span text, const char *charset, char encoding, size_t room, struct arena *arena)
{
	size_t ends[SUBJECT_MAX + 1] = {0}, count = 0, low = 0, high;

	for (size_t len = 0; len < text.len && len <= room;) {
		len += character_length((struct span){text.at + len, text.len - len});
		ends[++count] = len;
	}
	for (high = count; low < high;) {
		size_t middle = (low + high + 1) / 2;
		struct buf word = buf_in(arena);

		if (write_word(&word, (struct span){text.at, ends[middle]}, charset, encoding) &&
			word.len <= room)
			low = middle;
		else
			high = middle - 1;
	}
	return ends[low];
}

static bool write_words(
	struct buf *out, struct span text, const char *charset, char encoding, const struct layout *layout)
{
	size_t room = layout->first;

	while (text.len > 0) {
		size_t len =
			room > SUBJECT_MAX ? text.len : fitting(text, charset, encoding, room, out->arena);

		if (len == 0 || !write_word(out, (struct span){text.at, len}, charset, encoding))
			return false;
		text.at += len;
		text.len -= len;
		if (text.len > 0)
			buf_text(out, "\r\n ");
		room = layout->word;
	}
	return true;
}

static void offer_encodings(struct header_candidates *list, enum header_change_kind kind, struct span text,
	const char *charset, const char *tag)
{
	static const char encodings[] = "BQbq";

	for (const char *encoding = encodings; *encoding != '\0'; encoding++) {
		const char *last = "";

		if (text_equal(charset, "iso-2022-jp") && text_lower_char(*encoding) == 'q')
			continue;
		for (size_t i = 0; i < sizeof layouts / sizeof layouts[0]; i++) {
			struct buf value = buf_in(list->arena);

			buf_char(&value, ' ');
			if (!write_words(&value, text, charset, *encoding, &layouts[i]) ||
				strcmp(value.data, last) == 0)
				continue;
			header_candidates_add(list, kind, value.data, tag);
			last = value.data;
		}
	}
}

static void offer_text(
	struct header_candidates *list, enum header_change_kind kind, struct span text, const char *tag)
{
	static const char *const charsets[] = {
		"utf-8", "UTF-8", "iso-2022-jp", "ISO-2022-JP", "iso-8859-1", "ISO-8859-1"};

	if (text.len == 0)
		return;
	header_candidates_add(
		list, kind, arena_printf(list->arena, " %s", span_text(list->arena, text)), tag);
	for (size_t i = 0; i < sizeof charsets / sizeof charsets[0]; i++)
		offer_encodings(list, kind, text, charsets[i], tag);
}

void header_candidates_reencoded(struct header_candidates *list, const struct header_field *field)
{
	struct buf decoded = buf_in(list->arena);
	struct span text;
	const char *tag;

	if (!decode_all((struct span){field->value, field->value_len}, &decoded))
		return;
	text = span_trim((struct span){decoded.data, decoded.len});
	tag = text.at;
	offer_text(list, HEADER_REENCODED, text, "");
	for (int tags = 0; tags < TAGS_MAX; tags++) {
		size_t len = subject_tag_length(text);

		if (len == 0)
			return;
		text = span_trim((struct span){text.at + len, text.len - len});
		offer_text(list, HEADER_SUBJECT_PREFIX, text,
			span_text(list->arena, span_trim((struct span){tag, (size_t)(text.at - tag)})));
	}
}
