/* Signature verdicts → causes. Sections are of RFC 6376 unless named. */
#include "base/arena.h"
#include "diagnose/alteration.h"
#include "support/diagnose_bench.h"
#include "test_diagnose.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static const struct {
	const char *about, *header, *answers, *codes;
} unsigned_rows[] = {
	{"nothing known", "From: taro@hoge.example\n", "", "dkim-not-set-up=likely dmarc-saved-by-spf"},
	{"no keys (RFC 8020)", "From: taro@hoge.example\n", "_domainkey.hoge.example TXT !nxdomain",
		"dkim-not-set-up=strong"},
	{"keys exist", "From: taro@hoge.example\n",
		"_domainkey.hoge.example TXT !nodata\n_dmarc.hoge.example TXT !nxdomain",
		"dkim-unsigned-this-path=strong"},
	{"keys, or a wildcard", "From: taro@hoge.example\n", "_domainkey.hoge.example TXT !nodata",
		"dkim-unsigned-this-path=likely"},
	{"a wildcard (RFC 4592)", "From: taro@hoge.example\n",
		"_domainkey.hoge.example TXT !nodata\n"
		"sekisho-asks-for-nobody._domainkey.hoge.example TXT !nodata",
		"dkim-not-set-up=likely"},
	{"keys of the organisation", "From: taro@news.hoge.example\n",
		"_domainkey.news.hoge.example TXT !nxdomain\n_domainkey.hoge.example TXT !nodata\n"
		"sekisho-asks-for-nobody._domainkey.hoge.example TXT !nxdomain",
		"dkim-unsigned-this-path=strong"},
	{"a server that denies parents", "From: taro@hoge.example\n",
		"_domainkey.hoge.example TXT !nxdomain\ndefault._domainkey.hoge.example TXT v=DKIM1; p=MIIB",
		"dkim-unsigned-this-path=likely"},
	{"renamed", "X-Google-DKIM-Signature: v=1\nFrom: taro@hoge.example\n", "", "dkim-signature-stripped"},
	{"lost after an earlier hop",
		"ARC-Authentication-Results: i=1; a; dkim=pass\nFrom: taro@hoge.example\n", "",
		"dkim-signature-stripped"},
};

void dkim_unsigned(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(unsigned_rows); i++) {
		struct bench bench;

		bench_begin(&bench);
		bench_header(&bench, unsigned_rows[i].header);
		bench_answers(&bench, unsigned_rows[i].answers);
		bench.verdicts.signature_count = 0;
		bench_dmarc(&bench, RESULT_PASS, DMARCFAULT_NONE, "");
		bench_expect(&bench, unsigned_rows[i].about, unsigned_rows[i].codes);
		bench_end(&bench);
	}
}

