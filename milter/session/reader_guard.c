#include "session/reader_guard.h"

#include "session/command_reader.h"
#include "session/macro_guard.h"

#include <dlfcn.h>
#include <libmilter/mfdef.h>
#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>

/* libmilter calls its own exported functions, and poll, through the table of symbols, so that those of
 * the same name in the program come first. The only names of ours in that space, on purpose. */
int mi_engine(void *context);
char *mi_rd_cmd(int fd, struct timeval *timeout, char *letter, size_t *len, char *name);

struct originals {
	int (*engine)(void *context);
	char *(*read)(int fd, struct timeval *timeout, char *letter, size_t *len, char *name);
	int (*poll)(struct pollfd *, nfds_t, int);
};

/* libmilter gives a connection back to the thread that watches all of them when its next command does not
 * come within a millisecond: four threads wake up for the next one then. On a busy machine the MTA takes
 * longer than that between two commands. */
enum { LIBMILTERS_PATIENCE_MS = 1, PATIENCE_MS = 20 };

static struct originals originals;
static size_t longest; /* 0: not armed */

/* Of the connection that this thread works on: begins empty and ends with the work on it. */
static _Thread_local struct command_reader *current;

static void find_originals(void)
{
	void *engine = dlsym(RTLD_NEXT, "mi_engine"), *read = dlsym(RTLD_NEXT, "mi_rd_cmd"),
	     *waits = dlsym(RTLD_NEXT, "poll");

	memcpy(&originals.engine, &engine, sizeof engine);
	memcpy(&originals.read, &read, sizeof read);
	memcpy(&originals.poll, &waits, sizeof waits);
}

static const struct originals *theirs(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	(void)pthread_once(&once, find_originals);
	return &originals;
}

void reader_guard_arm(size_t len_max)
{
	longest = len_max;
}

/* libmilter returns from here when it closes the connection, or when poll says that nothing is there. */
int mi_engine(void *context)
{
	struct command_reader reader;
	int result;

	if (longest == 0)
		return theirs()->engine(context);
	command_reader_begin(&reader);
	current = &reader;
	result = theirs()->engine(context);
	current = NULL;
	if (command_reader_has(&reader, reader.fd)) /* nobody will read it: out of step is worse than over */
		(void)shutdown(reader.fd, SHUT_RDWR);
	return result;
}

static int milliseconds_of(const struct timeval *timeout)
{
	return timeout->tv_sec < INT_MAX / 1000 - 1
		       ? (int)timeout->tv_sec * 1000 + (int)(timeout->tv_usec / 1000)
		       : INT_MAX;
}

static char *read_command(int fd, const struct timeval *timeout, char *letter, size_t *len)
{
	struct command command;

	current->fd = fd;
	*letter = '\0';
	*len = 0;
	if (!command_read(current, milliseconds_of(timeout), longest, &command))
		return NULL;
	*letter = command.letter;
	*len = command.len;
	return command.octets;
}

char *mi_rd_cmd(int fd, struct timeval *timeout, char *letter, size_t *len, char *name)
{
	char *octets = current != NULL ? read_command(fd, timeout, letter, len)
				       : theirs()->read(fd, timeout, letter, len, name);

	if (octets != NULL && *letter == SMFIC_MACRO)
		*len = macro_pairs_len(octets, *len);
	return octets;
}

static bool is_here_already(int fd, int events)
{
	return current != NULL && (events & POLLIN) != 0 && command_reader_has(current, fd);
}

static int waiting_ms(int timeout)
{
	return current != NULL && timeout == LIBMILTERS_PATIENCE_MS ? PATIENCE_MS : timeout;
}

/* Known as poll. glibc's header has an inline function of that name, which is not to become ours. */
int reader_guard_poll(struct pollfd *descriptors, nfds_t count, int timeout) __asm__("poll");

/* libmilter looks here whether there is another command before it reads one. */
int reader_guard_poll(struct pollfd *descriptors, nfds_t count, int timeout)
{
	if (count != 1 || !is_here_already(descriptors->fd, descriptors->events))
		return theirs()->poll(descriptors, count, waiting_ms(timeout));
	descriptors->revents = POLLIN;
	return 1;
}
