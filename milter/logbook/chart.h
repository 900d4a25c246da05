/* Charts of a census as inline SVG. */
#ifndef LOGBOOK_CHART_H
#define LOGBOOK_CHART_H

#include "logbook/census.h"
#include "logbook/html_text.h"

/* Bars of outcomes by day, or by hour for a period of two days. */
void chart_time(const struct html *html, const struct census *census);

/* One bar of the given shares; class of each is "o" and the number. */
void chart_shares(const struct html *html, const uint64_t counts[OUTCOME_COUNT], const char *label);

/* A short bar for a table: part of whole. */
void chart_small(const struct html *html, uint64_t part, uint64_t whole, enum outcome outcome);

#endif
