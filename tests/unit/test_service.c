/* service/: the socket option and what it opens, the pid file, the gate, the name of the host. */
#include "message/local_part.h"
#include "service/gate.h"
#include "service/heap.h"
#include "service/host_name.h"
#include "service/listener.h"
#include "service/pid_file.h"
#include "service/site_secret.h"
#include "service/state_folder.h"
#include "settings/settings.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static void address_forms(void **state)
{
	static const struct {
		const char *text;
		bool good;
		enum listen_kind kind;
		const char *path, *host, *port;
	} rows[] = {
		{"unix:/run/sekisho/sekisho.sock", true, LISTEN_UNIX, "/run/sekisho/sekisho.sock", "", ""},
		{"local:/a", true, LISTEN_UNIX, "/a", "", ""},
		{"inet:8891@127.0.0.1", true, LISTEN_INET, "", "127.0.0.1", "8891"},
		{"INET:8891@localhost", true, LISTEN_INET, "", "localhost", "8891"},
		{"inet6:8891@::1", true, LISTEN_INET6, "", "::1", "8891"},
		{"inet6:8891@[::1]", true, LISTEN_INET6, "", "::1", "8891"},
		{"inet:8891@*", true, LISTEN_INET, "", "*", "8891"},
		{"unix:relative.sock", false, LISTEN_UNIX, "", "", ""},
		{"unix:", false, LISTEN_UNIX, "", "", ""},
		{"/run/sekisho.sock", false, LISTEN_UNIX, "", "", ""},
		{"inet:8891", false, LISTEN_INET, "", "", ""}, /* which address? an open port is no default */
		{"inet:@127.0.0.1", false, LISTEN_INET, "", "", ""},
		{"inet:8891@", false, LISTEN_INET, "", "", ""},
		{"inet6:8891@[]", false, LISTEN_INET6, "", "", ""},
		{"tcp:1@2", false, LISTEN_UNIX, "", "", ""},
		{"", false, LISTEN_UNIX, "", "", ""},
	};
	struct fault fault;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct listen_address address;

		fault.text[0] = '\0';
		print_message("\"%s\"\n", rows[i].text);
		assert_int_equal(listen_address_parse(rows[i].text, &address, &fault), rows[i].good);
		assert_int_equal(fault.text[0] == '\0', rows[i].good);
		if (!rows[i].good)
			continue;
		assert_int_equal(address.kind, rows[i].kind);
		assert_string_equal(address.path, rows[i].path);
		assert_string_equal(address.host, rows[i].host);
		assert_string_equal(address.port, rows[i].port);
	}
}

static void longest_paths(void **state)
{
	struct listen_address address;
	struct fault fault;
	char text[200];

	(void)state;
	for (int len = 106; len <= 109; len++) {
		(void)snprintf(text, sizeof text, "unix:/%0*d", len - 1, 0);
		assert_int_equal(listen_address_parse(text, &address, &fault), len <= 107); /* unix(7) */
	}
}

static char folder[] = "/tmp/sekisho-service.XXXXXX";

static int make_folder(void **state)
{
	(void)state;
	return mkdtemp(folder) == NULL;
}

static int remove_folder(void **state)
{
	(void)state;
	return rmdir(folder);
}

static struct listen_address unix_address(const char *name)
{
	struct listen_address address = {.kind = LISTEN_UNIX};

	(void)snprintf(address.path, sizeof address.path, "%s/%s", folder, name);
	return address;
}

static const struct listen_owner nobody_special = {.user = (uid_t)-1, .group = (gid_t)-1, .mode = 0640};

/* A dead socket is taken over, a live one and a plain file are left alone. */
static void stale_and_live(void **state)
{
	struct listen_address address = unix_address("a.sock");
	struct fault fault = {""};
	struct stat there;
	int first = listener_open(&address, &nobody_special, &fault);
	int second;
	FILE *file;

	(void)state;
	assert_true(first >= 0);
	assert_int_equal(stat(address.path, &there), 0);
	assert_int_equal(there.st_mode & 0777, 0640);
	assert_int_equal(listener_open(&address, &nobody_special, &fault), -1);
	assert_non_null(strstr(fault.text, "another process answers"));
	(void)close(first); /* as after kill -9: the path stays */
	second = listener_open(&address, &nobody_special, &fault);
	assert_true(second >= 0);
	listener_close(&second, &address);
	assert_int_equal(second, -1);
	assert_int_equal(access(address.path, F_OK), -1);
	file = fopen(address.path, "w");
	assert_non_null(file);
	(void)fclose(file);
	assert_int_equal(listener_open(&address, &nobody_special, &fault), -1);
	assert_non_null(strstr(fault.text, "something else"));
	assert_int_equal(unlink(address.path), 0);
}

