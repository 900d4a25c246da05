#include "feedback/sendmail.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

enum { COMMAND_S = 60 };

static _Noreturn void become_sendmail(const char *command, const char *sender, const char *recipient, int in)
{
	const char *arguments[] = {command, "-i", "-f", sender, "--", recipient, NULL};

	(void)dup2(in, STDIN_FILENO);
	(void)signal(SIGPIPE, SIG_DFL);
	(void)alarm(COMMAND_S); /* inherited: whatever it waits for, it ends */
	(void)execv(command, (char *const *)arguments);
	_exit(127);
}

static bool write_all(int fd, const char *text, size_t len)
{
	while (len > 0) {
		ssize_t written = write(fd, text, len);

		if (written < 0 && errno == EINTR)
			continue;
		if (written <= 0)
			return false;
		text += written;
		len -= (size_t)written;
	}
	return true;
}

/* What the status of a sendmail command says of the letter (sysexits.h). */
static enum letter_end end_of(int status, bool written)
{
	if (WIFSIGNALED(status))
		return LETTER_UNKNOWN;
	if (WEXITSTATUS(status) == EX_NOUSER || WEXITSTATUS(status) == EX_NOHOST)
		return LETTER_REFUSED;
	return WEXITSTATUS(status) == EX_OK && written ? LETTER_SENT : LETTER_NOT_SENT;
}

enum letter_end sendmail_send(
	const char *command, const char *sender, const char *recipient, const char *text, struct fault *fault)
{
	int ends[2], status = 0;
	enum letter_end end;
	bool written;
	pid_t child;

	(void)signal(SIGPIPE, SIG_IGN);
	if (pipe2(ends, O_CLOEXEC) != 0) {
		fault_set(fault, "no pipe to %s: %s", command, strerror(errno));
		return LETTER_NOT_SENT;
	}
	child = fork();
	if (child == 0)
		become_sendmail(command, sender, recipient, ends[0]);
	(void)close(ends[0]);
	if (child < 0) {
		fault_set(fault, "no process for %s: %s", command, strerror(errno));
		(void)close(ends[1]);
		return LETTER_NOT_SENT;
	}
	written = write_all(ends[1], text, strlen(text));
	(void)close(ends[1]);
	while (waitpid(child, &status, 0) < 0 && errno == EINTR)
		;
	end = end_of(status, written);
	if (end != LETTER_SENT)
		fault_set(fault, "%s ended with %s %d%s", command, WIFSIGNALED(status) ? "signal" : "status",
			WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status),
			written ? "" : " before it had read the letter");
	return end;
}
