/* What the store keeps of one message, as plain data, and its code on the way from worker to writer. */
#ifndef STORE_ROW_H
#define STORE_ROW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct decision;
struct findings;

/* Texts are never NULL, and at most as long as columns.def says. */
struct row {
#define TEXT(field, most) const char *field;
#define NUMBER(field) int64_t field;
#include "store/columns.def"
#undef TEXT
#undef NUMBER
};

enum column_kind { COLUMN_TEXT, COLUMN_NUMBER };

struct column {
	const char *name;
	enum column_kind kind;
	size_t most; /* octets of a text */
	size_t offset;
};

extern const struct column columns[];
extern const size_t column_count;

/* The code of a row is never longer; a packet of this size carries it. */
enum { ROW_CODE_MAX = 84 * 1024 };

const char *row_text(const struct row *row, const struct column *column);
int64_t row_number(const struct row *row, const struct column *column);

/* What was written about the message elsewhere. */
struct row_texts {
	const char *record;  /* the log record as JSON */
	const char *failure; /* report/failure.h */
};

/* Texts that are too long are cut. The texts live as long as findings and arena. */
struct row row_of(const struct findings *findings, const struct decision *decision,
	const struct row_texts *texts, const char *id, struct arena *arena);

/* Cuts texts that are too long, and writes what is no UTF-8 in ASCII; NULL becomes "". For rows that were not
 * made by row_of. */
void row_bound(struct row *row, struct arena *arena);

/* The octets are of the arena. */
const char *row_encode(const struct row *row, size_t *len, struct arena *arena);

/* False when the octets are no row of this version of sekisho. The texts are copied into the arena. */
bool row_decode(const char *octets, size_t len, struct row *row, struct arena *arena);

/* The same, but the texts stay where they are: the octets, and one behind them, become theirs, whatever is
 * answered. */
bool row_decode_there(char *octets, size_t len, struct row *row);

#endif
