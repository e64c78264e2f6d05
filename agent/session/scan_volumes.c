/*
 * Volumes that could not be entered: each is a gap that says what to do.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "session/scan_internal.h"

void scan_closed_volumes(struct scan *s)
{
	for (size_t i = 0; i < target_closed_count(s->target); i++) {
		struct target_closed c;
		enum volume_why why;
		bool matters;

		target_closed(s->target, i, &c);
		why = volume_gap_why(c.why, c.part, c.is_needed);
		matters = volume_gap_matters(c.why, c.part, !s->options->quick,
					     c.is_needed);
		gap_report(gap_list_sink(s->gaps), GAP_VOLUME,
			   matters ? GAP_MATTERS : GAP_HARMLESS, c.name,
			   c.os_error, "%s", volume_why_words(why));
	}
}
