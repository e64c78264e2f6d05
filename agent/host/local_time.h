/*
 * Times of the record for people.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef HOST_LOCAL_TIME_H
#define HOST_LOCAL_TIME_H

#include "base/str.h"

/*
 * Appends what wtime_format() wrote as people read it: local with its offset
 * if it is of the Windows that runs here, else "(UTC)", since the zone of a
 * system that only looks at a disk is often wrong.  Another text is appended
 * as it is.  to_local NULL: host_to_local().  0 or out's error.
 */
int host_add_time(struct str *out, const char *time, bool is_here,
		  int64_t (*to_local)(int64_t));

#endif
