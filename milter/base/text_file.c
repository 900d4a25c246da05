#include "base/text_file.h"

#include "base/arena.h"
#include "base/buf.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static bool read_all(FILE *file, size_t max, struct buf *text)
{
	char piece[8192];
	size_t len;

	do {
		len = fread(piece, 1, sizeof piece, file);
		buf_add(text, piece, len);
	} while (len == sizeof piece && text->len <= max);
	return !ferror(file);
}

const char *text_file_read(const char *path, size_t max, struct arena *arena, struct fault *fault)
{
	FILE *file = fopen(path, "re");
	struct buf text = buf_in(arena);
	bool done = file != NULL && read_all(file, max, &text);
	int reason = errno;

	if (file != NULL)
		(void)fclose(file);
	if (!done)
		fault_set(fault, "%s: %s", path, strerror(reason));
	else if (text.len > max)
		fault_set(fault, "%s: larger than %zu octets", path, max);
	else if (strlen(text.data) < text.len)
		fault_set(fault, "%s: has a NUL octet in it: not a text file", path);
	else
		return text.data;
	return NULL;
}
