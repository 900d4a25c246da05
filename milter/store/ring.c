#include "store/ring.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* The second: what many workers put in the tenth of a second between two looks. */
enum { LINE = 64, SIZE = 1024 * 1024 };

/* In front of each packet. */
enum { LEAD = sizeof(uint32_t) };

struct ring {
	_Alignas(LINE)
		atomic_uint_fast64_t put; /* octets since the beginning; moved by whom "putting" names */
	_Alignas(LINE) atomic_uint_fast64_t taken;
	_Alignas(LINE) atomic_int putting; /* a process; 0: nobody */
	atomic_bool is_open;
	_Alignas(LINE) char octets[SIZE];
};

int ring_memory_new(struct fault *fault)
{
	int memory = memfd_create("sekisho-ring", MFD_CLOEXEC | MFD_ALLOW_SEALING);

	/* a worker that an intruder has taken over shall not be able to cut it off under the writer */
	if (memory >= 0 && ftruncate(memory, sizeof(struct ring)) == 0 &&
		fcntl(memory, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) == 0)
		return memory;
	fault_set(fault, "no memory on the way to the store: %s", strerror(errno));
	if (memory >= 0)
		(void)close(memory);
	return -1;
}

struct ring *ring_map(int memory)
{
	void *mapped;

	if (lseek(memory, 0, SEEK_END) != (off_t)sizeof(struct ring)) /* or of another version of us */
		return NULL;
	mapped = mmap(NULL, sizeof(struct ring), PROT_READ | PROT_WRITE, MAP_SHARED, memory, 0);
	return mapped != MAP_FAILED ? mapped : NULL;
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
