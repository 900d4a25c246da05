/* Fields of the incoming message that a reader could take for ours, to be deleted. */
#ifndef INSPECT_CLAIMS_H
#define INSPECT_CLAIMS_H

struct arena;
struct findings;
struct header_list;
struct inspector;

/* Sets forged_results, forged_causes and their counts. */
void claims_find(const struct inspector *inspector, const struct header_list *header, struct arena *arena,
	struct findings *findings);

#endif
