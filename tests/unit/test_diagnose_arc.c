/* Broken chains, and good chains under messages that fail. Sections are of RFC 8617. */
#include "support/diagnose_bench.h"
#include "test_diagnose.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static const struct arc_hop hops[] = {
	{"list.example", {.spf = true,
				 .spf_domain = "hoge.example",
				 .dmarc = true,
				 .author_domain = "hoge.example",
				 .dkim_domains = {"hoge.example"},
				 .dkim_count = 1}},
	{"fwd.example", {.spf_domain = "", .author_domain = ""}},
};

static void expect_words(struct bench *bench, const char *about, const char *codes, const char *words)
{
	struct diagnoses diagnoses;

	bench_expect(bench, about, codes);
	diagnoses = diagnose(&bench->facts, bench->arena);
	for (size_t i = 0; i < diagnoses.count; i++)
		if (strstr(diagnoses.items[i].summary, words) != NULL)
			return;
	fail_msg("%s: nobody says \"%s\"", about, words);
}

static const struct {
	const char *about;
	enum result result;
	enum arc_fault fault;
	unsigned sets, failed;
	const char *text;
	enum recovery recovery;
	const char *codes, *words;
} rows[] = {
	{"4.2.1: 51 sets", RESULT_FAIL, ARCFAULT_TOO_MANY_SETS, 51, 0, "", RECOVERY_NOT_RUN,
		"arc-too-many-sets=proven", "ARC fail: 51 sets, limit 50."},
	{"5.2 3A: a gap", RESULT_FAIL, ARCFAULT_INSTANCES, 2, 3, "1, 3", RECOVERY_NOT_RUN,
		"arc-structure-broken=proven", "instances 1, 3 instead of 1..2"},
	{"5.2 3A: no seal", RESULT_FAIL, ARCFAULT_FIELD_MISSING, 2, 1, "ARC-Seal", RECOVERY_NOT_RUN,
		"arc-set-incomplete=proven", "set 1 has no ARC-Seal"},
	{"4.1.3: broken seal", RESULT_FAIL, ARCFAULT_FIELD_BROKEN, 2, 1, "ARC-Seal: b", RECOVERY_NOT_RUN,
		"arc-set-incomplete=proven", "set 1 has no usable field (ARC-Seal: b)"},
	{"5.2 3C: cv=pass at 1", RESULT_FAIL, ARCFAULT_CV, 2, 1, "pass", RECOVERY_NOT_RUN,
		"arc-cv-inconsistent=proven", "set 1 by list.example claims cv=pass"},
	{"5.2 2: cv=fail", RESULT_FAIL, ARCFAULT_CV_FAIL, 2, 2, "", RECOVERY_NOT_RUN,
		"arc-cv-fail-upstream=proven", "fwd.example already found the chain broken (cv=fail at i=2)"},
	{"no key", RESULT_FAIL, ARCFAULT_KEY_ABSENT, 2, 1, "", RECOVERY_NOT_RUN, "arc-key-missing=proven",
		"the key s._domainkey.list.example of sealer list.example is missing or unusable (no such "
		"record)"},
	{"short key", RESULT_FAIL, ARCFAULT_KEY_UNUSABLE, 2, 1, "shorter than 1024 bits", RECOVERY_NOT_RUN,
		"arc-key-missing=proven", "(shorter than 1024 bits)"},
	{"5.2 6: another key", RESULT_FAIL, ARCFAULT_SEAL, 2, 2, "", RECOVERY_WRONG_KEY,
		"arc-seal-invalid=proven",
		"the seal of fwd.example (i=2) does not verify (another key made it"},
	{"5.2 6: altered fields", RESULT_FAIL, ARCFAULT_SEAL, 2, 1, "", RECOVERY_OTHER_HEADER,
		"arc-seal-invalid=proven", "(ARC fields were altered)"},
	{"5.2 6: no digest", RESULT_FAIL, ARCFAULT_SEAL, 2, 1, "", RECOVERY_BAD_DIGEST,
		"arc-seal-invalid=proven", "b= holds no SHA-256 digest"},
	{"5.2 6: ed25519", RESULT_FAIL, ARCFAULT_SEAL, 2, 1, "", RECOVERY_NOT_RUN, "arc-seal-invalid=strong",
		"another key, or altered ARC fields"},
	{"5.2 4: body", RESULT_FAIL, ARCFAULT_BODY_HASH, 2, 2, "", RECOVERY_SAME_HEADER,
		"arc-altered-after-last-seal=proven", "changed after the last seal by fwd.example (body)"},
	{"5.2 4: header", RESULT_FAIL, ARCFAULT_SIGNATURE, 2, 2, "", RECOVERY_OTHER_HEADER,
		"arc-altered-after-last-seal=proven", "(header)"},
	{"5.2 4: ed25519", RESULT_FAIL, ARCFAULT_SIGNATURE, 2, 2, "", RECOVERY_NOT_RUN,
		"arc-altered-after-last-seal=likely", "(header)"},
	{"5.2 4: another key", RESULT_FAIL, ARCFAULT_SIGNATURE, 2, 2, "", RECOVERY_WRONG_KEY,
		"arc-seal-invalid=proven !arc-altered-after-last-seal", "another key made it"},
	{"5.2 4: behind l=", RESULT_FAIL, ARCFAULT_UNSIGNED_TAIL, 2, 2, "", RECOVERY_SAME_HEADER,
		"arc-altered-after-last-seal=proven", "text appended behind l="},
};

