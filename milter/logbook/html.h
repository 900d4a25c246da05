/* A census as one self-contained page: charts are inline SVG, no script, light and dark. */
#ifndef LOGBOOK_HTML_H
#define LOGBOOK_HTML_H

#include "diagnose/diagnosis.h"
#include "logbook/census.h"

#include <stdio.h>

struct arena;

struct html_facts {
	const char *source;   /* what was read */
	const char *receiver; /* our name */
	int64_t now;
};

void html_print(FILE *file, const struct census *census, const struct html_facts *facts,
	enum language language, struct arena *arena);

#endif
