/* What "sekisho doctor" looks at, and what it found. A check is a function that looks at one thing and
 * notes at least one line; it changes nothing on the machine. */
#ifndef DOCTOR_EXAMINATION_H
#define DOCTOR_EXAMINATION_H

#include "service/listener.h"

#include <stdbool.h>
#include <stddef.h>

struct arena;
struct main_cf;
struct settings;

enum condition { CONDITION_OK, CONDITION_WARNING, CONDITION_PROBLEM };

enum { NOTES_MAX = 64 };

struct note {
	enum condition condition;
	const char *check;  /* the check's name */
	const char *text;   /* what is so */
	const char *advice; /* what to do; "" when nothing */
};

struct examination {
	struct arena *arena;
	const char *config_path;
	const char *config_trouble;      /* why the file cannot be used; "" when it is good */
	const struct settings *settings; /* of the file; the defaults when it is no good */
	struct listen_address address;   /* where sekishod listens */
	bool address_known;
	const struct main_cf *postfix;        /* NULL without Postfix */
	const char *signed_name, *large_name; /* for questions to DNS */
	const char *check;                    /* the one that runs */
	struct note notes[NOTES_MAX];
	size_t count;
};

void note_fine(struct examination *examination, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/* The advice is a sentence; what is wrong comes behind it as in printf. */
void note_warning(struct examination *examination, const char *advice, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
void note_problem(struct examination *examination, const char *advice, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

#endif
