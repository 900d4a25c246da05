/* Rows for a database that knows no Unicode: what is no ASCII is written in ASCII. */
#ifndef STORE_ROW_ASCII_H
#define STORE_ROW_ASCII_H

struct arena;
struct row;

/* The record, which is JSON, keeps its meaning (\uXXXX); in other texts an octet becomes \xHH, as in the log.
 */
const char *text_in_ascii(const char *text, struct arena *arena);
struct row row_in_ascii(const struct row *row, struct arena *arena);

#endif
