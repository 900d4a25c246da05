#include "base/suffixes.h"

#include "base/domain.h"

#include <libpsl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

struct suffixes {
	psl_ctx_t *list;
	time_t date;
	const char *const *extra;
	size_t extra_count;
};

static time_t date_of_file(const char *path)
{
	struct stat status;

	return path != NULL && stat(path, &status) == 0 ? status.st_mtime : 0;
}

struct suffixes *suffixes_open(const char *path, const char *const *extra, size_t count, struct fault *fault)
{
	struct suffixes *suffixes = calloc(1, sizeof *suffixes);

	if (suffixes == NULL)
		abort();
	suffixes->extra = extra;
	suffixes->extra_count = count;
	if (path[0] != '\0') {
		suffixes->list = psl_load_file(path);
		suffixes->date = date_of_file(path);
	} else {
		suffixes->list = psl_latest(NULL);
		suffixes->date = date_of_file(psl_dist_filename());
		if (suffixes->date == 0)
			suffixes->date = psl_builtin_file_time();
	}
	if (suffixes->list == NULL) {
		fault_set(fault, "cannot read the public suffix list %s", path);
		suffixes_close(&suffixes);
	}
	return suffixes;
}

void suffixes_close(struct suffixes **suffixes)
{
	if (suffixes == NULL || *suffixes == NULL)
		return;
	psl_free((*suffixes)->list);
	free(*suffixes);
	*suffixes = NULL;
}

time_t suffixes_date(const struct suffixes *suffixes)
{
	return suffixes->date;
}

/* The longest of the site's own suffixes that the name is or lies below, or NULL. */
static const char *extra_suffix_of(const struct suffixes *suffixes, const char *name)
{
	const char *longest = NULL;

	for (size_t i = 0; i < suffixes->extra_count; i++) {
		const char *extra = suffixes->extra[i];

		if (domain_is_below(name, extra) && (longest == NULL || strlen(extra) > strlen(longest)))
			longest = extra;
	}
	return longest;
}

bool suffixes_has(const struct suffixes *suffixes, const char *name)
{
	const char *extra = extra_suffix_of(suffixes, name);

	if (name[0] == '\0')
		return false;
	if (extra != NULL && strcmp(extra, name) == 0)
		return true;
	return psl_is_public_suffix(suffixes->list, name) != 0;
}

bool suffixes_is_private(const struct suffixes *suffixes, const char *name)
{
	const char *extra = extra_suffix_of(suffixes, name);

	if (name[0] == '\0')
		return false;
	if (extra != NULL && strcmp(extra, name) == 0)
		return true;
	return psl_is_public_suffix(suffixes->list, name) != 0 &&
	       psl_is_public_suffix2(suffixes->list, name, PSL_TYPE_ICANN) == 0;
}

const char *suffixes_organization(const struct suffixes *suffixes, const char *name)
{
	const char *registrable = psl_registrable_domain(suffixes->list, name);
	const char *extra = extra_suffix_of(suffixes, name);

	if (registrable == NULL || domain_is_address(name))
		registrable = name;
	if (extra == NULL || strlen(extra) < strlen(registrable))
		return registrable;
	return strcmp(extra, name) == 0 ? name : domain_last_labels(name, domain_labels(extra) + 1);
}
