/* Rows as they come out of a spool that somebody may have altered: whole, bounded, and then reported. */
#include "base/arena.h"
#include "feedback/aggregate_xml.h"
#include "feedback/failure_letter.h"
#include "feedback/sums.h"
#include "store/row.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool same(const struct row *a, const struct row *b)
{
	for (size_t i = 0; i < column_count; i++) {
		const struct column *column = &columns[i];

		if (column->kind == COLUMN_TEXT ? strcmp(row_text(a, column), row_text(b, column)) != 0
						: row_number(a, column) != row_number(b, column))
			return false;
	}
	return true;
}

/* What is read can be written, and is the same again; in the same octets when this version of sekisho wrote
 * it. */
static void check(const struct row *row, const uint8_t *data, size_t size, struct arena *arena)
{
	size_t len;
	const char *code = row_encode(row, &len, arena);
	struct row again;

	if (!row_decode(code, len, &again, arena) || !same(row, &again))
		abort();
	if ((char)data[0] == code[0] && (len != size || memcmp(code, data, len) != 0))
		abort();
	for (size_t i = 0; i < column_count; i++)
		if (columns[i].kind == COLUMN_TEXT && strlen(row_text(row, &columns[i])) > columns[i].most)
			abort();
}

/* No value of a row makes markup: tags are ours. */
static void report(const struct row *row, struct arena *arena)
{
	struct report_facts facts = {.organization = "x", .email = "x@y.example", .id = "1@y.example"};

	for (facts.form = FORM_RFC9990; facts.form <= FORM_RFC7489; facts.form++) {
		struct sums *sums = sums_new(row->dmarc_domain, arena);
		size_t records = 0;

		sums_add(sums, row);
		for (const char *at = aggregate_xml(sums, &facts, arena);
			(at = strstr(at, "<record>")) != NULL; at++)
			records++;
		if (records != 1)
			abort();
	}
}

/* A failure report has three parts, whatever the row says it will tell, and lines of ASCII alone. */
static void tell(const struct row *row, struct arena *arena)
{
	const struct failure_letter letter = {.from = "a@b.example",
		.to = "",
		.receiver = "b.example",
		.domain = "c.example",
		.id = "1",
		.failure = row->failure,
		.incidents = (uint64_t)row->time,
		.arrival = 0};
	const char *text = failure_letter_text(&letter, arena);
	size_t boundaries = 0;

	for (const char *at = text; (at = strstr(at, "\n--")) != NULL; at++)
		boundaries++;
	if (boundaries != 4)
		abort();
	for (; *text != '\0'; text++)
		if (*text != '\n' && (*text < ' ' || *text > '~'))
			abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *arena = arena_new();
	struct row row;

	if (row_decode((const char *)data, size, &row, arena)) {
		check(&row, data, size, arena);
		report(&row, arena);
		tell(&row, arena);
	}
	arena_free(&arena);
	return 0;
}
