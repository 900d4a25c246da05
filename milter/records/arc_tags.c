#include "records/arc_tags.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/domain.h"
#include "base/text.h"
#include "records/tag_list.h"

#include <string.h>

enum {
	INSTANCE_DIGITS_MAX = 2, /* RFC 8617 section 4.2.1 */
	INSTANCE_MAX = 99,
	UNUSABLE = '\1' /* stands for a quoted separator: no domain has it */
};

static unsigned instance_of(struct span digits)
{
	unsigned long number;

	if (digits.len == 0 || digits.len > INSTANCE_DIGITS_MAX ||
		!span_number(digits, INSTANCE_MAX, &number))
		return 0;
	return (unsigned)number;
}

unsigned arc_tags_instance(const char *value, size_t len)
{
	struct tag_list list = tag_list_read_utf8(value, len);
	const struct tag *i = tag_list_find(&list, "i");

	return i == NULL ? 0 : instance_of(i->value);
}

bool arc_tags_has_canon(const char *value, size_t len)
{
	struct tag_list list = tag_list_read_utf8(value, len);

	return tag_list_find(&list, "c") != NULL;
}

enum arc_cv arc_tags_cv(struct arena *arena, const char *value, size_t len, const char **text)
{
	struct tag_list list = tag_list_read_utf8(value, len);
	const struct tag *cv = tag_list_find(&list, "cv");

	*text = cv == NULL ? "" : span_text(arena, cv->value);
	if (text_equal(*text, "none"))
		return ARC_CV_NONE;
	if (text_equal(*text, "pass"))
		return ARC_CV_PASS;
	return text_equal(*text, "fail") ? ARC_CV_FAIL : ARC_CV_UNKNOWN;
}

/* The end of the comment that begins at the place, or of the text. */
static size_t skip_comment(const char *value, size_t len, size_t at)
{
	size_t depth = 0;

	for (; at < len; at++) {
		if (value[at] == '\\')
			at++;
		else if (value[at] == '(')
			depth++;
		else if (value[at] == ')' && --depth == 0)
			return at;
	}
	return len;
}

/* Without comments and quotation marks; what stood in quotes holds no separator any more. */
static struct span plain_of(struct arena *arena, const char *value, size_t len)
{
	struct buf out = buf_in(arena);
	bool quoted = false;

	for (size_t at = 0; at < len; at++) {
		char c = value[at];

		if (c == '"') {
			quoted = !quoted;
		} else if (quoted) {
			if (c == '\\' && at + 1 < len)
				c = value[++at];
			buf_char(&out, c == ';' || c == '=' || text_is_space(c) ? UNUSABLE : c);
		} else if (c == '(') {
			at = skip_comment(value, len, at);
			buf_char(&out, ' ');
		} else {
			buf_char(&out, c);
		}
	}
	return (struct span){out.data, out.len};
}

/* Takes what is in front of the next semicolon. False at the end. */
static bool next_part(struct span *rest, struct span *part)
{
	const char *semicolon;

	if (rest->at == NULL)
		return false;
	semicolon = rest->len > 0 ? memchr(rest->at, ';', rest->len) : NULL;
	*part = *rest;
	if (semicolon == NULL) {
		rest->at = NULL;
		return true;
	}
	part->len = (size_t)(semicolon - rest->at);
	rest->at = semicolon + 1;
	rest->len -= part->len + 1;
	return true;
}

/* Up to the next blank, or to what stops it. */
static struct span next_word(struct span *rest, char stop)
{
	struct span word;

	while (rest->len > 0 && text_is_space(*rest->at)) {
		rest->at++;
		rest->len--;
	}
	word = (struct span){rest->at, 0};
	while (word.len < rest->len && !text_is_space(word.at[word.len]) && word.at[word.len] != stop)
		word.len++;
	rest->at += word.len;
	rest->len -= word.len;
	return word;
}

/* "name = value"; the value is empty when there is no "=". False at the end. */
static bool next_pair(struct span *rest, struct span *name, struct span *value)
{
	struct span behind;

	*name = next_word(rest, '=');
	*value = (struct span){"", 0};
	behind = *rest;
	if (next_word(&behind, '=').len > 0 || behind.len == 0)
		return name->len > 0;
	*rest = (struct span){behind.at + 1, behind.len - 1}; /* it stopped at "=" */
	*value = next_word(rest, ' ');
	return true;
}

/* "i=N" and nothing else in front of the first semicolon. */
static unsigned instance_of_head(struct span head)
{
	struct span name, number, rest = head;

	if (!next_pair(&rest, &name, &number) || name.len != 1 || *name.at != 'i')
		return 0;
	return span_trim(rest).len > 0 ? 0 : instance_of(number);
}

unsigned arc_results_instance(struct arena *arena, const char *value, size_t len)
{
	struct span rest = plain_of(arena, value, len), head;

	(void)next_part(&rest, &head);
	return rest.at == NULL ? 0 : instance_of_head(head);
}

/* A domain, or the domain of an address; "" when it is neither. */
static const char *domain_in(struct arena *arena, struct span value)
{
	for (size_t at = value.len; at > 0; at--)
		if (value.at[at - 1] == '@')
			return domain_of(arena, value.at + at, value.len - at).name;
	return domain_of(arena, value.at, value.len).name;
}

/* The value of the first of these properties that is there. */
static const char *property_domain(struct arena *arena, struct span properties, const char *const *names)
{
	for (size_t i = 0; names[i] != NULL; i++) {
		struct span rest = properties, name, value;

		while (next_pair(&rest, &name, &value))
			if (span_is(name, names[i]))
				return domain_in(arena, value);
	}
	return "";
}

static void take_dkim(struct arc_results *results, const char *domain)
{
	if (domain[0] == '\0' || results->dkim_count == ARC_DKIM_PASSES_MAX)
		return;
	for (size_t i = 0; i < results->dkim_count; i++)
		if (strcmp(results->dkim_domains[i], domain) == 0)
			return;
	results->dkim_domains[results->dkim_count++] = domain;
}

static void take_result(struct arc_results *results, struct span part, struct arena *arena)
{
	static const char *const spf[] = {"smtp.mailfrom", "smtp.mfrom", "smtp.helo", NULL};
	static const char *const dkim[] = {"header.d", "header.i", NULL};
	static const char *const dmarc[] = {"header.from", NULL};
	struct span method, result;
	const char *version;

	if (!next_pair(&part, &method, &result) || !span_is(result, "pass"))
		return;
	version = memchr(method.at, '/', method.len);
	if (version != NULL)
		method.len = (size_t)(version - method.at);
	if (span_is(method, "spf") && !results->spf) {
		results->spf = true;
		results->spf_domain = property_domain(arena, part, spf);
	} else if (span_is(method, "dkim")) {
		take_dkim(results, property_domain(arena, part, dkim));
	} else if (span_is(method, "dmarc") && !results->dmarc) {
		results->dmarc = true;
		results->author_domain = property_domain(arena, part, dmarc);
	}
}

struct arc_results arc_results_read(struct arena *arena, const char *value, size_t len)
{
	struct arc_results results = {.spf_domain = "", .author_domain = ""};
	struct span rest = plain_of(arena, value, len), part;

	(void)next_part(&rest, &part); /* i= */
	(void)next_part(&rest, &part); /* who says it */
	while (next_part(&rest, &part))
		take_result(&results, part, arena);
	return results;
}
