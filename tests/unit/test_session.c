/* session/negotiate and session/client: what is agreed with an MTA, and who connected. */
#include "session/client.h"
#include "session/macro_guard.h"
#include "session/negotiate.h"

#include <arpa/inet.h>
#include <libmilter/mfapi.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/un.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static void agreements(void **state)
{
	static const struct {
		const char *mta;
		unsigned long actions, protocol;
		bool insert, delete, quarantine, skip, spaced, silent_header;
	} rows[] = {
		{"Postfix 3.7, protocol 6", SMFI_CURR_ACTS, SMFI_CURR_PROT, true, true, true, true, true,
			true},
		{"sendmail 8.13, protocol 2", SMFI_V2_ACTS, SMFI_V2_PROT, true, true, true, false, false,
			false},
		{"protocol 1", SMFI_V1_ACTS, SMFI_V1_PROT, true, false, false, false, false, false},
		{"no action allowed", 0, SMFI_CURR_PROT, false, false, false, true, true, true},
		{"nothing offered", 0, 0, false, false, false, false, false, false},
		{"bits of the future", 0xffffff00UL, 0xffe00000UL, false, false, false, false, false, false},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct agreement agreement = negotiate(rows[i].actions, rows[i].protocol);

		print_message("%s\n", rows[i].mta);
		assert_int_equal(agreement.actions & ~rows[i].actions, 0);
		assert_int_equal(agreement.protocol & ~rows[i].protocol, 0);
		assert_int_equal(agreement_may_insert(agreement), rows[i].insert);
		assert_int_equal(agreement_may_delete(agreement), rows[i].delete);
		assert_int_equal(agreement_may_quarantine(agreement), rows[i].quarantine);
		assert_int_equal(agreement_may_skip_body(agreement), rows[i].skip);
		assert_int_equal(agreement_keeps_leading_space(agreement), rows[i].spaced);
		assert_int_equal(agreement_is_silent(agreement, SMFIP_NR_HDR), rows[i].silent_header);
	}
}

/* What we need from the MTA must never be switched off by us. */
static void wanted_commands(void **state)
{
	struct agreement agreement = negotiate(SMFI_CURR_ACTS, SMFI_CURR_PROT);

	(void)state;
	assert_int_equal(agreement.protocol & (SMFIP_NOCONNECT | SMFIP_NOHELO | SMFIP_NOMAIL | SMFIP_NORCPT |
						      SMFIP_NOBODY | SMFIP_NOHDRS | SMFIP_NOEOH),
		0);
	assert_int_equal(
		agreement.protocol & (SMFIP_NOUNKNOWN | SMFIP_NODATA), SMFIP_NOUNKNOWN | SMFIP_NODATA);
	assert_int_equal(agreement.protocol & SMFIP_NR_BODY, 0); /* SMFIS_SKIP must be heard */
}

static void addresses(void **state)
{
	static const struct {
		int family;
		const char *address, *macro, *expected;
	} rows[] = {
		{AF_INET, "192.0.2.1", "", "192.0.2.1"},
		{AF_INET, "192.0.2.1", "198.51.100.7", "192.0.2.1"},
		{AF_INET6, "2001:db8::1", "", "2001:db8::1"},
		{AF_INET6, "::ffff:203.0.113.5", "", "203.0.113.5"}, /* RFC 7208 section 5 */
		{AF_UNIX, "", "", "unknown"},
		{AF_UNIX, "", "198.51.100.7", "198.51.100.7"},
		{AF_UNSPEC, "", "IPv6:2001:db8::2", "2001:db8::2"},
		{AF_UNSPEC, "", "unknown", "unknown"}, /* never 127.0.0.1 */
		{AF_UNSPEC, "", "localhost", "unknown"},
		{-1, "", "198.51.100.7", "198.51.100.7"}, /* libmilter hands over NULL */
		{-1, "", "", "unknown"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct sockaddr_storage storage = {0};
		struct netaddr client;
		char text[NETADDR_TEXT_SIZE];

		storage.ss_family = (sa_family_t)rows[i].family;
		if (rows[i].family == AF_INET)
			assert_int_equal(inet_pton(AF_INET, rows[i].address,
						 &((struct sockaddr_in *)&storage)->sin_addr),
				1);
		if (rows[i].family == AF_INET6)
			assert_int_equal(inet_pton(AF_INET6, rows[i].address,
						 &((struct sockaddr_in6 *)&storage)->sin6_addr),
				1);
		client = client_address(
			rows[i].family < 0 ? NULL : (const struct sockaddr *)&storage, rows[i].macro);
		assert_string_equal(netaddr_format(&client, text), rows[i].expected);
	}
}

static void names(void **state)
{
	static const char *const rows[][2] = {
		{"mail.example.org", "mail.example.org"},
		{"unknown", ""},
		{"UNKNOWN", ""},
		{"[192.0.2.1]", ""},
		{"", ""},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		assert_string_equal(client_name(rows[i][0]), rows[i][1]);
}

static void macro_pairs(void **state)
{
	static const struct {
		const char *octets;
		size_t len, expected;
	} rows[] = {
		{"", 0, 0},
		{"M", 1, 1},
		{"Mi\0Q1\0", 6, 6},
		{"Mi\0Q1\0{a}\0", 10, 6}, /* a name alone: libmilter would read on behind it */
		{"Mi\0", 3, 1},
		{"Mi\0Q1", 5, 1}, /* a value without its end */
		{"Mi\0\0j\0mx\0", 9, 9},
		{"M\0\0\0", 4, 3},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		assert_int_equal(macro_pairs_len(rows[i].octets, rows[i].len), rows[i].expected);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(agreements),
		cmocka_unit_test(wanted_commands),
		cmocka_unit_test(addresses),
		cmocka_unit_test(names),
		cmocka_unit_test(macro_pairs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
