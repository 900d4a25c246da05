#include "support/diagnose_bench.h"

#include "base/arena.h"
#include "base/text.h"
#include "diagnose/collection.h"
#include "diagnose/producers.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static bool seen[CAUSE_COUNT];

static const char plain_header[] = "From: \"Taro Yamada\" <taro@hoge.example>\n"
				   "To: Hanako <hanako@rx.example>\n"
				   "Subject: Invoice 42\n";

static struct signature_verdict good_signature(void)
{
	return (struct signature_verdict){
		.result = RESULT_PASS,
		.fault_text = "",
		.aligned_first = true,
		.domain = "hoge.example",
		.identity_domain = "hoge.example",
		.selector = "default",
		.algorithm = "rsa-sha256",
		.canonicalization = "relaxed/relaxed",
		.signature_b64 = "AAAA",
		.body_hash_b64 = "AAAA",
		.signed_fields = "from:to:subject",
		.copied_fields = "",
		.signed_at = -1,
		.expires_at = -1,
		.body_length = -1,
		.domain_name = "hoge.example",
		.key_name = "default._domainkey.hoge.example",
		.key_record = "v=DKIM1; k=rsa; p=MIIB",
		.key_bits = 2048,
		.key_p = "MIIB",
	};
}

void bench_begin(struct bench *bench)
{
	static const char *const suffixes[] = {"rental.example"};
	struct fault fault;

	memset(bench, 0, sizeof *bench);
	bench->arena = arena_new();
	bench->suffixes = suffixes_open("", suffixes, 1, &fault);
	assert_non_null(bench->suffixes);
	bench->envelope = envelope_empty();
	bench->verdicts = verdicts_empty();
	bench->verdicts.signatures = bench->signatures;
	bench->verdicts.signature_count = 1;
	for (size_t i = 0; i < BENCH_SIGNATURES; i++)
		bench->signatures[i] = good_signature();
	bench_header(bench, plain_header);
	bench_client(bench, "192.0.2.25", "mail.hoge.example", "mail.hoge.example", "<taro@hoge.example>");
	bench_spf(bench, RESULT_PASS, "v=spf1 ip4:192.0.2.25 ~all");
	bench_dmarc(bench, RESULT_PASS, DMARCFAULT_NONE, "");
	bench->facts = (struct findings_so_far){
		.envelope = &bench->envelope,
		.header = &bench->header,
		.author = &bench->author,
		.verdicts = &bench->verdicts,
		.suffixes = bench->suffixes,
		.authserv_id = "mx.rx.example",
		.now = 1772355600, /* 2026-03-01T09:00:00Z */
		.suffixes_age_days = 10,
	};
}

void bench_end(struct bench *bench)
{
	suffixes_close(&bench->suffixes);
	arena_free(&bench->arena);
}

void bench_header(struct bench *bench, const char *header)
{
	bench->header = header_list_new(bench->arena);
	header_list_read(&bench->header, header, strlen(header));
	bench->author = author_of(&bench->header, bench->arena);
	bench->verdicts.dmarc.author_domain = bench->author.domain.name;
	bench->verdicts.dmarc.author_organization =
		suffixes_organization(bench->suffixes, bench->author.domain.name);
}

void bench_client(struct bench *bench, const char *ip, const char *ptr, const char *helo, const char *mail)
{
	struct envelope *envelope = &bench->envelope;

	(void)netaddr_parse(ip, &envelope->client);
	envelope->helo = helo;
	envelope->helo_domain = helo_domain_of(helo, bench->arena);
	envelope->sender = reverse_path_of(mail, bench->arena);
	bench->verdicts.iprev.result = ptr[0] != '\0' ? RESULT_PASS : RESULT_PERMERROR;
	bench->verdicts.iprev.name = ptr;
	bench->verdicts.spf.identity = envelope->sender.null ? IDENTITY_HELO : IDENTITY_MAIL_FROM;
	bench->verdicts.spf.domain =
		envelope->sender.null ? envelope->helo_domain.name : envelope->sender.domain.name;
	bench->verdicts.spf.sender = mail;
}

void bench_trial(struct bench *bench, const char *p, enum recovery recovery)
{
	struct trials *trials = &bench->facts.trials;

	assert_true(trials->key_count < BENCH_TRIALS);
	bench->trials[trials->key_count++] =
		(struct key_trial){.signature = 0, .key_p = p, .recovery = recovery};
	trials->keys = bench->trials;
}

