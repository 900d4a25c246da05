/* A reply of a name server on any octets: it is ours or not, and what it holds is whole. The first octet
 * chooses the type that was asked and whether the parent was. */
#include "base/arena.h"
#include "dns/packet.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static const enum rr_type types[] = {RR_A, RR_AAAA, RR_CNAME, RR_MX, RR_NS, RR_PTR, RR_SPF, RR_TXT};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What every later step relies on. */
static void must_hold(const struct answer *answer)
{
	if ((answer->kind == ANSWER_RECORDS) != (answer->count > 0))
		abort();
	for (size_t i = 0; i < answer->count; i++)
		if (answer->values[i].text == NULL || answer->values[i].text[answer->values[i].len] != '\0')
			abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t question[PACKET_QUESTION_SIZE], *packet;
	struct answer answer = {.asked = {.name = "www.good.example", .mode = ASK_AUTHORITY, .server = "ns"},
		.trouble_text = "",
		.final_name = "www.good.example"};
	struct arena *arena;
	size_t asked;

	if (size < 3)
		return 0;
	arena = arena_new();
	answer.asked.type = types[data[0] % (sizeof types / sizeof types[0])];
	asked = packet_question(&answer.asked, 0x1234, question);
	if (asked > sizeof question)
		abort();
	/* a copy of its own: reading behind it must be seen; the id is given, or nothing would be read */
	packet = memcpy(malloc(size - 1), data + 1, size - 1);
	packet[0] = 0x12;
	if (size > 2)
		packet[1] = 0x34;
	if (packet_reply(packet, size - 1, 0x1234, data[0] >= 128, arena, &answer))
		must_hold(&answer);
	free(packet);
	arena_free(&arena);
	return 0;
}
