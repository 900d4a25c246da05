/* The key memory in an inspection: what is known about the domains of a message, and which of its keys
 * are to be remembered. Only for after the MTA has its answer. */
#ifndef INSPECT_RECOLLECTION_H
#define INSPECT_RECOLLECTION_H

#include "facts/remembered_key.h"

#include <stdbool.h>

struct inspector;
struct verdicts;
struct work;

/* Remembered keys of the author's and the signers' domains; those of a replayed case come first. */
struct remembered_keys recollection_of(
	const struct inspector *inspector, const struct work *work, const struct verdicts *verdicts);

/* Did a key verify that is not written down for today? Asks no file. */
bool recollection_is_due(
	const struct inspector *inspector, const struct work *work, const struct verdicts *verdicts);

void recollection_keep(
	const struct inspector *inspector, const struct work *work, const struct verdicts *verdicts);

#endif