static void no_such_folder(void **state)
{
	struct listen_address address = unix_address("none/a.sock");
	struct fault fault = {""};

	(void)state;
	assert_int_equal(listener_open(&address, &nobody_special, &fault), -1);
	assert_non_null(strstr(fault.text, address.path));
	assert_non_null(strstr(fault.text, "uid"));
}

static void one_instance(void **state)
{
	struct fault fault = {""};
	char path[200];
	char other[200];
	int fd, again;

	(void)state;
	(void)snprintf(path, sizeof path, "%s/pid", folder);
	(void)snprintf(other, sizeof other, "%s/none/pid", folder);
	fd = pid_file_take(path, &fault);
	assert_true(fd >= 0);
	assert_int_equal(pid_file_take(path, &fault), -1);
	assert_non_null(strstr(fault.text, "another sekishod is running"));
	pid_file_release(&fd, path);
	again = pid_file_take(path, &fault);
	assert_true(again >= 0);
	assert_string_equal(fault.text, "");
	pid_file_release(&again, path);
	assert_int_equal(access(path, F_OK), -1);
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_int_equal(pid_file_take(path, &fault), -1);
	assert_non_null(strstr(fault.text, "somebody else"));
	assert_int_equal(unlink(path), 0);
	assert_int_equal(symlink("/dev/null", path), 0);
	assert_int_equal(pid_file_take(path, &fault), -1);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(close(open(path, O_WRONLY | O_CREAT, 0600)), 0);
	if (geteuid() == 0) {
		assert_int_equal(chown(path, 65534, 65534), 0);
		assert_int_equal(pid_file_take(path, &fault), -1);
		assert_non_null(strstr(fault.text, "somebody else"));
	}
	assert_int_equal(unlink(path), 0);
	assert_int_equal(pid_file_take(other, &fault), -1);
	assert_non_null(strstr(fault.text, other));
	assert_int_equal(pid_file_take("", &fault), -1);
	assert_string_equal(fault.text, "");
}

static bool is_readable(int fd)
{
	struct pollfd watched = {.fd = fd, .events = POLLIN};

	return poll(&watched, 1, 100) == 1;
}

static int connection_to(const struct listen_address *address)
{
	struct sockaddr_un name = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	memcpy(name.sun_path, address->path, sizeof name.sun_path);
	if (connect(fd, (const struct sockaddr *)&name, sizeof name) == 0)
		return fd;
	(void)close(fd);
	return -1;
}

/* Shut, nothing arrives and nothing is refused; open again, what waited is there. */
static void gate(void **state)
{
	struct listen_address address = unix_address("gate.sock");
	struct fault fault = {""};
	struct gate door;
	int listening = listener_open(&address, &nobody_special, &fault);
	int client, accepted;

	(void)state;
	assert_true(listening >= 0);
	assert_true(gate_set_up(&door, listening, &fault));
	gate_shut(&door);
	client = connection_to(&address);
	assert_true(client >= 0);
	assert_false(is_readable(listening));
	assert_int_equal(accept(listening, NULL, NULL), -1);
	assert_int_equal(errno, EAGAIN);
	gate_open(&door);
	assert_true(is_readable(listening));
	accepted = accept(listening, NULL, NULL);
	assert_true(accepted >= 0);
	gate_wall_up(&door);
	gate_open(&door); /* too late */
	assert_false(is_readable(listening));
	assert_int_equal(connection_to(&address), -1); /* refused: nobody holds it any more */
	(void)close(accepted);
	(void)close(client);
	(void)close(door.dead);
	listener_close(&listening, &address);
	assert_false(descriptors_are_short());
}

