/*
 * Private to agent/host: one wording for all failures of the system.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef HOST_FAIL_H
#define HOST_FAIL_H

#include "base/err.h"

/* Room for a shortened path; err_info.text has 768 bytes in all. */
#define HOST_TEXT_NBYTES 512

/*
 * Write dir, separator and name (dir or name may be NULL), the middle cut
 * out where that is too long: a path of 32,000 characters must not push the
 * reason out of the sentence.
 */
void host_path_text(char text_ret[HOST_TEXT_NBYTES], const char *dir,
		    const char *name);
/* The same where there is less room, at least 64 bytes. */
void host_path_text_in(char *text_ret, size_t room, const char *dir,
		       const char *name);

/*
 * err_fail() with a text of the tables, W_HOST_CANNOT_…: `cannot open
 * "<dir>/<name>": <words of err>`, or one that names no path.
 */
int host_fail(int err, long os_error, const char *cannot, const char *dir,
	      const char *name);

#endif
