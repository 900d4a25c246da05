#include "facts/answer.h"

#include "base/text.h"

static const struct {
	enum rr_type type;
	const char *name;
} types[] = {
	{RR_A, "A"},
	{RR_NS, "NS"},
	{RR_CNAME, "CNAME"},
	{RR_PTR, "PTR"},
	{RR_MX, "MX"},
	{RR_TXT, "TXT"},
	{RR_AAAA, "AAAA"},
	{RR_SPF, "SPF"},
};

const char *rr_type_name(enum rr_type type)
{
	for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
		if (types[i].type == type)
			return types[i].name;
	return "?";
}

enum rr_type rr_type_of(const char *name)
{
	for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
		if (text_equal(types[i].name, name))
			return types[i].type;
	return 0;
}

const char *answer_kind_name(enum answer_kind kind)
{
	static const char *const names[] = {
		[ANSWER_RECORDS] = "records",
		[ANSWER_NO_RECORD] = "no such record",
		[ANSWER_NO_NAME] = "no such name",
		[ANSWER_BOGUS] = "DNSSEC validation failed",
		[ANSWER_NO_REPLY] = "no reply",
	};

	return names[kind];
}

bool answer_is_negative(const struct answer *answer)
{
	return answer->kind == ANSWER_NO_RECORD || answer->kind == ANSWER_NO_NAME;
}

bool answer_is_trouble(const struct answer *answer)
{
	return answer->kind == ANSWER_BOGUS || answer->kind == ANSWER_NO_REPLY;
}
