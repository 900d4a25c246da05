#include "diagnose/header_hash.h"

#include "base/arena.h"
#include "base/buf.h"

void header_hash_begin(struct header_hash *hash, enum digest_kind kind, struct arena *arena)
{
	*hash = (struct header_hash){.kind = kind, .arena = arena, .stream = digest_stream_new(kind)};
}

void header_hash_end(struct header_hash *hash)
{
	for (size_t i = 0; i < HEADER_PREFIXES; i++)
		digest_stream_free(&hash->prefixes[i]);
	digest_stream_free(&hash->stream);
}

void header_hash_forget(struct header_hash *hash, size_t slot)
{
	hash->octets = NULL;
	if (hash->prefix_count > slot + 1)
		hash->prefix_count = slot + 1;
}

static void join_slots(struct header_hash *hash, const struct span *slots, size_t count)
{
	struct buf octets = buf_in(hash->arena);

	if (hash->octets != NULL)
		return;
	hash->starts = arena_array(hash->arena, count + 1, sizeof *hash->starts);
	for (size_t i = 0; i < count; i++) {
		buf_add(&octets, slots[i].at, slots[i].len);
		hash->starts[i + 1] = octets.len;
	}
	hash->octets = octets.data;
}

static void add_slots(const struct header_hash *hash, struct digest_stream *stream, size_t from, size_t to)
{
	size_t len = hash->starts[to] - hash->starts[from];

	if (len > 0)
		digest_stream_add(stream, hash->octets + hash->starts[from], len);
}

static const struct digest_stream *prefix_of(struct header_hash *hash, size_t slot)
{
	for (size_t i = hash->prefix_count; i <= slot; i++) {
		if (hash->prefixes[i] == NULL)
			hash->prefixes[i] = digest_stream_new(hash->kind);
		if (i == 0) {
			digest_stream_reset(hash->prefixes[i]);
		} else {
			digest_stream_copy(hash->prefixes[i], hash->prefixes[i - 1]);
			add_slots(hash, hash->prefixes[i], i - 1, i);
		}
		hash->prefix_count = i + 1;
	}
	return hash->prefixes[slot];
}

struct digest header_hash_of(struct header_hash *hash, const struct span *slots, size_t slot_count,
	const struct header_swap *swaps, size_t swap_count)
{
	size_t slot = swap_count > 0 ? swaps[0].slot : 0;

	if (slot >= HEADER_PREFIXES)
		slot = HEADER_PREFIXES - 1;
	join_slots(hash, slots, slot_count);
	digest_stream_copy(hash->stream, prefix_of(hash, slot));
	for (size_t i = 0; i < swap_count; i++) {
		add_slots(hash, hash->stream, slot, swaps[i].slot);
		digest_stream_add(hash->stream, swaps[i].octets.at, swaps[i].octets.len);
		slot = swaps[i].slot + 1;
	}
	add_slots(hash, hash->stream, slot, slot_count);
	return digest_stream_end(hash->stream);
}
