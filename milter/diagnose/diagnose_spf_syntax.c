/* SPF permerror: how the domain's own record is misspelled. First what spoils the record as a whole,
 * then word by word. */
#include "base/arena.h"
#include "base/buf.h"
#include "diagnose/collection.h"
#include "diagnose/half_width.h"
#include "diagnose/known_answers.h"
#include "diagnose/producers.h"
#include "diagnose/spf_cut.h"
#include "diagnose/spf_lint.h"
#include "diagnose/spf_proposal.h"
#include "diagnose/spf_seam.h"

#include <string.h>

static const char *record_of(const struct collection *collection)
{
	return collection->facts->verdicts->spf.record;
}

/* The octets of the set become blanks, and several blanks one. */
static const char *blanked(const char *record, const char *set, struct arena *arena)
{
	struct buf out = buf_in(arena);

	for (; *record != '\0'; record++) {
		bool blank = *record == ' ' || strchr(set, *record) != NULL;

		if (!blank)
			buf_char(&out, *record);
		else if (out.len > 0 && out.data[out.len - 1] != ' ' && record[1] != '\0')
			buf_char(&out, ' ');
	}
	return out.data;
}

static bool foreign_character(struct collection *collection)
{
	const char *record = record_of(collection);
	size_t position = 1, len;

	for (; *record != '\0'; record += len, position++) {
		uint32_t code = half_width_code_point(record, &len);

		if (code < 0x80)
			continue;
		cause_found(collection, CAUSE_SPF_NON_ASCII, CONFIDENCE_PROVEN,
			DETAILS({"char", arena_printf(collection->arena, "U+%04X %.*s", (unsigned)code,
						 (int)len, record)},
				{"pos", arena_printf(collection->arena, "%zu", position)},
				{"fix", spf_publication(collection,
						half_width(record_of(collection), collection->arena))}));
		return true;
	}
	return false;
}

static bool control_character(struct collection *collection)
{
	static const char controls[] =
		"\x01\x02\x03\x04\x05\x06\x07\x08\t\n\x0b\x0c\r\x0e\x0f\x10\x11\x12\x13"
		"\x14\x15\x16\x17\x18\x19\x1a\x1b\x1c\x1d\x1e\x1f\x7f";
	const char *record = record_of(collection);
	size_t at = strcspn(record, controls);
	unsigned octet = (unsigned char)record[at];

	/* A NUL ends the text that we have of the record. */
	if (record[at] == '\0' && collection->facts->verdicts->spf.fault != SPFAULT_CONTROL_CHARACTER)
		return false;
	cause_found(collection, CAUSE_SPF_CONTROL_CHARS, CONFIDENCE_PROVEN,
		DETAILS({"char", arena_printf(collection->arena, "0x%02X%s", octet,
					 octet == '\t' ? " (TAB)" : "")},
			{"pos", arena_printf(collection->arena, "%zu", at + 1)},
			{"fix", spf_publication(collection, blanked(record, controls, collection->arena))}));
	return true;
}

static bool quotation_marks(struct collection *collection)
{
	const char *record = record_of(collection);

	if (strchr(record, '"') == NULL)
		return false;
	cause_found(collection, CAUSE_SPF_QUOTES_INSIDE, CONFIDENCE_PROVEN,
		DETAILS({"fix", spf_publication(collection, blanked(record, "\"", collection->arena))}));
	return true;
}

static bool commas(struct collection *collection, const struct spf_words *words)
{
	for (size_t i = 0; i < words->count; i++) {
		const char *text = words->items[i].text;
		size_t len = strlen(text), at = strcspn(text, ",;");

		if (strchr(text, '%') != NULL || text[at] == '\0')
			continue;
		if (at + 1 < len && strpbrk(text + at + 1, ":=~-+?") == NULL)
			continue;
		cause_found(collection, CAUSE_SPF_COMMA_SEPARATED, CONFIDENCE_PROVEN,
			DETAILS({"char", arena_printf(collection->arena, "%c", text[at])},
				{"fix", spf_publication(collection,
						blanked(record_of(collection), ",;", collection->arena))}));
		return true;
	}
	return false;
}

/* Can it be what a term with nothing behind its colon wants? Another term cannot. */
static bool is_value(const struct spf_word *word)
{
	struct network network;

	return network_parse(word->text, &network) ||
	       (strchr(word->text, ':') == NULL && !spf_is_mechanism(word->name));
}

/* "ip4: 192.0.2.1", "~ all", "include :x": the blank belongs to nobody. */
static bool blank_inside(struct collection *collection, const struct spf_words *words)
{
	for (size_t i = 1; i + 1 < words->count; i++) {
		const struct spf_word *word = &words->items[i], *next = &words->items[i + 1];
		bool open = word->value[0] == '\0' && (word->separator == ':' || word->separator == '=');
		bool lone = word->name[0] == '\0' && word->separator == '\0';
		bool late = next->text[0] == ':' && word->separator == '\0';
		size_t end = word->position + strlen(word->text);

		if (!late && !lone && !(open && is_value(next)))
			continue;
		cause_found(collection, CAUSE_SPF_SPACE_INSIDE_TERM, CONFIDENCE_PROVEN,
			DETAILS({"term", arena_printf(collection->arena, "%s %s", word->text, next->text)},
				{"fix", spf_publication(collection,
						spf_text_replaced(record_of(collection), end,
							next->position - end, "", collection->arena))}));
		return true;
	}
	return false;
}

