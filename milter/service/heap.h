/* What a worker does about the C library's heaps, so that its memory stays flat over any number of
 * messages. All figures: tests/soak/README.md. */
#ifndef SERVICE_HEAP_H
#define SERVICE_HEAP_H

#include <stdbool.h>
#include <stdint.h>

struct heap {
	unsigned known;     /* messages begun when it was looked at last … */
	int64_t changed_ms; /* … and when that number changed */
	int64_t tidied_ms;
	bool is_used; /* since it was tidied */
};

/* In a new process, before it becomes the program: what glibc's loader alone takes. An administrator's own
 * GLIBC_TUNABLES stay. */
void heap_advise(void);

/* Before threads start. */
void heap_set_up(struct heap *heap);

/* Gives the kernel back what lies free between what is in use: when nothing was begun for a moment, and
 * now and then under load, which takes some milliseconds. Called at every tick with the number of
 * messages begun so far, and whether one is at work. True when it did so. */
bool heap_tend(struct heap *heap, unsigned begun, bool at_work, int64_t now_ms);

#endif
