/* DKIM: a good signature, and a second field beside the one that it signs (RFC 6376 section 8.15). */
#include "base/arena.h"
#include "base/text.h"
#include "diagnose/collection.h"
#include "diagnose/producers.h"
#include "message/header_list.h"
#include "records/tag_list.h"

#include <string.h>

static size_t times_signed(const struct signature_verdict *signature, const char *name)
{
	struct span at = span_of(signature->signed_fields), item;
	size_t count = 0;

	while (tag_item_next(&at, &item))
		count += span_is(item, name);
	return count;
}

void signature_twin_remark(struct collection *collection, const struct signature_verdict *signature)
{
	/* Fields that there is one of (RFC 5322 section 3.6, RFC 2045), and that decide what a reader sees.
	 */
	static const char *const single[] = {"Subject", "To", "Cc", "Reply-To", "Date", "Sender",
		"MIME-Version", "Content-Type", "Content-Transfer-Encoding"};

	if (signature->result != RESULT_PASS || collection_has(collection, CAUSE_DKIM_FIELD_UNSIGNED_TWIN))
		return;
	for (size_t i = 0; i < sizeof single / sizeof single[0]; i++) {
		size_t there = header_list_count(collection->facts->header, single[i]);
		size_t covered = there > 1 ? times_signed(signature, single[i]) : 0;

		if (covered == 0 || covered >= there)
			continue;
		cause_found(collection, CAUSE_DKIM_FIELD_UNSIGNED_TWIN, CONFIDENCE_PROVEN,
			DETAILS({"header", single[i]}, {"n", arena_printf(collection->arena, "%zu", there)},
				{"ok", arena_printf(collection->arena, "%zu", covered)}));
		return;
	}
}
