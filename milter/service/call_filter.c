#include "service/call_filter.h"

#ifdef HAVE_SECCOMP
#include <errno.h>
#include <sched.h>
#include <seccomp.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

/* Names, not numbers: not every machine and libseccomp has all of them. */
static const char *const allowed[] = {
	/* memory */
	"brk", "munmap", "mremap", "madvise", "membarrier",
	/* threads and signals */
	"exit", "exit_group", "futex", "futex_waitv", "get_robust_list", "getcpu", "gettid",
	"restart_syscall", "rseq", "rt_sigaction", "rt_sigpending", "rt_sigprocmask", "rt_sigreturn",
	"rt_sigsuspend", "rt_sigtimedwait", "sched_getaffinity", "sched_yield", "set_robust_list",
	"set_tid_address", "sigaltstack", "sigreturn",
	/* time */
	"clock_getres", "clock_gettime", "clock_nanosleep", "gettimeofday", "nanosleep", "time",
	"timerfd_create", "timerfd_gettime", "timerfd_settime",
	/* files: public suffixes, hosts, the log, SQLite. Where: file_fence.h */
	"access", "close", "dup", "dup2", "dup3", "faccessat", "faccessat2", "fadvise64", "fallocate",
	"fchmod", "fcntl", "fdatasync", "flock", "fstat", "fstatfs", "fsync", "ftruncate", "getcwd",
	"getdents64", "lseek", "lstat", "newfstatat", "open", "openat", "pipe", "pipe2", "pread64", "preadv",
	"pwrite64", "pwritev", "read", "readlink", "readlinkat", "readv", "rename", "renameat", "renameat2",
	"stat", "statx", "umask", "unlink", "unlinkat", "write", "writev",
	/* the MTA, the log, name servers */
	"accept", "accept4", "bind", "connect", "epoll_create", "epoll_create1", "epoll_ctl", "epoll_pwait",
	"epoll_pwait2", "epoll_wait", "eventfd2", "getpeername", "getsockname", "getsockopt", "listen",
	"memfd_create", "poll", "ppoll", "pselect6", "recvfrom", "recvmmsg", "recvmsg", "select", "sendmmsg",
	"sendmsg", "sendto", "setsockopt", "shutdown", "socketpair",
	/* who and where we are */
	"getegid", "geteuid", "getgid", "getgroups", "getpgrp", "getpid", "getppid", "getrandom", "getresgid",
	"getresuid", "getrlimit", "getrusage", "getuid", "sysinfo", "times", "uname"};

/* No library of ours has a use for these. */
static const char *const deadly[] = {
	/* other programs and processes */
	"execve", "execveat", "fork", "vfork", "ptrace", "process_vm_readv", "process_vm_writev",
	"pidfd_getfd", "pidfd_open", "kcmp",
	/* another user */
	"setuid", "setgid", "setreuid", "setregid", "setresuid", "setresgid", "setgroups", "setfsuid",
	"setfsgid", "capset",
	/* another view of the machine */
	"mount", "umount2", "move_mount", "fsopen", "fsconfig", "fsmount", "fspick", "open_tree",
	"mount_setattr", "pivot_root", "chroot", "unshare", "setns", "open_by_handle_at",
	/* the kernel */
	"bpf", "perf_event_open", "userfaultfd", "io_uring_setup", "io_uring_enter", "io_uring_register",
	"keyctl", "add_key", "request_key", "init_module", "finit_module", "delete_module", "kexec_load",
	"kexec_file_load", "reboot", "swapon", "swapoff", "iopl", "ioperm", "modify_ldt", "acct", "quotactl",
	"clock_settime", "settimeofday", "adjtimex", "clock_adjtime", "mknod", "mknodat"};

/* Allowed with these arguments only: mask and value of one argument. */
static const struct {
	const char *name;
	unsigned argument;
	uint64_t mask, value;
} narrowed[] = {
	/* memory is code or can be written, not both; a library may still be loaded (iconv) */
	{"mmap", 2, PROT_EXEC, 0}, {"mmap", 2, PROT_WRITE, 0}, {"mmap2", 2, PROT_EXEC, 0},
	{"mmap2", 2, PROT_WRITE, 0}, {"mprotect", 2, PROT_EXEC, 0},
	/* threads, not processes */
	{"clone", 0, CLONE_VM | CLONE_THREAD, CLONE_VM | CLONE_THREAD},
	/* sockets that can reach the MTA, the log, a name server */
	{"socket", 0, UINT32_MAX, AF_UNIX}, {"socket", 0, UINT32_MAX, AF_INET},
	{"socket", 0, UINT32_MAX, AF_INET6}, {"ioctl", 1, UINT32_MAX, FIONBIO},
	{"ioctl", 1, UINT32_MAX, FIONREAD}, {"ioctl", 1, UINT32_MAX, TCGETS},
	/* looking at a limit, not setting it */
	{"prlimit64", 2, UINT64_MAX, 0}, {"setpriority", 0, UINT32_MAX, PRIO_PROCESS}};

static int add(
	scmp_filter_ctx filter, uint32_t action, const char *name, const struct scmp_arg_cmp *condition)
{
	int number = seccomp_syscall_resolve_name(name);

	if (number == __NR_SCMP_ERROR)
		return 0;
	return seccomp_rule_add_array(filter, action, number, condition != NULL ? 1 : 0, condition);
}

/* Returns 0, or a negative errno as libseccomp does. */
static int add_rules(scmp_filter_ctx filter)
{
	const struct scmp_arg_cmp ourselves = SCMP_A0_64(SCMP_CMP_EQ, (scmp_datum_t)getpid(), 0);
	/* its flags are in memory, where no filter looks: the C library then takes clone */
	int trouble = add(filter, SCMP_ACT_ERRNO(ENOSYS), "clone3", NULL);

	for (size_t i = 0; trouble == 0 && i < COUNT(allowed); i++)
		trouble = add(filter, SCMP_ACT_ALLOW, allowed[i], NULL);
	for (size_t i = 0; trouble == 0 && i < COUNT(deadly); i++)
		trouble = add(filter, SCMP_ACT_KILL_PROCESS, deadly[i], NULL);
	for (size_t i = 0; trouble == 0 && i < COUNT(narrowed); i++) {
		const struct scmp_arg_cmp condition = SCMP_CMP64(
			narrowed[i].argument, SCMP_CMP_MASKED_EQ, narrowed[i].mask, narrowed[i].value);

		trouble = add(filter, SCMP_ACT_ALLOW, narrowed[i].name, &condition);
	}
	return trouble != 0 ? trouble : add(filter, SCMP_ACT_ALLOW, "tgkill", &ourselves);
}

bool call_filter_install(struct fault *fault)
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(EPERM));
	int trouble = filter == NULL ? -ENOMEM : seccomp_attr_set(filter, SCMP_FLTATR_CTL_TSYNC, 1);

	if (trouble == 0)
		trouble = add_rules(filter);
	if (trouble == 0)
		trouble = seccomp_load(filter);
	if (filter != NULL)
		seccomp_release(filter);
	if (trouble == 0)
		return true;
	fault_set(fault, "this kernel does not filter system calls (seccomp): %s", strerror(-trouble));
	return false;
}
#else
bool call_filter_install(struct fault *fault)
{
	fault_set(fault, "built without libseccomp");
	return false;
}
#endif
