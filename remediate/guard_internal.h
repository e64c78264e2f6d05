/*
 * What the files of the guard share.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef REMEDIATE_GUARD_INTERNAL_H
#define REMEDIATE_GUARD_INTERNAL_H

#include "remediate/guard.h"
#include "remediate/protect.h"

struct guard {
	struct guard_options o;
	struct protect *protect;
	const char *windows; /* "C:\Windows", the target's; NULL unknown */
};

void guard_refuse(struct guard_answer *a, enum guard_reason r, const char *fmt,
		  ...) FMT_PRINTF(3, 4);
/* Volume-wide reasons; true if one of them stands against it. */
bool guard_volume_refuses(struct guard *g, const char *wprefix,
			  const char *host, struct guard_answer *a);

#endif
