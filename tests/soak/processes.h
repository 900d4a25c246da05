/* What the workers of a supervisor and its companions hold, from /proc: as root, or as their user. */
#ifndef SOAK_PROCESSES_H
#define SOAK_PROCESSES_H

#include <stdbool.h>

enum { WORKERS_MAX = 64 };

struct holdings {
	int workers[WORKERS_MAX];
	int count;
	long rss_kb;                    /* of the workers */
	long pss_kb, supervisor_pss_kb; /* shared pages counted in parts */
	long anonymous_kb;              /* of the workers: what they have written to */
	int descriptors, threads;       /* of all workers */
	double cpu_s;                   /* spent by all workers so far */
};

/* False when there is no such process. */
bool holdings_of(int supervisor, struct holdings *holdings);

/* Are they still the same processes? */
bool holdings_same_workers(const struct holdings *a, const struct holdings *b);

#endif
