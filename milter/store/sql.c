#include "store/sql.h"

#include "base/buf.h"
#include "store/database.h"
#include "store/row.h"

#include <string.h>

const char *sql_definitions(struct arena *arena)
{
	struct buf text = buf_in(arena);

	for (size_t i = 0; i < column_count; i++)
		buf_printf(&text, "%s%s %s NOT NULL", i > 0 ? ", " : "", columns[i].name,
			columns[i].kind == COLUMN_TEXT ? "TEXT" : "BIGINT");
	return text.data;
}

const char *sql_names(struct arena *arena)
{
	struct buf text = buf_in(arena);

	for (size_t i = 0; i < column_count; i++)
		buf_printf(&text, "%s%s", i > 0 ? ", " : "", columns[i].name);
	return text.data;
}

/* The record is most of a row: sorting a day of it would move gigabytes that no report needs. */
static bool is_wanted(const struct selection *selection, const char *name)
{
	if (strcmp(name, "record") == 0)
		return !selection->by_dmarc_domain;
	return strcmp(name, "failure") != 0 || selection->failures;
}

static void add_wanted(struct buf *text, const struct selection *selection)
{
	for (size_t i = 0; i < column_count; i++)
		buf_printf(text, "%s%s%s", i > 0 ? ", " : "",
			is_wanted(selection, columns[i].name) ? "" : "'' AS ", columns[i].name);
}

const char *sql_select(const struct selection *selection, char mark, struct arena *arena)
{
	struct buf text = buf_in(arena);

	buf_text(&text, "SELECT ");
	add_wanted(&text, selection);
	/* every parameter is named, also where it does not choose: engines want to know their types */
	buf_printf(&text,
		" FROM verdicts WHERE time >= %c1 AND time < %c2"
		" AND (%c3 = '' OR from_domain = %c3 OR dmarc_domain = %c3)"
		" AND (%c4 = '' OR queue_id = %c4)",
		mark, mark, mark, mark, mark, mark, mark);
	if (selection->failures)
		buf_text(&text, " AND failure <> ''");
	buf_text(&text, selection->by_dmarc_domain ? " AND dmarc_domain <> '' ORDER BY dmarc_domain, time"
						   : " ORDER BY time");
	return text.data;
}
