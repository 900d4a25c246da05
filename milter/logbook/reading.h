/* Reads logs from one end to the other and gives each line to the taker: files, standard input, and the
 * journal of systemd where it was built in, the store of verdicts. */
#ifndef LOGBOOK_READING_H
#define LOGBOOK_READING_H

#include "base/fault.h"
#include "logbook/line.h"

struct reading {
	/* line: as it was, for LINE_FOREIGN only; the entry counts for LINE_RECORD only. */
	void (*take)(void *self, enum line_kind kind, const struct entry *entry, struct span line);
	void *self;
	int64_t now;          /* for times without a year */
	int64_t since, until; /* of the journal and the store: 0 for everything */
	const char *queue_id; /* of the store: "" for everything */
	bool whole_mail;      /* of the journal: also what other programs wrote about mail */
	bool progress;        /* on standard error, if it is a terminal */
	const char *program;  /* before a complaint on standard error */
};

/* A file of any kind, also one of the journal, or a store; "-" is standard input. What cannot be read in the
 * middle is complained about, and what was read until then counts. False with the reason in fault when it
 * cannot be opened. */
bool reading_of_file(const struct reading *reading, const char *path, struct fault *fault);

/* A store of verdicts: "sqlite:/PATH", "postgresql:CONNINFO". */
bool reading_is_of_store(const char *path);
bool reading_of_store(const struct reading *reading, const char *where, struct fault *fault);

/* The journal of this machine, or one file of it. */
bool reading_of_journal(const struct reading *reading, const char *path, struct fault *fault);

#endif
