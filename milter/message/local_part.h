/* What is in front of the "@": kept, replaced by a keyed hash that is the same for the same address and can
 * be looked up in no table of hashes, or left out. For what is written down and kept. */
#ifndef MESSAGE_LOCAL_PART_H
#define MESSAGE_LOCAL_PART_H

#include <stddef.h>
#include <stdint.h>

struct arena;

/* In the order of the words of log-local-part in options.def. */
enum local_part_kept { LOCAL_PART_FULL, LOCAL_PART_HASH, LOCAL_PART_NONE };

enum { LOCAL_PART_SECRET_SIZE = 32 };

struct local_part_mask {
	enum local_part_kept kept;
	uint8_t secret[LOCAL_PART_SECRET_SIZE]; /* for the hash */
};

/* "taro@hoge.example" becomes "#5f0c8e21a3b4d697@hoge.example" or "@hoge.example"; a name without "@" is all
 * local part. A NULL mask keeps everything, and so it is with "" and "<>". */
const char *local_part_masked(const struct local_part_mask *mask, const char *address, struct arena *arena);

/* The same for every address in a text, such as a header field. */
const char *local_parts_masked(
	const struct local_part_mask *mask, const char *text, size_t len, struct arena *arena);

/* A text of ours that may quote the address: those places only. */
const char *local_part_masked_in(
	const struct local_part_mask *mask, const char *text, const char *address, struct arena *arena);

#endif
