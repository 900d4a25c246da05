#include "dns/stored_answer.h"

#include "base/arena.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

struct stored_answer {
	atomic_uint holders;
	size_t size;
	int64_t stored_ms, expires_ms;
	struct answer answer; /* the values and the texts follow */
};

static size_t size_of_texts(const struct answer *answer)
{
	size_t size = strlen(answer->asked.name) + 1 + strlen(answer->asked.server) + 1 +
		      strlen(answer->trouble_text) + 1 + strlen(answer->final_name) + 1;

	for (size_t i = 0; i < answer->count; i++)
		size += answer->values[i].len + 1 + answer->values[i].string_count;
	return size;
}

static const char *put(char **to, const void *octets, size_t len)
{
	char *start = *to;

	memcpy(start, octets, len);
	*to += len;
	return start;
}

static const char *put_text(char **to, const char *text)
{
	return put(to, text, strlen(text) + 1);
}

/* Copies an answer; room is for its values and, behind them, its texts. */
static void pack(struct answer *copy, const struct answer *answer, void *room)
{
	struct rdata *values = room;
	char *texts = (char *)(values + answer->count);

	*copy = *answer;
	copy->asked.name = put_text(&texts, answer->asked.name);
	copy->asked.server = put_text(&texts, answer->asked.server);
	copy->trouble_text = put_text(&texts, answer->trouble_text);
	copy->final_name = put_text(&texts, answer->final_name);
	copy->values = answer->count == 0 ? NULL : values;
	for (size_t i = 0; i < answer->count; i++) {
		const struct rdata *from = &answer->values[i];

		values[i] = *from;
		values[i].text = put(&texts, from->text, from->len);
		*texts++ = '\0';
		if (from->strings != NULL)
			values[i].strings = (const uint8_t *)put(&texts, from->strings, from->string_count);
	}
}

struct stored_answer *stored_answer_new(const struct answer *answer, int64_t now_ms, int64_t lifetime_ms)
{
	size_t room = answer->count * sizeof(struct rdata) + size_of_texts(answer);
	struct stored_answer *stored = malloc(sizeof *stored + room);

	if (stored == NULL)
		abort();
	atomic_init(&stored->holders, 1);
	stored->size = sizeof *stored + room;
	stored->stored_ms = now_ms;
	stored->expires_ms = now_ms + lifetime_ms;
	pack(&stored->answer, answer, stored + 1);
	return stored;
}

struct stored_answer *stored_answer_hold(struct stored_answer *stored)
{
	(void)atomic_fetch_add(&stored->holders, 1);
	return stored;
}

void stored_answer_drop(struct stored_answer **stored)
{
	if (*stored != NULL && atomic_fetch_sub(&(*stored)->holders, 1) == 1)
		free(*stored);
	*stored = NULL;
}

const struct answer *stored_answer_look(const struct stored_answer *stored)
{
	return &stored->answer;
}

bool stored_answer_is_fresh(const struct stored_answer *stored, int64_t now_ms)
{
	return now_ms < stored->expires_ms;
}

size_t stored_answer_size(const struct stored_answer *stored)
{
	return stored->size;
}

struct answer *stored_answer_copy(const struct stored_answer *stored, int64_t now_ms, struct arena *arena)
{
	struct answer *copy = arena_alloc(arena, stored->size - sizeof *stored + sizeof *copy);
	int64_t age = (now_ms - stored->stored_ms) / 1000;

	pack(copy, &stored->answer, copy + 1);
	copy->ttl = age < (int64_t)copy->ttl ? copy->ttl - (uint32_t)age : 0;
	return copy;
}
