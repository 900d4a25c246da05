/* What a verdict rests on, as a .case file for the ring (replay/evidence_ring.h): the session without its
 * recipients, the header, every DNS answer, and what was found. The body only when it is wanted. */
#ifndef SESSION_EVIDENCE_H
#define SESSION_EVIDENCE_H

struct arena;
struct decision;
struct evidence_writer;
struct findings;
struct settings;

/* Any thread; never waits. A NULL writer keeps nothing. */
void evidence_keep(struct evidence_writer *writer, const struct settings *settings,
	const struct findings *findings, const struct decision *decision, struct arena *arena);

#endif
