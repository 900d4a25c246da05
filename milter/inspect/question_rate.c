#include "inspect/question_rate.h"

#include "base/suffixes.h"

enum { MINUTE_S = 60 };

void question_rate_begin(struct question_rate *rate)
{
	*rate = (struct question_rate){.count = 0};
	(void)pthread_mutex_init(&rate->lock, NULL);
}

void question_rate_end(struct question_rate *rate)
{
	(void)pthread_mutex_destroy(&rate->lock);
}

/* FNV-1a. Two domains that collide share one place: the limit only gets tighter. */
static uint64_t hashed(const char *name)
{
	uint64_t hash = 14695981039346656037U;

	for (; *name != '\0'; name++)
		hash = (hash ^ (unsigned char)*name) * 1099511628211U;
	return hash;
}

static bool admit(struct question_rate *rate, uint64_t domain, int64_t minute)
{
	size_t i = 0;

	if (rate->minute != minute) {
		rate->minute = minute;
		rate->count = 0;
	}
	while (i < rate->count && rate->domains[i].domain != domain)
		i++;
	if (i == RATE_DOMAINS_MAX)
		return false;
	if (i == rate->count) {
		rate->count++;
		rate->domains[i].domain = domain;
		rate->domains[i].messages = 0;
	}
	if (rate->domains[i].messages == RATE_MESSAGES_MAX)
		return false;
	rate->domains[i].messages++;
	return true;
}

bool admissions_allow(struct admissions *admissions, const char *name, int64_t now_s)
{
	uint64_t domain;
	bool allowed;

	if (admissions->rate == NULL)
		return true;
	domain = hashed(suffixes_organization(admissions->suffixes, name));
	for (size_t i = 0; i < admissions->count; i++)
		if (admissions->domains[i] == domain)
			return true;
	if (admissions->count == ADMISSIONS_MAX)
		return false;
	(void)pthread_mutex_lock(&admissions->rate->lock);
	allowed = admit(admissions->rate, domain, now_s / MINUTE_S);
	(void)pthread_mutex_unlock(&admissions->rate->lock);
	if (allowed)
		admissions->domains[admissions->count++] = domain;
	return allowed;
}
