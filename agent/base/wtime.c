/*
 * FILETIME arithmetic and ISO text.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/wtime.h"
#include <stdint.h>
#include <stdio.h>
#include <string.h>

int64_t wtime_from_unix(int64_t seconds, int32_t nanoseconds)
{
	int64_t t;

	if (__builtin_mul_overflow(seconds, WTIME_PER_SECOND, &t) ||
	    __builtin_add_overflow(t, WTIME_UNIX_EPOCH, &t))
		return 0;
	return t + nanoseconds / 100;
}

int64_t wtime_to_unix(int64_t filetime)
{
	int64_t t = filetime - WTIME_UNIX_EPOCH;

	/* Towards minus infinity, as a calendar needs it. */
	return t / WTIME_PER_SECOND - (t % WTIME_PER_SECOND < 0);
}

/*
 * Days since 1970-01-01 to year, month, day in the proleptic Gregorian
 * calendar; counted from 0000-03-01 so that leap days come last.
 */
static void civil_from_days(int64_t days, int *y, int *m, int *d)
{
	int64_t era, doe, yoe, doy, mp;

	days += 719468;
	era = (days >= 0 ? days : days - 146096) / 146097;
	doe = days - era * 146097;
	yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
	mp = (5 * doy + 2) / 153;
	*d = (int)(doy - (153 * mp + 2) / 5 + 1);
	*m = (int)(mp < 10 ? mp + 3 : mp - 9);
	*y = (int)(yoe + era * 400 + (*m <= 2));
}

bool wtime_format(int64_t filetime, char text_ret[WTIME_TEXT_NBYTES])
{
	int64_t t, days, rest;
	int y, m, d;

	text_ret[0] = '\0';
	if (filetime <= 0)
		return false;
	t = wtime_to_unix(filetime);
	days = t / 86400 - (t % 86400 < 0);
	rest = t - days * 86400;
	civil_from_days(days, &y, &m, &d);
	if (y > 9999)
		return false;
	snprintf(text_ret, WTIME_TEXT_NBYTES, "%04u-%02u-%02uT%02u:%02u:%02uZ",
		 (unsigned)y % 10000, (unsigned)m % 100, (unsigned)d % 100,
		 (unsigned)(rest / 3600) % 100, (unsigned)(rest / 60 % 60),
		 (unsigned)(rest % 60));
	return true;
}

bool wtime_format_local(int64_t filetime, int64_t local,
			char text_ret[WTIME_LOCAL_NBYTES])
{
	const int64_t offset = (local - filetime) / WTIME_PER_SECOND / 60;
	const unsigned minutes = (unsigned)(offset < 0 ? -offset : offset);
	char iso[WTIME_TEXT_NBYTES];

	text_ret[0] = '\0';
	if (filetime <= 0 || !wtime_format(local, iso))
		return false;
	if (!offset)
		snprintf(text_ret, WTIME_LOCAL_NBYTES, "%.10s %.5s (UTC)", iso,
			 iso + 11);
	else
		snprintf(text_ret, WTIME_LOCAL_NBYTES,
			 "%.10s %.5s (%c%02u:%02u)", iso, iso + 11,
			 offset < 0 ? '-' : '+', minutes / 60 % 100,
			 minutes % 60);
	return true;
}

/* The other way round, of the same calendar. */
static int64_t days_from_civil(int64_t y, int64_t m, int64_t d)
{
	int64_t era, yoe;

	y -= m <= 2;
	era = (y >= 0 ? y : y - 399) / 400;
	yoe = y - era * 400;
	return era * 146097 + yoe * 365 + yoe / 4 - yoe / 100 +
	       (153 * (m > 2 ? m - 3 : m + 9) + 2) / 5 + d - 1 - 719468;
}

static int64_t number_at(const char *text, int count)
{
	int64_t n = 0;

	while (count--)
		n = n * 10 + (*text++ - '0');
	return n;
}

bool wtime_parse(const char *text, int64_t *filetime_ret)
{
	char back[WTIME_TEXT_NBYTES];
	int64_t days;

	if (strlen(text) != strlen("YYYY-MM-DDThh:mm:ssZ"))
		return false;
	days = days_from_civil(number_at(text, 4), number_at(text + 5, 2),
			       number_at(text + 8, 2));
	*filetime_ret = wtime_from_unix(
		days * 86400 + number_at(text + 11, 2) * 3600 +
			number_at(text + 14, 2) * 60 + number_at(text + 17, 2),
		0);
	/* What is no time is not written so. */
	return wtime_format(*filetime_ret, back) && strcmp(back, text) == 0;
}
