/* The kinds of message of a soak: lines "WEIGHT end|abort|gone FILE WORD…", where each word must be in
 * the results that are given, or, after "!", must not; "~" stands for a blank. */
#ifndef SOAK_MANIFEST_H
#define SOAK_MANIFEST_H

#include "support/milter_flow.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

enum { KINDS_MAX = 1000, WORDS_MAX = 8 };

struct kind {
	char name[128];
	unsigned weight;
	enum flow_ending ending;
	struct flow flow;
	char words[WORDS_MAX][64];
	unsigned word_count;
	atomic_uint sent, wrong;
};

struct manifest {
	struct kind kinds[KINDS_MAX];
	unsigned count, weights;
};

/* Files are in the folder of the manifest. False with a line on standard error. */
bool manifest_read(struct manifest *manifest, const char *path);
void manifest_free(struct manifest *manifest);

struct kind *manifest_pick(struct manifest *manifest, uint64_t dice);

bool kind_is_right(const struct kind *kind, const struct flow_answer *answer);

#endif