static const struct {
	const char *about;
	enum signature_fault fault;
	const char *text;
	enum result result;
	const char *codes;
} field_rows[] = {
	{"no bh=", SIGFAULT_MISSING_TAG, "bh", RESULT_NEUTRAL, "dkim-sig-missing-tag=proven"},
	{"no tag list", SIGFAULT_SYNTAX, "x", RESULT_NEUTRAL, "dkim-sig-missing-tag"},
	{"twice", SIGFAULT_DUPLICATE_TAG, "d", RESULT_NEUTRAL, "dkim-sig-missing-tag"},
	{"x before t", SIGFAULT_EXPIRES_BEFORE_SIGNED, "x", RESULT_NEUTRAL, "dkim-sig-missing-tag"},
	{"d= no domain", SIGFAULT_DOMAIN, "a(b.example", RESULT_PERMERROR, "dkim-sig-missing-tag"},
	{"bh= wrong length", SIGFAULT_BODY_HASH_CORRUPT, "bh", RESULT_NEUTRAL, "dkim-sig-missing-tag"},
	{"over 8 KB", SIGFAULT_TOO_LARGE, "more than 8192 octets", RESULT_NEUTRAL, "dkim-sig-unsupported"},
	{"version 2", SIGFAULT_VERSION, "2", RESULT_NEUTRAL, "dkim-sig-unsupported"},
	{"algorithm", SIGFAULT_ALGORITHM, "rsa-md5", RESULT_NEUTRAL, "dkim-sig-unsupported"},
	{"canonicalisation", SIGFAULT_CANONICALIZATION, "nowsp", RESULT_NEUTRAL, "dkim-sig-unsupported"},
	{"library", SIGFAULT_LIBRARY, "out of memory", RESULT_TEMPERROR, "dkim-sig-unsupported=likely"},
	{"i= outside d= (3.5)", SIGFAULT_IDENTITY_OUTSIDE_DOMAIN, "x.example", RESULT_NEUTRAL,
		"dkim-sig-identity-mismatch"},
	{"From not signed (5.4)", SIGFAULT_FROM_NOT_SIGNED, "h", RESULT_NEUTRAL, "dkim-sig-from-unsigned"},
	{"b= cut", SIGFAULT_B_CORRUPT, "b", RESULT_FAIL, "dkim-sig-b-corrupt"},
	{"expired", SIGFAULT_EXPIRED, "x", RESULT_NEUTRAL, "dkim-sig-expired=proven"},
	{"from the future", SIGFAULT_FUTURE, "t", RESULT_NEUTRAL, "dkim-sig-future"},
	{"d=co.jp", SIGFAULT_DOMAIN_IS_SUFFIX, "co.jp", RESULT_POLICY, "dkim-sig-domain-suffix"},
	{"SHA-1 (RFC 8301)", SIGFAULT_SHA1, "", RESULT_POLICY, "dkim-sig-sha1"},
	{"eleventh", SIGFAULT_NOT_EVALUATED, "", RESULT_POLICY, "dkim-too-many-signatures"},
	{"key of 16384 bits", SIGFAULT_KEY_TOO_LONG, "", RESULT_POLICY, "dkim-sig-unsupported"},
	{"revoked (3.6.1)", SIGFAULT_KEY_REVOKED, "", RESULT_PERMERROR, "dkim-key-revoked"},
	{"rsa key, ed25519 signature", SIGFAULT_KEY_TYPE, "rsa", RESULT_PERMERROR, "dkim-key-type-mismatch"},
	{"h=sha1", SIGFAULT_KEY_HASH, "sha1", RESULT_PERMERROR, "dkim-key-hash-not-allowed"},
	{"s=other", SIGFAULT_KEY_SERVICE, "other", RESULT_PERMERROR, "dkim-key-service-not-email"},
	{"t=s", SIGFAULT_KEY_STRICT, "news.hoge.example", RESULT_PERMERROR, "dkim-key-strict-subdomain"},
	{"512 bits (RFC 8301)", SIGFAULT_KEY_TOO_SHORT, "", RESULT_POLICY, "dkim-key-too-short"},
	{"no reply", SIGFAULT_KEY_DNS, "", RESULT_TEMPERROR, "dkim-key-dns-failure"},
	{"body cut (3.5, l=)", SIGFAULT_LENGTH_EXCEEDS_BODY, "l", RESULT_FAIL, "dkim-body-truncated"},
	{"unsigned tail", SIGFAULT_UNSIGNED_TAIL, "l", RESULT_POLICY, "dkim-body-appended-beyond-l=proven"},
	{"no fault at all", SIGFAULT_NONE, "", RESULT_NEUTRAL, "dkim-sig-unsupported"},
};

void dkim_fields(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(field_rows); i++) {
		struct bench bench;

		bench_begin(&bench);
		bench.signatures[0].fault = field_rows[i].fault;
		bench.signatures[0].fault_text = field_rows[i].text;
		bench.signatures[0].result = field_rows[i].result;
		bench.signatures[0].signed_at = bench.signatures[0].expires_at = 1772355000;
		bench_dmarc(&bench, RESULT_PASS, DMARCFAULT_NONE, "");
		bench_expect(&bench, field_rows[i].about, field_rows[i].codes);
		bench_end(&bench);
	}
}

static const char ed25519_wrapped[] =
	"v=DKIM1; k=ed25519; p=MCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=";

