#include "service/instrument.h"

#include <stdlib.h>
#include <string.h>

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

bool instrument_is_at_work(void)
{
	return is_sanitized() || is_under_valgrind();
}
