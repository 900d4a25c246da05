/* session/pool_guard: sessions that get ready at one instant do not wait for each other's callbacks, and none
 * waits for good. */
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
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

/* 32 sessions took eleven callbacks' time when they shared the waiting threads. */
enum { SESSIONS = 32, CALLBACK_MS = 400, LONGEST_MS = 4 * CALLBACK_MS };
enum { THREADS_FEW = 16, CROWD = 600, FOR_GOOD_MS = 60000, PATIENCE_S = 10 };

static char socket_path[64];
static unsigned callback_ms = CALLBACK_MS;

static sfsistat slow_helo(SMFICTX *context, char *name)
{
	(void)context;
	(void)name;
	(void)usleep(callback_ms * 1000);
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

/* In a process of its own, which does that first. */
static pid_t serve_apart(void (*prepare)(void))
{
	pid_t server;

	(void)snprintf(socket_path, sizeof socket_path, "unix:/tmp/sekisho-pool-%d.sock", (int)getpid());
	server = fork();
	if (server != 0)
		return server;
	if (prepare != NULL)
		prepare();
	serve();
	return -1;
}

/* -1: nobody is there. */
static int connect_once(void)
{
	const struct timeval patience = {.tv_sec = PATIENCE_S};
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	(void)setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
	(void)snprintf(address.sun_path, sizeof address.sun_path, "%s", strchr(socket_path, ':') + 1);
	if (connect(fd, (struct sockaddr *)&address, sizeof address) == 0)
		return fd;
	(void)close(fd);
	return -1;
}

static int connect_to_it(void)
{
	for (int tries = 0; tries < 100; tries++) {
		int fd = connect_once();

		if (fd >= 0)
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
	server = serve_apart(NULL);
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

/* Memory for so many more threads; each that serves a session does so for good. */
static void limit_threads(void)
{
	FILE *file = fopen("/proc/self/statm", "r");
	unsigned long pages = 0;
	struct rlimit limit;

	callback_ms = FOR_GOOD_MS;
	if (file == NULL || fscanf(file, "%lu", &pages) != 1)
		_exit(2);
	(void)fclose(file);
	limit.rlim_cur = limit.rlim_max =
		pages * (unsigned long)sysconf(_SC_PAGESIZE) + ((unsigned long)THREADS_FEW << 20);
	if (setrlimit(RLIMIT_AS, &limit) != 0)
		_exit(2);
}

/* A session with a callback under way; the server may be gone. */
static void begin_to_wait(int fd)
{
	const uint32_t offer[3] = {htonl(6), htonl(SMFI_CURR_ACTS), htonl((uint32_t)SMFI_CURR_PROT)};
	char packets[64] = {[3] = sizeof offer + 1, SMFIC_OPTNEG};
	size_t len = 5 + sizeof offer;

	memcpy(packets + 5, offer, sizeof offer);
	memcpy(packets + len, "\0\0\0\6" /* the length */ "Hhelo", 10);
	(void)send(fd, packets, len + 10, MSG_NOSIGNAL);
}

/* Its status; one that does not end is killed. */
static int status_of(pid_t server)
{
	int status = 0;

	for (int tries = 0; tries < PATIENCE_S * 10; tries++) {
		if (waitpid(server, &status, WNOHANG) == server)
			return status;
		(void)usleep(100000);
	}
	(void)kill(server, SIGKILL);
	(void)waitpid(server, &status, 0);
	return status;
}

/* None is left waiting for an answer that nobody gives. */
static void without_a_thread(void **state)
{
	const char *preloaded = getenv("LD_PRELOAD");
	int sessions[CROWD], status;
	size_t count = 0;
	pid_t server;

	(void)state;
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
	skip();
#endif
	if (preloaded != NULL && strstr(preloaded, "vgpreload") != NULL)
		skip(); /* valgrind needs memory of its own */
	server = serve_apart(limit_threads);
	sessions[count++] = connect_to_it();
	while (sessions[count - 1] >= 0 && count < CROWD) { /* until nobody is there */
		begin_to_wait(sessions[count - 1]);
		(void)usleep(20000);
		sessions[count++] = connect_once();
	}
	status = status_of(server);
	while (count > 0)
		if (sessions[--count] >= 0)
			(void)close(sessions[count]);
	(void)unlink(strchr(socket_path, ':') + 1);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bursts),
		cmocka_unit_test(without_a_thread),
	};

	return cmocka_run_group_tests_name("libmilter's pool", tests, NULL, NULL);
}
