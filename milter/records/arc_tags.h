/* The values of the three ARC fields (RFC 8617 section 4.1), as far as they differ from DKIM: instance,
 * chain validation, and what the authentication results say. The signatures' other tags are read by
 * records/signature_tags.h. */
#ifndef RECORDS_ARC_TAGS_H
#define RECORDS_ARC_TAGS_H

#include "facts/arc_verdict.h"

struct arena;

/* i= of an ARC-Seal or ARC-Message-Signature, 1 to 99; 0 when it cannot be read. */
unsigned arc_tags_instance(const char *value, size_t len);

/* Is there a c= in an ARC-Message-Signature? */
bool arc_tags_has_canon(const char *value, size_t len);

/* i= at the head of an ARC-Authentication-Results. */
unsigned arc_results_instance(struct arena *arena, const char *value, size_t len);

enum arc_cv { ARC_CV_NONE, ARC_CV_PASS, ARC_CV_FAIL, ARC_CV_UNKNOWN };

/* cv= of an ARC-Seal; *text as written, "" without one. */
enum arc_cv arc_tags_cv(struct arena *arena, const char *value, size_t len, const char **text);

/* The methods that passed. Read leniently: whoever sealed it, nothing rests on it but what a reader
 * decides to believe. Methods that did not pass and names that are no domains are left out. */
struct arc_results arc_results_read(struct arena *arena, const char *value, size_t len);

#endif
