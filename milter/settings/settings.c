#include "settings/settings.h"

#include "base/arena.h"
#include "settings/store.h"

#include <stdlib.h>
#include <string.h>

/* What settings_new returns is the first member. */
struct owned_settings {
	struct settings settings;
	struct arena *arena;
};

struct arena *settings_arena(struct settings *settings)
{
	return ((struct owned_settings *)settings)->arena;
}

static void set_default(struct settings *settings, const struct option_row *row)
{
	struct fault fault;

	if (row->kind == OPTION_SECTION || (option_is_list(row) && *row->initial == '\0'))
		return;
	/* A default outside its own range is a fault of options.def, which no admin can mend. */
	if (!store_values(settings, row, row->initial, settings_arena(settings), &fault))
		abort();
}

struct settings *settings_new(void)
{
	struct owned_settings *owned = calloc(1, sizeof *owned);

	if (owned == NULL)
		abort();
	owned->arena = arena_new();
	for (size_t i = 0; i < option_count; i++)
		set_default(&owned->settings, &option_rows[i]);
	return &owned->settings;
}

void settings_free(struct settings **settings)
{
	struct owned_settings *owned;

	if (settings == NULL || *settings == NULL)
		return;
	owned = (struct owned_settings *)*settings;
	arena_free(&owned->arena);
	free(owned);
	*settings = NULL;
}

bool settings_set(struct settings *settings, const char *name, const char *value, struct fault *fault)
{
	const struct option_row *row = option_named(name);
	const char *near;

	if (row == NULL) {
		near = option_near(name);
		fault_set(fault, "there is no option \"%.60s\"%s%s%s", name,
			near == NULL ? "" : "; did you mean ", near == NULL ? "" : near,
			near == NULL ? "" : "?");
		return false;
	}
	if (*value == '\0' && option_is_list(row)) {
		store_clear(settings, row);
		return true;
	}
	return store_values(settings, row, value, settings_arena(settings), fault);
}

bool network_list_contains(const struct network_list *list, const struct netaddr *addr)
{
	for (size_t i = 0; i < list->count; i++)
		if (network_contains(&list->items[i], addr))
			return true;
	return false;
}
