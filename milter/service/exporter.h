/* The process that shows the counters to Prometheus (metrics/endpoint). */
#ifndef SERVICE_EXPORTER_H
#define SERVICE_EXPORTER_H

/* The body of the process; returns the exit status when its lifeline closes or it cannot start. */
int exporter_run(void);

#endif
