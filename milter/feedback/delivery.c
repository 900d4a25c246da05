#include "feedback/delivery.h"

#include "base/arena.h"
#include "feedback/ledger.h"
#include "feedback/letter.h"
#include "feedback/sums.h"
#include "records/dmarc_record.h"
#include "report/sanitise.h"

#include <inttypes.h>
#include <string.h>

enum {
	BASE64_PER_GZIP = 1370, /* octets of mail for 1000 of gzip, line ends included */
	MAIL_HEAD = 2000,       /* and what is around them, at most */
};

struct report {
	const struct sums *sums;
	const char *gzip, *file_name, *id, *rua;
	const char *domain; /* safe for a header and a file's name, whatever the store has */
	size_t gzip_len;
};

static struct report report_of(const struct delivery *delivery, const struct sums *sums, struct arena *arena)
{
	const char *domain = sanitise(SANITISE_DOMAIN, sums_domain(sums), false, arena);
	struct report report = {.sums = sums, .domain = domain};
	struct report_facts facts = delivery->facts;
	const char *record = sums_record(sums), *xml;
	const char *receiver = delivery->post.receiver;

	report.rua = dmarc_record_parse(record, strlen(record), arena).rua;
	report.id = facts.id = arena_printf(
		arena, "%" PRId64 ".%" PRId64 ".%s@%s", facts.from, facts.until - 1, domain, receiver);
	report.file_name = arena_printf(
		arena, "%s!%s!%" PRId64 "!%" PRId64 ".xml.gz", receiver, domain, facts.from, facts.until - 1);
	xml = aggregate_xml(sums, &facts, arena);
	report.gzip = gzip_of(xml, strlen(xml), &report.gzip_len, arena);
	return report;
}

/* Why not to send to this address; "" to send. */
static const char *objection(
	const struct delivery *delivery, const struct report *report, const struct destination *destination)
{
	const struct post *post = &delivery->post;
	const char *domain = sums_domain(report->sums);

	if (post_is_opted_out(post, destination->domain, destination->address))
		return "is in report-opt-out";
	if (ledger_is_refused(post->ledger, destination->address))
		return "was refused before";
	if (ledger_was_sent(post->ledger, domain, delivery->facts.from, destination->address))
		return "has it already";
	if (destination->most_octets > 0 &&
		report->gzip_len * BASE64_PER_GZIP / 1000 + MAIL_HEAD > destination->most_octets)
		return "wants no mail of this size";
	return "";
}

/* Noted before it goes, and no longer when it certainly did not: rather none than two. */
static void send_one(struct delivery *delivery, const struct report *report,
	const struct destination *destination, struct arena *arena)
{
	struct post *post = &delivery->post;
	const char *domain = sums_domain(report->sums);
	const struct letter letter = {.from = post->email,
		.to = destination->address,
		.submitter = post->receiver,
		.domain = report->domain,
		.report_id = report->id,
		.file_name = report->file_name,
		.attachment = report->gzip,
		.attachment_len = report->gzip_len,
		.now = post->now};

	if (!ledger_note_sent(post->ledger, domain, delivery->facts.from, destination->address, post->now)) {
		fprintf(stderr, "sekisho report: nothing is sent: the ledger cannot be written\n");
		post->failed++;
	} else if (post_send(post, post->email, destination->address, letter_text(&letter, arena)) ==
		   LETTER_NOT_SENT) {
		(void)ledger_forget_sent(post->ledger, domain, delivery->facts.from, destination->address);
	}
}

static void send_all(struct delivery *delivery, const struct report *report, struct arena *arena)
{
	struct destinations destinations =
		post_destinations(&delivery->post, report->rua, sums_domain(report->sums), arena);

	for (size_t i = 0; i < destinations.count; i++) {
		const struct destination *destination = &destinations.items[i];
		const char *why_not = objection(delivery, report, destination);

		if (why_not[0] != '\0')
			fprintf(delivery->post.out, "  %s %s\n", destination->address, why_not);
		else
			send_one(delivery, report, destination, arena);
	}
}

void deliver_report(struct delivery *delivery, const struct sums *sums)
{
	struct arena *arena = arena_new();
	struct report report = report_of(delivery, sums, arena);
	struct post *post = &delivery->post;
	const char *why_not = "";

	delivery->domains++;
	delivery->messages += sums_messages(sums);
	delivery->left_out += sums_left_out(sums);
	if (report.rua[0] == '\0')
		why_not = ": asks for no reports";
	else if (sums_reports(sums) == sums_messages(sums))
		why_not = ": sent nothing but reports";
	else if (post_is_opted_out(post, sums_domain(sums), ""))
		why_not = ": is in report-opt-out";
	post_say(post, sums_domain(sums), sums_messages(sums), why_not);
	if (why_not[0] == '\0' && post->folder[0] != '\0')
		post_write(post, report.file_name, report.gzip, report.gzip_len, arena);
	if (why_not[0] == '\0' && post->send)
		send_all(delivery, &report, arena);
	arena_free(&arena);
}
