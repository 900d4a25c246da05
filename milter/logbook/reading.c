#include "logbook/reading.h"

#include "logbook/progress.h"
#include "logbook/source.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* systemd's own mark at the beginning of its files. */
static bool is_journal(const char *path)
{
	char mark[8] = "";
	int fd = strcmp(path, "-") == 0 ? -1 : open(path, O_RDONLY | O_CLOEXEC);
	bool is = fd >= 0 && read(fd, mark, sizeof mark) == (ssize_t)sizeof mark &&
		  memcmp(mark, "LPKSHHRH", sizeof mark) == 0;

	if (fd >= 0)
		(void)close(fd);
	return is;
}

static void read_lines(const struct reading *reading, struct source *source, struct progress *progress)
{
	struct entry entry;
	char *line;
	size_t len;

	while (source_line(source, &line, &len)) {
		enum line_kind kind = LINE_BROKEN;

		entry_begin(&entry);
		if (len <= SOURCE_LINE_MAX)
			kind = line_read(line, len, reading->now, &entry);
		reading->take(reading->self, kind, &entry, (struct span){line, len});
		if (progress_is_due(progress))
			progress_show(progress, source_done(source), source_size(source));
	}
}

bool reading_of_file(const struct reading *reading, const char *path, struct fault *fault)
{
	struct progress progress;
	struct source *source;

	if (reading_is_of_store(path))
		return reading_of_store(reading, path, fault);
	if (is_journal(path))
		return reading_of_journal(reading, path, fault);
	source = source_open(path, fault);
	if (source == NULL)
		return false;
	progress_begin(&progress, reading->progress);
	read_lines(reading, source, &progress);
	progress_end(&progress);
	if (source_trouble(source)[0] != '\0')
		(void)fprintf(stderr, "%s: %s: %s; what was read until there counts\n", reading->program,
			path, source_trouble(source));
	source_close(&source);
	return true;
}
