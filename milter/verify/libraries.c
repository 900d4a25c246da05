#include "verify/libraries.h"

#include "verify/dkim.h"
#include "verify/key_cache.h"
#include "verify/spf_engine.h"
#include "verify/verify.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/types.h>

#include <opendkim/dkim.h>

/* We judge t= and x= ourselves; this keeps the library's clock from disagreeing, in seconds. Larger
 * is no better: it subtracts this from t= without a sign. With a fixed time the real clock, which it
 * still looks at for t=, may be decades away. */
enum { DRIFT_REAL = 3600, DRIFT_FIXED = 900000000 };

static bool set_option(DKIM_LIB *library, dkim_opts_t option, const void *value, size_t size)
{
	union { /* the library takes a pointer without const, and only reads */
		const void *given;
		void *taken;
	} pointer = {.given = value};

	return dkim_options(library, DKIM_OP_SETOPT, option, pointer.taken, size) == DKIM_STAT_OK;
}

/* Signatures are processed when the body is complete, bad ones stay in the list. FIXCRLF stays off:
 * it cuts folded header fields under c=simple. */
static bool set_up(DKIM_LIB *library, int64_t fixed_now)
{
	u_int flags = DKIM_LIBFLAGS_DELAYSIGPROC | DKIM_LIBFLAGS_BADSIGHANDLES;
	uint64_t now = (uint64_t)fixed_now, drift = fixed_now == 0 ? DRIFT_REAL : DRIFT_FIXED;

	return set_option(library, DKIM_OPTS_FLAGS, &flags, sizeof flags) &&
	       set_option(library, DKIM_OPTS_CLOCKDRIFT, &drift, sizeof drift) &&
	       (fixed_now == 0 || set_option(library, DKIM_OPTS_FIXEDTIME, &now, sizeof now)) &&
	       dkim_set_key_lookup(library, signature_key_lookup) == DKIM_STAT_OK;
}

/* A name that no sender can guess, so that no h= can name it. */
static bool name_pad_field(struct libraries *libraries)
{
	static const char digits[] = "0123456789abcdef";
	unsigned char random[8];
	char *at = libraries->pad_field;

	if (getrandom(random, sizeof random, 0) != (ssize_t)sizeof random)
		return false;
	*at++ = 'X';
	*at++ = '-';
	for (size_t i = 0; i < sizeof random; i++) {
		*at++ = digits[random[i] >> 4];
		*at++ = digits[random[i] & 15];
	}
	memcpy(at, ": x", sizeof ": x");
	return true;
}

struct libraries *libraries_open(int64_t fixed_now, struct fault *fault)
{
	struct libraries *libraries = calloc(1, sizeof *libraries);

	if (libraries == NULL) {
		fault_set(fault, "out of memory");
		return NULL;
	}
	if (!name_pad_field(libraries)) {
		fault_set(fault, "the system gives no random numbers");
		libraries_close(&libraries);
		return NULL;
	}
	libraries->keys = key_cache_new();
	spf_engine_silence();
	libraries->opendkim = dkim_init(NULL, NULL);
	if (libraries->opendkim == NULL || !set_up(libraries->opendkim, fixed_now)) {
		fault_set(fault, "libopendkim cannot be set up");
		libraries_close(&libraries);
	}
	return libraries;
}

void libraries_close(struct libraries **libraries)
{
	if (libraries == NULL || *libraries == NULL)
		return;
	if ((*libraries)->opendkim != NULL)
		dkim_close((*libraries)->opendkim);
	key_cache_free(&(*libraries)->keys);
	free(*libraries);
	*libraries = NULL;
}
