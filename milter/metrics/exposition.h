/* The counters as text, in the exposition format 0.0.4 of Prometheus. */
#ifndef METRICS_EXPOSITION_H
#define METRICS_EXPOSITION_H

struct arena;
struct counters;

const char *exposition_text(const struct counters *counters, struct arena *arena);

#endif
