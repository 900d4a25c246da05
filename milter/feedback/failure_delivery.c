#include "feedback/failure_delivery.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/digest.h"
#include "feedback/failure_letter.h"
#include "feedback/ledger.h"
#include "feedback/sums.h"
#include "records/dmarc_record.h"
#include "report/sanitise.h"

#include <inttypes.h>
#include <string.h>

enum { DAY_S = 86400, KIND_OCTETS = 8 };

/* What is at hand while one domain is reported. */
struct reporting {
	struct failure_delivery *delivery;
	const struct sums *sums;
	struct destinations destinations;
	uint64_t gone; /* to this domain in this run, for files */
	struct arena *arena;
};

/* Failures of one kind have everything in common that a sum has (RFC 9991: report different failure paths, do
 * not count each failure). */
static const char *kind_of(const struct sum *sum, struct arena *arena)
{
	const char *texts = arena_printf(arena, "%s\n%s\n%s\n%s\n%s\n%s\n%s\n%s\n%d%d", sum->client,
		sum->from_domain, sum->mail_domain, sum->disposition, sum->spf, sum->spf_domain,
		sum->spf_scope, sum->signatures, sum->dkim_aligned != 0, sum->spf_aligned != 0);
	struct digest digest = digest_of(DIGEST_SHA256, texts, strlen(texts));
	struct buf kind = buf_in(arena);

	for (size_t i = 0; i < KIND_OCTETS; i++)
		buf_printf(&kind, "%02x", digest.octets[i]);
	return kind.data;
}

static const char *text_for(
	const struct reporting *reporting, const struct sum *sum, const char *kind, const char *address)
{
	const struct post *post = &reporting->delivery->post;
	const struct failure_letter letter = {.from = post->email,
		.to = address,
		.receiver = post->receiver,
		.domain = sanitise(SANITISE_DOMAIN, sum->from_domain, false, reporting->arena),
		.id = arena_printf(reporting->arena, "failure.%" PRId64 ".%s", post->now, kind),
		.failure = sum->failure,
		.incidents = sum->count,
		.arrival = sum->time,
		.now = post->now};

	return failure_letter_text(&letter, reporting->arena);
}

static bool is_over_limit(const struct reporting *reporting)
{
	const struct failure_delivery *delivery = reporting->delivery;
	const struct post *post = &delivery->post;
	int64_t since = post->now - DAY_S;

	if (!post->send)
		return post->written >= delivery->most || reporting->gone >= delivery->most_of_domain;
	return ledger_failures(post->ledger, "", since, post->now) >= delivery->most ||
	       ledger_failures(post->ledger, sums_domain(reporting->sums), since, post->now) >=
		       delivery->most_of_domain;
}

static bool is_wanted(
	const struct reporting *reporting, const struct destination *destination, const char *kind)
{
	const struct post *post = &reporting->delivery->post;

	return !post_is_opted_out(post, destination->domain, destination->address) &&
	       !ledger_is_refused(post->ledger, destination->address) &&
	       !ledger_has_failure(post->ledger, sums_domain(reporting->sums), kind, destination->address,
		       post->now - DAY_S, post->now);
}

/* Noted before it goes: what did not go is not tried again, the next of its kind is tomorrow's. Another run
 * at the same moment may have been faster. */
static void send_to(struct reporting *reporting, const struct sum *sum, const char *kind, const char *address)
{
	struct post *post = &reporting->delivery->post;

	if (is_over_limit(reporting)) {
		reporting->delivery->held_back++;
		return;
	}
	switch (ledger_note_failure(
		post->ledger, sums_domain(reporting->sums), kind, address, post->now - DAY_S, post->now)) {
	case LEDGER_NOTED:
		(void)post_send(post, "<>", address, text_for(reporting, sum, kind, address));
		break;
	case LEDGER_NOT_WRITTEN:
		post->failed++;
		break;
	case LEDGER_THERE:
		break;
	}
}

static void write_out(struct reporting *reporting, const struct sum *sum, const char *kind)
{
	struct post *post = &reporting->delivery->post;
	const char *name = arena_printf(reporting->arena, "%s!%s!%s.eml", post->receiver,
		sanitise(SANITISE_DOMAIN, sums_domain(reporting->sums), false, reporting->arena), kind);
	const char *text = text_for(reporting, sum, kind, "");

	if (is_over_limit(reporting)) {
		reporting->delivery->held_back++;
		return;
	}
	post_write(post, name, text, strlen(text), reporting->arena);
	reporting->gone++;
}

static void report_sum(struct reporting *reporting, const struct sum *sum)
{
	const char *kind = kind_of(sum, reporting->arena);

	if (reporting->delivery->post.folder[0] != '\0')
		write_out(reporting, sum, kind);
	for (size_t i = 0; i < reporting->destinations.count; i++)
		if (is_wanted(reporting, &reporting->destinations.items[i], kind))
			send_to(reporting, sum, kind, reporting->destinations.items[i].address);
}

void deliver_failures(struct failure_delivery *delivery, const struct sums *sums)
{
	struct post *post = &delivery->post;
	const char *domain = sums_domain(sums), *record = sums_record(sums);
	bool is_wanted_here = !post_is_opted_out(post, domain, "");
	struct reporting reporting = {.delivery = delivery, .sums = sums, .arena = arena_new()};

	delivery->domains++;
	delivery->messages += sums_messages(sums);
	post_say(post, domain, sums_messages(sums), is_wanted_here ? "" : ": is in report-opt-out");
	if (is_wanted_here && post->send)
		reporting.destinations = post_destinations(post,
			dmarc_record_parse(record, strlen(record), reporting.arena).ruf, domain,
			reporting.arena);
	for (size_t i = 0; is_wanted_here && i < sums_count(sums); i++)
		if (sums_at(sums, i)->failure[0] != '\0')
			report_sum(&reporting, sums_at(sums, i));
	arena_free(&reporting.arena);
}
