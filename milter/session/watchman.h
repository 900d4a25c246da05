/* Looks at every message of the process and says the loud line when it is our own trouble (report/watch). */
#ifndef SESSION_WATCHMAN_H
#define SESSION_WATCHMAN_H

struct arena;
struct findings;
struct sink;

/* Any thread. */
void watchman_look(const struct findings *findings, struct sink *sink, struct arena *arena);

#endif
