/* Findings → the JSON object of "sekisho check --json" (sekisho(1)). */
#ifndef REPORT_FINDINGS_JSON_H
#define REPORT_FINDINGS_JSON_H

struct arena;
struct findings;

/* One line; authres is the whole header field "Authentication-Results: …". */
const char *findings_json(const struct findings *findings, const char *authres, struct arena *arena);

#endif
