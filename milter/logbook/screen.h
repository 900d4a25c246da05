/* A census for people at a terminal: one screen, or one table. */
#ifndef LOGBOOK_SCREEN_H
#define LOGBOOK_SCREEN_H

#include "logbook/census.h"
#include "logbook/paper.h"

enum screen_by { BY_CAUSE, BY_DOMAIN, BY_CLIENT, BY_DAY };

/* source: what was read, in words. */
void screen_overview(const struct paper *paper, const struct census *census, const char *source);
void screen_table(const struct paper *paper, const struct census *census, enum screen_by by, size_t most);

/* The line about what was left out, if anything was. */
void screen_left_out(const struct paper *paper, const struct census *census);

#endif
