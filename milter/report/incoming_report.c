#include "report/incoming_report.h"

#include "base/text.h"
#include "message/header_list.h"

/* Does the first field of that name begin with those words, in any case? */
static bool begins(const struct header_list *header, const char *name, const char *words)
{
	const struct header_field *field = header_list_find(header, name, 1);
	const char *at = field != NULL ? field->value : "";

	while (text_is_space(*at))
		at++;
	return text_starts(at, words);
}

bool incoming_report(const struct header_list *header)
{
	return header != NULL && (begins(header, "Subject", "Report Domain:") ||
					 begins(header, "Content-Type", "multipart/report"));
}
