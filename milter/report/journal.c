#include "report/journal.h"

#ifdef HAVE_SYSTEMD

#include "base/arena.h"
#include "base/text.h"
#include "report/record.h"

#include <errno.h>
#include <string.h>
#include <sys/uio.h>
#include <syslog.h>
#include <unistd.h>

#define SD_JOURNAL_SUPPRESS_LOCATION
#include <systemd/sd-journal.h>

enum { OWN_FIELDS = 4 };

bool journal_is_there(void)
{
	return access("/run/systemd/journal/socket", W_OK) == 0;
}

static struct iovec part(const char *text)
{
	return (struct iovec){.iov_base = (void *)text, .iov_len = strlen(text)};
}

/* Fills the fields that every entry has; returns OWN_FIELDS. */
static size_t add_own_fields(struct iovec *parts, int priority, const char *message, struct arena *arena)
{
	parts[0] = part(arena_printf(arena, "MESSAGE=%s", message));
	parts[1] = part(arena_printf(arena, "PRIORITY=%d", priority));
	parts[2] = part("SYSLOG_IDENTIFIER=sekishod");
	parts[3] = part(arena_printf(arena, "SYSLOG_FACILITY=%d", LOG_MAIL >> 3));
	return OWN_FIELDS;
}

static bool send_parts(const struct iovec *parts, size_t count)
{
	int status = sd_journal_sendv(parts, (int)count);

	if (status < 0)
		errno = -status;
	return status >= 0;
}

bool journal_write(const struct record *record, const char *line, struct arena *arena)
{
	struct iovec *parts = arena_array(arena, OWN_FIELDS + record->count, sizeof *parts);
	size_t count = add_own_fields(parts, record->priority, line, arena);

	for (size_t i = 0; i < record->count; i++) {
		const struct record_field *field = &record->fields[i];

		parts[count++] = part(arena_printf(arena, "SEKISHO_%s=%s",
			text_upper(arena, field->name, strlen(field->name)), field->value));
	}
	return send_parts(parts, count);
}

bool journal_say(int priority, const char *text, struct arena *arena)
{
	struct iovec parts[OWN_FIELDS];

	return send_parts(parts, add_own_fields(parts, priority, text, arena));
}

#else

#include <errno.h>

bool journal_is_there(void)
{
	return false;
}

bool journal_write(const struct record *record, const char *line, struct arena *arena)
{
	(void)record;
	(void)line;
	(void)arena;
	errno = ENOSYS;
	return false;
}

bool journal_say(int priority, const char *text, struct arena *arena)
{
	(void)priority;
	(void)text;
	(void)arena;
	errno = ENOSYS;
	return false;
}

#endif
