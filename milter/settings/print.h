/* The settings as the text of a configuration file that gives them again when read. */
#ifndef SETTINGS_PRINT_H
#define SETTINGS_PRINT_H

#include <stdbool.h>

struct arena;
struct option_row;
struct settings;

enum print_what { PRINT_ALL, PRINT_CHANGED };

/* "name = value" lines; PRINT_CHANGED only those that differ from the defaults. */
const char *settings_print(const struct settings *settings, enum print_what what, struct arena *arena);

/* One option's value, as settings_print writes it. */
const char *settings_value(
	const struct settings *settings, const struct option_row *row, struct arena *arena);

#endif
