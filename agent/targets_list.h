/*
 * The Windows installations that are there, for people.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef TARGETS_LIST_H
#define TARGETS_LIST_H

#include "options.h"
#include "base/str.h"

/* target_find(); says on the error stream what was not looked into. */
int targets_look(const struct options *o, struct target_found **ret,
		 size_t *count_ret);
void targets_add_text(struct str *out, const struct target_found *f);
/*
 * In Windows PE, which is no patient, says which Windows to name and how;
 * true: nothing may be examined that was not named.
 */
bool targets_refuse_winpe(const struct options *o);
/* Says so where the running Windows is left out for a key alone. */
void targets_say_left_out(void);

#endif
