/* The process that writes verdicts into the store (store/). */
#ifndef SERVICE_WRITER_H
#define SERVICE_WRITER_H

/* The body of the process; returns the exit status when its lifeline closes, with all that came until then
 * in the store or its spool, or when it cannot start. */
int writer_run(void);

#endif
