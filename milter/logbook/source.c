#include "logbook/source.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

enum { WINDOW = 1048576 };

struct source {
	gzFile file;
	uint64_t size;
	size_t from, to; /* what of the window is read and not given yet */
	bool at_end;
	char trouble[200];
	char window[WINDOW + 1];
};

static int descriptor_of(const char *path)
{
	if (strcmp(path, "-") == 0)
		return dup(STDIN_FILENO);
	return open(path, O_RDONLY | O_CLOEXEC);
}

struct source *source_open(const char *path, struct fault *fault)
{
	struct source *source = calloc(1, sizeof *source);
	struct stat status;
	int fd = descriptor_of(path);

	if (source == NULL)
		abort();
	if (fd < 0 || fstat(fd, &status) != 0) {
		fault_set(fault, "%s: %s", path, strerror(errno));
	} else if (S_ISDIR(status.st_mode)) {
		fault_set(fault, "%s is a folder", path);
	} else {
		source->size = S_ISREG(status.st_mode) ? (uint64_t)status.st_size : 0;
		source->file = gzdopen(fd, "rb");
		if (source->file == NULL)
			abort(); /* only when memory is at its end */
		(void)gzbuffer(source->file, WINDOW / 4);
		return source;
	}
	if (fd >= 0)
		(void)close(fd);
	free(source);
	return NULL;
}

void source_close(struct source **source)
{
	if (source == NULL || *source == NULL)
		return;
	(void)gzclose_r((*source)->file);
	free(*source);
	*source = NULL;
}

/* Moves what is left to the front and reads behind it. */
static void fill(struct source *source)
{
	int got, error = 0;

	memmove(source->window, source->window + source->from, source->to - source->from);
	source->to -= source->from;
	source->from = 0;
	got = gzread(source->file, source->window + source->to, (unsigned)(WINDOW - source->to));
	if (got > 0) {
		source->to += (size_t)got;
		return;
	}
	source->at_end = true;
	if (got < 0 || !gzeof(source->file)) {
		const char *words = gzerror(source->file, &error);

		(void)snprintf(source->trouble, sizeof source->trouble, "%.180s",
			error == Z_ERRNO ? strerror(errno) : words);
	} else if (gzerror(source->file, &error), error == Z_BUF_ERROR) {
		(void)snprintf(source->trouble, sizeof source->trouble, "the compressed file is cut off");
	}
}

/* Throws away the rest of a line that is too long. */
static void skip_line(struct source *source)
{
	for (;;) {
		char *from = source->window + source->from;
		char *end = memchr(from, '\n', source->to - source->from);

		if (end != NULL) {
			source->from += (size_t)(end - from) + 1;
			return;
		}
		source->from = source->to;
		if (source->at_end)
			return;
		fill(source);
	}
}

bool source_line(struct source *source, char **line, size_t *len)
{
	char *end;
	size_t looked = 0; /* of what is left, without a line end */

	for (;;) {
		*line = source->window + source->from;
		end = memchr(*line + looked, '\n', source->to - source->from - looked);
		looked = source->to - source->from;
		if (end != NULL || looked > SOURCE_LINE_MAX || source->at_end)
			break;
		fill(source);
	}
	*len = end != NULL ? (size_t)(end - *line) : looked;
	if (*len > SOURCE_LINE_MAX) {
		skip_line(source);
		*line = source->window;
		*len = SOURCE_LINE_MAX + 1;
		(*line)[0] = '\0';
		return true;
	}
	if (end == NULL && looked == 0)
		return false;
	source->from += *len + (end != NULL);
	return true;
}

const char *source_trouble(const struct source *source)
{
	return source->trouble;
}

uint64_t source_done(const struct source *source)
{
	z_off_t offset = gzoffset(source->file);

	return offset > 0 ? (uint64_t)offset : 0;
}

uint64_t source_size(const struct source *source)
{
	return source->size;
}
