/* Text into one field of the settings and back: the value half of every option. */
#ifndef SETTINGS_STORE_H
#define SETTINGS_STORE_H

#include "base/fault.h"
#include "settings/options.h"

struct arena;
struct buf;
struct settings;

/* The arena inside, which lives as long as the settings. */
struct arena *settings_arena(struct settings *settings);

/* Sets the field; adds one item, never empty, to a list. What is kept is in the arena, the settings' own.
 * False with "NAME: what is wrong and what is allowed" in fault, and nothing changed. */
bool store_value(struct settings *settings, const struct option_row *row, const char *text,
	struct arena *arena, struct fault *fault);

/* The same for text that may be a list with commas between. */
bool store_values(struct settings *settings, const struct option_row *row, const char *text,
	struct arena *arena, struct fault *fault);

/* Empties a list. */
void store_clear(struct settings *settings, const struct option_row *row);

size_t store_item_count(const struct settings *settings, const struct option_row *row);

/* Adds the value as one would write it without quotes; index: the item of a list, else 0. */
void store_show(const struct settings *settings, const struct option_row *row, size_t index, struct buf *out);

#endif
