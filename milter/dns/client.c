#include "dns/dns.h"

#include "base/arena.h"
#include "base/clock.h"
#include "dns/answer_table.h"
#include "dns/backend.h"
#include "dns/name.h"

#include <limits.h>
#include <string.h>

enum {
	FIRST_ANSWERS = 16,
	/* One question unanswered for its whole time speaks for a dead server: the next ones of the
	 * same message wait only this long, so that a dead resolver does not cost the sum. */
	WAIT_AFTER_TIMEOUT_MS = 2000,
	SERVERS_MAX = 3, /* name servers that one message makes us ask, two of a zone and one of a former
			  * provider: strangers choose which */
};

struct dns_client {
	struct dns *dns;
	struct arena *arena;
	int deadline_ms, waited_ms;
	unsigned max_questions, questions, reserved;
	bool timed_out;
	const struct dns_gate *gate;
	const struct answer **answers;
	size_t count, size;
};

struct dns_client *dns_client_new(
	struct dns *dns, struct arena *arena, int deadline_ms, unsigned max_questions)
{
	struct dns_client *client = arena_alloc(arena, sizeof *client);

	client->dns = dns;
	client->arena = arena;
	client->deadline_ms = deadline_ms;
	client->max_questions = max_questions;
	client->size = FIRST_ANSWERS;
	client->answers = arena_array(arena, client->size, sizeof(struct answer *));
	return client;
}

bool dns_client_may_ask(const struct dns_client *client, const char *name)
{
	return client->gate == NULL || client->gate->may_ask(client->gate->self, name);
}

void dns_client_extend(
	struct dns_client *client, int deadline_ms, unsigned more_questions, const struct dns_gate *gate)
{
	client->gate = gate;
	client->deadline_ms = client->waited_ms + deadline_ms;
	client->max_questions = client->questions + more_questions;
	client->reserved = 0;
	client->timed_out = false;
}

void dns_client_reserve(struct dns_client *client, unsigned questions)
{
	unsigned half = client->max_questions / 2;

	client->reserved = questions < half ? questions : half;
}

/* The old array stays behind for the slices that were handed out. */
static const struct answer *remember(struct dns_client *client, const struct answer *answer)
{
	if (client->count == client->size) {
		const struct answer **more =
			arena_array(client->arena, client->size * 2, sizeof(struct answer *));

		memcpy(more, client->answers, client->count * sizeof(struct answer *));
		client->answers = more;
		client->size *= 2;
	}
	client->answers[client->count++] = answer;
	return answer;
}

static const struct answer *remembered(const struct dns_client *client, const struct question *question)
{
	for (size_t i = 0; i < client->count; i++)
		if (question_equal(&client->answers[i]->asked, question))
			return client->answers[i];
	return NULL;
}

/* Would this question go to one name server too many? */
static bool is_over_servers(const struct dns_client *client, const struct question *question)
{
	const char *servers[SERVERS_MAX];
	size_t count = 0;

	if (question->mode != ASK_AUTHORITY || strcmp(question->server, "[parent]") == 0)
		return false;
	for (size_t i = 0; i < client->count && client->answers[i] != NULL; i++) {
		const struct question *asked = &client->answers[i]->asked;
		size_t known = 0;

		if (asked->mode != ASK_AUTHORITY || strcmp(asked->server, "[parent]") == 0 ||
			client->answers[i]->trouble == TROUBLE_BUDGET)
			continue;
		if (strcmp(asked->server, question->server) == 0)
			return false;
		while (known < count && strcmp(servers[known], asked->server) != 0)
			known++;
		if (known == count && count < SERVERS_MAX)
			servers[count++] = asked->server;
	}
	return count == SERVERS_MAX;
}

static const struct answer *not_carried(struct arena *arena, const struct question *question)
{
	struct answer *answer =
		answer_of_trouble(arena, question, TROUBLE_NONE, "not a name that DNS can carry");

	answer->kind = ANSWER_NO_NAME;
	return answer;
}

