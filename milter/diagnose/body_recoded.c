#include "diagnose/body_recoded.h"

#include "base/arena.h"
#include "base/base64.h"
#include "message/mime.h"

#include <string.h>

enum { COLUMNS = 76, TEXT_SHOWN = 100 };

static const struct mime_part *encoded_text(const struct mime *mime)
{
	for (size_t i = 0; i < mime->count; i++)
		if (strcmp(mime->parts[i].encoding, "base64") == 0 &&
			text_starts(mime->parts[i].type, "text/"))
			return &mime->parts[i];
	return NULL;
}

static struct span decoded(struct span body, struct arena *arena)
{
	struct buf characters = buf_in(arena);
	struct base64 octets;

	for (size_t i = 0; i < body.len; i++)
		if (!text_is_space(body.at[i]))
			buf_char(&characters, body.at[i]);
	octets = base64_decode(arena, characters.data, characters.len);
	return (struct span){(const char *)octets.octets.at, octets.octets.len};
}

/* Where the last so many lines begin. */
static size_t start_of_last(struct span text, size_t lines)
{
	size_t at = text.len;

	while (lines > 0 && at > 0) {
		at--;
		while (at > 0 && text.at[at - 1] != '\n')
			at--;
		lines--;
	}
	return at;
}

static size_t end_of_first(struct span text, size_t lines)
{
	size_t at = 0;

	for (; lines > 0 && at < text.len; at++)
		lines -= text.at[at] == '\n';
	return at;
}

static void write_wrapped(struct buf *out, struct span text)
{
	const char *characters =
		base64_encode(out->arena, (struct octets){(const uint8_t *)text.at, text.len});

	for (size_t left = strlen(characters), len; left > 0; left -= len, characters += len) {
		len = left < COLUMNS ? left : COLUMNS;
		buf_add(out, characters, len);
		if (left > len)
			buf_text(out, "\r\n");
	}
}

static const char *first_line(struct span text, struct arena *arena)
{
	size_t len = 0;

	text = span_trim(text);
	while (len < text.len && len < TEXT_SHOWN && text.at[len] != '\r' && text.at[len] != '\n')
		len++;
	return span_text(arena, (struct span){text.at, len});
}

struct body_variant variant_recoded(
	const struct body_facts *facts, size_t cut, const char **text, struct arena *arena)
{
	struct mime mime = mime_of(facts->header, facts->body, arena);
	const struct mime_part *part = encoded_text(&mime);
	struct body_variant variant = {.body = buf_in(arena), .from = "", .to = ""};
	bool footer = cut < RECODED_LINES_MAX;
	struct span whole, kept, gone;
	size_t place, filled;

	if (part == NULL)
		return variant;
	whole = decoded(part->body, arena);
	place = footer ? start_of_last(whole, cut + 1) : end_of_first(whole, cut + 1 - RECODED_LINES_MAX);
	if (place == 0 || place >= whole.len)
		return variant;
	kept = footer ? (struct span){whole.at, place} : (struct span){whole.at + place, whole.len - place};
	gone = footer ? (struct span){whole.at + place, whole.len - place} : (struct span){whole.at, place};
	for (filled = part->body.len; filled > 0 && text_is_space(part->body.at[filled - 1]);)
		filled--;
	buf_add(&variant.body, facts->body.at, (size_t)(part->body.at - facts->body.at));
	write_wrapped(&variant.body, kept);
	buf_add(&variant.body, part->body.at + filled,
		facts->body.len - (size_t)(part->body.at - facts->body.at) - filled);
	variant.kind = footer ? BODY_FOOTER : BODY_BANNER;
	variant.count = footer ? cut + 1 : cut + 1 - RECODED_LINES_MAX;
	*text = first_line(gone, arena);
	return variant;
}
