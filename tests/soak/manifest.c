#include "soak/manifest.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool parse_ending(const char *word, enum flow_ending *ending)
{
	static const char *const names[] = {[FLOW_END] = "end", [FLOW_ABORT] = "abort", [FLOW_GONE] = "gone"};

	for (unsigned i = 0; i < sizeof names / sizeof names[0]; i++) {
		if (strcmp(word, names[i]) == 0) {
			*ending = (enum flow_ending)i;
			return true;
		}
	}
	return false;
}

static void keep_word(char kept[64], const char *word)
{
	(void)snprintf(kept, 64, "%s", word);
	for (; *kept != '\0'; kept++)
		if (*kept == '~')
			*kept = ' ';
}

static bool parse_line(struct kind *kind, char *line, const char *folder)
{
	char path[4096];
	char *rest = line;
	const char *weight = strtok_r(rest, " \n", &rest);
	const char *ending = strtok_r(NULL, " \n", &rest);
	const char *file = strtok_r(NULL, " \n", &rest);
	const char *word;

	if (weight == NULL || ending == NULL || file == NULL || !parse_ending(ending, &kind->ending))
		return false;
	kind->weight = (unsigned)strtoul(weight, NULL, 10);
	(void)snprintf(kind->name, sizeof kind->name, "%s", file);
	while ((word = strtok_r(NULL, " \n", &rest)) != NULL && kind->word_count < WORDS_MAX)
		keep_word(kind->words[kind->word_count++], word);
	(void)snprintf(path, sizeof path, "%s/%s", folder, file);
	return word == NULL && flow_read(&kind->flow, path);
}

bool manifest_read(struct manifest *manifest, const char *path)
{
	char folder[2048];
	char line[1024];
	char *slash;
	FILE *file = fopen(path, "r");
	bool good = file != NULL;

	(void)snprintf(folder, sizeof folder, "%s", path);
	slash = strrchr(folder, '/');
	if (slash == NULL)
		(void)snprintf(folder, sizeof folder, ".");
	else
		*slash = '\0';
	while (good && fgets(line, sizeof line, file) != NULL) {
		good = manifest->count < KINDS_MAX &&
		       parse_line(&manifest->kinds[manifest->count], line, folder);
		if (good)
			manifest->weights += manifest->kinds[manifest->count++].weight;
	}
	if (!good)
		(void)fprintf(stderr, "soak: %s, line %u cannot be used\n", path, manifest->count + 1);
	if (file != NULL)
		(void)fclose(file);
	return good && manifest->weights > 0;
}

void manifest_free(struct manifest *manifest)
{
	for (unsigned i = 0; i < manifest->count; i++)
		flow_free(&manifest->kinds[i].flow);
}

struct kind *manifest_pick(struct manifest *manifest, uint64_t dice)
{
	unsigned left = (unsigned)(dice % manifest->weights);
	unsigned i = 0;

	while (left >= manifest->kinds[i].weight)
		left -= manifest->kinds[i++].weight;
	return &manifest->kinds[i];
}

bool kind_is_right(const struct kind *kind, const struct flow_answer *answer)
{
	if (answer->word != 'a' && answer->word != 'c')
		return false;
	for (unsigned i = 0; i < kind->word_count; i++) {
		const char *word = kind->words[i];
		bool absent = word[0] == '!';

		if ((strstr(answer->results, word + absent) != NULL) == absent)
			return false;
	}
	return true;
}
