#include "soak/processes.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Adds to the sums. */
static void read_memory(int pid, long *rss_kb, long *pss_kb, long *anonymous_kb)
{
	char path[64];
	char line[256];
	FILE *file;
	long kb;

	(void)snprintf(path, sizeof path, "/proc/%d/smaps_rollup", pid);
	file = fopen(path, "r");
	while (file != NULL && fgets(line, sizeof line, file) != NULL) {
		if (sscanf(line, "Rss: %ld kB", &kb) == 1)
			*rss_kb += kb;
		if (sscanf(line, "Pss: %ld kB", &kb) == 1)
			*pss_kb += kb;
		if (sscanf(line, "Anonymous: %ld kB", &kb) == 1)
			*anonymous_kb += kb;
	}
	if (file != NULL)
		(void)fclose(file);
}

static int count_in(int pid, const char *what)
{
	char path[64];
	DIR *folder;
	int count = 0;

	(void)snprintf(path, sizeof path, "/proc/%d/%s", pid, what);
	folder = opendir(path);
	if (folder == NULL)
		return 0;
	for (const struct dirent *entry = readdir(folder); entry != NULL; entry = readdir(folder))
		count += entry->d_name[0] != '.';
	(void)closedir(folder);
	return count;
}

static double cpu_of(int pid)
{
	char path[64];
	char line[1024];
	const char *fields = NULL;
	unsigned long user = 0, system = 0;
	FILE *file;

	(void)snprintf(path, sizeof path, "/proc/%d/stat", pid);
	file = fopen(path, "r");
	if (file == NULL)
		return 0;
	if (fgets(line, sizeof line, file) != NULL)
		fields = strrchr(line, ')');
	if (fields != NULL)
		(void)sscanf(fields, ") %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user, &system);
	(void)fclose(file);
	return (double)(user + system) / (double)sysconf(_SC_CLK_TCK);
}

bool holdings_of(int supervisor, struct holdings *holdings)
{
	char path[64];
	FILE *file;
	long rss_kb = 0, anonymous_kb = 0; /* of the supervisor */

	*holdings = (struct holdings){.count = 0};
	(void)snprintf(path, sizeof path, "/proc/%d/task/%d/children", supervisor, supervisor);
	file = fopen(path, "r");
	if (file == NULL)
		return false;
	while (holdings->count < WORKERS_MAX && fscanf(file, "%d", &holdings->workers[holdings->count]) == 1)
		holdings->count++;
	(void)fclose(file);
	read_memory(supervisor, &rss_kb, &holdings->supervisor_pss_kb, &anonymous_kb);
	for (int i = 0; i < holdings->count; i++) {
		int pid = holdings->workers[i];

		read_memory(pid, &holdings->rss_kb, &holdings->pss_kb, &holdings->anonymous_kb);
		holdings->descriptors += count_in(pid, "fd");
		holdings->threads += count_in(pid, "task");
		holdings->cpu_s += cpu_of(pid);
	}
	return holdings->count > 0;
}

bool holdings_same_workers(const struct holdings *a, const struct holdings *b)
{
	return a->count == b->count &&
	       memcmp(a->workers, b->workers, sizeof a->workers[0] * (size_t)a->count) == 0;
}
