#include "feedback/mail_date.h"

#include "base/arena.h"

#include <time.h>

const char *mail_date(int64_t time, struct arena *arena)
{
	static const char days[7][4] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
	static const char months[12][4] = {
		"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
	time_t seconds = (time_t)time;
	struct tm date = {0};

	(void)gmtime_r(&seconds, &date);
	return arena_printf(arena, "%s, %02d %s %04d %02d:%02d:%02d +0000", days[date.tm_wday], date.tm_mday,
		months[date.tm_mon], date.tm_year + 1900, date.tm_hour, date.tm_min, date.tm_sec);
}
