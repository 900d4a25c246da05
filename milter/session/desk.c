#include "session/desk.h"

#include "base/arena.h"
#include "inspect/inspection.h"

#include <pthread.h>
#include <stdlib.h>

enum { SPARE_MAX = 16 }; /* ours; each keeps up to 256 KB */

static struct {
	pthread_mutex_t lock;
	struct desk *desks[SPARE_MAX];
	size_t count;
} spare = {.lock = PTHREAD_MUTEX_INITIALIZER};

static struct desk *take_spare(void)
{
	struct desk *desk = NULL;

	(void)pthread_mutex_lock(&spare.lock);
	if (spare.count > 0)
		desk = spare.desks[--spare.count];
	(void)pthread_mutex_unlock(&spare.lock);
	return desk;
}

struct desk *desk_take(const struct inspector *inspector)
{
	struct desk *desk = take_spare();

	if (desk == NULL)
		desk = calloc(1, sizeof *desk);
	if (desk == NULL)
		abort();
	if (desk->arena == NULL)
		desk->arena = arena_new();
	if (desk->inspection == NULL)
		desk->inspection = inspection_new(inspector);
	return desk;
}

static void desk_free(struct desk *desk)
{
	inspection_free(&desk->inspection);
	arena_free(&desk->arena);
	free(desk);
}

void desk_give(struct desk **desk)
{
	struct desk *given = *desk;

	*desk = NULL;
	if (given == NULL)
		return;
	if (given->inspection != NULL)
		inspection_abandon(given->inspection);
	arena_reset(given->arena);
	(void)pthread_mutex_lock(&spare.lock);
	if (spare.count < SPARE_MAX) {
		spare.desks[spare.count++] = given;
		given = NULL;
	}
	(void)pthread_mutex_unlock(&spare.lock);
	if (given != NULL)
		desk_free(given);
}
