#include "report/receiver_view.h"

#include "base/arena.h"
#include "base/buf.h"
#include "facts/verdicts.h"

/* What the rules look at. */
struct standing {
	bool spf, dkim, dmarc; /* pass */
	bool published;        /* there is a DMARC policy */
	bool open;             /* a lookup that decides had no answer */
	enum result name;      /* iprev */
};

static struct standing standing_of(const struct verdicts *verdicts)
{
	enum result dkim = verdicts_dkim_best(verdicts);
	struct standing standing = {
		.spf = verdicts->spf.result == RESULT_PASS,
		.dkim = dkim == RESULT_PASS,
		.dmarc = verdicts->dmarc.result == RESULT_PASS,
		.published = verdicts->dmarc.result == RESULT_PASS || verdicts->dmarc.result == RESULT_FAIL,
		.name = verdicts->iprev.result,
	};

	standing.open = verdicts->dmarc.result == RESULT_TEMPERROR ||
			(verdicts->spf.result == RESULT_TEMPERROR && !standing.dkim) ||
			(dkim == RESULT_TEMPERROR && !standing.spf);
	return standing;
}

static void add_word(struct buf *out, const char *word)
{
	buf_printf(out, "%s%s", out->len > 0 ? ", " : "", word);
}

/* Who sends more than 5000 messages a day needs more: each rule of Gmail's has its own code. */
static const char *gmail_bulk(const struct standing *standing, struct arena *arena)
{
	struct buf out = buf_in(arena);

	if (!standing->spf)
		add_word(&out, "4.7.27 SPF");
	if (!standing->dkim)
		add_word(&out, "4.7.30 DKIM");
	if (!standing->published)
		add_word(&out, "no DMARC policy");
	else if (!standing->dmarc)
		add_word(&out, "4.7.32 From not aligned");
	return out.len == 0 ? "accept" : arena_printf(arena, "accept; bulk defer: %s", out.data);
}

static const char *gmail(
	const struct verdicts *verdicts, const struct standing *standing, struct arena *arena)
{
	if (!standing->spf && !standing->dkim)
		return "refuse 5.7.26: neither SPF nor DKIM passes";
	if (verdicts->dmarc.result == RESULT_FAIL && verdicts->dmarc.policy == DMARC_POLICY_REJECT)
		return "refuse 5.7.26: DMARC fails, the domain asks for reject";
	if (standing->name == RESULT_FAIL || standing->name == RESULT_PERMERROR)
		return "defer 4.7.23: the client's address and name do not lead to each other";
	if (verdicts->dmarc.result == RESULT_FAIL && verdicts->dmarc.policy == DMARC_POLICY_QUARANTINE)
		return "spam folder: DMARC fails, the domain asks for quarantine";
	return gmail_bulk(standing, arena);
}

static const char *outlook(const struct standing *standing, struct arena *arena)
{
	struct buf out = buf_in(arena);

	if (!standing->spf)
		add_word(&out, "SPF");
	if (!standing->dkim)
		add_word(&out, "DKIM");
	if (!standing->dmarc)
		add_word(&out, standing->published ? "DMARC" : "no DMARC policy");
	return out.len == 0 ? "accept" : arena_printf(arena, "accept; bulk refuse 5.7.515: %s", out.data);
}

static const char *docomo(const struct standing *standing)
{
	if (!standing->published)
		return "warning: no DMARC policy";
	return standing->dmarc ? "accept" : "warning: DMARC fails";
}

const char *receiver_opinion(enum receiver receiver, const struct verdicts *verdicts, struct arena *arena)
{
	struct standing standing = standing_of(verdicts);

	if (standing.open)
		return "unknown: DNS";
	switch (receiver) {
	case RECEIVER_GMAIL:
		return gmail(verdicts, &standing, arena);
	case RECEIVER_OUTLOOK:
		return outlook(&standing, arena);
	case RECEIVER_DOCOMO:
		return docomo(&standing);
	case RECEIVER_COUNT:
		break;
	}
	return "";
}

const char *receiver_field(enum receiver receiver)
{
	static const char *const fields[] = {"gmail_rules", "outlook_rules", "docomo_rules"};

	return receiver < RECEIVER_COUNT ? fields[receiver] : "";
}
