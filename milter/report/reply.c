#include "report/reply.h"

#include "base/arena.h"
#include "base/text.h"
#include "diagnose/findings.h"
#include "report/action.h"
#include "report/sanitise.h"

#include <string.h>

enum { URL_MAX = 200, SENTENCE_LEAST = 20 };

static const struct diagnosis *cause_to_tell(const struct diagnoses *diagnoses, const char *method)
{
	for (size_t i = 0; i < diagnoses->count; i++)
		if (strcmp(cause_row(diagnoses->items[i].cause)->method, method) == 0)
			return &diagnoses->items[i];
	return diagnoses->count > 0 ? &diagnoses->items[0] : NULL;
}

static bool is_printable(const char *text)
{
	for (; *text != '\0'; text++)
		if (!text_is_printable(*text))
			return false;
	return true;
}

/* ": sentence", cut with "..." to fit; "" when there is none to show or no room for it. */
static const char *sentence_part(const char *sentence, size_t room, struct arena *arena)
{
	size_t len = strlen(sentence);

	if (len == 0 || !is_printable(sentence) || room < SENTENCE_LEAST)
		return "";
	if (len + 2 <= room)
		return arena_printf(arena, ": %s", sentence);
	return arena_printf(arena, ": %.*s...", (int)(room - 5), sentence);
}

const char *reply_text(const struct findings *findings, const struct settings *settings, const char *lead,
	const char *method, struct arena *arena)
{
	const struct diagnosis *cause = cause_to_tell(&findings->diagnoses, method);
	const char *url = sanitise_printable(settings->reply_url == NULL ? "" : settings->reply_url, arena);
	const char *tail = "", *sentence = "";
	size_t fixed;

	if (cause != NULL)
		tail = arena_printf(arena, " (%s)", cause_row(cause->cause)->code);
	if (url[0] != '\0' && strlen(url) <= URL_MAX)
		tail = arena_printf(arena, "%s %s", tail, url);
	fixed = strlen(lead) + strlen(tail);
	if (cause != NULL && fixed < REPLY_TEXT_MAX)
		sentence = sentence_part(cause->summary, REPLY_TEXT_MAX - fixed, arena);
	return arena_printf(arena, "%s%s%s", lead, sentence, tail);
}
