/* records/spf_macro: RFC 7208 section 7. */
#include "base/arena.h"
#include "records/spf_macro.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

/* The values of section 7.4. */
static struct spf_macro_values values_of(const char *client)
{
	struct spf_macro_values values = {
		.sender = "strong-bad@email.example.com",
		.local = "strong-bad",
		.sender_domain = "email.example.com",
		.domain = "email.example.com",
		.helo = "mx.example.org",
		.receiver = "rx.example",
		.validated = "mx.example.org",
		.now = 1772356377,
	};

	assert_true(netaddr_parse(client, &values.client));
	return values;
}

static void domains(void **state)
{
	static const struct {
		const char *text, *client, *name;
	} rows[] = {
		/* the examples of section 7.4 */
		{"%{s}", "192.0.2.3", "strong-bad@email.example.com"},
		{"%{o}", "192.0.2.3", "email.example.com"}, {"%{d}", "192.0.2.3", "email.example.com"},
		{"%{d4}", "192.0.2.3", "email.example.com"}, {"%{d3}", "192.0.2.3", "email.example.com"},
		{"%{d2}", "192.0.2.3", "example.com"}, {"%{d1}", "192.0.2.3", "com"},
		{"%{dr}", "192.0.2.3", "com.example.email"}, {"%{d2r}", "192.0.2.3", "example.email"},
		{"%{l}", "192.0.2.3", "strong-bad"}, {"%{l-}", "192.0.2.3", "strong.bad"},
		{"%{lr}", "192.0.2.3", "strong-bad"}, {"%{lr-}", "192.0.2.3", "bad.strong"},
		{"%{l1r-}", "192.0.2.3", "strong"},
		{"%{ir}.%{v}._spf.%{d2}", "192.0.2.3", "3.2.0.192.in-addr._spf.example.com"},
		{"%{lr-}.lp._spf.%{d2}", "192.0.2.3", "bad.strong.lp._spf.example.com"},
		{"%{lr-}.lp.%{ir}.%{v}._spf.%{d2}", "192.0.2.3",
			"bad.strong.lp.3.2.0.192.in-addr._spf.example.com"},
		{"%{ir}.%{v}.%{l1r-}.lp._spf.%{d2}", "192.0.2.3",
			"3.2.0.192.in-addr.strong.lp._spf.example.com"},
		{"%{d2}.trusted-domains.example.net", "192.0.2.3", "example.com.trusted-domains.example.net"},
		{"%{ir}.%{v}._spf.%{d2}", "2001:db8::cb01",
			"1.0.B.C.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.B.D.0.1.0.0.2.ip6._spf.example."
			"com"},
		/* escapes, other letters, limits */
		{"a%%b%_c%-d.example", "192.0.2.3", "a%b c%20d.example"},
		{"%{h}.%{p}", "192.0.2.3", "mx.example.org.mx.example.org"},
		{"%{i}", "2001:db8::1", "2.0.0.1.0.D.B.8.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.1"},
		{"%{D2R}", "192.0.2.3", "example.email"},
		{"%{s+-@}", "192.0.2.3", ""}, /* not a macro, so not for this function: see syntax() */
		{"%{S-}", "192.0.2.3", "strong.bad%40email.example.com"},
		{"%{d128}", "192.0.2.3", "email.example.com"},
		{"%{d99999999999999999999}", "192.0.2.3", "email.example.com"},
		{"x.example.", "192.0.2.3", "x.example"}, /* 7.3: a final dot is dropped */
	};
	struct arena *arena = arena_new();

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct spf_macro_values values = values_of(rows[i].client);
		struct span text = span_of(rows[i].text), bad;

		if (!spf_macro_check(text, SPFMACRO_IN_RECORD, &bad)) {
			assert_string_equal(rows[i].name, "");
			continue;
		}
		assert_string_equal(spf_macro_domain(arena, text, &values), rows[i].name);
	}
	arena_free(&arena);
}

/* Splitting at delimiters keeps empty parts, and the count of parts to keep is exact. */
static void parts(void **state)
{
	static const struct {
		const char *local, *text, *name;
	} rows[] = {
		{"philip-gladstone-test", "%{l2r-}", "gladstone.philip"},
		{"foo-bar+zip+quux", "%{l2r+-}", "bar.foo"},
		{"a", "%{l1r}", "a"},
		{"a-b", "%{l1r-}", "a"},
		{"a-b", "%{l1-}", "b"},
		{"a--b", "%{lr-}", "b..a"},
		{"-a-", "%{lr-}x", ".a.x"},
		{"-a-", "%{l2-}x", "a.x"},
		{"-a-", "%{l2r-}x", "a.x"},
		{"", "%{lr-}x", "x"},
		{"a.b", "%{l-}", "a.b"}, /* only the delimiters given split */
		{"a.b", "%{lr-}", "a.b"},
		{"a.b", "%{l1r}", "a"},
		{"a,b/c_d=e", "%{lr,/_=}", "e.d.c.b.a"},
	};
	struct arena *arena = arena_new();
	struct spf_macro_values values = values_of("192.0.2.3");

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		values.local = rows[i].local;
		assert_string_equal(spf_macro_domain(arena, span_of(rows[i].text), &values), rows[i].name);
	}
	arena_free(&arena);
}

