#include "report/failure_header.h"

#include "base/arena.h"
#include "base/text.h"
#include "diagnose/findings.h"
#include "message/author.h"
#include "message/header_list.h"
#include "message/local_part.h"
#include "report/sanitise.h"

#include <string.h>

enum {
	NAME_MAX_OCTETS = 76,
	LINE_MAX_OCTETS = 900, /* RFC 5322 section 2.1.1 allows 998 */
};

/* Which way it came and how it was signed; nothing of what it says or who gets it. */
static const char *const technical[] = {"Received", "Date", "Message-ID", "MIME-Version", "Content-Type",
	"Content-Transfer-Encoding", "DKIM-Signature", "ARC-Seal", "ARC-Message-Signature",
	"ARC-Authentication-Results", "Authentication-Results", "List-ID"};

static bool is_technical(const struct header_field *field)
{
	for (size_t i = 0; i < sizeof technical / sizeof technical[0]; i++)
		if (header_field_is(field, technical[i]))
			return true;
	return false;
}

/* A usual name: whatever else a stranger may call a field is no loss here. */
static bool is_usual(const struct header_field *field)
{
	if (field->name_len == 0 || field->name_len > NAME_MAX_OCTETS || !text_is_alnum(field->name[0]))
		return false;
	for (size_t i = 1; i < field->name_len; i++)
		if (!text_is_alnum(field->name[i]) && field->name[i] != '-')
			return false;
	return true;
}

/* The value unfolded and folded anew where it has to be. */
static void add_value(struct buf *line, const char *value)
{
	size_t column = line->len;

	for (; *value != '\0'; value++) {
		char c = *value;

		if (c == '\r')
			continue;
		if (c == '\n' || column >= LINE_MAX_OCTETS) {
			buf_text(line, "\n ");
			column = 1;
			if (c == '\n')
				continue;
		}
		buf_char(line, c == '\t' ? ' ' : c >= ' ' && c <= '~' ? c : '?');
		column++;
	}
	buf_char(line, '\n');
}

static void add_field(
	struct buf *out, const struct header_field *field, const struct local_part_mask *mask, size_t room)
{
	bool is_id = header_field_is(field, "Message-ID"); /* no address, though it looks like one */
	struct buf line = buf_in(out->arena);

	if (field->value_len > room)
		return;
	buf_printf(&line, "%.*s:", (int)field->name_len, field->name);
	add_value(&line,
		is_id ? field->value : local_parts_masked(mask, field->value, field->value_len, out->arena));
	if (line.len <= room)
		buf_add(out, line.data, line.len);
}

/* The address alone: a display name is the person's, or somebody's who is pretended. */
static void add_author(struct buf *out, const struct findings *findings, const struct local_part_mask *mask)
{
	const char *address = findings->author != NULL ? findings->author->address : "";

	buf_printf(out, "From: <%s>\n",
		sanitise(SANITISE_ADDRESS, local_part_masked(mask, address, out->arena), false, out->arena));
}

void failure_header_add(struct buf *out, const struct findings *findings, enum failure_header shown,
	const struct local_part_mask *mask)
{
	const struct header_list *header = findings->header;

	if (shown != FAILURE_HEADER_FULL)
		add_author(out, findings, mask);
	for (size_t i = 0; shown != FAILURE_HEADER_NONE && header != NULL && i < header->count; i++) {
		const struct header_field *field = &header->fields[i];

		if (!is_usual(field) || (shown == FAILURE_HEADER_TECHNICAL && !is_technical(field)))
			continue;
		add_field(out, field, mask, out->len < FAILURE_TEXT_MAX ? FAILURE_TEXT_MAX - out->len : 0);
	}
}
