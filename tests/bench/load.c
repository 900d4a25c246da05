/* Sends the letters of a folder to a milter as Postfix does, and says what that took.
 *
 *     load FOLDER SOCKET PID CONNECTIONS SECONDS
 *
 * A new connection for each letter, CONNECTIONS at a time; SECONDS 0: CONNECTIONS letters, all begun at the
 * same instant. The processor's time is that of the process and its children. One line: letters a second, ms
 * of processor time per letter, ms until the answer (median, 99 of 100, longest), wrong results. */
#include <arpa/inet.h>
#include <libmilter/mfapi.h>
#include <libmilter/mfdef.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

enum {
	LETTERS_MAX = 20000,
	TIMES_MAX = 2000000,
	CHUNK = 65535,
	PACKET_MAX = 1048576,
	CONNECTIONS_MAX = 1024
};

struct letter {
	char ip[64], helo[256], sender[256], result[16];
	char *octets;
	size_t len, body;
};

static struct letter letters[LETTERS_MAX];
static size_t letter_count;
static const char *socket_path;
static atomic_size_t next_letter, wrong;
static atomic_bool stop;
static bool burst;
static pthread_barrier_t start;
static float *times;
static atomic_size_t time_count;

static void die(const char *what)
{
	perror(what);
	exit(2);
}

