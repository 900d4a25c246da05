/* The DMARC record parser on any octets, and libopendmarc on what we hand to it: both must agree. */
#include "base/arena.h"
#include "records/dmarc_record.h"
#include "verify/dmarc_library.h"
#include "verify/dmarc_policy.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *arena = arena_new();
	struct dmarc_record record = dmarc_record_parse((const char *)data, size, arena);
	struct dmarc_record again;
	const char *normal;
	struct dmarc_choice choice;

	if (record.fault_position > size || record.bad_tag_position > size)
		abort();
	if (record.fault == DMARCRECORD_OK) {
		normal = dmarc_record_normal_form(&record, arena);
		again = dmarc_record_parse(normal, strlen(normal), arena);
		choice = dmarc_policy_choice(&record, true, true);
		if (again.fault != DMARCRECORD_OK || again.p != record.p || again.sp != record.sp)
			abort();
		if (dmarc_library_ask(normal, "m.x.example", "x.example", false, false) !=
			(enum library_policy)(LIBRARY_NONE + (int)choice.policy))
			abort();
	}
	arena_free(&arena);
	return 0;
}
