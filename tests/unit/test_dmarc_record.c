/* records/dmarc_record: what counts as a policy and what does not. Section numbers are RFC 9989's
 * unless another is named. */
#include "records/dmarc_record.h"

#include "base/arena.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof(array)[0])
#define NONE DMARC_POLICY_NONE
#define QUARANTINE DMARC_POLICY_QUARANTINE
#define REJECT DMARC_POLICY_REJECT

static struct dmarc_record parsed(struct arena *arena, const char *text)
{
	return dmarc_record_parse(text, strlen(text), arena);
}

static void policies(void **state)
{
	static const struct {
		const char *text;
		enum dmarc_policy p, sp, np;
		const char *bad_tag;
	} rows[] = {
		{"v=DMARC1; p=none", NONE, NONE, NONE, ""},
		{"v=DMARC1;p=reject;", REJECT, REJECT, REJECT, ""},
		/* section 4.8: white space around "=" and ";"; tag names and words in any case */
		{"v = DMARC1 ; P\t=\tReject ; ", REJECT, REJECT, REJECT, ""},
		{"V=DMARC1; p=none", NONE, NONE, NONE, ""},
		{"v=DMARC1;; p=none;;", NONE, NONE, NONE, ""},
		/* section 4.7: defaults */
		{"v=DMARC1; p=reject; sp=none", REJECT, NONE, NONE, ""},
		{"v=DMARC1; p=none; sp=quarantine; np=reject", NONE, QUARANTINE, REJECT, ""},
		{"v=DMARC1; p=none; np=reject", NONE, NONE, REJECT, ""},
		/* the order of tags behind v= is free */
		{"v=DMARC1; sp=none; rua=mailto:a@x.example; p=reject", REJECT, NONE, NONE, ""},
		/* unknown and removed tags MUST be ignored */
		{"v=DMARC1; p=reject; future=1; rf=afrf:iodef; ri=86400", REJECT, REJECT, REJECT, ""},
		{"v=DMARC1; p=reject; policy.org_x=y", REJECT, REJECT, REJECT, "policy.org_x=y"},
		/* optional tags with bad values are ignored, the first is named (RFC 7489 section 6.3) */
		{"v=DMARC1; p=none; ri=1d; adkim=x", NONE, NONE, NONE, "ri=1d"},
		{"v=DMARC1; p=none; fo=9; ri=1d; adkim=x", NONE, NONE, NONE, "fo=9"},
		{"v=DMARC1; p=reject; sp=bogus", REJECT, REJECT, REJECT, "sp=bogus"},
		{"v=DMARC1; p=reject; np=; sp=none", REJECT, NONE, NONE, "np="},
		{"v=DMARC1; p=reject; pct=101", REJECT, REJECT, REJECT, "pct=101"},
		{"v=DMARC1; p=reject; pct=50x", REJECT, REJECT, REJECT, "pct=50x"},
		{"v=DMARC1; p=reject; aspf=strict", REJECT, REJECT, REJECT, "aspf=strict"},
		{"v=DMARC1; p=reject; t=yes", REJECT, REJECT, REJECT, "t=yes"},
		{"v=DMARC1; p=reject; psd=1", REJECT, REJECT, REJECT, "psd=1"},
		{"v=DMARC1; p=reject; junk", REJECT, REJECT, REJECT, "junk"},
		{"v=DMARC1; p=reject; =x", REJECT, REJECT, REJECT, "=x"},
		{"v=DMARC1; p=reject; fo=1:d:s:", REJECT, REJECT, REJECT, "fo=1:d:s:"},
		{"v=DMARC1; p=reject; v=DMARC1", REJECT, REJECT, REJECT, "v=DMARC1"},
		{"v=DMARC1; p=reject; sp=none; sp=reject", REJECT, NONE, NONE, "sp=reject"},
		{"v=DMARC1; p=reject; rua=mailto:a@x.example; rua=mailto:b@x.example", REJECT, REJECT, REJECT,
			"rua=mailto:b@x.example"},
		{"v=DMARC1; p=none; n\xc3\xb8=x", NONE, NONE, NONE, "n\xc3\xb8=x"},
		/* section 4.10.1: no valid p, but somewhere to send reports */
		{"v=DMARC1; rua=mailto:a@x.example", NONE, NONE, NONE, ""},
		{"v=DMARC1; p=monitor; rua=mailto:a@x.example; sp=reject", NONE, NONE, NONE, "p=monitor"},
		{"v=DMARC1; p=reject; p=none; rua=mailto:a@x.example", NONE, NONE, NONE, "p=none"},
		{"v=DMARC1; rua=a@x.example, https://x.example/r", NONE, NONE, NONE, ""},
	};
	struct arena *arena = arena_new();

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct dmarc_record record = parsed(arena, rows[i].text);

		if (record.fault != DMARCRECORD_OK)
			fail_msg("%s: fault %d", rows[i].text, (int)record.fault);
		assert_int_equal(record.p, rows[i].p);
		assert_int_equal(record.sp, rows[i].sp);
		assert_int_equal(record.np, rows[i].np);
		assert_string_equal(record.bad_tag, rows[i].bad_tag);
		assert_memory_equal(
			rows[i].text + record.bad_tag_position, record.bad_tag, strlen(record.bad_tag));
		assert_string_equal(record.fault_text, "");
		assert_true(dmarc_record_counts(&record));
	}
	arena_free(&arena);
}

