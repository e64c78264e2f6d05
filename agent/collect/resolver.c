/*
 * What the parts of the resolver share.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "collect/resolver.h"

void resolver_bound(struct resolver *z, enum resolver_bound which,
		    const char *path, const char *why)
{
	if (!z->is_told[which])
		gap_report(z->gaps, GAP_TOO_LARGE, GAP_MATTERS, path, 0, "%s",
			   why);
	z->is_told[which] = true;
}

bool resolver_leaves_out(const struct resolver *z, const char *wpath)
{
	return z->leaves_windows_out &&
	       target_is_below(wpath,
			       target_variable(z->t, NULL, 0, "SystemRoot"));
}
