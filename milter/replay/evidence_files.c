#include "replay/evidence_files.h"

#include "replay/evidence_ring.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

enum { FILE_MODE = 0640 };

/* The files of a pair. */
struct pair {
	char text[EVIDENCE_NAME_SIZE + 8], message[EVIDENCE_NAME_SIZE + 8];
};

static struct pair pair_of(const char *name)
{
	struct pair pair;

	(void)snprintf(pair.text, sizeof pair.text, "%s.case", name);
	(void)snprintf(pair.message, sizeof pair.message, "%s.eml", name);
	return pair;
}

void evidence_files_remove(int folder, const char *name)
{
	struct pair pair = pair_of(name);

	(void)unlinkat(folder, pair.text, 0);
	(void)unlinkat(folder, pair.message, 0);
}

static bool ends_in(const char *name, const char *ending)
{
	size_t len = strlen(name), ending_len = strlen(ending);

	return len > ending_len && strcmp(name + len - ending_len, ending) == 0;
}

void evidence_files_clear(int folder)
{
	int copy = dup(folder);
	DIR *list = copy < 0 ? NULL : fdopendir(copy);

	if (list == NULL) {
		if (copy >= 0)
			(void)close(copy);
		return;
	}
	rewinddir(list);
	for (struct dirent *entry; (entry = readdir(list)) != NULL;)
		if (ends_in(entry->d_name, ".case") || ends_in(entry->d_name, ".eml"))
			(void)unlinkat(folder, entry->d_name, 0);
	(void)closedir(list);
}

void evidence_files_rename(int folder, const char *from, const char *to)
{
	struct pair old = pair_of(from), new = pair_of(to);

	(void)renameat(folder, old.text, folder, new.text);
	(void)renameat(folder, old.message, folder, new.message);
}

static bool write_file(int folder, const char *name, struct iovec pieces[2])
{
	size_t len = pieces[0].iov_len + pieces[1].iov_len;
	int fd = openat(folder, name, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, FILE_MODE);
	bool good = fd >= 0 && writev(fd, pieces, 2) == (ssize_t)len && ftruncate(fd, (off_t)len) == 0;

	if (fd >= 0)
		(void)close(fd);
	return good;
}

static struct iovec piece_of(const char *at, size_t len)
{
	return (struct iovec){(void *)(uintptr_t)at, len};
}

bool evidence_files_write(int folder, const char *name, const struct evidence_item *item)
{
	struct pair pair = pair_of(name);
	char last[EVIDENCE_NAME_SIZE + 24];

	(void)snprintf(last, sizeof last, "message   %s\n", pair.message);
	return write_file(folder, pair.message,
		       (struct iovec[]){piece_of(item->message, item->message_len), piece_of("", 0)}) &&
	       write_file(folder, pair.text,
		       (struct iovec[]){
			       piece_of(item->text, strlen(item->text)), piece_of(last, strlen(last))});
}
