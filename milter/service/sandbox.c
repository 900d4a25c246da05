#include "service/sandbox.h"

#include "service/call_filter.h"
#include "service/file_fence.h"
#include "service/instrument.h"
#include "service/state_folder.h"
#include "settings/settings.h"

#include <stdio.h>

enum { FILES_MAX = 4 };

/* In the order of the words in options.def. */
enum wish { WISH_AUTO, WISH_YES, WISH_NO };

/* False only when the admin insists; why_not keeps the first reason. */
static bool settle(struct sandbox *sandbox, bool done, const struct settings *settings, struct fault *fault)
{
	if (done)
		return true;
	if (sandbox->why_not[0] == '\0')
		(void)snprintf(sandbox->why_not, sizeof sandbox->why_not, "%.159s", fault->text);
	if ((enum wish)settings->sandbox == WISH_YES) {
		struct fault reason = *fault;

		fault_set(fault, "sandbox: %.200s", reason.text);
		return false;
	}
	fault_set(fault, "%s", "");
	return true;
}

bool sandbox_raise_fence(
	struct sandbox *sandbox, enum sandbox_for whom, const struct settings *settings, struct fault *fault)
{
	const char *const written[][FILES_MAX] = {
		[SANDBOX_WORKER] = {settings->key_memory, settings->log_file},
		[SANDBOX_EXPORTER] = {NULL},
		[SANDBOX_WRITER] = {state_file_of_store(settings->store), settings->store_spool,
			settings->log_file, settings->key_memory},
	};

	*sandbox = (struct sandbox){.wanted = (enum wish)settings->sandbox != WISH_NO};
	if (sandbox->wanted && instrument_is_at_work()) {
		sandbox->wanted = false;
		fault_set(fault, "a debugging tool needs what it would forbid");
		return settle(sandbox, false, settings, fault);
	}
	if (!sandbox->wanted)
		return true;
	sandbox->fence = file_fence_raise(written[whom], FILES_MAX, fault);
	return settle(sandbox, sandbox->fence, settings, fault);
}

bool sandbox_close(struct sandbox *sandbox, const struct settings *settings, struct fault *fault)
{
	if (!sandbox->wanted)
		return true;
	sandbox->filter = call_filter_install(fault);
	return settle(sandbox, sandbox->filter, settings, fault);
}

const char *sandbox_text(const struct sandbox *sandbox)
{
	if (sandbox->filter)
		return sandbox->fence ? "calls and files" : "calls";
	return sandbox->fence ? "files" : "off";
}
