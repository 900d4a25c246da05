/* service/: what a worker in its sandbox can do, and what ends it. Each row in a process of its own. */
#include "service/call_filter.h"
#include "service/file_fence.h"

#include <errno.h>
#include <fcntl.h>
#include <iconv.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static char folder[] = "/tmp/sekisho-sandbox.XXXXXX";

/* What became of the process: 0 it could, an errno, or minus the signal that ended it. */
enum { SKIPPED = 200 };

static int try_write(const char *name)
{
	char path[256];
	int fd;

	(void)snprintf(path, sizeof path, "%s/%s", folder, name);
	fd = open(path, O_WRONLY | O_CREAT, 0600);
	return fd >= 0 && write(fd, "x", 1) == 1 ? 0 : errno;
}

static int write_inside(void)
{
	return try_write("state/file");
}

static int write_outside(void)
{
	return try_write("other");
}

static int append_outside(void)
{
	return try_write("there");
}

static int read_outside(void)
{
	char path[256];
	char octet;
	int fd;

	(void)snprintf(path, sizeof path, "%s/there", folder);
	fd = open(path, O_RDONLY);
	return fd >= 0 && read(fd, &octet, 1) >= 0 ? 0 : errno;
}

static int rename_out(void)
{
	char from[256];
	char to[256];

	(void)snprintf(from, sizeof from, "%s/state/old", folder);
	(void)snprintf(to, sizeof to, "%s/new", folder);
	return rename(from, to) == 0 ? 0 : errno;
}

static int make_folder_inside(void)
{
	char path[256];

	(void)snprintf(path, sizeof path, "%s/state/folder", folder);
	return mkdir(path, 0700) == 0 ? 0 : errno;
}

static int write_to_null(void)
{
	int fd = open("/dev/null", O_WRONLY);

	return fd >= 0 && write(fd, "x", 1) == 1 ? 0 : errno;
}

static int start_program(void)
{
	char *const arguments[] = {(char *)"true", NULL};

	(void)execv("/bin/true", arguments);
	return errno;
}

static void *nothing(void *argument)
{
	return argument;
}

static int start_thread(void)
{
	pthread_t thread;
	int trouble = pthread_create(&thread, NULL, nothing, NULL);

	return trouble != 0 ? trouble : pthread_join(thread, NULL);
}

static int start_process(void)
{
	pid_t child = fork();

	if (child == 0)
		_exit(0);
	return child > 0 ? 0 : errno;
}

static int trace_parent(void)
{
	return ptrace(PTRACE_ATTACH, getppid(), NULL, NULL) == 0 ? 0 : errno;
}

static int signal_parent(void)
{
	return kill(getppid(), 0) == 0 ? 0 : errno;
}

static int signal_parent_thread(void)
{
	return syscall(SYS_tgkill, getppid(), getppid(), 0) == 0 ? 0 : errno;
}

static int end_ourselves(void)
{
	abort();
}

static int become_root(void)
{
	return setuid(0) == 0 ? 0 : errno;
}

static int new_namespace(void)
{
	return syscall(SYS_unshare, 0x10000000 /* CLONE_NEWUSER */) == 0 ? 0 : errno;
}

static int open_socket(int family, int type)
{
	return socket(family, type, 0) >= 0 ? 0 : errno;
}

static int inet_socket(void)
{
	return open_socket(AF_INET, SOCK_DGRAM);
}

static int unix_socket(void)
{
	return open_socket(AF_UNIX, SOCK_STREAM);
}

static int netlink_socket(void)
{
	return open_socket(AF_NETLINK, SOCK_RAW);
}

static int packet_socket(void)
{
	return open_socket(AF_PACKET, SOCK_RAW);
}

static int map(int protection)
{
	return mmap(NULL, 4096, protection, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) != MAP_FAILED ? 0 : errno;
}

static int map_memory(void)
{
	return map(PROT_READ | PROT_WRITE);
}

static int map_written_code(void)
{
	return map(PROT_READ | PROT_WRITE | PROT_EXEC);
}

static int turn_into_code(void)
{
	void *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return mprotect(page, 4096, PROT_READ | PROT_EXEC) == 0 ? 0 : errno;
}

/* The diagnosis needs it, and the C library loads code for it. */
static int convert_japanese(void)
{
	iconv_t conversion = iconv_open("UTF-8", "ISO-2022-JP");

	return conversion != (iconv_t)-1 ? iconv_close(conversion) : errno;
}

static int read_limit(void)
{
	struct rlimit limit;

	return getrlimit(RLIMIT_NOFILE, &limit) == 0 ? 0 : errno;
}

static int set_limit(void)
{
	struct rlimit limit;

	return getrlimit(RLIMIT_NOFILE, &limit) == 0 && setrlimit(RLIMIT_NOFILE, &limit) == 0 ? 0 : errno;
}

