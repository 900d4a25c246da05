#include "settings/print.h"

#include "base/arena.h"
#include "base/buf.h"
#include "settings/settings.h"
#include "settings/store.h"

#include <string.h>

/* Would the value be read differently without quotes? */
static bool needs_quotes(const char *value, bool in_list)
{
	size_t len = strlen(value);

	if (len == 0)
		return in_list;
	if (text_is_blank(value[0]) || text_is_blank(value[len - 1]) || strchr("\"'{#", value[0]) != NULL)
		return true;
	return strstr(value, " #") != NULL || (in_list && strchr(value, ',') != NULL);
}

static void add_value(struct buf *out, const char *value, bool in_list)
{
	if (!needs_quotes(value, in_list)) {
		buf_text(out, value);
		return;
	}
	buf_char(out, '\'');
	for (; *value != '\0'; value++) {
		if (*value == '\'' || *value == '\\')
			buf_char(out, '\\');
		buf_char(out, *value);
	}
	buf_char(out, '\'');
}

const char *settings_value(const struct settings *settings, const struct option_row *row, struct arena *arena)
{
	struct buf out = buf_in(arena);

	for (size_t i = 0; i < store_item_count(settings, row); i++) {
		struct buf value = buf_in(arena);

		store_show(settings, row, i, &value);
		buf_text(&out, i > 0 ? ", " : "");
		add_value(&out, value.data, option_is_list(row));
	}
	return out.data;
}

const char *settings_print(const struct settings *settings, enum print_what what, struct arena *arena)
{
	struct settings *defaults = settings_new();
	struct buf out = buf_in(arena);

	for (size_t i = 0; i < option_count; i++) {
		const struct option_row *row = &option_rows[i];
		const char *value = settings_value(settings, row, arena);

		if (row->kind == OPTION_SECTION)
			continue;
		if (what == PRINT_CHANGED && strcmp(value, settings_value(defaults, row, arena)) == 0)
			continue;
		buf_printf(&out, *value == '\0' ? "%s =\n" : "%s = %s\n", row->name, value);
	}
	settings_free(&defaults);
	return out.data;
}
