/* dns/: what arrives from outside: record data from the wire, libunbound's log, names, resolv.conf. */
#include "base/arena.h"
#include "dns/failures.h"
#include "dns/name.h"
#include "dns/packet.h"
#include "dns/rdata.h"
#include "dns/resolvers.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof(array)[0])
#define WIRE(octets) octets, sizeof octets - 1

static void record_data(void **state)
{
	static const struct {
		enum rr_type type;
		const char *wire;
		size_t len;
		const char *text; /* NULL: malformed */
		size_t string_count;
	} rows[] = {
		{RR_A, WIRE("\xc0\x00\x02\x01"), "192.0.2.1", 0},
		{RR_A, WIRE("\xc0\x00\x02"), NULL, 0},
		{RR_A, WIRE("\xc0\x00\x02\x01\x00"), NULL, 0},
		{RR_AAAA, WIRE("\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x01"), "2001:db8::1", 0},
		{RR_AAAA, WIRE("\xc0\x00\x02\x01"), NULL, 0},
		/* names: RFC 1035 section 3.1 */
		{RR_PTR,
			WIRE("\x04Host\x07"
			     "example\0"),
			"host.example", 0},
		{RR_NS, WIRE("\0"), ".", 0},
		{RR_CNAME,
			WIRE("\x03"
			     "a.b\x01\0\x01\\\0"),
			"a\\046b.\\000.\\", 0},
		{RR_CNAME, WIRE(""), NULL, 0},
		{RR_CNAME, WIRE("\x04Host"), NULL, 0},    /* no root */
		{RR_CNAME, WIRE("\x05Host\0"), NULL, 0},  /* label over the end */
		{RR_CNAME, WIRE("\x04Host\0x"), NULL, 0}, /* octets behind */
		{RR_CNAME, WIRE("\xc0\x0c"), NULL, 0},    /* a compression pointer */
		{RR_CNAME, WIRE("\x40Host\0"), NULL, 0},
		{RR_MX, WIRE("\x00\x0a\x02mX\0"), "10 mx", 0},
		{RR_MX, WIRE("\xff\xff\0"), "65535 .", 0},
		{RR_MX, WIRE("\x00\x0a"), NULL, 0},
		/* TXT: RFC 1035 section 3.3.14 */
		{RR_TXT, WIRE("\x03one\x00\x03Two"), "oneTwo", 3},
		{RR_TXT, WIRE("\x00"), "", 1},
		{RR_SPF, WIRE("\x01x"), "x", 1},
		{RR_TXT, WIRE(""), NULL, 0},
		{RR_TXT, WIRE("\x04one"), NULL, 0},
		{(enum rr_type)6, WIRE("\0\0"), NULL, 0},
	};
	struct arena *arena = arena_new();

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct rdata data;
		uint8_t *wire = malloc(rows[i].len == 0 ? 1 : rows[i].len); /* exact: an overrun shows */
		bool good;

		assert_non_null(wire);
		memcpy(wire, rows[i].wire, rows[i].len);
		good = rdata_read(rows[i].type, wire, rows[i].len, arena, &data);
		free(wire);
		assert_int_equal(good, rows[i].text != NULL);
		if (!good)
			continue;
		assert_string_equal(data.text, rows[i].text);
		assert_int_equal(data.len, strlen(rows[i].text));
		assert_int_equal(data.string_count, rows[i].string_count);
	}
	arena_free(&arena);
}

