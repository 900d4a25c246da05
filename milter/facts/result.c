#include "facts/result.h"

const char *result_word(enum result result)
{
	static const char *const words[] = {
		[RESULT_NONE] = "none",
		[RESULT_PASS] = "pass",
		[RESULT_POLICY] = "policy",
		[RESULT_NEUTRAL] = "neutral",
		[RESULT_SOFTFAIL] = "softfail",
		[RESULT_TEMPERROR] = "temperror",
		[RESULT_FAIL] = "fail",
		[RESULT_PERMERROR] = "permerror",
	};

	return words[result];
}
