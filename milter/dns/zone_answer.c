#include "dns/zone.h"

#include "base/arena.h"
#include "base/domain.h"
#include "dns/zone_data.h"

#include <string.h>

enum { CHAIN_MAX = 10 }; /* CNAMEs followed for one question; resolvers stop at 8 to 11 */

static struct answer *new_answer(const struct question *question, struct arena *arena)
{
	struct answer *answer = arena_alloc(arena, sizeof *answer);

	answer->asked = *question;
	answer->asked.name = arena_text(arena, question->name);
	answer->asked.server = question->server == NULL ? "" : arena_text(arena, question->server);
	answer->trouble_text = "";
	answer->final_name = answer->asked.name;
	answer->ttl = ZONE_TTL;
	return answer;
}

static const struct zone_fault *fault_of(const struct zone *zone, const char *name, enum rr_type type)
{
	const struct zone_fault *at = zone->first_fault;

	for (; at != NULL; at = at->next)
		if ((strcmp(at->name, "*") == 0 || strcmp(at->name, name) == 0) &&
			(at->type == 0 || at->type == type))
			break;
	return at;
}

static void set_trouble(struct answer *answer, enum answer_trouble trouble, const char *text)
{
	answer->kind = ANSWER_NO_REPLY;
	answer->trouble = trouble;
	answer->trouble_text = text;
	answer->ttl = 0;
}

/* True when a fault answers; a validation fault only does when validation was asked for. */
static bool fault_answers(
	const struct zone *zone, const char *name, const struct question *question, struct answer *answer)
{
	const struct zone_fault *fault = fault_of(zone, name, question->type);

	if (fault == NULL || (fault->kind == ZONE_BOGUS && question->mode != ASK_NORMAL))
		return false;
	switch (fault->kind) {
	case ZONE_SERVFAIL:
		set_trouble(answer, TROUBLE_SERVFAIL, "the resolver answered SERVFAIL");
		break;
	case ZONE_TIMEOUT:
		set_trouble(answer, TROUBLE_TIMEOUT, "no answer in time");
		break;
	case ZONE_TCP_BLOCKED:
		set_trouble(answer, TROUBLE_TCP, "truncated over UDP, and no answer over TCP");
		break;
	case ZONE_BOGUS:
		answer->kind = ANSWER_BOGUS;
		answer->trouble_text = "DNSSEC validation failed";
		answer->ttl = 0;
		break;
	}
	return true;
}

/* The name whose records answer: itself, or the wildcard below its closest existing ancestor
 * (RFC 4592 section 3.3). NULL when there is no such name. */
static const struct zone_name *source_of(const struct zone *zone, const char *name)
{
	const struct zone_name *found = zone_find(zone, name);
	char wildcard[2 + DOMAIN_MAX + 1];
	size_t len;

	while (found == NULL && name[0] != '\0') {
		const char *dot = strchr(name, '.');

		name = dot == NULL ? "" : dot + 1;
		if (zone_find(zone, name) == NULL)
			continue;
		len = strlen(name);
		if (len > DOMAIN_MAX)
			return NULL;
		memcpy(wildcard, "*.", 2);
		memcpy(wildcard + 2, name, len + 1);
		if (len == 0)
			wildcard[1] = '\0';
		return zone_find(zone, wildcard);
	}
	return found;
}

static const struct zone_record *first_of_type(const struct zone_name *name, enum rr_type type)
{
	const struct zone_record *at = name->first;

	while (at != NULL && at->type != type)
		at = at->next;
	return at;
}

static void take_records(
	struct answer *answer, const struct zone_record *first, enum rr_type type, struct arena *arena)
{
	struct rdata *values;
	size_t count = 0;

	for (const struct zone_record *at = first; at != NULL; at = at->next)
		count += at->type == type;
	values = arena_array(arena, count, sizeof *values);
	answer->kind = ANSWER_RECORDS;
	answer->values = values;
	for (const struct zone_record *at = first; at != NULL; at = at->next) {
		if (at->type != type)
			continue;
		*values++ = at->data;
		if (at->ttl < answer->ttl || answer->count == 0)
			answer->ttl = at->ttl;
		answer->count++;
	}
}

static void answer_from_records(
	const struct zone *zone, const struct question *question, struct answer *answer, struct arena *arena)
{
	const char *name = question->name;

	for (int links = 0; links <= CHAIN_MAX; links++) {
		const struct zone_name *source;
		const struct zone_record *found;

		answer->final_name = arena_text(arena, name);
		if (fault_answers(zone, name, question, answer))
			return;
		source = source_of(zone, name);
		if (source == NULL) {
			answer->kind = ANSWER_NO_NAME;
			return;
		}
		found = first_of_type(source, question->type);
		if (found != NULL) {
			take_records(answer, found, question->type, arena);
			return;
		}
		found = first_of_type(source, RR_CNAME);
		if (found == NULL) {
			answer->kind = ANSWER_NO_RECORD;
			return;
		}
		name = strcmp(found->data.text, ".") == 0 ? "" : found->data.text;
	}
	answer->final_name = answer->asked.name;
	set_trouble(answer, TROUBLE_LOOP, "the CNAME chain is circular or too long");
}

/* What "authority" lines for exactly this server say. False when there are none. */
static bool authority_says(const struct zone *zone, const char *server, const struct question *question,
	struct answer *answer, struct arena *arena)
{
	struct rdata *values;
	size_t lines = 0, count = 0;

	for (const struct zone_authority *at = zone->first_authority; at != NULL; at = at->next)
		lines += at->type == question->type && strcmp(at->server, server) == 0 &&
			 strcmp(at->name, question->name) == 0;
	if (lines == 0)
		return false;
	values = arena_array(arena, lines, sizeof *values);
	for (const struct zone_authority *at = zone->first_authority; at != NULL; at = at->next)
		if (at->type == question->type && !at->absent && strcmp(at->server, server) == 0 &&
			strcmp(at->name, question->name) == 0)
			values[count++] = at->data;
	answer->kind = count > 0 ? ANSWER_RECORDS : ANSWER_NO_RECORD;
	answer->values = values;
	answer->count = count;
	return true;
}

bool zone_has_servers(const struct zone *zone)
{
	return zone->first_authority != NULL;
}

const struct answer *zone_answer(
	const struct zone *zone, const struct question *question, struct arena *arena)
{
	struct answer *answer = new_answer(question, arena);

	if (question->mode == ASK_AUTHORITY) {
		const char *server = answer->asked.server;

		if (authority_says(zone, server, question, answer, arena))
			return answer;
		if (strcmp(server, "[parent]") != 0 && authority_says(zone, "", question, answer, arena))
			return answer;
	}
	answer_from_records(zone, question, answer, arena);
	return answer;
}
