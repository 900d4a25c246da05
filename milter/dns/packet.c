#include "dns/packet.h"

#include "base/arena.h"
#include "base/text.h"
#include "dns/name.h"
#include "dns/rdata.h"

#include <string.h>

enum {
	HEADER_SIZE = 12,
	WIRE_NAME_MAX = 255,
	POINTERS_MAX = 64, /* no honest name has more; ends loops */
	RECORDS_MAX = 64,  /* more do not fit honestly */
	RECORD_FIXED = 10, /* type, class, TTL, length */
	RR_OPT = 41,
	RR_SOA = 6,
	CLASS_IN = 1,
	RCODE_NXDOMAIN = 3,
	RCODE_REFUSED = 5,
};

/* Flags of the octets 2 and 3. */
enum { FLAG_QR = 0x80, FLAG_AA = 0x04, FLAG_TC = 0x02, RCODE_MASK = 0x0f };

struct wire_name {
	uint8_t octets[WIRE_NAME_MAX]; /* uncompressed */
	size_t len;
};

struct reader {
	const uint8_t *packet;
	size_t len, at;
};

struct record {
	struct wire_name owner;
	unsigned type, class_in, rdata_len;
	uint32_t ttl;
	size_t rdata_at;
};

/* What the sections of a reply hold about the name that was asked. */
struct gathered {
	struct rdata *values;
	size_t count;
	uint32_t ttl;
	bool alias, malformed, other_servers, end_of_zone;
};

static struct wire_name wire_of(const char *name)
{
	struct wire_name wire = {.len = 0};

	while (*name != '\0') {
		const char *end = strchr(name, '.');
		size_t label = end == NULL ? strlen(name) : (size_t)(end - name);

		if (label > 63 || wire.len + label + 2 > sizeof wire.octets)
			break; /* dns_client lets no such name pass */
		wire.octets[wire.len++] = (uint8_t)label;
		memcpy(wire.octets + wire.len, name, label);
		wire.len += label;
		name += end == NULL ? label : label + 1;
	}
	wire.octets[wire.len++] = 0;
	return wire;
}

static uint8_t *put16(uint8_t *to, unsigned number)
{
	to[0] = (uint8_t)(number >> 8);
	to[1] = (uint8_t)number;
	return to + 2;
}

static unsigned get16(const uint8_t *at)
{
	return (unsigned)at[0] << 8 | at[1];
}

size_t packet_question(
	const struct question *question, uint16_t id, uint8_t packet[static PACKET_QUESTION_SIZE])
{
	struct wire_name name = wire_of(question->name);
	uint8_t *to = packet;

	to = put16(to, id);
	to = put16(to, 0); /* no flags */
	to = put16(to, 1);
	to = put16(to, 0);
	to = put16(to, 0);
	to = put16(to, 1);
	memcpy(to, name.octets, name.len);
	to = put16(to + name.len, question->type);
	to = put16(to, CLASS_IN);
	*to++ = 0; /* OPT, RFC 6891 section 6.1.2 */
	to = put16(to, RR_OPT);
	to = put16(to, PACKET_REPLY_SIZE);
	memset(to, 0, 6); /* version and flags, length of the data */
	return (size_t)(to + 6 - packet);
}

/* Reads a name and steps behind it. */
static bool read_name(struct reader *reader, struct wire_name *name)
{
	size_t at = reader->at, pointers = 0;

	name->len = 0;
	for (;;) {
		size_t label;

		if (at >= reader->len)
			return false;
		label = reader->packet[at];
		if (label >= 0xc0) {
			if (at + 1 >= reader->len || pointers++ == POINTERS_MAX)
				return false;
			if (pointers == 1)
				reader->at = at + 2;
			at = get16(reader->packet + at) & 0x3fff;
			continue;
		}
		if (label > 63 || reader->len - at <= label || name->len + label + 1 > sizeof name->octets)
			return false;
		memcpy(name->octets + name->len, reader->packet + at, label + 1);
		name->len += label + 1;
		at += label + 1;
		if (label == 0)
			break;
	}
	if (pointers == 0)
		reader->at = at;
	return true;
}

static bool names_equal(const struct wire_name *a, const struct wire_name *b)
{
	if (a->len != b->len)
		return false;
	for (size_t i = 0; i < a->len; i++)
		if (text_lower_char((char)a->octets[i]) != text_lower_char((char)b->octets[i]))
			return false;
	return true;
}

static bool read_record(struct reader *reader, struct record *record)
{
	const uint8_t *fixed;

	if (!read_name(reader, &record->owner) || reader->len - reader->at < RECORD_FIXED)
		return false;
	fixed = reader->packet + reader->at;
	record->type = get16(fixed);
	record->class_in = get16(fixed + 2) == CLASS_IN;
	record->ttl = (uint32_t)get16(fixed + 4) << 16 | get16(fixed + 6);
	record->rdata_len = get16(fixed + 8);
	reader->at += RECORD_FIXED;
	record->rdata_at = reader->at;
	if (reader->len - reader->at < record->rdata_len)
		return false;
	reader->at += record->rdata_len;
	return true;
}

