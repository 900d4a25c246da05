#include "diagnose/culprit.h"

#include "base/arena.h"
#include "base/domain.h"
#include "base/suffixes.h"
#include "base/text.h"
#include "diagnose/collection.h"
#include "diagnose/hops.h"
#include "diagnose/producers.h"
#include "message/header_list.h"

#include <string.h>

/* Does one "; "-separated result of the field say that a signature of this domain passed? */
static bool says_pass(struct span results, const char *domain, struct arena *arena)
{
	const char *end = results.at + results.len;
	const char *by_domain = arena_printf(arena, "header.d=%s", domain);
	const char *by_identity = arena_printf(arena, "@%s", domain);

	for (const char *at = results.at; at < end;) {
		const char *stop = memchr(at, ';', (size_t)(end - at));
		size_t len = (size_t)((stop == NULL ? end : stop) - at);

		if (text_find(at, len, "dkim=pass") != NULL &&
			(text_find(at, len, by_domain) != NULL || text_find(at, len, by_identity) != NULL))
			return true;
		at += len + 1;
	}
	return false;
}

/* "i=2; lists.example; dkim=pass …": the instance and the name; false when it is not of that form. */
static bool read_arc_results(
	const struct header_field *field, struct span *name, struct span *results, unsigned long *instance)
{
	struct span all = span_trim((struct span){field->value, field->value_len});
	const char *first = all.len == 0 ? NULL : memchr(all.at, ';', all.len), *second;
	struct span number;

	if (first == NULL || !text_starts(all.at, "i="))
		return false;
	number = span_trim((struct span){all.at + 2, (size_t)(first - all.at) - 2});
	second = memchr(first + 1, ';', (size_t)(all.at + all.len - first) - 1);
	if (second == NULL || !span_number(number, 50, instance)) /* RFC 8617 section 4.2.1 */
		return false;
	*name = span_trim((struct span){first + 1, (size_t)(second - first) - 1});
	name->len = name->len == 0 ? 0 : strcspn(name->at, " \t\r\n;(");
	*results = (struct span){second + 1, (size_t)(all.at + all.len - second) - 1};
	return name->len > 0;
}

/* What the newest seals say of a message that hop number good still saw pass: whoever sealed it as it is
 * now changed it; where the good hop's own seal is broken too, it was not that hop. */
static const char *changed_behind(const struct collection *collection, unsigned long good, const char *name)
{
	const struct arc_verdict *arc = &collection->facts->verdicts->arc;
	bool broken = arc->fault == ARCFAULT_BODY_HASH || arc->fault == ARCFAULT_UNSIGNED_TAIL ||
		      (arc->fault == ARCFAULT_SIGNATURE && arc->message_signature != NULL &&
			      arc->message_signature->recovery == RECOVERY_OTHER_HEADER);

	if (arc->hops != NULL && arc->altered_before_oldest && arc->oldest_pass == good + 1 &&
		good < arc->set_count && arc->hops[good].sealer[0] != '\0')
		return arc->hops[good].sealer;
	if (broken && arc->failed == good)
		return arena_printf(collection->arena,
			collection->facts->language == LANGUAGE_JA ? "%s より後のホスト" : "a host behind %s",
			name);
	return name;
}

/* The last hop that saw the signature pass (RFC 8617 section 5.2): it, or one behind it, changed the message.
 */
static const char *last_good_hop(
	const struct collection *collection, const struct signature_verdict *signature)
{
	const struct header_list *header = collection->facts->header;
	struct span best = {"", 0};
	unsigned long best_instance = 0;

	for (size_t i = 0; i < header->count; i++) {
		struct span name, results;
		unsigned long instance;

		if (header_field_is(&header->fields[i], "ARC-Authentication-Results") &&
			read_arc_results(&header->fields[i], &name, &results, &instance) &&
			instance > best_instance &&
			says_pass(results, signature->domain, collection->arena)) {
			best_instance = instance;
			best = name;
		}
	}
	return best_instance == 0
		       ? ""
		       : changed_behind(collection, best_instance, span_text(collection->arena, best));
}

/* Programs that change messages and say where they did. */
static const char *converter(const struct collection *collection)
{
	static const struct {
		const char *field, *before;
	} marks[] = {
		{"X-MIME-Autoconverted", " by "},
		{"X-Virus-Scanned", " at "},
		{"X-Scanned-By", " on "},
		{"X-Footer-Added", " by "},
	};

	for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++) {
		const struct header_field *field =
			header_list_find(collection->facts->header, marks[i].field, 1);
		const char *host =
			field == NULL ? NULL : text_find(field->value, field->value_len, marks[i].before);
		size_t len;

		if (host == NULL)
			continue;
		host += strlen(marks[i].before);
		len = strcspn(host, " \t\r\n;,");
		if (memchr(host, '.', len) != NULL)
			return arena_copy(collection->arena, host, len);
	}
	return "";
}

static bool is_of(const struct collection *collection, const char *host, const char *domain)
{
	const struct suffixes *suffixes = collection->facts->suffixes;

	return domain[0] != '\0' &&
	       text_equal(suffixes_organization(suffixes, host), suffixes_organization(suffixes, domain));
}

static const char *foreign_hop(const struct collection *collection, const struct signature_verdict *signature)
{
	const struct findings_so_far *facts = collection->facts;
	struct hops hops = hops_of(facts->header, collection->arena);

	for (size_t i = 0; i < hops.count; i++)
		if (domain_labels(hops.items[i].by) > 1 && !domain_is_address(hops.items[i].by) &&
			!is_of(collection, hops.items[i].by, facts->authserv_id) &&
			!is_of(collection, hops.items[i].by, signature->domain_name))
			return hops.items[i].by;
	return hops.count > 0 ? hops.items[0].by : "";
}

const char *culprit_of(const struct collection *collection, const struct signature_verdict *signature)
{
	const struct findings_so_far *facts = collection->facts;
	const char *found[] = {list_name(collection), last_good_hop(collection, signature),
		converter(collection), foreign_hop(collection, signature)};

	for (size_t i = 0; i < sizeof found / sizeof found[0]; i++)
		if (found[i][0] != '\0')
			return found[i];
	if (facts->verdicts->iprev.result == RESULT_PASS)
		return facts->verdicts->iprev.name;
	return facts->language == LANGUAGE_JA ? "途中のホスト" : "a host on the way";
}
