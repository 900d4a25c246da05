#include "store/row.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/text.h"
#include "base/utf8.h"
#include "diagnose/findings.h"
#include "message/envelope.h"
#include "report/action.h"
#include "report/escape.h"
#include "report/incoming_report.h"

#include <string.h>

const struct column columns[] = {
#define TEXT(field, most) {#field, COLUMN_TEXT, most, offsetof(struct row, field)},
#define NUMBER(field) {#field, COLUMN_NUMBER, 0, offsetof(struct row, field)},
#include "store/columns.def"
#undef TEXT
#undef NUMBER
};

const size_t column_count = sizeof columns / sizeof columns[0];

/* Raised whenever columns.def grows. How many columns each version had: what an older sekisho left in the
 * spool is still a verdict. */
static const size_t columns_of_version[] = {0, 21, 22};
static const char code_version = sizeof columns_of_version / sizeof columns_of_version[0] - 1;

enum { SIGNATURES_KEPT = 20, NAME_MAX_OCTETS = 255 };

const char *row_text(const struct row *row, const struct column *column)
{
	return *(const char *const *)((const char *)row + column->offset);
}

int64_t row_number(const struct row *row, const struct column *column)
{
	return *(const int64_t *)((const char *)row + column->offset);
}

/* "pass example.com sel1", a line each. */
static const char *signatures_of(const struct verdicts *verdicts, struct arena *arena)
{
	struct buf lines = buf_in(arena);

	for (size_t i = 0; i < verdicts->signature_count && i < SIGNATURES_KEPT; i++) {
		const struct signature_verdict *signature = &verdicts->signatures[i];

		if (signature->domain_name[0] == '\0')
			continue;
		if (lines.len > 0)
			buf_char(&lines, '\n');
		buf_text(&lines, result_word(signature->result));
		buf_char(&lines, ' ');
		buf_text(&lines, signature->domain_name);
		buf_char(&lines, ' ');
		buf_text(&lines, escape_word(signature->selector, NAME_MAX_OCTETS, arena));
	}
	return lines.data;
}

static const char *disposition_of(const struct decision *decision)
{
	if (decision->action == ACTION_REJECT)
		return "reject";
	return decision->action == ACTION_QUARANTINE ? "quarantine" : "none";
}

/* RFC 9990 section 3.1.1: why the policy that applied is not the one that was asked for. */
static const char *override_of(const struct verdicts *verdicts, const struct decision *decision)
{
	bool asked = verdicts->dmarc.result == RESULT_FAIL && verdicts->dmarc.policy != DMARC_POLICY_NONE;

	if (verdicts_arc_overrides(verdicts))
		return "trusted_forwarder";
	if (strncmp(decision->option, "dmarc-", strlen("dmarc-")) == 0 && decision->action == decision->would)
		return "";
	return asked || decision->action != ACTION_ACCEPT ? "local_policy" : "";
}

/* Cut between characters; a database refuses what is no UTF-8, with all rows beside it. */
static const char *bounded(const char *text, size_t most, struct arena *arena)
{
	size_t len = strlen(text);

	if (!utf8_is_whole(text, len)) {
		text = escape_foreign(text, most, arena);
		len = strlen(text);
	}
	if (len <= most)
		return text;
	while (most > 0 && ((unsigned char)text[most] & 0xc0) == 0x80)
		most--;
	return arena_copy(arena, text, most);
}

void row_bound(struct row *row, struct arena *arena)
{
	for (size_t i = 0; i < column_count; i++)
		if (columns[i].kind == COLUMN_TEXT) {
			const char **text = (const char **)((char *)row + columns[i].offset);

			*text = *text == NULL ? "" : bounded(*text, columns[i].most, arena);
		}
}

static void add_verdicts(struct row *row, const struct verdicts *verdicts, const struct decision *decision,
	struct arena *arena)
{
	const struct dmarc_verdict *dmarc = &verdicts->dmarc;

