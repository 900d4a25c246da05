#include "inspect/claims.h"

#include "base/arena.h"
#include "inspect/inspection.h"
#include "message/forged_results.h"
#include "message/header_list.h"
#include "settings/settings.h"

void claims_find(const struct inspector *inspector, const struct header_list *header, struct arena *arena,
	struct findings *findings)
{
	const struct text_list *also = &inspector->settings->authserv_id_also;
	const char **ids = arena_array(arena, also->count + 1, sizeof *ids);
	size_t present = header_list_count(header, "Authentication-Results");
	size_t *results = arena_array(arena, present + 1, sizeof *results);
	size_t count = header_list_count(header, "X-Sekisho-Cause");
	size_t *causes = arena_array(arena, count + 1, sizeof *causes);

	ids[0] = inspector->authserv_id;
	for (size_t i = 0; i < also->count; i++)
		ids[i + 1] = also->items[i];
	findings->forged_count =
		forged_results_find(header, "Authentication-Results", ids, also->count + 1, results, present);
	findings->forged_results = results;
	for (size_t i = 0; i < count; i++)
		causes[i] = count - i;
	findings->forged_causes = causes;
	findings->forged_cause_count = count;
}