static const struct {
	const char *about;
	enum key_fault fault;
	const char *record, *p, *codes, *fix; /* fix: a piece of it, "" any */
} record_rows[] = {
	{"quotes", KEYFAULT_QUOTES, "\"v=DKIM1; p=AAAA\"", "", "dkim-key-quotes-inside",
		"\"v=DKIM1; p=AAAA\""},
	{"backslash", KEYFAULT_BACKSLASH, "v=DKIM1\\; p=AAAA", "", "dkim-key-backslash",
		"\"v=DKIM1; p=AAAA\""},
	{"SPF there", KEYFAULT_FOREIGN, "v=spf1 -all", "", "dkim-key-wildcard-txt=likely", ""},
	{"a token there", KEYFAULT_FOREIGN, "site=1", "", "dkim-key-record-syntax", ""},
	{"host name", KEYFAULT_HOST_NAME, "s1._domainkey.prov.example", "", "dkim-key-cname-pasted-as-txt",
		"CNAME s1._domainkey.prov.example"},
	{"version", KEYFAULT_VERSION, "v=DKIM2; p=AAAA", "AAAA", "dkim-key-version-wrong", ""},
	{"commas", KEYFAULT_SYNTAX, "v=DKIM1, k=rsa, p=AAAA", "", "dkim-key-record-syntax", ""},
	{"twice", KEYFAULT_DUPLICATE_TAG, "p=AAAA; p=BBBB", "AAAA", "dkim-key-record-syntax", ""},
	{"full-width", KEYFAULT_NON_ASCII, "v=DKIM1\xef\xbc\x9b p=AAAA", "", "dkim-key-record-syntax", ""},
	{"no p=", KEYFAULT_NO_P, "v=DKIM1; k=rsa", "", "dkim-key-record-syntax=strong", ""},
	{"too large", KEYFAULT_TOO_LARGE, "v=DKIM1", "", "dkim-key-record-syntax", ""},
	{"k=dsa", KEYFAULT_UNKNOWN_TYPE, "v=DKIM1; k=dsa; p=AAAA", "AAAA", "dkim-key-type-mismatch", ""},
	{"EC key", KEYFAULT_NOT_RSA, "v=DKIM1; p=AAAA", "AAAA", "dkim-key-type-mismatch", ""},
	{"PEM", KEYFAULT_PEM, "v=DKIM1; p=-----BEGIN PUBLIC KEY-----AAAA-----END PUBLIC KEY-----", "",
		"dkim-key-pem-pasted", "p=AAAA\""},
	{"private", KEYFAULT_PRIVATE, "v=DKIM1; p=AAAA", "AAAA", "dkim-key-private-published", ""},
	{"PKCS#1", KEYFAULT_PKCS1, "v=DKIM1; p=AAAA", "AAAA", "dkim-key-pkcs1", ""},
	{"plus lost", KEYFAULT_PLUS_LOST, "v=DKIM1; k=rsa; p=AA AA", "AAAA", "dkim-key-plus-lost", "p=AA+AA"},
	{"cut", KEYFAULT_TRUNCATED, "v=DKIM1; p=MIIBIjANBgkqhkiG", "MIIBIjANBgkqhkiG",
		"dkim-key-truncated=strong", ""},
	{"one octet short", KEYFAULT_TRUNCATED, "v=DKIM1; p=MAgAAAAAAAAA", "MAgAAAAAAAAA",
		"dkim-key-base64-damaged", ""},
	{"odd character", KEYFAULT_BASE64, "v=DKIM1; p=AA*A", "AA*A", "dkim-key-base64-damaged", ""},
	{"31 octets", KEYFAULT_ED25519_LENGTH, "v=DKIM1; k=ed25519; p=AAAA", "AAAA",
		"dkim-key-base64-damaged", ""},
	{"wrapped (RFC 8463)", KEYFAULT_ED25519_WRAPPED, ed25519_wrapped, ed25519_wrapped + 22,
		"dkim-key-ed25519-wrapped", "p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="},
};