	row->spf = result_word(verdicts->spf.result);
	row->spf_domain = verdicts->spf.domain;
	row->spf_scope = verdicts->spf.identity == IDENTITY_HELO ? "helo" : "mfrom";
	row->signatures = signatures_of(verdicts, arena);
	row->dmarc = result_word(dmarc->result);
	row->dmarc_domain = dmarc->record_domain;
	row->dmarc_record = escape_foreign(dmarc->record, NAME_MAX_OCTETS * 4, arena);
	row->from_domain = dmarc->author_domain;
	row->dkim_aligned = dmarc->dkim_aligned_pass;
	row->spf_aligned = dmarc->spf_aligned_pass;
	row->disposition = disposition_of(decision);
	row->override = override_of(verdicts, decision);
}

struct row row_of(const struct findings *findings, const struct decision *decision,
	const struct row_texts *texts, const char *id, struct arena *arena)
{
	struct row row = {.id = id,
		.time = findings->now,
		.receiver = findings->authserv_id,
		.queue_id = escape_foreign(findings->envelope->queue_id, NAME_MAX_OCTETS, arena),
		.mail_domain = findings->envelope->sender.domain.name,
		.record = texts->record,
		.failure = texts->failure};
	char *client = arena_alloc(arena, NETADDR_TEXT_SIZE);

	row.client = netaddr_format(&findings->envelope->client, client);
	if (!findings->verdicts->skipped)
		add_verdicts(&row, findings->verdicts, decision, arena);
	row.is_report = incoming_report(findings->header);
	if (findings->diagnoses.count > 0)
		row.cause = cause_row(findings->diagnoses.items[0].cause)->code;
	row_bound(&row, arena);
	return row;
}

static size_t code_length(const struct row *row)
{
	size_t len = sizeof code_version;

	for (size_t i = 0; i < column_count; i++)
		len += columns[i].kind == COLUMN_NUMBER
			       ? sizeof(int64_t)
			       : sizeof(uint16_t) + strlen(row_text(row, &columns[i]));
	return len;
}

static char *add(char *at, const void *octets, size_t len)
{
	memcpy(at, octets, len);
	return at + len;
}

const char *row_encode(const struct row *row, size_t *len, struct arena *arena)
{
	char *code = arena_room(arena, *len = code_length(row)), *at = code;

	at = add(at, &code_version, sizeof code_version);
	for (size_t i = 0; i < column_count; i++) {
		if (columns[i].kind == COLUMN_NUMBER) {
			int64_t number = row_number(row, &columns[i]);

			at = add(at, &number, sizeof number);
		} else {
			const char *text = row_text(row, &columns[i]);
			uint16_t size = (uint16_t)strlen(text);

			at = add(at, &size, sizeof size);
			at = add(at, text, size);
		}
	}
	return code;
}

static bool take(char **at, const char *end, void *into, size_t len)
{
	if ((size_t)(end - *at) < len)
		return false;
	memcpy(into, *at, len);
	*at += len;
	return true;
}

/* What a column has that was not there yet. */
static struct row empty_row(void)
{
	struct row row = {.time = 0};

	for (size_t i = 0; i < column_count; i++)
		if (columns[i].kind == COLUMN_TEXT)
			*(const char **)((char *)&row + columns[i].offset) = "";
	return row;
}

/* The end of a text is where the next column begins: its NUL is put there when that was read. */
static bool read_column(char **at, const char *end, const struct column *column, struct row *row)
{
	void *field = (char *)row + column->offset;
	char *behind = *at;
	uint16_t size;

	if (column->kind == COLUMN_NUMBER) {
		if (!take(at, end, field, sizeof(int64_t)))
			return false;
	} else {
		if (!take(at, end, &size, sizeof size) || size > column->most || (size_t)(end - *at) < size ||
			memchr(*at, '\0', size) != NULL)
			return false;
		*(const char **)field = *at;
		*at += size;
	}
	*behind = '\0';
	return true;
}

bool row_decode_there(char *octets, size_t len, struct row *row)
{
	char *at = octets;
	const char *end = octets + len;
	char version;

	if (!take(&at, end, &version, 1) || version < 1 || version > code_version)
		return false;
	*row = empty_row();
	for (size_t i = 0; i < columns_of_version[(size_t)version]; i++)
		if (!read_column(&at, end, &columns[i], row))
			return false;
	*at = '\0';
	return at == end;
}

bool row_decode(const char *octets, size_t len, struct row *row, struct arena *arena)
{
	return row_decode_there(arena_copy(arena, octets, len), len, row);
}
