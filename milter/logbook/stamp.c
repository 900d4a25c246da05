#include "logbook/stamp.h"

#include "base/text.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
static const char *const weekdays[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};

enum { DAY_S = 86400, HOUR_S = 3600 };

/* What of a time was written; the month counts from 0. */
struct parts {
	int year, month, day, hour, minute, second;
};

static bool take_number(const char **at, const char *end, int digits, int max, int *number)
{
	*number = 0;
	if (end - *at < digits)
		return false;
	for (int i = 0; i < digits; i++) {
		char c = (*at)[i];

		if (!text_is_digit(c))
			return false;
		*number = *number * 10 + (c - '0');
	}
	*at += digits;
	return *number <= max;
}

static bool take_char(const char **at, const char *end, char wanted)
{
	if (*at == end || **at != wanted)
		return false;
	(*at)++;
	return true;
}

/* Days since 1970-01-01; years count from March (as in base/timestamp.c). */
static int64_t days_of(const struct parts *parts)
{
	int64_t month = parts->month + 1, year = month <= 2 ? parts->year - 1 : parts->year;
	int64_t era = year / 400, of_era = year - era * 400;
	int64_t of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + parts->day - 1;

	return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

/* The machine's zone does not change within an hour, and most lines are of the hour of the line before. */
static int64_t time_here(const struct parts *parts)
{
	static struct parts last = {.year = -1};
	static int64_t last_start;
	struct tm tm = {.tm_year = parts->year - 1900,
		.tm_mon = parts->month,
		.tm_mday = parts->day,
		.tm_hour = parts->hour,
		.tm_isdst = -1};

	if (parts->year != last.year || parts->month != last.month || parts->day != last.day ||
		parts->hour != last.hour) {
		last = *parts;
		last_start = (int64_t)mktime(&tm);
	}
	return last_start + (int64_t)parts->minute * 60 + parts->second;
}

static int64_t time_there(const struct parts *parts, int offset_s)
{
	return days_of(parts) * DAY_S + (int64_t)parts->hour * HOUR_S + (int64_t)parts->minute * 60 +
	       parts->second - offset_s;
}

static bool take_date(const char **at, const char *end, struct parts *parts)
{
	bool done = take_number(at, end, 4, 9999, &parts->year) && take_char(at, end, '-') &&
		    take_number(at, end, 2, 12, &parts->month) && take_char(at, end, '-') &&
		    take_number(at, end, 2, 31, &parts->day);

	parts->month--;
	return done && parts->month >= 0 && parts->day > 0 && parts->year >= 1970;
}

static bool take_clock(const char **at, const char *end, struct parts *parts)
{
	return take_number(at, end, 2, 23, &parts->hour) && take_char(at, end, ':') &&
	       take_number(at, end, 2, 59, &parts->minute);
}

static bool take_seconds(const char **at, const char *end, struct parts *parts)
{
	if (!take_char(at, end, ':') || !take_number(at, end, 2, 60, &parts->second))
		return false;
	if (take_char(at, end, '.') || take_char(at, end, ','))
		while (*at < end && text_is_digit(**at))
			(*at)++;
	return true;
}

/* "Z", "+09:00", "+0900"; false without one. */
static bool take_zone(const char **at, const char *end, int *offset_s)
{
	bool west = *at < end && **at == '-';
	int hours, minutes;

	*offset_s = 0;
	if (take_char(at, end, 'Z'))
		return true;
	if (!west && (*at == end || **at != '+'))
		return false;
	(*at)++;
	if (!take_number(at, end, 2, 14, &hours))
		return false;
	(void)take_char(at, end, ':');
	if (!take_number(at, end, 2, 59, &minutes))
		return false;
	*offset_s = (hours * 60 + minutes) * (west ? -60 : 60);
	return true;
}

static size_t read_iso(const char *line, size_t len, int64_t *time)
{
	const char *at = line, *end = line + len;
	struct parts parts = {0};
	int offset_s;

	if (!take_date(&at, end, &parts) || !(take_char(&at, end, 'T') || take_char(&at, end, ' ')) ||
		!take_clock(&at, end, &parts) || !take_seconds(&at, end, &parts))
		return 0;
	*time = take_zone(&at, end, &offset_s) ? time_there(&parts, offset_s) : time_here(&parts);
	return (size_t)(at - line);
}

/* -1 when it is none. */
static int month_of(const char *name)
{
	for (int i = 0; i < 12; i++)
		if (memcmp(months + (size_t)i * 3, name, 3) == 0)
			return i;
	return -1;
}

static int year_of(int64_t time)
{
	struct tm tm;
	time_t at = (time_t)time;

	return localtime_r(&at, &tm) == NULL ? 1970 : tm.tm_year + 1900;
}

/* RFC 3164 section 4.1.2: no year, and a blank before a day of one digit. */
static size_t read_classic(const char *line, size_t len, int64_t now, int64_t *time)
{
	static int64_t year_asked = -1;
	static int year;
	const char *at = line + 4, *end = line + len;
	struct parts parts = {0};

	if (len < 15 || line[3] != ' ' || (parts.month = month_of(line)) < 0)
		return 0;
	if (!(*at == ' ' ? take_char(&at, end, ' ') && take_number(&at, end, 1, 9, &parts.day)
			 : take_number(&at, end, 2, 31, &parts.day)) ||
		!take_char(&at, end, ' ') || !take_clock(&at, end, &parts) || !take_seconds(&at, end, &parts))
		return 0;
	if (year_asked != now) {
		year_asked = now;
		year = year_of(now + DAY_S);
	}
	parts.year = year;
	if (days_of(&parts) * DAY_S > now + 2 * DAY_S)
		parts.year--;
	*time = time_here(&parts);
	return (size_t)(at - line);
}

size_t stamp_read(const char *line, size_t len, int64_t now, int64_t *time)
{
	if (len > 0 && text_is_digit(line[0]))
		return read_iso(line, len, time);
	return read_classic(line, len, now, time);
}

/* "7d" and its like. */
static bool read_ago(const char *words, int64_t now, int64_t *time)
{
	static const struct {
		char letter;
		int64_t seconds;
	} units[] = {{'s', 1}, {'m', 60}, {'h', HOUR_S}, {'d', DAY_S}, {'w', 7 * DAY_S}};
	size_t len = strlen(words);
	unsigned long number;

	if (len < 2 || !span_number((struct span){words, len - 1}, 1000000, &number))
		return false;
	for (size_t i = 0; i < sizeof units / sizeof units[0]; i++)
		if (units[i].letter == words[len - 1]) {
			*time = now - (int64_t)number * units[i].seconds;
			return true;
		}
	return false;
}

static int64_t midnight(int64_t time, int days_before)
{
	struct tm tm;
	time_t at = (time_t)time;

	if (localtime_r(&at, &tm) == NULL)
		return 0;
	tm.tm_hour = tm.tm_min = tm.tm_sec = 0;
	tm.tm_mday -= days_before;
	tm.tm_isdst = -1;
	return (int64_t)mktime(&tm);
}

static bool read_written(const char *words, int64_t *time)
{
	const char *at = words, *end = words + strlen(words);
	struct parts parts = {0};
	int offset_s = 0;

	if (!take_date(&at, end, &parts))
		return false;
	if (at < end) {
		if (!(take_char(&at, end, 'T') || take_char(&at, end, ' ')) || !take_clock(&at, end, &parts))
			return false;
		if (at < end && *at == ':' && !take_seconds(&at, end, &parts))
			return false;
	}
	*time = time_here(&parts);
	if (at < end && take_zone(&at, end, &offset_s))
		*time = time_there(&parts, offset_s);
	return at == end;
}

bool stamp_of_words(const char *words, int64_t now, int64_t *time)
{
	bool yesterday = strcmp(words, "yesterday") == 0;

	if (strcmp(words, "now") == 0) {
		*time = now;
		return true;
	}
	if (yesterday || strcmp(words, "today") == 0) {
		*time = midnight(now, yesterday ? 1 : 0);
		return true;
	}
	return read_ago(words, now, time) || read_written(words, time);
}

/* As strftime, without the locale. */
static struct tm parts_here(int64_t time)
{
	struct tm tm = {0};
	time_t at = (time_t)time;

	(void)localtime_r(&at, &tm);
	return tm;
}

const char *stamp_day(int64_t time, char text[STAMP_SIZE])
{
	struct tm tm = parts_here(time);

	(void)snprintf(text, STAMP_SIZE, "%04d-%02d-%02d", tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday);
	return text;
}

const char *stamp_hour(int64_t time, char text[STAMP_SIZE])
{
	struct tm tm = parts_here(time);

	(void)snprintf(text, STAMP_SIZE, "%04d-%02d-%02d %02d", tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday,
		tm.tm_hour);
	return text;
}

const char *stamp_minute(int64_t time, char text[STAMP_SIZE])
{
	struct tm tm = parts_here(time);

	(void)snprintf(text, STAMP_SIZE, "%04d-%02d-%02d %02d:%02d", tm.tm_year + 1900, tm.tm_mon + 1,
		tm.tm_mday, tm.tm_hour, tm.tm_min);
	return text;
}

/* "+0900" as a number of two halves. */
static int zone_of(const struct tm *tm)
{
	int minutes = (int)(tm->tm_gmtoff / 60);

	return minutes / 60 * 100 + minutes % 60;
}

const char *stamp_second(int64_t time, char text[STAMP_SIZE])
{
	struct tm tm = parts_here(time);

	(void)snprintf(text, STAMP_SIZE, "%04d-%02d-%02d %02d:%02d:%02d %+05d", tm.tm_year + 1900,
		tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec, zone_of(&tm));
	return text;
}

const char *stamp_mail(int64_t time, char text[STAMP_SIZE])
{
	struct tm tm = parts_here(time);

	(void)snprintf(text, STAMP_SIZE, "%s, %d %.3s %04d %02d:%02d:%02d %+05d", weekdays[tm.tm_wday % 7],
		tm.tm_mday, months + (size_t)(tm.tm_mon % 12) * 3, tm.tm_year + 1900, tm.tm_hour, tm.tm_min,
		tm.tm_sec, zone_of(&tm));
	return text;
}
