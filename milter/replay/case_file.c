#include "replay/case_file.h"

#include "base/arena.h"
#include "base/text_file.h"
#include "dns/zone.h"
#include "replay/case_keywords.h"
#include "settings/settings.h"

#include <string.h>

/* 60 answers of 64 kB with every octet escaped would be 15 MB: more than a message may ask for. */
enum { CASE_SIZE_MAX = 16 * 1024 * 1024 };

static const char first_line[] = "# sekisho case 1";

static bool take_line(
	struct case_reader *reader, const char *text, size_t len, unsigned number, struct fault *why)
{
	struct span line = span_trim((struct span){.at = text, .len = len});

	if (number == 1 && !(line.at == text && line.len == strlen(first_line) &&
				   memcmp(text, first_line, line.len) == 0)) {
		fault_set(why, "the first line must be \"%s\"", first_line);
		return false;
	}
	return line.len == 0 || line.at[0] == '#' || case_take_line(reader, line, why);
}

/* Reads the lines; *number is the one at hand when it fails. */
static bool take_lines(struct case_reader *reader, const char *text, unsigned *number, struct fault *why)
{
	do {
		size_t len = strcspn(text, "\n");

		++*number;
		if (!take_line(reader, text, len, *number, why))
			return false;
		text += len + (text[len] == '\n');
	} while (*text != '\0');
	return case_is_complete(reader, why);
}

static void prepare(struct case_reader *reader, const char *text)
{
	struct arena *arena = reader->arena;
	size_t lines = 1;

	for (; *text != '\0'; text++)
		lines += *text == '\n';
	reader->file = arena_alloc(arena, sizeof *reader->file);
	*reader->file =
		(struct case_file){.about = "", .client_name = "", .auth_user = "", .zone = zone_new(arena)};
	reader->recipients.items = arena_array(arena, lines, sizeof(char *));
	reader->seen_keys = arena_array(arena, lines, sizeof *reader->seen_keys);
	reader->body_digests = arena_array(arena, lines, sizeof *reader->body_digests);
	reader->options = arena_array(arena, lines, sizeof(struct case_pair));
	reader->expectations = arena_array(arena, lines, sizeof(struct case_pair));
}

static void complete(struct case_reader *reader, const char *path)
{
	struct case_file *file = reader->file;
	const char *slash = strrchr(path, '/');
	size_t folder_len = slash == NULL ? 0 : (size_t)(slash - path) + 1;

	file->recipients = reader->recipients.items;
	file->recipient_count = reader->recipients.count;
	file->seen_keys = (struct remembered_keys){reader->seen_keys, reader->seen_key_count};
	file->body_digests.items = reader->body_digests;
	file->options = reader->options;
	file->expectations = reader->expectations;
	file->message_path = arena_printf(reader->arena, "%.*s%s", (int)folder_len, path, file->message_path);
}

struct case_file *case_file_read(const char *path, struct arena *arena, struct fault *fault)
{
	struct case_reader reader = {.arena = arena};
	const char *text = text_file_read(path, CASE_SIZE_MAX, arena, fault);
	struct fault why = {""};
	unsigned number = 0;
	bool done;

	if (text == NULL)
		return NULL;
	prepare(&reader, text);
	reader.scratch = settings_new();
	done = take_lines(&reader, text, &number, &why);
	settings_free(&reader.scratch);
	if (!done) {
		fault_set(fault, "%s:%u: %s", path, number, why.text);
		return NULL;
	}
	complete(&reader, path);
	return reader.file;
}

bool case_file_apply_options(const struct case_file *file, struct settings *settings, struct fault *fault)
{
	for (size_t i = 0; i < file->option_count; i++)
		if (!settings_set(settings, file->options[i].name, file->options[i].value, fault))
			return false;
	return true;
}
