/* The lines of a .case file, each into the case it describes. Private to replay/. */
#ifndef REPLAY_CASE_KEYWORDS_H
#define REPLAY_CASE_KEYWORDS_H

#include "base/text.h"
#include "replay/case_file.h"

enum { CASE_KEYWORDS = 15 };

/* A list being filled; room for as many items as the file has lines. */
struct case_list {
	const char **items;
	size_t count;
};

struct case_reader {
	struct case_file *file;
	struct arena *arena;
	struct settings *scratch; /* takes the options, to see whether they can be read */
	struct case_list recipients;
	struct remembered_key *seen_keys;
	size_t seen_key_count;
	struct body_digest *body_digests;
	struct case_pair *options, *expectations;
	unsigned seen[CASE_KEYWORDS]; /* lines of each keyword */
};

/* Takes a line that is neither empty nor a comment. False with the reason in why. */
bool case_take_line(struct case_reader *reader, struct span line, struct fault *why);

/* False, and which is missing, when a line that each case needs is not there. */
bool case_is_complete(const struct case_reader *reader, struct fault *why);

#endif
