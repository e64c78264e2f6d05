/*
 * Times: FILETIME inside (100 ns since 1601-01-01 UTC, 0 = absent), ISO text
 * outside (YYYY-MM-DDThh:mm:ssZ).
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef BASE_WTIME_H
#define BASE_WTIME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define WTIME_PER_SECOND  INT64_C(10000000)
#define WTIME_UNIX_EPOCH  INT64_C(116444736000000000)
#define WTIME_TEXT_NBYTES 24
/* "2010-10-03 21:15 (+09:00)" */
#define WTIME_LOCAL_NBYTES 32

int64_t wtime_from_unix(int64_t seconds, int32_t nanoseconds);
int64_t wtime_to_unix(int64_t filetime); /* seconds, rounded down */
/* False and "" where the time is 0, negative or beyond year 9999. */
bool wtime_format(int64_t filetime, char text_ret[WTIME_TEXT_NBYTES]);
/*
 * For people: to the minute, with the offset of `local`, which is the same
 * time of the clock on the wall (host_to_local()); the same: "(UTC)".  False
 * and "" as above.
 */
bool wtime_format_local(int64_t filetime, int64_t local,
			char text_ret[WTIME_LOCAL_NBYTES]);
/* What wtime_format() makes; false of any other text. */
bool wtime_parse(const char *text, int64_t *filetime_ret);

#endif