static void full_host_names(void **state)
{
	static const struct {
		const char *hosts, *name, *expected;
	} rows[] = {
		{"127.0.0.1 localhost\n127.0.1.1 mx.example.org mx\n", "mx", "mx.example.org"},
		{"127.0.1.1\tmx\tmx.example.org # us\n", "mx", "mx.example.org"},
		{"192.0.2.1 mx mail.example.org mx.example.org", "MX", "mail.example.org"},
		{"127.0.1.1 # mx mx.example.org\n", "mx", NULL}, {"127.0.1.1 mx\n", "mx", NULL},
		{"127.0.1.1 mx2.example.org mx2\n", "mx", NULL}, {"", "mx", NULL},
		{"mx.example.org mx\n", "mx", NULL}, /* the first word is the address */
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		char full[HOST_NAME_SIZE];
		bool found = host_name_in(rows[i].hosts, rows[i].name, full);

		assert_int_equal(found, rows[i].expected != NULL);
		if (found)
			assert_string_equal(full, rows[i].expected);
	}
}

static void state_folders(void **state)
{
	char above[] = "/tmp/sekisho-state.XXXXXX";
	char path[256];
	char link[256];
	struct fault fault = {""};
	struct stat has;

	(void)state;
	assert_non_null(mkdtemp(above));
	(void)snprintf(path, sizeof path, "%s/state/keys.db", above);
	assert_true(state_folder_make(path, (uid_t)-1, (gid_t)-1, &fault));
	(void)snprintf(path, sizeof path, "%s/state", above);
	assert_int_equal(lstat(path, &has), 0);
	assert_int_equal(has.st_mode & 07777, 0750);
	assert_int_equal(has.st_uid, geteuid());
	/* one that is there is left alone, and nobody is given what a link points to */
	assert_int_equal(chmod(path, 0700), 0);
	(void)snprintf(link, sizeof link, "%s/link", above);
	assert_int_equal(symlink(path, link), 0);
	(void)snprintf(path, sizeof path, "%s/link/keys.db", above);
	assert_true(state_folder_make(path, 65534, 65534, &fault));
	assert_int_equal(stat(link, &has), 0);
	assert_int_equal(has.st_mode & 07777, 0700);
	assert_int_equal(has.st_uid, geteuid());
	/* the one above must be there */
	(void)snprintf(path, sizeof path, "%s/no/such/keys.db", above);
	assert_false(state_folder_make(path, (uid_t)-1, (gid_t)-1, &fault));
	assert_non_null(strstr(fault.text, "/no/such of "));
	assert_true(state_folder_make("", (uid_t)-1, (gid_t)-1, &fault));
	assert_true(state_folder_make("/keys.db", (uid_t)-1, (gid_t)-1, &fault));
	(void)unlink(link);
	(void)snprintf(path, sizeof path, "%s/state", above);
	assert_int_equal(rmdir(path), 0);
	assert_int_equal(rmdir(above), 0);
}

static void is_folder(const char *above, const char *name)
{
	char path[256];
	struct stat has;

	(void)snprintf(path, sizeof path, "%s/%s", above, name);
	assert_int_equal(lstat(path, &has), 0);
	assert_true(S_ISDIR(has.st_mode));
}

/* A whole secret stays; one that a power failure cut short is replaced, and it is said. */
static void secret_is_made_anew(const struct settings *settings, const char *path)
{
	static const off_t lengths[] = {0, 1, 31};
	struct local_part_mask first, again;
	struct fault fault = {""};
	struct stat has;

	first = site_secret_mask(settings, LOCAL_PART_HASH, &fault);
	assert_int_equal(first.kept, LOCAL_PART_HASH);
	assert_true(site_secret_make(settings, (uid_t)-1, (gid_t)-1, &fault));
	again = site_secret_mask(settings, LOCAL_PART_HASH, &fault);
	assert_memory_equal(first.secret, again.secret, sizeof first.secret);
	assert_string_equal(fault.text, "");
	for (size_t i = 0; i < COUNT(lengths); i++) {
		assert_int_equal(chmod(path, 0600), 0);
		assert_int_equal(truncate(path, lengths[i]), 0);
		assert_int_equal(site_secret_mask(settings, LOCAL_PART_HASH, &fault).kept, LOCAL_PART_NONE);
		assert_true(fault.text[0] != '\0');
		fault_set(&fault, "%s", "");
		assert_true(site_secret_make(settings, (uid_t)-1, (gid_t)-1, &fault));
		assert_non_null(strstr(fault.text, "was cut short and is made anew"));
		assert_int_equal(stat(path, &has), 0);
		assert_int_equal(has.st_mode & 07777, 0400);
		again = site_secret_mask(settings, LOCAL_PART_HASH, &fault);
		assert_int_equal(again.kept, LOCAL_PART_HASH);
		assert_memory_not_equal(first.secret, again.secret, sizeof first.secret);
	}
}

