#include "replay/evidence_ring.h"

#include "base/arena.h"
#include "base/text.h"
#include "replay/evidence_files.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	ID_MAX = 40,
	FILE_MODE = 0640,
};

static const char ledger_name[] = "ledger";
static const char mark[8] = "sekisho1";

/* The ledger: this, then as many places as count says. */
struct head {
	char mark[8];
	uint32_t count; /* places */
	uint32_t next;  /* the place to be written: the oldest of a full ring */
	uint64_t octets;
};

/* Free when the name is "". */
struct place {
	char name[EVIDENCE_NAME_SIZE]; /* of the two files, without .case and .eml */
	uint32_t octets;               /* 0: not whole yet */
};

struct evidence_ring {
	char *folder;
	uint32_t count;
	uint64_t octets;
	int fd, ledger; /* -1: to be opened again */
};

const char *evidence_folder(const char *key_memory, struct arena *arena)
{
	const char *slash = strrchr(key_memory, '/');

	return slash == NULL ? ""
			     : arena_printf(arena, "%.*s/evidence", (int)(slash - key_memory), key_memory);
}

static bool read_at(int fd, void *to, size_t size, off_t at)
{
	return pread(fd, to, size, at) == (ssize_t)size;
}

static bool write_at(int fd, const void *from, size_t size, off_t at)
{
	return pwrite(fd, from, size, at) == (ssize_t)size;
}

static off_t offset_of(uint32_t place)
{
	return (off_t)(sizeof(struct head) + (size_t)place * sizeof(struct place));
}

/* Given back when the process dies. */
static bool lock(int fd, short type)
{
	struct flock region = {.l_type = type, .l_whence = SEEK_SET};

	while (fcntl(fd, F_OFD_SETLKW, &region) != 0)
		if (errno != EINTR)
			return false;
	return true;
}

static bool head_is_good(const struct head *head, const struct stat *status)
{
	return memcmp(head->mark, mark, sizeof mark) == 0 && head->count > 0 && head->next < head->count &&
	       status->st_size == offset_of(head->count);
}

/* Who died between the steps of an item left a sum that does not fit its places. With the lock held. */
static bool recount(const struct evidence_ring *ring, struct head *head)
{
	uint64_t octets = 0;

	for (uint32_t i = 0; i < head->count; i++) {
		struct place place;

		if (!read_at(ring->ledger, &place, sizeof place, offset_of(i)))
			return false;
		octets += place.name[0] != '\0' ? place.octets : 0;
	}
	if (octets == head->octets)
		return true;
	head->octets = octets;
	return write_at(ring->ledger, head, sizeof *head, 0);
}

/* A ledger of another size, or a broken one, begins anew. With the lock held. */
static bool begin_ledger(struct evidence_ring *ring)
{
	struct head head = {.count = ring->count}, old;
	struct stat status;

	if (fstat(ring->ledger, &status) == 0 && read_at(ring->ledger, &old, sizeof old, 0) &&
		head_is_good(&old, &status) && old.count == ring->count)
		return recount(ring, &old);
	memcpy(head.mark, mark, sizeof mark);
	evidence_files_clear(ring->fd);
	return ftruncate(ring->ledger, 0) == 0 && ftruncate(ring->ledger, offset_of(ring->count)) == 0 &&
	       write_at(ring->ledger, &head, sizeof head, 0);
}

static void close_ledger(struct evidence_ring *ring)
{
	if (ring->ledger >= 0)
		(void)close(ring->ledger);
	if (ring->fd >= 0)
		(void)close(ring->fd);
	ring->ledger = ring->fd = -1;
}