void bench_remember(struct bench *bench, const char *selector, const char *p)
{
	bench->remembered[0] = (struct remembered_key){
		.selector = selector, .domain = "hoge.example", .p = p, .last_seen = 1769936400};
	bench->facts.remembered = (struct remembered_keys){bench->remembered, 1};
}

static const struct {
	const char *word;
	enum answer_kind kind;
	enum answer_trouble trouble;
} outcomes[] = {
	{"!nxdomain", ANSWER_NO_NAME, TROUBLE_NONE},
	{"!nodata", ANSWER_NO_RECORD, TROUBLE_NONE},
	{"!bogus", ANSWER_BOGUS, TROUBLE_SERVFAIL},
	{"!timeout", ANSWER_NO_REPLY, TROUBLE_TIMEOUT},
	{"!servfail", ANSWER_NO_REPLY, TROUBLE_SERVFAIL},
	{"!tcp", ANSWER_NO_REPLY, TROUBLE_TCP},
	{"!local", ANSWER_NO_REPLY, TROUBLE_LOCAL},
};

static void answer_values(struct bench *bench, struct answer *answer, const char *text)
{
	struct rdata *values = arena_array(bench->arena, 16, sizeof *values);

	for (size_t i = 0; i < sizeof outcomes / sizeof outcomes[0]; i++)
		if (strcmp(text, outcomes[i].word) == 0) {
			answer->kind = outcomes[i].kind;
			answer->trouble = outcomes[i].trouble;
			return;
		}
	answer->kind = ANSWER_RECORDS;
	answer->values = values;
	while (*text != '\0' && answer->count < 16) {
		size_t len = strcspn(text, "|");

		values[answer->count++] =
			(struct rdata){.text = arena_copy(bench->arena, text, len), .len = len};
		text += len + (text[len] == '|');
	}
}

static const struct answer *answer_of(struct bench *bench, const char *line)
{
	struct answer *answer = arena_alloc(bench->arena, sizeof *answer);
	size_t name_len = strcspn(line, " ");
	const char *type = line + name_len + 1, *final;
	size_t type_len = strcspn(type, " ");
	char *name = arena_copy(bench->arena, line, name_len);

	final = strchr(name, '>');
	if (final != NULL)
		name[final++ - name] = '\0';
	answer->asked.name = name;
	answer->asked.type = rr_type_of(arena_copy(bench->arena, type, strcspn(type, "@ ")));
	answer->asked.server = "";
	if (strcspn(type, "@") < type_len) {
		const char *at = type + strcspn(type, "@") + 1;

		answer->asked.mode = ASK_AUTHORITY;
		answer->asked.server = arena_copy(bench->arena, at, strcspn(at, " "));
		bench->facts.servers_answer = true;
	}
	answer->trouble_text = "";
	answer->final_name = final == NULL ? name : final;
	answer_values(bench, answer, type + type_len + 1);
	return answer;
}

void bench_answers(struct bench *bench, const char *lines)
{
	size_t count = bench->facts.evidence.count;

	while (*lines != '\0') {
		size_t len = strcspn(lines, "\n");

		assert_true(count < BENCH_ANSWERS);
		bench->answers[count++] = answer_of(bench, arena_copy(bench->arena, lines, len));
		lines += len + (lines[len] == '\n');
	}
	bench->facts.evidence = (struct evidence){bench->answers, count};
	bench->verdicts.spf.evidence = bench->facts.evidence;
	bench->verdicts.dmarc.evidence = bench->facts.evidence;
	bench->verdicts.iprev.evidence = bench->facts.evidence;
}

static bool word_matches(const struct bench *bench, const char *word)
{
	struct network network;

	return text_equal(word, "all") || (text_starts(word, "ip4:") && network_parse(word + 4, &network) &&
						  network_contains(&network, &bench->envelope.client));
}

