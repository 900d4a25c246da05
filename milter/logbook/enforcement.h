/* What an action option would have done to the messages of a log, without their being received again: the
 * rules of report/action.h, from what the records tell. */
#ifndef LOGBOOK_ENFORCEMENT_H
#define LOGBOOK_ENFORCEMENT_H

#include "base/fault.h"
#include "logbook/census.h"
#include "logbook/paper.h"

struct enforcement;

/* wish: "reject" (do what domains ask for in DMARC: reject and quarantine), "quarantine" (quarantine both),
 * or an option as in the configuration, "spf-fail=reject". NULL with the reason in fault. */
struct enforcement *enforcement_new(const char *wish, struct fault *fault);
void enforcement_free(struct enforcement **enforcement);

void enforcement_add(struct enforcement *enforcement, const struct entry *entry);

/* messages: how many were looked at. */
void enforcement_print(const struct paper *paper, const struct enforcement *enforcement, uint64_t messages);

/* For programs: one JSON object. */
void enforcement_print_json(FILE *file, const struct enforcement *enforcement, uint64_t messages);

#endif
