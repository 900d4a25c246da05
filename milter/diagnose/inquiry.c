#include "diagnose/inquiry.h"

#include "base/arena.h"
#include "diagnose/collection.h"

#include <string.h>

/* The rooms for what may be noted stay as they are: they are large, and mostly nothing is. */
void inquiry_begin(struct inquiry *inquiry)
{
	inquiry->question_count = inquiry->spf_count = inquiry->key_count = 0;
	inquiry->alterations_wanted = false;
}

static bool same_question(const struct question *a, const struct question *b)
{
	return a->type == b->type && a->mode == b->mode && strcmp(a->name, b->name) == 0 &&
	       strcmp(a->server, b->server) == 0;
}

static const struct answer *answer_known(const struct collection *collection, const struct question *question)
{
	const struct evidence *evidence = &collection->facts->evidence;

	for (size_t i = 0; i < evidence->count; i++)
		if (same_question(&evidence->answers[i]->asked, question))
			return evidence->answers[i];
	return NULL;
}

const struct answer *inquire_how(struct collection *collection, struct question question)
{
	struct inquiry *inquiry = collection->facts->inquiry;
	const struct answer *answer;
	size_t len = strlen(question.name);

	if (len > 0 && question.name[len - 1] == '.')
		len--;
	question.name = text_lower(collection->arena, question.name, len);
	question.server = question.server == NULL ? "" : arena_text(collection->arena, question.server);
	answer = answer_known(collection, &question);
	if (answer != NULL || inquiry == NULL || collection->holding || len == 0)
		return answer;
	for (size_t i = 0; i < inquiry->question_count; i++)
		if (same_question(&inquiry->questions[i], &question))
			return NULL;
	if (inquiry->question_count < INQUIRY_QUESTIONS_MAX)
		inquiry->questions[inquiry->question_count++] = question;
	return NULL;
}

const struct answer *inquire(struct collection *collection, const char *name, enum rr_type type)
{
	return inquire_how(
		collection, (struct question){.name = name, .type = type, .mode = ASK_NORMAL, .server = ""});
}

static bool same_spf_trial(const struct spf_trial *a, const struct spf_trial *b)
{
	return netaddr_equal(&a->client, &b->client) && strcmp(a->domain, b->domain) == 0 &&
	       strcmp(a->record, b->record) == 0;
}

const struct spf_trial *inquire_spf(
	struct collection *collection, const struct netaddr *client, const char *domain, const char *record)
{
	const struct trials *trials = &collection->facts->trials;
	struct inquiry *inquiry = collection->facts->inquiry;
	struct spf_trial wanted = {.client = *client,
		.domain = text_lower(collection->arena, domain, strlen(domain)),
		.record = arena_text(collection->arena, record),
		.matched = ""};

	for (size_t i = 0; i < trials->spf_count; i++)
		if (same_spf_trial(&trials->spf[i], &wanted))
			return &trials->spf[i];
	if (inquiry == NULL || collection->holding || domain[0] == '\0')
		return NULL;
	for (size_t i = 0; i < inquiry->spf_count; i++)
		if (same_spf_trial(&inquiry->spf[i], &wanted))
			return NULL;
	if (inquiry->spf_count < INQUIRY_TRIALS_MAX)
		inquiry->spf[inquiry->spf_count++] = wanted;
	return NULL;
}

static bool same_key_trial(const struct key_trial *a, const struct key_trial *b)
{
	return a->signature == b->signature && strcmp(a->key_p, b->key_p) == 0;
}

const struct key_trial *inquire_key(struct collection *collection, size_t signature, const char *key_p)
{
	const struct trials *trials = &collection->facts->trials;
	struct inquiry *inquiry = collection->facts->inquiry;
	struct key_trial wanted = {.signature = signature, .key_p = arena_text(collection->arena, key_p)};

	for (size_t i = 0; i < trials->key_count; i++)
		if (same_key_trial(&trials->keys[i], &wanted))
			return &trials->keys[i];
	if (inquiry == NULL || collection->holding || key_p[0] == '\0')
		return NULL;
	for (size_t i = 0; i < inquiry->key_count; i++)
		if (same_key_trial(&inquiry->keys[i], &wanted))
			return NULL;
	if (inquiry->key_count < INQUIRY_TRIALS_MAX)
		inquiry->keys[inquiry->key_count++] = wanted;
	return NULL;
}

const struct answer *inquire_spare(struct collection *collection, const char *name, enum rr_type type)
{
	const struct findings_so_far *facts = collection->facts;
	bool before = collection->holding;
	const struct answer *answer;

	collection->holding =
		before || facts->inquiry == NULL || facts->inquiry->question_count >= facts->questions_left;
	answer = inquire(collection, name, type);
	collection->forgone = collection->forgone || (answer == NULL && collection->holding);
	collection->holding = before;
	return answer;
}

size_t inquiry_size(const struct collection *collection)
{
	const struct inquiry *inquiry = collection->facts->inquiry;

	return inquiry == NULL ? 0 : inquiry->question_count + inquiry->spf_count + inquiry->key_count;
}

bool inquiry_is_empty(const struct inquiry *inquiry)
{
	return inquiry->question_count == 0 && inquiry->spf_count == 0 && inquiry->key_count == 0 &&
	       !inquiry->alterations_wanted;
}