static void long_names(void **state)
{
	struct arena *arena = arena_new();
	struct spf_macro_values values = values_of("192.0.2.3");
	char label[64] = "", name[260] = "", bomb[2000] = "";

	(void)state;
	memset(label, 'a', 63);
	for (int i = 0; i < 4; i++)
		strcat(strcat(name, label), ".");
	values.domain = name; /* 256 octets with the final dot: the first label goes */
	assert_int_equal(strlen(spf_macro_domain(arena, span_of("%{d}"), &values)), 191);
	assert_string_equal(spf_macro_domain(arena, span_of("%{d}.example"), &values) + 128,
		"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa..example");
	memset(name, 'b', 255);
	name[255] = '\0'; /* one label alone cannot be cut */
	assert_string_equal(spf_macro_domain(arena, span_of("%{d}"), &values), "");
	assert_string_equal(spf_macro_domain(arena, span_of("%{d}.c.example"), &values), "c.example");
	values.domain = "email.example.com";
	for (int i = 0; i < 480; i++) /* 8160 octets, cut to 14 times the domain and two labels */
		strcat(bomb, "%{d}");
	strcpy(name, "example.com");
	for (int i = 0; i < 14; i++)
		strcat(name, "email.example.com");
	assert_string_equal(spf_macro_domain(arena, span_of(bomb), &values), name);
	arena_free(&arena);
}

static void explanations(void **state)
{
	static const struct {
		const char *text, *client, *explanation;
	} rows[] = {
		{"See http://%{d}/why.html?s=%{S}&i=%{I}", "192.0.2.3",
			"See http://email.example.com/why.html?s=strong-bad%40email.example.com&i=192.0.2.3"},
		{"%{c} is not one of %{d}'s.", "2001:db8::1",
			"2001:db8::1 is not one of email.example.com's."},
		{"%{t} %{r}.", "192.0.2.3", "1772356377 rx.example."},
	};
	struct arena *arena = arena_new();
	char bomb[4001] = "";

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct spf_macro_values values = values_of(rows[i].client);

		assert_string_equal(
			spf_macro_explanation(arena, span_of(rows[i].text), &values), rows[i].explanation);
	}
	for (int i = 0; i < 1000; i++)
		strcat(bomb, "%{s}");
	{
		struct spf_macro_values values = values_of("192.0.2.3");

		assert_int_equal(strlen(spf_macro_explanation(arena, span_of(bomb), &values)),
			SPFMACRO_EXPLANATION_MAX);
	}
	arena_free(&arena);
}

static void syntax(void **state)
{
	static const struct {
		const char *text, *bad; /* "" when good */
		enum spf_macro_place place;
	} rows[] = {
		{"%{s}%{l}%{o}%{d}%{i}%{p}%{v}%{h}", "", SPFMACRO_IN_RECORD},
		{"%{c}%{r}%{t}", "", SPFMACRO_IN_EXPLANATION},
		{"%{c}", "%{c}", SPFMACRO_IN_RECORD},
		{"%{x}", "%{x}", SPFMACRO_IN_EXPLANATION},
		{"%{}", "%{}", SPFMACRO_IN_RECORD},
		{"%{", "%{", SPFMACRO_IN_RECORD},
		{"%{d", "%{d", SPFMACRO_IN_RECORD},
		{"%{dr2}", "%{dr2}", SPFMACRO_IN_RECORD},
		{"%{d00}", "%{d00}", SPFMACRO_IN_RECORD},
		{"%{d02R.-+,/_=}", "", SPFMACRO_IN_RECORD},
		{"%{s+-@}", "%{s+-@}", SPFMACRO_IN_RECORD},
		{"100%", "%", SPFMACRO_IN_EXPLANATION},
		{"100% sure", "% ", SPFMACRO_IN_EXPLANATION},
		{"%%%", "%", SPFMACRO_IN_RECORD},
		{"%%{d}", "", SPFMACRO_IN_RECORD},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct span bad = {"", 0};

		assert_int_equal(
			spf_macro_check(span_of(rows[i].text), rows[i].place, &bad), rows[i].bad[0] == '\0');
		assert_true(span_is(bad, rows[i].bad));
	}
	assert_true(spf_macro_uses(span_of("a%{P}"), 'p'));
	assert_true(spf_macro_uses(span_of("%%%{p}"), 'p'));
	assert_false(spf_macro_uses(span_of("%%{p}%{d}"), 'p'));
	assert_false(spf_macro_uses(span_of("%{d}%"), 'p'));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(domains),
		cmocka_unit_test(parts),
		cmocka_unit_test(long_names),
		cmocka_unit_test(explanations),
		cmocka_unit_test(syntax),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
