/* The table of causes, and the sentences made from it. */
#include "base/arena.h"
#include "base/text.h"
#include "diagnose/diagnosis.h"
#include "diagnose/sentence.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static bool is_one_of(const char *word, const char *const *list, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(word, list[i]) == 0)
			return true;
	return false;
}

static void rows_are_whole(void **state)
{
	static const char *const methods[] = {"spf", "dkim", "dmarc", "arc", "iprev", "helo", "dns", "rx"};
	static const char *const severities[] = {"crit", "high", "med", "low", "info"};

	(void)state;
	assert_int_equal(CAUSE_COUNT - 1, 242);
	for (int i = CAUSE_NONE + 1; i < CAUSE_COUNT; i++) {
		const struct cause_row *row = cause_row((enum cause)i);

		assert_true(is_one_of(row->method, methods, COUNT(methods)));
		assert_true(is_one_of(row->severity, severities, COUNT(severities)));
		assert_true(text_starts(row->code, row->method));
		assert_true(row->code[strlen(row->method)] == '-');
		assert_in_range(row->group, 1, 10);
		assert_true(cause_actor_name(row->act, LANGUAGE_EN)[0] != '\0');
		assert_true(cause_actor_name(row->act, LANGUAGE_JA)[0] != '\0');
		assert_int_equal(cause_of_code(row->code), i); /* codes are unique */
		assert_in_range(strlen(row->summary_en), 20, 220);
		assert_in_range(strlen(row->summary_ja), 20, 320);
		assert_in_range(strlen(row->fix_en), 0, 210);
		assert_in_range(strlen(row->fix_ja), 0, 420);
		assert_int_equal(row->fix_en[0] == '\0', row->fix_ja[0] == '\0');
	}
	assert_int_equal(cause_of_code("spf-no-such-code"), CAUSE_NONE);
	assert_int_equal(cause_of_code(""), CAUSE_NONE);
	assert_string_equal(cause_row(CAUSE_NONE)->code, "");
	assert_string_equal(cause_row(CAUSE_COUNT)->code, "");
	assert_string_equal(cause_actor_name("xx", LANGUAGE_EN), "");
}

/* Each {word} of the sentence is in the other language's too, so that none is forgotten. */
static void check_words(const char *code, const char *sentence, const char *other)
{
	for (const char *open = strchr(sentence, '{'); open != NULL; open = strchr(open + 1, '{')) {
		size_t len = strcspn(open, "}") + 1;
		char word[40] = "";

		assert_in_range(len, 3, sizeof word - 1);
		for (size_t i = 1; i + 1 < len; i++)
			if (!text_is_alnum(open[i]) && open[i] != '_')
				fail_msg("%s: odd word %.*s", code, (int)len, open);
		memcpy(word, open, len);
		/* Japanese may leave out or add the address and its name where the sentence reads better. */
		if (strcmp(word, "{ip}") == 0 || strcmp(word, "{ptr}") == 0 || strcmp(word, "{n}") == 0)
			continue;
		if (other != NULL && strstr(other, word) == NULL)
			fail_msg("%s: %s is only in one language", code, word);
	}
}

static void languages_agree(void **state)
{
	(void)state;
	for (int i = CAUSE_NONE + 1; i < CAUSE_COUNT; i++) {
		const struct cause_row *row = cause_row((enum cause)i);

		check_words(row->code, row->summary_en, NULL);
		check_words(row->code, row->summary_ja, row->summary_en);
		check_words(row->code, row->fix_en, row->fix_ja);
		check_words(row->code, row->fix_ja, row->fix_en);
	}
}

static void words_for_people(void **state)
{
	(void)state;
	assert_string_equal(confidence_word(CONFIDENCE_PROVEN), "proven");
	assert_string_equal(confidence_word(CONFIDENCE_STRONG), "strong");
	assert_string_equal(confidence_word(CONFIDENCE_LIKELY), "likely");
	assert_string_equal(cause_actor_name("sd", LANGUAGE_EN), "sender's DNS admin");
	assert_string_equal(cause_actor_name("nobody", LANGUAGE_JA), "対応不要");
}

static const struct {
	const char *template, *value, *expected;
} sentences[] = {
	{"the term {term}.", "ip4:x", "the term ip4:x."},
	{"{term}{term}", "a", "aa"},
	{"no word { term} {} {te-rm} {", "a", "no word { term} {} {te-rm} {"},
	{"{unknown} word", "a", "? word"},
	{"{term}", "a\r\nb\tc\x7f", "a\\x0D\\x0Ab\\x09c\\x7F"},        /* one line (R7) */
	{"{term}", "\xff\xc3\xa9\xc0\xaf", "\\xFF\xc3\xa9\\xC0\\xAF"}, /* RFC 3629 */
	{"{term}", "x\xe2\x80\xaey", "x\\xE2\\x80\\xAEy"},             /* U+202E */
	{"{term}", "{term}", "{term}"},                                /* filled once */
	{"{term}", "%s%n", "%s%n"},                                    /* no format */
	{"{term}", "123456789012345678901234567890123456789012345678901234567890",
		"123456789012345678901234567890123456789012345678901234567890"},
	{"{term}", "1234567890123456789012345678901234567890123456789012345678901",
		"123456789012345678901234567890123456789012345678901234567890…"},
	{"{fix}", "", "v=spf1 ip4:192.0.2.1 ip4:192.0.2.2 ip4:192.0.2.3 ip4:192.0.2.4 ~all"},
};

static void sentences_are_filled(void **state)
{
	struct arena *arena = arena_new();

	(void)state;
	for (size_t i = 0; i < COUNT(sentences); i++) {
		const struct detail outer_items[] = {
			{"fix", "v=spf1 ip4:192.0.2.1 ip4:192.0.2.2 ip4:192.0.2.3 ip4:192.0.2.4 ~all"},
			{"term", "hidden by the inner one"},
		};
		const struct details outer = {.items = outer_items, .count = COUNT(outer_items)};
		const struct detail item = {"term", sentences[i].value};
		const struct details details = {.items = &item, .count = 1, .outer = &outer};
		const char *missing = NULL;

		assert_string_equal(sentence_fill(sentences[i].template, &details, arena, &missing),
			sentences[i].expected);
		assert_int_equal(missing != NULL, sentences[i].expected[0] == '?');
	}
	assert_string_equal(sentence_fill("{x}", NULL, arena, NULL), "?");
	assert_string_equal(sentence_duration(59, arena), "59 s");
	assert_string_equal(sentence_duration(-3600, arena), "1 h 0 min");
	assert_string_equal(sentence_duration(172800, arena), "2 days");
	arena_free(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_are_whole),
		cmocka_unit_test(languages_agree),
		cmocka_unit_test(words_for_people),
		cmocka_unit_test(sentences_are_filled),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
