/* What to do, in lines: what is to be copied stands alone, nothing sticks to it. */
#include "diagnose/fix_layout.h"

#include "base/arena.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static const struct row {
	const char *fix, *lines;
} rows[] = {
	{"", ""},
	{"Correct fo.", "Correct fo."},
	{"Keep  one.", "Keep one."},
	{"Publish a.example. TXT \"v=spf1 -all\".", "Publish\n  a.example. TXT \"v=spf1 -all\""},
	{"Publish a.example. TXT \"v=spf1 -all\" (host name \"@\"); also correct the MX.",
		"Publish\n  a.example. TXT \"v=spf1 -all\"\n  (host name \"@\"); also correct the MX."},
	{"Add it: a.example. TXT \"v=spf1 -all\", or use IPv4.",
		"Add it:\n  a.example. TXT \"v=spf1 -all\"\n  or use IPv4."},
	{"Publish k.example. TXT \"v=DKIM1; p=AA\" \"BB\" (if the panel takes 127 characters: \"v=DKIM1;\" "
	 "\" "
	 "p=AABB\") (host name in the panel: k). Or wait.",
		"Publish\n  k.example. TXT \"v=DKIM1; p=AA\" \"BB\"\n  (if the panel takes 127 characters: "
		"\"v=DKIM1;\" \" p=AABB\")\n  (host name in the panel: k).\n  Or wait."},
	{"Publish k.example. TXT \"p=AA\"（127文字までの管理画面では \"p=A\" "
	 "\"A\"）（管理画面のホスト名欄は「k」）",
		"Publish\n  k.example. TXT \"p=AA\"\n  （127文字までの管理画面では \"p=A\" "
		"\"A\"）\n  （管理画面のホスト名欄は「k」）"},
	{"Publish k.example. CNAME k.prov.example. (host name in the panel: k)",
		"Publish\n  k.example. CNAME k.prov.example.\n  (host name in the panel: k)"},
	{"Publish a.example. MX 10 m.a.example. and m.a.example. A 192.0.2.1",
		"Publish\n  a.example. MX 10 m.a.example.\n  and\n  m.a.example. A 192.0.2.1"},
	{"a.example. TXT \"say \\\"hi\\\" there\" now", "a.example. TXT \"say \\\"hi\\\" there\"\n  now"},
	{"Sender: sign. Receiver: trust it.", "Sender: sign.\n  Receiver: trust it."},
	{"Use x. y", "Use x. y"},
	{"Write \"From. Now\" first.", "Write \"From. Now\" first."},
	{"Open \"quote. And TXT", "Open \"quote. And TXT"},
	{"a. TXT \"open", "a. TXT \"open"},
	{"a. TXT ", "a. TXT "},
	{"a. MX 10", "a. MX 10"},
};

static void layouts(void **state)
{
	struct arena *arena = arena_new();

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		assert_string_equal(fix_layout(rows[i].fix, "  ", arena), rows[i].lines);
	arena_free(&arena);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {cmocka_unit_test(layouts)};

	return cmocka_run_group_tests_name("fix_layout", tests, NULL, NULL);
}
