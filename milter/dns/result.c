#include "dns/result.h"

#include "base/arena.h"
#include "base/text.h"
#include "dns/presentation.h"
#include "dns/rdata.h"

#include <unbound.h>

enum {
	RECORDS_MAX = 512, /* of one answer; no honest name needs as many */
	HEADER_SIZE = 12,  /* RFC 1035 section 4.1.1: octets 8 and 9 are NSCOUNT */
};

/* RECORDS or, when a record is malformed or there are too many, BROKEN. */
static void read_records(
	const struct ub_result *result, enum rr_type type, struct arena *arena, struct answer *answer)
{
	struct rdata *values;

	while (result->data[answer->count] != NULL && answer->count <= RECORDS_MAX)
		answer->count++;
	values = arena_array(arena, answer->count, sizeof *values);
	answer->kind = ANSWER_RECORDS;
	answer->values = values;
	if (answer->count > RECORDS_MAX)
		answer->trouble_text = "the answer has more records than we take";
	for (size_t i = 0; i < answer->count && answer->trouble_text[0] == '\0'; i++)
		if (result->len[i] < 0 || !rdata_read(type, (const uint8_t *)result->data[i],
						  (size_t)result->len[i], arena, &values[i]))
			answer->trouble_text = "the answer has a malformed record";
	if (answer->trouble_text[0] == '\0')
		return;
	answer->kind = ANSWER_NO_REPLY;
	answer->trouble = TROUBLE_BROKEN;
	answer->count = 0;
}

static const char *final_name(
	const struct ub_result *result, const struct question *question, struct arena *arena)
{
	const char *name = NULL;

	if (result->canonname != NULL)
		name = presentation_name(span_of(result->canonname), arena, NULL);
	return name == NULL ? question->name : name;
}

/* Without an SOA record nobody said how long nothing is there (RFC 2308 section 5); libunbound
 * makes up a time. */
static bool has_authority(const struct ub_result *result)
{
	const uint8_t *packet = result->answer_packet;

	return result->answer_len >= HEADER_SIZE && (packet[8] != 0 || packet[9] != 0);
}

bool result_read(const struct ub_result *result, const struct question *question, struct arena *arena,
	struct answer *answer)
{
	answer->secure = result->secure != 0;
	answer->ttl = result->ttl > 0 ? (uint32_t)result->ttl : 0;
	answer->final_name = final_name(result, question, arena);
	answer->trouble_text = "";
	if (result->bogus) {
		answer->kind = ANSWER_BOGUS;
		answer->trouble_text =
			result->why_bogus == NULL ? "DNSSEC validation failed" : result->why_bogus;
		return true;
	}
	if (!result->havedata && !has_authority(result))
		answer->ttl = 0;
	if (result->nxdomain)
		answer->kind = ANSWER_NO_NAME;
	else if (result->rcode != 0)
		return false;
	else if (result->havedata)
		read_records(result, question->type, arena, answer);
	else
		answer->kind = ANSWER_NO_RECORD;
	return true;
}