static double now_ms(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static void read_letter(const char *folder, const char *name, struct letter *letter)
{
	char path[4096];
	const char *end;
	FILE *file;
	long len = 0;

	(void)snprintf(path, sizeof path, "%s/%s", folder, name);
	file = fopen(path, "r");
	if (file == NULL || fseek(file, 0, SEEK_END) != 0 || (len = ftell(file)) < 0)
		die(path);
	rewind(file);
	letter->octets = calloc(1, (size_t)len + 1);
	letter->len = (size_t)len;
	if (letter->octets == NULL || fread(letter->octets, 1, letter->len, file) != letter->len)
		die(path);
	(void)fclose(file);
	end = strstr(letter->octets, "\r\n\r\n");
	letter->body = end == NULL ? letter->len : (size_t)(end - letter->octets) + 4;
}

static void read_list(const char *folder)
{
	char path[4096], name[256];
	FILE *file;

	(void)snprintf(path, sizeof path, "%s/list", folder);
	file = fopen(path, "r");
	if (file == NULL)
		die(path);
	for (struct letter *letter = letters; letter_count < LETTERS_MAX; letter++, letter_count++) {
		if (fscanf(file, "%255s %63s %255s %255s %15s", name, letter->ip, letter->helo,
			    letter->sender, letter->result) != 5)
			break;
		read_letter(folder, name, letter);
	}
	(void)fclose(file);
}

struct stream {
	int fd;
	char *out;
	size_t len;
	unsigned long protocol; /* what the milter agreed to */
	bool right;
	const char *result;
};

static void put(struct stream *stream, const void *octets, size_t len)
{
	memcpy(stream->out + stream->len, octets, len);
	stream->len += len;
}

static void put_packet(struct stream *stream, char command, const void *octets, size_t len)
{
	uint32_t size = htonl((uint32_t)len + 1);

	put(stream, &size, sizeof size);
	put(stream, &command, 1);
	put(stream, octets, len);
}

static void flush(struct stream *stream)
{
	for (size_t at = 0; at < stream->len;) {
		ssize_t sent = send(stream->fd, stream->out + at, stream->len - at, MSG_NOSIGNAL);

		if (sent <= 0)
			die("the milter closed");
		at += (size_t)sent;
	}
	stream->len = 0;
}

static void receive(struct stream *stream, void *octets, size_t len)
{
	for (char *at = octets; len > 0;) {
		ssize_t got = recv(stream->fd, at, len, 0);

		if (got <= 0)
			die("the milter closed");
		at += got;
		len -= (size_t)got;
	}
}

/* "dmarc=pass" in one of the inserted fields. */
static void look_for_result(struct stream *stream, const char *packet)
{
	const char *dmarc = strstr(packet, "dmarc=");

	if (dmarc != NULL && strncmp(dmarc + 6, stream->result, strlen(stream->result)) == 0)
		stream->right = true;
}

/* Waits for the answer that ends a stage. */
static char answer(struct stream *stream)
{
	static _Thread_local char packet[PACKET_MAX];

	for (;;) {
		uint32_t size;

		receive(stream, &size, sizeof size);
		size = ntohl(size);
		if (size == 0 || size >= sizeof packet)
			die("the milter's answer");
		receive(stream, packet, size);
		packet[size] = '\0';
		for (uint32_t i = 0; i < size; i++)
			packet[i] = packet[i] == '\0' ? ' ' : packet[i];
		if (packet[0] == SMFIR_INSHEADER || packet[0] == SMFIR_ADDHEADER)
			look_for_result(stream, packet + 5);
		if (packet[0] == SMFIC_OPTNEG) {
			uint32_t protocol;

			memcpy(&protocol, packet + 9, sizeof protocol);
			stream->protocol = ntohl(protocol);
			return SMFIC_OPTNEG;
		}
		if (strchr("himpqbe+-2l", packet[0]) == NULL)
			return packet[0];
	}
}

static void stage(struct stream *stream, char command, const char *octets, size_t len, unsigned long silent)
{
	put_packet(stream, command, octets, len);
	if ((stream->protocol & silent) != 0)
		return;
	flush(stream);
	(void)answer(stream);
}

static void negotiate(struct stream *stream)
{
	uint32_t offer[3] = {htonl(6), htonl(SMFI_CURR_ACTS), 0};

	offer[2] = htonl((uint32_t)SMFI_CURR_PROT);
	put_packet(stream, SMFIC_OPTNEG, offer, sizeof offer);
	flush(stream);
	(void)answer(stream);
}

static void send_envelope(struct stream *stream, const struct letter *letter)
{
	static const char recipient[] = "<hanako@inbox.test>";
	char text[600];
	int len = snprintf(text, sizeof text, "%s%c4%c%c%s%c", letter->helo, 0, 0x10, 0x20, letter->ip, 0);

	stage(stream, SMFIC_CONNECT, text, (size_t)len, SMFIP_NR_CONN);
	stage(stream, SMFIC_HELO, letter->helo, strlen(letter->helo) + 1, SMFIP_NR_HELO);
	len = snprintf(text, sizeof text, "<%s>", letter->sender);
	stage(stream, SMFIC_MAIL, text, (size_t)len + 1, SMFIP_NR_MAIL);
	if ((stream->protocol & SMFIP_NORCPT) == 0)
		stage(stream, SMFIC_RCPT, recipient, sizeof recipient, SMFIP_NR_RCPT);
	if ((stream->protocol & SMFIP_NODATA) == 0)
		stage(stream, SMFIC_DATA, "", 0, SMFIP_NR_DATA);
}

/* A field with its folded lines; line ends inside are LF, as Postfix sends them. */
static const char *send_field(struct stream *stream, const char *at)
{
	char *text = malloc(CHUNK);
	const char *colon = strchr(at, ':'), *end = strstr(at, "\r\n");
	size_t len;

	while (end[2] == ' ' || end[2] == '\t')
		end = strstr(end + 2, "\r\n");
	len = (size_t)(colon - at);
	memcpy(text, at, len);
	text[len++] = '\0';
	for (const char *c = colon + 1; c < end; c++)
		if (*c != '\r' && len < CHUNK - 2)
			text[len++] = *c;
	text[len++] = '\0';
	stage(stream, SMFIC_HEADER, text, len, SMFIP_NR_HDR);
	free(text);
	return end + 2;
}

static void send_content(struct stream *stream, const struct letter *letter)
{
	const char *at = letter->octets, *body = letter->octets + letter->body;
	size_t left = letter->len - letter->body;

	while (at < body - 2)
		at = send_field(stream, at);
	stage(stream, SMFIC_EOH, "", 0, SMFIP_NR_EOH);
	while (left > 0) {
		size_t len = left < CHUNK ? left : CHUNK;

		put_packet(stream, SMFIC_BODY, body, len);
		flush(stream);
		if (answer(stream) == SMFIR_SKIP)
			break;
		body += len;
		left -= len;
	}
	put_packet(stream, SMFIC_MACRO, "Ei\0004bench", 9);
	put_packet(stream, SMFIC_BODYEOB, "", 0);
	flush(stream);
	(void)answer(stream);
}

static int connect_to(const char *path)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	(void)snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
	if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof address) != 0)
		die(path);
	return fd;
}

