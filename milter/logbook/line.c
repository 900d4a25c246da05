#include "logbook/line.h"

#include "logbook/json_line.h"
#include "logbook/pairs_line.h"
#include "logbook/stamp.h"

#include <string.h>

/* sekishod's records begin with one of these (report/record.c). */
static bool begins_record(const char *text, size_t len)
{
	static const char *const first[] = {"queue_id=", "client="};

	for (size_t i = 0; i < sizeof first / sizeof first[0]; i++)
		if (len > strlen(first[i]) && memcmp(text, first[i], strlen(first[i])) == 0)
			return true;
	return false;
}

enum line_kind message_read(char *text, size_t len, struct entry *entry)
{
	if (!begins_record(text, len))
		return LINE_REMARK;
	if (!pairs_line_read(text, len, entry))
		return LINE_BROKEN;
	return LINE_RECORD;
}

static enum line_kind read_json(char *line, size_t len, struct entry *entry)
{
	struct span message;
	enum json_kind kind = json_line_read(line, len, entry, &message);
	bool dated = entry->dated;
	int64_t time = entry->time;

	if (kind == JSON_BROKEN)
		return LINE_BROKEN;
	if (kind == JSON_OTHER)
		return LINE_FOREIGN;
	if (message.len > 0 && begins_record(message.at, message.len)) {
		entry_begin(entry);
		entry->dated = dated;
		entry->time = time;
		return message_read((char *)(uintptr_t)message.at, message.len, entry);
	}
	return entry_is_record(entry) ? LINE_RECORD : LINE_REMARK;
}

/* Where the text of the program "sekishod" begins: "HOST sekishod[123]: TEXT", or without the host. NULL when
 * it is another program's line: further right the words are a stranger's. */
static char *own_text(char *at, char *end)
{
	static const char name[] = "sekishod";
	const size_t name_len = sizeof name - 1;

	for (int words = 0; words < 2 && at < end; words++) {
		char *blank;

		while (at < end && *at == ' ')
			at++;
		if ((size_t)(end - at) > name_len && memcmp(at, name, name_len) == 0 &&
			(at[name_len] == '[' || at[name_len] == ':')) {
			at = memchr(at, ':', (size_t)(end - at));
			return at == NULL ? NULL : at + 1;
		}
		blank = memchr(at, ' ', (size_t)(end - at));
		if (blank == NULL)
			return NULL;
		at = blank;
	}
	return NULL;
}

static enum line_kind read_syslog(char *line, size_t len, int64_t now, struct entry *entry)
{
	size_t stamp = stamp_read(line, len, now, &entry->time);
	char *text, *end = line + len;

	if (stamp == 0)
		return LINE_FOREIGN;
	entry->dated = true;
	text = own_text(line + stamp, end);
	if (text == NULL)
		return LINE_FOREIGN;
	while (text < end && *text == ' ')
		text++;
	return message_read(text, (size_t)(end - text), entry);
}

enum line_kind line_read(char *line, size_t len, int64_t now, struct entry *entry)
{
	entry_begin(entry);
	while (len > 0 && text_is_space(line[len - 1]))
		len--;
	if (len == 0)
		return LINE_FOREIGN;
	if (line[0] == '{')
		return read_json(line, len, entry);
	if (line[0] == '<') { /* a priority, as on the wire (RFC 5424 section 6.2.1) */
		size_t skip = 1;

		while (skip < len && skip < 5 && line[skip] != '>')
			skip++;
		line += skip < len ? skip + 1 : len;
		len -= skip < len ? skip + 1 : len;
	}
	if (begins_record(line, len)) /* journalctl -o cat */
		return message_read(line, len, entry);
	return read_syslog(line, len, now, entry);
}
