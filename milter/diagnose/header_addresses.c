/* Fields with addresses as they may have been written before: quotes and angle brackets, one mailbox
 * at a time, and the author whom a list replaced. */
#include "base/arena.h"
#include "base/text.h"
#include "diagnose/header_candidates.h"
#include "message/header_list.h"

#include <string.h>

enum { MAILBOXES_MAX = 10 };

static void add(struct header_candidates *list, const char *value)
{
	header_candidates_add(list, HEADER_REENCODED, value, "");
}

/* The end of the mailbox that begins there: a comma outside of quotes, or the end of all. */
static size_t mailbox_length(const char *at)
{
	bool quoted = false;
	size_t len = 0;

	for (; at[len] != '\0' && (quoted || at[len] != ','); len++)
		if (at[len] == '"')
			quoted = !quoted;
	return len;
}

/* Other ways to write one mailbox: name and address each with and without what may stand around them. */
static size_t rewrite_mailbox(const char *out[4], struct span mailbox, struct arena *arena)
{
	const char *angle = memchr(mailbox.at, '<', mailbox.len);
	struct span name = {mailbox.at, angle == NULL ? 0 : (size_t)(angle - mailbox.at)}, address;
	size_t count = 0;

	name = span_trim(name);
	if (angle == NULL) {
		out[count++] = arena_printf(arena, "<%.*s>", (int)mailbox.len, mailbox.at);
		return count;
	}
	address = (struct span){angle + 1, strcspn(angle + 1, ">")};
	if (name.len == 0) {
		out[count++] = span_text(arena, address);
	} else if (name.at[0] == '"' && name.len >= 2 && name.at[name.len - 1] == '"') {
		out[count++] = arena_printf(
			arena, "%.*s <%.*s>", (int)name.len - 2, name.at + 1, (int)address.len, address.at);
	} else {
		out[count++] = arena_printf(
			arena, "\"%.*s\" <%.*s>", (int)name.len, name.at, (int)address.len, address.at);
	}
	/* A name that only repeats the address was put there by a mail program. */
	if (name.len > 0 && text_find(name.at, name.len, span_text(arena, address)) != NULL) {
		out[count++] = span_text(arena, address);
		out[count++] = arena_printf(arena, "<%.*s>", (int)address.len, address.at);
	}
	return count;
}

static void add_mailboxes(struct header_candidates *list, const struct header_field *field)
{
	const char *at = field->value;

	for (size_t number = 0; number < MAILBOXES_MAX && *at != '\0'; number++) {
		size_t len = mailbox_length(at), lead = 0;
		const char *forms[4];
		struct span mailbox;
		size_t count;

		while (lead < len && text_is_space(at[lead]))
			lead++;
		mailbox = span_trim((struct span){at, len});
		count = mailbox.len == 0 ? 0 : rewrite_mailbox(forms, mailbox, list->arena);
		for (size_t i = 0; i < count; i++)
			add(list, arena_printf(list->arena, "%.*s%s%s", (int)(at + lead - field->value),
					  field->value, forms[i], mailbox.at + mailbox.len));
		at += len + (at[len] == ',');
	}
}

static void add_replaced(
	struct header_candidates *list, const struct header_field *field, const char *old, const char *with)
{
	if (strstr(field->value, old) != NULL)
		add(list, text_replaced(list->arena, field->value, old, with));
}

/* The name that a list kept of its author: "Nora via the list", "'Nora' via the list". */
static struct span name_before_via(const struct header_field *field)
{
	const char *via = text_find(field->value, field->value_len, " via ");
	struct span name = {field->value, via == NULL ? 0 : (size_t)(via - field->value)};

	name = span_trim(name);
	while (name.len > 0 && strchr("\"'", name.at[0]) != NULL) {
		name.at++;
		name.len--;
	}
	while (name.len > 0 && strchr("\"'", name.at[name.len - 1]) != NULL)
		name.len--;
	return name;
}

static void add_author(
	struct header_candidates *list, const struct header_facts *facts, const struct header_field *field)
{
	static const char *const keepers[] = {"Reply-To", "X-Original-From", "X-Original-Sender", "Author"};
	struct span name = name_before_via(field);

	for (size_t i = 0; name.len > 0 && i < sizeof keepers / sizeof keepers[0]; i++) {
		const struct header_field *keeper = header_list_find(facts->header, keepers[i], 1);
		struct span address;
		const char *angle;

		if (keeper == NULL)
			continue;
		angle = strrchr(keeper->value, '<');
		address = angle == NULL ? span_trim(span_of(keeper->value))
					: (struct span){angle + 1, strcspn(angle + 1, ">")};
		header_candidates_add(list, HEADER_FROM_MUNGED,
			arena_printf(list->arena, " %.*s <%.*s>", (int)name.len, name.at, (int)address.len,
				address.at),
			"");
		header_candidates_add(list, HEADER_FROM_MUNGED,
			arena_printf(list->arena, " \"%.*s\" <%.*s>", (int)name.len, name.at,
				(int)address.len, address.at),
			"");
	}
}

void header_candidates_addresses(
	struct header_candidates *list, const struct header_facts *facts, const struct header_field *field)
{
	add_mailboxes(list, field);
	add_replaced(list, field, "\"", "");
	add_replaced(list, field, ", ", ",");
	add_replaced(list, field, ",", ", ");
	add_replaced(list, field, "\" <", "\"<");
	if (header_field_is(field, "From"))
		add_author(list, facts, field);
}
