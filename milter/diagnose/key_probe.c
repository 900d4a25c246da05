#include "diagnose/key_probe.h"

#include "diagnose/collection.h"
#include "diagnose/inquiry.h"
#include "diagnose/key_text.h"

#include <string.h>

enum key_match key_match_of_p(struct collection *collection, const char *p)
{
	const struct key_trial *trial;

	if (collection->signature < 0)
		return KEY_UNTRIED;
	trial = inquire_key(collection, (size_t)collection->signature, p);
	if (trial == NULL)
		return KEY_PENDING;
	return trial->recovery == RECOVERY_SAME_HEADER || trial->recovery == RECOVERY_OTHER_HEADER
		       ? KEY_FITS
		       : KEY_OTHER;
}

enum key_match key_match_of(
	struct collection *collection, const struct signature_verdict *signature, const char *record)
{
	const char *p = key_text_tag(record, "p", collection->arena);

	if (p[0] == '\0' || !key_text_is_key(record))
		return KEY_ABSENT;
	if (strcmp(p, signature->key_p) == 0)
		return KEY_SAME;
	return key_match_of_p(collection, p);
}

struct key_probe key_probe(
	struct collection *collection, const struct signature_verdict *signature, const char *name)
{
	const struct answer *answer = inquire(collection, name, RR_TXT);
	struct key_probe best = {
		.match = answer == NULL ? KEY_PENDING : KEY_ABSENT, .name = name, .record = ""};

	for (size_t i = 0; answer != NULL && answer->kind == ANSWER_RECORDS && i < answer->count; i++) {
		enum key_match match = key_match_of(collection, signature, answer->values[i].text);

		if (match == KEY_PENDING || match > best.match) {
			best.match = match;
			best.record = answer->values[i].text;
		}
		if (match == KEY_PENDING || match == KEY_FITS)
			break;
	}
	return best;
}
