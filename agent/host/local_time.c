/*
 * Times of the record for people.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "host/local_time.h"
#include "host/host.h"
#include "base/wtime.h"

int host_add_time(struct str *out, const char *time, bool is_here,
		  int64_t (*to_local)(int64_t))
{
	char text[WTIME_LOCAL_NBYTES];
	int64_t t = 0, local;
	bool ok = wtime_parse(time, &t);

	if (!to_local)
		to_local = host_to_local;
	local = ok && is_here ? to_local(t) : t;
	return str_add(out,
		       ok && wtime_format_local(t, local, text) ? text : time);
}
