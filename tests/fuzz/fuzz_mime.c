/* A whole message on any octets: header block, MIME tree, encoded words. */
#include "base/arena.h"
#include "message/encoded_word.h"
#include "message/header_list.h"
#include "message/mime.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_words(struct span value, struct arena *arena)
{
	struct encoded_word word;

	while (encoded_word_find(value, &word)) {
		struct buf decoded = encoded_word_decode(&word, arena), again = buf_in(arena);
		const char *behind = word.whole.at + word.whole.len;

		if (word.whole.at < value.at || behind > value.at + value.len || behind == value.at)
			abort();
		encoded_word_write(
			&again, word.charset, word.encoding, (struct span){decoded.data, decoded.len});
		value = (struct span){behind, (size_t)(value.at + value.len - behind)};
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *arena = arena_new();
	struct header_list header = header_list_new(arena);
	const char *text = arena_copy(arena, (const char *)data, size);
	size_t start = header_list_read(&header, text, size);
	struct mime mime;

	if (start > size)
		abort();
	mime = mime_of(&header, (struct span){text + start, size - start}, arena);
	if (mime.count == 0 || mime.count > MIME_PARTS_MAX)
		abort();
	for (size_t i = 0; i < mime.count; i++) {
		const struct mime_part *part = &mime.parts[i];

		if (part->body.at < text || part->body.at + part->body.len > text + size ||
			part->depth > MIME_DEPTH_MAX || part->parent > i)
			abort();
	}
	for (size_t i = 0; i < header.count; i++)
		check_words((struct span){header.fields[i].value, header.fields[i].value_len}, arena);
	arena_free(&arena);
	return 0;
}
