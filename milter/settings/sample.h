/* The table of options as text for people. conf/sekisho.conf and packaging/man/sekisho.conf.5 are
 * compared with these by tests/unit/test_settings.c; "sekisho config --sample" prints the first. */
#ifndef SETTINGS_SAMPLE_H
#define SETTINGS_SAMPLE_H

struct arena;

/* conf/sekisho.conf: every option behind a "#" at its default. */
const char *settings_sample(struct arena *arena);

/* The options in mdoc, for the manual page between its markers. */
const char *settings_manual(struct arena *arena);

#endif
