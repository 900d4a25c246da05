#include "logbook/progress.h"
#include "logbook/reading.h"

#ifdef HAVE_SYSTEMD

#include "logbook/source.h"

#include <stdlib.h>
#include <string.h>
#include <systemd/sd-journal.h>

struct journal {
	sd_journal *handle;
	char *text; /* of one entry, to be changed by the reading */
	size_t size;
};

static bool open_journal(struct journal *journal, const char *path, struct fault *fault)
{
	const char *paths[] = {path, NULL};
	int status = path != NULL ? sd_journal_open_files(&journal->handle, paths, 0)
				  : sd_journal_open(&journal->handle, SD_JOURNAL_LOCAL_ONLY);

	if (status >= 0)
		return true;
	fault_set(fault, "%s: %s", path != NULL ? path : "the journal", strerror(-status));
	return false;
}

/* Those of sekishod, and of everybody who writes as "mail" when that is wanted. */
static bool choose(const struct journal *journal, const struct reading *reading)
{
	bool done = sd_journal_add_match(journal->handle, "SYSLOG_IDENTIFIER=sekishod", 0) >= 0;

	if (reading->whole_mail)
		done = done && sd_journal_add_disjunction(journal->handle) >= 0 &&
		       sd_journal_add_match(journal->handle, "SYSLOG_FACILITY=2", 0) >= 0;
	(void)sd_journal_set_data_threshold(journal->handle, SOURCE_LINE_MAX);
	if (reading->since > 0)
		return done && sd_journal_seek_realtime_usec(
				       journal->handle, (uint64_t)reading->since * 1000000) >= 0;
	return done && sd_journal_seek_head(journal->handle) >= 0;
}

/* The value of the field, copied; empty when the entry has none. */
static struct span field_of(struct journal *journal, const char *name)
{
	const void *data;
	size_t len, skip = strlen(name) + 1;

	if (sd_journal_get_data(journal->handle, name, &data, &len) < 0 || len < skip)
		return (struct span){"", 0};
	len -= skip;
	if (len >= journal->size) {
		free(journal->text);
		journal->size = len + 4096;
		journal->text = malloc(journal->size);
		if (journal->text == NULL)
			abort();
	}
	memcpy(journal->text, (const char *)data + skip, len);
	journal->text[len] = '\0';
	return (struct span){journal->text, len};
}

static bool is_ours(struct journal *journal)
{
	struct span name = field_of(journal, "SYSLOG_IDENTIFIER");

	return entry_says(name, "sekishod");
}

/* False when it is behind the end of the period. */
static bool take_entry(struct journal *journal, const struct reading *reading)
{
	struct entry entry;
	uint64_t usec = 0;
	struct span text;
	enum line_kind kind = LINE_FOREIGN;
	bool ours = !reading->whole_mail || is_ours(journal);

	(void)sd_journal_get_realtime_usec(journal->handle, &usec);
	if (reading->until > 0 && usec / 1000000 >= (uint64_t)reading->until)
		return false;
	text = field_of(journal, "MESSAGE");
	entry_begin(&entry);
	if (ours)
		kind = message_read((char *)(uintptr_t)text.at, text.len, &entry);
	entry.dated = true;
	entry.time = (int64_t)(usec / 1000000);
	reading->take(reading->self, kind, &entry, text);
	return true;
}

bool reading_of_journal(const struct reading *reading, const char *path, struct fault *fault)
{
	struct journal journal = {.size = 0};
	struct progress progress;
	uint64_t entries = 0;

	if (!open_journal(&journal, path, fault))
		return false;
	if (!choose(&journal, reading)) {
		fault_set(fault, "the journal cannot be searched");
		sd_journal_close(journal.handle);
		return false;
	}
	progress_begin(&progress, reading->progress);
	while (sd_journal_next(journal.handle) > 0 && take_entry(&journal, reading)) {
		entries++;
		if (progress_is_due(&progress))
			progress_show(&progress, 0, 0);
	}
	progress_end(&progress);
	free(journal.text);
	sd_journal_close(journal.handle);
	if (entries > 0 || path != NULL)
		return true;
	fault_set(fault, "the journal has nothing of sekishod that you may read: be root or in the group "
			 "systemd-journal, or name a log file");
	return false;
}

#else

bool reading_of_journal(const struct reading *reading, const char *path, struct fault *fault)
{
	(void)reading;
	(void)path;
	fault_set(fault, "this sekisho was built without systemd: name a log file, or use "
			 "\"journalctl -t sekishod -o json | sekisho log -\"");
	return false;
}

#endif
