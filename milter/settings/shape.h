/* What one text may look like: a socket, a path, a domain ... Checks the form only; whether a file
 * is there or a user exists is seen when it is used. */
#ifndef SETTINGS_SHAPE_H
#define SETTINGS_SHAPE_H

#include "settings/options.h"

struct arena;

/* The value as it is stored, in the arena: domains in lower case, overrides with single blanks, all
 * others unchanged. NULL when it has not the shape; *wanted then says what is allowed. */
const char *shape_value(enum option_shape shape, const char *text, struct arena *arena, const char **wanted);

#endif
