#include "service/heap.h"

#include "base/chunk_pool.h"
#include "service/instrument.h"

#include <malloc.h>
#include <stdlib.h>

enum {
	HEAPS = 2, /* for many threads: what one has freed, another takes; glibc would have 8 for each
		      processor */
	/* Larger pieces (bodies, long fields) come from the kernel and go back to it. glibc begins with this
	 * and raises it to the largest piece ever freed, up to 32 MB; then they leave holes between small
	 * ones. */
	LARGE = 128 * 1024,
	QUIET_MS = 1000,
	TIDY_UNDER_LOAD_MS = 60 * 1000,
};

/* Each thread keeps up to seven freed pieces of every size for itself, up to 1 KB: with some hundred threads
 * that was a third of the heap. */
void heap_advise(void)
{
	(void)setenv("GLIBC_TUNABLES", "glibc.malloc.tcache_max=256", false);
}

void heap_set_up(struct heap *heap)
{
	*heap = (struct heap){.known = 0};
	if (!instrument_is_at_work()) /* it sees more when each chunk is a piece of its own */
		arena_draw_from(&chunk_pool);
#ifdef M_ARENA_MAX
	(void)mallopt(M_ARENA_MAX, HEAPS);
#endif
#ifdef M_MMAP_THRESHOLD
	(void)mallopt(M_MMAP_THRESHOLD, LARGE);
#endif
}

bool heap_tend(struct heap *heap, unsigned begun, bool at_work, int64_t now_ms)
{
	bool quiet;

	if (begun != heap->known || at_work) {
		heap->known = begun;
		heap->changed_ms = now_ms;
		heap->is_used = true;
	}
	quiet = now_ms - heap->changed_ms >= QUIET_MS;
	if (!heap->is_used || (!quiet && now_ms - heap->tidied_ms < TIDY_UNDER_LOAD_MS))
		return false;
	heap->is_used = !quiet;
	heap->tidied_ms = now_ms;
#ifdef __GLIBC__
	(void)malloc_trim(0);
#endif
	return true;
}
