/* Rows as PostgreSQL's COPY takes them in its binary form (its manual, COPY, "Binary Format"): lengths stand
 * before values, so that nothing in a value can mean anything. */
#ifndef STORE_COPY_CODE_H
#define STORE_COPY_CODE_H

#include <stddef.h>

struct arena;
struct row;

/* The columns in the order of columns.def. The octets are of the arena. */
const char *copy_code(const struct row *rows, size_t count, size_t *len, struct arena *arena);

#endif
