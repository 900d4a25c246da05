/* Where one message is worked on. A connection takes a desk when a message begins and gives it back behind
 * its end, so that thousands of idle connections hold none and a new connection finds one ready. */
#ifndef SESSION_DESK_H
#define SESSION_DESK_H

struct arena;
struct inspection;
struct inspector;

struct desk {
	struct inspection *inspection; /* whoever takes it away sets it NULL */
	struct arena *arena;           /* what is rendered at the end of the message */
};

/* Any thread. Every desk of a process is for the same inspector. */
struct desk *desk_take(const struct inspector *inspector);
void desk_give(struct desk **desk);

#endif
