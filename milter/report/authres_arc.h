/* ARC in Gmail's words. */
#ifndef REPORT_AUTHRES_ARC_H
#define REPORT_AUTHRES_ARC_H

#include "facts/arc_verdict.h"

struct arena;

/* "arc=pass (i=1 spf=pass spfdomain=example.com dmarc=pass fromdomain=example.com)". */
const char *arc_result(const struct arc_verdict *arc, struct arena *arena);

/* Our own, finer words for the log: "ARC-Seal does not verify". "" for pass. */
const char *arc_fault_words(enum arc_fault fault);

#endif
