/*
 * Where a command's result goes: the screen, a pipe or --out FILE.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef OUTPUT_H
#define OUTPUT_H

#include "base/str.h"
#include "options.h"
#include "report/report.h"

/*
 * A file of --out that is no report but a store, a program or a registry hive
 * is a slip of the hand, and not written over: asked before the work begins.
 * 0 or EXIT_USAGE (said).
 */
int output_check(const struct options *o);
/* Writes to --out or the standard output; machine formats are not recoded. */
int output_write(const struct options *o, const struct str *text,
		 enum report_format format);
/* --format and --what with their defaults; EXIT_USAGE after complaining. */
int output_format(const struct options *o, enum report_format *ret);
/* Fills what all reports share. */
void output_report_options(const struct options *o, enum report_format format,
			   struct report_options *ret);

#endif
