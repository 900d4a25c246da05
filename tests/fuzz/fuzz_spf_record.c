/* The SPF record and its macros on any octets: terms lie inside the text, every expansion ends and is
 * within its limits. */
#include "base/arena.h"
#include "records/spf_macro.h"
#include "records/spf_record.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct spf_macro_values values = {
	.sender = "strong-bad@email.example.com",
	.local = "strong-bad",
	.sender_domain = "email.example.com",
	.domain = "email.example.com",
	.helo = "mail.example.com",
	.receiver = "mx.rx.example",
	.validated = "unknown",
	.client = {.family = NETADDR_IPV4, .octets = {192, 0, 2, 3}},
};

static void check_record(const char *text, size_t size, struct arena *arena)
{
	struct spf_record record = spf_record_parse(arena, text, size);

	if (record.fault_position > size || record.fault_text == NULL)
		abort();
	for (size_t i = 0; i < record.term_count; i++) {
		const struct spf_record_term *term = &record.terms[i];

		if (term->position > size || term->text == NULL)
			abort();
		(void)spf_term_looks_up(term);
		(void)spf_term_covers(term, &values.client);
		if (record.fault == SPFAULT_NONE && term->domain.len > 0 &&
			strlen(spf_macro_domain(arena, term->domain, &values)) > 253)
			abort();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *arena = arena_new();
	const char *text = arena_copy(arena, (const char *)data, size);
	struct span whole = {text, size}, bad;

	if (spf_record_claims(text, size))
		check_record(text, size, arena);
	if (spf_macro_check(whole, SPFMACRO_IN_EXPLANATION, &bad) &&
		strlen(spf_macro_explanation(arena, whole, &values)) > SPFMACRO_EXPLANATION_MAX)
		abort();
	arena_free(&arena);
	return 0;
}
