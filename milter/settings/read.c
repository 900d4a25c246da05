/* The configuration file, read with libconfuse. */
#include "base/arena.h"
#include "base/text_file.h"
#include "settings/lines.h"
#include "settings/settings.h"
#include "settings/store.h"

#include <confuse.h>
#include <stdio.h>

/* A configuration is some kilobytes; more is some other file. */
enum { FILE_SIZE_MAX = 1024 * 1024 };

/* Every option of the file is a text to libconfuse: the store checks and converts it, with better words. */
struct reading {
	const char *path;
	struct settings *settings;
	struct arena *arena; /* until the file is read */
	struct fault *fault;
	bool failed;
	size_t *stored; /* values taken so far, for each row of option_rows */
};

/* libconfuse hands its callbacks no pointer of ours, and its lexer is a global too. */
static struct reading *current;

static void refuse(int line, const char *reason)
{
	if (!current->failed)
		fault_set(current->fault, "%s:%d: %s", current->path, line, reason);
	current->failed = true;
}

static void take_error(cfg_t *cfg, const char *format, va_list args) __attribute__((format(printf, 2, 0)));

static void take_error(cfg_t *cfg, const char *format, va_list args)
{
	struct fault reason;

	(void)vsnprintf(reason.text, sizeof reason.text, format, args);
	refuse(cfg->line, reason.text);
}

/* Called for each value, and once more at the end of a list. */
static int take_value(cfg_t *cfg, cfg_opt_t *option)
{
	const struct option_row *row = option_named(option->name);
	size_t *stored = &current->stored[row - option_rows];
	const char *text;
	struct fault reason;

	if (cfg_opt_size(option) == *stored)
		return 0;
	text = cfg_opt_getnstr(option, (unsigned)(*stored)++);
	if (!store_value(current->settings, row, text, settings_arena(current->settings), &reason)) {
		refuse(cfg->line, reason.text);
		return -1;
	}
	return 0;
}

static cfg_t *parser_new(struct reading *reading)
{
	cfg_opt_t *options = arena_array(reading->arena, option_count + 1, sizeof *options);
	size_t count = 0;
	cfg_t *parser;

	for (size_t i = 0; i < option_count; i++) {
		const char *name = option_rows[i].name;

		if (option_is_list(&option_rows[i]))
			options[count++] = (cfg_opt_t)CFG_STR_LIST(name, NULL, CFGF_NODEFAULT);
		else if (option_rows[i].kind != OPTION_SECTION)
			options[count++] = (cfg_opt_t)CFG_STR(name, NULL, CFGF_NODEFAULT);
	}
	options[count] = (cfg_opt_t)CFG_END();
	parser = cfg_init(options, CFGF_NONE);
	if (parser == NULL)
		return NULL;
	(void)cfg_set_error_function(parser, take_error);
	for (size_t i = 0; i < count; i++)
		(void)cfg_set_validate_func(parser, options[i].name, take_value);
	return parser;
}

static bool parse(struct reading *reading, const char *text)
{
	int *set_lines = arena_array(reading->arena, option_count, sizeof *set_lines);
	cfg_t *parser;
	int status;

	text = lines_quoted(reading->path, text, set_lines, reading->arena, reading->fault);
	if (text == NULL)
		return false;
	for (size_t i = 0; i < option_count; i++)
		if (set_lines[i] != 0)
			store_clear(reading->settings, &option_rows[i]);
	parser = parser_new(reading);
	if (parser == NULL) {
		fault_set(reading->fault, "%s: out of memory", reading->path);
		return false;
	}
	current = reading;
	status = cfg_parse_buf(parser, text);
	if (status != CFG_SUCCESS)
		refuse(parser->line, "cannot be read");
	current = NULL;
	(void)cfg_free(parser);
	return !reading->failed;
}

struct settings *settings_read(const char *path, struct fault *fault)
{
	struct reading reading = {.path = path, .fault = fault, .arena = arena_new()};
	const char *text = text_file_read(path, FILE_SIZE_MAX, reading.arena, fault);

	if (text != NULL) {
		reading.settings = settings_new();
		reading.stored = arena_array(reading.arena, option_count, sizeof *reading.stored);
		if (!parse(&reading, text))
			settings_free(&reading.settings);
	}
	arena_free(&reading.arena);
	return reading.settings;
}
