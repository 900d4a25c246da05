#include "store/copy_code.h"

#include "base/buf.h"
#include "store/row.h"

#include <endian.h>
#include <stdint.h>
#include <string.h>

static void add_16(struct buf *code, uint16_t number)
{
	uint16_t big = htobe16(number);

	buf_add(code, (const char *)&big, sizeof big);
}

static void add_32(struct buf *code, uint32_t number)
{
	uint32_t big = htobe32(number);

	buf_add(code, (const char *)&big, sizeof big);
}

static void add_field(struct buf *code, const struct row *row, const struct column *column)
{
	const char *text;
	uint64_t number;
	size_t len;

	if (column->kind == COLUMN_NUMBER) {
		number = htobe64((uint64_t)row_number(row, column));
		add_32(code, sizeof number);
		buf_add(code, (const char *)&number, sizeof number);
		return;
	}
	text = row_text(row, column);
	len = strlen(text);
	add_32(code, (uint32_t)len);
	buf_add(code, text, len);
}

const char *copy_code(const struct row *rows, size_t count, size_t *len, struct arena *arena)
{
	static const char signature[] = "PGCOPY\n\377\r\n"; /* its NUL belongs to it */
	struct buf code = buf_in(arena);

	buf_add(&code, signature, sizeof signature);
	add_32(&code, 0); /* flags: no OIDs */
	add_32(&code, 0); /* no extension of the header */
	for (size_t i = 0; i < count; i++) {
		add_16(&code, (uint16_t)column_count);
		for (size_t c = 0; c < column_count; c++)
			add_field(&code, &rows[i], &columns[c]);
	}
	add_16(&code, UINT16_MAX); /* the end */
	*len = code.len;
	return code.data;
}
