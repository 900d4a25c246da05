/* The search for what changed, on any message: it ends within its budget and fills every text. The
 * first octet chooses the canonical form and the digest, h= is the first line. */
#include "base/arena.h"
#include "diagnose/body_change.h"
#include "diagnose/effort.h"
#include "diagnose/header_change.h"
#include "message/header_list.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { BUDGET = 2 * 1000 * 1000, MESSAGE_MAX = 16 * 1024 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_header(
	const struct header_list *header, const char *signed_fields, uint8_t choice, struct arena *arena)
{
	struct header_facts facts = {
		.header = header,
		.signature = header_list_find(header, "DKIM-Signature", 1),
		.signed_fields = signed_fields,
		.copied_fields = choice & 4 ? "Subject:=20one|To:two" : "",
		.canon = choice & 1 ? CANON_RELAXED : CANON_SIMPLE,
		.digest_kind = choice & 2 ? DIGEST_SHA1 : DIGEST_SHA256,
	};
	struct header_change change;
	struct effort effort = {.octets = BUDGET};

	if (facts.signature == NULL)
		return;
	change = header_change_find(&facts, &effort, arena);
	if (effort.octets > BUDGET || change.name == NULL || change.text == NULL || change.original == NULL ||
		change.to == NULL)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *arena;
	struct header_list header;
	struct body_facts facts;
	struct body_change change;
	const char *text, *message;
	struct effort effort = {.octets = BUDGET};
	size_t start;

	if (size < 2 || size > MESSAGE_MAX || memchr(data, '\n', size) == NULL)
		return 0;
	arena = arena_new();
	header = header_list_new(arena);
	text = arena_copy(arena, (const char *)data, size);
	message = memchr(text, '\n', size);
	message++;
	start = header_list_read(&header, message, (size_t)(text + size - message));
	facts = (struct body_facts){
		.header = &header,
		.body = {message + start, (size_t)(text + size - message) - start},
		.canon = data[0] & 1 ? CANON_RELAXED : CANON_SIMPLE,
		.length = data[0] & 8 ? data[1] : -1,
		.digest_kind = data[0] & 2 ? DIGEST_SHA1 : DIGEST_SHA256,
	};
	change = body_change_find(&facts, &effort, arena);
	if (effort.octets > BUDGET || change.text == NULL || change.from == NULL || change.to == NULL)
		abort();
	check_header(&header, arena_copy(arena, text + 1, (size_t)(message - text) - 2), data[0], arena);
	arena_free(&arena);
	return 0;
}
