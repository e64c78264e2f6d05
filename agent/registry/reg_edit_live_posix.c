/*
 * There is no running Windows registry on this host.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "registry/reg_edit.h"

#include "base/err.h"

int reg_edit_live(enum reg_live_root which, struct reg_edit **ret)
{
	(void)which;
	(void)ret;
	return err_fail(ERR_UNSUPPORTED, 0,
			"this system has no live Windows registry");
}
