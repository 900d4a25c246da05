/* The diagnosis on any verdicts and any texts: it always ends, finds a cause for what did not pass,
 * fills every word of its sentences, and lets no control character through. The input is lines: the
 * first octets choose results and faults, then come the texts. */
#include "base/arena.h"
#include "base/suffixes.h"
#include "diagnose/collection.h"
#include "diagnose/producers.h"
#include "message/author.h"
#include "message/envelope.h"
#include "message/header_list.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { CHOICES = 8, ANSWERS = 4 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct input {
	struct arena *arena;
	const char *at, *end;
};

/* The next line, without NUL; "" behind the last. */
static const char *text_next(struct input *input)
{
	const char *start = input->at;

	while (input->at < input->end && *input->at != '\n' && *input->at != '\0')
		input->at++;
	if (input->at == input->end)
		return arena_copy(input->arena, start, (size_t)(input->end - start));
	return arena_copy(input->arena, start, (size_t)(input->at++ - start));
}

static const struct answer *answer_next(struct input *input, const char *name, enum rr_type type, int kind)
{
	struct answer *answer = arena_alloc(input->arena, sizeof *answer);
	struct rdata *value = arena_alloc(input->arena, sizeof *value);

	value->text = text_next(input);
	value->len = strlen(value->text);
	answer->asked = (struct question){.name = name, .type = type, .server = ""};
	answer->kind = (enum answer_kind)(kind % (ANSWER_NO_REPLY + 1));
	answer->trouble = answer->kind == ANSWER_NO_REPLY ? (enum answer_trouble)(1 + kind % TROUBLE_LOCAL)
							  : TROUBLE_NONE;
	answer->trouble_text = "";
	answer->final_name = kind % 3 == 0 ? "x.example" : name;
	answer->count = answer->kind == ANSWER_RECORDS;
	answer->values = value;
	return answer;
}

static struct signature_verdict signature_next(struct input *input, const uint8_t *choice)
{
	return (struct signature_verdict){
		.result = (enum result)(choice[2] % (RESULT_PERMERROR + 1)),
		.fault = (enum signature_fault)(choice[3] % (SIGFAULT_LIBRARY + 1)),
		.key_fault = (enum key_fault)(choice[4] % (KEYFAULT_ED25519_LENGTH + 1)),
		.recovery = (enum recovery)(choice[4] % (RECOVERY_OTHER_HEADER + 1)),
		.fault_text = text_next(input),
		.domain = "hoge.example",
		.domain_name = "hoge.example",
		.identity_domain = "hoge.example",
		.key_name = "s._domainkey.hoge.example",
		.selector = text_next(input),
		.algorithm = "rsa-sha256",
		.canonicalization = "",
		.signature_b64 = "",
		.body_hash_b64 = "",
		.copied_fields = "",
		.signed_fields = text_next(input),
		.key_record = text_next(input),
		.key_p = text_next(input),
		.signed_at = -1,
		.expires_at = -1,
		.body_length = -1,
	};
}

static void check(const struct findings_so_far *facts, struct arena *arena)
{
	struct collection *collection = diagnosis_collect(facts, arena);
	struct diagnoses diagnoses;

	for (size_t i = 0; i < collection->count; i++) {
		const struct found *found = &collection->found[i];

		if (found->missing != NULL || found->diagnosis.summary[0] == '\0')
			abort();
		for (const char *c = found->diagnosis.summary; *c != '\0'; c++)
			if ((unsigned char)*c < 0x20 || *c == 0x7f)
				abort();
	}
	diagnoses = diagnose(facts, arena);
	if (diagnoses.count == 0 && facts->verdicts->spf.result != RESULT_PASS)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct suffixes *suffixes;
	struct input input = {.at = (const char *)data + CHOICES, .end = (const char *)data + size};
	struct envelope envelope = envelope_empty();
	struct verdicts verdicts = verdicts_empty();
	struct signature_verdict signature;
	const struct answer *answers[ANSWERS];
	struct header_list header;
	struct author author;
	const char *received;

	if (size < CHOICES || size > 8192)
		return 0;
	if (suffixes == NULL)
		suffixes = suffixes_open("", NULL, 0, NULL);
	input.arena = arena_new();
	header = header_list_new(input.arena);
	(void)header_list_add(&header, "From", "a@hoge.example", strlen("a@hoge.example"));
	received = text_next(&input);
	(void)header_list_add(&header, "Received", received, strlen(received));
	author = author_of(&header, input.arena);
	(void)netaddr_parse("192.0.2.25", &envelope.client);
	envelope.helo = text_next(&input);
	envelope.helo_domain = helo_domain_of(envelope.helo, input.arena);
	envelope.sender = reverse_path_of("<a@hoge.example>", input.arena);
	signature = signature_next(&input, data);
	verdicts.signatures = &signature;
	verdicts.signature_count = data[2] % 2;
	verdicts.spf.domain = verdicts.dmarc.author_domain = "hoge.example";
	verdicts.spf.result = (enum result)(data[0] % (RESULT_PERMERROR + 1));
	verdicts.spf.fault = (enum spf_fault)(data[1] % (SPFAULT_DNS + 1));
	verdicts.spf.record = text_next(&input);
	verdicts.spf.fault_text = text_next(&input);
	verdicts.iprev.name = text_next(&input);
	verdicts.iprev.result = (enum result)(data[5] % (RESULT_PERMERROR + 1));
	verdicts.dmarc.result = (enum result)(data[6] % (RESULT_PERMERROR + 1));
	verdicts.dmarc.fault = (enum dmarc_fault)(data[6] % (DMARCFAULT_NOTHING_ALIGNED + 1));
	verdicts.dmarc.record = text_next(&input);
	verdicts.dmarc.bad_tag = text_next(&input);
	answers[0] = answer_next(&input, "hoge.example", RR_TXT, data[7]);
	answers[1] = answer_next(&input, "_dmarc.hoge.example", RR_TXT, data[7] >> 1);
	answers[2] = answer_next(&input, "hoge.example", RR_MX, data[7] >> 2);
	answers[3] = answer_next(&input, "s._domainkey.hoge.example", RR_TXT, data[7] >> 3);
	signature.key_answer = answers[3];
	verdicts.spf.evidence = verdicts.dmarc.evidence = verdicts.iprev.evidence =
		(struct evidence){answers, ANSWERS};
	check(&(struct findings_so_far){.envelope = &envelope,
		      .header = &header,
		      .author = &author,
		      .verdicts = &verdicts,
		      .evidence = {answers, ANSWERS},
		      .suffixes = suffixes,
		      .authserv_id = "mx.rx.example",
		      .now = 1772355600,
		      .suffixes_age_days = -1,
		      .language = data[7] & 1 ? LANGUAGE_JA : LANGUAGE_EN},
		input.arena);
	arena_free(&input.arena);
	return 0;
}