/* Every file that a worker or the writer has asked for has its folder, and one that cannot be made does not
 * hinder the next. */
static void state_folders_of_settings(void **state)
{
	static const char *const made[] = {"keys/evidence", "keys", "store", "spool"};
	char above[] = "/tmp/sekisho-state.XXXXXX";
	char keys[256], store[256], spool[256], secret[256];
	struct settings settings;
	struct fault fault = {""};
	struct stat has;

	(void)state;
	assert_non_null(mkdtemp(above));
	(void)snprintf(keys, sizeof keys, "%s/keys/keys.db", above);
	(void)snprintf(store, sizeof store, "sqlite:%s/store/verdicts.db", above);
	(void)snprintf(spool, sizeof spool, "%s/spool/spool", above);
	(void)snprintf(secret, sizeof secret, "%s/keys/secret", above);
	settings = (struct settings){
		.key_memory = keys, .store = store, .store_spool = spool, .log_local_part = LOCAL_PART_HASH};
	assert_true(state_folders_make(&settings, (uid_t)-1, (gid_t)-1, &fault));
	for (size_t i = 0; i < COUNT(made); i++)
		is_folder(above, made[i]);
	assert_int_equal(stat(secret, &has), 0);
	assert_int_equal(has.st_mode & 07777, 0400);
	assert_string_equal(fault.text, "");
	secret_is_made_anew(&settings, secret);
	(void)unlink(secret);
	for (size_t i = 0; i < COUNT(made); i++) {
		(void)snprintf(keys, sizeof keys, "%s/%s", above, made[i]);
		assert_int_equal(rmdir(keys), 0);
	}
	settings.key_memory = "/nonexistent/keys/keys.db";
	settings.log_local_part = LOCAL_PART_FULL;
	assert_false(state_folders_make(&settings, (uid_t)-1, (gid_t)-1, &fault));
	assert_non_null(strstr(fault.text, "/nonexistent/"));
	is_folder(above, "store");
	is_folder(above, "spool");
	(void)snprintf(keys, sizeof keys, "%s/store", above);
	assert_int_equal(rmdir(keys), 0);
	(void)snprintf(keys, sizeof keys, "%s/spool", above);
	assert_int_equal(rmdir(keys), 0);
	assert_int_equal(rmdir(above), 0);
}

static void heap_is_tidied(void **state)
{
	static const struct {
		int64_t at_ms;
		unsigned begun;
		bool at_work, tidied;
	} rows[] = {
		{100, 0, false, false}, /* nothing to tidy yet */
		{2000, 0, false, false},
		{2500, 1, false, false}, /* one came and went between two ticks */
		{3000, 1, false, false},
		{3500, 1, false, true}, /* quiet for a second */
		{4000, 1, false, false},
		{60000, 1, false, false}, /* once is enough */
		{60500, 9, true, false},
		{62000, 9, true, false}, /* one message, at work for long */
		{63500, 10, true, true}, /* a minute since the last time, under load */
		{64000, 11, true, false},
		{64500, 11, false, false},
		{65000, 11, false, true},
		{70000, UINT_MAX, false, false},
		{70500, 0, false, false}, /* the number wraps around */
		{71500, 0, false, true},
	};
	struct heap heap;

	(void)state;
	heap_set_up(&heap);
	for (size_t i = 0; i < COUNT(rows); i++)
		assert_int_equal(
			heap_tend(&heap, rows[i].begun, rows[i].at_work, rows[i].at_ms), rows[i].tidied);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(address_forms),
		cmocka_unit_test(state_folders),
		cmocka_unit_test(state_folders_of_settings),
		cmocka_unit_test(longest_paths),
		cmocka_unit_test(stale_and_live),
		cmocka_unit_test(no_such_folder),
		cmocka_unit_test(one_instance),
		cmocka_unit_test(gate),
		cmocka_unit_test(heap_is_tidied),
		cmocka_unit_test(full_host_names),
	};

	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
