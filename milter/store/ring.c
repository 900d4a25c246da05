#include "store/ring.h"

#include "base/shared_memory.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>

/* The second: what many workers put in the tenth of a second between two looks. */
enum { LINE = 64, SIZE = 1024 * 1024 };

/* In front of each packet. */
enum { LEAD = sizeof(uint32_t) };

struct ring {
	/* octets since the beginning; moved by whom "putting" names, and by who takes */
	_Alignas(LINE) atomic_uint_fast64_t put;
	_Alignas(LINE) atomic_uint_fast64_t taken;
	_Alignas(LINE) atomic_int putting; /* a process; 0: nobody */
	atomic_bool is_open;
	_Alignas(LINE) char octets[SIZE];
};

int ring_memory_new(struct fault *fault)
{
	int memory = shared_memory_new("sekisho-ring", sizeof(struct ring));

	if (memory < 0)
		fault_set(fault, "no memory on the way to the store: %s", strerror(errno));
	return memory;
}

struct ring *ring_map(int memory)
{
	return shared_memory_map(memory, sizeof(struct ring));
}

void ring_unmap(struct ring **ring)
{
	if (*ring != NULL)
		(void)munmap(*ring, sizeof **ring);
	*ring = NULL;
}

/* What of so many octets from there on lies before the end; the rest lies at the beginning. */
static size_t before_end(uint64_t at, size_t len)
{
	size_t left = SIZE - (size_t)(at % SIZE);

	return len < left ? len : left;
}

static void copy_in(struct ring *ring, uint64_t at, const void *octets, size_t len)
{
	size_t first = before_end(at, len);

	memcpy(ring->octets + at % SIZE, octets, first);
	memcpy(ring->octets, (const char *)octets + first, len - first);
}

static void copy_out(const struct ring *ring, uint64_t at, void *into, size_t len)
{
	size_t first = before_end(at, len);

	memcpy(into, ring->octets + at % SIZE, first);
	memcpy((char *)into + first, ring->octets, len - first);
}

bool ring_put(struct ring *ring, int process, const void *octets, size_t len)
{
	uint32_t lead = (uint32_t)len;
	int nobody = 0;
	uint64_t at, used;
	bool fits;

	if (!atomic_load(&ring->is_open) || !atomic_compare_exchange_strong(&ring->putting, &nobody, process))
		return false;
	at = atomic_load_explicit(&ring->put, memory_order_relaxed);
	used = at - atomic_load_explicit(&ring->taken, memory_order_acquire);
	fits = used <= SIZE && LEAD + len <= SIZE - used;
	if (fits) {
		copy_in(ring, at, &lead, LEAD);
		copy_in(ring, at + LEAD, octets, len);
		atomic_store_explicit(&ring->put, at + LEAD + len, memory_order_release);
	}
	atomic_store_explicit(&ring->putting, 0, memory_order_release);
	return fits;
}

bool ring_is_empty(const struct ring *ring)
{
	return atomic_load_explicit(&ring->taken, memory_order_relaxed) ==
	       atomic_load_explicit(&ring->put, memory_order_acquire);
}

size_t ring_take(struct ring *ring, void *into, size_t most)
{
	uint64_t at = atomic_load_explicit(&ring->taken, memory_order_relaxed);
	uint64_t end = atomic_load_explicit(&ring->put, memory_order_acquire);
	uint32_t len = 0;

	if (at == end)
		return 0;
	copy_out(ring, at, &len, LEAD);
	/* nobody of ours writes so: a worker that an intruder has taken over does */
	if (end - at > SIZE || end - at < LEAD || len == 0 || len > most || len > end - at - LEAD) {
		atomic_store(&ring->taken, end);
		return 0;
	}
	copy_out(ring, at + LEAD, into, len);
	atomic_store_explicit(&ring->taken, at + LEAD + len, memory_order_release);
	return len;
}

void ring_open(struct ring *ring, bool is_open)
{
	atomic_store(&ring->is_open, is_open);
}

void ring_bury(struct ring *ring, int process)
{
	(void)atomic_compare_exchange_strong(&ring->putting, &process, 0);
}
