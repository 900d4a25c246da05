/* Starts the questions that every message will have; nothing waits for them here. */
#ifndef INSPECT_WARMING_H
#define INSPECT_WARMING_H

struct arena;
struct dns;
struct envelope;

/* The sender's record, the client's reverse name, the address of what it calls itself. */
void envelope_warm(struct dns *dns, const struct envelope *envelope, struct arena *arena);

#endif
