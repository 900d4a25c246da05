#include "inspect/inspection.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/text.h"
#include "dns/dns.h"
#include "inspect/gateway.h"
#include "inspect/inspection_state.h"
#include "inspect/skip.h"
#include "inspect/warming.h"
#include "settings/settings.h"
#include "verify/verify.h"

#include <stdlib.h>

struct inspection *inspection_new(const struct inspector *inspector)
{
	struct inspection *inspection = calloc(1, sizeof *inspection);

	if (inspection == NULL)
		abort();
	inspection->shared = inspector;
	inspection->connection_arena = arena_new();
	inspection->arena = arena_new();
	inspection->body_arena = arena_new();
	inspection->client_name = inspection->helo = "";
	inspection_abandon(inspection);
	return inspection;
}

void inspection_free(struct inspection **inspection)
{
	if (inspection == NULL || *inspection == NULL)
		return;
	signatures_end(&(*inspection)->signatures);
	arc_end(&(*inspection)->arc);
	arena_free(&(*inspection)->arena);
	arena_free(&(*inspection)->body_arena);
	arena_free(&(*inspection)->connection_arena);
	free(*inspection);
	*inspection = NULL;
}

size_t inspection_octets(const struct inspection *inspection)
{
	return sizeof *inspection + arena_used(inspection->arena) + arena_used(inspection->body_arena) +
	       arena_used(inspection->connection_arena);
}

void inspection_connect(struct inspection *inspection, struct netaddr client, const char *client_name)
{
	inspection_abandon(inspection);
	arena_reset(inspection->connection_arena);
	inspection->client = client;
	inspection->client_name = arena_text(inspection->connection_arena, client_name);
	inspection->helo = "";
}

void inspection_helo(struct inspection *inspection, const char *helo)
{
	inspection->helo = arena_text(inspection->connection_arena, helo);
}

/* A fresh message on the same connection. */
static void message_reset(struct inspection *inspection)
{
	signatures_end(&inspection->signatures);
	arc_end(&inspection->arc);
	arena_reset(inspection->arena);
	inspection->envelope = envelope_empty();
	inspection->header = header_list_new(inspection->arena);
	inspection->recipients =
		arena_array(inspection->arena, RECIPIENTS_KEPT, sizeof *inspection->recipients);
	inspection->skip_reason = "";
	inspection->body_size = 0;
	inspection->dns_client = NULL;
	inspection->verdicts = verdicts_empty();
	inspection->author = author_of(&inspection->header, inspection->arena);
	inspection->findings = (struct findings){.authserv_id = inspection->shared->authserv_id};
	kept_body_begin(&inspection->kept_body, inspection->body_arena,
		(size_t)inspection->shared->settings->diagnosis_body_limit);
	if (inspection->shared->body_digests.count > 0)
		inspection->kept_body.whole = false; /* only what it came to is known */
	inspection->body = (struct span){"", 0};
	inspection->inquiry = NULL;
	inspection->deepening = NULL;
	inspection->remembered = (struct remembered_keys){.count = 0};
	inspection->remark_key = "";
	inspection->unremarkable = false;
}

static void prepare_work(struct inspection *inspection)
{
	const struct inspector *shared = inspection->shared;

	inspection->dns_client = dns_client_new(shared->dns, inspection->arena,
		(int)shared->settings->message_deadline_ms, (unsigned)shared->settings->dns_queries);
	inspection->work = (struct work){
		.libraries = shared->libraries,
		.settings = shared->settings,
		.suffixes = shared->suffixes,
		.envelope = &inspection->envelope,
		.header = &inspection->header,
		.author = &inspection->author,
		.dns = shared->dns,
		.client = inspection->dns_client,
		.arena = inspection->arena,
		.body_digests = shared->body_digests,
		.now = shared->fixed_now != 0 ? shared->fixed_now : clock_wall(),
	};
}

void inspection_begin(
	struct inspection *inspection, const char *mail_from, const char *auth_user, bool smtputf8)
{
	struct envelope *envelope = &inspection->envelope;

	message_reset(inspection);
	envelope->client = inspection->client;
	envelope->client_name = inspection->client_name;
	envelope->helo = inspection->helo;
	envelope->helo_domain = helo_domain_of(inspection->helo, inspection->arena);
	envelope->sender = reverse_path_of(mail_from, inspection->arena);
	envelope->smtputf8 = smtputf8;
	envelope->auth_user = arena_text(inspection->arena, auth_user);
	envelope->recipients = inspection->recipients;
	inspection->skip_reason = skip_reason(envelope, inspection->shared->settings);
	prepare_work(inspection);
	if (inspection->skip_reason[0] == '\0')
		envelope_warm(inspection->shared->dns, envelope, inspection->arena);
}

const char *inspection_skip_reason(const struct inspection *inspection)
{
	return inspection->skip_reason;
}

void inspection_recipient(struct inspection *inspection, const char *recipient)
{
	struct envelope *envelope = &inspection->envelope;

	if (envelope->recipient_count < RECIPIENTS_KEPT) {
		struct span address = span_trim(span_of(recipient));

		if (address.len >= 2 && address.at[0] == '<' && address.at[address.len - 1] == '>') {
			address.at++;
			address.len -= 2;
		}
		inspection->recipients[envelope->recipient_count] = span_text(inspection->arena, address);
	}
	envelope->recipient_count++;
}

void inspection_header(struct inspection *inspection, const char *name, const char *value, size_t value_len)
{
	(void)header_list_add(&inspection->header, name, value, value_len);
}

void inspection_headers_done(struct inspection *inspection)
{
	inspection->author = author_of(&inspection->header, inspection->arena);
	if (inspection->skip_reason[0] != '\0')
		return;
	gateway_look_behind(&inspection->envelope, &inspection->header,
		&inspection->shared->settings->trusted_relays, inspection->arena);
	verify_dmarc_warm(&inspection->work);
	inspection->signatures = signatures_begin(&inspection->work);
	inspection->arc = arc_begin(&inspection->work);
}

bool inspection_wants_body(const struct inspection *inspection)
{
	return (inspection->signatures != NULL && signatures_want_body(inspection->signatures)) ||
	       (inspection->arc != NULL && arc_wants_body(inspection->arc));
}

void inspection_body(struct inspection *inspection, const char *octets, size_t len)
{
	inspection->body_size += len;
	kept_body_add(&inspection->kept_body, octets, len);
	if (inspection->signatures != NULL)
		signatures_body(inspection->signatures, octets, len);
	if (inspection->arc != NULL)
		arc_body(inspection->arc, octets, len);
}

void inspection_abandon(struct inspection *inspection)
{
	message_reset(inspection);
	prepare_work(inspection);
}
