/* sekisho log: what the log says about the mail of some time. */
#include "cli/log.h"

#include "base/arena.h"
#include "base/clock.h"
#include "cli/exit_status.h"
#include "cli/log_replay.h"
#include "cli/log_request.h"
#include "cli/usual_settings.h"
#include "logbook/census_json.h"
#include "logbook/enforcement.h"
#include "logbook/html.h"
#include "logbook/notice.h"
#include "logbook/reading.h"
#include "logbook/screen.h"
#include "logbook/story.h"
#include "settings/settings.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* What the reading feeds. */
struct work {
	const struct log_request *request;
	const struct paper *paper;
	struct census *census;
	struct enforcement *enforcement; /* NULL unless asked for */
	struct notice *notice;
	struct album *album; /* of a page: what the second reading found */
	struct settings *settings;
	struct arena *arena;
};

static void print_story(struct work *work, const struct entry *entry)
{
	if (work->request->json)
		story_print_json(stdout, entry);
	else
		story_print(work->paper, entry);
	arena_reset(work->arena);
}

static void take(void *self, enum line_kind kind, const struct entry *entry, struct span line)
{
	struct work *work = self;
	const char *queue_id = work->request->filter.queue_id;

	work->census->lines[kind]++;
	if (kind == LINE_FOREIGN && queue_id[0] != '\0' && !work->request->json &&
		story_mentions(line, queue_id))
		printf("%s\n", paper_safe(work->paper, span_text(work->arena, line), SIZE_MAX));
	if (kind != LINE_RECORD || !census_wants(work->census, entry))
		return;
	census_add(work->census, entry);
	if (work->enforcement != NULL)
		enforcement_add(work->enforcement, entry);
	if (work->notice != NULL)
		notice_add(work->notice, entry);
	if (queue_id[0] != '\0')
		print_story(work, entry);
}

/* Where sekishod logs by its configuration, and where its syslog usually goes; NULL: the journal. */
static const char *usual_file(const struct settings *settings)
{
	static const char *const files[] = {"/var/log/mail.log", "/var/log/maillog", "/var/log/syslog"};
	enum log_sink sink = (enum log_sink)settings->log_sink;

	if (sink == LOG_SINK_JSON && settings->log_file[0] != '\0')
		return settings->log_file;
	if (sink != LOG_SINK_SYSLOG && access("/run/systemd/journal/socket", F_OK) == 0)
		return NULL;
	for (size_t i = 0; i < sizeof files / sizeof files[0]; i++)
		if (access(files[i], F_OK) == 0)
			return files[i];
	return NULL;
}

static bool read_usual(struct work *work, const struct reading *reading, struct fault *fault)
{
	const char *path = usual_file(work->settings);

	return path == NULL ? reading_of_journal(reading, NULL, fault)
			    : reading_of_file(reading, path, fault);
}

/* "store" is the one of the configuration. */
static const char *place_of(const struct work *work, const char *file)
{
	return strcmp(file, "store") == 0 ? work->settings->store : file;
}

static bool read_all(struct work *work,
	void (*take_line)(void *self, enum line_kind kind, const struct entry *entry, struct span line))
{
	const struct log_request *request = work->request;
	struct reading reading = {.take = take_line,
		.self = work,
		.now = clock_wall(),
		.since = request->filter.since,
		.until = request->filter.until,
		.queue_id = request->filter.queue_id,
		.whole_mail = request->filter.queue_id[0] != '\0',
		.progress = true,
		.program = "sekisho log"};
	struct fault fault = {""};
	bool done = true;

	if (request->file_count == 0)
		done = read_usual(work, &reading, &fault);
	for (int i = 0; done && i < request->file_count; i++)
		done = reading_of_file(&reading, place_of(work, request->files[i]), &fault);
	if (!done)
		fprintf(stderr, "sekisho log: %s\n", fault.text);
	return done;
}

/* What was read, in words for the title. */
static const char *source_words(const struct work *work)
{
	const struct log_request *request = work->request;

	if (request->file_count == 1)
		return request->files[0];
	if (request->file_count > 1)
		return arena_printf(work->arena, "%s +%d", request->files[0], request->file_count - 1);
	return usual_file(work->settings) == NULL ? "journal" : usual_file(work->settings);
}

static const char *receiver_of(struct work *work)
{
	char name[256] = "localhost";

	if (work->settings->authserv_id[0] != '\0')
		return work->settings->authserv_id;
	(void)gethostname(name, sizeof name - 1);
	return arena_text(work->arena, name);
}

/* What standard input gave is gone. */
static bool can_read_again(const struct log_request *request)
{
	for (int i = 0; i < request->file_count; i++)
		if (strcmp(request->files[i], "-") == 0)
			return false;
	return true;
}

