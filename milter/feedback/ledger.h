/* What was sent to whom, so that nothing is sent twice, and nothing to those whose mail came back: a small
 * SQLite file beside the store. */
#ifndef FEEDBACK_LEDGER_H
#define FEEDBACK_LEDGER_H

#include "base/fault.h"

#include <stdbool.h>
#include <stdint.h>

struct ledger;

/* NULL with the reason in fault. */
struct ledger *ledger_open(const char *path, struct fault *fault);
void ledger_close(struct ledger **ledger);

bool ledger_was_sent(struct ledger *ledger, const char *domain, int64_t from, const char *address);
bool ledger_is_refused(struct ledger *ledger, const char *address);

/* False when it could not be written: then nothing more should be sent. */
bool ledger_note_sent(
	struct ledger *ledger, const char *domain, int64_t from, const char *address, int64_t now);

/* It did not go after all. */
bool ledger_forget_sent(struct ledger *ledger, const char *domain, int64_t from, const char *address);

/* Failure reports: kind is that of the failure. Sent behind since and not behind until, to this address; to
 * anybody, about mail of the domain, "" for all. until is now: what a clock that has been set back noted for
 * later times does not hold anything up. */
bool ledger_has_failure(struct ledger *ledger, const char *domain, const char *kind, const char *address,
	int64_t since, int64_t until);
uint64_t ledger_failures(struct ledger *ledger, const char *domain, int64_t since, int64_t until);

/* Only one of several who would send the same notes it: to the others it is there, behind since. What
 * is noted for more than an hour from now does not count. */
enum ledger_note { LEDGER_NOTED, LEDGER_THERE, LEDGER_NOT_WRITTEN };
enum ledger_note ledger_note_failure(struct ledger *ledger, const char *domain, const char *kind,
	const char *address, int64_t since, int64_t now);

/* Up to when messages were looked at for failure reports; 0 before the first time. */
int64_t ledger_failures_until(struct ledger *ledger);
bool ledger_note_failures_until(struct ledger *ledger, int64_t until);

/* From now on nothing goes to this address, because of why; again = true takes it back. */
bool ledger_refuse(struct ledger *ledger, const char *address, const char *why, int64_t now, bool again);

#endif
