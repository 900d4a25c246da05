#include "diagnose/key_fix.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/domain.h"
#include "base/suffixes.h"
#include "diagnose/collection.h"

#include <string.h>

/* RFC 1035 section 3.3; what narrow panels take; above the last, one variant has to do. */
enum { STRING_MAX = 255, NARROW_STRING_MAX = 127, BOTH_MAX = 440 };

static void add_strings(struct buf *out, const char *record, size_t max)
{
	size_t len = strlen(record);

	for (size_t at = 0; at == 0 || at < len; at += max)
		buf_printf(out, "%s\"%.*s\"", at == 0 ? "" : " ", (int)max, record + at);
}

const char *key_fix_host(const struct collection *collection, const char *name)
{
	const char *zone = suffixes_organization(collection->facts->suffixes, name);
	size_t len = strlen(name), zone_len = strlen(zone);

	if (!domain_is_below(name, zone))
		return name;
	return len == zone_len ? "@" : arena_copy(collection->arena, name, len - zone_len - 1);
}

const char *key_fix_strings(const struct collection *collection, const char *record)
{
	bool japanese = collection->facts->language == LANGUAGE_JA;
	struct buf out = buf_in(collection->arena);
	size_t len = strlen(record);

	if (len > BOTH_MAX) {
		add_strings(&out, record, NARROW_STRING_MAX);
		return out.data;
	}
	add_strings(&out, record, STRING_MAX);
	if (len > NARROW_STRING_MAX) {
		buf_text(&out,
			japanese ? "（127文字までの管理画面では " : " (if the panel takes 127 characters: ");
		add_strings(&out, record, NARROW_STRING_MAX);
		buf_text(&out, japanese ? "）" : ")");
	}
	return out.data;
}

static const char *with_host(const struct collection *collection, const char *name, const char *line)
{
	bool japanese = collection->facts->language == LANGUAGE_JA;

	return arena_printf(collection->arena,
		japanese ? "%s（管理画面のホスト名欄は「%s」）" : "%s (host name in the panel: %s)", line,
		key_fix_host(collection, name));
}

const char *key_fix_txt(const struct collection *collection, const char *name, const char *record)
{
	return with_host(collection, name,
		arena_printf(collection->arena, "%s. TXT %s", name, key_fix_strings(collection, record)));
}

const char *key_fix_cname(const struct collection *collection, const char *name, const char *target)
{
	return with_host(collection, name, arena_printf(collection->arena, "%s. CNAME %s.", name, target));
}