static const struct {
	const char *about, *selector, *key, *answers, *codes;
	enum signature_fault fault;
} place_rows[] = {
	{"unknown", "default", "default._domainkey.hoge.example TXT !nxdomain", "",
		"dkim-key-missing-selector=likely", SIGFAULT_KEY_ABSENT},
	{"other selectors", "default", "default._domainkey.hoge.example TXT !nxdomain",
		"_domainkey.hoge.example TXT !nodata", "dkim-key-missing-selector=strong",
		SIGFAULT_KEY_ABSENT},
	{"no selector at all", "default", "default._domainkey.hoge.example TXT !nxdomain",
		"_domainkey.hoge.example TXT !nxdomain", "dkim-key-missing-all=strong", SIGFAULT_KEY_ABSENT},
	{"file name", "default.private", "default.private._domainkey.hoge.example TXT !nxdomain", "",
		"dkim-sig-selector-implausible=likely", SIGFAULT_KEY_ABSENT},
	{"alias to nothing", "default", "default._domainkey.hoge.example>x.gone.example TXT !nxdomain", "",
		"dkim-key-cname-dangling=strong", SIGFAULT_KEY_ABSENT},
	{"at the apex", "default", "default._domainkey.hoge.example TXT !nxdomain",
		"hoge.example TXT v=spf1 -all|v=DKIM1; k=rsa; p=MIIB", "dkim-key-at-apex=strong",
		SIGFAULT_KEY_ABSENT},
	{"two keys", "default", "default._domainkey.hoge.example TXT v=DKIM1; p=MIIBAA|v=DKIM1; p=MIIBBB", "",
		"dkim-key-multiple-records", SIGFAULT_KEY_SEVERAL},
	{"two pieces", "default",
		"default._domainkey.hoge.example TXT AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA|v=DKIM1; "
		"p=MCIAAAAAAAAAAAAA",
		"", "dkim-key-split-across-records", SIGFAULT_KEY_SEVERAL},
	{"forged (RFC 4035)", "default", "default._domainkey.hoge.example TXT !bogus", "",
		"dns-dnssec-bogus dkim-key-dns-failure", SIGFAULT_KEY_DNS},
	{"TCP", "default", "default._domainkey.hoge.example TXT !tcp", "",
		"dns-tcp-blocked dkim-key-dns-failure", SIGFAULT_KEY_DNS},
};

static void record_faults(void)
{
	for (size_t i = 0; i < COUNT(record_rows); i++) {
		struct bench bench;
		struct diagnoses diagnoses;

		bench_begin(&bench);
		bench.signatures[0].result = RESULT_PERMERROR;
		bench.signatures[0].fault = SIGFAULT_KEY_RECORD;
		bench.signatures[0].key_fault = record_rows[i].fault;
		bench.signatures[0].key_record = record_rows[i].record;
		bench.signatures[0].key_p = record_rows[i].p;
		bench_dmarc(&bench, RESULT_PASS, DMARCFAULT_NONE, "");
		bench_expect(&bench, record_rows[i].about, record_rows[i].codes);
		diagnoses = diagnose(&bench.facts, bench.arena);
		if (strstr(diagnoses.items[0].fix, record_rows[i].fix) == NULL)
			fail_msg("%s: %s", record_rows[i].about, diagnoses.items[0].fix);
		assert_int_equal(diagnoses.items[0].signature, 0);
		bench_end(&bench);
	}
}

static void places(void)
{
	for (size_t i = 0; i < COUNT(place_rows); i++) {
		struct bench bench;

		bench_begin(&bench);
		bench_answers(&bench, place_rows[i].key);
		bench.signatures[0].key_answer = bench.answers[0];
		bench_answers(&bench, place_rows[i].answers);
		bench.signatures[0].result = RESULT_PERMERROR;
		bench.signatures[0].fault = place_rows[i].fault;
		bench.signatures[0].selector = place_rows[i].selector;
		bench.signatures[0].key_record = bench.signatures[0].key_p = "";
		bench_dmarc(&bench, RESULT_PASS, DMARCFAULT_NONE, "");
		bench_expect(&bench, place_rows[i].about, place_rows[i].codes);
		bench_end(&bench);
	}
}

static const struct {
	const char *about, *record, *codes;
	unsigned bits;
	bool test_mode;
} remark_rows[] = {
	{"1024 bits", "v=DKIM1; p=MIIB", "dkim-key-weak", 1024, false},
	{"test mode", "v=DKIM1; t=y; p=MIIB", "dkim-key-testing !dkim-key-weak", 2048, true},
	{"granularity (RFC 4871)", "v=DKIM1; g=info; p=MIIB", "dkim-key-granularity", 2048, false},
	{"any local part", "v=DKIM1; g=*; p=MIIB", "none", 2048, false},
};

/* RFC 6376 section 8.15 */
static const struct {
	const char *about, *signed_fields, *codes;
} twin_rows[] = {
	{"a second Subject", "from:subject", "dkim-field-unsigned-twin=proven"},
	{"both are signed", "from:subject:subject", "none"},
	{"neither is signed", "from:date", "none"},
};

static void twins(void)
{
	for (size_t i = 0; i < COUNT(twin_rows); i++) {
		struct bench bench;

		bench_begin(&bench);
		bench_header(&bench, "Subject: evil\nFrom: taro@hoge.example\nSubject: hello\n");
		bench.signatures[0].signed_fields = twin_rows[i].signed_fields;
		bench_expect(&bench, twin_rows[i].about, twin_rows[i].codes);
		bench_end(&bench);
	}
}

