/* Is a debugging tool in this process that needs what we would forbid: system calls, memory? */
#ifndef SERVICE_INSTRUMENT_H
#define SERVICE_INSTRUMENT_H

#include <stdbool.h>

/* valgrind, or a sanitizer that the compiler has built in. */
bool instrument_is_at_work(void);

#endif
