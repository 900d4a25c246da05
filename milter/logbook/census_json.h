/* A census for programs: one JSON object with all tables. */
#ifndef LOGBOOK_CENSUS_JSON_H
#define LOGBOOK_CENSUS_JSON_H

#include "logbook/census.h"

#include <stdio.h>

/* most: rows of each table, 0 for all. */
void census_print_json(FILE *file, const struct census *census, size_t most);

#endif
