/* ARC in Gmail's words. */
#ifndef REPORT_AUTHRES_ARC_H
#define REPORT_AUTHRES_ARC_H

#include "facts/arc_verdict.h"
#include "facts/verdicts.h"

struct arena;

/* "arc=pass (i=1 spf=pass spfdomain=example.com dmarc=pass fromdomain=example.com)". What the comment repeats
 * are claims, of a chain that verifies; but anybody can seal his own. Unless the sealer is trusted, only such
 * methods are repeated that passed here too: who searches our field for "dmarc=pass" finds no one else's. */
const char *arc_result(const struct verdicts *verdicts, struct arena *arena);

/* Our own, finer words for the log: "ARC-Seal does not verify". "" for pass. */
const char *arc_fault_words(enum arc_fault fault);

#endif
