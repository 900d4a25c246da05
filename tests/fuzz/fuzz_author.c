/* The From parser and the reverse-path on any octets: octet 1 parts From fields. */
#include "base/arena.h"
#include "message/author.h"
#include "message/envelope.h"
#include "message/header_list.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What every later step relies on. */
static void must_hold(const struct author *author)
{
	if ((author->kind == AUTHOR_ONE) != (author->domain.name[0] != '\0'))
		abort();
	if ((author->kind == AUTHOR_ONE) != (author->why_not[0] == '\0'))
		abort();
	if (author->kind == AUTHOR_ONE && (author->field_count != 1 || author->domain_count != 1))
		abort();
	if (strpbrk(author->domain.name, " ;()<>\"\\@,\r\n\t") != NULL)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *arena = arena_new();
	struct header_list header = header_list_new(arena);
	const char *text = arena_copy(arena, (const char *)data, size), *end = text + size;
	struct author author;
	struct reverse_path path;

	for (const char *line = text; line < end;) {
		const char *stop = memchr(line, '\x01', (size_t)(end - line));

		if (stop == NULL)
			stop = end;
		(void)header_list_add(&header, "From", line, (size_t)(stop - line));
		line = stop + 1;
	}
	author = author_of(&header, arena);
	must_hold(&author);
	path = reverse_path_of(text, arena);
	if (path.domain.name[0] != '\0' && path.why_not[0] != '\0')
		abort();
	(void)helo_domain_of(text, arena);
	arena_free(&arena);
	return 0;
}
