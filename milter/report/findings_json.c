#include "report/findings_json.h"

#include "base/arena.h"
#include "diagnose/findings.h"
#include "report/escape.h"

#include <jansson.h>
#include <stdlib.h>

enum { NAME_MAX_OCTETS = 255, SENTENCE_MAX = 4000, HEADER_MAX = 70000 };

static json_t *foreign(const char *text, size_t max, struct arena *arena)
{
	return json_string(escape_foreign(text, max, arena));
}

static json_t *sentence(const char *text, struct arena *arena)
{
	return json_string(escape_sentence(text, SENTENCE_MAX, arena));
}

static json_t *result_only(enum result result)
{
	json_t *object = json_object();

	json_object_set_new(object, "result", json_string(result_word(result)));
	return object;
}

static json_t *spf_json(const struct spf_verdict *spf, struct arena *arena)
{
	json_t *object = result_only(spf->result);

	if (spf->explanation[0] != '\0')
		json_object_set_new(object, "explanation", foreign(spf->explanation, SENTENCE_MAX, arena));
	return object;
}

static json_t *dkim_json(const struct verdicts *verdicts, struct arena *arena)
{
	json_t *array = json_array();

	for (size_t i = 0; i < verdicts->signature_count; i++) {
		const struct signature_verdict *signature = &verdicts->signatures[i];
		json_t *object = result_only(signature->result);

		json_object_set_new(object, "domain", foreign(signature->domain, NAME_MAX_OCTETS, arena));
		json_object_set_new(object, "selector", foreign(signature->selector, NAME_MAX_OCTETS, arena));
		json_array_append_new(array, object);
	}
	return array;
}

static json_t *causes_json(const struct diagnoses *diagnoses, struct arena *arena)
{
	json_t *array = json_array();

	for (size_t i = 0; i < diagnoses->count; i++) {
		const struct diagnosis *diagnosis = &diagnoses->items[i];
		const struct cause_row *row = cause_row(diagnosis->cause);
		json_t *object = json_object();

		json_object_set_new(object, "code", json_string(row->code));
		json_object_set_new(object, "method", json_string(row->method));
		json_object_set_new(
			object, "confidence", json_string(confidence_word(diagnosis->confidence)));
		json_object_set_new(object, "act", json_string(row->act));
		json_object_set_new(object, "summary", sentence(diagnosis->summary, arena));
		json_object_set_new(object, "fix", sentence(diagnosis->fix, arena));
		json_array_append_new(array, object);
	}
	return array;
}

/* Line ends stay: JSON writes them as \n. */
static json_t *header_json(const char *authres, struct arena *arena)
{
	json_t *text = json_string(authres);

	return text != NULL ? text : foreign(authres, HEADER_MAX, arena);
}

const char *findings_json(const struct findings *findings, const char *authres, struct arena *arena)
{
	const struct verdicts *verdicts = findings->verdicts;
	json_t *object = json_object();
	const char *copy;
	char *text;

	json_object_set_new(object, "spf", spf_json(&verdicts->spf, arena));
	json_object_set_new(object, "dkim", dkim_json(verdicts, arena));
	json_object_set_new(object, "dmarc", result_only(verdicts->dmarc.result));
	json_object_set_new(object, "arc", result_only(verdicts->arc.result));
	json_object_set_new(object, "iprev", result_only(verdicts->iprev.result));
	json_object_set_new(object, "causes", causes_json(&findings->diagnoses, arena));
	json_object_set_new(object, "header", header_json(authres, arena));
	text = json_dumps(object, JSON_COMPACT);
	json_decref(object);
	if (text == NULL)
		abort(); /* memory is at its end: as in base/arena.h */
	copy = arena_text(arena, text);
	free(text);
	return copy;
}
