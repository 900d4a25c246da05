#include "service/sandbox.h"

#include "service/call_filter.h"
#include "service/file_fence.h"
#include "settings/settings.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* In the order of the words in options.def. */
enum wish { WISH_AUTO, WISH_YES, WISH_NO };

/* valgrind makes calls of its own in our name. */
static bool is_under_valgrind(void)
{
	const char *preloaded = getenv("LD_PRELOAD");

	return preloaded != NULL && strstr(preloaded, "vgpreload") != NULL;
}

/* A sanitizer starts processes, and traces them, to look for leaks. */
static bool is_sanitized(void)
{
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
	return true;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || __has_feature(memory_sanitizer)
	return true;
#else
	return false;
#endif
#else
	return false;
#endif
}

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

bool sandbox_raise_fence(struct sandbox *sandbox, const struct settings *settings, struct fault *fault)
{
	const char *const written[] = {settings->key_memory, settings->log_file};

	*sandbox = (struct sandbox){.wanted = (enum wish)settings->sandbox != WISH_NO};
	if (sandbox->wanted && (is_under_valgrind() || is_sanitized())) {
		sandbox->wanted = false;
		fault_set(fault, "a debugging tool needs what it would forbid");
		return settle(sandbox, false, settings, fault);
	}
	if (!sandbox->wanted)
		return true;
	sandbox->fence = file_fence_raise(written, sizeof written / sizeof written[0], fault);
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