void dkim_keys(void **state)
{
	(void)state;
	record_faults();
	places();
	twins();
	for (size_t i = 0; i < COUNT(remark_rows); i++) {
		struct bench bench;

		bench_begin(&bench);
		bench.signatures[0].key_bits = remark_rows[i].bits;
		bench.signatures[0].test_mode = remark_rows[i].test_mode;
		bench.signatures[0].key_record = remark_rows[i].record;
		bench_expect(&bench, remark_rows[i].about, remark_rows[i].codes);
		bench_end(&bench);
	}
}

static const char empty_body[] = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";

static const struct {
	const char *about;
	enum signature_fault fault;
	enum recovery recovery;
	bool body_matches;
	const char *hash;
	unsigned signature_bits;
	bool sibling;
	const char *codes;
} content_rows[] = {
	{"wrong key", SIGFAULT_SIGNATURE, RECOVERY_WRONG_KEY, true, "x", 2048, false,
		"dkim-key-mismatch=proven"},
	{"wrong key, body as well", SIGFAULT_SIGNATURE, RECOVERY_WRONG_KEY, false, "x", 2048, true,
		"dkim-key-mismatch=proven !dkim-body-altered"},
	{"other size", SIGFAULT_SIGNATURE, RECOVERY_OTHER_SIZE, true, "x", 1024, false,
		"dkim-key-size-mismatch=proven"},
	{"no size of a key", SIGFAULT_SIGNATURE, RECOVERY_OTHER_SIZE, true, "x", 1000, false,
		"dkim-sig-b-corrupt"},
	{"header changed", SIGFAULT_SIGNATURE, RECOVERY_OTHER_HEADER, true, "x", 2048, false,
		"dkim-header-altered-unknown=likely !dkim-body-altered"},
	{"both changed", SIGFAULT_SIGNATURE, RECOVERY_OTHER_HEADER, false, "x", 2048, false,
		"dkim-header-altered-unknown dkim-body-altered"},
	{"no digest inside", SIGFAULT_SIGNATURE, RECOVERY_BAD_DIGEST, true, "x", 2048, false,
		"dkim-signer-bug"},
	{"Ed25519, nothing else", SIGFAULT_SIGNATURE, RECOVERY_NOT_RUN, true, "x", 0, false,
		"dkim-header-altered-unknown=likely"},
	{"Ed25519, sibling passes", SIGFAULT_SIGNATURE, RECOVERY_NOT_RUN, true, "x", 0, true,
		"dkim-key-mismatch=likely"},
	{"body changed", SIGFAULT_BODY_HASH, RECOVERY_SAME_HEADER, false, "x", 2048, false,
		"dkim-body-altered=likely"},
	{"signed empty", SIGFAULT_BODY_HASH, RECOVERY_SAME_HEADER, false, empty_body, 2048, false,
		"dkim-signer-empty-body=proven"},
};

void dkim_contents(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(content_rows); i++) {
		struct bench bench;
		struct signature_verdict *signature = &bench.signatures[0];

		bench_begin(&bench);
		signature->result = RESULT_FAIL;
		signature->fault = content_rows[i].fault;
		signature->recovery = content_rows[i].recovery;
		signature->digests_known = true;
		signature->body_hash_matches = content_rows[i].body_matches;
		signature->body_hash_b64 = content_rows[i].hash;
		signature->signature_bits = content_rows[i].signature_bits;
		signature->canonical_length = 100;
		bench.verdicts.signature_count = content_rows[i].sibling ? 2 : 1;
		bench_dmarc(&bench, RESULT_PASS, DMARCFAULT_NONE, "");
		bench_expect(&bench, content_rows[i].about, content_rows[i].codes);
		bench_end(&bench);
	}
}

