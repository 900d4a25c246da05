/* A survey for a reader at a terminal. */
#ifndef CLI_DOMAIN_TEXT_H
#define CLI_DOMAIN_TEXT_H

#include "diagnose/diagnosis.h"

#include <stdio.h>

struct survey;

void domain_text_print(const struct survey *survey, enum language language, struct arena *arena, FILE *out);

#endif
