#include "store/spool.h"

#include "base/arena.h"
#include "base/private_file.h"
#include "store/row.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Before each row. */
struct lead {
	uint32_t mark;
	uint32_t len;
	uint32_t check;
};

enum { LEAD_MARK = 0x52534b31 };

struct spool {
	int fd;
	uint64_t most, size;
	uint64_t taken; /* the rows before are safe elsewhere */
	uint64_t peeked;
};

/* FNV-1a: a row that was half written shall not be taken for one; nobody else writes here. */
static uint32_t check_of(const char *octets, size_t len)
{
	uint32_t check = 2166136261u;

	for (size_t i = 0; i < len; i++)
		check = (check ^ (unsigned char)octets[i]) * 16777619u;
	return check;
}

struct spool *spool_open(const char *path, uint64_t most, struct fault *fault)
{
	struct spool *spool = calloc(1, sizeof *spool);
	struct stat status;

	if (spool == NULL)
		abort();
	spool->most = most;
	spool->fd = private_file_open(path, fault);
	if (spool->fd < 0 || fstat(spool->fd, &status) != 0) {
		fault_set(fault, "store-spool %s: %s", path, strerror(errno));
		spool_close(&spool);
		return NULL;
	}
	spool->size = (uint64_t)status.st_size;
	return spool;
}

void spool_close(struct spool **spool)
{
	if (*spool == NULL)
		return;
	if ((*spool)->fd >= 0)
		(void)close((*spool)->fd);
	free(*spool);
	*spool = NULL;
}

bool spool_is_empty(const struct spool *spool)
{
	return spool->taken == spool->size;
}

uint64_t spool_size(const struct spool *spool)
{
	return spool->size - spool->taken;
}

static bool write_whole(int fd, const char *octets, size_t len, uint64_t at)
{
	while (len > 0) {
		ssize_t written = pwrite(fd, octets, len, (off_t)at);

		if (written < 0 && errno == EINTR)
			continue;
		if (written <= 0)
			return false;
		octets += written;
		len -= (size_t)written;
		at += (uint64_t)written;
	}
	return true;
}

bool spool_put(struct spool *spool, const struct row *row, struct fault *fault)
{
	struct arena *arena = arena_new();
	size_t len;
	const char *code = row_encode(row, &len, arena);
	struct lead lead = {LEAD_MARK, (uint32_t)len, check_of(code, len)};
	bool put = false;

	if (spool->size + sizeof lead + len > spool->most)
		fault_set(fault, "the spool is full (store-spool-megabytes)");
	else if (!write_whole(spool->fd, (const char *)&lead, sizeof lead, spool->size) ||
		 !write_whole(spool->fd, code, len, spool->size + sizeof lead))
		fault_set(fault, "the spool cannot be written: %s", strerror(errno));
	else
		put = true;
	if (put)
		spool->size += sizeof lead + len;
	else
		(void)!ftruncate(spool->fd, (off_t)spool->size);
	arena_free(&arena);
	return put;
}

void spool_flush(struct spool *spool)
{
	(void)fdatasync(spool->fd);
}

static bool read_whole(int fd, char *octets, size_t len, uint64_t at)
{
	while (len > 0) {
		ssize_t got = pread(fd, octets, len, (off_t)at);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return false;
		octets += got;
		len -= (size_t)got;
		at += (uint64_t)got;
	}
	return true;
}

/* The code of the row at peeked, in the arena; NULL when there is no whole one any more. */
static const char *next_code(struct spool *spool, struct lead *lead, struct arena *arena)
{
	char *code;

	if (spool->peeked + sizeof *lead > spool->size ||
		!read_whole(spool->fd, (char *)lead, sizeof *lead, spool->peeked) ||
		lead->mark != LEAD_MARK || lead->len > ROW_CODE_MAX ||
		spool->peeked + sizeof *lead + lead->len > spool->size)
		return NULL;
	code = arena_alloc(arena, lead->len);
	if (!read_whole(spool->fd, code, lead->len, spool->peeked + sizeof *lead))
		return NULL;
	return code;
}

size_t spool_peek(struct spool *spool, struct row *rows, size_t max, size_t *broken, struct arena *arena)
{
	size_t count = 0;

	spool->peeked = spool->taken;
	while (count < max && spool->peeked < spool->size) {
		struct lead lead;
		const char *code = next_code(spool, &lead, arena);

		if (code == NULL) { /* half a row: the last that was written before a crash */
			(*broken)++;
			spool->peeked = spool->size;
			break;
		}
		spool->peeked += sizeof lead + lead.len;
		if (check_of(code, lead.len) == lead.check && row_decode(code, lead.len, &rows[count], arena))
			count++;
		else
			(*broken)++;
	}
	return count;
}

void spool_drop(struct spool *spool)
{
	spool->taken = spool->peeked;
	if (spool->taken == spool->size && ftruncate(spool->fd, 0) == 0)
		spool->taken = spool->size = spool->peeked = 0;
}
