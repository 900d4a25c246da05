#include "report/override.h"

#include "base/text.h"

#include <string.h>

struct override {
	struct span domain, option;
	enum action action;
};

static const char *const actions[] = {
	[ACTION_ACCEPT] = "accept",
	[ACTION_QUARANTINE] = "quarantine",
	[ACTION_REJECT] = "reject",
	[ACTION_TEMPFAIL] = "tempfail",
};

/* The next word; moves rest behind it. */
static struct span next_word(struct span *rest)
{
	struct span word;

	*rest = span_trim(*rest);
	word = *rest;
	word.len = 0;
	while (word.len < rest->len && !text_is_space(rest->at[word.len]))
		word.len++;
	rest->at += word.len;
	rest->len -= word.len;
	return word;
}

static bool override_parse(const char *text, struct override *override)
{
	struct span rest = span_of(text), action;

	override->domain = next_word(&rest);
	override->option = next_word(&rest);
	action = next_word(&rest);
	if (span_trim(rest).len > 0)
		return false;
	for (size_t i = 0; i < sizeof actions / sizeof actions[0]; i++)
		if (span_is(action, actions[i])) {
			override->action = (enum action)i;
			return true;
		}
	return false;
}

/* How closely the pattern matches: 0 not at all. */
static size_t match_length(struct span pattern, const char *domain)
{
	size_t len = strlen(domain);

	if (len == 0 || pattern.len == 0)
		return 0;
	if (pattern.at[0] != '.')
		return span_is(pattern, domain) ? len + 1 : 0;
	if (len <= pattern.len)
		return 0;
	return text_equal_n(domain + len - pattern.len, pattern.at, pattern.len) ? pattern.len : 0;
}

enum action override_action(
	const struct settings *settings, const char *domain, const char *option, enum action usual)
{
	size_t closest = 1;

	for (size_t i = 0; i < settings->overrides.count; i++) {
		struct override override;
		size_t match;

		if (!override_parse(settings->overrides.items[i], &override))
			continue;
		match = match_length(override.domain, domain);
		if (match >= closest && span_is(override.option, option)) {
			closest = match;
			usual = override.action;
		}
	}
	return usual;
}