void bench_spf(struct bench *bench, enum result result, const char *record)
{
	struct spf_verdict *spf = &bench->verdicts.spf;

	spf->result = result;
	spf->record = record;
	bench->seen[0] = (struct spf_record_seen){.domain = spf->domain, .text = record};
	spf->records = bench->seen;
	spf->record_count = 1;
	spf->terms = bench->terms;
	for (const char *at = strchr(record, ' '); at != NULL && spf->term_count < BENCH_TERMS;
		at = strchr(at, ' ')) {
		size_t len = strcspn(++at, " ");
		const char *text = arena_copy(bench->arena, at, len);
		bool marked = len > 0 && strchr("+-~?", text[0]) != NULL;
		bool matches = word_matches(bench, text + marked);

		bench->terms[spf->term_count++] = (struct spf_term){
			.domain = spf->domain,
			.text = text,
			.qualifier = marked ? text[0] : '+',
			.outcome = matches ? TERM_MATCH : TERM_NO_MATCH,
			.target = strstr(text, "exists:") != NULL ? "25.2.0.192.spf.example" : "",
		};
		if (matches && spf->decided_by == NULL)
			spf->decided_by = &bench->terms[spf->term_count - 1];
	}
}

void bench_dmarc(struct bench *bench, enum result result, enum dmarc_fault fault, const char *text)
{
	struct dmarc_verdict *dmarc = &bench->verdicts.dmarc;
	bool pass = result == RESULT_PASS;

	dmarc->result = result;
	dmarc->fault = fault;
	dmarc->fault_text = text;
	dmarc->record_domain = "hoge.example";
	dmarc->record = "v=DMARC1; p=none";
	dmarc->bad_tag = "";
	dmarc->pct = 100;
	dmarc->rua = "";
	dmarc->dkim_alignments = bench->alignments;
	dmarc->dkim_count = BENCH_SIGNATURES;
	for (size_t i = 0; i < BENCH_SIGNATURES; i++)
		bench->alignments[i] = pass ? ALIGNMENT_STRICT : ALIGNMENT_NO;
	dmarc->spf_aligned_pass = pass && bench->verdicts.spf.result == RESULT_PASS;
	dmarc->dkim_aligned_pass = pass && verdicts_dkim_best(&bench->verdicts) == RESULT_PASS;
}

/* "code" or "code=proven". */
static bool has_code(const struct diagnoses *diagnoses, const char *code)
{
	size_t len = strcspn(code, "=");

	for (size_t i = 0; i < diagnoses->count; i++) {
		const char *found = cause_row(diagnoses->items[i].cause)->code;

		if (strlen(found) == len && memcmp(found, code, len) == 0 &&
			(code[len] == '\0' ||
				strcmp(confidence_word(diagnoses->items[i].confidence), code + len + 1) == 0))
			return true;
	}
	return false;
}

static void check_code(const struct diagnoses *diagnoses, const char *about, const char *code, bool primary)
{
	size_t len = strcspn(code, "=");
	const char *first = diagnoses->count == 0 ? "none" : cause_row(diagnoses->items[0].cause)->code;

	if (code[0] == '!' && has_code(diagnoses, code + 1))
		fail_msg("%s: %s is found as well", about, code + 1);
	if (code[0] == '!')
		return;
	if (primary && (strlen(first) != len || memcmp(first, code, len) != 0))
		fail_msg("%s: %s comes first, not %s", about, first, code);
	if (primary && code[len] == '=')
		assert_string_equal(confidence_word(diagnoses->items[0].confidence), code + len + 1);
	if (!primary && !has_code(diagnoses, code))
		fail_msg("%s: %s is not found (%s is)", about, code, first);
}

static void check_sentences(const struct bench *bench, const char *about)
{
	struct collection *collection = diagnosis_collect(&bench->facts, bench->arena);

	for (size_t i = 0; i < collection->count; i++) {
		const struct found *found = &collection->found[i];
		const char *code = cause_row(found->diagnosis.cause)->code;

		seen[found->diagnosis.cause] = true;
		if (found->missing != NULL)
			fail_msg("%s: %s: nobody fills %.20s", about, code, found->missing);
		assert_true(found->diagnosis.summary[0] != '\0');
	}
	assert_false(collection->partial);
}

void bench_expect(struct bench *bench, const char *about, const char *codes)
{
	struct diagnoses diagnoses;

	bench->facts.language = LANGUAGE_JA;
	check_sentences(bench, about);
	bench->facts.language = LANGUAGE_EN;
	check_sentences(bench, about);
	diagnoses = diagnose(&bench->facts, bench->arena);
	for (bool primary = true; *codes != '\0'; primary = false) {
		size_t len = strcspn(codes, " ");

		check_code(&diagnoses, about, arena_copy(bench->arena, codes, len), primary);
		codes += len + (codes[len] == ' ');
	}
}

bool bench_saw(enum cause cause)
{
	return seen[cause];
}