static void take_again(void *self, enum line_kind kind, const struct entry *entry, struct span line)
{
	struct work *work = self;

	(void)line;
	if (kind == LINE_RECORD && census_wants(work->census, entry))
		album_add(work->album, entry);
}

/* The messages behind the numbers, which are known now. */
static void look_again(struct work *work, const struct overview *overview)
{
	uint64_t undated = work->census->undated;

	if (!can_read_again(work->request))
		return;
	work->album = overview_album(overview);
	if (!read_all(work, take_again))
		album_free(&work->album);
	else
		album_close(work->album);
	work->census->undated = undated; /* the second time is not counted */
}

static int print_html(struct work *work)
{
	const char *path = work->request->html;
	const struct overview overview = overview_of(work->census);
	struct html_facts facts = {
		.source = source_words(work), .receiver = receiver_of(work), .now = clock_wall()};
	FILE *file;

	look_again(work, &overview);
	facts.album = work->album;
	file = fopen(path, "we");
	if (file == NULL) {
		fprintf(stderr, "sekisho log: %s: %s\n", path, strerror(errno));
		return EXIT_UNREADABLE;
	}
	html_print(file, &overview, &facts, work->paper->language, work->arena);
	if (fflush(file) != 0 || ferror(file) || fclose(file) != 0) {
		fprintf(stderr, "sekisho log: %s: %s\n", path, strerror(errno));
		return EXIT_UNREADABLE;
	}
	return EXIT_DONE;
}

static void print_census(struct work *work)
{
	const struct log_request *request = work->request;

	if (work->enforcement != NULL && request->json)
		enforcement_print_json(stdout, work->enforcement, work->census->records);
	else if (work->enforcement != NULL)
		enforcement_print(work->paper, work->enforcement, work->census->records);
	else if (request->json)
		census_print_json(stdout, work->census, request->limit);
	else if (request->table >= 0)
		screen_table(work->paper, work->census, (enum screen_by)request->table, request->limit);
	else
		screen_overview(work->paper, work->census, source_words(work));
}

static int print_notice(struct work *work)
{
	if (notice_print(work->paper, work->notice, work->census, receiver_of(work), clock_wall()))
		return EXIT_DONE;
	fprintf(stderr, "sekisho log: nothing that %s could mend was found in %llu messages from it\n",
		work->request->filter.domain, (unsigned long long)work->census->records);
	return EXIT_DIFFERS;
}

static int print_all(struct work *work)
{
	const struct log_request *request = work->request;
	bool found = work->census->records > 0;

	if (request->filter.queue_id[0] != '\0') {
		if (!found)
			fprintf(stderr, "sekisho log: no record of %s\n", request->filter.queue_id);
		if (request->replay)
			return log_replay(request, work->settings);
		return found ? EXIT_DONE : EXIT_DIFFERS;
	}
	if (work->notice != NULL)
		return print_notice(work);
	if (request->html != NULL)
		return print_html(work);
	print_census(work);
	return found ? EXIT_DONE : EXIT_DIFFERS;
}

static int run(const struct log_request *request, struct arena *arena)
{
	struct fault fault = {""};
	struct work work = {.request = request,
		.arena = arena_new(),
		.settings = usual_settings(request->config_path, &fault)};
	enum language language = LANGUAGE_EN;
	struct paper paper;
	int status = EXIT_UNREADABLE;

	if (work.settings == NULL) {
		fprintf(stderr, "sekisho log: %s\n", fault.text);
		arena_free(&work.arena);
		return EXIT_UNREADABLE;
	}
	language = (enum language)work.settings->log_language;
	if (request->language != NULL)
		language = request->language[0] == 'j' ? LANGUAGE_JA : LANGUAGE_EN;
	paper = paper_of(stdout, language, arena);
	work.paper = &paper;
	work.census = census_new(&request->filter);
	work.notice = request->notice != NULL ? notice_new() : NULL;
	if (request->would != NULL && (work.enforcement = enforcement_new(request->would, &fault)) == NULL)
		status = log_refuse(fault.text, request->would);
	else if (read_all(&work, take))
		status = print_all(&work);
	notice_free(&work.notice);
	album_free(&work.album);
	enforcement_free(&work.enforcement);
	census_free(&work.census);
	settings_free(&work.settings);
	arena_free(&work.arena);
	return status;
}

int log_run(int argc, char **argv)
{
	struct log_request request;
	struct arena *arena = arena_new();
	int status = log_request_read(argc, argv, &request, arena);

	if (status == EXIT_DONE)
		status = run(&request, arena);
	arena_free(&arena);
	return status < 0 ? EXIT_DONE : status;
}
