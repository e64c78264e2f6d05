/*
 * Time on Linux.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "host/host_posix.h"
#include "base/wtime.h"

#include <errno.h>
#include <time.h>

int64_t host_now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	return wtime_from_unix(ts.tv_sec, (int32_t)ts.tv_nsec);
}

int64_t host_monotonic_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

void host_sleep_ms(unsigned ms)
{
	struct timespec ts = { ms / 1000, (long)(ms % 1000) * 1000000 };

	while (nanosleep(&ts, &ts) != 0 && errno == EINTR)
		continue;
}

int64_t host_to_local(int64_t filetime)
{
	const time_t t = (time_t)wtime_to_unix(filetime);
	struct tm tm;

	if (filetime <= 0 || localtime_r(&t, &tm) == NULL)
		return filetime;
	return filetime + (int64_t)tm.tm_gmtoff * WTIME_PER_SECOND;
}
