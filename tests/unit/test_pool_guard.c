/* session/pool_guard: sessions that get ready at one instant do not wait for each other's callbacks. */
#include "session/pool_guard.h"

#include "base/clock.h"

#include <arpa/inet.h>
#include <libmilter/mfapi.h>
#include <libmilter/mfdef.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

/* 32 sessions took eleven callbacks' time when they shared the waiting threads. */
enum { SESSIONS = 32, CALLBACK_MS = 1000, LONGEST_MS = 4 * CALLBACK_MS };

static char socket_path[64];

static sfsistat slow_helo(SMFICTX *context, char *name)
{
	(void)context;
	(void)name;
	(void)usleep(CALLBACK_MS * 1000);
	return SMFIS_CONTINUE;
}

static void serve(void)
{
	char name[] = "slow";
	const struct smfiDesc description = {
		.xxfi_name = name, .xxfi_version = SMFI_VERSION, .xxfi_helo = slow_helo};

	pool_guard_arm();
	if (smfi_register(description) == MI_SUCCESS && smfi_setconn(socket_path) == MI_SUCCESS)
		(void)smfi_main();
	_exit(1);
}

static int connect_to_it(void)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	(void)snprintf(address.sun_path, sizeof address.sun_path, "%s", strchr(socket_path, ':') + 1);
	for (int tries = 0; tries < 100; tries++) {
		if (connect(fd, (struct sockaddr *)&address, sizeof address) == 0)
			return fd;
		(void)usleep(100000);
	}
	fail_msg("the milter does not answer");
	return -1;
}

static void put(int fd, char command, const void *octets, size_t len)
{
	char packet[64];
	uint32_t size = htonl((uint32_t)len + 1);

	memcpy(packet, &size, sizeof size);
	packet[4] = command;
	memcpy(packet + 5, octets, len);
	assert_int_equal(send(fd, packet, len + 5, MSG_NOSIGNAL), (ssize_t)len + 5);
}

static char answer(int fd)
{
	char packet[64];
	uint32_t size;

	assert_int_equal(recv(fd, &size, sizeof size, MSG_WAITALL), sizeof size);
	size = ntohl(size);
	assert_in_range(size, 1, sizeof packet);
	assert_int_equal(recv(fd, packet, size, MSG_WAITALL), size);
	return packet[0];
}

static int64_t burst(const int *sessions)
{
	int64_t begun_ms = clock_monotonic_ms();

	for (size_t i = 0; i < SESSIONS; i++)
		put(sessions[i], SMFIC_HELO, "helo", sizeof "helo");
	for (size_t i = 0; i < SESSIONS; i++)
		assert_int_equal(answer(sessions[i]), SMFIR_CONTINUE);
	return clock_monotonic_ms() - begun_ms;
}

/* The second and the third have threads of the one before. */
static void bursts(void **state)
{
	const uint32_t offer[3] = {htonl(6), htonl(SMFI_CURR_ACTS), htonl((uint32_t)SMFI_CURR_PROT)};
	int sessions[SESSIONS];
	int64_t took_ms[3];
	pid_t server;

	(void)state;
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
	skip(); /* the guard is not there */
#endif
	(void)snprintf(socket_path, sizeof socket_path, "unix:/tmp/sekisho-pool-%d.sock", (int)getpid());
	server = fork();
	if (server == 0)
		serve();
	for (size_t i = 0; i < SESSIONS; i++) {
		sessions[i] = connect_to_it();
		put(sessions[i], SMFIC_OPTNEG, offer, sizeof offer);
		assert_int_equal(answer(sessions[i]), SMFIC_OPTNEG);
	}
	for (size_t i = 0; i < 3; i++)
		took_ms[i] = burst(sessions);
	(void)kill(server, SIGKILL);
	(void)waitpid(server, NULL, 0);
	(void)unlink(strchr(socket_path, ':') + 1);
	for (size_t i = 0; i < SESSIONS; i++)
		(void)close(sessions[i]);
	for (size_t i = 0; i < 3; i++) {
		print_message(
			"%d sessions, callbacks of %d ms: %d ms\n", SESSIONS, CALLBACK_MS, (int)took_ms[i]);
		assert_in_range(took_ms[i], CALLBACK_MS, LONGEST_MS);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bursts),
	};

	return cmocka_run_group_tests_name("libmilter's pool", tests, NULL, NULL);
}
