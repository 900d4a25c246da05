/* The clocks of this machine. Not part of libpure: decisions get the time as a number. */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdint.h>

/* Never jumps; only differences mean anything. */
int64_t clock_monotonic_ms(void);

/* Processor time of this thread; only differences mean anything. */
int64_t clock_thread_cpu_ms(void);

/* Seconds since 1970, as the machine believes. */
int64_t clock_wall(void);

/* The same in milliseconds, for comparing the clocks. */
int64_t clock_wall_ms(void);

#endif
