#include "feedback/delivery.h"

#include "base/arena.h"
#include "base/domain.h"
#include "dns/dns.h"
#include "feedback/destination.h"
#include "feedback/ledger.h"
#include "feedback/letter.h"
#include "feedback/sums.h"
#include "records/dmarc_record.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

enum {
	DNS_MS = 20000,         /* longest wait for the destinations of one domain */
	DNS_QUESTIONS = 20,     /* one for each address that is looked at (destination.c) */
	BASE64_PER_GZIP = 1370, /* octets of mail for 1000 of gzip, line ends included */
	MAIL_HEAD = 2000,       /* and what is around them, at most */
};

struct report {
	const struct sums *sums;
	const char *gzip, *file_name, *id, *rua;
	size_t gzip_len;
};

static bool is_opted_out(const struct delivery *delivery, const char *domain, const char *address)
{
	for (size_t i = 0; i < delivery->opt_out.count; i++)
		if (text_equal(delivery->opt_out.items[i], address) ||
			domain_is_below(domain, delivery->opt_out.items[i]))
			return true;
	return false;
}

static struct report report_of(const struct delivery *delivery, const struct sums *sums, struct arena *arena)
{
	struct report report = {.sums = sums};
	struct report_facts facts = delivery->facts;
	const char *domain = sums_domain(sums), *record = sums_record(sums), *xml;

	report.rua = dmarc_record_parse(record, strlen(record), arena).rua;
	report.id = facts.id = arena_printf(arena, "%" PRId64 ".%" PRId64 ".%s@%s", facts.from,
		facts.until - 1, domain, delivery->receiver);
	report.file_name = arena_printf(arena, "%s!%s!%" PRId64 "!%" PRId64 ".xml.gz", delivery->receiver,
		domain, facts.from, facts.until - 1);
	xml = aggregate_xml(sums, &facts, arena);
	report.gzip = gzip_of(xml, strlen(xml), &report.gzip_len, arena);
	return report;
}

/* All of it or nothing: under another name first. */
static bool write_file(const struct delivery *delivery, const struct report *report, struct arena *arena)
{
	const char *path = arena_printf(arena, "%s/%s", delivery->folder, report->file_name);
	const char *part = arena_printf(arena, "%s.part", path);
	int fd = open(part, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0644);
	bool good = fd >= 0 && write(fd, report->gzip, report->gzip_len) == (ssize_t)report->gzip_len;

	if (fd >= 0)
		good = close(fd) == 0 && good;
	if (good && rename(part, path) == 0)
		return true;
	fprintf(stderr, "sekisho report: %s: %s\n", path, strerror(errno));
	(void)unlink(part);
	return false;
}

/* Why not to send to this address; "" to send. */
static const char *objection(
	const struct delivery *delivery, const struct report *report, const struct destination *destination)
{
	const char *domain = sums_domain(report->sums);

	if (is_opted_out(delivery, destination->domain, destination->address))
		return "is in report-opt-out";
	if (ledger_is_refused(delivery->ledger, destination->address))
		return "was refused before";
	if (ledger_was_sent(delivery->ledger, domain, delivery->facts.from, destination->address))
		return "has it already";
	if (destination->most_octets > 0 &&
		report->gzip_len * BASE64_PER_GZIP / 1000 + MAIL_HEAD > destination->most_octets)
		return "wants no mail of this size";
	return "";
}

/* Noted before it goes, and no longer when it certainly did not: rather none than two. */
static bool send_one(
	struct delivery *delivery, const struct report *report, const struct destination *destination)
{
	const char *domain = sums_domain(report->sums);
	const struct letter letter = {.from = delivery->facts.email,
		.to = destination->address,
		.submitter = delivery->receiver,
		.domain = domain,
		.report_id = report->id,
		.file_name = report->file_name,
		.attachment = report->gzip,
		.attachment_len = report->gzip_len,
		.now = delivery->now};
	struct fault fault = {""};

	if (!ledger_note_sent(
		    delivery->ledger, domain, delivery->facts.from, destination->address, delivery->now)) {
		fprintf(stderr, "sekisho report: nothing is sent: the ledger cannot be written\n");
		return false;
	}
	switch (letter_send(delivery->sendmail, &letter, &fault)) {
	case LETTER_SENT:
		return true;
	case LETTER_REFUSED:
		(void)ledger_refuse(delivery->ledger, destination->address, fault.text, delivery->now, false);
		break;
	case LETTER_NOT_SENT:
		(void)ledger_forget_sent(
			delivery->ledger, domain, delivery->facts.from, destination->address);
		break;
	case LETTER_UNKNOWN:
		break;
	}
	fprintf(stderr, "sekisho report: %s: %s\n", destination->address, fault.text);
	return false;
}

static void send_all(struct delivery *delivery, const struct report *report, struct arena *arena)
{
	struct dns_client *dns = dns_client_new(delivery->dns, arena, DNS_MS, DNS_QUESTIONS);
	struct destinations destinations =
		destinations_of(report->rua, sums_domain(report->sums), dns, delivery->suffixes, arena);

	for (size_t i = 0; i < destinations.count; i++) {
		const struct destination *destination = &destinations.items[i];
		const char *why_not = objection(delivery, report, destination);

		if (why_not[0] != '\0')
			fprintf(delivery->out, "  %s %s\n", destination->address, why_not);
		else if (send_one(delivery, report, destination))
			delivery->sent++;
		else
			delivery->failed++;
	}
	if (destinations.refused[0] != '\0')
		fprintf(delivery->out, "  not used: %s\n", destinations.refused);
}

void deliver_report(struct delivery *delivery, const struct sums *sums)
{
	struct arena *arena = arena_new();
	struct report report = report_of(delivery, sums, arena);
	const char *why_not = "";

	delivery->domains++;
	delivery->messages += sums_messages(sums);
	delivery->left_out += sums_left_out(sums);
	if (report.rua[0] == '\0')
		why_not = ": asks for no reports";
	else if (sums_reports(sums) == sums_messages(sums))
		why_not = ": sent nothing but reports";
	else if (is_opted_out(delivery, sums_domain(sums), ""))
		why_not = ": is in report-opt-out";
	fprintf(delivery->out, "%s %" PRIu64 "%s\n", sums_domain(sums), sums_messages(sums), why_not);
	if (why_not[0] == '\0' && delivery->folder[0] != '\0') {
		if (write_file(delivery, &report, arena))
			delivery->written++;
		else
			delivery->failed++;
	}
	if (why_not[0] == '\0' && delivery->send)
		send_all(delivery, &report, arena);
	arena_free(&arena);
}
