#include "feedback/letter.h"

#include "base/arena.h"
#include "base/base64.h"
#include "base/buf.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>
#include <zlib.h>

enum { BASE64_LINE = 76, GZIP_WINDOW = 15 + 16, COMMAND_S = 60 };

const char *gzip_of(const char *text, size_t len, size_t *gzip_len, struct arena *arena)
{
	z_stream stream = {.next_in = (Bytef *)text, .avail_in = (uInt)len};
	char *out;

	if (deflateInit2(&stream, Z_BEST_COMPRESSION, Z_DEFLATED, GZIP_WINDOW, 9, Z_DEFAULT_STRATEGY) != Z_OK)
		abort(); /* memory ended */
	stream.avail_out = (uInt)deflateBound(&stream, (uLong)len);
	out = arena_alloc(arena, stream.avail_out);
	stream.next_out = (Bytef *)out;
	(void)deflate(&stream, Z_FINISH);
	*gzip_len = stream.total_out;
	(void)deflateEnd(&stream);
	return out;
}

static const char *date_of(int64_t now, struct arena *arena)
{
	static const char days[7][4] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
	static const char months[12][4] = {
		"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
	time_t time = (time_t)now;
	struct tm date = {0};

	(void)gmtime_r(&time, &date);
	return arena_printf(arena, "%s, %02d %s %04d %02d:%02d:%02d +0000", days[date.tm_wday], date.tm_mday,
		months[date.tm_mon], date.tm_year + 1900, date.tm_hour, date.tm_min, date.tm_sec);
}

static void add_attachment(struct buf *text, const struct letter *letter, struct arena *arena)
{
	const char *code = base64_encode(
		arena, (struct octets){(const uint8_t *)letter->attachment, letter->attachment_len});
	size_t left = strlen(code);

	buf_printf(text,
		"Content-Type: application/gzip; name=\"%s\"\n"
		"Content-Transfer-Encoding: base64\n"
		"Content-Disposition: attachment; filename=\"%s\"\n\n",
		letter->file_name, letter->file_name);
	for (; left > 0; code += left < BASE64_LINE ? left : BASE64_LINE,
		left -= left < BASE64_LINE ? left : BASE64_LINE)
		buf_printf(text, "%.*s\n", left < BASE64_LINE ? (int)left : BASE64_LINE, code);
}

/* Auto-Submitted keeps responders quiet (RFC 3834); a report about this mail is recognised by its subject. */
const char *letter_text(const struct letter *letter, struct arena *arena)
{
	static const char boundary[] = "=_sekisho_report_=";
	struct buf text = buf_in(arena);

	buf_printf(&text,
		"From: <%s>\nTo: <%s>\nDate: %s\nMessage-ID: <%s>\n"
		"Subject: Report Domain: %s\n Submitter: %s\n Report-ID: <%s>\n"
		"Auto-Submitted: auto-generated\nMIME-Version: 1.0\n"
		"Content-Type: multipart/mixed; boundary=\"%s\"\n\n"
		"--%s\nContent-Type: text/plain; charset=us-ascii\n\n"
		"This is a DMARC aggregate report about mail that says it is from\n%s.\n"
		"It was asked for by the rua= tag of its DMARC record.\n--%s\n",
		letter->from, letter->to, date_of(letter->now, arena), letter->report_id, letter->domain,
		letter->submitter, letter->report_id, boundary, boundary, letter->domain, boundary);
	add_attachment(&text, letter, arena);
	buf_printf(&text, "--%s--\n", boundary);
	return text.data;
}

static _Noreturn void become_sendmail(const char *sendmail, const struct letter *letter, int in)
{
	const char *arguments[] = {sendmail, "-i", "-f", letter->from, "--", letter->to, NULL};

	(void)dup2(in, STDIN_FILENO);
	(void)signal(SIGPIPE, SIG_DFL);
	(void)alarm(COMMAND_S); /* inherited: whatever it waits for, it ends */
	(void)execv(sendmail, (char *const *)arguments);
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

enum letter_end letter_send(const char *sendmail, const struct letter *letter, struct fault *fault)
{
	struct arena *arena;
	const char *text;
	int ends[2], status = 0;
	enum letter_end end;
	bool written;
	pid_t child;

	(void)signal(SIGPIPE, SIG_IGN);
	if (pipe2(ends, O_CLOEXEC) != 0) {
		fault_set(fault, "no pipe to %s: %s", sendmail, strerror(errno));
		return LETTER_NOT_SENT;
	}
	child = fork();
	if (child == 0)
		become_sendmail(sendmail, letter, ends[0]);
	(void)close(ends[0]);
	if (child < 0) {
		fault_set(fault, "no process for %s: %s", sendmail, strerror(errno));
		(void)close(ends[1]);
		return LETTER_NOT_SENT;
	}
	arena = arena_new();
	text = letter_text(letter, arena);
	written = write_all(ends[1], text, strlen(text));
	arena_free(&arena);
	(void)close(ends[1]);
	while (waitpid(child, &status, 0) < 0 && errno == EINTR)
		;
	end = end_of(status, written);
	if (end != LETTER_SENT)
		fault_set(fault, "%s ended with %s %d%s", sendmail, WIFSIGNALED(status) ? "signal" : "status",
			WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status),
			written ? "" : " before it had read the letter");
	return end;
}
