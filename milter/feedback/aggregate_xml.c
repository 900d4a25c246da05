#include "feedback/aggregate_xml.h"

#include "base/buf.h"
#include "base/text.h"
#include "base/utf8.h"
#include "facts/result.h"
#include "feedback/sums.h"
#include "records/dmarc_record.h"

#include <inttypes.h>
#include <string.h>

enum { SIGNATURES_REPORTED = 100 }; /* RFC 9990 section 3.3 */

/* Octets of a character that may stand in XML 1.0 (section 2.2) and shows; 0: none is there. */
static size_t character_at(const char *text, size_t left)
{
	size_t step = utf8_visible_length(text, left);
	uint32_t code = 0;

	(void)utf8_length(text, left, &code);
	return code == 0xfffe || code == 0xffff ? 0 : step;
}

/* Character data: markup is written as such, what XML 1.0 cannot carry as "?". */
static void add_text(struct buf *xml, const char *text)
{
	size_t left = strlen(text), step;

	for (; left > 0; text += step, left -= step) {
		step = character_at(text, left);
		if (step == 0) {
			buf_char(xml, '?');
			step = 1;
		} else if (*text == '&') {
			buf_text(xml, "&amp;");
		} else if (*text == '<') {
			buf_text(xml, "&lt;");
		} else if (*text == '>') {
			buf_text(xml, "&gt;");
		} else {
			buf_add(xml, text, step);
		}
	}
}

static void add(struct buf *xml, const char *name, const char *text)
{
	buf_printf(xml, "<%s>", name);
	add_text(xml, text);
	buf_printf(xml, "</%s>\n", name);
}

static void add_number(struct buf *xml, const char *name, uint64_t number)
{
	buf_printf(xml, "<%s>%" PRIu64 "</%s>\n", name, number, name);
}

static void add_metadata(struct buf *xml, const struct sums *sums, const struct report_facts *facts)
{
	buf_text(xml, "<report_metadata>\n");
	add(xml, "org_name", facts->organization);
	add(xml, "email", facts->email);
	add(xml, "report_id", facts->id);
	buf_text(xml, "<date_range>\n");
	add_number(xml, "begin", (uint64_t)facts->from);
	add_number(xml, "end", (uint64_t)facts->until - 1);
	buf_text(xml, "</date_range>\n");
	if (sums_left_out(sums) > 0)
		buf_printf(xml,
			"<error>%" PRIu64
			" further messages are left out: more than %d different rows</error>\n",
			sums_left_out(sums), SUMS_MAX);
	if (facts->form == FORM_RFC9990)
		add(xml, "generator", "sekisho " PACKAGE_VERSION);
	buf_text(xml, "</report_metadata>\n");
}

/* The values that applied, defaults included. */
static void add_policy(
	struct buf *xml, const struct sums *sums, const struct report_facts *facts, struct arena *arena)
{
	const char *text = sums_record(sums);
	struct dmarc_record record = dmarc_record_parse(text, strlen(text), arena);
	bool is_new = facts->form == FORM_RFC9990;

	buf_text(xml, "<policy_published>\n");
	add(xml, "domain", sums_domain(sums));
	if (is_new)
		add(xml, "discovery_method", facts->psl_discovery ? "psl" : "treewalk");
	else {
		add(xml, "adkim", record.strict_dkim ? "s" : "r");
		add(xml, "aspf", record.strict_spf ? "s" : "r");
	}
	add(xml, "p", dmarc_policy_word(record.p));
	add(xml, "sp", dmarc_policy_word(record.sp));
	if (is_new) {
		add(xml, "np", dmarc_policy_word(record.np));
		if (record.fo[0] != '\0')
			add(xml, "fo", record.fo);
		add(xml, "adkim", record.strict_dkim ? "s" : "r");
		add(xml, "aspf", record.strict_spf ? "s" : "r");
		add(xml, "testing", record.testing ? "y" : "n");
	} else {
		add_number(xml, "pct", (uint64_t)record.pct);
		add(xml, "fo", record.fo[0] != '\0' ? record.fo : "0");
	}
	buf_text(xml, "</policy_published>\n");
}

/* A store that somebody altered makes a report with less in it, not one that is not valid. */
static bool is_result(struct span word)
{
	for (int result = RESULT_NONE; result <= RESULT_PERMERROR; result++)
		if (span_is(word, result_word((enum result)result)))
			return true;
	return false;
}

