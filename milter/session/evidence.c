#include "session/evidence.h"

#include "base/arena.h"
#include "base/buf.h"
#include "diagnose/findings.h"
#include "message/envelope.h"
#include "message/header_list.h"
#include "message/local_part.h"
#include "replay/case_file.h"
#include "replay/case_writer.h"
#include "replay/evidence_writer.h"
#include "report/action.h"
#include "settings/settings.h"

#include <string.h>

enum { EXPECTATIONS_MAX = 8 };

static bool is_wanted(
	const struct settings *settings, const struct findings *findings, const struct decision *decision)
{
	if (settings->evidence_keep == EVIDENCE_KEEP_NONE || findings->verdicts->skipped)
		return false;
	return settings->evidence_of == EVIDENCE_OF_ALL || findings->diagnoses.count > 0 ||
	       decision->would != ACTION_ACCEPT;
}

/* The message as it came, as far as it is kept. */
static struct buf message_of(
	const struct settings *settings, const struct findings *findings, struct arena *arena)
{
	const struct header_list *header = findings->header;
	struct buf message = buf_in(arena);

	for (size_t i = 0; i < header->count; i++) {
		const struct header_field *field = &header->fields[i];

		buf_printf(&message, "%s:", field->name);
		buf_text(&message, local_parts_masked(findings->mask, field->value, field->value_len, arena));
		buf_text(&message, "\r\n");
	}
	buf_text(&message, "\r\n");
	if (settings->evidence_keep == EVIDENCE_KEEP_BODIES)
		buf_add(&message, findings->body.at, findings->body.len);
	return message;
}

/* The session without those who get the mail: they decide no verdict. */
static struct envelope envelope_kept(const struct findings *findings, struct arena *arena)
{
	struct envelope envelope = *findings->envelope;

	envelope.recipient_count = 0;
	envelope.auth_user = local_part_masked(findings->mask, envelope.auth_user, arena);
	envelope.sender.raw = local_part_masked(findings->mask, envelope.sender.raw, arena);
	return envelope;
}

/* Enough to verify the signatures again without the body. */
static struct body_digests digests_of(
	const struct settings *settings, const struct findings *findings, struct arena *arena)
{
	const struct verdicts *verdicts = findings->verdicts;
	struct body_digest *digests = arena_array(arena, verdicts->signature_count, sizeof *digests);

	if (settings->evidence_keep == EVIDENCE_KEEP_BODIES)
		return (struct body_digests){.count = 0};
	for (size_t i = 0; i < verdicts->signature_count; i++) {
		const struct signature_verdict *signature = &verdicts->signatures[i];

		digests[i].canonical_length = signature->digests_known ? signature->canonical_length : -1;
		digests[i].len = signature->digest_len;
		memcpy(digests[i].octets, signature->body_digest, sizeof digests[i].octets);
	}
	return (struct body_digests){digests, verdicts->signature_count};
}

static size_t expect_all(const struct findings *findings, struct case_pair expectations[EXPECTATIONS_MAX])
{
	static const char *const methods[] = {"spf", "dkim", "dmarc", "arc", "iprev"};
	size_t count = 0;

	for (; count < sizeof methods / sizeof methods[0]; count++)
		expectations[count] =
			(struct case_pair){methods[count], verdicts_word(findings->verdicts, methods[count])};
	expectations[count++] = (struct case_pair){"cause",
		findings->diagnoses.count > 0 ? cause_row(findings->diagnoses.items[0].cause)->code : "none"};
	return count;
}

static const char *about(
	const struct settings *settings, const struct findings *findings, struct arena *arena)
{
	return arena_printf(arena, "queue id %s;%s%s%s", findings->envelope->queue_id,
		settings->evidence_keep == EVIDENCE_KEEP_BODIES ? "" : " without the body;",
		findings->mask != NULL && findings->mask->kept != LOCAL_PART_FULL ? " local parts masked;"
										  : "",
		" without recipients");
}

void evidence_keep(struct evidence_writer *writer, const struct settings *settings,
	const struct findings *findings, const struct decision *decision, struct arena *arena)
{
	struct case_pair expectations[EXPECTATIONS_MAX];
	struct envelope envelope;
	struct buf message;

	if (writer == NULL || !is_wanted(settings, findings, decision))
		return;
	envelope = envelope_kept(findings, arena);
	message = message_of(settings, findings, arena);
	evidence_writer_put(
		writer, &(struct evidence_item){
				.queue_id = envelope.queue_id,
				.now = findings->now,
				.text = case_text(
					&(struct case_recording){
						.about = about(settings, findings, arena),
						.now = findings->now,
						.envelope = &envelope,
						.settings = settings,
						.authserv_id = findings->authserv_id,
						.evidence = findings->evidence,
						.body_digests = digests_of(settings, findings, arena),
						.expectations = expectations,
						.expectation_count = expect_all(findings, expectations),
					},
					arena),
				.message = message.data,
				.message_len = message.len,
			});
}
