#include "diagnose/spf_seam.h"

#include "base/arena.h"

#include <string.h>

const char *const spf_mechanisms[SPF_MECHANISMS] = {
	"all", "include", "a", "mx", "ptr", "ip4", "ip6", "exists"};

bool spf_is_mechanism(const char *name)
{
	for (size_t i = 0; i < SPF_MECHANISMS; i++)
		if (strcmp(name, spf_mechanisms[i]) == 0)
			return true;
	return false;
}

static bool ends_whole(const char *text, size_t len, struct arena *arena)
{
	const char *part = arena_copy(arena, text, len);

	part += strchr("+-~?", part[0]) != NULL && part[0] != '\0';
	return strpbrk(part, ":=/") != NULL || spf_is_mechanism(part);
}

/* An IPv4 network holds no letters: where one follows, another term begins. */
static const char *seam_behind_network(const struct spf_word *word)
{
	size_t sign = word->text[0] == word->qualifier, len;
	const char *network = word->text + sign + strlen("ip4:");

	if (!text_starts(word->text + sign, "ip4:"))
		return NULL;
	len = strspn(network, "0123456789./");
	return len > 0 && (text_starts(network + len, "a:") || text_starts(network + len, "mx"))
		       ? network + len
		       : NULL;
}

/* "amx", "ptrall": two whole names. */
static const char *seam_between_names(const struct spf_word *word)
{
	static const char *const firsts[] = {"a", "mx", "ptr"};
	const char *name = word->text + (word->text[0] == word->qualifier);

	for (size_t i = 0; i < sizeof firsts / sizeof firsts[0]; i++)
		if (text_starts(name, firsts[i]) && !spf_is_mechanism(word->name) &&
			spf_is_mechanism(word->name + strlen(firsts[i])))
			return name + strlen(firsts[i]);
	return NULL;
}

const char *spf_seam(const struct spf_word *word, struct arena *arena)
{
	static const char *const starts[] = {"ip4:", "ip6:", "include:", "exists:", "redirect=", "v=spf1"};
	static const char *const alls[] = {"~all", "-all", "?all", "+all"};
	size_t len = strlen(word->text);

	for (size_t i = 0; len > 4 && i < sizeof alls / sizeof alls[0]; i++)
		if (text_ends(word->text, alls[i]))
			return word->text + len - 4;
	for (size_t at = 1; at < len; at++) {
		for (size_t i = 0; i < sizeof starts / sizeof starts[0]; i++) {
			size_t begin = at > 1 && strchr("+-~?", word->text[at - 1]) != NULL ? at - 1 : at;

			if (text_starts(word->text + at, starts[i]) && ends_whole(word->text, begin, arena))
				return word->text + begin;
		}
	}
	return word->separator == '\0' ? seam_between_names(word) : seam_behind_network(word);
}