static bool open_ledger(struct evidence_ring *ring, struct fault *fault)
{
	bool good;

	ring->fd = open(ring->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	ring->ledger = ring->fd < 0 ? -1
				    : openat(ring->fd, ledger_name, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW,
					      FILE_MODE);
	good = ring->ledger >= 0 && lock(ring->ledger, F_WRLCK) && begin_ledger(ring);
	if (!good)
		fault_set(fault, "the evidence in %s cannot be kept: %s", ring->folder, strerror(errno));
	if (ring->ledger >= 0)
		(void)lock(ring->ledger, F_UNLCK);
	if (!good)
		close_ledger(ring);
	return good;
}

struct evidence_ring *evidence_ring_open(
	const char *folder, unsigned count, uint64_t octets, struct fault *fault)
{
	struct evidence_ring *ring = calloc(1, sizeof *ring);

	if (ring == NULL || (ring->folder = strdup(folder)) == NULL)
		abort();
	ring->count = count;
	ring->octets = octets;
	ring->fd = ring->ledger = -1;
	if (!open_ledger(ring, fault))
		evidence_ring_close(&ring);
	return ring;
}

void evidence_ring_close(struct evidence_ring **ring)
{
	if (ring == NULL || *ring == NULL)
		return;
	close_ledger(*ring);
	free((*ring)->folder);
	free(*ring);
	*ring = NULL;
}

static bool read_place(const struct evidence_ring *ring, uint32_t number, struct place *place)
{
	if (!read_at(ring->ledger, place, sizeof *place, offset_of(number)))
		return false;
	place->name[EVIDENCE_NAME_SIZE - 1] = '\0';
	if (strchr(place->name, '/') != NULL)
		place->name[0] = '\0';
	return true;
}

static bool write_place(const struct evidence_ring *ring, uint32_t number, const struct place *place)
{
	return write_at(ring->ledger, place, sizeof *place, offset_of(number));
}

static void take_off(struct head *head, const struct place *place)
{
	head->octets -= place->octets < head->octets ? place->octets : head->octets;
}

/* The files go first: a name in the ledger without files does no harm. */
static bool free_place(const struct evidence_ring *ring, struct head *head, uint32_t number)
{
	struct place place, empty = {.octets = 0};

	if (!read_place(ring, number, &place))
		return false;
	if (place.name[0] == '\0')
		return true;
	evidence_files_remove(ring->fd, place.name);
	take_off(head, &place);
	return write_place(ring, number, &empty);
}

/* The oldest behind the place to be written go until there is room. */
static bool make_room(const struct evidence_ring *ring, struct head *head, size_t octets)
{
	for (uint32_t i = 1; i < head->count && head->octets + octets > ring->octets; i++)
		if (!free_place(ring, head, (head->next + i) % head->count))
			return false;
	return true;
}

/* "4bX1yz-65e1f2a3": letters and digits of the queue id, and the time. The dash is not in an id. */
static void name_of(const char *queue_id, char name[EVIDENCE_NAME_SIZE])
{
	size_t len = 0;

	for (; len < ID_MAX && queue_id[len] != '\0'; len++)
		name[len] = text_is_alnum(queue_id[len]) ? queue_id[len] : '_';
	if (len == 0)
		name[len++] = '_';
	name[len] = '\0';
}

static struct place place_of(const struct evidence_item *item)
{
	struct place place = {.octets = 0};

	name_of(item->queue_id, place.name);
	(void)snprintf(place.name + strlen(place.name), EVIDENCE_NAME_SIZE - strlen(place.name),
		"-%08" PRIx32, (uint32_t)item->now);
	return place;
}

/* With the lock held. */
static bool put(const struct evidence_ring *ring, const struct evidence_item *item)
{
	size_t octets = strlen(item->text) + item->message_len;
	struct place place = place_of(item), oldest;
	struct stat status;
	struct head head;

	if (fstat(ring->ledger, &status) != 0 || !read_at(ring->ledger, &head, sizeof head, 0) ||
		!head_is_good(&head, &status) || !read_place(ring, head.next, &oldest))
		return false;
	take_off(&head, &oldest);
	if (!make_room(ring, &head, octets) || !write_place(ring, head.next, &place))
		return false;
	if (oldest.name[0] != '\0')
		evidence_files_rename(ring->fd, oldest.name, place.name);
	if (!evidence_files_write(ring->fd, place.name, item)) {
		evidence_files_remove(ring->fd, place.name);
		(void)write_at(ring->ledger, &head, sizeof head, 0);
		return false;
	}
	place.octets = (uint32_t)octets;
	if (!write_place(ring, head.next, &place))
		return false;
	head.octets += octets;
	head.next = (head.next + 1) % head.count;
	return write_at(ring->ledger, &head, sizeof head, 0);
}

/* Somebody deleted it. */
static bool is_gone(const struct evidence_ring *ring)
{
	struct stat status;

	return ring->ledger < 0 || fstat(ring->ledger, &status) != 0 || status.st_nlink == 0;
}

bool evidence_ring_put(struct evidence_ring *ring, const struct evidence_item *item, struct fault *fault)
{
	bool good;

	if (strlen(item->text) + item->message_len > ring->octets / 2) {
		fault_set(fault, "the evidence of %.40s is too large to be kept", item->queue_id);
		return false;
	}
	if (is_gone(ring)) {
		close_ledger(ring);
		if (!open_ledger(ring, fault))
			return false;
	}
	good = lock(ring->ledger, F_WRLCK) && put(ring, item);
	if (!good)
		fault_set(fault, "the evidence in %s cannot be written: %s", ring->folder, strerror(errno));
	(void)lock(ring->ledger, F_UNLCK);
	if (!good)
		close_ledger(ring);
	return good;
}

/* The place's name begins with the id and a dash; how new it is by its time. */
static bool is_newer(const struct place *place, const char *wanted, const char *found)
{
	size_t len = strlen(wanted);

	return place->octets > 0 && strncmp(place->name, wanted, len) == 0 && place->name[len] == '-' &&
	       strchr(place->name, '/') == NULL && strcmp(place->name, found) > 0;
}

const char *evidence_find(const char *folder, const char *queue_id, struct arena *arena, struct fault *fault)
{
	const char *path = arena_printf(arena, "%s/%s", folder, ledger_name);
	char wanted[EVIDENCE_NAME_SIZE], found[EVIDENCE_NAME_SIZE] = "";
	FILE *ledger = fopen(path, "re");
	struct head head;
	struct place place;

	if (ledger == NULL || fread(&head, sizeof head, 1, ledger) != 1) {
		fault_set(fault, "no evidence can be read in %s: %s", folder,
			ledger == NULL ? strerror(errno) : "the ledger is broken");
		if (ledger != NULL)
			(void)fclose(ledger);
		return NULL;
	}
	name_of(queue_id, wanted);
	while (fread(&place, sizeof place, 1, ledger) == 1) {
		place.name[EVIDENCE_NAME_SIZE - 1] = '\0';
		if (is_newer(&place, wanted, found))
			memcpy(found, place.name, sizeof found);
	}
	(void)fclose(ledger);
	if (found[0] != '\0')
		return arena_printf(arena, "%s/%s.case", folder, found);
	fault_set(fault, "no evidence of %.60s is kept in %s", queue_id, folder);
	return NULL;
}
