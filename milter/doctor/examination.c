#include "doctor/examination.h"

#include "base/arena.h"

#include <stdarg.h>
#include <stdio.h>

enum { NOTE_TEXT_MAX = 1000 };

__attribute__((format(printf, 4, 0))) static void note(struct examination *examination,
	enum condition condition, const char *advice, const char *format, va_list arguments)
{
	char text[NOTE_TEXT_MAX];

	if (examination->count == NOTES_MAX)
		return;
	(void)vsnprintf(text, sizeof text, format, arguments);
	examination->notes[examination->count++] = (struct note){
		.condition = condition,
		.check = examination->check,
		.text = arena_text(examination->arena, text),
		.advice = arena_text(examination->arena, advice),
	};
}

void note_fine(struct examination *examination, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	note(examination, CONDITION_OK, "", format, arguments);
	va_end(arguments);
}

void note_warning(struct examination *examination, const char *advice, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	note(examination, CONDITION_WARNING, advice, format, arguments);
	va_end(arguments);
}

void note_problem(struct examination *examination, const char *advice, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	note(examination, CONDITION_PROBLEM, advice, format, arguments);
	va_end(arguments);
}
