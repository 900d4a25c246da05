/* libopendmarc's opinion on one message. It only sees a record in our normal form and, as passing
 * identifier, the author domain itself: what it can judge safely. Discovery, alignment, np=, psd= and
 * t= are ours. This header keeps the library's macros away from everybody else. */
#ifndef VERIFY_DMARC_LIBRARY_H
#define VERIFY_DMARC_LIBRARY_H

#include <stdbool.h>

enum library_policy {
	LIBRARY_SILENT, /* it could not say */
	LIBRARY_PASS,
	LIBRARY_NONE,
	LIBRARY_QUARANTINE,
	LIBRARY_REJECT,
};

/* organization: where the record stands when that is above the author domain, else NULL. The two
 * flags: an identifier that passed is aligned. */
enum library_policy dmarc_library_ask(const char *record, const char *author, const char *organization,
	bool dkim_aligned, bool spf_aligned);

#endif