static int be_nice(void)
{
	return setpriority(PRIO_PROCESS, 0, 10) == 0 ? 0 : errno;
}

static int unknown_call(void)
{
	return syscall(SYS_splice, -1, NULL, -1, NULL, 0, 0) >= 0 ? 0 : errno;
}

static bool close_in(bool fence, bool filter)
{
	char file[256];
	const char *const files[] = {file, ""};
	struct fault fault = {""};

	(void)snprintf(file, sizeof file, "%s/state/keys.db", folder);
	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
	       (!fence || file_fence_raise(files, COUNT(files), &fault)) &&
	       (!filter || call_filter_install(&fault));
}

static int outcome(int (*attempt)(void), bool fence, bool filter)
{
	pid_t child = fork();
	int status = 0;

	if (child == 0)
		_exit(close_in(fence, filter) ? attempt() : SKIPPED);
	assert_int_equal(waitpid(child, &status, 0), child);
	return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
}

struct row {
	const char *what;
	int (*attempt)(void);
	int expected;
};

static void judge(const struct row *rows, size_t count, bool fence, bool filter)
{
	for (size_t i = 0; i < count; i++) {
		int got = outcome(rows[i].attempt, fence, filter);

		if (got == SKIPPED) {
			print_message("not here: %s\n", fence ? "Landlock" : "seccomp");
			skip();
		}
		print_message("%s: %d\n", rows[i].what, got);
		assert_int_equal(got, rows[i].expected);
	}
}

static void calls(void **state)
{
	static const struct row rows[] = {
		{"a thread", start_thread, 0},
		{"memory", map_memory, 0},
		{"a socket for DNS", inet_socket, 0},
		{"a socket for the log", unix_socket, 0},
		{"Japanese", convert_japanese, 0},
		{"a look at a limit", read_limit, 0},
		{"a lower priority", be_nice, 0},
		{"abort", end_ourselves, -SIGABRT},
		{"a program", start_program, -SIGSYS},
		{"a look into another process", trace_parent, -SIGSYS},
		{"root", become_root, -SIGSYS},
		{"a user namespace", new_namespace, -SIGSYS},
		{"a process", start_process, EPERM}, /* the C library takes clone */
		{"a signal to another process", signal_parent, EPERM},
		{"the same by thread", signal_parent_thread, EPERM},
		{"a netlink socket", netlink_socket, EPERM},
		{"a packet socket", packet_socket, EPERM},
		{"memory to write code into", map_written_code, EPERM},
		{"written memory as code", turn_into_code, EPERM},
		{"another limit", set_limit, EPERM},
		{"what nobody thought of", unknown_call, EPERM},
	};

	(void)state;
	judge(rows, COUNT(rows), false, true);
}

static void files(void **state)
{
	static const struct row rows[] = {
		{"writing in the state folder", write_inside, 0},
		{"reading elsewhere", read_outside, 0},
		{"/dev/null", write_to_null, 0},
		{"a new file elsewhere", write_outside, EACCES},
		{"a file that is there elsewhere", append_outside, EACCES},
		{"moving a file out", rename_out, EACCES},
		{"a folder in the state folder", make_folder_inside, EACCES},
		{"a program", start_program, EACCES},
	};

	(void)state;
	judge(rows, COUNT(rows), true, false);
}

static int make_files(void **state)
{
	static const char *const names[] = {"there", "state/old"};
	char path[256];

	(void)state;
	if (mkdtemp(folder) == NULL)
		return -1;
	(void)snprintf(path, sizeof path, "%s/state", folder);
	if (mkdir(path, 0700) != 0)
		return -1;
	for (size_t i = 0; i < COUNT(names); i++) {
		int fd;

		(void)snprintf(path, sizeof path, "%s/%s", folder, names[i]);
		fd = open(path, O_WRONLY | O_CREAT, 0600);
		if (fd < 0 || close(fd) != 0)
			return -1;
	}
	return 0;
}

static int remove_files(void **state)
{
	static const char *const names[] = {
		"there", "other", "new", "state/old", "state/file", "state/folder", "state", ""};
	char path[256];

	(void)state;
	for (size_t i = 0; i < COUNT(names); i++) {
		(void)snprintf(path, sizeof path, "%s/%s", folder, names[i]);
		(void)remove(path);
	}
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(calls), cmocka_unit_test(files)};
	const char *preloaded = getenv("LD_PRELOAD");

	/* whose own calls would be the ones that are refused */
	if (preloaded != NULL && strstr(preloaded, "vgpreload") != NULL)
		return 77;
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
	return 77;
#endif
	return cmocka_run_group_tests(tests, make_files, remove_files);
}