static void no_policies(void **state)
{
	static const struct {
		const char *text;
		enum dmarc_record_fault fault;
		const char *fault_text;
		size_t position;
	} rows[] = {
		/* section 4.8: the version is exact and first */
		{"v=dmarc1; p=none", DMARCRECORD_VERSION, "v=dmarc1; p=none", 0},
		{" v=DMARC1; p=none", DMARCRECORD_VERSION, " v=DMARC1; p=none", 0},
		{"p=none; v=DMARC1", DMARCRECORD_VERSION, "p=none; v=DMARC1", 0},
		{"p=reject", DMARCRECORD_VERSION, "p=reject", 0},
		{"\"v=DMARC1; p=none\"", DMARCRECORD_VERSION, "\"v=DMARC1; p=none\"", 0},
		{"v=DMARC; p=none", DMARCRECORD_VERSION, "v=DMARC; p=none", 0},
		{"v=DMARC2; p=none", DMARCRECORD_VERSION, "v=DMARC2; p=none", 0},
		{"v=DMARC12; p=none", DMARCRECORD_VERSION, "v=DMARC12; p=none", 0},
		{"v=DMARC1.0; p=none", DMARCRECORD_VERSION, "v=DMARC1.0; p=none", 0},
		{"v:DMARC1; p=none", DMARCRECORD_VERSION, "v:DMARC1; p=none", 0},
		{"_dmarc IN TXT v=DMARC1", DMARCRECORD_VERSION, "_dmarc IN TXT v=DMARC1", 0},
		{"", DMARCRECORD_FOREIGN, "", 0},
		{"v", DMARCRECORD_FOREIGN, "v", 0},
		{"v=spf1 include:_spf.dmarc.example ~all", DMARCRECORD_FOREIGN,
			"v=spf1 include:_spf.dmarc.example ~all", 0},
		{"site-verification=abc", DMARCRECORD_FOREIGN, "site-verification=abc", 0},
		/* separators */
		{"v=DMARC1, p=none", DMARCRECORD_SEPARATOR, ", p=none", 8},
		{"v=DMARC1 p=none", DMARCRECORD_SEPARATOR, " p=none", 8},
		{"v=DMARC1 : p=none", DMARCRECORD_SEPARATOR, ": p=none", 9},
		{"v=DMARC1\\; p=none", DMARCRECORD_SEPARATOR, "\\; p=none", 8},
		{"v=DMARC1\xef\xbc\x9b p=none", DMARCRECORD_SEPARATOR, "\xef\xbc\x9b p=none", 8},
		/* section 4.10.1: no policy and nowhere to report */
		{"v=DMARC1", DMARCRECORD_POLICY_MISSING, "", 8},
		{"v=DMARC1;", DMARCRECORD_POLICY_MISSING, "", 9},
		{"v=DMARC1; sp=none", DMARCRECORD_POLICY_MISSING, "", 17},
		{"v=DMARC1; rua=info@x.example", DMARCRECORD_POLICY_MISSING, "", 28},
		{"v=DMARC1; rua=mailto:", DMARCRECORD_POLICY_MISSING, "", 21},
		{"v=DMARC1; p=monitor", DMARCRECORD_POLICY_INVALID, "p=monitor", 10},
		{"v=DMARC1; p=", DMARCRECORD_POLICY_INVALID, "p=", 10},
		{"v=DMARC1; p=n", DMARCRECORD_POLICY_INVALID, "p=n", 10},
		{"v=DMARC1; p=rej", DMARCRECORD_POLICY_INVALID, "p=rej", 10},
		{"v=DMARC1; p=\"none\"", DMARCRECORD_POLICY_INVALID, "p=\"none\"", 10},
		{"v=DMARC1; p=none, rua=mailto:a@x.example", DMARCRECORD_POLICY_INVALID,
			"p=none, rua=mailto:a@x.example", 10},
		{"v=DMARC1; p=reject; p=none", DMARCRECORD_POLICY_INVALID, "p=none", 20},
		{"v=DMARC1; p=bad; p=none", DMARCRECORD_POLICY_INVALID, "p=bad", 10},
	};
	struct arena *arena = arena_new();

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct dmarc_record record = parsed(arena, rows[i].text);

		if (record.fault != rows[i].fault)
			fail_msg("%s: fault %d", rows[i].text, (int)record.fault);
		assert_string_equal(record.fault_text, rows[i].fault_text);
		assert_int_equal(record.fault_position, rows[i].position);
		assert_int_equal(record.p, NONE);
		assert_false(record.p_given);
		assert_int_equal(dmarc_record_counts(&record), rows[i].fault >= DMARCRECORD_TOO_LARGE);
	}
	arena_free(&arena);
}

