#include "report/authres.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/utf8.h"
#include "diagnose/findings.h"
#include "report/sanitise.h"

#include <openssl/evp.h>
#include <string.h>

#define FOLD "\n       "

enum {
	VALUE_MAX = 998 - sizeof "X-Sekisho-Cause: ", /* RFC 5322 section 2.1.1 */
	SENTENCE_MAX = 400,
	WORD_OCTETS = 45, /* in base64 60, with "=?UTF-8?B?" and "?=" 72 of 75: RFC 2047 section 2 */
};

static bool is_ascii(const char *text)
{
	for (; *text != '\0'; text++)
		if (((unsigned char)*text & 0x80) != 0)
			return false;
	return true;
}

/* As many whole characters as go into max octets. */
static size_t whole_characters(const char *text, size_t max)
{
	size_t len = strlen(text), at = 0;

	while (at < len) {
		size_t step = utf8_length(text + at, len - at, NULL);

		if (step == 0)
			step = 1;
		if (at + step > max)
			break;
		at += step;
	}
	return at;
}

static void add_encoded(struct buf *out, const char *sentence)
{
	while (*sentence != '\0') {
		unsigned char word[WORD_OCTETS / 3 * 4 + 1];
		size_t len = whole_characters(sentence, WORD_OCTETS);

		EVP_EncodeBlock(word, (const unsigned char *)sentence, (int)len);
		buf_printf(out, FOLD "=?UTF-8?B?%s?=", (const char *)word);
		sentence += len;
	}
}

/* A quoted piece of foreign text must not pass for an encoded word. */
static void add_plain(struct buf *out, const char *sentence)
{
	const char *text = sanitise_printable(sentence, out->arena);

	buf_char(out, ' ');
	for (char before = ' '; *text != '\0'; before = *text++)
		buf_char(out, before == '=' && *text == '?' ? '_' : *text);
}

const char *cause_header_value(const struct findings *findings, struct arena *arena)
{
	struct buf out = buf_in(arena);

	for (size_t i = 0; i < findings->diagnoses.count; i++) {
		const struct diagnosis *diagnosis = &findings->diagnoses.items[i];
		const char *sentence = arena_copy(
			arena, diagnosis->summary, whole_characters(diagnosis->summary, SENTENCE_MAX));
		struct buf entry = buf_in(arena);

		buf_printf(&entry, "%s%s;", i > 0 ? FOLD : "", cause_row(diagnosis->cause)->code);
		if (is_ascii(sentence))
			add_plain(&entry, sentence);
		else
			add_encoded(&entry, sentence);
		if (out.len + entry.len > VALUE_MAX)
			break;
		buf_add(&out, entry.data, entry.len);
	}
	return out.data;
}
