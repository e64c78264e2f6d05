/*
 * No Windows runs here, so none of its programs has loaded anything.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "host/modules.h"

int host_modules_read(struct host_modules *m)
{
	(void)m;
	return 0;
}
