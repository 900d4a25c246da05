#include "logbook/moment.h"

#include "logbook/stamp.h"

enum { QUARTER_S = 900 };

/* Most entries are of the quarter of an hour of the one before: in no zone does an hour begin within one. */
struct moment moment_of(int64_t time)
{
	static int64_t quarter = -1;
	static char day[STAMP_SIZE], hour[STAMP_SIZE];

	if (time / QUARTER_S != quarter) {
		quarter = time / QUARTER_S;
		(void)stamp_day(time, day);
		(void)stamp_hour(time, hour);
	}
	return (struct moment){day, hour};
}
