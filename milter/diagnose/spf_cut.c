#include "diagnose/spf_cut.h"

#include "base/netaddr.h"
#include "base/text.h"
#include "diagnose/spf_seam.h"
#include "diagnose/spf_text.h"

#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static bool has_end(const struct spf_words *words)
{
	for (size_t i = 1; i < words->count; i++)
		if (spf_word_is(&words->items[i], "all") || spf_word_is(&words->items[i], "redirect"))
			return true;
	return false;
}

bool spf_cut_is_seen(const char *record, struct arena *arena)
{
	static const size_t lengths[] = {100, 120, 126, 127, 128, 200, 250, 253, 254, 255, 256};
	struct spf_words words = spf_words_of(record, arena);
	const struct spf_word *last = words.count == 0 ? NULL : &words.items[words.count - 1];
	size_t len = strlen(record);
	struct network network;
	bool known_length = false;

	for (size_t i = 0; i < COUNT(lengths); i++)
		known_length = known_length || len == lengths[i];
	if (!known_length || last == NULL || has_end(&words))
		return false;
	if (spf_word_is(last, "ip4") || spf_word_is(last, "ip6"))
		return !spf_word_network(last, &network);
	for (size_t i = 0; i < SPF_MECHANISMS; i++)
		if (strlen(last->name) < strlen(spf_mechanisms[i]) &&
			text_starts(spf_mechanisms[i], last->name))
			return true;
	return last->separator == ':' && memchr(last->value, '.', strlen(last->value)) == NULL;
}

bool spf_cut_is_possible(const char *record, struct arena *arena)
{
	struct spf_words words = spf_words_of(record, arena);
	size_t len = strlen(record);

	return (len == 127 || len == 255) && !has_end(&words);
}
