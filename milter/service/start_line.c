#include "service/start_line.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/suffixes.h"
#include "base/timestamp.h"
#include "dns/dns.h"
#include "report/action.h"
#include "service/equipment.h"
#include "session/session.h"
#include "settings/settings.h"
#include "verify/verify.h"

#include <stdio.h>

/* "dmarc-reject-policy reject", or "tag only": an admin sees what will happen to mail. */
static const char *actions(const struct settings *settings, struct arena *arena)
{
	const struct {
		const char *option;
		int action;
	} rows[] = {
		{"spf-fail", settings->spf_fail},
		{"spf-softfail", settings->spf_softfail},
		{"dkim-fail", settings->dkim_fail},
		{"dmarc-reject-policy", settings->dmarc_reject_policy},
		{"dmarc-quarantine-policy", settings->dmarc_quarantine_policy},
		{"bad-from", settings->bad_from},
		{"temperror", settings->temperror},
	};
	struct buf text = buf_in(arena);

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		if (rows[i].action != ACTION_ACCEPT)
			buf_printf(&text, "%s%s %s", text.len > 0 ? ", " : "", rows[i].option,
				action_word((enum action)rows[i].action));
	if (settings->overrides.count > 0)
		buf_printf(&text, "%s%zu overrides", text.len > 0 ? ", " : "", settings->overrides.count);
	if (text.len == 0)
		return "tag only";
	if (settings->dry_run)
		buf_text(&text, ", dry run");
	return text.data;
}

const char *start_line(const struct equipment *equipment, struct arena *arena)
{
	char milter[32];
	char libraries[160];
	char date[TIMESTAMP_SIZE];
	time_t listed = suffixes_date(equipment->suffixes);

	return arena_printf(arena,
		"sekishod %s started: authserv-id=%s, socket=%s, resolver=%s, libmilter %s, %s, actions: %s, "
		"public suffix list of %.10s",
		PACKAGE_VERSION, equipment->inspector.authserv_id, equipment->settings->socket,
		dns_description(equipment->dns), session_library_version(milter),
		libraries_versions(libraries, sizeof libraries), actions(equipment->settings, arena),
		listed > 0 ? timestamp_format((int64_t)listed, date) : "unknown date");
}
