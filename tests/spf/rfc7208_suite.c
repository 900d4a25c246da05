/* The openspf test suite for RFC 7208, verdict and explanation, through verify_spf. It lies beside
 * the project: skipped (77) unless SEKISHO_SHARED names the place. */
#include "facts/result.h"
#include "support/spf_bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

enum { LINE_SIZE = 8192, SKIPPED = 77 };

struct suite {
	struct spf_bench *bench;
	char name[200], client[100], helo[1000], mail[1000], explanation[1000];
	bool explained;
	unsigned cases, right;
};

static bool is_one_of(const char *words, const char *word)
{
	size_t len = strlen(word);

	for (const char *at = strstr(words, word); at != NULL; at = strstr(at + 1, word))
		if ((at == words || at[-1] == ' ') && (at[len] == ' ' || at[len] == '\0'))
			return true;
	return false;
}

static void case_run(struct suite *suite, const char *results)
{
	struct work work = spf_bench_work(suite->bench, suite->client, suite->helo, suite->mail);
	struct spf_verdict verdict = verify_spf(&work);
	bool right = is_one_of(results, result_word(verdict.result)) &&
		     (!suite->explained || strcmp(verdict.explanation, suite->explanation) == 0);

	suite->cases++;
	suite->right += right;
	if (!right)
		printf("%s: %s instead of %s, fault %d \"%s\", explanation \"%s\"\n", suite->name,
			result_word(verdict.result), results, (int)verdict.fault, verdict.fault_text,
			verdict.explanation);
}

static void keep(char *field, size_t size, const char *value)
{
	(void)snprintf(field, size, "%s", value);
}

static void line_take(struct suite *suite, const char *keyword, const char *value)
{
	if (strcmp(keyword, "scenario") == 0) {
		if (suite->bench != NULL)
			spf_bench_free(&suite->bench);
		suite->bench = spf_bench_new();
	} else if (strcmp(keyword, "zone") == 0) {
		spf_bench_zone(suite->bench, value);
	} else if (strcmp(keyword, "fault") == 0) {
		spf_bench_fault(suite->bench, value);
	} else if (strcmp(keyword, "case") == 0) {
		keep(suite->name, sizeof suite->name, value);
		suite->explained = false;
	} else if (strcmp(keyword, "client") == 0) {
		keep(suite->client, sizeof suite->client, value);
	} else if (strcmp(keyword, "helo") == 0) {
		keep(suite->helo, sizeof suite->helo, value);
	} else if (strcmp(keyword, "mail") == 0) {
		keep(suite->mail, sizeof suite->mail, value);
	} else if (strcmp(keyword, "explanation") == 0) {
		keep(suite->explanation, sizeof suite->explanation, value);
		suite->explained = true;
	} else if (strcmp(keyword, "result") == 0) {
		case_run(suite, value);
	}
}

static FILE *suite_open(const char *shared)
{
	const char *srcdir = getenv("srcdir");
	char path[1000], command[3000];
	FILE *yaml;

	(void)snprintf(path, sizeof path, "%s/data/rfc7208/rfc7208-tests.yml", shared);
	yaml = fopen(path, "r");
	if (yaml == NULL)
		return NULL;
	(void)fclose(yaml);
	(void)snprintf(command, sizeof command, "python3 '%s/tests/spf/suite_lines.py' '%s'",
		srcdir == NULL ? "." : srcdir, path);
	return popen(command, "r");
}

int main(void)
{
	const char *shared = getenv("SEKISHO_SHARED");
	FILE *lines = shared == NULL || shared[0] == '\0' ? NULL : suite_open(shared);
	struct suite suite = {.bench = NULL};
	char line[LINE_SIZE];
	int status;

	if (lines == NULL) {
		puts("skipped: SEKISHO_SHARED does not lead to data/rfc7208/rfc7208-tests.yml");
		return SKIPPED;
	}
	while (fgets(line, sizeof line, lines) != NULL) {
		char *value = strchr(line, ' ');

		line[strcspn(line, "\n")] = '\0';
		if (value == NULL)
			continue;
		*value = '\0';
		line_take(&suite, line, value + 1);
	}
	status = pclose(lines);
	if (suite.cases == 0 && WIFEXITED(status) &&
		(WEXITSTATUS(status) == SKIPPED || WEXITSTATUS(status) == 127)) {
		puts("skipped: no python3 with yaml");
		return SKIPPED;
	}
	if (suite.bench != NULL)
		spf_bench_free(&suite.bench);
	printf("%u of %u\n", suite.right, suite.cases);
	return status == 0 && suite.cases > 0 && suite.right == suite.cases ? EXIT_SUCCESS : EXIT_FAILURE;
}