static void reasons_in_the_log(void **state)
{
#define FAILED "[17952] libunbound[1:0] error: SERVFAIL <odd?name.example. TXT IN>: "
	static const struct {
		const char *line;
		enum answer_trouble trouble;
		bool resting;
		const char *text;
	} rows[] = {
		{FAILED "all the configured stub or forward servers failed, at zone . from ::1 got "
			"SERVFAIL\n",
			TROUBLE_SERVFAIL, false, "the resolver answered SERVFAIL"},
		{FAILED "all servers failed, at zone . from 127.0.0.1 got REFUSED", TROUBLE_REFUSED, false,
			"the resolver answered REFUSED"},
		{FAILED "all servers failed, at zone . upstream server timeout", TROUBLE_TIMEOUT, false,
			"the resolver did not answer"},
		{FAILED "SERVFAIL in cache", TROUBLE_TIMEOUT, true, "the resolver did not answer"},
		{FAILED "no server to query nameserver addresses not usable", TROUBLE_TIMEOUT, true,
			"the resolver did not answer"},
		{FAILED "from 127.0.0.1 could not parse upstream response", TROUBLE_BROKEN, false,
			"the resolver's answer is malformed"},
		{FAILED "request has exceeded the maximum number restarts (eg. indirections) stop at x.",
			TROUBLE_LOOP, false, "the CNAME chain is circular or too long"},
		{FAILED "something new", TROUBLE_SERVFAIL, false, "the answer could not be completed"},
		{"[17952] libunbound[1:0] error: SERVFAIL <other.example. TXT IN>: upstream server timeout",
			TROUBLE_SERVFAIL, false, "the answer could not be completed"},
		{"SERVFAIL <", TROUBLE_SERVFAIL, false, "the answer could not be completed"},
		{"", TROUBLE_SERVFAIL, false, "the answer could not be completed"},
	};
	const struct question question = {.name = "odd\xffname.example", .type = RR_TXT, .server = ""};
	struct failures *failures = failures_new();

	(void)state;
	assert_int_equal(failures_find(failures, &question).trouble, TROUBLE_NONE);
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct failure failure;

		failures_read_line(failures, rows[i].line, strlen(rows[i].line));
		failure = failures_find(failures, &question);
		assert_int_equal(failure.trouble, rows[i].trouble);
		assert_int_equal(failure.resting, rows[i].resting);
		assert_string_equal(failure.text, rows[i].text);
	}
	failures_amend(failures, &question, TROUBLE_TCP, "no TCP");
	assert_string_equal(failures_find(failures, &question).text, "no TCP");
	failures_free(&failures);
	assert_null(failures);
}

static void names_are_escaped(void **state)
{
	char escaped[NAME_ESCAPED_SIZE], longest[NAME_SIZE];

	(void)state;
	name_escape("_a-1.b", escaped);
	assert_string_equal(escaped, "_a-1.b.");
	name_escape("a b\\\xff\"", escaped);
	assert_string_equal(escaped, "a\\032b\\092\\255\\034.");
	memset(longest, '*', sizeof longest - 1);
	longest[sizeof longest - 1] = '\0';
	name_escape(longest, escaped);
	assert_int_equal(strlen(escaped), 4 * 253 + 1);
}

static void resolvers(void **state)
{
	static const char file[] = "# comment\nnameserver 192.0.2.53\n nameserver\t::1 # home\n"
				   "nameserverx 192.0.2.1\nnameserver one.example\nsearch x\nnameserver\n"
				   "nameserver 192.0.2.54";
	static const struct {
		const char *item;
		bool good;
	} rows[] = {
		{"192.0.2.53", true},
		{"192.0.2.53@5353", true},
		{"::1", true},
		{"2001:db8::1@53", true},
		{"", false},
		{"one.example", false},
		{"192.0.2.53@", false},
		{"192.0.2.53@0", false},
		{"192.0.2.53@65536", false},
		{"192.0.2.53:53", false},
	};
	char path[] = "test_resolvers.XXXXXX";
	int fd = mkstemp(path);
	struct resolvers found;
	struct fault fault = {.text = ""};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct text_list list = {.items = &rows[i].item, .count = 1};

		assert_int_equal(resolvers_take(&found, &list, &fault), rows[i].good);
		assert_int_equal(found.count, rows[i].good);
	}
	assert_true(fd >= 0);
	assert_int_equal(write(fd, file, sizeof file - 1), (ssize_t)sizeof file - 1);
	assert_true(resolvers_read(&found, path, &fault));
	assert_int_equal(found.count, 3);
	assert_string_equal(found.servers[0], "192.0.2.53");
	assert_string_equal(found.servers[1], "::1");
	assert_string_equal(found.servers[2], "192.0.2.54");
	assert_int_equal(ftruncate(fd, 0), 0);
	assert_false(resolvers_read(&found, path, &fault));
	assert_non_null(strstr(fault.text, "no usable nameserver line"));
	(void)close(fd);
	(void)unlink(path);
	assert_false(resolvers_read(&found, path, &fault));
}

