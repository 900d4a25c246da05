/* The tags of a DKIM-Signature on any octets. */
#include "base/arena.h"
#include "records/signature_tags.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *arena = arena_new();
	const char *value = arena_copy(arena, (const char *)data, size);
	struct signature_tags tags = signature_tags_read(arena, value, size);

	if (tags.fault_text == NULL || tags.domain == NULL || tags.selector == NULL ||
		tags.signed_fields == NULL)
		abort();
	if (tags.fault == SIGFAULT_NONE && (tags.domain_name[0] == '\0' || tags.key_name[0] == '\0' ||
						   tags.body_hash.len != tags.digest_len))
		abort();
	arena_free(&arena);
	return 0;
}
