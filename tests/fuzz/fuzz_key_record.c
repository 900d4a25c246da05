/* The key record on any octets: what is good must be the same key when read back from its plainest form. */
#include "base/arena.h"
#include "records/key_record.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *arena = arena_new();
	const char *text = arena_copy(arena, (const char *)data, size);
	struct key_record key = key_record_read(arena, text, size);

	if (key.fault_position > size || key.fault_text == NULL || key.p == NULL)
		abort();
	(void)key_record_allows_hash(&key, "sha256");
	(void)key_record_serves_email(&key);
	if (key.fault == KEYFAULT_NONE && !key.revoked && key.type != KEYTYPE_UNKNOWN) {
		const char *plain = key_record_plain(&key, arena);
		struct key_record again = key_record_read(arena, plain, strlen(plain));

		if (again.fault != KEYFAULT_NONE || again.type != key.type || again.bits != key.bits ||
			again.octets.len != key.octets.len ||
			memcmp(again.octets.at, key.octets.at, key.octets.len) != 0)
			abort();
	}
	arena_free(&arena);
	return 0;
}