static const struct {
	enum body_change_kind body;
	enum header_change_kind header;
	bool list;
	const char *used; /* the canonical form, for *_OTHER_CANON */
	const char *codes;
} altered_rows[] = {
	{BODY_LINE_ENDS, HEADER_UNKNOWN, false, "",
		"dkim-body-altered-line-endings=proven !dkim-body-altered"},
	{BODY_DOTS, HEADER_UNKNOWN, false, "", "dkim-body-altered-dot-stuffing"},
	{BODY_FROM_LINES, HEADER_UNKNOWN, false, "", "dkim-body-altered-from-mangling"},
	{BODY_SPACES, HEADER_UNKNOWN, false, "", "dkim-body-altered-whitespace"},
	{BODY_LINE_WRAP, HEADER_UNKNOWN, false, "", "dkim-body-altered-line-wrap"},
	{BODY_8BIT_CONVERTED, HEADER_UNKNOWN, false, "", "dkim-body-altered-8bit-converted"},
	{BODY_BASE64_WRAP, HEADER_UNKNOWN, false, "", "dkim-body-altered-base64-rewrapped"},
	{BODY_CHARSET, HEADER_UNKNOWN, false, "", "dkim-body-altered-charset"},
	{BODY_LINKS, HEADER_UNKNOWN, false, "", "dkim-body-altered-links"},
	{BODY_FOOTER, HEADER_UNKNOWN, false, "", "dkim-body-altered-footer"},
	{BODY_BANNER, HEADER_UNKNOWN, false, "", "dkim-body-altered-banner"},
	{BODY_WRAPPED, HEADER_UNKNOWN, false, "", "dkim-body-altered-mime-wrapped"},
	{BODY_INSERTED, HEADER_UNKNOWN, false, "", "dkim-body-altered-inserted"},
	{BODY_OTHER_CANON, HEADER_UNKNOWN, false, "simple",
		"dkim-signer-wrong-canon=proven !dkim-body-altered"},
	{BODY_OTHER_CANON, HEADER_UNKNOWN, false, "relaxed",
		"dkim-signer-wrong-canon=strong dkim-body-altered"},
	{BODY_UNKNOWN, HEADER_OTHER_CANON, false, "simple", "dkim-signer-wrong-canon=proven"},
	{BODY_UNKNOWN, HEADER_SUBJECT_PREFIX, false, "", "dkim-header-altered-subject-prefix"},
	{BODY_UNKNOWN, HEADER_ALTERED, false, "", "dkim-header-altered"},
	{BODY_UNKNOWN, HEADER_ADDED, false, "", "dkim-header-added-oversigned"},
	{BODY_UNKNOWN, HEADER_REMOVED, false, "", "dkim-header-removed"},
	{BODY_UNKNOWN, HEADER_REFOLDED, false, "", "dkim-header-refolded"},
	{BODY_UNKNOWN, HEADER_REENCODED, false, "", "dkim-header-reencoded"},
	{BODY_UNKNOWN, HEADER_FROM_MUNGED, false, "", "dkim-header-from-munged"},
	{BODY_FOOTER, HEADER_SUBJECT_PREFIX, true, "",
		"dkim-altered-by-mailing-list dkim-body-altered-footer"},
};

/* The searches themselves have their own tests; here it counts what is made of their outcome. */
void dkim_alterations(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(altered_rows); i++) {
		struct bench bench;
		struct alterations *alterations;
		struct alteration *found;

		bench_begin(&bench);
		if (altered_rows[i].list)
			bench_header(&bench, "List-Id: <ml.list.example>\nFrom: taro@hoge.example\n");
		alterations = arena_alloc(bench.arena, sizeof *alterations);
		alterations_begin(alterations);
		found = &alterations->of[0];
		found->searched = true;
		found->body.kind = altered_rows[i].body;
		found->body.text = found->body.from = "x";
		found->body.to = found->header.to = altered_rows[i].used;
		found->header.kind = altered_rows[i].header;
		found->header.name = found->header.text = found->header.original = "x";
		found->header.also_name = "";
		bench.facts.alterations = alterations;
		bench.signatures[0].result = RESULT_FAIL;
		bench.signatures[0].fault =
			altered_rows[i].header == HEADER_UNKNOWN ? SIGFAULT_BODY_HASH : SIGFAULT_SIGNATURE;
		bench.signatures[0].recovery = altered_rows[i].header == HEADER_UNKNOWN
						       ? RECOVERY_SAME_HEADER
						       : RECOVERY_OTHER_HEADER;
		bench.signatures[0].digests_known = true;
		bench.signatures[0].body_hash_matches = altered_rows[i].body == BODY_UNKNOWN;
		bench_dmarc(&bench, RESULT_PASS, DMARCFAULT_NONE, "");
		bench_expect(&bench, "undone", altered_rows[i].codes);
		bench_end(&bench);
	}
}
