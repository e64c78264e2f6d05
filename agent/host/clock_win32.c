/*
 * Time on Windows.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "host/host_win32.h"

int64_t host_now(void)
{
	FILETIME now;

	GetSystemTimeAsFileTime(&now);
	return host_filetime(&now);
}

/* GetTickCount64 is newer than XP; the counter is there since always. */
int64_t host_monotonic_ms(void)
{
	LARGE_INTEGER frequency;
	LARGE_INTEGER count;

	QueryPerformanceFrequency(&frequency);
	QueryPerformanceCounter(&count);
	if (frequency.QuadPart <= 0)
		return GetTickCount();
	return count.QuadPart / frequency.QuadPart * 1000 +
	       count.QuadPart % frequency.QuadPart * 1000 / frequency.QuadPart;
}

void host_sleep_ms(unsigned ms)
{
	Sleep(ms);
}

/* FileTimeToLocalFileTime would use today's summer time for all dates. */
int64_t host_to_local(int64_t filetime)
{
	FILETIME local;
	SYSTEMTIME utc;
	SYSTEMTIME there;
	FILETIME ft;

	ft.dwLowDateTime = (DWORD)(uint64_t)filetime;
	ft.dwHighDateTime = (DWORD)((uint64_t)filetime >> 32);
	if (filetime <= 0 || !FileTimeToSystemTime(&ft, &utc) ||
	    !SystemTimeToTzSpecificLocalTime(NULL, &utc, &there) ||
	    !SystemTimeToFileTime(&there, &local))
		return filetime;
	/* SYSTEMTIME ends at milliseconds. */
	return host_filetime(&local) + filetime % 10000;
}
