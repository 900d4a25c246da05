#include "replay/case_writer.h"

#include "base/arena.h"
#include "base/base64.h"
#include "base/buf.h"
#include "base/timestamp.h"
#include "base/utf8.h"
#include "message/envelope.h"
#include "replay/case_file.h"
#include "replay/case_zone.h"
#include "settings/settings.h"
#include "settings/store.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* One line; what cannot stand in a line of UTF-8 becomes "?". */
static void add_line(struct buf *out, const char *keyword, const char *value)
{
	size_t left = strlen(value);

	buf_printf(out, "%-10s", keyword);
	while (left > 0) {
		size_t len = utf8_length(value, left, NULL);

		if (len == 0 || (unsigned char)*value < 0x20 || *value == 0x7f) {
			buf_char(out, '?');
			len = 1;
		} else {
			buf_add(out, value, len);
		}
		value += len;
		left -= len;
	}
	buf_char(out, '\n');
}

static void add_session(struct buf *out, const struct case_recording *recording)
{
	const struct envelope *envelope = recording->envelope;
	const char *sender = envelope->sender.raw;
	char client[NETADDR_TEXT_SIZE], now[TIMESTAMP_SIZE];
	struct span trimmed = span_trim(span_of(sender));

	add_line(out, "now", timestamp_format(recording->now, now));
	add_line(out, "client", netaddr_format(&envelope->client, client));
	add_line(out, "helo", envelope->helo);
	/* The line itself loses blanks at its ends. */
	if (trimmed.len == 0 || trimmed.len < strlen(sender))
		sender = arena_printf(out->arena, "<%s>", sender);
	add_line(out, "mail", sender);
	for (size_t i = 0; i < envelope->recipient_count && i < RECIPIENTS_KEPT; i++)
		add_line(out, "rcpt", envelope->recipients[i][0] == '\0' ? "<>" : envelope->recipients[i]);
	if (span_trim(span_of(envelope->auth_user)).len > 0)
		add_line(out, "auth", envelope->auth_user);
}

/* Is the option about this machine: paths, accounts, resolvers? Then it means nothing elsewhere. */
static bool is_local(const struct option_row *row)
{
	switch (row->shape) {
	case SHAPE_PATH:
	case SHAPE_SOCKET:
	case SHAPE_MODE:
	case SHAPE_ACCOUNT:
	case SHAPE_RESOLVER:
		return true;
	default:
		return row->kind == OPTION_SECTION;
	}
}

static bool are_equal(
	const struct settings *a, const struct settings *b, const struct option_row *row, struct arena *arena)
{
	size_t count = store_item_count(a, row);
	bool equal = count == store_item_count(b, row);

	for (size_t i = 0; i < count && equal; i++) {
		struct buf left = buf_in(arena), right = buf_in(arena);

		store_show(a, row, i, &left);
		store_show(b, row, i, &right);
		equal = strcmp(left.data, right.data) == 0;
	}
	return equal;
}

/* A list is emptied first, as each line adds to it. */
static void add_option(struct buf *out, const struct settings *settings, const struct option_row *row)
{
	if (option_is_list(row) && row->initial[0] != '\0')
		add_line(out, "option", row->name);
	for (size_t i = 0; i < store_item_count(settings, row); i++) {
		struct buf option = buf_in(out->arena);

		buf_printf(&option, "%s ", row->name);
		store_show(settings, row, i, &option);
		add_line(out, "option", option.data);
	}
}

static void add_options(struct buf *out, const struct case_recording *recording)
{
	struct settings *defaults = settings_new();

	add_line(out, "option", arena_printf(out->arena, "authserv-id %s", recording->authserv_id));
	for (size_t i = 0; i < option_count; i++) {
		const struct option_row *row = &option_rows[i];

		if (!is_local(row) && strcmp(row->name, "authserv-id") != 0 &&
			!are_equal(recording->settings, defaults, row, out->arena))
			add_option(out, recording->settings, row);
	}
	settings_free(&defaults);
}

static void add_body_digests(struct buf *out, struct body_digests digests)
{
	for (size_t i = 0; i < digests.count; i++) {
		const struct body_digest *digest = &digests.items[i];
		const struct octets octets = {digest->octets, digest->len};

		add_line(out, "body-hash",
			digest->canonical_length < 0
				? "-"
				: arena_printf(out->arena, "%" PRId64 " %s", digest->canonical_length,
					  base64_encode(out->arena, octets)));
	}
}

const char *case_text(const struct case_recording *recording, struct arena *arena)
{
	struct buf out = buf_in(arena);

	buf_text(&out, "# sekisho case 1\n");
	if (recording->about != NULL)
		add_line(&out, "about", recording->about);
	add_session(&out, recording);
	add_options(&out, recording);
	case_zone_write(recording->evidence, &out);
	add_body_digests(&out, recording->body_digests);
	for (size_t i = 0; i < recording->expectation_count; i++)
		add_line(&out, "expect",
			arena_printf(arena, "%s %s", recording->expectations[i].name,
				recording->expectations[i].value));
	if (recording->message_name != NULL)
		add_line(&out, "message", recording->message_name);
	return out.data;
}

/* The whole file or none: what was there before stays until the new one is complete. */
static bool write_file(
	const char *path, const char *octets, size_t len, struct arena *arena, struct fault *fault)
{
	const char *unfinished = arena_printf(arena, "%s.new", path);
	FILE *file = fopen(unfinished, "we");
	bool done = file != NULL && fwrite(octets, 1, len, file) == len;

	if (file != NULL && fclose(file) != 0)
		done = false;
	done = done && rename(unfinished, path) == 0;
	if (!done) {
		fault_set(fault, "%s: %s", path, strerror(errno));
		if (file != NULL)
			(void)remove(unfinished);
	}
	return done;
}

bool case_write(const char *path, const struct case_recording *recording, const char *message, size_t len,
	struct arena *arena, struct fault *fault)
{
	const char *text = case_text(recording, arena), *slash = strrchr(path, '/');
	const char *message_path = arena_printf(
		arena, "%.*s%s", slash == NULL ? 0 : (int)(slash - path) + 1, path, recording->message_name);

	return write_file(message_path, message, len, arena, fault) &&
	       write_file(path, text, strlen(text), arena, fault);
}
