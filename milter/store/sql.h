/* All SQL text that is not written out where it is used: made from columns.def and from numbers of ours, the
 * only place where SQL is put together (tests/lint/sql.sh). No value ever gets into it: those are bound. */
#ifndef STORE_SQL_H
#define STORE_SQL_H

#include <stddef.h>
#include <stdint.h>

struct arena;
struct selection;

/* The tables of an empty database. */
const char *sql_make_sqlite(struct arena *arena);
const char *sql_make_postgres(struct arena *arena);

/* SQLite's mark of the version. */
const char *sql_mark_version(int version, struct arena *arena);

/* "INSERT INTO verdicts …", but for what is there: a parameter for each column. */
const char *sql_insert(struct arena *arena);

/* "COPY verdicts … FROM STDIN", binary; the same into table arrived; and what is in arrived into verdicts,
 * but for what is there. */
const char *sql_copy(struct arena *arena);
const char *sql_copy_beside(struct arena *arena);
const char *sql_take_over(struct arena *arena);

/* "SELECT … FROM verdicts WHERE …": parameters 1 from, 2 until, 3 domain, 4 queue id; before each number
 * stands mark ("?", "$"). */
const char *sql_select(const struct selection *selection, char mark, struct arena *arena);

/* PostgreSQL's partition of a day since 1970, and of a date such as 20260301: is it there (0 or 1); makes it,
 * while others read and write; drops it, or fails soon when somebody reads. */
int64_t sql_date(int64_t day);
const char *sql_has_day(int64_t day, struct arena *arena);
const char *sql_make_day(int64_t day, struct arena *arena);
const char *sql_drop_day(int64_t date, struct arena *arena);

#endif