static bool repeated_modifier(struct collection *collection, const struct spf_words *words, size_t index)
{
	const struct spf_word *word = &words->items[index];

	if (word->separator != '=' || (!spf_word_is(word, "redirect") && !spf_word_is(word, "exp")))
		return false;
	for (size_t i = 1; i < index; i++) {
		if (words->items[i].separator != '=' || !spf_word_is(&words->items[i], word->name))
			continue;
		cause_found(collection, CAUSE_SPF_MODIFIER_DUPLICATED, CONFIDENCE_PROVEN,
			DETAILS({"term", arena_printf(collection->arena, "%s=", word->name)}));
		return true;
	}
	return false;
}

bool spf_truncated_cause(struct collection *collection)
{
	const char *record = record_of(collection);
	bool neutral = collection->facts->verdicts->spf.result == RESULT_NEUTRAL;
	bool seen = spf_cut_is_seen(record, collection->arena);

	if (!seen && (!neutral || !spf_cut_is_possible(record, collection->arena)))
		return false;
	cause_found(collection, CAUSE_SPF_TRUNCATED, seen ? CONFIDENCE_STRONG : CONFIDENCE_LIKELY,
		DETAILS({"len", arena_printf(collection->arena, "%zu", strlen(record))}));
	return true;
}

void spf_separator_cause(struct collection *collection, const char *term, const char *meant)
{
	bool permerror = collection->facts->verdicts->spf.result == RESULT_PERMERROR;

	cause_found(collection, CAUSE_SPF_SEPARATOR_SWAPPED,
		permerror ? CONFIDENCE_PROVEN : CONFIDENCE_STRONG, DETAILS({"term", term}, {"fix", meant}));
}

static const struct {
	enum spf_slip slip;
	enum cause cause;
} slips[] = {
	{SPF_SLIP_SPACE_MISSING, CAUSE_SPF_SPACE_MISSING},
	{SPF_SLIP_NAME_MISSING, CAUSE_SPF_MECHANISM_NAME_MISSING},
	{SPF_SLIP_MISSPELLED, CAUSE_SPF_MECHANISM_MISSPELLED},
	{SPF_SLIP_ADDRESS, CAUSE_SPF_BAD_IP},
	{SPF_SLIP_PREFIX, CAUSE_SPF_BAD_CIDR},
	{SPF_SLIP_MACRO, CAUSE_SPF_MACRO_BAD},
	{SPF_SLIP_DOMAIN, CAUSE_SPF_DOMAIN_SPEC_BAD},
	{SPF_SLIP_UNKNOWN, CAUSE_SPF_UNKNOWN_TERM},
};

static void slip_cause(struct collection *collection, const struct spf_finding *finding)
{
	/* Only a missing blank is mended in the whole record. */
	const char *fix = finding->slip == SPF_SLIP_SPACE_MISSING
				  ? spf_publication(collection, finding->meant)
				  : finding->meant;

	for (size_t i = 0; i < sizeof slips / sizeof slips[0]; i++)
		if (slips[i].slip == finding->slip)
			cause_found(collection, slips[i].cause, CONFIDENCE_PROVEN,
				DETAILS({"term", finding->term}, {"fix", fix}));
	if (finding->slip == SPF_SLIP_SEPARATOR)
		spf_separator_cause(collection, finding->term, finding->meant);
}

void spf_syntax_causes(struct collection *collection)
{
	const struct spf_verdict *spf = &collection->facts->verdicts->spf;
	struct spf_words words = spf_words_of(spf->record, collection->arena);
	struct spf_finding unknown = {.slip = SPF_SLIP_UNKNOWN, .term = spf->fault_text, .meant = ""};

	if (spf->fault == SPFAULT_TOO_LARGE) {
		unknown.term = arena_printf(collection->arena, "%zu octets", strlen(spf->record));
		slip_cause(collection, &unknown);
		return;
	}
	if (foreign_character(collection) || control_character(collection) || quotation_marks(collection) ||
		commas(collection, &words) || blank_inside(collection, &words))
		return;
	for (size_t i = 1; i < words.count; i++) {
		struct spf_finding found = spf_lint_word(spf->record, &words.items[i], collection->arena);

		if (repeated_modifier(collection, &words, i))
			return;
		if (found.slip == SPF_SLIP_NONE)
			continue;
		if (i + 1 == words.count && spf_truncated_cause(collection))
			return;
		slip_cause(collection, &found);
		return;
	}
	slip_cause(collection, &unknown);
}

/* "a:mail.example.jp-all" is a name like any other to a strict reader: no error, and no match. */
bool spf_seam_cause(struct collection *collection)
{
	const char *record = record_of(collection);
	struct spf_words words = spf_words_of(record, collection->arena);

	for (size_t i = 1; i < words.count; i++) {
		struct spf_finding found = spf_lint_word(record, &words.items[i], collection->arena);

		if (found.slip != SPF_SLIP_SPACE_MISSING)
			continue;
		if (spf_attempt_here(collection, found.meant).outcome != SPF_TRY_PASS)
			return false;
		slip_cause(collection, &found);
		return true;
	}
	return false;
}

/* A target that no DNS can hold is not a dead name but a misspelled one. */
bool spf_target_cause(struct collection *collection, const char *target)
{
	const char *record = record_of(collection);
	struct spf_words words = spf_words_of(record, collection->arena);

	for (size_t i = 1; i < words.count; i++) {
		struct spf_finding found;

		if (!text_equal(words.items[i].value, target))
			continue;
		found = spf_lint_word(record, &words.items[i], collection->arena);
		slip_cause(collection, &found);
		return found.slip != SPF_SLIP_NONE;
	}
	return false;
}