static void send_letter(const struct letter *letter, char *room)
{
	struct stream stream = {.out = room, .result = letter->result};
	double begun = now_ms();
	size_t place;

	stream.fd = connect_to(socket_path);
	negotiate(&stream);
	send_envelope(&stream, letter);
	send_content(&stream, letter);
	place = atomic_fetch_add(&time_count, 1);
	if (place < TIMES_MAX)
		times[place] = (float)(now_ms() - begun);
	if (!stream.right)
		atomic_fetch_add(&wrong, 1);
	put_packet(&stream, SMFIC_QUIT, "", 0);
	flush(&stream);
	(void)close(stream.fd);
}

static void *work(void *unused)
{
	char *room = malloc(PACKET_MAX);

	if (room == NULL)
		die("memory");
	(void)pthread_barrier_wait(&start);
	do
		send_letter(&letters[atomic_fetch_add(&next_letter, 1) % letter_count], room);
	while (!burst && !atomic_load(&stop));
	free(room);
	return unused;
}

static double ticks_of(const char *pid)
{
	char path[64], text[1024], *at;
	unsigned long user, system;
	FILE *file;
	size_t len;

	(void)snprintf(path, sizeof path, "/proc/%s/stat", pid);
	file = fopen(path, "r");
	if (file == NULL)
		return 0;
	len = fread(text, 1, sizeof text - 1, file);
	text[len] = '\0';
	(void)fclose(file);
	at = strrchr(text, ')');
	if (at == NULL ||
		sscanf(at + 2, "%*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user, &system) != 2)
		return 0;
	return (double)(user + system);
}

static double spent_ms(const char *pid)
{
	char path[64], child[16];
	double ticks = ticks_of(pid);
	FILE *file;

	(void)snprintf(path, sizeof path, "/proc/%s/task/%s/children", pid, pid);
	file = fopen(path, "r");
	while (file != NULL && fscanf(file, "%15s", child) == 1)
		ticks += ticks_of(child);
	if (file != NULL)
		(void)fclose(file);
	return ticks * 1000 / (double)sysconf(_SC_CLK_TCK);
}

static int compare(const void *a, const void *b)
{
	float x = *(const float *)a, y = *(const float *)b;

	return (x > y) - (x < y);
}

static void run(const char *pid, unsigned connections, unsigned seconds)
{
	pthread_t threads[CONNECTIONS_MAX];
	double begun, spent;
	size_t count;

	(void)pthread_barrier_init(&start, NULL, connections + 1);
	for (unsigned i = 0; i < connections; i++)
		if (pthread_create(&threads[i], NULL, work, NULL) != 0)
			die("thread");
	spent = spent_ms(pid);
	begun = now_ms();
	(void)pthread_barrier_wait(&start);
	(void)sleep(seconds);
	atomic_store(&stop, true);
	for (unsigned i = 0; i < connections; i++)
		(void)pthread_join(threads[i], NULL);
	begun = now_ms() - begun;
	spent = spent_ms(pid) - spent;
	count = time_count < TIMES_MAX ? time_count : TIMES_MAX;
	qsort(times, count, sizeof *times, compare);
	printf("%.0f %.3f %.1f %.1f %.1f %zu\n", (double)time_count / begun * 1e3, spent / (double)time_count,
		(double)times[count / 2], (double)times[count * 99 / 100], (double)times[count - 1],
		(size_t)wrong);
}

int main(int argc, char **argv)
{
	unsigned connections = argc > 4 ? (unsigned)atoi(argv[4]) : 0;

	if (argc != 6 || connections == 0 || connections > CONNECTIONS_MAX) {
		fputs("usage: load FOLDER SOCKET PID CONNECTIONS SECONDS\n", stderr);
		return 2;
	}
	times = calloc(TIMES_MAX, sizeof *times);
	if (times == NULL)
		die("memory");
	read_list(argv[1]);
	if (letter_count == 0)
		die("no letters");
	socket_path = argv[2];
	burst = atoi(argv[5]) == 0;
	run(argv[3], connections, (unsigned)atoi(argv[5]));
	return 0;
}