static void set_chain(struct bench *bench, size_t i, struct signature_verdict *message)
{
	*message = bench->signatures[0];
	message->recovery = rows[i].recovery;
	bench->verdicts.arc = (struct arc_verdict){
		.result = rows[i].result,
		.fault = rows[i].fault,
		.fault_text = rows[i].text,
		.set_count = rows[i].sets,
		.limit = ARC_SETS_MAX,
		.failed = rows[i].failed,
		.hops = rows[i].fault >= ARCFAULT_FIELD_BROKEN ? hops : NULL,
		.key_name = "s._domainkey.list.example",
		.recovery = rows[i].recovery,
		.message_signature = rows[i].fault >= ARCFAULT_SIGNATURE ? message : NULL,
	};
}

void arc_chains(void **state)
{
	struct bench bench;
	struct signature_verdict message;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		bench_begin(&bench);
		set_chain(&bench, i, &message);
		expect_words(&bench, rows[i].about, rows[i].codes, rows[i].words);
		bench_end(&bench);
	}
	bench_begin(&bench);
	bench_answers(&bench, "s._domainkey.list.example TXT !timeout");
	bench.verdicts.arc = (struct arc_verdict){.result = RESULT_TEMPERROR,
		.fault = ARCFAULT_KEY_DNS,
		.fault_text = "",
		.key_name = "",
		.key_answer = bench.answers[0],
		.set_count = 2,
		.failed = 1,
		.hops = hops};
	bench_expect(&bench, "the key's lookup has no reply", "dns-timeout");
	bench_end(&bench);
}

/* The list changed a signed message; DMARC fails; the chain is good. */
static void set_trust(struct bench *bench, unsigned vouching, bool trusted)
{
	bench_begin(bench);
	bench_spf(bench, RESULT_SOFTFAIL, "v=spf1 ~all");
	bench->signatures[0].result = RESULT_FAIL;
	bench->signatures[0].fault = SIGFAULT_BODY_HASH;
	bench->signatures[0].body_hash_matches = false;
	bench_dmarc(bench, RESULT_FAIL, DMARCFAULT_NOTHING_ALIGNED, "");
	bench->alignments[0] = ALIGNMENT_STRICT; /* aligned, and broken */
	bench->verdicts.arc = (struct arc_verdict){.result = RESULT_PASS,
		.fault_text = "",
		.key_name = "",
		.set_count = 2,
		.hops = hops,
		.oldest_pass = 1,
		.vouching = vouching,
		.vouching_trusted = trusted};
}

/* Section 7.2. */
void arc_trust(void **state)
{
	struct bench bench;

	(void)state;
	set_trust(&bench, 1, true);
	expect_words(&bench, "a trusted sealer vouches",
		"dmarc-arc-override=proven arc-broken-at-hop !arc-sealer-untrusted",
		"trusted sealer list.example reported dmarc=pass header.from=hoge.example");
	bench_end(&bench);
	set_trust(&bench, 1, false);
	expect_words(&bench, "an unknown one", "spf-nothing-listed arc-sealer-untrusted !dmarc-arc-override",
		"sealer list.example is not in our trusted list");
	bench_end(&bench);
	set_trust(&bench, 0, false);
	bench_expect(&bench, "nobody", "spf-nothing-listed !arc-sealer-untrusted !dmarc-arc-override");
	bench_end(&bench);
	set_trust(&bench, 1, true);
	bench.verdicts.arc.result = RESULT_FAIL;
	bench.verdicts.arc.fault = ARCFAULT_SEAL;
	bench.verdicts.arc.failed = 2;
	bench_expect(&bench, "a broken chain",
		"spf-nothing-listed arc-seal-invalid !dmarc-arc-override !arc-broken-at-hop");
	bench_end(&bench);
	set_trust(&bench, 1, true);
	bench_dmarc(&bench, RESULT_PASS, DMARCFAULT_NONE, "");
	bench_expect(&bench, "nothing to override",
		"spf-nothing-listed !dmarc-arc-override !arc-sealer-untrusted");
	bench_end(&bench);
}
