/* Where everything known about a message goes at its very end: the one place that tells all who want
 * to hear. Called once per message, from the session or, later, from the diagnosis queue. */
#ifndef SESSION_OUTLETS_H
#define SESSION_OUTLETS_H

struct arena;
struct counters;
struct decision;
struct evidence_writer;
struct feed;
struct findings;
struct local_part_mask;
struct settings;
struct sink;

/* Borrowed, shared by all threads. */
struct outlets {
	struct sink *sink;
	struct counters *counters;
	struct feed *feed;                /* to the store */
	struct evidence_writer *evidence; /* NULL: none is kept */
	const struct settings *settings;
	const struct local_part_mask *failure_mask; /* for failure reports */
};

/* Any thread; never waits. */
void outlets_tell(const struct outlets *outlets, const struct findings *findings,
	const struct decision *decision, struct arena *arena);

#endif
