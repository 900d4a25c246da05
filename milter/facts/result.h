/* The verdict words of RFC 8601 section 2.7; one list for all methods. Gmail's words for the same
 * verdicts exist only in report/authres. */
#ifndef FACTS_RESULT_H
#define FACTS_RESULT_H

enum result {
	RESULT_NONE,
	RESULT_PASS,
	RESULT_POLICY,
	RESULT_NEUTRAL,
	RESULT_SOFTFAIL,
	RESULT_TEMPERROR,
	RESULT_FAIL,
	RESULT_PERMERROR,
};

const char *result_word(enum result result); /* "softfail" */

#endif