static void other_tags(void **state)
{
	struct arena *arena = arena_new();
	struct dmarc_record record = parsed(arena,
		"v=DMARC1; p=reject; psd=y; t=y; adkim=s; aspf=S; pct=20; "
		"rua=mailto:a@x.example!10m,mailto:b@x.example; ruf=mailto:c@x.example; fo=1:s");

	(void)state;
	assert_int_equal(record.psd, DMARC_PSD_YES);
	assert_true(record.testing);
	assert_true(record.strict_dkim);
	assert_true(record.strict_spf);
	assert_int_equal(record.pct, 20);
	assert_string_equal(record.rua, "mailto:a@x.example!10m,mailto:b@x.example");
	assert_string_equal(record.ruf, "mailto:c@x.example");
	assert_string_equal(record.fo, "1:s");
	assert_string_equal(record.bad_tag, "");
	record = parsed(arena, "v=DMARC1; psd=n; p=none; t=n; adkim=r");
	assert_int_equal(record.psd, DMARC_PSD_NO);
	assert_false(record.testing);
	assert_false(record.strict_dkim);
	assert_int_equal(record.pct, 100);
	assert_string_equal(record.rua, "");
	assert_int_equal(parsed(arena, "v=DMARC1; psd=u; p=none").psd, DMARC_PSD_UNKNOWN);
	/* a boundary stays known without a policy */
	assert_int_equal(parsed(arena, "v=DMARC1; psd=y").psd, DMARC_PSD_YES);
	arena_free(&arena);
}

static void normal_forms(void **state)
{
	struct arena *arena = arena_new();
	struct dmarc_record record =
		parsed(arena, "v=DMARC1; p=REJECT; adkim=s; fo=9; rf=iodef; rua=mailto:a@x.example");

	(void)state;
	assert_string_equal(
		dmarc_record_normal_form(&record, arena), "v=DMARC1; p=reject; sp=reject; adkim=s; aspf=r");
	record = parsed(arena, "v=DMARC1; p=none) header.from=victim.example ; dmarc=pass ("); /* A2 18 */
	assert_int_equal(record.fault, DMARCRECORD_POLICY_INVALID);
	assert_string_equal(
		dmarc_record_normal_form(&record, arena), "v=DMARC1; p=none; sp=none; adkim=r; aspf=r");
	arena_free(&arena);
}

/* A7 79: sizes, octets of any value, thousands of tags. */
static void floods(void **state)
{
	struct arena *arena = arena_new();
	char *text = arena_alloc(arena, 65536);
	struct dmarc_record record;

	(void)state;
	memset(text, ';', 65535);
	memcpy(text, "v=DMARC1;p=none", 15);
	record = dmarc_record_parse(text, 60000, arena);
	assert_int_equal(record.fault, DMARCRECORD_TOO_LARGE);
	assert_true(dmarc_record_counts(&record));
	record = dmarc_record_parse(text, DMARC_RECORD_MAX, arena);
	assert_int_equal(record.fault, DMARCRECORD_OK);
	memset(text, 'x', 65535);
	record = dmarc_record_parse(text, 65535, arena);
	assert_int_equal(record.fault, DMARCRECORD_FOREIGN);
	assert_true(strlen(record.fault_text) <= 64);
	record = dmarc_record_parse("v=DMARC1;p=none\0;sp=reject", 26, arena);
	assert_int_equal(record.fault, DMARCRECORD_POLICY_INVALID);
	record = dmarc_record_parse("v=DMARC1\0;p=none", 16, arena);
	assert_int_equal(record.fault, DMARCRECORD_SEPARATOR);
	arena_free(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(policies),
		cmocka_unit_test(no_policies),
		cmocka_unit_test(other_tags),
		cmocka_unit_test(normal_forms),
		cmocka_unit_test(floods),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