/* "pass example.com sel1", a line each; those that pass first (RFC 9990 section 3.3). */
static void add_signatures(
	struct buf *xml, const char *signatures, bool passing, size_t *count, struct arena *arena)
{
	for (const char *line = signatures; *line != '\0';) {
		size_t len = strcspn(line, "\n");
		struct span rest = {line, len}, parts[3];
		size_t parted = 0;

		for (; parted < 3; parted++) {
			size_t part = 0;

			while (part < rest.len && rest.at[part] != ' ')
				part++;
			parts[parted] = (struct span){rest.at, part};
			rest.at += part < rest.len ? part + 1 : part;
			rest.len -= part < rest.len ? part + 1 : part;
		}
		if (is_result(parts[0]) && span_is(parts[0], "pass") == passing &&
			(*count)++ < SIGNATURES_REPORTED) {
			buf_text(xml, "<dkim>\n");
			add(xml, "domain", span_text(arena, parts[1]));
			add(xml, "selector", span_text(arena, parts[2]));
			add(xml, "result", span_text(arena, parts[0]));
			buf_text(xml, "</dkim>\n");
		}
		line += len + (line[len] == '\n');
	}
}

static void add_spf(struct buf *xml, const struct sum *sum, const struct report_facts *facts)
{
	bool of_sender = strcmp(sum->spf_scope, "helo") != 0;

	if (sum->spf_domain[0] == '\0') {
		if (facts->form == FORM_RFC9990)
			return;
		buf_text(xml,
			"<spf>\n<domain></domain>\n<scope>mfrom</scope>\n<result>none</result>\n</spf>\n");
		return;
	}
	buf_text(xml, "<spf>\n");
	add(xml, "domain", sum->spf_domain);
	if (of_sender || facts->form == FORM_RFC7489) /* RFC 9990 knows no other scope */
		add(xml, "scope", of_sender ? "mfrom" : "helo");
	add(xml, "result", sum->spf);
	buf_text(xml, "</spf>\n");
}

static void add_record(
	struct buf *xml, const struct sum *sum, const struct report_facts *facts, struct arena *arena)
{
	bool passes = sum->dkim_aligned != 0 || sum->spf_aligned != 0;
	size_t signatures = 0;

	buf_text(xml, "<record>\n<row>\n");
	add(xml, "source_ip", sum->client);
	add_number(xml, "count", sum->count);
	buf_text(xml, "<policy_evaluated>\n");
	add(xml, "disposition",
		facts->form == FORM_RFC9990 && passes && strcmp(sum->disposition, "none") == 0
			? "pass"
			: sum->disposition);
	add(xml, "dkim", sum->dkim_aligned != 0 ? "pass" : "fail");
	add(xml, "spf", sum->spf_aligned != 0 ? "pass" : "fail");
	if (sum->override[0] != '\0') {
		buf_text(xml, "<reason>\n");
		add(xml, "type", sum->override);
		buf_text(xml, "</reason>\n");
	}
	buf_text(xml, "</policy_evaluated>\n</row>\n<identifiers>\n");
	if (facts->form == FORM_RFC7489) {
		add(xml, "envelope_from", sum->mail_domain);
		add(xml, "header_from", sum->from_domain);
	} else {
		add(xml, "header_from", sum->from_domain);
		add(xml, "envelope_from", sum->mail_domain);
	}
	buf_text(xml, "</identifiers>\n<auth_results>\n");
	add_signatures(xml, sum->signatures, true, &signatures, arena);
	add_signatures(xml, sum->signatures, false, &signatures, arena);
	add_spf(xml, sum, facts);
	buf_text(xml, "</auth_results>\n</record>\n");
}

const char *aggregate_xml(const struct sums *sums, const struct report_facts *facts, struct arena *arena)
{
	struct buf xml = buf_in(arena);

	buf_text(&xml, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
	buf_text(&xml, facts->form == FORM_RFC9990 ? "<feedback xmlns=\"urn:ietf:params:xml:ns:dmarc-2.0\">\n"
						   : "<feedback>\n");
	buf_text(&xml, "<version>1.0</version>\n");
	add_metadata(&xml, sums, facts);
	add_policy(&xml, sums, facts, arena);
	for (size_t i = 0; i < sums_count(sums); i++)
		add_record(&xml, sums_at(sums, i), facts, arena);
	buf_text(&xml, "</feedback>\n");
	return xml.data;
}
