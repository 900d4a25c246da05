/* The page that Prometheus reads, over HTTP (libmicrohttpd). Anybody who can connect may read it: it has
 * counts, no addresses and no names. */
#ifndef METRICS_ENDPOINT_H
#define METRICS_ENDPOINT_H

#include "base/fault.h"

struct counters;
struct endpoint;

/* Serves GET /metrics on a listening socket, which it takes over, with a thread of its own. NULL with
 * the reason in fault. counters are borrowed. */
struct endpoint *endpoint_open(int listening_fd, const struct counters *counters, struct fault *fault);
void endpoint_close(struct endpoint **endpoint);

#endif
