/* Memory that processes share by inheriting its descriptor. Nobody can make it smaller: a worker that an
 * intruder has taken over shall not be able to cut it off under the others. */
#ifndef BASE_SHARED_MEMORY_H
#define BASE_SHARED_MEMORY_H

#include <stddef.h>

/* Its descriptor, close-on-exec; zeros. -1 with errno. */
int shared_memory_new(const char *name, size_t size);

/* NULL with errno; EINVAL: it is of another size, handed over by another version of us. */
void *shared_memory_map(int memory, size_t size);

#endif
