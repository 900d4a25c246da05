#include "store/feed.h"

#include "base/arena.h"
#include "store/ring.h"
#include "store/row.h"

#include <errno.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
	WISHED_BUFFER = 8 * 1024 * 1024,
	BIRTH_DIGITS = 16,
	COUNT_DIGITS = 8,
	ID_DIGITS = BIRTH_DIGITS + COUNT_DIGITS,
};

/* More than net.core.wmem_max only for root; what the kernel gives is enough for the writer's pauses. */
static void enlarge(int fd)
{
	int size = WISHED_BUFFER;

	if (setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &size, sizeof size) != 0)
		(void)setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof size);
}

bool feed_ends(int *sending, int *receiving, struct fault *fault)
{
	int ends[2];

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0) {
		fault_set(fault, "no way to the store: %s", strerror(errno));
		return false;
	}
	enlarge(ends[0]);
	*sending = ends[0];
	*receiving = ends[1];
	return true;
}

void feed_begin(struct feed *feed, int sending, struct ring *ring)
{
	feed->fd = sending;
	feed->ring = ring;
	feed->process = getpid();
	atomic_init(&feed->count, 0);
	if (getrandom(&feed->birth, sizeof feed->birth, 0) != (ssize_t)sizeof feed->birth)
		feed->birth = 0;
}

bool feed_wants(const struct feed *feed)
{
	return feed->fd >= 0;
}

static void put_hex(char *text, uint64_t number, int digits)
{
	for (; digits > 0; number >>= 4)
		text[--digits] = "0123456789abcdef"[number & 0xf];
}

static const char *next_id(struct feed *feed, struct arena *arena)
{
	uint64_t count = atomic_fetch_add(&feed->count, 1);
	char *id = arena_room(arena, ID_DIGITS + 1);

	put_hex(id, feed->birth + (count >> 32), BIRTH_DIGITS);
	put_hex(id + BIRTH_DIGITS, count, COUNT_DIGITS);
	id[ID_DIGITS] = '\0';
	return id;
}

bool feed_put(struct feed *feed, const struct findings *findings, const struct decision *decision,
	const struct row_texts *texts, struct arena *arena)
{
	struct row row = row_of(findings, decision, texts, next_id(feed, arena), arena);
	size_t len;
	const char *code = row_encode(&row, &len, arena);

	if (feed->ring != NULL && ring_put(feed->ring, feed->process, code, len))
		return true;
	return send(feed->fd, code, len, MSG_DONTWAIT | MSG_NOSIGNAL) == (ssize_t)len;
}
