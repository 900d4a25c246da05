#include "service/gate.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

/* Enough for the questions and log lines of the messages in progress. */
enum { DESCRIPTORS_SPARE = 16 };

/* A listening socket that nobody can reach: poll never wakes, accept says EAGAIN. On loopback only,
 * every packet filtered; where the kernel grants us no filter, every packet from afar is too old. */
static int dead_socket(void)
{
	const struct sockaddr_in loopback = {
		.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	struct sock_filter drop_all = BPF_STMT(BPF_RET | BPF_K, 0);
	const struct sock_fprog filter = {.len = 1, .filter = &drop_all};
	const int longest_way = 255;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd < 0)
		return -1;
	(void)setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &filter, sizeof filter);
	(void)setsockopt(fd, IPPROTO_IP, IP_MINTTL, &longest_way, sizeof longest_way);
	(void)bind(fd, (const struct sockaddr *)&loopback, sizeof loopback);
	if (listen(fd, 1) == 0)
		return fd;
	(void)close(fd);
	return -1;
}

bool gate_set_up(struct gate *gate, int listening_fd, struct fault *fault)
{
	gate->fd = listening_fd;
	gate->is_shut = false;
	gate->real = fcntl(listening_fd, F_DUPFD_CLOEXEC, 3);
	gate->dead = dead_socket();
	if (gate->real < 0 || gate->dead < 0) {
		fault_set(fault, "the listening socket cannot be taken over: %s", strerror(errno));
		return false;
	}
	return true;
}

void gate_shut(struct gate *gate)
{
	if (!gate->is_shut)
		gate->is_shut = dup2(gate->dead, gate->fd) >= 0;
}

void gate_open(struct gate *gate)
{
	if (gate->is_shut && gate->real >= 0)
		gate->is_shut = dup2(gate->real, gate->fd) < 0;
}

void gate_wall_up(struct gate *gate)
{
	gate_shut(gate);
	if (gate->real >= 0)
		(void)close(gate->real);
	gate->real = -1;
}

bool descriptors_are_short(void)
{
	struct rlimit limit;
	int lowest_free = dup(STDIN_FILENO);

	if (lowest_free < 0)
		return errno == EMFILE || errno == ENFILE;
	(void)close(lowest_free);
	return getrlimit(RLIMIT_NOFILE, &limit) == 0 &&
	       (rlim_t)lowest_free + DESCRIPTORS_SPARE > limit.rlim_cur;
}
