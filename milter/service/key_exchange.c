#include "service/key_exchange.h"

#include "base/arena.h"
#include "memory/key_memory.h"
#include "memory/key_store.h"
#include "store/database.h"

#include <stddef.h>

enum {
	PAUSE_S = 60,
	PORTION = 1000,    /* keys each way at once, and in one transaction */
	MERGED_MOST = 100, /* a worker that wants to write waits for that many at most */
	LATE_S = 900,      /* a message may be diagnosed, and its key written, so long after it came */
};

/* Everything up to there was told; what is seen again in the next minutes is told again, which does no harm.
 */
static int64_t mark_behind(const struct remembered_keys *keys, int64_t mark, int64_t now_s)
{
	int64_t last = keys->count > 0 ? keys->items[keys->count - 1].last_seen : mark;

	if (keys->count == PORTION)
		return last > mark ? last : mark + 1;
	return now_s - LATE_S > mark ? now_s - LATE_S : mark;
}

static bool send(struct key_exchange *exchange, struct database *database, struct key_marks *marks,
	int64_t now_s, struct fault *fault)
{
	struct arena *arena = arena_new();
	struct remembered_keys keys = {.count = 0};
	bool good = true;

	if (key_memory_since(exchange->memory, marks->sent, PORTION, arena, &keys)) {
		good = database_keys_put(database, &keys, fault);
		if (good) {
			marks->sent = mark_behind(&keys, marks->sent, now_s);
			exchange->sent += keys.count;
			if (keys.count == PORTION && marks->sent <= now_s)
				exchange->due_s = now_s + 1;
		}
	}
	arena_free(&arena);
	return good;
}

/* A clock of another machine may go wrong: nothing was seen later than now. */
static bool merge(struct key_exchange *exchange, const struct remembered_keys *keys, int64_t now_s)
{
	struct remembered_key some[MERGED_MOST];

	for (size_t done = 0; done < keys->count;) {
		struct remembered_keys part = {some, 0};

		while (part.count < MERGED_MOST && done < keys->count) {
			some[part.count] = keys->items[done++];
			if (some[part.count].last_seen > now_s)
				some[part.count].last_seen = now_s;
			part.count++;
		}
		if (!key_memory_merge(exchange->memory, &part))
			return false;
		exchange->got += part.count;
	}
	return true;
}

static bool receive(struct key_exchange *exchange, struct database *database, struct key_marks *marks,
	int64_t now_s, struct fault *fault)
{
	struct arena *arena = arena_new();
	struct key_parcel parcel = {.mark = marks->got};
	bool good = database_keys_since(database, &parcel, PORTION, arena, fault);

	if (good && merge(exchange, &parcel.keys, now_s)) {
		marks->got = parcel.mark;
		if (parcel.more)
			exchange->due_s = now_s + 1;
	}
	arena_free(&arena);
	return good;
}

bool key_exchange_tend(
	struct key_exchange *exchange, struct database *database, int64_t now_s, struct fault *fault)
{
	char origin[KEYS_ORIGIN_SIZE];
	struct key_marks marks;
	bool good;

	if (exchange->due_s > now_s + PAUSE_S)
		exchange->due_s = now_s; /* the clock was set back */
	if (exchange->memory == NULL || now_s < exchange->due_s)
		return true;
	exchange->due_s = now_s + PAUSE_S;
	if (!database_keys_origin(database, origin, fault))
		return false;
	if (origin[0] == '\0' || !key_memory_marks(exchange->memory, origin, &marks))
		return true;
	if (marks.sent > now_s)
		marks.sent = now_s - LATE_S; /* the clock was set back: what is seen now was not told */
	good = send(exchange, database, &marks, now_s, fault) &&
	       receive(exchange, database, &marks, now_s, fault);
	(void)key_memory_set_marks(exchange->memory, origin, &marks);
	return good;
}