/* Asks, waits, and takes the time. */
static const struct answer *waited_for(struct dns_client *client, const struct question *question)
{
	int left_ms = client->deadline_ms - client->waited_ms, wait_ms = left_ms;
	int64_t start_ms = clock_monotonic_ms();
	struct answer *answer = arena_alloc(client->arena, sizeof *answer);
	int64_t took_ms;

	if (client->timed_out && wait_ms > WAIT_AFTER_TIMEOUT_MS)
		wait_ms = WAIT_AFTER_TIMEOUT_MS;
	if (wait_ms < 0)
		wait_ms = 0;
	*answer = *dns_look_up(client->dns, question, wait_ms, client->arena);
	took_ms = clock_monotonic_ms() - start_ms;
	answer->took_ms = took_ms > INT_MAX ? INT_MAX : (int)took_ms;
	client->waited_ms += answer->took_ms > left_ms && left_ms > 0 ? left_ms : answer->took_ms;
	answer->asked = *question;
	if (strcmp(answer->final_name, question->name) == 0)
		answer->final_name = question->name;
	if (answer->trouble != TROUBLE_TIMEOUT)
		return answer;
	client->timed_out = true;
	if (left_ms <= 0 || answer->took_ms >= left_ms) {
		answer->trouble = TROUBLE_BUDGET;
		answer->trouble_text = arena_printf(
			client->arena, "this message has waited its %d ms for DNS", client->deadline_ms);
	}
	return answer;
}

static const struct answer *answer_for(
	struct dns_client *client, const char *name, const struct question *asked)
{
	struct question question = *asked;
	char normal[NAME_SIZE];
	bool carried = name_normal(name, normal);
	unsigned allowed = client->max_questions - client->reserved;
	const struct answer *answer;

	question.name = carried ? normal : name;
	answer = remembered(client, &question);
	if (answer != NULL)
		return answer;
	question.name = arena_text(client->arena, question.name);
	question.server = arena_text(client->arena, question.server);
	if (!carried)
		return remember(client, not_carried(client->arena, &question));
	if (client->questions >= allowed)
		return remember(client, answer_of_trouble(client->arena, &question, TROUBLE_BUDGET,
						arena_printf(client->arena,
							"this message has asked its %u questions", allowed)));
	if (is_over_servers(client, &question))
		return remember(client, answer_of_trouble(client->arena, &question, TROUBLE_BUDGET,
						"this message has asked its name servers"));
	if (!dns_client_may_ask(client, question.name))
		return remember(client, answer_of_trouble(client->arena, &question, TROUBLE_BUDGET,
						"enough domains were asked about in this minute"));
	client->questions++;
	return remember(client, waited_for(client, &question));
}

const struct answer *dns_ask(struct dns_client *client, const char *name, enum rr_type type)
{
	const struct question question = {.type = type, .mode = ASK_NORMAL, .server = ""};

	return answer_for(client, name, &question);
}

const struct answer *dns_ask_how(struct dns_client *client, struct question question)
{
	char server[NAME_SIZE];

	if (question.server == NULL || question.mode != ASK_AUTHORITY)
		question.server = "";
	else if (name_normal(question.server, server))
		question.server = server;
	return answer_for(client, question.name, &question);
}

size_t dns_mark(const struct dns_client *client)
{
	return client->count;
}

struct evidence dns_evidence_since(struct dns_client *client, size_t mark)
{
	if (mark > client->count)
		mark = client->count;
	return (struct evidence){.answers = client->answers + mark, .count = client->count - mark};
}

int dns_waited_ms(const struct dns_client *client)
{
	return client->waited_ms;
}

unsigned dns_question_count(const struct dns_client *client)
{
	return client->questions;
}

unsigned dns_questions_left(const struct dns_client *client)
{
	return client->questions < client->max_questions ? client->max_questions - client->questions : 0;
}
