#include "base/timestamp.h"

#include "base/text.h"

#include <stdio.h>
#include <string.h>

/* Days since 1970-01-01 in the proleptic Gregorian calendar; years count from March, so that the
 * leap day is the last of its year. */
static int64_t days_of(int64_t year, int64_t month, int64_t day)
{
	int64_t shifted = month <= 2 ? year - 1 : year;
	int64_t era = shifted / 400, year_of_era = shifted - era * 400;
	int64_t day_of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;

	return era * 146097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719468;
}

static bool number_at(const char *text, size_t at, size_t len, unsigned long max, int64_t *number)
{
	unsigned long value;

	if (!span_number((struct span){text + at, len}, max, &value))
		return false;
	*number = (int64_t)value;
	return true;
}

bool timestamp_parse(const char *text, int64_t *seconds)
{
	int64_t year, month, day, hour, minute, second;

	if (strlen(text) != 20 || text[4] != '-' || text[7] != '-' || text[10] != 'T' || text[13] != ':' ||
		text[16] != ':' || text[19] != 'Z')
		return false;
	if (!number_at(text, 0, 4, 9999, &year) || !number_at(text, 5, 2, 12, &month) ||
		!number_at(text, 8, 2, 31, &day) || !number_at(text, 11, 2, 23, &hour) ||
		!number_at(text, 14, 2, 59, &minute) || !number_at(text, 17, 2, 60, &second))
		return false;
	if (year < 1970 || month == 0 || day == 0)
		return false;
	if (month < 12 && days_of(year, month, day) >= days_of(year, month + 1, 1))
		return false; /* no such day */
	*seconds = days_of(year, month, day) * 86400 + hour * 3600 + minute * 60 + second;
	return true;
}

const char *timestamp_format(int64_t seconds, char text[TIMESTAMP_SIZE])
{
	int64_t days = seconds / 86400, rest = seconds % 86400, year, day_of_year, month;

	if (seconds < 0)
		days = rest = 0;
	days += 719468;
	year = (days % 146097 - days % 146097 / 1460 + days % 146097 / 36524 - days % 146097 / 146096) / 365;
	day_of_year = days % 146097 - (365 * year + year / 4 - year / 100);
	month = (5 * day_of_year + 2) / 153;
	(void)snprintf(text, TIMESTAMP_SIZE, "%04u-%02u-%02uT%02u:%02u:%02uZ",
		(unsigned)(year + days / 146097 * 400 + (month >= 10)) % 10000,
		(unsigned)(month < 10 ? month + 3 : month - 9) % 100,
		(unsigned)(day_of_year - (153 * month + 2) / 5 + 1) % 100, (unsigned)(rest / 3600) % 100,
		(unsigned)(rest % 3600 / 60) % 100, (unsigned)(rest % 60) % 100);
	return text;
}
