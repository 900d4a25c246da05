/* DNS data as it comes from the wire, and as a zone file writes it; the first octet chooses the type. */
#include "base/arena.h"
#include "dns/presentation.h"
#include "dns/rdata.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static const enum rr_type types[] = {RR_A, RR_AAAA, RR_CNAME, RR_MX, RR_NS, RR_PTR, RR_SPF, RR_TXT};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *arena;
	struct rdata read;
	struct fault fault = {.text = ""};
	enum rr_type type;
	const char *text;

	if (size == 0)
		return 0;
	arena = arena_new();
	type = types[data[0] % (sizeof types / sizeof types[0])];
	/* a copy of its own: reading behind it must be seen */
	text = memcpy(malloc(size), data + 1, size - 1);
	memset(&read, 0, sizeof read);
	if (rdata_read(type, (const uint8_t *)text, size - 1, arena, &read) && read.text == NULL)
		abort();
	memset(&read, 0, sizeof read);
	if (!presentation_rdata(type, (struct span){text, size - 1}, arena, &read, &fault) &&
		fault.text[0] == '\0')
		abort();
	free((void *)(uintptr_t)text);
	arena_free(&arena);
	return 0;
}
