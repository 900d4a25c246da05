/* Everything known about one message when its inspection is over: what report/ renders. */
#ifndef DIAGNOSE_FINDINGS_H
#define DIAGNOSE_FINDINGS_H

#include "diagnose/diagnosis.h"
#include "facts/verdicts.h"

struct author;
struct envelope;
struct header_list;
struct local_part_mask;

struct findings {
	const struct envelope *envelope;
	const struct header_list *header;
	const struct author *author;
	const struct verdicts *verdicts;
	struct diagnoses diagnoses;
	struct evidence evidence;
	const char *authserv_id;
	bool receiver_view;           /* the log shall say what large receivers would make of it */
	const size_t *forged_results; /* numbers of Authentication-Results fields to delete, highest first */
	size_t forged_count;
	const size_t *forged_causes; /* the same for X-Sekisho-Cause */
	size_t forged_cause_count;
	const struct local_part_mask *mask; /* for what is written down; NULL: everything may be */
	struct span body;                   /* as it arrived, when evidence of it is wanted; else empty */
	int64_t now;
	int took_ms; /* what the MTA waited for: inspection with its DNS */
	int dns_waited_ms;
	unsigned dns_questions; /* those of the diagnosis included */
	bool deepened;          /* the diagnosis went on behind the verdicts */
	int diagnosis_ms;       /* and took so long */
};

#endif
