/* An overview as one self-contained page: charts are inline SVG, no script, light and dark. */
#ifndef LOGBOOK_HTML_H
#define LOGBOOK_HTML_H

#include "diagnose/diagnosis.h"
#include "logbook/overview.h"

#include <stdio.h>

struct arena;

struct html_facts {
	const char *source;   /* what was read */
	const char *receiver; /* our name */
	int64_t now;
	struct album *album; /* of the second reading, closed; NULL: there was none */
};

void html_print(FILE *file, const struct overview *overview, const struct html_facts *facts,
	enum language language, struct arena *arena);

#endif
