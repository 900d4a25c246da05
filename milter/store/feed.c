#include "store/feed.h"

#include "base/arena.h"
#include "store/row.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>

enum { WISHED_BUFFER = 8 * 1024 * 1024 };

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

void feed_begin(struct feed *feed, int sending)
{
	feed->fd = sending;
	atomic_init(&feed->count, 0);
	if (getrandom(&feed->birth, sizeof feed->birth, 0) != (ssize_t)sizeof feed->birth)
		feed->birth = 0;
}

bool feed_wants(const struct feed *feed)
{
	return feed->fd >= 0;
}

bool feed_put(struct feed *feed, const struct findings *findings, const struct decision *decision,
	const struct row_texts *texts, struct arena *arena)
{
	const char *id, *code;
	struct row row;
	size_t len;

	id = arena_printf(
		arena, "%016" PRIx64 "%08" PRIx64, feed->birth, (uint64_t)atomic_fetch_add(&feed->count, 1));
	row = row_of(findings, decision, texts, id, arena);
	code = row_encode(&row, &len, arena);
	return send(feed->fd, code, len, MSG_DONTWAIT | MSG_NOSIGNAL) == (ssize_t)len;
}
