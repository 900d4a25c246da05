#include "diagnose/hops.h"

#include "base/arena.h"
#include "base/text.h"
#include "message/header_list.h"

#include <string.h>

enum { NETADDR_TEXT_MIN = 7 }; /* "1.2.3.4"; a shorter "::1" is nobody's way */

static const char *skip_space(const char *text)
{
	while (text_is_space(*text))
		text++;
	return text;
}

/* Reads digits (one to max of them) and the blanks behind; false without any. */
static bool read_number(const char **text, size_t max, int *number)
{
	const char *at = skip_space(*text);
	size_t len = 0;

	*number = 0;
	for (; len < max && text_is_digit(at[len]); len++)
		*number = *number * 10 + (at[len] - '0');
	*text = skip_space(at + len);
	return len > 0;
}

static bool read_month(const char **text, int *month)
{
	static const char names[] = "JanFebMarAprMayJunJulAugSepOctNovDec";

	for (*month = 1; *month <= 12; ++*month)
		if (text_equal_n(names + (ptrdiff_t)(*month - 1) * 3, *text, 3)) {
			*text += 3;
			return true;
		}
	return false;
}

/* Days since 1970 in the Gregorian calendar; March begins the year, so leap days come last. */
static int64_t days_of(int year, int month, int day)
{
	int64_t years = month <= 2 ? year - 1 : year;
	int64_t months = month <= 2 ? month + 9 : month - 3;

	return 365 * years + years / 4 - years / 100 + years / 400 + (153 * months + 2) / 5 + day - 1 -
	       719468;
}

static int zone_seconds(const char *text)
{
	int sign = *text == '-' ? -1 : 1, number;

	if (*text != '+' && *text != '-')
		return 0;
	text++;
	if (!read_number(&text, 4, &number))
		return 0;
	return sign * (number / 100 * 3600 + number % 100 * 60);
}

int64_t hop_date(const char *text)
{
	const char *comma = strchr(text, ',');
	int day, month, year, hour, minute, second = 0;

	if (comma != NULL)
		text = comma + 1;
	if (!read_number(&text, 2, &day) || !read_month(&text, &month) || !read_number(&text, 4, &year) ||
		!read_number(&text, 2, &hour) || *text++ != ':' || !read_number(&text, 2, &minute))
		return -1;
	if (*text == ':') {
		text++;
		if (!read_number(&text, 2, &second))
			return -1;
	}
	if (day < 1 || day > 31 || year < 1970 || hour > 23 || minute > 59 || second > 60)
		return -1;
	return days_of(year, month, day) * 86400 + hour * 3600 + minute * 60 + second - zone_seconds(text);
}

/* The address of the first [brackets] between the two. */
static struct netaddr bracketed(const char *value, const char *limit, struct arena *arena)
{
	struct netaddr address = {.family = NETADDR_NONE};

	for (const char *open = value; open < limit && (open = strchr(open, '[')) != NULL; open++) {
		size_t len = strcspn(open + 1, "]");

		if (open >= limit)
			break;
		if (len < NETADDR_TEXT_SIZE + 5 && netaddr_parse(arena_copy(arena, open + 1, len), &address))
			break;
	}
	return address;
}

/* "(192.0.2.1)", "(HELO host) (192.0.2.1)", "from 192.0.2.1 by": software that writes no brackets. */
static struct netaddr unbracketed(const char *value, const char *limit, struct arena *arena)
{
	struct netaddr address = {.family = NETADDR_NONE};

	for (const char *at = value; at < limit; at++) {
		size_t len = strcspn(at, " \t\r\n();");

		if (len >= NETADDR_TEXT_MIN && len < NETADDR_TEXT_SIZE &&
			netaddr_parse(arena_copy(arena, at, len), &address))
			break;
		at += len;
	}
	return address;
}

/* The blank in front of the word "by", or the end. */
static const char *place_of_by(const char *value)
{
	for (const char *at = value; *at != '\0'; at++)
		if (text_is_space(*at) && text_starts(at + 1, "by") && text_is_space(at[3]))
			return at;
	return value + strlen(value);
}

static struct hop hop_of(const char *value, struct arena *arena)
{
	const char *by = place_of_by(value), *date = strrchr(value, ';'), *comment = strchr(value, '(');
	const struct netaddr nobody = {.family = NETADDR_NONE};
	struct hop hop = {.by = "", .at = date == NULL ? -1 : hop_date(skip_space(date + 1))};

	/* What our neighbour saw is in its comment; in front of it may be a HELO in brackets. */
	hop.from = comment == NULL || comment > by ? nobody : bracketed(comment, by, arena);
	if (hop.from.family == NETADDR_NONE)
		hop.from = bracketed(value, by, arena);
	if (hop.from.family == NETADDR_NONE)
		hop.from = unbracketed(value, by, arena);
	if (*by != '\0') {
		by = skip_space(by + 3);
		hop.by = text_lower(arena, by, strcspn(by, " \t\r\n;("));
	}
	return hop;
}

struct hops hops_of(const struct header_list *header, struct arena *arena)
{
	struct hops hops = {.count = 0};

	for (size_t i = 0; i < header->count && hops.count < HOPS_MAX; i++)
		if (header_field_is(&header->fields[i], "Received"))
			hops.items[hops.count++] = hop_of(header->fields[i].value, arena);
	return hops;
}
