#include "diagnose/known_answers.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/text.h"

#include <string.h>

const struct answer *known_answer(const struct evidence *evidence, const char *name, enum rr_type type)
{
	for (size_t i = 0; name[0] != '\0' && i < evidence->count; i++) {
		const struct question *asked = &evidence->answers[i]->asked;

		if (asked->type == type && asked->mode == ASK_NORMAL && text_equal(asked->name, name))
			return evidence->answers[i];
	}
	return NULL;
}

const struct rdata *known_text(const struct answer *answer, const char *start)
{
	if (answer == NULL || answer->kind != ANSWER_RECORDS)
		return NULL;
	for (size_t i = 0; i < answer->count; i++)
		if (text_starts(answer->values[i].text, start))
			return &answer->values[i];
	return NULL;
}

const char *made_up_name(const char *domain, struct arena *arena)
{
	return arena_printf(arena, "sekisho-asks-for-nobody.%s", domain);
}

const char *known_mx_host(const struct rdata *mx)
{
	const char *blank = strrchr(mx->text, ' ');

	return blank == NULL ? mx->text : blank + 1;
}

enum known known_address(
	const struct evidence *evidence, const char *name, const struct netaddr *address, unsigned prefix)
{
	enum rr_type type = address->family == NETADDR_IPV6 ? RR_AAAA : RR_A;
	const struct answer *answer = known_answer(evidence, name, type);

	if (answer == NULL || answer_is_trouble(answer))
		return KNOWN_NOT;
	for (size_t i = 0; answer->kind == ANSWER_RECORDS && i < answer->count; i++) {
		struct netaddr found;

		if (netaddr_parse(answer->values[i].text, &found) && netaddr_match(&found, address, prefix))
			return KNOWN_YES;
	}
	return KNOWN_NO;
}

enum known known_without_address(const struct evidence *evidence, const char *name)
{
	const struct answer *four = known_answer(evidence, name, RR_A);
	const struct answer *six = known_answer(evidence, name, RR_AAAA);

	if ((four != NULL && four->kind == ANSWER_RECORDS) || (six != NULL && six->kind == ANSWER_RECORDS))
		return KNOWN_NO;
	if ((four != NULL && four->kind == ANSWER_NO_NAME) || (six != NULL && six->kind == ANSWER_NO_NAME))
		return KNOWN_YES;
	return four != NULL && six != NULL && answer_is_negative(four) && answer_is_negative(six) ? KNOWN_YES
												  : KNOWN_NOT;
}

static void add_addresses(struct buf *out, const struct answer *answer)
{
	for (size_t i = 0; answer != NULL && answer->kind == ANSWER_RECORDS && i < answer->count; i++) {
		if (out->len > 0)
			buf_text(out, ", ");
		buf_text(out, answer->values[i].text);
	}
}

const char *known_addresses(const struct evidence *evidence, const char *name, struct arena *arena)
{
	struct buf out = buf_in(arena);

	add_addresses(&out, known_answer(evidence, name, RR_A));
	add_addresses(&out, known_answer(evidence, name, RR_AAAA));
	return out.data;
}

static const char *trouble_word(enum answer_trouble trouble)
{
	switch (trouble) {
	case TROUBLE_NONE:
		break;
	case TROUBLE_TIMEOUT:
		return "timeout";
	case TROUBLE_SERVFAIL:
		return "SERVFAIL";
	case TROUBLE_REFUSED:
		return "refused";
	case TROUBLE_TCP:
		return "truncated, and TCP does not connect";
	case TROUBLE_LOOP:
		return "CNAME loop";
	case TROUBLE_BROKEN:
		return "malformed answer";
	case TROUBLE_BUDGET:
		return "our limit of questions or time for this message";
	case TROUBLE_LOCAL:
		return "our resolver does not work";
	}
	return "no reply";
}

const char *known_reason(const struct answer *answer, struct arena *arena)
{
	if (answer == NULL)
		return "no reply";
	if (answer->kind == ANSWER_BOGUS)
		return text_find(answer->trouble_text, strlen(answer->trouble_text), "DNSSEC") != NULL
			       ? answer->trouble_text
			       : arena_printf(arena, "DNSSEC validation failed%s%s",
					 answer->trouble_text[0] != '\0' ? ": " : "", answer->trouble_text);
	return answer->trouble_text[0] != '\0' ? answer->trouble_text : trouble_word(answer->trouble);
}
