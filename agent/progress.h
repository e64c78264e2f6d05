/*
 * One line of progress with an estimate, on a terminal only.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef PROGRESS_H
#define PROGRESS_H

#include "base/str.h"
#include "collect/files.h"

struct progress {
	int64_t began_ms;
	int64_t shown_ms;
	bool is_on;
};

void progress_begin(struct progress *p, bool quiet);
/* Shows at most twice a second. */
void progress_show(void *progress, const struct file_walk_progress *now);
/* Wipes the line. */
void progress_end(struct progress *p);
/* The line itself, for tests: elapsed in ms. */
void progress_line(struct str *out, const struct file_walk_progress *now,
		   int64_t elapsed_ms);

#endif
