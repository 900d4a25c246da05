#include "report/watch.h"

#include "base/arena.h"
#include "diagnose/findings.h"
#include "message/envelope.h"

struct observation observation_of(const struct findings *findings)
{
	const struct verdicts *verdicts = findings->verdicts;
	struct observation seen = {.client = findings->envelope->client,
		.is_private = netaddr_is_private(&findings->envelope->client),
		.signed_at_all = verdicts->signature_count > 0,
		.from_future = verdicts->signature_count > 0,
		.body_changed = verdicts->signature_count > 0,
		.asked = findings->evidence.count > 0,
		.all_in_trouble = findings->evidence.count > 0};

	for (size_t i = 0; i < verdicts->signature_count; i++) {
		const struct signature_verdict *signature = &verdicts->signatures[i];

		seen.from_future = seen.from_future && signature->fault == SIGFAULT_FUTURE;
		seen.body_changed =
			seen.body_changed && signature->digests_known && !signature->body_hash_matches;
	}
	for (size_t i = 0; i < findings->evidence.count; i++)
		seen.all_in_trouble = seen.all_in_trouble && answer_is_trouble(findings->evidence.answers[i]);
	return seen;
}

struct tally {
	size_t same_client, asked, in_trouble, with_signature, from_future, changed_behind_us;
};

static struct tally tally_of(const struct watch *watch, const struct netaddr *client)
{
	struct tally tally = {0, 0, 0, 0, 0, 0};

	for (size_t i = 0; i < watch->count; i++) {
		const struct observation *seen = &watch->ring[i];

		tally.same_client += netaddr_equal(&seen->client, client);
		tally.asked += seen->asked;
		tally.in_trouble += seen->all_in_trouble;
		tally.with_signature += seen->signed_at_all;
		tally.from_future += seen->from_future;
		tally.changed_behind_us += seen->body_changed && seen->is_private;
	}
	return tally;
}

/* At least nine of ten, of enough to judge. */
static bool is_nearly_all(size_t part, size_t whole)
{
	return whole >= WATCH_ENOUGH && part * 10 >= whole * 9;
}

/* May this be said now? Then it counts as said. */
static bool take_turn(struct watch *watch, enum watch_kind kind, int64_t now)
{
	if (watch->said[kind] && now - watch->said_at[kind] < WATCH_AGAIN_S)
		return false;
	watch->said[kind] = true;
	watch->said_at[kind] = now;
	return true;
}

static const char *line_for(
	struct watch *watch, const struct observation *last, int64_t now, struct arena *arena)
{
	struct tally tally = tally_of(watch, &last->client);
	char client[NETADDR_TEXT_SIZE];

	netaddr_format(&last->client, client);
	if (is_nearly_all(tally.in_trouble, tally.asked) && take_turn(watch, WATCH_RESOLVER, now))
		return arena_printf(arena,
			"this is ours: DNS failed for %zu of the last %zu messages; check the resolver "
			"(nameservers, /etc/resolv.conf): no verdict of this time can be trusted",
			tally.in_trouble, tally.asked);
	if (is_nearly_all(tally.from_future, tally.with_signature) && take_turn(watch, WATCH_CLOCK, now))
		return arena_printf(arena,
			"this is ours: %zu of the last %zu signed messages were signed in the future; our "
			"clock "
			"is slow: check the time synchronisation",
			tally.from_future, tally.with_signature);
	if (last->is_private && is_nearly_all(tally.changed_behind_us, tally.with_signature) &&
		take_turn(watch, WATCH_GATEWAY, now))
		return arena_printf(arena,
			"this is ours: %zu of the last %zu signed messages arrived from %s with a changed "
			"body; a "
			"gateway of ours alters mail before it is verified: verify first",
			tally.changed_behind_us, tally.with_signature, client);
	if (last->is_private && is_nearly_all(tally.same_client, watch->count) &&
		take_turn(watch, WATCH_ONE_PRIVATE_CLIENT, now))
		return arena_printf(arena,
			"this is ours: %zu of the last %zu messages came from %s, which is no address of the "
			"internet; the senders' addresses are hidden (gateway, NAT, container): set "
			"trusted-relays = %s or connect sekisho to the outer mail server",
			tally.same_client, watch->count, client, client);
	return "";
}

const char *watch_note(
	struct watch *watch, const struct observation *observation, int64_t now, struct arena *arena)
{
	watch->ring[watch->next] = *observation;
	watch->next = (watch->next + 1) % WATCH_MESSAGES;
	if (watch->count < WATCH_MESSAGES)
		watch->count++;
	return line_for(watch, observation, now, arena);
}
