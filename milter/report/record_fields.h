/* How the fields of a record are collected. */
#ifndef REPORT_RECORD_FIELDS_H
#define REPORT_RECORD_FIELDS_H

#include "report/record.h"

struct verdicts;

enum { RECORD_FIELDS_MAX = 96 }; /* more than there are names, signatures and causes */

struct record_fields {
	struct arena *arena;
	struct record_field *items; /* RECORD_FIELDS_MAX */
	size_t count;
	unsigned cause; /* the cause that the next fields are about, 0 for none */
};

/* These add nothing when the value is "". The first takes text of ours, the second a stranger's. */
void fields_own(struct record_fields *fields, const char *name, const char *value);
void fields_foreign(struct record_fields *fields, const char *name, const char *value, size_t max);
void fields_number(struct record_fields *fields, const char *name, long long number);

/* report/record_verdicts.c */
void fields_of_spf(struct record_fields *fields, const struct verdicts *verdicts);
void fields_of_dkim(struct record_fields *fields, const struct verdicts *verdicts);
void fields_of_dmarc(struct record_fields *fields, const struct verdicts *verdicts);
void fields_of_arc(struct record_fields *fields, const struct verdicts *verdicts);
void fields_of_iprev(struct record_fields *fields, const struct verdicts *verdicts);

#endif
