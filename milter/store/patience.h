/* How long a database may keep its caller waiting: so long as the engine thinks right, unless the caller has
 * no time left. Asked several times a second, in the caller's thread. */
#ifndef STORE_PATIENCE_H
#define STORE_PATIENCE_H

#include <stdbool.h>
#include <stddef.h>

struct patience {
	bool (*is_over)(void *self); /* NULL: never */
	void *self;
};

static inline bool patience_is_over(const struct patience *patience)
{
	return patience->is_over != NULL && patience->is_over(patience->self);
}

#endif
