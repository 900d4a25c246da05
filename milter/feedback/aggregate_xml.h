/* Sums → the XML of an aggregate report: RFC 9990 section 3.1, or RFC 7489 appendix C for readers that are
 * older. */
#ifndef FEEDBACK_AGGREGATE_XML_H
#define FEEDBACK_AGGREGATE_XML_H

#include <stdbool.h>
#include <stdint.h>

struct arena;
struct sums;

enum report_form { FORM_RFC9990, FORM_RFC7489 };

struct report_facts {
	enum report_form form;
	const char *organization, *email; /* of the reporter */
	const char *id;                   /* RFC 9990 section 3.5.1 */
	int64_t from, until;              /* the period: from <= time < until */
	bool psl_discovery;               /* how records are found here */
};

const char *aggregate_xml(const struct sums *sums, const struct report_facts *facts, struct arena *arena);

#endif
