/* SQL text made from columns.def, the same for every engine. No value ever gets into it. */
#ifndef STORE_SQL_H
#define STORE_SQL_H

struct arena;
struct selection;

/* "id TEXT NOT NULL, time BIGINT NOT NULL, …" */
const char *sql_definitions(struct arena *arena);

/* "id, time, …" */
const char *sql_names(struct arena *arena);

/* "SELECT … FROM verdicts WHERE …": parameters 1 from, 2 until, 3 domain, 4 queue id; before each number
 * stands mark ("?", "$"). */
const char *sql_select(const struct selection *selection, char mark, struct arena *arena);

#endif