/* Replies to "a.b TXT" with the id 0x1234: RFC 1035 section 4. */
static void replies_of_name_servers(void **state)
{
#define REPLY(flags, counts)                                                                                 \
	"\x12\x34" flags "\0\x01" counts "\0\0\x01"                                                          \
	"A\x01"                                                                                              \
	"b\0\0\x10\0\x01"
#define AA "\x84\0"
#define TXT_RECORD "\xc0\x0c\0\x10\0\x01\0\0\0\x3c\0\x03\x02hi"
	static const struct {
		const char *packet;
		size_t len;
		bool ours;
		enum answer_kind kind;
		enum answer_trouble trouble;
	} rows[] = {
		{WIRE(REPLY(AA, "\0\x01\0\0") TXT_RECORD), true, ANSWER_RECORDS, TROUBLE_NONE},
		{WIRE(REPLY(AA, "\0\0\0\0")), true, ANSWER_NO_RECORD, TROUBLE_NONE},
		{WIRE(REPLY("\x84\x03", "\0\0\0\0")), true, ANSWER_NO_NAME, TROUBLE_NONE},
		/* out of a cache: not authoritative */
		{WIRE(REPLY("\x80\x80", "\0\x01\0\0") TXT_RECORD), true, ANSWER_NO_REPLY, TROUBLE_REFUSED},
		{WIRE(REPLY("\x80\x03", "\0\0\0\0")), true, ANSWER_NO_REPLY, TROUBLE_REFUSED},
		{WIRE(REPLY("\x80\x05", "\0\0\0\0")), true, ANSWER_NO_REPLY, TROUBLE_REFUSED},
		{WIRE(REPLY("\x80\x02", "\0\0\0\0")), true, ANSWER_NO_REPLY, TROUBLE_SERVFAIL},
		{WIRE(REPLY("\x86\0", "\0\0\0\0")), true, ANSWER_NO_REPLY, TROUBLE_TCP},
		/* a record is missing; is cut; its owner points to itself; its string is over its end */
		{WIRE(REPLY(AA, "\0\x02\0\0") TXT_RECORD), true, ANSWER_NO_REPLY, TROUBLE_BROKEN},
		{WIRE(REPLY(AA, "\0\x01\0\0") "\xc0\x0c\0\x10"), true, ANSWER_NO_REPLY, TROUBLE_BROKEN},
		{WIRE(REPLY(AA, "\0\x01\0\0") "\xc0\x15\0\x10\0\x01\0\0\0\x3c\0\0"), true, ANSWER_NO_REPLY,
			TROUBLE_BROKEN},
		{WIRE(REPLY(AA, "\0\x01\0\0") "\xc0\x0c\0\x10\0\x01\0\0\0\x3c\0\x02\x02h"), true,
			ANSWER_NO_REPLY, TROUBLE_BROKEN},
		/* the question itself; another id; another name; too short */
		{WIRE(REPLY("\0\0", "\0\0\0\0")), false, ANSWER_NO_REPLY, TROUBLE_NONE},
		{WIRE("\x12\x35" AA "\0\x01\0\0\0\0\0\0\x01"
		      "a\x01"
		      "b\0\0\x10\0\x01"),
			false, ANSWER_NO_REPLY, TROUBLE_NONE},
		{WIRE("\x12\x34" AA "\0\x01\0\0\0\0\0\0\x01"
		      "a\x01"
		      "c\0\0\x10\0\x01"),
			false, ANSWER_NO_REPLY, TROUBLE_NONE},
		{WIRE("\x12\x34" AA), false, ANSWER_NO_REPLY, TROUBLE_NONE},
	};
	struct arena *arena = arena_new();

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		uint8_t *packet = malloc(rows[i].len); /* exact: an overrun shows */
		struct answer answer = {.asked = {"a.b", RR_TXT, ASK_AUTHORITY, "ns.b"},
			.kind = ANSWER_NO_REPLY,
			.trouble_text = ""};

		assert_non_null(packet);
		memcpy(packet, rows[i].packet, rows[i].len);
		assert_int_equal(
			packet_reply(packet, rows[i].len, 0x1234, false, arena, &answer), rows[i].ours);
		free(packet);
		assert_int_equal(answer.kind, rows[i].kind);
		assert_int_equal(answer.trouble, rows[i].trouble);
		assert_int_equal(answer.count, rows[i].kind == ANSWER_RECORDS);
		if (answer.count == 1) {
			assert_string_equal(answer.values[0].text, "hi");
			assert_int_equal(answer.ttl, 60);
		}
	}
	arena_free(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(replies_of_name_servers),
		cmocka_unit_test(record_data),
		cmocka_unit_test(reasons_in_the_log),
		cmocka_unit_test(names_are_escaped),
		cmocka_unit_test(resolvers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