/* The data with its names uncompressed, as rdata_read wants them. */
static bool read_data(
	const struct reader *reader, const struct record *record, struct arena *arena, struct rdata *data)
{
	size_t before = record->type == RR_MX ? 2 : 0;
	struct reader inside = {reader->packet, reader->len, record->rdata_at + before};
	uint8_t wire[2 + WIRE_NAME_MAX];
	struct wire_name name;

	if (record->type != RR_MX && record->type != RR_NS && record->type != RR_CNAME &&
		record->type != RR_PTR)
		return rdata_read((enum rr_type)record->type, reader->packet + record->rdata_at,
			record->rdata_len, arena, data);
	if (record->rdata_len < before || !read_name(&inside, &name) ||
		inside.at != record->rdata_at + record->rdata_len)
		return false;
	memcpy(wire, reader->packet + record->rdata_at, before);
	memcpy(wire + before, name.octets, name.len);
	return rdata_read((enum rr_type)record->type, wire, before + name.len, arena, data);
}

static void gather(const struct reader *reader, const struct record *record, const struct wire_name *name,
	const struct answer *answer, struct arena *arena, struct gathered *found)
{
	if (!record->class_in || !names_equal(&record->owner, name))
		return;
	if (record->type == RR_CNAME && answer->asked.type != RR_CNAME)
		found->alias = true;
	if (record->type != (unsigned)answer->asked.type)
		return;
	if (found->count == RECORDS_MAX || !read_data(reader, record, arena, &found->values[found->count])) {
		found->malformed = true;
		return;
	}
	if (found->count++ == 0 || record->ttl < found->ttl)
		found->ttl = record->ttl;
}

/* One section; what is not taken is only looked at. */
static bool read_section(struct reader *reader, unsigned records, bool taken, const struct answer *answer,
	struct arena *arena, struct gathered *found)
{
	struct wire_name name = wire_of(answer->asked.name);

	for (; records > 0; records--) {
		struct record record;

		if (!read_record(reader, &record))
			return false;
		if (taken)
			gather(reader, &record, &name, answer, arena, found);
		found->other_servers |= record.type == RR_NS;
		found->end_of_zone |= record.type == RR_SOA;
	}
	return true;
}

static void no_reply(struct answer *answer, enum answer_trouble trouble, const char *text)
{
	answer->kind = ANSWER_NO_REPLY;
	answer->trouble = trouble;
	answer->trouble_text = text;
}

static void judge(const uint8_t *packet, const struct gathered *found, bool referral, struct answer *answer)
{
	unsigned rcode = packet[3] & RCODE_MASK;

	if (rcode == RCODE_REFUSED)
		no_reply(answer, TROUBLE_REFUSED, "the name server answered REFUSED");
	else if (rcode != 0 && rcode != RCODE_NXDOMAIN)
		no_reply(answer, TROUBLE_SERVFAIL, "the name server answered with an error");
	else if (referral && found->count == 0)
		no_reply(answer, TROUBLE_REFUSED, "the name server refers to others");
	else if (!referral && (packet[2] & FLAG_AA) == 0)
		no_reply(answer, TROUBLE_REFUSED, "the name server is not authoritative");
	else if (found->alias)
		no_reply(answer, TROUBLE_REFUSED, "the name is an alias there");
	else if (found->count > 0)
		answer->kind = ANSWER_RECORDS;
	else
		answer->kind = rcode == RCODE_NXDOMAIN ? ANSWER_NO_NAME : ANSWER_NO_RECORD;
	if (answer->kind != ANSWER_RECORDS)
		return;
	answer->values = found->values;
	answer->count = found->count;
	answer->ttl = found->ttl;
}

static bool is_ours(struct reader *reader, uint16_t id, const struct question *question)
{
	struct wire_name name, asked = wire_of(question->name);

	if (reader->len < HEADER_SIZE || get16(reader->packet) != id || (reader->packet[2] & FLAG_QR) == 0 ||
		get16(reader->packet + 4) != 1)
		return false;
	reader->at = HEADER_SIZE;
	if (!read_name(reader, &name) || !names_equal(&name, &asked) || reader->len - reader->at < 4 ||
		get16(reader->packet + reader->at) != (unsigned)question->type ||
		get16(reader->packet + reader->at + 2) != CLASS_IN)
		return false;
	reader->at += 4;
	return true;
}

bool packet_reply(const uint8_t *packet, size_t len, uint16_t id, bool asks_parent, struct arena *arena,
	struct answer *answer)
{
	struct reader reader = {packet, len, 0};
	struct gathered found = {.count = 0};
	bool referral;

	if (!is_ours(&reader, id, &answer->asked))
		return false;
	found.values = arena_array(arena, RECORDS_MAX, sizeof *found.values);
	if ((packet[2] & FLAG_TC) != 0) {
		no_reply(answer, TROUBLE_TCP, "the reply is too long for UDP");
		return true;
	}
	referral = get16(packet + 6) == 0 && (packet[2] & FLAG_AA) == 0;
	if (!read_section(&reader, get16(packet + 6), true, answer, arena, &found) ||
		!read_section(&reader, get16(packet + 8), referral && asks_parent, answer, arena, &found))
		found.malformed = true;
	if (found.malformed)
		no_reply(answer, TROUBLE_BROKEN, "the name server's reply is malformed");
	else
		judge(packet, &found, referral && found.other_servers && !found.end_of_zone, answer);
	return true;
}
