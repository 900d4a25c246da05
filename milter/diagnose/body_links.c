#include "diagnose/body_links.h"

#include "base/arena.h"
#include "base/base64.h"
#include "message/mime.h"

#include <string.h>

/* How services hold the original: escaped in a parameter or behind a slash ("https%3A%2F%2F…"), in
 * URL Defense v2 with "-" for "%" and "_" for "/", in v3 between "__" as it was, in base64 (Sophos). */
enum link_form { FORM_PERCENT, FORM_DEFENSE, FORM_QUOTED, FORM_BASE64, FORMS };

/* Names that people know, for the sentence; any other service is called by its host. */
static const struct {
	const char *host, *name;
} services[] = {{"urldefense", "URL Defense"}, {"safelinks", "Safe Links"}, {"cudasvc", "Barracuda"},
	{"secure-web.cisco", "Cisco Secure Email"}, {"trendmicro", "Trend Micro"}, {"sophos", "Sophos"},
	{"fireeye", "FireEye"}, {"symantec", "Symantec"}, {"google", "Google"}};

struct link {
	struct span whole, host;
	struct buf original; /* empty when it holds none */
};

static bool ends_link(char c)
{
	return text_is_space(c) || c == '"' || c == '\'' || c == '<' || c == '>' ||
	       (unsigned char)c >= 0x80 || c == '\033';
}

static void unescape(struct buf *out, struct span text, char escape)
{
	for (size_t i = 0; i < text.len; i++) {
		char c = text.at[i];

		if (c == escape && i + 2 < text.len && text_is_hex(text.at[i + 1]) &&
			text_is_hex(text.at[i + 2])) {
			buf_char(out,
				(char)(text_hex_value(text.at[i + 1]) * 16 + text_hex_value(text.at[i + 2])));
			i += 2;
		} else {
			buf_char(out, c == '_' && escape == '-' ? '/' : c);
		}
	}
}

static bool is_link(struct span text)
{
	return (text.len > 8 && text_equal_n(text.at, "https://", 8)) ||
	       (text.len > 7 && text_equal_n(text.at, "http://", 7));
}

static struct span up_to(const char *at, const char *end, char stop)
{
	const char *found = memchr(at, stop, (size_t)(end - at));

	return (struct span){at, (size_t)((found == NULL ? end : found) - at)};
}

/* The first place behind the host where one of the two schemes stands in that spelling. */
static const char *inner_scheme(const struct link *link, const char *secure, const char *plain)
{
	const char *from = link->host.at + link->host.len, *end = link->whole.at + link->whole.len;
	const char *found = text_find(from, (size_t)(end - from), secure);

	return found != NULL ? found : text_find(from, (size_t)(end - from), plain);
}

static void take_base64(struct link *link, const char *end)
{
	const char *at = link->host.at + link->host.len;

	while ((at = memchr(at, '=', (size_t)(end - at))) != NULL) {
		struct span value = up_to(++at, end, '&');
		struct buf characters = buf_in(link->original.arena);
		struct base64 decoded;
		struct span text;

		unescape(&characters, value, '%');
		decoded = base64_decode(link->original.arena, characters.data, characters.len);
		text = (struct span){(const char *)decoded.octets.at, decoded.octets.len};
		if (decoded.fault == BASE64_GOOD && is_link(text)) {
			buf_add(&link->original, text.at, text.len);
			return;
		}
	}
}

static void take_original(struct link *link, enum link_form form)
{
	const char *end = link->whole.at + link->whole.len, *at, *stop;

	switch (form) {
	case FORM_PERCENT:
		at = inner_scheme(link, "https%3A", "http%3A");
		if (at != NULL)
			unescape(&link->original, up_to(at, end, '&'), '%');
		break;
	case FORM_DEFENSE:
		at = inner_scheme(link, "https-3A", "http-3A");
		if (at != NULL)
			unescape(&link->original, up_to(at, end, '&'), '-');
		break;
	case FORM_QUOTED:
		at = inner_scheme(link, "__https:", "__http:");
		stop = at == NULL ? NULL : text_find(at, (size_t)(end - at), "__;");
		if (stop != NULL)
			buf_add(&link->original, at + 2, (size_t)(stop - at) - 2);
		break;
	case FORM_BASE64:
	case FORMS:
		take_base64(link, end);
		break;
	}
}

/* The next link at or behind the place; false when there is none. */
static bool find_link(struct link *link, const char *at, const char *end)
{
	for (; (at = text_find(at, (size_t)(end - at), "http")) != NULL; at += 4) {
		struct span rest = {at, (size_t)(end - at)};
		size_t scheme, len;

		if (!is_link(rest))
			continue;
		scheme = rest.at[4] == ':' ? strlen("http://") : strlen("https://");
		for (len = scheme; len < rest.len && !ends_link(rest.at[len]);)
			len++;
		link->whole = (struct span){rest.at, len};
		link->host = (struct span){rest.at + scheme, 0};
		while (link->host.len < len - scheme && strchr("/?:#", link->host.at[link->host.len]) == NULL)
			link->host.len++;
		return true;
	}
	return false;
}

static const char *service_name(struct span host, struct arena *arena)
{
	for (size_t i = 0; i < sizeof services / sizeof services[0]; i++)
		if (text_find(host.at, host.len, services[i].host) != NULL)
			return services[i].name;
	return span_text(arena, host);
}

/* In HTML an ampersand is written as "&amp;"; who rewrites links may have read it so. */
static void put_link(struct buf *out, const struct buf *original, bool as_html)
{
	for (size_t i = 0; i < original->len; i++)
		if (as_html && original->data[i] == '&')
			buf_text(out, "&amp;");
		else
			buf_char(out, original->data[i]);
}

static size_t restore_links(
	struct buf *out, struct span text, enum link_form form, bool as_html, const char **service)
{
	const char *at = text.at, *end = text.at + text.len;
	struct link link;
	size_t count = 0;

	while (find_link(&link, at, end)) {
		link.original = buf_in(out->arena);
		take_original(&link, form);
		buf_add(out, at, (size_t)(link.whole.at - at));
		if (link.original.len > 0) {
			put_link(out, &link.original, as_html);
			*service = service_name(link.host, out->arena);
			count++;
		} else {
			buf_add(out, link.whole.at, link.whole.len);
		}
		at = link.whole.at + link.whole.len;
	}
	buf_add(out, at, (size_t)(end - at));
	return count;
}

struct body_variant variant_links(size_t number, const struct body_texts *texts, struct arena *arena)
{
	struct span *replacements = arena_array(arena, texts->count + 1, sizeof *replacements);
	struct body_variant variant = body_variant_none();
	enum link_form form = (enum link_form)(number % FORMS);

	for (size_t i = 0; i < texts->count; i++) {
		struct buf restored = buf_in(arena);
		bool as_html = number >= FORMS && strcmp(texts->items[i].part->type, "text/html") == 0;
		size_t count =
			restore_links(&restored, texts->items[i].decoded, form, as_html, &variant.from);

		replacements[i] = (struct span){count > 0 ? restored.data : NULL, restored.len};
		variant.count += count;
	}
	if (variant.count == 0)
		return variant;
	variant.kind = BODY_LINKS;
	variant.body = body_texts_with(texts, replacements, ENCODING_QP_LITERAL, arena);
	return variant;
}
