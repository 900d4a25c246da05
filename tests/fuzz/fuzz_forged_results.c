/* The reader of foreign Authentication-Results on any octets: it must end, and what begins with our
 * id must always be recognised. */
#include "base/arena.h"
#include "base/buf.h"
#include "message/forged_results.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *arena = arena_new();
	const char *value = arena_copy(arena, (const char *)data, size);
	struct buf ours = buf_in(arena);

	(void)forged_results_claims(value, "mx.suite.test");
	buf_text(&ours, " mx.suite.test ; ");
	buf_text(&ours, value);
	if (!forged_results_claims(ours.data, "mx.suite.test"))
		abort();
	arena_free(&arena);
	return 0;
}
